"""Video on demand: playlists, the files in them, and what an error means.

What Frigate sends comes from the simulated one, and what it would not send from elsewhere.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
import pytest

from custom_components.frigate_http.aiofrigate import (
    MAX_RANGE,
    ByteRange,
    FrigateArgumentError,
    FrigateClient,
    FrigateDataError,
    FrigateError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateRangeError,
    FrigateStartingError,
    FrigateTooLongError,
)
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .conftest import GATE, VIEWER, Connect, http_answer, logins, wire_server
from .test_playlists import SEGMENT, VARIANT, media

FOLDER = "/vod/front_door/start/1000.5/end/1060"
PERIOD = ("front_door", 1000.5, 1060.0)
HLS = "application/vnd.apple.mpegurl"
SEGMENT_BYTES = bytes(range(256)) * 8
VIDEO = {"video/mp4": SEGMENT_BYTES}


def page(status: int, title: str) -> bytes:
    """Return a page of nginx."""
    body = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n</html>\r\n"
    return http_answer(status, body.encode(), "text/html")


@dataclass
class Server:
    """A server that has one playlist and one segment, as nginx serves them."""

    url: str
    requests: list[web.BaseRequest] = field(default_factory=list)


@asynccontextmanager
async def nginx(headers: Mapping[str, str] | None = None) -> AsyncIterator[Server]:
    """Yield a listening server, which adds headers to its answers."""
    server = Server("")

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        server.requests.append(request)
        if request.path == f"{FOLDER}/master.m3u8":
            response = web.Response(text=f"#EXTM3U\n{VARIANT}\n", content_type=HLS)
            response.enable_compression()
        elif request.path == f"{FOLDER}/seg-1-v1-a1.m4s":
            response = _part(request)
        else:
            response = web.Response(status=404, text="<html>", content_type="text/html")
        response.headers.update(headers or {})
        return response

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


def _part(request: web.BaseRequest) -> web.Response:
    size = len(SEGMENT_BYTES)
    start, stop, _step = request.http_range.indices(size)
    if start >= size:
        unsatisfied = {"Content-Range": f"bytes */{size}"}
        return web.Response(status=416, headers=unsatisfied, content_type="text/html")
    headers = {"Content-Range": f"bytes {start}-{stop - 1}/{size}"}
    is_part = "Range" in request.headers
    return web.Response(
        body=SEGMENT_BYTES[start:stop],
        status=206 if is_part else 200,
        headers=headers if is_part else None,
        content_type="video/mp4",
    )


async def read(client: FrigateClient, header: str | None) -> tuple[int, bytes]:
    """Return status and body of the segment, or of a part of it."""
    asked = None if header is None else ByteRange.parse(header)
    async with client.vod.file(*PERIOD, "seg-1-v1-a1.m4s", byte_range=asked) as stream:
        return stream.status, b"".join([chunk async for chunk in stream.chunks()])


async def test_a_playlist_is_read_also_when_it_is_compressed(connect: Connect) -> None:
    async with nginx() as server:
        playlist = await connect(server.url).vod.playlist(*PERIOD)
    assert playlist.files == ("index-v1-a1.m3u8",)
    assert "gzip" in server.requests[0].headers["Accept-Encoding"]


async def test_a_segment_is_streamed_as_a_whole_or_in_parts(connect: Connect) -> None:
    async with nginx() as server:
        client = connect(server.url)
        assert await read(client, None) == (200, SEGMENT_BYTES)
        assert await read(client, "bytes=0-") == (206, SEGMENT_BYTES)
        assert await read(client, "bytes=10-19") == (206, SEGMENT_BYTES[10:20])
        assert await read(client, "bytes=2000-9999") == (206, SEGMENT_BYTES[2000:])
        assert await read(client, "bytes=-5") == (206, SEGMENT_BYTES[-5:])
        assert await read(client, "bytes=-9999") == (206, SEGMENT_BYTES)
    # What is passed on keeps its length, and a validator would make nginx hang.
    assert {one.headers["Accept-Encoding"] for one in server.requests} == {"identity"}
    assert not any("If-Range" in one.headers for one in server.requests)


async def test_the_headers_alone_are_asked_for(connect: Connect) -> None:
    async with (
        nginx() as server,
        connect(server.url).vod.file(
            *PERIOD, "seg-1-v1-a1.m4s", method="HEAD"
        ) as stream,
    ):
        assert (stream.status, stream.content_length) == (200, len(SEGMENT_BYTES))
        assert [chunk async for chunk in stream.chunks()] == []
    assert [one.method for one in server.requests] == ["HEAD"]


async def test_a_redirect_is_followed_also_for_the_headers_alone(
    connect: Connect,
) -> None:
    target = f"/cameras{FOLDER}/seg-1-v1-a1.m4s"
    moved = http_answer(301, b"", "text/html", {"Location": target})
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 7\r\n\r\n"
    async with (
        wire_server(moved, head) as server,
        connect(server.url).vod.file(
            *PERIOD, "seg-1-v1-a1.m4s", method="HEAD"
        ) as stream,
    ):
        assert stream.content_length == 7
    assert [one.split("/vod")[0] for one in server.heads] == ["HEAD ", "HEAD /cameras"]


async def test_a_range_beyond_the_end_tells_the_size(connect: Connect) -> None:
    async with nginx() as server:
        client = connect(server.url)
        with pytest.raises(FrigateRangeError) as caught:
            await read(client, "bytes=2048-")
        assert (caught.value.status, caught.value.size) == (416, 2048)
        assert await read(client, "bytes=2047-") == (206, SEGMENT_BYTES[-1:])


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": "bytes 11-19/2048"},
        {"Content-Range": "bytes 10-20/2048"},
        {"Content-Range": "bytes 10-19/*"},
        {"Content-Range": "bytes 10-19/15"},
        {"Content-Range": "bytes 10-19/2048, bytes 30-39/2048"},
        {"Content-Type": "multipart/byteranges; boundary=a"},
        {"Content-Type": "text/plain"},
        {"Content-Encoding": "unknown"},
    ],
)
async def test_another_part_than_was_asked_for_is_refused(
    connect: Connect, headers: Mapping[str, str]
) -> None:
    async with nginx(headers) as server:
        with pytest.raises(FrigateDataError):
            await read(connect(server.url), "bytes=10-19")
    async with nginx() as server:
        assert await read(connect(server.url), "bytes=10-19")


async def test_a_part_that_nobody_asked_for_is_refused(connect: Connect) -> None:
    part = http_answer(206, b"abc", "video/mp4", {"Content-Range": "bytes 0-2/9"})
    whole = http_answer(200, b"abc", "video/mp4")
    async with wire_server(part, whole, whole) as server:
        client = connect(server.url)
        with pytest.raises(FrigateDataError, match="not the part"):
            await read(client, None)
        assert await read(client, None) == (200, b"abc")
        # A server may ignore a range.
        assert await read(client, "bytes=1-") == (200, b"abc")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (page(404, "Not Found"), FrigateNotFoundError),
        (page(403, "Forbidden"), FrigateForbiddenError),
        # A minute cannot be too long: a proxy in front limits the requests.
        (page(503, "Service Temporarily Unavailable"), FrigateStartingError),
        (page(502, "Bad Gateway"), FrigateStartingError),
        (page(500, "Internal Server Error"), FrigateStartingError),
        # Of a proxy in front that does not reach Frigate.
        (
            http_answer(503, b"no available server", "text/plain"),
            FrigateStartingError,
        ),
        (http_answer(200, b"<html>", "text/html"), FrigateHTMLError),
        (http_answer(200, b"{}"), FrigateDataError),
        (None, FrigateError),
    ],
)
async def test_an_error_of_a_playlist_or_a_file_tells_what_it_means(
    connect: Connect, answer: bytes | None, kind: type[FrigateError]
) -> None:
    good = http_answer(200, media(SEGMENT).encode(), HLS)
    # What broke off is asked for once more.
    replies = [answer, answer] if answer is None else [answer]
    async with wire_server(*replies, *replies, good) as server:
        client = connect(server.url)
        with pytest.raises(kind) as caught:
            await read(client, None)
        assert kind is FrigateError or type(caught.value) is kind
        with pytest.raises(kind):
            await client.vod.playlist(*PERIOD, "index.m3u8")
        assert (await client.vod.playlist(*PERIOD, "index.m3u8")).duration == 10


async def test_only_a_long_period_is_too_long(connect: Connect) -> None:
    refusals = [page(503, "Service Temporarily Unavailable")] * 3
    async with wire_server(*refusals) as server:
        vod = connect(server.url).vod
        with pytest.raises(FrigateTooLongError):
            await vod.playlist("front_door", 1000, 2080)
        with pytest.raises(FrigateTooLongError):
            async with vod.file("front_door", 1000, 2080, "seg-1.ts"):
                pytest.fail("This was refused")
        with pytest.raises(FrigateStartingError):
            await vod.playlist("front_door", 1000, 2079)


async def test_an_error_of_the_reader_stays_what_it_is(connect: Connect) -> None:
    async with nginx() as server:
        file = connect(server.url).vod.file(*PERIOD, "seg-1-v1-a1.m4s")
        err = FrigateStartingError("503 Service Temporarily Unavailable", 503)
        with pytest.raises(FrigateStartingError) as caught:
            async with file:
                raise err
    assert caught.value is err


@pytest.mark.parametrize(
    "file",
    ["", "..", "../a.ts", "a/b.ts", "a.ts?b", "seg-1.js", "a%2f.ts", "a.ts/", "a.m3u8"],
)
async def test_a_name_of_anything_else_is_not_asked_for(
    connect: Connect, file: str
) -> None:
    async with wire_server() as server:
        client = connect(server.url)
        with pytest.raises(FrigateArgumentError):
            async with client.vod.file(*PERIOD, file):
                pytest.fail("This is no file")
        with pytest.raises(FrigateArgumentError):
            await client.vod.playlist(*PERIOD, file.replace("m3u8", "ts"))
        with pytest.raises(FrigateArgumentError):
            await client.vod.playlist("..", 1, 2)
    assert server.heads == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http_answer(200, b'{"sequences": []}'), None),
        (
            http_answer(404, b'{"success": false, "message": "No recordings found."}'),
            FrigateNotFoundError,
        ),
        (http_answer(403, b'{"detail": "Access denied"}'), FrigateForbiddenError),
        (http_answer(200, b"<html>", "text/html"), FrigateHTMLError),
        (http_answer(200, b"[]"), FrigateDataError),
    ],
)
async def test_whether_there_is_video_is_checked(
    connect: Connect, answer: bytes, kind: type[FrigateError] | None
) -> None:
    async with wire_server(answer) as server:
        client = connect(server.url)
        if kind is None:
            await client.vod.check(*PERIOD)
        else:
            with pytest.raises(kind):
                await client.vod.check(*PERIOD)
    assert server.targets == [f"/api{FOLDER}"]


# As Frigate is


@EVERY_VERSION
async def test_a_recording_is_watched(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    end = int(frigate.state.clock()) - 100
    period = ("front_door", end - 60.5, end)
    await client.vod.check(*period)
    (index,) = (await client.vod.playlist(*period)).files
    playlist = await client.vod.playlist(*period, index)
    init, *segments = playlist.files
    assert len(segments) >= 5
    assert 50 <= playlist.duration <= 72
    sizes = []
    for name in (init, segments[0]):
        async with client.vod.file(*period, name) as stream:
            body = b"".join([chunk async for chunk in stream.chunks()])
            assert stream.content_length == len(body)
        sizes.append(len(body))
    assert body[4:8] == b"moof"
    asked = ByteRange.parse("bytes=100-199")
    async with client.vod.file(*period, segments[0], byte_range=asked) as stream:
        part = b"".join([chunk async for chunk in stream.chunks()])
    assert part == body[100:200]
    async with client.vod.file(*period, segments[0], method="HEAD") as stream:
        assert stream.content_length == sizes[1]


@EVERY_VERSION
async def test_only_a_check_tells_what_is_missing(
    frigate: FakeFrigate, connect: Connect
) -> None:
    end = int(frigate.state.clock()) - 100
    client = connect(frigate.external_url, **GATE)
    for period, kind in (
        (("front_door", end - 60, end), FrigateForbiddenError),
        (("Portones", 1000, 1060), FrigateNotFoundError),
    ):
        with pytest.raises(FrigateNotFoundError):
            await client.vod.playlist(*period, "index.m3u8")
        with pytest.raises(kind):
            await client.vod.check(*period)
    own = ("Portones", end - 60, end)
    await client.vod.check(*own)
    assert (await client.vod.playlist(*own, "index.m3u8")).duration > 50
    with pytest.raises(FrigateNotFoundError):
        async with client.vod.file(*own, "seg-99-v1-a1.m4s"):
            pytest.fail("There are not so many segments")


async def test_three_hours_are_too_long_and_the_longest_range_is_not(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    end = int(frigate.state.clock()) - 100
    frigate.record_only("front_door", (end - 4 * 3600, end))
    with pytest.raises(FrigateTooLongError):
        await client.vod.playlist("front_door", end - 3 * 3600 - 15, end)
    longest = ("front_door", end - MAX_RANGE, end)
    playlist = await client.vod.playlist(*longest, "index.m3u8")
    assert playlist.duration > 0.98 * MAX_RANGE


async def test_a_login_that_was_lost_is_renewed_once_in_the_middle(
    frigate: FakeFrigate, connect: Connect
) -> None:
    end = int(frigate.state.clock()) - 100
    period = ("front_door", end - 30, end)
    client = connect(frigate.external_url, **VIEWER)
    playlist = await client.vod.playlist(*period, "index.m3u8")
    for number, name in enumerate(playlist.files):
        if number == 1:
            frigate.revoke_sessions()
        async with client.vod.file(*period, name) as stream:
            assert [chunk async for chunk in stream.chunks()]
    assert logins(frigate) == 2
