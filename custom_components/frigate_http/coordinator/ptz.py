"""The PTZ features and presets of the cameras."""

import asyncio
from collections.abc import Mapping
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import Config, FrigateClient, FrigateError, PtzInfo
from ..const import LOGGER
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

PARALLEL_READS = 2
_NO_PTZ = PtzInfo((), ())


class PtzCoordinator(OnDemandCoordinator[Mapping[str, PtzInfo]]):
    """Reads PTZ features and presets of the cameras that Frigate can move.

    Frigate asks the camera itself, which may be slow. So they are read only when the
    configuration changes; after a failure, or to confirm that something is missing, with
    each read of the configuration.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Initialize; sends nothing before the first listener."""
        super().__init__(hass, entry, client, server, "PTZ", None)
        self._infos: dict[str, PtzInfo] = {}
        self._config: Config | None = None
        self._read_at = server.config_read_at
        self._doubtful = set[str]()
        self._answered = set[str]()
        self.finished_at: float | None = None
        """The read of the configuration that the last answers belong to."""
        self._places = asyncio.Semaphore(PARALLEL_READS)

    def of(self, camera: str) -> PtzInfo:
        """Return the PTZ features of a camera that this account may use."""
        config = self.server.data.cameras.get(camera)
        if config is None or not config.has_ptz or not self.may_move:
            return _NO_PTZ
        return self._infos.get(camera, _NO_PTZ)

    def has_answered(self, camera: str) -> bool:
        """Return whether it is certain now what a camera cannot do.

        That is so if it was just asked, or if Frigate is not configured to move it.
        """
        config = self.server.data.cameras.get(camera)
        is_movable = config is not None and config.has_ptz
        return not is_movable or camera in self._answered

    @callback
    def async_read_again(self, camera: str) -> None:
        """Ask a camera once more with the next read of the configuration."""
        self._doubtful.add(camera)

    @property
    def may_move(self) -> bool:
        """Return whether this account may move cameras."""
        capabilities = self.client.capabilities
        return self.server.data.profile.is_admin or bool(
            capabilities.lets_viewers_move_cameras
        )

    @callback
    @override
    def _handle_server_update(self) -> None:
        """Read again after each read of the configuration."""
        if self.server.config_read_at != self._read_at:
            self._read_at = self.server.config_read_at
            self._is_due = True
        super()._handle_server_update()

    @override
    async def _async_read(self, *, fresh: bool) -> Mapping[str, PtzInfo]:
        data = self.server.data
        can_move = {name for name, one in data.cameras.items() if one.has_ptz}
        has_changed, self._config = data.config != self._config, data.config
        unsure = self._doubtful | (can_move - self._infos.keys())
        pending = can_move if has_changed else can_move & unsure
        read_at = data.config_read_at
        self._answered = set()
        results = await asyncio.gather(*map(self._async_read_camera, pending))
        infos = {**self._infos, **dict(zip(pending, results, strict=True))}
        self._infos = {
            name: info
            for name, info in infos.items()
            if name in can_move and info != _NO_PTZ
        }
        self._doubtful -= self._answered
        self.finished_at = read_at
        return self._infos

    async def _async_read_camera(self, camera: str) -> PtzInfo:
        try:
            # Frigate asks the camera, which may take its time. With many cameras at once,
            # the last ones would fail, and the polls beside them as well.
            async with self._places:
                info = await self.client.controls.ptz_info(camera)
        except FrigateError as err:
            # Keep the last known features, which have most likely not changed.
            LOGGER.debug("Cannot read PTZ features of %s: %s", camera, err.message)
            return self._infos.get(camera, _NO_PTZ)
        if info != _NO_PTZ:
            # A camera that is off can do nothing, for the moment.
            self._answered.add(camera)
        return info
