"""What becomes of the messages of a connection: MPEG-TS, at once and unchanged."""

from dataclasses import replace
import io
import itertools
import struct
import sys

import av
import pytest

from custom_components.frigate_http.mp4 import DamagedError, NotMp4Error, NoVideoError
from custom_components.frigate_http.relay.remux import Remuxer
from custom_components.frigate_http.relay.timeline import Timeline
from tests.fake_frigate.go2rtc_fragments import Muxer
from tests.fake_frigate.go2rtc_source import (
    CAMERA,
    H265_AAC,
    HUGE,
    SLOW,
    WITHOUT_AUDIO,
    Packet,
)

from .messages import AUDIO, VIDEO, Connection, Relayed, joined, payloads, read, units

SPS, PPS, IDR, DELIMITER = 7, 8, 5, 9


def _avcc(*found: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in found)


def _kinds(content: bytes) -> list[int]:
    return [unit[0] & 31 for unit in units(content)]


def test_each_packet_comes_out_at_once_and_whole() -> None:
    connection = Connection()
    remuxer, timeline = Remuxer(connection.init), Timeline(lambda: 0.0)
    assert remuxer.has_audio
    groups = 0
    for message in connection.messages(3):
        chunk, *more = remuxer.feed(message.data, timeline)
        assert not more
        *tables, pes = payloads(chunk.data)
        assert chunk.starts_group == message.packet.is_keyframe * chunk.is_picture
        assert [each.pid for each in tables] == [0, 0x1000] * chunk.starts_group
        groups += chunk.starts_group
        content = message.packet.content
        if message.packet.medium == "audio":
            assert pes.pid == AUDIO
            assert (pes.packet[0], pes.packet[7:]) == (0xFF, content)
            continue
        assert pes.pid == VIDEO
        sent = units(pes.packet)
        assert sent[0] == b"\x09\xf0"
        assert _avcc(*sent[1:]) == content
    assert groups == 3


def test_a_player_reads_what_the_camera_sent() -> None:
    connection, relayed = Connection(), Relayed()
    messages = [*connection.messages(3)]
    relayed.feed(Remuxer(connection.init), messages)
    found = read(relayed.data)
    for medium in ("video", "audio"):
        sent = [each.packet for each in messages if each.packet.medium == medium]
        assert [each.content[-9:] for each in found[medium]] == [
            each.content[-9:] for each in sent
        ]
        dts = [each.dts for each in found[medium]]
        assert all(one < other for one, other in itertools.pairwise(dts))
    # go2rtc gives each picture the time of the one before.
    video = [each.time for each in messages if each.packet.medium == "video"]
    placed = [each.dts - found["video"][0].dts for each in found["video"]]
    assert placed[2:] == pytest.approx([each - video[0] for each in video[1:-1]])
    assert found["audio"][0].dts - found["video"][0].dts == pytest.approx(0)
    assert [each.is_keyframe for each in found["video"]].count(True) == 3


def test_a_newcomer_can_begin_with_each_group() -> None:
    connection, relayed = Connection(), Relayed()
    relayed.feed(Remuxer(connection.init), connection.messages(3))
    starts = [at for at, each in enumerate(relayed.chunks) if each.starts_group]
    assert len(starts) == 3
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        found = read(joined(relayed.chunks[start:end]))["video"]
        assert found[0].is_keyframe
        decoder = av.CodecContext.create("h264", "r")
        pictures = [
            picture
            for each in found
            for picture in decoder.decode(av.Packet(each.content))
        ] + [*decoder.decode(None)]
        assert len(pictures) == len(found)


