"""`/live/mse/api/ws`: live video, as go2rtc sends it through nginx."""

import aiohttp

from tests.fake_frigate import FakeFrigate, go2rtc_source

from .video_client import OURS, watch
from .vod_client import frames


async def test_playing(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    stream = server.go2rtc.streams["front_door"]
    async with watch(session, server) as client:
        answer = await client.ask(OURS)
        assert answer == {
            "type": "mse",
            "value": 'video/mp4; codecs="avc1.420029,mp4a.40.2"',
        }
        await server.go2rtc.wait_for_playing("front_door", 1)
        await stream.push(3)
        messages = [await client.binary() for _ in range(1 + 60 + 47)]
        shown = frames(b"".join(messages))
        assert [each.clock for each in shown] == [0] * 20 + [1] * 20 + [2] * 20
    await server.go2rtc.wait_for_sockets("front_door", 0)
    assert server.go2rtc.violations == []


async def test_errors_come_inside_the_socket(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
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
    stream.source = go2rtc_source.H265
    async with watch(session, server) as client:
        text = "codecs not matched: video:H265, audio:PCMA => video:H264, audio:AAC"
        answer = await client.ask(OURS)
        assert answer == {"type": "error", "value": f"mse: streams: {text}"}
        # The socket stays open, and another attempt is possible.
        stream.fault = "dial tcp 192.0.2.10:554: i/o timeout"
        answer = await client.ask("")
        assert answer == {"type": "error", "value": f"mse: streams: {stream.fault}"}
        stream.fault = None
        assert (await client.ask(""))["value"] == 'video/mp4; codecs="hvc1.1.6.L153.B0"'
