"""The template that prints a dashboard, for few and many cameras and in both languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.template import Template
from homeassistant.util.yaml import parse_yaml
from scripts.demo_app.frigate import CAMERAS, FACES, WAITING_FACES
from tests.clock import in_time
from tests.common import ADMIN, VIEWER, add_everything, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.services.common import set_up_admin
from tests.versions import EVERY_VERSION

TEMPLATE = Path(__file__).parents[1] / "examples" / "dashboard.jinja"
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
FURNISHED = pytest.mark.parametrize(
    "frigate_options",
    [{"cameras": CAMERAS, "faces": FACES, "train": WAITING_FACES}],
    ids=["furnished"],
)
SIZES = pytest.mark.parametrize(
    "frigate_options",
    [{"cameras": [f"cam_{one}" for one in range(number)]} for number in (1, 4, 12)],
    ids=["one camera", "four cameras", "twelve cameras"],
)


def views(hass: HomeAssistant, text: str | None = None) -> list[dict[str, Any]]:
    """Print the dashboard, read it as the editor does, and return its views."""
    template = Template(text or TEMPLATE.read_text("utf-8"), hass)
    printed = template.async_render(parse_result=False)
    dashboard = parse_yaml(printed)
    assert isinstance(dashboard, dict)
    assert dashboard.keys() == {"views"}
    # It is nothing but what the editor takes: no blank lines, and no code that is left.
    assert all(line.strip() for line in printed.splitlines())
    assert "{" not in printed
    found = dashboard["views"]
    assert isinstance(found, list)
    return found


def cards(view: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the sections and cards of a view."""
    for section in view["sections"]:
        yield section
        yield from section["cards"]


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
        for key in ("entity", "entity_id", "camera_image", "entities")
        for entity_id in cv.ensure_list(part.get(key))
        if isinstance(entity_id, str)
    }
    assert found
    return found


def enabled(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return the entities that are not disabled, with their keys."""
    return {
        one.entity_id: one.unique_id.removeprefix(f"{entry.entry_id}:")
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if one.disabled_by is None
    }


@EVERY_VERSION
@FURNISHED
async def test_nothing_has_to_be_installed_for_it(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    (view,) = views(hass)
    assert view["type"] == "sections"
    assert {card["type"] for card in cards(view)} == STOCK_CARDS
    assert {badge["type"] for badge in view["badges"]} == {"entity"}


@pytest.mark.parametrize("language", ["en", "es"])
@SIZES
async def test_it_shows_every_camera(
    hass: HomeAssistant, frigate: FakeFrigate, language: str
) -> None:
    hass.config.language = language
    frigate.state.cameras["cam_0"].friendly_name = 'The "front": door'
    entry = await set_up_admin(hass, frigate)
    (view,) = views(hass)
    there = enabled(hass, entry)
    shown = entities(view)
    assert shown <= there.keys()
    keys = {there[one] for one in shown}
    for camera in frigate.state.cameras:
        assert {
            f"camera:{camera}",
            f"camera:{camera}:review",
            f"camera:{camera}:review_status",
            f"camera:{camera}:stream",
        } <= keys
    on_server = {key for key in there.values() if not key.startswith("camera:")}
    assert on_server <= keys


@SIZES
async def test_one_camera_is_live_and_the_others_are_beside_it(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    (view,) = views(hass)
    first, *others = frigate.state.cameras
    pictures = {
        card["camera_view"]: card["entity"]
        for card in cards(view)
        if card["type"] == "picture-entity" and "camera_view" in card
    }
    assert pictures == {"live": f"camera.{first}"}
    glances = {
        card["camera_image"]: set(card["entities"])
        for card in cards(view)
        if card["type"] == "picture-glance"
    }
    assert [*glances] == [f"camera.{one}" for one in others]
    for camera in others:
        assert f"binary_sensor.{camera}_motion" in glances[f"camera.{camera}"]
        assert all(f".{camera}_" in one for one in glances[f"camera.{camera}"])
    # Every section has something below its heading.
    assert all(len(section["cards"]) > 1 for section in view["sections"])


async def test_it_is_printed_in_spanish_too(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    hass.config.language = "es"
    await set_up_admin(hass, frigate)
    text = TEMPLATE.read_text("utf-8").replace('language = "en"', 'language = "es"')
    printed = views(hass), views(hass, text)
    english, spanish = ([*cards(view)] for (view,) in printed)
    assert entities(english) == entities(spanish)
    headings = [
        [card["heading"] for card in found if card["type"] == "heading"]
        for found in (english, spanish)
    ]
    assert all(one != other for one, other in zip(*headings, strict=True))
    assert "Eventos recientes" in headings[1]


async def test_birdseye_is_a_camera_without_events(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.birdseye = True
    entry = await set_up_admin(hass, frigate)
    there = enabled(hass, entry)
    (view,) = views(hass)
    assert {one for one in there if one.startswith("camera.")} <= entities(view)
    *_, last = (card for card in cards(view) if card["type"] == "picture-glance")
    assert there[last["camera_image"]] == "server:birdseye"
    assert last["entities"] == []


async def test_it_prints_what_is_off_by_default_once_that_is_enabled(
    hass: HomeAssistant, entity_registry_enabled_by_default: None, frigate: FakeFrigate
) -> None:
    add_everything(frigate)
    entry = await set_up_admin(hass, frigate)
    there = enabled(hass, entry)
    (view,) = views(hass)
    shown = entities(view)
    assert shown <= there.keys()
    on_server = {one for one, key in there.items() if not key.startswith("camera:")}
    assert on_server <= shown


async def test_an_account_of_few_rights_and_a_second_server(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FakeFrigate(cameras=["yard"]) as other:
        for url in (frigate.external_url, other.external_url):
            await set_up(hass, make_entry(url, **VIEWER))
        found = views(hass)
    assert len({view["path"] for view in found}) == 2
    for view, server in zip(found, (frigate, other), strict=True):
        shown = {one for one in entities(view) if one.startswith("camera.")}
        assert shown == {f"camera.{one.lower()}" for one in server.state.cameras}


@EVERY_VERSION
@FURNISHED
async def test_its_buttons_do_what_they_say(
    hass: HomeAssistant,
    fixed_time: None,
    tmp_path: Path,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    hass.config.media_dirs = {"local": str(tmp_path)}
    # With a second server, an action has to know which one it is for.
    async with FakeFrigate() as other:
        await set_up_admin(hass, frigate)
        await set_up(hass, make_entry(other.external_url, **ADMIN))
        view, _ = views(hass)
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
