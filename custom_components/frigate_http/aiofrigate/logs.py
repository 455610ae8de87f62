"""The logs of Frigate and of what runs beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Self

from .errors import FrigateDataError, FrigateNotFoundError, FrigateServerError
from .outcome import MASK
from .parsing import as_int, as_texts
from .transport import Transport

SERVICES = ("frigate", "nginx", "go2rtc")
"""Whose logs there are."""

_NO_FILE = "Could not find log file"
_SCHEMES = (
    "rtsps?|rtspx|rtmps?|https?|wss?|srt|tcp|udp|rtp|mqtts?|ftp|onvif|ffmpeg|webrtc"
)
# All up to the last @ before the next address or blank: a password may hold any of : / @.
_USER_AND_PASSWORD = re.compile(
    rf"(?<=://)(?:(?!(?:{_SCHEMES})://)\S)*@", re.IGNORECASE
)
_PASSWORD_PARAMETER = re.compile(
    r"(?<=[?&])((?:password|passwd|pass|pwd)=)[^&\s\"']+", re.IGNORECASE
)


def masked(line: str) -> str:
    """Return a line of a log without the users and passwords of the addresses in it."""
    line = _USER_AND_PASSWORD.sub(f"{MASK}@", line)
    return _PASSWORD_PARAMETER.sub(rf"\g<1>{MASK}", line)


@dataclass(frozen=True, slots=True)
class Log:
    """A part of a log."""

    total_lines: int | None
    """How many lines the whole of it has."""
    lines: tuple[str, ...]
    """The oldest first, without passwords."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"totalLines", "lines": [...]}`."""
        lines = as_texts(data.get("lines"))
        return cls(as_int(data.get("totalLines")), tuple(map(masked, lines)))


class Logs:
    """What the server has written down; from 0.18 on for administrators only."""

    def __init__(self, transport: Transport) -> None:
        """Speak through a transport."""
        self._transport = transport

    async def newest(self, service: str, lines: int) -> Log:
        """Return the newest lines (`GET /api/logs/{service}`).

        Args:
            service: one of `SERVICES`.
            lines: how many at most.

        Raises:
            FrigateNotFoundError: there is no such log, or nothing was ever written.
            FrigateForbiddenError: the account may not read logs.
            FrigateDataError: the answer is no log.
            FrigateError: anything else.
        """
        try:
            answer = await self._transport.request(
                "GET", "api", "logs", service, query={"start": -lines}, fresh=True
            )
        except FrigateServerError as err:
            if err.message == _NO_FILE:
                raise FrigateNotFoundError(err.message, err.status) from err
            raise
        data = answer.json(dict)
        if not isinstance(data.get("lines"), list):
            raise FrigateDataError("This is not a log", answer.status)
        return Log.from_api(data)
