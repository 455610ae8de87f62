"""Players of a config entry that is unloaded, reloaded, or that ends with Home Assistant."""

import asyncio
import errno

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.relay.relay import Relay
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from tests.common import CONFIG_READ, pass_time
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, go2rtc_source
from tests.versions import EVERY_VERSION

from .players import Player, until

KEY = "front_door"


async def _play(frigate: FakeFrigate, relay: Relay) -> Player:
    relay.serve({KEY: KEY})
    player = Player(relay.url_of(KEY)).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    await frigate.go2rtc[KEY].push(1)
    await until(lambda: player.frames)
    return player


@pytest.mark.parametrize("how", ["unload", "reload", "stop"])
async def test_players_end_with_the_entry(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, how: str
) -> None:
    frigate.go2rtc[KEY].source = go2rtc_source.HUGE
    relay: Relay = entry.runtime_data.relay
    player = await _play(frigate, relay)
    stuck = Player(relay.url_of(KEY)).begin()
    await until(lambda: stuck.frames)
    stuck.reads.clear()
    await frigate.go2rtc[KEY].push(2)
    relay.serve({KEY: KEY, "Portones": "Portones"})
    waiting = Player(relay.url_of("Portones")).begin()
    await until(lambda: relay.state_of("Portones").readers)
    match how:
        case "unload":
            assert await hass.config_entries.async_unload(entry.entry_id)
        case "reload":
            assert await hass.config_entries.async_reload(entry.entry_id)
        case "stop":
            hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done(wait_background_tasks=True)
    await player.end()
    await waiting.end()
    assert waiting.status == 503
    await frigate.go2rtc.wait_for_sockets(KEY, 0)
    stuck.reads.set()
    await stuck.end()
    refused = Player(relay.url_of(KEY)).begin()
    await refused.end()
    assert refused.status is None
    if how == "reload":
        assert hass.config_entries.async_loaded_entries(DOMAIN)
        player = await _play(frigate, entry.runtime_data.relay)
        await player.leave()


@EVERY_VERSION
async def test_players_end_when_the_account_may_not_see_the_camera_any_more(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    login = {"username": "gate1", "password": "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **login))
    await pass_time(hass, freezer, CONFIG_READ)
    relay: Relay = entry.runtime_data.relay
    player = Player(relay.url_of("Portones")).begin()
    await frigate.go2rtc.wait_for_playing("Portones", 1)
    await frigate.go2rtc["Portones"].push(1)
    await until(lambda: player.frames == 20)

    # 0.17 itself would let the account go on.
    frigate.state.roles["gate"] = [KEY]
    await pass_time(hass, freezer, CONFIG_READ)
    await player.end()
    await frigate.go2rtc.wait_for_sockets("Portones", 0)
    again = Player(relay.url_of("Portones")).begin()
    await again.end()
    assert (player.status, again.status) == (200, 404)


async def test_without_a_port_the_setup_is_tried_again(
    hass: HomeAssistant, frigate: FakeFrigate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    entry = make_entry(frigate.internal_url)
    with monkeypatch.context() as patch:
        patch.setattr(asyncio.get_running_loop(), "create_server", refuse)
        await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "Too many open files" in (entry.reason or "")
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state.value == "loaded"
