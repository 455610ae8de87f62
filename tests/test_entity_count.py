"""How many entities a camera with two labels and a zone has, whatever else is on."""

from collections.abc import Callable
from typing import Final

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import make_entry, set_up
from tests.fake_frigate import Camera, FakeFrigate, Ptz
from tests.fake_frigate.settings import Trigger
from tests.versions import WITH_016

MOST_ENABLED: Final = 20
"""For a camera, whatever it has of the features below."""
MOST: Final = 60
LEFT: Final = 2
"""What later versions of the integration may add to a camera without any of them."""
MOST_WITH_ALL: Final = 70
"""In all, for a camera with all of them that stays where it is."""
MOST_MOVING: Final = 11
"""What moves a camera with two presets; each further one adds one."""

type Feature = Callable[[Camera], None]


def recognize_faces(camera: Camera) -> None:
    """Let faces be recognized."""
    camera.face_recognition = True


def read_plates(camera: Camera) -> None:
    """Let license plates be read."""
    camera.lpr = True


def describe(camera: Camera) -> None:
    """Let a language model describe reviews and objects."""
    camera.review_descriptions = camera.object_descriptions = True


def trigger(camera: Camera) -> None:
    """Let a trigger look for something."""
    camera.triggers["bell"] = Trigger("somebody rings the bell")


def move(camera: Camera) -> None:
    """Let the camera be moved, and follow objects by itself."""
    camera.ptz = Ptz(features=("pt", "zoom"), presets=("home", "gate"))
    camera.autotracking = True


def notify(camera: Camera) -> None:
    """Let Frigate send notifications of its own."""
    camera.notifications = True


FEATURES: Final[tuple[Feature, ...]] = (
    recognize_faces,
    read_plates,
    describe,
    trigger,
    move,
    notify,
)


def add_camera(frigate: FakeFrigate, name: str, features: list[Feature]) -> None:
    """Add a camera with two labels, both of them in a zone too, and some features."""
    frigate.add_camera(name)
    camera = frigate.state.cameras[name]
    camera.labels = ["person", "car"]
    camera.face_recognition = camera.notifications = False
    frigate.add_zone(name, f"{name}_yard", labels=())
    for feature in features:
        feature(camera)


def combined() -> list[list[Feature]]:
    """Return none of them and all of them, with and without each."""
    features = [*FEATURES]
    alone = [[one] for one in features]
    others = [[other for other in features if other is not one] for one in features]
    return [[], *alone, *others, features]


@WITH_016
@pytest.mark.parametrize("has_birdseye", [False, True])
async def test_a_camera_has_not_too_many_entities(
    hass: HomeAssistant, frigate: FakeFrigate, has_birdseye: bool
) -> None:
    frigate.state.birdseye = has_birdseye
    combinations = {
        f"cam_{number}": features for number, features in enumerate(combined())
    }
    for name, features in combinations.items():
        add_camera(frigate, name, features)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    for name, features in combinations.items():
        prefix = f"{entry.entry_id}:camera:{name}"
        found = [
            one
            for one in entities
            if one.unique_id == prefix or one.unique_id.startswith(f"{prefix}:")
        ]
        enabled = sum(one.disabled_by is None for one in found)
        if not features:
            # The birdseye view is of all cameras, so that plain ones have a part in it too.
            assert len(found) <= MOST - LEFT, name
        assert enabled <= MOST_ENABLED, name
        moving = MOST_MOVING if move in features else 0
        assert len(found) <= MOST_WITH_ALL + moving, name
