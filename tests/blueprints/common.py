"""What tests of blueprints have in common."""

from pathlib import Path
from typing import Any

from custom_components.frigate_http.const import DOMAIN
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.live.common import until
from tests.phones import Message, Phone

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "blueprints" / AUTOMATION / DOMAIN
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
EDITIONS = {"en": "{}", "es": "es/{}_es"}
"""Each file has a name of its own, as Home Assistant imports all of them into one folder."""


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> str:
    """Create an automation from a blueprint, as the editor does; return its entity id."""
    path = f"{DOMAIN}/{name}.yaml"
    automation = {
        "id": "1795435200000",
        "alias": name,
        "use_blueprint": {"path": path, "input": inputs},
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [automation]})
    await hass.async_block_till_done()
    (found,) = hass.states.async_entity_ids(AUTOMATION)
    state = hass.states.get(found)
    # What is not valid is loaded too, as unavailable.
    assert state is not None
    assert state.state == "on"
    return found


async def received(phone: Phone, number: int) -> Message:
    """Wait until a phone has received so many notifications; return the newest."""
    await until(
        phone.hass, lambda: len(phone.messages) >= number, f"{number} notifications"
    )
    assert len(phone.messages) == number
    return phone.messages[-1]
