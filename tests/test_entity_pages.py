"""The tables of entities in docs: every kind of entity, by its name in each language."""

import re

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.common import add_everything
from tests.conftest import make_entry, set_up
from tests.documentation import READMES, pages
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.settings import Ptz
from tests.versions import VERSIONS

# The newest version has the most entities.
OPTIONS = {"version": VERSIONS[-1], "faces": {"Eileen": 1}}

pytestmark = pytest.mark.parametrize(
    ("frigate_options", "language"),
    [(OPTIONS, language) for language in READMES],
    ids=READMES,
)

_ROW = re.compile(
    r"^\| (?P<name>[^|]+) \| `(?P<id>\w+\.\w+)` \| (?P<enabled>[^|]+) \|", re.MULTILINE
)
_ENABLED = {"en": {"yes": True, "no": False}, "es": {"sí": True, "no": False}}


@pytest.fixture(autouse=True)
def _house(frigate: FakeFrigate) -> None:
    """Give a camera and the server all that there are entities for."""
    add_everything(frigate)
    camera = frigate.state.cameras["front_door"]
    camera.friendly_name = None
    camera.lpr = camera.object_descriptions = camera.review_descriptions = True
    camera.autotracking = True
    camera.audio_labels = ["bark"]
    camera.ptz = Ptz(presets=("Gate",))
    frigate.add_zone("front_door", "yard", labels=("person",))
    frigate.add_classification("gate", "front_door")
    frigate.add_trigger("front_door", "parcel")
    frigate.add_object_classifier("courier", "person")
    frigate.add_profile("away", "Away")


def rows(language: str) -> dict[str, tuple[str, bool]]:
    """Return the name of each entity on the page, and whether it is enabled."""
    (page,) = (one for one in pages(language) if one.stem == "entities")
    found: dict[str, tuple[str, bool]] = {}
    for row in _ROW.finditer(page.read_text("utf-8")):
        assert row["id"] not in found
        found[row["id"]] = row["name"], _ENABLED[language][row["enabled"]]
    return found


def kind(entity: er.RegistryEntry) -> tuple[str, ...]:
    """Return what an entity is one of many of: those of all cameras, zones and labels."""
    _entry, device, *key = entity.unique_id.split(":")
    if device == "camera":
        _name, *key = key or [""]
        if key[:1] == ["zone"]:
            _zone, _name, *key = key
            device = "zone"
    return entity.domain, device, *key[:1]


async def test_every_kind_of_entity_is_on_the_page(
    hass: HomeAssistant, frigate: FakeFrigate, language: str
) -> None:
    hass.config.language = language
    entry = await set_up(hass, make_entry(frigate.internal_url))
    there = {
        one.entity_id: one
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    described = rows(language)
    assert described.keys() <= there.keys()
    for entity_id, found in described.items():
        entity = there[entity_id]
        # A camera is called as its device is.
        device = dr.async_get(hass).async_get(entity.device_id or "")
        name = entity.original_name or (device and device.name)
        assert found == (name, entity.disabled_by is None), entity_id
    assert {kind(there[one]) for one in described} == {*map(kind, there.values())}
