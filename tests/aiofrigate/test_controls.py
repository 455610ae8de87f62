"""Reading of profiles and PTZ capabilities."""

import pytest

from custom_components.frigate_http.aiofrigate import Profiles, PtzInfo


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, Profiles((), None)),
        ({"profiles": "none", "active_profile": ""}, Profiles((), None)),
        ({"profiles": [None, {"friendly_name": "x"}]}, Profiles((), None)),
    ],
)
def test_missing_profiles_are_read_as_none(
    data: dict[str, object], expected: Profiles
) -> None:
    assert Profiles.from_api(data) == expected


def test_profiles_are_read() -> None:
    profiles = Profiles.from_api(
        {
            "profiles": [{"name": "away", "friendly_name": "Away"}, {"name": "night"}],
            "active_profile": "away",
        }
    )
    assert [(one.name, one.friendly_name) for one in profiles.choices] == [
        ("away", "Away"),
        ("night", None),
    ]
    assert profiles.active == "away"


def test_ptz_capabilities_are_read() -> None:
    assert PtzInfo.from_api({}) == PtzInfo((), ())
    assert PtzInfo.from_api({"features": ["pt"], "presets": ["home", 1]}) == PtzInfo(
        ("pt",), ("home",)
    )
