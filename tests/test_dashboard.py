"""The example of a dashboard, against a server with the demo's cameras."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.util.yaml import load_yaml_dict
from scripts.demo_app.frigate import CAMERAS, FACES, WAITING_FACES
from tests.common import VERSIONS, sent
from tests.fake_frigate import FakeFrigate
from tests.services.common import set_up_admin
from tests.services.footage_time import in_time

EXAMPLE = Path(__file__).parents[1] / "examples" / "dashboard.yaml"
STOCK_CARDS = {
    "button",
    "entities",
    "gauge",
    "grid",
    "heading",
    "history-graph",
    "logbook",
    "picture-entity",
    "picture-glance",
    "tile",
}
SERVERS = pytest.mark.parametrize(
    "frigate_options",
    [
        {"version": one, "cameras": CAMERAS, "faces": FACES, "train": WAITING_FACES}
        for one in VERSIONS
    ],
    ids=VERSIONS,
)


@pytest.fixture
def view() -> dict[str, Any]:
    """Return the only view there is."""
    (found,) = load_yaml_dict(str(EXAMPLE))["views"]
    assert isinstance(found, dict)
    return found


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping, however deep it is."""
    if isinstance(tree, dict):
        yield tree
        for one in tree.values():
            yield from parts(one)
    elif isinstance(tree, list):
        for one in tree:
            yield from parts(one)


def entities(tree: Any) -> set[str]:
    """Return all entities that are shown, or that something is done to."""
    found = {
        entity_id
        for part in parts(tree)
        for key in ("entity", "entity_id", "camera_image")
        for entity_id in cv.ensure_list(part.get(key))
    }
    assert found
    return found


def test_nothing_has_to_be_installed_for_it(
    view: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    # Reading it gives no warning, such as of a key that stands there twice.
    assert not caplog.get_records("setup")
    assert view["type"] == "sections"
    cards = [
        card for section in view["sections"] for card in (section, *section["cards"])
    ]
    assert {card["type"] for card in cards} == STOCK_CARDS
    assert {badge["type"] for badge in view["badges"]} == {"entity"}
    live = [card for card in cards if card.get("camera_view") == "live"]
    assert len(live) == 1


@SERVERS
async def test_everything_it_shows_is_there_from_the_start(
    hass: HomeAssistant, frigate: FakeFrigate, view: dict[str, Any]
) -> None:
    entry: MockConfigEntry = await set_up_admin(hass, frigate)
    there = {
        one.entity_id
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if one.disabled_by is None
    }
    assert entities(view) <= there
    assert {f"camera.{camera}" for camera in CAMERAS} <= entities(view)


@SERVERS
async def test_its_buttons_do_what_they_say(
    hass: HomeAssistant,
    fixed_time: None,
    tmp_path: Path,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    view: dict[str, Any],
) -> None:
    hass.config.media_dirs = {"local": str(tmp_path)}
    await set_up_admin(hass, frigate)
    done = set()
    for part in parts(view):
        if part.get("action") == "perform-action":
            domain, action = part["perform_action"].split(".")
            assert domain == DOMAIN
            call = hass.services.async_call(
                domain,
                action,
                part.get("data"),
                blocking=True,
                target=part.get("target"),
            )
            await in_time(freezer, call)
            done.add(action)
    assert done == {"create_export", "download_clip", "reprocess_faces"}
    assert sent(frigate, "/api/faces/reprocess")
    (export,) = frigate.state.exporter.exports
    assert (export.camera, export.name) == ("front_door", "From the dashboard")
    assert export.end - export.start == 60
