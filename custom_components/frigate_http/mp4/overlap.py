"""The overlap of two consecutive chunks: how to trim them so that no packet is twice.

Frigate ends a chunk a little after the requested end and starts the next one at the
keyframe before the requested start, so both chunks hold the seconds in between. The
packets of the overlap are equal byte for byte, but so are the packets of a static picture
or of silence at any other time. `find_overlap` therefore lists every alignment of the two
chunks in which the video packets match, and chooses the one that also agrees with the
audio packets, the timestamps and the requested times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from .chunks import Chunk
from .demuxing import Cancelled
from .packet_window import PacketInfo, PacketWindow, read_head, read_tail

# Frigate cuts up to a second before the requested time, or some packets after it.
_CUT_MARGIN = 2.0
# Where the times of two segments overlap, Frigate cuts the first segment early, and
# appends a few stray packets of the second one.
_MAX_STRAY_SECONDS = 1.5
_MAX_STRAY_AUDIO = 3
# Each container rounds timestamps to its own time base, a few milliseconds at worst.
_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class Overlap:
    """The packets to trim from two consecutive chunks, and the offset of the second."""

    video_trim_end: int = 0
    """Packets to trim from the end of the first chunk; the next one has better timestamps."""
    video_trim_start: int = 0
    """Packets to trim from the start of the next chunk, as the first chunk holds them."""
    audio_trim_end: int = 0
    audio_trim_start: int = 0
    offset: float = 0.0
    """Timestamp offset of the next chunk on the timeline of the first, in seconds."""
    start_delays: tuple[float, float] = (0.0, 0.0)
    """Seconds to add to the timestamps of its first video packet and first audio packet."""


@dataclass(frozen=True, slots=True)
class _Alignment:
    """One way in which the tail of the first chunk may continue in the head of the next."""

    position: int
    """Index of the tail's video packet that equals the first one of the head."""
    matching: int
    """Number of video packets that are equal from there on."""
    stray: int
    """Number of stray packets at the end of the tail, which the head holds further on."""
    offset: float
    stray_audio: int = 0
    """Number of stray audio packets, where only the audio overlaps."""


def max_overlap_seconds(first: Chunk, following: Chunk) -> float:
    """Return the longest possible overlap of two consecutive chunks in seconds."""
    interval = max(first.file.keyframe_interval, following.file.keyframe_interval)
    return interval + _CUT_MARGIN + max(0.0, first.end - following.start)


def find_overlap(first: Chunk, following: Chunk, cancelled: Cancelled) -> Overlap:
    """Find the overlap by comparing the end of a chunk with the start of the next one."""
    interval = max(first.file.keyframe_interval, following.file.keyframe_interval)
    max_seconds = max_overlap_seconds(first, following)
    # Two keyframe intervals more than can overlap show whether the picture is static.
    seconds = max_seconds + 2 * interval
    tail = read_tail(first.file, seconds, cancelled)
    head = read_head(following.file, seconds, cancelled)
    alignments = [
        *_alignments(tail.video, head.video, max_seconds),
        *_audio_only_alignments(tail, head),
    ]
    expected_seconds = following.excess_seconds + first.end - following.start
    best = _best_alignment(alignments, tail, head, expected_seconds, interval / 2)
    if best is None:
        return _without_overlap(first, tail, head)
    trim_end, trim_start, _ = _trim_audio(best, tail, head)
    return Overlap(
        video_trim_end=best.stray,
        video_trim_start=best.matching,
        audio_trim_end=trim_end,
        audio_trim_start=trim_start,
        offset=best.offset,
        start_delays=_start_delays(tail, head),
    )


def _best_alignment(
    alignments: Sequence[_Alignment],
    tail: PacketWindow,
    head: PacketWindow,
    expected_seconds: float,
    tolerance: float,
) -> _Alignment | None:
    """Return the most plausible alignment, or None if the chunks don't overlap.

    The requested times predict an overlap of `expected_seconds`, within `tolerance`.
    """
    is_static = _is_static(tail.video) or _is_static(head.video)

    def mismatch(each: _Alignment) -> tuple[bool, bool, float]:
        # Without matching video packets the audio alone can match by chance.
        is_chance = not each.matching and not is_static
        distance = abs(_overlap_seconds(each, tail) - expected_seconds)
        return _is_contradicted(each, tail, head), is_chance, distance

    best = min(alignments, key=mismatch, default=None)
    if best is None or not best.matching or not is_static:
        return best
    # In a static picture any keyframe matches any other. Only the audio proves an overlap
    # then; without usable audio, the requested times decide.
    if tail.audio and head.audio and not _is_static(tail.audio):
        is_plausible = not _is_contradicted(best, tail, head)
    else:
        is_plausible = _overlap_seconds(best, tail) <= expected_seconds + tolerance
    return best if is_plausible else None


