"""Which cameras show video and why the others do not: what Frigate is asked, and when."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextvars import ContextVar
import logging
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.frigate_http.coordinator.video import (
    DECISION_TIMEOUT,
    VideoCoordinator,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.clock import all_waits
from tests.common import CONFIG_READ, POLL, pass_polls, pass_time, reauths, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, go2rtc_source
from tests.versions import EVERY_VERSION, WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

KEY = "front_door"
CODECS = ("avc1.420029", "mp4a.40.2")
DEAD = "dial rtsp://me:password@192.0.2.10:554: i/o timeout"
GATE = {"username": "gate1", "password": "gate-password-1!"}
NOT_FOUND = '{"type":"error","value":"mse: stream not found"}'


@pytest.fixture
def restreamed() -> bool:
    """Let all cameras have live video."""
    return True


def video_of(entry: MockConfigEntry) -> VideoCoordinator:
    """Return what decides."""
    video: VideoCoordinator = entry.runtime_data.video
    return video


def whys(entry: MockConfigEntry) -> dict[str, str]:
    """Return the reason of each decision."""
    decisions = video_of(entry).decisions
    assert all(found.plays == (found.why == "plays") for found in decisions.values())
    return {key: found.why.value for key, found in decisions.items()}


def why(entry: MockConfigEntry, key: str = KEY) -> str:
    """Return the reason of one decision; a type checker takes each look for new."""
    return video_of(entry).decision(key).why.value


async def pass_second(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let a second pass, also for those who wait for what never comes."""
    freezer.tick(1)
    async_fire_time_changed(hass)
    await all_waits()


def asked(frigate: FakeFrigate) -> Counter[str | None]:
    """Return how often each stream was asked for, once it is sure that all of it was good."""
    assert not frigate.go2rtc.violations
    return Counter(viewer.src for viewer in frigate.go2rtc.viewers)


@WITH_016
async def test_each_camera_shows_what_frigate_has_of_it(
    hass: HomeAssistant, frigate: FakeFrigate, caplog: pytest.LogCaptureFixture
) -> None:
    go2rtc = frigate.go2rtc
    for name in ("h265", "only_heard", "pcm", "dead", "unknown", "off"):
        frigate.add_camera(name)
    frigate.add_camera("plain", restreamed=False)
    frigate.add_camera("nowhere", live_streams={"Main": "gone"})
    frigate.add_camera(
        "second", restreamed=False, live_streams={"Main": "gone", "Sub": KEY}
    )
    go2rtc["h265"].source = go2rtc_source.H265
    go2rtc["only_heard"].source = go2rtc_source.H265_AAC
    go2rtc["pcm"].source = go2rtc_source.PCM
    go2rtc["dead"].fault = DEAD
    go2rtc["unknown"].script = [NOT_FOUND]
    frigate.state.cameras["off"].enabled = False
    frigate.state.birdseye = True
    caplog.set_level(logging.DEBUG, "custom_components.frigate_http")

    entry = await set_up(hass, make_entry(frigate.internal_url))

    assert whys(entry) == {
        KEY: "plays",
        "Portones": "plays",
        "h265": "other_codec",
        "only_heard": "other_codec",
        "pcm": "plays",
        "dead": "no_source",
        "unknown": "unknown_stream",
        "off": "plays",
        "plain": "not_restreamed",
        "nowhere": "not_restreamed",
        "second": "plays",
        "birdseye": "plays",
    }
    video = video_of(entry)
    assert video.decision(KEY).codecs == CODECS
    assert video.decision("pcm").codecs == CODECS[:1]
    assert video.decision("second").stream == KEY
    assert video.decision("dead").codecs == ()
    assert video.decision("nobody").why.value == "forbidden"
    # Each stream was asked for once, by a short connection.
    streams = {viewer.src for viewer in go2rtc.viewers}
    assert asked(frigate) == dict.fromkeys(streams, 1) | {KEY: 2}
    assert streams == {
        *(KEY, "Portones", "h265", "only_heard", "pcm", "dead", "unknown", "off"),
        "birdseye",
    }
    for stream in streams:
        await go2rtc.wait_for_sockets(str(stream), 0)
    # What is shown and why stands in the log, and no secret.
    ours = (one for one in caplog.records if one.name.startswith("custom_components"))
    log = [record.getMessage() for record in ours]
    assert f"Frigate: {KEY} shows video: plays, {', '.join(CODECS)}" in log
    assert "Frigate: h265 shows pictures: other_codec" in log
    assert not [line for line in log if "password" in line or ".ts" in line]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"live_view": "pictures"}, "pictures"),
        ({"live_view": "pictures", "overlays": ["zones"]}, "pictures"),
        ({"live_view": "automatic", "overlays": ["zones"]}, "overlays"),
        ({"overlays": ["zones"]}, "overlays"),
    ],
)
async def test_nothing_is_asked_where_pictures_are_chosen(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    options: dict[str, Any],
    reason: str,
) -> None:
    frigate.state.birdseye = True
    entry = await set_up(hass, make_entry(frigate.internal_url, options=options))
    await pass_time(hass, freezer, CONFIG_READ)
    assert (await video_of(entry).async_decided(KEY)).why.value == reason
    assert whys(entry) == dict.fromkeys((KEY, "Portones", "birdseye"), reason)
    assert not asked(frigate)

    hass.config_entries.async_update_entry(entry, options={})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert whys(entry) == dict.fromkeys((KEY, "Portones", "birdseye"), "plays")


