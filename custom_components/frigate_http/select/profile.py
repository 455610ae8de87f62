"""The select entity of the active profile."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..aiofrigate import NO_PROFILE
from ..commands import Commands
from ..coordinator.profiles import ProfilesCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..entity.dynamic import Evidence, async_add_and_remove

PROFILE_SELECT = SelectEntityDescription(key="profile", options=[NO_PROFILE])


@callback
def async_add_profile_select(
    profiles: ProfilesCoordinator,
    commands: Commands,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select entity if there are profiles and the account is an administrator."""

    def _create(_coordinator: ServerCoordinator) -> FrigateProfileSelect:
        return FrigateProfileSelect(profiles, commands)

    async_add_and_remove(
        profiles.server,
        async_add_entities,
        {PROFILE_SELECT.key},
        _selects,
        _create,
        evidence=Evidence(
            is_conclusive=lambda coordinator: coordinator.data.profile.is_admin
        ),
        of_server=True,
    )


def _selects(coordinator: ServerCoordinator) -> Iterator[tuple[()]]:
    if _is_settable(coordinator):
        yield ()


def _is_settable(coordinator: ServerCoordinator) -> bool:
    data = coordinator.data
    return data.profile.is_admin and bool(data.config.profiles)


class FrigateProfileSelect(ServerEntity[ProfilesCoordinator], SelectEntity):
    """The active profile: a set of settings for all cameras."""

    _state_attrs = ("_attr_options", "_attr_current_option")

    def __init__(self, coordinator: ProfilesCoordinator, commands: Commands) -> None:
        """Initialize for a server."""
        super().__init__(coordinator, PROFILE_SELECT)
        self._attr_options = [NO_PROFILE]
        self._commands = commands
        self._server = coordinator.server

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the server too, whose configuration lists the profiles."""
        update = self._handle_coordinator_update
        self.async_on_remove(self._server.async_add_listener(update))
        await super().async_added_to_hass()

    @property
    @override
    def is_reachable(self) -> bool:
        """Return whether the active profile is pushed, or the server answers polls."""
        return self.coordinator.is_pushed or (
            self._server.last_update_success and super().is_reachable
        )

    @override
    def _async_update_attrs(self) -> bool:
        active = self.coordinator.active
        if active is None or not _is_settable(self._server):
            return False
        self._attr_options = [NO_PROFILE, *self._server.data.config.profiles]
        self._attr_current_option = active.name or NO_PROFILE
        return True

    @override
    async def async_select_option(self, option: str) -> None:
        """Activate a profile, or none."""
        name = None if option == NO_PROFILE else option
        await self._commands.async_activate_profile(name)
