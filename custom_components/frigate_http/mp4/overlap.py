"""Where one clip goes on in the next: what both hold, and what only one does.

Frigate cuts the first clip a little after the time that was asked for and begins the
next at the keyframe before it, so both hold the seconds between. Their packets are equal
byte for byte, but so are those of a still picture and of silence, wherever one looks.
So the clips are laid on each other in every way in which their pictures agree, and the
way is chosen that also agrees with their sound, their timing, and the clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from .chunks import Chunk
from .demuxing import Cancelled
from .packet_window import PacketInfo, PacketWindow, read_head, read_tail

# A cut falls up to a second before the time asked for, or some packets behind it.
_CUT_MARGIN = 2.0
# Where two segments' times overlap, the first is cut and some of the second follows.
_MAX_STRAY_SECONDS = 1.5
_MAX_STRAY_AUDIO = 3
# Times were rounded on the way, to some thousandth of a second at worst.
_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class Overlap:
    """What to leave out at the end of one clip and at the beginning of the next."""

    video_trim_end: int = 0
    """Packets at the end of the first clip that stand in the next one at a better place."""
    video_trim_start: int = 0
    """Packets at the beginning of the next clip that the first one holds."""
    audio_trim_end: int = 0
    audio_trim_start: int = 0
    offset: float = 0.0
    """Where the next clip's timeline begins on that of the first, in seconds."""
    start_delays: tuple[float, float] = (0.0, 0.0)
    """Seconds by which its first picture and its first sound are later than they say."""


@dataclass(frozen=True, slots=True)
class _Alignment:
    """One way to lay the next clip's head on the first one's tail."""

    position: int
    """Where in the tail's video the head begins."""
    matching: int
    """How many packets are then the same."""
    stray: int
    """How many packets of the tail follow, which the head holds further on."""
    offset: float
    stray_audio: int = 0
    """Likewise of the sound, where it overlaps alone."""


def max_overlap_seconds(first: Chunk, following: Chunk) -> float:
    """Return for how many seconds a clip can hold the same as the next, at most."""
    interval = max(first.file.keyframe_interval, following.file.keyframe_interval)
    return interval + _CUT_MARGIN + max(0.0, first.end - following.start)


def find_overlap(first: Chunk, following: Chunk, cancelled: Cancelled) -> Overlap:
    """Compare the end of a clip with the beginning of the next."""
    interval = max(first.file.keyframe_interval, following.file.keyframe_interval)
    max_seconds = max_overlap_seconds(first, following)
    # Beyond what can overlap, it is seen whether pictures repeat themselves.
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
    """Choose the likeliest way to lay one clip on another, or none at all.

    The clock says that they overlap by so many seconds, give or take the slack.
    """
    is_static = _is_static(tail.video) or _is_static(head.video)

    def mismatch(each: _Alignment) -> tuple[bool, bool, float]:
        is_chance = not each.matching and not is_static
        distance = abs(_overlap_seconds(each, tail) - expected_seconds)
        return _is_contradicted(each, tail, head), is_chance, distance

    best = min(alignments, key=mismatch, default=None)
    if best is None or not best.matching or not is_static:
        return best
    # Sound decides whether the pictures are the same or only look so, or else the clock.
    if tail.audio and head.audio and not _is_static(tail.audio):
        is_plausible = not _is_contradicted(best, tail, head)
    else:
        is_plausible = _overlap_seconds(best, tail) <= expected_seconds + tolerance
    return best if is_plausible else None


