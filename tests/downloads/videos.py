"""Reading videos: their packets, decoded frames and boxes."""

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
    """The digests of a video's packets, by the type of their track."""

    video: list[str]
    audio: list[str]
    has_rising_dts: bool
    """Whether the DTS rises strictly in each track."""
    decoded_frames: int
    """Number of frames that the decoder returns."""


def read_video(content: bytes | Path) -> Video:
    """Demux and decode a video."""
    data = content if isinstance(content, bytes) else content.read_bytes()
    packets: dict[str, list[str]] = {"video": [], "audio": []}
    last: dict[int, int] = {}
    has_rising_dts = True
    with av.open(BytesIO(data), "r") as source:
        for packet in source.demux():
            if packet.dts is None or packet.stream.type not in packets:
                continue
            has_rising_dts &= packet.dts > last.get(packet.stream.index, packet.dts - 1)
            last[packet.stream.index] = packet.dts
            packets[packet.stream.type].append(sha256(bytes(packet)).hexdigest()[:12])
    with av.open(BytesIO(data), "r") as source:
        decoded_frames = len([*source.decode(source.streams.video[0])])
    return Video(packets["video"], packets["audio"], has_rising_dts, decoded_frames)


def order_of_boxes(path: Path) -> list[str]:
    """Return the types of the top-level boxes of an MP4 file, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        names.append(data[at + 4 : at + 8].decode("ascii"))
        at += size or len(data)
    return names


async def clip_in_one_request(
    frigate: FakeFrigate, camera: str, start: float, end: float
) -> Video:
    """Return the clip that Frigate makes of a range in one request."""
    url = f"{frigate.internal_url}/api/{camera}/start/{start}/end/{end}/clip.mp4"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return read_video(await response.read())


def equal_but_for_overlaps(some: list[str], others: list[str], joins: int) -> bool:
    """Return whether two lists of audio packets are equal but for one packet per join."""
    differences = Counter(some)
    differences.subtract(others)
    return sum(map(abs, differences.values())) <= 2 * joins
