"""The rights of users to the cameras, which are the rights to their entities."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.frigate_http.const import CONF_CAMERAS
from custom_components.frigate_http.permissions import (
    CameraPermissions,
    async_get_caller,
)
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.permissions import PermissionLookup
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.common import camera_device, entity_id
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.services.common import camera_entity

DOOR, GATE = "front_door", "Portones"
NAMES = (DOOR, GATE, "birdseye", "nobody", "", None)


def member(hass: HomeAssistant, policy: dict[str, Any]) -> MockUser:
    """Return a user of a group with a policy of its own."""
    user = MockUser().add_to_hass(hass)
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    user.mock_policy(policy)
    return user


def visitor(hass: HomeAssistant, *entity_ids: str, **rights: bool) -> MockUser:
    """Return a user who has all, or some, rights to some entities."""
    return member(
        hass, {"entities": {"entity_ids": dict.fromkeys(entity_ids, rights or True)}}
    )


def of(
    hass: HomeAssistant, entry: MockConfigEntry, user: MockUser | None
) -> CameraPermissions:
    """Return the rights of a user to the cameras of a server."""
    return CameraPermissions(hass, entry, user)


def readable(permissions: CameraPermissions) -> list[str | None]:
    """Return what a user may see; None stands for every camera."""
    return [name for name in NAMES if permissions.may_read(name)]


def controllable(permissions: CameraPermissions) -> list[str | None]:
    """Return what a user may control; None stands for every camera."""
    return [name for name in NAMES if permissions.may_control(name)]


@pytest.mark.parametrize(
    ("group_id", "controls"),
    [(GROUP_ID_ADMIN, True), (GROUP_ID_USER, True), (GROUP_ID_READ_ONLY, False)],
)
async def test_the_groups_of_home_assistant(
    hass: HomeAssistant, entry: MockConfigEntry, group_id: str, controls: bool
) -> None:
    group = await hass.auth.async_get_group(group_id)
    assert group is not None
    permissions = of(hass, entry, MockUser(groups=[group]).add_to_hass(hass))
    assert readable(permissions) == list(NAMES)
    assert permissions.readable_cameras() is None
    assert controllable(permissions) == (list(NAMES) if controls else [])
    assert permissions.may_control_any() is controls
    permissions.require_read(None)
    if controls:
        permissions.require_control(GATE)
    else:
        with pytest.raises(Unauthorized) as caught:
            permissions.require_control(GATE)
        assert caught.value.permission == "control"
        assert caught.value.entity_id is None


async def test_automations_may_do_everything(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    permissions = of(hass, entry, None)
    assert readable(permissions) == controllable(permissions) == list(NAMES)
    assert permissions.readable_cameras() is None
    assert permissions.may_control_any()


async def test_a_policy_for_one_camera(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    door = camera_entity(hass, entry)
    everything = of(hass, entry, visitor(hass, door))
    assert readable(everything) == controllable(everything) == [DOOR]
    assert everything.readable_cameras() == [DOOR]
    assert everything.may_control_any()

    looking = of(hass, entry, visitor(hass, door, read=True))
    assert readable(looking) == looking.readable_cameras() == [DOOR]
    assert controllable(looking) == []
    assert not looking.may_control_any()
    with pytest.raises(Unauthorized) as caught:
        looking.require_read(GATE)
    assert caught.value.permission == "read"
    assert caught.value.entity_id is None

    nothing = of(hass, entry, member(hass, {}))
    assert readable(nothing) == controllable(nothing) == []
    assert nothing.readable_cameras() == []


async def test_policies_for_devices_and_domains(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    device = camera_device(hass, entry, GATE)
    assert device is not None
    by_device = member(hass, {"entities": {"device_ids": {device.id: True}}})
    assert readable(of(hass, entry, by_device)) == [GATE]
    # Who may see all cameras may not, by that, see what has no camera entity.
    by_domain = member(hass, {"entities": {"domains": {"camera": {"read": True}}}})
    assert readable(of(hass, entry, by_domain)) == [DOOR, GATE]
    assert of(hass, entry, by_domain).readable_cameras() == [DOOR, GATE]


async def test_the_entity_may_be_renamed_or_disabled(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    registry, door = er.async_get(hass), camera_entity(hass, entry)
    before, after = visitor(hass, door), visitor(hass, "camera.entrance")
    registry.async_update_entity(door, new_entity_id="camera.entrance")
    await hass.async_block_till_done()
    assert readable(of(hass, entry, before)) == []
    assert readable(of(hass, entry, after)) == [DOOR]

    registry.async_update_entity(
        "camera.entrance", disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert hass.states.get("camera.entrance") is None
    assert readable(of(hass, entry, after)) == [DOOR]
    assert of(hass, entry, after).readable_cameras() == [DOOR]


async def test_a_camera_that_is_gone_belongs_to_nobody(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    somebody = visitor(
        hass, camera_entity(hass, entry), camera_entity(hass, entry, GATE)
    )
    assert of(hass, entry, somebody).readable_cameras() == [DOOR, GATE]
    device = camera_device(hass, entry, GATE)
    assert device is not None
    dr.async_get(hass).async_remove_device(device.id)
    assert of(hass, entry, somebody).readable_cameras() == [DOOR]
    assert readable(of(hass, entry, somebody)) == [DOOR]


async def test_a_camera_that_is_left_out_belongs_to_nobody(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(
        hass, make_entry(frigate.internal_url, options={CONF_CAMERAS: [DOOR]})
    )
    everything = member(hass, {"entities": {"domains": {"camera": True}}})
    assert readable(of(hass, entry, everything)) == [DOOR]


async def test_birdseye_shows_every_camera(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.birdseye = True
    entry = await set_up(hass, make_entry(frigate.internal_url))
    birdseye = entity_id(hass, entry, "camera", "server:birdseye")
    assert birdseye is not None
    assert readable(of(hass, entry, visitor(hass, birdseye))) == []


async def test_cameras_of_the_same_name_on_two_servers(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    async with FakeFrigate("0.18", cameras=(DOOR,)) as other:
        second = await set_up(hass, make_entry(other.internal_url))
        theirs = visitor(hass, camera_entity(hass, second))
        assert readable(of(hass, second, theirs)) == [DOOR]
        assert readable(of(hass, entry, theirs)) == []


async def test_who_calls(hass: HomeAssistant) -> None:
    user = MockUser().add_to_hass(hass)
    assert await async_get_caller(hass, Context(user_id=user.id)) is user
    assert await async_get_caller(hass, Context()) is None
    with pytest.raises(UnknownUser):
        await async_get_caller(hass, Context(user_id="nobody"))
