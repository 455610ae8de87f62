"""What Frigate 0.18 calls the hardware that older versions call by other names."""

from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    Config,
    Stats,
    is_device,
    renamed_gpus,
    renamed_temperatures,
)

OWN_NAME = {"Intel iGPU": {"gpu": "12%"}}


@pytest.mark.parametrize(
    ("gone", "gpus", "names"),
    [
        (["intel-vaapi"], OWN_NAME, {"intel-vaapi": "Intel iGPU"}),
        (["intel-qsv"], OWN_NAME, {"intel-qsv": "Intel iGPU"}),
        (["intel-gpu"], OWN_NAME, {"intel-gpu": "Intel iGPU"}),
        (["intel-qsv"], {"intel-gpu": {}}, {"intel-qsv": "intel-gpu"}),
        (["intel-gpu"], {"Iris Xe": {"vendor": "intel"}}, {"intel-gpu": "Iris Xe"}),
        (
            ["intel-qsv", "intel-vaapi"],
            {**OWN_NAME, "NVIDIA T400": {"vendor": "nvidia"}},
            {"intel-vaapi": "Intel iGPU", "intel-qsv": "Intel iGPU"},
        ),
        # There is nobody to tell which of two it was.
        (["intel-vaapi"], {**OWN_NAME, "Intel Arc A380": {}}, {}),
        (["intel-vaapi"], {"NVIDIA T400": {"vendor": "nvidia"}}, {}),
        (["intel-vaapi"], {"Intel of the name only": {"vendor": "amd"}}, {}),
        (["NVIDIA T400", "error-gpu", "amd-vaapi"], OWN_NAME, {}),
        (["intel-vaapi"], {}, {}),
        ([], OWN_NAME, {}),
    ],
)
def test_an_intel_gpu_is_found_again(
    gone: list[str], gpus: dict[str, Any], names: dict[str, str]
) -> None:
    assert renamed_gpus(gone, Stats.from_api({"gpu_usages": gpus})) == names


@pytest.mark.parametrize(
    ("gone", "detectors", "names"),
    [
        (["apex_0"], {"coral": ("edgetpu", 46)}, {"apex_0": "coral"}),
        (["hailo8l-0"], {"hat": ("hailo8l", 46)}, {"hailo8l-0": "hat"}),
        # Whatever type is told, there is only one.
        (["apex_0"], {"a": ("cpu", None), "b": (None, 46)}, {"apex_0": "b"}),
        (
            ["apex_1", "apex_0"],
            {"west": ("edgetpu", 46), "x": ("cpu", None), "east": ("edgetpu", 47)},
            {"apex_0": "west", "apex_1": "east"},
        ),
        (
            ["apex_0", "hailo8l-0"],
            {"hat": ("hailo8l", 46), "coral": ("edgetpu", 47)},
            {"apex_0": "coral", "hailo8l-0": "hat"},
        ),
        # The first of two cannot be read now.
        (
            ["apex_0", "apex_1"],
            {"a": ("edgetpu", None), "b": ("edgetpu", 47), "c": ("hailo8l", 40)},
            {"apex_1": "b"},
        ),
        (["apex_0"], {"a": ("openvino", 46), "b": ("openvino", 47)}, {}),
        # A detector that was renamed by its owner is another one.
        (["coral"], {"coral1": ("edgetpu", 46)}, {}),
        (["apex_0"], {}, {}),
        ([], {"coral": ("edgetpu", 46)}, {}),
    ],
)
def test_temperatures_of_devices_are_found_again(
    gone: list[str],
    detectors: dict[str, tuple[str | None, float | None]],
    names: dict[str, str],
) -> None:
    stats = {
        name: {} if degrees is None else {"temperature": degrees}
        for name, (_type, degrees) in detectors.items()
    }
    config = {name: {"type": kind} for name, (kind, _degrees) in detectors.items()}
    found = renamed_temperatures(
        gone,
        Stats.from_api({"detectors": stats}),
        Config.from_api({"detectors": config}),
    )
    assert found == names


def test_devices_are_told_from_detectors() -> None:
    assert [one for one in ("apex_0", "hailo8-1", "coral", "") if is_device(one)] == [
        "apex_0",
        "hailo8-1",
    ]