def _alignments(
    tail: Sequence[PacketInfo], head: Sequence[PacketInfo], max_seconds: float
) -> Iterator[_Alignment]:
    """Yield each alignment in which the tail matches the head up to the tail's end."""
    first_digest = head[0].digest if head else None
    for position, packet in enumerate(tail):
        if packet.digest != first_digest or tail[-1].end - packet.dts > max_seconds:
            continue
        matching = _count_matching(tail[position:], head)
        offset = _timestamp_offset(tail[position:], head, matching)
        rest = tail[position + matching :]
        if rest and matching == len(head):
            yield _Alignment(position, matching, 0, offset)
        elif not rest or _is_stray(rest, head[matching:]):
            squeezed = _count_squeezed(tail[position:], head, matching, offset)
            yield _Alignment(
                position, matching - squeezed, len(rest) + squeezed, offset
            )


def _count_matching(one: Sequence[PacketInfo], other: Sequence[PacketInfo]) -> int:
    """Count how many packets at the start of two sequences are equal."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left.digest != right.digest:
            break
        count += 1
    return count


def _is_stray(rest: Sequence[PacketInfo], head: Sequence[PacketInfo]) -> bool:
    """Return whether the head holds the rest of a tail a little further on."""
    if not rest[0].is_keyframe or rest[-1].end - rest[0].dts > _MAX_STRAY_SECONDS:
        return False
    return any(
        _count_matching(rest, head[index:]) == len(rest)
        for index, packet in enumerate(head)
        if packet.dts - head[0].dts <= _MAX_STRAY_SECONDS
    )


def _timestamp_offset(
    tail: Sequence[PacketInfo], head: Sequence[PacketInfo], matching: int
) -> float:
    """Return the timestamp offset that puts the head's packets on those of the tail.

    The median ignores single packets whose timestamps Frigate changed while cutting.
    """
    # FFmpeg stretches the first packet of a chunk, so that its timestamp is unreliable.
    if matching == 1:
        return tail[0].end - head[1].dts if len(head) > 1 else tail[0].dts - head[0].dts
    pairs = zip(tail[1:matching], head[1:matching], strict=True)
    return median_low(left.dts - right.dts for left, right in pairs)


def _count_squeezed(
    tail: Sequence[PacketInfo], head: Sequence[PacketInfo], matching: int, offset: float
) -> int:
    """Count the matching packets at the tail's end that have wrong timestamps there.

    Where Frigate cut the first of two overlapping segments, the DTS of the second one's
    packets would have gone back in time. The muxer squeezed these packets in behind the
    first segment, one tick apart; the head has them with their real timestamps.
    """
    squeezed = 0
    while squeezed < matching - 1:
        last = matching - 1 - squeezed
        if abs(head[last].dts + offset - tail[last].dts) <= _TOLERANCE:
            break
        squeezed += 1
    return squeezed


def _overlap_seconds(alignment: _Alignment, tail: PacketWindow) -> float:
    """Return the duration of the matching video packets in seconds."""
    if not alignment.matching:
        return 0.0
    first = tail.video[alignment.position]
    last = tail.video[alignment.position + alignment.matching - 1]
    return last.end - first.dts


def _is_static(packets: Sequence[PacketInfo]) -> bool:
    """Return whether a picture is static: some keyframes are equal byte for byte."""
    keyframes = [packet.digest for packet in packets if packet.is_keyframe]
    return len(set(keyframes)) < len(keyframes)


def _is_contradicted(
    alignment: _Alignment, tail: PacketWindow, head: PacketWindow
) -> bool:
    """Return whether timestamps or audio packets contradict an alignment."""
    for index in range(1, alignment.matching):
        tail_dts = tail.video[alignment.position + index].dts
        if abs(head.video[index].dts + alignment.offset - tail_dts) > _TOLERANCE:
            return True
    return not _trim_audio(alignment, tail, head)[2]


def _trim_audio(
    alignment: _Alignment, tail: PacketWindow, head: PacketWindow
) -> tuple[int, int, bool]:
    """Trim the audio where an alignment trims the video.

    Return how many audio packets to trim from the end of the tail and from the start of
    the head, and whether the audio packets agree with the alignment.
    """
    kept = tail.audio[: len(tail.audio) - alignment.stray_audio]
    if alignment.matching:
        last = tail.video[alignment.position + alignment.matching - 1]
        kept = [packet for packet in kept if packet.dts < last.dts]
    # Stray audio packets of the next segment may precede the last video packet.
    for stray in range(_MAX_STRAY_AUDIO):
        remaining = kept[: len(kept) - stray]
        trim_start, is_match = _match_audio(remaining, head, alignment.offset)
        if is_match and (trim_start or not stray):
            return len(tail.audio) - len(remaining), trim_start, True
    trim_start, _ = _match_audio(kept, head, alignment.offset)
    return len(tail.audio) - len(kept), trim_start, False


def _match_audio(
    kept: Sequence[PacketInfo], head: PacketWindow, offset: float
) -> tuple[int, bool]:
    """Count the audio packets of the head that the tail holds, and whether they match."""
    if not kept or not head.audio:
        return 0, True
    starts = [
        _estimated_start(kept, head.audio),
        *(packet.dts for packet in head.audio[1:]),
    ]
    starts = [start + offset - kept[-1].dts for start in starts]
    trim_start = sum(start <= (kept[-1].end - kept[-1].dts) / 2 for start in starts)
    for count in (trim_start, trim_start + 1, trim_start - 1):
        if 0 <= count <= len(starts) and _end_alike(kept, head.audio[:count]):
            return count, not count or abs(starts[count - 1]) <= _TOLERANCE
    return trim_start, False


def _end_alike(one: Sequence[PacketInfo], other: Sequence[PacketInfo]) -> bool:
    """Return whether two sequences end with equal packets, up to the shorter one."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(left.digest == right.digest for left, right in pairs)


