"""Metrics of the requests of one client: counts, durations and the last errors."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
import time
from typing import Self

from .errors import FrigateError

MAX_ERRORS = 20
"""How many different errors are kept."""

type RouteKey = tuple[str, str]
"""A method, and the template of a route, which holds no names."""
type _ErrorKey = tuple[RouteKey, type[FrigateError], str]


@dataclass(frozen=True, slots=True)
class RouteMetrics:
    """Outcomes and durations of the requests of one route."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Number of requests by HTTP status, or `no answer`."""
    total_ms: float = 0.0
    longest_ms: float = 0.0
    """Until the headers of the response arrived, in milliseconds, as `total_ms`."""

    @property
    def mean_ms(self) -> float:
        """Return the mean duration in milliseconds, 0 without any request."""
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
    """An error that occurred, once or several times."""

    route: RouteKey
    kind: type[FrigateError]
    message: str
    first: float
    """Seconds since the epoch, as `last`."""
    last: float
    times: int = 0


class RequestMetrics:
    """Metrics of one client; they contain neither names nor anything that was sent."""

    def __init__(self) -> None:
        """Begin without any request."""
        self._routes: dict[RouteKey, RouteMetrics] = {}
        self._errors: dict[_ErrorKey, PastError] = {}

    @property
    def routes(self) -> Mapping[RouteKey, RouteMetrics]:
        """Return the metrics by route."""
        return self._routes

    @property
    def errors(self) -> tuple[PastError, ...]:
        """Return the last errors, the most recent one at the end."""
        return tuple(self._errors.values())

    def count(self, route: RouteKey, outcome: str, milliseconds: float) -> None:
        """Count one HTTP request."""
        before = self._routes.get(route, RouteMetrics())
        self._routes[route] = before.with_request(outcome, milliseconds)

    @contextmanager
    def recording_errors(self, route: RouteKey) -> Generator[None]:
        """Keep an error that is raised inside."""
        try:
            yield
        except FrigateError as err:
            self._note(route, err)
            raise

    def _note(self, route: RouteKey, err: FrigateError) -> None:
        """Keep the message of an error; a repeated one is kept once and counted."""
        now = time.time()
        key = (route, type(err), err.message)
        # Removed and inserted again, so that the dictionary is ordered by the last time.
        past = self._errors.pop(key, None) or PastError(*key, now, now)
        self._errors[key] = replace(past, last=now, times=past.times + 1)
        if len(self._errors) > MAX_ERRORS:
            del self._errors[next(iter(self._errors))]
