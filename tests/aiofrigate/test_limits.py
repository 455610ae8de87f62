"""Limits of parallel requests, and streams that close when their reader leaves."""

import asyncio
from contextlib import AsyncExitStack
import gc
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateClosedError,
    FrigateConnectionError,
    FrigateError,
    FrigateHTMLError,
    FrigateTimeoutError,
    Overlays,
    Stream,
)
from tests.clock import turns
from tests.fake_frigate import FakeFrigate, Fault

from .conftest import VIEWER, Connect, outcome_of, sent, wire_server, works

CAMERA = "front_door"
LATEST = f"/api/{CAMERA}/latest.jpg"
AT_ONCE = 4
PICTURES = 48
LIVE_VIEWS = 48
ALL_PICTURES = 54
THUMBNAILS = 8
FOOTAGE = 16


async def _frame(stream: Stream) -> bytes:
    """Return the next chunk of a stream."""
    return await anext(stream.chunks())


async def _open(stack: AsyncExitStack, client: FrigateClient) -> Stream:
    """Open a stream until the stack is left."""
    mjpeg = client.media.mjpeg(CAMERA, fps=20, height=90)
    return await stack.enter_async_context(mjpeg)


def _unwatched(frigate: FakeFrigate, camera: str = CAMERA) -> bool:
    return not frigate.open_streams[camera]


# Short requests


