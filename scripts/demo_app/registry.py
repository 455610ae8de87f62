"""What the integration has put into Home Assistant's registries."""

from dataclasses import dataclass

from . import DOMAIN
from .api import Api, Json


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An enabled entity of the integration.

    Its own id is its unique id without the config entry in front: `server:uptime`,
    `camera:front_door`, `camera:front_door:stream`, `server:face_images:Eileen`.
    """

    entity_id: str
    entry_id: str
    own_id: str
    device_id: str
    device: str
    name: str
    """Without the device's in front; the device's own for its main entity."""

    @property
    def kind(self) -> str:
        """Return `server` or `camera`: what the entity is about."""
        return self.own_id.partition(":")[0]

    @property
    def platform(self) -> str:
        """Return `camera`, `sensor` and so on."""
        return self.entity_id.partition(".")[0]


async def read_entities(api: Api) -> list[Entity]:
    """Return the integration's enabled entities, sorted by server, device and id."""
    entries, devices = await api.commands(
        {"type": "config/entity_registry/list"},
        {"type": "config/device_registry/list"},
    )
    names = {
        device["id"]: device["name_by_user"] or device["name"] for device in devices
    }
    found = [
        _entity(entry, names.get(entry["device_id"], ""))
        for entry in entries
        if entry["platform"] == DOMAIN and not entry["disabled_by"]
    ]
    return sorted(found, key=_order)


def _order(entity: Entity) -> tuple[str, str, str]:
    return entity.entry_id, entity.device, entity.entity_id


def _entity(entry: Json, device: str) -> Entity:
    return Entity(
        entity_id=entry["entity_id"],
        entry_id=entry["config_entry_id"],
        own_id=entry["unique_id"].partition(":")[2],
        device_id=entry["device_id"] or "",
        device=device,
        name=entry["name"] or entry["original_name"] or device,
    )
