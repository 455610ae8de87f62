"""What several test files need: time that passes, and looks at states and requests."""

import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.frigate_http.aiofrigate.transport import REQUEST_TIMEOUT
from custom_components.frigate_http.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntry
from tests.fake_frigate import Camera, FakeFrigate, Request

# The key of a browser that subscribes to push notifications: the curve's first point.
PUSH_KEY = (
    "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW"
    "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
)

POLL = 15
CONFIG_READ = 300


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float = POLL
) -> None:
    """Let time pass in one go, and wait for all that it brings about."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def poll_in_vain(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    """Let a poll be sent and time out, as nothing answers it."""
    frigate.clear_requests()
    freezer.tick(POLL + 1)
    await frigate.wait_for_requests(1)
    freezer.tick(REQUEST_TIMEOUT + 1)
    await hass.async_block_till_done(wait_background_tasks=True)


async def pass_polls(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, number: int
) -> None:
    """Let as much time pass as a number of polls takes, each of them at its time."""
    for _ in range(number):
        await pass_time(hass, freezer)


def sent(frigate: FakeFrigate, path: str) -> list[Request]:
    """Return the requests for a route that have reached the server."""
    return [request for request in frigate.requests if request.path == path]


def setup_state(entry: MockConfigEntry) -> ConfigEntryState:
    """Return how far the setup has come; a type checker takes each look for new."""
    return entry.state


def entity_id(
    hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str
) -> str | None:
    """Return the entity whose unique id is the entry's, a colon, and the key."""
    unique_id = f"{entry.entry_id}:{key}"
    return er.async_get(hass).async_get_entity_id(domain, DOMAIN, unique_id)


def is_registered(
    hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str
) -> bool:
    """Return whether there is such an entity, be it available or not."""
    return entity_id(hass, entry, domain, key) is not None


def enable(hass: HomeAssistant, entry: MockConfigEntry, *keys: tuple[str, str]) -> None:
    """Let somebody have enabled some entities, given as domain and key, before the set-up."""
    entry.add_to_hass(hass)
    for domain, key in keys:
        er.async_get(hass).async_get_or_create(
            domain, DOMAIN, f"{entry.entry_id}:{key}", config_entry=entry
        )


def state_of(hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str) -> str:
    """Return the state of an entity that must be there."""
    found = entity_id(hass, entry, domain, key)
    assert found is not None, f"no {domain} {key}"
    state = hass.states.get(found)
    assert state is not None, f"no state of {found}"
    return state.state


def is_available(
    hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str
) -> bool:
    """Return whether an entity that must be there is available."""
    return state_of(hass, entry, domain, key) != STATE_UNAVAILABLE


def server_device(hass: HomeAssistant, entry: MockConfigEntry) -> DeviceEntry:
    """Return the device of the server."""
    device = _device(hass, entry, entry.entry_id)
    assert device is not None
    return device


def camera_device(
    hass: HomeAssistant, entry: MockConfigEntry, camera: str
) -> DeviceEntry | None:
    """Return the device of a camera, or None."""
    return _device(hass, entry, f"{entry.entry_id}:{camera}")


def _device(
    hass: HomeAssistant, entry: MockConfigEntry, identifier: str
) -> DeviceEntry | None:
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), entry.entry_id
    )


def reauths(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """Return the flows that ask for a new login."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in flows if flow["context"]["source"] == "reauth"]


def take_away(frigate: FakeFrigate, camera: str) -> Camera:
    """Remove a camera from the server, and return what brings it back."""
    taken = frigate.state.cameras[camera]
    frigate.remove_camera(camera)
    return taken


def add_everything(frigate: FakeFrigate) -> None:
    """Give a server everything that there are entities for."""
    state = frigate.state
    porch = state.cameras["front_door"]
    porch.friendly_name = "Haustür"
    porch.audio = True
    state.cameras["Portones"].enabled = False
    frigate.add_face("Eileen", 2)
    frigate.add_face("Ana_María", 1)
    state.train_folder = True
    state.birdseye = True
    state.latest_version = "0.18.1"
    gpu: dict[str, Any] = {
        "gpu": "12.5%",
        "mem": "3.1%",
        "enc": "",
        "dec": "-",
        "temp": 51,
    }
    state.gpus["intel-gpu"] = gpu
    state.npus["rknn"] = {"npu": 7.5, "mem": "-"}
    if state.is_018:
        gpu["compute"] = "4.0%"
        state.npus["rknn"]["temp"] = 55.6
    state.temperatures["apex_0" if not state.is_018 else "cpu1"] = 46.25
    state.embeddings |= {
        "image_embedding_speed": 20.5,
        "text_embedding_speed": 9.75,
        "plate_recognition_speed": 33.0,
    }
    if state.is_017:
        porch.object_descriptions = True
        frigate.add_trigger("front_door", "parcel")
        frigate.add_object_classifier("courier", "person")


def snapshot_entry(url: str) -> MockConfigEntry:
    """Return an entry that has the same id in every run."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Frigate",
        entry_id="01JFRIGATE0000000000000000",
        data={CONF_URL: url, CONF_VERIFY_SSL: False},
    )


VIEWER = {CONF_USERNAME: "viewer1", CONF_PASSWORD: "viewer-password-1"}
ADMIN = {CONF_USERNAME: "admin", CONF_PASSWORD: "frigate-admin-pass-1"}

STATS = ("sensor", "server:detection_fps")
FACES = ("sensor", "server:known_faces")
CAMERA = ("camera", "camera:front_door")

type Shown = tuple[bool, bool, bool]


def what_is_shown(hass: HomeAssistant, entry: MockConfigEntry) -> Shown:
    """Return whether the stats, the faces and a camera are available."""
    stats, faces, camera = (
        is_available(hass, entry, *one) for one in (STATS, FACES, CAMERA)
    )
    return stats, faces, camera


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration told the log since the last call."""
    lines = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(f"custom_components.{DOMAIN}")
        and record.levelno >= logging.INFO
    ]
    caplog.clear()
    return lines
