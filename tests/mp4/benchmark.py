"""Measure what checking and joining costs: `python -m tests.mp4.benchmark`."""

import argparse
from collections.abc import Callable
from pathlib import Path
import re
import subprocess
import sys
import tempfile
from time import perf_counter

from custom_components.frigate_http.mp4 import Chunk, inspect, join

from .material import EPOCH, Scene, cut, record

CLIP_SECONDS = 60


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    parser.add_argument("--minutes", type=int, default=6)
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--height", type=int, default=270)
    parser.add_argument("--fps", type=int, default=15)
    parser.add_argument("--make", type=Path, help="only make the clips in a folder")
    return parser.parse_args()


def _make(folder: Path, arguments: argparse.Namespace) -> None:
    """Make the clips: of noise, which no encoder makes small."""
    scene = Scene(
        width=arguments.width, height=arguments.height, fps=arguments.fps, noise=True
    )
    segments = record(folder / "segments", scene, 60 * arguments.minutes)
    for start in range(0, 60 * arguments.minutes, CLIP_SECONDS):
        begin = EPOCH + start
        cut(segments, begin, begin + CLIP_SECONDS, folder / f"{start:06}.mp4")


def _memory(field: str) -> float:
    """Return a figure of the process's memory in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _measured[T](what: str, action: Callable[[], T]) -> T:
    # Written to that file, a five makes the kernel forget the peak so far.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    idle, begin = _memory("VmRSS"), perf_counter()
    result = action()
    seconds, peak = perf_counter() - begin, _memory("VmHWM")
    sys.stdout.write(
        f"{what}: {seconds:.2f} s, peak {peak:.0f} MiB, {peak - idle:.1f} above idle\n"
    )
    return result


def main() -> None:
    """Make clips in a process of its own, then measure in this one."""
    arguments = _arguments()
    if arguments.make:
        _make(arguments.make, arguments)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "tests.mp4.benchmark", *sys.argv[1:]]
        subprocess.run([*command, "--make", name], check=True)  # noqa: S603
        paths = sorted(folder.glob("*.mp4"))
        clips = _measured("check", lambda: [inspect(path) for path in paths])
        times = [EPOCH + CLIP_SECONDS * number for number in range(len(clips) + 1)]
        chunks = list(map(Chunk, clips, times, times[1:], strict=False))
        joined = _measured("join", lambda: join(chunks, folder / "joined.mp4"))
        packets = joined.video_packets + joined.audio_packets
        sys.stdout.write(f"{joined.bytes / 2**20:.0f} MiB, {packets} packets\n")


if __name__ == "__main__":
    main()
