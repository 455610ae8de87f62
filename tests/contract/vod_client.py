"""How the tests of `/vod/` ask for a video, and what they read out of it."""

from collections.abc import Iterator
from io import BytesIO
import re
import struct
from typing import NamedTuple

import aiohttp
import av
from PIL import Image

from tests.contract.client import Answer, bearer, fetch
from tests.fake_frigate import FakeFrigate
from tests.mp4.material import Scene
from tests.mp4.scene_clock import read_clock

CLOCK = Scene(width=384, height=216, clock=True)
_NESTED = (
    b"moov",
    b"trak",
    b"mdia",
    b"minf",
    b"stbl",
    b"dinf",
    b"mvex",
    b"moof",
    b"traf",
)


class Frame(NamedTuple):
    """When a video shows a picture, and which second that picture was recorded in."""

    time: float
    clock: int | None


class VodClient:
    """Asks for one range of a camera's recordings."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        server: FakeFrigate,
        start: float,
        end: float,
        *,
        camera: str = "front_door",
        form: str = "",
    ) -> None:
        self.session = session
        self.server = server
        self.base = f"/vod/{form}{camera}/start/{start}/end/{end}"

    async def get(self, file: str, method: str = "GET", **headers: str) -> Answer:
        url = f"{self.server.internal_url}{self.base}/{file}"
        return await fetch(self.session, url, method, headers=headers)

    async def get_as(self, user: str, file: str) -> Answer:
        url = f"{self.server.external_url}{self.base}/{file}"
        return await fetch(self.session, url, **bearer(self.server, user))

    async def mapping(self) -> Answer:
        return await fetch(self.session, f"{self.server.internal_url}/api{self.base}")

    async def playlist(self) -> str:
        answer = await self.get("index.m3u8")
        assert answer.status == 200
        return answer.body.decode()

    async def video(self) -> bytes:
        """Return the init segment and all media segments of the playlist."""
        text = await self.playlist()
        names = re.findall('URI="(.+)"', text)[:1] + re.findall(
            "^seg.+", text, re.MULTILINE
        )
        answers = [await self.get(name) for name in names]
        assert {each.status for each in answers} == {200}
        return b"".join(each.body for each in answers)


def seconds_of(playlist: str) -> list[float]:
    """Return the lengths of the segments of a playlist."""
    return [float(each) for each in re.findall(r"#EXTINF:([\d.]+),", playlist)]


def frames(video: bytes) -> list[Frame]:
    """Return the pictures of a video."""
    with av.open(BytesIO(video), "r") as container:
        return [
            Frame(round(frame.time or 0, 3), read_clock(_picture(frame)))
            for frame in container.decode(video=0)
        ]


def _picture(frame: av.VideoFrame) -> Image.Image:
    (plane,) = frame.reformat(format="gray").planes
    size, lines = (frame.width, frame.height), ("raw", "L", plane.line_size, 1)
    return Image.frombytes("L", size, bytes(plane), *lines)


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each box and what is in it."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + size]
        yield kind.decode(), content
        if kind in _NESTED:
            for path, inner in boxes(content):
                yield f"{kind.decode()}/{path}", inner
        at += size


def structure(data: bytes) -> list[str]:
    """Return the paths of the boxes; of several runs in a row there is one."""
    found: list[str] = []
    for path, _ in boxes(data):
        if not (path.endswith("trun") and found[-1] == path):
            found.append(path)
    return found
