"""What happens in front of the simulated cameras, at the pace of life."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import itertools

from tests.fake_frigate import FakeFrigate

DOOR = "front_door"
DRIVE = "driveway"
ZONE = "porch"
_SOUND = "bark"
_VISITORS = ("Eileen", "Tom")
_PLATES = (("SBA 1234", "Eileen's car"), ("SCK 8765", None))
# Long enough to be seen, and for a poll to notice it.
_MOMENT = 2.0
_QUIET = 6.0


def configure_cameras(server: FakeFrigate) -> None:
    """Let the cameras look and listen for what will happen."""
    server.add_zone(DOOR, ZONE, "Porch")
    door, drive = (server.state.cameras[one] for one in (DOOR, DRIVE))
    door.audio = drive.lpr = True
    door.audio_labels = [_SOUND]


@asynccontextmanager
async def visits(
    server: FakeFrigate, *, on_request: bool
) -> AsyncIterator[Callable[[], None]]:
    """Let people and cars come and go for as long as this lasts.

    They come over and over, or whenever what this yields is called.
    """
    wanted = asyncio.Event()
    coming = _when_wanted(server, wanted) if on_request else _for_ever(server)
    task = asyncio.ensure_future(coming)
    try:
        yield wanted.set
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _for_ever(server: FakeFrigate) -> None:
    for turn in itertools.count():
        await asyncio.sleep(_QUIET)
        await _visit(server, _VISITORS[turn % len(_VISITORS)])
        await asyncio.sleep(_QUIET)
        await _arrival(server, *_PLATES[turn % len(_PLATES)])


async def _when_wanted(server: FakeFrigate, wanted: asyncio.Event) -> None:
    while True:
        await wanted.wait()
        wanted.clear()
        await asyncio.gather(
            _visit(server, _VISITORS[0]), _arrival(server, *_PLATES[0])
        )


async def _visit(server: FakeFrigate, name: str) -> None:
    """Let somebody come to the door, be recognized, and go again."""
    server.set_sound(DOOR, _SOUND, True)
    server.motion(DOOR, True)
    await asyncio.sleep(_MOMENT)
    visitor = server.object_appears(DOOR)
    review = server.review_starts(DOOR, "detection", events=[visitor])
    await asyncio.sleep(_MOMENT)
    server.object_moves(visitor, zones=[ZONE])
    server.review_changes(review, severity="alert", zones=[ZONE])
    await asyncio.sleep(_MOMENT)
    server.set_sound(DOOR, _SOUND, False)
    server.face_recognized(visitor, name)
    server.object_moves(visitor)
    server.review_changes(review, objects=["person-verified"])
    await asyncio.sleep(2 * _MOMENT)
    server.object_moves(visitor, zones=[])
    await asyncio.sleep(_MOMENT)
    server.object_leaves(visitor)
    server.motion(DOOR, False)
    await asyncio.sleep(_MOMENT)
    server.review_ends(review)


async def _arrival(server: FakeFrigate, plate: str, name: str | None) -> None:
    """Let a car come up the drive, stand there for a while, and leave."""
    server.motion(DRIVE, True)
    car = server.object_appears(DRIVE, "car")
    review = server.review_starts(DRIVE, "detection", objects=["car"], events=[car])
    await asyncio.sleep(_MOMENT)
    server.plate_recognized(car, plate, name)
    await asyncio.sleep(_MOMENT)
    server.object_moves(car, stationary=True)
    server.motion(DRIVE, False)
    await asyncio.sleep(2 * _MOMENT)
    server.motion(DRIVE, True)
    server.object_moves(car, stationary=False)
    await asyncio.sleep(_MOMENT)
    server.object_leaves(car)
    server.motion(DRIVE, False)
    server.review_ends(review)
