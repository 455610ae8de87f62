"""The files that nginx serves itself: thumbnails, snapshots, their validators, its memory."""

from io import BytesIO
import math

import aiohttp
from PIL import Image
import pytest

from tests.contract.client import Answer, bearer, fetch
from tests.fake_frigate import FakeFrigate, WrongClock
from tests.fake_frigate.open_files import REMEMBERED_SECONDS
from tests.versions import EVERY_VERSION, WITH_016


async def _ask(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    path: str,
    user: str = "admin",
    method: str = "GET",
    **headers: str,
) -> Answer:
    credentials = bearer(server, user)["headers"]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = server.external_url + path
    return await fetch(session, url, method, headers={**credentials, **named})


def _size(answer: Answer) -> tuple[str | None, tuple[int, int]]:
    with Image.open(BytesIO(answer.body)) as opened:
        return opened.format, opened.size


@WITH_016
async def test_thumbnails_of_reviews(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    first, second = (server.add_review("front_door", ago=60) for _ in range(2))
    rows = (await _ask(session, server, "/api/review?reviewed=2")).json
    paths = [row["thumb_path"].removeprefix("/media/frigate") for row in rows]
    pictures = [await _ask(session, server, path) for path in paths]
    assert {path.rpartition("/")[2] for path in paths} == {
        f"thumb-front_door-{each.id}.webp" for each in (first, second)
    }
    assert [_size(each) for each in pictures] == [("WEBP", (320, 180))] * 2
    assert pictures[0].body != pictures[1].body
    assert len(pictures[0].body) < 6000
    again = await _ask(session, server, paths[0])
    assert again.body == pictures[0].body
    assert again.headers["Content-Type"] == "application/octet-stream"
    assert again.headers.getall("Cache-Control") == ["max-age=604800", "public"]
    missing = await _ask(session, server, "/clips/review/thumb-front_door-1-nope.webp")
    assert (missing.status, missing.headers["Content-Type"]) == (404, "text/html")
    posted = await _ask(session, server, paths[0], method="POST")
    assert (posted.status, posted.headers["Content-Type"]) == (405, "text/html")


@EVERY_VERSION
async def test_conditions_and_ranges(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    review = server.add_review("front_door")
    path = f"/clips/review/thumb-front_door-{review.id}.webp"
    whole = await _ask(session, server, path)
    size, etag = len(whole.body), whole.headers["ETag"]
    written = whole.headers["Last-Modified"]
    head = await _ask(session, server, path, method="HEAD")
    assert (head.headers["Content-Length"], head.body) == (str(size), b"")
    for name, value in (("If_None_Match", etag), ("If_Modified_Since", written)):
        same = await _ask(session, server, path, **{name: value})
        assert (same.status, same.body, same.headers["ETag"]) == (304, b"", etag)
        assert "Expires" in same.headers
    other = await _ask(session, server, path, If_None_Match='"other"')
    assert (other.status, other.body) == (200, whole.body)
    for wanted, start, end in (
        ("bytes=0-9", 0, 10),
        (f"bytes={size - 1}-", size - 1, size),
        ("bytes=-5", size - 5, size),
        (f"bytes=3-{size + 9}", 3, size),
    ):
        part = await _ask(session, server, path, Range=wanted)
        assert (part.status, part.body) == (206, whole.body[start:end])
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["ETag"] == etag
    for wanted in (f"bytes={size}-", "bytes=abc", "bytes=-", "bytes=9-5"):
        beyond = await _ask(session, server, path, Range=wanted)
        assert (beyond.status, beyond.headers["Content-Range"]) == (
            416,
            f"bytes */{size}",
        )
    several = await _ask(session, server, path, Range="bytes=0-1,4-5")
    assert several.status == 206
    assert several.headers["Content-Type"].startswith("multipart/byteranges")
    assert several.body.count(b"Content-Range: bytes") == 2
    for validator, status in ((etag, 206), (written, 206), ('"other"', 200)):
        answer = await _ask(
            session, server, path, Range="bytes=0-9", If_Range=validator
        )
        assert answer.status == status


@EVERY_VERSION
async def test_who_may_see_which_file(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    is_018 = version == "0.18"
    now = server.state.clock()
    for camera, status in (("front_door", 403 if is_018 else 200), ("Portones", 200)):
        event, review = server.add_event(camera), server.add_review(camera)
        for path in (
            f"/clips/review/thumb-{camera}-{review.id}.webp",
            f"/clips/thumbs/{camera}/{event.id}.webp",
            f"/clips/{camera}-{event.id}-clean.webp",
        ):
            found = await _ask(session, server, path, "gate1")
            assert found.status == status, path
            assert (await _ask(session, server, path, "viewer1")).status == 200
            assert (await fetch(session, server.external_url + path)).status == 401
        export = server.add_export(camera, now - 60, now - 40)
        path = f"/clips/export/{export.id}.webp"
        found = await _ask(session, server, path, "gate1")
        assert found.status == (403 if is_018 else 200)
        assert _size(await _ask(session, server, path, "viewer1"))[0] == "WEBP"
        photo = await _ask(session, server, f"/clips/{camera}-{event.id}.jpg")
        assert photo.status == (404 if is_018 else 200)
        assert is_018 or photo.headers["Content-Type"] == "image/jpeg"
    unknown = await _ask(session, server, "/clips/whatever.webp", "gate1")
    assert unknown.status == (403 if is_018 else 404)


@EVERY_VERSION
async def test_an_export_without_a_picture(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    now = server.state.clock()
    export = server.add_export("Portones", now - 60, now - 50, has_picture=False)
    (row,) = (await _ask(session, server, "/api/exports")).json
    assert row["thumb_path"] == ""
    path = f"/clips/export/{export.id}.webp"
    assert (await _ask(session, server, path)).status == 404


@EVERY_VERSION
@pytest.mark.parametrize("kind", ["export", "thumbnail"])
async def test_nginx_remembers_files_for_two_minutes(
    session: aiohttp.ClientSession, server: FakeFrigate, kind: str
) -> None:
    now = server.state.clock()
    if kind == "export":
        export = server.add_export(
            "front_door", now - 60, now - 58, id="front_door_abcdef"
        )
        path, rows = f"/exports/{export.file}", server.state.exporter.exports
        rows.clear()
    else:
        review = server.add_review("front_door")
        path = f"/clips/review/thumb-front_door-{review.id}.webp"
        server.state.database.reviews.clear()
    assert (await _ask(session, server, path)).status == 404
    if kind == "export":
        rows.append(export)
    else:
        server.state.database.reviews[review.id] = review
    assert (await _ask(session, server, path)).status == 404
    server.state.clock = WrongClock(REMEMBERED_SECONDS)
    there = await _ask(session, server, path)
    assert there.status == 200
    server.state.exporter.exports.clear()
    server.state.database.reviews.clear()
    assert (await _ask(session, server, path)).body == there.body
    server.state.clock = WrongClock(2 * REMEMBERED_SECONDS)
    assert (await _ask(session, server, path)).status == 404


@EVERY_VERSION
async def test_pictures_of_events(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    is_018 = version == "0.18"
    event, other = server.add_event("front_door"), server.add_event("front_door")
    running = server.add_event("front_door", duration=None)
    path = f"/api/events/{event.id}"
    for name, kind, size in (
        ("thumbnail.jpg", "JPEG", (175, 175)),
        ("thumbnail.webp", "WEBP", (175, 175)),
        ("thumbnail.png", "PNG", (175, 175)),
        ("thumbnail.jpg?format=android", "JPEG", (350, 175)),
        ("snapshot.jpg", "JPEG", (320, 180)),
        ("snapshot.jpg?height=90", "JPEG", (160, 90) if is_018 else (320, 180)),
        ("snapshot-clean.webp", "WEBP", (320, 180)),
    ):
        answer = await _ask(session, server, f"{path}/{name}")
        assert _size(answer) == (kind, size), name
        days = 365 if name.startswith("snapshot") else 30
        kept = f"private, max-age={days * 24 * 3600}"
        assert answer.headers["Cache-Control"] == kept
        framed = is_018 and name.startswith("snapshot.")
        assert ("X-Frame-Time" in answer.headers) == framed
        ask = await _ask(session, server, f"{path}/{name}", method="HEAD")
        assert ask.status == 405
        same = await _ask(session, server, f"{path}/{name}", Range="bytes=0-9")
        assert (same.status, same.body) == (200, answer.body)
    shown = await _ask(session, server, f"{path}/thumbnail.jpg")
    different = await _ask(session, server, f"/api/events/{other.id}/thumbnail.jpg")
    assert different.status == 200
    small = await _ask(
        session, server, f"/api/events/{running.id}/snapshot.jpg?height=90"
    )
    assert _size(small) == ("JPEG", (160, 90))
    assert small.headers["Cache-Control"] == "no-store"
    assert (await _ask(session, server, f"{path}/thumbnail.jpg")).body == shown.body
    for name, status in (
        ("thumbnail.gif", 422),
        ("snapshot.webp", 404),
        ("snapshot-clean.png", 404),
        ("snapshot.jpg?height=abc", 422),
    ):
        assert (await _ask(session, server, f"{path}/{name}")).status == status
    hidden = await _ask(session, server, f"{path}/snapshot.jpg", "gate1")
    assert (hidden.status, hidden.json["message"]) == (404, "Unknown error occurred")
    for name in ("thumbnail.webp", "snapshot-clean.webp"):
        refused = await _ask(session, server, f"{path}/{name}", "gate1")
        assert refused.status == 403


@EVERY_VERSION
async def test_previews_of_reviews(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    noon = 1795694400.0
    server.state.clock = lambda: noon + 1800
    server.record_only("front_door", (noon, math.inf))
    review = server.add_review("front_door", ago=100, duration=32)
    path = f"/api/review/{review.id}/preview"
    first, last = review.start_time - 8, review.start_time + 40
    gif = await _ask(session, server, path)
    assert _size(gif) == ("GIF", (320, 180))
    assert gif.headers["Cache-Control"] == "no-store"
    assert (await _ask(session, server, f"{path}?format=gif", "gate1")).status == 403
    whole = await _ask(session, server, f"{path}?format=mp4")
    assert whole.body[4:8] == b"ftyp"
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers.getall("Cache-Control") == ["private, max-age=604800"]
    name = f"preview_front_door_{first}-{last}.mp4"
    assert whole.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert whole.cache is None
    size = len(whole.body)
    part = await _ask(session, server, f"{path}?format=any", Range="bytes=5-9")
    assert (part.status, part.body) == (206, whole.body[5:10])
    assert part.headers["Accept-Ranges"] == "bytes"
    beyond = await _ask(session, server, f"{path}?format=mp4", Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    head = await _ask(session, server, f"{path}?format=mp4", method="HEAD")
    assert (head.headers["Content-Length"], head.body) == (str(size), b"")
    span = f"/api/front_door/start/{first}/end/{last}"
    moving = await _ask(session, server, f"{span}/preview.gif")
    assert (moving.body, _size(moving)) == (gif.body, ("GIF", (320, 180)))
    assert moving.headers["Cache-Control"] == "private, max-age=2592000"
    video = await _ask(session, server, f"{span}/preview.mp4")
    assert video.body == whole.body
    running = server.add_review("front_door", ago=2, duration=None)
    now = await _ask(session, server, f"/api/review/{running.id}/preview?format=mp4")
    assert now.status == 200


@EVERY_VERSION
async def test_previews_that_there_are_not(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    noon = 1795694400.0
    server.state.clock = lambda: noon + 1800
    server.record_only("front_door", (noon - 3600, noon - 1800), (noon, noon + 60))
    for path, text in (
        ("/api/review/nope/preview?format=mp4", "Review segment not found"),
        ("/api/front_door/start/1000/end/1060/preview.gif", "Preview not found"),
        ("/api/front_door/start/1000/end/1060/preview.mp4", "Preview not found"),
        (f"/api/nope/start/{noon}/end/{noon + 9}/preview.mp4", "Preview not found"),
        (
            f"/api/front_door/start/{noon + 90}/end/{noon + 99}/preview.mp4",
            "Preview not found",
        ),
    ):
        answer = await _ask(session, server, path)
        assert (answer.status, answer.json["message"]) == (404, text), path
    for start in (noon + 10, noon - 3000):
        path = f"/api/front_door/start/{start}/end/{start + 20}/preview.mp4"
        assert (await _ask(session, server, path)).status == 200


@EVERY_VERSION
async def test_what_nobody_recorded(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    noon = 1795694400
    server.state.clock = lambda: noon + 0.0
    server.record_only("front_door", (noon - 600, noon - 300))
    server.record_only("Portones", (noon - 200, noon - 100))
    window = f"after={noon - 600}&before={noon}"
    gaps = {
        f"cameras=front_door&{window}": [(noon - 300, noon)],
        f"cameras=Portones&{window}": [(noon - 600, noon - 210), (noon - 90, noon)],
        f"cameras=front_door,Portones&{window}": [
            (noon - 300, noon - 210),
            (noon - 90, noon),
        ],
        f"cameras=front_door,nobody&{window}&scale=60": [(noon - 300, noon)],
        "cameras=nobody": [],
    }
    for query, expected in gaps.items():
        rows = (
            await _ask(session, server, f"/api/recordings/unavailable?{query}")
        ).json
        found = [(row["start_time"], row["end_time"]) for row in rows]
        assert found == expected, query
    for query in ("", "cameras=front_door", f"cameras=front_door&after={noon - 600}"):
        answer = await _ask(session, server, f"/api/recordings/unavailable?{query}")
        assert (answer.status, answer.body) == (500, b"Internal Server Error"), query
    every = await _ask(session, server, f"/api/recordings/unavailable?{window}")
    assert every.status == (200 if version == "0.18" else 500)


@EVERY_VERSION
async def test_files_of_exports(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    is_018 = version == "0.18"
    now = server.state.clock()
    foreign = server.add_export("front_door", now - 60, now - 58)
    own = server.add_export("Portones", now - 60, now - 58)
    path = f"/exports/{own.file}"
    whole = await _ask(session, server, f"{path}?x=1", "gate1")
    etag, written = whole.headers["ETag"], whole.headers["Last-Modified"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert "Expires" not in whole.headers
    assert etag.endswith(f'-{len(whole.body):x}"')
    for validator, status in ((etag, 206), (written, 206), ('"other"', 200)):
        answer = await _ask(
            session, server, path, Range="bytes=0-9", If_Range=validator
        )
        assert answer.status == status
    assert (await _ask(session, server, path, If_None_Match=etag)).status == 304
    for name, expected in ((foreign.file, 200), ("nope.mp4", 404)):
        answer = await _ask(session, server, f"/exports/{name}", "gate1", "HEAD")
        assert answer.status == (403 if is_018 else expected)
        assert (
            await _ask(session, server, f"/exports/{name}", "viewer1", "HEAD")
        ).status == expected


@EVERY_VERSION
async def test_files_of_recordings(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    noon = 1795694400.0
    server.state.clock = lambda: noon + 60
    server.record_only("front_door", (noon, noon + 30))
    path = "/recordings/2026-11-26/12/front_door/00.10.mp4"
    whole = await _ask(session, server, path)
    assert (whole.status, whole.headers["Content-Type"]) == (200, "video/mp4")
    assert whole.body[4:8] == b"ftyp"
    part = await _ask(session, server, path, Range="bytes=4-7")
    assert (part.status, part.body) == (206, b"ftyp")
    assert "Expires" not in whole.headers
    for name in ("00.05.mp4", "00.40.mp4", "99.99.mp4", "nope"):
        missing = f"/recordings/2026-11-26/12/front_door/{name}"
        assert (await _ask(session, server, missing)).status == 404
    gate = await _ask(session, server, path, "gate1")
    assert gate.status == (403 if version == "0.18" else 200)
    server.cut_recordings("front_door", noon)
    assert (await _ask(session, server, path)).body == whole.body
    server.state.clock = lambda: noon + 60 + REMEMBERED_SECONDS
    assert (await _ask(session, server, path)).status == 404
