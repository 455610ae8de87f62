"""The numbers of a camera: how easily it sees something move."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from homeassistant.components.number import ATTR_MAX, ATTR_MIN
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from tests.common import (
    VIEWER,
    add_everything,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.controls import carry_out
from tests.versions import EVERY_VERSION, WITH_016

from .common import until_pushing, until_state
from .controls import (
    become,
    call,
    call_in_time,
    heed_commands,
    ignore_commands,
    read_config,
)

THRESHOLD = ("number", "camera:front_door:motion_threshold")
AREA = ("number", "camera:front_door:motion_contour_area")
SET_VALUE = "number.set_value"

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")


def number_of(
    hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str
) -> tuple[str, float, float]:
    """Return the value of a number, with the smallest and the largest that it takes."""
    state = hass.states.get(entity_id(hass, entry, domain, key) or "")
    assert state is not None
    return state.state, state.attributes[ATTR_MIN], state.attributes[ATTR_MAX]


@WITH_016
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.NUMBER])
    add_everything(frigate)
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@EVERY_VERSION
async def test_setting(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *THRESHOLD) == "30"
    await call(hass, entry, SET_VALUE, "front_door:motion_threshold", value=42)
    await call(hass, entry, SET_VALUE, "front_door:motion_contour_area", value=17)
    assert state_of(hass, entry, *THRESHOLD) == "42"
    assert state_of(hass, entry, *AREA) == "17"
    camera = frigate.state.cameras["front_door"]
    assert (camera.motion_threshold, camera.contour_area) == (42, 17)
    assert frigate.state.cameras["Portones"].runtime == {}
    # As a command, Frigate takes any number, which its configuration would not.
    for value in (0, 256):
        with pytest.raises(ServiceValidationError):
            await call(
                hass, entry, SET_VALUE, "front_door:motion_threshold", value=value
            )
    assert camera.motion_threshold == 42


@WITH_016
async def test_the_range_is_that_of_frigate_and_what_it_has_is_in_it(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.contour_area = 250_000
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    area, threshold = "front_door:motion_contour_area", "front_door:motion_threshold"
    # Somebody has configured more than anybody would choose here.
    assert number_of(hass, entry, *AREA) == ("250000", 0, 250_000)
    with pytest.raises(ServiceValidationError):
        await call(hass, entry, SET_VALUE, area, value=250_001)
    await call(hass, entry, SET_VALUE, area, value=250_000)
    for value in (100_000, 0, 1555):
        await call(hass, entry, SET_VALUE, area, value=value)
        assert number_of(hass, entry, *AREA) == (str(value), 0, 100_000)
        assert camera.contour_area == value
    with pytest.raises(ServiceValidationError):
        await call(hass, entry, SET_VALUE, area, value=-1)

    for value, least, most in ((300, 1, 300), (0, 0, 255), (1, 1, 255)):
        carry_out(frigate.state, "front_door", "motion_threshold", str(value))
        await until_state(hass, entry, *THRESHOLD, str(value))
        assert number_of(hass, entry, *THRESHOLD) == (str(value), least, most)
    await call(hass, entry, SET_VALUE, threshold, value=255)
    assert camera.motion_threshold == 255
    # Without an area, there is nothing to set.
    camera.contour_area = None
    for _ in range(2):
        await read_config(hass, freezer)
    assert not is_registered(hass, entry, *AREA)
    assert state_of(hass, entry, *THRESHOLD) == "255"


@EVERY_VERSION
async def test_a_command_that_is_ignored(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    ignore_commands(frigate)
    key = "front_door:motion_threshold"
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await call_in_time(hass, entry, freezer, SET_VALUE, key, value=42)
    assert state_of(hass, entry, *THRESHOLD) == "30"
    await heed_commands(frigate)
    await pass_polls(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    await call(hass, entry, SET_VALUE, key, value=42)
    assert state_of(hass, entry, *THRESHOLD) == "42"


@EVERY_VERSION
async def test_what_somebody_else_sets(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    carry_out(frigate.state, "front_door", "motion_threshold", "50")
    await read_config(hass, freezer)
    assert state_of(hass, entry, *THRESHOLD) == "50"
    frigate.unblock_live()
    await read_config(hass, freezer)
    await until_pushing(hass, entry, frigate)
    carry_out(frigate.state, "front_door", "motion_threshold", "60")
    await until_state(hass, entry, *THRESHOLD, "60")


@EVERY_VERSION
async def test_viewers_have_no_numbers(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert not is_registered(hass, entry, *THRESHOLD)
    await become(hass, frigate, freezer, "admin")
    assert is_available(hass, entry, *THRESHOLD)
    await become(hass, frigate, freezer, "viewer")
    assert not is_available(hass, entry, *THRESHOLD)
