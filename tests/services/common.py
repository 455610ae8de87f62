"""How the tests call actions, and whom they call them as."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.frigate_http.const import DOMAIN
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
from tests.common import ADMIN, VIEWER, camera_device, entity_id
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Request


async def call(
    hass: HomeAssistant, action: str, /, context: Context | None = None, **data: Any
) -> JsonObjectType:
    """Call an action as an automation does, or as somebody; return its answer."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    assert answer is not None
    return answer


async def person(hass: HomeAssistant, *, is_admin: bool) -> Context:
    """Return the context of a call that a person makes by hand."""
    group_id = GROUP_ID_ADMIN if is_admin else GROUP_ID_USER
    group = await hass.auth.async_get_group(group_id)
    assert group is not None
    user = MockUser(groups=[group]).add_to_hass(hass)
    return Context(user_id=user.id)


async def set_up_admin(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Set up an entry that logs in as Frigate's administrator."""
    return await set_up(hass, make_entry(frigate.external_url, **ADMIN))


async def set_up_viewer(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Set up an entry that logs in as a viewer."""
    return await set_up(hass, make_entry(frigate.external_url, **VIEWER))


def camera_entity(
    hass: HomeAssistant, entry: MockConfigEntry, camera: str = "front_door"
) -> str:
    """Return the entity id of a camera."""
    assert camera_device(hass, entry, camera) is not None
    found = entity_id(hass, entry, "camera", f"camera:{camera}")
    assert found is not None
    return found


def at(seconds: float) -> str:
    """Return a moment as an answer holds it."""
    return dt_util.as_local(dt_util.utc_from_timestamp(seconds)).isoformat()


def commands(
    frigate: FakeFrigate, but: Iterable[str] = ("/api/login",)
) -> list[Request]:
    """Return the requests, other than logins, that could have changed something."""
    return [
        request
        for request in frigate.requests
        if request.method not in {"GET", "HEAD"} and request.path not in but
    ]


def kept_state(frigate: FakeFrigate) -> object:
    """Return what the server keeps and a command could have changed."""
    state = frigate.state
    kept = state.users, state.faces, state.train, state.database, state.exporter.exports
    return deepcopy(kept)


type Invalid = ServiceValidationError | vol.Invalid
"""What the caller of an action has got wrong: our error, or Home Assistant's own."""
INVALID = (ServiceValidationError, vol.Invalid)


def reason(err: Invalid) -> str:
    """Return the key of an error of ours, or which field Home Assistant's own names."""
    if isinstance(err, ServiceValidationError):
        assert err.translation_key is not None
        return err.translation_key
    assert isinstance(err, vol.MultipleInvalid)
    field = str(err.errors[0].path[0])
    assert field in str(err)
    return f"field {field}"


async def invalid(hass: HomeAssistant, action: str, **data: Any) -> str:
    """Return the reason why a call is refused that the caller has got wrong."""
    with pytest.raises(INVALID) as caught:
        await call(hass, action, **data)
    return reason(caught.value)
