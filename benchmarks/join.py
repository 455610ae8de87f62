"""What checking and joining chunks costs, against copying their packets with FFmpeg's library."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
import sys
import tempfile
from time import process_time

import av

from custom_components.frigate_http.mp4 import Chunk, inspect, join
from tests.fake_frigate import recording_files
from tests.mp4.material import EPOCH, Scene, Segment, cut

from .table import Row, table

CHUNK_SECONDS = 60
SEGMENT_SECONDS = 20
MINUTES = 10
LIMIT = 1.0
# About 2.8 Mbit/s, as many cameras record.
SCENE = Scene(width=320, height=180, fps=15, keyframes=2.0, noise=True)


def remux(source: Path, target: Path) -> None:
    """Copy all packets of a file with FFmpeg's library, as `ffmpeg -c copy` does."""
    options = {"movflags": "faststart"}
    with (
        av.open(str(source)) as whole,
        av.open(str(target), "w", format="mp4", options=options) as copy,
    ):
        streams = {
            each.index: copy.add_stream_from_template(each, opaque=True)
            for each in (*whole.streams.video, *whole.streams.audio)
        }
        for packet in whole.demux(*whole.streams.video, *whole.streams.audio):
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                copy.mux(packet)


def _segments(seconds: int) -> Sequence[Segment]:
    """Return the segments of a recording: a file again and again."""
    file = recording_files.video_of(SCENE, 0, SEGMENT_SECONDS, silent=False)
    return [
        Segment(file, EPOCH + start, EPOCH + start + SEGMENT_SECONDS)
        for start in range(0, seconds, SEGMENT_SECONDS)
    ]


def _cpu(act: Callable[[], object]) -> float:
    began = process_time()
    act()
    return (process_time() - began) * 1000


def run(minutes: int = MINUTES) -> list[Row]:
    """Measure a clip of some minutes in chunks of one minute."""
    seconds = minutes * 60
    segments = _segments(seconds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times = [EPOCH + at for at in range(0, seconds + 1, CHUNK_SECONDS)]
        paths = [folder / f"{number:04}.mp4" for number in range(len(times) - 1)]
        for path, begin, end in zip(paths, times, times[1:], strict=False):
            cut(segments, begin, end, path)
        whole = folder / "whole.mp4"
        cut(segments, times[0], times[-1], whole)
        # The first file loads PyAV.
        inspect(paths[0])
        files = [inspect(path) for path in paths]
        chunks = list(map(Chunk, files, times, times[1:], strict=False))
        check = _cpu(lambda: [inspect(path) for path in paths])
        joining = _cpu(lambda: join(chunks, folder / "joined.mp4"))
        reference = _cpu(lambda: remux(whole, folder / "copy.mp4"))
        size = whole.stat().st_size / 10**6
    return [
        Row(
            what=what,
            scale=f"{minutes} min, {size:.0f} MB",
            value=value,
            unit="ms of CPU",
            reference=reference,
            against="copying with PyAV",
            limit=limit,
        )
        for what, value, limit in (
            ("checking chunks", check, None),
            ("checking and joining chunks", check + joining, LIMIT),
        )
    ]


async def measure() -> list[Row]:
    """Measure checking and joining."""
    return await asyncio.to_thread(run)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="join", description=__doc__)
    parser.add_argument("--minutes", type=int, default=MINUTES)
    sys.stdout.write(f"{table(run(parser.parse_args().minutes))}\n")


if __name__ == "__main__":
    main()
