"""The update entity: the installed and the latest version of Frigate."""

from typing import override

from homeassistant.components.update import UpdateEntity, UpdateEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity.base import ServerEntity
from .runtime import FrigateConfigEntry

PARALLEL_UPDATES = 0

RELEASES = "https://github.com/blakeblackshear/frigate/releases/tag/v"
FRIGATE_UPDATE = UpdateEntityDescription(
    key="update", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the update entity."""
    async_add_entities([FrigateUpdate(entry.runtime_data.server, FRIGATE_UPDATE)])


class FrigateUpdate(ServerEntity, UpdateEntity):
    """The version of the server. It cannot be installed from here, as Frigate has no such route."""

    _attr_title = "Frigate"
    _state_attrs = ("_attr_installed_version", "_attr_latest_version")

    @override
    def _async_update_attrs(self) -> bool:
        if (stats := self.coordinator.data.stats) is None:
            return False
        installed, latest = stats.version, stats.latest_version
        self._attr_installed_version = str(installed) if installed else None
        self._attr_latest_version = str(latest) if latest else None
        self._attr_release_url = f"{RELEASES}{latest}" if latest else None
        return True