def test_keyframes_without_parameter_sets_get_them() -> None:
    muxer = Muxer([CAMERA.codec("video")])
    remuxer, timeline = Remuxer(muxer.init()), Timeline(lambda: 0.0)
    keyframe = next(each for each in CAMERA.packets if each.is_keyframe)
    size = struct.unpack_from(">I", keyframe.content)[0]
    for content in (
        keyframe.content,
        # Without both of them, and without the first one.
        keyframe.content[-_last_unit(keyframe) :],
        keyframe.content[4 + size :],
    ):
        packet = Packet(0, "video", True, content)
        (chunk,) = remuxer.feed(muxer.fragment(0, 0, packet), timeline)
        kinds = _kinds(payloads(chunk.data)[-1].packet)
        assert kinds[:3] == [DELIMITER, SPS, PPS]
        assert kinds[-1] == IDR


def _last_unit(packet: Packet) -> int:
    position = 0
    while True:
        size = 4 + int.from_bytes(packet.content[position : position + 4])
        if position + size == len(packet.content):
            return size
        position += size


def test_video_begins_with_a_keyframe() -> None:
    connection = Connection(start=0.5)
    remuxer, timeline = Remuxer(connection.init), Timeline(lambda: 0.0)
    found = [
        (message.packet, remuxer.feed(message.data, timeline))
        for message in connection.messages(0.6)
    ]
    begin = next(
        at
        for at, (packet, _) in enumerate(found)
        if packet.is_keyframe * (packet.medium == "video")
    )
    assert begin > 10
    assert not any(chunks for _, chunks in found[:begin])
    assert all(chunks for _, chunks in found[begin:])


def test_keyframes_of_several_mebibytes() -> None:
    connection, relayed = Connection(HUGE), Relayed()
    relayed.feed(Remuxer(connection.init), connection.messages(1.5))
    keyframes = [each for each in relayed.chunks if each.starts_group]
    assert len(keyframes) == 2
    assert all(len(each.data) > 5 * 2**20 for each in keyframes)
    found = read(relayed.data)["video"]
    assert [len(each.content) > 5 * 2**20 for each in found].count(True) == 2


def test_only_h264_and_aac_are_taken() -> None:
    video = Remuxer(Connection(WITHOUT_AUDIO).init)
    assert not video.has_audio
    with pytest.raises(NoVideoError, match=r"no H\.264"):
        Remuxer(Muxer([H265_AAC.codec("video"), H265_AAC.codec("audio")]).init())
    with pytest.raises(NotMp4Error):
        Remuxer(b"<html>not here</html>")
    init = Connection().init
    # Another object type, and an index that stands for a rate of its own.
    place = init.index(b"esds") + 4
    for old, new in ((b"\x40\x15", b"\x6b\x15"), (b"\x14\x08", b"\x17\x88")):
        body = init[:place] + init[place:].replace(old, new, 1)
        assert body != init
        assert not Remuxer(body).has_audio
    # The packets of the track that is left out do not disturb.
    connection, relayed = Connection(), Relayed()
    relayed.feed(Remuxer(body), connection.messages(1))
    assert set(read(relayed.data)) == {"video"}


def test_a_damaged_configuration() -> None:
    init = Connection(WITHOUT_AUDIO).init
    place = init.index(b"avcC") + 4
    for at, value in (
        # Sizes of two bytes.
        (4, 0xFD),
        # More parameter sets than there are.
        (5, 0xFF),
        # One that is too large, and one without content.
        (6, 0x10),
        (7, 0x00),
    ):
        broken = bytearray(init)
        assert broken[place + at] != value
        broken[place + at] = value
        with pytest.raises(DamagedError):
            Remuxer(bytes(broken))
    Remuxer(init)
    codec = CAMERA.codec("video")
    for size in range(len(codec.config)):
        cut = Muxer([replace(codec, config=codec.config[:size])]).init()
        with pytest.raises(DamagedError):
            Remuxer(cut)


