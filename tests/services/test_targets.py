"""Which cameras an action for cameras is for, and what each of them answers."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from tests.common import camera_device, entity_id
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity

LAST_MINUTE = {"duration": 60}

type Answers = dict[str, Any]


async def previews(
    hass: HomeAssistant, context: Context | None = None, **target: Any
) -> Answers:
    """Ask for the previews of some cameras; there are none, which is an answer too."""
    return await call(hass, "get_previews", context, **target, **LAST_MINUTE)


@pytest.fixture
def cameras(hass: HomeAssistant, entry: MockConfigEntry) -> tuple[str, str]:
    """Return the entity ids of both cameras."""
    return camera_entity(hass, entry), camera_entity(hass, entry, "Portones")


def asked(frigate: FakeFrigate) -> list[str]:
    """Return the cameras whose previews the server was asked for, and forget it."""
    found = [
        one.path.split("/")[3]
        for one in frigate.requests
        if one.path.startswith("/api/preview/")
    ]
    frigate.clear_requests()
    return sorted(found)


async def test_each_camera_has_a_result(
    hass: HomeAssistant, frigate: FakeFrigate, cameras: tuple[str, str]
) -> None:
    answers = await previews(hass, entity_id=[*cameras])
    assert answers == {camera: {"previews": []} for camera in cameras}
    assert asked(frigate) == ["Portones", "front_door"]


async def test_devices_areas_and_labels_are_resolved(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    cameras: tuple[str, str],
) -> None:
    door, gate = cameras
    device = camera_device(hass, entry, "front_door")
    assert device is not None
    area = ar.async_get(hass).async_create("Garden")
    label = lr.async_get(hass).async_create("Outside")
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    er.async_get(hass).async_update_entity(gate, labels={label.label_id})

    assert (await previews(hass, device_id=device.id)).keys() == {door}
    assert (await previews(hass, area_id=area.id)).keys() == {door}
    assert (await previews(hass, label_id=label.label_id)).keys() == {gate}
    both = await previews(hass, area_id=area.id, label_id=label.label_id)
    assert both.keys() == {door, gate}
    assert (await previews(hass, entity_id="all")).keys() == {door, gate}


async def test_missing_targets_are_logged(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    cameras: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    door, _gate = cameras
    answers = await previews(hass, entity_id=door, area_id="nowhere")
    assert answers.keys() == {door}
    assert "areas nowhere" in caplog.text


async def test_disabled_cameras_are_only_used_if_named(
    hass: HomeAssistant, frigate: FakeFrigate, cameras: tuple[str, str]
) -> None:
    door, gate = cameras
    label = lr.async_get(hass).async_create("Outside")
    registry = er.async_get(hass)
    for camera in cameras:
        registry.async_update_entity(camera, labels={label.label_id})
    switch_off_in_registry(hass, gate)
    await hass.async_block_till_done()
    assert (await previews(hass, label_id=label.label_id)).keys() == {door}


async def test_birdseye_is_only_used_if_named(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.birdseye = True
    entry = await set_up(hass, make_entry(frigate.internal_url))
    birdseye = entity_id(hass, entry, "camera", "server:birdseye")
    assert birdseye is not None
    everything = await previews(hass, entity_id="all")
    assert birdseye not in everything
    assert len(everything) == 2

    with pytest.raises(ServiceValidationError, match="other than Birdseye"):
        await previews(hass, entity_id=birdseye)
    mixed = await previews(hass, entity_id=[birdseye, camera_entity(hass, entry)])
    assert "is not a camera of the Frigate server" in mixed[birdseye]["error"]
    assert mixed[camera_entity(hass, entry)] == {"previews": []}


async def test_cameras_of_several_servers(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    async with FakeFrigate("0.18", cameras=("garden",)) as other:
        second = await set_up(hass, make_entry(other.internal_url))
        door, garden = (
            camera_entity(hass, entry),
            camera_entity(hass, second, "garden"),
        )
        answers = await previews(hass, entity_id=[door, garden])
        assert answers == {door: {"previews": []}, garden: {"previews": []}}
        assert asked(frigate) == ["front_door"]
        assert asked(other) == ["garden"]


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ({}, "no_camera"),
        ({"entity_id": "none"}, "no_camera"),
        ({"entity_id": []}, "no_camera"),
        ({"area_id": "nowhere"}, "no_camera"),
        ({"device_id": ["nothing"]}, "no_camera"),
        ({"entity_id": "sun.sun"}, "not_a_camera"),
        ({"entity_id": "camera.nobody"}, "not_a_camera"),
        ({"entity_id": ["camera.nobody", "sun.sun"]}, "all_failed"),
    ],
)
async def test_targets_without_a_camera(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    target: dict[str, Any],
    key: str,
) -> None:
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await previews(hass, **target)
    assert caught.value.translation_key == key
    assert frigate.requests == []


async def test_a_common_error_is_raised_once(
    hass: HomeAssistant, frigate: FakeFrigate, cameras: tuple[str, str]
) -> None:
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "get_previews", entity_id=[*cameras])
    assert caught.value.translation_key == "bad_period"
    assert frigate.requests == []


# Cameras that are not there


def switch_off_in_registry(hass: HomeAssistant, camera: str) -> None:
    """Let a person switch an entity off."""
    er.async_get(hass).async_update_entity(
        camera, disabled_by=er.RegistryEntryDisabler.USER
    )


@pytest.mark.parametrize(
    "lose",
    [
        lambda hass, camera: hass.states.async_set(camera, "unavailable"),
        switch_off_in_registry,
    ],
    ids=["unavailable", "switched off"],
)
async def test_an_unavailable_camera_has_an_error(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    cameras: tuple[str, str],
    lose: Callable[[HomeAssistant, str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    door, gate = cameras
    lose(hass, door)
    await hass.async_block_till_done()
    frigate.clear_requests()
    answers = await previews(hass, entity_id=[door, gate])
    assert answers[gate] == {"previews": []}
    assert f"{door} is unavailable" in answers[door]["error"]
    assert f"get_previews for {door}" in caplog.text
    assert asked(frigate) == ["Portones"]

    with pytest.raises(HomeAssistantError) as caught:
        await previews(hass, entity_id=door)
    assert caught.value.translation_key == "entity_unavailable"
    assert not isinstance(caught.value, ServiceValidationError)
    assert frigate.requests == []


async def test_cameras_of_an_unloaded_entry(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    door = camera_entity(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await previews(hass, entity_id=door)
    assert caught.value.translation_key == "entity_unavailable"
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (await previews(hass, entity_id=door))[door] == {"previews": []}


async def test_the_action_fails_if_all_cameras_fail(
    hass: HomeAssistant, frigate: FakeFrigate, cameras: tuple[str, str]
) -> None:
    door, gate = cameras
    hass.states.async_set(gate, "unavailable")
    frigate.fail("/api/preview/", Fault.status(500))
    with pytest.raises(HomeAssistantError) as caught:
        await previews(hass, entity_id=[door, gate])
    assert caught.value.translation_key == "all_failed"
    assert "Frigate reported an error" in str(caught.value)
    assert f"{gate} is unavailable" in str(caught.value)
    frigate.clear_faults()
    assert (await previews(hass, entity_id=[door, gate]))[door] == {"previews": []}


# Who may


def allowed(hass: HomeAssistant, *entity_ids: str) -> Context:
    """Return the context of a call by somebody who may control some entities only."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": dict.fromkeys(entity_ids, True)}})
    return Context(user_id=user.id)


