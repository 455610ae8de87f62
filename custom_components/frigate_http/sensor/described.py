"""Sensor of what a language model wrote about the last review item."""

from typing import override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription

from ..entity.described import DescribedEntity
from ..live.camera_state import DescribedReview

LAST_REVIEW = SensorEntityDescription(key="last_review")
_SUMMARY = "summary"


class LastReviewSensor(DescribedEntity, SensorEntity):
    """The title of the last described review item; the summary is kept in no history."""

    _description = LAST_REVIEW
    _state_attrs = ("_attr_native_value", "_attr_extra_state_attributes")
    _unrecorded_attributes = frozenset({_SUMMARY})

    @override
    def _async_update_described(self, described: DescribedReview | None) -> None:
        texts = None if described is None else described.texts
        self._attr_native_value = None if texts is None else texts.title
        summary = None if texts is None else texts.summary
        self._attr_extra_state_attributes = {_SUMMARY: summary}
