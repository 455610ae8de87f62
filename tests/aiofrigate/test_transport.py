"""How a request gets to the server: through few functions, and in a lane of its own."""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
import sys
from types import SimpleNamespace

import aiohttp
import pytest

from custom_components.frigate_http import aiofrigate
from custom_components.frigate_http.aiofrigate import Credentials, FrigateClient, Upload
from custom_components.frigate_http.aiofrigate.lanes import (
    QUEUES,
    Lane,
    Lanes,
    usual_lane,
)
from homeassistant.helpers.aiohttp_client import MAXIMUM_CONNECTIONS_PER_HOST
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer

from .conftest import ADMIN, sent

OURS = str(Path(aiofrigate.__file__).parent)
MOST_FRAMES = 4
ENTRIES = {"request", "stream", "_post_login"}
"""Where a request begins. A login is one of its own, sent in the middle of another."""


class Frames:
    """The functions of the client that are on the stack when aiohttp is reached."""

    def __init__(self) -> None:
        self.of_requests: list[list[str]] = []
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(ssl=False),
            trace_configs=[self._tracing()],
        )

    def _tracing(self) -> aiohttp.TraceConfig:
        config = aiohttp.TraceConfig()
        # aiohttp calls this first of all, still above our own middleware.
        config.on_request_start.append(self._note)
        return config

    async def _note(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        _params: aiohttp.TraceRequestStartParams,
    ) -> None:
        names = []
        frame = sys._getframe()
        while frame.f_back is not None:
            frame = frame.f_back
            if frame.f_code.co_filename.startswith(OURS):
                names.append(frame.f_code.co_name)
                if names[-1] in ENTRIES:
                    break
        self.of_requests.append(names[::-1])


@pytest.fixture
async def frames(socket_enabled: None) -> AsyncGenerator[Frames]:
    """Return what notes the frames of each request."""
    frames = Frames()
    yield frames
    await frames.session.close()


async def test_a_request_goes_through_four_functions_at_most(
    frigate: FakeFrigate, frames: Frames
) -> None:
    client = FrigateClient(frames.session, frigate.external_url, Credentials(**ADMIN))
    await client.system.stats()
    async with client.media.mjpeg("front_door", fps=5, height=90) as stream:
        assert await anext(stream.chunks())
    # A login that was lost, a connection that broke, a redirect, and a stale proxy.
    frigate.revoke_sessions()
    await client.system.stats(fresh=True)
    frigate.fail("/api/profile", Fault.drop(), times=1)
    await client.system.profile(fresh=True)
    target = f"{frigate.external_url}/api/version?again=1"
    frigate.fail("/api/version", Fault.redirect(target), times=1)
    await client.system.version()
    frigate.fail("/api/config", Fault.status(500), times=1)
    with pytest.raises(aiofrigate.FrigateServerError):
        await client.system.config()
    frigate.fail("/api/restart", Fault("answer", Answer(200)), method="POST")
    frigate.fail("/api/restart", Fault.status(502), times=1, method="POST")
    await client.system.restart()

    ways = {tuple(names) for names in frames.of_requests}
    assert {way[0] for way in ways} == ENTRIES
    assert {way[-1] for way in ways} == {"_send_raw"}
    assert max(map(len, ways)) == MOST_FRAMES
    for path in ("/api/stats", "/api/profile", "/api/version"):
        assert len(sent(frigate, path)) > 1
    assert len(sent(frigate, "/api/restart", "POST")) == 2
    assert len(sent(frigate, "/api/login", "POST")) == 2


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> list[Lane]:
    """Return a list that gets the lane of each request."""
    lanes: list[Lane] = []
    place_in = Lanes.place_in

    def note_lane(self: Lanes, lane: Lane) -> AbstractAsyncContextManager[None]:
        lanes.append(lane)
        return place_in(self, lane)

    monkeypatch.setattr(Lanes, "place_in", note_lane)
    return lanes


async def test_each_kind_of_request_has_its_lane(
    frigate: FakeFrigate, client: FrigateClient, lanes: list[Lane]
) -> None:
    jpeg = Upload(b"\xff\xd8\xff", "image/jpeg", "face.jpg")
    calls: list[Awaitable[object]] = [
        client.system.stats(),
        client.media.latest_image("front_door"),
        client.files.snapshot("1.5-a"),
        client.files.frame("front_door", 1.5),
        client.faces.reprocess("1.5-a-1.5-unknown-0.0.webp"),
        client.faces.recognize(jpeg),
        client.faces.register("Ana", jpeg),
        client.events.delete("1.5-a"),
        client.events.search("a red car"),
        client.events.similar("1.5-a"),
        client.reviews.summarize(1, 2),
        client.events.thumbnail("1.5-a"),
        client.reviews.thumbnail("front_door", "1.5-a"),
        client.vod.check("front_door", 1, 2),
        client.vod.playlist("front_door", 1, 2),
    ]
    for call in calls:
        with suppress(aiofrigate.FrigateError):
            await call
    streams = [
        client.media.mjpeg("front_door", fps=5, height=90),
        client.files.clip("front_door", 1, 2),
        client.files.event("1.5-a", "clip.mp4"),
        client.files.export("a.mp4"),
        client.files.export_range("a.mp4"),
        client.reviews.preview("1.5-a"),
        client.vod.file("front_door", 1, 2, "seg-1-v1.m4s"),
    ]
    for stream in streams:
        with suppress(aiofrigate.FrigateError):
            async with stream:
                pass
    assert lanes == [
        Lane.POLLS,
        Lane.PICTURES,
        *[Lane.FILES] * 2,
        *[Lane.SLOW_CALLS] * 3,
        Lane.COMMANDS,
        *[Lane.SLOW_CALLS] * 2,
        Lane.SUMMARIES,
        *[Lane.THUMBNAILS] * 2,
        *[Lane.FOOTAGE] * 2,
        Lane.LIVE_VIEWS,
        *[Lane.FILES] * 3,
        *[Lane.FOOTAGE] * 3,
    ]


def test_every_lane_has_a_limit_of_its_own() -> None:
    alone = [next(iter(lanes)) for _places, lanes in QUEUES if len(lanes) == 1]
    assert sorted(lane.name for lane in alone) == sorted(lane.name for lane in Lane)


def test_all_lanes_together_leave_connections_to_home_assistant() -> None:
    shared = {lane for _places, lanes in QUEUES if len(lanes) > 1 for lane in lanes}
    most = sum(
        places for places, lanes in QUEUES if len(lanes) > 1 or not lanes & shared
    )
    # One more is the WebSocket, and another one the check of the config flow.
    assert most + 2 <= MAXIMUM_CONNECTIONS_PER_HOST


def test_queries_and_commands_have_separate_lanes() -> None:
    assert usual_lane("GET") is Lane.POLLS
    assert {usual_lane(one) for one in ("POST", "PUT", "PATCH", "DELETE")} == {
        Lane.COMMANDS
    }
