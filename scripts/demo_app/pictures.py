"""Pictures, fetched through Home Assistant as a browser would."""

import io

import aiohttp
import av
from PIL import Image, UnidentifiedImageError

from . import DemoError
from .api import Api
from .registry import Entity

_FRAMES = 12


async def fetch_still(api: Api, camera: Entity) -> tuple[int, int]:
    """Return width and height of the camera's current picture."""
    async with api.open(f"/api/camera_proxy/{camera.entity_id}") as response:
        return _size(await response.read(), camera)


async def watch_stream(api: Api, camera: Entity) -> int:
    """Return after how many frames of the live stream the picture has changed."""
    async with api.open(f"/api/camera_proxy_stream/{camera.entity_id}") as response:
        reader = aiohttp.MultipartReader.from_response(response)
        first = b""
        for number in range(1, _FRAMES + 1):
            part = await reader.next()
            if not isinstance(part, aiohttp.BodyPartReader):
                raise DemoError(f"The live stream of {camera.entity_id} ended early.")
            frame = bytes(await part.read()).rstrip(b"\r\n")
            _size(frame, camera)
            if first and frame != first:
                return number
            first = first or frame
    raise DemoError(f"{_FRAMES} live frames of {camera.entity_id} are all the same.")


def _size(picture: bytes, camera: Entity) -> tuple[int, int]:
    """Decode the whole JPEG, not only its beginning."""
    try:
        with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
            image.load()
            return image.size
    except (UnidentifiedImageError, OSError) as err:
        raise DemoError(f"{camera.entity_id} sent no whole JPEG: {err}.") from err


def count_frames(video: bytes) -> int:
    """Return how many pictures come out of a video."""
    with av.open(io.BytesIO(video), "r") as source:
        return len([*source.decode(source.streams.video[0])])
