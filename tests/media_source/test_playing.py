"""Where what was listed can be fetched, and what is said if it cannot."""

import math
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.media_ids import (
    EventSnapshot,
    EventVideo,
    ExportVideo,
    Form,
    MediaId,
    ObjectsOfLabel,
    RecordingVideo,
    ReviewPreview,
    ReviewsFolder,
    ReviewVideo,
    Severity,
)
from homeassistant.components.media_source import (
    PlayMedia,
    Unresolvable,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from tests.clock import in_time
from tests.common import pass_time
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.state import WrongClock
from tests.mp4.material import Scene
from tests.versions import EVERY_VERSION

from .common import Browser, Refused, id_of

DOOR = "front_door"
HLS = "application/x-mpegURL"
GONE = "This is no longer in Frigate, or you are not allowed to see it. Open the folder again."
NOTHING = (
    "The camera Front door has no recordings for this period. Check the period, and make "
    "sure that recording is on."
)

pytestmark = pytest.mark.usefixtures("fixed_time")


async def resolve(hass: HomeAssistant, media_id: MediaId) -> PlayMedia:
    """Resolve as an automation does."""
    return await async_resolve_media(hass, media_id.media_content_id, None)


def times(path: str) -> tuple[float, float]:
    """Return the period in the path of a video."""
    start, end = path.split("/")[-3:-1]
    return float(start), float(end)


@EVERY_VERSION
async def test_what_each_item_plays(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    entry_id, now = entry.entry_id, frigate.state.clock()
    base = f"/api/frigate_http/{entry_id}"
    review = frigate.add_review(DOOR, ago=600, duration=20)
    event = frigate.add_event(DOOR, ago=600.5, has_clip=True, has_snapshot=True)
    export = frigate.add_export(DOOR, now - 600, now - 500)

    assert await browser.resolve(ReviewVideo(entry_id, Form.HLS, review.id)) == (
        f"{base}/vod/{DOOR}/{now - 605}/{now - 575}/master.m3u8",
        HLS,
    )
    assert await browser.resolve(EventVideo(entry_id, Form.HLS, event.id)) == (
        f"{base}/vod/{DOOR}/{now - 605.5}/{now - 575.5}/master.m3u8",
        HLS,
    )
    hour = RecordingVideo(entry_id, Form.HLS, DOOR, now - 3600, now)
    assert await browser.resolve(hour) == (
        f"{base}/vod/{DOOR}/{now - 3600}/{now}/master.m3u8",
        HLS,
    )
    assert await browser.resolve(ReviewPreview(entry_id, review.id)) == (
        f"{base}/review/{review.id}/preview.mp4",
        "video/mp4",
    )
    assert await browser.resolve(EventSnapshot(entry_id, event.id)) == (
        f"{base}/event/{event.id}/snapshot",
        "image/jpeg",
    )
    assert await browser.resolve(ExportVideo(entry_id, export.id)) == (
        f"{base}/export/{export.id}/video.mp4",
        "video/mp4",
    )


async def test_files_for_players_and_ai_task(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    entry_id, now = entry.entry_id, frigate.state.clock()
    review = frigate.add_review(DOOR, ago=600, duration=2)
    event = frigate.add_event(DOOR, ago=600, has_clip=True, has_snapshot=True)
    running = frigate.add_event(DOOR, ago=60, duration=None, has_snapshot=True)

    video = await resolve(hass, ReviewVideo(entry_id, Form.MP4, review.id))
    assert video.mime_type == "video/mp4"
    assert times(video.url) == (now - 605, now - 593)
    assert video.url.endswith("/clip.mp4")
    assert first_bytes(video.path)[4:8] == b"ftyp"
    for one in (event, running):
        image = await resolve(hass, EventSnapshot(entry_id, one.id))
        assert first_bytes(image.path)[:2] == b"\xff\xd8"

    minutes = RecordingVideo(entry_id, Form.MP4, DOOR, now - 1000, now - 300)
    with pytest.raises(Unresolvable, match="10 minutes"):
        await resolve(hass, minutes)


def first_bytes(path: Path | None) -> bytes:
    """Return how a file begins."""
    assert path is not None
    with path.open("rb") as file:
        return file.read(12)


async def test_a_running_item_plays_up_to_now(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    now = frigate.state.clock()
    review = frigate.add_review(DOOR, ago=60, duration=None)
    path, _type = await browser.resolve(
        ReviewVideo(entry.entry_id, Form.HLS, review.id)
    )
    assert times(path) == (now - 65, now)


@pytest.mark.parametrize("frigate_options", [{"clock": WrongClock(-3600.0)}])
async def test_now_is_that_of_the_clock_of_the_server(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    now = frigate.state.clock()
    review = frigate.add_review(DOOR, ago=60, duration=None)
    item = ReviewVideo(entry.entry_id, Form.HLS, review.id)
    start, end = times((await browser.resolve(item))[0])
    assert start == now - 65
    # It is known to within the age of the stats.
    assert abs(end - now) <= 30


async def test_an_item_that_has_just_begun_is_waited_for(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    now = frigate.state.clock()
    review = frigate.add_review(DOOR, ago=0.3, duration=None)
    frigate.clear_requests()
    item = ReviewVideo(entry.entry_id, Form.HLS, review.id)
    frigate.record_only(DOOR, (now - 7200, now - 60), (now - 4, math.inf))
    found, seconds = await in_time(freezer, resolve(hass, item))
    assert 10 <= seconds <= 20
    assert times(found.url) == (now - 5.3, now + seconds)
    assert not [one for one in frigate.requests if one.path.startswith("/vod/")]

    frigate.cut_recordings(DOOR, now - 60)
    with pytest.raises(Unresolvable) as caught:
        await in_time(freezer, resolve(hass, item))
    assert str(caught.value) == NOTHING


@EVERY_VERSION
async def test_what_is_gone_is_told_apart_from_what_was_not_recorded(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    browser: Browser,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry_id, now = entry.entry_id, frigate.state.clock()
    review = frigate.add_review(DOOR, ago=600)
    event = frigate.add_event(DOOR, ago=600, has_clip=True, has_snapshot=True)
    export = frigate.add_export(DOOR, now - 600, now - 500)
    items: list[MediaId] = [
        ReviewVideo(entry_id, Form.HLS, review.id),
        EventVideo(entry_id, Form.HLS, event.id),
        RecordingVideo(entry_id, Form.HLS, DOOR, now - 600, now - 500),
    ]
    for item in items:
        await browser.resolve(item)
    frigate.cut_recordings(DOOR, now - 1200, now - 60)
    for item in items:
        with pytest.raises(Refused, match=NOTHING):
            await browser.resolve(item)

    frigate.state.database.reviews.clear()
    frigate.state.database.events.clear()
    frigate.state.exporter.exports.clear()
    # Until then, Frigate's cache answers.
    await pass_time(hass, freezer)
    items[2:] = [
        ReviewPreview(entry_id, review.id),
        EventSnapshot(entry_id, event.id),
        ExportVideo(entry_id, export.id),
    ]
    for item in items:
        with pytest.raises(Refused, match=GONE):
            await browser.resolve(item)


async def test_an_export_in_progress(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    now = frigate.state.clock()
    export = frigate.add_export(DOOR, now - 60, now, "Fox", status="running")
    item = ExportVideo(entry.entry_id, export.id)
    with pytest.raises(Refused, match="Fox is still in progress"):
        await browser.resolve(item)
    export.status = "success"
    assert (await browser.resolve(item))[1] == "video/mp4"


async def test_long_items_are_several(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    entry_id, now = entry.entry_id, frigate.state.clock()
    frigate.record_only(DOOR, (now - 40_000, now))
    review = frigate.add_review(DOOR, ago=20_000, duration=15_000)
    item = ReviewVideo(entry_id, Form.HLS, review.id)
    folder = await browser.open(item)
    assert [(one["title"], one["can_play"]) for one in folder["children"]] == [
        ("2026-11-22 22:26:35 - 01:11:35", True),
        ("2026-11-23 01:11:35 - 02:36:45", True),
        ("Preview", True),
    ]
    paths = [(await browser.resolve(id_of(one)))[0] for one in folder["children"]]
    assert [times(one) for one in paths[:2]] == [
        (now - 20_005, now - 10_105),
        (now - 10_105, now - 4_995),
    ]
    assert await browser.resolve(item) == (paths[0], HLS)

    whole = RecordingVideo(entry_id, Form.HLS, DOOR, now - 20_000, now)
    with pytest.raises(Refused, match=r"2\.75 hours"):
        await browser.resolve(whole)


async def test_h265_has_a_preview_beside_the_video(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    browser: Browser,
    hass_client: ClientSessionGenerator,
) -> None:
    entry_id = entry.entry_id
    frigate.show(DOOR, Scene(codec="libx265", tag="hvc1"))
    review = frigate.add_review(DOOR, ago=600, duration=1)
    event = frigate.add_event(DOOR, ago=600, has_clip=True, has_snapshot=True)
    frigate.add_review("Portones", ago=700)
    folders = [
        ReviewsFolder(entry_id, Severity.ALERT),
        ObjectsOfLabel(entry_id, DOOR, "person"),
    ]
    items = [
        ReviewVideo(entry_id, Form.HLS, review.id),
        EventVideo(entry_id, Form.HLS, event.id),
    ]

    async def expandable() -> list[str]:
        """Return the items that are folders."""
        nodes = [one for where in folders for one in await browser.children(where)]
        return [
            id_of(one)
            for one in nodes
            if one["media_class"] == "video" and one["can_expand"]
        ]

    assert await expandable() == []
    # Somebody plays a video of the camera.
    client = await hass_client()
    path, _type = await browser.resolve(items[0])
    assert (await client.get(path)).status == 200
    assert await expandable() == [one.media_content_id for one in items]

    video, preview = await browser.children(items[0])
    assert (video["title"], id_of(video)) == ("Video", items[0].media_content_id)
    assert preview["title"] == "Preview"
    assert not video["can_expand"]
    assert not preview["can_expand"]
    assert (await browser.resolve(id_of(preview)))[1] == "video/mp4"
    titles = await browser.titles(items[1])
    assert titles == ["Video", "Snapshot"]

    # The camera is set to H.264.
    frigate.show(DOOR, Scene())
    assert (await client.get(path)).status == 200
    assert await expandable() == []
