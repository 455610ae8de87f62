"""Ways in which a server, or the network before it, lets a client down."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import re
from typing import Any, Literal, Self

from .answers import Answer, index_page, json_answer, typical_error
from .echoes import Echo

type Kind = Literal[
    "answer",
    "stall",
    "stall_body",
    "drop",
    "drop_body",
    "truncate",
    "slow",
    "huge",
    "endless",
    "echo",
]


@dataclass(frozen=True)
class Fault:
    """One kind of failure; made by the class methods below.

    Of a stream without a known length, one piece arrives where others send half of it.
    """

    kind: Kind
    prepared: Answer | None = None
    size: int = 0
    after: int | None = None
    repeated: Echo | None = None
    pause: float = 0.0

    @classmethod
    def echo(cls, place: str, form: str = "plain", status: int = 200) -> Self:
        """Answer with all that this request and the last login have sent, see `echoes`."""
        return cls("echo", repeated=Echo(place, form, status))

    @classmethod
    def status(cls, code: int) -> Self:
        """Answer with this status and the body Frigate usually sends with it."""
        return cls("answer", typical_error(code))

    @classmethod
    def stall(cls) -> Self:
        """Accept the request and say nothing until the faults are cleared."""
        return cls("stall")

    @classmethod
    def stall_body(cls, after: int | None = None) -> Self:
        """Send the headers and so many bytes of the body, or half, then nothing more."""
        return cls("stall_body", after=after)

    @classmethod
    def drop(cls) -> Self:
        """Close the connection before any answer."""
        return cls("drop")

    @classmethod
    def drop_body(cls, after: int | None = None) -> Self:
        """Close the connection after so many bytes of the body, or half of it."""
        return cls("drop_body", after=after)

    @classmethod
    def truncate(cls, after: int | None = None) -> Self:
        """Send so many bytes of the body, or half, as if that were all of it."""
        return cls("truncate", after=after)

    @classmethod
    def slow(cls, pause: float, pieces: int = 10) -> Self:
        """Send the body in so many pieces, and wait so many seconds after each of them."""
        return cls("slow", size=pieces, pause=pause)

    def place(self, length: int) -> int:
        """Return how many bytes of a body arrive before this happens."""
        return length // 2 if self.after is None else min(self.after, length)

    @classmethod
    def garbage(cls) -> Self:
        """Answer with something that only claims to be JSON."""
        return cls("answer", Answer(200, b'{"cameras": <oops', "application/json"))

    @classmethod
    def html(cls) -> Self:
        """Answer 200 with a web page."""
        return cls("answer", index_page())

    @classmethod
    def json(cls, value: Any) -> Self:
        """Answer 200 with this JSON."""
        return cls("answer", json_answer(value))

    @classmethod
    def huge(cls, n_bytes: int) -> Self:
        """Answer with a JSON text of about that many bytes, sent piece by piece."""
        return cls("huge", size=n_bytes)

    @classmethod
    def endless(cls) -> Self:
        """Send the body and go on with zeros until the client leaves."""
        return cls("endless")

    @classmethod
    def redirect(cls, location: str, status: int = 302) -> Self:
        """Send the client elsewhere."""
        answer = typical_error(status)
        answer.headers.append(("Location", location))
        return cls("answer", answer)


@dataclass
class _Rule:
    pattern: str
    fault: Fault
    times: int | None
    method: str | None

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule speaks of this request."""
        if self.times == 0 or self.method not in (None, method):
            return False
        if path.startswith(self.pattern):
            return True
        try:
            return re.match(self.pattern, path) is not None
        except re.error:
            return False


@dataclass
class Faults:
    """The failures a test has asked for; the newest that fits wins.

    `sleep` waits in real time.
    """

    sleep: Callable[[float], Awaitable[None]]
    rules: list[_Rule] = field(default_factory=list)
    cleared: asyncio.Event = field(default_factory=asyncio.Event)

    def add(
        self, pattern: str, fault: Fault, times: int | None, method: str | None
    ) -> None:
        """Let requests fail whose path begins with, or matches, the pattern."""
        self.rules.append(_Rule(pattern, fault, times, method))

    def clear(self) -> None:
        """Forget all rules and let stalled requests go on."""
        self.rules.clear()
        self.cleared.set()
        self.cleared = asyncio.Event()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the failure for a request and count it."""
        for rule in reversed(self.rules):
            if rule.matches(method, path):
                if rule.times is not None:
                    rule.times -= 1
                return rule.fault
        return None
