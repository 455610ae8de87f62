"""The clips of review items and events, as a companion app asks for them."""

import asyncio
import logging
import math
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import event_url, review_url
from custom_components.frigate_http.views import items
from custom_components.frigate_http.views.items import REASON
from homeassistant.core import HomeAssistant
from tests.clock import all_waits, in_time
from tests.downloads.conftest import folders
from tests.fake_frigate import FakeFrigate, Fault
from tests.mp4.material import Scene
from tests.versions import EVERY_VERSION

from .common import Watcher, guest_of, watcher_of

__all__ = ["folders"]

pytestmark = pytest.mark.usefixtures("fixed_time", "folders")

DOOR, GATE = "front_door", "Portones"
SEGMENTS = r"/api/[^/]+/recordings"
UNKNOWN = re.compile("/1[0-9.]+-[^/]+/")
SMALL = Scene(width=64, height=48, fps=2, sound=None)


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


def made(frigate: FakeFrigate) -> list[str]:
    """Return the clips that the server was asked for."""
    return [one.path for one in frigate.requests if one.path.endswith("/clip.mp4")]


def segments(start: float, end: float, megabytes: Any) -> list[dict[str, Any]]:
    """Return one segment as the server lists it."""
    return [{"start_time": start, "end_time": end, "segment_size": megabytes}]


BOTH = (add_review, add_event)


@EVERY_VERSION
async def test_the_clip_of_an_item_is_shown_with_what_was_around_it(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
) -> None:
    for ago, add in enumerate(BOTH, 300):
        frigate.clear_requests()
        url = add(frigate, entry, ago=ago, duration=20)
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
        (request,) = made(frigate)
        start, end = (float(request.split("/")[place]) for place in (4, 6))
        assert 30 <= end - start <= 32


@EVERY_VERSION
async def test_who_may_not_see_the_camera_of_an_item_learns_nothing_of_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    for add in BOTH:
        guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
        assert await guest.status(add(frigate, entry)) == 200
        foreign = add(frigate, entry, GATE)
        frigate.clear_requests()
        seen = await guest.see(foreign)
        unknown = await guest.see(UNKNOWN.sub("/1.5-nobody/", foreign))
        assert (seen.status, seen.body) == (404, unknown.body)
        assert set(seen.headers) == set(unknown.headers)
        assert unknown.status == 404
        # How long it takes must not tell either.
        assert len(frigate.requests) == 2


async def test_who_loses_the_camera_while_a_clip_is_waited_for_does_not_get_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    user = guest_of(hass, entry, DOOR)
    guest = await watcher_of(hass, hass_client, user)
    url = add_review(frigate, entry, ago=10, duration=8)
    status, seconds = await in_time(
        freezer, guest.status(url), meanwhile={5.0: lambda: user.mock_policy({})}
    )
    assert (status, seconds > 5) == (404, True)
    user.mock_policy({"entities": True})
    assert await guest.status(url) == 200


