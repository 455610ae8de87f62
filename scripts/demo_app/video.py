"""Watching live video with sound through Home Assistant, as a player would."""

import asyncio
from collections.abc import Mapping
import io
import re
from urllib.parse import urljoin

import aiohttp
import av

from homeassistant.components.camera import CameraEntityFeature

from . import DemoError, say
from .api import Api
from .frigate import RESTREAMED, Target
from .registry import Entity
from .waiting import until

# A server is asked again after up to a minute.
_OFFER_SECONDS = 90
_CODECS = re.compile(r'CODECS="(.*)"')
_HEADER = re.compile(r'#EXT-X-MAP:URI="(.*)"')
_SEGMENT = re.compile(r"^[^#].*\.m4s$", re.MULTILINE)


async def check_video(
    api: Api,
    entities: list[Entity],
    targets: Mapping[str, Target],
    missing: list[str],
) -> None:
    """Watch a camera of every simulated server; a real one may have no video."""
    await asyncio.gather(
        *(
            _check_video_of(api, one, missing)
            for one in entities
            if one.own_id == f"camera:{RESTREAMED}" and targets[one.entry_id].expected
        )
    )


async def _check_video_of(api: Api, camera: Entity, missing: list[str]) -> None:
    try:
        await until_video(api, camera.entity_id)
        say(f"video   {camera.entity_id}: {await _watch(api, camera.entity_id)}")
    except (DemoError, aiohttp.ClientError, TimeoutError) as err:
        why = str(err) or type(err).__name__
        missing.append(f"no live video of {camera.entity_id}: {why}")


async def until_video(api: Api, entity_id: str, *, offered: bool = True) -> None:
    """Wait until a camera offers video, or until it does not any more."""

    async def is_so() -> bool | None:
        state = await api.get(f"/api/states/{entity_id}")
        features = CameraEntityFeature(state["attributes"]["supported_features"])
        return True if (CameraEntityFeature.STREAM in features) == offered else None

    what = "video" if offered else "no video"
    await until(f"{entity_id} to offer {what}", _OFFER_SECONDS, is_so)


async def _watch(api: Api, entity_id: str) -> str:
    """Return what is in the first segment of the live video."""
    (stream,) = await api.commands({"type": "camera/stream", "entity_id": entity_id})
    _, main = await api.fetch(stream["url"])
    codecs = _find(_CODECS, main)
    # The main playlist names the other one in its last line.
    playlist = urljoin(stream["url"], main.decode().split()[-1])
    _, listed = await api.fetch(playlist)
    _, header = await api.fetch(urljoin(playlist, _find(_HEADER, listed)))
    segment = _SEGMENT.findall(listed.decode())[0]
    _, body = await api.fetch(urljoin(playlist, segment))
    frames, sounds = await asyncio.to_thread(count_media, header + body)
    if not frames or not sounds:
        raise DemoError(f"its segment has {frames} pictures and {sounds} sounds")
    return f"{codecs}, {frames} pictures and {sounds} pieces of sound in a segment"


def _find(pattern: re.Pattern[str], playlist: bytes) -> str:
    if (found := pattern.search(playlist.decode())) is None:
        raise DemoError(f"its playlist is {playlist!r}")
    return found[1]


def count_media(video: bytes) -> tuple[int, int]:
    """Return how many pictures, and how many pieces of sound, come out of a video."""
    with av.open(io.BytesIO(video), "r") as source:
        frames = [*source.decode()]
    pictures = [one for one in frames if isinstance(one, av.VideoFrame)]
    return len(pictures), len(frames) - len(pictures)
