"""The folders of recordings, by camera, day and hour."""

from datetime import date
from typing import NamedTuple

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import BrowseMediaSource

from ..aiofrigate import RecordedDay
from ..media_ids import (
    Form,
    RecordingsFolder,
    RecordingsOfCamera,
    RecordingsOfDay,
    RecordingVideo,
)
from ..periods import Period
from .browsing import Browsing
from .nodes import folder, video
from .times import clocks_change, day_period, hours_of


class _Hour(NamedTuple):
    """An hour in which a camera has recorded."""

    hour: int
    period: Period
    objects: int | None
    """None if it is unknown how many there were."""


async def async_open_cameras(
    browsing: Browsing, where: RecordingsFolder
) -> BrowseMediaSource:
    """Return a folder for each camera."""
    cameras = [
        folder(RecordingsOfCamera(where.entry_id, one), browsing.titles.camera(one))
        for one in browsing.access.cameras
    ]
    return folder(where, browsing.titles.text("recordings"), cameras)


async def async_open_camera(
    browsing: Browsing, where: RecordingsOfCamera
) -> BrowseMediaSource:
    """Return a folder for each day that the camera has recorded."""
    camera = browsing.require(where.camera)
    summary = await browsing.client.recordings.summary(camera, browsing.time_zone)
    days = [
        folder(
            RecordingsOfDay(where.entry_id, camera, one.day),
            browsing.titles.counted(one.day.isoformat(), "objects", _objects_of(one)),
        )
        for one in summary
    ]
    return folder(where, browsing.titles.camera(camera), days)


async def async_open_day(
    browsing: Browsing, where: RecordingsOfDay
) -> BrowseMediaSource:
    """Return the hours that the camera has recorded on a day."""
    camera = browsing.require(where.camera)
    ask = _async_exact_hours if clocks_change(where.day) else _async_hours
    hours = [
        video(
            RecordingVideo(
                where.entry_id, Form.HLS, camera, one.period.start, one.period.end
            ),
            browsing.titles.counted(f"{one.hour:02}:00", "objects", one.objects),
        )
        for one in await ask(browsing, camera, where.day)
    ]
    title = where.day.isoformat()
    return folder(where, title, hours, holds=MediaClass.VIDEO)


async def _async_hours(browsing: Browsing, camera: str, day: date) -> list[_Hour]:
    """Return the hours with recordings as Frigate tells them, the latest first."""
    summary = await browsing.client.recordings.summary(camera, browsing.time_zone)
    recorded = next((one.hours for one in summary if one.day == day), ())
    periods = hours_of(day)
    return [
        _Hour(one.hour, periods[one.hour], one.events)
        for one in recorded
        if one.hour in periods
    ]


async def _async_exact_hours(browsing: Browsing, camera: str, day: date) -> list[_Hour]:
    """Return the hours with recordings, the latest first, without counts.

    Before 0.18, Frigate tells the hours by the old offset for up to a day after the clocks
    have changed.
    """
    whole = day_period(day)
    segments = await browsing.client.recordings.segments(camera, whole.start, whole.end)
    return [
        _Hour(hour, period, None)
        for hour, period in reversed(hours_of(day).items())
        if any(one.start < period.end and one.end > period.start for one in segments)
    ]


def _objects_of(day: RecordedDay) -> int | None:
    counts = [one.events for one in day.hours if one.events is not None]
    return sum(counts) if counts else None
