"""Video with sound: what Home Assistant's players get of it, and when there is none."""

import asyncio
from functools import partial
from io import BytesIO
import logging
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.frigate_http.const import (
    CONF_LIVE_VIEW,
    CONF_OVERLAYS,
    LIVE_VIEW_PICTURES,
)
from custom_components.frigate_http.mp4 import inspect
from custom_components.frigate_http.relay.video_stream import GIVE_UP_AFTER
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.clock import all_waits, turns
from tests.common import pass_polls, take_away
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, go2rtc_source
from tests.fake_frigate.go2rtc_source import CAMERA as SOURCE
from tests.relay.players import Player

from .common import (
    CAMERA,
    SHORT_SEGMENTS,
    STREAM,
    camera_entity,
    happens,
    has_video,
    is_gapless,
    packets,
    play,
    players,
    skew,
    stream_of,
    until,
    until_stopped,
    watch,
)

pytestmark = pytest.mark.usefixtures("fixed_time")


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return a set-up entry, with players that need little video."""
    assert await async_setup_component(hass, "stream", SHORT_SEGMENTS)
    return await set_up(hass, make_entry(frigate.internal_url))


async def record(
    hass: HomeAssistant, tmp_path: Path, seconds: int, lookback: int = 0
) -> None:
    """Record into the file `x.mp4`."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    file = {"filename": str(tmp_path / "x.mp4")}
    data = {**file, "duration": seconds, "lookback": lookback}
    await hass.services.async_call(
        "camera", "record", {"entity_id": CAMERA, **data}, blocking=True
    )


