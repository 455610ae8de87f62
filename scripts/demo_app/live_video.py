"""What go2rtc of the simulated Frigate sends: its cameras live, with sound."""

from functools import cache, partial
import time

from PIL import Image

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.go2rtc_source import LOOP_SECONDS, Source
from tests.fake_frigate.pictures import drawn
from tests.mp4.material import Scene

_SIZE = 480, 270
_FPS = 10
# After so many steps, somebody is back where they began.
_STEPS = 24


def add_live_video(server: FakeFrigate, *, without: str | None = None) -> None:
    """Let the cameras be watched in real time, but for one that is not restreamed."""
    if without is not None:
        server.go2rtc.remove(without)
    for camera, stream in server.go2rtc.streams.items():
        stream.source = _source(camera)
    server.go2rtc.run_live()


@cache
def _source(camera: str) -> Source:
    """Return what a camera sends, which is encoded once for all servers."""
    width, height = _SIZE
    paint = partial(_paint, camera, int(time.time()))
    scene = Scene(
        width=width, height=height, fps=_FPS, clock=True, paint=paint, sound="beep"
    )
    return Source(scene=scene)


def _paint(camera: str, began: int, second: int, number: int) -> Image.Image:
    """Return a frame of the loop, which tells the time since that has begun."""
    step = number * _STEPS // (LOOP_SECONDS * _FPS)
    return drawn(camera, *_SIZE, began + second, step)
