"""go2rtc behind `GET /live/mse/api/ws?src=<stream>`: live video in a socket.

Each camera has a stream of its name (`add_camera(name, restreamed=False)`: none; in most
tests of Home Assistant no camera has one, see the fixture `restreamed`), and
`birdseye` is one while the server restreams it. A test pushes what a stream sends:

    stream = frigate.go2rtc.streams["front_door"]
    await frigate.go2rtc.wait_for_playing("front_door", 1)   # somebody has been answered
    await stream.push(2)             # two seconds at once; they begin with a keyframe
    await stream.push(frames=3)      # up to the third frame from now on
    stream.run_live()                # or in real time (`go2rtc.run_live()`: all streams)
    stream.source = go2rtc_source.H265   # or WITHOUT_AUDIO, PCM, LARGER, HUGE, LOSSY, SLOW, ...
    stream.fault = "dial tcp 192.0.2.10:554: i/o timeout"    # for those who come then
    stream.silent = True             # the camera is dead, the sockets stay open
    stream.detach()                  # the sockets of now get nothing any more
    stream.drop()                    # they end; `frigate.go2rtc.drop()`: those of all streams
    stream.hold(), stream.release()  # the answer keeps everybody waiting
    frigate.go2rtc.refuse(502), frigate.go2rtc.allow()       # no sockets: 404, 403, 502, 200
    await frigate.go2rtc.wait_for_sockets("front_door", 0)   # nobody is connected any more

`stream.viewers` are the sockets that are open, `stream.handshakes` counts all there were,
`frigate.go2rtc.viewers` remembers each of them with what it asked for, and
`frigate.go2rtc.violations` must stay empty: it says what no client of ours may do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
import itertools
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .answers import NGINX, TEXT, Answer, index_page, nginx_page
from .go2rtc_source import BIRDSEYE, CAMERA, Medium, Source
from .go2rtc_stream import Consumer, Stream, Viewer
from .live import is_handshake

if TYPE_CHECKING:
    from yarl import URL

    from .auth import Verdict
    from .call import Call
    from .state import ServerState

PATH = "/live/mse/api/ws"
NOT_FOUND = "stream not found"
# Only these exact names count. Nothing here is made of FLAC and Opus.
_ASKED: Mapping[str, tuple[Medium, tuple[str, ...]]] = {
    "avc1.640029": ("video", ("H264",)),
    "hvc1.1.6.L153.B0": ("video", ("H265",)),
    "mp4a.40.2": ("audio", ("AAC",)),
    "flac": ("audio", ("PCMA", "PCMU", "S16B")),
    "opus": ("audio", ("OPUS",)),
}
_DEFAULT = "avc1.640029,hvc1.1.6.L153.B0,mp4a.40.2"
# Some of those that go2rtc opens.
_SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "ffmpeg", "exec", "echo", "onvif")
_WITH_CONTENT = ("H264", "H265", "AAC")

type Wait = Callable[[Callable[[], bool], Callable[[], str], float], Awaitable[None]]


class Go2rtc:
    """All streams, and everybody who has ever asked for one."""

    wait: Wait

    def __init__(self, state: ServerState) -> None:
        """Begin without a stream."""
        self._state = state
        self.streams: dict[str, Stream] = {}
        self.viewers: list[Viewer] = []
        self.violations: list[str] = []
        self.changed: Callable[[], None] = lambda: None
        self.sleep: Callable[[float], Awaitable[None]]
        self._refusal: Answer | None = None
        self._is_live = False
        self.birdseye = self._stream("exec:birdseye", BIRDSEYE)

    # What there is

    def add(self, name: str, source: Source = CAMERA) -> Stream:
        """Configure a stream."""
        url = f"ffmpeg:/films/{name}.mp4#video=copy#audio=copy"
        self.streams[name] = self._stream(url, source)
        return self.streams[name]

    def remove(self, name: str) -> None:
        """Remove a stream from the configuration, with a restart."""
        self.streams.pop(name).drop()

    def _stream(self, url: str, source: Source) -> Stream:
        stream = Stream(url, source, self._note, self._rest)
        if self._is_live:
            stream.run_live()
        return stream

    def _note(self) -> None:
        self.changed()

    async def _rest(self, seconds: float) -> None:
        await self.sleep(seconds)

    def run_live(self) -> None:
        """Let all streams send by themselves, in real time."""
        self._is_live = True
        for stream in (*self.streams.values(), self.birdseye):
            stream.run_live()

    def stop(self) -> None:
        """End what goes on by itself."""
        for stream in (*self.streams.values(), self.birdseye):
            stream.stop_live()

    def _find(self, viewer: Viewer) -> Stream | None:
        src = viewer.src or ""
        if src == "birdseye" and self._state.restreams_birdseye:
            return self.birdseye
        scheme = src.partition(":")[0] if ":" in src else None
        if (stream := self.streams.get(src)) is None and scheme in _SCHEMES:
            # go2rtc opens it as a new stream, or runs it.
            self.violations.append(f"opened {src}")
            stream = Stream(src, CAMERA, self._note, self._rest)
        return stream

    # Waiting

    async def wait_for_sockets(self, name: str, n: int, timeout: float = 30) -> None:
        """Wait until that many sockets of a stream are open."""
        await self._wait_for(lambda: len(self[name].viewers), "sockets", n, timeout)

    async def wait_for_playing(self, name: str, n: int, timeout: float = 30) -> None:
        """Wait until that many are ready to get what is pushed."""
        await self._wait_for(lambda: len(self[name].consumers), "viewers", n, timeout)

    async def wait_for_handshakes(self, n: int, timeout: float = 30) -> None:
        """Wait until there have been that many sockets, of all streams."""
        await self._wait_for(lambda: len(self.viewers), "handshakes", n, timeout)

    async def _wait_for(
        self, count: Callable[[], int], what: str, n: int, timeout: float
    ) -> None:
        await self.wait(
            lambda: count() == n, lambda: f"{count()} {what}, not {n}", timeout
        )

    def __getitem__(self, name: str) -> Stream:
        """Return a stream, also that of birdseye."""
        return self.birdseye if name == "birdseye" else self.streams[name]

    # Letting down

    def drop(self) -> None:
        """End every connection at once, as a restart does."""
        for viewer in self.viewers:
            viewer.drop()

    def refuse(self, status: int) -> None:
        """Be behind a proxy that passes on no such socket; 200 is a page of its own."""
        if status == 404:
            self._refusal = Answer(404, b"404 page not found\n", "text/plain")
        else:
            self._refusal = index_page() if status == 200 else nginx_page(status)

    def allow(self) -> None:
        """Be behind nothing of the kind any more."""
        self._refusal = None

    # Answering

    def respond(self, call: Call, verdict: Verdict, query: URL) -> Answer:
        """Answer a request that nginx has let through, 101 if it is a handshake."""
        if self._refusal is not None:
            return self._refusal
        if not is_handshake(call):
            answer = Answer(400, b"Bad Request\n", TEXT)
            answer.headers += [
                ("Sec-Websocket-Version", "13"),
                ("X-Content-Type-Options", "nosniff"),
            ]
            return answer
        parameters = [*query.query.items()]
        src = query.query.get("src")
        if src is not None:
            parameters.remove(("src", src))
        self.violations += [f"sent {name}={value}" for name, value in parameters]
        viewer = Viewer(src, parameters, call.port, verdict.user, verdict.role)

        async def serve(request: web.BaseRequest) -> web.StreamResponse:
            return await self._serve(viewer, request)

        return Answer(101, socket=serve)

    async def _serve(
        self, viewer: Viewer, request: web.BaseRequest
    ) -> web.StreamResponse:
        socket = viewer.socket = web.WebSocketResponse(compress=False)
        socket.headers["Server"] = NGINX
        await socket.prepare(request)
        viewer.transport = request.transport
        stream = self._find(viewer)
        self.viewers.append(viewer)
        if stream is not None:
            stream.enter(viewer)
        self.changed()
        answers = []
        try:
            async for frame in socket:
                if (message := _parsed(viewer, frame.data)) is None:
                    viewer.drop()
                elif message.get("type") == "mse":
                    told = self._answer(viewer, stream, message.get("value"))
                    answers.append(asyncio.ensure_future(told))
                self.changed()
        finally:
            for answer in answers:
                answer.cancel()
            if stream is not None:
                stream.forget(viewer)
            self.changed()
        return socket

    async def _answer(self, viewer: Viewer, stream: Stream | None, value: Any) -> None:
        if stream is None:
            await _tell(viewer, "error", f"mse: {NOT_FOUND}")
            return
        await stream.reached()
        if stream.script is not None:
            for frame in stream.script:
                await viewer.send(frame)
            return
        asked = value if isinstance(value, str) else ""
        media = _matched(stream.source, asked)
        if stream.fault is not None or not media:
            why = stream.fault or _not_matched(stream.source, asked)
            await _tell(viewer, "error", f"mse: streams: {why}")
            return
        codecs = [stream.source.codec(medium) for medium in media]
        names = ",".join(each.mime for each in codecs)
        consumer = Consumer(viewer, codecs)
        await _tell(viewer, "mse", f'video/mp4; codecs="{names}"')
        await viewer.send(consumer.muxer.init())
        await stream.attach(consumer)


def _parsed(viewer: Viewer, data: str | bytes) -> dict[str, Any] | None:
    """Return a message; None for what is none, at which go2rtc hangs up."""
    try:
        message = json.loads(data)
    except ValueError:
        message = data
    viewer.received.append(message)
    return message if isinstance(message, dict) else None


async def _tell(viewer: Viewer, kind: str, value: str) -> None:
    message = {"type": kind, "value": value}
    viewer.answers.append(message)
    await viewer.send(_as_go_writes(message))


def _as_go_writes(message: dict[str, str]) -> str:
    """Return JSON without a blank, but with escapes for web pages and a line of its own."""
    text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"{text}\n"


def _wanted(asked: str) -> Iterator[tuple[Medium, tuple[str, ...]]]:
    # What comes behind a `null` is a lie of the browser.
    honest = itertools.takewhile(lambda each: each != "null", asked.split(","))
    known = [each for each in honest if each in _ASKED]
    medium: Medium
    for medium in ("video", "audio"):
        found = [_ASKED[each] for each in known or _DEFAULT.split(",")]
        names = [name for kind, names in found if kind == medium for name in names]
        if names:
            yield medium, tuple(names)


def _matched(source: Source, asked: str) -> list[Medium]:
    """Return the tracks that fit; one that does is enough."""
    return [
        medium
        for medium, names in _wanted(asked)
        if source.names.get(medium) in names and source.names[medium] in _WITH_CONTENT
    ]


def _not_matched(source: Source, asked: str) -> str:
    has = ", ".join(f"{medium}:{name}" for medium, name in source.names.items())
    wants = ", ".join(
        f"{medium}:{name}" for medium, names in _wanted(asked) for name in names
    )
    return f"codecs not matched: {has} => {wants}"
