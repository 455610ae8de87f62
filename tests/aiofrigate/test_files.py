"""Clips, exports, the media of events, and frames of recordings."""

from contextlib import AbstractAsyncContextManager
import re

import pytest

from custom_components.frigate_http.aiofrigate import (
    EventMedia,
    FrigateBadRequestError,
    FrigateClient,
    FrigateConnectionError,
    FrigateDataError,
    FrigateHTMLError,
    FrigateNotFoundError,
    Stream,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION

from .conftest import Connect, http_answer, sent, wire_server, works

type Opened = AbstractAsyncContextManager[Stream]


async def body_of(opened: Opened) -> bytes:
    """Read a stream to its end."""
    async with opened as stream:
        return b"".join([chunk async for chunk in stream.chunks()])


def opened(client: FrigateClient, kind: str) -> Opened:
    """Open a stream of the given kind."""
    match kind:
        case "clip":
            return client.files.clip("front_door", 1, 2)
        case "event":
            return client.files.event("1.5-abc", "clip.mp4")
        case _:
            return client.files.export("a.mp4")


@EVERY_VERSION
async def test_a_clip_is_streamed(frigate: FakeFrigate, client: FrigateClient) -> None:
    end = int(frigate.state.clock()) - 100
    async with client.files.clip("front_door", end - 10.25, end) as stream:
        assert (stream.status, stream.content_type) == (200, "video/mp4")
        assert stream.content_length is None
        assert stream.offset is None
        assert stream.validator is None
        body = b"".join([chunk async for chunk in stream.chunks()])
    assert body[4:8] == b"ftyp"
    path = f"/api/front_door/start/{end - 11}.75/end/{end}/clip.mp4"
    assert sent(frigate, path)[0].status == 200


async def test_a_clip_of_a_period_without_recordings_is_an_error(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    with pytest.raises(FrigateBadRequestError, match="No recordings found"):
        await body_of(client.files.clip("front_door", 1000, 1010))
    assert await works(client)


@EVERY_VERSION
@pytest.mark.parametrize(
    ("media", "beginning"),
    [
        ("clip.mp4", rb"....ftyp"),
        ("snapshot.jpg", rb"\xff\xd8"),
        ("thumbnail.jpg", rb"\xff\xd8"),
        ("preview.gif", rb"GIF8"),
    ],
)
async def test_the_media_of_an_event_are_streamed(
    frigate: FakeFrigate, client: FrigateClient, media: EventMedia, beginning: bytes
) -> None:
    event = frigate.add_event("front_door", ago=300)
    body = await body_of(client.files.event(event.id, media))
    assert re.match(beginning, body, re.DOTALL)
    with pytest.raises(FrigateNotFoundError):
        await body_of(client.files.event("1.5-nobody", media))


@EVERY_VERSION
async def test_the_video_of_an_export_is_streamed(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    now = frigate.state.clock()
    file = frigate.add_export("front_door", now - 130, now - 100).file
    whole = await body_of(client.files.export(file))
    async with client.files.export(file, 1000) as stream:
        assert (stream.status, stream.offset) == (206, 1000)
        assert stream.content_length == len(whole) - 1000
        rest = b"".join([chunk async for chunk in stream.chunks()])
    assert rest == whole[1000:]
    with pytest.raises(FrigateNotFoundError):
        await body_of(client.files.export("nobody.mp4"))


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"ETag": '"a-1"'}, '"a-1"'),
        ({"ETag": '"a-1"', "Last-Modified": "Tue"}, '"a-1"'),
        # A weak tag says nothing of the bytes.
        ({"ETag": 'W/"a-1"', "Last-Modified": "Tue"}, "Tue"),
        ({"ETag": 'W/"a-1"'}, None),
        ({"Last-Modified": "Tue"}, "Tue"),
        ({"Last-Modified": ""}, None),
        ({}, None),
    ],
)
async def test_an_export_is_resumed_only_if_the_file_is_unchanged(
    connect: Connect, headers: dict[str, str], validator: str | None
) -> None:
    answer = http_answer(200, b"video", "video/mp4", headers)
    async with wire_server(answer, answer, answer) as server:
        client = connect(server.url)
        async with client.files.export("a b.mp4") as stream:
            assert stream.validator == validator
        await body_of(client.files.export("a b.mp4", 3, validator))
        # Of a whole file, no condition is needed.
        await body_of(client.files.export("a b.mp4", 0, "x"))
    assert server.targets == ["/exports/a%20b.mp4"] * 3
    first, second, third = (head.splitlines() for head in server.heads)
    conditions = [line for line in second if line.lower().startswith("if-range")]
    assert conditions == ([f"If-Range: {validator}"] if validator else [])
    assert "Range: bytes=3-" in second
    for head in (first, third):
        assert not any("range" in line.lower() for line in head)


