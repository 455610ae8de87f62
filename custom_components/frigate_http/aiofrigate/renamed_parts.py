"""What Frigate 0.18 calls the hardware that older versions call by other names."""

from collections.abc import Collection, Mapping

from .configuration import Config
from .stats import GpuStats, Stats

_INTEL_GPUS = ("intel-vaapi", "intel-qsv", "intel-gpu")
"""Names of the one Intel GPU that older versions know."""
_DETECTOR_TYPES: Mapping[str, str] = {"apex": "edgetpu", "hailo": "hailo8l"}
"""How older versions begin the names of temperatures, and the types of their detectors."""


def renamed_gpus(gone: Collection[str], stats: Stats) -> dict[str, str]:
    """Return the new names of GPUs that the stats lack, where that is certain.

    Older versions call an Intel GPU after its driver, newer ones by its own name.
    """
    intel = [name for name, gpu in stats.gpus.items() if _is_intel(name, gpu)]
    if len(intel) != 1:
        return {}
    return {name: intel[0] for name in _INTEL_GPUS if name in gone}


def renamed_temperatures(
    gone: Collection[str], stats: Stats, config: Config
) -> dict[str, str]:
    """Return the new names of temperatures that the stats lack, where that is certain.

    Older versions list them by device, such as `apex_0`, newer ones have them with the
    detectors: Frigate gives the first device of a type to its first detector, and so on.
    """
    devices = sorted(filter(is_device, gone))
    if len(devices) == len(stats.temperatures) == 1:
        return dict(zip(devices, stats.temperatures, strict=True))
    found: dict[str, str] = {}
    for prefix, kind in _DETECTOR_TYPES.items():
        own = (name for name in devices if name.startswith(prefix))
        detectors = (
            name for name in stats.detectors if config.detectors.get(name) == kind
        )
        found |= zip(own, detectors, strict=False)
    return {old: new for old, new in found.items() if new in stats.temperatures}


def is_device(temperature: str) -> bool:
    """Return whether a temperature is named after a device and not after a detector."""
    return temperature.startswith(tuple(_DETECTOR_TYPES))


def _is_intel(name: str, gpu: GpuStats) -> bool:
    return "intel" in (gpu.vendor or name).casefold()
