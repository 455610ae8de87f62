"""Entities that come and go with what a server has, and with how it is configured."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
import operator

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
from ..inventory import camera_and_key, server_key_and_part


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What proves that an entity is gone; without anything else, the configuration does."""

    read_at: Callable[[ServerCoordinator], tuple[float, ...]] = lambda coordinator: (
        coordinator.config_read_at,
    )
    """Numbers that are all others for the next response that counts."""
    is_conclusive: Callable[[ServerCoordinator], bool] = lambda _coordinator: True
    """Whether what is missing now proves anything."""
    is_kept: Callable[[ServerCoordinator, str], bool] = lambda _coordinator, _id: False
    """Whether an entity, by its unique id, is only missing for the moment."""
    on_missing: Callable[[Iterable[str]], None] = lambda _unique_ids: None
    """Called with the unique ids of those that are missing, and not for long enough yet."""


@callback
def async_add_as_they_appear[*KeyT](
    coordinator: ServerCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
    keys: Callable[[ServerCoordinator], Iterable[tuple[*KeyT]]],
    create: Callable[[ServerCoordinator, *KeyT], Entity],
    before_adding: Callable[[dict[tuple[*KeyT], str]], None] = lambda _unique_ids: None,
) -> dict[tuple[*KeyT], str]:
    """Add an entity for each key, now and whenever a new key appears.

    A key is what `create` wants besides the coordinator. A key whose entity was removed
    from the registry is new again when it comes back. Returns the unique ids of
    those that are known, to be kept up to date by both sides; `before_adding` gets them
    each time first.
    """
    platform = async_get_current_platform()
    registry = er.async_get(coordinator.hass)
    unique_ids: dict[tuple[*KeyT], str] = {}

    @callback
    def _add_new() -> None:
        before_adding(unique_ids)
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
    evidence: Evidence = Evidence(),
    of_server: bool = False,
    before_adding: Callable[[dict[tuple[*KeyT], str]], None] = lambda _unique_ids: None,
) -> None:
    """Add an entity for every key as it appears, and remove it when it is gone.

    `kinds` are the keys of the descriptions: by them those are found whose key has gone
    while Home Assistant was off. As a camera, an entity is gone when it is missing twice in
    a row, by the evidence; those of a camera that is gone itself are left to it.
    """
    unique_ids = async_add_as_they_appear(
        coordinator, async_add_entities, keys, create, before_adding
    )
    remover = _Remover(
        coordinator, kinds, unique_ids, keys, evidence, of_server=of_server
    )
    coordinator.config_entry.async_on_unload(
        coordinator.async_add_listener(remover.async_sync)
    )
    remover.async_sync()


class _Remover[*KeyT]:
    """Removes entities that are gone from the registry."""

    def __init__(
        self,
        coordinator: ServerCoordinator,
        kinds: Collection[str],
        unique_ids: dict[tuple[*KeyT], str],
        keys: Callable[[ServerCoordinator], Iterable[tuple[*KeyT]]],
        evidence: Evidence,
        *,
        of_server: bool,
    ) -> None:
        """Begin with the entities of these kinds that are registered from earlier runs."""
        self._coordinator = coordinator
        self._unique_ids = unique_ids
        self._keys = keys
        self._evidence = evidence
        self._platform = async_get_current_platform()
        self._registry = er.async_get(coordinator.hass)
        # Kept up to date, because walking the registry takes longer than all else.
        self._cameras = dict(
            _registered_entities(
                coordinator, self._platform.domain, kinds, of_server=of_server
            )
        )
        self._tracker = MissingTracker(self._cameras)
        self._read_at: tuple[float, ...] = ()

    @callback
    def async_sync(self) -> None:
        """Remove what is missing for long enough, if there is a new response."""
        if not self._is_due():
            return
        present = {
            unique_id
            for key in self._keys(self._coordinator)
            if (unique_id := self._unique_ids.get(key)) is not None
        }
        new = present - self._cameras.keys()
        self._cameras.update(_cameras_of(self._coordinator, new))
        missing = {
            unique_id
            for unique_id, camera in self._cameras.items()
            if unique_id not in present and not self._is_kept(unique_id, camera)
        }
        self._tracker.update(self._cameras.keys() - missing)
        self._evidence.on_missing(missing - self._tracker.stale)
        if self._tracker.stale:
            self._remove_stale()

    def _is_due(self) -> bool:
        coordinator, evidence = self._coordinator, self._evidence
        now = evidence.read_at(coordinator)
        if any(map(operator.eq, now, self._read_at, strict=False)):
            return False
        # In its safe mode, Frigate runs with a configuration that nobody has written.
        if coordinator.data.config.safe_mode or not evidence.is_conclusive(coordinator):
            return False
        self._read_at = now
        return True

    def _is_kept(self, unique_id: str, camera: str | None) -> bool:
        coordinator = self._coordinator
        is_left_to_its_camera = (
            camera is not None
            and camera not in coordinator.data.cameras
            and _is_registered(self._registry, self._platform, unique_id)
        )
        return is_left_to_its_camera or self._evidence.is_kept(coordinator, unique_id)

    def _remove_stale(self) -> None:
        stale, unique_ids = set(self._tracker.stale), self._unique_ids
        for key in [key for key, one in unique_ids.items() if one in stale]:
            # It is new when it comes back, however soon that is.
            del unique_ids[key]
        for unique_id in stale:
            entity_id = self._registry.async_get_entity_id(
                self._platform.domain, self._platform.platform_name, unique_id
            )
            if entity_id is not None:
                self._registry.async_remove(entity_id)
            self._tracker.discard(unique_id)
            del self._cameras[unique_id]


def _registered_entities(
    coordinator: ServerCoordinator,
    domain: str,
    kinds: Collection[str],
    *,
    of_server: bool,
) -> Iterator[tuple[str, str | None]]:
    """Yield the unique ids of the registered entities of these kinds, and their cameras."""
    entry = coordinator.config_entry
    registry = er.async_get(coordinator.hass)
    for one in er.async_entries_for_config_entry(registry, entry.entry_id):
        if one.domain != domain:
            continue
        if of_server:
            part = server_key_and_part(entry, one.unique_id)
            if part is not None and part[0] in kinds:
                yield one.unique_id, None
            continue
        found = camera_and_key(entry, one.unique_id)
        if found is not None and found[1] in kinds:
            yield one.unique_id, found[0]


def _cameras_of(
    coordinator: ServerCoordinator, unique_ids: Iterable[str]
) -> Iterator[tuple[str, str | None]]:
    """Yield each of these unique ids with its camera; None if it is of the server."""
    for unique_id in unique_ids:
        found = camera_and_key(coordinator.config_entry, unique_id)
        yield unique_id, None if found is None else found[0]
