"""Sensors of hardware: detectors, GPUs, NPUs, storage and temperatures."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import UnitOfInformation, UnitOfTemperature
from homeassistant.helpers.typing import StateType

from ..aiofrigate import Stats
from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..inventory import as_title
from .base import HealthSensorDescription, milliseconds, percent

RECORDINGS = "/media/frigate/recordings"


@dataclass(frozen=True, kw_only=True)
class PartSensorDescription(HealthSensorDescription):
    """A statistic of each part of a kind, such as every detector or GPU."""

    parts_fn: Callable[[Stats], Mapping[str, Any]]
    value_fn: Callable[[Any], StateType]
    exists_fn: Callable[[str], bool] = lambda _part: True
    needs_value: bool = False
    """Whether only some parts of the kind have a value at all."""
    on_for: tuple[str, ...] = ()
    """Parts whose sensor is enabled by default, unlike that of others."""


def _storage(key: str) -> dict[str, Any]:
    """Return the common fields of storage size sensors."""
    return {
        "key": key,
        "device_class": SensorDeviceClass.DATA_SIZE,
        "native_unit_of_measurement": UnitOfInformation.GIBIBYTES,
        "suggested_display_precision": 1,
        # Two decimals, because the shared memory is smaller than one GiB.
        "decimals": 2,
        "parts_fn": lambda stats: stats.storage,
    }


def _gibibytes(mebibytes: float | None) -> float | None:
    return None if mebibytes is None else mebibytes / 1024


def _celsius(key: str) -> dict[str, Any]:
    """Return the common fields of temperature sensors."""
    return {
        "key": key,
        "device_class": SensorDeviceClass.TEMPERATURE,
        "native_unit_of_measurement": UnitOfTemperature.CELSIUS,
        "suggested_display_precision": 1,
    }


PART_SENSORS: tuple[PartSensorDescription, ...] = (
    PartSensorDescription(
        **milliseconds("inference_speed", on=True),
        parts_fn=lambda stats: stats.detectors,
        value_fn=lambda detector: detector.inference_speed,
    ),
    PartSensorDescription(
        **percent("storage_usage", on=True),
        parts_fn=lambda stats: stats.storage,
        value_fn=lambda storage: storage.used_percent,
        exists_fn=lambda mount: mount == RECORDINGS,
    ),
    PartSensorDescription(
        **_storage("storage_free"),
        value_fn=lambda storage: _gibibytes(storage.free),
        on_for=(RECORDINGS,),
    ),
    PartSensorDescription(
        **_storage("storage_used"),
        value_fn=lambda storage: _gibibytes(storage.used),
    ),
    PartSensorDescription(
        **_storage("storage_total"),
        value_fn=lambda storage: _gibibytes(storage.total),
    ),
    PartSensorDescription(
        **percent("gpu_load"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.load,
    ),
    PartSensorDescription(
        **percent("gpu_memory"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.memory,
    ),
    PartSensorDescription(
        **percent("gpu_encoder"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.encoder,
    ),
    PartSensorDescription(
        **percent("gpu_decoder"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.decoder,
    ),
    PartSensorDescription(
        **percent("gpu_compute"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.compute,
        needs_value=True,
    ),
    PartSensorDescription(
        **_celsius("gpu_temperature"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.temperature,
        needs_value=True,
    ),
    PartSensorDescription(
        **percent("npu_load"),
        parts_fn=lambda stats: stats.npus,
        value_fn=lambda npu: npu.load,
    ),
    PartSensorDescription(
        **percent("npu_memory"),
        parts_fn=lambda stats: stats.npus,
        value_fn=lambda npu: npu.memory,
    ),
    PartSensorDescription(
        **_celsius("npu_temperature"),
        parts_fn=lambda stats: stats.npus,
        value_fn=lambda npu: npu.temperature,
        needs_value=True,
    ),
    PartSensorDescription(
        **_celsius("temperature"),
        parts_fn=lambda stats: stats.temperatures,
        value_fn=lambda temperature: temperature,
    ),
)


def part_sensors(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[PartSensorDescription, str]]:
    """Yield the description and part of each sensor that exists."""
    if (stats := coordinator.data.stats) is None:
        return
    for one in PART_SENSORS:
        for part, values in one.parts_fn(stats).items():
            if one.needs_value and one.value_fn(values) is None:
                continue
            if one.exists_fn(part):
                yield one, part


def _part_name(part: str) -> str:
    """Return the display name of a part; that of a mount is its last folder."""
    return (PurePosixPath(part).name or part) if part.startswith("/") else part


class FrigatePartSensor(ServerEntity, SensorEntity):
    """A statistic of one detector, GPU, NPU, file system or temperature probe."""

    entity_description: PartSensorDescription
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        coordinator: ServerCoordinator,
        description: PartSensorDescription,
        part: str,
    ) -> None:
        """Initialize for a part."""
        super().__init__(coordinator, description)
        self._attr_unique_id = f"{self._attr_unique_id}:{part}"
        self._part = part
        self._subject = (_part_name(part),)
        self._attr_translation_placeholders = {"part": as_title(_part_name(part))}
        if part in description.on_for:
            self._attr_entity_registry_enabled_default = True

    @override
    def _async_update_attrs(self) -> bool:
        if (stats := self.coordinator.data.stats) is None:
            return False
        description = self.entity_description
        part = description.parts_fn(stats).get(self._part)
        self._attr_native_value = (
            None if part is None else description.rounded(description.value_fn(part))
        )
        return True
