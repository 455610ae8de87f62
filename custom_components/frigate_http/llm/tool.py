"""The base class of the tools."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN
from .cameras import Server, async_find_servers

PLACE = "place"
PLACE_FIELD = vol.Optional(
    PLACE,
    description="Name of a camera, an area or a floor in Home Assistant. "
    "Leave it out for all cameras.",
)
# Home Assistant 2026.8 has neither: its tools return the data itself.
_ToolResult: Any = getattr(llm, "ToolResult", None)
_ToolAnnotations: Any = getattr(llm, "ToolAnnotations", dict)


class FrigateTool(llm.Tool):
    """A tool that answers a question, and changes nothing."""

    integration = DOMAIN
    annotations = _ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )

    @abstractmethod
    async def _async_answer(
        self, hass: HomeAssistant, servers: Sequence[Server], data: Mapping[str, Any]
    ) -> JsonObjectType:
        """Answer a question about the cameras of some servers.

        Raises:
            HomeAssistantError: there is no answer; the text tells the model why.
        """

    @override
    async def async_call(
        self,
        hass: HomeAssistant,
        tool_input: llm.ToolInput,
        llm_context: llm.LLMContext,
    ) -> JsonObjectType:
        """Return the answer to a question, or why there is none."""
        # Models fill in fields that they have nothing to say in.
        given = {
            key: value
            for key, value in tool_input.tool_args.items()
            if value not in (None, "")
        }
        try:
            data = self.parameters(given)
            servers = await async_find_servers(hass, llm_context, data.get(PLACE))
            return _result(await self._async_answer(hass, servers, data))
        except (HomeAssistantError, vol.Invalid) as err:
            return _result({"error": str(err)}, error=True)


def _result(data: JsonObjectType, *, error: bool = False) -> JsonObjectType:
    """Return a result as this Home Assistant wants it."""
    if _ToolResult is None:
        return data
    result: JsonObjectType = _ToolResult(data=data, error=error)
    return result