async def test_four_short_requests_run_in_parallel(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.latency = 500
    calls = (client.system.stats(fresh=True) for _ in range(24))
    assert len(await asyncio.gather(*calls)) == 24
    assert frigate.max_parallel == AT_ONCE


async def test_stalled_images_delay_neither_polls_nor_commands(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    event = frigate.add_event(CAMERA)
    frigate.fail(LATEST, Fault.stall())
    before = len(frigate.requests)
    images = [
        asyncio.ensure_future(client.media.latest_image(CAMERA))
        for _ in range(PICTURES + 4)
    ]
    await frigate.wait_for_requests(before + PICTURES)
    # The clock is stopped: what had to wait for one of the images would wait for ever.
    assert await works(client)
    await client.events.set_sub_label(event.id, "Ana")
    assert len(sent(frigate, LATEST)) == PICTURES

    # All of them fail after ten seconds, also those that were never sent.
    freezer.tick(11)
    errors = await asyncio.gather(*images, return_exceptions=True)
    assert {type(error) for error in errors} == {FrigateTimeoutError}
    assert len(sent(frigate, LATEST)) == PICTURES

    frigate.clear_faults()
    assert (await client.media.latest_image(CAMERA)).content


async def test_the_wait_for_a_place_counts_in_the_time_limit(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    events = [frigate.add_event(CAMERA).id for _ in range(AT_ONCE + 1)]
    frigate.fail("/api/events/", Fault.stall())
    before = len(frigate.requests)
    calls = [
        asyncio.ensure_future(client.events.set_sub_label(event, "Ana"))
        for event in events
    ]
    await frigate.wait_for_requests(before + AT_ONCE)
    freezer.tick(11)
    errors = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in errors} == {FrigateTimeoutError}
    assert len(frigate.requests) == before + AT_ONCE
    # Only the last one certainly did nothing: it was never sent.
    assert [
        error.may_have_acted for error in errors if isinstance(error, FrigateError)
    ] == [*[True] * AT_ONCE, False]

    frigate.clear_faults()
    await client.events.set_sub_label(events[-1], "Ana")


async def test_many_live_views_leave_connections_to_images_and_polls(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail(LATEST, Fault.stall())
    async with AsyncExitStack() as stack:
        for _ in range(LIVE_VIEWS):
            await _open(stack, client)
        late = asyncio.ensure_future(_open(stack, client))
        images = [
            asyncio.ensure_future(client.media.latest_image(CAMERA))
            for _ in range(PICTURES)
        ]
        await turns()
        assert await works(client)
        assert len(sent(frigate, LATEST)) == ALL_PICTURES - LIVE_VIEWS
        assert frigate.open_streams[CAMERA] == LIVE_VIEWS
        freezer.tick(11)
        assert {
            type(error)
            for error in await asyncio.gather(late, *images, return_exceptions=True)
        } == {FrigateTimeoutError}
    await frigate.wait_for_streams(CAMERA, 0)
    frigate.clear_faults()
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        assert await _frame(stream)
    assert (await client.media.latest_image(CAMERA)).content


async def test_thumbnails_and_video_delay_nothing_but_themselves(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    event = frigate.add_event(CAMERA)
    thumbnail, video = f"/api/events/{event.id}/thumbnail.jpg", "/exports/a.mp4"
    frigate.fail(thumbnail, Fault.stall())
    frigate.fail(video, Fault.stall())

    async def watch() -> None:
        async with client.files.export_range("a.mp4"):
            pytest.fail("Nothing was answered")

    calls = [
        *(client.events.thumbnail(event.id) for _ in range(THUMBNAILS + 1)),
        *(watch() for _ in range(FOOTAGE + 1)),
    ]
    before = len(frigate.requests)
    tasks = [asyncio.ensure_future(one) for one in calls]
    await frigate.wait_for_requests(before + THUMBNAILS + FOOTAGE)
    # The clock is stopped: what had to wait for one of them would wait for ever.
    assert await works(client)
    await client.events.set_sub_label(event.id, "Ana")
    assert (await client.media.latest_image(CAMERA)).content
    assert await client.files.snapshot(event.id)
    assert len(sent(frigate, thumbnail)) == THUMBNAILS
    assert len(sent(frigate, video)) == FOOTAGE

    freezer.tick(31)
    errors = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(error) for error in errors} == {FrigateTimeoutError}
    frigate.clear_faults()
    assert (await client.events.thumbnail(event.id)).content


async def test_open_streams_do_not_block_polls(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with AsyncExitStack() as stack:
        streams = [await _open(stack, client) for _ in range(AT_ONCE + 2)]
        assert all([await _frame(stream) for stream in streams])
        frigate.max_parallel = 0
        frigate.latency = 500
        for _ in range(3):
            calls = (client.system.stats(fresh=True) for _ in range(8))
            await asyncio.gather(*calls)
            assert all([await _frame(stream) for stream in streams])
        assert frigate.max_parallel == AT_ONCE
        assert frigate.open_streams[CAMERA] == AT_ONCE + 2
    await frigate.wait_for_streams(CAMERA, 0)
    assert _unwatched(frigate)


async def test_failed_and_cancelled_requests_free_their_place(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    for fault in (Fault.status(500), Fault.drop(), Fault.html(), Fault.garbage()):
        frigate.fail("/api/stats", fault)
        outcomes = [await outcome_of(client.system.stats()) for _ in range(AT_ONCE)]
        assert all(isinstance(each, FrigateError) for each in outcomes)
        frigate.clear_faults()

    frigate.fail("/api/stats", Fault.stall())
    before = len(frigate.requests)
    tasks = [asyncio.ensure_future(client.system.stats()) for _ in range(AT_ONCE + 3)]
    await frigate.wait_for_requests(before + AT_ONCE)
    for task in tasks:
        task.cancel()
    outcomes_of_all = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(each) for each in outcomes_of_all} == {asyncio.CancelledError}
    assert len(frigate.requests) == before + AT_ONCE
    frigate.clear_faults()

    frigate.max_parallel = 0
    frigate.latency = 500
    await asyncio.gather(*(client.system.stats(fresh=True) for _ in range(8)))
    assert frigate.max_parallel == AT_ONCE


# Streams


@pytest.mark.parametrize("how", ["internal", "login", "bearer"])
async def test_a_stream_is_closed_when_its_reader_leaves(
    frigate: FakeFrigate, connect: Connect, how: str
) -> None:
    client = {
        "internal": connect(frigate.internal_url),
        "login": connect(frigate.external_url, **VIEWER),
        "bearer": connect(frigate.external_url, token=frigate.token("viewer1")),
    }[how]
    for _ in range(2):
        async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
            assert stream.content_type == "multipart/x-mixed-replace;boundary=frame"
            pieces = b""
            async for piece in stream.chunks():
                pieces += piece
                if pieces.count(b"\xff\xd8\xff") > 1:
                    break
            assert pieces.startswith(b"--frame\r\nContent-Type: image/jpeg\r\n\r\n")
            assert frigate.open_streams[CAMERA] == 1
        await frigate.wait_for_streams(CAMERA, 0)
        assert _unwatched(frigate)
    assert await works(client)


async def test_a_stream_is_closed_when_its_reader_raises(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async def stumble() -> None:
        async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
            assert await _frame(stream)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await stumble()
    await frigate.wait_for_streams(CAMERA, 0)
    assert await works(client)


@pytest.mark.parametrize("reading", [True, False])
async def test_a_stream_is_closed_when_its_reader_is_cancelled(
    frigate: FakeFrigate, client: FrigateClient, reading: bool
) -> None:
    started = asyncio.Event()

    async def watch() -> None:
        async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
            async for _piece in stream.chunks():
                started.set()
                if not reading:
                    await asyncio.Event().wait()

    task = asyncio.ensure_future(watch())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await frigate.wait_for_streams(CAMERA, 0)
    assert _unwatched(frigate)
    assert await works(client)


async def test_a_stream_is_closed_when_its_reader_is_cancelled_before_the_first_byte(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail(f"/api/{CAMERA}", Fault.stall())

    async def watch() -> None:
        async with client.media.mjpeg(CAMERA, fps=20, height=90):
            pytest.fail("Nothing was answered")

    task = asyncio.ensure_future(watch())
    await frigate.wait_for_requests(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    frigate.clear_faults()
    assert _unwatched(frigate)
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        assert await _frame(stream)


async def test_thumbnails_of_a_page_wait_for_a_slow_server(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    event = frigate.add_event(CAMERA)
    thumbnail = f"/api/events/{event.id}/thumbnail.jpg"
    frigate.fail(thumbnail, Fault.stall())
    found = asyncio.gather(
        *(client.events.thumbnail(event.id) for _ in range(THUMBNAILS * 2))
    )
    await frigate.wait_for_open(thumbnail, THUMBNAILS)
    freezer.tick(9)
    frigate.clear_faults()
    frigate.fail(thumbnail, Fault.stall())
    await frigate.wait_for_requests(THUMBNAILS * 2)
    freezer.tick(9)
    frigate.clear_faults()
    assert len({one.content for one in await found}) == 1
    frigate.fail(thumbnail, Fault.stall())
    silent = asyncio.ensure_future(client.events.thumbnail(event.id))
    await frigate.wait_for_open(thumbnail, 1)
    freezer.tick(31)
    with pytest.raises(FrigateTimeoutError):
        await silent
    frigate.clear_faults()
    assert await works(client)


async def test_closing_the_client_closes_every_stream(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url)
    async with AsyncExitStack() as stack:
        streams = [await _open(stack, client) for _ in range(3)]
        assert all([await _frame(stream) for stream in streams])

        async def read_on(stream: Stream) -> None:
            async for _piece in stream.chunks():
                pass

        readers = [asyncio.ensure_future(read_on(stream)) for stream in streams]
        await asyncio.sleep(0)
        client.close()
        done, _ = await asyncio.wait(readers)
        assert {type(task.exception()) for task in done} == {FrigateConnectionError}
        await frigate.wait_for_streams(CAMERA, 0)
    assert _unwatched(frigate)
    with pytest.raises(FrigateClosedError, match="closed"):
        await client.system.stats()
    assert await works(connect(frigate.internal_url))


async def test_a_stream_that_opens_while_the_client_closes_is_closed(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url)
    frigate.fail(f"/api/{CAMERA}", Fault.stall())

    async def watch() -> None:
        async with client.media.mjpeg(CAMERA, fps=20, height=90):
            pytest.fail("The client is closed")

    task = asyncio.ensure_future(watch())
    await frigate.wait_for_requests(1)
    client.close()
    frigate.clear_faults()
    with pytest.raises(FrigateClosedError, match="closed"):
        await task
    await frigate.wait_for_streams(CAMERA, 0)
    assert _unwatched(frigate)


async def test_closing_the_client_ends_what_is_watched_and_nothing_else(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url)
    review, event = frigate.add_review(CAMERA), frigate.add_event(CAMERA)
    frigate.fail("/api/", Fault.stall())

    async def watch() -> None:
        async with client.reviews.preview(review.id):
            pytest.fail("The client is closed")

    watched: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(one)
        for one in (watch(), *(client.events.thumbnail(event.id) for _ in range(9)))
    ]
    query = asyncio.ensure_future(client.system.stats())
    command = asyncio.ensure_future(client.reviews.mark([review.id]))
    # The ninth thumbnail waits for a place.
    await frigate.wait_for_requests(THUMBNAILS + 3)
    client.close()
    done, _ = await asyncio.wait(watched, timeout=1)
    assert [type(one.exception()) for one in done] == [FrigateClosedError] * 10
    await frigate.wait_for_open("/api/(events|review/)", 0, timeout=1)
    frigate.clear_faults()
    assert (await query).version
    await command
    assert await works(connect(frigate.internal_url))


async def test_a_stream_that_was_not_left_does_not_block_others(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        # The reader of the pieces is dropped in the middle of one.
        pieces = stream.chunks()
        assert await anext(pieces)
        del pieces
        gc.collect()
        assert await works(client)
        assert await _frame(stream)
    await frigate.wait_for_streams(CAMERA, 0)
    assert _unwatched(frigate)


@pytest.mark.parametrize("fault", [Fault.drop(), Fault.drop_body()])
async def test_a_stream_that_breaks_off_is_an_error(
    frigate: FakeFrigate, client: FrigateClient, fault: Fault
) -> None:
    frigate.fail(f"/api/{CAMERA}", fault)

    async def watch() -> None:
        async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
            async for piece in stream.chunks():
                assert piece

    with pytest.raises(FrigateConnectionError) as caught:
        await watch()
    assert type(caught.value) is FrigateConnectionError
    assert _unwatched(frigate)
    frigate.clear_faults()
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        assert await _frame(stream)


async def test_streams_end_with_an_error_when_the_server_stops(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        assert await _frame(stream)
        await frigate.refuse()
        with pytest.raises(FrigateConnectionError):
            async for _piece in stream.chunks():
                pass
    await frigate.resume()
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        assert await _frame(stream)


async def test_a_stream_can_end_normally(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        assert await _frame(stream)
        frigate.remove_camera(CAMERA)
        async for piece in stream.chunks():
            assert piece
    assert _unwatched(frigate)
    assert await works(client)


@pytest.mark.parametrize(
    ("fault", "in_the_middle"), [(Fault.stall(), False), (Fault.stall_body(), True)]
)
async def test_a_stream_without_data_times_out_after_30_seconds(
    frigate: FakeFrigate,
    client: FrigateClient,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
    in_the_middle: bool,
) -> None:
    frigate.fail(f"/api/{CAMERA}", fault)
    arrived = asyncio.Event()

    async def watch() -> None:
        async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
            async for _piece in stream.chunks():
                arrived.set()

    task = asyncio.ensure_future(watch())
    await (arrived.wait() if in_the_middle else frigate.wait_for_requests(1))
    await turns()
    freezer.tick(29)
    await turns()
    assert not task.done()
    freezer.tick(2)
    with pytest.raises(FrigateTimeoutError):
        await task
    frigate.clear_faults()
    await frigate.wait_for_streams(CAMERA, 0)
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        assert await _frame(stream)


async def test_a_stream_may_last_longer_than_a_request(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    async with client.media.mjpeg(CAMERA, fps=20, height=90) as stream:
        for _ in range(6):
            assert await _frame(stream)
            freezer.tick(25)
    assert await works(client)


async def test_an_endless_html_page_is_refused_at_once(connect: Connect) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Sign in</title>"
    async with wire_server(page) as server:
        client = connect(server.url)
        with pytest.raises(FrigateHTMLError):
            async with client.media.mjpeg(CAMERA, fps=20, height=90):
                pytest.fail("This is a web page")
        assert await client.system.version()


async def test_an_mjpeg_stream_is_requested_with_size_rate_and_overlays(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    async with client.media.mjpeg(CAMERA, fps=7, height=240):
        pass
    overlays = Overlays(bounding_boxes=True, zones=True, mask=True)
    async with client.media.mjpeg(CAMERA, fps=1, height=120, overlays=overlays):
        pass
    queries = [request.query for request in sent(frigate, f"/api/{CAMERA}")]
    assert queries == [
        {"fps": "7", "height": "240"},
        {"fps": "1", "height": "120", "bbox": "1", "zones": "1", "mask": "1"},
    ]
    await frigate.wait_for_streams(CAMERA, 0)
    assert _unwatched(frigate)
