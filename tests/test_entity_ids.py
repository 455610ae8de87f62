"""Entity ids: made of keys, the same in every language, and official where they can be."""

import json

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import make_entry, set_up
from tests.documentation import ROOT
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.settings import Ptz
from tests.versions import EVERY_VERSION, SINCE_018

LABELS = ("person", "car")
LANGUAGES = ("en", "es", "de", "ja")

OFFICIAL = [
    one["entity_id"]
    for one in json.loads(
        (ROOT / "tests/fixtures/official/registry.json").read_text("utf-8")
    )["entities"]
]

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")


@pytest.fixture
def frigate_options() -> dict[str, object]:
    return {"cameras": ("cam_01", "cam_02"), "faces": {"Eileen": 1}}


@pytest.fixture(autouse=True)
def _house(frigate: FakeFrigate) -> None:
    """Give two cameras all that there are entities for."""
    state = frigate.state
    for name, camera in state.cameras.items():
        camera.audio = camera.lpr = True
        camera.object_descriptions = camera.review_descriptions = True
        camera.audio_labels = ["bark", "breaking_glass"]
        camera.ptz = Ptz(presets=("Front gate",))
        camera.allowed["autotracking"] = True
        frigate.add_zone(name, f"{name}_drive", labels=LABELS)
        frigate.add_zone(name, f"{name}_lawn", labels=LABELS)
    frigate.add_classification("gate", *state.cameras)
    if state.is_017:
        frigate.add_object_classifier("birds", "person")
    state.birdseye = True
    state.gpus["intel-vaapi"] = {"gpu": "12.5%", "mem": "3.1%"}
    state.temperatures["coral" if not state.is_018 else "cpu1"] = 46.25
    if state.is_018:
        frigate.add_profile("away", "Away")


async def registered(
    hass: HomeAssistant, frigate: FakeFrigate, language: str = "en"
) -> dict[str, str]:
    """Return the id of each entity in a Home Assistant of a language, then remove them.

    The config entry is another one each time: of one that was there before, the ids are
    remembered.
    """
    hass.config.language = language
    entry = await set_up(hass, make_entry(frigate.internal_url))
    found = {
        f"{one.domain} {one.unique_id.removeprefix(entry.entry_id)}": one.entity_id
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    assert await hass.config_entries.async_remove(entry.entry_id)
    return found


@EVERY_VERSION
@pytest.mark.parametrize("language", LANGUAGES[1:])
async def test_entity_ids_are_the_same_in_every_language(
    hass: HomeAssistant, frigate: FakeFrigate, language: str
) -> None:
    english = await registered(hass, frigate)
    assert len(english) > 150
    assert await registered(hass, frigate, language) == english


@EVERY_VERSION
async def test_entity_ids_are_made_of_what_an_entity_is_about(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    ids = {*(await registered(hass, frigate)).values()}
    assert ids >= {
        # Nothing follows the device's name.
        "camera.cam_01",
        # A key,
        "binary_sensor.cam_01_motion",
        "sensor.cam_02_review_status",
        "sensor.frigate_skipped_fps",
        "switch.cam_01_enabled",
        # A label,
        "binary_sensor.cam_01_all_occupancy",
        "binary_sensor.cam_01_breaking_glass_sound",
        "sensor.cam_01_person_active_count",
        # A zone and a label,
        "binary_sensor.cam_01_cam_01_drive_person_occupancy",
        "sensor.cam_02_cam_02_lawn_all_count",
        # A part of the server, a person, a model, a preset,
        "sensor.frigate_cpu1_inference_speed",
        "sensor.frigate_intel_vaapi_gpu_load",
        "sensor.frigate_recordings_storage_usage",
        "sensor.frigate_eileen_face_images",
        "sensor.cam_01_gate_classification",
        "button.cam_01_front_gate_ptz_preset",
        # And what the official integration has another word for.
        "number.cam_01_contour_area",
        "number.cam_01_threshold",
        "update.frigate_server",
    }
    assert not any(one.endswith("_2") for one in ids)


@SINCE_018
async def test_an_id_that_the_official_integration_has_is_free_once_it_is_gone(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    alone = {*(await registered(hass, frigate)).values()}
    registry = er.async_get(hass)
    for one in OFFICIAL:
        domain, _, name = one.partition(".")
        made = registry.async_get_or_create(
            domain, "frigate", name, suggested_object_id=name
        )
        assert made.entity_id == one

    entry = await set_up(hass, make_entry(frigate.internal_url))
    beside = er.async_entries_for_config_entry(registry, entry.entry_id)
    numbered = [one for one in beside if one.entity_id.removesuffix("_2") in OFFICIAL]
    assert len(numbered) > len(OFFICIAL) / 2

    for entity in OFFICIAL:
        registry.async_remove(entity)
    # As "Recreate entity IDs" does.
    again = {registry.async_regenerate_entity_id(one) for one in beside}
    assert again == alone
