"""Switches for the features of each camera."""

from functools import partial
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aiofrigate import FeatureValue
from .entity.control import ControlEntity, async_add_controls
from .runtime import FrigateConfigEntry

# Each command waits until Frigate has applied it.
PARALLEL_UPDATES = 4


def _switch(feature: str, *, on_by_default: bool = False) -> SwitchEntityDescription:
    return SwitchEntityDescription(
        key=feature,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=on_by_default,
    )


FEATURE_SWITCHES: tuple[SwitchEntityDescription, ...] = (
    _switch("enabled", on_by_default=True),
    _switch("detect", on_by_default=True),
    _switch("recordings", on_by_default=True),
    _switch("snapshots"),
    _switch("motion"),
    _switch("audio"),
    _switch("notifications"),
    _switch("review_alerts"),
    _switch("review_detections"),
    _switch("improve_contrast"),
    _switch("object_descriptions"),
    _switch("review_descriptions"),
    _switch("ptz_autotracker"),
    _switch("birdseye"),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of every camera, if the account is an administrator."""
    runtime = entry.runtime_data
    async_add_controls(
        runtime.server,
        async_add_entities,
        FEATURE_SWITCHES,
        partial(FrigateSwitch, runtime.commands),
    )


class FrigateSwitch(ControlEntity, SwitchEntity):
    """A feature of a camera."""

    _state_attrs = ("_attr_is_on",)

    @override
    def _set_value_attrs(self, value: FeatureValue | None) -> None:
        self._attr_is_on = None if value is None else bool(value)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the feature on; Frigate turns motion detection on together with detection."""
        await self._async_set(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the feature off."""
        await self._async_set(False)
