"""What counts as an image, whatever the server calls it, and the frames of a stream."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateConnectionError,
    FrigateDataError,
    FrigateTooLargeError,
    StillImage,
    image_type,
    jpeg_frames,
)

from .conftest import Connect, http_answer, wire_server

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n"
GIF = b"GIF89a"
WEBP = b"RIFF\x0a\x00\x00\x00WEBP"
MJPEG = "multipart/x-mixed-replace;boundary=frame"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>steal()</script></svg>"

STILLS: dict[str, Callable[[FrigateClient], Awaitable[StillImage]]] = {
    "latest": lambda client: client.media.latest_image("front_door"),
    "frame": lambda client: client.files.frame("front_door", 1000),
    "snapshot": lambda client: client.files.snapshot("1000.5-abc"),
}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (b"GIF87a", "image/gif"),
        (WEBP, "image/webp"),
        *(
            (content, None)
            for content in (
                *(b"", b"\xff\xd8", b" " + JPEG, b"GIF88a", b"GIF8", PNG[:-1]),
                *(
                    b"RIFF",
                    b"RIFF\x0a\x00\x00\x00WAVE",
                    b"RIFFWEBP",
                    b"BM",
                    b"%PDF-1.7",
                ),
                *(SVG, b"<?xml?>" + SVG, b"\xef\xbb\xbf" + SVG, b"<!doctype html>"),
                b"\x00\x00\x00\x1cftypavif",
            )
        ),
    ],
)
def test_the_type_of_an_image_is_read_from_its_first_bytes(
    content: bytes, expected: str | None
) -> None:
    assert image_type(content) == expected


@pytest.mark.parametrize("still", STILLS)
@pytest.mark.parametrize(
    "claimed", ["image/svg+xml", "image/jpeg", "application/xhtml+xml", ""]
)
async def test_the_content_type_of_the_server_is_ignored(
    connect: Connect, still: str, claimed: str
) -> None:
    async with wire_server(
        http_answer(200, SVG, claimed), http_answer(200, PNG, claimed)
    ) as server:
        client = connect(server.url)
        with pytest.raises(FrigateDataError, match="not an image"):
            await STILLS[still](client)
        image = await STILLS[still](client)
        assert (image.content, image.content_type) == (PNG, "image/png")


def part(content: bytes, headers: bytes = b"Content-Type: image/jpeg") -> bytes:
    """Return a part of a stream, as Frigate sends it."""
    return b"--frame\r\n" + headers + b"\r\n\r\n" + content + b"\r\n\r\n"


async def frames_of(client: FrigateClient) -> list[bytes]:
    """Return all frames of a stream that ends."""
    async with client.media.mjpeg("front_door", fps=5, height=90) as stream:
        return [frame async for frame in jpeg_frames(stream)]


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
async def test_frames_arrive_whole_in_pieces_of_any_size(
    connect: Connect, size: int
) -> None:
    frames = [b"\xff\xd8\xff" + b"-" * number + b"\xff\xd9" for number in (0, 90, 900)]
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {MJPEG}\r\nConnection: close\r\n\r\n"
    body = b"\r\n" + b"".join(map(part, frames)) + b"--frame--\r\n"
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    async with wire_server([head.encode(), *pieces]) as server:
        assert await frames_of(connect(server.url)) == frames


@pytest.mark.parametrize(
    "content_type",
    [
        MJPEG,
        'Multipart/X-Mixed-Replace; boundary="frame"',
        "multipart/x-mixed-replace ; Boundary=frame ",
    ],
)
async def test_headers_of_frames_are_dropped(
    connect: Connect, content_type: str
) -> None:
    body = part(JPEG, b"Content-Type: text/html\r\nX-Frame: 1") + part(JPEG, b"A: b")
    async with wire_server(http_answer(200, body, content_type)) as server:
        assert await frames_of(connect(server.url)) == [JPEG, JPEG]


@pytest.mark.parametrize(
    "content_type",
    [
        *("multipart/x-mixed-replace", "multipart/mixed;boundary=frame", "image/jpeg"),
        *(f"{MJPEG}s", f"{MJPEG};x=y", "multipart/x-mixed-replace;boundary='frame'"),
        'multipart/x-mixed-replace;boundary="frame',
    ],
)
async def test_streams_of_other_types_are_refused(
    connect: Connect, content_type: str
) -> None:
    async with wire_server(
        http_answer(200, part(JPEG), content_type), http_answer(200, part(JPEG), MJPEG)
    ) as server:
        client = connect(server.url)
        with pytest.raises(FrigateDataError, match="not an MJPEG stream"):
            await frames_of(client)
        assert await frames_of(client) == [JPEG]


@pytest.mark.parametrize(
    "bad",
    [
        *(part(SVG), part(PNG), part(JPEG, b""), SVG),
        *(b"--frame\r\n", b"--frame\r\n\r\n", b"--framed\r\nA: b" + JPEG),
    ],
)
async def test_a_part_that_is_not_a_jpeg_ends_the_stream(
    connect: Connect, bad: bytes
) -> None:
    bodies = bad + part(JPEG), part(JPEG)
    async with wire_server(*(http_answer(200, one, MJPEG) for one in bodies)) as server:
        client = connect(server.url)
        async with client.media.mjpeg("front_door", fps=5, height=90) as stream:
            with pytest.raises(FrigateDataError, match="not a JPEG"):
                await anext(jpeg_frames(stream))
        assert await frames_of(client) == [JPEG]


async def test_a_stream_that_breaks_off_or_has_an_endless_frame_is_an_error(
    connect: Connect,
) -> None:
    whole = http_answer(200, part(JPEG), MJPEG)
    endless = part(b"\xff\xd8\xff" + bytes(17_000_000))
    async with wire_server(
        whole[:-9], http_answer(200, endless, MJPEG), whole
    ) as server:
        client = connect(server.url)
        with pytest.raises(FrigateConnectionError):
            await frames_of(client)
        with pytest.raises(FrigateTooLargeError):
            await frames_of(client)
        assert await frames_of(client) == [JPEG]
