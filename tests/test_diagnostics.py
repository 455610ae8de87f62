"""Diagnostics have the fields that help to find a fault, and no secrets."""

import asyncio
from collections.abc import Awaitable, Callable
import json
from typing import Any, cast

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from yarl import URL

from custom_components.frigate_http.const import (
    CONF_BROWSER_URL,
    CONF_HEADERS,
    CONF_PROXY_PASSWORD,
    CONF_PROXY_USERNAME,
    DOMAIN,
)
from homeassistant.components import repairs
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_TOKEN, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.setup import async_setup_component
from tests.clock import all_waits
from tests.common import (
    ADMIN,
    camera_device,
    pass_polls,
    server_device,
    setup_state,
    snapshot_entry,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, go2rtc_source
from tests.fake_frigate.answers import failure
from tests.fake_frigate.config import build_config
from tests.live.common import until_pushing

type Get = Callable[..., Awaitable[dict[str, Any]]]

CODECS = ["avc1.420029", "mp4a.40.2"]
SECRETS = [f"hidden-{number:02}-secret" for number in range(1, 21)]


@pytest.fixture
async def diagnostics(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Get:
    """Return a function that downloads the diagnostics of an entry or a device."""
    # Home Assistant accepts no new routes after the first request.
    assert await async_setup_component(hass, DOMAIN, {})

    async def get(
        entry: MockConfigEntry, device: DeviceEntry | None = None
    ) -> dict[str, Any]:
        if device is None:
            found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
        else:
            found = await get_diagnostics_for_device(hass, hass_client, entry, device)
        return cast(dict[str, Any], found)

    return get


def _timeless(found: dict[str, Any]) -> dict[str, Any]:
    """Return diagnostics without the values that differ from run to run."""
    for route in found["requests"].values():
        assert 0 <= route.pop("mean_ms") <= route.pop("longest_ms")
    for live in ("/api/events", "/api/review"):
        # How often that was asked depends on when Frigate began to push.
        assert found["requests"].pop(f"GET {live}")
    data = found["entry"]["data"]
    data[CONF_URL] = data[CONF_URL].rpartition(":")[0]
    return found


@pytest.mark.parametrize(
    "frigate_options", [{"faces": {"Eileen": 2, "Ana": 1}, "train": 3}]
)
@pytest.mark.usefixtures("fixed_time")
async def test_diagnostics_of_an_entry(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    diagnostics: Get,
    snapshot: SnapshotAssertion,
) -> None:
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    assert _timeless(await diagnostics(entry)) == snapshot


async def test_diagnostics_of_devices(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, diagnostics: Get
) -> None:
    whole = await diagnostics(entry, server_device(hass, entry))
    assert whole["server"]["cameras"].keys() == {"front_door", "Portones"}
    one = await diagnostics(entry, camera_device(hass, entry, "Portones"))
    assert one["server"]["cameras"].keys() == {"Portones"}
    assert (
        one["server"]["cameras"]["Portones"] == whole["server"]["cameras"]["Portones"]
    )


@pytest.mark.parametrize("restreamed", [True])
@pytest.mark.usefixtures("fixed_time")
async def test_diagnostics_of_video(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    diagnostics: Get,
    freezer: FrozenDateTimeFactory,
) -> None:
    stream, key = frigate.go2rtc["front_door"], "front_door"
    frigate.go2rtc["Portones"].source = go2rtc_source.H265
    entry = await set_up(hass, make_entry(frigate.internal_url))
    url = URL(entry.runtime_data.relay.url_of(key))
    no_timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=no_timeout) as session:
        watching = asyncio.create_task(session.get(url))
        await frigate.go2rtc.wait_for_playing(key, 1)
        stream.drop()
        await frigate.go2rtc.wait_for_playing(key, 0)
        while not stream.consumers:
            freezer.tick(1)
            await all_waits()
        await stream.push(1)
        await watching
        found = await diagnostics(entry)
    nobody = {"is_open": False, "readers": 0, "has_data": None, "reconnects": 0}
    other: dict[str, object] = {
        "shows": "pictures",
        "why": "other_codec",
        "codecs": [],
        "error": None,
    }
    assert found["video"] == {
        key: {
            "shows": "video",
            "why": "plays",
            "codecs": CODECS,
            "error": None,
            "is_open": True,
            "readers": 1,
            "has_data": True,
            "reconnects": 1,
        },
        "Portones": other | nobody,
    }
    text = json.dumps(found)
    for secret in (url.password, f"127.0.0.1:{url.port}", stream.url):
        assert secret is not None
        assert secret not in text
    device = camera_device(hass, entry, "Portones")
    assert (await diagnostics(entry, device))["video"] == {"Portones": other | nobody}


async def test_diagnostics_while_the_server_is_down(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, diagnostics: Get
) -> None:
    server = entry.runtime_data.server
    frigate.fail("/api/", Fault("answer", failure("Database is locked", 500)))
    for _ in range(2):
        await server.async_refresh()

    found = await diagnostics(entry)
    assert found["server"]["last_update_success"] is False
    assert found["server"]["last_error"]["key"] == "server_error"
    assert found["server"]["last_error"]["kind"] == "UpdateFailed"
    assert "Database is locked" not in json.dumps(found)
    assert found["server"]["version"] == "0.17.2-3d4dd3a"
    assert found["requests"]["GET /api/stats"]["outcomes"] == {"200": 1, "500": 2}
    shown = {
        (one["route"], one["key"], one["kind"], one["times"]) for one in found["errors"]
    }
    assert ("GET /api/stats", "server_error", "FrigateServerError", 2) in shown

    frigate.clear_faults()
    await server.async_refresh()
    found = await diagnostics(entry)
    assert found["server"]["last_update_success"] is True
    assert found["requests"]["GET /api/stats"]["outcomes"] == {"200": 2, "500": 2}


async def test_diagnostics_while_stats_and_faces_are_missing(
    hass: HomeAssistant, frigate: FakeFrigate, diagnostics: Get
) -> None:
    frigate.fail("/api/faces", Fault.status(403))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert (await diagnostics(entry))["server"]["faces"] is None
    frigate.clear_faults()
    frigate.fail("/api/stats", Fault.status(500))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    found = await diagnostics(entry)
    assert found["server"]["stats"] is None
    assert found["server"]["version"] is None
    assert found["server"]["cameras"]["front_door"]["stats"] is None
    assert found["server"]["faces"] is not None
    frigate.clear_faults()
    await entry.runtime_data.server.async_refresh()
    assert (await diagnostics(entry))["server"]["version"] == "0.17.2-3d4dd3a"


async def test_diagnostics_while_exports_are_not_polled(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, diagnostics: Get
) -> None:
    assert "exports" not in (await diagnostics(entry))["exports"]
    stop = entry.runtime_data.exports.async_add_listener(lambda: None)
    await entry.runtime_data.exports.async_refresh()
    found = await diagnostics(entry)
    stop()
    assert found["exports"]["exports"] == len(entry.runtime_data.exports.data.exports)
    assert found["exports"]["jobs"] == []


async def test_diagnostics_while_the_setup_is_retried(
    hass: HomeAssistant, frigate: FakeFrigate, diagnostics: Get
) -> None:
    await frigate.refuse()
    entry = await set_up(hass, make_entry(frigate.internal_url, **ADMIN))
    assert setup_state(entry) is ConfigEntryState.SETUP_RETRY
    found = await diagnostics(entry)
    assert found.keys() == {"integration_version", "entry"}
    assert found["entry"]["state"] == "setup_retry"
    # Home Assistant 2026.8 does not pass the translation key of a retried setup on.
    is_key_known = hasattr(repairs, "FlowType")
    assert found["entry"]["reason"] == ("cannot_connect" if is_key_known else None)
    assert found["entry"]["data"][CONF_PASSWORD] == "**REDACTED**"

    await frigate.resume()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "server" in await diagnostics(entry)


async def test_a_public_host_is_masked(
    hass: HomeAssistant, frigate: FakeFrigate, diagnostics: Get
) -> None:
    browser = "https://frigate.example.com/nvr"
    entry = await set_up(
        hass, make_entry(frigate.internal_url, options={CONF_BROWSER_URL: browser})
    )
    found = await diagnostics(entry)
    assert found["entry"]["options"] == {CONF_BROWSER_URL: "https://***/nvr"}
    assert found["entry"]["data"][CONF_URL] == frigate.internal_url


def _hide(frigate: FakeFrigate) -> None:
    """Hide secrets wherever a server may have some."""
    camera, state = frigate.state.cameras["front_door"], frigate.state
    camera.friendly_name = f"Door rtsp://admin:{SECRETS[0]}@10.0.0.2:554/live"
    camera.labels = ["person", f"token={SECRETS[14]}"]
    camera.connection_quality = f"?key={SECRETS[1]}"
    state.storage[f"//nas:{SECRETS[2]}@10.0.0.3/share"] = {
        "total": 2.0,
        "used": 1.0,
        "free": 1.0,
        "mount_type": "cifs",
    }
    state.embeddings[f"token={SECRETS[3]}"] = 1.0
    state.roles[f"guests?pin={SECRETS[4]}"] = []

    config = build_config(state)
    door = config["cameras"]["front_door"]
    door["ffmpeg"]["inputs"] = [
        {"path": f"rtsp://a:{SECRETS[5]}@h/1", "roles": ["detect", SECRETS[6]]}
    ]
    door["onvif"] = {"password": SECRETS[7]}
    config["mqtt"] = {"password": SECRETS[8]}
    config["go2rtc"] = {"streams": {"x": [[f"http://h/?password={SECRETS[9]}"]]}}
    frigate.fail("/api/config", Fault.json(config))


def _repeat(frigate: FakeFrigate) -> None:
    """Let the server's errors hold secrets too, its own and ours."""
    words = (
        f"No {SECRETS[10]}: rtsp://b:{SECRETS[11]}@h/ Authorization: Bearer"
        f" {SECRETS[12]} at https://h/?sig={SECRETS[13]} with {SECRETS[14]}"
    )
    frigate.fail("/api/stats", Fault("answer", failure(words, 500)))
    frigate.fail(
        "/api/faces",
        Fault.redirect(f"https://u:p@{SECRETS[19]}.example.org/?code={SECRETS[15]}"),
    )


@pytest.mark.usefixtures("fixed_time")
async def test_no_secret_survives(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    diagnostics: Get,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.prefix = f"/api/hassio_ingress/{SECRETS[18]}"
    _hide(frigate)
    frigate.add_user(SECRETS[16], SECRETS[10], "admin")
    entry = await set_up(
        hass,
        make_entry(
            frigate.external_url,
            **{
                CONF_USERNAME: SECRETS[16],
                CONF_PASSWORD: SECRETS[10],
                CONF_PROXY_USERNAME: "door",
                CONF_PROXY_PASSWORD: SECRETS[14],
                CONF_HEADERS: {"X-Proxy-Secret": SECRETS[17]},
                "unknown": [{"nested": SECRETS[9]}],
            },
            options={
                CONF_BROWSER_URL: f"https://c:{SECRETS[11]}@h.local/{SECRETS[18]}?token={SECRETS[13]}",
                "unknown": [[SECRETS[8]]],
            },
        ),
    )
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert frigate.state.cameras["front_door"].friendly_name
    before = await diagnostics(entry)
    stats_before = entry.runtime_data.server.data.stats
    assert stats_before is not None
    _repeat(frigate)
    await pass_polls(hass, freezer, 2)
    device = camera_device(hass, entry, "front_door")
    found = [before, await diagnostics(entry), await diagnostics(entry, device)]

    assert [one for one in SECRETS if one in json.dumps(found)] == []
    # The server did send the secrets, so that their absence proves something.
    server = entry.runtime_data.server
    assert SECRETS[4] in "".join(server.data.config.roles)
    assert SECRETS[2] in "".join(stats_before.storage)
    assert SECRETS[3] in "".join(stats_before.embeddings)
    assert SECRETS[0] in (server.data.cameras["front_door"].friendly_name or "")
    camera = found[0]["server"]["cameras"]["front_door"]
    assert camera["config"]["labels"] == ["person", "token=***"]
    assert "/dev/shm" in found[0]["server"]["stats"]["storage"]
    assert found[1]["entry"]["data"][CONF_HEADERS] == {"X-Proxy-Secret": "**REDACTED**"}
    messages = [one.message for one in entry.runtime_data.client.metrics.errors]
    assert any(one.startswith("No ***: rtsp://") for one in messages)
    assert {"server_error", "login_redirect"} <= {
        one["key"] for one in found[1]["errors"]
    }
    shown = [one.getMessage() for one in caplog.records if "aiofrigate" in one.name]
    assert shown
    assert [one for one in SECRETS if one in "".join(shown)] == []


async def test_a_header_with_the_name_of_a_role_does_not_mask_it(
    hass: HomeAssistant, frigate: FakeFrigate, diagnostics: Get
) -> None:
    headers = {"X-Remote-Role": "admin", "X-Forwarded-Proto": "http"}
    entry = await set_up(
        hass, make_entry(frigate.internal_url, **{CONF_HEADERS: headers})
    )
    found = await diagnostics(entry)
    assert found["account"]["role"] == "admin"
    assert found["entry"]["data"][CONF_URL] == frigate.internal_url


async def test_the_name_of_a_custom_role_is_not_shown(
    hass: HomeAssistant, frigate: FakeFrigate, diagnostics: Get
) -> None:
    gate = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **gate))
    assert entry.runtime_data.server.profile.role == "gate"
    found = await diagnostics(entry)
    assert found["account"] == {
        "role": "other",
        "is_anonymous": False,
        "allowed_cameras": ["Portones"],
    }


async def test_no_part_of_a_token_survives(
    hass: HomeAssistant, frigate: FakeFrigate, diagnostics: Get
) -> None:
    token = frigate.token("admin")
    entry = await set_up(hass, make_entry(frigate.external_url, **{CONF_TOKEN: token}))
    frigate.fail("/api/", Fault("answer", failure(f"Not {token}", 500)))
    for _ in range(2):
        await entry.runtime_data.server.async_refresh()
    found = await diagnostics(entry)
    assert found["server"]["last_error"]["key"] == "server_error"
    assert not any(part in json.dumps(found) for part in token.split("."))

    frigate.clear_faults()
    await entry.runtime_data.server.async_refresh()
    assert (await diagnostics(entry))["server"]["last_update_success"]
