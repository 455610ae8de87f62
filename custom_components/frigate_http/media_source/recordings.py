"""The folders of recordings, by camera, day and hour."""

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
from .browsing import Browsing
from .nodes import folder, video
from .times import hours_of


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
    summary = await browsing.client.recordings.summary(camera, browsing.time_zone)
    recorded = next((one.hours for one in summary if one.day == where.day), ())
    periods = hours_of(where.day)
    hours = [
        video(
            RecordingVideo(
                where.entry_id,
                Form.HLS,
                camera,
                periods[one.hour].start,
                periods[one.hour].end,
            ),
            browsing.titles.counted(f"{one.hour:02}:00", "objects", one.events),
        )
        for one in recorded
        if one.hour in periods
    ]
    title = where.day.isoformat()
    return folder(where, title, hours, holds=MediaClass.VIDEO)


def _objects_of(day: RecordedDay) -> int | None:
    counts = [one.events for one in day.hours if one.events is not None]
    return sum(counts) if counts else None
