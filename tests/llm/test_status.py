"""What assistants are told of how cameras are."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.common import pass_time
from tests.fake_frigate import FakeFrigate
from tests.live.common import until_pushing

from .common import DOOR, GATE, ask, expose


async def statuses(hass: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Return how the cameras are, by their names."""
    items = (await ask(hass, "camera_status"))["items"]
    return {one.pop("camera"): one for one in items}


async def test_how_cameras_are(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
) -> None:
    await until_pushing(hass, entry, frigate)
    expose(hass, entry, DOOR, GATE)
    idle = {"switched_on": True, "has_stream": True, "detects": True, "records": True}
    quiet = {**idle, "sees": {}, "hears": []}
    assert await statuses(hass) == {"Front door": quiet, "Portones": quiet}

    frigate.object_appears(DOOR, "person")
    frigate.object_appears(DOOR, "person")
    frigate.state.cameras[GATE].enabled = False
    frigate.state.cameras[DOOR].recording = False
    frigate.state.cameras[DOOR].online = False
    await entry.runtime_data.server.async_refresh_config()
    await pass_time(hass, freezer)
    found = await statuses(hass)
    assert found["Front door"] == {
        **quiet,
        "has_stream": False,
        "records": False,
        "sees": {"person": 2},
    }
    # What a camera that is off sees, and whether it has a stream, nobody knows.
    off = {"switched_on": False, "detects": True, "records": True}
    assert found["Portones"] == off
