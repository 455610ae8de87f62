"""What assistants are told of what the cameras have seen."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.llm.common import DOOR, GATE, api_of, ask, expose, read
from tests.versions import EVERY_VERSION

MADRID = "Europe/Madrid"
HOUR = 3600.0


@pytest.fixture
async def noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let it be noon in Madrid."""
    await hass.config.async_set_time_zone(MADRID)
    freezer.move_to("2026-11-26 11:00:00+00:00")


@EVERY_VERSION
@pytest.mark.usefixtures("noon")
async def test_who_was_at_the_door_this_morning(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.add_face("Ana", 1)
    frigate.add_zone(DOOR, "porch", "Porch")
    frigate.state.cameras[GATE].friendly_name = "Driveway"
    for camera, ago, label, names in (
        (DOOR, 3.75 * HOUR, "person", ["Ana"]),
        (DOOR, 2 * HOUR, "person", []),
        (DOOR, 1 * HOUR, "car", []),
        (GATE, 3 * HOUR, "person", ["Ana"]),
        (DOOR, 14 * HOUR, "person", ["Ana"]),
    ):
        frigate.add_review(
            camera, ago=ago, objects=[label], sub_labels=names, zones=["porch"]
        )
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR, GATE)

    # What a model makes of the question, after it has seen the tools and the time.
    called = llm.ToolInput(
        tool_name="frigate_http__what_happened",
        tool_args={
            "place": "door",
            "label": "person",
            "since": "2026-11-26T05:00:00",
            "until": "2026-11-26T12:00:00",
        },
    )
    log = conversation.ChatLog(hass, "a-conversation")
    log.llm_api = await api_of(hass)
    log.async_add_user_content(
        conversation.UserContent("Who was at the door this morning?")
    )
    said = conversation.AssistantContent("agent", content=None, tool_calls=[called])
    (told,) = [one async for one in log.async_add_assistant_content(said)]
    answer = read(getattr(told, "result" if hasattr(told, "result") else "tool_result"))

    assert answer == {
        "since": "2026-11-26T05:00:00+01:00",
        "items": [
            {
                "camera": "Front door",
                "start": "2026-11-26T10:00:00+01:00",
                "end": "2026-11-26T10:00:20+01:00",
                "severity": "alert",
                "labels": ["person"],
                "zones": ["Porch"],
            },
            {
                "camera": "Front door",
                "start": "2026-11-26T08:15:00+01:00",
                "end": "2026-11-26T08:15:20+01:00",
                "severity": "alert",
                "labels": ["person"],
                "people": ["Ana"],
                "zones": ["Porch"],
            },
        ],
        "more": False,
    }


async def starts(hass: HomeAssistant, **args: Any) -> list[str]:
    """Return the local times of day of what happened."""
    answer = await ask(hass, "what_happened", **args)
    return [one["start"][11:16] for one in answer["items"]]


@pytest.mark.usefixtures("noon")
async def test_times(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    for hours in (0.5, 3, 11, 23, 30):
        frigate.add_review(DOOR, ago=hours * HOUR)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR)

    day = ["11:30", "09:00", "01:00", "13:00"]
    assert await starts(hass) == day
    assert await starts(hass, since="", until=None, place="", label="") == day
    assert await starts(hass, hours=4) == ["11:30", "09:00"]
    assert await starts(hass, hours="4") == ["11:30", "09:00"]
    assert await starts(hass, since="2026-11-26") == ["11:30", "09:00", "01:00"]
    assert await starts(hass, since="2026-11-26T08:00Z") == ["11:30", "09:00"]
    assert await starts(hass, since="2026-11-25 05:00:00", hours=9) == [
        "13:00",
        "06:00",
    ]
    assert await starts(hass, until="2026-11-26T10:00") == ["09:00", "01:00", "13:00"]
    assert await starts(hass, until="2026-11-26T10:00", hours=2) == ["09:00"]
    both = {"since": "2026-11-26T00:30", "until": "2026-11-26T10:00"}
    assert await starts(hass, **both) == ["09:00", "01:00"]
    assert await starts(hass, **both, hours=2) == ["09:00", "01:00"]

    answer = await ask(hass, "what_happened")
    assert answer["since"] == "2026-11-25T12:00:00+01:00"
    for wrong, why in (
        ({"since": "this morning"}, "The field since is not a valid time."),
        ({"until": "8 o'clock"}, "The field until is not a valid time."),
        ({"since": "2026-11-27"}, "The time is in the future,"),
        (
            {"since": "2026-11-26T10:00", "until": "2026-11-26T09:00"},
            "or the start is not before the end.",
        ),
        ({"hours": 0}, "hours"),
        ({"hours": 1e9}, "hours"),
        ({"hours": "nan"}, "hours"),
        ({"area": "Garden"}, "area"),
        ({"label": ["person"]}, "label"),
    ):
        answer = await ask(hass, "what_happened", **wrong)
        assert [*answer] == ["error"]
        assert why in answer["error"]


