"""Setup, unload and reload; what a server does to them, and what the devices show."""

import asyncio
from collections import Counter
from collections.abc import Callable
import json
from pathlib import Path
import re
from typing import Any

from aiohttp import ClientPayloadError
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http import const
from custom_components.frigate_http.const import CONF_BROWSER_URL, CONF_CAMERAS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from tests.common import (
    CONFIG_READ,
    camera_device,
    entity_id,
    is_available,
    is_registered,
    pass_time,
    reauths,
    sent,
    server_device,
    setup_state,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault

pytestmark = pytest.mark.usefixtures("fixed_time")

EN = Path(const.__file__).parent / "translations" / "en.json"
ERRORS: dict[str, dict[str, str]] = json.loads(EN.read_text("utf-8"))["exceptions"]
ALL_KEYS = (
    ("camera", "camera:front_door"),
    ("binary_sensor", "camera:front_door:stream"),
    ("sensor", "server:detection_fps"),
    ("update", "server:update"),
)


def all_available(hass: HomeAssistant, entry: MockConfigEntry) -> list[bool]:
    return [is_available(hass, entry, *key) for key in ALL_KEYS]


async def test_setup_makes_a_device_for_the_server_and_one_for_each_camera(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert all(all_available(hass, entry))

    server = server_device(hass, entry)
    assert server.entry_type is dr.DeviceEntryType.SERVICE
    assert server.sw_version == "0.17.2"
    assert server.configuration_url == frigate.internal_url
    for camera in ("front_door", "Portones"):
        device = camera_device(hass, entry, camera)
        assert device is not None
        assert device.via_device_id == server.id
        assert device.configuration_url == f"{frigate.internal_url}/#{camera}"
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert len(devices) == 3


async def test_setup_reads_everything_once(
    frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    sent = Counter(request.path for request in frigate.requests)
    # What happens now is asked for, and asked for again once it is pushed.
    assert {"/api/events", "/api/review"} <= sent.keys()
    for live in ("/api/events", "/api/review", "/ws"):
        del sent[live]
    assert sent == {
        "/api/config": 1,
        "/api/faces": 1,
        "/api/profile": 1,
        "/api/review/summary": 1,
        "/api/stats": 1,
    }


async def test_unload_leaves_no_task_no_poll_and_no_stream(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    client = await hass_client()
    camera = entity_id(hass, entry, "camera", "camera:front_door")
    view = await client.get(f"/api/camera_proxy_stream/{camera}")
    await view.content.readline()
    await frigate.wait_for_streams("front_door", 1)

    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert setup_state(entry) is ConfigEntryState.NOT_LOADED
    await frigate.wait_for_streams("front_door", 0)
    # The connection is closed, as the server's stream has ended.
    with pytest.raises(ClientPayloadError):
        await view.read()
    assert not any(all_available(hass, entry))
    tasks = [task.get_name() for task in asyncio.all_tasks()]
    assert not [name for name in tasks if entry.title in name]
    frigate.clear_requests()
    await pass_time(hass, freezer, 2 * CONFIG_READ)
    assert frigate.requests == []


async def test_reload_brings_the_same_entities_back(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    before = sorted(hass.states.async_entity_ids())

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert setup_state(entry) is ConfigEntryState.LOADED
    assert sorted(hass.states.async_entity_ids()) == before
    assert all(all_available(hass, entry))
    frigate.clear_requests()
    await pass_time(hass, freezer)
    assert len(sent(frigate, "/api/stats")) == 1


async def down(frigate: FakeFrigate) -> None:
    await frigate.refuse()


async def starting(frigate: FakeFrigate) -> None:
    frigate.state.starting = True


def failing(path: str, fault: Fault) -> Callable[[FakeFrigate], Any]:
    async def fail(frigate: FakeFrigate) -> None:
        frigate.fail(path, fault)

    return fail


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        pytest.param(down, "cannot_connect", id="down"),
        pytest.param(starting, "starting", id="starting"),
        pytest.param(
            failing("/api/", Fault.status(500)), "server_error", id="server-error"
        ),
        pytest.param(
            failing("/api/", Fault.status(429)), "rate_limited", id="rate-limit"
        ),
        pytest.param(failing("/api/", Fault.status(403)), "forbidden", id="forbidden"),
        pytest.param(failing("/api/", Fault.html()), "not_frigate", id="page"),
        pytest.param(failing("/api/", Fault.garbage()), "not_frigate", id="garbage"),
        pytest.param(
            failing("/api/config", Fault.drop()), "cannot_connect", id="no-config"
        ),
        pytest.param(
            failing("/api/config", Fault.json({"cameras": None})),
            "not_frigate",
            id="config-without-cameras",
        ),
        pytest.param(
            failing("/api/profile", Fault.status(500)), "server_error", id="no-profile"
        ),
    ],
)
async def test_setup_is_tried_again_until_the_server_answers(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    trouble: Callable[[FakeFrigate], Any],
    reason: str,
) -> None:
    entry = make_entry(frigate.internal_url)
    await trouble(frigate)
    await set_up(hass, entry)
    assert setup_state(entry) is ConfigEntryState.SETUP_RETRY
    # Home Assistant 2026.8 keeps only the text of it, and all leave out the full stop.
    text = ERRORS[reason]["message"].removesuffix(".")
    pattern = re.escape(text).replace(r"\{message\}", ".+")
    assert re.fullmatch(pattern, entry.reason or "")
    assert reauths(hass) == []

    frigate.clear_faults()
    frigate.state.starting = False
    if trouble is down:
        await frigate.resume()
    await pass_time(hass, freezer, 100)

    assert setup_state(entry) is ConfigEntryState.LOADED
    assert all(all_available(hass, entry))


async def test_setup_with_a_wrong_password_asks_for_the_right_one(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    account = {CONF_USERNAME: "admin", CONF_PASSWORD: "long-forgotten"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))

    assert setup_state(entry) is ConfigEntryState.SETUP_ERROR
    assert len(sent(frigate, "/api/login")) == 1
    (flow,) = reauths(hass)
    await hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {
            CONF_USERNAME: "admin",
            CONF_PASSWORD: "frigate-admin-pass-1",
            "proxy_credentials": {},
        },
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert all(all_available(hass, entry))


async def test_setup_without_the_stats_waits_for_them(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail("/api/stats", Fault.status(500))
    entry = await set_up(hass, make_entry(frigate.internal_url))

    assert setup_state(entry) is ConfigEntryState.LOADED
    assert is_available(hass, entry, "camera", "camera:front_door")
    assert not is_registered(hass, entry, "sensor", "server:detection_fps")
    assert not is_available(hass, entry, "update", "server:update")
    assert not is_available(hass, entry, "binary_sensor", "server:stats_stale")
    assert server_device(hass, entry).sw_version is None

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert all(all_available(hass, entry))
    assert server_device(hass, entry).sw_version == "0.17.2"


async def test_only_the_chosen_cameras_get_devices_and_the_others_may_return(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        entry, options={CONF_CAMERAS: ["Portones", "not there yet"]}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert camera_device(hass, entry, "front_door") is None
    assert not is_registered(hass, entry, "camera", "camera:front_door")
    assert is_available(hass, entry, "camera", "camera:Portones")

    hass.config_entries.async_update_entry(entry, options={CONF_CAMERAS: []})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert is_available(hass, entry, "camera", "camera:front_door")


async def test_the_address_for_browsers_is_what_the_devices_link_to(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    options = {CONF_BROWSER_URL: "https://frigate.example.com/cctv/"}
    entry = await set_up(hass, make_entry(frigate.internal_url, options=options))

    url = "https://frigate.example.com/cctv"
    assert server_device(hass, entry).configuration_url == url
    camera = camera_device(hass, entry, "front_door")
    assert camera is not None
    assert camera.configuration_url == f"{url}/#front_door"


async def test_a_path_before_the_api_works_for_everything(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, socket_enabled: None
) -> None:
    async with FakeFrigate(prefix="/frigate") as frigate:
        entry = await set_up(hass, make_entry(frigate.internal_url))
        assert all(all_available(hass, entry))
        client = await hass_client()
        camera = entity_id(hass, entry, "camera", "camera:front_door")
        picture = await client.get(f"/api/camera_proxy/{camera}")
        assert picture.status == 200
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_camera_is_called_as_frigate_shows_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    def name() -> str | None:
        device = camera_device(hass, entry, "front_door")
        assert device is not None
        return device.name

    assert name() == "Front door"
    for friendly_name in ("Haustür", "Front gate"):
        frigate.state.cameras["front_door"].friendly_name = friendly_name
        await pass_time(hass, freezer, CONFIG_READ)
        assert name() == friendly_name

    before = entity_id(hass, entry, "camera", "camera:front_door")
    frigate.state.cameras["front_door"].friendly_name = None
    await pass_time(hass, freezer, CONFIG_READ)
    assert name() == "Front door"
    assert entity_id(hass, entry, "camera", "camera:front_door") == before


async def test_a_name_given_by_the_user_is_kept(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    device = camera_device(hass, entry, "front_door")
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user="Mine")

    frigate.state.cameras["front_door"].friendly_name = "Theirs"
    await pass_time(hass, freezer, CONFIG_READ)

    device = camera_device(hass, entry, "front_door")
    assert device is not None
    assert (device.name, device.name_by_user) == ("Theirs", "Mine")


async def test_the_server_device_follows_an_upgrade(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert not is_registered(
        hass, entry, "sensor", "camera:front_door:connection_quality"
    )

    frigate.state.version = "0.18"
    frigate.restart()
    await pass_time(hass, freezer)

    assert server_device(hass, entry).sw_version == "0.18.0"
    # What only the newer version tells appears without a reload.
    assert is_registered(hass, entry, "sensor", "camera:front_door:connection_quality")
