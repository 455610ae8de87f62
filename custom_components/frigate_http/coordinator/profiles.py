"""Which profile is active, polled while the select shows it, unless it is pushed."""

from dataclasses import replace
from datetime import timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import FrigateClient, Profiles, ProfileState
from ..live.topics import PROFILE
from .live import LiveCoordinator
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

PROFILES_INTERVAL = timedelta(seconds=60)


class ProfilesCoordinator(OnDemandCoordinator[Profiles]):
    """Knows the active profile.

    Another profile may change any setting of any camera, and Frigate tells only of the
    switches: the configuration is read after each change.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
        live: LiveCoordinator,
    ) -> None:
        """Prepare, and follow what is pushed; nothing is sent before somebody listens."""
        super().__init__(hass, entry, client, server, "profiles", PROFILES_INTERVAL)
        self._live = live
        self._seen: ProfileState | None = None
        entry.async_on_unload(live.async_follow(PROFILE, self._on_push))

    @property
    def active(self) -> ProfileState | None:
        """Return what is active, as it was pushed or else answered; None if unknown."""
        pushed = self._live.state.profile
        if pushed is not None or self.data is None:
            return pushed
        return ProfileState(self.data.active)

    @override
    async def _async_read(self, *, fresh: bool) -> Profiles:
        return await self.client.controls.profiles(fresh=fresh)

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Show what is active, and read the settings that come with it."""
        before, active = self._seen, self.active
        if active is not None:
            self._seen = active
        super().async_update_listeners()
        if before not in (None, self._seen):
            self._in_background(self.server.async_refresh_config(), "catch up")

    @callback
    def _on_push(self) -> None:
        pushed = self._live.state.profile
        if pushed is not None and self.data is not None:
            # What was answered before must not come back when the connection is lost.
            self.data = replace(self.data, active=pushed.name)
        if self._listeners:
            self.async_update_listeners()
            if pushed is None:
                self._fresh = True
                self._poll_soon()
