"""HLS playlists: those of Frigate are read, and anything else is refused."""

from collections.abc import Callable
import json
import re

import pytest

from custom_components.frigate_http.aiofrigate import FrigateDataError, Playlist
from custom_components.frigate_http.aiofrigate.playlists import (
    MAX_LINES,
    MAX_PLAYLIST_BYTES,
)
from tests.fake_frigate.recorded import FIXTURES

HEAD = (
    "#EXTM3U\n#EXT-X-TARGETDURATION:12\n#EXT-X-ALLOW-CACHE:YES\n"
    "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-VERSION:6\n#EXT-X-MEDIA-SEQUENCE:1\n"
)
MAP = '#EXT-X-MAP:URI="init-v1-a1.mp4"\n'
END = "#EXT-X-ENDLIST\n"
SEGMENT = "#EXTINF:10.000,\nseg-1-v1-a1.m4s\n"
VARIANT = (
    "#EXT-X-STREAM-INF:PROGRAM-ID=1,BANDWIDTH=370243,RESOLUTION=640x360,"
    'FRAME-RATE=5.000,CODECS="avc1.640016,mp4a.40.2"\nindex-v1-a1.m3u8\n'
)


def media(*parts: str) -> str:
    """Return a playlist of segments with parts in the middle."""
    return "".join((HEAD, MAP, *parts, END))


def _recorded() -> dict[str, str]:
    """Return the playlists that real servers have sent, by the names of the files."""
    contents = {
        f"{path.parent.name}/{path.stem}": json.loads(path.read_text("utf-8"))
        for path in FIXTURES.glob("*/vod2.*.json")
    }
    texts = {name: one.get("text") or "" for name, one in contents.items()}
    return {name: one for name, one in texts.items() if one.startswith("#EXTM3U")}


def test_what_real_servers_sent_is_read_and_passed_on() -> None:
    playlists = _recorded()
    assert len(playlists) > 20
    for name, text in playlists.items():
        plain = re.sub(r"\?[^\s\"]*", "", text).replace("\n\n", "\n")
        assert Playlist.parse(text).text == plain, name


def test_segments_are_read() -> None:
    text = media("#EXTINF:12.000,\nseg-1-v1-a1.m4s\n#EXTINF:0.75,\nseg-2-v1-a1.m4s\n")
    playlist = Playlist.parse(text)
    assert playlist.text == text
    assert playlist.files == ("init-v1-a1.mp4", "seg-1-v1-a1.m4s", "seg-2-v1-a1.m4s")
    assert playlist.duration == 12.75


def test_a_playlist_of_playlists_is_read() -> None:
    playlist = Playlist.parse(f"#EXTM3U\n{VARIANT}\n")
    assert playlist.text == f"#EXTM3U\n{VARIANT}"
    assert playlist.files == ("index-v1-a1.m3u8",)
    assert playlist.duration == 0


def test_a_beginning_for_each_recording_is_read() -> None:
    text = media(
        SEGMENT,
        '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-c2-v1.mp4"\n',
        "#EXTINF:3.000,\nseg-3-v1.m4s\n",
    )
    playlist = Playlist.parse(text)
    assert playlist.text == text
    assert playlist.files == (
        "init-v1-a1.mp4",
        "seg-1-v1-a1.m4s",
        "init-c2-v1.mp4",
        "seg-3-v1.m4s",
    )


@pytest.mark.parametrize(
    ("sent", "passed_on"),
    [
        # A query may be a signature, or anything else that was asked with.
        (
            "#EXTINF:1,\nseg-1.ts?authSig=a%2Fb&x=https://h/\n",
            "#EXTINF:1,\nseg-1.ts\n",
        ),
        ('#EXT-X-MAP:URI="init-v1.mp4?a=1"\n' + SEGMENT, None),
        ("# made by hand\n\n" + SEGMENT, SEGMENT),
        ("#\n#EX\n" + SEGMENT, SEGMENT),
        ("#EXTINF:10.000,</script>\nseg-1-v1-a1.m4s\n", SEGMENT),
        (SEGMENT.replace("\n", "\r\n"), SEGMENT),
        ("#EXT-X-BITRATE:300\n" + SEGMENT, "#EXT-X-BITRATE:300\n" + SEGMENT),
    ],
)
def test_only_what_players_need_is_passed_on(sent: str, passed_on: str | None) -> None:
    expected = '#EXT-X-MAP:URI="init-v1.mp4"\n' + SEGMENT
    assert Playlist.parse(media(sent)).text == media(passed_on or expected)


