"""Players of a config entry that is unloaded, reloaded, or that ends with Home Assistant."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.relay.relay import Relay
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate, go2rtc_source

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
