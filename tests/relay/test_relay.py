"""Video from go2rtc to the players of Home Assistant, over the network at both ends."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
import io

import av
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.aiofrigate import (
    FrigateAuthError,
    FrigateClient,
    FrigateTimeoutError,
    FrigateVideoError,
)
from custom_components.frigate_http.relay.relay import Relay
from custom_components.frigate_http.relay.video_stream import GIVE_UP_AFTER, LINGER
from homeassistant.core import HomeAssistant
from tests.clock import all_waits
from tests.fake_frigate import FakeFrigate, go2rtc_source
from tests.fake_frigate.go2rtc_stream import Stream

from .players import Player, assert_in_step, until

KEY = "front_door"


@pytest.fixture
def stream(frigate: FakeFrigate) -> Stream:
    """Return the stream of the camera."""
    return frigate.go2rtc.streams[KEY]


async def play(frigate: FakeFrigate, relay: Relay, seconds: float = 1) -> Player:
    """Return a player that is getting video, of which there has been some."""
    player = Player(relay.url_of(KEY)).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    await frigate.go2rtc[KEY].push(1)
    await until(lambda: player.frames == 20)
    # Whoever comes to more than this begins later.
    await frigate.go2rtc[KEY].push(seconds - 1)
    await until(lambda: player.frames >= seconds * 20)
    return player


async def pass_seconds(freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass, each second of it, and a little more than that."""
    await all_waits()
    for _ in range(round(seconds)):
        freezer.tick(1)
        await all_waits()
    freezer.tick(0.001)
    await all_waits()


async def reconnect(freezer: FrozenDateTimeFactory, stream: Stream) -> None:
    """Let time pass until there is a connection again."""
    await all_waits()
    while not stream.consumers:
        await pass_seconds(freezer, 1)


