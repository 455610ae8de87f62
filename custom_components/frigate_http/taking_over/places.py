"""Reads where users of Home Assistant may have written of the official integration.

Nothing is imported of the components that are read: they need not be set up.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.util.yaml import substitute

from ..const import DOMAIN, LOGGER
from . import yaml_config
from .official import OFFICIAL_DOMAIN
from .yaml_config import Section

_BLUEPRINTS = "blueprint"
_DASHBOARDS = "lovelace"


class Kind(StrEnum):
    """What a place is."""

    AUTOMATION = "automation"
    SCRIPT = "script"
    SCENE = "scene"
    DASHBOARD = "dashboard"
    INTEGRATION = "integration"
    """A helper, or another integration with options."""
    CONFIGURATION = "configuration"
    """A section of `configuration.yaml`, such as `template`."""


_READ_ELSEWHERE = (Kind.AUTOMATION, Kind.SCRIPT, Kind.SCENE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An automation, a script, a view of a dashboard, or whatever its kind says."""

    kind: Kind
    title: str
    """As users have written it; empty for the default dashboard without a title."""
    entity_id: str | None = None
    path: str | None = None
    """What to open in Home Assistant, such as `/config/automation/edit/123`."""
    view: str | None = None
    """The title of the view of a dashboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is written in a place."""

    place: Place
    config: Any
    blueprint: str | None = None
    """The path of the blueprint, whose inputs are filled in already in `config`."""
    of_blueprint: Any = None
    """What the blueprint says by itself, with the defaults of its inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """All that could be read."""

    written: tuple[Written, ...]
    unreadable: tuple[Place, ...]
    """The dashboards that could not be read, and `configuration.yaml`."""


async def async_collect(hass: HomeAssistant) -> Collected:
    """Read all places; nothing is changed."""
    unreadable: list[Place] = []
    if (sections := await yaml_config.async_read_sections(hass)) is None:
        sections = []
        unreadable.append(Place(kind=Kind.CONFIGURATION, title=yaml_config.NAME))
    written: list[Written] = []
    for kind in (Kind.AUTOMATION, Kind.SCRIPT):
        written += await _async_automations(hass, kind, sections)
    written += await _async_dashboards(hass, unreadable)
    written += [*_scenes(hass), *_integrations(hass), *_configuration(sections)]
    return Collected(written=tuple(written), unreadable=tuple(unreadable))


async def _async_dashboards(
    hass: HomeAssistant, unreadable: list[Place]
) -> list[Written]:
    """Return the dashboards by their views; add to those that cannot be read."""
    written: list[Written] = []
    found = getattr(hass.data.get(_DASHBOARDS), "dashboards", {})
    for url_path, dashboard in list(found.items()):
        place = Place(
            kind=Kind.DASHBOARD,
            title=str((dashboard.config or {}).get("title", "")),
            path=f"/{url_path or _DASHBOARDS}",
        )
        try:
            # Home Assistant makes such a dashboard by itself, out of all entities.
            if (await dashboard.async_get_info()).get("mode") != "auto-gen":
                written += _views(place, await dashboard.async_load(False))
        except (
            AttributeError,
            HomeAssistantError,
            OSError,
            RecursionError,
            TypeError,
            ValueError,
        ) as err:
            LOGGER.debug("The dashboard at %s cannot be read: %r", place.path, err)
            unreadable.append(place)
    return written


async def _async_automations(
    hass: HomeAssistant, kind: Kind, sections: Iterable[Section]
) -> list[Written]:
    """Return the automations, or the scripts, with what they are made of.

    Those that are disabled have no entity, and are only in the files.
    """
    component = hass.data.get(DATA_INSTANCES, {}).get(kind)
    entities = [] if component is None else list(component.entities)
    written = [
        Written(
            place=Place(
                kind=kind,
                title=_name(hass, one.entity_id),
                entity_id=one.entity_id,
                path=_editor(kind, one.unique_id),
            ),
            config=getattr(one, "raw_config", None),
            blueprint=getattr(one, "referenced_blueprint", None),
        )
        for one in entities
    ]
    known = {one.unique_id for one in entities}
    written += [
        Written(
            place=Place(
                kind=kind,
                title=str(config.get("alias") or unique_id),
                entity_id=er.async_get(hass).async_get_entity_id(kind, kind, unique_id),
                path=_editor(kind, unique_id),
            ),
            config=config,
            blueprint=_blueprint_path(config),
        )
        for unique_id, config in _items(kind, sections)
        if unique_id not in known
    ]
    return [
        replace(one, of_blueprint=await _async_blueprint(hass, kind, one.blueprint))
        for one in written
    ]


def _items(
    kind: Kind, sections: Iterable[Section]
) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """Yield the automations, or the scripts, of all files with their unique ids."""
    for section in sections:
        if section.domain != kind:
            continue
        config = section.config
        if kind is Kind.SCRIPT:
            found = list(config.items()) if isinstance(config, Mapping) else []
        else:
            listed = config if isinstance(config, list) else [config]
            found = [(one.get("id"), one) for one in listed if isinstance(one, Mapping)]
        for unique_id, one in found:
            # Without an id, an automation cannot be disabled.
            if unique_id is not None and isinstance(one, Mapping):
                yield str(unique_id), one


def _blueprint_path(config: Mapping[Any, Any]) -> str | None:
    use = config.get("use_blueprint")
    path = use.get("path") if isinstance(use, Mapping) else None
    return path if isinstance(path, str) else None


def _editor(kind: Kind, unique_id: str | None) -> str | None:
    return unique_id and f"/config/{kind}/edit/{unique_id}"


@callback
def _configuration(sections: Iterable[Section]) -> Iterator[Written]:
    for section in sections:
        if section.domain not in _READ_ELSEWHERE:
            yield Written(
                place=Place(kind=Kind.CONFIGURATION, title=section.path),
                config=section.config,
            )


async def _async_blueprint(hass: HomeAssistant, kind: Kind, path: str | None) -> Any:
    """Return a blueprint with the defaults of its inputs; None if there is none."""
    blueprints = hass.data.get(_BLUEPRINTS, {}).get(kind)
    if path is None or blueprints is None:
        return None
    try:
        blueprint = await blueprints.async_get_blueprint(path)
    except HomeAssistantError:
        return None
    inputs = {
        name: one.get("default") if isinstance(one, Mapping) else None
        for name, one in blueprint.inputs.items()
    }
    return {
        key: substitute(value, inputs)
        for key, value in blueprint.data.items()
        if key != _BLUEPRINTS
    }


@callback
def _scenes(hass: HomeAssistant) -> Iterator[Written]:
    for state in hass.states.async_all(Kind.SCENE):
        scene_id = state.attributes.get("id")
        yield Written(
            place=Place(
                kind=Kind.SCENE,
                title=state.name,
                entity_id=state.entity_id,
                path=scene_id and f"/config/scene/edit/{scene_id}",
            ),
            config={"entity_id": state.attributes.get("entity_id")},
        )


@callback
def _integrations(hass: HomeAssistant) -> Iterator[Written]:
    registry = er.async_get(hass)
    for entry in hass.config_entries.async_entries():
        if entry.domain in (DOMAIN, OFFICIAL_DOMAIN):
            continue
        entities = er.async_entries_for_config_entry(registry, entry.entry_id)
        yield Written(
            place=Place(
                kind=Kind.INTEGRATION,
                title=entry.title,
                entity_id=entities[0].entity_id if len(entities) == 1 else None,
                path=f"/config/integrations/integration/{entry.domain}",
            ),
            config=_options(entry),
        )


def _options(entry: ConfigEntry) -> list[Mapping[str, Any]]:
    # Not its data, where passwords are: only what users choose.
    return [entry.options, *(one.data for one in entry.subentries.values())]


def _views(dashboard: Place, config: Any) -> Iterator[Written]:
    """Yield the views of a dashboard, and what is not part of any view."""
    if not isinstance(config, Mapping):
        raise TypeError("the dashboard is no mapping")
    title = dashboard.title or str(config.get("title", ""))
    rest = {key: one for key, one in config.items() if key != "views"}
    place = Place(kind=Kind.DASHBOARD, title=title, path=dashboard.path)
    yield Written(place=place, config=rest)
    views = config.get("views")
    for number, view in enumerate(views if isinstance(views, list) else ()):
        details = view if isinstance(view, Mapping) else {}
        path = details.get("path", number)
        yield Written(
            place=Place(
                kind=Kind.DASHBOARD,
                title=title,
                path=f"{dashboard.path}/{path}",
                view=str(details.get("title", path)),
            ),
            config=view,
        )


def _name(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    return entity_id if state is None else state.name