@EVERY_VERSION
async def test_a_camera_that_the_account_may_not_see_is_never_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.birdseye = True
    entry = await set_up(hass, make_entry(frigate.external_url, **GATE))
    await pass_time(hass, freezer, CONFIG_READ)
    assert whys(entry) == {"Portones": "plays", "birdseye": "restricted"}
    assert why(entry) == "forbidden"
    assert asked(frigate) == {"Portones": 1}

    frigate.state.roles["gate"] = [KEY]
    await pass_time(hass, freezer, CONFIG_READ)
    assert whys(entry) == {KEY: "plays", "birdseye": "restricted"}
    assert asked(frigate) == {"Portones": 1, KEY: 1}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, "no_websocket"),
        (404, "no_websocket"),
        (403, "forbidden"),
        (401, "no_login"),
        (502, "unreachable"),
    ],
)
async def test_a_proxy_that_passes_no_video_leaves_pictures(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    status: int,
    reason: str,
) -> None:
    frigate.go2rtc.refuse(status)
    entry = await set_up(
        hass,
        make_entry(
            frigate.external_url, username="admin", password="frigate-admin-pass-1"
        ),
    )
    assert set(whys(entry).values()) == {reason}
    logins = len(sent(frigate, "/api/login"))
    await pass_time(hass, freezer, CONFIG_READ)
    assert set(whys(entry).values()) == {reason}
    # All else works with this login, so that neither a new one nor a person would help.
    assert logins <= 2
    assert len(sent(frigate, "/api/login")) == logins
    assert not reauths(hass)

    frigate.go2rtc.allow()
    await pass_time(hass, freezer, CONFIG_READ)
    assert set(whys(entry).values()) == {"plays"}


