"""Sensors of hardware: detectors, GPUs, NPUs, storage and temperatures."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import UnitOfInformation, UnitOfTemperature
from homeassistant.core import callback
from homeassistant.helpers.typing import StateType

from ..aiofrigate import Config, Stats, is_device, renamed_gpus, renamed_temperatures
from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..inventory import as_title, server_key_and_part, server_unique_id
from .base import HealthSensorDescription, milliseconds, percent, stats_are_settled

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
    of_detectors: bool = False
    """Whether it lasts as long as the configuration has a detector of that name."""
    renamed_fn: Callable[[Collection[str], Stats, Config], Mapping[str, str]] = (
        lambda _gone, _stats, _config: {}
    )
    """The new names of parts that the stats lack."""


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


def _gpu(common: Mapping[str, Any]) -> dict[str, Any]:
    """Return the common fields of sensors of GPUs."""
    return {
        **common,
        "parts_fn": lambda stats: stats.gpus,
        "renamed_fn": lambda gone, stats, _config: renamed_gpus(gone, stats),
    }


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
        of_detectors=True,
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
        **_gpu(percent("gpu_load")),
        value_fn=lambda gpu: gpu.load,
    ),
    PartSensorDescription(
        **_gpu(percent("gpu_memory")),
        value_fn=lambda gpu: gpu.memory,
    ),
    PartSensorDescription(
        **_gpu(percent("gpu_encoder")),
        value_fn=lambda gpu: gpu.encoder,
    ),
    PartSensorDescription(
        **_gpu(percent("gpu_decoder")),
        value_fn=lambda gpu: gpu.decoder,
    ),
    PartSensorDescription(
        **_gpu(percent("gpu_compute")),
        value_fn=lambda gpu: gpu.compute,
        needs_value=True,
    ),
    PartSensorDescription(
        **_gpu(_celsius("gpu_temperature")),
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
        of_detectors=True,
        renamed_fn=renamed_temperatures,
    ),
)

_BY_KEY = {one.key: one for one in PART_SENSORS}


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


def is_missing_for_the_moment(coordinator: ServerCoordinator, unique_id: str) -> bool:
    """Return whether a part that has no value now may be there nevertheless."""
    found = server_key_and_part(coordinator.config_entry, unique_id)
    if found is None or (stats := coordinator.data.stats) is None:
        return True
    (key, part), detectors = found, coordinator.data.config.detectors
    description = _BY_KEY[key]
    if description.of_detectors and not is_device(part):
        # The configuration is certain, also right after a restart.
        return part in detectors or not detectors
    if not stats_are_settled(coordinator) or part in detectors:
        return True
    if stats.has_gpu_error and description.parts_fn(stats) is stats.gpus:
        return True
    return part in description.parts_fn(stats) and description.exists_fn(part)


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
        self.async_rename_part(part)
        if part in description.on_for:
            self._attr_entity_registry_enabled_default = True

    @callback
    def async_rename_part(self, part: str) -> None:
        """Show the statistic of a part, which Frigate may call by a new name."""
        self._attr_unique_id = server_unique_id(
            self.coordinator.config_entry, self.entity_description.key, part
        )
        self._part = part
        self._subject = (_part_name(part),)
        self._attr_translation_placeholders = {"part": as_title(_part_name(part))}

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
