"""What is registered, services.yaml, the texts and the icons name the same actions."""

import json
from pathlib import Path
from typing import Any

import pytest
import voluptuous as vol

from custom_components.frigate_http import services
from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.services import ACTIONS
from custom_components.frigate_http.services.action import CameraAction, ServerAction
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

PACKAGE = Path(services.__file__).parents[1]
EN: dict[str, Any] = json.loads((PACKAGE / "translations/en.json").read_text("utf-8"))
ICONS: dict[str, Any] = json.loads((PACKAGE / "icons.json").read_text("utf-8"))
YAML = load_yaml_dict(str(PACKAGE / "services.yaml"))
EACH = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)

type AnyAction = ServerAction | CameraAction


def flat(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of services.yaml, those in sections included."""
    found: dict[str, Any] = {}
    for name, one in fields.items():
        found |= flat(one["fields"]) if "fields" in one else {name: one}
    return found


def fields_of(action: AnyAction) -> dict[str, Any]:
    """Return the fields that services.yaml has for an action."""
    return flat((YAML[action.name] or {}).get("fields", {}))


def own_fields(action: AnyAction) -> dict[str, vol.Marker]:
    """Return the fields of the schema that a person fills in, but for the target."""
    found: dict[str, vol.Marker] = {str(key): key for key in action.fields}
    if isinstance(action, ServerAction):
        schema = action.schema.schema
        found |= {str(key): key for key in schema if str(key) == ATTR_CONFIG_ENTRY_ID}
    return found


def test_every_action_is_described_once() -> None:
    names = [action.name for action in ACTIONS]
    assert len(set(names)) == len(names)
    assert (
        set(names) == YAML.keys() == EN["services"].keys() == ICONS["services"].keys()
    )


@EACH
def test_every_field_is_described(action: AnyAction) -> None:
    described, own = fields_of(action), own_fields(action)
    assert described.keys() == own.keys()
    for name, one in described.items():
        assert one["selector"]
        validate_selector(one["selector"])
        is_required = isinstance(own[name], vol.Required) and isinstance(
            own[name].default, vol.Undefined
        )
        assert one.get("required", False) is is_required, name


@EACH
def test_camera_actions_have_a_target(action: AnyAction) -> None:
    target = (YAML[action.name] or {}).get("target")
    if isinstance(action, CameraAction):
        assert target == {"entity": {"integration": DOMAIN, "domain": "camera"}}
    else:
        assert target is None


@EACH
def test_texts_name_every_field(action: AnyAction) -> None:
    texts = EN["services"][action.name]
    assert texts["name"]
    assert texts["description"].endswith(".")
    assert texts.get("fields", {}).keys() == fields_of(action).keys()
    for one in texts.get("fields", {}).values():
        assert one.keys() == {"name", "description"}
        assert one["description"].endswith(".")
    sections = {
        name
        for name, one in (YAML[action.name] or {}).get("fields", {}).items()
        if "fields" in one
    }
    assert texts.get("sections", {}).keys() == sections


@EACH
def test_choices_have_texts(action: AnyAction) -> None:
    for one in fields_of(action).values():
        select = one["selector"].get("select") or {}
        if (key := select.get("translation_key")) is not None:
            assert list(EN["selector"][key]["options"]) == select["options"]


@EACH
def test_icon_of_an_action(action: AnyAction) -> None:
    assert ICONS["services"][action.name]["service"].startswith("mdi:")


async def test_actions_are_registered_without_an_entry(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    registered = hass.services.async_services_for_domain(DOMAIN)
    assert registered.keys() == {action.name for action in ACTIONS}
    for action in ACTIONS:
        assert registered[action.name].supports_response is (
            SupportsResponse.ONLY if action.is_query else SupportsResponse.OPTIONAL
        )
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    assert described.keys() == registered.keys()
