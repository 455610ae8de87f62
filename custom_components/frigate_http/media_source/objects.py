"""The folders of tracked objects, by camera and label."""

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import BrowseMediaSource

from ..aiofrigate import Event, EventFilter, Page
from ..media_ids import (
    EventSnapshot,
    EventVideo,
    Form,
    ObjectsFolder,
    ObjectsOfCamera,
    ObjectsOfLabel,
)
from ..view_urls import event_url
from .browsing import Browsing
from .nodes import PAGE_SIZE, folder, image, more, video
from .videos import has_several_entries


async def async_open_cameras(
    browsing: Browsing, where: ObjectsFolder
) -> BrowseMediaSource:
    """Return a folder for each camera."""
    cameras = [
        folder(ObjectsOfCamera(where.entry_id, one), browsing.titles.camera(one))
        for one in browsing.access.cameras
    ]
    return folder(where, browsing.titles.text("tracked_objects"), cameras)


async def async_open_camera(
    browsing: Browsing, where: ObjectsOfCamera
) -> BrowseMediaSource:
    """Return a folder for each label that the camera has detected."""
    camera = browsing.require(where.camera)
    titles = browsing.titles
    labels = await browsing.client.events.labels(camera)
    children = [
        folder(ObjectsOfLabel(where.entry_id, camera, one), titles.label(one))
        for one in sorted(labels, key=lambda one: titles.label(one).casefold())
    ]
    return folder(where, titles.camera(camera), children)


async def async_open_label(
    browsing: Browsing, where: ObjectsOfLabel
) -> BrowseMediaSource:
    """Return a page of the tracked objects with a label."""
    camera = browsing.require(where.camera)
    page = Page(before=where.before, skip=where.skip)
    wanted = EventFilter(
        cameras=(camera,),
        labels=asked_labels(where.label),
        before=page.asked_before,
        limit=page.limit(PAGE_SIZE),
    )
    found = await browsing.client.events.list(wanted, fresh=True)
    events, following = page.of(found, PAGE_SIZE, lambda one: one.start)
    browsing.owners.remember_events(events)
    items = [
        event_node(browsing, one)
        for one in events
        if one.camera == camera and one.label == where.label
    ]
    items += more(where, following, browsing.titles.text("more"))
    title = browsing.titles.label(where.label)
    return folder(where, title, items, holds=MediaClass.VIDEO)


def asked_labels(label: str) -> tuple[str, ...]:
    """Return what to ask for to find a label: anything, if Frigate cannot be asked for it.

    It takes a comma for the end of a name, and people may call an event as they like.
    """
    return () if "," in label else (label,)


def event_node(browsing: Browsing, event: Event) -> BrowseMediaSource:
    """Return a tracked object, which plays its recording, or else shows its snapshot."""
    entry_id, title = browsing.entry_id, browsing.titles.event(event)
    thumbnail = event_url(entry_id, event.event_id, "thumbnail")
    if event.has_snapshot and event.has_clip is False:
        return image(EventSnapshot(entry_id, event.event_id), title, thumbnail)
    return video(
        EventVideo(entry_id, Form.HLS, event.event_id),
        title,
        thumbnail,
        can_play=event.has_clip is not False,
        can_expand=has_several_entries(browsing, event),
    )