async def test_what_goes_on_has_no_end_yet(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    expose(hass, entry, DOOR)
    frigate.add_review(
        DOOR, "detection", duration=None, objects=["car"], audio=["bark"]
    )
    frigate.state.cameras[DOOR].audio = True
    await entry.runtime_data.server.async_refresh_config()
    (item,) = (await ask(hass, "what_happened"))["items"]
    assert item.pop("start")
    assert item == {
        "camera": "Front door",
        "severity": "detection",
        "labels": ["car", "bark"],
    }


@pytest.mark.parametrize("person", [None, "Ana"])
async def test_at_most_twenty_items_the_newest_ones(
    hass: HomeAssistant, frigate: FakeFrigate, person: str | None
) -> None:
    frigate.add_face("Ana", 1)
    for camera in (DOOR, GATE):
        ago = 100 if camera == DOOR else 105
        frigate.add_reviews(camera, 10, ago=ago)
        frigate.add_events(camera, 10, ago=ago, sub_label="Ana")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR, GATE)
    answer = await ask(hass, "what_happened", person=person)
    assert [one["camera"] for one in answer["items"]] == 10 * ["Front door", "Portones"]
    assert answer["more"] is False

    frigate.add_review(DOOR, ago=3600)
    frigate.add_event(DOOR, ago=3600, sub_label="Ana")
    assert await ask(hass, "what_happened", person=person) == {**answer, "more": True}


async def test_a_person_is_found_however_the_name_is_written(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    for name in ("Ana_María", "Bob"):
        frigate.add_face(name, 1)
    frigate.add_event(DOOR, ago=300, sub_label="Ana_María")
    frigate.add_event(GATE, "car", ago=200, sub_label="DHL, Ana_María")
    frigate.add_event(DOOR, ago=100, sub_label="Bob")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR, GATE)
    for written in ("Ana_María", "ana maria", "ANA-MARIA "):
        answer = await ask(hass, "what_happened", person=written)
        told = [
            (one["camera"], one["labels"], one["people"]) for one in answer["items"]
        ]
        assert told == [
            ("Portones", ["car"], ["Ana_María"]),
            ("Front door", ["person"], ["Ana_María"]),
        ]
    answer = await ask(hass, "what_happened", person="ana maria", label="person")
    assert [one["camera"] for one in answer["items"]] == ["Front door"]
    answer = await ask(hass, "what_happened", person="Ana")
    assert answer["error"].endswith("has this name. People: Ana_María, Bob.")


async def test_labels_that_no_camera_there_looks_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    gate = frigate.state.cameras[GATE]
    gate.labels, gate.audio, gate.audio_labels = ["dog"], True, ["fire_alarm"]
    frigate.state.cameras[DOOR].audio_labels = []
    frigate.add_review(GATE, objects=["dog"], audio=["fire_alarm"])
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR)
    answer = await ask(hass, "what_happened", label="dog")
    assert answer["error"].endswith("listens for this. Labels: car, person.")
    expose(hass, entry, GATE)
    for label in ("dog", "Dog", "fire alarm"):
        (item,) = (await ask(hass, "what_happened", label=label))["items"]
        assert item["labels"] == ["dog", "fire_alarm"]
    assert (await ask(hass, "what_happened", label="car"))["items"] == []


@EVERY_VERSION
async def test_a_delivery_service_is_told_as_a_label(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    # Frigate lists the logo in place of the car; any other sub label stays untold.
    frigate.add_review(DOOR, objects=["ups"])
    frigate.add_review(DOOR, objects=["fedex"], sub_labels=["ups"])
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR)
    answer = await ask(hass, "what_happened")
    found = sorted(one.get("labels", []) for one in answer["items"])
    assert found == [[], ["ups"]]
    answer = await ask(hass, "what_happened", label="UPS")
    assert [one["labels"] for one in answer["items"]] == [["ups"]]
    answer = await ask(hass, "what_happened", label="fedex")
    assert answer["error"].startswith("No camera there looks or listens for this.")
