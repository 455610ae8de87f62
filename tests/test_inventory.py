"""Cameras, people and parts that come and go, and what the registries keep of them."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import (
    CONFIG_READ,
    camera_device,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    server_device,
    state_of,
    take_away,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION

pytestmark = pytest.mark.usefixtures("fixed_time")

GARAGE = ("camera", "camera:garage")
GARAGE_FPS = ("sensor", "camera:garage:camera_fps")
GARAGE_STREAM = ("binary_sensor", "camera:garage:stream")
EILEEN = ("sensor", "server:face_images:Eileen")


@pytest.fixture
def frigate_options() -> dict[str, Any]:
    return {"cameras": ("front_door", "garage"), "faces": {"Eileen": 2}}


@EVERY_VERSION
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_what_is_new_appears_without_a_reload(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    new = [
        ("camera", "camera:yard"),
        ("camera", "server:birdseye"),
        ("binary_sensor", "camera:yard:stream"),
        ("sensor", "camera:yard:camera_fps"),
        ("sensor", "camera:yard:sound_level"),
        ("sensor", "server:face_images:Ana"),
        ("sensor", "server:inference_speed:coral"),
        ("sensor", "server:gpu_load:A GPU [of/with slashes]"),
        ("sensor", "server:npu_load:rknn"),
        ("sensor", "server:storage_total:/mnt/more"),
        ("sensor", "server:plate_recognition_speed"),
    ]
    assert not [one for one in new if is_registered(hass, entry, *one)]

    frigate.add_camera("yard", audio=True)
    frigate.add_face("Ana")
    state = frigate.state
    state.birdseye = True
    state.detectors["coral"] = {"inference_speed": 8.5}
    state.gpus["A GPU [of/with slashes]"] = {"gpu": "12%", "mem": "-"}
    state.npus["rknn"] = {"npu": 3, "mem": "-"}
    state.storage["/mnt/more"] = {"total": 10, "used": 4, "free": 6}
    state.embeddings["plate_recognition_speed"] = 17.2
    await pass_time(hass, freezer)

    assert not [one for one in new if not is_available(hass, entry, *one)]
    yard = camera_device(hass, entry, "yard")
    assert yard is not None
    assert yard.via_device_id == server_device(hass, entry).id
    gpu = hass.states.get(
        entity_id(hass, entry, "sensor", "server:gpu_load:A GPU [of/with slashes]")
        or ""
    )
    assert gpu is not None
    assert gpu.name == "Frigate A GPU [of/with slashes] GPU load"


@EVERY_VERSION
async def test_a_camera_missing_once_stays_and_missing_twice_is_removed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    taken = take_away(frigate, "garage")
    await pass_polls(hass, freezer, 3)
    assert not is_available(hass, entry, *GARAGE)
    assert not is_available(hass, entry, *GARAGE_STREAM)

    frigate.state.cameras["garage"] = taken
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *GARAGE)
    assert is_available(hass, entry, *GARAGE_STREAM)

    # That it was missing before does not count any more.
    frigate.remove_camera("garage")
    await pass_polls(hass, freezer, 3)
    assert is_registered(hass, entry, *GARAGE)
    await pass_time(hass, freezer, CONFIG_READ)
    assert camera_device(hass, entry, "garage") is None
    for one in (GARAGE, GARAGE_FPS, GARAGE_STREAM):
        assert not is_registered(hass, entry, *one)
    assert hass.states.get("camera.garage") is None
    assert is_available(hass, entry, "camera", "camera:front_door")


@EVERY_VERSION
async def test_a_removed_camera_comes_back_as_the_same_entities_without_a_reload(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    before = [entity_id(hass, entry, *one) for one in (GARAGE, GARAGE_STREAM)]
    for _ in range(2):
        taken = take_away(frigate, "garage")
        await pass_time(hass, freezer)
        await pass_time(hass, freezer, CONFIG_READ)
        assert not is_registered(hass, entry, *GARAGE)

        frigate.state.cameras["garage"] = taken
        await pass_time(hass, freezer)
        assert is_available(hass, entry, *GARAGE)
        assert state_of(hass, entry, *GARAGE_STREAM) == "on"
        after = [entity_id(hass, entry, *one) for one in (GARAGE, GARAGE_STREAM)]
        assert after == before


async def test_two_looks_at_the_same_moment_count_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    # Both reasons to read the configuration come together: time, and other cameras.
    taken = take_away(frigate, "garage")
    await pass_time(hass, freezer, CONFIG_READ + 1)
    assert is_registered(hass, entry, *GARAGE)
    frigate.state.cameras["garage"] = taken
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *GARAGE)


async def test_only_what_was_read_counts(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    taken = take_away(frigate, "garage")
    await pass_time(hass, freezer)
    frigate.fail("/api/config", Fault.status(500))
    await pass_polls(hass, freezer, 45)
    assert is_registered(hass, entry, *GARAGE)
    frigate.state.cameras["garage"] = taken
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *GARAGE)


async def test_a_camera_gone_while_home_assistant_was_off_is_removed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    frigate.remove_camera("garage")
    frigate.remove_face("Eileen")
    await pass_time(hass, freezer)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    # One look may have been a moment of the server's.
    assert camera_device(hass, entry, "garage") is not None
    assert is_registered(hass, entry, *EILEEN)

    await pass_time(hass, freezer, CONFIG_READ)
    assert camera_device(hass, entry, "garage") is None
    assert not is_registered(hass, entry, *GARAGE)
    assert not is_registered(hass, entry, *EILEEN)


@EVERY_VERSION
async def test_no_camera_is_removed_when_the_role_changes(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.state.roles["gate"] = ["garage"]
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    frigate.state.users["gate1"].role = "admin"
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    assert is_available(hass, entry, "camera", "camera:front_door")

    # One look without the camera, and then the role changes.
    taken = take_away(frigate, "garage")
    await pass_time(hass, freezer)
    frigate.state.users["gate1"].role = "gate"
    frigate.revoke_sessions()
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_registered(hass, entry, *GARAGE)
    assert is_registered(hass, entry, "camera", "camera:front_door")
    assert not is_available(hass, entry, "camera", "camera:front_door")

    frigate.state.cameras["garage"] = taken
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_available(hass, entry, *GARAGE)
    assert is_registered(hass, entry, "camera", "camera:front_door")

    frigate.state.users["gate1"].role = "admin"
    frigate.revoke_sessions()
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_available(hass, entry, "camera", "camera:front_door")


@EVERY_VERSION
async def test_a_restricted_role_gets_only_its_cameras(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.roles["gate"] = ["garage"]
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    assert is_available(hass, entry, *GARAGE)
    assert is_available(hass, entry, *GARAGE_STREAM)
    assert camera_device(hass, entry, "front_door") is None
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert not [one for one in registered if "front_door" in one.unique_id]

    frigate.state.roles["gate"] = ["garage", "front_door"]
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_time(hass, freezer)
    assert is_available(hass, entry, "camera", "camera:front_door")
    assert is_available(hass, entry, "binary_sensor", "camera:front_door:stream")


@EVERY_VERSION
async def test_a_viewer_gets_all_cameras(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    account = {CONF_USERNAME: "viewer1", CONF_PASSWORD: "viewer-password-1"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    assert is_available(hass, entry, *GARAGE)
    assert is_available(hass, entry, "camera", "camera:front_door")
    assert is_available(hass, entry, *GARAGE_STREAM)


async def test_no_camera_is_removed_in_safe_mode(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    cameras = dict(frigate.state.cameras)
    frigate.state.cameras.clear()
    frigate.fail("/api/config", Fault.json({"cameras": {}, "safe_mode": True}))
    frigate.restart()
    for _ in range(4):
        await pass_time(hass, freezer, CONFIG_READ)
    assert not is_available(hass, entry, *GARAGE)
    assert camera_device(hass, entry, "garage") is not None

    frigate.state.cameras |= cameras
    frigate.clear_faults()
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_available(hass, entry, *GARAGE)


async def test_people_appear_with_the_library_and_go_with_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    before = entity_id(hass, entry, *EILEEN)
    assert state_of(hass, entry, *EILEEN) == "2"
    for _ in range(2):
        frigate.remove_face("Eileen")
        await pass_time(hass, freezer)
        assert not is_available(hass, entry, *EILEEN)
        await pass_time(hass, freezer)
        assert not is_registered(hass, entry, *EILEEN)
        await pass_polls(hass, freezer, 2)

        frigate.add_face("Eileen", 3)
        await pass_time(hass, freezer)
        assert state_of(hass, entry, *EILEEN) == "3"
        assert entity_id(hass, entry, *EILEEN) == before


async def test_a_person_missing_once_stays(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    for _ in range(3):
        frigate.fail("/api/faces", Fault.json({}), times=1)
        await pass_time(hass, freezer)
        assert not is_available(hass, entry, *EILEEN)
        await pass_time(hass, freezer)
        assert state_of(hass, entry, *EILEEN) == "2"


async def test_no_person_is_removed_while_the_faces_fail(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/api/faces", Fault.status(500))
    await pass_polls(hass, freezer, 5)
    assert is_registered(hass, entry, *EILEEN)
    assert not is_available(hass, entry, *EILEEN)
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *EILEEN) == "2"


async def test_a_person_whose_sensor_was_deleted_by_hand_may_go(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    er.async_get(hass).async_remove(entity_id(hass, entry, *EILEEN) or "")
    frigate.remove_face("Eileen")
    await pass_polls(hass, freezer, 3)
    assert not is_registered(hass, entry, *EILEEN)
    frigate.add_face("Eileen", 1)
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *EILEEN) == "1"


async def test_two_servers_keep_their_cameras_apart(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    async with FakeFrigate(cameras=("garage",)) as other:
        second = await set_up(hass, make_entry(other.internal_url))
        first_garage = camera_device(hass, entry, "garage")
        second_garage = camera_device(hass, second, "garage")
        assert first_garage is not None
        assert second_garage is not None
        assert first_garage.id != second_garage.id

        frigate.remove_camera("garage")
        await pass_time(hass, freezer)
        await pass_time(hass, freezer, CONFIG_READ)
        assert camera_device(hass, entry, "garage") is None
        assert is_available(hass, second, *GARAGE)
        await hass.config_entries.async_unload(second.entry_id)