async def test_twenty_players_share_one_connection(
    frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    assert not relay.state_of(KEY).is_open
    players = [Player(relay.url_of(KEY)).begin() for _ in range(20)]
    await until(lambda: relay.state_of(KEY).readers == 20)
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    await stream.push(2)
    await until(lambda: all(player.frames == 40 for player in players))
    assert stream.handshakes == 1
    assert {bytes(player.data) for player in players} == {bytes(players[0].data)}
    assert_in_step(players[0].packets)
    assert relay.state_of(KEY).has_data
    assert not frigate.go2rtc.violations
    for player in players:
        await player.leave()

    # Every frame can be played.
    with av.open(io.BytesIO(bytes(players[0].data)), "r", format="mpegts") as container:
        kinds = [type(frame) for frame in container.decode(video=0, audio=0)]
    assert kinds.count(av.VideoFrame) == 40
    assert kinds.count(av.AudioFrame) == 32


async def test_a_newcomer_begins_at_once(
    hass: HomeAssistant, frigate: FakeFrigate, relay: Relay
) -> None:
    first = await play(frigate, relay, 3.5)
    second = Player(relay.url_of(KEY)).begin()
    # Nothing more is sent. The last group that is old enough began 1.5 seconds ago.
    await until(lambda: second.frames == 30)
    assert second.packets[0].begins_group
    assert first.data.endswith(second.data)

    def open_it() -> list[str]:
        with av.open(relay.url_of(KEY), timeout=30) as container:
            packet = next(container.demux(video=0))
            assert packet.is_keyframe
            return [one.codec_context.name for one in container.streams]

    opening = hass.async_add_executor_job(open_it)
    while not opening.done():
        await frigate.go2rtc[KEY].push(0.5)
        await asyncio.sleep(0)
    assert await opening == ["h264", "aac"]
    await first.leave()
    await second.leave()


type Disturb = Callable[[FakeFrigate, Stream], Awaitable[None]]


async def _before_the_answer(frigate: FakeFrigate, stream: Stream) -> None:
    stream.drop()
    stream.hold()


async def _without_data(frigate: FakeFrigate, stream: Stream) -> None:
    stream.drop()


async def _after_a_keyframe(frigate: FakeFrigate, stream: Stream) -> None:
    await stream.push(frames=1)
    stream.drop()


async def _within_a_group(frigate: FakeFrigate, stream: Stream) -> None:
    await stream.push(frames=7)
    stream.drop()


async def _between_sound_and_picture(frigate: FakeFrigate, stream: Stream) -> None:
    # The next second begins with both of them, after which there is sound only.
    await stream.push(1.01)
    await stream.push(0.06)
    stream.drop()


async def _at_the_end_of_a_group(frigate: FakeFrigate, stream: Stream) -> None:
    await stream.push(frames=20)
    stream.drop()


async def _with_a_burst(frigate: FakeFrigate, stream: Stream) -> None:
    stream.burst = 20
    stream.drop()


async def _behind_a_gap(frigate: FakeFrigate, stream: Stream) -> None:
    stream.silent = True
    await stream.push(4)
    stream.silent = False
    stream.drop()


async def _with_damage(frigate: FakeFrigate, stream: Stream) -> None:
    await stream.push_raw(b"\0\0\0\x08moof")


async def _during_a_restart(frigate: FakeFrigate, stream: Stream) -> None:
    frigate.go2rtc.refuse(502)
    stream.drop()


async def _without_a_word(frigate: FakeFrigate, stream: Stream) -> None:
    stream.detach()


async def test_players_stay_whenever_the_connection_drops(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    player = await play(frigate, relay)
    changes: list[bool | None] = []
    relay.subscribe(KEY, lambda: changes.append(relay.state_of(KEY).has_data))
    disturbances: tuple[Disturb, ...] = (
        _before_the_answer,
        _without_data,
        _after_a_keyframe,
        _within_a_group,
        _between_sound_and_picture,
        _at_the_end_of_a_group,
        _with_a_burst,
        _behind_a_gap,
        _with_damage,
        _during_a_restart,
        _without_a_word,
    )
    for number, disturb in enumerate(disturbances, start=2):
        await disturb(frigate, stream)
        await all_waits()
        before = player.frames
        # There is no other attempt in the same moment.
        assert stream.handshakes == number - 1
        for _ in range(3 if disturb is not _without_a_word else 10):
            await pass_seconds(freezer, 1)
        stream.release()
        frigate.go2rtc.allow()
        await reconnect(freezer, stream)
        await stream.push(2)
        await until(lambda: player.frames >= before + 20)  # noqa: B023
        assert not player.has_ended, disturb
        assert_in_step(player.packets)
        stream.burst = 0
        # A connection that brings video for some time is as good as the first one.
        for _ in range(2):
            freezer.tick(GIVE_UP_AFTER - 4)
            await stream.push(1)
            await all_waits()
    # Nobody was told anything, as there was always data again soon.
    assert not changes
    assert frigate.go2rtc.violations == []
    await player.leave()


async def test_connections_that_drop_after_a_picture_are_no_video(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    player = await play(frigate, relay)
    for _ in range(90):
        stream.drop()
        await pass_seconds(freezer, 1)
        if player.has_ended:
            break
        await stream.push(frames=1 if stream.consumers else 0)
    # The pauses have grown until they were longer than anybody looks at one picture.
    assert player.has_ended
    assert relay.state_of(KEY).has_data is False
    assert 4 <= stream.handshakes <= 7

    player = Player(relay.url_of(KEY)).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    # There is a keyframe each second.
    await stream.push(2)
    await until(lambda: player.frames >= 20)
    assert relay.state_of(KEY).has_data
    await player.leave()


async def test_another_codec_lets_players_begin_anew(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    player = await play(frigate, relay)
    stream.source = go2rtc_source.LARGER
    stream.drop()
    await reconnect(freezer, stream)
    await player.end()
    assert relay.state_of(KEY).readers == 0
    assert player.frames == 20
    # The connection is kept for whoever comes back.
    player = await play(frigate, relay)
    assert stream.handshakes == 2
    with av.open(io.BytesIO(bytes(player.data)), "r", format="mpegts") as container:
        size = container.streams.video[0].width, container.streams.video[0].height
    assert size == go2rtc_source.LARGER.codec("video").size
    assert size != go2rtc_source.CAMERA.codec("video").size
    await player.leave()

    # Whoever has not begun yet does not care what there was before.
    await until(lambda: relay.state_of(KEY).readers == 0)
    await pass_seconds(freezer, LINGER)
    stream.source = go2rtc_source.CAMERA
    player = Player(relay.url_of(KEY)).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    stream.source = go2rtc_source.LARGER
    stream.drop()
    await reconnect(freezer, stream)
    await stream.push(1)
    await until(lambda: player.frames == 20)
    assert relay.state_of(KEY).readers == 1
    await player.leave()


async def test_the_connection_outlives_the_last_player_a_little(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    player = await play(frigate, relay)
    await player.leave()
    await until(lambda: relay.state_of(KEY).readers == 0)
    await pass_seconds(freezer, LINGER - 1)
    assert len(stream.viewers) == 1
    # Somebody who comes back gets what was missed.
    await stream.push(0.5)
    player = Player(relay.url_of(KEY)).begin()
    await until(lambda: player.frames == 30)
    await pass_seconds(freezer, LINGER + 1)
    await stream.push(0.5)
    await until(lambda: player.frames == 40)
    await player.leave()
    await until(lambda: relay.state_of(KEY).readers == 0)
    await pass_seconds(freezer, LINGER)
    await frigate.go2rtc.wait_for_sockets(KEY, 0)
    assert not relay.state_of(KEY).is_open

    # What there was before is nothing to begin with any more.
    player = Player(relay.url_of(KEY)).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    assert stream.handshakes == 2
    await all_waits()
    # Not even headers come before there is video.
    assert player.status is None
    await stream.push(1)
    await until(lambda: player.frames == 20)
    await player.leave()


async def test_players_are_given_up_without_data(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    changes: list[bool | None] = []
    remove = relay.subscribe(KEY, lambda: changes.append(relay.state_of(KEY).has_data))
    assert relay.state_of(KEY).has_data is None
    for _ in range(2):
        waiting = Player(relay.url_of(KEY)).begin()
        await frigate.go2rtc.wait_for_playing(KEY, 1)
        assert relay.state_of(KEY).has_data is None
        await pass_seconds(freezer, GIVE_UP_AFTER - 1)
        assert not waiting.has_ended
        # It has been asked for again, after ten seconds of silence.
        assert isinstance(relay.state_of(KEY).error, FrigateTimeoutError)
        await pass_seconds(freezer, 1)
        await waiting.end()
        assert waiting.status == 503
        assert relay.state_of(KEY).has_data is False
        await frigate.go2rtc.wait_for_sockets(KEY, 0)
    assert changes == [False, False]

    player = await play(frigate, relay)
    assert changes == [False, False, True]
    assert relay.state_of(KEY).error is None
    # Data from time to time is enough.
    for _ in range(3):
        await pass_seconds(freezer, GIVE_UP_AFTER - 4)
        await stream.push(1)
        await until(lambda: relay.state_of(KEY).has_data)
        await all_waits()
    assert not player.has_ended
    await pass_seconds(freezer, GIVE_UP_AFTER)
    await player.end()
    assert player.status == 200
    assert player.frames == 80
    assert changes == [False, False, True, False]
    remove()
    player = await play(frigate, relay)
    assert relay.state_of(KEY).has_data
    assert changes == [False, False, True, False]
    await player.leave()


async def test_players_learn_at_once_that_there_will_be_no_video(
    frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    changes: list[bool | None] = []
    relay.subscribe(KEY, lambda: changes.append(relay.state_of(KEY).has_data))
    for source, fault in (
        (go2rtc_source.H265, None),
        (go2rtc_source.CAMERA, "dial tcp 192.0.2.10:554: i/o timeout"),
    ):
        stream.source, stream.fault = source, fault
        player = Player(relay.url_of(KEY)).begin()
        await player.end()
        assert player.status == 503
        state = relay.state_of(KEY)
        assert (state.has_data, state.is_open, state.readers) == (False, False, 0)
        assert isinstance(state.error, FrigateVideoError)
        assert changes == [False]
        changes.clear()
    stream.fault = None
    player = await play(frigate, relay)
    assert changes == [True]
    await player.leave()

    # What is no name of a stream is not even asked for.
    relay.serve({KEY: "rtsp://192.0.2.10/stream"})
    player = Player(relay.url_of(KEY)).begin()
    await player.end()
    assert player.status == 503
    assert not relay.state_of(KEY).is_open
    assert frigate.go2rtc.violations == []


async def test_an_outage_may_pass_while_players_wait(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay
) -> None:
    frigate.go2rtc.refuse(502)
    player = Player(relay.url_of(KEY)).begin()
    await until(lambda: relay.state_of(KEY).error is not None)
    await pass_seconds(freezer, 5)
    assert player.status is None
    frigate.go2rtc.allow()
    await reconnect(freezer, frigate.go2rtc[KEY])
    await frigate.go2rtc[KEY].push(1)
    await until(lambda: player.frames == 20)
    await player.leave()


async def test_a_lost_login_is_renewed_once(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    player = await play(frigate, relay)
    logins = sum(request.path == "/api/login" for request in frigate.requests)
    frigate.revoke_sessions()
    stream.drop()
    await reconnect(freezer, stream)
    await stream.push(2)
    await until(lambda: player.frames >= 40)
    assert not player.has_ended
    now = sum(request.path == "/api/login" for request in frigate.requests)
    assert now == logins + 1

    frigate.state.users["admin"].password = "another-password-2"
    frigate.revoke_sessions()
    stream.drop()
    await pass_seconds(freezer, GIVE_UP_AFTER)
    await player.end()
    assert isinstance(relay.state_of(KEY).error, FrigateAuthError)
    assert relay.state_of(KEY).has_data is False
    player = Player(relay.url_of(KEY)).begin()
    await player.end()
    assert player.status == 503


async def test_what_is_not_served_any_more_ends_at_once(
    frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    player = await play(frigate, relay)
    other = Player(relay.url_of("Portones")).begin()
    await frigate.go2rtc.wait_for_playing("Portones", 1)
    relay.serve({KEY: KEY, "Portones": "Portones"})
    await stream.push(1)
    await until(lambda: player.frames == 40)

    # Another stream has the same address.
    relay.serve({KEY: "Portones", "Portones": "Portones"})
    await player.end()
    await frigate.go2rtc.wait_for_sockets(KEY, 0)
    player = Player(relay.url_of(KEY)).begin()
    await frigate.go2rtc.wait_for_playing("Portones", 2)
    await frigate.go2rtc["Portones"].push(1)
    await until(lambda: player.frames == other.frames == 20)

    relay.serve({"Portones": "Portones"})
    await player.end()
    await frigate.go2rtc.wait_for_sockets("Portones", 1)
    assert not other.has_ended
    await relay.async_close()
    await other.end()
    await frigate.go2rtc.wait_for_sockets("Portones", 0)
    relay.serve({KEY: KEY})
    assert not relay.state_of(KEY).is_open


async def test_nothing_runs_as_the_user_who_loads_the_entry(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    config_entry: MockConfigEntry,
    client: FrigateClient,
) -> None:
    user: ContextVar[str] = ContextVar("user")
    user.set("somebody")
    relay = Relay(hass, config_entry, client)
    await relay.async_start()
    relay.serve({KEY: KEY})
    player = await play(frigate, relay)
    whose = {
        name: user in task.get_context()
        # Those of the simulated Frigate are answered too.
        for task in sorted(
            asyncio.all_tasks(), key=lambda task: user in task.get_context()
        )
        for name in (task.get_name(), getattr(task.get_coro(), "__qualname__", ""))
    }
    assert whose["Player._read"] is True
    assert whose[f"Frigate {KEY} video"] is False
    assert whose["RequestHandler.start"] is False
    await relay.async_close()
    await player.end()
    client.close()
    await hass.async_block_till_done(wait_background_tasks=True)
