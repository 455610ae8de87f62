"""The action for links that receivers without a login open, such as a TV or a messenger."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    MAX_RANGE,
    Event,
    Export,
    FrigateArgumentError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    Review,
)
from ..const import MAX_MEDIA_FILE
from ..dates import as_local_iso
from ..downloads.footage import Footage, async_wait_until_playable, footage_of
from ..errors import action_error, validation_error
from ..periods import PERIOD_FIELDS, Period, duration, period_of, probable_now
from ..view_urls import (
    clip_url,
    export_url,
    frame_url,
    playlist_url,
    range_preview_url,
    review_url,
)
from . import fields
from .action import ServerAction, ServerCall
from .targets import CAMERAS, cameras_to_list

REVIEW_ID, EVENT_ID, EXPORT_ID, CAMERA_FIELD = SOURCES = (
    "review_id",
    "event_id",
    "export_id",
    "cameras",
)
THUMBNAIL, SNAPSHOT, CLIP, HLS, PREVIEW = KINDS = (
    "thumbnail",
    "snapshot",
    "clip",
    "hls",
    "preview",
)
DEFAULT_LIFETIME = 3600.0
MIN_LIFETIME, MAX_LIFETIME = 60.0, 86400.0
_ADDED_BY_APP = "external_auth=1"
"""The query that the Home Assistant apps add to each path that they open."""
_TYPES: Final[Mapping[str, str]] = {
    THUMBNAIL: "image/jpeg",
    SNAPSHOT: "image/jpeg",
    CLIP: "video/mp4",
    HLS: "application/vnd.apple.mpegurl",
    PREVIEW: "video/mp4",
}

type Paths = dict[str, str | None]
"""The paths of the kinds that something can have; None for what this one does not have."""


async def _get_media_urls(call: ServerCall) -> JsonObjectType:
    """Return links; for cameras, those of each by its entity id."""
    source = _source_of(call.data)
    if (paths_of := _BY_ID.get(source)) is not None:
        return _signed(call, await paths_of(call, call.data[source]))
    return {
        entity_id: _signed(call, await _of_camera(call, entity_id))
        for entity_id in call.data[CAMERA_FIELD]
    }


def _source_of(data: Mapping[str, Any]) -> str:
    """Return what a call is about; raises ServiceValidationError unless it is one thing."""
    given = [one for one in SOURCES if one in data]
    has_period = any(str(one) in data for one in PERIOD_FIELDS)
    if len(given) != 1 or has_period is not (given[0] == CAMERA_FIELD):
        raise validation_error("one_source")
    return given[0]


async def _of_review(call: ServerCall, review_id: str) -> Paths:
    review = await _find(call, call.client.reviews.get(review_id), review_id)
    links = call.links.to_review(review)
    return {
        **{kind: links[kind] for kind in (THUMBNAIL, SNAPSHOT, CLIP)},
        HLS: await _playlist(call, footage_of(review)),
        PREVIEW: review_url(call.entry.entry_id, review_id, "preview.mp4"),
    }


async def _of_event(call: ServerCall, event_id: str) -> Paths:
    event = await _find(call, call.client.events.get(event_id), event_id)
    links = call.links.to_event(event)
    footage = footage_of(event) if event.has_clip else None
    return {
        **{kind: links[kind] for kind in (THUMBNAIL, SNAPSHOT, CLIP)},
        HLS: await _playlist(call, footage),
        PREVIEW: None if footage is None else _preview(call, footage),
    }


async def _of_export(call: ServerCall, export_id: str) -> Paths:
    export = await _find(call, call.client.exports.find(export_id), export_id)
    if export.in_progress or export.file is None:
        raise action_error("in_progress", id=export.name or export.id)
    url = partial(export_url, call.entry.entry_id, export.id)
    return {
        THUMBNAIL: url("thumbnail") if export.thumbnail_path else None,
        CLIP: url("video.mp4"),
    }


_BY_ID: Final[Mapping[str, Callable[[ServerCall, str], Awaitable[Paths]]]] = {
    REVIEW_ID: _of_review,
    EVENT_ID: _of_event,
    EXPORT_ID: _of_export,
}


async def _of_camera(call: ServerCall, entity_id: str) -> Paths:
    camera = next(iter(cameras_to_list(call.permissions, [entity_id]) or ()), None)
    if camera is None or not call.media.may_see(camera):
        raise action_error("entity_unavailable", entity=entity_id)
    period = period_of(call.data, call.client.clock)
    if (seconds := period.end - period.start) > MAX_RANGE:
        raise validation_error("clip_too_long", hours=f"{MAX_RANGE / 3600:g}")
    start, end = period.start, period.end
    clip = clip_url(call.entry.entry_id, camera, start, end)
    footage = Footage(camera=camera, began=start, start=start, end=end)
    return {
        SNAPSHOT: frame_url(call.entry.entry_id, camera, start),
        CLIP: clip if seconds <= MAX_MEDIA_FILE else None,
        HLS: await _playlist(call, footage),
        PREVIEW: _preview(call, footage),
    }


def _preview(call: ServerCall, footage: Footage) -> str:
    period = footage.period(probable_now(call.client.clock))
    return range_preview_url(
        call.entry.entry_id, footage.camera, period.start, period.end
    )


async def _playlist(call: ServerCall, footage: Footage | None) -> str | None:
    """Return the path of a playlist; waits for it if that is what the caller wants."""
    if footage is None:
        return None
    if HLS not in call.data.get("kinds", ()):
        period: Period | None = footage.period(probable_now(call.client.clock))
    else:
        period = await async_wait_until_playable(call.client, footage)
    # Meanwhile, the caller may have lost the camera.
    if period is None or not call.media.may_see(footage.camera):
        return None
    end = min(period.end, period.start + MAX_RANGE)
    return playlist_url(call.entry.entry_id, footage.camera, period.start, end)


async def _find[Item: (Review, Event, Export)](
    call: ServerCall, ask: Awaitable[Item], item_id: str
) -> Item:
    """Return an item whose camera the caller may see.

    An unknown id ends in the same error as that of another camera.

    Raises:
        Unauthorized: the caller may see some cameras only, and not that of the item.
        HomeAssistantError: there is no such item, or the account may not see its camera.
    """
    try:
        item = await ask
    except (FrigateArgumentError, FrigateForbiddenError, FrigateNotFoundError) as err:
        call.permissions.require_read(None)
        raise action_error("not_known", name=item_id) from err
    if not call.media.may_see(item.camera):
        call.permissions.require_read(None)
        raise action_error("not_known", name=item_id)
    return item


def _signed(call: ServerCall, paths: Paths) -> JsonObjectType:
    """Return the links to what was asked for, or to all that there is.

    They stand for Home Assistant's own user for media, as those of a person would end with
    their login. So the rights of the caller must have been checked.
    """
    kinds: list[str] = call.data.get("kinds", [*paths])
    there = [kind for kind, path in paths.items() if path is not None]
    if missing := [one for one in call.data.get("kinds", ()) if one not in there]:
        raise validation_error(
            "no_such_media", kinds=", ".join(missing), available=", ".join(there)
        )
    lifetime = timedelta(seconds=call.data["expires"])
    base = _base_url(call.hass) if call.data["absolute"] else ""
    answer: JsonObjectType = {}
    for kind in kinds:
        if (path := paths[kind]) is None:
            answer[kind] = None
            continue
        if call.data["for_app"]:
            path = f"{path}?{_ADDED_BY_APP}"
        signed = async_sign_path(call.hass, path, lifetime, use_content_user=True)
        url = base + signed.replace(f"{_ADDED_BY_APP}&", "")
        answer[kind] = {"url": url, "content_type": _TYPES[kind]}
    end = int(dt_util.utcnow().timestamp()) + lifetime.total_seconds()
    return {**answer, "valid_until": as_local_iso(end)}


def _base_url(hass: HomeAssistant) -> str:
    try:
        return get_url(hass, prefer_external=True)
    except NoURLAvailableError as err:
        raise action_error("no_own_url") from err


ACTIONS = (
    ServerAction(
        name="get_media_urls",
        handler=_get_media_urls,
        fields={
            vol.Optional(REVIEW_ID): fields.IDENTIFIER,
            vol.Optional(EVENT_ID): fields.IDENTIFIER,
            vol.Optional(EXPORT_ID): fields.IDENTIFIER,
            vol.Optional(CAMERA_FIELD): CAMERAS,
            **PERIOD_FIELDS,
            vol.Optional("kinds"): fields.list_of(vol.In(KINDS)),
            vol.Optional("expires", default=DEFAULT_LIFETIME): duration(
                "expires", MAX_LIFETIME, MIN_LIFETIME
            ),
            vol.Optional("absolute", default=False): fields.BOOLEAN,
            vol.Optional("for_app", default=False): fields.BOOLEAN,
        },
        is_query=True,
    ),
)