def _audio_only_alignments(
    tail: PacketWindow, head: PacketWindow
) -> Iterator[_Alignment]:
    """Yield the alignment in which only the audio overlaps, if there is one.

    This happens where Frigate cut the first chunk right before a keyframe.
    """
    if tail.video and head.video:
        offset = _append_offset(tail.video, head.video)
        for stray in range(min(_MAX_STRAY_AUDIO, len(tail.audio))):
            alignment = _Alignment(len(tail.video), 0, 0, offset, stray)
            _, trim_start, is_match = _trim_audio(alignment, tail, head)
            if trim_start and is_match:
                yield alignment
                return


def _without_overlap(first: Chunk, tail: PacketWindow, head: PacketWindow) -> Overlap:
    """Append a chunk that has no packet in common with the one before.

    Nothing was recorded in between. The gap is closed, as Frigate does in its own clips.
    """
    tracks = ((tail.video, head.video), (tail.audio, head.audio))
    offsets = [
        _append_offset(before, after) for before, after in tracks if before and after
    ]
    offset = max(offsets, default=first.file.seconds)
    return Overlap(offset=offset, start_delays=_start_delays(tail, head))


def _append_offset(tail: Sequence[PacketInfo], head: Sequence[PacketInfo]) -> float:
    """Return the timestamp offset that appends one track right behind another."""
    return tail[-1].end - _estimated_start(tail, head)


def _estimated_start(tail: Sequence[PacketInfo], head: Sequence[PacketInfo]) -> float:
    """Return the real start of a track, as if its first packet were as long as others.

    FFmpeg starts both tracks of a chunk at zero, even if one of them starts later.
    """
    if len(head) < 2:
        return head[0].dts
    return head[1].dts - (tail[-1].end - tail[-1].dts)


def _start_delays(tail: PacketWindow, head: PacketWindow) -> tuple[float, float]:
    """Return by how many seconds the first packets of both tracks are too early."""
    video = (tail.video, head.video)
    audio = (tail.audio, head.audio)
    delays = [
        max(0.0, _estimated_start(before, after) - after[0].dts)
        if before and after
        else 0.0
        for before, after in (video, audio)
    ]
    return delays[0], delays[1]
