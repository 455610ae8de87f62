"""The recordings of which the real servers made HLS."""

from collections.abc import Iterator

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.database import Event
from tests.mp4.material import Scene

_SCENE = Scene(width=640, height=360, keyframes=2.0, clock=True)
# The first one began before its id says.
_EVENTS = (
    ("1795703268.688746-b7t8lh", "front_door", 1795703263.688746, 1795703283.1439),
    ("1795703200.526007-o3qy7j", "Portones", 1795703200.526007, 1795703219.1049),
    ("1795704623.7868-t5a0zt", "front_door", 1795704623.7868, None),
)
# These files were a frame longer than the others.
_LONGER = (1795703051, 1795703231, 1795703291)


def _files(first: int, last: int) -> Iterator[tuple[float, float]]:
    for start in range(first, last, 10):
        yield start, start + 10 + 0.095 * (start in _LONGER)


def prepare_vod(server: FakeFrigate, state: str) -> None:
    """Let each file be there that a mapping names."""
    if state not in ("recordings to watch", "recordings to watch, ffprobe is slow"):
        return
    server.state.footage.keyframes_unknown = state.endswith("ffprobe is slow")
    server.state.footage.listed = {
        "front_door": [
            *_files(1795703011, 1795703311),
            *_files(1795704615, 1795704655),
        ],
        "Portones": [*_files(1795703013, 1795703223), (1795704114, 1795704124)],
    }
    for camera in server.state.footage.listed:
        server.show(camera, _SCENE)
    for event_id, camera, start, end in _EVENTS:
        server.state.database.events[event_id] = Event(
            event_id, camera, "person", start, end
        )
