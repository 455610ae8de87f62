"""Handles requests: logs them, applies faults, and lets tests wait for them."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
import re

from aiohttp import web

from .answers import Answer, nginx_page
from .backend import Backend
from .call import Call
from .cameras import Streams
from .echoes import heard_in
from .faults import Fault, Faults
from .limits import LoginLimiter
from .live import is_handshake
from .live_commands import command
from .nginx import MAX_BODY, Nginx
from .pictures import Workers
from .real_time import RealTimer
from .requests import Port, Request
from .state import ServerState
from .wire import hang_up, send

_FOREIGN_PAGE = (
    b"<html><head><title>Welcome</title></head><body>It works!</body></html>"
)


class RequestHandler:
    """Logs each request, applies its fault if there is one, and answers it."""

    def __init__(self, state: ServerState, prefix: str) -> None:
        """Answer from this state, below this path."""
        self.state = state
        self.prefix = prefix.rstrip("/")
        self.requests: list[Request] = []
        self.open_requests: list[Request] = []
        """What is being answered at this moment, also what stalls before its status."""
        self.open_streams: Counter[str] = Counter()
        self.max_parallel = 0
        self.open_videos = 0
        self.max_videos = 0
        self.latency = 0
        """How often the event loop turns before a request is answered."""
        self._heard: dict[str, None] = {}
        """What the last request and the last login have brought, for a server that echoes."""
        self._login: dict[str, None] = {}
        self._parallel = 0
        self._changed = asyncio.Event()
        self._timer = RealTimer()
        self._faults = Faults(self._timer.sleep)
        self._workers = Workers(state.clock)
        self._limiter = LoginLimiter()
        self._nginx = Nginx(Backend(Streams(self._timer, self._count_stream)))
        self.state.live.changed = self._changed.set
        self.state.live.command = partial(command, state)
        self.go2rtc = state.go2rtc
        self.go2rtc.changed = self._changed.set
        self.go2rtc.sleep = self._timer.sleep
        self.go2rtc.wait = self._wait

    def fail(
        self,
        path_prefix_or_regex: str,
        fault: Fault,
        times: int | None = None,
        method: str | None = None,
    ) -> None:
        """Let requests fail whose path, or path with query, begins with or matches this."""
        self._faults.add(path_prefix_or_regex, fault, times, method)

    def clear_faults(self) -> None:
        """Answer as usual again; what is stalled goes on."""
        self._faults.clear()

    def clear_requests(self) -> None:
        """Forget the requests seen so far."""
        self.requests.clear()

    async def wait_for_streams(self, camera: str, n: int, timeout: float = 30) -> None:
        """Wait until that many MJPEG streams of a camera are open."""
        await self._wait(
            lambda: self.open_streams[camera] == n,
            lambda: f"{self.open_streams[camera]} streams of {camera}, not {n}",
            timeout,
        )

    async def wait_for_videos(self, n: int, timeout: float = 30) -> None:
        """Wait until that many videos are on their way."""
        await self._wait(
            lambda: self.open_videos == n,
            lambda: f"{self.open_videos} videos, not {n}",
            timeout,
        )

    async def wait_for_open(self, path_regex: str, n: int, timeout: float = 30) -> None:
        """Wait until that many requests are open whose path begins with this."""

        def count() -> int:
            return sum(
                re.match(path_regex, each.path) is not None
                for each in self.open_requests
            )

        await self._wait(
            lambda: count() == n,
            lambda: f"{count()} open requests of {path_regex}, not {n}",
            timeout,
        )

    async def wait_for_requests(self, n: int, timeout: float = 30) -> None:
        """Wait until at least that many requests have arrived."""
        await self._wait(
            lambda: len(self.requests) >= n,
            lambda: f"{len(self.requests)} requests, not {n}",
            timeout,
        )

    async def _wait(
        self, reached: Callable[[], bool], found: Callable[[], str], timeout: float
    ) -> None:
        limit = asyncio.ensure_future(self._timer.sleep(timeout))
        try:
            while not reached():
                if limit.done():
                    raise TimeoutError(found())
                self._changed.clear()
                change = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait((limit, change), return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
        finally:
            limit.cancel()

    def _count_stream(self, camera: str, change: int) -> None:
        self.open_streams[camera] += change
        # Only open streams are counted, so that a test may compare the whole.
        self.open_streams = +self.open_streams
        self._changed.set()

    def _count_videos(self, change: int) -> None:
        self.open_videos += change
        self.max_videos = max(self.max_videos, self.open_videos)
        self._changed.set()

    async def handle(self, request: web.BaseRequest, port: Port) -> web.StreamResponse:
        """Answer a request that came in at one of the ports."""
        inside = not self.prefix or f"{request.path}/".startswith(f"{self.prefix}/")
        path = request.path.removeprefix(self.prefix) if inside else request.path
        record = Request(
            request.method, path or "/", dict(request.query), request.headers, port
        )
        self.requests.append(record)
        self.open_requests.append(record)
        self._changed.set()
        fault = self._faults.take(record.method, record.path) if inside else None
        if fault is None and inside:
            whole = f"{record.path}?{request.query_string}"
            fault = self._faults.take(record.method, whole)
        cleared = self._faults.cleared
        self._parallel += 1
        self.max_parallel = max(self.max_parallel, self._parallel)
        counted, video = True, False
        try:
            if fault is not None and fault.kind == "drop":
                await hang_up(request, at_once=True)
            if fault is not None and fault.kind == "stall":
                await cleared.wait()
            for _turn in range(self.latency):
                await asyncio.sleep(0)
            if not inside:
                answer = Answer(200, _FOREIGN_PAGE, "text/html")
            elif fault is not None and fault.prepared is not None:
                answer = fault.prepared
            elif fault is not None and fault.repeated is not None:
                await self._hear(request)
                answer = fault.repeated.answer(self._heard, request.path)
            else:
                answer = await self._respond(request, port, record.path)
            record.status = answer.status
            sockets = answer.listener, answer.socket
            if answer.stream is not None or sockets != (None, None):
                self._parallel -= 1
                counted = False
            if answer.listener is not None:
                return await self.state.live.serve(request, port, *answer.listener)
            if answer.socket is not None:
                return await answer.socket(request)
            video = answer.content_type == "video/mp4"
            self._count_videos(video)
            now = self.state.clock()
            return await send(request, answer, now, fault, self._faults)
        finally:
            self._parallel -= counted
            self.open_requests = [
                each for each in self.open_requests if each is not record
            ]
            self._count_videos(-video)

    async def _hear(self, request: web.BaseRequest) -> bytes:
        """Return the body of a request, and remember what it brings."""
        body = await request.content.read()
        self._heard = dict.fromkeys(heard_in(request, body))
        if request.path.endswith("/login"):
            self._login = self._heard
        self._heard = {**self._login, **self._heard}
        return body

    async def _respond(self, request: web.BaseRequest, port: Port, path: str) -> Answer:
        if (request.content_length or 0) > MAX_BODY:
            return nginx_page(413)
        call = Call(
            state=self.state,
            workers=self._workers,
            limiter=self._limiter,
            port=port,
            method=request.method,
            path=path,
            target=request.raw_path,
            query=request.query,
            headers=request.headers,
            cookies=request.cookies,
            host=request.host,
            body=await self._hear(request),
        )
        refusal = self.state.live.refusal
        if refusal is not None and is_handshake(call):
            return refusal
        return await self._nginx.respond(call)
