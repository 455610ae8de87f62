"""Entities that come and go with what a server has, and with how it is configured."""

from collections.abc import Callable, Collection, Iterable, Iterator

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    EntityPlatform,
    async_get_current_platform,
)

from ..coordinator.missing import MissingTracker
from ..coordinator.server import ServerCoordinator
from ..inventory import camera_and_key


@callback
def async_add_as_they_appear[*KeyT](
    coordinator: ServerCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
    keys: Callable[[ServerCoordinator], Iterable[tuple[*KeyT]]],
    create: Callable[[ServerCoordinator, *KeyT], Entity],
) -> dict[tuple[*KeyT], str]:
    """Add an entity for each key, now and whenever a new key appears.

    A key is what `create` wants besides the coordinator. A key whose entity was removed
    from the registry is new again when it comes back. Returns the unique ids of
    those that are known, to be kept up to date by both sides.
    """
    platform = async_get_current_platform()
    registry = er.async_get(coordinator.hass)
    unique_ids: dict[tuple[*KeyT], str] = {}

    @callback
    def _add_new() -> None:
        current = list(keys(coordinator))
        for key in unique_ids.keys() - set(current):
            if not _is_registered(registry, platform, unique_ids[key]):
                del unique_ids[key]
        added = {
            key: create(coordinator, *key) for key in current if key not in unique_ids
        }
        unique_ids.update({key: str(one.unique_id) for key, one in added.items()})
        if added:
            async_add_entities(added.values())

    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(_add_new))
    _add_new()
    return unique_ids


def _is_registered(
    registry: er.EntityRegistry, platform: EntityPlatform, unique_id: str
) -> bool:
    return (
        registry.async_get_entity_id(platform.domain, platform.platform_name, unique_id)
        is not None
    )


@callback
def async_add_and_remove[*KeyT](
    coordinator: ServerCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kinds: Collection[str],
    keys: Callable[[ServerCoordinator], Iterable[tuple[*KeyT]]],
    create: Callable[[ServerCoordinator, *KeyT], Entity],
    *,
    is_conclusive: Callable[[ServerCoordinator], bool] = lambda _coordinator: True,
) -> None:
    """Add an entity for every key as it appears, and remove it when it is gone.

    `kinds` are the keys of the descriptions: by them those are found whose key has gone
    while Home Assistant was off. As a camera, an entity is gone when the configuration
    lacks it twice in a row; those of a camera that is gone itself are left to it. While
    `is_conclusive` returns false, a missing key proves nothing.
    """
    unique_ids = async_add_as_they_appear(coordinator, async_add_entities, keys, create)
    platform = async_get_current_platform()
    registry = er.async_get(coordinator.hass)
    # Kept up to date, because walking the registry takes longer than all else.
    cameras = dict(_registered_entities(coordinator, platform.domain, kinds))
    tracker = MissingTracker(cameras)
    read_at = 0.0

    def _is_left_to_its_camera(unique_id: str, camera: str) -> bool:
        return camera not in coordinator.data.cameras and _is_registered(
            registry, platform, unique_id
        )

    @callback
    def _sync_registry() -> None:
        nonlocal read_at
        if coordinator.config_read_at == read_at or not is_conclusive(coordinator):
            return
        read_at = coordinator.config_read_at
        present = {unique_ids[key] for key in keys(coordinator)}
        cameras.update(_cameras_of(coordinator, present - cameras.keys()))
        tracker.update(
            present.union(
                unique_id
                for unique_id, camera in cameras.items()
                if _is_left_to_its_camera(unique_id, camera)
            )
        )
        if not tracker.stale:
            return
        for key in [key for key, one in unique_ids.items() if one in tracker.stale]:
            # It is new when it comes back, however soon that is.
            del unique_ids[key]
        for unique_id in list(tracker.stale):
            _unregister(registry, platform, unique_id)
            tracker.discard(unique_id)
            del cameras[unique_id]

    coordinator.config_entry.async_on_unload(
        coordinator.async_add_listener(_sync_registry)
    )
    _sync_registry()


def _registered_entities(
    coordinator: ServerCoordinator, domain: str, kinds: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the unique ids of the registered entities of these kinds, and their cameras."""
    entry = coordinator.config_entry
    registry = er.async_get(coordinator.hass)
    for one in er.async_entries_for_config_entry(registry, entry.entry_id):
        if one.domain != domain:
            continue
        found = camera_and_key(entry, one.unique_id)
        if found is not None and found[1] in kinds:
            yield one.unique_id, found[0]


def _cameras_of(
    coordinator: ServerCoordinator, unique_ids: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield each of these unique ids with its camera."""
    for unique_id in unique_ids:
        found = camera_and_key(coordinator.config_entry, unique_id)
        if found is not None:
            yield unique_id, found[0]


def _unregister(
    registry: er.EntityRegistry, platform: EntityPlatform, unique_id: str
) -> None:
    entity_id = registry.async_get_entity_id(
        platform.domain, platform.platform_name, unique_id
    )
    if entity_id is not None:
        registry.async_remove(entity_id)