def _alignments(
    tail: Sequence[PacketInfo], head: Sequence[PacketInfo], max_seconds: float
) -> Iterator[_Alignment]:
    """Yield the ways in which a tail goes on as the head begins."""
    beginning = head[0].digest if head else None
    for position, packet in enumerate(tail):
        if packet.digest != beginning or tail[-1].end - packet.dts > max_seconds:
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
    """Count the packets that two sequences begin with in common."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left.digest != right.digest:
            break
        count += 1
    return count


def _is_stray(rest: Sequence[PacketInfo], head: Sequence[PacketInfo]) -> bool:
    """Tell whether the rest of a tail stands a little further on in the head."""
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
    """Align the timelines on the common packets, but for the first.

    The time of a clip's first packet is not to be trusted.
    """
    if matching == 1:
        return tail[0].end - head[1].dts if len(head) > 1 else tail[0].dts - head[0].dts
    pairs = zip(tail[1:matching], head[1:matching], strict=True)
    return median_low(left.dts - right.dts for left, right in pairs)


def _count_squeezed(
    tail: Sequence[PacketInfo], head: Sequence[PacketInfo], matching: int, offset: float
) -> int:
    """Count the common packets at the end of a tail that have a better time in the head.

    Where the first of two segments was cut, those of the second came too early to be
    decoded in order, and were pushed behind the first one's without any time for them.
    """
    squeezed = 0
    while squeezed < matching - 1:
        last = matching - 1 - squeezed
        if abs(head[last].dts + offset - tail[last].dts) <= _TOLERANCE:
            break
        squeezed += 1
    return squeezed


def _overlap_seconds(alignment: _Alignment, tail: PacketWindow) -> float:
    """Return how long both clips show the same."""
    if not alignment.matching:
        return 0.0
    first = tail.video[alignment.position]
    last = tail.video[alignment.position + alignment.matching - 1]
    return last.end - first.dts


def _is_static(packets: Sequence[PacketInfo]) -> bool:
    """Tell whether a camera sends the same picture over and over."""
    keyframes = [packet.digest for packet in packets if packet.is_keyframe]
    return len(set(keyframes)) < len(keyframes)


def _is_contradicted(
    alignment: _Alignment, tail: PacketWindow, head: PacketWindow
) -> bool:
    """Tell whether the timing or the sound speaks against an alignment."""
    for index in range(1, alignment.matching):
        there = tail.video[alignment.position + index].dts
        if abs(head.video[index].dts + alignment.offset - there) > _TOLERANCE:
            return True
    return not _trim_audio(alignment, tail, head)[2]


def _trim_audio(
    alignment: _Alignment, tail: PacketWindow, head: PacketWindow
) -> tuple[int, int, bool]:
    """Cut the sound where the pictures are cut.

    Return the packets to drop and to skip, and whether sound and timing agree with it.
    """
    kept = tail.audio[: len(tail.audio) - alignment.stray_audio]
    if alignment.matching:
        last = tail.video[alignment.position + alignment.matching - 1]
        kept = [packet for packet in kept if packet.dts < last.dts]
    # What the cut left of the next segment may already sound before the last picture.
    for stray in range(_MAX_STRAY_AUDIO):
        remaining = kept[: len(kept) - stray]
        skip, is_match = _match_audio(remaining, head, alignment.offset)
        if is_match and (skip or not stray):
            return len(tail.audio) - len(remaining), skip, True
    skip, _ = _match_audio(kept, head, alignment.offset)
    return len(tail.audio) - len(kept), skip, False


def _match_audio(
    kept: Sequence[PacketInfo], head: PacketWindow, offset: float
) -> tuple[int, bool]:
    """Count the packets of a head that stand in a tail, and tell whether they agree."""
    if not kept or not head.audio:
        return 0, True
    starts = [
        _estimated_start(kept, head.audio),
        *(packet.dts for packet in head.audio[1:]),
    ]
    starts = [start + offset - kept[-1].dts for start in starts]
    skip = sum(start <= (kept[-1].end - kept[-1].dts) / 2 for start in starts)
    for count in (skip, skip + 1, skip - 1):
        if 0 <= count <= len(starts) and _end_alike(kept, head.audio[:count]):
            return count, not count or abs(starts[count - 1]) <= _TOLERANCE
    return skip, False


def _end_alike(one: Sequence[PacketInfo], other: Sequence[PacketInfo]) -> bool:
    """Tell whether two sequences end alike, as far as the shorter one reaches."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(left.digest == right.digest for left, right in pairs)


def _audio_only_alignments(
    tail: PacketWindow, head: PacketWindow
) -> Iterator[_Alignment]:
    """Yield the way in which only the sound overlaps, if it does.

    So it is where the first clip was cut right before a keyframe.
    """
    if tail.video and head.video:
        offset = _append_offset(tail.video, head.video)
        for stray in range(min(_MAX_STRAY_AUDIO, len(tail.audio))):
            alignment = _Alignment(len(tail.video), 0, 0, offset, stray)
            _, skip, is_match = _trim_audio(alignment, tail, head)
            if skip and is_match:
                yield alignment
                return


def _without_overlap(first: Chunk, tail: PacketWindow, head: PacketWindow) -> Overlap:
    """Put a clip behind another one with which it has nothing in common.

    As something was not recorded in between, the gap is closed, as Frigate itself does.
    """
    tracks = ((tail.video, head.video), (tail.audio, head.audio))
    offsets = [
        _append_offset(before, after) for before, after in tracks if before and after
    ]
    offset = max(offsets, default=first.file.seconds)
    return Overlap(offset=offset, start_delays=_start_delays(tail, head))


def _append_offset(tail: Sequence[PacketInfo], head: Sequence[PacketInfo]) -> float:
    """Return the shift that puts one track right behind another."""
    return tail[-1].end - _estimated_start(tail, head)


def _estimated_start(tail: Sequence[PacketInfo], head: Sequence[PacketInfo]) -> float:
    """Return where a track begins: its first packet is taken to be as long as others.

    A clip that begins with sound has its first picture at the very beginning all the
    same, and the other way round.
    """
    if len(head) < 2:
        return head[0].dts
    return head[1].dts - (tail[-1].end - tail[-1].dts)


def _start_delays(tail: PacketWindow, head: PacketWindow) -> tuple[float, float]:
    """Return how much too early a clip has its first picture and its first sound."""
    video = (tail.video, head.video)
    audio = (tail.audio, head.audio)
    delays = [
        max(0.0, _estimated_start(before, after) - after[0].dts)
        if before and after
        else 0.0
        for before, after in (video, audio)
    ]
    return delays[0], delays[1]
