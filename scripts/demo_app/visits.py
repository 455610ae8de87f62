"""What happens in front of the simulated cameras, at the pace of life."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import itertools

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.database import Review

DOOR = "front_door"
DRIVE = "driveway"
GARDEN = "garden"
ZONE = "porch"
TRIGGER = "flashlight"
_SOUND = "bark"
VISITOR = "Eileen"
_VISITORS = (VISITOR, "Tom")
_PLATES = (("SBA 1234", "Eileen's car"), ("SCK 8765", None))
# Long enough to be seen, and for a poll to notice it.
_MOMENT = 2.0
_QUIET = 6.0


@dataclass(frozen=True, kw_only=True)
class Told:
    """What Frigate's language model writes about something, a while after it."""

    title: str
    summary: str
    threat: int = 0


COMES_HOME = Told(
    title="{} comes home",
    summary="{} walks up to the door, unlocks it and goes in. Nothing is unusual.",
)
PARCEL = Told(
    title="A parcel is delivered",
    summary="A courier puts a parcel down at the door, rings the bell and leaves.",
)
NEIGHBOR = Told(
    title="A neighbor fetches a ball",
    summary="Somebody climbs over the fence, takes a ball from the lawn and leaves.",
)
PROWLS = Told(
    title="Somebody with a flashlight in the garden",
    summary="Somebody walks along the hedge and lights up the windows of the house.",
    threat=1,
)


def configure_cameras(server: FakeFrigate) -> None:
    """Let the cameras look and listen for what will happen."""
    server.add_zone(DOOR, ZONE, "Porch")
    door, drive = (server.state.cameras[one] for one in (DOOR, DRIVE))
    door.audio = drive.lpr = True
    door.audio_labels = [_SOUND]
    if server.state.is_017:
        # From recordings, 0.18 describes a little more than the item, and moves its times.
        server.describe(DOOR, GARDEN, image_source="recordings")
        server.add_trigger(GARDEN, TRIGGER)


def describes(server: FakeFrigate, camera: str) -> bool:
    """Return whether Frigate's language model writes about a camera."""
    return server.state.cameras[camera].review_descriptions


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
        if turn % len(_VISITORS):
            await asyncio.sleep(_QUIET)
            await _intrusion(server)


async def _when_wanted(server: FakeFrigate, wanted: asyncio.Event) -> None:
    while True:
        await wanted.wait()
        wanted.clear()
        await asyncio.gather(
            _visit(server, VISITOR),
            _arrival(server, *_PLATES[0]),
            _intrusion(server),
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
    if describes(server, DOOR):
        await asyncio.sleep(_MOMENT)
        write(server, review, COMES_HOME, name)


async def _intrusion(server: FakeFrigate) -> None:
    """Let somebody be in the garden whose face nobody knows."""
    stranger = server.object_appears(GARDEN)
    review = server.review_starts(GARDEN, "alert", events=[stranger])
    await asyncio.sleep(_MOMENT)
    server.face_unknown(stranger)
    if describes(server, GARDEN):
        server.trigger_fires(stranger, TRIGGER)
    await asyncio.sleep(2 * _MOMENT)
    server.object_leaves(stranger)
    server.review_ends(review)
    if describes(server, GARDEN):
        await asyncio.sleep(_MOMENT)
        write(server, review, PROWLS)


def write(server: FakeFrigate, review: Review, told: Told, name: str = "") -> None:
    """Let Frigate's language model write about something that is over."""
    summary = told.summary.replace("{}", name)
    server.review_described(
        review,
        told.title.replace("{}", name),
        shortSummary=summary,
        scene=summary,
        potential_threat_level=told.threat,
    )


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
