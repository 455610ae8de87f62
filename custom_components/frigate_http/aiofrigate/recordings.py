"""Recordings: the segments that the cameras have recorded, and when there are some."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
import re
from typing import Any, Self

from .parsing import as_date, as_dict, as_float, as_int, as_items, as_name, as_timestamp
from .resource import Resource
from .routes import route
from .system import System
from .transport import Transport


@dataclass(frozen=True, slots=True)
class Segment:
    """A recording that is one file on the server's disk, about 10 seconds long."""

    start: float
    """Seconds since the epoch, as `end`."""
    end: float
    size: float | None = field(default=None, compare=False)
    """Bytes, rounded to a hundredth of a MiB; None if the server does not say."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"start_time", "end_time", "segment_size"}`; None without both times."""
        start = as_timestamp(data.get("start_time"))
        end = as_timestamp(data.get("end_time"))
        megabytes = as_float(data.get("segment_size"))
        size = None if megabytes is None else max(0.0, megabytes) * 2**20
        return None if start is None or end is None else cls(start, end, size)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a recording."""

    start: float
    """Seconds since the epoch, as `end`."""
    end: float

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"start_time", "end_time"}`; None without both times."""
        start = as_timestamp(data.get("start_time"))
        end = as_timestamp(data.get("end_time"))
        return None if start is None or end is None else cls(start, end)


@dataclass(frozen=True, slots=True)
class CameraStorage:
    """What the recordings of a camera take up on the server's disk."""

    used: float | None
    """MiB; None if the server does not say, or nothing is recorded."""
    bandwidth: float | None
    """MiB an hour, of the last recordings."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"usage", "bandwidth"}`, which Frigate calls MB."""
        used, bandwidth = (as_float(data.get(key)) for key in ("usage", "bandwidth"))
        return cls(used, bandwidth)


_GAP_STEP = 30
"""Seconds of the steps in which gaps are looked for; one with a recording is none."""

_MAX_HOURS = 100
"""The most hours of a day that are read: a server could list them again and again."""
_HOUR = re.compile(r"[01]?\d|2[0-3]", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedHour:
    """An hour of a day, in some time zone, in which a camera has recorded."""

    hour: int
    """From 0 to 23."""
    objects: int | None
    """How often objects were detected; not the number of objects."""
    events: int | None
    """The number of events with a clip."""
    duration: float | None
    """Seconds that were recorded."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"hour": "07", "objects", "events", "duration"}`; None without an hour."""
        hour = as_name(data.get("hour"))
        if hour is None or not _HOUR.fullmatch(hour):
            return None
        return cls(
            hour=int(hour),
            objects=as_int(data.get("objects")),
            events=as_int(data.get("events")),
            duration=as_float(data.get("duration")),
        )

    def __add__(self, other: Self) -> Self:
        """Return what was recorded in both."""
        return replace(
            self,
            objects=as_int(_sum(self.objects, other.objects)),
            events=as_int(_sum(self.events, other.events)),
            duration=as_float(_sum(self.duration, other.duration)),
        )


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDay:
    """A day, in some time zone, on which a camera has recorded."""

    day: date
    hours: tuple[RecordedHour, ...]
    """Only those with recordings, the latest first."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"day": "2026-11-26", "hours": [...]}`; None without a day."""
        if (day := as_date(data.get("day"))) is None:
            return None
        hours: dict[int, RecordedHour] = {}
        for one in _hours(data.get("hours")):
            # When the clocks go back, an hour comes twice.
            earlier = hours.get(one.hour)
            hours[one.hour] = one if earlier is None else earlier + one
        return cls(day=day, hours=tuple(hours[one] for one in sorted(hours)[::-1]))


def _hours(value: Any) -> Iterator[RecordedHour]:
    for one in value[:_MAX_HOURS] if isinstance(value, list) else ():
        if (hour := RecordedHour.from_api(as_dict(one))) is not None:
            yield hour


def _between(segments: Iterable[Segment], after: float, before: float) -> Iterator[Gap]:
    """Yield the gaps before, between and after segments, the oldest first."""
    times = ((one.start, one.end) for one in segments)
    for start, end in (*times, (before, before)):
        if start - after >= _GAP_STEP:
            yield Gap(after, start)
        after = max(after, end)


class Recordings(Resource):
    """Recordings of the cameras that the account may see."""

    def __init__(self, transport: Transport, system: System) -> None:
        """Send everything through a transport, as the version of the server wants it."""
        super().__init__(transport)
        self._system = system

    async def gaps(self, camera: str, after: int, before: int) -> tuple[Gap, ...]:
        """Return when a camera has not recorded (`GET /api/recordings/unavailable`).

        For a camera that does not exist, or that the account may not see, there are none.
        Before Frigate 0.17, they are what is left between the segments.

        Args:
            camera: name of the camera.
            after: start of the time to look at, in seconds since the epoch.
            before: its end. The last 10 to 20 seconds are not on disk yet.

        Raises:
            FrigateForbiddenError: the account may not see the camera; before 0.17.
            FrigateDataError: the answer is not a list of gaps.
        """
        if self._system.capabilities.lists_gaps is False:
            return tuple(
                _between(await self.segments(camera, after, before), after, before)
            )
        answer = await self._transport.request(
            "GET",
            "/api/recordings/unavailable",
            query={
                "cameras": camera,
                "after": after,
                "before": before,
                "scale": _GAP_STEP,
            },
        )
        return answer.models(Gap.from_api, "A gap without times")

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

    async def storage(self, *, fresh: bool = False) -> Mapping[str, CameraStorage]:
        """Return what the recordings take up (`GET /api/recordings/storage`).

        The keys are what Frigate calls the cameras: their friendly names, else their
        names. Of several cameras that are called the same, it lists one.

        Raises:
            FrigateForbiddenError: since 0.18, the account is not an administrator's.
        """
        answer = await self._transport.request(
            "GET", "/api/recordings/storage", fresh=fresh
        )
        listed = as_items(answer.json(dict)).items()
        return {name: CameraStorage.from_api(as_dict(one)) for name, one in listed}

    async def summary(self, camera: str, timezone: str) -> tuple[RecordedDay, ...]:
        """Return the days and hours with recordings, the latest first.

        `GET /api/{camera}/recordings/summary`.

        Args:
            camera: name of the camera.
            timezone: its IANA name; Frigate silently takes UTC for one that it does not
                know.

        Raises:
            FrigateForbiddenError: the account may not see the camera.
            FrigateDataError: the answer is not a list of days.
        """
        answer = await self._transport.request(
            "GET",
            route("/api/{camera}/recordings/summary", camera=camera),
            query={"timezone": timezone},
        )
        found = answer.models(RecordedDay.from_api, "A day without a date")
        days = {one.day: one for one in found}
        return tuple(days[one] for one in sorted(days)[::-1])
