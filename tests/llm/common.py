"""How the tests ask as an assistant does, through Home Assistant's own API for it."""

import json
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from tests.services.common import camera_entity

ASSISTANT = "conversation"
DOOR, GATE = "front_door", "Portones"

type Answer = dict[str, Any]


async def api_of(
    hass: HomeAssistant, context: Context | None = None, assistant: str = ASSISTANT
) -> llm.APIInstance:
    """Return what an assistant gets to answer with."""
    assert await async_setup_component(hass, "llm", {})
    asked = llm.LLMContext(
        platform="test",
        context=context,
        language="en",
        assistant=assistant,
        device_id=None,
    )
    return await llm.async_get_api(hass, "assist", asked)


async def ask(
    hass: HomeAssistant, tool: str, context: Context | None = None, **args: Any
) -> Answer:
    """Call a tool, and return what the model reads."""
    api = await api_of(hass, context)
    called = llm.ToolInput(tool_name=f"frigate_http__{tool}", tool_args=args)
    return read(await api.async_call_tool(called))


def read(result: Any) -> Answer:
    """Return what a model reads of a result; before 2026.10, it is the result itself."""
    data = getattr(result, "data", result)
    assert getattr(result, "error", "error" in data) == ("error" in data)
    answer = json.loads(json.dumps(data))
    assert isinstance(answer, dict)
    return answer


def expose(
    hass: HomeAssistant, entry: MockConfigEntry, *cameras: str, to: str = ASSISTANT
) -> None:
    """Expose the cameras to an assistant."""
    for camera in cameras:
        async_expose_entity(hass, to, camera_entity(hass, entry, camera), True)
