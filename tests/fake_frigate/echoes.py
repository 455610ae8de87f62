"""A server that repeats everything it was sent, as careless pages of errors do."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
import html
import json
from typing import Any
from urllib.parse import quote

from aiohttp import web

from .answers import Answer, json_answer, text_answer

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "percent": lambda text: quote(text, safe=""),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "json": lambda text: json.dumps(text)[1:-1],
    "html": html.escape,
    "base64": lambda text: b64encode(text.encode()).decode(),
}
"""How a server may write what it repeats."""

_USUAL_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "range",
        "sec-websocket-extensions",
        "sec-websocket-key",
        "sec-websocket-version",
        "upgrade",
        "user-agent",
        "x-cache-bypass",
    }
)


def _page(text: str, status: int) -> Answer:
    page = f"<html><head><title>{text}</title></head><body>{text}</body></html>"
    return Answer(status, page.encode(), "text/html")


def _invalid_fields(text: str, status: int) -> Answer:
    problem = {"loc": ["body", text], "msg": text, "input": text, "type": text}
    return json_answer({"detail": [problem]}, status)


def _redirect(text: str, status: int) -> Answer:
    answer = _page(text, status)
    answer.headers.append(("Location", f"/login/{quote(text)}?next={quote(text)}"))
    return answer


def _redirect_to_route(text: str, status: int) -> Answer:
    answer = _page(text, status)
    answer.headers.append(("Location", f"/{quote(text)}{{path}}"))
    return answer


def _typed(text: str, status: int) -> Answer:
    kind = "".join(one if one.isascii() and one.isprintable() else "?" for one in text)
    return Answer(status, text.encode(), kind)


PLACES: dict[str, Callable[[str, int], Answer]] = {
    "title": _page,
    "text": text_answer,
    "message": lambda text, status: json_answer({"message": text}, status),
    "detail": lambda text, status: json_answer({"detail": text}, status),
    "error": lambda text, status: json_answer({"error": text}, status),
    "fields": _invalid_fields,
    "location": _redirect,
    "location of the route": _redirect_to_route,
    "type": _typed,
    "json": lambda text, status: json_answer([text, {text: text}], status),
    "broken json": lambda text, status: Answer(
        status, f'{{"{text}": '.encode(), "application/json"
    ),
}
"""Where in an answer a server may repeat something."""


@dataclass(frozen=True)
class Echo:
    """How everything is repeated: where, in which form, and with which status."""

    place: str
    form: str
    status: int

    def answer(self, heard: Mapping[str, None], path: str) -> Answer:
        """Return an answer that repeats all that was heard."""
        text = " ".join(map(FORMS[self.form], heard))
        answer = PLACES[self.place](text, self.status)
        answer.headers = [
            (name, value.replace("{path}", path)) for name, value in answer.headers
        ]
        return answer


def heard_in(request: web.BaseRequest, body: bytes) -> Iterator[str]:
    """Yield the headers, the cookies and the texts of a body that only a client knows."""
    for name, value in request.headers.items():
        if name.lower() not in _USUAL_HEADERS:
            yield value
            yield from _inside(value)
    yield from request.cookies.values()
    if body.startswith(b"{"):
        # A body that is no JSON is answered with a 422, and has no texts.
        with suppress(ValueError):
            yield from _texts(json.loads(body))


def _inside(header: str) -> Iterator[str]:
    scheme, _space, token = header.partition(" ")
    if token:
        yield token
    if scheme == "Basic":
        account = b64decode(token).decode()
        yield account
        yield account.partition(":")[2]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
