"""HLS playlists: read strictly, because browsers and players act on what they say."""

from dataclasses import dataclass
import re
from typing import Self

from .errors import FrigateDataError

MAX_PLAYLIST_BYTES = 2**20
MAX_LINES = 5000
FILE_NAME = re.compile(r"[A-Za-z0-9-]{1,64}\.(?:m3u8|m4s|mp4|ts)")
"""Such as `seg-12-v1-a1.m4s`; the name of nothing outside of the folder."""

_QUERY = r"(?:\?[^\s\"#]{0,1024})?"
_NAMED = re.compile(rf"({FILE_NAME.pattern}){_QUERY}")
_SECONDS = re.compile(r"#EXTINF:(\d{1,6}(?:\.\d{1,9})?),.{0,256}", re.ASCII)
_MAP = re.compile(rf'#EXT-X-MAP:URI="([A-Za-z0-9-]{{1,64}}\.mp4){_QUERY}"')
_ATTRIBUTE = (
    r"(?:(?:PROGRAM-ID|BANDWIDTH|AVERAGE-BANDWIDTH)=\d{1,12}|RESOLUTION=\d{1,5}x\d{1,5}"
    r'|FRAME-RATE=\d{1,4}(?:\.\d{1,6})?|CODECS="[A-Za-z0-9.,-]{1,128}"'
    r"|VIDEO-RANGE=(?:SDR|HLG|PQ)|CLOSED-CAPTIONS=NONE)"
)
_VARIANT = re.compile(
    rf"#EXT-X-STREAM-INF:{_ATTRIBUTE}(?:,{_ATTRIBUTE}){{0,9}}", re.ASCII
)
_H265 = re.compile(r'CODECS="(?:[^"]*,)?h(?:vc|ev)1')
# Tags that name no file, and are passed on as they are.
_TAG = re.compile(
    r"#EXT-X-(?:TARGETDURATION:\d{1,6}|ALLOW-CACHE:(?:YES|NO)|PLAYLIST-TYPE:(?:VOD|EVENT)"
    r"|VERSION:\d{1,2}|(?:MEDIA|DISCONTINUITY)-SEQUENCE:\d{1,9}|BITRATE:\d{1,9}"
    r"|PROGRAM-DATE-TIME:[\d:.TZ+-]{1,40}|DISCONTINUITY|INDEPENDENT-SEGMENTS|ENDLIST)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """A playlist that names files of its own folder only."""

    text: str
    """The playlist as it can be passed on: known tags, and names without queries."""
    files: tuple[str, ...]
    """The names in it, each once: segments with what they begin with, or playlists."""
    duration: float
    """Seconds of video; 0 for a playlist of playlists."""

    @property
    def is_h265(self) -> bool:
        """Return whether a playlist of playlists names H.265, which not all browsers play."""
        return _H265.search(self.text) is not None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a playlist; comments are left out.

        Raises:
            FrigateDataError: it is too long, or a line is none that is known.
        """
        reader = _Reader()
        lines = text.split("\n", MAX_LINES)
        if len(text) > MAX_PLAYLIST_BYTES or len(lines) > MAX_LINES:
            raise _error("is too long")
        if lines[0].rstrip("\r") != "#EXTM3U":
            raise _error("has no beginning")
        for line in lines[1:]:
            reader.read(line.removesuffix("\r"))
        if reader.tag_of_next or not reader.files:
            raise _error("names no files")
        return cls(
            text="\n".join(("#EXTM3U", *reader.lines, "")),
            files=tuple(reader.files),
            duration=reader.duration,
        )


class _Reader:
    """Reads one line after the other."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.files: dict[str, None] = {}
        self.duration = 0.0
        self.tag_of_next = ""
        """The tag that the next name belongs to."""

    def read(self, line: str) -> None:
        """Read one line."""
        if not line.startswith("#"):
            if line:
                self._name(line)
        elif found := _SECONDS.fullmatch(line):
            self._expect("#EXTINF")
            self.duration += float(found[1])
            # Without the title, which nobody shows.
            self.lines.append(f"#EXTINF:{found[1]},")
        elif _VARIANT.fullmatch(line):
            self._expect("#EXT-X-STREAM-INF")
            self.lines.append(line)
        elif found := _MAP.fullmatch(line):
            self.files[found[1]] = None
            self.lines.append(f'#EXT-X-MAP:URI="{found[1]}"')
        elif _TAG.fullmatch(line):
            self.lines.append(line)
        elif line.startswith("#EXT"):
            raise _error("has a tag that is not known")

    def _expect(self, tag: str) -> None:
        if self.tag_of_next:
            raise _error("names no file after a tag")
        self.tag_of_next = tag

    def _name(self, line: str) -> None:
        if (found := _NAMED.fullmatch(line)) is None:
            raise _error("has a line that is not known")
        is_playlist = found[1].endswith(".m3u8")
        if self.tag_of_next != ("#EXT-X-STREAM-INF" if is_playlist else "#EXTINF"):
            raise _error("has a name after another tag than its own")
        self.tag_of_next = ""
        self.files[found[1]] = None
        self.lines.append(found[1])


def _error(problem: str) -> FrigateDataError:
    return FrigateDataError(f"The playlist {problem}", 200)
