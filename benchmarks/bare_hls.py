"""The least that turns the live video of Frigate's go2rtc into HLS: its bytes as they are."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from custom_components.frigate_http.mp4.fragments import (
    Init,
    TrackKind,
    read_fragment,
    read_init,
)

QUESTION = '{"type":"mse","value":"avc1.640029,mp4a.40.2"}'
_KEPT = 5
_TYPE = "application/vnd.apple.mpegurl"


class _Live:
    """The last groups of pictures of a stream, each of which is a segment of a second."""

    def __init__(self, messages: AsyncGenerator[bytes]) -> None:
        self.init = b""
        self.segments: dict[int, bytes] = {}
        self.has_segment = asyncio.Event()
        self.task = asyncio.create_task(self._read(messages))

    async def _read(self, messages: AsyncGenerator[bytes]) -> None:
        self.init = await anext(messages)
        init, number, group = read_init(self.init), 0, bytearray()
        async for message in messages:
            if group and _begins_group(message, init):
                self.segments[number] = bytes(group)
                self.segments.pop(number - _KEPT, None)
                self.has_segment.set()
                number += 1
                group.clear()
            group += message

    def playlist(self) -> str:
        """Return the playlist of now."""
        first = min(self.segments)
        lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-TARGETDURATION:1"]
        lines += [f"#EXT-X-MEDIA-SEQUENCE:{first}", '#EXT-X-MAP:URI="init.mp4"']
        for number in self.segments:
            lines += ["#EXTINF:1.0,", f"{number}.m4s"]
        return "\n".join(lines) + "\n"


def _begins_group(message: bytes, init: Init) -> bool:
    first = read_fragment(message, init)[0]
    return first.is_keyframe and first.track.kind is TrackKind.H264


@asynccontextmanager
async def bare_hls(source: str) -> AsyncGenerator[str]:
    """Serve `/<stream>/live.m3u8` of each stream from the first request on; yields the URL."""
    streams: dict[str, _Live] = {}

    async def messages(name: str) -> AsyncGenerator[bytes]:
        url = f"{source}/live/mse/api/ws?src={name}"
        async with session.ws_connect(url, max_msg_size=0) as socket:
            await socket.send_str(QUESTION)
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    yield message.data

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        _, name, file = request.path.split("/")
        if name not in streams:
            streams[name] = _Live(messages(name))
        live = streams[name]
        # Without a segment there is nothing that a player could begin with.
        await live.has_segment.wait()
        if file == "live.m3u8":
            return web.Response(text=live.playlist(), content_type=_TYPE)
        if file == "init.mp4":
            return web.Response(body=live.init, content_type="video/mp4")
        segment = live.segments[int(file.removesuffix(".m4s"))]
        return web.Response(body=segment, content_type="video/mp4")

    async with aiohttp.ClientSession() as session:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        for live in streams.values():
            live.task.cancel()
        await runner.cleanup()
