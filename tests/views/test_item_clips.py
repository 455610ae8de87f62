"""The clips of review items and events, as a companion app asks for them."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import event_url, review_url
from homeassistant.core import HomeAssistant
from tests.downloads.conftest import folders
from tests.fake_frigate import FakeFrigate
from tests.mp4.material import Scene
from tests.versions import EVERY_VERSION

from .common import Watcher, guest_of, watcher_of

__all__ = ["folders"]

pytestmark = pytest.mark.usefixtures("fixed_time", "folders")

DOOR, GATE = "front_door", "Portones"
SMALL = Scene(width=64, height=48, fps=2, sound=None)

type Adder = Callable[..., str]


def add_review(
    frigate: FakeFrigate, entry: MockConfigEntry, camera: str = DOOR, **how: Any
) -> str:
    """Return the path of the clip of a new review item."""
    frigate.state.footage.show(camera, SMALL, 0)
    return review_url(entry.entry_id, frigate.add_review(camera, **how).id, "clip.mp4")


def add_event(
    frigate: FakeFrigate, entry: MockConfigEntry, camera: str = DOOR, **how: Any
) -> str:
    """Return the path of the clip of a new event."""
    frigate.state.footage.show(camera, SMALL, 0)
    return event_url(entry.entry_id, frigate.add_event(camera, **how).id, "clip.mp4")


EACH = pytest.mark.parametrize("add", [add_review, add_event], ids=["review", "event"])


@EACH
@EVERY_VERSION
async def test_the_clip_of_an_item_is_shown_with_what_was_around_it(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    add: Adder,
) -> None:
    url = add(frigate, entry, ago=300, duration=20)
    seen = await watcher.see(url)
    assert (seen.status, seen.body[4:8]) == (200, b"ftyp")
    assert seen.headers["Content-Type"] == "video/mp4"
    assert seen.headers["Cache-Control"] == "private, no-cache"
    part = await watcher.see(url, Range="bytes=10-99")
    assert (part.status, part.body) == (206, seen.body[10:100])
    head = await watcher.see(url, "HEAD")
    assert (head.status, head.headers["ETag"]) == (200, seen.headers["ETag"])
    known = await watcher.see(url, If_None_Match=seen.headers["ETag"])
    assert (known.status, known.body) == (304, b"")
    (made,) = [one.path for one in frigate.requests if one.path.endswith("/clip.mp4")]
    start, end = (float(made.split("/")[place]) for place in (4, 6))
    assert 30 <= end - start <= 32


@EACH
@EVERY_VERSION
async def test_who_may_not_see_the_camera_of_an_item_learns_nothing_of_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    add: Adder,
) -> None:
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
    foreign = add(frigate, entry, GATE)
    assert await guest.status(add(frigate, entry)) == 200
    unknown = await guest.see(foreign.replace("/1", "/9"))
    seen = await guest.see(foreign)
    assert (
        (seen.status, seen.body) == (404, unknown.body) == (unknown.status, seen.body)
    )
    assert set(seen.headers) == set(unknown.headers)
