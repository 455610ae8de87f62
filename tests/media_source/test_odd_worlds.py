"""Servers, names and places that are rare: each of them is somebody's home."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.frigate_http.media_ids import (
    EventSnapshot,
    EventVideo,
    ExportsFolder,
    Form,
    Grouping,
    MediaId,
    ObjectsFolder,
    ObjectsOfLabel,
    RecordingsFolder,
    RecordingsOfCamera,
    RecordingVideo,
    ReviewPreview,
    ReviewsFolder,
    ReviewsGrouped,
    ReviewsOfDay,
    ReviewVideo,
    Severity,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
from tests.common import camera_device
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.state import Camera
from tests.services.common import camera_entity
from tests.test_permissions import visitor
from tests.versions import EVERY_VERSION

from .common import Browser, Refused, browser_of, id_of
from .test_playing import GONE
from .test_rights import RESTRICTED

DOOR, GATE = "front_door", "Portones"

pytestmark = pytest.mark.usefixtures("fixed_time")


@EVERY_VERSION
async def test_labels_that_frigate_takes_for_something_else(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    labels = ["Hello, world", "dog,car", "all", "None", "a/b", "%2e~7E", "快" * 255]
    for number, label in enumerate(["car", *labels, "dog"]):
        frigate.add_event(DOOR, label, ago=20 + number, has_clip=True)
    for label in labels:
        where = ObjectsOfLabel(entry.entry_id, DOOR, label)
        (only,) = await browser.children(where)
        event = frigate.state.database.events[id_of(only).rpartition("/")[2]]
        assert event.label == label
        assert [id_of(one) for one in await browser.search("front", where)] == [
            id_of(only)
        ]


async def test_a_camera_that_is_called_all(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    frigate.state.cameras["all"] = Camera("all")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    for camera, count in (("all", 1), (DOOR, 2)):
        frigate.add_reviews(camera, count)
    user = visitor(hass, camera_entity(hass, entry, "all"), read=True)
    browser = await browser_of(hass, hass_ws_client, user)
    (day,) = await browser.children(
        ReviewsGrouped(entry.entry_id, Severity.ALERT, Grouping.DAYS)
    )
    assert day["title"] == "2026-11-23 · Alerts: 1"
    assert len(await browser.children(id_of(day))) == 1


async def test_a_day_that_is_just_full_has_no_other_page(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    midnight = dt_util.start_of_local_day()
    ago = (dt_util.now() - midnight).total_seconds()
    frigate.add_reviews(DOOR, 100)
    # It began before midnight, so it is an item of the day before, and of that alone.
    over = frigate.add_review(GATE, ago=ago + 1, duration=60)
    today = ReviewsOfDay(entry.entry_id, Severity.ALERT, midnight.date())
    children = await browser.children(today)
    assert len(children) == 100
    assert not any(one["can_expand"] for one in children)
    days = await browser.children(
        ReviewsGrouped(entry.entry_id, Severity.ALERT, Grouping.DAYS)
    )
    assert [one["title"].rpartition(": ")[2] for one in days] == ["100", "1"]
    (before,) = await browser.children(id_of(days[1]))
    assert id_of(before).endswith(over.id)


@EVERY_VERSION
async def test_an_account_that_has_just_lost_a_camera(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **RESTRICTED))
    browser = Browser(await hass_ws_client(hass))
    entry_id, now = entry.entry_id, frigate.state.clock()
    review = frigate.add_review(GATE, ago=600)
    event = frigate.add_event(GATE, ago=600, has_clip=True, has_snapshot=True)
    items = [
        ReviewVideo(entry_id, Form.HLS, review.id),
        ReviewPreview(entry_id, review.id),
        EventVideo(entry_id, Form.HLS, event.id),
        EventSnapshot(entry_id, event.id),
        RecordingVideo(entry_id, Form.HLS, GATE, now - 600, now - 500),
    ]
    frigate.state.roles["gate"] = [DOOR]
    # Frigate names the cameras of the account, which not everybody may know.
    for item in items:
        with pytest.raises(Refused, match=GONE):
            await browser.resolve(item)
    with pytest.raises(Refused, match=GONE):
        await browser.open(RecordingsOfCamera(entry_id, GATE))
    frigate.state.roles["gate"] = [GATE]
    for item in items:
        await browser.resolve(item)


async def test_a_search_in_words_that_is_answered_with_rubbish(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    frigate.state.semantic_search = True
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    dogs = ObjectsOfLabel(entry.entry_id, DOOR, "dog")
    dog = {"id": "1.5-a", "camera": DOOR, "label": "dog", "start_time": 1.5}
    answers: list[tuple[Any, int]] = [
        ([], 0),
        ([{"id": "1.5-a"}], 0),
        ([{**dog, "camera": GATE}], 0),
        ([{**dog, "label": "cat"}], 0),
        ([{**dog, "start_time": None}], 0),
        ([dog, dog], 1),
    ]
    for answer, found in answers:
        frigate.fail("/api/events/search", Fault.json(answer), times=1)
        assert len(await browser.search("red collar", dogs)) == found, answer
    rubbish: list[Any] = [None, {}, "text", [None]]
    for answer in rubbish:
        frigate.fail("/api/events/search", Fault.json(answer), times=1)
        with pytest.raises(Refused, match="not from Frigate"):
            await browser.search("red collar", dogs)


async def test_a_server_without_cameras(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    frigate.state.cameras.clear()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    alerts, entry_id = Severity.ALERT, entry.entry_id
    assert len(await browser.titles()) == 5
    assert await browser.titles(ReviewsFolder(entry_id, alerts)) == [
        "By camera",
        "By day",
    ]
    empty: list[MediaId] = [
        *(ReviewsGrouped(entry_id, alerts, one) for one in Grouping),
        ReviewsOfDay(entry_id, alerts, dt_util.now().date()),
        ObjectsFolder(entry_id),
        RecordingsFolder(entry_id),
        ExportsFolder(entry_id),
    ]
    for where in empty:
        assert await browser.titles(where) == [], where
    assert await browser.search("person") == []


async def test_names_that_look_like_something_else(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    odd = "{camera} {0.__class__} <b>%s"
    frigate.add_zone(DOOR, "yard", f"{odd}\nyard")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    device = camera_device(hass, entry, DOOR)
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user=odd)
    browser = Browser(await hass_ws_client(hass))
    entry_id, now = entry.entry_id, frigate.state.clock()
    frigate.add_review(DOOR, ago=600, zones=["yard"], sub_labels=["a, b"])
    frigate.add_export(DOOR, now - 600, now - 500, "{id}\n" + "y" * 4000)
    titles = await browser.titles(ReviewsFolder(entry_id, Severity.ALERT))
    assert titles[2:] == [f"2026-11-23 03:50:00 Person, a, b · {odd}, {odd} yard"]
    (title,) = await browser.titles(ExportsFolder(entry_id))
    assert (title[:8], len(title)) == ("{id} yyy", 250)
    frigate.cut_recordings(DOOR, now - 1200)
    with pytest.raises(Refused) as caught:
        await browser.resolve(
            RecordingVideo(entry_id, Form.HLS, DOOR, now - 600, now - 500)
        )
    assert str(caught.value).startswith(f"The camera {odd} has no recordings")


@EVERY_VERSION
async def test_days_and_hours_of_every_time_zone(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    start = frigate.state.clock() - 5400
    frigate.record_only(DOOR, (start, start + 5000))
    frigate.add_review(DOOR, ago=5400)
    entry_id = entry.entry_id
    for zone in (
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "Pacific/Marquesas",
    ):
        await hass.config.async_set_time_zone(zone)
        local = dt_util.as_local(dt_util.utc_from_timestamp(start))
        days = await browser.children(RecordingsOfCamera(entry_id, DOOR))
        hours = await browser.children(id_of(days[-1]))
        first = hours[-1]
        assert days[-1]["title"].startswith(f"{local:%Y-%m-%d}"), zone
        assert first["title"].startswith(f"{local:%H}:00"), zone
        begin, end = (float(one) for one in id_of(first).split("/")[-2:])
        assert begin <= start < end == begin + 3600, zone
        grouped = ReviewsGrouped(entry_id, Severity.ALERT, Grouping.DAYS)
        (day,) = await browser.children(grouped)
        (item,) = await browser.children(id_of(day))
        assert item["title"].startswith(f"{local:%H:%M:%S}"), zone
