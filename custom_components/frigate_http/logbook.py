"""What Home Assistant's activity says about events: who was seen, and where."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, EVENT_ACTIVITY
from .inventory import as_title


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, Any]]], None],
) -> None:
    """Describe the events of event entities."""

    @callback
    def _describe(event: Event) -> dict[str, Any]:
        entity_id = event.data[ATTR_ENTITY_ID]
        state = hass.states.get(entity_id)
        return {
            LOGBOOK_ENTRY_NAME: state.name if state else as_title(event.data["camera"]),
            LOGBOOK_ENTRY_MESSAGE: _message(hass, event.data),
            LOGBOOK_ENTRY_ENTITY_ID: entity_id,
        }

    async_describe_event(DOMAIN, EVENT_ACTIVITY, _describe)


def _message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return what the activity says, such as `Alert started: Person (Ana) · Yard`."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    key = f"event.{data['kind']}.state_attributes.event_type.state.{data['event_type']}"
    event_type = texts.get(
        f"component.{DOMAIN}.entity.{key}", as_title(data["event_type"])
    )
    seen = " · ".join(filter(None, (_what(data), _joined(data["zone_names"]))))
    return f"{event_type}: {seen}" if seen else event_type


def _what(data: Mapping[str, Any]) -> str:
    if data["kind"] == "classification":
        return f"{as_title(data['model'])}: {data['result']}"
    if data["kind"] == "description":
        # Never the description itself: a language model wrote it.
        return as_title(data["label"] or "")
    if data["kind"] != "review":
        name, plate = data.get("name"), data.get("plate")
        return f"{name} ({plate})" if name and plate else name or plate or ""
    what = _joined(map(as_title, (*data["objects"], *data["audio"])))
    names = _joined(data["sub_labels"])
    return f"{what} ({names})" if what and names else what or names


def _joined(texts: Iterable[str]) -> str:
    """Return each text once, in the order of its first appearance."""
    return ", ".join(dict.fromkeys(texts))
