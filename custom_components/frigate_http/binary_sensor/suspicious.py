"""Binary sensor of what a language model finds suspicious."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HassJob, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..entity.described import DescribedEntity
from ..live.camera_state import DescribedReview

SUSPICIOUS = BinarySensorEntityDescription(key="suspicious")
_DAY = timedelta(days=1).total_seconds()


class SuspiciousBinarySensor(DescribedEntity, BinarySensorEntity):
    """Whether the last described review item of the last 24 hours is suspicious."""

    _description = SUSPICIOUS
    _state_attrs = ("_attr_is_on", "_attr_extra_state_attributes")
    _cancel_end: Callable[[], None] | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe, and end with the entity what is scheduled."""
        self.async_on_remove(self._drop_end)
        await super().async_added_to_hass()

    @override
    def _async_update_described(self, described: DescribedReview | None) -> None:
        self._drop_end()
        clock, now = self.coordinator.client.clock, dt_util.utcnow().timestamp()
        left = (
            0.0 if described is None else described.start + _DAY - clock.estimate(now)
        )
        threat = described.texts.threat if described is not None and left > 0 else None
        self._attr_is_on = bool(threat)
        self._attr_extra_state_attributes = {
            "threat_level": threat,
            "max_threat_level": self.coordinator.client.capabilities.max_threat,
        }
        if threat is not None:
            job = HassJob(self._end, cancel_on_shutdown=True)
            self._cancel_end = async_call_later(self.hass, left, job)

    @callback
    def _end(self, _now: datetime) -> None:
        self._cancel_end = None
        self._handle_coordinator_update()

    @callback
    def _drop_end(self) -> None:
        if self._cancel_end is not None:
            self._cancel_end()
            self._cancel_end = None
