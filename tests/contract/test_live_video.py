"""What go2rtc sends in `/live/mse/api/ws`, and how it lets its clients down."""

import itertools
import struct

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate, go2rtc_source
from tests.fake_frigate.go2rtc_source import Source

from .video_client import OURS, VideoClient, beeps, fragment_of, video_url, watch
from .vod_client import boxes, frames, structure

AAC_AND_H265 = "hvc1.1.6.L153.B0,mp4a.40.2"
OPUS = Source(audio="OPUS")
# What a source is asked for, and the codecs of the answer or what does not fit.
CODECS = [
    (go2rtc_source.CAMERA, OURS, "avc1.420029,mp4a.40.2"),
    (go2rtc_source.CAMERA, "mp4a.40.2,avc1.640029", "avc1.420029,mp4a.40.2"),
    (go2rtc_source.CAMERA, "avc1.640029", "avc1.420029"),
    (go2rtc_source.CAMERA, "mp4a.40.2", "mp4a.40.2"),
    # Only these very names are known; without any, these three are meant.
    (go2rtc_source.CAMERA, "avc1.64001f", "avc1.420029,mp4a.40.2"),
    (go2rtc_source.CAMERA, "avc1.640029, mp4a.40.2", "avc1.420029"),
    (go2rtc_source.CAMERA, "", "avc1.420029,mp4a.40.2"),
    (go2rtc_source.CAMERA, None, "avc1.420029,mp4a.40.2"),
    (go2rtc_source.CAMERA, "avc1.640029,null,mp4a.40.2", "avc1.420029"),
    (go2rtc_source.CAMERA, AAC_AND_H265, "mp4a.40.2"),
    (go2rtc_source.WITHOUT_AUDIO, OURS, "avc1.420029"),
    (go2rtc_source.PCM, OURS, "avc1.420029"),
    (OPUS, OURS, "avc1.420029"),
    (go2rtc_source.LARGER, OURS, "avc1.640029,mp4a.40.2"),
    # A codec that fits is enough, whether or not there is a picture.
    (go2rtc_source.H265_AAC, OURS, "mp4a.40.2"),
    (go2rtc_source.H265_AAC, AAC_AND_H265, "hvc1.1.6.L153.B0,mp4a.40.2"),
    (go2rtc_source.H265_AAC, "", "hvc1.1.6.L153.B0,mp4a.40.2"),
    (go2rtc_source.H265, OURS, "video:H265, audio:PCMA => video:H264, audio:AAC"),
    (go2rtc_source.H265, "avc1.640029", "video:H265, audio:PCMA => video:H264"),
    (
        go2rtc_source.WITHOUT_AUDIO,
        AAC_AND_H265,
        "video:H264 => video:H265, audio:AAC",
    ),
]


def _answer(expected: str) -> dict[str, str]:
    if "=>" in expected:
        value = f"mse: streams: codecs not matched: {expected}"
        return {"type": "error", "value": value}
    return {"type": "mse", "value": f'video/mp4; codecs="{expected}"'}


async def _begin(client: VideoClient, server: FakeFrigate) -> bytes:
    """Ask for the video as we do, and return the first message."""
    playing = len(server.go2rtc.streams["front_door"].consumers)
    assert (await client.ask(OURS))["type"] == "mse"
    await server.go2rtc.wait_for_playing("front_door", playing + 1)
    return await client.binary()


