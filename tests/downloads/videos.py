"""Looking into videos: what is in them, in which order, and how they are built."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import aiohttp
import av

from tests.fake_frigate import FakeFrigate


@dataclass(frozen=True)
class Video:
    """The packets of a film, by the kind of their track."""

    video: list[str]
    audio: list[str]
    rises: bool
    """Whether the decoding times rise strictly in each track."""
    pictures: int
    """How many pictures come out of the decoder."""


def read_video(content: bytes | Path) -> Video:
    """Return what is in a film."""
    data = content if isinstance(content, bytes) else content.read_bytes()
    packets: dict[str, list[str]] = {"video": [], "audio": []}
    last: dict[int, int] = {}
    rises = True
    with av.open(BytesIO(data), "r") as source:
        for packet in source.demux():
            if packet.dts is None or packet.stream.type not in packets:
                continue
            rises &= packet.dts > last.get(packet.stream.index, packet.dts - 1)
            last[packet.stream.index] = packet.dts
            packets[packet.stream.type].append(sha256(bytes(packet)).hexdigest()[:12])
    with av.open(BytesIO(data), "r") as source:
        pictures = len([*source.decode(source.streams.video[0])])
    return Video(packets["video"], packets["audio"], rises, pictures)


def order_of_boxes(path: Path) -> list[str]:
    """Return the names of the outer boxes of an MP4 file, in their order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        names.append(data[at + 4 : at + 8].decode("ascii"))
        at += size or len(data)
    return names


async def clip_in_one_request(
    frigate: FakeFrigate, camera: str, start: float, end: float
) -> Video:
    """Return what Frigate itself makes of a range in one piece."""
    url = f"{frigate.internal_url}/api/{camera}/start/{start}/end/{end}/clip.mp4"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return read_video(await response.read())


def nearly_equal(some: list[str], others: list[str], seams: int) -> bool:
    """Whether two lists of sounds hold the same, but for one at each seam."""
    differences = Counter(some)
    differences.subtract(others)
    return sum(map(abs, differences.values())) <= 2 * seams
