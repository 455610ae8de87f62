"""Ranges of bytes: what is asked of a file, and which part of it an answer is."""

from dataclasses import dataclass
import re
from typing import Self

_MAX_DIGITS = 18
_ASKED = re.compile(
    rf"bytes=(\d{{0,{_MAX_DIGITS}}})-(\d{{0,{_MAX_DIGITS}}})", re.ASCII | re.IGNORECASE
)
_ANSWERED = re.compile(
    rf"bytes (\d{{1,{_MAX_DIGITS}}})-(\d{{1,{_MAX_DIGITS}}})/(\d{{1,{_MAX_DIGITS}}})",
    re.ASCII,
)
_UNSATISFIED = re.compile(rf"bytes \*/(\d{{1,{_MAX_DIGITS}}})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """One range of the bytes of a file, as in the header `Range`."""

    first: int | None
    """The first byte, counted from 0; None for the last ones of the file."""
    last: int | None
    """The last byte, or None for all that follow; without `first`, how many bytes."""

    @classmethod
    def parse(cls, header: str) -> Self | None:
        """Read `bytes=a-b`, `bytes=a-` or `bytes=-n`; None for anything else.

        Several ranges at once are none: whoever asks for them gets the whole file, which
        HTTP allows.
        """
        if (found := _ASKED.fullmatch(header)) is None:
            return None
        first, last = (int(digits) if digits else None for digits in found.groups())
        if first is None:
            return cls(first=None, last=last) if last else None
        if last is not None and last < first:
            return None
        return cls(first=first, last=last)

    @property
    def header(self) -> str:
        """Return the header `Range`."""
        first, last = ("" if one is None else one for one in (self.first, self.last))
        return f"bytes={first}-{last}"

    def is_answered_by(self, part: ContentRange) -> bool:
        """Return whether a part is what this range asks for, up to the end of the file."""
        if self.first is None:
            first, last = max(0, part.size - (self.last or 0)), part.size - 1
        else:
            first = self.first
            last = part.size - 1 if self.last is None else min(self.last, part.size - 1)
        return (part.first, part.last) == (first, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRange:
    """The part of a file that an answer of status 206 is, as in `Content-Range`."""

    first: int
    last: int
    size: int
    """Bytes of the whole file."""

    @classmethod
    def parse(cls, header: str) -> Self | None:
        """Read `bytes a-b/size`; None for anything else."""
        if (found := _ANSWERED.fullmatch(header)) is None:
            return None
        first, last, size = map(int, found.groups())
        if not first <= last < size:
            return None
        return cls(first=first, last=last, size=size)

    @property
    def length(self) -> int:
        """Return the number of bytes of the part."""
        return self.last - self.first + 1

    @property
    def header(self) -> str:
        """Return the header `Content-Range`."""
        return f"bytes {self.first}-{self.last}/{self.size}"


def size_of_unsatisfied(header: str) -> int | None:
    """Return the size of the file in the `Content-Range` of a 416, `bytes */size`."""
    found = _UNSATISFIED.fullmatch(header)
    return None if found is None else int(found[1])
