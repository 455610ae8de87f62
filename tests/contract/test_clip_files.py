"""The files that nginx serves itself: thumbnails, snapshots, their validators, its memory."""

from io import BytesIO

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
