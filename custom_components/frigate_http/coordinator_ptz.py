"""How the cameras can be moved, which is asked once and never waited for."""

import asyncio

from homeassistant.core import callback

from .aiofrigate import Config, FrigateError, PtzInfo
from .const import LOGGER
from .coordinator import FrigateCoordinator

_SINCE_018 = (0, 18)
_NOTHING = PtzInfo((), ())


class PtzInventory:
    """What each camera can do that Frigate may move.

    Frigate asks the camera itself, which may take its time. It is asked when the
    configuration changes, and as long as there is no good answer, with each read of it.
    """

    def __init__(self, coordinator: FrigateCoordinator) -> None:
        """Ask in the background, now and whenever there may be another answer."""
        self._coordinator = coordinator
        self._infos: dict[str, PtzInfo] = {}
        self._config: Config | None = None
        self._read_at = 0.0
        coordinator.config_entry.async_on_unload(
            coordinator.async_add_listener(self._catch_up)
        )
        self._catch_up()

    def of(self, camera: str) -> PtzInfo:
        """Return how a camera can be moved now, by this account."""
        return self._infos.get(camera, _NOTHING) if self._may_move else _NOTHING

    @property
    def _may_move(self) -> bool:
        """Since 0.18, whoever sees a camera may move it."""
        version = self._coordinator.version
        return self._coordinator.data.profile.is_admin or (
            version is not None and version.at_least(*_SINCE_018)
        )

    @callback
    def _catch_up(self) -> None:
        coordinator = self._coordinator
        data, read_at = coordinator.data, coordinator.config_read_at
        if read_at == self._read_at:
            return
        self._read_at = read_at
        can_move = {name for name, one in data.cameras.items() if one.has_ptz}
        self._infos = {
            name: info for name, info in self._infos.items() if name in can_move
        }
        is_other = data.config != self._config
        self._config = data.config
        if asked := can_move if is_other else can_move - self._infos.keys():
            coordinator.config_entry.async_create_background_task(
                coordinator.hass, self._ask(asked), f"{coordinator.name} PTZ"
            )

    async def _ask(self, cameras: set[str]) -> None:
        before = dict(self._infos)
        await asyncio.gather(*map(self._ask_of, cameras))
        if self._infos != before:
            self._coordinator.async_update_listeners()

    async def _ask_of(self, camera: str) -> None:
        try:
            info = await self._coordinator.client.controls.ptz_info(camera)
        except FrigateError as err:
            # What was known of it is most likely still so.
            LOGGER.debug("%s cannot be moved yet: %s", camera, err.message)
            return
        if info != _NOTHING:
            self._infos[camera] = info
        else:
            self._infos.pop(camera, None)
