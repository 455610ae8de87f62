"""Live video with sound: go2rtc's WebSocket, which Frigate passes on with the login."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
import json
import logging
import re
from typing import Never, Self

import aiohttp

from .error_mapping import error_from_exception, forgetting_causes, shown
from .errors import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateConnectionError,
    FrigateDataError,
    FrigateError,
    FrigateForbiddenError,
    FrigateRateLimitError,
    FrigateResponseError,
    FrigateServerError,
    FrigateTooLargeError,
    FrigateVideoError,
    VideoFault,
)
from .json_parser import parse_json
from .lanes import Lane
from .parsing import as_dict, as_stream
from .redaction import MASK, redact
from .resource import Resource
from .transport import Transport
from .websocket import open_websocket

_LOGGER = logging.getLogger(__name__)

SILENCE = 10.0
"""Seconds without any data after which a source counts as dead; go2rtc does not tell."""
ANSWER_TIMEOUT = 15.0
"""Seconds in which go2rtc answers; it may have to connect to the camera first."""

_RENEWAL = 1.0
"""Seconds after which the time for the next message begins anew."""
_ROUTE = "/live/mse/api/ws"
# go2rtc knows H.264 and AAC by these words only, and leaves out what is not asked for.
_QUESTION = json.dumps({"type": "mse", "value": "avc1.640029,mp4a.40.2"})
_H264 = "avc1."
_ANSWER = re.compile(
    r'video/mp4; codecs="([\w.+-]{1,40}(?:,[\w.+-]{1,40}){0,7})"', re.ASCII
)
_SWITCHED = 101
"""The status of a WebSocket, for errors in what it brings."""
_MAX_TEXT = 64 * 2**10
"""Characters of the longest text message that is read."""
_MAX_OTHERS = 100
"""How many messages without data may come before the next one with data."""

_UNKNOWN_STREAM = "mse: stream not found"
_OTHER_CODEC = "mse: streams: codecs not matched"
_SENTENCES = {
    VideoFault.UNKNOWN_STREAM: "go2rtc has no stream of this name",
    VideoFault.OTHER_CODEC: "The video of this stream is not H.264",
    VideoFault.NO_SOURCE: "go2rtc gets no video from the camera",
}
# What could not be read is quoted, and words with these may be a part of an address.
_QUOTED = re.compile(r'"(?:.*"|.*)', re.DOTALL)
_ADDRESS_MARKS = frozenset("@%=?&\\")


def is_websocket_refused(err: FrigateError) -> bool:
    """Return whether opening failed because a proxy passes no WebSockets.

    It then answers 400 (as go2rtc does if the proxy drops the header `Upgrade`), 404, 426,
    a page, or a redirect.
    """
    return isinstance(err, FrigateResponseError) and not isinstance(
        err,
        (
            FrigateAuthError,
            FrigateForbiddenError,
            FrigateRateLimitError,
            FrigateServerError,
            FrigateDataError,
            FrigateTooLargeError,
        ),
    )


class LiveVideo(Resource):
    """Live video of the streams of go2rtc."""

    def __init__(self, transport: Transport) -> None:
        """Begin as if the login were good."""
        super().__init__(transport)
        self._renews_login = True

    @asynccontextmanager
    async def open(self, stream: str) -> AsyncGenerator[VideoSocket]:
        """Open live video as H.264 and AAC (`WS /live/mse/api/ws?src={stream}`).

        It holds a place of the live views as long as it is open. Closing the client ends
        it. What it brings must be taken without delay: go2rtc ends the delivery without a
        word if it cannot send for 5 seconds.

        Raises:
            FrigateArgumentError: on entering: this is not the name of a stream.
            FrigateVideoError: on entering: there is no such video, see its `kind`.
            FrigateAuthError: on entering: the account is refused, also after one login.
            FrigateForbiddenError: on entering: the role may not see this stream; since
                0.18.
            FrigateStartingError: on entering: Frigate or its go2rtc does not run.
            FrigateResponseError: on entering: a proxy passes no WebSockets, as far as
                `is_websocket_refused` says so.
            FrigateConnectionError: on entering: there is no answer, or none in time.
        """
        if as_stream(stream) is None:
            # A URL would be opened by go2rtc, whatever it leads to.
            raise FrigateArgumentError("This is not the name of a stream")
        async with AsyncExitStack() as stack:
            opening = open_websocket(
                self._transport,
                _ROUTE,
                query={"src": stream},
                lane=Lane.LIVE_VIEWS,
                heartbeat=None,
                renews_login=self._renews_login,
            )
            try:
                socket = await stack.enter_async_context(opening)
            except FrigateAuthError:
                # A proxy that refuses this route alone would cost a login each attempt.
                self._renews_login = False
                raise
            self._renews_login = True
            video = VideoSocket(self._transport, socket, stream)
            await video.begin()
            yield video

    async def check(self, stream: str) -> tuple[str, ...]:
        """Return the codecs of live video, such as `avc1.64001f`; see `open` for errors."""
        async with self.open(stream) as video:
            return video.codecs


class VideoSocket:
    """Open live video: first what a player needs to begin, then one fragment a message.

    Each message is a part of a fragmented MP4, of at most 16 MiB: `ftyp` and `moov` first,
    then `moof` and `mdat`, usually with one frame of one track.
    """

    def __init__(
        self,
        transport: Transport,
        socket: aiohttp.ClientWebSocketResponse,
        stream: str,
    ) -> None:
        """Use an open WebSocket."""
        self.codecs: tuple[str, ...] = ()
        """What the stream brings, such as `avc1.64001f` and `mp4a.40.2`."""
        self._transport = transport
        self._socket = socket
        self._stream = stream
        self._others = 0

    async def begin(self) -> None:
        """Ask for the video, and wait for the answer, see `LiveVideo.open`."""
        with forgetting_causes():
            async with self._transport.until_closed(ANSWER_TIMEOUT):
                try:
                    await self._socket.send_str(_QUESTION)
                except (aiohttp.ClientError, OSError) as err:
                    raise error_from_exception(err) from err
                while (answer := await self._receive()) is None:
                    pass
        found = None if isinstance(answer, bytes) else _ANSWER.fullmatch(answer)
        if found is None:
            raise FrigateDataError("Not an answer about live video", _SWITCHED)
        self.codecs = tuple(found[1].split(","))
        # go2rtc brings the sound alone if the picture does not fit.
        if not any(codec.startswith(_H264) for codec in self.codecs):
            raise self._fault(VideoFault.OTHER_CODEC, found[1])

    def __aiter__(self) -> Self:
        """Iterate over the messages."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next message, however long that takes up to `SILENCE`.

        Raises:
            FrigateTimeoutError: there was no data for too long.
            FrigateConnectionError: the connection ended.
            FrigateVideoError: go2rtc has no video any more.
            FrigateTooLargeError: a message is too large.
            FrigateDataError: there are only messages without data.
            FrigateClosedError: the client was closed.
        """
        async with self._transport.until_closed(SILENCE):
            while not isinstance(data := await self._receive(), bytes):
                pass
        return data

    async def deliver(self, take: Callable[[bytes], Awaitable[None]]) -> Never:
        """Hand on each message until there is an error, see `__anext__`.

        It costs less than an iteration, as it does not set a timer for each of them.
        """
        clock = asyncio.get_running_loop().time
        with forgetting_causes():
            async with self._transport.until_closed(SILENCE) as limit:
                renewed_at = clock()
                while True:
                    if not isinstance(data := await self._receive(), bytes):
                        continue
                    await take(data)
                    if (now := clock()) >= renewed_at + _RENEWAL:
                        # Closing the client has set a limit, too.
                        self._transport.raise_if_closed()
                        limit.reschedule(now + SILENCE)
                        renewed_at = now

    async def _receive(self) -> bytes | str | None:
        """Return data, or the text that answers the question; None for anything else."""
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.BINARY and message.data:
            self._others = 0
            return bytes(message.data)
        self._others += 1
        if self._others > _MAX_OTHERS:
            raise FrigateDataError("Too many messages without video", _SWITCHED)
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                return self._read_text(message.data)
            case aiohttp.WSMsgType.BINARY:
                return None
            case aiohttp.WSMsgType.ERROR if _is_too_large(message.data):
                raise FrigateTooLargeError("A message is too large", _SWITCHED)
            case _:
                raise FrigateConnectionError("The live video ended")

    def _read_text(self, text: str) -> str | None:
        """Return the answer to the question; None for a message that is none.

        Raises:
            FrigateVideoError: it is an error.
        """
        try:
            message = as_dict(parse_json(text) if len(text) <= _MAX_TEXT else None)
        except ValueError, RecursionError:
            return None
        value = message.get("value")
        said = value if isinstance(value, str) else ""
        match message.get("type"):
            case "mse":
                return said
            case "error":
                raise self._fault(_kind_of(said), said)
            case _:
                return None

    def _fault(self, kind: VideoFault, said: str) -> FrigateVideoError:
        """Return an error in words of our own, because go2rtc's hold addresses of cameras."""
        mask = self._transport.mask
        stream, reason = (
            shown(self._stream, mask),
            shown(_without_addresses(said), mask),
        )
        _LOGGER.debug("No live video of %s: %s (%s)", stream, kind, reason)
        return FrigateVideoError(_SENTENCES[kind], kind)


def _kind_of(said: str) -> VideoFault:
    if said == _UNKNOWN_STREAM:
        return VideoFault.UNKNOWN_STREAM
    if said.startswith(_OTHER_CODEC):
        return VideoFault.OTHER_CODEC
    return VideoFault.NO_SOURCE


def _without_addresses(said: str) -> str:
    words = _QUOTED.sub(MASK, redact(said)).split()
    return " ".join(
        MASK if "://" in word or not _ADDRESS_MARKS.isdisjoint(word) else word
        for word in words
    )


def _is_too_large(err: object) -> bool:
    return (
        isinstance(err, aiohttp.WebSocketError)
        and err.code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    )
