"""The boxes of an MP4 file: read by their headers alone, and whole to the last byte."""

from collections.abc import Iterator
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .errors import DamagedError, NotMp4Error, TruncatedError


class Box(NamedTuple):
    """A box of the outermost level: its four letters, and its bytes with the header."""

    kind: str
    size: int


def check_boxes(path: Path) -> None:
    """Refuse a file that is not a complete MP4, ordinary or fragmented.

    A fragmented file that was cut off after a whole fragment shows no torn box. What it
    lacks is the index that FFmpeg writes behind the last fragment, so that is required.

    Raises:
        NotMp4Error: the file is something else, or empty.
        TruncatedError: its end is missing.
        DamagedError: its boxes stand in an impossible order.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        kinds = [box.kind for box in _iter_boxes(file, os.fstat(file.fileno()).st_size)]
    if "moov" not in kinds:
        raise TruncatedError("The file ends before its description (moov)")
    if "moof" in kinds or kinds[-1] == "mfra":
        # With an index of nothing, it is whole and empty.
        _check_fragments(kinds)
    elif "mdat" not in kinds:
        raise TruncatedError("The file ends before its content (mdat)")


def _iter_boxes(file: BinaryIO, end: int) -> Iterator[Box]:
    """Yield the boxes from the first to the last, which must end where the file does."""
    if not end:
        raise NotMp4Error("The file is empty")
    position = 0
    while position < end:
        file.seek(position)
        box = _read_header(file, end - position, is_first=not position)
        if box.size > end - position:
            missing = box.size - (end - position)
            raise TruncatedError(
                f"The last box ({box.kind}) lacks its last {missing} bytes"
            )
        position += box.size
        yield box


def _read_header(file: BinaryIO, remaining: int, *, is_first: bool) -> Box:
    """Read a box's header; its size is `rest`, if it states none."""
    size, kind = int.from_bytes(file.read(4)), file.read(4)
    if is_first and kind != b"ftyp":
        raise NotMp4Error("The file does not begin as an MP4 file does")
    header_size = 8
    if size == 1:
        # The size proper follows, as it needs 64 bits.
        size, header_size = int.from_bytes(file.read(8)), 16
    elif size == 0:
        # A box of no stated size is the last one, and reaches to the end.
        size = remaining
    if remaining < header_size:
        raise TruncatedError("The file ends within the header of a box")
    if size < header_size:
        raise DamagedError(f"A box ({kind!r}) is smaller than its own header")
    return Box(kind.decode("latin-1"), size)


def _check_fragments(kinds: list[str]) -> None:
    """Every fragment is a description and its content, and an index follows the last."""
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
