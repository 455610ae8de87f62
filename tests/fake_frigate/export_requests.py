"""What a client may ask of an export, and the complaints about what it may not."""

from dataclasses import dataclass
from typing import Any

from .answers import Answer, invalid, unprocessable
from .call import Call, read_object

_PICTURES = "/media/frigate/clips"
_NAME_LENGTH = 256
_CHOICES = {
    "playback": ("realtime", "timelapse_25x"),
    "source": ("recordings", "preview"),
}
_FLAGS = ("-vf", "-filter:v", "-r", "-an", "-c:v", "-c:a", "-crf", "-preset")

type Errors = list[dict[str, Any]]


@dataclass(frozen=True)
class ExportRequest:
    """A body that has been read."""

    source: str
    timelapse: bool
    name: str | None
    image_path: str | None
    case: str | None
    forbidden: str | None

    @property
    def image_allowed(self) -> bool:
        """Whether the path of the picture leads where it may."""
        path = self.image_path
        return path is None or (path.startswith(_PICTURES) and ".." not in path)


def _choice(body: dict[str, Any], name: str, errors: Errors) -> str:
    allowed = _CHOICES[name]
    value = body.get(name, allowed[0])
    if value not in allowed:
        text = " or ".join(f"'{each}'" for each in allowed)
        message = f"Input should be {text}"
        entry = invalid("enum", ["body", name], message, value, expected=text)
        errors.append(entry)
        return allowed[0]
    return str(value)


def _text(
    body: dict[str, Any], name: str, errors: Errors, limit: int | None = None
) -> str | None:
    value = body.get(name)
    location: list[str | int] = ["body", name]
    if value is None:
        return None
    if not isinstance(value, str):
        message = "Input should be a valid string"
        errors.append(invalid("string_type", location, message, value))
    elif limit is not None and len(value) > limit:
        message = f"String should have at most {limit} characters"
        entry = invalid("string_too_long", location, message, value, max_length=limit)
        errors.append(entry)
    return str(value)


def _forbidden(call: Call, arguments: str | None) -> str | None:
    words = (arguments or "").split() if call.role != "admin" else []
    return next(
        (each for each in words if each.startswith("-") and each not in _FLAGS), None
    )


def read_request(call: Call, custom: bool) -> ExportRequest | Answer:
    """Return what is asked for, or the 422 that says what is wrong with it.

    0.18 no longer looks at `playback` and lets anything through.
    """
    body = read_object(call)
    if isinstance(body, Answer):
        return body
    errors: Errors = []
    newer = call.state.is_018
    playback = "realtime" if newer else _choice(body, "playback", errors)
    arguments = _text(body, "ffmpeg_output_args", errors) if custom else None
    wanted = ExportRequest(
        source=_choice(body, "source", errors),
        timelapse=(custom and not arguments) or playback == "timelapse_25x",
        name=_text(body, "name", errors, _NAME_LENGTH),
        image_path=_text(body, "image_path", errors),
        case=_text(body, "export_case_id", errors) if newer else None,
        forbidden=_forbidden(call, arguments),
    )
    return unprocessable(errors) if errors else wanted


def _missing(name: str, body: dict[str, Any]) -> Answer:
    entry = invalid("missing", ["body", name], "Field required", body)
    return unprocessable([entry])


def read_name(call: Call, limit: int | None = _NAME_LENGTH) -> str | Answer:
    """Return the name in a body that must have one."""
    body = read_object(call)
    if isinstance(body, Answer):
        return body
    errors: Errors = []
    if "name" not in body:
        return _missing("name", body)
    if body["name"] is None:
        message = "Input should be a valid string"
        errors.append(invalid("string_type", ["body", "name"], message, None))
    name = _text(body, "name", errors, limit)
    return unprocessable(errors) if errors or name is None else name


def read_ids(body: dict[str, Any]) -> list[str] | Answer:
    """Return the ids in a body, of which there must be one at least."""
    if "ids" not in body:
        return _missing("ids", body)
    ids = body["ids"]
    location: list[str | int] = ["body", "ids"]
    if not isinstance(ids, list):
        message = "Input should be a valid list"
        return unprocessable([invalid("list_type", location, message, ids)])
    if not ids:
        message = "List should have at least 1 item after validation, not 0"
        context = {"field_type": "List", "min_length": 1, "actual_length": 0}
        return unprocessable([invalid("too_short", location, message, ids, **context)])
    message = "Input should be a valid string"
    errors = [
        invalid("string_type", [*location, number], message, each)
        for number, each in enumerate(ids)
        if not isinstance(each, str)
    ]
    return unprocessable(errors) if errors else ids
