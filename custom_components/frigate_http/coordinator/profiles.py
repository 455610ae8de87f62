"""The active profile: pushed, or polled while the select entity is enabled."""

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
    """Tracks the active profile of Frigate 0.18 and newer.

    A profile may change any setting of any camera, but Frigate pushes only the states of
    switches. So the configuration is read again after each change.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
        live: LiveCoordinator,
    ) -> None:
        """Initialize and subscribe to pushes; sends nothing before the first listener."""
        super().__init__(hass, entry, client, server, "profiles", PROFILES_INTERVAL)
        self._live = live
        self._seen: ProfileState | None = None
        entry.async_on_unload(live.async_subscribe_topic(PROFILE, self._on_push))

    @property
    def is_pushed(self) -> bool:
        """Return whether the active profile is known from a push."""
        return self._live.state.profile is not None

    @property
    def active(self) -> ProfileState | None:
        """Return the active profile as pushed, else as polled; None if unknown."""
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
        """Update the select entity, and read the configuration after a change."""
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
            # Otherwise an old response would reappear when the connection is lost.
            self.data = replace(self.data, active=pushed.name)
        if self._listeners:
            self.async_update_listeners()
            if pushed is None:
                self._fresh = True
                self._refresh_in_background()
