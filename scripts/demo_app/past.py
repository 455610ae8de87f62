"""What the simulated cameras have recorded before Home Assistant looks."""

from dataclasses import dataclass
from functools import partial
import itertools

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.pictures import recorded
from tests.mp4.material import Scene

from .visits import (
    COMES_HOME,
    DOOR,
    DRIVE,
    NEIGHBOR,
    PARCEL,
    VISITOR,
    ZONE,
    Told,
    describes,
    write,
)

PLATE = "SBA 1234"
EXPORT, UNFINISHED_EXPORT = "Parcel at the door", "The whole morning"
_SIZE = 384, 216
_MINUTE, _HOUR = 60, 60 * 60
# More than a day, so that there are at least two of them to choose from.
_RECORDED = 30 * _HOUR
_EVERY = 23 * _MINUTE
# Frigate writes recordings to the disk a little later than they were made.
_NEWEST = 5 * _MINUTE
_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class _Sight:
    """Somebody or something that a camera has seen, and whether that was an alert."""

    camera: str
    label: str = "person"
    severity: str = "alert"
    name: str | None = None
    plate: str | None = None
    zones: tuple[str, ...] = ()
    has_clip: bool = True
    told: Told | None = None


_SIGHTS = (
    _Sight(camera=DOOR, zones=(ZONE,), told=PARCEL),
    _Sight(camera=DRIVE, label="car", severity="detection"),
    _Sight(camera="garden", severity="detection", has_clip=False),
    _Sight(camera=DRIVE, label="car", name=f"{VISITOR}'s car", plate=PLATE),
    _Sight(camera=DOOR, name=VISITOR, zones=(ZONE,), told=COMES_HOME),
    _Sight(camera="garage", label="car", severity="detection", plate="SCK 8765"),
    _Sight(camera=DOOR, name="Tom", told=COMES_HOME),
    _Sight(camera="garden", told=NEIGHBOR),
)


def add_past(server: FakeFrigate) -> None:
    """Let there be a day and more to look back at."""
    for camera in server.state.cameras:
        server.show(camera, _scene(camera))
    server.state.footage.since = int(server.state.clock()) - _RECORDED
    moments = range(_NEWEST, _RECORDED - _EVERY, _EVERY)
    sights = [each for each in _SIGHTS if each.camera in server.state.cameras]
    for ago, sight in zip(moments, itertools.cycle(sights), strict=False):
        _add_sight(server, sight, ago)
    _add_exports(server)


def _scene(camera: str) -> Scene:
    """Return what a camera records: each picture shows the second it was recorded in."""
    width, height = _SIZE
    paint = partial(recorded, camera, width, height)
    return Scene(width=width, height=height, clock=True, paint=paint)


def _add_sight(server: FakeFrigate, sight: _Sight, ago: int) -> None:
    event = server.add_event(
        sight.camera,
        sight.label,
        ago=ago,
        duration=_SECONDS,
        sub_label=sight.name,
        zones=list(sight.zones),
        has_clip=sight.has_clip,
    )
    if sight.plate is not None:
        event.data |= {
            "recognized_license_plate": sight.plate,
            "recognized_license_plate_score": 0.93,
        }
    review = server.add_review(
        sight.camera,
        sight.severity,
        ago=ago,
        duration=_SECONDS,
        events=[event.id],
        objects=[sight.label],
        sub_labels=[] if sight.name is None else [sight.name],
        zones=sight.zones,
    )
    if sight.told is not None and describes(server, sight.camera):
        write(server, review, sight.told, sight.name or "")


def _add_exports(server: FakeFrigate) -> None:
    """Let one export be finished, and Frigate never be done with another one."""
    now = server.state.clock()
    server.add_export(DOOR, now - _HOUR, now - _HOUR + 60, EXPORT)
    server.add_export(
        DRIVE,
        now - 2 * _HOUR,
        now - _HOUR,
        UNFINISHED_EXPORT,
        status="running",
        outcome="hang",
    )
