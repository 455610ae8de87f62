"""A home with the official integration: its entry, its entities, and what mentions them."""

from dataclasses import asdict
import json
from pathlib import Path
import shutil

from tests.fake_frigate import FakeFrigate
from tests.official_registry import OFFICIAL, as_device_name, official_entities
from tests.official_stub.const import FACTS_FILE

from . import ROOT
from .api import FLOWS, Api, Json
from .past_states import Past, write_past

DASHBOARD, AUTOMATION = "At home", "Show who comes"
"""What mentions the official integration and its entities, by title."""
_STUB = ROOT / "tests" / "official_stub"
_DASHBOARD_PATH = "at-home"
_MINUTE = 60

SOMEBODY = "binary_sensor.cam_01_person_occupancy"
"""An entity that there is history of, and that the user has named and put into a room."""
NAME, AREA, LABEL = "Somebody at the gate", "Garden", "Watched"
# The page of the history shows the hour before the current one, and all since.
PAST: Past = (
    (55 * _MINUTE, "off"),
    (45 * _MINUTE, "on"),
    (41 * _MINUTE, "off"),
    (25 * _MINUTE, "on"),
    (22 * _MINUTE, "off"),
)


def install_official(config: Path, server: FakeFrigate) -> None:
    """Put our stand-in for the official integration of a server, and history, into a folder."""
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_STUB, config / "custom_components" / OFFICIAL, ignore=without)
    facts = [
        asdict(one) | {"device_name": as_device_name(one.device)}
        for one in official_entities(server.state)
    ]
    (config / FACTS_FILE).write_text(json.dumps(facts))
    write_past(config, {SOMEBODY: PAST})


async def add_official(api: Api, url: str) -> str:
    """Add the official integration as its user has it; return the title of its entry."""
    step = await api.post(FLOWS, {"handler": OFFICIAL})
    data = {"url": url, "username": "", "password": "", "validate_ssl": True}
    made = await api.post(f"{FLOWS}/{step['flow_id']}", data)
    await _settle_in(api)
    return str(made["result"]["title"])


async def _settle_in(api: Api) -> None:
    """Name an entity and put it into a room, and mention the integration in other places."""
    area, label = await api.commands(
        {"type": "config/area_registry/create", "name": AREA},
        {"type": "config/label_registry/create", "name": LABEL},
    )
    await api.commands(
        {
            "type": "config/entity_registry/update",
            "entity_id": SOMEBODY,
            "name": NAME,
            "area_id": area["area_id"],
            "labels": [label["label_id"]],
        },
        {
            "type": "lovelace/dashboards/create",
            "url_path": _DASHBOARD_PATH,
            "title": DASHBOARD,
        },
        {
            "type": "lovelace/config/save",
            "url_path": _DASHBOARD_PATH,
            "config": _dashboard(),
        },
    )
    await api.post("/api/config/automation/config/1", _automation())


def _dashboard() -> Json:
    camera = "camera.cam_01"
    card = {
        "type": "custom:advanced-camera-card",
        "cameras": [{"camera_entity": camera, "engine": "frigate"}],
    }
    rows = {"type": "entities", "entities": [SOMEBODY, "sensor.cam_01_review_status"]}
    return {"views": [{"title": "Gate", "cards": [card, rows]}]}


def _automation() -> Json:
    return {
        "alias": AUTOMATION,
        "triggers": [{"trigger": "state", "entity_id": SOMEBODY, "to": "on"}],
        "actions": [
            {
                "action": f"{OFFICIAL}.export_recording",
                "target": {"entity_id": "camera.cam_01"},
                "data": {
                    "start_time": "2026-11-01 08:00",
                    "end_time": "2026-11-01 09:00",
                },
            }
        ],
    }
