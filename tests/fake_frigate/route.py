"""What a route of the backend is: its method, path, handler and who may use it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import re

from .answers import Answer

type Handler = Callable[..., Answer | Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """One route; `camera` says that the first group of its path is a camera's name."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    admin: bool = False
    camera: bool = False


def route(
    method: str,
    path: str,
    handler: Handler,
    *,
    admin: bool = False,
    camera: bool = False,
) -> Route:
    """Return a route whose path, without `/api`, is a regular expression."""
    return Route(method, re.compile(path), handler, admin, camera)