@pytest.mark.parametrize(
    "line",
    [
        *(
            f"#EXTINF:1.000,\n{name}"
            for name in (
                "/api/config",
                "//other.host/a.ts",
                "http://other.host/a.ts",
                "https:a.ts",
                "data:video/mp4;base64,AA.ts",
                "../index.ts",
                "..ts",
                "a/b.ts",
                "a\\b.ts",
                "a%2fb.ts",
                "seg.1.ts",
                "seg 1.ts",
                "seg-1.ts#a",
                "seg-1.ts?a b",
                'seg-1.ts?"',
                "seg-1.TS",
                "seg-1.js",
                "seg-1",
                "séq.ts",
                "seg-\uff11.ts",
                f"{'a' * 65}.ts",
                "index-v1.m3u8",
                " seg-1.ts",
                "seg-1.ts ",
                "seg-1.ts\t",
                "seg-1.ts\x00",
                "seg-1.ts\u2028seg-2.ts",
                "seg-1.ts\x0bhttp://other.host",
                "#EXTINF:1.000,",
            )
        ),
        "seg-1.ts",
        "#EXTINF:1.000",
        "#EXTINF:-1.000,\nseg-1.ts",
        "#EXTINF:nan,\nseg-1.ts",
        "#EXTINF:1e9,\nseg-1.ts",
        "#EXTINF:1234567,\nseg-1.ts",
        "#EXTINF:\uff11,\nseg-1.ts",
        '#EXT-X-KEY:METHOD=AES-128,URI="http://other.host/key"',
        '#EXT-X-MEDIA:TYPE=AUDIO,URI="http://other.host/a.m3u8"',
        '#EXT-X-I-FRAME-STREAM-INF:URI="http://other.host/a.m3u8"',
        '#EXT-X-SESSION-DATA:DATA-ID="a",URI="http://other.host/"',
        '#EXT-X-DEFINE:NAME="a",VALUE="b"',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a.mp4"',
        '#EXT-X-MAP:URI="http://other.host/init.mp4"',
        '#EXT-X-MAP:URI="init.mp4",BYTERANGE="1@0"',
        '#EXT-X-MAP:URI="init.m3u8"',
        "#EXT-X-MAP:URI=init.mp4",
        '#EXT-X-MAP:URI="init.mp4',
        "#EXT-X-TARGETDURATION:",
        "#EXT-X-TARGETDURATION:12 ",
        "#EXT-X-TARGETDURATION:12345678",
        "#EXT-X-STREAM-INF:\nindex.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nindex.m3u8',
        '#EXT-X-STREAM-INF:CODECS="a\u2028b"\nindex.m3u8',
        "#EXT-X-STREAM-INF:BANDWIDTH=1,\nindex.m3u8",
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nseg-1.ts",
        "#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-ENDLIST",
        "#EXTM3U8",
        "#extinf:1.000,\nseg-1.ts",
        "<html>",
        "\ufeff",
    ],
)
def test_a_line_that_is_not_known_is_refused(line: str) -> None:
    assert Playlist.parse(media(SEGMENT)).files
    with pytest.raises(FrigateDataError, match="The playlist"):
        Playlist.parse(media(f"{line}\n", SEGMENT))


@pytest.mark.parametrize(
    "text",
    ["", "\n", "#EXTM3U", "#EXTM3U\n", HEAD + END, f"\n{HEAD}{SEGMENT}", SEGMENT],
)
def test_what_is_no_playlist_is_refused(text: str) -> None:
    with pytest.raises(FrigateDataError, match="The playlist"):
        Playlist.parse(text)


@pytest.mark.parametrize(
    ("many", "most"),
    [
        (lambda number: "\n" * number, MAX_LINES - media(SEGMENT).count("\n") - 1),
        (
            lambda number: f"#{'a' * (number - 2)}\n",
            MAX_PLAYLIST_BYTES - len(media(SEGMENT)),
        ),
    ],
    ids=["lines", "bytes"],
)
def test_the_size_is_limited(many: Callable[[int], str], most: int) -> None:
    assert Playlist.parse(media(SEGMENT, many(most))).text == media(SEGMENT)
    with pytest.raises(FrigateDataError, match="too long"):
        Playlist.parse(media(SEGMENT, many(most + 1)))


def test_an_hour_is_read() -> None:
    hour = media(*(f"#EXTINF:10.000,\nseg-{one}-v1-a1.m4s\n" for one in range(1, 361)))
    playlist = Playlist.parse(hour)
    assert (len(playlist.files), playlist.duration) == (361, 3600)
    assert playlist.text == hour
