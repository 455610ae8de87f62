"""The file of a form, read as strictly as the web framework reads it."""

from dataclasses import dataclass
from email.message import Message

from .answers import Answer, detail, invalid, unprocessable
from .call import Call


@dataclass(frozen=True)
class _Part:
    name: str
    file_name: str | None
    content: bytes


def uploaded_file(call: Call, field: str = "file") -> bytes | Answer:
    """Return the content of the file in a field, or what is wrong with the request."""
    kind = _header("Content-Type", call.headers.get("Content-Type", ""))
    if kind.get_content_type() != "multipart/form-data":
        return _missing(field)
    boundary = kind.get_param("boundary")
    if not isinstance(boundary, str):
        return detail("Missing boundary in multipart.", 400)
    parts = _parts(call.body, boundary.encode())
    if isinstance(parts, Answer):
        return parts
    found = [part for part in parts if part.name == field]
    # Of several fields with the same name the last one counts.
    if not found or (found[-1].file_name is None and not found[-1].content):
        return _missing(field)
    if found[-1].file_name is None:
        return _not_a_file(field, found[-1].content)
    return found[-1].content


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message


def _parts(body: bytes, boundary: bytes) -> list[_Part] | Answer:
    first, *rest = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if first or not rest:
        return detail("There was an error parsing the body", 400)
    parts = []
    # What follows the last delimiter is its end mark, or a part that was cut off.
    for piece in rest[:-1]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        if not separator:
            return detail("There was an error parsing the body", 400)
        message = _header("Content-Disposition", _disposition(head.decode("latin-1")))
        name = message.get_param("name", header="Content-Disposition")
        if not isinstance(name, str):
            text = 'The Content-Disposition header field "name" must be provided.'
            return detail(text, 400)
        parts.append(_Part(name, message.get_filename(), content))
    return parts


def _disposition(head: str) -> str:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            return value.strip()
    return ""


def _missing(field: str) -> Answer:
    return unprocessable([invalid("missing", ["body", field], "Field required", None)])


def _not_a_file(field: str, content: bytes) -> Answer:
    text = "Value error, Expected UploadFile, received: <class 'str'>"
    value = content.decode(errors="replace")
    error = invalid("value_error", ["body", field], text, value, error={})
    return unprocessable([error])
