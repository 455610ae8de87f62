"""What the recordings of each camera take up, asked while an entity shows it."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..aiofrigate import CameraConfig, CameraStorage, FrigateClient
from ..const import LOGGER
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

STORAGE_INTERVAL = timedelta(minutes=15)


class StorageCoordinator(OnDemandCoordinator[Mapping[str, CameraStorage]]):
    """Polls what the recordings take up, by the name of the camera.

    Frigate lists it by friendly names. A camera is missing if another one is called the
    same: which of them the figures are of, nobody can tell.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Initialize; sends nothing before the first listener."""
        super().__init__(hass, entry, client, server, "storage", STORAGE_INTERVAL)
        self._warned: frozenset[str] = frozenset()

    @override
    async def _async_read(self, *, fresh: bool) -> Mapping[str, CameraStorage]:
        listed = await self.client.recordings.storage(fresh=fresh)
        # Also those that this entry does not have: they are listed as well.
        names = {
            camera: _listed_name(config)
            for camera, config in self.server.data.config.cameras.items()
        }
        shared = {one for one, times in Counter(names.values()).items() if times > 1}
        self._warn(frozenset(shared & {*listed}))
        return {
            camera: listed[name]
            for camera, name in names.items()
            if name in listed and name not in shared
        }

    def _warn(self, shared: frozenset[str]) -> None:
        """Say once why the storage of some cameras is unknown."""
        if shared - self._warned:
            LOGGER.warning(
                "%s: Frigate lists the storage of several cameras under the same name "
                "(%s), so it is unknown. Give each camera its own friendly name in Frigate",
                self.name,
                ", ".join(sorted(shared)),
            )
        self._warned = shared


def _listed_name(camera: CameraConfig) -> str:
    return camera.friendly_name or camera.name
