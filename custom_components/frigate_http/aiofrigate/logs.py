"""The logs of Frigate, nginx and go2rtc, without passwords."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .errors import FrigateDataError, FrigateNotFoundError, FrigateServerError
from .parsing import as_int, as_strings
from .redaction import Mask, mask_line
from .resource import Resource
from .routes import route

SERVICES = ("frigate", "nginx", "go2rtc")
"""The services that have a log."""

_MAX_BYTES = 8 * 2**20
_NO_FILE = "Could not find log file"


@dataclass(frozen=True, slots=True)
class Log:
    """A part of a log."""

    total_lines: int | None
    """Number of lines of the whole log."""
    lines: tuple[str, ...]
    """The oldest first, without passwords; very long ones are cut."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any], mask: Mask) -> Self:
        """Read `{"totalLines", "lines": [...]}`."""
        lines = as_strings(data.get("lines"))
        # Masked before they are cut: half a secret would not be recognized.
        masked = (mask_line(mask(line)) for line in lines)
        return cls(as_int(data.get("totalLines")), tuple(masked))


class Logs(Resource):
    """The logs; since 0.18 for administrators only."""

    async def newest(self, service: str, lines: int) -> Log:
        """Return the last lines of a log (`GET /api/logs/{service}`).

        Args:
            service: one of `SERVICES`.
            lines: maximum number of lines.

        Raises:
            FrigateNotFoundError: there is no such log, or it is empty.
            FrigateForbiddenError: the account may not read logs.
            FrigateDataError: the answer is not a log.
        """
        target = route("/api/logs/{service}", service=service)
        try:
            answer = await self._transport.request(
                "GET",
                target,
                query={"start": -lines},
                fresh=True,
                max_bytes=_MAX_BYTES,
            )
        except FrigateServerError as err:
            if err.message == _NO_FILE:
                raise FrigateNotFoundError(err.message, err.status) from err
            raise
        data = answer.json(dict)
        if not isinstance(data.get("lines"), list):
            raise FrigateDataError("This is not a log", answer.status)
        return Log.from_api(data, answer.mask)
