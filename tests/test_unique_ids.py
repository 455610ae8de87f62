"""Unique ids: no two are alike, whatever zones, labels and models are called."""

from itertools import product

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.inventory import (
    camera_and_key,
    camera_unique_id,
    server_unique_id,
)

KEYS = ("count", "active_count", "zone")
# What a name may look like: each other, a key, the separator, and what escapes it.
NAMES = (
    "person",
    "count",
    "zone",
    "zone:drive",
    "drive:count:person",
    "person:zone:drive",
    "a:",
    ":a",
    "a\\",
    "a\\:",
    "\\",
    ":",
    "a\nb",
)


@pytest.fixture
def config_entry() -> MockConfigEntry:
    return MockConfigEntry(domain=DOMAIN, entry_id="01JFRIGATE0000000000000000")


def test_no_two_entities_of_a_camera_have_the_same_unique_id(
    config_entry: MockConfigEntry,
) -> None:
    made = [
        camera_unique_id(config_entry, "front_door", key, label, zone=zone)
        for key, label, zone in product(KEYS[:2], NAMES, (None, *NAMES))
    ]
    made += [camera_unique_id(config_entry, "front_door", key) for key in KEYS[:2]]
    made.append(camera_unique_id(config_entry, "front_door"))
    assert len(made) == len(set(made))


def test_no_two_parts_of_the_server_have_the_same_unique_id(
    config_entry: MockConfigEntry,
) -> None:
    made = [
        server_unique_id(config_entry, key, *part)
        for key, part in product(KEYS, ((), *((name,) for name in NAMES)))
    ]
    assert len(made) == len(set(made))


@pytest.mark.parametrize("zone", [None, *NAMES])
@pytest.mark.parametrize("label", NAMES)
def test_the_camera_and_the_key_can_be_read_back(
    config_entry: MockConfigEntry, label: str, zone: str | None
) -> None:
    unique_id = camera_unique_id(config_entry, "a-b_1", "count", label, zone=zone)
    assert camera_and_key(config_entry, unique_id) == ("a-b_1", "count")


def test_what_is_of_no_camera_or_is_the_camera_itself_has_no_key(
    config_entry: MockConfigEntry,
) -> None:
    camera = camera_unique_id(config_entry, "front_door")
    part = server_unique_id(config_entry, "camera", "front_door", "count")
    assert camera_and_key(config_entry, camera) is None
    assert camera_and_key(config_entry, part) is None


def test_what_unique_ids_look_like(config_entry: MockConfigEntry) -> None:
    in_zone = camera_unique_id(
        config_entry, "front_door", "occupancy", "person", zone="drive"
    )
    assert in_zone == (
        "01JFRIGATE0000000000000000:camera:front_door:zone:drive:occupancy:person"
    )
    assert server_unique_id(config_entry, "inference_speed", "coral") == (
        "01JFRIGATE0000000000000000:server:inference_speed:coral"
    )
