"""Whether the cameras record, asked while an entity shows it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
import math
import time
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..aiofrigate import (
    FeatureValue,
    FrigateClient,
    FrigateForbiddenError,
    FrigateNotFoundError,
)
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

INTERVAL = 300
"""Seconds between two requests for a camera."""
MIN_GAP = 300
"""Seconds without a recording that are a problem."""
WRITE_DELAY = 30
"""Seconds until a segment is on disk for certain; it usually takes 10 to 20."""
_EARLY = 5.0
"""Seconds by which a poll may come early."""
_MAX_AGE = 2 * INTERVAL + 60.0
"""Seconds after which an answer is too old, as later requests failed."""


class GapsCoordinator(OnDemandCoordinator[Mapping[str, bool]]):
    """Asks Frigate which cameras have stopped recording, one camera with each poll.

    A listener names its camera as the context. The polls are spread over the interval.
    `feature_value` returns what a feature of a camera is set to at the moment.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
        feature_value: Callable[[str, str], FeatureValue | None],
    ) -> None:
        """Initialize; sends nothing before the first listener."""
        interval = timedelta(seconds=INTERVAL)
        super().__init__(hass, entry, client, server, "recordings", interval)
        self._feature_value = feature_value
        self._records_since: dict[str, float] = {}
        """Since when cameras should record without a break, by the monotonic clock."""
        self._asked_at: dict[str, float] = {}
        self._answers: dict[str, tuple[bool, float]] = {}
        """Whether a camera has stopped recording, and when Frigate said so."""

    def has_stopped(self, camera: str) -> bool | None:
        """Return whether a camera has not recorded for 5 minutes; None if unknown."""
        answer = self._answers.get(camera)
        if answer is None or not self._should_record(camera):
            return None
        has_stopped, answered_at = answer
        return has_stopped if time.monotonic() - answered_at < _MAX_AGE else None

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Poll more often with each camera that has a listener."""
        remove = super().async_add_listener(update_callback, context)
        cameras = len({*self.async_contexts()}) or 1
        self.update_interval = timedelta(seconds=math.ceil(INTERVAL / cameras))
        return remove

    @callback
    @override
    def _handle_server_update(self) -> None:
        """Note which cameras should record; forget the answers about all others."""
        for camera in {*self.async_contexts()}:
            if self._should_record(camera):
                self._records_since.setdefault(camera, time.monotonic())
            else:
                self._records_since.pop(camera, None)
                self._answers.pop(camera, None)
        super()._handle_server_update()

    def _should_record(self, camera: str) -> bool:
        """Return whether a camera has pictures that Frigate is to record now."""
        data = self.server.data
        config = data.cameras.get(camera)
        stats = None if data.stats is None else data.stats.cameras.get(camera)
        return (
            self.server.last_update_success
            and config is not None
            and config.records_always
            and self._feature_value(camera, "enabled") is not False
            and self._feature_value(camera, "recordings") is True
            and stats is not None
            and (stats.camera_fps or 0) > 0
        )

    @override
    async def _async_read(self, *, fresh: bool) -> Mapping[str, bool]:
        now = time.monotonic()
        due = [
            camera
            for camera in sorted({*self.async_contexts()})
            if self._should_record(camera)
            and now - self._asked_at.get(camera, -math.inf) > INTERVAL - _EARLY
        ]
        if due:
            camera = min(due, key=lambda one: self._asked_at.get(one, -math.inf))
            self._asked_at[camera] = now
            await self._async_ask(camera)
        return {camera: answer for camera, (answer, _at) in self._answers.items()}

    async def _async_ask(self, camera: str) -> None:
        now, clock = time.time(), self.client.clock
        before = int(clock.earliest(now)) - WRITE_DELAY
        after = before - MIN_GAP
        try:
            gaps = await self.client.recordings.gaps(camera, after, before)
        except FrigateForbiddenError, FrigateNotFoundError:
            # The role of this account has changed, or the camera is gone.
            self._answers.pop(camera, None)
            return
        seconds = sum(min(one.end, before) - max(one.start, after) for one in gaps)
        has_stopped = seconds >= MIN_GAP
        if has_stopped and self._recorded_for(camera) < clock.latest(now) - after:
            self._answers.pop(camera, None)
        else:
            self._answers[camera] = has_stopped, time.monotonic()

    def _recorded_for(self, camera: str) -> float:
        """Return for how many seconds a camera should have recorded without a break."""
        now, stats = time.monotonic(), self.server.data.stats
        since = self._records_since.setdefault(camera, now)
        uptime = None if stats is None else stats.uptime
        return now - since if uptime is None else min(now - since, uptime)