async def test_users_need_control_of_every_camera(
    hass: HomeAssistant, frigate: FakeFrigate, cameras: tuple[str, str]
) -> None:
    door, gate = cameras
    somebody = allowed(hass, door)
    frigate.clear_requests()
    with pytest.raises(Unauthorized):
        await previews(hass, somebody, entity_id=[door, gate])
    with pytest.raises(UnknownUser):
        await previews(hass, Context(user_id="nobody"), entity_id=door)
    assert frigate.requests == []
    assert (await previews(hass, somebody, entity_id=door)).keys() == {door}
    # As with Home Assistant's own actions, all are those that one may control.
    assert (await previews(hass, somebody, entity_id="all")).keys() == {door}


# While an action waits


async def test_the_entry_is_unloaded_during_an_action(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    door = camera_entity(hass, entry)
    frigate.fail("/api/preview/", Fault.stall())
    frigate.clear_requests()
    waiting = hass.async_create_task(previews(hass, entity_id=door))
    await frigate.wait_for_requests(1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    frigate.clear_faults()
    # What was on its way still arrives; what comes after finds the client closed.
    assert (await waiting)[door] == {"previews": []}

    assert await hass.config_entries.async_setup(entry.entry_id)
    frigate.fail("/api/preview/", Fault.stall(), times=1)
    frigate.clear_requests()
    waiting = hass.async_create_task(previews(hass, entity_id=door))
    await frigate.wait_for_requests(1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    frigate.fail("/api/preview/", Fault.drop())
    frigate.clear_faults()
    await waiting
