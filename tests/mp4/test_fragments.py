"""The messages of a live stream, as go2rtc writes them, in other forms, and hostile ones."""

from collections.abc import Callable
import struct

import pytest

from custom_components.frigate_http.mp4 import (
    DamagedError,
    Mp4Error,
    NotMp4Error,
    TruncatedError,
)
from custom_components.frigate_http.mp4.fragments import (
    Init,
    Sample,
    TrackKind,
    read_fragment,
    read_init,
)
from tests.fake_frigate.fragments import box, full
from tests.fake_frigate.go2rtc_fragments import Muxer
from tests.fake_frigate.go2rtc_source import CAMERA, H265, SLOW

KEYFRAME, OTHER = 0x02000000, 0x01010000
BASE_IS_MOOF = 0x20000


@pytest.fixture(scope="module")
def init_message() -> bytes:
    return Muxer([CAMERA.codec("video"), CAMERA.codec("audio")]).init()


@pytest.fixture(scope="module")
def init(init_message: bytes) -> Init:
    return read_init(init_message)


def _numbers(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def _tfhd(track: int = 1, flags: int = BASE_IS_MOOF, *values: int) -> bytes:
    return full(b"tfhd", 0, flags, _numbers(track, *values))


def _tfdt(dts: int = 0) -> bytes:
    return full(b"tfdt", 1, 0, struct.pack(">Q", dts))


def _trun(flags: int, count: int, *values: int, version: int = 0) -> bytes:
    return full(b"trun", version, flags, _numbers(count, *values))


def _message(*trafs: bytes, data: bytes = b"") -> bytes:
    mfhd = full(b"mfhd", 0, 0, _numbers(1))
    return box(b"moof", mfhd, *trafs) + box(b"mdat", data)


def _traf(*boxes: bytes) -> bytes:
    return box(b"traf", *boxes)


def _one(size: int = 3, offset: int = 0, **changes: bytes) -> bytes:
    """Return a message with one picture of three bytes; some boxes may be others."""
    found = {
        "tfhd": _tfhd(1, BASE_IS_MOOF | 0x38, 3000, size, KEYFRAME),
        "tfdt": _tfdt(9),
        "trun": _trun(1, 1, offset),
    } | changes
    return _message(_traf(*found.values()), data=b"abc")


def _offset(build: Callable[[int], bytes]) -> bytes:
    """Return a message whose packets begin where its content does."""
    message = build(8)
    return build(message.find(b"mdat") + 4)


def test_the_description_of_go2rtc(init: Init) -> None:
    video, audio = init.tracks.values()
    assert (video.id, video.timescale, video.kind) == (1, 90000, TrackKind.H264)
    assert (audio.id, audio.timescale, audio.kind) == (2, 16000, TrackKind.AAC)
    assert video.config == CAMERA.codec("video").config
    assert audio.config == CAMERA.codec("audio").config == b"\x14\x08\x56\xe5\0"
    other = Muxer([H265.codec("video")]).init()
    assert [each.kind for each in read_init(other).tracks.values()] == [TrackKind.OTHER]


def test_the_fragments_of_go2rtc(init: Init) -> None:
    muxer = Muxer([CAMERA.codec("video"), CAMERA.codec("audio")])
    following = {1: 0, 2: 0}
    for packet in CAMERA.packets:
        track = 2 if packet.medium == "audio" else 1
        message = muxer.fragment(track - 1, packet.time, packet)
        (sample,) = read_fragment(message, init)
        assert sample.track is init.tracks[track]
        assert sample.data == packet.content
        assert sample.data.obj is message
        # Anything else in the message makes no difference.
        assert read_fragment(message + box(b"free"), init) == (sample,)
        assert sample.is_keyframe == packet.is_keyframe
        assert (sample.dts, sample.cts) == (following[track], 0)
        assert sample.duration > 0
        following[track] += sample.duration
    assert following[2] == pytest.approx(8 * 16000, abs=1024)


def test_several_fragments_in_a_message(init: Init) -> None:
    muxer = Muxer([CAMERA.codec("video"), CAMERA.codec("audio")])
    packets = CAMERA.packets[:20]
    message = box(b"styp", b"iso5") + b"".join(
        muxer.fragment(packet.medium == "audio", packet.time, packet)
        for packet in packets
    )
    samples = read_fragment(message, init)
    assert [each.data for each in samples] == [each.content for each in packets]


def test_several_packets_in_several_runs_and_tracks(init: Init) -> None:
    def build(start: int) -> bytes:
        video = _traf(
            _tfhd(1, BASE_IS_MOOF | 0x2A, 1, 3000, OTHER),
            full(b"tfdt", 0, 0, _numbers(7)),
            # Offset, flags of the first one; sizes and shifts of each.
            _trun(0xA05, 2, start, KEYFRAME, 1, 10, 2, 2**32 - 10, version=1),
            # It goes on behind the other one, with durations and flags.
            _trun(0x701, 1, start + 3, 50, 3, KEYFRAME),
            _trun(0x200, 1, 1),
        )
        audio = _traf(
            _tfhd(2, BASE_IS_MOOF | 0x18, 1024, 2), _tfdt(2**40), _trun(1, 2, start + 7)
        )
        return _message(video, audio, data=b"ABBCCCDeeff")

    video, audio = init.tracks.values()
    assert read_fragment(_offset(build), init) == (
        Sample(video, 7, 10, 3000, True, memoryview(b"A")),
        Sample(video, 3007, -10, 3000, False, memoryview(b"BB")),
        Sample(video, 6007, 0, 50, True, memoryview(b"CCC")),
        Sample(video, 6057, 0, 3000, False, memoryview(b"D")),
        Sample(audio, 2**40, 0, 1024, True, memoryview(b"ee")),
        Sample(audio, 2**40 + 1024, 0, 1024, True, memoryview(b"ff")),
    )


def test_64_bit_sizes(init: Init) -> None:
    def build(start: int) -> bytes:
        message = _one(offset=start)
        mdat = message.index(b"mdat") - 4
        large = _numbers(1) + b"mdat" + struct.pack(">Q", 19) + b"abc"
        return message[:mdat] + large

    message = build(build(0).index(b"mdat") + 12)
    assert [each.data for each in read_fragment(message, init)] == [b"abc"]


@pytest.mark.parametrize(
    "message",
    [
        # Outside of the content: before it, behind it, across its end.
        lambda start: _one(offset=start - 1),
        lambda start: _one(offset=start + 1),
        lambda start: _one(offset=2**32 - 1),
        lambda start: _one(offset=2**31 - 1),
        lambda start: _one(4, start),
        lambda start: _one(2**32 - 1, start),
        # A run that does not say where it begins.
        lambda start: _one(trun=_trun(0, 1)),
        # Any number of packets without content, or of more content than there is.
        lambda start: _one(trun=_trun(0x1, 2**32 - 1, start)),
        lambda start: _one(0, trun=_trun(0x1, 2**32 - 1, start)),
        lambda start: _one(0, trun=_trun(0x1, 5000, start)),
        lambda start: _one(trun=_trun(0x1, 2, start)),
        lambda start: _one(trun=_trun(0x1, 1, start), other=_trun(0x1, 1, start)),
        # Fewer or more numbers than packets.
        lambda start: _one(trun=_trun(0xF01, 2, start, 1, 1, 1)),
        lambda start: _one(trun=_trun(0x201, 2**32 - 1, start, 1)),
        lambda start: _one(trun=_trun(0x201, 1, start, 1, 1)),
        lambda start: _one(trun=_trun(0x1, 1)),
        lambda start: _one(trun=full(b"trun", 0, 1)),
        # Another track, another base, no track, no time.
        lambda start: _one(offset=start, tfhd=_tfhd(3)),
        lambda start: _one(offset=start, tfhd=_tfhd(1, 0x38, 1, 3, 0)),
        lambda start: _one(offset=start, tfhd=_tfhd(1, BASE_IS_MOOF | 1, 0, 0)),
        lambda start: _one(offset=start, tfhd=_tfhd(1, BASE_IS_MOOF | 0x38, 1)),
        lambda start: _one(offset=start, tfhd=b""),
        lambda start: _one(offset=start, tfdt=b""),
        lambda start: _one(offset=start, tfdt=full(b"tfdt", 1, 0, bytes(4))),
        # Boxes that are no boxes.
        lambda start: _one(offset=start, trun=_numbers(7) + b"trun"),
        lambda start: _one(offset=start, trun=_numbers(2**31) + b"trun"),
        lambda start: _one(offset=start, trun=_numbers(1) + b"trun" + bytes(8)),
        lambda start: _one(offset=start, trun=b"xyz"),
        # Content without a description, a description without content, or another one.
        lambda start: box(b"mdat", b"abc"),
        lambda start: _one(offset=start)[:-11],
        lambda start: _one(offset=start) + box(b"moov"),
        lambda start: _one(offset=start) + bytes(8),
    ],
)
def test_hostile_fragments(init: Init, message: Callable[[int], bytes]) -> None:
    assert len(read_fragment(_offset(lambda start: _one(offset=start)), init)) == 1
    with pytest.raises(Mp4Error):
        read_fragment(_offset(message), init)


def test_too_many_fragments_in_a_message(init: Init) -> None:
    one = _offset(lambda start: _one(0, trun=_trun(1, 64, start)))
    assert len(read_fragment(one * 2, init)) == 128
    with pytest.raises(DamagedError, match="too many"):
        read_fragment(one * 3, init)


def test_cut_and_changed_messages(init: Init) -> None:
    muxer = Muxer([CAMERA.codec("video")])
    message = muxer.fragment(0, 0, CAMERA.packets[0])[:300]
    for end in range(1, len(message)):
        with pytest.raises(Mp4Error):
            read_fragment(message[:end], init)
    whole = _offset(lambda start: _one(offset=start))
    for at in range(len(whole)):
        for value in (0, 1, 0x7F, 0xFF):
            changed = whole[:at] + bytes([value]) + whole[at + 1 :]
            try:
                samples = read_fragment(changed, init)
            except Mp4Error:
                continue
            assert sum(len(each.data) for each in samples) <= 3
            assert len(samples) <= 1
    with pytest.raises(TruncatedError):
        read_fragment(whole[:-1], init)


def test_cut_and_changed_descriptions(init_message: bytes) -> None:
    for end in range(len(init_message)):
        with pytest.raises((DamagedError, NotMp4Error)):
            read_init(init_message[:end])
    outcomes = set()
    for at in range(8, len(init_message)):
        for value in (0, 1, 0x80, 0xFF):
            changed = init_message[:at] + bytes([value]) + init_message[at + 1 :]
            try:
                tracks = read_init(changed).tracks
            except DamagedError:
                outcomes.add("damaged")
                continue
            outcomes.add(",".join(each.kind for each in tracks.values()))
            assert all(each.timescale > 0 for each in tracks.values())
    assert {"damaged", "h264,aac", "h264,other", "other,aac"} <= outcomes


def test_hostile_descriptions(init_message: bytes) -> None:
    with pytest.raises(NotMp4Error):
        read_init(b'{"type":"error"}')
    with pytest.raises(DamagedError, match="too large"):
        read_init(init_message + bytes(2**20))
    many = Muxer([CAMERA.codec("audio")] * 9).init()
    with pytest.raises(DamagedError):
        read_init(many)
    eight = Muxer([SLOW.codec("audio")] * 8).init()
    assert len(read_init(eight).tracks) == 8
    # A description of the packets without anything in it.
    stsd = init_message.index(b"stsd") - 4
    size = int.from_bytes(init_message[stsd : stsd + 4])
    empty = init_message.replace(
        init_message[stsd : stsd + size],
        full(b"stsd", 0, 0, bytes(4)) + box(b"free", bytes(size - 24)),
    )
    assert len(empty) == len(init_message)
    kinds = [each.kind for each in read_init(empty).tracks.values()]
    assert kinds == [TrackKind.OTHER, TrackKind.AAC]
    no_time = Muxer([CAMERA.codec("audio")]).init()
    place = no_time.index(b"mdhd") + 4 + 12
    with pytest.raises(DamagedError):
        read_init(no_time[:place] + bytes(4) + no_time[place + 4 :])
