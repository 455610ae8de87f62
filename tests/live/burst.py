"""A street full of cameras, before all of which something happens at every moment."""

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.activity import objects_in_sight
from tests.fake_frigate.database import Event

CAMERAS = 64
ZONES = ("drive", "lawn")
SOUND = "speech"

type Shown = dict[tuple[str, str], str]


class Street:
    """At every camera somebody sits still, visitors come and go, and a car drives about.

    A beat changes each value of a camera once at most: how many people there are, in
    which of two zones the car is, whether something moves, and what is heard.
    """

    def __init__(self, frigate: FakeFrigate) -> None:
        """Furnish the cameras of a server, and let everybody take their places."""
        self._frigate = frigate
        self._visitors: dict[str, list[Event]] = {}
        self._cars: dict[str, Event] = {}
        self._beats = 0
        for name, camera in frigate.state.cameras.items():
            for zone in ZONES:
                frigate.add_zone(name, zone, labels=())
            camera.audio, camera.audio_labels = True, [SOUND]
            camera.moving = False
            frigate.object_appears(name, "person", stationary=True, snapshot=False)
            self._visitors[name] = []
            self._cars[name] = frigate.object_appears(
                name, "car", zones=ZONES[:1], snapshot=False
            )

    def beat(self, *, growing: bool = False) -> None:
        """Let something happen at every camera; while it grows, nobody leaves."""
        self._beats += 1
        is_odd = self._beats % 2 == 1
        for camera in self._cars:
            self._visit(camera, is_leaving=not (growing or is_odd))
            self.drive(camera)
            self._frigate.motion(camera, is_odd)
            self._frigate.set_sound(camera, SOUND, is_odd)

    def _visit(self, camera: str, *, is_leaving: bool) -> None:
        if is_leaving:
            self._frigate.object_leaves(self._visitors[camera].pop())
            return
        visitor = self._frigate.object_appears(camera, "person", snapshot=False)
        self._visitors[camera].append(visitor)

    def drive(self, camera: str) -> None:
        """Let the car go into the other zone."""
        car = self._cars[camera]
        others = [zone for zone in ZONES if zone not in car.current_zones]
        self._frigate.object_moves(car, zones=others)

    def repeat(self) -> None:
        """Say once more of every camera what has been said already."""
        for camera, car in self._cars.items():
            # It has moved, but not to where anybody counts it.
            self._frigate.object_moves(car)
            for (_domain, key), state in self.shown(camera).items():
                match key.split(":")[2:]:
                    case ["count", label]:
                        self._frigate.push(f"{camera}/{label}", int(state))
                    case ["active_count", label]:
                        self._frigate.push(f"{camera}/{label}/active", int(state))
                    case ["motion"]:
                        self._frigate.push(f"{camera}/motion", state.upper())
                    case ["sound", label]:
                        self._frigate.push(f"{camera}/audio/{label}", state.upper())
            self._frigate.push(f"{camera}/review_status", "NONE")
            self._frigate.push(f"{camera}/detect/state", "ON")

    def shown(self, *cameras: str) -> Shown:
        """Return what Home Assistant has to show now of some cameras, or of all."""
        shown: Shown = {}
        objects: dict[str, list[Event]] = {}
        for one in objects_in_sight(self._frigate.state):
            objects.setdefault(one.camera, []).append(one)
        for camera in cameras or self._cars:
            settings = self._frigate.state.cameras[camera]
            heard = self._frigate.state.live.activity.sounds.get(camera, {})
            binary = {"motion": settings.moving, f"sound:{SOUND}": SOUND in heard}
            for zone in (None, *ZONES):
                for label in (*settings.labels, "all"):
                    found = _count(objects[camera], label, zone)
                    where = "" if zone is None else f"zone:{zone}:"
                    binary[f"{where}occupancy:{label}"] = found[0] > 0
                    for key, number in zip(
                        ("count", "active_count"), found, strict=True
                    ):
                        own = f"camera:{camera}:{where}{key}:{label}"
                        shown["sensor", own] = str(number)
            for key, is_on in binary.items():
                state = "on" if is_on else "off"
                shown["binary_sensor", f"camera:{camera}:{key}"] = state
        return shown


def _count(objects: list[Event], label: str, zone: str | None) -> tuple[int, int]:
    """Return how many objects there are, and how many of them move."""
    found = [
        one
        for one in objects
        if label in (one.label, "all") and (zone is None or zone in one.current_zones)
    ]
    return len(found), sum(not one.stationary for one in found)
