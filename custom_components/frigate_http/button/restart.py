"""The button that restarts Frigate."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.button import (
    ButtonDeviceClass,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.const import EntityCategory

from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..errors import action_errors

# Disabled by default, because every user of Home Assistant may press buttons.
RESTART_BUTTON = ButtonEntityDescription(
    key="restart",
    device_class=ButtonDeviceClass.RESTART,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


def restart_buttons(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[ButtonEntityDescription]]:
    """Yield the description, if this account may restart Frigate."""
    if coordinator.data.profile.is_admin:
        yield (RESTART_BUTTON,)


class FrigateRestartButton(ServerEntity, ButtonEntity):
    """Restarts Frigate, which is then unreachable for up to a minute."""

    @override
    def _async_update_attrs(self) -> bool:
        return self.coordinator.data.profile.is_admin

    @override
    async def async_press(self) -> None:
        """Restart Frigate."""
        coordinator = self.coordinator
        with action_errors(self.hass, coordinator.config_entry):
            await coordinator.client.system.restart()
