"""Entities of cameras that Frigate can move, which come and go with what a camera can do."""

from collections.abc import Callable, Collection, Iterable

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator.ptz import PtzCoordinator
from ..coordinator.server import ServerCoordinator
from ..inventory import camera_and_key
from .dynamic import Evidence, async_add_and_remove


@callback
def async_add_movable[*KeyT](
    ptz: PtzCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kinds: Collection[str],
    keys: Callable[[ServerCoordinator], Iterable[tuple[*KeyT]]],
    create: Callable[[ServerCoordinator, *KeyT], Entity],
) -> None:
    """Add an entity for every key once the PTZ features are known; see `dynamic`."""
    coordinator = ptz.server

    def _is_unconfirmed(coordinator: ServerCoordinator, unique_id: str) -> bool:
        camera = _camera_of(coordinator, unique_id)
        return camera is not None and not ptz.has_answered(camera)

    def _confirm(unique_ids: Iterable[str]) -> None:
        for unique_id in unique_ids:
            if (camera := _camera_of(coordinator, unique_id)) is not None:
                ptz.async_read_again(camera)

    async_add_and_remove(
        coordinator,
        async_add_entities,
        kinds,
        keys,
        create,
        evidence=Evidence(
            read_at=lambda _coordinator: (ptz.finished_at or 0.0,),
            is_conclusive=lambda _coordinator: (
                ptz.finished_at is not None and ptz.may_move
            ),
            is_kept=_is_unconfirmed,
            on_missing=_confirm,
        ),
    )
    # The entities subscribe to the server coordinator, because they go with their camera.
    coordinator.config_entry.async_on_unload(
        ptz.async_add_listener(coordinator.async_update_listeners)
    )


def _camera_of(coordinator: ServerCoordinator, unique_id: str) -> str | None:
    """Return the camera of an entity, unless it is gone itself."""
    found = camera_and_key(coordinator.config_entry, unique_id)
    return found[0] if found and found[0] in coordinator.data.cameras else None
