"""Clips, videos and pictures of recordings, which are real: PyAV plays them."""

import asyncio
from collections import Counter
from dataclasses import replace
from io import BytesIO
import time
from typing import Any

import aiohttp
import av
from freezegun.api import FrozenDateTimeFactory
from PIL import Image
import pytest

from tests.clock import all_waits
from tests.contract.client import Answer, bearer, fetch
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.footage import SCENE
from tests.fake_frigate.recording_files import NOISE
from tests.mp4.material import Scene
from tests.versions import EVERY_VERSION

# The first of these segments loses a frame and ends at 9.8 s, the next two do not.
BEGIN = int(time.time()) // 30 * 30 - 7200
FRESH = {"X-Cache-Bypass": "1"}
ALL = [
    pytest.param(SCENE, id="usual"),
    pytest.param(replace(SCENE, keyframes=2), id="as the recorded clips"),
    pytest.param(replace(SCENE, keyframes=5), id="few keyframes"),
    pytest.param(replace(SCENE, moving=False, sound="silence"), id="night"),
    pytest.param(replace(SCENE, sound=None), id="no microphone"),
    pytest.param(replace(SCENE, keyframes=2, b_frames=0), id="no B-frames"),
]


@pytest.fixture
def server(server: FakeFrigate) -> FakeFrigate:
    """Return a server whose cameras have recorded for ten minutes."""
    for camera in server.state.cameras:
        server.record_only(camera, (BEGIN, BEGIN + 600))
    return server


class Client:
    """Asks one server."""

    def __init__(self, session: aiohttp.ClientSession, server: FakeFrigate) -> None:
        self.session = session
        self.url = server.internal_url

    async def ask(self, path: str, method: str = "GET", **options: Any) -> Answer:
        return await fetch(self.session, self.url + path, method, **options)

    async def clip(self, start: float, end: float) -> Answer:
        return await self.ask(path_of(start, end))


@pytest.fixture
def client(session: aiohttp.ClientSession, server: FakeFrigate) -> Client:
    """Return somebody who asks the server."""
    return Client(session, server)


def path_of(start: float, end: float) -> str:
    """Return the path of a clip; the times count from the begin of the recordings."""
    return f"/api/front_door/start/{BEGIN + start}/end/{BEGIN + end}/clip.mp4"


def packets(video: bytes, kind: str = "video") -> list[bytes]:
    """Return the packets of a kind of stream, in their order."""
    with av.open(BytesIO(video), "r") as source:
        return [
            bytes(packet)
            for packet in source.demux()
            if packet.dts is not None and packet.stream.type == kind
        ]


def decoded(video: bytes) -> Counter[str]:
    """Decode a video and count its pictures and its pieces of sound."""
    counted: Counter[str] = Counter()
    with av.open(BytesIO(video), "r") as source:
        for packet in source.demux():
            for _frame in packet.decode():
                counted[packet.stream.type] += 1
    return counted


def size(picture: Answer) -> tuple[int, int]:
    """Return the size of a picture."""
    return Image.open(BytesIO(picture.body)).size


# Clips of a range


@EVERY_VERSION
async def test_a_minute(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version) as server:
        server.record_only("front_door", (BEGIN, BEGIN + 600))
        clip = await Client(session, server).clip(60.5, 120.5)
    assert clip.headers["Transfer-Encoding"] == "chunked"
    assert not {"Content-Length", "Accept-Ranges"} & clip.headers.keys()
    # Two frames were lost, and two of the last segment are decoded before it begins.
    assert len(packets(clip.body)) == decoded(clip.body)["video"] == 298 + 2
    assert decoded(clip.body)["audio"] == len(packets(clip.body, "audio")) > 930
    boxes = [clip.body[:12][4:8], clip.body[36:44][4:8]]
    assert boxes == [b"ftyp", b"moov"]


@pytest.mark.parametrize("scene", ALL)
async def test_clips_one_after_the_other_overlap(
    client: Client, server: FakeFrigate, scene: Scene
) -> None:
    server.show("front_door", scene)
    whole = packets((await client.clip(27, 87)).body)
    clips = [(await client.clip(at, at + 20)).body for at in (27, 47, 67)]
    parts = [packets(each) for each in clips]
    assert all(decoded(each)["video"] == len(packets(each)) for each in clips)
    surplus = sum(len(part) for part in parts) - len(whole)
    longest = 5 * scene.keyframes
    assert 0 < surplus <= 2 * (longest + 4)
    # What stands twice is the same, byte for byte.
    assert set().union(*parts) == set(whole)
    assert (len(packets(clips[0], "audio")) > 0) == (scene.sound is not None)


async def test_what_a_range_takes_of_its_neighbours(client: Client) -> None:
    async def count(start: float, end: float) -> int:
        return len(packets((await client.clip(start, end)).body))

    segment, after_next = packets((await client.clip(30.01, 39.8)).body), 50
    # Exactly one segment, as its neighbours neither end nor begin within the range.
    assert len(segment) == 49
    # The previous one ends where the range begins: it adds a keyframe interval.
    assert await count(30, 39.8) == 49 + 5
    # The next one begins where the range ends.
    assert after_next < await count(40.01, 50) <= after_next + 4
    # The end is cut to whole seconds.
    assert 44 <= await count(30.01, 39.79) < 49
    # The begin is that of the keyframe before it.
    assert await count(31.99, 39.8) == 44
    assert 0 < await count(35, 35) <= 7


