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

from .demuxing import Cancelled
from .edges import Edge, Mark, read_head, read_tail
from .plan import Part

# A cut falls up to a second before the time asked for, or some packets behind it.
_MARGIN = 2.0
# Where two segments' times overlap, the first is cut and some of the second follows.
_STRAY = 1.5
_STRAY_SOUND = 3
# Times were rounded on the way, to some thousandth of a second at worst.
_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class Seam:
    """What to leave out at the end of one clip and at the beginning of the next."""

    video_drop: int = 0
    """Packets at the end of the first clip that stand in the next one at a better place."""
    video_skip: int = 0
    """Packets at the beginning of the next clip that the first one holds."""
    audio_drop: int = 0
    audio_skip: int = 0
    shift: float = 0.0
    """Where the next clip's timeline begins on that of the first, in seconds."""
    late: tuple[float, float] = (0.0, 0.0)
    """Seconds by which its first picture and its first sound are later than they say."""


@dataclass(frozen=True, slots=True)
class _Alignment:
    """One way to lay the next clip's head on the first one's tail."""

    position: int
    """Where in the tail's video the head begins."""
    common: int
    """How many packets are then the same."""
    stray: int
    """How many packets of the tail follow, which the head holds further on."""
    shift: float
    stray_sound: int = 0
    """Likewise of the sound, where it overlaps alone."""


def longest_overlap(first: Part, following: Part) -> float:
    """Return for how many seconds a clip can hold the same as the next, at most."""
    interval = max(first.clip.keyframe_interval, following.clip.keyframe_interval)
    return interval + _MARGIN + max(0.0, first.end - following.start)


def find_seam(first: Part, following: Part, cancelled: Cancelled) -> Seam:
    """Compare the end of a clip with the beginning of the next."""
    interval = max(first.clip.keyframe_interval, following.clip.keyframe_interval)
    reach = longest_overlap(first, following)
    # Beyond what can overlap, it is seen whether pictures repeat themselves.
    seconds = reach + 2 * interval
    tail = read_tail(first.clip, seconds, cancelled)
    head = read_head(following.clip, seconds, cancelled)
    alignments = [
        *_alignments(tail.video, head.video, reach),
        *_touching(tail, head),
    ]
    overlap = following.overhang + first.end - following.start
    best = _choose(alignments, tail, head, overlap, interval / 2)
    if best is None:
        return _adjoining(first, tail, head)
    drop, skip, _ = _audio(best, tail, head)
    return Seam(best.stray, best.common, drop, skip, best.shift, _late(tail, head))


def _choose(
    alignments: Sequence[_Alignment],
    tail: Edge,
    head: Edge,
    overlap: float,
    slack: float,
) -> _Alignment | None:
    """Choose the likeliest way to lay one clip on another, or none at all.

    The clock says that they overlap by so many seconds, give or take the slack.
    """
    is_still = _repeats(tail.video) or _repeats(head.video)

    def unlikeliness(each: _Alignment) -> tuple[bool, bool, float]:
        is_chance = not each.common and not is_still
        distance = abs(_seconds(each, tail) - overlap)
        return _is_doubtful(each, tail, head), is_chance, distance

    best = min(alignments, key=unlikeliness, default=None)
    if best is None or not best.common or not is_still:
        return best
    # Sound decides whether the pictures are the same or only look so, or else the clock.
    if tail.audio and head.audio and not _repeats(tail.audio):
        is_likely = not _is_doubtful(best, tail, head)
    else:
        is_likely = _seconds(best, tail) <= overlap + slack
    return best if is_likely else None


def _alignments(
    tail: Sequence[Mark], head: Sequence[Mark], reach: float
) -> Iterator[_Alignment]:
    """Yield the ways in which a tail goes on as the head begins."""
    beginning = head[0].content if head else None
    for position, mark in enumerate(tail):
        if mark.content != beginning or tail[-1].end - mark.at > reach:
            continue
        common = _common(tail[position:], head)
        shift = _shift(tail[position:], head, common)
        rest = tail[position + common :]
        if rest and common == len(head):
            yield _Alignment(position, common, 0, shift)
        elif not rest or _is_stray(rest, head[common:]):
            late = _squeezed(tail[position:], head, common, shift)
            yield _Alignment(position, common - late, len(rest) + late, shift)


