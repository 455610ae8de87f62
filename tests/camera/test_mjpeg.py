"""The cameras' moving pictures, from the server through Home Assistant to a viewer."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
import itertools
import logging

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.const import (
    CONF_MJPEG_FPS,
    CONF_MJPEG_HEIGHT,
    CONF_OVERLAYS,
)
from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from tests.clock import turns
from tests.common import entity_id, pass_time, sent, state_of
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.cameras import MULTIPART

from .wire_viewer import Door

pytestmark = pytest.mark.usefixtures("fixed_time")

END_OF_FRAME = b"\xff\xd9\r\n\r\n"
FRAME = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xffa JPEG" + END_OF_FRAME

type View = Callable[[str], Awaitable[aiohttp.ClientResponse]]


@pytest.fixture
def entry(fast_entry: MockConfigEntry) -> MockConfigEntry:
    """Return the entry of all these tests."""
    return fast_entry


@pytest.fixture
async def view(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> View:
    """Return what opens a stream, as a browser does it."""
    client = await hass_client()

    async def open_stream(camera: str) -> aiohttp.ClientResponse:
        key = "server:birdseye" if camera == "birdseye" else f"camera:{camera}"
        entity = entity_id(hass, entry, "camera", key)
        return await client.get(f"/api/camera_proxy_stream/{entity}")

    return open_stream


async def read_frame(stream: aiohttp.ClientResponse) -> bytes:
    """Return the next frame; the boundary of the one after it is not waited for."""
    return await stream.content.readuntil(END_OF_FRAME)


async def test_the_options_say_how_it_looks(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, view: View
) -> None:
    stream = await view("front_door")
    assert stream.status == 200
    kind = "multipart/x-mixed-replace;boundary=frame"
    assert stream.headers["Content-Type"] == kind
    frames = [await read_frame(stream) for _ in range(3)]
    assert len(set(frames)) == 3
    assert all(b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" in one for one in frames)
    (request,) = sent(frigate, "/api/front_door")
    assert request.query == {"fps": "30", "height": "120"}
    stream.close()

    overlays = ["bounding_boxes", "timestamp", "zones", "motion", "regions", "mask"]
    wanted = {CONF_MJPEG_FPS: 12.0, CONF_MJPEG_HEIGHT: 150.0, CONF_OVERLAYS: overlays}
    hass.config_entries.async_update_entry(entry, options=wanted)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    stream = await view("front_door")
    await read_frame(stream)
    request = sent(frigate, "/api/front_door")[-1]
    names = ("bbox", "timestamp", "zones", "motion", "regions", "mask")
    expected = {"fps": "12", "height": "150"} | dict.fromkeys(names, "1")
    assert request.query == expected
    stream.close()


@pytest.mark.parametrize(
    ("own", "asked"), [(360, "360"), (720, "720"), (1080, "720"), (None, "720")]
)
async def test_without_options_it_has_five_frames_a_second_of_its_own_height_at_most(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    view: View,
    own: int | None,
    asked: str,
) -> None:
    if own is None:
        camera = {"enabled": True, "detect": {"height": None}}
        frigate.fail("/api/config", Fault.json({"cameras": {"Portones": camera}}))
    else:
        frigate.state.cameras["Portones"].height = own
    hass.config_entries.async_update_entry(entry, options={})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    stream = await view("Portones")
    await read_frame(stream)
    (request,) = sent(frigate, "/api/Portones")
    assert request.query == {"fps": "5", "height": asked}
    stream.close()


async def test_a_frame_arrives_before_the_next_one_is_sent(
    frigate: FakeFrigate, view: View
) -> None:
    # The server sends a single frame and then nothing more.
    frigate.fail("/api/front_door", Fault.stall_body())
    stream = await view("front_door")
    assert (await read_frame(stream)).startswith(b"--frame")

    frigate.clear_faults()
    await read_frame(stream)
    stream.close()


async def test_a_viewer_may_also_leave_while_no_frames_come(
    frigate: FakeFrigate, view: View, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail("/api/front_door", Fault.stall_body())
    stream = await view("front_door")
    await read_frame(stream)
    await frigate.wait_for_streams("front_door", 1)
    stream.close()
    await turns()
    freezer.tick(5.1)
    await frigate.wait_for_streams("front_door", 0)

    frigate.clear_faults()
    stream = await view("front_door")
    await read_frame(stream)
    stream.close()


async def test_what_is_no_stream_is_a_bad_gateway(
    frigate: FakeFrigate,
    view: View,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    subtests: pytest.Subtests,
) -> None:
    for name, fault in {
        "500": Fault.status(500),
        "502": Fault.status(502),
        "404": Fault.status(404),
        "401": Fault.status(401),
        "dropped": Fault.drop(),
        "page": Fault.html(),
        "garbage": Fault.garbage(),
        "redirect": Fault.redirect("https://login.example/"),
    }.items():
        with subtests.test(name):
            frigate.fail("/api/front_door", fault)
            assert (await view("front_door")).status == 502

        frigate.clear_faults()
        stream = await view("front_door")
        await read_frame(stream)
        stream.close()
        await turns()
        # Nobody joins it any more.
        freezer.tick(5.1)
        await frigate.wait_for_streams("front_door", 0)
    troubles = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert not [one for one in troubles if "frigate_http" in one.name]


def stream_of(content_type: str, *pieces: bytes) -> Fault:
    """Return an answer of these bytes, which then comes to its end."""

    async def stream() -> AsyncGenerator[bytes]:
        for piece in pieces:
            yield piece

    answer = Answer(200, content_type=content_type, stream=stream, camera="front_door")
    return Fault("answer", answer)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed;boundary=frame",
        "multipart/x-mixed-replace",
        "multipart/x-mixed-replace;boundary=other",
        "multipart/x-mixed-replace;boundary=frame;charset=x",
    ],
)
async def test_a_stream_of_another_type_is_a_bad_gateway(
    frigate: FakeFrigate, view: View, content_type: str
) -> None:
    frigate.fail("/api/front_door", stream_of(content_type, FRAME), times=1)
    assert (await view("front_door")).status == 502
    stream = await view("front_door")
    await read_frame(stream)
    stream.close()


@pytest.mark.parametrize(
    "part",
    [
        b"--frame\r\nContent-Type: text/html\r\n\r\n<script>steal()</script>\r\n",
        b"--frame\r\nContent-Type: image/svg+xml\r\n\r\n<svg onload='steal()'/>\r\n",
        b"--frame\r\nContent-Type: image/jpeg\r\n\r\n<script>steal()</script>\r\n",
        b"--frame\r\n\r\n<script>steal()</script>\r\n",
    ],
    ids=["html", "svg", "jpeg", "none"],
)
async def test_no_part_of_a_stream_is_passed_on_but_jpegs(
    frigate: FakeFrigate, door: Door, part: bytes
) -> None:
    fault = stream_of(MULTIPART, FRAME, part, FRAME)
    frigate.fail("/api/front_door", fault, times=1)
    assert await (await door.viewer()).rest() == [FRAME]
    viewer = await door.viewer()
    await viewer.frame()
    viewer.close()


async def test_what_comes_before_the_first_frame_is_not_passed_on(
    frigate: FakeFrigate, door: Door
) -> None:
    fault = stream_of(MULTIPART, b"<script>steal()</script>\r\n", FRAME)
    frigate.fail("/api/front_door", fault, times=1)
    assert await (await door.viewer()).rest() == []
    viewer = await door.viewer()
    await viewer.frame()
    viewer.close()


async def test_the_headers_of_a_frame_are_not_the_servers(
    frigate: FakeFrigate, door: Door
) -> None:
    odd = FRAME.replace(b"image/jpeg", b"text/html\r\nSet-Cookie: a=b")
    frigate.fail("/api/front_door", stream_of(MULTIPART, odd), times=1)
    viewer = await door.viewer()
    assert f"Content-Type: {MULTIPART}\r\n" in viewer.head
    assert await viewer.rest() == [FRAME]
    viewer = await door.viewer()
    await viewer.frame()
    viewer.close()


async def test_a_server_that_is_down_is_a_bad_gateway(
    frigate: FakeFrigate, view: View
) -> None:
    await frigate.refuse()
    assert (await view("front_door")).status == 502
    await frigate.resume()
    stream = await view("front_door")
    await read_frame(stream)
    stream.close()


async def test_a_server_that_does_not_answer_is_a_gateway_timeout(
    frigate: FakeFrigate, view: View, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail("/api/front_door", Fault.stall())
    frigate.clear_requests()
    waiting = asyncio.ensure_future(view("front_door"))
    await frigate.wait_for_requests(1)
    freezer.tick(31)
    assert (await waiting).status == 504

    frigate.clear_faults()
    stream = await view("front_door")
    await read_frame(stream)
    stream.close()


async def test_four_open_streams_do_not_hold_up_polls_or_pictures(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    view: View,
    freezer: FrozenDateTimeFactory,
) -> None:
    cameras = ("front_door", "front_door", "Portones", "Portones")
    streams = [await view(camera) for camera in cameras]
    for stream in streams:
        await read_frame(stream)
    frigate.clear_requests()

    shown = set()
    for _ in range(16):
        # In small steps, in each of which frames come, as they would in real time. What
        # fetches them is a task without an end, so that not all tasks are waited for.
        freezer.tick(3)
        async_fire_time_changed(hass)
        await turns()
        await asyncio.gather(*(read_frame(stream) for stream in streams))
        shown.add(state_of(hass, entry, "sensor", "server:detection_fps"))
        await async_get_image(hass, "camera.front_door")
    assert len(sent(frigate, "/api/stats")) == len(sent(frigate, "/api/faces")) == 3
    assert len(shown) == 4
    assert frigate.open_streams == {"front_door": 1, "Portones": 1}
    for stream in streams:
        stream.close()


async def _fail(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail("/api/birdseye/", Fault.status(500))


async def _unload(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail("/api/birdseye/", Fault.stall())
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("end", [_fail, _unload])
async def test_the_end_of_birdseye_is_no_error_in_the_log(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    view: View,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    end: Callable[[HomeAssistant, FakeFrigate, MockConfigEntry], Awaitable[None]],
) -> None:
    frigate.state.birdseye = True
    await pass_time(hass, freezer, 300)
    stream = await view("birdseye")
    await stream.content.readuntil(b"\xff\xd9\r\n")
    await end(hass, frigate, entry)
    freezer.tick(1.1)
    await stream.read()  # comes to an end
    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    # A clock that stands still is too much for the log of requests.
    assert {one.name for one in errors} <= {"aiohttp.access"}

    frigate.clear_faults()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    stream = await view("birdseye")
    await stream.content.readuntil(b"\xff\xd9\r\n")
    stream.close()


async def test_birdseye_moves_by_still_images(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    view: View,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.state.birdseye = True
    await pass_time(hass, freezer, 300)
    frigate.clear_requests()
    stream = await view("birdseye")
    assert stream.status == 200
    assert stream.content_type == "multipart/x-mixed-replace"

    async def frame() -> bytes:
        head = await stream.content.readuntil(b"\r\n\r\n")
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        picture = await stream.content.readexactly(length)
        await stream.content.readexactly(2)
        return picture

    # The first one is sent twice, because browsers show the one before the last.
    assert await frame() == await frame()
    seen = []
    for number in itertools.count(2):
        freezer.tick(1.1)
        seen.append(await frame())
        if number == 4:
            break
    assert len(set(seen)) == 3
    stream.close()
    assert {request.path for request in frigate.requests} == {
        "/api/birdseye/latest.jpg"
    }
    assert len(frigate.requests) >= 4
