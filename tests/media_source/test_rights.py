"""What somebody may not see is not listed, not counted, and does not exist."""

from datetime import date

import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.frigate_http.const import CONF_CAMERAS
from custom_components.frigate_http.media_ids import (
    EventSnapshot,
    EventVideo,
    ExportsFolder,
    ExportVideo,
    Form,
    Grouping,
    MediaId,
    ObjectsFolder,
    ObjectsOfCamera,
    ObjectsOfLabel,
    RecordingsFolder,
    RecordingsOfCamera,
    RecordingsOfDay,
    RecordingVideo,
    ReviewPreview,
    ReviewsFolder,
    ReviewsGrouped,
    ReviewsOfCamera,
    ReviewsOfDay,
    ReviewVideo,
    Severity,
)
from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import (
    Unresolvable,
    async_browse_media,
    async_resolve_media,
)
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from tests.common import ADMIN, VIEWER
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.services.common import camera_entity
from tests.test_permissions import member, visitor
from tests.versions import EVERY_VERSION

from .common import Browser, Node, Refused, browser_of
from .test_playing import GONE

DOOR, GATE = "front_door", "Portones"
RESTRICTED = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
DAY = date(2026, 11, 23)

pytestmark = pytest.mark.usefixtures("fixed_time")


def record(frigate: FakeFrigate, entry_id: str, camera: str) -> list[MediaId]:
    """Let a camera have recorded something of each kind; return what that can be played."""
    now = frigate.state.clock()
    review = frigate.add_review(camera, ago=600).id
    event = frigate.add_event(camera, ago=600, has_clip=True, has_snapshot=True).id
    export = frigate.add_export(camera, now - 600, now - 500).id
    return [
        ReviewVideo(entry_id, Form.HLS, review),
        ReviewPreview(entry_id, review),
        EventVideo(entry_id, Form.HLS, event),
        EventSnapshot(entry_id, event),
        RecordingVideo(entry_id, Form.HLS, camera, now - 600, now - 500),
        ExportVideo(entry_id, export),
    ]


def folders_of(entry_id: str, camera: str) -> list[MediaId]:
    """Return the folders of a camera."""
    return [
        ReviewsOfCamera(entry_id, Severity.ALERT, camera),
        ObjectsOfCamera(entry_id, camera),
        ObjectsOfLabel(entry_id, camera, "person"),
        RecordingsOfCamera(entry_id, camera),
        RecordingsOfDay(entry_id, camera, DAY),
    ]


def folders_of_all(entry_id: str) -> list[MediaId]:
    """Return the folders in which there may be several cameras."""
    return [
        ReviewsFolder(entry_id, Severity.ALERT),
        ReviewsGrouped(entry_id, Severity.ALERT, Grouping.CAMERAS),
        ReviewsOfDay(entry_id, Severity.ALERT, DAY),
        ObjectsFolder(entry_id),
        RecordingsFolder(entry_id),
        ExportsFolder(entry_id),
    ]


def shows(node: Node, camera: str) -> bool:
    """Return whether something tells of a camera."""
    name = {DOOR: "Front door", GATE: "Portones"}[camera]
    return name in node["title"] or camera in node["media_content_id"]


async def check(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser, seen: set[str]
) -> None:
    """Check everything that a browser shows, if it may show these cameras."""
    entry_id = entry.entry_id
    items = {one: record(frigate, entry_id, one) for one in (DOOR, GATE)}
    for where in folders_of_all(entry_id):
        children = await browser.children(where)
        found = {one for one in items if any(shows(node, one) for node in children)}
        assert found == seen, where
    days = await browser.titles(ReviewsGrouped(entry_id, Severity.ALERT, Grouping.DAYS))
    assert days == ([f"2026-11-23 · Alerts: {len(seen)}"] if seen else [])
    for camera, playable in items.items():
        for item in playable:
            if camera in seen:
                await browser.resolve(item)
            else:
                with pytest.raises(Refused, match=GONE):
                    await browser.resolve(item)
        for where in (*folders_of(entry_id, camera), playable[0], playable[2]):
            if camera in seen:
                assert await browser.children(where), where
            else:
                with pytest.raises(Refused, match=GONE):
                    await browser.open(where)


@EVERY_VERSION
@pytest.mark.parametrize(
    ("login", "seen"),
    [
        pytest.param(ADMIN, {DOOR, GATE}, id="administrator"),
        pytest.param(VIEWER, {DOOR, GATE}, id="viewer"),
        pytest.param(RESTRICTED, {GATE}, id="restricted"),
    ],
)
async def test_accounts_of_frigate(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    hass_ws_client: WebSocketGenerator,
    login: dict[str, str],
    seen: set[str],
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **login))
    await check(frigate, entry, Browser(await hass_ws_client(hass)), seen)


