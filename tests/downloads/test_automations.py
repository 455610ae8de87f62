"""The documented automations that download clips."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
    async_mock_service,
)

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.clock import all_waits
from tests.documentation import load, pass_until
from tests.downloads.conftest import Folders
from tests.downloads.test_snapshot import COMPLETED
from tests.downloads.videos import read_video
from tests.fake_frigate import FakeFrigate
from tests.mp4.material import Scene
from tests.services.common import camera_entity, set_up_admin


@pytest.fixture
async def entry(
    hass: HomeAssistant, fixed_time: None, folders: Folders, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry with an administrator's account."""
    return await set_up_admin(hass, frigate)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow the timers of automations that are still waiting when a test ends."""
    return True


async def test_clip_when_the_door_opens(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    folders: Folders,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = async_mock_service(hass, "notify", "notify")
    hass.states.async_set("binary_sensor.door", "off")
    await load(hass, "Clip when the door opens")
    hass.states.async_set("binary_sensor.door", "on")
    while not told:
        await all_waits()
        freezer.tick(1)
    url = told[0].data["data"]["video"]
    path = folders.media / url.removeprefix("/media/local/")
    assert len(read_video(path).video) == pytest.approx(70 * 5, abs=10)


async def test_clips_of_alerts_at_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    folders: Folders,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    # It is four in the morning.
    frigate.add_review("front_door", ago=600, duration=20)
    frigate.add_review("front_door", ago=300, duration=30)
    frigate.add_review("front_door", "detection", ago=200)
    frigate.cut_recordings("Portones", 0)
    frigate.add_review("Portones", ago=300, duration=30)
    await load(hass, "Alerts of the night")
    saved = async_capture_events(hass, COMPLETED)
    await pass_until(hass, freezer, hour=7)
    names = sorted(Path(event.data["path"]).name for event in saved)
    assert names == ["front_door 03-50-00.mp4", "front_door 03-55-00.mp4"]
    assert {Path(event.data["path"]).parent for event in saved} == {
        folders.media / "nights" / "2026-11-23"
    }


async def test_clips_of_cameras_whatever_they_are_called(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    folders: Folders,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
) -> None:
    frigate.add_camera("CAM-Frontyard")
    frigate.add_camera("cam4", friendly_name="Jardín")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    entity_registry.async_update_entity(
        camera_entity(hass, entry, "Portones"), new_entity_id="camera.gates"
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    cameras = ["CAM-Frontyard", "cam4", "Portones"]
    for camera in cameras:
        frigate.add_review(camera, ago=300, duration=20)
    await load(hass, "Alerts of the night")
    saved = async_capture_events(hass, COMPLETED)
    await pass_until(hass, freezer, hour=7)
    about = {event.data["camera"]: event.data["entity_id"] for event in saved}
    assert about == {one: camera_entity(hass, entry, one) for one in cameras}
    assert about["Portones"] == "camera.gates"
    assert all(Path(event.data["path"]).is_file() for event in saved)


async def test_clip_of_an_hour(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    folders: Folders,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.state.footage.show("front_door", Scene(width=64, height=48, sound=None), 0)
    saved = async_capture_events(hass, COMPLETED)
    await load(hass, "The hour from four to five")
    await pass_until(hass, freezer, hour=17, minute=5)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    (event,) = saved
    assert event.data["path"] == str(folders.media / "hours" / "2026-11-23 16.mp4")
    assert event.data["seconds"] == pytest.approx(3600, abs=30)