def test_a_damaged_picture_is_left_out() -> None:
    muxer = Muxer([CAMERA.codec("video")])
    remuxer, timeline = Remuxer(muxer.init()), Timeline(lambda: 0.0)

    def feed(content: bytes, *, is_keyframe: bool = False) -> int:
        packet = Packet(0, "video", is_keyframe, content)
        return len(remuxer.feed(muxer.fragment(0, 0, packet), timeline))

    assert feed(_avcc(b"\x65abc"), is_keyframe=True) == 1
    for content in (
        b"\0\0",
        bytes(8),
        b"\0\0\0\5\x41abc",
        b"\xff\xff\xff\xff\x41abc",
        _avcc(b"\x41abc") + b"\0",
        _avcc(*[b"\x41"] * 600),
    ):
        assert feed(content) == 0
    assert feed(_avcc(b"\x41abc")) == 1


def test_a_picture_has_one_delimiter_and_a_packet_of_audio_a_size() -> None:
    muxer = Muxer([CAMERA.codec("video"), CAMERA.codec("audio")])
    remuxer, timeline = Remuxer(muxer.init()), Timeline(lambda: 0.0)
    packet = Packet(0, "video", True, _avcc(b"\x09\x10", b"\x65abc"))
    (chunk,) = remuxer.feed(muxer.fragment(0, 0, packet), timeline)
    kinds = _kinds(payloads(chunk.data)[-1].packet)
    assert kinds == [DELIMITER, SPS, PPS, IDR]
    # A size is a number of 13 bits, and counts the header.
    for size, count in ((8184, 1), (8185, 0), (1, 1)):
        packet = Packet(0, "audio", True, bytes(size))
        assert len(remuxer.feed(muxer.fragment(1, 0, packet), timeline)) == count


def test_audio_of_which_only_the_base_has_a_name() -> None:
    # 16 kHz mono, which an extension (SBR) makes 32 kHz.
    config = (5 << 19 | 8 << 15 | 1 << 11 | 5 << 7 | 2 << 2).to_bytes(3)
    codecs = [CAMERA.codec("video"), replace(CAMERA.codec("audio"), config=config)]
    remuxer, relayed = Remuxer(Muxer(codecs).init()), Relayed()
    connection = Connection()
    first = [*connection.messages(2, without="audio")]
    # What silence sounds like there is not known.
    assert len(relayed.feed(remuxer, first)) == len(first)
    relayed.feed(remuxer, connection.messages(1))
    with av.open(io.BytesIO(relayed.data), "r", format="mpegts") as container:
        (audio,) = container.streams.audio
        assert audio.codec_context.sample_rate == 16000
        assert len([*container.decode(audio)]) >= 14


def test_a_silent_track_of_audio_becomes_silence() -> None:
    connection, relayed = Connection(), Relayed()
    remuxer = Remuxer(connection.init)
    relayed.feed(remuxer, connection.messages(1.3, without="audio"))
    found = read(relayed.data)
    with av.open(io.BytesIO(relayed.data), "r", format="mpegts") as container:
        # A player knows the sound without having to wait for it.
        (audio,) = container.streams.audio
        assert (audio.codec_context.sample_rate, audio.profile) == (16000, "LC")
        frames = [*container.decode(audio)]
    assert len(frames) == len(found["audio"]) > 15
    assert not any(bytes(frame.planes[0]).strip(b"\0") for frame in frames)
    assert found["audio"][-1].dts > found["video"][-1].dts - 0.3

    # The sound begins, stops and goes on.
    relayed.feed(remuxer, connection.messages(2))
    relayed.feed(remuxer, connection.messages(3, without="audio"))
    relayed.feed(remuxer, connection.messages(2))
    found = read(relayed.data)
    dts = [each.dts for each in found["audio"]]
    assert all(0.03 < later - dts < 0.45 for dts, later in itertools.pairwise(dts))
    heard = [each for each in found["audio"] if len(each.content) > 20]
    assert 60 < len(heard) < len(dts) - 40
    assert abs(found["audio"][-1].dts - found["video"][-1].dts) < 0.2


