"""`/vod/`: HLS that nginx makes of the recordings, as a mapping of the backend tells it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import formatdate
import itertools
import json
import re
from typing import NamedTuple

from .answers import Answer, nginx_page, text_answer
from .auth import Verdict
from .call import Call
from .footage import Segment, segments
from .fragments import (
    TIMESCALE,
    Part,
    Track,
    codec_of,
    init_segment,
    media_segment,
    tracks_of,
)
from .recording_files import file_of
from .vod_mapping import path_of

SEGMENT_MS = 10_000
MAX_CLIPS = 1080
KEPT_SECONDS = 600
"""How long the mapping of an old range is kept."""
OPEN_SECONDS = 120
"""How long a file is taken for open, even if it is gone."""
LAST_MODIFIED = "Sun, 19 Nov 2000 08:52:00 GMT"
PLAYLIST = "application/vnd.apple.mpegurl"
_FILE = re.compile(
    r"(?P<name>master|index|init|seg-(?P<number>[1-9]\d*))"
    r"(?:-c(?P<clip>\d+))?(?P<tracks>-v1-a1|-v1|-a1|)\.(?P<kind>m3u8|mp4|m4s|ts)"
)
_KINDS = {"master": "m3u8", "index": "m3u8", "init": "mp4"}
_RANGES = re.compile(r"bytes=((?:\d+-\d*|-\d+)(?:,\s*(?:\d+-\d*|-\d+))*)$")
# So much came of a body that was never finished.
_BEFORE_SILENCE = 5020
_BOUNDARY = f"{8:020}"


class Clip(NamedTuple):
    """What a mapping says of a file: its path, and which milliseconds of it to show."""

    path: str
    begin: int
    duration: int


@dataclass(frozen=True)
class Mapping:
    """The clips of a video, and whether each stands by itself."""

    clips: tuple[Clip, ...]
    apart: bool
    is_kept: bool

    @property
    def duration(self) -> int:
        """Return the length in milliseconds."""
        return sum(each.duration for each in self.clips)


class Piece(NamedTuple):
    """A media segment: its number, its milliseconds, and the indexes of its clips."""

    number: int
    begin: int
    end: int
    clips: range


def pieces(mapping: Mapping) -> list[Piece]:
    """Cut a video into media segments, each of which begins with a clip.

    One begins with the first clip at or after each tenth second. Where no clip begins
    between two of these, a number is left out.
    """
    found: list[Piece] = []
    groups = [[each] for each in mapping.clips] if mapping.apart else [mapping.clips]
    number = begin = first = 0
    for group in groups:
        starts = [*itertools.accumulate((each.duration for each in group), initial=0)]
        count = -(-starts[-1] // SEGMENT_MS)
        index = 0
        for place in range(1, count + 1):
            until = index
            while until < len(group) and (
                starts[until] < place * SEGMENT_MS or place == count
            ):
                until += 1
            if until > index:
                clips = range(first + index, first + until)
                times = begin + starts[index], begin + starts[until]
                found.append(Piece(number + place, *times, clips))
            index = until
        number, begin, first = number + count, begin + starts[-1], first + len(group)
    return found


def _parsed(answer: Answer) -> Mapping:
    value = json.loads(answer.body)
    (sequence,) = value["sequences"]
    clips = (
        Clip(each["path"], each.get("clipFrom", 0), duration)
        for each, duration in zip(sequence["clips"], value["durations"], strict=True)
    )
    return Mapping(tuple(clips), value["discontinuity"], value["cache"])


class Vod:
    """The VOD module: asks the backend for mappings, and reads the files itself."""

    def __init__(self, ask: Callable[[Call], Awaitable[Answer]]) -> None:
        """Begin with nothing in the caches."""
        self._ask = ask
        self._kept: dict[str, tuple[float, Mapping]] = {}
        self._open: dict[str, tuple[float, Segment]] = {}

    async def respond(self, call: Call, verdict: Verdict) -> Answer:
        """Answer a request that has a login."""
        if call.method == "OPTIONS":
            return _headers(call, Answer(200, content_type="text/plain"))
        if call.method not in ("GET", "HEAD"):
            return nginx_page(405)
        path, _, name = call.path.rpartition("/")
        file = _FILE.fullmatch(name)
        if file is None or file["kind"] != _KINDS.get(file["name"], file["kind"]):
            return nginx_page(400)
        if file["kind"] == "ts":
            return text_answer("The fake Frigate has no MPEG-TS", 501)
        mapping = await self._mapping(call, path, verdict)
        if isinstance(mapping, Answer):
            return mapping
        return await self._answer(call, mapping, file)

    async def _mapping(
        self, call: Call, path: str, verdict: Verdict
    ) -> Mapping | Answer:
        """Return what a path stands for; what one user was told, all others get as well."""
        key, now = f"{call.host}{path}", call.state.clock()
        if (kept := self._kept.get(key)) and now - kept[0] <= KEPT_SECONDS:
            return kept[1]
        asked = replace(
            call,
            method="GET",
            path=path,
            query={},
            user=verdict.user,
            role=verdict.role,
        )
        answer = await self._ask(asked)
        if answer.status != 200:
            return nginx_page(404)
        mapping = _parsed(answer)
        if len(mapping.clips) > MAX_CLIPS:
            return nginx_page(503)
        if mapping.is_kept:
            self._kept[key] = now, mapping
        return mapping

    async def _tracks(self, call: Call, clip: Clip) -> tuple[Track, ...]:
        """Return the tracks of a clip, none if its file is gone."""
        segment = self._segment(call, clip.path)
        if segment is None:
            return ()
        return await call.workers.run(lambda: tracks_of(file_of(segment)))

    def _segment(self, call: Call, path: str) -> Segment | None:
        """Return the recording behind a path, as long as its file is there or held open."""
        state, now = call.state, call.state.clock()
        opened = self._open.get(path)
        is_open = opened is not None and now - opened[0] <= OPEN_SECONDS
        *_, day, hour, camera, minute = path.split("/")
        begin = datetime.strptime(f"{day} {hour} {minute}", "%Y-%m-%d %H %M.%S.mp4")
        start = begin.replace(tzinfo=UTC).timestamp()
        for each in segments(state, camera, start, start + 1):
            lost = (camera, each.start) in state.footage.lost
            if path_of(each) == path and not lost:
                if not is_open:
                    self._open[path] = now, each
                return each
        return opened[1] if opened and is_open else None

    async def _answer(
        self, call: Call, mapping: Mapping, file: re.Match[str]
    ) -> Answer:
        # The first file says what the whole is like.
        tracks = await self._tracks(call, mapping.clips[0])
        wanted = file["tracks"].replace("1", "").replace("-", "") or "va"
        kinds = "".join(each.kind for each in tracks if each.kind in wanted)
        if not kinds:
            return nginx_page(404)
        if file["name"] == "master":
            return _playlist(call, _master(call, mapping, tracks, kinds))
        if file["name"] == "index":
            return _playlist(call, _index(call, mapping, kinds))
        kind = "video/mp4" if "v" in kinds else "audio/mp4"
        if file["name"] == "init":
            content = await self._init(call, mapping, int(file["clip"] or 1), kinds)
        else:
            content = await self._media(call, mapping, int(file["number"]), kinds)
        if not content:
            return nginx_page(404)
        return await _part(call, _headers(call, Answer(200, content, kind)))

    async def _init(
        self, call: Call, mapping: Mapping, number: int, kinds: str
    ) -> bytes:
        if not 0 < number <= len(mapping.clips):
            return b""
        tracks = await self._tracks(call, mapping.clips[number - 1])
        chosen = [each for each in tracks if each.kind in kinds]
        return init_segment(chosen, mapping.duration) if chosen else b""

    async def _media(
        self, call: Call, mapping: Mapping, number: int, kinds: str
    ) -> bytes:
        piece = next((one for one in pieces(mapping) if one.number == number), None)
        if piece is None:
            return b""
        parts = []
        for clip in mapping.clips[piece.clips.start : piece.clips.stop]:
            if not (tracks := await self._tracks(call, clip)):
                return b""
            parts.append(Part(tracks, clip.begin, clip.duration))
        return await call.workers.run(media_segment, number, piece.begin, parts, kinds)


def _names(call: Call, kinds: str) -> tuple[str, str]:
    """Return what names have before and after their ending; a query is copied."""
    query = call.target.partition("?")[2]
    return "".join(f"-{each}1" for each in kinds), f"?{query}" if query else ""


def _master(
    call: Call, mapping: Mapping, tracks: Sequence[Track], kinds: str
) -> list[str]:
    suffix, query = _names(call, kinds)
    chosen = [each for each in tracks if each.kind in kinds]
    size = sum(len(each.content) for one in chosen for each in one.samples)
    facts = ["PROGRAM-ID=1"]
    seconds = max(each.samples[-1].dts for each in chosen) / TIMESCALE
    facts.append(f"BANDWIDTH={round(size * 8 / max(seconds, 0.1))}")
    for each in chosen:
        if each.kind == "v":
            width, height = each.size
            facts.append(f"RESOLUTION={width}x{height}")
            facts.append(f"FRAME-RATE={each.rate:.3f}")
    codecs = ",".join(codec_of(each) for each in chosen)
    info = ",".join([*facts, f'CODECS="{codecs}"'])
    return [f"#EXT-X-STREAM-INF:{info}", f"index{suffix}.m3u8{query}", ""]


def _index(call: Call, mapping: Mapping, kinds: str) -> list[str]:
    suffix, query = _names(call, kinds)
    found = pieces(mapping)
    longest = max(each.end - each.begin for each in found)
    lines = [
        f"#EXT-X-TARGETDURATION:{max(SEGMENT_MS, longest + 500) // 1000}",
        "#EXT-X-ALLOW-CACHE:YES",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-VERSION:6",
        "#EXT-X-MEDIA-SEQUENCE:1",
    ]
    for count, each in enumerate(found):
        if mapping.apart and count:
            lines.append("#EXT-X-DISCONTINUITY")
        if mapping.apart or not count:
            clip = f"-c{each.clips.start + 1}" if mapping.apart else ""
            lines.append(f'#EXT-X-MAP:URI="init{clip}{suffix}.mp4{query}"')
        lines.append(f"#EXTINF:{(each.end - each.begin) / 1000:.3f},")
        lines.append(f"seg-{each.number}{suffix}.m4s{query}")
    return [*lines, "#EXT-X-ENDLIST"]


def _playlist(call: Call, lines: list[str]) -> Answer:
    text = "".join(f"{line}\n" for line in ["#EXTM3U", *lines])
    answer = Answer(200, text.encode(), PLAYLIST, chunked=True)
    answer.headers += [("Vary", "Accept-Encoding"), *_dated(call)]
    return answer


def _dated(call: Call) -> list[tuple[str, str]]:
    """Return the headers of all answers; only a query brings the real time."""
    now = formatdate(call.state.clock(), usegmt=True)
    date = now if "?" in call.target else LAST_MODIFIED
    return [("Last-Modified", date), ("Cache-Control", "no-store")]


def _headers(call: Call, answer: Answer) -> Answer:
    """Add the headers of what has a length, which is all that its ETag depends on."""
    answer.headers += [("ETag", f'"-1-{len(answer.body):x}"'), *_dated(call)]
    return answer


async def _part(call: Call, answer: Answer) -> Answer:
    """Return what was asked for of a whole answer."""
    tag = next(value for name, value in answer.headers if name == "ETag")
    if call.headers.get("If-None-Match") == tag:
        headers = [("ETag", tag), ("Cache-Control", "no-store")]
        return Answer(304, headers=headers)
    wanted = _RANGES.match(call.headers.get("Range", ""))
    condition = call.headers.get("If-Range")
    if wanted is not None and condition not in (None, tag, LAST_MODIFIED):
        if wanted[1] != "0-":
            return await _silent(call, answer)
        wanted = None
    if wanted is None:
        answer.headers.append(("Accept-Ranges", "bytes"))
        return answer
    return _ranges(answer, [*_bounds(wanted[1], len(answer.body))])


async def _silent(call: Call, answer: Answer) -> Answer:
    """Begin to send the whole, and then say nothing any more: a bug of the real server."""
    body, answer.body = answer.body, b""

    async def stream() -> AsyncGenerator[bytes]:
        yield body[:_BEFORE_SILENCE]
        await asyncio.Event().wait()

    if call.port == "external":
        # Not even the status arrives.
        await asyncio.Event().wait()
    answer.stream, answer.length = stream, len(body)
    answer.headers.append(("Accept-Ranges", "bytes"))
    return answer


def _bounds(text: str, size: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last byte of each range that there is."""
    for each in text.split(","):
        first, _, last = each.strip().partition("-")
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last), size - 1) if first and last else size - 1
        if start < size and start <= end:
            yield start, end


def _ranges(answer: Answer, bounds: list[tuple[int, int]]) -> Answer:
    size = len(answer.body)
    if not bounds:
        page = nginx_page(416)
        page.headers += [
            ("Cache-Control", "no-store"),
            ("Content-Range", f"bytes */{size}"),
        ]
        return page
    answer.status = 206
    texts = [f"bytes {start}-{end}/{size}" for start, end in bounds]
    parts = [answer.body[start : end + 1] for start, end in bounds]
    if len(bounds) == 1:
        answer.headers.append(("Content-Range", texts[0]))
        answer.body = parts[0]
        return answer
    answer.body = b"".join(
        f"\r\n--{_BOUNDARY}\r\nContent-Type: {answer.content_type}\r\n"
        f"Content-Range: {text}\r\n\r\n".encode()
        + part
        for text, part in zip(texts, parts, strict=True)
    )
    answer.body += f"\r\n--{_BOUNDARY}--\r\n".encode()
    answer.content_type = f"multipart/byteranges; boundary={_BOUNDARY}"
    return answer
