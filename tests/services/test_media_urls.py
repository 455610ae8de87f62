"""Links that receivers without a login open, and who may have them made."""

import math
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.frigate_http.views.tokens import TOKEN_LIFETIME
from homeassistant.components.http import auth
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import Context, HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.util import dt as dt_util
from tests.clock import in_time
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import folders
from tests.fake_frigate import FakeFrigate
from tests.mp4.material import Scene
from tests.versions import EVERY_VERSION, WITH_016
from tests.views.common import guest_of
from tests.views.player import Player

from .common import at, call, camera_entity, invalid

__all__ = ["folders"]

pytestmark = pytest.mark.usefixtures("fixed_time", "folders")

DOOR, GATE = "front_door", "Portones"
UNKNOWN: Any = "1795451690.505339-nobody"
SMALL = Scene(width=64, height=48, fps=2, sound=None)
TYPES = {
    "thumbnail": "image/jpeg",
    "snapshot": "image/jpeg",
    "clip": "video/mp4",
    "hls": "application/vnd.apple.mpegurl",
    "preview": "video/mp4",
}


@pytest.fixture
def receiver(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> Player:
    """Return somebody without a login."""
    return Player(hass, hass_client_no_auth)


def things(frigate: FakeFrigate, camera: str = DOOR) -> dict[str, Any]:
    """Let there be something of each kind that has an id."""
    frigate.state.footage.show(camera, SMALL, 0)
    now = frigate.state.clock()
    return {
        "review_id": frigate.add_review(camera, ago=300).id,
        "event_id": frigate.add_event(camera, ago=300).id,
        "export_id": frigate.add_export(camera, now - 630, now - 600).id,
    }


def url_of(answer: Any, kind: str) -> str:
    """Return a link of an answer."""
    found: str = answer[kind]["url"]
    return found


async def status(receiver: Player, url: str, method: str = "GET") -> int:
    """Return the status of an answer, whoever it is from."""
    async with await receiver.open(url, method) as answer:
        return answer.status


@WITH_016
async def test_links_open_without_a_login(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    receiver: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    kinds: dict[str, Any] = {}
    for field, item_id in things(frigate).items():
        answer: Any = await call(hass, "get_media_urls", **{field: item_id})
        kinds[field] = [one for one in answer if one != "valid_until"]
        now = dt_util.utcnow().timestamp()
        assert answer["valid_until"] == at(now + 3600)
        for kind in kinds[field]:
            assert answer[kind]["content_type"] == TYPES[kind]
            seen = await receiver.see(url_of(answer, kind))
            assert seen.status == 200
            assert seen.headers["Content-Type"] == TYPES[kind]
        freezer.tick(1)
    assert kinds == {
        "review_id": ["thumbnail", "snapshot", "clip", "hls", "preview"],
        "event_id": ["thumbnail", "snapshot", "clip", "hls", "preview"],
        "export_id": ["thumbnail", "clip"],
    }


async def test_cameras_are_answered_by_their_entity_ids(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, receiver: Player
) -> None:
    things(frigate)
    things(frigate, GATE)
    entities = [camera_entity(hass, entry, one) for one in (DOOR, GATE)]
    start = frigate.state.clock() - 1000
    fields: dict[str, Any] = {"cameras": entities, "start_time": start}
    answer: Any = await call(hass, "get_media_urls", **fields, duration=60)
    assert [*answer] == entities
    for entity_id in entities:
        kinds = ["snapshot", "clip", "hls", "preview"]
        assert [*answer[entity_id]] == [*kinds, "valid_until"]
        for kind in ("snapshot", "clip", "preview"):
            seen = await receiver.see(url_of(answer[entity_id], kind))
            assert (seen.status, seen.headers["Content-Type"]) == (200, TYPES[kind])
        await receiver.play(url_of(answer[entity_id], "hls"))
    # One file is for ten minutes at most, and a stream for less than three hours.
    answer = await call(hass, "get_media_urls", **fields, duration=700)
    assert answer[entities[0]]["clip"] is None
    await receiver.play(url_of(answer[entities[0]], "hls"))
    clip = {**fields, "kinds": "clip"}
    assert (
        await invalid(hass, "get_media_urls", **clip, duration=700) == "no_such_media"
    )
    fields["start_time"] = start - 10_000
    assert (
        await invalid(hass, "get_media_urls", **fields, duration=9901)
        == "clip_too_long"
    )


async def test_a_link_is_for_one_path_and_some_time(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    receiver: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    review_id = things(frigate)["review_id"]
    answer: Any = await call(
        hass, "get_media_urls", review_id=review_id, kinds=["snapshot"], expires=600
    )
    assert answer["valid_until"] == at(dt_util.utcnow().timestamp() + 600)
    assert [*answer] == ["snapshot", "valid_until"]
    url = url_of(answer, "snapshot")
    path = url.partition("?")[0]
    for altered in (
        path,
        url[:-2],
        f"{url}x",
        f"{url}&crop=1",
        url.replace("snapshot.jpg", "clip.mp4"),
        url.replace(review_id, UNKNOWN),
        url.replace("frigate_http/", "frigate_http//"),
    ):
        assert await status(receiver, altered) in {401, 404}, altered
    assert await status(receiver, url, "HEAD") == 200
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert await status(receiver, url, method) in {401, 405}
    freezer.tick(599)
    assert await status(receiver, url) == 200
    freezer.tick(2)
    assert await status(receiver, url) == 401


async def test_a_link_for_the_app_is_for_what_the_app_makes_of_it(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, receiver: Player
) -> None:
    answer: Any = await call(
        hass, "get_media_urls", **_first(things(frigate)), for_app=True
    )
    for kind in ("snapshot", "hls"):
        url = url_of(answer, kind)
        # The app for iOS puts it first, and the one for Android last.
        path, signature = url.split("?")
        assert await status(receiver, f"{path}?external_auth=1&{signature}") == 200
        assert await status(receiver, f"{url}&external_auth=1") == 200
        for other in (url, f"{url}&external_auth=2", f"{url}&external_auth=1&crop=1"):
            assert await status(receiver, other) == 401


async def test_links_end_with_a_restart_and_pause_with_the_entry(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    receiver: Player,
) -> None:
    answer: Any = await call(hass, "get_media_urls", **_first(things(frigate)))
    url = url_of(answer, "snapshot")
    assert await status(receiver, url) == 200
    await hass.config_entries.async_unload(entry.entry_id)
    assert await status(receiver, url) == 503
    await hass.config_entries.async_setup(entry.entry_id)
    assert await status(receiver, url) == 200
    # Home Assistant makes up a new secret with each start.
    del hass.data[auth.DATA_SIGN_SECRET]
    assert await status(receiver, url) == 401
    answer = await call(hass, "get_media_urls", **_first(things(frigate)))
    assert await status(receiver, url_of(answer, "snapshot")) == 200


def _first(of: dict[str, Any]) -> dict[str, Any]:
    return {"review_id": of["review_id"]}


async def test_a_stream_ends_with_its_link(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    receiver: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    item = _first(things(frigate))
    for lifetime in (120, TOKEN_LIFETIME + 120):
        answer: Any = await call(
            hass, "get_media_urls", **item, kinds="hls", expires=lifetime
        )
        video = await receiver.play(url_of(answer, "hls"))
        # However often the playlist is read.
        for seconds in (lifetime / 2, lifetime / 2 - 1):
            freezer.tick(seconds)
            assert await receiver.status(video.url) == 200
        assert await receiver.status(video.file("seg-1")) == 200
        freezer.tick(2)
        for url in (video.url, video.file("init-"), video.file("seg-1")):
            assert await receiver.status(url) == 404
        assert await status(receiver, url_of(answer, "hls")) == 401


async def test_a_stream_of_what_has_just_begun_is_waited_for(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    receiver: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.record_only(DOOR, (frigate.state.clock() - 2, math.inf))
    frigate.state.footage.show(DOOR, SMALL, 0)
    item: dict[str, Any] = {
        "review_id": frigate.add_review(DOOR, ago=1, duration=None).id
    }
    answer, seconds = await in_time(
        freezer, call(hass, "get_media_urls", **item, kinds="hls")
    )
    assert 2 < seconds <= 20
    assert not [one for one in frigate.requests if one.path.startswith("/vod/")]
    await receiver.play(url_of(answer, "hls"))
    # Whoever does not ask for it does not wait.
    item = {"review_id": frigate.add_review(DOOR, ago=1, duration=None).id}
    assert (await in_time(freezer, call(hass, "get_media_urls", **item)))[1] == 0
    frigate.record_only(DOOR)
    gone: dict[str, Any] = {
        "review_id": frigate.add_review(DOOR, ago=1, duration=None).id
    }
    refused, seconds = await in_time(
        freezer, invalid(hass, "get_media_urls", **gone, kinds="hls")
    )
    assert refused == "no_such_media"
    assert 20 <= seconds <= 22


async def test_who_loses_the_camera_while_a_stream_is_waited_for_gets_no_link(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.record_only(DOOR, (frigate.state.clock() - 2, math.inf))
    item = {"review_id": frigate.add_review(DOOR, ago=1, duration=None).id}
    guest = guest_of(hass, entry, DOOR)

    async def ask() -> str:
        with pytest.raises(HomeAssistantError) as caught:
            await call(
                hass, "get_media_urls", Context(user_id=guest.id), **item, kinds="hls"
            )
        return caught.value.translation_key or ""

    lost, seconds = await in_time(
        freezer, ask(), meanwhile={5.0: lambda: guest.mock_policy({})}
    )
    assert (lost, seconds > 5) == ("no_such_media", True)


async def test_what_a_call_must_be_about(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    of = things(frigate)
    review = {"review_id": of["review_id"]}
    door = {"cameras": camera_entity(hass, entry)}
    for expected, data in (
        ("one_source", {}),
        ("one_source", {"duration": 60}),
        ("one_source", {**review, "event_id": of["event_id"]}),
        ("one_source", {**review, **door}),
        ("one_source", {**review, "duration": 60}),
        ("one_source", door),
        ("bad_period", {**door, "start_time": 60}),
        ("field cameras", {"cameras": "sensor.x", "duration": 60}),
        ("field review_id", {"review_id": "../config"}),
        ("field kinds", {**review, "kinds": ["film"]}),
        ("field kinds", {**review, "kinds": []}),
        ("not_a_duration", {**review, "expires": 86_401}),
        ("not_a_duration", {**review, "expires": 59}),
        ("field absolute", {**review, "absolute": "perhaps"}),
        ("no_such_media", {"export_id": of["export_id"], "kinds": ["preview"]}),
        ("no_such_media", {"export_id": of["export_id"], "kinds": ["clip", "hls"]}),
    ):
        assert await invalid(hass, "get_media_urls", **data) == expected, data
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "get_media_urls", export_id=of["export_id"], kinds="preview")
    assert caught.value.translation_placeholders == {
        "kinds": "preview",
        "available": "thumbnail, clip",
    }


async def test_what_an_item_does_not_have(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    bare = frigate.add_event(DOOR, has_clip=False, has_snapshot=False).id
    answer: Any = await call(hass, "get_media_urls", event_id=bare)
    assert [one for one, link in answer.items() if link is None] == [
        "snapshot",
        "clip",
        "hls",
        "preview",
    ]
    now = frigate.state.clock()
    running = frigate.add_export(DOOR, now - 60, now - 30, status="running").id
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "get_media_urls", export_id=running)
    assert caught.value.translation_key == "in_progress"


async def test_complete_urls_prefer_the_address_from_outside(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, receiver: Player
) -> None:
    item = {**_first(things(frigate)), "kinds": "snapshot", "absolute": True}
    hass.config.api = None
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "get_media_urls", **item)
    assert caught.value.translation_key == "no_own_url"
    for kind in ("internal", "external"):
        base = f"https://{kind}.example"
        await async_process_ha_core_config(hass, {f"{kind}_url": base})
        url = URL(url_of(await call(hass, "get_media_urls", **item), "snapshot"))
        assert str(url.origin()) == base
        assert await status(receiver, url.path_qs) == 200


@EVERY_VERSION
async def test_ids_of_other_cameras_are_as_unknown_as_any(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    guest = Context(user_id=guest_of(hass, entry, DOOR).id)
    own, foreign = things(frigate), things(frigate, GATE)
    for field, item_id in own.items():
        assert await call(hass, "get_media_urls", guest, **{field: item_id})
        errors = []
        for refused in (foreign[field], UNKNOWN):
            with pytest.raises(Unauthorized) as caught:
                await call(hass, "get_media_urls", guest, **{field: refused})
            errors.append((str(caught.value), vars(caught.value)))
        assert errors[0] == errors[1]
        with pytest.raises(HomeAssistantError) as known:
            await call(hass, "get_media_urls", **{field: UNKNOWN})
        assert known.value.translation_key == "not_known"


@EVERY_VERSION
async def test_an_account_for_one_camera_makes_no_links_to_others(
    hass: HomeAssistant, frigate: FakeFrigate, receiver: Player
) -> None:
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    await set_up(hass, make_entry(frigate.external_url, **account))
    own, foreign = things(frigate, GATE), things(frigate)
    answer = await call(hass, "get_media_urls", **_first(own))
    assert await status(receiver, url_of(answer, "snapshot")) == 200
    for field, item_id in foreign.items():
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "get_media_urls", **{field: item_id})
        assert caught.value.translation_key == "not_known"
    # The account may lose the camera later.
    frigate.state.roles["gate"] = [DOOR]
    await hass.config_entries.async_reload(
        hass.config_entries.async_entries("frigate_http")[0].entry_id
    )
    assert await status(receiver, url_of(answer, "snapshot")) == 404