@EVERY_VERSION
@pytest.mark.parametrize("seen", [{DOOR}, set()], ids=len)
async def test_users_of_home_assistant(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    seen: set[str],
) -> None:
    user = (
        visitor(hass, *(camera_entity(hass, entry, one) for one in seen), read=True)
        if seen
        else member(hass, {})
    )
    browser = await browser_of(hass, hass_ws_client, user)
    await check(frigate, entry, browser, seen)


async def test_an_unknown_id_is_answered_like_that_of_another_camera(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    user = visitor(hass, camera_entity(hass, entry, DOOR), read=True)
    browser = await browser_of(hass, hass_ws_client, user)
    entry_id, nobody = entry.entry_id, "1795435000.25-abcdef"
    for item in (
        ReviewVideo(entry_id, Form.HLS, nobody),
        ReviewPreview(entry_id, nobody),
        EventVideo(entry_id, Form.MP4, nobody),
        EventSnapshot(entry_id, nobody),
        ExportVideo(entry_id, nobody),
        RecordingVideo(entry_id, Form.HLS, "nobody", 1.0, 2.0),
        RecordingVideo(entry_id, Form.MP4, GATE, 1.0, 2.0),
    ):
        with pytest.raises(Refused, match=GONE):
            await browser.resolve(item)
    for where in folders_of(entry_id, "nobody"):
        with pytest.raises(Refused, match=GONE):
            await browser.open(where)


async def test_a_right_that_was_lost_meanwhile(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    user = visitor(hass, camera_entity(hass, entry, GATE), read=True)
    browser = await browser_of(hass, hass_ws_client, user)
    where = ReviewsFolder(entry.entry_id, Severity.ALERT)
    item = record(frigate, entry.entry_id, GATE)[0]
    assert len(await browser.children(where)) == 3
    await browser.resolve(item)

    user.mock_policy({})
    user.invalidate_cache()
    assert len(await browser.children(where)) == 2
    with pytest.raises(Refused, match=GONE):
        await browser.resolve(item)


async def test_automations_see_everything(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    items = record(frigate, entry.entry_id, DOOR)
    where = ReviewsFolder(entry.entry_id, Severity.ALERT)
    folder = await async_browse_media(hass, where.media_content_id)
    assert folder.children is not None
    assert len(folder.children) == 3
    for item in items:
        await async_resolve_media(hass, item.media_content_id, None)
    unknown = ReviewVideo(entry.entry_id, Form.HLS, "1.5-a").media_content_id
    with pytest.raises(Unresolvable) as refused:
        await async_resolve_media(hass, unknown, None)
    assert refused.value.translation_key == "media_not_found"
    with pytest.raises(BrowseError) as caught:
        await async_browse_media(hass, unknown)
    assert caught.value.translation_key == "media_not_found"


async def test_an_automation_has_the_rights_of_whoever_has_set_it_off(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    item = record(frigate, entry.entry_id, GATE)[0].media_content_id
    played: list[bool] = []

    async def play(_call: ServiceCall) -> None:
        try:
            await async_resolve_media(hass, item, None)
        except Unresolvable:
            played.append(False)
        else:
            played.append(True)

    hass.services.async_register("test", "play", play)
    automation = {
        "triggers": {"trigger": "state", "entity_id": "input_boolean.bell"},
        "actions": {"action": "test.play"},
    }
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"bell": {}}}
    )
    assert await async_setup_component(hass, "automation", {"automation": automation})
    guest = member(hass, {"entities": {"domains": {"input_boolean": True}}})
    refresh = await hass.auth.async_create_refresh_token(guest, CLIENT_ID)
    socket = await hass_ws_client(hass, hass.auth.async_create_access_token(refresh))
    bell = {"entity_id": "input_boolean.bell"}

    await socket.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "input_boolean",
            "service": "toggle",
            "target": bell,
        }
    )
    assert (await socket.receive_json())["success"]
    await hass.async_block_till_done()
    assert played == [False]
    await hass.services.async_call("input_boolean", "toggle", bell, blocking=True)
    await hass.async_block_till_done()
    assert played == [False, True]


async def test_cameras_that_are_not_selected_are_not_listed(
    hass: HomeAssistant, frigate: FakeFrigate, hass_ws_client: WebSocketGenerator
) -> None:
    entry = make_entry(frigate.internal_url, options={CONF_CAMERAS: [GATE]})
    await set_up(hass, entry)
    browser = Browser(await hass_ws_client(hass))
    for camera in (DOOR, GATE):
        record(frigate, entry.entry_id, camera)
    children = await browser.children(ReviewsFolder(entry.entry_id, Severity.ALERT))
    assert [shows(one, GATE) for one in children] == [False, False, True]
    where = ExportsFolder(entry.entry_id)
    for exports in (
        await browser.children(where),
        await browser.search("2026", where),
    ):
        assert [shows(one, GATE) for one in exports] == [True]
