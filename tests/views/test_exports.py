"""Exports, watched through Home Assistant."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import export_url
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from tests.common import VIEWER
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION, WITH_016

from .common import Watcher, guest_of, length_of, watcher_of

pytestmark = pytest.mark.usefixtures("fixed_time")

DOOR, GATE = "front_door", "Portones"
LENGTH = 3.0


def add_export(frigate: FakeFrigate, camera: str = DOOR, **settings: str) -> str:
    """Add an export, and return its id."""
    start = frigate.state.clock() - 600
    return frigate.add_export(camera, start, start + LENGTH, **settings).id


def video_url(entry: MockConfigEntry, export_id: str) -> str:
    """Return the path of the video of an export."""
    return export_url(entry.entry_id, export_id, "video.mp4")


@WITH_016
async def test_an_export_is_a_file_that_a_player_can_seek_in(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    watcher: Watcher,
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    url = video_url(entry, add_export(frigate))
    whole = await watcher.see(url)
    size = len(whole.body)
    tag = whole.headers["ETag"]
    assert (whole.status, whole.body[4:8]) == (200, b"ftyp")
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert length_of(whole) == size > 1000

    head = await watcher.see(url, "HEAD")
    assert (head.status, head.body, length_of(head)) == (200, b"", size)
    for asked, first, last in (
        ("bytes=0-", 0, size - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=10-499", 10, 499),
        (f"bytes={size - 5}-", size - 5, size - 1),
        (f"bytes=100-{size * 2}", 100, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=-{size * 2}", 0, size - 1),
    ):
        for condition in ({}, {"If_Range": tag}):
            part = await watcher.see(url, Range=asked, **condition)
            assert part.status == 206, asked
            assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
            assert part.body == whole.body[first : last + 1]
            assert part.headers["ETag"] == tag
    for asked in ("bytes=0-1,4-5", "bytes=5-1", "bytes=a-b", "lines=0-1", "bytes=-"):
        assert (await watcher.see(url, Range=asked)).body == whole.body
    for other in ('"other"', f"W/{tag}", "Thu, 26 Nov 2026 12:00:00 GMT", "*"):
        again = await watcher.see(url, Range="bytes=0-9", If_Range=other)
        assert (again.status, again.body) == (200, whole.body)

    beyond = await watcher.see(url, Range=f"bytes={size}-")
    assert beyond.status == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"


async def test_who_has_an_export_gets_no_second_one(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    url = video_url(entry, add_export(frigate))
    tag = (await watcher.see(url)).headers["ETag"]
    frigate.clear_requests()
    for known in (tag, f'"other", {tag}', f"W/{tag}"):
        again = await watcher.see(url, If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
    assert not [one for one in frigate.requests if one.path.startswith("/exports/")]
    assert (await watcher.see(url, If_None_Match='"other"')).status == 200
    other = video_url(entry, add_export(frigate))
    assert (await watcher.see(other)).headers["ETag"] != tag


@EVERY_VERSION
async def test_who_may_not_see_the_camera_learns_nothing_of_its_exports(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
    own, foreign, unfinished = (
        video_url(entry, export_id)
        for export_id in (
            add_export(frigate),
            add_export(frigate, GATE),
            add_export(frigate, GATE, status="running"),
        )
    )
    assert await guest.status(own) == 200
    unknown = await guest.see(video_url(entry, "front_door_nobody"))
    assert unknown.status == 404
    frigate.clear_requests()
    for url in (foreign, unfinished):
        seen = await guest.see(url)
        assert (seen.status, seen.body) == (unknown.status, unknown.body)
        assert set(seen.headers) == set(unknown.headers)
    assert not [one for one in frigate.requests if one.path.startswith("/exports/")]


@EVERY_VERSION
async def test_an_export_in_progress_is_not_asked_for_too_early(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
) -> None:
    frigate.state.exporter.held = True
    export_id = add_export(frigate, status="running")
    url = video_url(entry, export_id)
    assert await watcher.status(url) == 503
    assert not [one for one in frigate.requests if one.path.startswith("/exports/")]
    row = frigate.state.exporter.row(export_id)
    assert row is not None
    row.status = "success"
    assert await watcher.status(url) == 200


@EVERY_VERSION
async def test_an_export_of_a_case_is_shown_and_a_deleted_one_is_not(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    url = video_url(entry, export_id := add_export(frigate))
    row = frigate.state.exporter.row(export_id)
    assert row is not None
    if frigate.state.is_018:
        row.case = frigate.add_case("Burglary").id
    assert await watcher.status(url) == 200
    row.deleted = True
    # Frigate's nginx would go on to serve the file for two minutes.
    assert await watcher.status(url) == 404


@EVERY_VERSION
async def test_a_restricted_account_shows_no_export_of_another_camera(
    hass: HomeAssistant, frigate: FakeFrigate, watcher: Watcher
) -> None:
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    assert await watcher.status(video_url(entry, add_export(frigate, GATE))) == 200
    frigate.clear_requests()
    assert await watcher.status(video_url(entry, add_export(frigate))) == 404
    # 0.17 would hand it out to everybody.
    assert not [one for one in frigate.requests if one.path.startswith("/exports/")]
