"""Grouping chunks into output files, and counting recorded seconds."""

from collections.abc import Sequence
from dataclasses import replace
import hashlib
import itertools
import math
from pathlib import Path
from typing import override

import pytest

from custom_components.frigate_http.mp4 import (
    Chunk,
    Codec,
    SegmentIndex,
    VideoFile,
    group_chunks,
    inspect,
    recorded_seconds,
)

from .common import CLIPS

H264 = Codec("h264", "High", "avc1", 640, 360, 0, 0, b"\x01")
AAC = Codec("aac", "LC", "mp4a", 0, 0, 16000, 1, b"\x14")


def _chunks(codecs: Sequence[tuple[Codec, ...]], length: float = 60) -> list[Chunk]:
    path = Path("clip.mp4")
    return [
        Chunk(
            VideoFile(path, 1000, length + 1, 300, 900, 2.0, each),
            number * length,
            (number + 1) * length,
        )
        for number, each in enumerate(codecs)
    ]


def test_no_chunks() -> None:
    assert group_chunks([]) == []


def test_equal_codecs_are_one_group() -> None:
    chunks = _chunks([(H264, AAC)] * 30)
    assert group_chunks(chunks) == [chunks]


@pytest.mark.parametrize(
    "other",
    [
        (replace(H264, extradata=b"\x02"), AAC),
        (replace(H264, width=1280), AAC),
        (replace(H264, name="hevc"), AAC),
        (H264, replace(AAC, rate=48000)),
        (H264,),
    ],
)
def test_another_codec_starts_another_group(other: tuple[Codec, ...]) -> None:
    usual = (H264, AAC)
    chunks = _chunks([usual, usual, other, usual])
    assert group_chunks(chunks) == [chunks[:2], chunks[2:3], chunks[3:]]


def test_an_unknown_profile_is_no_other_codec() -> None:
    chunks = _chunks([(H264, AAC), (replace(H264, profile=None), AAC)])
    assert group_chunks(chunks) == [chunks]


def test_limit() -> None:
    chunks = _chunks([(H264, AAC)] * 7)
    assert group_chunks(chunks, 180) == [chunks[:3], chunks[3:6], chunks[6:]]
    assert group_chunks(chunks, 7 * 60) == [chunks]


def test_a_chunk_longer_than_the_limit() -> None:
    chunks = _chunks([(H264, AAC)] * 2)
    assert group_chunks(chunks, 10) == [chunks[:1], chunks[1:]]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        # Both times in one segment, which Frigate cuts at whole seconds.
        (102, 107, 5),
        (102.9, 107.2, 5),
        # Two segments, of which the second starts before the first ends.
        (102, 112, 8.4 + 2),
        # A time at which one segment starts and the other goes on belongs to both.
        (102, 110, 7 + 1),
        (110, 112, 0.4 + 2),
        # Over a gap, from a gap, and into a gap.
        (112, 152, 8 + 2),
        (125, 152, 2),
        (112, 125, 8),
        (130, 140, 0),
        # More than everything.
        (0, 1000, 10.4 + 10 + 10),
    ],
)
def test_recorded_seconds(start: float, end: float, seconds: float) -> None:
    segments = [(100.0, 110.4), (110.0, 120.0), (150.0, 160.0)]
    found = recorded_seconds(segments, start, end)
    assert found == pytest.approx(seconds)


def test_excess_seconds() -> None:
    file = inspect(CLIPS / "part0.mp4")
    assert Chunk(file, 0, 20).excess_seconds == pytest.approx(1.54, abs=0.01)
    assert Chunk(file, 0, 20, recorded=19).excess_seconds == pytest.approx(
        2.54, abs=0.01
    )


def _counted(
    segments: Sequence[tuple[float, float]], start: float, end: float
) -> float:
    """Count the recorded seconds of a range segment by segment."""

    def before(time: float) -> float:
        return math.fsum(
            end - start if end <= time else int(time - start)
            for start, end in segments
            if start <= time
        )

    return before(end) - before(start)


@pytest.mark.parametrize("seed", range(5))
def test_segment_index(seed: int) -> None:
    luck = hashlib.shake_128(bytes([seed])).digest(600)
    # In any order, with gaps, and some that hold others.
    segments = [
        (number * 10.0, number * 10 + (0.0, 9.7, 10.4, 35.2)[byte % 4])
        for number, byte in sorted(enumerate(luck[:60]), key=lambda each: each[1])
        if byte % 5
    ]
    index = SegmentIndex(segments)
    for first, second in itertools.batched(luck[60:], 2, strict=True):
        start = first * 2.6 - 20
        end = start + (0.0, 1.0, 20.0, 33.3, 900.0)[second % 5]
        expected = _counted(segments, start, end)
        assert index.seconds(start, end) == pytest.approx(expected, abs=1e-5)
    assert SegmentIndex([]).seconds(0, 1000) == 0


def test_segment_index_is_fast_for_a_day() -> None:
    comparisons = 0

    class Time(float):
        """A time that counts how often it is compared."""

        @override
        def __gt__(self, other: float) -> bool:
            nonlocal comparisons
            comparisons += 1
            return float(self) > other

        @override
        def __lt__(self, other: float) -> bool:
            nonlocal comparisons
            comparisons += 1
            return float(self) < other

    segments = [(Time(at), Time(at + 10.0)) for at in range(0, 86_400, 10)]
    index = SegmentIndex(segments)
    comparisons = 0
    total = math.fsum(index.seconds(at, at + 10.0) for at in range(0, 86_400, 10))
    assert total == pytest.approx(86_400)
    # A binary search for both ends of 8,640 chunks.
    assert comparisons < 8640 * 2 * 20
