"""What is looked for: the words by which users write of the official integration."""

from collections.abc import Mapping
from enum import StrEnum
import re
from typing import Final

from .official import OFFICIAL_DOMAIN


class Advice(StrEnum):
    """What a finding is about; there is a text for each that says what to write instead."""

    ACTION = "action"
    ACTION_PTZ = "action_ptz"
    ACTION_EXPORT_RECORDING = "action_export_recording"
    ACTION_FAVORITE_EVENT = "action_favorite_event"
    ACTION_CREATE_EVENT = "action_create_event"
    ACTION_END_EVENT = "action_end_event"
    ACTION_REVIEW_SUMMARIZE = "action_review_summarize"
    INTEGRATION = "integration"
    """A filter or a condition for the domain."""
    ENTRY = "entry"
    """The config entry of the official integration."""
    TOPIC = "topic"
    """An MQTT topic of Frigate, which goes on as long as its MQTT is on."""
    TOPIC_OFF = "topic_off"
    """An MQTT topic of a server whose MQTT is off."""
    ADDRESS = "address"
    """A path below `/api/frigate/`."""
    ADDRESS_LIVE = "address_live"
    """One of them that has live video."""
    MEDIA = "media"
    COMMAND = "command"
    """A WebSocket command."""
    CARD = "card"
    TOOL = "tool"
    """The tool for language models, or the API that has it."""
    BLUEPRINT = "blueprint"
    STATES = "states"
    ATTRIBUTES = "attributes"
    STAYS = "stays"
    """An entity that stays with the official integration."""
    TWIN = "twin"
    """An entity of ours that makes room for the official one."""
    DEVICE = "device"
    """A device that loses its entities, or is removed."""


ACTION_KEYS: Final = ("action", "service", "service_template", "perform_action")
DOMAIN_KEYS: Final = frozenset({"domain", "integration", "platform"})
TEXT_KEYS: Final = frozenset({"alias", "description"})
"""What is written there is for people only."""
SPOKEN_KEYS: Final = frozenset({"message", "name", "subtitle", "title"})
"""What is written there without a template is compared with nothing."""
TARGET_KEYS: Final = (
    "entity_id",
    "device_id",
    "area_id",
    "floor_id",
    "label_id",
    "config_entry_id",
)
CARDS: Final = frozenset({"custom:advanced-camera-card", "custom:frigate-card"})
LLM_API: Final = "frigate_services"

# What follows a question mark may be secret.
_REST = r"(?:{{[^{}]*}}|[^\s\"'<>)\]?])*"
ACTION: Final = re.compile(rf"{OFFICIAL_DOMAIN}\.(\w+|\w*{{{{.+}}}}\w*)", re.DOTALL)
EVERYWHERE: Final[Mapping[Advice, re.Pattern[str]]] = {
    # A client id may follow at once, as in `/api/frigate{{ client_id }}/...`.
    Advice.ADDRESS: re.compile(rf"/api/frigate(?![\w-]){_REST}"),
    Advice.MEDIA: re.compile(rf"media-source://frigate(?![\w-]){_REST}"),
    Advice.COMMAND: re.compile(
        r"(?<![\w/])frigate/(event/retain|(events|recordings)/(get|summary)"
        r"|(events|reviews)/(un)?subscribe|reviews/(get|viewed)|ptz/info)(?![\w/-])"
    ),
    Advice.TOOL: re.compile(r"(?<!\w)frigate_query(?!\w)"),
}
CLIENT_ID: Final = re.compile(
    r"(?:/api|media-source:/)/frigate/(?!(?:clips|go2rtc|jsmpeg|mse|notifications"
    r"|recording|snapshot|thumbnail|vod|webrtc)/)([^/{]+)/"
)
"""The server that an address is of; many name none."""
LIVE: Final = re.compile(r"/(?:jsmpeg|mse|webrtc|go2rtc)/")
IN_TEMPLATES: Final[Mapping[Advice, re.Pattern[str]]] = {
    Advice.ACTION: re.compile(
        r"(?<=[\"'])frigate\.(ptz|export_recording|favorite_event|create_event"
        r"|end_event|review_summarize)(?!\w)"
    ),
    Advice.INTEGRATION: re.compile(
        r"integration_entities\(\s*[\"']([^\"']+)[\"']\s*\)"
    ),
}
TEMPLATE: Final = re.compile(r"{{|{%|\[\[\[")
# Also the entity of `states.sensor.front_door_person_count.state`.
ENTITY_ID: Final = re.compile(r"(?<!\w)(?=([a-z_]+\.[a-z0-9_]+))")
REGISTRY_ID: Final = re.compile(r"(?<!\w)(?:[0-9a-f]{32}|[0-9A-Z]{26})(?!\w)")
DEFAULT: Final = re.compile(r"\b(?:default|d)\(\s*[\"'][^\"'{}]*[\"']")
"""A value that a template has for want of another: it compares nothing."""
VALUE: Final = re.compile(r"[\"']([^\"'{}]+)[\"']|\.attributes\.(\w+)")
"""What a template may compare with, or an attribute that it reads."""
STATE_OF_TRIGGER: Final = re.compile(r"(to|from)_state")


def advice_for_action(name: str) -> Advice:
    """Return the advice for an action of the official integration, by its name."""
    try:
        return Advice(f"action_{name}")
    except ValueError:
        return Advice.ACTION
