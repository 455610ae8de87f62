"""Video on its way through Home Assistant: leaving, breaking off, and lies about its length."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.aiofrigate.videos import (
    VIEWER_SILENCE as SERVER_SILENCE,
)
from custom_components.frigate_http.views.proxy import VIEWER_SILENCE
from homeassistant.core import HomeAssistant
from tests.clock import all_waits
from tests.common import ADMIN, reauths, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.versions import EVERY_VERSION

from .common import Watcher
from .test_exports import add_export, video_url

pytestmark = pytest.mark.usefixtures("fixed_time")

FILES = "/exports/"
BODY = bytes(range(250)) * 40
SIZE = len(BODY)


@pytest.fixture
def url(frigate: FakeFrigate, entry: MockConfigEntry) -> str:
    """Return the path of the video of an export."""
    return video_url(entry, add_export(frigate))


def lie(
    frigate: FakeFrigate,
    body: bytes = BODY,
    status: int = 200,
    content_type: str = "video/mp4",
    **headers: str,
) -> None:
    """Let the server answer with something made up."""
    own = [(name.replace("_", "-"), value) for name, value in headers.items()]
    frigate.fail(FILES, Fault("answer", Answer(status, body, content_type, own)))


class Source:
    """A large video, which counts how much of it was sent."""

    def __init__(self, size: int) -> None:
        """Prepare zeros."""
        self.size, self.sent = size, 0

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the video."""
        piece = bytes(2**16)
        while self.sent < self.size:
            self.sent += len(piece)
            yield piece

    def fault(self, *, has_length: bool = True) -> Fault:
        """Return what lets the server send it."""
        length = self.size if has_length else None
        return Fault(
            "answer",
            Answer(200, b"", "video/mp4", stream=self.pieces, length=length),
        )


async def test_nothing_but_the_video_is_passed_on(
    frigate: FakeFrigate, watcher: Watcher, url: str
) -> None:
    lie(
        frigate,
        content_type='video/x-evil; charset="<script>"',
        Set_Cookie="frigate_token=secret",
        ETag='"frigate"',
        Last_Modified="Sun, 19 Nov 2000 08:52:00 GMT",
        Cache_Control="public, max-age=31536000",
        Content_Disposition="attachment; filename=secret.mp4",
        Content_Security_Policy="default-src *",
        Access_Control_Allow_Origin="*",
        Refresh="0; url=http://elsewhere.example/",
        X_Accel_Redirect="/etc/passwd",
    )
    # It checks the headers.
    seen = await watcher.see(url)
    assert (seen.status, seen.body) == (200, BODY)
    assert seen.headers["Content-Type"] == "video/mp4"
    assert seen.headers["Cache-Control"] == "private, max-age=86400"
    assert seen.headers["ETag"] != '"frigate"'
    assert "Accept-Ranges" not in seen.headers


async def test_a_part_that_was_not_asked_for_is_refused(
    frigate: FakeFrigate, watcher: Watcher, url: str
) -> None:
    for length, part in (
        (10, None),
        (10, "bytes 0-9/*"),
        (10, "bytes 0-9/5"),
        (10, "bytes 1-10/1000"),
        (10, "bytes 0-8/1000"),
        (11, "bytes 0-9/1000"),
        (10, "bytes 0-9/\uff11\uff10"),
        (10, "bytes 9-0/1000"),
        (10, "bytes 0-9/1000, bytes 0-9/1000"),
    ):
        headers = {} if part is None else {"Content_Range": part}
        lie(frigate, BODY[:length], 206, **headers)
        for asked in ({"Range": "bytes=0-9"}, {}):
            seen = await watcher.see(url, **asked)
            assert (seen.status, seen.body) == (502, b"502: Bad Gateway"), part
            assert seen.headers["Cache-Control"] == "no-store"
    lie(frigate, status=203)
    assert await watcher.status(url) == 502
    frigate.clear_faults()
    assert (await watcher.see(url, Range="bytes=0-9")).status == 206


async def test_a_server_that_knows_no_ranges_sends_everything(
    frigate: FakeFrigate, watcher: Watcher, url: str
) -> None:
    lie(frigate)
    seen = await watcher.see(url, Range="bytes=5-9")
    assert (seen.status, seen.body) == (200, BODY)
    for size in ("bytes */x", "bytes 0-9/10", "nothing", "bytes */-1"):
        lie(frigate, b"<html></html>", 416, "text/html", Content_Range=size)
        beyond = await watcher.see(url, Range="bytes=99999999-")
        assert beyond.status == 416
        assert "Content-Range" not in beyond.headers
    lie(frigate, b"<html></html>", 416, "text/html", Content_Range="bytes */10")
    beyond = await watcher.see(url, Range="bytes=99999999-")
    assert beyond.headers["Content-Range"] == "bytes */10"


async def test_what_is_no_video_is_not_passed_on(
    frigate: FakeFrigate, watcher: Watcher, url: str
) -> None:
    for fault, status in (
        (Fault.html(), 502),
        (Fault.garbage(), 502),
        (Fault("answer", Answer(200, b"<svg/>", "image/svg+xml")), 502),
        (Fault("answer", Answer(200, BODY, None)), 502),
        (Fault.drop(), 502),
        (Fault.redirect("https://login.example/"), 502),
        (Fault.status(500), 502),
        (Fault.status(502), 503),
        (Fault.status(429), 503),
        (Fault.status(403), 404),
        (Fault.status(404), 404),
    ):
        frigate.fail(FILES, fault)
        for method in ("GET", "HEAD"):
            assert (await watcher.see(url, method)).status == status, fault
        frigate.clear_faults()
    assert await watcher.status(url) == 200


