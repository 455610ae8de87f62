"""What the cameras have recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .parsing import as_float
from .resource import Resource
from .routes import route


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


class Recordings(Resource):
    """Recordings of the cameras that the account may see."""

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
            route("/api/{camera}/recordings", camera=camera),
            query={"after": after, "before": before},
            fresh=fresh,
        )
        return answer.models(Segment.from_api, "A segment without times")
