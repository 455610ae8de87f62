"""One MJPEG stream of the server for all who watch a camera."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_MJPEG_FPS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.http import current_request
from tests.clock import turns
from tests.common import sent
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.cameras import MULTIPART
from tests.fake_frigate.state import Camera

from .wire_viewer import HEAD, TAIL, Door, WireViewer

pytestmark = pytest.mark.usefixtures("fixed_time")

CAMERA, PATH = "front_door", "/api/front_door"
MIB = 2**20


class Source:
    """A camera that sends the frames of a test, each when it says so."""

    def __init__(self, frigate: FakeFrigate) -> None:
        """Take the place of the moving pictures."""
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.is_open = False
        answer = Answer(200, content_type=MULTIPART, stream=self._stream, camera=CAMERA)
        frigate.fail(PATH, Fault("answer", answer))

    def send(self, *names: object, size: int = 100) -> None:
        """Send frames at once, each with a name in it."""
        parts = [
            HEAD + b"\xff\xd8\xff%-*b" % (size, str(one).encode()) for one in names
        ]
        self._frames.put_nowait(b"".join(part + TAIL for part in parts))

    def end(self) -> None:
        """End the stream."""
        self._frames.put_nowait(None)

    async def _stream(self) -> AsyncGenerator[bytes]:
        self.is_open = True
        try:
            while (frames := await self._frames.get()) is not None:
                yield frames
        finally:
            self.is_open = False


def name_of(frame: bytes) -> str:
    """Return the name that the source has put into a frame."""
    return (
        frame.removeprefix(HEAD + b"\xff\xd8\xff").removesuffix(TAIL).decode().strip()
    )


async def names(viewer: WireViewer, number: int) -> list[str]:
    """Return the names of the next frames."""
    return [name_of(await viewer.frame()) for _ in range(number)]


async def test_all_viewers_share_a_stream_and_miss_no_frame(
    frigate: FakeFrigate, door: Door
) -> None:
    source = Source(frigate)
    viewers = await asyncio.gather(*(door.viewer() for _ in range(20)))
    # Together, apart, and in the middle of one.
    source.send("a", "b", "c")
    source.send("d")
    seen = [await names(viewer, 4) for viewer in viewers]
    assert seen == [["a", "b", "c", "d"]] * 20
    assert len(sent(frigate, PATH)) == 1
    # It does not run as the user who was first.
    (task,) = [one for one in asyncio.all_tasks() if "MJPEG of" in one.get_name()]
    assert current_request not in task.get_context()


async def test_who_comes_later_sees_the_last_frame_at_once(
    frigate: FakeFrigate, door: Door
) -> None:
    source = Source(frigate)
    first = await door.viewer()
    source.send("a", "b")
    assert await names(first, 2) == ["a", "b"]
    second = await door.viewer()
    assert await names(second, 1) == ["b"]
    source.send("c")
    assert await names(first, 1) == await names(second, 1) == ["c"]
    assert len(sent(frigate, PATH)) == 1


async def test_a_stream_waits_five_seconds_for_who_comes_back(
    frigate: FakeFrigate, door: Door, freezer: FrozenDateTimeFactory
) -> None:
    first, second = await door.viewer(), await door.viewer()
    for pause, requests in ((4.9, 1), (4.9, 1), (5.1, 2)):
        for viewer in (first, second):
            await viewer.frame()
            viewer.close()
        # Home Assistant notices that they have left.
        await turns()
        freezer.tick(pause)
        await turns()
        if requests > 1:
            await frigate.wait_for_streams(CAMERA, 0)
        first, second = await door.viewer(), await door.viewer()
        await first.frame()
        assert len(sent(frigate, PATH)) == requests
        assert frigate.open_streams == {CAMERA: 1}


async def test_a_stream_does_not_end_while_another_one_watches(
    frigate: FakeFrigate, door: Door, freezer: FrozenDateTimeFactory
) -> None:
    first, second = await door.viewer(), await door.viewer()
    await first.frame()
    first.close()
    for _ in range(4):
        freezer.tick(4)
        await second.frame()
    assert len(sent(frigate, PATH)) == 1


async def _drop(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    await frigate.refuse()
    await frigate.resume()


async def _remove(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.remove_camera(CAMERA)


async def _unload(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)


async def _delete(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    registry.async_update_entity(
        "camera.front_door", disabled_by=er.RegistryEntryDisabler.USER
    )


async def _change(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    options = {**entry.options, CONF_MJPEG_FPS: 29}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_reload(entry.entry_id)


@pytest.mark.parametrize("end", [_drop, _remove, _unload, _delete, _change])
async def test_all_viewers_end_with_their_stream(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    fast_entry: MockConfigEntry,
    door: Door,
    end: Callable[[HomeAssistant, FakeFrigate, MockConfigEntry], Awaitable[None]],
) -> None:
    camera: Camera = frigate.state.cameras[CAMERA]
    viewers = [await door.viewer() for _ in range(3)]
    for viewer in viewers:
        await viewer.frame()
    await end(hass, frigate, fast_entry)
    await asyncio.gather(*(viewer.rest() for viewer in viewers))
    await frigate.wait_for_streams(CAMERA, 0)

    frigate.state.cameras[CAMERA] = camera
    er.async_get(hass).async_update_entity("camera.front_door", disabled_by=None)
    await hass.config_entries.async_reload(fast_entry.entry_id)
    await hass.async_block_till_done()
    viewer = await door.viewer()
    await viewer.frame()


async def test_a_stream_that_ends_or_falls_silent_is_opened_anew_for_the_next_viewer(
    frigate: FakeFrigate, door: Door, freezer: FrozenDateTimeFactory
) -> None:
    source = Source(frigate)
    for end in (source.end, lambda: freezer.tick(10.1)):
        viewers = [await door.viewer() for _ in range(3)]
        source.send("a")
        source.send("b")
        for viewer in viewers:
            assert await names(viewer, 2) == ["a", "b"]
        end()
        assert [await viewer.rest() for viewer in viewers] == [[]] * 3
    viewer = await door.viewer()
    source.send("c")
    assert await names(viewer, 1) == ["c"]
    assert len(sent(frigate, PATH)) == 3


async def test_all_who_wait_get_the_error_of_the_first(
    frigate: FakeFrigate, door: Door, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail(PATH, Fault.stall())
    waiting = [asyncio.ensure_future(door.viewer()) for _ in range(3)]
    await frigate.wait_for_streams(CAMERA, 0)
    while not sent(frigate, PATH):
        await turns()
    await turns()
    freezer.tick(31)
    assert [viewer.status for viewer in await asyncio.gather(*waiting)] == [504] * 3

    frigate.clear_faults()
    frigate.fail(PATH, Fault.status(500))
    viewers = await asyncio.gather(*(door.viewer() for _ in range(3)))
    assert [viewer.status for viewer in viewers] == [502] * 3

    frigate.clear_faults()
    viewer = await door.viewer()
    await viewer.frame()


async def test_the_others_still_wait_when_the_first_has_left(
    frigate: FakeFrigate, door: Door
) -> None:
    frigate.fail(PATH, Fault.stall())
    first, second = (asyncio.ensure_future(door.viewer()) for _ in range(2))
    while not sent(frigate, PATH):
        await turns()
    await turns()
    first.cancel()
    await turns()
    frigate.clear_faults()
    viewer = await second
    await viewer.frame()
    assert len(sent(frigate, PATH)) == 1


async def test_whoever_waits_is_not_kept_when_the_server_is_unloaded(
    hass: HomeAssistant, frigate: FakeFrigate, fast_entry: MockConfigEntry, door: Door
) -> None:
    frigate.fail(PATH, Fault.stall())
    waiting = asyncio.ensure_future(door.viewer())
    while not sent(frigate, PATH):
        await turns()
    await hass.config_entries.async_unload(fast_entry.entry_id)
    assert (await waiting).status == 502

    frigate.clear_faults()
    await hass.config_entries.async_setup(fast_entry.entry_id)
    viewer = await door.viewer()
    await viewer.frame()


async def test_a_slow_viewer_skips_frames_and_costs_nobody_else_one(
    frigate: FakeFrigate, door: Door
) -> None:
    source = Source(frigate)
    slow, fast = await door.viewer(), await door.viewer()
    for number in range(400):
        source.send(number, size=64 * 1024)
        assert await names(fast, 1) == [str(number)]
    source.send("last")
    assert await names(fast, 1) == ["last"]
    seen = [name_of(await slow.frame())]
    while seen[-1] != "last":
        seen.append(name_of(await slow.frame()))
    # Of 25 MiB, only little has waited for this viewer, here and in the system.
    assert slow.taken < 2 * MIB
    assert seen[:-1] == sorted(seen[:-1], key=int)

    source.send("now")
    assert await names(fast, 1) == await names(slow, 1) == ["now"]


async def test_a_viewer_who_takes_nothing_is_given_up_after_a_minute(
    frigate: FakeFrigate, door: Door, freezer: FrozenDateTimeFactory
) -> None:
    source = Source(frigate)
    stalled, fast = await door.viewer(), await door.viewer()
    for number in range(50):
        source.send(number, size=64 * 1024)
        await fast.frame()
    seconds = 0.0
    # The minute begins anew with what the system, or our own buffer, still takes.
    while door.connections > 1 and seconds < 600:
        freezer.tick(3.1)
        seconds += 3.1
        source.send(str(seconds), size=64 * 1024)
        assert await names(fast, 1) == [str(seconds)]
    assert 60 < seconds < 600
    assert len(await stalled.rest()) < 50
    source.send("now")
    assert await names(fast, 1) == ["now"]


async def test_a_viewer_who_takes_nothing_ends_with_the_stream(
    hass: HomeAssistant, frigate: FakeFrigate, fast_entry: MockConfigEntry, door: Door
) -> None:
    source = Source(frigate)
    stalled, fast = await door.viewer(), await door.viewer()
    for number in range(5):
        source.send(number, size=MIB // 2)
        await fast.frame()
    await hass.config_entries.async_reload(fast_entry.entry_id)
    assert await fast.rest() == []
    # Not only now that this viewer goes on, which would have let the frame be sent.
    assert await stalled.rest() == []

    viewer = await door.viewer()
    source.send("anew")
    assert await names(viewer, 1) == ["anew"]
