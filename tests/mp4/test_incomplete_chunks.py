"""Joining chunks with missing packets loses no further packets."""

from collections.abc import Callable
from pathlib import Path

import av

from custom_components.frigate_http.mp4 import Chunk, inspect, join

from .common import CLIPS, contents

type Kept = Callable[[str, int], bool]


def _chunk_without(name: str, folder: Path, start: float, is_kept: Kept) -> Chunk:
    """Copy a recorded chunk without some packets, chosen by track and number."""
    path = folder / f"{name}-{start}.mp4"
    options = {"movflags": "frag_keyframe+empty_moov"}
    with (
        av.open(str(CLIPS / f"{name}.mp4")) as source,
        av.open(str(path), "w", format="mp4", options=options) as output,
    ):
        streams = [
            output.add_stream_from_template(each, opaque=True)
            for each in (source.streams.video[0], source.streams.audio[0])
        ]
        counts = [0, 0]
        for packet in source.demux(video=0, audio=0):
            index = packet.stream_index
            if packet.dts is not None and is_kept(packet.stream.type, counts[index]):
                packet.stream = streams[index]
                output.mux(packet)
            counts[index] += 1
    return Chunk(inspect(path), start, start + 20)


def _join(chunks: list[Chunk], folder: Path) -> tuple[list[str], list[str]]:
    target = folder / "joined.mp4"
    joined = join(chunks, target)
    video, audio = contents(target)
    assert (joined.video_packets, joined.audio_packets) == (len(video), len(audio))
    return video, audio


def test_one_equal_packet_is_no_overlap(tmp_path: Path) -> None:
    """A single equal video packet does not make an overlap."""
    first = _chunk_without("part0", tmp_path, 0, lambda _kind, _number: True)
    other = _chunk_without(
        "part1", tmp_path, 20, lambda kind, number: kind == "audio" or number != 1
    )
    video, _ = _join([first, other], tmp_path)
    assert video == contents(first.file.path)[0] + contents(other.file.path)[0]


def test_a_chunk_of_one_video_packet(tmp_path: Path) -> None:
    first = _chunk_without("part0", tmp_path, 0, lambda _kind, _number: True)
    known = _chunk_without(
        "part1", tmp_path, 20, lambda kind, number: kind == "video" and not number
    )
    new = _chunk_without(
        "part1", tmp_path, 21, lambda kind, number: kind == "video" and number == 60
    )
    video_packets = contents(first.file.path)[0]
    assert _join([first, known], tmp_path)[0] == video_packets
    assert _join([first, new], tmp_path)[0] == [
        *video_packets,
        *contents(new.file.path)[0],
    ]


def test_video_that_starts_late(tmp_path: Path) -> None:
    first = _chunk_without("part0", tmp_path, 0, lambda _kind, _number: True)
    late_video = _chunk_without(
        "whole", tmp_path, 60, lambda kind, number: kind == "audio" or number >= 201
    )
    video, audio = _join([first, late_video], tmp_path)
    assert len(video) == 107 + 107
    assert len(audio) == 338 + 966


def test_video_that_ends_early(tmp_path: Path) -> None:
    early_video = _chunk_without(
        "whole", tmp_path, 0, lambda kind, number: kind == "audio" or number < 100
    )
    other = _chunk_without("part0", tmp_path, 60, lambda _kind, _number: True)
    video, audio = _join([early_video, other], tmp_path)
    assert len(video) == 100 + 107
    assert len(audio) == 966 + 338


def test_audio_that_ends_before_the_video(tmp_path: Path) -> None:
    """Tracks that don't overlap in time are still appended."""
    early_video = _chunk_without(
        "part0",
        tmp_path,
        0,
        lambda kind, number: kind == "video" or not number,
    )
    late_video = _chunk_without(
        "whole", tmp_path, 60, lambda kind, number: kind == "audio" or number >= 201
    )
    video, audio = _join([early_video, late_video], tmp_path)
    assert len(video) == 107 + 107
    assert len(audio) == 1 + 966