async def test_a_recording_has_each_frame_once_and_its_sound_in_step(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert has_video(hass)
    recording = asyncio.create_task(record(hass, tmp_path, 5))
    stream = frigate.go2rtc[STREAM]
    await frigate.go2rtc.wait_for_playing(STREAM, 1)
    recorder = stream_of(hass).outputs()["recorder"]
    await play(frigate, recorder, lambda: recorder.last_sequence == 2)
    freezer.tick(5.1)
    await until(frigate, lambda: recorder.idle)
    # Who reads notices the end when the next frame comes.
    await stream.push(1)
    await recording

    path = tmp_path / "x.mp4"
    assert inspect(path).codecs
    read = packets(path, SOURCE)
    assert read["video"][-1].time - read["video"][0].time > 4
    assert is_gapless(read["video"], SOURCE, "video")
    assert is_gapless(read["audio"], SOURCE, "audio")
    assert skew(read) <= 0.05


async def test_a_recording_of_what_is_watched_begins_before_the_action(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, frigate)
    output = watched.outputs()["hls"]
    await play(frigate, output, lambda: output.last_sequence >= 3)
    stream = frigate.go2rtc[STREAM]
    began_at = stream.time
    recording = asyncio.create_task(record(hass, tmp_path, 5, lookback=4))
    await until(frigate, lambda: "recorder" in watched.outputs())
    recorder = watched.outputs()["recorder"]
    await play(frigate, recorder, lambda: stream.time > began_at + 3)
    freezer.tick(5.1)
    await until(frigate, lambda: recorder.idle)
    await stream.push(1)
    await recording

    read = packets(tmp_path / "x.mp4", SOURCE)
    seconds = read["video"][-1].time - read["video"][0].time
    assert seconds > stream.time - began_at + 2
    assert is_gapless(read["video"], SOURCE, "video")
    assert skew(read) <= 0.05


async def test_a_browser_gets_segments_with_picture_and_sound(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    socket, client = await hass_ws_client(hass), await hass_client_no_auth()
    await socket.send_json_auto_id({"type": "camera/stream", "entity_id": CAMERA})
    url = (await socket.receive_json())["result"]["url"]
    played = async_mock_service(hass, "media_player", "play_media")
    data = {"entity_id": CAMERA, "media_player": "media_player.tv"}
    await hass.services.async_call("camera", "play_stream", data, blocking=True)
    assert played[0].data["media_content_id"].endswith(url)

    opening = asyncio.create_task(client.get(url))
    output = stream_of(hass).outputs()["hls"]
    await play(frigate, output, lambda: output.last_sequence >= 2)
    master = await (await opening).text()
    assert re.search(r'CODECS="avc1\.\w+,mp4a\.40\.2"', master)
    folder = url.rpartition("/")[0]
    playlist = await (await client.get(f"{folder}/playlist.m3u8")).text()
    segment = re.search(r"segment/\d+\.m4s", playlist)
    assert segment is not None
    content = b""
    for name in ("init.mp4", segment[0]):
        content += await (await client.get(f"{folder}/{name}")).read()
    read = packets(BytesIO(content), SOURCE)
    assert len(read["video"]) > 30
    assert is_gapless(read["audio"], SOURCE, "audio")
    assert skew(read) <= 0.05


async def test_without_video_the_action_says_why(
    hass: HomeAssistant, frigate: FakeFrigate, tmp_path: Path
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    stream = frigate.go2rtc[STREAM]

    async def said(options: dict[str, Any] | None = None) -> str | None:
        hass.config_entries.async_update_entry(entry, options=options or {})
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert not has_video(hass)
        with pytest.raises(HomeAssistantError) as raised:
            await record(hass, tmp_path, 5)
        assert CAMERA in str(raised.value)
        return raised.value.translation_key

    assert await said({CONF_LIVE_VIEW: LIVE_VIEW_PICTURES}) == "video_pictures"
    assert await said({CONF_OVERLAYS: ["timestamp"]}) == "video_pictures"
    stream.source = go2rtc_source.H265_AAC
    assert await said() == "video_codec"
    stream.source = SOURCE
    stream.fault = "dial tcp 192.0.2.10:554: i/o timeout"
    assert await said() == "video_missing"
    stream.fault = None
    frigate.go2rtc.refuse(404)
    assert await said() == "video_no_websocket"
    frigate.go2rtc.allow()
    stream.script = ['{"type":"error","value":"mse: stream not found"}']
    assert await said() == "video_missing"
    stream.script = None
    frigate.go2rtc.remove(STREAM)
    assert await said() == "video_not_restreamed"

    frigate.go2rtc.add(STREAM)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert has_video(hass)
    assert await camera_entity(hass).stream_source()


async def test_who_is_too_early_waits_for_the_first_answer(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.go2rtc[STREAM].hold()
    make_entry(frigate.internal_url).add_to_hass(hass)
    assert await async_setup_component(hass, "frigate_http", {})
    assert not has_video(hass)
    waiting = asyncio.create_task(camera_entity(hass).stream_source())
    await frigate.go2rtc.wait_for_sockets(STREAM, 1)
    assert not await happens(frigate, waiting.done, 0.05)
    # Home Assistant itself waits no longer than ten seconds, and then gives no reason.
    freezer.tick(6)
    with pytest.raises(HomeAssistantError) as raised:
        await waiting
    assert raised.value.translation_key == "video_missing"

    waiting = asyncio.create_task(camera_entity(hass).stream_source())
    frigate.go2rtc[STREAM].release()
    assert (await waiting or "").startswith("http://")
    await until(frigate, lambda: has_video(hass))


async def test_a_camera_that_is_off_has_no_video(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, tmp_path: Path
) -> None:
    stream = await watch(hass, frigate)
    url = await camera_entity(hass).stream_source() or ""
    # One that the camera does not know of, as a go2rtc is that has the URL.
    reader = Player(url).begin()
    await until(frigate, lambda: reader.frames)
    frigate.push("front_door/enabled/state", "OFF")
    await until(frigate, lambda: not has_video(hass))
    assert camera_entity(hass).stream is None
    await reader.end()
    refused = Player(url).begin()
    await refused.end()
    assert refused.status == 404
    await until_stopped(frigate)
    assert not stream.outputs()
    with pytest.raises(HomeAssistantError) as raised:
        await record(hass, tmp_path, 5)
    assert raised.value.translation_key == "video_off"

    frigate.push("front_door/enabled/state", "ON")
    await until(frigate, lambda: has_video(hass))
    assert await watch(hass, frigate) is not stream
    assert await camera_entity(hass).stream_source() == url
    reader = Player(url).begin()
    await until(frigate, lambda: reader.frames)
    await reader.leave()


async def test_a_camera_that_is_off_has_no_video_although_no_poll_is_answered(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/api/(stats|faces)", Fault.status(500))
    await pass_polls(hass, freezer, 3)
    assert not camera_entity(hass).available
    reader = Player(await camera_entity(hass).stream_source() or "").begin()
    await frigate.go2rtc.wait_for_playing(STREAM, 1)
    await frigate.go2rtc[STREAM].push(1)
    await until(frigate, lambda: reader.frames)
    frigate.push("front_door/enabled/state", "OFF")
    await until(frigate, lambda: not has_video(hass))
    await reader.end()
    frigate.push("front_door/enabled/state", "ON")
    await until(frigate, lambda: has_video(hass))
    assert not camera_entity(hass).available


async def test_what_is_watched_ends_with_the_camera(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    stream = await watch(hass, frigate)
    # Not even this keeps it alive.
    stream.dynamic_stream_settings.preload_stream = True
    taken = take_away(frigate, STREAM)

    async def read_config() -> None:
        freezer.tick(1)
        await entry.runtime_data.server.async_refresh_config()
        await all_waits()

    await read_config()
    assert camera_entity(hass).stream is None
    await until(frigate, lambda: not players())
    assert not stream.outputs()
    frigate.state.cameras[STREAM] = taken
    frigate.go2rtc.add(STREAM)
    await read_config()
    await until(frigate, lambda: has_video(hass))
    assert await watch(hass, frigate) is not stream


async def test_a_preloaded_stream_begins_again_by_itself(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    socket = await hass_ws_client(hass)
    preload = {"type": "camera/update_prefs", "entity_id": CAMERA}
    await socket.send_json_auto_id({**preload, "preload_stream": True})
    assert (await socket.receive_json())["success"]
    before = await watch(hass, frigate)

    # Both the old entity and its player are gone, although preloading keeps one alive.
    await hass.config_entries.async_reload(entry.entry_id)
    await until(frigate, lambda: has_video(hass) and camera_entity(hass).stream)
    await until(frigate, lambda: len(players()) == 1)
    after = stream_of(hass)
    assert after is not before
    assert after.dynamic_stream_settings.preload_stream
    output = after.outputs()["hls"]
    await play(frigate, output, lambda: output.last_segment)

    assert await hass.config_entries.async_unload(entry.entry_id)
    await until(frigate, lambda: not players())
    assert before not in hass.data["stream"]["streams"]


async def test_a_preloaded_stream_begins_again_under_another_entity_id(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    socket = await hass_ws_client(hass)
    porch = "camera.porch"
    # Not every version of Home Assistant takes the preference along.
    for entity in (CAMERA, porch):
        preload = {"type": "camera/update_prefs", "entity_id": entity}
        await socket.send_json_auto_id({**preload, "preload_stream": True})
        assert (await socket.receive_json())["success"]
    before = await watch(hass, frigate)
    # Its player waits for data, and is not waited for.
    entity_registry.async_update_entity(CAMERA, new_entity_id=porch)
    await until(frigate, lambda: hass.states.get(porch) and has_video(hass, porch))
    await until(frigate, lambda: camera_entity(hass, porch).stream)
    after = stream_of(hass, porch)
    assert after is not before
    assert not before.outputs()
    await until(frigate, lambda: "hls" in after.outputs())
    output = after.outputs()["hls"]
    await play(frigate, output, lambda: output.last_segment)
    assert len(players()) == 1


async def test_a_camera_without_video_keeps_no_other_from_being_preloaded(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    socket = await hass_ws_client(hass)
    others = ("camera.portones", CAMERA)
    for entity in others:
        preload = {"type": "camera/update_prefs", "entity_id": entity}
        await socket.send_json_auto_id({**preload, "preload_stream": True})
        assert (await socket.receive_json())["success"]
    for key, playing in (("Portones", STREAM), (STREAM, "Portones")):
        frigate.go2rtc[key].source = go2rtc_source.H265_AAC
        await hass.config_entries.async_reload(entry.entry_id)
        await until(frigate, lambda: sum(map(partial(has_video, hass), others)) == 1)
        await until(frigate, lambda: len(players()) == 1)
        await frigate.go2rtc.wait_for_playing(playing, 1)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        frigate.go2rtc[key].source = SOURCE


async def test_a_stream_that_is_lost_leaves_pictures_until_it_is_back(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
) -> None:
    recording = asyncio.create_task(record(hass, tmp_path, 30))
    lost = await watch(hass, frigate)
    frigate.go2rtc[STREAM].silent = True
    # What is on its way arrives before.
    await turns()
    freezer.tick(GIVE_UP_AFTER + 1)
    await until(frigate, lambda: not has_video(hass))
    await until(frigate, lambda: not players())
    assert not lost.outputs()
    await recording
    assert packets(tmp_path / "x.mp4", SOURCE)["video"]
    state = hass.states.get(CAMERA)
    assert state is not None
    assert state.state != STATE_UNAVAILABLE
    client = await hass_client()
    pictures = await client.get(f"/api/camera_proxy_stream/{CAMERA}")
    assert pictures.status == 200
    assert await pictures.content.readuntil(b"\xff\xd9")
    pictures.close()

    frigate.go2rtc[STREAM].silent = False

    while not has_video(hass):
        freezer.tick(1)
        async_fire_time_changed(hass)
        await all_waits()
        await frigate.go2rtc[STREAM].push(frames=1)
        await all_waits()
    assert await watch(hass, frigate) is not lost


async def test_a_player_that_fails_is_no_frozen_picture(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    stream = await watch(hass, frigate)
    # Its frames are of another size when it is back, which no player bears.
    frigate.go2rtc[STREAM].source = go2rtc_source.LARGER
    frigate.go2rtc[STREAM].drop()
    await frigate.go2rtc.wait_for_sockets(STREAM, 0)
    # The other end notices it as well.
    await turns()
    freezer.tick(2)
    await until(frigate, lambda: camera_entity(hass).stream is None)
    await until(frigate, lambda: not players())
    assert not stream.outputs()
    assert has_video(hass)
    state = hass.states.get(CAMERA)
    assert state is not None
    assert state.state != STATE_UNAVAILABLE
    await watch(hass, frigate)


async def test_no_log_has_the_secret(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    url = await camera_entity(hass).stream_source()
    assert url is not None
    secret = url.partition("@")[0].rpartition(":")[2]
    assert len(secret) > 30
    stream = await camera_entity(hass).async_create_stream()
    assert stream is not None
    await watch(hass, frigate)
    # It fails while it is open, and then when it is opened.
    await entry.runtime_data.relay.async_close()
    await until(frigate, lambda: "Error from stream worker" in caplog.text)
    await until(frigate, lambda: not players())
    camera_entity(hass).stream = None
    stream = await camera_entity(hass).async_create_stream()
    assert stream is not None
    stream.add_provider("hls")
    await stream.start()
    await until(frigate, lambda: "Error opening stream" in caplog.text)
    assert f"http://****:****@{url.partition('@')[2]}" in caplog.text
    assert secret not in caplog.text
    await until(frigate, lambda: not players())


async def test_birdseye_has_video_where_the_account_may_see_all_cameras(
    hass: HomeAssistant, frigate: FakeFrigate, tmp_path: Path
) -> None:
    frigate.state.birdseye = True
    assert await async_setup_component(hass, "stream", SHORT_SEGMENTS)
    await set_up(hass, make_entry(frigate.internal_url))
    birdseye = "camera.frigate_birdseye"
    assert has_video(hass, birdseye)
    await watch(hass, frigate, birdseye, "birdseye")
