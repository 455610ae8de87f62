"""Sensors that count unreviewed items."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)

from ..aiofrigate import ReviewSummary
from ..coordinator.reviews import ReviewsCoordinator
from ..entity.base import ServerEntity


@dataclass(frozen=True, kw_only=True)
class ReviewsSensorDescription(SensorEntityDescription):
    """A count of unreviewed items."""

    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    value_fn: Callable[[ReviewSummary], int | None]


REVIEWS_SENSORS: tuple[ReviewsSensorDescription, ...] = (
    ReviewsSensorDescription(
        key="unreviewed_alerts", value_fn=lambda summary: summary.unreviewed_alerts
    ),
    ReviewsSensorDescription(
        key="unreviewed_detections",
        value_fn=lambda summary: summary.unreviewed_detections,
    ),
)


class FrigateReviewsSensor(ServerEntity[ReviewsCoordinator], SensorEntity):
    """The number of items of the last 24 hours that this account has not reviewed."""

    entity_description: ReviewsSensorDescription
    _state_attrs = ("_attr_native_value",)

    @override
    def _async_update_attrs(self) -> bool:
        if (summary := self.coordinator.data) is None:
            return False
        self._attr_native_value = self.entity_description.value_fn(summary)
        return True
