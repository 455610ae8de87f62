"""What slow players, large pictures and hours of video cost."""

import sys

from aiohttp import web
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.relay.groups import KEPT, MAX_BYTES
from custom_components.frigate_http.relay.relay import Relay
from tests.fake_frigate import FakeFrigate, go2rtc_source
from tests.fake_frigate.go2rtc_source import Source, scene
from tests.fake_frigate.go2rtc_stream import Stream

from .players import Player, assert_in_step, until

KEY = "front_door"
MIB = 2**20


@pytest.fixture
def stream(frigate: FakeFrigate) -> Stream:
    """Return the stream of the camera."""
    return frigate.go2rtc.streams[KEY]


def kept(relay: Relay) -> int:
    """Return how many bytes are kept for all players, and for each of them alone."""
    runner = relay._listener._runner
    assert runner is not None
    assert isinstance(runner.server, web.Server)
    transports = [handler.transport for handler in runner.server.connections]
    waiting = sum(one.get_write_buffer_size() for one in transports if one is not None)
    return relay._streams[KEY]._groups.size + waiting


async def test_a_slow_player_costs_little_and_nobody_a_frame(
    frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    # Keyframes of a camera with 4K are larger than what a player reads at once.
    stream.source = go2rtc_source.HUGE
    slow = Player(relay.url_of(KEY)).begin()
    fast = Player(relay.url_of(KEY), keeps_data=False).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    await until(lambda: relay.state_of(KEY).readers == 2)
    await stream.push(frames=1)
    await until(lambda: slow.frames == 1)
    slow.reads.clear()
    for second in range(1, 7):
        await stream.push(frames=20)
        await until(lambda: fast.frames == 1 + second * 20)  # noqa: B023
        assert kept(relay) < MAX_BYTES + 6 * MIB
    assert relay.state_of(KEY).readers == 2
    assert_in_step(fast.packets)
    # Six keyframes are whole, and the seventh is on its way.
    assert fast.size > 6 * go2rtc_source.HUGE.padding

    slow.reads.set()
    await until(lambda: slow.packets[-1] == fast.packets[-1])
    assert 1 < slow.frames < 60
    times = [packet.dts for packet in slow.packets if packet.track == "video"]
    assert times == sorted(set(times))
    # Where something is missing, a group begins.
    known = {packet.dts: number for number, packet in enumerate(fast.packets)}
    gaps = [
        packet
        for before, packet in zip(slow.packets, slow.packets[1:], strict=False)
        if known[packet.dts] != known[before.dts] + 1
    ]
    assert gaps
    assert all(packet.begins_group for packet in gaps)
    await slow.leave()
    await fast.leave()


async def test_a_picture_that_is_larger_than_what_is_kept_is_shown(
    frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    stream.source = Source(audio=None, padding=MAX_BYTES + MIB)
    player = Player(relay.url_of(KEY), keeps_data=False).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    # The next ones are there already when it has been worked on.
    await stream.push(frames=3)
    await until(lambda: player.frames == 3)
    assert player.packets[0].begins_group
    await player.leave()


async def test_hours_of_video_leave_nothing_behind(
    freezer: FrozenDateTimeFactory, frigate: FakeFrigate, relay: Relay, stream: Stream
) -> None:
    stream.source = Source(scene=scene(fps=1), audio=None)
    player = Player(relay.url_of(KEY), keeps_data=False).begin()
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    # Whoever comes to more than this begins later.
    await stream.push(1)
    await until(lambda: player.packets)
    player.packets.clear()
    blocks, begins = [], []
    for _ in range(2):
        frames = 0
        for _ in range(36):
            await stream.push(100)
            await until(lambda: len(player.packets) == 100)
            freezer.tick(KEPT + 1)
            begins.append(player.packets[0].dts)
            frames += len(player.packets)
            player.packets.clear()
        assert frames == 3600
        blocks.append(sys.getallocatedblocks())
    assert abs(begins[-1] - begins[0] - 7100) < 0.01
    assert blocks[1] - blocks[0] < 2000
    await player.leave()