def test_pictures_that_are_shown_later_than_decoded() -> None:
    keyframe = next(each for each in CAMERA.packets if each.is_keyframe)
    muxer = Muxer([CAMERA.codec("video")])
    remuxer, timeline = Remuxer(muxer.init()), Timeline(lambda: 0.0)
    data = b""
    for number, cts in enumerate((0, 9000, 2**31 - 1, -9000)):
        message = muxer.fragment(0, 9000 * number, keyframe)
        (chunk,) = remuxer.feed(_with_cts(message, cts), timeline)
        data += chunk.data
    shifts = [each.pts - each.dts for each in read(data)["video"]]
    # As long as a camera may need, and never before it is decoded.
    assert shifts == pytest.approx([0, 0.1, 5, 0])


def _with_cts(message: bytes, cts: int) -> bytes:
    """Return a message with PTS less DTS, as go2rtc writes it for some sources."""
    trun, mdat = message.index(b"trun") - 4, message.index(b"mdat") - 4
    traf, moof = message.index(b"traf") - 4, 0
    larger = bytearray(message)
    for box in (trun, traf, moof):
        larger[box : box + 4] = (int.from_bytes(larger[box : box + 4]) + 4).to_bytes(4)
    larger[trun + 8 : trun + 12] = (0x801).to_bytes(4)
    larger[trun + 16 : trun + 20] = (mdat + 12).to_bytes(4)
    return bytes(larger[:mdat]) + struct.pack(">i", cts) + message[mdat:]


@pytest.mark.parametrize("channels", [1, 2])
def test_silence_is_silent(channels: int) -> None:
    # 44.1 kHz.
    config = (2 << 11 | 4 << 7 | channels << 3).to_bytes(2)
    audio = replace(CAMERA.codec("audio"), config=config, clock_rate=44100)
    remuxer = Remuxer(Muxer([CAMERA.codec("video"), audio]).init())
    relayed = Relayed()
    relayed.feed(remuxer, Connection().messages(1.3, without="audio"))
    with av.open(io.BytesIO(relayed.data), "r", format="mpegts") as container:
        (track,) = container.streams.audio
        frames = [*container.decode(track)]
    assert len(frames) > 40
    assert {frame.sample_rate for frame in frames} == {44100}
    for frame in frames:
        assert len(frame.planes) == channels
        assert not any(bytes(plane).strip(b"\0") for plane in frame.planes)


def test_audio_without_video_is_left_out_after_a_while() -> None:
    connection, relayed = Connection(), Relayed()
    remuxer = Remuxer(connection.init)
    relayed.feed(remuxer, connection.messages(1))
    alone = relayed.feed(remuxer, connection.messages(15, without="video"))
    assert len(alone) == pytest.approx(10 * 16000 / 1024, abs=2)
    assert relayed.feed(remuxer, connection.messages(1))[-1].time < 13.1


def test_a_small_message_becomes_nothing_large() -> None:
    muxer = Muxer([CAMERA.codec("video"), CAMERA.codec("audio")])
    remuxer = Remuxer(muxer.init())
    picture = Packet(0, "video", True, _avcc(b"\x65\x88"))
    # Each claims to last for a second, in which nothing is heard.
    fragments = [muxer.fragment(0, each * 90_000, picture) for each in range(200)]
    chunks = remuxer.feed(b"".join(fragments[:100]), Timeline(lambda: 0.0))
    assert sum(chunk.starts_group for chunk in chunks) == 100
    assert len(joined(chunks)) < 4 * 2**20
    with pytest.raises(DamagedError, match="too many"):
        remuxer.feed(b"".join(fragments), Timeline(lambda: 0.0))


def test_nothing_grows() -> None:
    connection = Connection(SLOW)
    remuxer, timeline = Remuxer(connection.init), Timeline(lambda: 0.0)

    def blocks(seconds: float) -> int:
        for message in connection.messages(seconds):
            assert remuxer.feed(message.data, timeline)
        return sys.getallocatedblocks()

    before = blocks(20)
    assert blocks(600) < before + 200
