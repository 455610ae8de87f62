"""A failed join leaves no file behind, and the next one works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import errno
import os
from pathlib import Path
import resource

import pytest

from custom_components.frigate_http.mp4 import (
    Chunk,
    DamagedError,
    JoinCancelledError,
    Mp4Error,
    inspect,
    join,
)

from .common import CLIPS

VIDEO_PACKETS = 308


@pytest.fixture
def chunks(tmp_path: Path) -> list[Chunk]:
    """Return copies of the recorded chunks, which a test may damage."""
    found = []
    for number in range(3):
        path = tmp_path / f"part{number}.mp4"
        path.write_bytes((CLIPS / path.name).read_bytes())
        found.append(Chunk(inspect(path), 20 * number, 20 * number + 20))
    return found


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return the path of the output file."""
    return tmp_path / "joined.mp4"


def _after(count: int) -> Callable[[], bool]:
    """Return a callback that cancels at its last of `count` calls."""
    asked = iter(range(count - 1))
    return lambda: next(asked, None) is None


def test_cancelling_leaves_nothing(chunks: list[Chunk], target: Path) -> None:
    total = 0

    def count() -> bool:
        nonlocal total
        total += 1
        return False

    join(chunks, target, cancelled=count)
    assert total > 318 + 1001
    target.unlink()
    for place in (1, 2, total // 7, total // 3, total // 2, total - 1, total):
        with pytest.raises(JoinCancelledError):
            join(chunks, target, cancelled=_after(place))
        assert not target.exists()
    assert join(chunks, target).video_packets == VIDEO_PACKETS


def test_cancelling_removes_an_existing_target(
    chunks: list[Chunk], target: Path
) -> None:
    target.write_bytes(b"something")
    with pytest.raises(JoinCancelledError):
        join(chunks, target, cancelled=_after(500))
    assert not target.exists()


def test_a_full_disk(chunks: list[Chunk], target: Path) -> None:
    target.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        join(chunks, target)
    assert caught.value.errno == errno.ENOSPC
    assert not isinstance(caught.value, Mp4Error)
    assert not target.is_symlink()
    assert Path("/dev/full").is_char_device()
    assert join(chunks, target).video_packets == VIDEO_PACKETS


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    """Limit the file size of this process, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_becomes_full(chunks: list[Chunk], target: Path) -> None:
    size = join(chunks, target).bytes
    for room in (0, 1, 30, 40_000, size // 2, size - 20_000, size - 8_000, size - 1):
        with _largest_file(room), pytest.raises(OSError, match="too large") as caught:
            join(chunks, target)
        assert not isinstance(caught.value, Mp4Error)
        assert not target.exists()
    with _largest_file(size):
        assert join(chunks, target).video_packets == VIDEO_PACKETS


def test_a_missing_folder(chunks: list[Chunk], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        join(chunks, tmp_path / "none" / "joined.mp4")
    assert not (tmp_path / "none").exists()


def test_a_missing_chunk(chunks: list[Chunk], target: Path) -> None:
    body = chunks[1].file.path.read_bytes()
    chunks[1].file.path.unlink()
    with pytest.raises(FileNotFoundError):
        join(chunks, target)
    assert not target.exists()
    chunks[1].file.path.write_bytes(body)
    assert join(chunks, target).video_packets == VIDEO_PACKETS


def test_a_damaged_chunk(chunks: list[Chunk], target: Path) -> None:
    path = chunks[2].file.path
    body = path.read_bytes()
    path.write_bytes(os.urandom(len(body)))
    with pytest.raises(DamagedError):
        join(chunks, target)
    assert not target.exists()
    path.write_bytes(body)
    assert join(chunks, target).video_packets == VIDEO_PACKETS
