"""Checking that the top-level boxes of an MP4 file are complete, by their headers."""

from collections.abc import Iterator
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .errors import DamagedError, NotMp4Error, TruncatedError

# A day of one fragment every second has 172,800 boxes, and each takes memory and time.
_MAX_BOXES = 2**19


class Box(NamedTuple):
    """A top-level box: its type (four letters), position, and size with the header."""

    kind: str
    position: int
    size: int


def check_boxes(path: Path) -> None:
    """Check that a file is a complete MP4 file, ordinary or fragmented.

    A fragmented file that was truncated after a whole fragment has no incomplete box. It
    lacks the index (`mfra`) that FFmpeg writes after the last fragment, which is
    therefore required.

    Raises:
        NotMp4Error: the file is not an MP4 file, or is empty.
        TruncatedError: the end of the file is missing.
        DamagedError: the boxes are in an impossible order.
        OSError: the file cannot be read.
    """
    # Without a buffer, as it would be filled anew for each header.
    with path.open("rb", buffering=0) as file:
        kinds = [box.kind for box in iter_boxes(file, os.fstat(file.fileno()).st_size)]
    if "moov" not in kinds:
        raise TruncatedError("The file ends before its description (moov)")
    if "moof" in kinds or kinds[-1] == "mfra":
        # A file with an index but no fragment is complete and empty.
        _check_fragments(kinds)
    elif "mdat" not in kinds:
        raise TruncatedError("The file ends before its content (mdat)")


def iter_boxes(file: BinaryIO, end: int) -> Iterator[Box]:
    """Yield all boxes; the last one must end where the file ends.

    Raises:
        NotMp4Error: the file is not an MP4 file, or is empty.
        TruncatedError: the last box is not whole.
        DamagedError: a box has an impossible size, or there are too many.
    """
    if not end:
        raise NotMp4Error("The file is empty")
    position = count = 0
    while position < end:
        if (count := count + 1) > _MAX_BOXES:
            raise DamagedError("The file consists of too many boxes")
        file.seek(position)
        box = _read_header(file, position, end - position)
        if box.size > end - position:
            missing = box.size - (end - position)
            raise TruncatedError(
                f"The last box ({box.kind}) lacks its last {missing} bytes"
            )
        position += box.size
        yield box


def _read_header(file: BinaryIO, position: int, remaining: int) -> Box:
    """Read the header of a box; a box of size 0 takes the `remaining` bytes."""
    header = file.read(16)
    size, kind = int.from_bytes(header[:4]), header[4:8]
    if not position and kind != b"ftyp":
        raise NotMp4Error("The file does not begin as an MP4 file does")
    header_size = 8
    if size == 1:
        # The 64-bit size (`largesize`) follows.
        size, header_size = int.from_bytes(header[8:]), 16
    elif size == 0:
        # A box of size 0 is the last one, and extends to the end of the file.
        size = remaining
    if remaining < header_size:
        raise TruncatedError("The file ends within the header of a box")
    if size < header_size:
        raise DamagedError(f"A box ({kind!r}) is smaller than its own header")
    return Box(kind.decode("latin-1"), position, size)


def _check_fragments(kinds: list[str]) -> None:
    """Check that each `moof` is followed by its `mdat`, and the last by `mfra`."""
    for kind, following in zip(kinds, [*kinds[1:], ""], strict=True):
        if kind == "moof" and not following:
            raise TruncatedError(
                "The file ends before the content of its last fragment"
            )
        if kind == "moof" and following != "mdat":
            raise DamagedError(
                f"A fragment has {following!r} where its content belongs"
            )
    if kinds[-1] != "mfra":
        raise TruncatedError("The file ends before the index of its fragments (mfra)")
