"""Clips with holes in them lose nothing more when they are joined."""

from collections.abc import Callable
from pathlib import Path

import av

from custom_components.frigate_http.mp4 import Chunk, inspect, join

from .common import CLIPS, contents

type Wanted = Callable[[str, int], bool]


def _part(name: str, folder: Path, start: float, is_wanted: Wanted) -> Chunk:
    """Copy a recorded clip without some packets, chosen by track and number."""
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
            if packet.dts is not None and is_wanted(packet.stream.type, counts[index]):
                packet.stream = streams[index]
                output.mux(packet)
            counts[index] += 1
    return Chunk(inspect(path), start, start + 20)


def _joined(chunks: list[Chunk], folder: Path) -> tuple[list[str], list[str]]:
    target = folder / "joined.mp4"
    joined = join(chunks, target)
    video, audio = contents(target)
    assert (joined.video_packets, joined.audio_packets) == (len(video), len(audio))
    return video, audio


def test_what_goes_on_differently_is_something_else(tmp_path: Path) -> None:
    """One picture that looks the same is no overlap."""
    first = _part("part0", tmp_path, 0, lambda _kind, _number: True)
    other = _part(
        "part1", tmp_path, 20, lambda kind, number: kind == "audio" or number != 1
    )
    video, _ = _joined([first, other], tmp_path)
    assert video == contents(first.file.path)[0] + contents(other.file.path)[0]


def test_a_clip_of_one_picture(tmp_path: Path) -> None:
    first = _part("part0", tmp_path, 0, lambda _kind, _number: True)
    known = _part(
        "part1", tmp_path, 20, lambda kind, number: kind == "video" and not number
    )
    new = _part(
        "part1", tmp_path, 21, lambda kind, number: kind == "video" and number == 60
    )
    pictures = contents(first.file.path)[0]
    assert _joined([first, known], tmp_path)[0] == pictures
    assert _joined([first, new], tmp_path)[0] == [
        *pictures,
        *contents(new.file.path)[0],
    ]


def test_pictures_that_begin_late(tmp_path: Path) -> None:
    first = _part("part0", tmp_path, 0, lambda _kind, _number: True)
    late = _part(
        "whole", tmp_path, 60, lambda kind, number: kind == "audio" or number >= 201
    )
    video, audio = _joined([first, late], tmp_path)
    assert len(video) == 107 + 107
    assert len(audio) == 338 + 966


def test_pictures_that_end_early(tmp_path: Path) -> None:
    early = _part(
        "whole", tmp_path, 0, lambda kind, number: kind == "audio" or number < 100
    )
    other = _part("part0", tmp_path, 60, lambda _kind, _number: True)
    video, audio = _joined([early, other], tmp_path)
    assert len(video) == 100 + 107
    assert len(audio) == 966 + 338


def test_sound_that_ends_where_the_other_begins(tmp_path: Path) -> None:
    """Tracks that never were together still follow each other."""
    early = _part(
        "part0",
        tmp_path,
        0,
        lambda kind, number: kind == "video" or not number,
    )
    late = _part(
        "whole", tmp_path, 60, lambda kind, number: kind == "audio" or number >= 201
    )
    video, audio = _joined([early, late], tmp_path)
    assert len(video) == 107 + 107
    assert len(audio) == 1 + 966
