"""Routes of Frigate's API: a template such as `/api/events/{event_id}`, and its names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from yarl import URL

from .errors import FrigateArgumentError

type Query = Mapping[str, str | int | float]
"""The parameters of an address."""


def as_list(names: Iterable[str]) -> str:
    """Return names as Frigate reads a list of them, where `all` alone means no filter."""
    joined = ",".join(names)
    return "all,all" if joined == "all" else joined


@dataclass(frozen=True, slots=True)
class Route:
    """A route, with the names of one request filled in."""

    template: str
    """Contains no names, so it can be shown in diagnostics."""
    segments: tuple[str, ...]
    """Unquoted."""

    @property
    def path(self) -> str:
        """Return the path with names, unquoted, for logs and errors."""
        return "/".join(("", *self.segments))

    def url_below(self, base: URL, query: Query | None = None) -> URL:
        """Return the URL of the route at a server, with each segment quoted.

        Raises:
            FrigateArgumentError: a segment is empty, cannot be encoded as UTF-8, or
                contains `.` or `..` as a part of a path, which a proxy would resolve to
                another route.
        """
        parts = {part for segment in self.segments for part in segment.split("/")}
        if not parts.isdisjoint({".", ".."}) or "" in self.segments[:-1]:
            raise FrigateArgumentError(f"Not a usable path: {self.path[1:]!a}")
        try:
            tail = "/".join(quote(segment, safe="") for segment in self.segments)
        except UnicodeEncodeError as err:
            raise FrigateArgumentError(f"Not a usable path: {self.path[1:]!a}") from err
        return URL(f"{str(base).rstrip('/')}/{tail}", encoded=True).with_query(query)


def route(template: str, **names: str | float) -> Route:
    """Return a route; each `{name}` in the template becomes one segment of the path.

    A number is a time in seconds since the epoch, sent to the millisecond.
    """
    segments = tuple(
        _segment(names[part[1:-1]]) if part.startswith("{") else part
        for part in template.removeprefix("/").split("/")
    )
    return Route(template, segments)


def _segment(value: str | float) -> str:
    if isinstance(value, str):
        return value
    # Most times are whole seconds, which need no decimals.
    return f"{value:.3f}".rstrip("0").rstrip(".")
