"""No name that Frigate sends keeps Home Assistant from saving and showing its own data."""

import json

from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import prepare_save_json
from homeassistant.setup import async_setup_component
from tests.common import camera_device, entity_id
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.config import build_config
from tests.live.common import until, until_pushing

ODD = "a\ud800b"
CLEAN = "a\ufffdb"


def _saved(hass: HomeAssistant) -> str:
    """Write the registries as Home Assistant does, which raises for odd names."""
    registries = (dr.async_get(hass), er.async_get(hass))
    written = [
        prepare_save_json(registry._data_to_save(), encoder=None)
        for registry in registries
    ]
    return json.dumps([json.loads(data) for _mode, data in written])


async def test_a_name_with_a_lone_surrogate_can_be_saved_and_shown(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    hass_client: ClientSessionGenerator,
) -> None:
    frigate.add_zone("front_door", "porch", friendly_name=ODD)
    frigate.state.cameras["front_door"].friendly_name = ODD
    # Not the fake's own answer: as a true Frigate, it cannot write such a name itself.
    config = json.dumps(build_config(frigate.state)).encode()
    answer = Answer(200, config, "application/json")
    frigate.fail("/api/config$", Fault("answer", answer))
    assert await async_setup_component(hass, "api", {})
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)

    device = camera_device(hass, entry, "front_door")
    assert device is not None
    assert device.name == CLEAN
    assert json.dumps(CLEAN) in _saved(hass)
    client = await hass_client()
    assert (await client.get("/api/states")).status == 200

    # The same over the WebSocket.
    face = entity_id(hass, entry, "event", "camera:front_door:face")
    assert face is not None
    message = {"type": "face", "camera": "front_door", "name": ODD, "id": "1.0-a"}
    frigate.push("tracked_object_update", json.dumps(message))

    def names() -> list[object]:
        state = hass.states.get(face)
        return [] if state is None else [state.attributes.get("name")]

    await until(hass, lambda: names() == [CLEAN])
    states = await client.get("/api/states")
    assert states.status == 200
    assert json.dumps(CLEAN) in json.dumps(await states.json())