@pytest.mark.parametrize(
    ("header", "offset"),
    [
        ("bytes 3-6/7", 3),
        ("bytes 0-6/*", 0),
        ("bytes */7", None),
        ("items 3-6/7", None),
        ("bytes ³-6/7", None),
        (f"bytes {'9' * 5000}-6/7", None),
        ("", None),
    ],
)
async def test_the_offset_of_a_partial_response_is_read(
    connect: Connect, header: str, offset: int | None
) -> None:
    answer = http_answer(206, b"video", "video/mp4", {"Content-Range": header})
    async with (
        wire_server(answer) as server,
        connect(server.url).files.export("a.mp4", 3) as stream,
    ):
        assert stream.offset == offset


@pytest.mark.parametrize("kind", ["clip", "event", "export"])
async def test_a_stream_of_another_type_is_refused(connect: Connect, kind: str) -> None:
    async with wire_server(
        http_answer(200, b"<html>", "text/html"),
        http_answer(200, b"{}"),
        http_answer(200, b"video", ""),
        http_answer(200, b"video", "Video/MP4"),
    ) as server:
        client = connect(server.url)
        with pytest.raises(FrigateHTMLError):
            await body_of(opened(client, kind))
        with pytest.raises(FrigateDataError, match="application/json"):
            await body_of(opened(client, kind))
        with pytest.raises(FrigateDataError, match=r"octet-stream|nothing known"):
            await body_of(opened(client, kind))
        assert await body_of(opened(client, kind)) == b"video"


@pytest.mark.parametrize("kind", ["clip", "event", "export"])
async def test_a_video_that_breaks_off_is_an_error(connect: Connect, kind: str) -> None:
    whole = http_answer(200, b"video", "video/mp4")
    async with wire_server([whole[:-2]], whole) as server:
        client = connect(server.url)
        with pytest.raises(FrigateConnectionError):
            await body_of(opened(client, kind))
        assert await body_of(opened(client, kind)) == b"video"


@EVERY_VERSION
async def test_a_frame_of_the_recordings_is_returned(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    moment = int(frigate.state.clock()) - 100
    image = await client.files.frame("front_door", moment + 0.5)
    assert image.content.startswith(b"\xff\xd8")
    assert (image.content_type, image.offline) == ("image/jpeg", False)
    path = f"/api/front_door/recordings/{moment}.5/snapshot.jpg"
    assert len(sent(frigate, path)) == 1
    with pytest.raises(FrigateNotFoundError):
        await client.files.frame("front_door", 1000)


async def test_a_frame_that_is_not_an_image_is_refused(
    frigate: FakeFrigate, client: FrigateClient, connect: Connect
) -> None:
    moment = int(frigate.state.clock()) - 100
    frigate.fail("/api/front_door/recordings/", Fault.html(), times=1)
    with pytest.raises(FrigateHTMLError):
        await client.files.frame("front_door", moment)
    frigate.fail("/api/front_door/recordings/", Fault.json([1]), times=1)
    with pytest.raises(FrigateDataError):
        await client.files.frame("front_door", moment)
    async with wire_server(http_answer(200, b"", "image/jpeg")) as server:
        with pytest.raises(FrigateDataError):
            await connect(server.url).files.frame("front_door", moment)
    assert (await client.files.frame("front_door", moment)).content
