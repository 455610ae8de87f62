"""What the cameras have recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .errors import FrigateDataError
from .parsing import as_dict, as_float
from .transport import Transport


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch that lies on the disk as one file, about 10 seconds long."""

    start: float
    end: float

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"start_time", "end_time", ...}`; None without both times."""
        start, end = as_float(data.get("start_time")), as_float(data.get("end_time"))
        return None if start is None or end is None else cls(start, end)


class Recordings:
    """Recordings of the cameras that the account may see."""

    def __init__(self, transport: Transport) -> None:
        """Speak through a transport."""
        self._transport = transport

    async def segments(
        self, camera: str, after: float, before: float, *, fresh: bool = False
    ) -> tuple[Segment, ...]:
        """Return what is on the disk, oldest first (`GET /api/<camera>/recordings`).

        What was recorded in the last 10 to 20 seconds is not there yet. A camera that
        does not exist has recorded nothing.

        Args:
            camera: name of the camera.
            after: segments that end at this moment or later, in seconds since the epoch.
            before: and that begin at this moment or earlier.
            fresh: ask past Frigate's cache of 5 seconds.

        Raises:
            FrigateForbiddenError: the account may not see the camera.
            FrigateDataError: the answer is no list of segments.
            FrigateError: anything else but a good answer.
        """
        answer = await self._transport.request(
            "GET",
            "api",
            camera,
            "recordings",
            query={"after": after, "before": before},
            fresh=fresh,
        )
        found = [Segment.from_api(as_dict(one)) for one in answer.json(list)]
        if None in found:
            raise FrigateDataError("A segment without times", answer.status)
        return tuple(one for one in found if one is not None)
