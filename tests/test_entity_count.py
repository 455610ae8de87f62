"""How many entities a camera with two labels and a zone has, whatever else is on."""

from collections.abc import Callable
from itertools import product
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import make_entry, set_up
from tests.fake_frigate import Camera, FakeFrigate
from tests.fake_frigate.settings import Trigger
from tests.versions import WITH_016

MOST_ENABLED: Final = 20
"""For a camera, whatever it has of the features below."""
MOST: Final = 60
LEFT: Final = 2
"""What later versions of the integration may add to a camera without any of them."""
MOST_WITH_ALL: Final = 68
"""In all, for a camera with all of them."""

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


FEATURES: Final[tuple[Feature, ...]] = (recognize_faces, read_plates, describe, trigger)


def add_camera(frigate: FakeFrigate, name: str, features: list[Feature]) -> None:
    """Add a camera with two labels, both of them in a zone too, and some features."""
    frigate.add_camera(name)
    camera = frigate.state.cameras[name]
    camera.labels = ["person", "car"]
    camera.face_recognition = False
    frigate.add_zone(name, f"{name}_yard", labels=())
    for feature in features:
        feature(camera)


@WITH_016
async def test_a_camera_has_not_too_many_entities(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    combinations = dict[str, list[Feature]]()
    for choice in product((False, True), repeat=len(FEATURES)):
        name = "cam" + "".join("01"[one] for one in choice)
        combinations[name] = [
            one for one, is_on in zip(FEATURES, choice, strict=True) if is_on
        ]
        add_camera(frigate, name, combinations[name])
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
            assert len(found) <= MOST - LEFT, name
        assert enabled <= MOST_ENABLED, name
        assert len(found) <= MOST_WITH_ALL, name
