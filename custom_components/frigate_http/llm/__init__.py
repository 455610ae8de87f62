"""Tools with which assistants answer questions about the cameras.

They only read, and tell nothing but structured facts (see `facts.py`). Home Assistant loads
this when an assistant first asks for tools.
"""

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext

from ..const import DOMAIN
from .happened import WhatHappened
from .people import WhoWasSeenLast
from .status import CameraStatus


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, also while no camera is exposed: they say how to expose one."""
    if api_id != LLM_API_ASSIST or not hass.config_entries.async_entries(
        DOMAIN, include_disabled=False
    ):
        return None
    return LLMTools(tools=[WhatHappened(), WhoWasSeenLast(), CameraStatus()])
