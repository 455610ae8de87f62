"""The search box of the media browser, in each folder."""

from datetime import date
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.frigate_http.media_ids import (
    EventVideo,
    ExportsFolder,
    Form,
    Grouping,
    MediaId,
    ObjectsFolder,
    ObjectsOfCamera,
    ObjectsOfLabel,
    RecordingsFolder,
    RecordingsOfCamera,
    ReviewsFolder,
    ReviewsGrouped,
    ReviewsOfCamera,
    ReviewsOfDay,
    Severity,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
from tests.common import camera_device, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import camera_entity
from tests.versions import EVERY_VERSION, WITH_016

from .common import ROOT, Browser, Node, Refused, browser_of, id_of, kind_of

DOOR, GATE = "front_door", "Portones"
LISTS = ("/api/events", "/api/review", "/api/events/search")


@pytest.fixture
def seen(frigate: FakeFrigate) -> dict[str, str]:
    """Let the cameras have seen something; return the ids, from the oldest to the newest."""
    frigate.add_zone(DOOR, "yard", "Back garden")
    frigate.add_zone(GATE, "street", "Road")
    frigate.add_zone(DOOR, "street", "Lane")
    add = frigate.add_event
    found = {
        "ana": add(DOOR, ago=9000, sub_label="Ana", zones=["yard"]),
        "car": add(GATE, "car", ago=8000, zones=["street"]),
        "both": add(DOOR, ago=7000, sub_label="Ana, José", zones=[]),
        "dog": add(DOOR, "dog", ago=6000, zones=["yard"], has_clip=False),
        "gate": add(GATE, ago=5000, zones=["street"]),
        "plain": add(DOOR, ago=4000),
    }
    found["car"].data["recognized_license_plate"] = "AB-123.C"
    return {name: event.id for name, event in found.items()}


def names(results: list[Node], ids: dict[str, str]) -> list[str]:
    """Return which of the events the results are, in their order."""
    known = {event_id: name for name, event_id in ids.items()}
    return [known[id_of(one).rpartition("/")[2]] for one in results]


def asked(frigate: FakeFrigate) -> list[str]:
    """Return the paths of the lists that were asked for."""
    return [one.path for one in frigate.requests if one.path in LISTS]


@WITH_016
async def test_everything_is_found_by_its_names(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    for query, expected in {
        "ana": ["both", "ana"],
        "ANA": ["both", "ana"],
        "jose": ["both"],
        "José Ana": ["both"],
        "dog": ["dog"],
        "per": ["plain", "gate", "both", "ana"],
        "person ana": ["both", "ana"],
        "ana dog": [],
        "person car": [],
        "ab-123": ["car"],
        "123C": ["car"],
        "car 123": ["car"],
        "garden": ["dog", "ana"],
        "yard person": ["ana"],
        "front": ["plain", "dog", "both", "ana"],
        "front_door": ["plain", "dog", "both", "ana"],
        "front door dog": ["dog"],
        "portones": ["gate", "car"],
        "Portones street person": ["gate"],
        "road": ["gate", "car"],
        "lane": ["gate", "car"],
        "door gate": [],
        "nobody": [],
        "ana nobody": [],
    }.items():
        assert names(await browser.search(query), seen) == expected, query
    (car,) = await browser.search("car", MediaId(entry.entry_id))
    assert car["can_play"]
    assert not car["can_expand"]
    assert car["media_class"] == "video"
    assert car["title"].endswith("Car, AB-123.C · Portones, Road")
    assert kind_of(entry, car) == f"event/hls/{seen['car']}"
    assert car["thumbnail"].startswith(f"/api/frigate_http/{entry.entry_id}/event/")


@EVERY_VERSION
async def test_a_search_costs_few_requests(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    for number in range(150):
        frigate.add_event(DOOR, ago=9000 - number, sub_label="Ana")
    frigate.add_zone(DOOR, "front_yard")
    frigate.clear_requests()
    found = await browser.search("ana person front")
    assert len(found) == 100
    assert [one["title"] for one in found] == sorted(
        (one["title"] for one in found), reverse=True
    )
    # Three lists of names, and one request as there is no such zone yet.
    assert asked(frigate) == ["/api/events"]
    assert len(frigate.requests) == 4
    (request,) = sent(frigate, "/api/events")
    assert request.query["cameras"] == DOOR
    assert (request.query["labels"], request.query["sub_labels"]) == ("person", "Ana")

    # Whose thumbnail is shown need not be asked for again.
    newest = id_of(found[0]).rpartition("/")[2]
    owner = await entry.runtime_data.owners.async_event(newest)
    assert (owner.camera, len(frigate.requests)) == (DOOR, 4)


async def test_a_word_of_many_meanings(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    for zone in ("door", "door_step"):
        frigate.add_zone(GATE, zone)
    at_door = frigate.add_event(DOOR, sub_label="Doorman", ago=20).id
    in_zone = frigate.add_event(GATE, zones=["door_step"], ago=10).id
    await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    frigate.clear_requests()
    found = await browser.search("door")
    ids = {"at": at_door, "in": in_zone}
    assert names(found, ids) == ["in", "at"]
    assert asked(frigate) == ["/api/events"] * 3
    frigate.clear_requests()
    # However many words there are.
    await browser.search("d do doo door doorbell")
    assert not asked(frigate)
    await browser.search("d do doo door")
    assert len(asked(frigate)) <= 8


async def test_names_are_those_that_home_assistant_shows(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    hass.config.language = "es"
    entry = await set_up(hass, make_entry(frigate.internal_url))
    device = camera_device(hass, entry, DOOR)
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user="Entrada")
    browser = Browser(await hass_ws_client(hass))
    assert names(await browser.search("persona entrada"), seen) == [
        "plain",
        "both",
        "ana",
    ]
    # Those of Frigate go on.
    assert names(await browser.search("front_door dog"), seen) == ["dog"]
    assert names(await browser.search("perro"), seen) == ["dog"]


# Folders


@EVERY_VERSION
async def test_a_search_is_limited_to_the_folder(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    server = entry.entry_id
    for where, query, expected in (
        (ObjectsFolder(server), "person", ["plain", "gate", "both", "ana"]),
        (ObjectsOfCamera(server, DOOR), "person", ["plain", "both", "ana"]),
        (ObjectsOfCamera(server, GATE), "ana", []),
        (ObjectsOfCamera(server, GATE), "front", []),
        (ObjectsOfLabel(server, DOOR, "person"), "yard", ["ana"]),
        (ObjectsOfLabel(server, DOOR, "person"), "dog", []),
        (ObjectsOfLabel(server, DOOR, "person", 1.0, 5), "jose", ["both"]),
    ):
        assert names(await browser.search(query, where), seen) == expected, where


@EVERY_VERSION
async def test_review_items_are_found_in_their_folders(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    add = frigate.add_review
    reviews = {
        "ana": add(DOOR, ago=9005, duration=40, events=[seen["ana"]], zones=["yard"]),
        "car": add(GATE, ago=8005, events=[seen["car"]], objects=["car", "person"]),
        "dog": add(DOOR, "detection", ago=6005, events=[seen["dog"]], objects=["dog"]),
        "both": add(DOOR, ago=7005, events=[seen["both"]], objects=["person-verified"]),
        "bark": add(DOOR, ago=3000, events=[], objects=[], audio=["bark"]),
        "old": add(DOOR, ago=200_000, objects=["cat"]),
    }
    frigate.add_event(DOOR, "cat", ago=200_000)
    frigate.add_event(DOOR, "bark", ago=3000)
    ids = {name: review.id for name, review in reviews.items()}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    server, alert = entry.entry_id, Severity.ALERT
    today = dt_util.as_local(
        dt_util.utc_from_timestamp(reviews["old"].start_time)
    ).date()
    every = ReviewsFolder(server, alert)
    for where, query, expected in (
        (every, "person", ["both", "car", "ana"]),
        (every, "person car", ["car"]),
        (every, "bark", ["bark"]),
        (every, "dog", []),
        (ReviewsFolder(server, Severity.DETECTION), "dog", ["dog"]),
        (every, "ana", ["both", "ana"]),
        (every, "ana garden", ["ana"]),
        (every, "ab 123", ["car"]),
        (every, "cat", ["old"]),
        (ReviewsGrouped(server, alert, Grouping.DAYS), "jose", ["both"]),
        (ReviewsOfCamera(server, alert, GATE), "person", ["car"]),
        (ReviewsOfCamera(server, alert, GATE), "ana", []),
        (ReviewsOfDay(server, alert, today), "front", ["old"]),
        (ReviewsOfDay(server, alert, date(2001, 1, 1)), "front", []),
    ):
        found = await browser.search(query, where)
        assert names(found, ids) == expected, (where, query)
    frigate.clear_requests()
    (car,) = await browser.search("123", every)
    assert asked(frigate) == ["/api/events", "/api/review"]
    assert kind_of(entry, car) == f"review/hls/{ids['car']}"
    assert car["can_play"]


async def test_exports_are_found_by_name_and_camera(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    now = int(frigate.state.clock())
    bell = frigate.add_export(DOOR, now - 900, now - 800, name="Bell at noon").id
    gate = frigate.add_export(GATE, now - 700, now - 600, name="Bell again").id
    ids, where = {"bell": bell, "gate": gate}, ExportsFolder(entry.entry_id)
    assert names(await browser.search("bell", where), ids) == ["gate", "bell"]
    assert names(await browser.search("bell front", where), ids) == ["bell"]
    assert names(await browser.search("bell ana", where), ids) == []


async def test_where_there_is_nothing_to_look_for(
    hass: HomeAssistant, entry: MockConfigEntry, browser: Browser
) -> None:
    server = entry.entry_id
    assert (await browser.open())["can_search"]
    searched = {
        kind_of(entry, one): one["can_search"] for one in await browser.children()
    }
    assert searched == {
        "reviews/alert": True,
        "reviews/detection": True,
        "objects": True,
        "recordings": False,
        "exports": True,
    }
    for where in (
        RecordingsFolder(server),
        RecordingsOfCamera(server, DOOR),
        EventVideo(server, Form.HLS, "1.0-a"),
    ):
        with pytest.raises(Refused, match="not support"):
            await browser.search("ana", where)
    for unknown in (
        f"{ROOT}/nothing",
        f"{ROOT}/{server}/what",
        f"{ROOT}/{server}/../x",
    ):
        with pytest.raises(Refused):
            await browser.search("ana", unknown)


async def test_several_servers_are_searched_at_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    one = await set_up(hass, make_entry(frigate.internal_url))
    other = await set_up(
        hass,
        make_entry(
            f"{frigate.external_url}/",
            username="admin",
            password=frigate.state.users["admin"].password,
        ),
    )
    browser = Browser(await hass_ws_client(hass))
    found = await browser.search("dog car")
    assert found == []
    assert names(await browser.search("street"), seen) == ["gate", "gate", "car", "car"]
    assert names(await browser.search("car", MediaId(other.entry_id)), seen) == ["car"]
    # One that does not answer is no reason to show nothing.
    frigate.fail("/api/labels", Fault.status(500), times=1)
    assert names(await browser.search("car"), seen) == ["car"]
    frigate.fail("/api/labels", Fault.status(500))
    with pytest.raises(Refused, match="Frigate"):
        await browser.search("car")
    frigate.clear_faults()
    assert len(await browser.search("car")) == 2
    await hass.config_entries.async_unload(one.entry_id)
    await hass.config_entries.async_unload(other.entry_id)
    with pytest.raises(Refused, match="not connected"):
        await browser.search("car")


# In words


@EVERY_VERSION
async def test_what_has_no_name_is_searched_in_words(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    frigate.state.semantic_search = True
    review = frigate.add_review(DOOR, ago=6005, events=[seen["dog"]], objects=["dog"])
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    frigate.clear_requests()
    found = await browser.search("a dog with a red collar")
    assert asked(frigate) == ["/api/events/search"]
    (request,) = sent(frigate, "/api/events/search")
    assert request.query["query"] == "a dog with a red collar"
    assert set(request.query["cameras"].split(",")) == {DOOR, GATE}
    # All that Frigate thinks of, but as in the folders.
    assert names(found, seen) == ["plain", "gate", "dog", "both", "car", "ana"]
    where = ObjectsOfLabel(entry.entry_id, DOOR, "dog")
    assert names(await browser.search("red collar", where), seen) == ["dog"]
    alerts = ReviewsFolder(entry.entry_id, Severity.ALERT)
    (shown,) = await browser.search("red collar", alerts)
    assert kind_of(entry, shown) == f"review/hls/{review.id}"

    # What has a name is found by that alone.
    frigate.clear_requests()
    assert names(await browser.search("dog"), seen) == ["dog"]
    assert asked(frigate) == ["/api/events"]

    # Switched off meanwhile.
    frigate.state.semantic_search = False
    assert await browser.search("green collar") == []
    assert len(sent(frigate, "/api/events/search")) == 1
    assert names(await browser.search("dog"), seen) == ["dog"]


# Rights


@EVERY_VERSION
async def test_a_user_finds_only_what_they_may_see(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: Any,
) -> None:
    frigate.state.semantic_search = True
    entry = await set_up(hass, make_entry(frigate.internal_url))
    gate = camera_entity(hass, entry, GATE)
    hass_read_only_user.mock_policy(
        {"entities": {"entity_ids": {gate: {"read": True}}}}
    )
    browser = await browser_of(hass, hass_ws_client, hass_read_only_user)
    now = int(frigate.state.clock())
    frigate.add_export(DOOR, now - 900, now - 800, name="Bell")
    server = entry.entry_id
    frigate.clear_requests()
    assert names(await browser.search("person"), seen) == ["gate"]
    for query in ("front", "ana", "dog"):
        # The nearest that Frigate knows of the one camera.
        assert names(await browser.search(query), seen) == ["gate", "car"], query
        assert await browser.search(query, ReviewsFolder(server, Severity.ALERT)) == []
    for request in frigate.requests:
        if request.path in LISTS:
            assert request.query["cameras"] == GATE, request
    with pytest.raises(Refused):
        await browser.search("person", ObjectsOfCamera(server, DOOR))
    assert await browser.search("bell", ExportsFolder(server)) == []

    hass_read_only_user.mock_policy({})
    frigate.clear_requests()
    assert await browser.search("person") == []
    assert not asked(frigate)


@EVERY_VERSION
async def test_an_account_of_one_camera(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    account = {"username": "gate1", "password": "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    browser = Browser(await hass_ws_client(hass))
    assert names(await browser.search("person"), seen) == ["gate"]
    # On 0.17, the names of other cameras are known, but nothing that bears them.
    assert await browser.search("ana") == []
    with pytest.raises(Refused):
        await browser.search("person", ObjectsOfCamera(entry.entry_id, DOOR))


# What somebody may write


async def test_odd_searches_find_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    frigate.clear_requests()
    for query in (
        "",
        "   ",
        "!?*",
        "%2e%2e/",
        "\x00\x1b",
        "🚪",
        "'; drop table",
        "[",
        "a" * 200,
        "d " * 90 + "x",
    ):
        assert await browser.search(query) == [], query
    assert not asked(frigate)
    assert len(await browser.search("car")) == 1


async def test_a_search_that_is_too_long(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    frigate.clear_requests()
    with pytest.raises(Refused, match=r"too long\. Use at most 200 characters"):
        await browser.search("a" * 1000)
    assert not frigate.requests


async def test_only_the_kinds_that_are_asked_for(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    seen: dict[str, str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))

    async def found(*classes: str) -> list[str]:
        results = await browser.search("yard", media_filter_classes=[*classes])
        return names(results, seen)

    assert await found("video") == ["ana"]
    # It has no clip.
    assert await found("image") == ["dog"]
    assert await found("image", "video", "music") == ["dog", "ana"]
    assert await found("music") == []
    assert await found() == ["dog", "ana"]


async def test_names_that_frigate_would_take_for_something_else(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    odd = frigate.add_event(DOOR, sub_label="Ana *", ago=30)
    frigate.add_event(DOOR, sub_label="Bob", ago=20)
    plate = frigate.add_event(GATE, "car", ago=10)
    plate.data["recognized_license_plate"] = "[(AB"
    await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    assert await browser.search("ana") == []
    assert await browser.search("AB") == []
    assert len(await browser.search("person")) == 2
    assert odd.id in id_of((await browser.search("person"))[1])


@EVERY_VERSION
async def test_review_items_of_long_ago_are_found_by_person(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    frigate.add_reviews(DOOR, 2500, ago=60, every=10)
    ids: dict[str, str] = {}
    for name, ago in (("new", 30), ("middle", 15_005), ("old", 90_000)):
        event = frigate.add_event(DOOR, ago=ago, sub_label="Ana")
        ids[name] = frigate.add_review(DOOR, ago=ago, events=[event.id]).id
    entry = await set_up(hass, make_entry(frigate.internal_url))
    browser = Browser(await hass_ws_client(hass))
    where = ReviewsFolder(entry.entry_id, Severity.ALERT)
    frigate.clear_requests()
    assert names(await browser.search("ana", where), ids) == ["new", "middle", "old"]
    # What lies between them is not read.
    assert asked(frigate) == [
        "/api/events",
        "/api/review",
        "/api/review",
        "/api/review",
    ]
