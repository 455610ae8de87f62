"""Names of the stand-in."""

from typing import Any, TypedDict

from homeassistant.const import Platform
from homeassistant.util.hass_dict import HassKey

DOMAIN = "frigate"
MODEL = "5.15.2/0.18.0-e3fa701"
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.CAMERA,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.UPDATE,
]


class Facts(TypedDict):
    """What is known of an entity."""

    platform: str
    kind: str
    name: str
    title: str | None
    device: str
    device_name: str
    category: str | None
    enabled: bool
    device_class: str | None
    unit: str | None
    capabilities: dict[str, Any] | None
    icon: str | None


FACTS: HassKey[list[Facts]] = HassKey("official_facts")
FACTS_FILE = "official_entities.json"
FAILS_TO_UNLOAD: HassKey[bool] = HassKey("official_fails_to_unload")