async def test_a_change_is_followed_with_the_next_read_of_the_configuration(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    go2rtc = frigate.go2rtc
    frigate.add_camera("plain", restreamed=False)
    frigate.add_camera("h265")
    go2rtc["h265"].source = go2rtc_source.H265
    entry = await set_up(hass, make_entry(frigate.internal_url))
    changes: list[str] = []
    for key in ("plain", "h265", KEY, "Portones"):
        video_of(entry).subscribe(key, lambda key=key: changes.append(key))  # type: ignore[misc]
    await pass_polls(hass, freezer, 2)
    assert asked(frigate) == {KEY: 1, "Portones": 1, "h265": 1}
    # A camera that plays is not asked again, and one that does not is.
    await pass_time(hass, freezer, CONFIG_READ)
    assert asked(frigate) == {KEY: 1, "Portones": 1, "h265": 2}
    assert changes == []

    go2rtc.add("plain")
    go2rtc["h265"].source = go2rtc_source.CAMERA
    go2rtc[KEY].source = go2rtc_source.H265
    go2rtc[KEY].url = "rtsp://192.0.2.7/main"
    await pass_time(hass, freezer, CONFIG_READ)
    assert sorted(changes) == [KEY, "h265", "plain", "plain"]
    assert whys(entry) == {
        KEY: "other_codec",
        "Portones": "plays",
        "plain": "plays",
        "h265": "plays",
    }
    assert asked(frigate) == {KEY: 2, "Portones": 1, "h265": 3, "plain": 1}

    frigate.state.cameras[KEY].live_streams = {"Sub": "plain"}
    frigate.remove_camera("Portones")
    await pass_time(hass, freezer, CONFIG_READ)
    assert whys(entry) == {KEY: "plays", "plain": "plays", "h265": "plays"}
    assert video_of(entry).decision(KEY).stream == "plain"
    assert why(entry, "Portones") == "forbidden"
    assert asked(frigate) == {KEY: 2, "Portones": 1, "h265": 3, "plain": 2}
    assert changes[-1] == KEY
    assert "Portones" in changes


async def test_a_fault_that_may_pass_is_asked_for_with_growing_pauses(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    stream, other = frigate.go2rtc[KEY], frigate.go2rtc["Portones"]
    stream.fault = DEAD
    other.source = go2rtc_source.H265
    entry = await set_up(hass, make_entry(frigate.internal_url))
    for number, pause in enumerate((1, 2, 4, 8, 16, 32, 60, 60), 2):
        await pass_time(hass, freezer, pause / 2 - 0.5)
        assert stream.handshakes == number - 1
        await pass_time(hass, freezer, pause / 2 + 0.5)
        assert stream.handshakes == number
        assert why(entry) == "no_source"
    # That is not going to change by itself, so it waits for the configuration.
    assert other.handshakes == 1

    stream.fault = None
    await pass_time(hass, freezer, 60)
    assert why(entry) == "plays"
    await pass_time(hass, freezer, 60)
    assert stream.handshakes == number + 1


async def test_a_server_that_is_down_is_asked_when_it_is_back(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.go2rtc.refuse(502)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert why(entry) == "unreachable"
    frigate.fail("/api/", Fault.status(502))
    await pass_polls(hass, freezer, 2)
    assert not entry.runtime_data.server.last_update_success
    # One more attempt may have been planned before it was down.
    await pass_time(hass, freezer, POLL)
    before = len(sent(frigate, "/live/mse/api/ws"))
    await pass_polls(hass, freezer, 10)
    assert len(sent(frigate, "/live/mse/api/ws")) == before

    frigate.clear_faults()
    frigate.go2rtc.allow()
    await pass_polls(hass, freezer, 1)
    assert whys(entry) == dict.fromkeys((KEY, "Portones"), "plays")


@pytest.mark.parametrize("frigate_options", [{"cameras": 6}])
async def test_two_are_asked_at_once_and_first_who_is_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    go2rtc = frigate.go2rtc
    names = [*frigate.state.cameras]
    for name in names:
        go2rtc[name].hold()
    entry = make_entry(frigate.internal_url)
    entry.add_to_hass(hass)
    # Setting up does not wait.
    assert await hass.config_entries.async_setup(entry.entry_id)
    await go2rtc.wait_for_handshakes(2)
    await all_waits()
    assert [viewer.src for viewer in go2rtc.viewers] == names[:2]
    assert set(whys(entry).values()) == {"not_asked"}

    waiting = hass.async_create_task(video_of(entry).async_decided(names[-1]))
    await all_waits()
    go2rtc[names[0]].release()
    await go2rtc.wait_for_handshakes(3)
    assert [viewer.src for viewer in go2rtc.viewers][2:] == [names[-1]]
    assert not waiting.done()
    go2rtc[names[-1]].release()
    assert (await waiting).plays
    await go2rtc.wait_for_handshakes(4)
    assert why(entry, names[0]) == "plays"

    # What is still asked for ends with the entry.
    assert await hass.config_entries.async_unload(entry.entry_id)
    for name in names:
        await go2rtc.wait_for_sockets(name, 0)
    assert len(go2rtc.viewers) == 4


async def test_nobody_waits_for_ever(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.go2rtc[KEY].hold()
    entry = make_entry(frigate.internal_url)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await frigate.go2rtc.wait_for_sockets(KEY, 1)
    waiting = hass.async_create_task(video_of(entry).async_decided(KEY))
    await all_waits()
    freezer.tick(DECISION_TIMEOUT + 1)
    found = await waiting
    assert (found.plays, found.why.value) == (False, "not_asked")

    frigate.go2rtc[KEY].release()
    assert (await video_of(entry).async_decided(KEY)).plays


async def test_questions_are_not_asked_in_the_name_of_a_user(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.go2rtc[KEY].source = go2rtc_source.H265
    entry = await set_up(hass, make_entry(frigate.internal_url))
    asks = ContextVar("asks", default="nobody")
    found: list[str] = []
    video_of(entry).subscribe(KEY, lambda: found.append(asks.get()))
    frigate.go2rtc[KEY].source = go2rtc_source.CAMERA
    asks.set("somebody")
    freezer.tick(1)
    await entry.runtime_data.server.async_refresh_config()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert why(entry) == "plays"
    assert found == ["nobody"]


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """Return a session to watch with, however long that takes."""
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


async def watch(
    session: aiohttp.ClientSession, frigate: FakeFrigate, url: str
) -> aiohttp.ClientResponse:
    """Begin to watch, and let there be a second of video."""
    opening = asyncio.create_task(session.get(url))
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    await frigate.go2rtc[KEY].push(1)
    return await opening


async def test_a_stream_that_brings_no_data_is_no_video_until_it_does(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    session: aiohttp.ClientSession,
) -> None:
    stream = frigate.go2rtc[KEY]
    entry = await set_up(hass, make_entry(frigate.internal_url))
    video, url = video_of(entry), entry.runtime_data.relay.url_of(KEY)
    watching = await watch(session, frigate, url)

    # The camera dies, and nobody says so.
    stream.silent = True
    while video.decision(KEY).plays:
        await pass_second(hass, freezer)
    assert why(entry) == "no_data"
    await watching.read()
    assert (await session.get(url)).status == 404

    # That go2rtc answers as before does not count.
    before = stream.handshakes
    while stream.handshakes < before + 3:
        await pass_second(hass, freezer)
    assert why(entry) == "no_data"

    stream.silent = False
    while not stream.consumers:
        await pass_second(hass, freezer)
    await stream.push(1)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert why(entry) == "plays"
    await frigate.go2rtc.wait_for_sockets(KEY, 0)
    assert (await watch(session, frigate, url)).status == 200


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "no_websocket"), (502, "unreachable")]
)
async def test_video_that_is_refused_while_it_is_watched_comes_back_soon(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    session: aiohttp.ClientSession,
    status: int,
    reason: str,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    relay = entry.runtime_data.relay
    read_at = entry.runtime_data.server.config_read_at
    await watch(session, frigate, relay.url_of(KEY))
    frigate.go2rtc.refuse(status)
    frigate.go2rtc.drop()
    while why(entry) == "plays":
        await pass_second(hass, freezer)
    assert why(entry) == reason
    await pass_time(hass, freezer, 1)
    assert why(entry) == reason

    frigate.go2rtc.allow()
    await pass_time(hass, freezer, 60)
    assert why(entry) == "plays"
    assert (await watch(session, frigate, relay.url_of(KEY))).status == 200
    assert entry.runtime_data.server.config_read_at == read_at


@pytest.mark.parametrize(
    ("state", "value", "reason"),
    [
        ("source", go2rtc_source.H265, "other_codec"),
        ("script", [NOT_FOUND], "unknown_stream"),
        ("fault", DEAD, "no_source"),
    ],
    ids=["codec", "stream", "source"],
)
async def test_what_go2rtc_says_to_whoever_watches_is_the_reason(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    session: aiohttp.ClientSession,
    state: str,
    value: Any,
    reason: str,
) -> None:
    stream = frigate.go2rtc[KEY]
    entry = await set_up(hass, make_entry(frigate.internal_url))
    relay = entry.runtime_data.relay
    await watch(session, frigate, relay.url_of(KEY))
    before = getattr(stream, state)
    setattr(stream, state, value)
    stream.drop()
    while why(entry) == "plays":
        await pass_second(hass, freezer)
    assert why(entry) == reason

    setattr(stream, state, before)
    await pass_time(hass, freezer, CONFIG_READ)
    assert why(entry) == "plays"
    assert (await watch(session, frigate, relay.url_of(KEY))).status == 200


async def test_a_reload_begins_anew(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    frigate.go2rtc[KEY].fault = DEAD
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert why(entry) == "no_source"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    frigate.go2rtc[KEY].fault = None
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert why(entry) == "plays"
    assert asked(frigate)[KEY] == 2
