"""Previews of review items, watched through Home Assistant."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import review_url
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from tests.common import VIEWER
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
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
