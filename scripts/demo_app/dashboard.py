"""Dashboards: the one that the example's template prints, and one of all entities."""

from collections.abc import Iterable

from homeassistant.util.yaml import parse_yaml

from . import ROOT, DemoError
from .api import Api, Json
from .registry import Entity, read_entities

URL_PATH = "frigate-demo"
EXAMPLE_URL_PATH = "frigate-example"
_TITLE = "Frigate"
_TEMPLATE = ROOT / "examples" / "dashboard.jinja"


async def lay_out_dashboards(api: Api) -> str:
    """Make the dashboards and return the address of the one to look at first."""
    everything = dashboard(await read_entities(api))
    await _lay_out(api, URL_PATH, "Everything", everything)
    printed = await api.render_template(_TEMPLATE.read_text("utf-8"))
    example = parse_yaml(printed)
    if not isinstance(example, dict):
        raise DemoError(f"{_TEMPLATE.name} prints no dashboard.")
    return await _lay_out(api, EXAMPLE_URL_PATH, _TITLE, example)


async def _lay_out(api: Api, url_path: str, title: str, config: Json) -> str:
    """Make a dashboard, let Home Assistant open with it, and return its address."""
    await api.commands(
        {
            "type": "lovelace/dashboards/create",
            "url_path": url_path,
            "title": title,
            "icon": "mdi:cctv",
        },
        {"type": "lovelace/config/save", "url_path": url_path, "config": config},
        {
            "type": "frontend/set_system_data",
            "key": "core",
            "value": {"default_panel": url_path},
        },
    )
    return f"{api.base_url}/{url_path}"


def dashboard(entities: Iterable[Entity]) -> Json:
    """Return the dashboard: live pictures, stills, reviews, server, faces, cameras."""
    entities = list(entities)
    cameras = [entity for entity in entities if entity.platform == "camera"]
    images = [entity for entity in entities if entity.platform == "image"]
    others = [
        entity for entity in entities if entity.platform not in ("camera", "image")
    ]
    faces = [one for one in others if one.own_id.startswith("server:face_images:")]
    server = [one for one in others if one.kind == "server" and one not in faces]
    sections = [
        _section("Live", [_picture(camera, "live", "full") for camera in cameras[:1]]),
        _section("Cameras", [_picture(camera, "auto", 6) for camera in cameras]),
        _section("Last reviews", [_image(one) for one in images]),
        _list("Server", server),
        _list("Faces", faces),
        *(_camera(camera.device, others) for camera in cameras),
    ]
    sections[0]["column_span"] = 2
    view = {
        "title": _TITLE,
        "type": "sections",
        "max_columns": 3,
        "sections": [section for section in sections if len(section["cards"]) > 1],
    }
    return {"views": [view]}


def _section(title: str, cards: list[Json]) -> Json:
    heading = {"type": "heading", "heading": title}
    return {"type": "grid", "cards": [heading, *cards]}


def _camera(device: str, entities: Iterable[Entity]) -> Json:
    """Return what happens at one camera, and how it is doing."""
    own = (one for one in entities if one.kind == "camera" and one.device == device)
    return _list(device, own)


def _list(title: str, entities: Iterable[Entity]) -> Json:
    rows = [{"entity": entity.entity_id, "name": entity.name} for entity in entities]
    card = {"type": "entities", "entities": rows, "grid_options": {"columns": 12}}
    return _section(title, [card] if rows else [])


def _image(image: Entity) -> Json:
    return {
        "type": "picture-entity",
        "entity": image.entity_id,
        "name": image.device,
        "grid_options": {"columns": 6, "rows": "auto"},
    }


def _picture(camera: Entity, view: str, columns: int | str) -> Json:
    return {
        "type": "picture-entity",
        "entity": camera.entity_id,
        "camera_image": camera.entity_id,
        "camera_view": view,
        "name": camera.device,
        "show_state": False,
        "grid_options": {"columns": columns, "rows": "auto"},
    }