async def test_what_there_is_no_clip_of(client: Client, server: FakeFrigate) -> None:
    swapped = await client.clip(120, 60)
    assert (swapped.status, swapped.body) == (200, b"")
    assert swapped.headers["Content-Type"] == "video/mp4"
    for times in ((700, 760), (-760, -700), (1e12, 1e12 + 1)):
        assert (await client.clip(*times)).status == 400
    server.cut_recordings("front_door", BEGIN + 100, BEGIN + 200)
    assert (await client.clip(110, 190)).status == 400
    # A gap within the range does not show.
    clip = await client.clip(95, 205.5)
    assert len(packets(clip.body)) < 70
    head = await client.ask(path_of(0, 60), "HEAD")
    assert (head.status, head.body) == (200, b"")
    part = await client.ask(path_of(0, 60), headers={"Range": "bytes=0-99"})
    assert (part.status, len(part.body) > 100) == (200, True)


async def test_the_last_seconds_are_not_on_the_disk(
    client: Client, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-24 12:30:05")
    now = int(time.time())
    server.record_only("front_door", (now - 605, float("inf")))

    async def clip(start: float, end: float) -> Answer:
        return await client.clip(now + start - BEGIN, now + end - BEGIN)

    assert (await clip(-9, 30)).status == 400
    short = packets((await clip(-45, 30)).body)
    assert len(short) < 175
    freezer.tick(60)
    whole = packets((await clip(-45, 30)).body)
    assert len(whole) >= 375
    assert whole[: len(short)] == short


@pytest.mark.parametrize("scene", ALL)
async def test_listed_segments_are_what_the_files_are(
    client: Client, server: FakeFrigate, scene: Scene
) -> None:
    server.show("front_door", scene)
    server.cut_recordings("front_door", BEGIN + 53, BEGIN + 300)
    path = f"/api/front_door/recordings?after={BEGIN}&before={BEGIN + 350}"
    rows = (await client.ask(path)).json
    lengths = [round(row["duration"] * 5) for row in rows]
    assert lengths[1:3] == lengths[7:9] == [50, 50]
    assert lengths[0] == lengths[3] == lengths[6] < 50
    for row, length in zip(rows, lengths, strict=True):
        start, end = row["start_time"] - BEGIN + 0.01, row["end_time"] - BEGIN
        count = len(packets((await client.clip(start, end)).body))
        if length == 50:
            # Of the segment that begins where this one ends there may be a few more.
            assert length <= count <= length + scene.b_frames
        elif length > 40:
            assert count == length
        else:
            # Where a camera is cut off, B-frames may lack what they refer to.
            assert length - scene.b_frames <= count <= length == 15


async def test_what_is_deleted_leaves_the_rest_as_it_was(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate("0.18") as server:
        server.record_only("front_door", (BEGIN, BEGIN + 600))
        client = Client(session, server)
        path = f"/api/front_door/recordings?after={BEGIN}&before={BEGIN + 600}"
        rows = (await client.ask(path)).json
        clip = (await client.clip(40, 70)).body
        gone = f"/api/recordings/start/{BEGIN + 1}/end/{BEGIN + 9}?cameras=front_door"
        assert "1 recording" in (await client.ask(gone, "DELETE")).json["message"]
        assert (await client.ask(path, headers=FRESH)).json == rows[1:]
        assert (await client.clip(40, 70)).body == clip
        assert (await client.clip(1, 9)).status == 400


async def test_a_camera_that_is_reconfigured(
    client: Client, server: FakeFrigate
) -> None:
    server.show("front_door", replace(SCENE, width=320, height=180), BEGIN + 100)
    server.show("front_door", replace(SCENE, codec="libx265"), BEGIN + 200)
    sizes = []
    for at in (50, 150, 250):
        with av.open(BytesIO((await client.clip(at, at + 10)).body)) as clip:
            video = clip.streams.video[0]
            sizes.append((video.codec_context.name, video.width))
    assert sizes == [("h264", 384), ("h264", 320), ("hevc", 384)]


# Events and items to review


@EVERY_VERSION
async def test_clips_of_events_and_reviews(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version) as server:
        client = Client(session, server)
        event = server.add_event("front_door", ago=120, duration=20)
        silent = server.add_event("front_door", ago=120, has_clip=False)
        path = f"/api/events/{event.id}/clip.mp4"
        clip = packets((await client.ask(path)).body)
        assert 95 <= len(clip) <= 115
        padded = packets((await client.ask(f"{path}?padding=10")).body)
        assert 95 <= len(padded) - len(clip) <= 105
        assert (await client.ask(f"{path}?padding=x")).status == 422
        for name, text in (
            ("nope", "Event not found"),
            (silent.id, "Clip not available"),
        ):
            answer = await client.ask(f"/api/events/{name}/clip.mp4")
            assert (answer.status, answer.json["message"]) == (404, text)
        gate = bearer(server, "gate1")
        answer = await fetch(session, server.external_url + path, **gate)
        assert answer.status == 403
        recent = server.add_event("front_door", ago=3, duration=None)
        answer = await client.ask(f"/api/events/{recent.id}/clip.mp4")
        assert answer.status == 400
        review = server.add_review("front_door", ago=120)
        item = await client.ask(f"/api/review/{review.id}/clip.mp4")
        assert item.status == (200 if version != "0.17.2" else 404)


# Pictures


async def test_pictures_of_recordings(client: Client, server: FakeFrigate) -> None:
    async def picture(at: float, query: str = "", kind: str = "jpg") -> Answer:
        path = f"/api/front_door/recordings/{BEGIN + at}/snapshot.{kind}{query}"
        return await client.ask(path)

    first = await picture(100)
    assert (first.headers["Content-Type"], size(first)) == ("image/jpeg", (384, 216))
    assert first.cache is None
    assert first.body != (await picture(100.2)).body
    assert size(await picture(100, "?height=90")) == (160, 90)
    png = await picture(100, kind="png")
    assert (png.headers["Content-Type"], size(png)) == ("image/png", (384, 216))
    missing = await picture(1000.5)
    assert (missing.status, missing.json["message"]) == (
        404,
        f"Recording not found at {BEGIN + 1001}",
    )
    # Between two files it takes the next whole second; after a last frame there is none.
    assert (await picture(99.5)).status == 200
    assert (await picture(39.85)).status == 200
    unparsed = await picture(109.99)
    assert unparsed.json["message"].startswith("Unable to parse frame at time")
    assert (await picture(100, "?height=x")).status == 422
    unknown = await client.ask(f"/api/nope/recordings/{BEGIN}/snapshot.jpg")
    assert (unknown.status, unknown.json["message"]) == (404, "Camera not found")


# Videos of exports and previews


async def test_videos_are_of_the_right_length(
    client: Client, server: FakeFrigate
) -> None:
    export = server.add_export("front_door", BEGIN, BEGIN + 75)
    fast = server.add_export("front_door", BEGIN, BEGIN + 75, speed=25)
    video = (await client.ask(f"/exports/{export.file}")).body
    assert decoded(video)["video"] == len(packets(video)) == 375
    assert decoded(video)["audio"] > 1150
    assert video[36:40] == b"moov"
    short = (await client.ask(f"/exports/{fast.file}")).body
    assert decoded(short) == {"video": 15}
    files = {
        each["name"]: each["size"] for each in (await client.ask("/exports/")).json
    }
    assert files == {export.file: len(video), fast.file: len(short)}
    part = await client.ask(
        f"/exports/{export.file}", headers={"Range": f"bytes={len(video) - 500_000}-"}
    )
    assert part.body == video[-500_000:]


# Faults


@pytest.mark.parametrize("video", ["clip", "export"])
async def test_faults_at_a_byte(
    client: Client, server: FakeFrigate, video: str
) -> None:
    export = server.add_export("front_door", BEGIN, BEGIN + 60)
    path = path_of(0, 60) if video == "clip" else f"/exports/{export.file}"
    whole = (await client.ask(path)).body
    for place in (1, 500, 65536, 65537, 300_001):
        server.fail(path, Fault.truncate(place), times=1)
        cut = await client.ask(path)
        assert (cut.status, cut.body) == (200, whole[:place])
        server.fail(path, Fault.drop_body(place), times=1)
        async with client.session.get(client.url + path) as response:
            assert response.status == 200
            assert await response.content.readexactly(place) == whole[:place]
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.content.read()
    # What would happen after the end does not happen.
    server.fail(path, Fault.drop_body(len(whole) + 1), times=1)
    assert (await client.ask(path)).body == whole
    server.fail(path, Fault.status(500), times=1)
    assert (await client.ask(path)).status == 500
    assert (await client.ask(path)).body == whole


async def test_a_clip_that_stalls(client: Client, server: FakeFrigate) -> None:
    path = path_of(0, 60)
    whole = (await client.ask(path)).body
    server.fail(path, Fault.stall_body(100_000), times=1)
    async with client.session.get(client.url + path) as response:
        body = await response.content.readexactly(100_000)
        rest = asyncio.ensure_future(response.content.read())
        await all_waits()
        assert not rest.done()
        assert (server.open_videos, server.max_videos) == (1, 1)
        server.clear_faults()
        assert body + await rest == whole
    await server.wait_for_videos(0)


async def test_whoever_leaves_early_leaves_nothing_behind(
    client: Client, server: FakeFrigate
) -> None:
    server.show("front_door", NOISE)
    async with client.session.get(client.url + path_of(0, 30)) as response:
        await response.content.readexactly(1000)
        assert server.open_videos == 1
    await server.wait_for_videos(0)
    assert len((await client.clip(0, 10)).body) > 20_000_000
