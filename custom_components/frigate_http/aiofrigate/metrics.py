"""What was asked of a server, how it went, and what went wrong last."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
import time
from typing import Self

from .errors import FrigateError

MAX_ERRORS = 20
"""How many errors are kept that differ from each other."""

type RouteKey = tuple[str, str]
"""A method, and the template of a route, which holds no names."""
type _ErrorKey = tuple[RouteKey, type[FrigateError], str]


@dataclass(frozen=True, slots=True)
class RouteMetrics:
    """How the requests of one route went."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    """How many ended with which HTTP status, or without an answer."""
    total_ms: float = 0.0
    longest_ms: float = 0.0
    """Until the head of the answer had come, in milliseconds."""

    @property
    def mean_ms(self) -> float:
        """Return how long a request takes, on average of all since the start."""
        return self.total_ms / max(sum(self.outcomes.values()), 1)

    def with_request(self, outcome: str, milliseconds: float) -> Self:
        """Return the same with one more request."""
        return replace(
            self,
            outcomes={**self.outcomes, outcome: self.outcomes.get(outcome, 0) + 1},
            total_ms=self.total_ms + milliseconds,
            longest_ms=max(self.longest_ms, milliseconds),
        )


@dataclass(frozen=True, slots=True)
class PastError:
    """An error, which may have come several times."""

    route: RouteKey
    kind: type[FrigateError]
    message: str
    first: float
    """In seconds since the epoch, as `last`."""
    last: float
    times: int = 0


class RequestMetrics:
    """Counts what one client sends; it holds neither names nor what was sent."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._routes: dict[RouteKey, RouteMetrics] = {}
        self._errors: dict[_ErrorKey, PastError] = {}

    @property
    def routes(self) -> Mapping[RouteKey, RouteMetrics]:
        """Return how the requests went, by route."""
        return self._routes

    @property
    def errors(self) -> tuple[PastError, ...]:
        """Return the last errors, the newest at the end."""
        return tuple(self._errors.values())

    def count(self, route: RouteKey, outcome: str, milliseconds: float) -> None:
        """Note how one HTTP request ended, and after how long."""
        before = self._routes.get(route, RouteMetrics())
        self._routes[route] = before.with_request(outcome, milliseconds)

    @contextmanager
    def recording_errors(self, route: RouteKey) -> Generator[None]:
        """Note the error that ends what is done inside."""
        try:
            yield
        except FrigateError as err:
            self._note(route, err)
            raise

    def _note(self, route: RouteKey, err: FrigateError) -> None:
        """Keep the text of an error; one that stays counts as one, however often."""
        now = time.time()
        key = (route, type(err), err.message)
        # The dictionary is in the order of the last time.
        past = self._errors.pop(key, None) or PastError(*key, now, now)
        self._errors[key] = replace(past, last=now, times=past.times + 1)
        if len(self._errors) > MAX_ERRORS:
            del self._errors[next(iter(self._errors))]
