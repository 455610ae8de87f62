"""Previews of review items and of hours, watched through Home Assistant."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import (
    frame_url,
    preview_url,
    range_preview_url,
    review_url,
)
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.common import VIEWER
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity
from tests.versions import EVERY_VERSION, WITH_016

from .common import Watcher, guest_of, length_of, watcher_of

pytestmark = pytest.mark.usefixtures("fixed_time")

DOOR, GATE = "front_door", "Portones"
GATEKEEPER = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}


def add_preview(
    frigate: FakeFrigate, entry: MockConfigEntry, camera: str = DOOR
) -> str:
    """Add a review item, and return the path of its preview."""
    review_id = frigate.add_review(camera).id
    return review_url(entry.entry_id, review_id, "preview.mp4")


@WITH_016
async def test_a_preview_is_a_video_that_a_player_can_seek_in(
    hass: HomeAssistant, frigate: FakeFrigate, watcher: Watcher
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    url = add_preview(frigate, entry)
    whole = await watcher.see(url)
    size = len(whole.body)
    assert (whole.status, whole.body[4:8]) == (200, b"ftyp")
    assert length_of(whole) == size
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Cache-Control"] == "no-store"
    # Frigate makes it anew each time, so that there is nothing to compare it with.
    assert "ETag" not in whole.headers
    part = await watcher.see(url, Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{size}"
    again = await watcher.see(url, Range="bytes=10-19", If_Range='"any"')
    assert (again.status, len(again.body)) == (200, size)
    beyond = await watcher.see(url, Range=f"bytes={size}-")
    assert beyond.status == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"


@EVERY_VERSION
async def test_who_may_see_one_camera_sees_no_preview_of_another(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
    assert await guest.status(add_preview(frigate, entry)) == 200
    unknown = await guest.see(review_url(entry.entry_id, "1.5-nobody", "preview.mp4"))
    foreign = await guest.see(add_preview(frigate, entry, GATE))
    assert foreign.status == unknown.status == 404
    assert foreign.body == unknown.body
    assert not [one for one in frigate.requests if one.path.endswith("/preview")][1:]


@EVERY_VERSION
async def test_a_restricted_account_sees_its_own_previews(
    hass: HomeAssistant, frigate: FakeFrigate, watcher: Watcher
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **GATEKEEPER))
    assert await watcher.status(add_preview(frigate, entry, GATE)) == 200
    assert await watcher.status(add_preview(frigate, entry)) == 404


async def test_a_preview_that_cannot_be_made(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    url = add_preview(frigate, entry)
    for fault, status in (
        (Fault.status(404), 404),
        (Fault.status(500), 502),
        (Fault.status(502), 503),
        (Fault.html(), 502),
    ):
        frigate.fail("/api/review/[^/]+/preview", fault)
        assert await watcher.status(url) == status
        frigate.clear_faults()
    assert await watcher.status(url) == 200
    frigate.state.database.reviews.clear()
    assert await watcher.status(url) == 404


# Of an hour


async def preview_of(
    hass: HomeAssistant, entry: MockConfigEntry, camera: str = DOOR
) -> str:
    """Return the path of the preview of the hour before, as an action answers with it."""
    entity_id, now = camera_entity(hass, entry, camera), dt_util.utcnow().timestamp()
    answer: Any = await call(
        hass, "get_previews", entity_id=entity_id, start_time=now - 3500, end_time=now
    )
    path: str = answer[entity_id]["previews"][0]["video"]
    return path


@EVERY_VERSION
async def test_the_preview_of_an_hour(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    url, foreign = await preview_of(hass, entry), await preview_of(hass, entry, GATE)
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
    whole = await guest.see(url)
    assert (whole.status, whole.body[4:8]) == (200, b"ftyp")
    assert whole.headers["Content-Type"] == "video/mp4"
    part = await guest.see(url, Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    frigate.clear_requests()
    start, end = (float(one) for one in url.split("/")[6:8])
    for other in (
        foreign,
        preview_url(entry.entry_id, GATE, start, end),
        preview_url(entry.entry_id, DOOR, start, end + 1),
        preview_url(entry.entry_id, DOOR, start - 9e5, end - 9e5),
    ):
        assert await guest.status(other) == 404, other
    assert not [one for one in frigate.requests if GATE in one.path]
    frigate.fail("/clips/previews", Fault.status(404))
    assert await guest.status(url) == 404
    frigate.clear_faults()
    assert await guest.status(url) == 200


@EVERY_VERSION
async def test_a_range_as_a_preview_and_its_beginning_as_a_picture(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
    end = dt_util.utcnow().timestamp() - 600
    start = end - 60
    for route, content_type, url, foreign in (
        (
            "start",
            "video/mp4",
            range_preview_url(entry.entry_id, DOOR, start, end),
            range_preview_url(entry.entry_id, GATE, start, end),
        ),
        (
            "recordings",
            "image/jpeg",
            frame_url(entry.entry_id, DOOR, start),
            frame_url(entry.entry_id, GATE, start),
        ),
    ):
        seen = await guest.see(url)
        assert (seen.status, seen.headers["Content-Type"]) == (200, content_type)
        frigate.clear_requests()
        assert await guest.status(foreign) == 404
        assert not frigate.requests
        frigate.fail(f"/api/{DOOR}/{route}", Fault.status(404))
        assert await guest.status(url) == 404
        frigate.clear_faults()
        assert await guest.status(url) == 200


async def test_a_preview_that_is_kept_elsewhere(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    url = await preview_of(hass, entry)
    start, end = (float(one) for one in url.split("/")[6:8])
    row = {"camera": DOOR, "start": start, "end": end, "type": "video/mp4"}
    for path in (
        "/api/users",
        "/clips/../api/config",
        "/clips/previews/Portones/1.mp4",
        "@elsewhere.example/a.mp4",
        "/",
    ):
        frigate.fail("/api/preview/", Fault.json([{**row, "src": path}]))
        assert await watcher.status(url) == 404, path
        frigate.clear_faults()
    assert await watcher.status(url) == 200
