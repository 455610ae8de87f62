"""What a list of the past needs: thumbnails, days and hours, labels, searching, seeking."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
import json
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    ByteRange,
    Event,
    EventFilter,
    Export,
    FoundEvent,
    FrigateArgumentError,
    FrigateBadRequestError,
    FrigateClient,
    FrigateDataError,
    FrigateError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateRangeError,
    FrigateSearchDisabledError,
    FrigateTimeoutError,
    Gap,
    RecordedDay,
    RecordedHour,
    ReviewDay,
    ReviewFilter,
    StillImage,
)
from tests.clock import turns
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, SINCE_018, WITH_016

from .conftest import GATE, VIEWER, Connect, http_answer, logins, sent, wire_server
from .test_junk import JUNK

WEBP = b"RIFF\x10\0\0\0WEBPVP8 "
ZONE = "Asia/Kolkata"


def answering(value: Any, status: int = 200) -> bytes:
    """Return an answer of JSON."""
    return http_answer(status, json.dumps(value).encode())


# Thumbnails


@EVERY_VERSION
async def test_thumbnails_are_read(frigate: FakeFrigate, client: FrigateClient) -> None:
    now = frigate.state.clock()
    event = frigate.add_event("front_door", ago=300)
    review = frigate.add_review("front_door", ago=300)
    made = frigate.add_export("front_door", now - 130, now - 100)
    (export,) = await client.exports.list()
    assert export.thumbnail_path == f"/clips/export/{made.id}.webp"
    images = [
        await client.events.thumbnail(event.id),
        await client.reviews.thumbnail("front_door", review.id),
        await client.exports.thumbnail(export),
    ]
    kinds = ["image/jpeg", "image/webp", "image/webp"]
    assert [one.content_type for one in images] == kinds
    with pytest.raises(FrigateNotFoundError):
        await client.events.thumbnail("1.5-nobody")
    with pytest.raises(FrigateNotFoundError):
        await client.reviews.thumbnail("front_door", "1.5-nobody")


type _Thumbnail = Callable[[FrigateClient], Awaitable[StillImage]]


def _export(path: Any) -> Export:
    export = Export.from_api({"id": "a", "thumb_path": path})
    assert export is not None
    return export


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.events.thumbnail("1.5-a"),
        lambda client: client.reviews.thumbnail("front_door", "1.5-a"),
        lambda client: client.exports.thumbnail(_export("/clips/export/a.webp")),
    ],
    ids=["event", "review", "export"],
)
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http_answer(200, b"<svg onload='a'/>", "image/webp"), FrigateDataError),
        (http_answer(200, b"", "image/webp"), FrigateDataError),
        (http_answer(200, WEBP, "text/html"), FrigateHTMLError),
        (http_answer(404, b"<html>", "text/html"), FrigateNotFoundError),
        (http_answer(403, b"<html>", "text/html"), FrigateForbiddenError),
    ],
)
async def test_only_images_are_thumbnails(
    connect: Connect, ask: _Thumbnail, answer: bytes, kind: type[FrigateError]
) -> None:
    good = http_answer(200, WEBP, "application/octet-stream")
    async with wire_server(answer, good) as server:
        client = connect(server.url)
        with pytest.raises(kind):
            await ask(client)
        assert await ask(client) == StillImage(WEBP, "image/webp", offline=False)


@pytest.mark.parametrize(
    ("stored", "path"),
    [
        ("/media/frigate/clips/export/a_1.webp", "/clips/export/a_1.webp"),
        ("/clips/export/a-1.webp", "/clips/export/a-1.webp"),
        *(
            (path, None)
            for path in (
                "",
                None,
                5,
                "a.webp",
                "/clips/export/",
                "/clips/export",
                "clips/export/a.webp",
                # Of a camera that the account may not see.
                "/clips/review/thumb-yard-1.5-a.webp",
                "/media/frigate/exports/a.mp4",
                "/clips/export/..",
                "/clips/export/../a.webp",
                "/clips/export/./a.webp",
                "/clips/export/...",
                "/clips/export//a.webp",
                "/clips/export/a.webp/",
                "/clips/export/a/b.webp",
                "/clips/export/%2e%2e",
                "/clips/export/a%2fb",
                "/clips/export/a\\b",
                "/clips/export/a.webp?x=1",
                "/clips/export/a.webp#b",
                "/clips/export/a b.webp",
                "/clips/export/\u00e4.webp",
                "/clips/export/a.webp\n",
                f"/clips/export/{'a' * 201}",
                "https://other.host/clips/export/a.webp",
                "//other.host/clips/export/a.webp",
            )
        ),
    ],
)
def test_only_a_file_among_those_of_exports_is_a_thumbnail(
    stored: Any, path: str | None
) -> None:
    assert _export(stored).thumbnail_path == path


@pytest.mark.parametrize(
    ("camera", "review_id"),
    [
        ("a/b", "1.5-a"),
        ("a/../../api", "1.5-a"),
        ("front_door", "../a"),
        ("front_door", "1.5-a?b"),
        ("front_door", "1.5-a%2f"),
        ("front door", "1.5-a"),
        ("front_door", "a" * 300),
    ],
)
async def test_a_path_that_is_none_is_not_asked_for(
    connect: Connect, camera: str, review_id: str
) -> None:
    async with wire_server() as server:
        client = connect(server.url)
        with pytest.raises(FrigateArgumentError):
            await client.reviews.thumbnail(camera, review_id)
        with pytest.raises(FrigateArgumentError):
            await client.exports.thumbnail(_export(""))
    assert server.heads == []


# Days and hours


@WITH_016
async def test_the_days_of_reviews_are_counted(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.system.stats()
    assert await client.reviews.days("UTC") == ()
    for camera, severity, ago in (
        ("front_door", "alert", 60),
        ("Portones", "alert", 70),
        ("front_door", "detection", 80),
        ("front_door", "detection", 60 + 3 * 86400),
    ):
        newest = frigate.add_review(camera, severity, ago=ago)
    days = await client.reviews.days(ZONE)
    assert sum(one.alerts or 0 for one in days) == 2
    assert sum(one.detections or 0 for one in days) == 2
    assert days == tuple(sorted(days, key=lambda one: one.day, reverse=True))
    oldest = datetime.fromtimestamp(newest.start_time, ZoneInfo(ZONE)).date()
    assert days[-1] == ReviewDay(day=oldest, alerts=0, detections=1)
    (only,) = await client.reviews.days(ZONE, ["Portones"])
    assert (only.alerts, only.detections) == (1, 0)
    requests = sent(frigate, "/api/review/summary")
    assert requests[-1].query == {"timezone": ZONE, "cameras": "Portones"}


@EVERY_VERSION
async def test_the_days_and_hours_of_recordings_are_listed(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    days = await client.recordings.summary("front_door", ZONE)
    now = datetime.fromtimestamp(frigate.state.clock() - 60, ZoneInfo(ZONE))
    assert days[0].day == now.date()
    assert days[0].hours[0].hour == now.hour
    assert days == tuple(sorted(days, key=lambda one: one.day, reverse=True))
    for one in days:
        hours = [hour.hour for hour in one.hours]
        assert hours == sorted(hours, reverse=True)
        assert all(0 < (hour.duration or 0) <= 3600 for hour in one.hours)
    query = sent(frigate, "/api/front_door/recordings/summary")[0].query
    assert query == {"timezone": ZONE}


@WITH_016
async def test_when_a_camera_has_not_recorded(
    frigate: FakeFrigate, connect: Connect, version: str
) -> None:
    noon = 1795694400
    frigate.state.clock = lambda: noon + 0.0
    client = connect(frigate.external_url, **VIEWER)
    await client.system.version()
    frigate.record_only("front_door", (noon - 700, noon - 570), (noon - 300, noon - 60))
    gaps = await client.recordings.gaps("front_door", noon - 600, noon)
    assert gaps == (Gap(noon - 570, noon - 300), Gap(noon - 60, noon))
    frigate.record_only("front_door")
    gaps = await client.recordings.gaps("front_door", noon - 601, noon)
    assert gaps == (Gap(noon - 601, noon),)
    # Less than a step of 30 seconds is no gap.
    frigate.record_only(
        "front_door",
        *((noon - start, noon - start + 20) for start in range(20, 660, 40)),
    )
    assert await client.recordings.gaps("front_door", noon - 630, noon) == ()
    routes = {"/api/recordings/unavailable", "/api/front_door/recordings"}
    (asked,) = routes & {one.path for one in frigate.requests}
    assert ("unavailable" in asked) is not version.startswith("0.16")


@EVERY_VERSION
async def test_cameras_of_others_have_no_gaps(
    frigate: FakeFrigate, connect: Connect
) -> None:
    frigate.record_only("front_door")
    frigate.record_only("Portones")
    gate = connect(frigate.external_url, **GATE)
    now = int(frigate.state.clock())
    assert await gate.recordings.gaps("front_door", now - 600, now) == ()
    assert await gate.recordings.gaps("Portones", now - 600, now) == (
        Gap(now - 600, now),
    )


def test_recorded_hours_are_read_strictly() -> None:
    def hours(*values: Any) -> list[int]:
        listed = [{"hour": one} for one in values]
        found = RecordedDay.from_api({"day": "2026-11-26", "hours": listed})
        assert found is not None
        return [one.hour for one in found.hours]

    assert hours("00", "7", "23", "12") == [23, 12, 7, 0]
    assert hours("24", "-1", "1.5", "007", " 7", "7%", 7, None, "\u0667") == []
    assert hours(*["05"] * 100, "06") == [5]


def test_an_hour_that_comes_twice_counts_as_one() -> None:
    first = {"hour": "02", "objects": 3, "events": 1, "duration": 3600}
    second = {"hour": "02", "objects": 4, "events": 0, "duration": 1800.5}
    day = {"day": "2026-10-25", "hours": [first, {"hour": "01"}, second]}
    assert RecordedDay.from_api(day) == RecordedDay(
        day=date(2026, 10, 25),
        hours=(
            RecordedHour(hour=2, objects=7, events=1, duration=5400.5),
            RecordedHour(hour=1, objects=None, events=None, duration=None),
        ),
    )


@pytest.mark.parametrize(
    "day",
    [
        "",
        "last24Hours",
        "2026-02-30",
        "2026-2-3",
        "20260203",
        "2026-02-03T00",
        20260203,
    ],
)
def test_what_is_no_day_is_left_out(day: Any) -> None:
    data = {"day": day, "total_alert": 1, "total_detection": 1, "hours": []}
    assert ReviewDay.from_api(data) is None
    assert RecordedDay.from_api(data) is None


def test_junk_in_a_day_is_unknown() -> None:
    for junk in JUNK:
        data = {"day": "2026-11-26", "total_alert": junk, "total_detection": 5}
        review = ReviewDay.from_api(data)
        assert review is not None
        assert review.detections == 5
        assert review.alerts is None or review.alerts >= 0
        recorded = RecordedDay.from_api({"day": "2026-11-26", "hours": junk})
        assert recorded == RecordedDay(day=date(2026, 11, 26), hours=())
        item = {"hour": "05", "objects": junk, "events": junk, "duration": junk}
        found = RecordedDay.from_api({"day": "2026-11-26", "hours": [item, junk]})
        assert found is not None
        assert [one.hour for one in found.hours] == [5]


@pytest.mark.parametrize(
    "answer",
    [
        http_answer(200, b"<html>", "text/html"),
        answering(5),
        answering([5]),
        answering([{"day": "x"}]),
        answering({"2026-11-26": {"day": "2026-11-26"}}),
    ],
)
async def test_another_answer_than_days_is_refused(
    connect: Connect, answer: bytes
) -> None:
    async with wire_server(answer, answer, answering([])) as server:
        client = connect(server.url)
        with pytest.raises((FrigateDataError, FrigateHTMLError)):
            await client.recordings.summary("front_door", ZONE)
        with pytest.raises((FrigateDataError, FrigateHTMLError)):
            await client.reviews.days(ZONE)
        assert await client.recordings.summary("front_door", ZONE) == ()


async def test_numbers_without_any_item_are_zero(connect: Connect) -> None:
    nothing = {"total_alert": None, "total_detection": None}
    answer = {"last24Hours": nothing, "2026-11-26": {"day": "2026-11-26", **nothing}}
    async with wire_server(answering(answer)) as server:
        days = await connect(server.url).reviews.days("UTC")
    assert days == (ReviewDay(day=date(2026, 11, 26), alerts=0, detections=0),)


# Labels and searching


@EVERY_VERSION
async def test_labels_are_listed(frigate: FakeFrigate, client: FrigateClient) -> None:
    frigate.add_event("front_door", "person")
    frigate.add_event("Portones", "car")
    assert await client.events.labels() == ("car", "person")
    frigate.fail("/api/labels", Fault.garbage())
    with pytest.raises(FrigateDataError):
        await client.events.labels("Portones")
    assert sent(frigate, "/api/labels")[-1].query == {"camera": "Portones"}


@EVERY_VERSION
async def test_persons_and_plates_are_listed_one_by_one(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.add_event("front_door", sub_label="Ana, José")
    frigate.add_event("front_door", sub_label="Ana")
    car = frigate.add_event("Portones", "car")
    car.data["recognized_license_plate"] = "AB-123"
    assert await client.events.sub_labels() == ("Ana", "José")
    assert await client.events.plates() == ("AB-123",)
    for path in ("/api/sub_labels", "/api/recognized_license_plates"):
        frigate.fail(path, Fault.garbage())
    for listed in (client.events.sub_labels, client.events.plates):
        with pytest.raises(FrigateDataError):
            await listed()


async def test_a_label_also_finds_objects_that_were_recognized(
    connect: Connect,
) -> None:
    async with wire_server(answering([])) as server:
        wanted = ReviewFilter(labels=["person", "car-verified"], zones=["yard", "a"])
        assert await connect(server.url).reviews.list(wanted) == ()
    labels = "labels=person,person-verified,car,car-verified"
    assert labels in server.targets[0]
    assert "zones=yard,a" in server.targets[0]


async def test_plates_filter_events(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.events.list(EventFilter(plates=["ABC123", "XYZ789"]))
    query = sent(frigate, "/api/events")[0].query
    assert query["recognized_license_plate"] == "ABC123,XYZ789"


async def test_events_are_searched_in_words(connect: Connect) -> None:
    found = {"id": "1.5-a", "camera": "yard", "search_distance": -0.1}
    other = {"id": "2.5-b", "camera": "yard"}
    disabled = {"success": False, "message": "Semantic search is not enabled"}
    nothing = {"success": False, "message": "A search query must be supplied"}
    answers = (
        answering(disabled, 400),
        answering(nothing, 400),
        # An event is listed once for each review item that it is in.
        answering([found, found, other]),
        answering([other, found]),
    )
    async with wire_server(*answers) as server:
        events = connect(server.url).events
        with pytest.raises(FrigateSearchDisabledError):
            await events.search("a red car")
        with pytest.raises(FrigateBadRequestError) as caught:
            await events.search("")
        assert not isinstance(caught.value, FrigateSearchDisabledError)
        event = Event.from_api(found)
        assert event is not None
        nearest = FoundEvent(event=event, distance=-0.1)
        wanted = EventFilter(cameras=["yard"], labels=["car"], limit=5)
        answer = await events.search("a red & blue car", wanted)
        assert answer[0] == nearest
        assert [(one.event.event_id, one.distance) for one in answer] == [
            ("1.5-a", -0.1),
            ("2.5-b", None),
        ]
        wanted = EventFilter(zones=["porch"], sub_labels=["Ana"], after=1, limit=1)
        (one,) = await events.similar("1.5-a", wanted)
        assert one.event.event_id == "2.5-b"
    queries = [one.partition("?") for one in server.targets[-2:]]
    assert {path for path, _, _ in queries} == {"/api/events/search"}
    common = {"limit=1000", "include_thumbnails=0"}
    assert [set(query.split("&")) - common for _, _, query in queries] == [
        {
            "query=a+red+%26+blue+car",
            "search_type=thumbnail,description",
            "cameras=yard",
            "labels=car",
        },
        {
            "event_id=1.5-a",
            "search_type=similarity",
            "zones=porch",
            "sub_labels=Ana",
            "after=1",
        },
    ]
    assert all(common <= set(query.split("&")) for _, _, query in queries)


# Watching


async def test_an_export_is_watched_from_anywhere(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    now = frigate.state.clock()
    file = frigate.add_export("front_door", now - 130, now - 100).file

    async def read(header: str) -> tuple[int, bytes]:
        asked = ByteRange.parse(header)
        async with client.files.export_range(file, byte_range=asked) as stream:
            return stream.status, b"".join([one async for one in stream.chunks()])

    status, whole = await read("")
    assert status == 200
    assert await read("bytes=1000-1999") == (206, whole[1000:2000])
    assert await read("bytes=-7") == (206, whole[-7:])
    with pytest.raises(FrigateRangeError) as caught:
        await read(f"bytes={len(whole)}-")
    assert caught.value.size == len(whole)
    async with client.files.export_range(file, method="HEAD") as stream:
        assert stream.content_length == len(whole)
    with pytest.raises(FrigateNotFoundError):
        async with client.files.export_range("nobody.mp4"):
            pytest.fail("This is no file")


async def test_a_preview_is_watched(connect: Connect) -> None:
    part = {"Content-Range": "bytes 0-2/9"}
    async with wire_server(
        http_answer(206, b"abc", "video/mp4", part),
        answering({"message": "Preview not found"}, 404),
        http_answer(200, b"GIF8", "image/gif"),
    ) as server:
        reviews = connect(server.url).reviews
        asked = ByteRange.parse("bytes=0-2")
        async with reviews.preview("1.5-a", byte_range=asked) as stream:
            assert [one async for one in stream.chunks()] == [b"abc"]
        for kind in (FrigateNotFoundError, FrigateDataError):
            with pytest.raises(kind):
                async with reviews.preview("1.5-a"):
                    pytest.fail("This is no preview")
    assert set(server.targets) == {"/api/review/1.5-a/preview?format=mp4"}


@pytest.mark.parametrize(
    ("fault", "in_the_middle"), [(Fault.stall(), False), (Fault.stall_body(1000), True)]
)
async def test_a_video_without_data_ends_after_15_seconds(
    frigate: FakeFrigate,
    client: FrigateClient,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
    in_the_middle: bool,
) -> None:
    now = frigate.state.clock()
    file = frigate.add_export("front_door", now - 130, now - 100).file
    frigate.fail("/exports/", fault)

    arrived = asyncio.Event()

    async def watch() -> None:
        async with client.files.export_range(file) as stream:
            async for _piece in stream.chunks():
                arrived.set()

    task = asyncio.ensure_future(watch())
    await (arrived.wait() if in_the_middle else frigate.wait_for_requests(1))
    await turns()
    freezer.tick(14)
    await turns()
    assert not task.done()
    freezer.tick(2)
    with pytest.raises(FrigateTimeoutError):
        await task
    frigate.clear_faults()
    arrived.clear()
    await watch()
    assert arrived.is_set()


@SINCE_018
async def test_a_login_that_was_lost_is_renewed_once_for_a_video(
    frigate: FakeFrigate, connect: Connect
) -> None:
    now = frigate.state.clock()
    file = frigate.add_export("front_door", now - 130, now - 100).file
    client = connect(frigate.external_url, **VIEWER)
    asked = ByteRange.parse("bytes=5-9")
    assert await client.system.stats()
    frigate.revoke_sessions()
    for _ in range(2):
        async with client.files.export_range(file, byte_range=asked) as stream:
            assert (stream.status, stream.content_length) == (206, 5)
    assert logins(frigate) == 2


@SINCE_018
async def test_a_restricted_role_gets_nothing_of_other_cameras(
    frigate: FakeFrigate, connect: Connect
) -> None:
    now = frigate.state.clock()
    event = frigate.add_event("front_door")
    review = frigate.add_review("front_door")
    export = frigate.add_export("front_door", now - 130, now - 100)
    client = connect(frigate.external_url, **GATE)
    path = f"/media/frigate/clips/export/{export.id}.webp"
    for call in (
        client.events.thumbnail(event.id),
        client.reviews.thumbnail("front_door", review.id),
        client.exports.thumbnail(_export(path)),
        client.events.labels("front_door"),
        client.recordings.summary("front_door", ZONE),
    ):
        with pytest.raises(FrigateForbiddenError):
            await call
    own = frigate.add_event("Portones")
    assert (await client.events.thumbnail(own.id)).content
