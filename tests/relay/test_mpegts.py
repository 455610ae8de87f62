"""MPEG-TS as FFmpeg reads it, and as the standard wants it."""

import io
import itertools

import av

from custom_components.frigate_http.relay.mpegts import TsWriter
from custom_components.frigate_http.relay.timeline import TICKS
from tests.fake_frigate.go2rtc_source import CAMERA

from .messages import AUDIO, PACKET, VIDEO, payloads, units

HOURS = 3600


def test_packets_of_any_size() -> None:
    writer = TsWriter(has_audio=True)
    counters: dict[int, int] = {}
    for size in (*range(1, 400), 0xFFF0, 2**18):
        content = bytes(index % 251 for index in range(min(size, 997)))
        content *= size // len(content)
        video = writer.video(900, 900, [content])
        audio = writer.audio(900, [content[:1], memoryview(content)[1:]])
        tables = writer.tables()
        assert [each.pid for each in payloads(tables)] == [0, 0x1000]
        for data, pid in ((video, VIDEO), (audio, AUDIO)):
            (pes,) = payloads(data)
            assert (pes.pid, pes.packet) == (pid, content)
            # What is too large for its size has none.
            rest = len(pes.content) - 6
            assert int.from_bytes(pes.content[4:6]) == (rest if rest < 2**16 else 0)
        for data in (tables, video, audio):
            for at in range(0, len(data), PACKET):
                pid = int.from_bytes(data[at + 1 : at + 3]) & 0x1FFF
                counter = data[at + 3] & 0xF
                assert counter == counters.get(pid, 15) + 1 & 0xF
                counters[pid] = counter


def test_each_picture_has_the_clock_and_only_the_first_begins_anew() -> None:
    writer = TsWriter(has_audio=False)
    for number, ticks in enumerate((0, TICKS, 2**33 + 5, 2**40)):
        data = writer.video(ticks, ticks + 7, [b"x"])
        flags, clock = data[5], int.from_bytes(data[6:12])
        assert flags == (0x90 if number == 0 else 0x10)
        # Less than a second ahead.
        assert ticks - (clock >> 15) & 0x1FFFFFFFF < TICKS


def test_a_reader_has_26_hours_wherever_it_begins() -> None:
    """A player sees the times go back after that, so that it should begin anew before."""
    keyframe = next(each for each in CAMERA.packets if each.is_keyframe)
    picture: list[bytes | memoryview] = [
        b"\0\0\0\1" + unit for unit in units(_annex_b(keyframe.content))
    ]
    step = 60
    for start in (0, 26.5):
        writer = TsWriter(has_audio=False)
        data = b"".join(
            writer.tables() + writer.video(ticks, ticks, picture)
            for ticks in range(
                round(start * HOURS * TICKS),
                round((start + 30) * HOURS * TICKS),
                step * TICKS,
            )
        )
        with av.open(io.BytesIO(data), "r", format="mpegts") as container:
            times = [
                packet.dts / TICKS
                for packet in container.demux(video=0)
                if packet.dts is not None
            ]
        assert len(times) == 30 * 60
        jumps = [
            at
            for at, (time, later) in enumerate(itertools.pairwise(times))
            if abs(later - time - step) > 1
        ]
        assert len(jumps) == 1
        assert jumps[0] * step > 26.4 * HOURS


def _annex_b(content: bytes) -> bytes:
    found, position = b"", 0
    while position < len(content):
        size = int.from_bytes(content[position : position + 4])
        found += b"\0\0\0\1" + content[position + 4 : position + 4 + size]
        position += 4 + size
    return found
