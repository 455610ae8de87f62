"""The fragments of the fake, box by box beside those of a real server."""

import re
import struct

import aiohttp

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.recorded import FIXTURES
from tests.fake_frigate.vod import Clip, Mapping, pieces
from tests.mp4.material import Scene

from .vod_client import VodClient, boxes, frames, structure

BEGIN = 1_795_704_114
# What the encoder has to say, and the content, are another matter.
_ENCODED = ("stsd", "trun", "mdat")
_NESTED = ("moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf")
_REAL = FIXTURES / "0.17.2"
INIT = _REAL / "vod2.short.init-v1-a1.mp4"
SEGMENT = _REAL / "vod2.short.seg-1-v1-a1.m4s"
HOUR = _REAL / "vod2.range.full-1h.m3u8"


def _plain(data: bytes) -> list[tuple[str, bytes]]:
    """Return the boxes that hold no others and nothing of the encoder."""
    return [
        (path, content)
        for path, content in boxes(data)
        if not path.endswith((*_ENCODED, *_NESTED))
    ]


def _runs(data: bytes, track: int) -> list[tuple[int, int]]:
    """Return the flags of the runs of a track, and how long their samples last."""
    found, number = [], 0
    for path, content in boxes(data):
        number += path.endswith("tfhd")
        if number == track and path.endswith("trun"):
            flags, count = struct.unpack_from(">II", content)
            width = 8 if track == 2 else 16
            rows = [
                struct.unpack_from(">I", content, 12 + at * width)
                for at in range(count)
            ]
            assert len(content) == 12 + count * width
            found.append((flags, sum(duration for (duration,) in rows)))
    return found


async def test_fragments_are_built_like_real_ones(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    real_init, real_segment = INIT.read_bytes(), SEGMENT.read_bytes()
    async with FakeFrigate(clock=lambda: BEGIN + 600) as server:
        scene = Scene(width=640, height=360, keyframes=2.0, clock=True)
        server.show("Portones", scene)
        server.record_only("Portones", (BEGIN, BEGIN + 100))
        vod = VodClient(session, server, BEGIN + 0.01, BEGIN + 3, camera="Portones")
        init = (await vod.get("init-v1-a1.mp4")).body
        segment = (await vod.get("seg-1-v1-a1.m4s")).body
    assert structure(init) == structure(real_init)
    assert _plain(init) == _plain(real_init)
    assert structure(segment) == structure(real_segment)
    assert _plain(segment) == _plain(real_segment)
    for track in (1, 2):
        fake, real = _runs(segment, track), _runs(real_segment, track)
        assert {flags for flags, _ in fake} == {flags for flags, _ in real}
        assert sum(each for _, each in fake) == sum(each for _, each in real) == 270_000
        # The tracks take turns.
        assert len(fake) > 5
    assert len(frames(init + segment)) == len(frames(real_init + real_segment)) == 15


def test_numbers_of_a_real_hour() -> None:
    found = re.findall(r"#EXTINF:([\d.]+),\nseg-(\d+)-v1-a1", HOUR.read_text())
    lengths = [round(float(seconds) * 1000) for seconds, _ in found]
    numbers = [int(number) for _, number in found]
    # One number is missing in it.
    assert len(numbers) == numbers[-1] - 1 == 345
    clips = tuple(Clip("file", 0, length) for length in lengths)
    cut = pieces(Mapping(clips, apart=False, is_kept=False))
    assert [each.number for each in cut] == numbers
    assert [each.end - each.begin for each in cut] == lengths
