"""What the backend hands to nginx, and the pages nginx writes itself."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
import json
from typing import Any

from aiohttp import web

type Body = AsyncGenerator[bytes]
type Socket = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
type Json = dict[str, Any] | list[Any] | str | float | bool | None

NGINX = "nginx/1.22.1"
TEXT = "text/plain; charset=utf-8"
INDEX_PAGE = (
    "<!doctype html><html><head><title>Frigate</title></head><body>"
    '<script>window.baseUrl="/";</script><div id="root"></div>'
    "<!-- stub: the real web UI bundle is not built here --></body></html>\n"
)
REASONS = {
    301: "301 Moved Permanently",
    302: "302 Found",
    400: "400 Bad Request",
    401: "401 Authorization Required",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Not Allowed",
    413: "413 Request Entity Too Large",
    416: "416 Requested Range Not Satisfiable",
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}
ADMIN_ONLY = "Access denied. A user with the admin role is required."


@dataclass
class Answer:
    """An answer on its way out.

    `stream` is set for bodies that come bit by bit, `length` where theirs is known before,
    `chunked` for others whose length is not said, `listener` is the user and the role to
    whom a WebSocket is opened, and `socket` opens another one. `redirected` says that nginx serves a file that the backend
    only names (`X-Accel-Redirect`).
    """

    status: int = 200
    body: bytes = b""
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    stream: Callable[[], Body] | None = None
    camera: str | None = None
    length: int | None = None
    listener: tuple[str, str] | None = None
    socket: Socket | None = None
    chunked: bool = False
    redirected: bool = False

    def copy(self) -> Answer:
        """Return an answer whose headers can be added to."""
        return Answer(
            self.status,
            self.body,
            self.content_type,
            list(self.headers),
            self.stream,
            self.camera,
            self.length,
            chunked=self.chunked,
            redirected=self.redirected,
        )


def json_answer(value: Json, status: int = 200) -> Answer:
    """Return JSON written as the backend writes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode(), "application/json")


def text_answer(text: str, status: int = 200) -> Answer:
    """Return plain text."""
    return Answer(status, text.encode(), TEXT)


def detail(text: str, status: int) -> Answer:
    """Return the error form of the web framework."""
    return json_answer({"detail": text}, status)


def failure(text: str, status: int) -> Answer:
    """Return the error form of Frigate's own routes."""
    return json_answer({"success": False, "message": text}, status)


def server_error() -> Answer:
    """Return what an exception in the backend turns into."""
    return text_answer("Internal Server Error", 500)


def method_not_allowed(*allowed: str) -> Answer:
    """Return the framework's 405."""
    answer = detail("Method Not Allowed", 405)
    answer.headers.append(("Allow", ", ".join(allowed)))
    return answer


def invalid(
    kind: str, location: list[str | int], message: str, value: Any, **context: Any
) -> dict[str, Any]:
    """Return one entry of a 422 answer, the refused input included."""
    entry = {"type": kind, "loc": location, "msg": message, "input": value}
    return {**entry, "ctx": context} if context else entry


def unprocessable(errors: list[dict[str, Any]]) -> Answer:
    """Return a 422 answer."""
    return json_answer({"detail": errors}, 422)


def nginx_page(status: int, title: str | None = None, text: str = "") -> Answer:
    """Return one of nginx' own pages."""
    reason = REASONS.get(status, str(status))
    middle = f"<center>{text}</center>\r\n" if text else ""
    page = (
        f"<html>\r\n<head><title>{title or reason}</title></head>\r\n<body>\r\n"
        f"<center><h1>{reason}</h1></center>\r\n{middle}"
        f"<hr><center>{NGINX}</center>\r\n</body>\r\n</html>\r\n"
    )
    return Answer(status, page.encode(), "text/html")


def index_page() -> Answer:
    """Return the page of the web interface, which every unknown path gets."""
    return Answer(200, INDEX_PAGE.encode(), "text/html")


def typical_error(status: int) -> Answer:
    """Return a status with the body Frigate usually sends along with it."""
    match status:
        case 400:
            return failure("Bad request", 400)
        case 403:
            return detail(ADMIN_ONLY, 403)
        case 404:
            return detail("Not Found", 404)
        case 405:
            return method_not_allowed("GET")
        case 422:
            missing = invalid("missing", ["body"], "Field required", None)
            return unprocessable([missing])
        case 429:
            return json_answer({"error": "Rate limit exceeded: 5 per 1 minute"}, 429)
        case 500:
            return server_error()
        case 503:
            text = "Export queue is full. Try again once current exports finish."
            return failure(text, 503)
        case code if code < 300:
            return json_answer({"success": True}, code)
        case _:
            return nginx_page(status)
