"""Every folder of the media browser, and what is in it."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.frigate_http.media_ids import (
    ExportsFolder,
    MediaId,
    ObjectsFolder,
    ObjectsOfCamera,
    ObjectsOfLabel,
    RecordingsFolder,
    RecordingsOfCamera,
    RecordingsOfDay,
    ReviewsFolder,
    Severity,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from tests.common import camera_device
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION, WITH_016

from .common import ROOT, Browser, Node, id_of, kind_of

DOOR, GATE = "front_door", "Portones"


async def test_one_server_is_no_folder(
    hass: HomeAssistant, entry: MockConfigEntry, browser: Browser
) -> None:
    folder = await browser.open()
    assert folder["title"] == "Frigate"
    assert [(one["title"], kind_of(entry, one)) for one in folder["children"]] == [
        ("Alerts", "reviews/alert"),
        ("Detections", "reviews/detection"),
        ("Tracked objects", "objects"),
        ("Recordings", "recordings"),
        ("Exports", "exports"),
    ]
    assert all(one["can_expand"] and not one["can_play"] for one in folder["children"])
    assert await browser.open(MediaId(entry.entry_id)) == folder


async def test_several_servers_are_folders(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    other = make_entry(f"{frigate.internal_url}/")
    await set_up(hass, other)
    folder = await browser.open()
    assert folder["media_content_id"] == ROOT
    assert [one["media_content_id"] for one in folder["children"]] == [
        f"{ROOT}/{one.entry_id}" for one in (entry, other)
    ]

    await hass.config_entries.async_unload(other.entry_id)
    assert await browser.titles() == [
        "Alerts",
        "Detections",
        "Tracked objects",
        "Recordings",
        "Exports",
    ]


def told(node: Node) -> tuple[str, bool, bool, str]:
    """Return what a person sees of something, and what a click does."""
    return node["title"], node["can_play"], node["can_expand"], node["media_class"]


@EVERY_VERSION
@pytest.mark.usefixtures("fixed_time")
@pytest.mark.parametrize("severity", Severity)
async def test_reviews(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser, severity: Severity
) -> None:
    for number in range(60):
        frigate.add_review(GATE, severity, ago=100_000 + number)
    newest = frigate.add_review(
        DOOR,
        severity,
        ago=3661,
        objects=("person", "lynx_cub"),
        sub_labels=("Ana",),
        zones=("porch",),
        audio=("bark",),
    )
    other = Severity.ALERT if severity is Severity.DETECTION else Severity.DETECTION
    frigate.add_review(DOOR, other)
    frigate.clear_requests()

    folder = await browser.open(ReviewsFolder(entry.entry_id, severity))
    assert len([one for one in frigate.requests if "review" in one.path]) == 1
    cameras, days, first, *others = folder["children"]
    assert [told(one) for one in (cameras, days)] == [
        ("By camera", False, True, "directory"),
        ("By day", False, True, "directory"),
    ]
    title = "2026-11-23 02:58:59 Person, Lynx cub, Bark, Ana · Front door, Porch"
    assert told(first) == (title, True, False, "video")
    assert kind_of(entry, first) == f"review/hls/{newest.id}"
    assert first["media_content_type"] == "application/x-mpegURL"
    path = f"/api/frigate_http/{entry.entry_id}/review/{newest.id}/thumbnail"
    assert first["thumbnail"] == path
    assert len(others) == 49
    assert folder["children_media_class"] == "video"

    assert [
        kind_of(entry, one)
        for one in await browser.children(cameras["media_content_id"])
    ] == [f"reviews-of-camera/{severity}/{one}" for one in (DOOR, GATE)]
    listed = await browser.children(days["media_content_id"])
    word = "Alerts" if severity is Severity.ALERT else "Detections"
    assert [(one["title"], kind_of(entry, one)) for one in listed] == [
        (f"2026-11-23 · {word}: 1", f"reviews-of-day/{severity}/2026-11-23"),
        (f"2026-11-22 · {word}: 60", f"reviews-of-day/{severity}/2026-11-22"),
    ]
    (only,) = await browser.children(listed[0]["media_content_id"])
    assert only["title"] == title.removeprefix("2026-11-23 ")


@EVERY_VERSION
@pytest.mark.usefixtures("fixed_time")
async def test_tracked_objects(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    entry_id = entry.entry_id
    both: dict[str, Any] = {"has_clip": True, "has_snapshot": True}
    clip = frigate.add_event(DOOR, "car", ago=10, sub_label="DHL", **both)
    still = frigate.add_event(
        DOOR, "car", ago=20, has_clip=False, has_snapshot=True, zones=["porch"]
    )
    nothing = frigate.add_event(DOOR, "car", ago=30, has_clip=False, has_snapshot=False)
    frigate.add_event(DOOR, "robot_mower", **both)
    frigate.add_event(GATE, "person", **both)

    cameras = await browser.children(ObjectsFolder(entry_id))
    assert [(one["title"], kind_of(entry, one)) for one in cameras] == [
        ("Front door", f"objects-of-camera/{DOOR}"),
        ("Portones", f"objects-of-camera/{GATE}"),
    ]
    labels = await browser.children(ObjectsOfCamera(entry_id, DOOR))
    assert [(one["title"], kind_of(entry, one)) for one in labels] == [
        ("Car", f"objects-of-label/{DOOR}/car"),
        ("Robot mower", f"objects-of-label/{DOOR}/robot_mower"),
    ]
    frigate.clear_requests()
    folder = await browser.open(ObjectsOfLabel(entry_id, DOOR, "car"))
    assert [one.path for one in frigate.requests if "event" in one.path] == [
        "/api/events"
    ]
    assert folder["children_media_class"] == "video"
    assert [told(one) for one in folder["children"]] == [
        ("2026-11-23 03:59:50 Car, DHL · Front door", True, False, "video"),
        ("2026-11-23 03:59:40 Car · Front door, Porch", True, False, "image"),
        ("2026-11-23 03:59:30 Car · Front door", False, False, "video"),
    ]
    assert [kind_of(entry, one) for one in folder["children"]] == [
        f"event/hls/{clip.id}",
        f"snapshot/{still.id}",
        f"event/hls/{nothing.id}",
    ]
    assert [one["thumbnail"] for one in folder["children"]] == [
        f"/api/frigate_http/{entry_id}/event/{one.id}/thumbnail"
        for one in (clip, still, nothing)
    ]


@EVERY_VERSION
@pytest.mark.usefixtures("fixed_time")
async def test_recordings(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    entry_id, noon = entry.entry_id, frigate.state.clock()
    hour, day = 3600, 24 * 3600
    frigate.record_only(
        DOOR, (noon - day - 2 * hour, noon - day), (noon - hour - 600, noon - hour)
    )
    for ago in (hour + 300, hour + 301, day + 300):
        frigate.add_event(DOOR, ago=ago, has_clip=True)

    assert await browser.titles(RecordingsFolder(entry_id)) == [
        "Front door",
        "Portones",
    ]
    days = await browser.children(RecordingsOfCamera(entry_id, DOOR))
    assert [told(one) for one in days] == [
        ("2026-11-23 · Objects: 2", False, True, "directory"),
        ("2026-11-22 · Objects: 1", False, True, "directory"),
    ]
    assert await browser.titles(
        RecordingsOfDay(entry_id, DOOR, date(2026, 11, 22))
    ) == [
        "03:00 · Objects: 1",
        "02:00 · Objects: 0",
    ]
    (only,) = await browser.children(days[0]["media_content_id"])
    assert told(only) == ("02:00 · Objects: 2", True, False, "video")
    begin = noon - 2 * hour
    assert kind_of(entry, only) == f"recording/hls/{DOOR}/{begin}/{begin + hour}"
    assert (
        await browser.children(RecordingsOfDay(entry_id, DOOR, date(2026, 11, 21)))
        == []
    )


@EVERY_VERSION
@pytest.mark.usefixtures("fixed_time")
async def test_exports(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    now = frigate.state.clock()
    older = frigate.add_export(DOOR, now - 7200, now - 7000, "Parcel")
    newer = frigate.add_export(GATE, now - 60, now, "Fox", status="running")

    folder = await browser.open(ExportsFolder(entry.entry_id))
    first, second = folder["children"]
    assert told(first) == (
        "Fox (in progress) · Portones · 2026-11-23 03:59:00",
        False,
        False,
        "video",
    )
    assert told(second) == (
        "Parcel · Front door · 2026-11-23 02:00:00",
        True,
        False,
        "video",
    )
    assert [kind_of(entry, one) for one in folder["children"]] == [
        f"export/{one.id}" for one in (newer, older)
    ]
    assert second["media_content_type"] == "video/mp4"
    path = f"/api/frigate_http/{entry.entry_id}/export/{older.id}/thumbnail"
    assert (first["thumbnail"], second["thumbnail"]) == (None, path)


@WITH_016
@pytest.mark.usefixtures("fixed_time")
async def test_everything_opens_and_plays(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    now = frigate.state.clock()
    frigate.record_only(DOOR, (now - 7200, now - 60))
    frigate.record_only(GATE, (now - 100_000, now - 99_000))
    for severity in Severity:
        frigate.add_review(DOOR, severity, ago=600)
    frigate.add_event(DOOR, "car", ago=600, has_clip=True, has_snapshot=True)
    frigate.add_event(DOOR, "dog", ago=600, has_clip=False, has_snapshot=True)
    frigate.add_export(DOOR, now - 600, now - 500)

    played: Counter[str] = Counter()
    to_open: list[Any] = [None]
    while to_open:
        for one in await browser.children(to_open.pop()):
            if one["can_expand"]:
                to_open.append(id_of(one))
            if one["can_play"]:
                await browser.resolve(id_of(one))
                played[kind_of(entry, one).partition("/")[0]] += 1
    assert played == {
        # In the newest, by camera and by day; of both severities.
        "review": 6,
        "event": 1,
        "snapshot": 1,
        "recording": 3,
        "export": 1,
    }


@pytest.mark.usefixtures("fixed_time")
async def test_names_are_those_that_people_have_given(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    frigate.add_zone(DOOR, "porch", "Front porch")
    frigate.add_zone(DOOR, "drive_way")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    device = camera_device(hass, entry, DOOR)
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user="Haustür")
    browser = Browser(await hass_ws_client(hass))
    frigate.add_review(DOOR, zones=("porch", "drive_way", "gone"))
    folder = await browser.open(ReviewsFolder(entry.entry_id, Severity.ALERT))
    title = "2026-11-23 03:59:00 Person · Haustür, Front porch, Drive way, Gone"
    assert folder["children"][-1]["title"] == title
    assert await browser.titles(ObjectsFolder(entry.entry_id)) == [
        "Haustür",
        "Portones",
    ]


@pytest.mark.parametrize(("language", "title"), [("es", "Alertas"), ("de", "Alerts")])
async def test_the_language_of_home_assistant(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    browser: Browser,
    language: str,
    title: str,
) -> None:
    frigate.add_review(DOOR, objects=("dog",))
    await hass.config.async_update(language=language)
    folder = await browser.open(ReviewsFolder(entry.entry_id, Severity.ALERT))
    assert folder["title"] == title
    assert ("Perro ·" in folder["children"][-1]["title"]) is (language == "es")
