"""Buttons: restart Frigate, move a camera."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.button import (
    ButtonDeviceClass,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..entity.dynamic import async_add_as_they_appear
from ..errors import action_errors
from ..runtime import FrigateConfigEntry
from .ptz import async_add_ptz_buttons

PARALLEL_UPDATES = 1

# Off by default: whoever may use Home Assistant at all may press a button.
RESTART_BUTTON = ButtonEntityDescription(
    key="restart",
    device_class=ButtonDeviceClass.RESTART,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons, once the account turns out to be allowed what they do."""
    runtime = entry.runtime_data
    async_add_as_they_appear(
        runtime.server, async_add_entities, _buttons, FrigateRestartButton
    )
    async_add_ptz_buttons(runtime.ptz, runtime.commands, async_add_entities)


def _buttons(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[ButtonEntityDescription]]:
    if coordinator.data.profile.is_admin:
        yield (RESTART_BUTTON,)


class FrigateRestartButton(ServerEntity, ButtonEntity):
    """Restarts Frigate, which is gone for up to a minute then."""

    @override
    def _async_update_attrs(self) -> bool:
        return self.coordinator.data.profile.is_admin

    @override
    async def async_press(self) -> None:
        """Restart."""
        with action_errors():
            await self.coordinator.client.system.restart()
