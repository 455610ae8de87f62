"""The plan says what becomes of each entity and device, and changes nothing."""

from collections.abc import Sequence
import json

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_CAMERAS, DOMAIN
from custom_components.frigate_http.taking_over.finding import Reason
from custom_components.frigate_http.taking_over.known import KnownServer
from custom_components.frigate_http.taking_over.official import find_entry
from custom_components.frigate_http.taking_over.plan import (
    DeviceMove,
    Move,
    Plan,
    Twin,
    make_plan,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.official_home import official_entry, register
from tests.official_registry import (
    OFFICIAL,
    OFFICIAL_ENTRY,
    DeviceSettings,
    Official,
    Settings,
)

COUNT = "sensor_object_count:cam_01_drive_person"
SETTINGS = {COUNT: Settings(area_id="street")}
DEVICES = {
    "cam_01": DeviceSettings(name="My camera", area_id="garden"),
    "cam_01_drive": DeviceSettings(area_id="garden"),
}


@pytest.fixture
async def entry(
    hass: HomeAssistant, frigate: FakeFrigate, house: Sequence[Official]
) -> MockConfigEntry:
    """Return our entry, beside that of the official integration."""
    register(hass, official_entry(frigate.internal_url), house, SETTINGS, DEVICES)
    return await set_up(hass, make_entry(frigate.internal_url))


def planned(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    own_entry_id: str | None = None,
    leave: Sequence[str] = (),
) -> Plan:
    official = find_entry(hass, OFFICIAL_ENTRY)
    assert official is not None
    server = entry.runtime_data.server
    known = KnownServer.from_data(server.data, server.client.capabilities)
    own = entry.entry_id if own_entry_id is None else own_entry_id
    return make_plan(hass, official, own, known, leave=leave)


def move_of(plan: Plan, unique_id: str) -> Move:
    wanted = f"{OFFICIAL_ENTRY}:{unique_id}"
    [found] = [one for one in plan.moves if one.old_unique_id == wanted]
    return found


async def test_a_plan_names_ours_and_theirs_and_changes_nothing(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    registries = (er.async_get(hass), dr.async_get(hass))
    before = [str(one._data_to_save()) for one in registries]
    plan = planned(hass, entry)
    assert before == [str(one._data_to_save()) for one in registries]
    assert Plan.from_dict(json.loads(json.dumps(plan.as_dict()))) == plan

    move = move_of(plan, "motion_sensor:cam_01")
    twin = registries[0].async_get("binary_sensor.cam_01_motion_2")
    assert twin is not None
    assert twin.platform == DOMAIN
    assert move.new_unique_id == f"{entry.entry_id}:camera:cam_01:motion"
    assert move.twin == Twin(registry_id=twin.id, entity_id=twin.entity_id)
    status = move_of(plan, "sensor_review_status:cam_01")
    assert [one.theirs for one in status.differences] == ["NONE, DETECTION, ALERT"]


async def test_devices_of_the_server_and_its_cameras_move_and_zones_stay(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    plan = planned(hass, entry)
    devices = dr.async_get(hass)
    names = {"": "Frigate", ":cam_01": "Cam 01", ":cam_02": "Cam 02"}
    for name, title in names.items():
        theirs = devices.async_get_device_by_identifier(
            (OFFICIAL, f"{OFFICIAL_ENTRY}{name}"), OFFICIAL_ENTRY
        )
        ours = devices.async_get_device_by_identifier(
            (DOMAIN, f"{entry.entry_id}{name}"), entry.entry_id
        )
        assert theirs is not None
        assert ours is not None
        expected = DeviceMove(
            device_id=theirs.id,
            old_identifiers=((OFFICIAL, f"{OFFICIAL_ENTRY}{name}"),),
            new_identifier=f"{entry.entry_id}{name}",
            old_name_by_user="My camera" if name == ":cam_01" else None,
            old_name=title,
            new_name=title if name else None,
            twin_device_id=ours.id,
        )
        assert expected in plan.devices
    assert len(plan.devices) == 3


async def test_only_the_area_of_a_device_that_stays_is_inherited(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    plan = planned(hass, entry)

    def areas(unique_id: str) -> tuple[str | None, str | None]:
        move = move_of(plan, unique_id)
        return move.old_area_id, move.inherited_area_id

    # Its own, that of its zone, that of its camera, and none.
    assert areas(COUNT) == ("street", None)
    assert areas("sensor_object_count:cam_01_drive_car") == (None, "garden")
    assert areas("sensor_object_count:cam_01_car") == (None, None)
    assert areas("sensor_object_count:cam_01_lawn_car") == (None, None)


async def test_what_is_unticked_stays_and_so_does_a_device_of_which_nothing_moves(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    whole = planned(hass, entry)
    device = move_of(whole, "motion_sensor:cam_02").old_device_id
    unticked = [one.entity_id for one in whole.moves if one.old_device_id == device]
    plan = planned(hass, entry, leave=[*unticked, "light.unknown"])
    left = {one.entity_id for one in plan.stays if one.reason is Reason.UNTICKED}
    assert left == {*unticked}
    assert len(plan.moves) == len(whole.moves) - len(unticked)
    assert {*whole.devices} - {*plan.devices} == {
        one for one in whole.devices if one.device_id == device
    }


async def test_a_preview_needs_no_entry(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    whole, preview = planned(hass, entry), planned(hass, entry, "")
    moving = [one.entity_id for one in whole.moves]
    assert [one.entity_id for one in preview.moves] == moving
    assert preview.stays == whole.stays
    assert {one.twin for one in preview.moves} == {None}
    assert {one.twin_device_id for one in preview.devices} == {None}


async def test_cameras_that_are_not_selected_stay(
    hass: HomeAssistant, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    register(hass, official_entry(frigate.internal_url), house)
    entry = await set_up(
        hass,
        make_entry(frigate.internal_url, options={CONF_CAMERAS: ["cam_02"]}),
    )
    plan = planned(hass, entry)
    assert not any(":camera:cam_01" in one.new_unique_id for one in plan.moves)
    assert len(plan.devices) == 2
    hidden = [one for one in plan.stays if one.reason is Reason.NOT_VISIBLE]
    assert "camera.cam_01" in {one.entity_id for one in hidden}
    assert all("cam_01" in one.entity_id for one in hidden)


async def test_a_device_is_found_by_the_slug_of_its_camera(
    hass: HomeAssistant, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    frigate.add_camera("Back-Yard")
    official = official_entry(frigate.internal_url)
    official.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=OFFICIAL_ENTRY,
        identifiers={(OFFICIAL, f"{OFFICIAL_ENTRY}:back_yard")},
    )
    er.async_get(hass).async_get_or_create(
        "sensor",
        OFFICIAL,
        f"{OFFICIAL_ENTRY}:sensor_object_count:Back-Yard_person",
        config_entry=official,
        device_id=device.id,
    )
    entry = await set_up(hass, make_entry(frigate.internal_url))
    plan = planned(hass, entry)
    [move] = plan.moves
    assert move.new_unique_id == f"{entry.entry_id}:camera:Back-Yard:count:person"
    [moving] = plan.devices
    assert moving.device_id == device.id
    assert moving.new_identifier == f"{entry.entry_id}:Back-Yard"