async def test_playing(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    stream = server.go2rtc.streams["front_door"]
    async with watch(session, server) as client, watch(session, server) as other:
        init = await _begin(client, server)
        data = b"".join([init, *await client.pushed(stream, 3)])
        assert [each.clock for each in frames(data)] == [0] * 20 + [1] * 20 + [2] * 20
        # Whoever comes later begins where all others are, with times of their own.
        assert await _begin(other, server) == init
        first, *_ = await client.pushed(stream, 1)
        assert fragment_of(first).dts == 59 * 4500
        assert fragment_of(await other.binary()).dts == 0
    await server.go2rtc.wait_for_sockets("front_door", 0)
    assert (stream.handshakes, stream.time) == (2, 4)
    assert client.viewer.received == [{"type": "mse", "value": OURS}]
    assert server.go2rtc.violations == []


async def test_codecs(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    stream = server.go2rtc.streams["front_door"]
    for source, asked, expected in CODECS:
        stream.source = source
        async with watch(session, server, user=None) as client:
            assert await client.ask(asked) == _answer(expected), (source, asked)
            if "=>" not in expected:
                content = dict(boxes(await client.binary()))
                assert ("moov/trak/mdia/minf/vmhd" in content) == ("c1." in expected)


async def test_init(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    async with watch(session, server) as client:
        init = await _begin(client, server)
    paths = structure(init)
    track = ["tkhd", "mdia", "mdia/mdhd", "mdia/hdlr", "mdia/minf"]
    table = ["stbl", "stbl/stsd", "stbl/stts", "stbl/stsc", "stbl/stsz", "stbl/stco"]
    rest = ["dinf", "dinf/dref", *table]
    for head in ("vmhd", "smhd"):
        track_paths = [*track, *(f"mdia/minf/{each}" for each in (head, *rest))]
        found = [f"moov/trak/{each}" for each in track_paths]
        at = paths.index(f"moov/trak/mdia/minf/{head}")
        assert paths[at - 5 : at + 9] == found
    assert paths[:3] == ["ftyp", "moov", "moov/mvhd"]
    assert paths[-3:] == ["moov/mvex", "moov/mvex/trex", "moov/mvex/trex"]
    clocks = [
        struct.unpack(">4x4IH", content[:22])
        for path, content in boxes(init)
        if path.endswith("mdhd")
    ]
    assert clocks == [(0, 0, 90_000, 0, 0x55C4), (0, 0, 16_000, 0, 0x55C4)]
    assert init[8:28] == b"iso5\0\0\x02\0iso5iso6mp41"


async def test_one_frame_a_message(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    async with watch(session, server) as client:
        await _begin(client, server)
        found = [fragment_of(each) for each in await client.pushed(stream, 2)]
        assert [each.number for each in found] == [*range(1, len(found) + 1)]
        video = [each for each in found if each.track == 1]
        audio = [each for each in found if each.track == 2]
        # The first frame seems to last next to nothing, and each lasts as the last one did.
        assert [each.dts for each in video[:4]] == [0, 91, 4500, 9000]
        assert [each.duration for each in video[:4]] == [91, 4409, 4500, 4500]
        assert video[-1].dts == 38 * 4500
        assert [each.dts for each in audio] == [1024 * each for each in range(32)]
        keyframes = [each for each in video if each.flags == 0x02000000]
        assert keyframes == [video[0], video[20]]
        assert {each.flags for each in video} == {0x02000000, 0x01010000}
        assert {each.flags for each in audio} == {0x02000000}
        # A keyframe comes with the headers that its decoder needs.
        assert [each.content[4] & 0x1F for each in video[:2]] == [7, 1]


async def test_a_beep_begins_with_each_second(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    async with watch(session, server) as client:
        init = await _begin(client, server)
        # The content repeats after eight seconds.
        data = init + b"".join(await client.pushed(stream, 11.5))
    heard = beeps(data)
    assert [round(each) for each in heard] == [*range(12)]
    assert all(abs(each - round(each)) < 0.035 for each in heard)
    shown = frames(data)
    changes = [
        after.time
        for before, after in itertools.pairwise(shown)
        if before.clock != after.clock
    ]
    # All frames but the first seem to come one frame too early.
    assert changes == [each - 0.05 for each in range(1, 12)]
    assert [each.clock for each in shown[::20]] == [*range(8), *range(4)]


async def test_sound_that_is_lost(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    stream.source = go2rtc_source.LOSSY
    async with watch(session, server) as client:
        await _begin(client, server)
        found = [fragment_of(each) for each in await client.pushed(stream, 80)]
    video, audio = ([each for each in found if each.track == one] for one in (1, 2))
    assert len(video) == 1600
    # What comes after a loss comes as early as if there had been none.
    assert [each.dts for each in audio] == [1024 * each for each in range(1230)]


async def test_nothing_before_a_keyframe(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    await stream.push(5.4)
    async with watch(session, server) as client:
        init = await _begin(client, server)
        assert await client.pushed(stream, frames=12) == []
        messages = await client.pushed(stream, 1)
        first = fragment_of(messages[0])
        assert (first.number, first.track, first.dts) == (1, 1, 0)
        shown = frames(init + b"".join(messages))
        assert [each.clock for each in shown] == [6] * 20
    # Without a picture there is nothing to wait for.
    async with watch(session, server) as client:
        await client.ask("mp4a.40.2")
        await client.binary()
        await server.go2rtc.wait_for_playing("front_door", 1)
        sound = [fragment_of(each) for each in await client.pushed(stream, 0.5)]
        assert {each.track for each in sound} == {1}
        assert [each.dts for each in sound] == [1024 * each for each in range(8)]


async def test_several_frames_in_the_first_message(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    stream.burst = 5
    async with watch(session, server) as client:
        init = await _begin(client, server)
        burst = await client.binary()
        assert structure(burst).count("moof") == structure(burst).count("mdat") == 5
        messages = await client.pushed(stream, 2 - stream.time)
        assert fragment_of(messages[0]).number == 6
        shown = frames(init + burst + b"".join(messages))
        assert [each.clock for each in shown] == [0] * 20 + [1] * 20


async def test_half_an_hour_at_once(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    stream.source = go2rtc_source.SLOW
    async with watch(session, server) as client:
        await _begin(client, server)
        last = {1: 0, 2: 0}
        for message in await client.pushed(stream, 1800):
            track, dts = struct.unpack_from(">I24xQ", message, 44)
            assert dts > last[track] or dts == 0
            last[track] = dts
    seconds = last[1] / 90_000, last[2] / 16_000
    assert seconds == (1799, 1799.936)


async def test_large_keyframes(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    stream.source = go2rtc_source.HUGE
    async with watch(session, server) as client:
        init = await _begin(client, server)
        messages = await client.pushed(stream, 2)
        large = [each for each in messages if len(each) > 4 * 1024 * 1024]
        assert len(large) == 2
        shown = frames(init + b"".join(messages))
        assert [each.clock for each in shown] == [0] * 20 + [1] * 20


async def test_another_picture(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    async with watch(session, server) as client, watch(session, server) as other:
        init = await _begin(client, server)
        await client.pushed(stream, 0.5)
        stream.source = go2rtc_source.LARGER
        # It begins with a keyframe, and nobody tells of it.
        first, *_ = await client.pushed(stream, 1)
        assert fragment_of(first).content[4] & 0x1F == 7
        assert await _begin(other, server) != init
        # There is no such track for what it sends now.
        stream.source = go2rtc_source.H265_AAC
        messages = await client.pushed(stream, 1)
        assert {fragment_of(each).track for each in messages} == {2}


async def test_errors(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    async with watch(session, server, "nobody") as client:
        answer = await client.ask(OURS)
        assert answer == {"type": "error", "value": "mse: stream not found"}
        assert await client.ask(OURS) == answer
    async with watch(session, server) as client:
        # As it is on the wire.
        await client.socket.send_json({"type": "mse", "value": "hvc1.1.6.L153.B0"})
        text = (await client.socket.receive()).data
        told = r"codecs not matched: video:H264, audio:AAC =\u003e video:H265"
        expected = f'{{"type":"error","value":"mse: streams: {told}"}}\n'
        assert text == expected
    stream = server.go2rtc.streams["front_door"]
    stream.fault = 'streams: dial "rtsp://admin:secret@192.0.2.10/main": i/o timeout'
    async with watch(session, server) as client:
        answer = await client.ask(OURS)
        assert answer == {"type": "error", "value": f"mse: streams: {stream.fault}"}
        # The socket stays open, and another attempt is possible.
        assert await client.pushed(stream, 1) == []
        stream.fault = None
        await _begin(client, server)
        assert await client.pushed(stream, 1) != []


async def test_what_is_understood(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with watch(session, server) as client:
        await client.socket.send_json({"type": "hello", "value": 1})
        await client.socket.send_json({})
        await client.socket.send_bytes(b'{"type": "mse", "value": "avc1.640029"}')
        assert (await client.text())["value"].endswith('"avc1.420029"')
    for garbage in ("this is not json", "[1]"):
        async with watch(session, server) as client:
            await client.socket.send_str(garbage)
            message = await client.socket.receive()
            assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        assert server.go2rtc.viewers[-1].received in ([garbage], [[1]])


async def test_a_camera_that_is_silent(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    async with watch(session, server) as client:
        await _begin(client, server)
        before = [fragment_of(each) for each in await client.pushed(stream, 1)]
        stream.silent = True
        assert await client.pushed(stream, 10) == []
        stream.silent = False
        after = [fragment_of(each) for each in await client.pushed(stream, 1)]
        # To go2rtc, a pause of more than a second is none.
        video = [each for each in (*before, *after) if each.track == 1]
        assert video[20].dts - video[19].dts == 4500
        assert video[21].dts - video[20].dts == 91
        stream.detach()
        assert await client.pushed(stream, 1) == []
        assert len(stream.viewers) == 1
        await _begin(client, server)
        assert await client.pushed(stream, 1) != []


async def test_sockets_that_end(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    for end in (stream.drop, server.go2rtc.drop, server.restart):
        async with watch(session, server) as client:
            await _begin(client, server)
            first, *_ = await client.pushed(stream, 1)
            # Each connection has times of its own.
            assert fragment_of(first).dts == 0
            end()
            message = await client.socket.receive()
            assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
            await server.go2rtc.wait_for_sockets("front_door", 0)
    assert stream.handshakes == 3
    await server.refuse()
    with pytest.raises(aiohttp.ClientConnectorError):
        await session.ws_connect(video_url(server, "front_door", internal=True))
    await server.resume()
    async with watch(session, server) as client:
        await _begin(client, server)


async def test_an_answer_that_keeps_waiting(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    stream.hold()
    async with watch(session, server) as client, watch(session, server) as other:
        for each in (client, other):
            await each.socket.send_json({"type": "mse", "value": OURS})
        await server.go2rtc.wait_for_sockets("front_door", 2)
        await other.socket.close()
        await server.go2rtc.wait_for_sockets("front_door", 1)
        assert server.go2rtc.viewers[0].answers == []
        stream.release()
        assert (await client.text())["type"] == "mse"


async def test_answers_of_a_hostile_server(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    stream.script = ['{"type": "mse"}', b"\0\0"]
    async with watch(session, server) as client:
        assert await client.ask(OURS) == {"type": "mse"}
        assert await client.binary() == b"\0\0"
        await stream.push_raw("anything")
        assert (await client.socket.receive()).data == "anything"


async def test_live(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    server.go2rtc.run_live()
    async with watch(session, server) as client:
        init = await _begin(client, server)
        messages = [await client.binary() for _ in range(5)]
        assert {each.clock for each in frames(init + b"".join(messages))} == {0}
        await server.refuse()
    await server.go2rtc.wait_for_sockets("front_door", 0)
