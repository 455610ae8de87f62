"""`/live/mse/api/ws`: who gets a socket, and what the configuration says of the streams."""

import json
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.fake_frigate import FakeFrigate, FrontProxy, go2rtc_source
from tests.fake_frigate.recorded import COMPLETE, FIXTURES, recorded_file
from tests.versions import EVERY_VERSION, WITH_016

from .client import bearer, cookie, fetch
from .live_client import listen
from .test_live import HANDSHAKE
from .video_client import OURS, VideoClient, video_url, watch

NAMES = sorted(path.name for path in (FIXTURES / COMPLETE / "live_video").iterdir())


def _request(server: FakeFrigate, name: str, recording: dict[str, Any]) -> Any:
    """Return the method, the address and the headers of a recorded request."""
    request = recording.get("request", {})
    url = URL(request.get("path") or recording["url"])
    is_internal = recording.get("auth") == "internal port"
    base = server.internal_url if is_internal else server.external_url
    account = {"viewer": "viewer1", "gate": "gate1"}
    user = request.get("auth") or recording["auth"]
    headers = {} if "request" in recording else dict(HANDSHAKE)
    match name.split(".")[1]:
        case "bearer":
            headers |= bearer(server)["headers"]
        case "bad-bearer":
            headers |= {"Authorization": "Bearer nonsense"}
        case "origin":
            headers |= {"Origin": "https://evil.example"}
    if user not in ("none", "internal port"):
        headers |= cookie(server, account.get(user, user))["headers"]
    return request.get("method", "GET"), f"{base}{url.raw_path_qs}", headers


