"""The tools as Home Assistant hands them to a model, on each version of it."""

from importlib import import_module
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component

from .common import DOOR, api_of, ask, expose

FIELDS = {
    "what_happened": {"place", "label", "person", "since", "until", "hours"},
    "who_was_seen_last": {"person", "place"},
    "camera_status": {"place"},
}
# Since 2026.9, Home Assistant has an engine of its own for schemas.
OPENAPI = (("probatio", "to_openapi"), ("voluptuous_openapi", "convert"))


def openapi(tool: llm.Tool) -> dict[str, Any]:
    """Return the fields of a tool as a model is told of them."""
    for module, function in OPENAPI:
        try:
            convert = getattr(import_module(module), function)
        except ImportError:
            continue
        schema = convert(tool.parameters, custom_serializer=llm.selector_serializer)
        assert schema["type"] == "object"
        assert not schema.get("required")
        properties: dict[str, Any] = schema["properties"]
        return properties
    raise AssertionError


async def test_what_a_model_is_told_of_the_tools(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    tools = {
        one.name.removeprefix(f"{DOMAIN}__"): one
        for one in (await api_of(hass)).tools
        if one.name.startswith(DOMAIN)
    }
    assert tools.keys() == FIELDS.keys()
    for name, tool in tools.items():
        fields = openapi(tool)
        assert fields.keys() == FIELDS[name]
        for field, schema in fields.items():
            assert schema["type"] == ("number" if field == "hours" else "string")
            assert 20 < len(schema["description"]) < 120
        assert tool.description is not None
        assert len(tool.description) < 450
        assert tool.integration == DOMAIN
        if hasattr(llm, "ToolAnnotations"):
            assert tool.annotations == llm.ToolAnnotations(
                read_only=True, destructive=False, idempotent=True, open_world=False
            )
    # Home Assistant says there what it wants otherwise.
    expose(hass, entry, DOOR)
    await ask(hass, "what_happened")
    assert not [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and DOMAIN in record.getMessage()
        and "not been tested" not in record.getMessage()
    ]


async def test_the_integration_needs_no_assistant(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert "llm" not in hass.config.components
    assert "conversation" not in hass.config.components
    # One that comes later finds the tools.
    assert await async_setup_component(hass, "llm", {})
    assert [one for one in (await api_of(hass)).tools if one.name.startswith(DOMAIN)]


async def test_no_other_interface_has_the_tools(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    platform = import_module(f"custom_components.{DOMAIN}.llm")
    context = (await api_of(hass)).llm_context
    assert platform.async_get_tools(hass, context, "assist") is not None
    assert platform.async_get_tools(hass, context, "homeassistant") is None
