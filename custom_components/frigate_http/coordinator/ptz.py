"""How the cameras can be moved, which is asked once and never waited for."""

import asyncio
from collections.abc import Mapping
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import Config, FrigateClient, FrigateError, PtzInfo
from ..const import LOGGER
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

_NOTHING = PtzInfo((), ())


class PtzCoordinator(OnDemandCoordinator[Mapping[str, PtzInfo]]):
    """What each camera can do that Frigate may move.

    Frigate asks the camera itself, which may take its time. It is asked when the
    configuration changes, and as long as there is no good answer, with each read of it.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Prepare; nothing is sent before somebody listens."""
        super().__init__(hass, entry, client, server, "PTZ", None)
        self._infos: dict[str, PtzInfo] = {}
        self._config: Config | None = None
        self._read_at = server.config_read_at

    def of(self, camera: str) -> PtzInfo:
        """Return how a camera can be moved now, by this account."""
        config = self.server.data.cameras.get(camera)
        if config is None or not config.has_ptz or not self._may_move:
            return _NOTHING
        return self._infos.get(camera, _NOTHING)

    @property
    def _may_move(self) -> bool:
        capabilities = self.client.capabilities
        return self.server.data.profile.is_admin or bool(
            capabilities.lets_viewers_move_cameras
        )

    @callback
    @override
    def _catch_up(self) -> None:
        """Ask whenever there may be another answer."""
        if self.server.config_read_at != self._read_at:
            self._read_at = self.server.config_read_at
            self._is_due = True
        super()._catch_up()

    @override
    async def _async_read(self, *, fresh: bool) -> Mapping[str, PtzInfo]:
        data = self.server.data
        can_move = {name for name, one in data.cameras.items() if one.has_ptz}
        is_other, self._config = data.config != self._config, data.config
        asked = can_move if is_other else can_move - self._infos.keys()
        answers = await asyncio.gather(*map(self._ask_of, asked))
        found = {**self._infos, **dict(zip(asked, answers, strict=True))}
        self._infos = {
            name: info
            for name, info in found.items()
            if name in can_move and info != _NOTHING
        }
        return self._infos

    async def _ask_of(self, camera: str) -> PtzInfo:
        try:
            return await self.client.controls.ptz_info(camera)
        except FrigateError as err:
            # What was known of it is most likely still so.
            LOGGER.debug("%s cannot be moved yet: %s", camera, err.message)
            return self._infos.get(camera, _NOTHING)
