"""A home whose user has the official integration: its entry, its registry and its history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.loader import DATA_INTEGRATIONS, Integration

from . import official_stub
from .home_runs import DEVICES, ENTITIES, ENTRIES, Files, running_home_assistant
from .official_registry import (
    AREAS,
    LABELS,
    OFFICIAL,
    OFFICIAL_ENTRY,
    DeviceSettings,
    Official,
    Settings,
    as_device_name,
    device_identifier,
)
from .official_stub.const import FACTS, MODEL, Facts

STORED = (ENTRIES, ENTITIES, DEVICES, "core.area_registry", "core.label_registry")
STUB = Path(official_stub.__file__).parent


def as_facts(entities: Iterable[Official]) -> list[Facts]:
    """Return what the stand-in has to know of its entities, ready for JSON."""
    return [
        Facts(
            platform=one.platform,
            kind=one.kind,
            name=one.name,
            title=one.title,
            device=one.device,
            device_name=as_device_name(one.device),
            category=one.category,
            enabled=one.enabled,
            device_class=one.device_class,
            unit=one.unit,
            capabilities=None if one.capabilities is None else {**one.capabilities},
            icon=one.icon,
        )
        for one in entities
    ]


def provide(hass: HomeAssistant, entities: Sequence[Official]) -> None:
    """Let Home Assistant find the stand-in, with these entities."""
    manifest = json.loads((STUB / "manifest.json").read_text("utf-8"))
    files = {file.name for file in STUB.iterdir()}
    integration = Integration(
        hass, official_stub.__name__, STUB, manifest, top_level_files=files
    )
    hass.data[DATA_INTEGRATIONS][OFFICIAL] = integration
    hass.data[FACTS] = as_facts(entities)


def official_entry(url: str, **data: Any) -> MockConfigEntry:
    """Return a config entry as the official integration writes it."""
    return MockConfigEntry(
        domain=OFFICIAL,
        version=2,
        entry_id=OFFICIAL_ENTRY,
        title=url.partition("://")[2],
        data={
            "url": url,
            "username": "",
            "password": "",
            "validate_ssl": True,
            **data,
        },
    )


def register(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entities: Sequence[Official],
    settings: Mapping[str, Settings] | None = None,
    devices: Mapping[str, DeviceSettings] | None = None,
) -> None:
    """Add a config entry with its devices and entities, and what their user has set."""
    entry.add_to_hass(hass)
    for area in AREAS:
        ar.async_get(hass).async_get_or_create(area.title())
    for label in LABELS:
        if lr.async_get(hass).async_get_label(label) is None:
            lr.async_get(hass).async_create(label.title())
    ids = {
        name: _register_device(hass, entry, name, (devices or {}).get(name))
        for name in ("", *dict.fromkeys(one.device for one in entities if one.device))
    }
    for one in entities:
        _register_entity(
            hass, entry, one, ids[one.device], (settings or {}).get(one.unique_id)
        )


def _register_device(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    name: str,
    settings: DeviceSettings | None,
) -> str:
    registry = dr.async_get(hass)
    server = registry.async_get_device_by_identifier(
        (OFFICIAL, entry.entry_id), entry.entry_id
    )
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(OFFICIAL, device_identifier(entry.entry_id, name))},
        name=as_device_name(name),
        manufacturer="Frigate",
        model=MODEL,
        via_device_id=None if server is None else server.id,
    )
    if settings is not None:
        registry.async_update_device(
            device.id,
            name_by_user=settings.name,
            area_id=settings.area_id,
            labels=set(settings.labels or ()),
        )
    return device.id


def _register_entity(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entity: Official,
    device_id: str,
    settings: Settings | None,
) -> None:
    registry = er.async_get(hass)
    entity_id = registry.async_get_or_create(
        entity.platform,
        OFFICIAL,
        entity.of(entry.entry_id),
        config_entry=entry,
        device_id=device_id,
        suggested_object_id=entity.object_id,
        disabled_by=None if entity.enabled else er.RegistryEntryDisabler.INTEGRATION,
        capabilities=entity.capabilities,
        entity_category=None
        if entity.category is None
        else EntityCategory(entity.category),
        has_entity_name=True,
        original_device_class=entity.device_class,
        original_icon=entity.icon,
        original_name=entity.title,
        unit_of_measurement=entity.unit,
    ).entity_id
    if settings is not None:
        _apply(registry, entity_id, settings)


def _apply(registry: er.EntityRegistry, entity_id: str, settings: Settings) -> None:
    changes: dict[str, Any] = {
        "new_entity_id": settings.entity_id
        and f"{entity_id.partition('.')[0]}.{settings.entity_id}",
        "name": settings.name,
        "icon": settings.icon,
        "area_id": settings.area_id,
        "labels": settings.labels and set(settings.labels),
        "categories": settings.categories,
        "aliases": settings.aliases and [*settings.aliases],
        "hidden_by": er.RegistryEntryHider.USER if settings.hidden else None,
        "disabled_by": er.RegistryEntryDisabler.USER if settings.disabled else None,
    }
    wanted = {key: value for key, value in changes.items() if value is not None}
    if settings.disabled is False:
        wanted["disabled_by"] = None
    changed = registry.async_update_entity(entity_id, **wanted)
    for domain, options in (settings.options or {}).items():
        registry.async_update_entity_options(changed.entity_id, domain, options)


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Load the entry of the official integration with its entities."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


# History

HOURS = 24
"""For how many hours before now there are statistics."""
PAST_NUMBER = "7"
"""The past state of what is a number."""


def has_statistics(entity: Official) -> bool:
    """Return whether Home Assistant keeps long-term statistics of it."""
    return entity.platform == "sensor" and entity.capabilities is not None


def present_entities(
    hass: HomeAssistant, entities: Iterable[Official]
) -> dict[str, Official]:
    """Return the entities that have a state, by their present entity ids."""
    registry = er.async_get(hass)
    found = {
        registry.async_get_entity_id(
            one.platform, OFFICIAL, one.of(OFFICIAL_ENTRY)
        ): one
        for one in entities
    }
    return {key: one for key, one in found.items() if key and hass.states.get(key)}


def add_history(
    hass: HomeAssistant, now: datetime, recorded: Mapping[str, Official]
) -> None:
    """Let entities have had a state an hour ago, and statistics for a day before that.

    They are given by their present entity ids. The recorder has to be waited for.
    """
    then = (now - timedelta(hours=1)).timestamp()
    for entity_id, one in recorded.items():
        present = hass.states.get(entity_id)
        assert present is not None, entity_id
        state, attributes = present.state, present.attributes
        past = PAST_NUMBER if one.unit else "on" if state == "off" else state
        hass.states.async_set(entity_id, past, attributes, True, timestamp=then)
        hass.states.async_set(entity_id, state, attributes)
        if has_statistics(one):
            async_import_statistics(
                hass, statistics_of(entity_id, one), hourly_values(now)
            )


def statistics_of(entity_id: str, entity: Official) -> StatisticMetaData:
    """Return what the recorder notes of the statistics of a sensor."""
    units = {"ms": "duration", "s": "duration", "%": "unitless", "°C": "temperature"}
    return StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=None,
        source="recorder",
        statistic_id=entity_id,
        unit_class=units.get(entity.unit or ""),
        unit_of_measurement=entity.unit,
    )


def hourly_values(now: datetime) -> list[StatisticData]:
    """Return a mean for each of the last hours."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    return [
        StatisticData(
            start=this_hour - timedelta(hours=hours), mean=hours, min=0, max=2 * hours
        )
        for hours in range(HOURS, 0, -1)
    ]


async def storage_files(
    url: str,
    entities: Sequence[Official],
    settings: Mapping[str, Settings],
    devices: Mapping[str, DeviceSettings],
) -> dict[str, Any]:
    """Return what is in `.storage` of such a home, by file, as Home Assistant writes it.

    These are the files of the areas, the labels, both registries and the config entries.
    """
    files = Files()
    async with running_home_assistant(files) as hass:
        entry = official_entry(url)
        provide(hass, entities)
        register(hass, entry, entities, settings, devices)
        await load(hass, entry)
        hass.config_entries.async_update_entry(entry, title=entry.title + " ")
        hass.config_entries.async_update_entry(entry, title=entry.title.strip())
        hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await hass.async_block_till_done()
    return {key: files[key] for key in STORED}
