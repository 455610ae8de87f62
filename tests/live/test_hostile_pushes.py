"""What a broken or hostile server pushes is neither kept, nor shown, nor logged."""

import asyncio
import json
import logging
import os
import pickle
import secrets
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.common import sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.services.common import call
from tests.versions import EVERY_VERSION, SINCE_018

from .common import until_pushing, until_state
from .hostile import CAMERAS, frames, pushes

MOTION = ("binary_sensor", "camera:front_door:motion")
PERSONS = ("sensor", "camera:front_door:count:person")
GATE = ("sensor", "camera:front_door:classification:gate")
LONGEST = 255
LONG = "x" * 100_000
MANY = 500
BROKEN = 8_000
AT_ONCE = 500
SEED = "FRIGATE_HTTP_SEED"
"""The environment variable that repeats a run of which the seed was printed."""

type Message = tuple[str, Any]

everything_on = pytest.mark.usefixtures("entity_registry_enabled_by_default")


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry that all kinds of things are pushed to."""
    camera = frigate.state.cameras["front_door"]
    camera.lpr = camera.audio = True
    frigate.add_zone("front_door", "steps")
    frigate.state.classification["gate"] = ["front_door"]
    frigate.describe("front_door", objects=True)
    frigate.add_trigger("front_door", "parcel")
    frigate.add_object_classifier("courier", "person")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    return entry


def push(frigate: FakeFrigate, message: Message) -> None:
    """Push a message as Frigate does: objects are JSON in a text."""
    topic, payload = message
    is_plain = isinstance(payload, str | int | float)
    frigate.push(topic, payload if is_plain else json.dumps(payload))


async def until_read(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    """Wait until everything that was pushed has been read, and see that it still works."""
    for is_on in (True, False):
        frigate.motion("front_door", is_on)
        await until_state(hass, entry, *MOTION, "on" if is_on else "off")


def kept(entry: MockConfigEntry) -> int:
    """Return how much is kept of what is pushed, in bytes."""
    return len(pickle.dumps(entry.runtime_data.live.state))


@EVERY_VERSION
async def test_nothing_is_kept_of_cameras_that_are_not_configured(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    before = kept(entry)
    for number in range(MANY):
        for message in pushes(f"camera_{number}", f"name_{number}"):
            push(frigate, message)
    await until_read(hass, entry, frigate)
    assert kept(entry) - before < 1000


async def test_nothing_is_kept_of_what_a_camera_does_not_have(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    last = [*pushes("front_door", "name_0")]
    for message in last:
        push(frigate, message)
    await until_read(hass, entry, frigate)
    state = entry.runtime_data.live.state.of("front_door")
    assert state.sounds == frozenset()
    assert state.features == {}
    assert set(state.totals or ()) <= {"name_0", "all"}


async def test_few_models_are_kept_before_the_configuration_has_them(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    for number in range(MANY):
        frigate.classified("front_door", f"name_{number}", "open")
        push(frigate, _result(f"name_{number}"))
    push(frigate, _result("courier"))
    frigate.classified("front_door", "gate", "open")
    await until_state(hass, entry, *GATE, "open")
    state = entry.runtime_data.live.state.of("front_door")
    few = {f"name_{one}" for one in range(10)}
    assert state.states.keys() == {"gate", *few}
    assert state.results.keys() == {"courier", *few}


def _result(model: str) -> Message:
    result = {"id": "1.0-a", "model": model, "sub_label": "post", "score": 0.9}
    result |= {"type": "classification", "camera": "front_door"}
    return "tracked_object_update", result


async def test_the_memory_of_a_camera_is_bounded(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    sizes = []
    for turn in range(3):
        for number in range(1100):
            text = f"{turn}.{number:04}-abcdef"
            for message in [*pushes("front_door", text)][:7]:
                push(frigate, message)
        await until_read(hass, entry, frigate)
        sizes.append(kept(entry))
    assert abs(sizes[2] - sizes[1]) < 1000


@EVERY_VERSION
@everything_on
async def test_no_text_is_too_long(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    before = kept(entry)
    frigate.classified("front_door", "gate", "open")
    await until_state(hass, entry, *GATE, "open")
    with caplog.at_level(logging.DEBUG, "custom_components.frigate_http"):
        for message in [
            *pushes("front_door", LONG),
            *pushes(LONG, LONG),
            (LONG, LONG),
            ("profile/state", LONG),
            ("front_door/classification/gate", LONG),
        ]:
            push(frigate, message)
        await until_read(hass, entry, frigate)
    assert state_of(hass, entry, *GATE) == "open"
    assert kept(entry) - before < 1000
    for state in hass.states.async_all():
        assert len(state.state) <= LONGEST
        assert LONG[: LONGEST + 1] not in str(state.attributes), state.entity_id
    for record in caplog.records:
        if record.levelno >= logging.WARNING or "frigate" in record.name:
            assert len(record.getMessage()) < 1000
            assert record.exc_info is None


@everything_on
async def test_a_review_has_no_endless_lists(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    names = [f"zone_{number}" for number in range(10_000)]
    event = ("event", "camera:front_door:review")
    review: dict[str, Any] = {
        "id": "1.0-a",
        "camera": "front_door",
        "severity": "alert",
    }
    review |= {"start_time": 1.0, "data": {"zones": names, "objects": names}}
    push(frigate, ("reviews", {"type": "new", "after": review}))
    await until_state(hass, entry, "sensor", "camera:front_door:review_status", "alert")
    (state,) = [
        one
        for one in hass.states.async_all("event")
        if one.attributes.get("review_id") == "1.0-a"
    ]
    assert state.attributes["zones"] == names[:200]
    assert state_of(hass, entry, *event) == state.state


@pytest.mark.parametrize(
    "payload",
    [
        "9" * 4000,
        "-1",
        str(2**31),
        str(2**63),
        "1e308",
        "1e999",
        "NaN",
        "-Infinity",
        "true",
        f'"{"9" * 4000}"',
    ],
)
@everything_on
async def test_no_number_is_out_of_range(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    payload: str,
) -> None:
    frigate.object_appears("front_door")
    await until_state(hass, entry, *PERSONS, "1")
    caplog.clear()
    for topic in ("person", "person/active", "motion_threshold/state", "motion"):
        frigate.push_raw(f'{{"topic": "front_door/{topic}", "payload": {payload}}}')
    for topic, value in pushes("front_door", "person", "NUMBER"):
        text = json.dumps(value).replace('"NUMBER"', payload)
        frigate.push_raw(json.dumps({"topic": topic, "payload": text}))
    await until_read(hass, entry, frigate)
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert state_of(hass, entry, "sensor", "camera:Portones:count:person") == "0"
    frigate.push("front_door/person", 7)
    await until_state(hass, entry, *PERSONS, "7")


@SINCE_018
async def test_no_profile_has_a_name_that_is_too_long(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    for name in ("away", LONG):
        frigate.push("profile/state", name)
    await until_read(hass, entry, frigate)
    pushed = entry.runtime_data.live.state.profile
    assert pushed is not None
    assert pushed.name == "away"


# Thousands of broken messages


def seed_of_this_run() -> int:
    """Return the seed, which is shown if the test fails."""
    seed = int(os.environ.get(SEED) or secrets.randbits(32))
    print(f"To send the same messages again: {SEED}={seed}")  # noqa: T201 shown on failure
    return seed


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_broken_messages_harm_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sizes = []
    broken = [*frames(seed_of_this_run(), BROKEN)]
    for begin in range(0, BROKEN, AT_ONCE):
        for frame in broken[begin : begin + AT_ONCE]:
            frigate.push_raw(frame)
        # The loop answers while the messages arrive, and then a good one still counts.
        await asyncio.gather(
            call(hass, "get_status"),
            until_good_messages_count(hass, entry, frigate),
        )
        sizes.append(kept(entry))
    assert len(sent(frigate, "/ws")) == 1
    assert [
        record.getMessage()[:500]
        for record in caplog.records
        # asyncio warns that the test itself has taken long.
        if record.levelno >= logging.WARNING + (record.name == "asyncio")
        or record.exc_info
    ] == []
    assert max(sizes) < 100_000 * len(CAMERAS)


async def until_good_messages_count(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    """Push good messages, and wait until they have changed states."""
    for state, number in (("open", 3), ("closed", 4)):
        frigate.motion("front_door", on=state == "open")
        frigate.push("front_door/person", number)
        frigate.classified("front_door", "gate", state)
        await until_state(hass, entry, *GATE, state)
        await until_state(hass, entry, *PERSONS, str(number))
    await until_state(hass, entry, *MOTION, "off")
