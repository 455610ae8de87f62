"""Who may use the controls of a camera: who may control the entity, on every way to it."""

from http import HTTPStatus
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.frigate_http.const import DOMAIN
from homeassistant.auth.permissions import PermissionLookup
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from tests.common import entity_id
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Ptz
from tests.services.common import commands
from tests.versions import WITH_016

from .common import until, until_pushing

OWN, FOREIGN = "front_door", "Portones"
CONTROLS: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    ("switch", "turn_off", ":notifications", {}),
    ("switch", "turn_off", ":ptz_autotracker", {}),
    ("select", "select_option", ":birdseye_mode", {"option": "motion"}),
    ("switch", "turn_off", ":birdseye", {}),
    ("select", "select_option", ":ptz_preset", {"option": "home"}),
    ("button", "press", ":ptz_up", {}),
    ("button", "press", ":ptz_preset:home", {}),
    ("number", "set_value", ":motion_threshold", {"value": 40}),
    ("number", "set_value", ":motion_contour_area", {"value": 40}),
)
"""Actions of Home Assistant for what a camera has, by domain, name, key and what is set."""
ACTIONS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("ptz", {"action": "stop"}),
    ("suspend_notifications", {"minutes": 5}),
)
"""Actions of the integration's own."""

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")

type Call = tuple[str, str, dict[str, Any]]


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry with two cameras that have all of it, and is pushed to."""
    frigate.state.birdseye = True
    for camera in frigate.state.cameras.values():
        camera.birdseye = camera.autotracking = camera.notifications = True
        camera.ptz = Ptz()
    added = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, added, frigate)
    return added


def calls(hass: HomeAssistant, entry: MockConfigEntry, camera: str) -> list[Call]:
    """Return a call of each action for a camera, by domain, name and data."""

    def _of(domain: str, key: str = "") -> dict[str, Any]:
        found = entity_id(hass, entry, domain, f"camera:{camera}{key}")
        assert found is not None, key
        return {ATTR_ENTITY_ID: found}

    # These first: once the notifications are off, there is nothing to suspend.
    return [
        *((DOMAIN, name, _of("camera") | data) for name, data in ACTIONS),
        *(
            (domain, name, _of(domain, key) | more)
            for domain, name, key, more in CONTROLS
        ),
    ]


def done(frigate: FakeFrigate) -> tuple[int, int]:
    """Return how many commands have arrived, over the live connection and otherwise."""
    return len(frigate.live_received), len(commands(frigate))


@WITH_016
async def test_who_may_only_look_is_refused_on_every_way(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    assert await async_setup_component(hass, "api", {})
    socket = await hass_ws_client(hass, hass_read_only_access_token)
    rest = await hass_client(hass_read_only_access_token)
    before, states = done(frigate), hass.states.async_all()
    context = Context(user_id=hass_read_only_user.id)
    for domain, name, data in calls(hass, entry, OWN):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                domain, name, data, blocking=True, context=context
            )
        await socket.send_json_auto_id(
            {
                "type": "call_service",
                "domain": domain,
                "service": name,
                "service_data": data,
            }
        )
        answer = await socket.receive_json()
        assert answer["error"]["message"] == "Unauthorized", name
        response = await rest.post(f"/api/services/{domain}/{name}", json=data)
        assert response.status == HTTPStatus.UNAUTHORIZED, name
    assert done(frigate) == before
    assert hass.states.async_all() == states


@WITH_016
async def test_who_may_control_one_camera_controls_no_other(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    own = calls(hass, entry, OWN)
    user = MockUser().add_to_hass(hass)
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    entity_ids = dict.fromkeys((data[ATTR_ENTITY_ID] for *_, data in own), True)
    user.mock_policy({"entities": {"entity_ids": entity_ids}})
    context = Context(user_id=user.id)
    before = done(frigate)
    for domain, name, data in calls(hass, entry, FOREIGN):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                domain, name, data, blocking=True, context=context
            )
    assert done(frigate) == before
    for domain, name, data in own:
        await hass.services.async_call(
            domain, name, data, blocking=True, context=context
        )
    camera, other = (frigate.state.cameras[one] for one in (OWN, FOREIGN))
    assert camera.runtime.keys() == {
        "autotracking",
        "birdseye",
        "birdseye_mode",
        "contour_area",
        "motion_threshold",
        "notifications",
    }
    assert other.runtime == {}
    # The action, the select and the two buttons.
    await until(hass, lambda: len(frigate.ptz_commands) == 4)
    assert {name for name, _command in frigate.ptz_commands} == {OWN}
