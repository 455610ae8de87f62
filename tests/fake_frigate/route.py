"""What a route of the backend is: its method, path, handler and who may use it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import re

from .answers import Answer
from .state import Version, is_since

type Handler = Callable[..., Answer | Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """One route.

    `camera` says that the first group of its path is a camera's name. `since` names the
    first version of the server that has it, and `until` the first that no longer has it.
    """

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    admin: bool = False
    camera: bool = False
    since: Version | None = None
    until: Version | None = None

    def fits(self, path: str, version: Version) -> bool:
        """Whether a server of this version has the path."""
        if self.since is not None and not is_since(version, self.since):
            return False
        if self.until is not None and is_since(version, self.until):
            return False
        return self.pattern.fullmatch(path) is not None


def route(
    method: str,
    path: str,
    handler: Handler,
    *,
    admin: bool = False,
    camera: bool = False,
    since: Version | None = None,
    until: Version | None = None,
) -> Route:
    """Return a route whose path, without `/api`, is a regular expression."""
    return Route(method, re.compile(path), handler, admin, camera, since, until)
