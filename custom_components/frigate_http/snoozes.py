"""Which cameras of a server are silent, and until when.

Frigate is not told: what notifies people asks here, so it also works while Frigate is away.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

_CHECK_INTERVAL = 60.0
"""Seconds after which a snooze ends at the latest if the clock was set past its end."""


class Snoozes:
    """The snoozed cameras of a server.

    A snooze is over as soon as the clock says so, or the time that has passed. So it
    becomes no longer when the clock is set back.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without a snoozed camera."""
        self._hass = hass
        self._ends: dict[str, tuple[datetime, float]] = {}
        """When snoozes end, by the clock and by the time of the event loop."""
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._listeners: dict[str, Callable[[], None]] = {}

    def until(self, camera: str) -> datetime | None:
        """Return until when a camera is snoozed, or None if it is not."""
        return self._ends[camera][0] if self.seconds_left(camera) else None

    def seconds_left(self, camera: str) -> float:
        """Return for how many more seconds a camera is snoozed; 0 if it is not."""
        if (ends := self._ends.get(camera)) is None:
            return 0.0
        until, deadline = ends
        by_clock = (until - dt_util.utcnow()).total_seconds()
        return max(min(by_clock, deadline - self._hass.loop.time()), 0.0)

    @callback
    def async_snooze(self, camera: str, seconds: float) -> datetime | None:
        """Snooze a camera from now on, and return until when; 0 ends its snooze."""
        # The state of a sensor has no fractions of a second.
        until = dt_util.utcnow().replace(microsecond=0) + timedelta(seconds=seconds)
        self._async_end_at(camera, until, seconds)
        return self.until(camera)

    @callback
    def async_restore(self, camera: str, until: datetime, seconds_left: float) -> None:
        """Snooze a camera for what was left, unless it was snoozed meanwhile."""
        if camera not in self._ends:
            # The clock can be behind after a restart.
            latest = dt_util.utcnow() + timedelta(seconds=seconds_left)
            self._async_end_at(camera, min(until, latest), seconds_left)

    @callback
    def async_add_listener(
        self, camera: str, listener: Callable[[], None]
    ) -> CALLBACK_TYPE:
        """Call the listener of a camera when its snooze changes; return the remover."""
        self._listeners[camera] = listener

        @callback
        def _remove() -> None:
            del self._listeners[camera]

        return _remove

    @callback
    def async_close(self) -> None:
        """Cancel all timers."""
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()

    @callback
    def _async_end_at(self, camera: str, until: datetime, seconds: float) -> None:
        if (cancel := self._timers.pop(camera, None)) is not None:
            cancel()
        self._ends[camera] = until, self._hass.loop.time() + seconds
        self._async_check(camera)

    @callback
    def _async_check(self, camera: str, _now: datetime | None = None) -> None:
        """Forget a snooze that is over; look at any other again within a minute."""
        if left := self.seconds_left(camera):
            job = HassJob(partial(self._async_check, camera), cancel_on_shutdown=True)
            wait = min(left, _CHECK_INTERVAL)
            self._timers[camera] = async_call_later(self._hass, wait, job)
        else:
            del self._ends[camera]
            self._timers.pop(camera, None)
        if (listener := self._listeners.get(camera)) is not None:
            listener()
