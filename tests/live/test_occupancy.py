"""Occupancy and sound: who is seen where, and what is heard."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from syrupy.assertion import SnapshotAssertion

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_USERNAME,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.common import (
    CONFIG_READ,
    camera_device,
    entity_id,
    is_registered,
    pass_polls,
    pass_time,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION, WITH_016

from .common import until_pushing, until_state
from .ways import Way

pytestmark = pytest.mark.usefixtures("fixed_time")

everything_on = pytest.mark.usefixtures("entity_registry_enabled_by_default")


def sensor(key: str) -> tuple[str, str]:
    """Return where a sensor of the front door is found."""
    return "binary_sensor", f"camera:front_door:{key}"


PERSON = sensor("occupancy:person")
CAR = sensor("occupancy:car")
ANYTHING = sensor("occupancy:all")
PERSON_ON_STEPS = sensor("zone:steps:occupancy:person")
ANYTHING_ON_STEPS = sensor("zone:steps:occupancy:all")
PERSON_IN_STREET = sensor("zone:street:occupancy:person")
CAR_IN_STREET = sensor("zone:street:occupancy:car")
BARK = sensor("sound:bark")
MOTION = sensor("motion")


@pytest.fixture(autouse=True)
def _house(frigate: FakeFrigate) -> None:
    """Let there be zones, one with labels of its own, and a microphone."""
    frigate.add_zone("front_door", "steps", "The steps", labels=("person", "package"))
    frigate.add_zone("front_door", "street", labels=())
    camera = frigate.state.cameras["front_door"]
    camera.audio = True
    camera.audio_labels = ["bark", "glass"]


@WITH_016
@everything_on
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.frigate_http.PLATFORMS", [Platform.BINARY_SENSOR]
    )
    frigate.state.cameras["front_door"].labels = ["person", "waste_bin"]
    frigate.remove_camera("Portones")
    frigate.block_live()
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_what_is_on_by_default(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    found = {
        one.unique_id.removeprefix(f"{entry.entry_id}:camera:front_door:"): (
            one.disabled_by is None
        )
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if one.original_device_class in {"occupancy", "sound"}
        and "front_door" in one.unique_id
    }
    assert found == {
        "occupancy:person": True,
        "occupancy:car": True,
        "occupancy:all": False,
        "zone:steps:occupancy:person": True,
        # The camera does not look for packages.
        "zone:steps:occupancy:package": False,
        "zone:steps:occupancy:all": False,
        "zone:street:occupancy:person": True,
        "zone:street:occupancy:car": True,
        "zone:street:occupancy:all": False,
        "sound:bark": False,
        "sound:glass": False,
    }
    # Where there is no microphone, nothing is heard.
    assert not is_registered(hass, entry, "binary_sensor", "camera:Portones:sound:bark")


@EVERY_VERSION
@everything_on
async def test_somebody_comes_and_goes(frigate: FakeFrigate, way: Way) -> None:
    entry = await way.set_up(make_entry(frigate.internal_url))
    nobody = dict.fromkeys(
        (PERSON, CAR, ANYTHING, PERSON_ON_STEPS, ANYTHING_ON_STEPS, PERSON_IN_STREET),
        STATE_OFF,
    )
    await way.shows(entry, nobody)

    visitor = frigate.object_appears("front_door", zones=["street"])
    in_street = nobody | dict.fromkeys((PERSON, ANYTHING, PERSON_IN_STREET), STATE_ON)
    await way.shows(entry, in_street)

    frigate.object_moves(visitor, zones=["street", "steps"])
    everywhere = in_street | dict.fromkeys(
        (PERSON_ON_STEPS, ANYTHING_ON_STEPS), STATE_ON
    )
    await way.shows(entry, everywhere)

    frigate.object_leaves(visitor)
    await way.shows(entry, nobody)


@EVERY_VERSION
@everything_on
async def test_a_zone_is_left(
    hass: HomeAssistant, frigate: FakeFrigate, way: Way
) -> None:
    entry = await way.set_up(make_entry(frigate.internal_url))
    visitor = frigate.object_appears("front_door", zones=["steps"])
    await way.shows(entry, {PERSON_ON_STEPS: STATE_ON, ANYTHING_ON_STEPS: STATE_ON})

    frigate.object_moves(visitor, zones=[])
    # Frigate does not tell who asks that a zone was left.
    left = STATE_OFF if way.is_push else STATE_ON
    await way.shows(
        entry, {PERSON: STATE_ON, PERSON_ON_STEPS: left, ANYTHING_ON_STEPS: left}
    )


@EVERY_VERSION
@everything_on
async def test_a_delivery_is_counted_as_such_everywhere(
    hass: HomeAssistant, frigate: FakeFrigate, way: Way, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.cameras["front_door"].labels += ["amazon"]
    amazon, at = sensor("occupancy:amazon"), "zone:street:occupancy:"
    there = {amazon: STATE_ON, sensor(f"{at}amazon"): STATE_ON}
    not_there = {CAR: STATE_OFF, CAR_IN_STREET: STATE_OFF}
    entry = await way.set_up(make_entry(frigate.internal_url))
    van = frigate.object_appears("front_door", "car", zones=["street"])
    await way.shows(
        entry,
        dict.fromkeys((CAR, CAR_IN_STREET), STATE_ON) | dict.fromkeys(there, STATE_OFF),
    )

    frigate.logo_is_seen(van, "amazon")
    await way.shows(entry, there | not_there)
    # One message says it in one way, and another in another.
    frigate.object_moves(van)
    await way.shows(entry, there | not_there)
    frigate.drop_live()
    await pass_time(hass, freezer, 61)
    await way.shows(entry, there | not_there)

    # Another sub label is just a name.
    post = frigate.object_appears("front_door", "car", zones=["street"])
    frigate.plate_recognized(post, "ABC123", "Post")
    frigate.object_moves(post)
    await way.shows(entry, there | dict.fromkeys((CAR, CAR_IN_STREET), STATE_ON))
    frigate.object_leaves(van)
    frigate.object_leaves(post)
    await way.shows(entry, dict.fromkeys((*there, *not_there), STATE_OFF))


@WITH_016
@everything_on
async def test_a_sound_is_detected(frigate: FakeFrigate, way: Way) -> None:
    entry = await way.set_up(make_entry(frigate.internal_url))
    glass = sensor("sound:glass")
    await way.shows(entry, {BARK: STATE_OFF, glass: STATE_OFF})
    frigate.set_sound("front_door", "bark", on=True)
    await way.shows(entry, {BARK: STATE_ON, glass: STATE_OFF})
    frigate.set_sound("front_door", "bark", on=False)
    await way.shows(entry, {BARK: STATE_OFF, glass: STATE_OFF})


@WITH_016
@everything_on
async def test_a_sound_that_ends_in_a_gap_of_the_connection_is_over(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.set_sound("front_door", "bark", on=True)
    await until_state(hass, entry, *BARK, STATE_ON)
    # The end is not pushed.
    del frigate.state.live.activity.sounds["front_door"]["bark"]
    for event in frigate.state.database.events.values():
        event.end_time = frigate.state.clock()
    frigate.drop_live()
    await pass_time(hass, freezer, 2)
    await until_state(hass, entry, *BARK, STATE_OFF)


YARD = [
    ("binary_sensor", f"camera:yard:{key}")
    for key in (
        "motion",
        "occupancy:person",
        "zone:lawn:occupancy:person",
        "sound:bark",
    )
]


@everything_on
async def test_what_was_neither_pushed_nor_polled_is_unknown(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    # Frigate has told what there was when we connected; this camera came later, and the
    # question about it gets lost.
    live = frigate.state.live
    answer, live.command = live.command, lambda *_: None
    frigate.add_camera("yard", audio=True, audio_labels=["bark"])
    frigate.add_zone("yard", "lawn")
    await pass_time(hass, freezer)
    assert [state_of(hass, entry, *one) for one in YARD] == [STATE_UNKNOWN] * 4

    live.command = answer
    frigate.drop_live()
    for one in YARD:
        await pass_time(hass, freezer, 2)
        await until_state(hass, entry, *one, STATE_OFF)


@WITH_016
@everything_on
async def test_what_was_told_of_a_camera_before_it_was_known_is_asked_for(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.add_camera("yard", audio=True, audio_labels=["bark"])
    frigate.add_zone("yard", "lawn")
    frigate.motion("yard", on=True)
    frigate.object_appears("yard", zones=["lawn"])
    frigate.set_sound("yard", "bark", on=True)
    frigate.review_starts("yard", "detection")
    await pass_time(hass, freezer)
    for one in YARD:
        await until_state(hass, entry, *one, STATE_ON)
    await until_state(hass, entry, "sensor", "camera:yard:review_status", "detection")

    frigate.state.cameras["yard"].audio_labels = ["bark", "glass"]
    frigate.set_sound("yard", "glass", on=True)
    await pass_time(hass, freezer, CONFIG_READ)
    glass = ("binary_sensor", "camera:yard:sound:glass")
    await until_state(hass, entry, *glass, STATE_ON)


@WITH_016
@everything_on
async def test_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, way: Way, freezer: FrozenDateTimeFactory
) -> None:
    entry = await way.set_up(make_entry(frigate.internal_url))
    frigate.object_appears("front_door", zones=["steps"])
    frigate.set_sound("front_door", "bark", on=True)
    there = dict.fromkeys((PERSON, PERSON_ON_STEPS, BARK), STATE_ON)
    await way.shows(entry, there)

    await frigate.refuse()
    frigate.drop_live()
    await pass_polls(hass, freezer, 2)
    assert {state_of(hass, entry, *one) for one in there} == {STATE_UNAVAILABLE}

    await frigate.resume()
    await pass_time(hass, freezer)
    await pass_time(hass, freezer, 61)
    await way.shows(entry, there)


@EVERY_VERSION
@everything_on
async def test_a_restricted_account_sees_only_its_cameras(
    hass: HomeAssistant, frigate: FakeFrigate, way: Way
) -> None:
    frigate.state.roles["gate"] = ["Portones"]
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    entry = await way.set_up(make_entry(frigate.external_url, **account))
    person = ("binary_sensor", "camera:Portones:occupancy:person")
    frigate.object_appears("front_door")
    await way.shows(entry, {person: STATE_OFF})
    frigate.object_appears("Portones")
    await way.shows(entry, {person: STATE_ON})
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert not [one for one in registered if "front_door" in one.unique_id]


# Labels and zones that come and go


@EVERY_VERSION
@everything_on
async def test_what_leaves_the_configuration_is_removed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    gone = (CAR, PERSON_ON_STEPS, BARK)
    before = [entity_id(hass, entry, *one) for one in gone]
    for _ in range(2):
        camera = frigate.state.cameras["front_door"]
        labels, zones = camera.labels, camera.zones
        camera.labels, camera.audio = ["person"], False
        camera.zones = {"street": zones["street"]}
        await pass_time(hass, freezer, CONFIG_READ)
        assert {state_of(hass, entry, *one) for one in gone} == {STATE_UNAVAILABLE}
        await pass_time(hass, freezer, CONFIG_READ)
        assert not [one for one in gone if is_registered(hass, entry, *one)]
        assert is_registered(hass, entry, *PERSON)
        assert is_registered(hass, entry, *PERSON_IN_STREET)

        camera.labels, camera.zones, camera.audio = labels, zones, True
        await pass_time(hass, freezer, CONFIG_READ)
        assert [entity_id(hass, entry, *one) for one in gone] == before
        assert state_of(hass, entry, *CAR) != STATE_UNAVAILABLE


async def test_what_is_missing_once_stays(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    for _ in range(2):
        camera.labels = ["person"]
        await pass_time(hass, freezer, CONFIG_READ)
        # Polls between two readings of the configuration count for nothing.
        await pass_polls(hass, freezer, 5)
        assert state_of(hass, entry, *CAR) == STATE_UNAVAILABLE
        camera.labels = ["person", "car"]
        await pass_time(hass, freezer, CONFIG_READ)
        assert state_of(hass, entry, *CAR) != STATE_UNAVAILABLE


async def test_what_went_while_home_assistant_was_off_is_removed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    del frigate.state.cameras["front_door"].zones["steps"]
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert is_registered(hass, entry, *PERSON_ON_STEPS)
    await pass_time(hass, freezer, CONFIG_READ)
    assert not is_registered(hass, entry, *PERSON_ON_STEPS)
    # What is no part of this, is left alone.
    assert is_registered(hass, entry, *sensor("stream"))


async def test_what_a_camera_takes_with_it_is_its_own(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    frigate.remove_camera("front_door")
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *PERSON_ON_STEPS) == STATE_UNAVAILABLE
    await pass_time(hass, freezer, CONFIG_READ)
    assert camera_device(hass, entry, "front_door") is None
    assert not is_registered(hass, entry, *PERSON_ON_STEPS)

    frigate.state.cameras["front_door"] = camera
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *PERSON_ON_STEPS) != STATE_UNAVAILABLE


# Home Assistant's own triggers


@everything_on
async def test_automations_run_by_home_assistants_own_triggers(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    await until_pushing(hass, entry, frigate)
    for one in (MOTION, PERSON, BARK):
        await until_state(hass, entry, *one, STATE_OFF)
    ids = {one: entity_id(hass, entry, *one) for one in (MOTION, PERSON, BARK)}
    device = camera_device(hass, entry, "front_door")
    bark = er.async_get(hass).async_get(ids[BARK] or "")
    assert device is not None
    assert bark is not None
    triggers = {
        "motion": {"trigger": "motion.detected", "target": {"entity_id": ids[MOTION]}},
        "occupancy": {
            "trigger": "occupancy.detected",
            "target": {"entity_id": ids[PERSON]},
        },
        # For sounds there are triggers of the device only.
        "sound": {
            "trigger": "device",
            "domain": "binary_sensor",
            "type": "sound",
            "device_id": device.id,
            "entity_id": bark.id,
        },
        "state": {"trigger": "state", "entity_id": ids[PERSON], "to": STATE_ON},
    }
    ran = async_mock_service(hass, "test", "ran")
    automations = [
        {
            "alias": name,
            "triggers": [trigger],
            "actions": [{"action": "test.ran", "data": {"by": name}}],
        }
        for name, trigger in triggers.items()
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()

    frigate.motion("front_door", on=True)
    frigate.object_appears("front_door")
    frigate.set_sound("front_door", "bark", on=True)
    for one in ids:
        await until_state(hass, entry, *one, STATE_ON)
    await hass.async_block_till_done()
    assert sorted(call.data["by"] for call in ran) == sorted(triggers)
