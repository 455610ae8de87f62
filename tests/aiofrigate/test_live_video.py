"""Live video: what comes, who may see it, how it ends, and what a server may send instead."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
import json
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateBadRequestError,
    FrigateClient,
    FrigateClosedError,
    FrigateConnectionError,
    FrigateContentError,
    FrigateDataError,
    FrigateError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateRedirectError,
    FrigateStartingError,
    FrigateTimeoutError,
    FrigateTooLargeError,
    FrigateVideoError,
    VideoFault,
    VideoSocket,
    is_websocket_refused,
)
from custom_components.frigate_http.aiofrigate.live_video import ANSWER_TIMEOUT, SILENCE
from tests.clock import all_waits, in_time
from tests.fake_frigate import FakeFrigate, Fault, go2rtc_source
from tests.fake_frigate.go2rtc import PATH
from tests.versions import EVERY_VERSION, WITH_016

from .conftest import (
    ADMIN,
    GATE,
    VIEWER,
    Connect,
    everything_of,
    logins,
    outcome_of,
    sent,
    wire_server,
)

CAMERA, OTHER = "front_door", "Portones"
QUESTION = {"type": "mse", "value": "avc1.640029,mp4a.40.2"}
MIB = 2**20


@asynccontextmanager
async def watching(
    frigate: FakeFrigate, client: FrigateClient, stream: str = CAMERA
) -> AsyncGenerator[VideoSocket]:
    """Open live video, take what it begins with, and check that nobody is left behind."""
    async with client.live_video.open(stream) as video:
        assert (await anext(video))[4:8] == b"ftyp"
        await frigate.go2rtc.wait_for_playing(stream, 1)
        yield video
    await frigate.go2rtc.wait_for_sockets(stream, 0)


async def plays(
    frigate: FakeFrigate, client: FrigateClient, stream: str = CAMERA
) -> bool:
    """Return whether live video can be watched."""
    async with watching(frigate, client, stream) as video:
        # In two seconds there is a keyframe for certain.
        await frigate.go2rtc[stream].push(2)
        return (await anext(video))[4:8] == b"moof"


async def fault_of(client: FrigateClient, stream: str = CAMERA) -> FrigateError:
    """Return the error of an attempt to open live video."""
    err = await outcome_of(client.live_video.check(stream))
    assert isinstance(err, FrigateError)
    return err


def text(kind: Any, value: Any) -> str:
    """Return a text message."""
    return json.dumps({"type": kind, "value": value})


def answer(codecs: str = "avc1.64001f,mp4a.40.2") -> str:
    """Return a good answer to the question."""
    return text("mse", f'video/mp4; codecs="{codecs}"')


# What comes


@WITH_016
async def test_video_begins_with_its_headers_and_goes_on_frame_by_frame(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with client.live_video.open(CAMERA) as video:
        assert [codec[:5] for codec in video.codecs] == ["avc1.", "mp4a."]
        headers = await anext(video)
        assert headers[4:8] == b"ftyp"
        assert b"moov" in headers
        await frigate.go2rtc.wait_for_playing(CAMERA, 1)
        await frigate.go2rtc[CAMERA].push(1)
        # Twenty frames, and the sound between them.
        frames = [await anext(video) for _number in range(20)]
        assert {frame[4:8] for frame in frames} == {b"moof"}
        assert len(set(frames)) == len(frames)
    await frigate.go2rtc.wait_for_sockets(CAMERA, 0)
    (viewer,) = frigate.go2rtc.viewers
    assert (viewer.src, viewer.parameters, viewer.received) == (CAMERA, [], [QUESTION])
    assert frigate.go2rtc.violations == []


async def test_a_check_tells_the_codecs_and_leaves_nothing_open(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    stream = frigate.go2rtc[CAMERA]
    assert len(await client.live_video.check(CAMERA)) == 2
    # Sound that is not AAC is left out.
    for source in (go2rtc_source.PCM, go2rtc_source.WITHOUT_AUDIO):
        stream.source = source
        (codec,) = await client.live_video.check(CAMERA)
        assert codec.startswith("avc1.")
    await frigate.go2rtc.wait_for_sockets(CAMERA, 0)
    assert stream.handshakes == 3


@pytest.mark.parametrize("name", ["Garage & Café/2 #1?+%2F=ü", "n" * 255, "..", "{a}"])
async def test_a_stream_is_found_whatever_its_name(
    frigate: FakeFrigate, client: FrigateClient, name: str
) -> None:
    frigate.go2rtc.add(name)
    assert await client.live_video.check(name)
    (viewer,) = frigate.go2rtc.viewers
    assert (viewer.src, viewer.parameters) == (name, [])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "n" * 256,
        "rtsp://10.0.0.1/secret-path",
        "exec:reboot",
        "ffmpeg:front_door",
        "a\nb",
        "\ud800",
        "\x00",
    ],
)
async def test_only_a_name_is_sent(
    frigate: FakeFrigate, client: FrigateClient, name: str
) -> None:
    err = await fault_of(client, name)
    assert isinstance(err, FrigateArgumentError)
    assert "secret-path" not in everything_of(err)
    assert frigate.requests == []
    assert await plays(frigate, client)


async def test_a_keyframe_of_five_megabytes_arrives_and_one_of_seventeen_does_not(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    stream = frigate.go2rtc[CAMERA]
    async with watching(frigate, client) as video:
        large = b"x" * 5 * MIB
        sending = asyncio.ensure_future(stream.push_raw(large))
        assert await anext(video) == large
        await sending
        sending = asyncio.ensure_future(stream.push_raw(b"x" * 17 * MIB))
        with pytest.raises(FrigateTooLargeError) as caught:
            await anext(video)
        assert not is_websocket_refused(caught.value)
        with pytest.raises(FrigateConnectionError, match="ended"):
            await anext(video)
    await sending
    assert await plays(frigate, client)


# Who may see it


@WITH_016
async def test_who_may_see_a_stream_is_decided_by_role_since_0_18(
    frigate: FakeFrigate, connect: Connect
) -> None:
    accounts = [ADMIN, VIEWER, GATE]
    if frigate.state.version.startswith("0.16"):
        # Restricted accounts came later.
        accounts.remove(GATE)
    for account in accounts:
        client = connect(frigate.external_url, **account)
        is_restricted = account is GATE and frigate.state.is_018
        assert await plays(frigate, client, OTHER)
        for stream in (CAMERA, "no_such_stream"):
            err = await outcome_of(client.live_video.check(stream))
            if is_restricted:
                assert isinstance(err, FrigateForbiddenError)
                assert not is_websocket_refused(err)
            else:
                expected = type(None) if stream == CAMERA else FrigateVideoError
                assert isinstance(err, expected)
        assert logins(frigate) == accounts.index(account) + 1


@pytest.mark.parametrize("credentials", [{}, {"token": "wrong"}])
async def test_nobody_sees_a_stream_without_a_login(
    frigate: FakeFrigate, connect: Connect, credentials: dict[str, Any]
) -> None:
    err = await fault_of(connect(frigate.external_url, **credentials))
    assert isinstance(err, FrigateAuthError)
    assert not is_websocket_refused(err)
    assert frigate.go2rtc.viewers == []
    token = frigate.token("viewer1")
    assert await plays(frigate, connect(frigate.external_url, token=token))


@EVERY_VERSION
async def test_a_lost_login_is_renewed_once(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **ADMIN)
    assert await plays(frigate, client)
    frigate.revoke_sessions()
    both = (client.live_video.check(CAMERA), client.live_video.check(OTHER))
    assert all(await asyncio.gather(*both))
    assert logins(frigate) == 2


async def test_a_proxy_that_refuses_this_route_alone_costs_one_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    frigate.go2rtc.refuse(401)
    client = connect(frigate.external_url, **ADMIN)
    for _attempt in range(3):
        assert isinstance(await fault_of(client), FrigateAuthError)
    # The first one, and another in case it was lost.
    assert logins(frigate) == 2
    frigate.go2rtc.allow()
    assert await plays(frigate, client)
    frigate.revoke_sessions()
    assert await plays(frigate, client)
    assert logins(frigate) == 3


# Streams without video


@EVERY_VERSION
async def test_a_stream_without_video_says_why_and_comes_back(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    stream = frigate.go2rtc[CAMERA]
    assert await client.live_video.check(CAMERA)

    async def fault() -> VideoFault:
        err = await fault_of(client)
        assert isinstance(err, FrigateVideoError)
        assert "go2rtc" in err.message or "H.264" in err.message
        await frigate.go2rtc.wait_for_sockets(CAMERA, 0)
        return err.kind

    for source in (go2rtc_source.H265, go2rtc_source.H265_AAC):
        stream.source = source
        assert await fault() is VideoFault.OTHER_CODEC
    stream.source = go2rtc_source.CAMERA
    assert await plays(frigate, client)

    for why in ("dial tcp 192.0.2.10:554: i/o timeout", "unknown error", "EOF"):
        stream.fault = why
        assert await fault() is VideoFault.NO_SOURCE
    stream.fault = None
    assert await plays(frigate, client)

    frigate.go2rtc.remove(CAMERA)
    err = await fault_of(client)
    assert isinstance(err, FrigateVideoError)
    assert err.kind is VideoFault.UNKNOWN_STREAM
    frigate.go2rtc.add(CAMERA)
    assert await plays(frigate, client)


async def test_birdseye_is_a_stream_while_it_is_restreamed(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    for frigate.state.birdseye, frigate.state.birdseye_restream in (
        (False, True),
        (True, False),
        (True, True),
    ):
        config = await client.system.config(fresh=True)
        if (stream := config.stream_of("birdseye")) is not None:
            break
        err = await fault_of(client, "birdseye")
        assert isinstance(err, FrigateVideoError)
        assert err.kind is VideoFault.UNKNOWN_STREAM
    assert stream == "birdseye"
    assert await client.live_video.check(stream)


async def test_an_error_in_the_middle_ends_the_video(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with watching(frigate, client) as video:
        await frigate.go2rtc[CAMERA].push_raw(text("error", "mse: streams: EOF"))
        with pytest.raises(FrigateVideoError) as caught:
            await anext(video)
        assert caught.value.kind is VideoFault.NO_SOURCE
    assert await plays(frigate, client)


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://admin:Pa55-Word!@192.0.2.10:554/Streaming",
        "rtsp://admin:Pa55-Word! two@192.0.2.10/x",
        "rtsp://192.0.2.10/user=admin_password=Pa55-Word!_channel=1.sdp",
        "http://192.0.2.10/flv?user=admin&password=Pa55-Word!",
        "http://192.0.2.10/Pa55-Word!/live",
        "ffmpeg:rtsp%3A%2F%2Fadmin%3APa55-Word!%40192.0.2.10",
        'parse "rtsp://admin:Pa55-Word! %two@h": invalid port ":Pa55-Word! %two@h" after',
        'parse "rtsp://admin:Pa55-Word! two',
        "GET /live?Pa55-Word!",
        "Authorization: Basic Pa55-Word!",
        "exec/rtsp\nffmpeg -i rtsp:\\/\\/admin:Pa55-Word!@192.0.2.10 -c copy",
    ],
)
async def test_addresses_of_cameras_are_in_no_error_and_no_log(
    frigate: FakeFrigate,
    client: FrigateClient,
    caplog: pytest.LogCaptureFixture,
    address: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    frigate.go2rtc[CAMERA].fault = f"{address}: dial tcp: connection refused"
    err = await fault_of(client)
    assert isinstance(err, FrigateVideoError)
    for secret in ("Pa55", "two@", "%two"):
        assert secret not in everything_of(err)
        assert secret not in caplog.text
    assert f"No live video of {CAMERA}: no_source" in caplog.text
    frigate.go2rtc[CAMERA].fault = None
    assert await plays(frigate, client)


async def test_why_there_is_no_video_is_logged_without_its_length(
    frigate: FakeFrigate, client: FrigateClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stream = frigate.go2rtc[CAMERA]
    stream.source = go2rtc_source.H265
    await fault_of(client)
    assert "codecs not matched: video:H265" in caplog.text
    caplog.clear()
    stream.source = go2rtc_source.CAMERA
    stream.fault = "i/o timeout " + "so " * 10_000
    await fault_of(client)
    assert "i/o timeout so so" in caplog.text
    assert max(map(len, caplog.messages)) < 500
    stream.fault = None
    assert await plays(frigate, client)


# How it ends


async def test_a_camera_that_falls_silent_ends_the_video(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    stream = frigate.go2rtc[CAMERA]
    async with watching(frigate, client) as video:
        await stream.push(frames=1)
        await anext(video)
        stream.silent = True

        # What is no video does not count.
        def say(frame: str | bytes) -> None:
            sending.append(asyncio.ensure_future(stream.push_raw(frame)))

        sending: list[asyncio.Future[None]] = []
        err, seconds = await in_time(
            freezer,
            outcome_of(anext(video)),
            meanwhile={3: lambda: say(text("other", "")), 6: lambda: say(b"")},
        )
        assert isinstance(err, FrigateTimeoutError)
        assert SILENCE <= seconds <= SILENCE + 1
        assert all(each.done() for each in sending)
    stream.silent = False
    assert await plays(frigate, client)


async def test_a_camera_that_is_not_reached_in_time_is_an_error(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    frigate.go2rtc[CAMERA].hold()
    check = outcome_of(client.live_video.check(CAMERA))
    err, seconds = await in_time(freezer, check)
    assert isinstance(err, FrigateTimeoutError)
    assert ANSWER_TIMEOUT <= seconds <= ANSWER_TIMEOUT + 1
    frigate.go2rtc[CAMERA].release()
    assert await plays(frigate, client)


@pytest.mark.parametrize("ending", ["lost", "closed", "restart"])
async def test_the_end_of_the_connection_is_an_error(
    frigate: FakeFrigate, client: FrigateClient, ending: str
) -> None:
    async with watching(frigate, client) as video:
        await frigate.go2rtc[CAMERA].push(frames=1)
        assert await anext(video)
        if ending == "lost":
            frigate.go2rtc[CAMERA].drop()
        elif ending == "restart":
            frigate.restart()
        else:
            await frigate.go2rtc.viewers[0].socket.close()
        with pytest.raises(FrigateConnectionError) as caught:
            async for _message in video:
                pass
        assert not isinstance(caught.value, FrigateTimeoutError)
    assert await plays(frigate, client)


async def test_leaving_does_not_wait_for_a_server_that_goes_on_sending(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    stream = frigate.go2rtc[CAMERA]
    async with AsyncExitStack() as stack:
        video = await stack.enter_async_context(client.live_video.open(CAMERA))
        await frigate.go2rtc.wait_for_playing(CAMERA, 1)
        assert await anext(video)
        # It does not read that we are about to leave.
        transport = frigate.go2rtc.viewers[0].transport
        assert transport is not None
        transport.pause_reading()
        leaving = asyncio.ensure_future(stack.pop_all().aclose())
        for _number in range(3):
            await all_waits()
            assert not leaving.done()
            await stream.push(frames=1)
            freezer.tick(0.4)
        await all_waits()
        assert leaving.done()
        transport.resume_reading()
    await frigate.go2rtc.wait_for_sockets(CAMERA, 0)
    assert await plays(frigate, client)


async def test_closing_the_client_ends_all_video_at_once(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url)
    frigate.go2rtc[OTHER].hold()

    async def watch(stream: str) -> None:
        async with client.live_video.open(stream) as video:
            async for _message in video:
                pass

    # One that watches, one that waits for the answer, and one for the handshake.
    tasks = [asyncio.ensure_future(watch(CAMERA)), asyncio.ensure_future(watch(OTHER))]
    await frigate.go2rtc.wait_for_playing(CAMERA, 1)
    await frigate.go2rtc.wait_for_sockets(OTHER, 1)
    frigate.fail(PATH, Fault.stall())
    tasks.append(asyncio.ensure_future(watch(CAMERA)))
    await frigate.wait_for_requests(3)
    client.close()
    errors = [await outcome_of(task) for task in tasks]
    assert {type(err) for err in errors} == {FrigateClosedError}
    for stream in (CAMERA, OTHER):
        await frigate.go2rtc.wait_for_sockets(stream, 0)
    assert isinstance(await fault_of(client), FrigateClosedError)

    frigate.clear_faults()
    frigate.go2rtc[OTHER].release()
    assert await plays(frigate, connect(frigate.internal_url))


async def test_closing_the_client_ends_video_that_is_not_read_just_now(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url)
    async with watching(frigate, client) as video:
        await frigate.go2rtc[CAMERA].push(1)
        assert await anext(video)
        client.close()
        with pytest.raises(FrigateClosedError):
            await anext(video)
    assert await plays(frigate, connect(frigate.internal_url))


async def test_only_so_many_watch_at_once_and_the_next_one_waits(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with AsyncExitStack() as stack:
        for _number in range(47):
            await stack.enter_async_context(client.live_video.open(CAMERA))
        async with client.live_video.open(CAMERA):
            check = asyncio.ensure_future(client.live_video.check(CAMERA))
            await all_waits()
            assert not check.done()
            assert frigate.go2rtc[CAMERA].handshakes == 48
        assert await check
        # Closing also ends the wait for a place.
        await stack.enter_async_context(client.live_video.open(CAMERA))
        check = asyncio.ensure_future(client.live_video.check(CAMERA))
        await all_waits()
        client.close()
        await all_waits()
        assert check.done()
        assert isinstance(check.exception(), FrigateClosedError)
    await frigate.go2rtc.wait_for_sockets(CAMERA, 0)


# Proxies and servers that let down


@pytest.mark.parametrize(
    ("status", "kind", "is_refused"),
    [
        (200, FrigateContentError, True),
        (400, FrigateBadRequestError, True),
        (404, FrigateNotFoundError, True),
        (403, FrigateForbiddenError, False),
        (429, FrigateRateLimitError, False),
        (502, FrigateStartingError, False),
    ],
)
async def test_a_proxy_that_passes_no_websockets_is_recognized(
    frigate: FakeFrigate,
    client: FrigateClient,
    status: int,
    kind: type[FrigateError],
    is_refused: bool,
) -> None:
    frigate.go2rtc.refuse(status)
    err = await fault_of(client)
    assert type(err) is kind
    assert is_websocket_refused(err) is is_refused
    assert frigate.go2rtc.viewers == []
    assert len(sent(frigate, PATH)) == 1
    frigate.go2rtc.allow()
    assert await plays(frigate, client)


async def test_a_redirect_is_not_followed(connect: Connect) -> None:
    async with wire_server() as elsewhere:
        target = f"{elsewhere.url}/login"
        reply = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n".encode()
        async with wire_server(reply) as proxy:
            client = connect(proxy.url, headers={"X-Proxy-Secret": "much-too-secret"})
            err = await fault_of(client)
            assert proxy.targets == [f"{PATH}?src={CAMERA}"]
    assert isinstance(err, FrigateRedirectError)
    assert is_websocket_refused(err)
    assert "much-too-secret" not in everything_of(err)
    assert elsewhere.heads == []


async def test_a_server_that_is_down_is_an_error(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await frigate.refuse()
    err = await fault_of(client)
    assert isinstance(err, FrigateConnectionError)
    assert not is_websocket_refused(err)
    await frigate.resume()
    assert await plays(frigate, client)


OTHERS: tuple[str | bytes, ...] = (
    "",
    "not JSON",
    b"",
    "[]",
    "null",
    "5",
    "{}",
    "[" * 65_000,
    '{"a":' * 13_000,
    '{"type": "mse"',
    text(None, answer()),
    text(["mse"], answer()),
    text({"type": "error"}, 5),
    text("webrtc/answer", "v=0"),
    text("Error", "mse: stream not found"),
    text("error" * 100_000, ""),
    text("error", "x" * 100_000),
    '{"type": "\\ud800", "value": 1e999}',
)


async def test_messages_that_are_neither_answers_nor_video_are_ignored(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    stream = frigate.go2rtc[CAMERA]
    data = (b"init", b"one", b"two", b"three", b"four")
    each = [frame for one in data for frame in (*OTHERS, one, answer("5"))]
    stream.script = [*OTHERS, answer(), *each]
    async with client.live_video.open(CAMERA) as video:
        assert video.codecs == ("avc1.64001f", "mp4a.40.2")
        for one in data:
            assert await anext(video) == one
    stream.script = None
    assert await plays(frigate, client)


@pytest.mark.parametrize("has_begun", [False, True])
async def test_thousands_of_other_messages_end_the_video(
    frigate: FakeFrigate, client: FrigateClient, has_begun: bool
) -> None:
    stream = frigate.go2rtc[CAMERA]
    begin = (answer(), b"init") if has_begun else ()
    stream.script = [*begin, *[text("other", "")] * 5000]

    async def watch() -> None:
        async with client.live_video.open(CAMERA) as video:
            async for message in video:
                assert message == b"init"

    err = await outcome_of(watch())
    assert isinstance(err, FrigateDataError)
    assert "Too many" in err.message
    assert not is_websocket_refused(err)
    stream.script = None
    assert await plays(frigate, client)


async def test_an_answer_that_names_no_codecs_is_an_error(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    stream = frigate.go2rtc[CAMERA]
    for wrong in (
        b"data before the answer",
        text("mse", None),
        text("mse", 5),
        text("mse", ["avc1.64001f"]),
        text("mse", ""),
        text("mse", "video/mp4"),
        text("mse", 'video/mp2t; codecs="avc1.64001f"'),
        answer(""),
        answer("avc1.64001f,"),
        answer("avc1.64001f" * 100),
        answer(",".join(["avc1.64001f"] * 100)),
        answer("avc1.\u0661"),
    ):
        stream.script = [wrong]
        err = await fault_of(client)
        assert isinstance(err, FrigateDataError), wrong
        assert not is_websocket_refused(err)
    stream.script = None
    assert await plays(frigate, client)


async def test_errors_of_any_shape_are_errors(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    stream = frigate.go2rtc[CAMERA]
    for value, kind in (
        ("mse: stream not found", VideoFault.UNKNOWN_STREAM),
        ("mse: streams: stream not found", VideoFault.NO_SOURCE),
        ("mse: streams: codecs not matched: video:H265 => x", VideoFault.OTHER_CODEC),
        ("mse: streams: rtsp://h/codecs not matched", VideoFault.NO_SOURCE),
        ("", VideoFault.NO_SOURCE),
        (None, VideoFault.NO_SOURCE),
        ({"mse": "stream not found"}, VideoFault.NO_SOURCE),
    ):
        stream.script = [text("error", value)]
        err = await fault_of(client)
        assert isinstance(err, FrigateVideoError)
        assert err.kind is kind
    stream.script = None
    assert await plays(frigate, client)
