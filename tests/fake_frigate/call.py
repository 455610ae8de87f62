"""A request as the backend sees it, and the checks on what it carries."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from typing import TYPE_CHECKING, Any

from .answers import Answer, invalid, unprocessable
from .limits import LoginLimiter
from .requests import Port
from .state import ServerState

if TYPE_CHECKING:
    from .pictures import Workers

_NOT_AN_OBJECT = "Input should be a valid dictionary or object to extract fields from"
_NOT_A_NUMBER = "Input should be a valid number, unable to parse string as a number"
_NOT_AN_INTEGER = (
    "Input should be a valid integer, unable to parse string as an integer"
)


@dataclass(kw_only=True)
class Call:
    """One request on its way through nginx to the backend."""

    state: ServerState
    workers: Workers
    limiter: LoginLimiter
    port: Port
    method: str
    path: str
    target: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    host: str
    body: bytes = b""
    user: str = ""
    role: str = ""


def int_params(
    call: Call, **defaults: int | None
) -> tuple[dict[str, int | None], list[dict[str, Any]]]:
    """Return the whole numbers of the query, and the complaints about the others."""
    values, errors = dict(defaults), []
    for name in defaults:
        if (text := call.query.get(name)) is None:
            continue
        try:
            values[name] = int(text)
        except ValueError:
            location: list[str | int] = ["query", name]
            errors.append(invalid("int_parsing", location, _NOT_AN_INTEGER, text))
    return values, errors


def float_params(
    call: Call, **defaults: float
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the numbers of the query, and the complaints about the others."""
    values, errors = dict(defaults), []
    for name in defaults:
        if (text := call.query.get(name)) is None:
            continue
        try:
            values[name] = float(text)
        except ValueError:
            location: list[str | int] = ["query", name]
            errors.append(invalid("float_parsing", location, _NOT_A_NUMBER, text))
    return values, errors


def path_floats(**texts: str) -> list[float] | Answer:
    """Return the numbers of a path, or the 422 that says which of them is none."""
    values, errors = [], []
    for name, text in texts.items():
        try:
            values.append(float(text))
        except ValueError:
            location: list[str | int] = ["path", name]
            errors.append(invalid("float_parsing", location, _NOT_A_NUMBER, text))
    return unprocessable(errors) if errors else values


def parsed_body(call: Call) -> Any | Answer:
    """Return the value of a JSON body, or the answer that refuses it."""
    kind = call.headers.get("Content-Type", "application/json").split(";")[0].strip()
    if not call.body:
        missing = invalid("missing", ["body"], "Field required", None)
        return unprocessable([missing])
    if kind != "application/json" and not kind.endswith("+json"):
        return call.body.decode(errors="replace")
    try:
        return json.loads(call.body)
    except json.JSONDecodeError as err:
        location: list[str | int] = ["body", err.pos]
        entry = invalid(
            "json_invalid", location, "JSON decode error", {}, error=err.msg
        )
        return unprocessable([entry])
    except UnicodeDecodeError:
        return Answer(
            400, b'{"detail":"There was an error parsing the body"}', "application/json"
        )


def read_object(call: Call) -> dict[str, Any] | Answer:
    """Return a JSON body that is an object, or the 422 that says why it is none."""
    body = parsed_body(call)
    if isinstance(body, Answer | dict):
        return body
    entry = invalid("model_attributes_type", ["body"], _NOT_AN_OBJECT, body)
    return unprocessable([entry])


def read_body(call: Call, fields: dict[str, type[str]]) -> dict[str, str] | Answer:
    """Return the fields of a JSON body, or the 422 that says what is wrong with it."""
    body = read_object(call)
    if isinstance(body, Answer):
        return body
    errors = []
    for name in fields:
        location: list[str | int] = ["body", name]
        if name not in body:
            errors.append(invalid("missing", location, "Field required", body))
        elif not isinstance(body[name], str):
            text = "Input should be a valid string"
            errors.append(invalid("string_type", location, text, body[name]))
    return unprocessable(errors) if errors else body
