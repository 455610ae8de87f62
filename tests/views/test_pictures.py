"""Thumbnails and snapshots, seen through Home Assistant."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.media_owners import MediaOwners
from custom_components.frigate_http.view_urls import event_url, export_url, review_url
from custom_components.frigate_http.views import jpeg
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import current_request
from tests.clock import all_waits
from tests.common import ADMIN, VIEWER, reauths
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.versions import EVERY_VERSION, WITH_016

from .common import Watcher, guest_of, length_of, watcher_of

pytestmark = pytest.mark.usefixtures("fixed_time")

DOOR, GATE = "front_door", "Portones"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>steal()</script></svg>"
GATEKEEPER = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}


@dataclass(frozen=True)
class Kind:
    """A kind of picture."""

    add: Callable[..., str]
    """Adds an item of a camera, and returns its id."""
    path: str
    """Matches the path of the picture at the server."""
    url: Callable[[str, str], str]

    def of(self, entry: MockConfigEntry, item_id: str) -> str:
        """Return the path of a picture at Home Assistant."""
        return self.url(entry.entry_id, item_id)


def _add_review(frigate: FakeFrigate, camera: str, **how: Any) -> str:
    return frigate.add_review(camera, **how).id


def _add_event(frigate: FakeFrigate, camera: str, **how: Any) -> str:
    return frigate.add_event(camera, **how).id


def _add_export(frigate: FakeFrigate, camera: str, **how: Any) -> str:
    start = frigate.state.clock() - 600
    return frigate.add_export(camera, start, start + 3, **how).id


REVIEW = Kind(
    _add_review,
    "/clips/review/",
    lambda entry_id, item_id: review_url(entry_id, item_id, "thumbnail"),
)
THUMBNAIL = Kind(
    _add_event,
    "/api/events/[^/]+/thumbnail",
    lambda entry_id, item_id: event_url(entry_id, item_id, "thumbnail"),
)
SNAPSHOT = Kind(
    _add_event,
    "/api/events/[^/]+/snapshot",
    lambda entry_id, item_id: event_url(entry_id, item_id, "snapshot"),
)
EXPORT = Kind(
    _add_export,
    "/clips/export/",
    lambda entry_id, item_id: export_url(entry_id, item_id, "thumbnail"),
)
KINDS = {
    "review": REVIEW,
    "event": THUMBNAIL,
    "snapshot": SNAPSHOT,
    "export": EXPORT,
}


@WITH_016
@pytest.mark.parametrize("account", [ADMIN, VIEWER], ids=["admin", "viewer"])
async def test_pictures_are_seen_and_kept(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    watcher: Watcher,
    account: dict[str, str],
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    for kind in KINDS.values():
        url = kind.of(entry, kind.add(frigate, DOOR))
        seen = await watcher.see(url)
        assert seen.status == 200
        assert seen.headers["Content-Type"] == "image/jpeg"
        assert seen.headers["Cache-Control"] == "private, max-age=86400"
        assert length_of(seen) == len(seen.body) > 100
        tag = seen.headers["ETag"]
        known = await watcher.see(url, If_None_Match=f'"old", {tag}')
        assert (known.status, known.body) == (304, b"")
        assert known.headers["ETag"] == tag
        assert (await watcher.see(url, If_None_Match='"old"')).body == seen.body
        head = await watcher.see(url, "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert length_of(head) == len(seen.body)


async def test_the_picture_of_what_goes_on_is_asked_for_again(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    for kind in (REVIEW, THUMBNAIL, SNAPSHOT):
        url = kind.of(entry, kind.add(frigate, DOOR, duration=None))
        frigate.fail(kind.path, Fault("answer", Answer(200, PNG, "image/png")))
        first = await watcher.see(url)
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = await watcher.see(url, If_None_Match=first.headers["ETag"])
        assert again.status == 304
        frigate.clear_faults()
        better = await watcher.see(url, If_None_Match=first.headers["ETag"])
        assert better.status == 200
        assert better.body != first.body


async def test_the_thumbnail_of_an_export_is_not_asked_for_too_early(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    url = EXPORT.of(entry, export_id := EXPORT.add(frigate, DOOR, status="running"))
    assert await watcher.status(url) == 404
    assert not [one for one in frigate.requests if one.path.startswith("/clips/")]
    row = frigate.state.exporter.row(export_id)
    assert row is not None
    row.status = "success"
    # Frigate's nginx keeps what it says of exports for five seconds.
    freezer.tick(6)
    assert await watcher.status(url) == 200
    without = EXPORT.of(entry, EXPORT.add(frigate, DOOR, has_picture=False))
    frigate.clear_requests()
    assert await watcher.status(without) == 404
    assert not [one for one in frigate.requests if one.path.startswith("/clips/")]


@EVERY_VERSION
async def test_who_may_see_one_camera_learns_nothing_of_the_others(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
    for kind in KINDS.values():
        assert await guest.status(kind.of(entry, kind.add(frigate, DOOR))) == 200
        foreign = kind.of(entry, kind.add(frigate, GATE))
        unknown = await guest.see(kind.of(entry, "1795435200.123456-nobody"))
        assert unknown.status == 404
        for _time in range(2):
            seen = await guest.see(foreign)
            assert (seen.status, seen.body) == (unknown.status, unknown.body)
            assert set(seen.headers) == set(unknown.headers)


@EVERY_VERSION
async def test_a_restricted_account_shows_no_other_camera(
    hass: HomeAssistant, frigate: FakeFrigate, watcher: Watcher
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **GATEKEEPER))
    for name, kind in KINDS.items():
        own = await watcher.status(kind.of(entry, kind.add(frigate, GATE)))
        # 0.18 keeps the thumbnails of exports from restricted roles.
        expected = 404 if name == "export" and frigate.state.is_018 else 200
        assert own == expected, name
        item_id = kind.add(frigate, DOOR)
        assert await watcher.status(kind.of(entry, item_id)) == 404
    # 0.17 would hand it out to everybody.
    asked = [one.path for one in frigate.requests if DOOR in one.path]
    assert not [one for one in asked if one.startswith("/clips/")]


async def test_those_who_ask_for_the_same_picture_share_one_request(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    for kind in KINDS.values():
        url = kind.of(entry, kind.add(frigate, DOOR))
        await watcher.see(url)
        frigate.clear_requests()
        frigate.fail(kind.path, Fault.stall())
        askers = [asyncio.create_task(watcher.see(url)) for _ in range(4)]
        await frigate.wait_for_requests(1)
        await all_waits()
        (task,) = _fetches()
        # It is for all of them, so it must not run as the one who came first.
        assert task.get_context().get(current_request) is None
        askers[0].cancel()
        await asyncio.wait(askers[:1])
        await all_waits()
        frigate.clear_faults()
        seen = await asyncio.gather(*askers[1:])
        assert {one.status for one in seen} == {200}
        assert len({one.body for one in seen}) == 1
        assert len(frigate.requests) == 1


async def test_a_picture_that_nobody_waits_for_is_no_longer_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    url = REVIEW.of(entry, REVIEW.add(frigate, DOOR))
    frigate.fail(REVIEW.path, Fault.stall())
    asker = asyncio.create_task(watcher.see(url))
    await frigate.wait_for_open(REVIEW.path, 1)
    assert len(_fetches()) == 1
    asker.cancel()
    # The server notices, since the task has closed its connection before it ends.
    await frigate.wait_for_open(REVIEW.path, 0)
    assert not _fetches()

    frigate.clear_faults()
    assert await watcher.status(url) == 200

    frigate.fail(REVIEW.path, Fault.stall())
    asker = asyncio.create_task(watcher.see(url))
    await frigate.wait_for_open(REVIEW.path, 1)
    assert len(_fetches()) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert not _fetches()
    assert (await asker).status == 503
    assert await watcher.status(url) == 503

    frigate.clear_faults()
    await hass.config_entries.async_setup(entry.entry_id)
    assert await watcher.status(url) == 200


def _fetches() -> list[asyncio.Task[Any]]:
    tasks = (one for one in asyncio.all_tasks() if not one.done())
    return [one for one in tasks if "picture of api:" in one.get_name()]


async def test_only_pictures_are_passed_on_and_errors_say_nothing(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    urls = {kind.of(entry, kind.add(frigate, DOOR)): kind for kind in KINDS.values()}
    for fault, status in (
        (Fault("answer", Answer(200, SVG, "image/svg+xml")), 502),
        (Fault("answer", Answer(200, SVG, "image/jpeg")), 502),
        (Fault("answer", Answer(200, b"", "image/jpeg")), 502),
        (Fault("answer", Answer(200, b"\n<!doctype html>", "image/webp")), 502),
        (Fault.html(), 502),
        (Fault.huge(17 * 2**20), 502),
        (Fault.endless(), 502),
        (Fault.drop(), 502),
        (Fault.drop_body(), 502),
        (Fault.redirect("/login"), 502),
        (Fault.status(500), 502),
        (Fault.status(502), 503),
        (Fault.status(403), 404),
        (Fault.status(404), 404),
    ):
        for url, kind in urls.items():
            frigate.fail(kind.path, fault)
            seen = await watcher.see(url)
            assert seen.status == status, fault
            assert seen.headers["Cache-Control"] == "no-store"
            assert seen.body == f"{status}: {REASONS[status]}".encode()
    frigate.clear_faults()
    assert [await watcher.status(url) for url in urls] == [200] * len(urls)

    await frigate.refuse()
    assert [await watcher.status(url) for url in urls] == [502] * len(urls)
    await frigate.resume()
    assert [await watcher.status(url) for url in urls] == [200] * len(urls)


async def test_a_picture_that_cannot_be_converted_is_a_clean_error(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = REVIEW.of(entry, REVIEW.add(frigate, DOOR))
    whole = (await watcher.see(url)).body
    for content in (
        WEBP[: len(WEBP) // 2],
        b"RIFF\x00\x00\x00\x00WEBP",
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(50),
        # A small file that would need 1 GB of memory.
        claims(16_383),
    ):
        frigate.fail(REVIEW.path, Fault("answer", Answer(200, content, "image/webp")))
        seen = await watcher.see(url)
        assert (seen.status, seen.body) == (502, b"502: Bad Gateway")
        assert seen.headers["Cache-Control"] == "no-store"
    frigate.clear_faults()
    assert (await watcher.see(url)).body == whole
    with Image.open(BytesIO(whole)) as shown:
        width, height = shown.size
    for most, status in ((width * height, 200), (width * height - 1, 502)):
        monkeypatch.setattr(jpeg, "MAX_PIXELS", most)
        assert await watcher.status(url) == status


async def test_what_ios_would_not_show_is_made_smaller(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = SNAPSHOT.of(entry, SNAPSHOT.add(frigate, DOOR))
    wide = picture("PNG", (4000, 10))
    frigate.fail(SNAPSHOT.path, Fault("answer", Answer(200, wide, "image/png")))
    assert (await watcher.see(url)).body == wide
    monkeypatch.setattr(jpeg, "MAX_BYTES", len(wide) - 1)
    seen = await watcher.see(url)
    assert seen.headers["Content-Type"] == "image/jpeg"
    with Image.open(BytesIO(seen.body)) as smaller:
        assert (smaller.format, smaller.size) == ("JPEG", (3840, 10))


def picture(kind: str, size: tuple[int, int]) -> bytes:
    """Return a picture of one color."""
    out = BytesIO()
    Image.new("RGB", size).save(out, kind)
    return out.getvalue()


def claims(side: int) -> bytes:
    """Return a WebP that says of itself that it is so large, and has nothing in it."""
    edge = (side - 1).to_bytes(3, "little")
    chunks = b"VP8X\x0a\x00\x00\x00" + bytes(4) + edge * 2 + b"VP8 " + bytes(4)
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks


WEBP = picture("WEBP", (320, 180))


REASONS = {404: "Not Found", 502: "Bad Gateway", 503: "Service Unavailable"}


@EVERY_VERSION
async def test_a_lost_login_is_renewed_once(
    hass: HomeAssistant, frigate: FakeFrigate, watcher: Watcher
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    urls = [kind.of(entry, kind.add(frigate, DOOR)) for kind in KINDS.values()]
    frigate.revoke_sessions()
    frigate.clear_requests()
    seen = await asyncio.gather(*map(watcher.see, urls))
    assert {one.status for one in seen} == {200}
    assert sum(one.path == "/api/login" for one in frigate.requests) == 1
    assert not reauths(hass)

    frigate.state.users["admin"].password = "another-password-2"
    frigate.revoke_sessions()
    seen = await asyncio.gather(*map(watcher.see, urls))
    # A 401 would count as a failed login at Home Assistant.
    assert {one.status for one in seen} == {502}
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(reauths(hass)) == 1


@EVERY_VERSION
async def test_what_was_listed_costs_one_request_a_picture(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    client = entry.runtime_data.client
    owners: MediaOwners = entry.runtime_data.owners
    ids = [kind.add(frigate, DOOR) for kind in KINDS.values()]
    owners.remember_reviews((await client.reviews.get(ids[0]),))
    owners.remember_events([await client.events.get(one) for one in ids[1:3]])
    owners.remember_exports(await client.exports.list())
    frigate.clear_requests()
    for kind, item_id in zip(KINDS.values(), ids, strict=True):
        assert await watcher.status(kind.of(entry, item_id)) == 200
    assert len(frigate.requests) == len(KINDS)

    # What was deleted since is not there any more.
    deleted = REVIEW.add(frigate, DOOR)
    owners.remember_reviews((await client.reviews.get(deleted),))
    frigate.state.database.reviews.clear()
    assert await watcher.status(REVIEW.of(entry, deleted)) == 404