def _common(one: Sequence[Mark], other: Sequence[Mark]) -> int:
    """Count the packets that two sequences begin with in common."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine.content != yours.content:
            break
        count += 1
    return count


def _is_stray(rest: Sequence[Mark], head: Sequence[Mark]) -> bool:
    """Tell whether the rest of a tail stands a little further on in the head."""
    if not rest[0].is_keyframe or rest[-1].end - rest[0].at > _STRAY:
        return False
    return any(
        _common(rest, head[index:]) == len(rest)
        for index, mark in enumerate(head)
        if mark.at - head[0].at <= _STRAY
    )


def _shift(tail: Sequence[Mark], head: Sequence[Mark], common: int) -> float:
    """Align the timelines on the common packets, but for the first.

    The time of a clip's first packet is not to be trusted.
    """
    if common == 1:
        return tail[0].end - head[1].at if len(head) > 1 else tail[0].at - head[0].at
    pairs = zip(tail[1:common], head[1:common], strict=True)
    return median_low(mine.at - yours.at for mine, yours in pairs)


def _squeezed(
    tail: Sequence[Mark], head: Sequence[Mark], common: int, shift: float
) -> int:
    """Count the common packets at the end of a tail that have a better time in the head.

    Where the first of two segments was cut, those of the second came too early to be
    decoded in order, and were pushed behind the first one's without any time for them.
    """
    late = 0
    while late < common - 1:
        last = common - 1 - late
        if abs(head[last].at + shift - tail[last].at) <= _TOLERANCE:
            break
        late += 1
    return late


def _seconds(alignment: _Alignment, tail: Edge) -> float:
    """Return how long both clips show the same."""
    if not alignment.common:
        return 0.0
    first = tail.video[alignment.position]
    last = tail.video[alignment.position + alignment.common - 1]
    return last.end - first.at


def _repeats(marks: Sequence[Mark]) -> bool:
    """Tell whether a camera sends the same picture over and over."""
    keyframes = [mark.content for mark in marks if mark.is_keyframe]
    return len(set(keyframes)) < len(keyframes)


def _is_doubtful(alignment: _Alignment, tail: Edge, head: Edge) -> bool:
    """Tell whether the timing or the sound speaks against an alignment."""
    for index in range(1, alignment.common):
        there = tail.video[alignment.position + index].at
        if abs(head.video[index].at + alignment.shift - there) > _TOLERANCE:
            return True
    return not _audio(alignment, tail, head)[2]


def _audio(alignment: _Alignment, tail: Edge, head: Edge) -> tuple[int, int, bool]:
    """Cut the sound where the pictures are cut.

    Return the packets to drop and to skip, and whether sound and timing agree with it.
    """
    kept = tail.audio[: len(tail.audio) - alignment.stray_sound]
    if alignment.common:
        last = tail.video[alignment.position + alignment.common - 1]
        kept = [mark for mark in kept if mark.at < last.at]
    # What the cut left of the next segment may already sound before the last picture.
    for stray in range(_STRAY_SOUND):
        heard = kept[: len(kept) - stray]
        skip, fits = _sound_in_common(heard, head, alignment.shift)
        if fits and (skip or not stray):
            return len(tail.audio) - len(heard), skip, True
    skip, _ = _sound_in_common(kept, head, alignment.shift)
    return len(tail.audio) - len(kept), skip, False


def _sound_in_common(
    kept: Sequence[Mark], head: Edge, shift: float
) -> tuple[int, bool]:
    """Count the packets of a head that stand in a tail, and tell whether they agree."""
    if not kept or not head.audio:
        return 0, True
    begins = [_begin(kept, head.audio), *(mark.at for mark in head.audio[1:])]
    begins = [begin + shift - kept[-1].at for begin in begins]
    skip = sum(begin <= (kept[-1].end - kept[-1].at) / 2 for begin in begins)
    for count in (skip, skip + 1, skip - 1):
        if 0 <= count <= len(begins) and _agree(kept, head.audio[:count]):
            return count, not count or abs(begins[count - 1]) <= _TOLERANCE
    return skip, False


def _agree(one: Sequence[Mark], other: Sequence[Mark]) -> bool:
    """Tell whether two sequences end alike, as far as the shorter one reaches."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(mine.content == yours.content for mine, yours in pairs)


def _touching(tail: Edge, head: Edge) -> Iterator[_Alignment]:
    """Yield the way in which only the sound overlaps, if it does.

    So it is where the first clip was cut right before a keyframe.
    """
    if tail.video and head.video:
        shift = _behind(tail.video, head.video)
        for stray in range(min(_STRAY_SOUND, len(tail.audio))):
            alignment = _Alignment(len(tail.video), 0, 0, shift, stray)
            _, skip, fits = _audio(alignment, tail, head)
            if skip and fits:
                yield alignment
                return


def _adjoining(first: Part, tail: Edge, head: Edge) -> Seam:
    """Put a clip behind another one with which it has nothing in common.

    As something was not recorded in between, the gap is closed, as Frigate itself does.
    """
    tracks = ((tail.video, head.video), (tail.audio, head.audio))
    shifts = [_behind(before, after) for before, after in tracks if before and after]
    shift = max(shifts, default=first.clip.seconds)
    return Seam(shift=shift, late=_late(tail, head))


def _behind(tail: Sequence[Mark], head: Sequence[Mark]) -> float:
    """Return the shift that puts one track right behind another."""
    return tail[-1].end - _begin(tail, head)


def _begin(tail: Sequence[Mark], head: Sequence[Mark]) -> float:
    """Return where a track begins: its first packet is taken to be as long as others.

    A clip that begins with sound has its first picture at the very beginning all the
    same, and the other way round.
    """
    if len(head) < 2:
        return head[0].at
    return head[1].at - (tail[-1].end - tail[-1].at)


def _late(tail: Edge, head: Edge) -> tuple[float, float]:
    """Return how much too early a clip has its first picture and its first sound."""
    video = (tail.video, head.video)
    audio = (tail.audio, head.audio)
    late = [
        max(0.0, _begin(before, after) - after[0].at) if before and after else 0.0
        for before, after in (video, audio)
    ]
    return late[0], late[1]
