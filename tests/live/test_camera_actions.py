"""Home Assistant's own actions for cameras: what they switch, and what they leave alone."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.frigate_http.const import CONF_TAKEN_OVER
from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.components.camera import CameraEntityFeature
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
from tests.clock import turns
from tests.common import VIEWER, entity_id, is_available, pass_time, sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.controls import carry_out
from tests.versions import EVERY_VERSION, SINCE_018

from .common import until, until_pushing
from .controls import SET, call, call_in_time, heed_commands, ignore_commands

pytestmark = pytest.mark.usefixtures("fixed_time")
ALL_ON = pytest.mark.usefixtures("entity_registry_enabled_by_default")

CAMERA = ("camera", "camera:front_door")
ENABLED = ("switch", "camera:front_door:enabled")
MOTION = ("switch", "camera:front_door:motion")
TAKEN_OVER = {CONF_TAKEN_OVER: True}
ACTIONS = (
    "camera.turn_on",
    "camera.turn_off",
    "camera.enable_motion_detection",
    "camera.disable_motion_detection",
)


async def connected(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> MockConfigEntry:
    """Set up an entry, and wait until Frigate pushes."""
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    return entry


def detects_motion(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    """Return whether the camera says that it detects motion."""
    found = entity_id(hass, entry, *CAMERA)
    assert found is not None
    state = hass.states.get(found)
    assert state is not None
    return state.attributes.get("motion_detection") is True


def assert_watched(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    """Check that every camera is enabled and recording, at Frigate and here."""
    for name, camera in frigate.state.cameras.items():
        assert camera.enabled
        assert camera.recording
        assert camera.runtime == {}
        assert state_of(hass, entry, "camera", f"camera:{name}") == "recording"
        assert state_of(hass, entry, "switch", f"camera:{name}:enabled") == STATE_ON
    assert not [one for one in frigate.requests if one.method == "PUT"]


@EVERY_VERSION
async def test_turning_off_everything_in_an_area_does_not_stop_surveillance(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    garden = ar.async_get(hass).async_create("Garden")
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_device(device.id, area_id=garden.id)

    for service in ("homeassistant.turn_off", "camera.turn_off", "switch.turn_off"):
        domain, _, name = service.partition(".")
        target = {"area_id": garden.id}
        if domain == "switch":
            # An area has no switches of these, as they are settings.
            await hass.services.async_call(domain, name, target, blocking=True)
        else:
            with pytest.raises(ServiceValidationError) as caught:
                await hass.services.async_call(domain, name, target, blocking=True)
            named = (caught.value.translation_placeholders or {})["switch"]
            assert named in {"switch.front_door_enabled", "switch.portones_enabled"}
            assert f"use {named}" in str(caught.value)
        await hass.async_block_till_done()
        assert_watched(hass, frigate, entry)


@EVERY_VERSION
async def test_the_switch_that_is_named_does_it(
    hass: HomeAssistant, frigate: FakeFrigate, entity_registry: er.EntityRegistry
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    switch = entity_id(hass, entry, *ENABLED)
    assert switch is not None
    entity_registry.async_update_entity(switch, new_entity_id="switch.porch")
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError, match=r"use switch\.porch"):
        await call(hass, entry, "camera.turn_off", "front_door")
    assert frigate.state.cameras["front_door"].runtime == {}

    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.porch"}, blocking=True
    )
    assert state_of(hass, entry, *CAMERA) == "idle"


@EVERY_VERSION
async def test_turning_a_camera_on(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    carry_out(frigate.state, "front_door", "enabled", "OFF")
    await until(hass, lambda: state_of(hass, entry, *CAMERA) == "idle")

    await call(hass, entry, "camera.turn_on", "front_door")
    assert frigate.state.cameras["front_door"].enabled is True
    assert state_of(hass, entry, *ENABLED) == STATE_ON
    assert state_of(hass, entry, *CAMERA) == "recording"


@EVERY_VERSION
async def test_an_entry_that_was_taken_over_turns_cameras_off(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await connected(
        hass, frigate, make_entry(frigate.internal_url, **TAKEN_OVER)
    )
    found = entity_id(hass, entry, *CAMERA)
    assert found is not None
    state = hass.states.get(found)
    assert state is not None
    assert state.attributes["supported_features"] & CameraEntityFeature.ON_OFF

    await call(hass, entry, "camera.turn_off", "front_door")
    assert frigate.state.cameras["front_door"].enabled is False
    assert state_of(hass, entry, *ENABLED) == STATE_OFF
    assert state_of(hass, entry, *CAMERA) == "idle"
    assert frigate.state.cameras["Portones"].runtime == {}
    await call(hass, entry, "camera.turn_on", "front_door")
    assert state_of(hass, entry, *CAMERA) == "recording"


@EVERY_VERSION
@ALL_ON
async def test_motion_detection(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    camera = frigate.state.cameras["front_door"]
    # Otherwise, motion cannot be switched off.
    camera.detect_enabled = False
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    assert detects_motion(hass, entry)

    await call(hass, entry, "camera.disable_motion_detection", "front_door")
    assert camera.motion is False
    assert not detects_motion(hass, entry)
    assert state_of(hass, entry, *MOTION) == STATE_OFF

    await call(hass, entry, "camera.enable_motion_detection", "front_door")
    assert camera.motion is True
    assert detects_motion(hass, entry)
    assert state_of(hass, entry, *MOTION) == STATE_ON


@EVERY_VERSION
async def test_motion_detection_that_somebody_else_switches(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.cameras["front_door"].detect_enabled = False
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    carry_out(frigate.state, "front_door", "motion", "OFF")
    await until(hass, lambda: not detects_motion(hass, entry))
    carry_out(frigate.state, "front_door", "motion", "ON")
    await until(hass, lambda: detects_motion(hass, entry))


@EVERY_VERSION
async def test_motion_detection_that_object_detection_needs(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    off = "camera.disable_motion_detection"
    with pytest.raises(HomeAssistantError, match="Turn off detection first"):
        await call_in_time(hass, entry, freezer, off, "front_door")
    assert detects_motion(hass, entry)
    await call(hass, entry, "switch.turn_off", "front_door:detect")
    await call(hass, entry, off, "front_door")
    assert not detects_motion(hass, entry)


@EVERY_VERSION
async def test_a_command_that_is_ignored(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(
        hass, frigate, make_entry(frigate.internal_url, **TAKEN_OVER)
    )
    ignore_commands(frigate)
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await call_in_time(hass, entry, freezer, "camera.turn_off", "front_door")
    assert state_of(hass, entry, *CAMERA) == "recording"
    await heed_commands(frigate)
    await until_pushing(hass, entry, frigate)
    await call(hass, entry, "camera.turn_off", "front_door")
    assert state_of(hass, entry, *CAMERA) == "idle"


@SINCE_018
async def test_a_command_that_is_refused(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await connected(
        hass, frigate, make_entry(frigate.internal_url, **TAKEN_OVER)
    )
    frigate.fail(SET, Fault.status(403), times=1)
    with pytest.raises(HomeAssistantError, match="Check its role in Frigate"):
        await call(hass, entry, "camera.turn_off", "front_door")
    await call(hass, entry, "camera.turn_off", "front_door")
    assert state_of(hass, entry, *CAMERA) == "idle"


@SINCE_018
async def test_a_camera_and_its_switch_take_turns(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(
        hass, frigate, make_entry(frigate.internal_url, **TAKEN_OVER)
    )
    path = f"{SET}front_door/set/enabled"
    frigate.fail(path, Fault.stall(), method="PUT", times=1)
    first = hass.async_create_task(call(hass, entry, "camera.turn_off", "front_door"))
    second = hass.async_create_task(
        call(hass, entry, "switch.turn_off", "front_door:enabled")
    )
    await until(hass, lambda: len(sent(frigate, path)) == 1)
    await turns()
    # Otherwise, one would look like a failure of the other.
    assert len(sent(frigate, path)) == 1
    assert not second.done()

    await pass_time(hass, freezer, 60)
    with pytest.raises(HomeAssistantError):
        await first
    await second
    assert len(sent(frigate, path)) == 2
    assert state_of(hass, entry, *ENABLED) == STATE_OFF
    assert state_of(hass, entry, *CAMERA) == "idle"


@EVERY_VERSION
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_viewer_may_not(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER, **TAKEN_OVER))
    assert is_available(hass, entry, *CAMERA)
    with pytest.raises(HomeAssistantError, match=r"not allowed to do this \(viewer\)"):
        await call(hass, entry, action, "front_door")
    assert frigate.state.cameras["front_door"].runtime == {}
    assert not sent(frigate, f"{SET}front_door/set/enabled")


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_user_who_may_only_look_may_not(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    entry = await connected(
        hass, frigate, make_entry(frigate.internal_url, **TAKEN_OVER)
    )
    group = await hass.auth.async_get_group(GROUP_ID_READ_ONLY)
    assert group is not None
    user = MockUser(groups=[group]).add_to_hass(hass)
    domain, _, name = action.partition(".")
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            domain,
            name,
            {"entity_id": entity_id(hass, entry, *CAMERA)},
            blocking=True,
            context=Context(user_id=user.id),
        )
    assert frigate.state.cameras["front_door"].runtime == {}


@EVERY_VERSION
@pytest.mark.parametrize("action", ["camera.turn_on", "camera.turn_off"])
async def test_a_camera_that_the_configuration_turns_off(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.enabled = camera.allowed["enabled"] = False
    entry = await connected(
        hass, frigate, make_entry(frigate.internal_url, **TAKEN_OVER)
    )
    with pytest.raises(HomeAssistantError, match="Turn it on there first"):
        await call(hass, entry, action, "front_door")
    assert camera.runtime == {}


@EVERY_VERSION
@pytest.mark.parametrize("action", ACTIONS)
async def test_birdseye_has_nothing_to_switch(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    frigate.state.birdseye = True
    entry = await set_up(hass, make_entry(frigate.internal_url, **TAKEN_OVER))
    domain, _, name = action.partition(".")
    with pytest.raises(ServiceValidationError, match="other than Birdseye"):
        await hass.services.async_call(
            domain,
            name,
            {"entity_id": entity_id(hass, entry, "camera", "server:birdseye")},
            blocking=True,
        )
