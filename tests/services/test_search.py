"""Events are searched by a description, by likeness, or by the names in a text."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from tests.common import sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    at,
    call,
    camera_entity,
    invalid,
    set_up_admin,
    set_up_viewer,
)
from tests.services.test_access import owner_of
from tests.versions import EVERY_VERSION, WITH_016

DOOR, GATE = "front_door", "Portones"
ACCOUNT_OF_THE_GATE = {"username": "gate1", "password": "gate-password-1!"}
SEARCH = "/api/events/search"


@pytest.fixture
def seen(frigate: FakeFrigate) -> dict[str, str]:
    """Let the cameras have seen something; return the ids, from the oldest to the newest."""
    frigate.add_zone(DOOR, "yard", "Back garden")
    add = frigate.add_event
    found = {
        "ana": add(DOOR, ago=9000, sub_label="Ana", zones=["yard"]),
        "car": add(GATE, "car", ago=8000, zones=[]),
        "both": add(DOOR, ago=7000, sub_label="Ana, José", zones=[]),
        "dog": add(DOOR, "dog", ago=6000, zones=["yard"]),
        "gate": add(GATE, ago=5000, sub_label="Bea", zones=[]),
    }
    found["car"].data["recognized_license_plate"] = "AB-123.C"
    found["dog"].data["description"] = "a brown animal sleeps"
    return {name: event.id for name, event in found.items()}


def names(answer: Any, seen: dict[str, str]) -> list[str]:
    """Return which events are in an answer."""
    known = {event_id: name for name, event_id in seen.items()}
    return [known[event["event_id"]] for event in answer["events"]]


@WITH_016
async def test_events_are_searched_by_a_description(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str]
) -> None:
    frigate.state.semantic_search = True
    # An event is listed once for each review item that it is in, but found once.
    for _number in range(2):
        frigate.add_review(DOOR, events=[seen["dog"]])
    entry = await set_up_admin(hass, frigate)
    answer: Any = await call(hass, "search_events", text="a brown animal sleeps")
    assert (answer["semantic"], answer["filters"]) == (True, [])
    assert names(answer, seen)[0] == "dog"
    assert sorted(names(answer, seen)) == sorted(seen)
    distances = [event["distance"] for event in answer["events"]]
    # They are normalized, and so have no bounds.
    assert distances[0] < 0 < distances[-1]
    assert distances == sorted(distances)
    (listed,) = (await call_events(hass, labels="dog"))["events"]
    # Of what is kept for ever, a search does not tell.
    assert answer["events"][0] == {**listed, "retained": None, "distance": distances[0]}

    door = camera_entity(hass, entry)
    for fields, expected in (
        ({"cameras": door, "limit": 1}, ["dog"]),
        ({"cameras": door}, ["ana", "both", "dog"]),
        ({"labels": ["car", "dog"]}, ["car", "dog"]),
        ({"labels": "all"}, [*seen]),
        ({"names": "José"}, ["both"]),
        ({"names": ["Bea", "Ana"]}, ["ana", "both", "gate"]),
        ({"zones": "yard"}, ["ana", "dog"]),
        ({"duration": 7500}, ["both", "dog", "gate"]),
        ({"end_time": frigate.state.clock() - 7500}, ["ana", "car"]),
    ):
        answer = await call(
            hass, "search_events", text="a brown animal sleeps", **fields
        )
        assert sorted(names(answer, seen)) == sorted(expected), fields
    request = sent(frigate, SEARCH)[0]
    assert request.query["search_type"] == "thumbnail,description"


async def call_events(hass: HomeAssistant, **data: Any) -> Any:
    """Return what the list of events answers."""
    return await call(hass, "get_events", **data)


@WITH_016
async def test_similar_events(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str]
) -> None:
    frigate.state.semantic_search = True
    await set_up_admin(hass, frigate)
    answer: Any = await call(hass, "search_events", similar_to=seen["ana"], limit=2)
    assert answer["semantic"] is True
    # Not the event itself, which nothing is as similar to.
    assert names(answer, seen) == ["both", "dog"]
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "search_events", similar_to="nobody")
    assert caught.value.translation_key == "not_known"


@pytest.mark.usefixtures("texts_of_errors")
async def test_semantic_search_that_was_switched_off_meanwhile(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str]
) -> None:
    frigate.state.semantic_search = True
    await set_up_admin(hass, frigate)
    frigate.state.semantic_search = False
    answer: Any = await call(hass, "search_events", text="dog")
    assert (answer["semantic"], names(answer, seen)) == (False, ["dog"])
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "search_events", similar_to=seen["ana"])
    assert caught.value.translation_key == "search_off"
    assert "Turn on semantic_search in the Frigate configuration" in str(caught.value)
    frigate.state.semantic_search = True
    answer = await call(hass, "search_events", text="dog")
    assert answer["semantic"] is True


@WITH_016
async def test_without_semantic_search_the_names_in_the_text_are_searched(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str]
) -> None:
    entry = await set_up_admin(hass, frigate)
    for text, found, filters in (
        ("Ana", ["both", "ana"], [{"names": ["Ana", "Ana, José"]}]),
        ("jose", ["both"], None),
        ("person garden", ["ana"], [{"labels": ["person"], "zones": ["yard"]}]),
        ("AB123", ["car"], [{"plates": ["AB-123.C"]}]),
        ("portones car", ["car"], [{"cameras": [GATE], "labels": ["car"]}]),
        ("a brown animal sleeps", [], []),
    ):
        answer: Any = await call(hass, "search_events", text=text)
        assert names(answer, seen) == found, text
        assert answer["semantic"] is False
        assert all(event["distance"] is None for event in answer["events"])
        if text == "Ana":
            assert all("Ana" in one["names"] for one in answer["filters"])
        elif filters is not None:
            assert answer["filters"] == filters, text
    door = camera_entity(hass, entry)
    for fields, expected in (
        ({"cameras": door}, ["both", "ana"]),
        ({"cameras": camera_entity(hass, entry, GATE)}, ["gate"]),
        ({"names": "José"}, ["both"]),
        ({"names": "None"}, []),
        ({"zones": "yard"}, ["ana"]),
        ({"labels": "car"}, []),
        ({"limit": 1}, ["gate"]),
        ({"duration": 6500}, ["gate"]),
    ):
        answer = await call(hass, "search_events", text="person", **fields)
        assert names(answer, seen) == expected, fields
    assert sent(frigate, SEARCH) == []
    frigate.clear_requests()
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "search_events", similar_to=seen["ana"])
    assert caught.value.translation_key == "search_off"
    assert frigate.requests == []


async def test_words_in_the_language_of_home_assistant(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str]
) -> None:
    hass.config.language = "es"
    await set_up_admin(hass, frigate)
    answer: Any = await call(hass, "search_events", text="perro")
    assert names(answer, seen) == ["dog"]
    assert answer["filters"] == [{"labels": ["dog"]}]


@pytest.mark.parametrize("is_semantic", [True, False], ids=["semantic", "names"])
async def test_nobody_finds_what_they_may_not_see(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str], is_semantic: bool
) -> None:
    frigate.state.semantic_search = is_semantic
    entry = await set_up_admin(hass, frigate)
    door, gate = (camera_entity(hass, entry, one) for one in (DOOR, GATE))
    owner = owner_of(hass, door)
    # People of the other camera are not named either, whatever is searched.
    for text, expected in (("person", {"ana", "both"}), ("Bea", set()), ("AB", set())):
        answer: Any = await call(hass, "search_events", owner, text=text)
        found = {*names(answer, seen)}
        assert found == ({"ana", "both", "dog"} if is_semantic else expected), text
        assert "Bea" not in str(answer)
        assert "AB-" not in str(answer)
    with pytest.raises(Unauthorized):
        await call(hass, "search_events", owner, text="person", cameras=gate)
    nobody = owner_of(hass, "light.kitchen")
    answer = await call(hass, "search_events", nobody, text="person")
    assert answer == {"semantic": is_semantic, "filters": [], "events": []}


async def test_an_id_does_not_reveal_whether_it_exists(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str]
) -> None:
    frigate.state.semantic_search = True
    entry = await set_up_admin(hass, frigate)
    owner = owner_of(hass, camera_entity(hass, entry))
    answer: Any = await call(hass, "search_events", owner, similar_to=seen["ana"])
    assert names(answer, seen) == ["both", "dog"]
    frigate.clear_requests()
    errors = []
    for event_id in (seen["gate"], "1795451690.505339-nobody"):
        with pytest.raises(Unauthorized) as caught:
            await call(hass, "search_events", owner, similar_to=event_id)
        errors.append(vars(caught.value))
    assert errors[0] == errors[1]
    assert sent(frigate, SEARCH) == []


@pytest.mark.parametrize("is_semantic", [True, False], ids=["semantic", "names"])
@EVERY_VERSION
async def test_an_account_that_sees_one_camera(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str], is_semantic: bool
) -> None:
    frigate.state.semantic_search = is_semantic
    await set_up(hass, make_entry(frigate.external_url, **ACCOUNT_OF_THE_GATE))
    answer: Any = await call(hass, "search_events", text="person")
    assert {*names(answer, seen)} == ({"gate", "car"} if is_semantic else {"gate"})
    assert "José" not in str(await call(hass, "search_events", text="José"))
    for event_id in (seen["ana"], "nobody"):
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "search_events", similar_to=event_id)
        key = "not_known" if is_semantic else "search_off"
        assert caught.value.translation_key == key
    # Even if Frigate forgets to look.
    found = {"id": seen["ana"], "camera": DOOR, "label": "person", "start_time": 1.0}
    path = SEARCH if is_semantic else "/api/events"
    frigate.fail(f"{path}$", Fault.json([found]))
    answer = await call(hass, "search_events", text="person")
    assert answer["events"] == []


async def test_what_a_route_ignores_is_filtered_again(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.semantic_search = True
    entry = await set_up_viewer(hass, frigate)
    good: dict[str, Any] = {
        "id": "1.5-good",
        "camera": DOOR,
        "label": "person",
        "sub_label": "Bea, Ana",
        "zones": ["yard", "street"],
        "start_time": 50.0,
        "search_distance": 0.5,
    }
    rows = [
        {**good, **other, "id": f"{number}.5-bad"}
        for number, other in enumerate[dict[str, Any]](
            (
                {"camera": GATE},
                {"camera": None},
                {"label": "car"},
                {"sub_label": "Bea"},
                {"sub_label": None},
                {"zones": []},
                {"zones": ["porch"]},
                {"start_time": 5.0},
                {"start_time": 70.0},
                {"start_time": None},
            )
        )
    ]
    frigate.fail(SEARCH, Fault.json([*rows, good]))
    data: dict[str, Any] = {
        "cameras": camera_entity(hass, entry),
        "labels": "person",
        "names": "ana",
        "zones": "yard",
        "start_time": at(10),
        "end_time": at(60),
    }
    answer: Any = await call(hass, "search_events", text="person", **data)
    assert [event["event_id"] for event in answer["events"]] == ["1.5-good"]
    assert answer["events"][0]["distance"] == 0.5


NOT_VALID: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "only_one"),
    ({"text": "dog", "similar_to": "1.5-a"}, "only_one"),
    ({"text": " "}, "field text"),
    ({"text": "x" * 201}, "field text"),
    ({"similar_to": "../users"}, "field similar_to"),
    ({"text": "dog", "names": "Ana, José"}, "field names"),
    ({"text": "dog", "limit": 201}, "field limit"),
    ({"text": "dog", "cameras": "sun.sun"}, "field cameras"),
    ({"text": "dog", "start_time": 5, "end_time": 4}, "bad_times"),
)


async def test_a_search_that_is_not_valid(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    for data, reason in NOT_VALID:
        assert await invalid(hass, "search_events", **data) == reason, data
    assert frigate.requests == []


async def test_a_search_that_fails_is_asked_for_once_more(
    hass: HomeAssistant, frigate: FakeFrigate, seen: dict[str, str]
) -> None:
    frigate.state.semantic_search = True
    await set_up_admin(hass, frigate)
    frigate.fail(SEARCH, Fault.status(502), times=2)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "search_events", text="dog")
    assert caught.value.translation_key == "starting"
    assert len(sent(frigate, SEARCH)) == 2
    answer: Any = await call(hass, "search_events", text="dog")
    assert sorted(names(answer, seen)) == sorted(seen)
