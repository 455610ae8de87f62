"""The pictures of the cameras: colored, moving, with a clock in them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
import itertools
from typing import Any
import zlib

from PIL import Image, ImageDraw, ImageFont

from tests.mp4.scene_clock import put_clock

from .state import Camera, Clock
from .threads import count_work

FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
ERROR_SIZE = (1920, 1080)
PREVIEW_HEIGHT = 180
BIRDSEYE_SIZE = (1280, 720)
_MARGIN = 3


@dataclass(frozen=True)
class View:
    """What to draw: whose picture, how large, and with which overlays.

    `box` is where somebody stands, as an event has it: left, top, width and height as
    parts of the picture. Without one, somebody crosses it.
    """

    name: str
    width: int
    height: int
    overlays: tuple[str, ...] = ()
    frozen: bool = False
    broken: bool = False
    box: tuple[float, ...] | None = None


type Box = tuple[int, int, int, int]


@lru_cache(maxsize=128)
def _backdrop(name: str, width: int, height: int) -> Image.Image:
    """Return the unmoving part of a picture: a yard, different for each camera."""
    number = zlib.crc32(name.encode())
    color = (60 + number % 130, 60 + number // 256 % 130, 60 + number // 65536 % 130)
    picture = Image.new("RGB", (1, 2))
    picture.putdata([_lighter(color, 90), color])
    picture = picture.resize((width, height), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(picture)
    ground = height * 5 // 8
    draw.rectangle((0, ground, width, height), fill=_lighter(color, -30))
    houses = 2 + number % 4
    for index in range(houses):
        left = (index * 2 + 1) * width // (2 * houses + 1)
        right = left + width // (2 * houses + 2)
        roof = ground - height * (2 + (number >> index) % 3) // 10
        draw.rectangle((left, roof, right, ground), fill=_lighter(color, 35 - index))
        peak = ((left + right) // 2, roof - height // 10)
        draw.polygon([(left, roof), peak, (right, roof)], fill=_lighter(color, -45))
    return picture


def _lighter(color: tuple[int, int, int], by: int) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, value + by)) for value in color)
    return red, green, blue


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _visitor_box(view: View, step: int) -> Box:
    """Return the left, upper, right and lower edge of somebody in the yard."""
    if view.box is not None:
        left, top, width, height = view.box
        right, bottom = (left + width) * view.width, (top + height) * view.height
        return int(left * view.width), int(top * view.height), int(right), int(bottom)
    size = max(4, view.height // 4)
    middle = step * max(1, view.width // 24) % view.width
    top = view.height * 9 // 16
    return middle - size * 3 // 8, top, middle + size * 3 // 8, top + size


def _draw_visitor(draw: ImageDraw.ImageDraw, box: Box, step: int) -> None:
    """Draw somebody who fills a box, with another step in every other picture."""
    left, top, right, feet = box
    size, middle = feet - top, (left + right) // 2
    hip = top + size * 6 // 10
    thick = max(1, size // 8)
    stride = max(0, (right - left) // 2 - thick)
    stride = stride if step % 2 else stride // 3
    white = (250, 250, 250)
    draw.ellipse((middle - thick, top, middle + thick, top + 2 * thick), fill=white)
    draw.line((middle, top + 2 * thick, middle, hip), fill=white, width=2 * thick)
    for foot in (middle - stride, middle + stride):
        draw.line((middle, hip, foot, feet), fill=white, width=thick)


def _draw_clock(draw: ImageDraw.ImageDraw, view: View, clock: str) -> None:
    size = max(8, view.height // 14)
    draw.rectangle((0, 0, view.width, size * 3 // 2), fill=(15, 15, 15))
    draw.text((size // 2, size // 5), clock, fill=(255, 255, 255), font=_font(size))


def _draw_overlays(draw: ImageDraw.ImageDraw, view: View, box: Box, clock: str) -> None:
    width, height = view.width, view.height
    if "bbox" in view.overlays:
        left, top, right, bottom = box
        frame = (left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
        draw.rectangle(frame, outline=(255, 0, 0), width=2)
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
    box = _visitor_box(view, step)
    _draw_visitor(draw, box, step)
    clock = datetime.fromtimestamp(now, UTC).strftime("%m/%d/%Y %H:%M:%S")
    _draw_clock(draw, view, clock)
    _draw_overlays(draw, view, box, clock)
    return picture


def drawn(name: str, width: int, height: int, second: int, step: int) -> Image.Image:
    """Return a picture of a second, in which only people can read that."""
    return _render(View(name, width, height), second, step)


def recorded(name: str, width: int, height: int, second: int, step: int) -> Image.Image:
    """Return a picture of a recording, in which programs can read when it was made."""
    picture = drawn(name, width, height, second, step)
    put_clock(picture, second)
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


@lru_cache(maxsize=256)
def _still(view: View, moment: float, kind: str, quality: int) -> bytes:
    return encode(view, moment, 0, kind, quality)


class Workers:
    """Draws in threads of its own, so that many streams do not hold up the server."""

    def __init__(self, clock: Clock) -> None:
        """Begin without threads; the first picture starts them."""
        self._clock = clock
        self._numbers = itertools.count(1)
        self._threads: ThreadPoolExecutor | None = None

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(4, thread_name_prefix="fake-frigate")
        return self._threads

    def begin[T](self, work: Callable[..., T], *arguments: Any) -> Future[T]:
        """Begin something that takes its time."""
        begun = self._executor().submit(work, *arguments)
        count_work(begun)
        return begun

    async def run[T](self, work: Callable[..., T], *arguments: Any) -> T:
        """Do something that takes its time."""
        return await asyncio.wrap_future(self.begin(work, *arguments))

    async def draw(self, view: View, kind: str = "jpg", quality: int = 70) -> bytes:
        """Return a new picture."""
        now, number = self._clock(), next(self._numbers)
        return await self.run(encode, view, now, number, kind, quality)

    async def still(
        self, view: View, moment: float, kind: str = "jpg", quality: int = 70
    ) -> bytes:
        """Return the picture of a moment, which is always the same."""
        return await self.run(_still, view, moment, kind, quality)

    async def face(self, name: str) -> bytes:
        """Return the picture behind a file name of the face library."""
        return await self.run(_face, name)

    def close(self) -> None:
        """End the threads."""
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
            self._threads = None


def scaled(camera: Camera, height: int) -> tuple[int, int]:
    """Return the size of a camera's picture at that height."""
    return int(height * camera.width / camera.height), height
