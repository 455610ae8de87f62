"""Recordings: the segments that the cameras have recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .parsing import as_timestamp
from .resource import Resource
from .routes import route


@dataclass(frozen=True, slots=True)
class Segment:
    """A recording that is one file on the server's disk, about 10 seconds long."""

    start: float
    """Seconds since the epoch, as `end`."""
    end: float

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"start_time", "end_time", ...}`; None without both times."""
        start = as_timestamp(data.get("start_time"))
        end = as_timestamp(data.get("end_time"))
        return None if start is None or end is None else cls(start, end)


class Recordings(Resource):
    """Recordings of the cameras that the account may see."""

    async def segments(
        self, camera: str, after: float, before: float, *, fresh: bool = False
    ) -> tuple[Segment, ...]:
        """Return the segments on disk, oldest first (`GET /api/{camera}/recordings`).

        The last 10 to 20 seconds are not on disk yet. For a camera that does not exist,
        the list is empty.

        Args:
            camera: name of the camera.
            after: only segments that end at this time or later; seconds since the epoch.
            before: only segments that begin at this time or earlier.
            fresh: bypass Frigate's cache of 5 seconds.

        Raises:
            FrigateForbiddenError: the account may not see the camera.
            FrigateDataError: the answer is not a list of segments.
        """
        answer = await self._transport.request(
            "GET",
            route("/api/{camera}/recordings", camera=camera),
            query={"after": after, "before": before},
            fresh=fresh,
        )
        return answer.models(Segment.from_api, "A segment without times")