async def test_what_is_not_on_the_disk_yet_is_waited_for(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    url = add_review(frigate, entry, ago=10, duration=9)
    end = frigate.state.clock() - 1 + 5
    seen, seconds = await in_time(freezer, watcher.see(url))
    assert (seen.status, seen.body[4:8]) == (200, b"ftyp")
    # Its end is recorded, and then written within 10 to 20 seconds.
    assert 4 + 10 <= seconds <= 4 + 22
    # Nothing is asked for that is not there: it is a file of nginx, or cut short.
    (request,) = made(frigate)
    assert frigate.state.clock() >= end + 10
    assert math.ceil(end) <= float(request.split("/")[6]) <= math.ceil(end) + 1


async def test_what_goes_on_is_shown_up_to_now(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    url = add_event(frigate, entry, ago=2, duration=None)
    began = frigate.state.clock() - 2
    seen, seconds = await in_time(freezer, watcher.see(url))
    assert seen.status == 200
    assert 10 <= seconds <= 22
    # A player that asks for parts must find the same file for a while.
    freezer.tick(76 - 2 - seconds)
    tags = []
    for _second in range(3):
        freezer.tick(3)
        seen, _seconds = await in_time(freezer, watcher.see(url, Range="bytes=0-9"))
        assert seen.status == 206
        tags.append(seen.headers["ETag"])
    assert len(set(tags)) == 1
    freezer.tick(30)
    seen, _seconds = await in_time(freezer, watcher.see(url))
    assert seen.headers["ETag"] not in tags
    ends = [float(one.split("/")[6]) - began for one in made(frigate)]
    assert {2, 60, 90} <= {math.floor(one) for one in ends} <= {2, 55, 60, 90}


async def test_who_waits_for_a_minute_is_told_to_come_back(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    # The camera has just failed.
    url = add_review(frigate, entry, ago=30, duration=30)
    frigate.cut_recordings(DOOR, frigate.state.clock() - 10)
    seen, seconds = await in_time(freezer, watcher.see(url))
    assert (seen.status, seen.headers["Retry-After"]) == (503, "10")
    assert seen.headers["Cache-Control"] == "no-store"
    assert 60 <= seconds <= 61
    assert not made(frigate)
    seen, seconds = await in_time(freezer, watcher.see(url))
    assert (seen.status, seen.body[4:8]) == (200, b"ftyp")
    assert seconds <= 10


async def test_what_was_not_recorded_is_not_there(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    for ago, add in enumerate(BOTH, 300):
        url = add(frigate, entry, ago=ago)
        frigate.cut_recordings(DOOR, 0)
        assert await watcher.status(url) == 404
        frigate.record_only(DOOR, (0, math.inf))
        assert await watcher.status(url) == 200


@EVERY_VERSION
async def test_a_preview_is_shown_instead_of_what_is_too_large_for_ios(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for ago, add in enumerate(BOTH, 300):
        caplog.set_level(logging.DEBUG, "custom_components.frigate_http")
        url = add(frigate, entry, ago=ago, duration=20)
        start = frigate.state.clock() - ago - 5
        # Only the share of the clip counts: 30 of 70 seconds.
        frigate.fail(
            SEGMENTS, Fault.json(segments(start - 20, start + 50, megabytes=110))
        )
        assert (await watcher.see(url)).headers.get(REASON) is None
        frigate.clear_requests()
        frigate.fail(
            SEGMENTS, Fault.json(segments(start - 20, start + 50, megabytes=112))
        )
        seen = await watcher.see(url)
        assert (seen.status, seen.body[4:8]) == (200, b"ftyp")
        assert seen.headers[REASON] == "clip-too-large"
        assert seen.headers["Cache-Control"] == "no-store"
        assert "instead of a clip: clip-too-large" in caplog.text
        caplog.clear()
        part = await watcher.see(url, Range="bytes=2-9")
        assert (part.status, part.body) == (206, seen.body[2:10])
        assert part.headers[REASON] == "clip-too-large"
        head = await watcher.see(url, "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert not made(frigate)
        previews = [one.path for one in frigate.requests if "preview" in one.path]
        assert len(previews) == 3
        if add is add_event:
            first, last = (float(previews[0].split("/")[place]) for place in (4, 6))
            assert (first, last) == pytest.approx((start, start + 30))


async def test_the_file_itself_may_be_too_large(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = add_event(frigate, entry, ago=300, duration=20)
    start = frigate.state.clock() - 305
    clip = await watcher.see(url)
    monkeypatch.setattr(items, "MAX_BYTES", len(clip.body))
    for rows in (
        segments(start, start + 30, megabytes=None),
        segments(start, start + 30, megabytes="many"),
        segments(start, start, megabytes=9000),
        segments(start, start + 30, megabytes=-9000),
    ):
        frigate.fail(SEGMENTS, Fault.json(rows))
        assert (await watcher.see(url)).body == clip.body
    monkeypatch.setattr(items, "MAX_BYTES", len(clip.body) - 1)
    seen = await watcher.see(url)
    assert (seen.status, seen.headers[REASON]) == (200, "clip-too-large")
    assert seen.body != clip.body


async def test_a_preview_is_shown_instead_of_what_is_too_long(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
) -> None:
    for add in BOTH:
        for how in ({"ago": 1000, "duration": 591}, {"ago": 1000, "duration": None}):
            seen = await watcher.see(add(frigate, entry, **how))
            assert (seen.status, seen.headers[REASON]) == (200, "clip-too-long")
        assert not made(frigate)
    frigate.cut_recordings(DOOR, 0)
    for add in BOTH:
        gone = await watcher.see(add(frigate, entry, ago=1000, duration=591))
        assert (gone.status, gone.headers.get(REASON)) == (404, None)


async def test_an_unload_ends_waiting_for_a_clip(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    url = add_review(frigate, entry, ago=10, duration=9)
    asked = asyncio.create_task(watcher.see(url))
    await frigate.wait_for_requests(2)
    await all_waits()
    await hass.config_entries.async_unload(entry.entry_id)
    seen = await asked
    assert (seen.status, seen.headers["Retry-After"]) == (503, "10")
    assert (await watcher.see(url)).status == 503
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await in_time(freezer, watcher.status(url)))[0] == 200