async def _drop(frigate: FakeFrigate, freezer: FrozenDateTimeFactory) -> None:
    await frigate.refuse()
    await frigate.resume()


async def _silence(frigate: FakeFrigate, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(SERVER_SILENCE + 1)


@pytest.mark.parametrize("has_length", [True, False])
@pytest.mark.parametrize("end", [_drop, _silence])
async def test_a_video_that_breaks_off_does_not_look_whole(
    frigate: FakeFrigate,
    watcher: Watcher,
    url: str,
    freezer: FrozenDateTimeFactory,
    end: Callable[..., Awaitable[None]],
    has_length: bool,
) -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        yield BODY
        await asyncio.Event().wait()

    length = SIZE * 2 if has_length else None
    answer = Answer(200, b"", "video/mp4", stream=pieces, length=length)
    frigate.fail(FILES, Fault("answer", answer))
    response = await watcher.open(url)
    assert response.status == 200
    # What has arrived is there at once.
    assert await response.content.readexactly(SIZE) == BODY
    await end(frigate, freezer)
    with pytest.raises(aiohttp.ClientError):
        await response.read()
    await frigate.wait_for_open(FILES, 0)
    frigate.clear_faults()
    assert await watcher.status(url) == 200


async def test_a_part_that_ends_early_does_not_look_whole(
    frigate: FakeFrigate, watcher: Watcher, url: str
) -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        yield BODY[:10]

    part = [("Content-Range", f"bytes 0-{SIZE - 1}/{SIZE}")]
    answer = Answer(206, b"", "video/mp4", part, stream=pieces)
    frigate.fail(FILES, Fault("answer", answer))
    response = await watcher.open(url, Range="bytes=0-")
    assert response.status == 206
    with pytest.raises(aiohttp.ClientError):
        await response.read()


async def test_whoever_leaves_ends_what_was_under_way(
    frigate: FakeFrigate, watcher: Watcher, url: str
) -> None:
    for fault in (Fault.stall(), Fault.stall_body(100)):
        frigate.fail(FILES, fault)
        asked = asyncio.create_task(watcher.open(url))
        await frigate.wait_for_open(FILES, 1)
        await all_waits()
        if asked.done():
            (await asked).close()
        else:
            asked.cancel()
        await frigate.wait_for_open(FILES, 0, timeout=1)
        frigate.clear_faults()
        assert await watcher.status(url) == 200


async def test_no_more_is_read_than_the_viewer_takes(
    frigate: FakeFrigate, watcher: Watcher, url: str, freezer: FrozenDateTimeFactory
) -> None:
    source = Source(256 * 2**20)
    frigate.fail(FILES, source.fault())
    response = await watcher.open(url)
    await all_waits()
    # The rest is in the buffers of the sockets.
    assert source.sent < 16 * 2**20
    # Whoever paused for long is disconnected, and Frigate's place is free.
    freezer.tick(VIEWER_SILENCE - 1)
    await all_waits()
    await frigate.wait_for_open(FILES, 1)
    freezer.tick(2)
    await frigate.wait_for_open(FILES, 0)
    with pytest.raises(aiohttp.ClientError):
        await response.read()


@pytest.mark.parametrize("reads", [True, False])
async def test_an_unload_disconnects_whoever_watches(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    url: str,
    reads: bool,
) -> None:
    source = Source(256 * 2**20)
    frigate.fail(FILES, Fault.stall_body(100) if reads else source.fault())
    response = await watcher.open(url)
    await all_waits()
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.wait_for_open(FILES, 0, timeout=1)
    with pytest.raises(aiohttp.ClientError):
        await response.read()
    assert await watcher.status(url) == 503
    frigate.clear_faults()
    await hass.config_entries.async_setup(entry.entry_id)
    assert await watcher.status(url) == 200
    await hass.config_entries.async_remove(entry.entry_id)
    assert await watcher.status(url) == 404


@EVERY_VERSION
async def test_a_lost_login_is_renewed_once_and_a_refused_one_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, watcher: Watcher
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    url = video_url(entry, add_export(frigate))
    whole = (await watcher.see(url)).body
    frigate.clear_requests()
    frigate.revoke_sessions()
    part = await watcher.see(url, Range="bytes=100-")
    assert (part.status, part.body) == (206, whole[100:])
    assert len(sent(frigate, "/api/login")) == 1
    assert not reauths(hass)

    frigate.state.users["admin"].password = "another-password-2"
    frigate.revoke_sessions()
    assert await watcher.status(url) == 502
    assert len(reauths(hass)) == 1


async def test_a_server_that_is_down_and_comes_back(
    frigate: FakeFrigate, watcher: Watcher, url: str
) -> None:
    await frigate.refuse()
    assert await watcher.status(url) == 502
    await frigate.resume()
    assert await watcher.status(url) == 200