@EVERY_VERSION
async def test_recorded_handshakes(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    assert len(NAMES) == 20
    for name in NAMES:
        path = recorded_file(version, f"live_video/{name}")
        recording = json.loads(path.read_text(encoding="utf-8"))
        method, url, headers = _request(server, name, recording)
        # There was no go2rtc where this was recorded, only its 404.
        server.go2rtc.refuse(404)
        answer = await fetch(session, url, method, headers=headers)
        expected = recording["status"], recording["headers"]["content-type"]
        assert (answer.status, answer.headers["Content-Type"]) == expected, name
        server.go2rtc.allow()
        answer = await fetch(session, url, method, headers=headers)
        passed_on = 400 if "request" in recording else 101
        passed_on = passed_on if recording["status"] == 404 else recording["status"]
        assert answer.status == passed_on, name


@EVERY_VERSION
async def test_bodies_of_nginx(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    url = str(video_url(server, "front_door"))
    answer = await fetch(session, url, headers=HANDSHAKE)
    assert (answer.status, b"401 Authorization Required" in answer.body) == (401, True)
    answer = await fetch(session, url, "POST", **bearer(server))
    assert (answer.status, b"403 Forbidden" in answer.body) == (403, True)
    answer = await fetch(session, url, **bearer(server))
    assert (answer.status, answer.body) == (400, b"Bad Request\n")
    server.state.starting = True
    assert (await fetch(session, url, **bearer(server))).status == 500
    server.state.starting = False
    async with watch(session, server, user=None) as client:
        assert (await client.ask(OURS))["type"] == "mse"


@WITH_016
async def test_roles(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    # Before 0.18, nobody asks whose stream it is.
    refused = version == "0.18"
    sub = server.go2rtc.add("Portones_sub")
    server.state.cameras["Portones"].live_streams = {"small": "Portones_sub"}
    server.state.birdseye = True
    for src, is_refused in (
        ("front_door", refused),
        ("birdseye", refused),
        ("Portones", refused),
        ("Portones_sub", False),
    ):
        for user in ("admin", "viewer1"):
            async with watch(session, server, src, user) as client:
                assert (await client.ask(OURS))["type"] == "mse"
            assert server.go2rtc.viewers[-1].user == user
        if is_refused:
            with pytest.raises(aiohttp.WSServerHandshakeError) as error:
                async with watch(session, server, src, "gate1"):
                    raise AssertionError
            assert error.value.status == 403
        else:
            async with watch(session, server, src, "gate1") as client:
                assert (await client.ask(OURS))["type"] == "mse"
    assert sub.handshakes == 3
    assert server.go2rtc.birdseye.handshakes == (2 if refused else 3)


async def test_no_sockets_pass(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    for status in (404, 403, 502, 200):
        server.go2rtc.refuse(status)
        with pytest.raises(aiohttp.WSServerHandshakeError) as error:
            async with watch(session, server):
                raise AssertionError
        assert error.value.status == status
        # The other socket is another matter.
        async with listen(session, server):
            pass
    server.go2rtc.allow()
    server.block_live(400)
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        async with watch(session, server):
            raise AssertionError
    assert error.value.status == 400
    server.unblock_live()
    async with watch(session, server) as client:
        assert (await client.ask(OURS))["type"] == "mse"
    assert server.go2rtc.streams["front_door"].handshakes == 1


async def test_through_a_proxy(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    stream = server.go2rtc.streams["front_door"]
    stream.source = go2rtc_source.HUGE
    async with FrontProxy(server.internal_url, prefix="/cameras") as proxy:
        url = f"{proxy.url}/live/mse/api/ws?src=front_door"
        async with session.ws_connect(url, max_msg_size=0) as socket:
            await server.go2rtc.wait_for_sockets("front_door", 1)
            client = VideoClient(socket, stream.viewers[0])
            assert (await client.ask(OURS))["type"] == "mse"
            await server.go2rtc.wait_for_playing("front_door", 1)
            init, keyframe = [
                await client.binary(),
                *await client.pushed(stream, frames=1),
            ]
            assert init[4:8] == b"ftyp"
            assert len(keyframe) > 5 * 1024 * 1024
        await server.go2rtc.wait_for_sockets("front_door", 0)


async def test_what_no_client_of_ours_may_do(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    go2rtc = server.go2rtc
    for src in ("rtsp://192.0.2.1/stream", "exec:reboot"):
        async with watch(session, server, src) as client:
            # It is opened.
            assert (await client.ask(OURS))["type"] == "mse"
        assert go2rtc.violations == [f"opened {src}"]
        go2rtc.violations.clear()
    async with watch(session, server, "yard:small") as client:
        assert (await client.ask(OURS))["value"] == "mse: stream not found"
    for url in (
        video_url(server, "front_door", internal=True, name="x", media="video"),
        video_url(server, "front_door", "Portones", internal=True),
    ):
        async with session.ws_connect(url):
            pass
    await go2rtc.wait_for_handshakes(5)
    assert go2rtc.viewers[-1].src == "front_door"
    assert go2rtc.viewers[-1].parameters == [("src", "Portones")]
    assert go2rtc.violations == ["sent name=x", "sent media=video", "sent src=Portones"]


@WITH_016
async def test_configuration(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.add_camera("garage", restreamed=False)
    server.add_camera("yard", live_streams={"HD": "yard_main", "SD": "yard_sub"})
    server.go2rtc.add("yard_main")
    server.state.birdseye = True

    async def read() -> Any:
        url = f"{server.internal_url}/api/config"
        return (await fetch(session, url, headers={"X-Cache-Bypass": "1"})).json

    config = await read()
    streams = config["go2rtc"]["streams"]
    assert sorted(streams) == ["Portones", "front_door", "yard", "yard_main"]
    url = "ffmpeg:/films/front_door.mp4#video=copy#audio=copy"
    assert streams["front_door"] == [url]
    live = {name: each["live"]["streams"] for name, each in config["cameras"].items()}
    # The default is filled in, whether or not there is such a stream.
    assert live["garage"] == {"garage": "garage"}
    assert live["front_door"] == {"front_door": "front_door"}
    assert live["yard"] == {"HD": "yard_main", "SD": "yard_sub"}
    assert (config["birdseye"]["enabled"], config["birdseye"]["restream"]) == (1, 1)
    server.state.birdseye_restream = False
    server.remove_camera("yard")
    server.go2rtc.remove("yard_main")
    for name in ("front_door", "Portones"):
        server.go2rtc.remove(name)
    config = await read()
    assert config["go2rtc"] == {}
    assert (config["birdseye"]["enabled"], config["birdseye"]["restream"]) == (1, 0)
    async with watch(session, server, "birdseye", None) as client:
        answer = await client.ask(OURS)
        assert answer == {"type": "error", "value": "mse: stream not found"}
