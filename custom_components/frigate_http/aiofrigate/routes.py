"""Routes of Frigate's API: a template such as `/api/events/{event_id}`, filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from yarl import URL

from .errors import FrigateArgumentError

type Query = Mapping[str, str | int | float]
"""The parameters of an address."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route, with the names of this one request filled in."""

    template: str
    """Without names, so that it can be counted by and shown to anybody."""
    segments: tuple[str, ...]
    """Unquoted."""

    @property
    def path(self) -> str:
        """Return the path with its names, unquoted, for people to read."""
        return "/".join(("", *self.segments))

    def url_below(self, base: URL, query: Query | None = None) -> URL:
        """Return the address of the route at a server, each segment quoted.

        Raises:
            FrigateArgumentError: a segment is empty, cannot be written in UTF-8, or
                holds `.` or `..` as a part of a path, which a server on the way would
                resolve to another route.
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
    """Return the route of a template, each `{name}` in it replaced by one segment.

    A number is a time in seconds since the epoch, and is written to the millisecond.
    """
    segments = tuple(
        _segment(names[part[1:-1]]) if part.startswith("{") else part
        for part in template.removeprefix("/").split("/")
    )
    return Route(template, segments)


def _segment(value: str | float) -> str:
    if isinstance(value, str):
        return value
    # Frigate's own pages write no trailing zeros either.
    return f"{value:.3f}".rstrip("0").rstrip(".")
