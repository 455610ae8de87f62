"""The pictures of the cameras: coloured, moving, with a clock in them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
import itertools
import zlib

from PIL import Image, ImageDraw

from .state import Camera, Clock

FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
ERROR_SIZE = (1920, 1080)
PREVIEW_HEIGHT = 180
BIRDSEYE_SIZE = (1280, 720)


@dataclass(frozen=True)
class View:
    """What to draw: whose picture, how large, and with which overlays."""

    name: str
    width: int
    height: int
    overlays: tuple[str, ...] = ()
    frozen: bool = False
    broken: bool = False


@lru_cache(maxsize=128)
def _backdrop(name: str, width: int, height: int) -> Image.Image:
    """Return the unmoving part of a picture, different for each camera."""
    number = zlib.crc32(name.encode())
    colour = (60 + number % 130, 60 + number // 256 % 130, 60 + number // 65536 % 130)
    picture = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(picture)
    stripes = 3 + number % 5
    lighter = tuple(min(255, value + 35) for value in colour)
    for index in range(0, 2 * stripes, 2):
        left = index * width // (2 * stripes)
        right = (index + 1) * width // (2 * stripes)
        draw.rectangle((left, 0, right, height), fill=lighter)
    return picture


def _draw_overlays(draw: ImageDraw.ImageDraw, view: View, clock: str) -> None:
    width, height = view.width, view.height
    box = (width // 4, height // 4, width // 2, height * 3 // 4)
    if "bbox" in view.overlays:
        draw.rectangle(box, outline=(255, 0, 0), width=2)
    if "regions" in view.overlays:
        draw.rectangle((2, 2, width - 3, height - 3), outline=(0, 255, 0), width=2)
    if "motion" in view.overlays:
        draw.rectangle(
            (width // 8, height // 8, width // 3, height // 3), outline="blue"
        )
    if "zones" in view.overlays:
        corners = [(width // 2, 4), (width - 5, height // 2), (width // 2, height - 5)]
        draw.polygon(corners, outline=(255, 255, 0))
    if "mask" in view.overlays:
        draw.rectangle((0, height * 7 // 8, width // 6, height), fill=(0, 0, 0))
    if "timestamp" in view.overlays:
        draw.text((4, height // 2), clock, fill=(255, 255, 255))


def _render(view: View, now: float, number: int) -> Image.Image:
    if view.broken:
        picture = Image.new("RGB", ERROR_SIZE, (20, 20, 20))
        ImageDraw.Draw(picture).text((820, 520), "Camera is offline", fill="white")
        return picture.resize((view.width, view.height))
    picture = _backdrop(view.name, view.width, view.height).copy()
    draw = ImageDraw.Draw(picture)
    step = 0 if view.frozen else number
    size = max(2, view.height // 8)
    left = step * max(1, view.width // 24) % view.width
    middle = view.height // 2
    draw.ellipse((left, middle, left + size, middle + size), fill=(250, 250, 250))
    clock = datetime.fromtimestamp(now, UTC).strftime("%m/%d/%Y %H:%M:%S")
    draw.text((4, 4), clock, fill=(0, 0, 0))
    _draw_overlays(draw, view, clock)
    return picture


def encode(view: View, now: float, number: int, kind: str, quality: int) -> bytes:
    """Return the encoded picture."""
    out = BytesIO()
    _render(view, now, number).save(
        out, FORMATS[kind], quality=min(max(quality, 1), 95), method=0
    )
    return out.getvalue()


def _face(name: str) -> bytes:
    view = View(name, 96, 96, frozen=True)
    return encode(view, 0.0, 0, "webp", 70)


class Studio:
    """Draws in threads of its own, so that many streams do not hold up the server."""

    def __init__(self, clock: Clock) -> None:
        """Begin without threads; the first picture starts them."""
        self._clock = clock
        self._numbers = itertools.count(1)
        self._threads: ThreadPoolExecutor | None = None

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(2, thread_name_prefix="fake-frigate")
        return self._threads

    async def draw(self, view: View, kind: str = "jpg", quality: int = 70) -> bytes:
        """Return a new picture."""
        arguments = (view, self._clock(), next(self._numbers), kind, quality)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor(), encode, *arguments)

    async def face(self, name: str) -> bytes:
        """Return the picture behind a file name of the face library."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor(), _face, name)

    def close(self) -> None:
        """End the threads."""
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
            self._threads = None


def scaled(camera: Camera, height: int) -> tuple[int, int]:
    """Return the size of a camera's picture at that height."""
    return int(height * camera.width / camera.height), height
