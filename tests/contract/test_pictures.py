"""Stills and streams."""

import asyncio
from io import BytesIO

import aiohttp
from freezegun.api import FrozenDateTimeFactory
from PIL import Image, ImageChops
import pytest
from yarl import URL

from tests.contract.client import bearer, differ, fetch, next_frame, picture, stream
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION


async def test_stills(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    base = f"{server.internal_url}/api"
    first = await fetch(session, f"{base}/front_door/latest.jpg")
    assert picture(first).size == (320, 180)
    assert first.headers["Cache-Control"] == "no-store"
    moved = await fetch(session, f"{base}/front_door/latest.jpg")
    assert differ(picture(first), picture(moved))
    other = await fetch(session, f"{base}/Portones/latest.jpg")
    assert picture(first).getpixel((2, 170)) != picture(other).getpixel((2, 170))
    for query, size in (
        ("height=90", (160, 90)),
        ("h=90", (320, 180)),
        ("height=0", (320, 180)),
        ("height=360", (640, 360)),
    ):
        answer = await fetch(session, f"{base}/front_door/latest.jpg?{query}")
        assert picture(answer).size == size
    small = await fetch(session, f"{base}/front_door/latest.jpg?quality=5")
    assert len(small.body) < len(first.body)
    for kind in ("png", "webp"):
        answer = await fetch(session, f"{base}/front_door/latest.{kind}")
        assert answer.headers["Content-Type"] == f"image/{kind}"
        assert picture(answer).size == (320, 180)


async def test_overlays(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    server.state.cameras["front_door"].online = False
    url = f"{server.internal_url}/api/front_door/latest.png"
    plain = picture(await fetch(session, url))
    assert not differ(plain, picture(await fetch(session, url)))
    for overlay in ("bbox", "timestamp", "zones", "mask", "motion", "regions"):
        drawn = picture(await fetch(session, f"{url}?{overlay}=1"))
        assert differ(plain, drawn), overlay


def edges(shown: Image.Image) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the edges of the red box, and of the white person below the clock."""
    part = shown.crop((0, shown.height // 6, *shown.size))
    red, green, _ = part.split()
    box = ImageChops.subtract(red, green).point(lambda value: 255 * (value > 90))
    person = green.point(lambda value: 255 * (value > 235))
    found = box.getbbox(), person.getbbox()
    assert found[0] is not None
    assert found[1] is not None
    return found[0], found[1]


async def test_the_box_frames_the_visitor(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    visitor = server.object_appears("front_door")
    event = f"/api/events/{visitor.id}/snapshot.jpg?bbox=1"
    for path in ("/api/front_door/latest.png?bbox=1", event, event):
        shown = picture(await fetch(session, server.internal_url + path))
        box, person = edges(shown)
        left, top, right, bottom = (
            abs(one - other) for one, other in zip(box, person, strict=True)
        )
        assert (box[1] < person[1], box[3] > person[3]) == (True, True)
        assert top + bottom < shown.height // 10
        assert max(left, right) < shown.width // 10
        server.object_moves(visitor)


@EVERY_VERSION
async def test_camera_off(
    session: aiohttp.ClientSession,
    socket_enabled: None,
    freezer: FrozenDateTimeFactory,
    version: str,
) -> None:
    async with FakeFrigate(version) as server:
        url = f"{server.internal_url}/api/front_door/latest.jpg"
        camera = server.state.cameras["front_door"]
        camera.width, camera.height = 640, 480
        camera.online = False
        freezer.tick(9)
        answer = await fetch(session, url)
        assert picture(answer).size == (640, 480)
        freezer.tick(2)
        answer = await fetch(session, url)
        assert answer.status == 200
        offline = answer.headers.get("X-Frigate-Offline")
        assert offline == ("true" if version != "0.17.2" else None)
        size = (240, 180) if version != "0.17.2" else (1920, 1080)
        assert picture(answer).size == size
        camera.online = True
        answer = await fetch(session, url)
        assert "X-Frigate-Offline" not in answer.headers
        assert picture(answer).size == (640, 480)


async def test_odd_camera_names(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    for name in ("Jardín trasero", "cam+1", "100%", "庭"):
        server.add_camera(name)
        url = URL(server.internal_url) / "api" / name
        answer = await fetch(session, str(url / "latest.jpg"))
        assert answer.status == 200, name
        async with stream(session, str(url.with_query(fps=20))) as reader:
            await next_frame(reader)
    assert server.requests[-1].path == "/api/庭"


async def test_birdseye(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    url = f"{server.internal_url}/api/birdseye"
    assert (await fetch(session, f"{url}/latest.jpg")).status == 404
    server.state.birdseye = True
    answer = await fetch(session, f"{url}/latest.jpg")
    assert picture(answer).size == (1280, 720)
    assert (await fetch(session, url)).status == 404


async def test_face_pictures(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    base = f"{server.external_url}/clips/faces"
    for folder, name in (
        ("Eileen", server.state.faces["Eileen"][0]),
        ("train", server.state.train[0]),
    ):
        answer = await fetch(session, f"{base}/{folder}/{name}", **bearer(server))
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert picture(answer).size == (96, 96)
        assert (await fetch(session, f"{base}/{folder}/{name}")).status == 401
    answer = await fetch(session, f"{base}/Eileen/none.webp", **bearer(server))
    assert answer.status == 404


async def test_stream(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    url = f"{server.internal_url}/api/front_door?fps=20"
    async with stream(session, f"{url}&height=120") as reader:
        await server.wait_for_streams("front_door", 1)
        frames = [Image.open(BytesIO(await next_frame(reader))) for _ in range(2)]
        assert [frame.size for frame in frames] == [(213, 120)] * 2
        assert differ(frames[0].convert("RGB"), frames[1].convert("RGB"))
        async with stream(session, f"{url}&h=120") as second:
            await server.wait_for_streams("front_door", 2)
            frame = Image.open(BytesIO(await next_frame(second)))
            assert frame.size == (640, 360)
        await server.wait_for_streams("front_door", 1)
    await server.wait_for_streams("front_door", 0)
    with pytest.raises(TimeoutError, match="0 streams of front_door, not 3"):
        await server.wait_for_streams("front_door", 3, 0.01)
    assert server.max_parallel == 1


async def test_streams_do_not_hold_up_the_server(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async def watch(camera: str) -> None:
        url = f"{server.external_url}/api/{camera}?fps=30"
        async with stream(session, url, **bearer(server)) as reader:
            for _ in range(8):
                await next_frame(reader)

    watching = [
        asyncio.create_task(watch(camera))
        for camera in ("front_door", "Portones", "front_door", "Portones")
    ]
    answer = await fetch(session, f"{server.internal_url}/api/profile")
    assert answer.status == 200
    await asyncio.gather(*watching)


async def test_streams_go_on_in_frozen_time(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    url = f"{server.internal_url}/api/front_door?fps=30"
    async with stream(session, url) as reader:
        first, second = await next_frame(reader), await next_frame(reader)
        assert first != second
    await server.wait_for_streams("front_door", 0)


async def test_a_stop_waits_for_no_frame_of_an_open_stream(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.state.stream_pace = 3600
    options = bearer(server)
    async with (
        stream(session, f"{server.internal_url}/api/front_door?fps=1") as reader,
        stream(session, f"{server.external_url}/api/Portones?fps=1", **options),
    ):
        await server.wait_for_streams("front_door", 1)
        await server.wait_for_streams("Portones", 1)
        await server.stop()
        with pytest.raises(aiohttp.ClientError):
            await reader.readexactly(1)
    assert server.open_streams == {}
