"""The blueprints: each one is loaded and run like an imported one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.frigate_http.const import DOMAIN
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
from tests.clock import all_waits
from tests.common import (
    POLL,
    entity_id,
    is_available,
    pass_polls,
    pass_time,
    sent,
    state_of,
)
from tests.documentation import pages, pass_until
from tests.downloads.videos import read_video
from tests.fake_frigate import FakeFrigate, Fault
from tests.live.common import until, until_pushing, until_state
from tests.services.common import set_up_admin
from tests.test_files import MANIFEST

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "blueprints" / AUTOMATION / DOMAIN
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
OCCUPANCY = "camera:front_door:occupancy:person"
STREAM = "camera:front_door:stream"
OTHER_STREAM = "camera:Portones:stream"

type Inputs = dict[str, Any]


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant the blueprints and a media folder; return the folder."""
    folder = tmp_path / "media"
    folder.mkdir()
    (tmp_path / "blueprints").symlink_to(ROOT / "blueprints")
    hass.config.config_dir = str(tmp_path)
    hass.config.media_dirs = {"local": str(folder)}
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


@pytest.fixture
async def entry(
    hass: HomeAssistant, fixed_time: None, media: Path, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry with an admin account."""
    return await set_up_admin(hass, frigate)


@pytest.fixture
def notifications(hass: HomeAssistant) -> list[ServiceCall]:
    """Return the notifications that have been sent."""
    return async_mock_service(hass, "notify", "notify")


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow automations to have timers left when the test ends."""
    return True


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Create an automation from a blueprint, as the editor does."""
    path = f"{DOMAIN}/{name}.yaml"
    automation = {"alias": name, "use_blueprint": {"path": path, "input": inputs}}
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [automation]})
    await hass.async_block_till_done()
    (found,) = hass.states.async_entity_ids(AUTOMATION)
    state = hass.states.get(found)
    # What is not valid is loaded too, as unavailable.
    assert state is not None
    assert state.state == "on"


def named(hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str) -> str:
    """Return the id of an entity that must be there."""
    found = entity_id(hass, entry, domain, key)
    assert found is not None
    return found


def read(name: str) -> dict[str, Any]:
    """Return the parsed YAML of a blueprint."""
    return load_yaml_dict(str(FOLDER / f"{name}.yaml"))


def inputs_of(name: str) -> Mapping[str, dict[str, Any]]:
    """Return the inputs of a blueprint."""
    blueprint = Blueprint(
        read(name), expected_domain=AUTOMATION, schema=BLUEPRINT_SCHEMA
    )
    return blueprint.inputs


def entity_filters() -> Iterator[Any]:
    """Yield the entity filter of each input that has one."""
    for name in NAMES:
        for key, asked in inputs_of(name).items():
            if "entity" in asked["selector"]:
                (offered,) = asked["selector"]["entity"]["filter"]
                yield pytest.param(offered, id=f"{name}-{key}")


# What they say of themselves


@pytest.mark.parametrize("name", NAMES)
def test_every_blueprint_is_described(name: str) -> None:
    about = read(name)["blueprint"]
    assert about["name"].startswith("Frigate: ")
    assert about["description"].endswith(".")
    assert about["homeassistant"] == {"min_version": "2026.8.0"}
    repository = MANIFEST["documentation"]
    where = (FOLDER / f"{name}.yaml").relative_to(ROOT)
    assert about["source_url"] == f"{repository}/blob/main/{where}"
    address = quote(about["source_url"], safe="")
    for language in ("en", "es"):
        (page,) = (one for one in pages(language) if one.stem == "blueprints")
        button = f"blueprint_import/?blueprint_url={address})"
        assert button in page.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_input_is_explained_by_its_selector(name: str) -> None:
    for asked in inputs_of(name).values():
        assert asked["name"]
        assert asked["selector"].keys()
        assert asked.get("description", ".").endswith(".")
        if (offered := asked["selector"].get("config_entry")) is not None:
            assert offered == {"integration": DOMAIN}


@pytest.mark.parametrize("offered", entity_filters())
async def test_inputs_offer_only_matching_entities(
    hass: HomeAssistant, entry: MockConfigEntry, offered: dict[str, Any]
) -> None:
    assert offered["integration"] == DOMAIN
    (domain,) = offered["domain"]
    found = [
        one
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if one.domain == domain
        and one.original_device_class in (*offered.get("device_class", ()), None)
    ]
    assert found


# What they do


async def test_a_person_is_notified_with_a_snapshot(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    media: Path,
    frigate: FakeFrigate,
    notifications: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    seen = named(hass, entry, "binary_sensor", OCCUPANCY)
    await use(hass, "notify_when_seen", seen=[seen])
    await pass_time(hass, freezer, 60)
    person = frigate.object_appears("front_door")
    await until(hass, lambda: bool(notifications), "a notification")
    (call,) = notifications
    assert call.data["title"] == "Front door"
    assert call.data["message"] == "Person detected at 04:01."
    picture = media / call.data["data"]["image"].removeprefix("/media/local/")
    assert picture.read_bytes().startswith(b"\xff\xd8")

    # Back after a moment, it is the same visit; and then it is another one.
    for number, absence in ((1, 5), (2, 90)):
        frigate.object_leaves(person)
        await until_state(hass, entry, "binary_sensor", OCCUPANCY, "off")
        await pass_time(hass, freezer, absence)
        person = frigate.object_appears("front_door")
        await until_state(hass, entry, "binary_sensor", OCCUPANCY, "on")
        await hass.async_block_till_done(wait_background_tasks=True)
        assert len(notifications) == number


async def test_a_person_is_notified_without_a_snapshot_too(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    notifications: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = named(hass, entry, "camera", "camera:front_door")
    await until_pushing(hass, entry, frigate)
    seen = named(hass, entry, "binary_sensor", OCCUPANCY)
    await use(hass, "notify_when_seen", seen=[seen], pause=0)
    frigate.fail("/api/front_door/latest", Fault.status(404))
    person = frigate.object_appears("front_door")
    await until(hass, lambda: bool(notifications), "a notification")
    assert notifications.pop().data["data"]["image"] == f"/api/camera_proxy/{camera}"

    frigate.clear_faults()
    frigate.object_leaves(person)
    await until_state(hass, entry, "binary_sensor", OCCUPANCY, "off")
    frigate.object_appears("front_door")
    await until(hass, lambda: bool(notifications), "a notification")
    assert (
        notifications[0].data["data"]["image"].startswith("/media/local/frigate_http/")
    )


async def test_the_clip_around_a_trigger_is_saved(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    media: Path,
    frigate: FakeFrigate,
    notifications: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = named(hass, entry, "camera", "camera:front_door")
    await use(
        hass,
        "save_clip",
        trigger=[{"trigger": "event", "event_type": "bell"}],
        cameras=[camera],
        then=[
            {
                "action": "notify.notify",
                "data": {"message": f"{{{{ saved['{camera}'].url }}}}"},
            }
        ],
    )
    hass.bus.async_fire("bell")
    while not notifications:
        await all_waits()
        freezer.tick(1)
    path = media / notifications[0].data["message"].removeprefix("/media/local/")
    assert len(read_video(path).video) == pytest.approx(70 * 5, abs=10)


async def test_the_recording_around_a_trigger_is_exported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    notifications: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = named(hass, entry, "camera", "camera:front_door")
    bell = [{"trigger": "event", "event_type": "bell"}]
    await use(hass, "export_and_notify", trigger=bell, camera=camera)
    start = dt_util.utcnow().timestamp()
    hass.bus.async_fire("bell")
    while not notifications:
        await all_waits()
        freezer.tick(1)
    (call,) = notifications
    assert call.data["title"] == "Front door"
    assert call.data["message"] == "Export at 04:00 is ready."
    (export,) = frigate.state.exporter.exports
    assert (export.start, export.end) == (start - 60, start + 30)
    assert call.data["data"]["url"].endswith(f"/exports/{export.file}")


@pytest.mark.parametrize("recognized", [["Eileen"], []], ids=["somebody", "nobody"])
async def test_unknown_faces_are_reprocessed_at_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    notifications: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    recognized: list[str],
) -> None:
    await use(hass, "reprocess_faces", server=entry.entry_id, at="03:30:00")
    frigate.add_face("Eileen", 1)
    frigate.add_training_image()
    for name in recognized:
        frigate.expect_face(frigate.add_training_image(), name)
    await pass_until(hass, freezer, hour=3, minute=30)
    assert sent(frigate, "/api/faces/reprocess")
    assert [call.data["message"] for call in notifications] == recognized


def _let_pass(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float
) -> None:
    """Let time pass without waiting for automations, which wait for it themselves."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)


async def test_failing_cameras_share_one_notification(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    notifications: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    streams = [
        named(hass, entry, "binary_sensor", key) for key in (STREAM, OTHER_STREAM)
    ]
    await use(hass, "warn_when_camera_fails", streams=streams)
    cameras = frigate.state.cameras

    # Soon over, it is no failure, and there is nothing to take back.
    for fps, state in ((0, "off"), (5, "on")):
        cameras["front_door"].fps = fps
        await pass_polls(hass, freezer, 1)
        assert state_of(hass, entry, "binary_sensor", STREAM) == state
    await pass_polls(hass, freezer, 8)
    assert not notifications

    for camera in cameras.values():
        camera.fps = 0
    await pass_polls(hass, freezer, 1)
    _let_pass(hass, freezer, 120)
    await until(hass, lambda: bool(notifications), "a warning")
    assert notifications.pop().data["message"] == "Offline: Front door, Portones."
    for camera in cameras.values():
        camera.fps = 5
    _let_pass(hass, freezer, POLL)
    await until(hass, lambda: bool(notifications), "the all-clear")
    await hass.async_block_till_done()
    (call,) = notifications
    assert call.data["message"] == "All cameras are online again."


async def test_an_unreachable_server_is_reported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    notifications: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
) -> None:
    await use(
        hass,
        "warn_when_camera_fails",
        streams=[named(hass, entry, "binary_sensor", STREAM)],
        minutes=1,
        notify_when_back=False,
    )
    await frigate.refuse()
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, entry, "binary_sensor", STREAM)
    _let_pass(hass, freezer, 60)
    await until(hass, lambda: bool(notifications), "a warning")
    assert notifications[0].data["message"] == "Offline: Front door."
    await frigate.resume()
    await pass_polls(hass, freezer, 2)
    assert state_of(hass, entry, "binary_sensor", STREAM) == "on"
    assert len(notifications) == 1
