"""The cameras' still images, their states, and birdseye."""

import asyncio
from io import BytesIO
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from homeassistant.components.camera import async_get_image
from homeassistant.components.camera.helper import get_camera_from_entity_id
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from tests.common import (
    CONFIG_READ,
    add_everything,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    sent,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault, Request
from tests.fake_frigate.answers import Answer
from tests.versions import EVERY_VERSION, WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

CAMERA = "camera.front_door"
LATEST = "/api/front_door/latest.jpg"
BIRDSEYE = ("camera", "server:birdseye")
BIRDSEYE_CAMERA = "camera.frigate_birdseye"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>steal()</script></svg>"


def size(content: bytes) -> tuple[int, int]:
    """Return the size of a picture that must be a JPEG."""
    picture = Image.open(BytesIO(content))
    assert picture.format == "JPEG"
    return picture.size


def stills(frigate: FakeFrigate, path: str = LATEST) -> list[Request]:
    return sent(frigate, path)


def camera_state(hass: HomeAssistant, entity: str = CAMERA) -> State:
    state = hass.states.get(entity)
    assert state is not None
    return state


def viewer_of(hass: HomeAssistant) -> asyncio.Task[bytes | None]:
    """Return a task that waits for a picture, as Home Assistant's own do."""
    entity = get_camera_from_entity_id(hass, CAMERA)
    return asyncio.create_task(entity.async_camera_image())


def fetches() -> int:
    """Return how many still images of the front door are being fetched."""
    tasks = (task for task in asyncio.all_tasks() if not task.done())
    return sum("still image of front_door" in task.get_name() for task in tasks)


async def leave(viewer: asyncio.Task[bytes | None]) -> None:
    """Let somebody no longer wait for a picture."""
    viewer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await viewer


@WITH_016
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.CAMERA])
    # The access token stands in the state.
    monkeypatch.setattr("random.SystemRandom.getrandbits", lambda _random, bits: bits)
    add_everything(frigate)
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@pytest.mark.parametrize(
    ("asked", "wanted", "expected"),
    [
        pytest.param({}, {}, (320, 180), id="any"),
        pytest.param({"height": "90"}, {"height": "90"}, (160, 90), id="height"),
        pytest.param(
            {"height": "120", "width": "640"}, {"height": "120"}, (213, 120), id="both"
        ),
        pytest.param({"width": "160"}, {"height": "90"}, (160, 90), id="width"),
        # A larger picture would cost much and show no more.
        pytest.param({"height": "4000"}, {"height": "180"}, (320, 180), id="huge"),
        pytest.param({"width": "9999"}, {"height": "180"}, (320, 180), id="wide"),
        pytest.param({"height": "0"}, {"height": "1"}, (1, 1), id="nothing"),
    ],
)
async def test_a_still_has_the_height_asked_for_but_no_more_than_there_is(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    asked: dict[str, str],
    wanted: dict[str, str],
    expected: tuple[int, int],
) -> None:
    client = await hass_client()
    answer = await client.get(f"/api/camera_proxy/{CAMERA}", params=asked)
    assert answer.status == 200
    assert answer.content_type == "image/jpeg"
    assert size(await answer.read()) == expected
    (request,) = stills(frigate)
    assert request.query == wanted


async def test_other_integrations_get_images_too(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    first = await async_get_image(hass, CAMERA, width=160, height=90)
    second = await async_get_image(hass, CAMERA, width=160, height=90)
    assert first.content_type == "image/jpeg"
    assert size(first.content) == (160, 90)
    # Each time the newest one.
    assert first.content != second.content
    assert len(stills(frigate)) == 2


async def test_the_height_is_not_limited_by_a_size_that_is_not_known(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    camera: dict[str, Any] = {"enabled": True, "detect": {"width": None}}
    frigate.fail("/api/config", Fault.json({"cameras": {"front_door": camera}}))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert is_available(hass, entry, "camera", "camera:front_door")
    assert size((await async_get_image(hass, CAMERA, height=360)).content) == (640, 360)
    assert size((await async_get_image(hass, CAMERA, width=9)).content) == (320, 180)


async def test_an_answer_that_is_no_image_is_an_error_and_the_next_image_is_shown(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    subtests: pytest.Subtests,
) -> None:
    client = await hass_client()
    for name, fault, key in (
        ("500", Fault.status(500), "server_error"),
        ("502", Fault.status(502), "starting"),
        ("404", Fault.status(404), "not_found"),
        ("403", Fault.status(403), "forbidden"),
        ("401", Fault.status(401), "invalid_auth"),
        ("page", Fault.html(), "not_frigate"),
        ("garbage", Fault.garbage(), "not_frigate"),
        ("json", Fault.json({"success": True}), "not_frigate"),
        ("redirect", Fault.redirect("/login"), "login_redirect"),
        ("dropped", Fault.drop(), "cannot_connect"),
        ("cut off", Fault.drop_body(), "cannot_connect"),
    ):
        with subtests.test(name):
            frigate.fail(LATEST, fault)
            assert (await client.get(f"/api/camera_proxy/{CAMERA}")).status == 500
            with pytest.raises(HomeAssistantError) as caught:
                await async_get_image(hass, CAMERA)
            assert caught.value.translation_key == key

        frigate.clear_faults()
        answer = await client.get(f"/api/camera_proxy/{CAMERA}")
        assert answer.status == 200
        assert size(await answer.read()) == (320, 180)


@pytest.mark.parametrize("claimed", ["image/svg+xml", "image/jpeg", "text/plain", None])
async def test_the_type_of_a_still_is_the_one_that_the_bytes_say(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    claimed: str | None,
) -> None:
    frigate.state.birdseye = True
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    client = await hass_client()
    for path, camera in ((LATEST, CAMERA), ("/api/birdseye/", BIRDSEYE_CAMERA)):
        url = f"/api/camera_proxy/{camera}"
        for script in (SVG, b"<?xml version='1.0'?>" + SVG, b"\n<!doctype html>"):
            frigate.fail(path, Fault("answer", Answer(200, script, claimed)))
            assert (await client.get(url)).status == 500
            with pytest.raises(HomeAssistantError) as caught:
                await async_get_image(hass, camera)
            assert caught.value.translation_key == "not_frigate"
        png = b"\x89PNG\r\n\x1a\n"
        frigate.fail(path, Fault("answer", Answer(200, png, claimed)))
        answer = await client.get(url)
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert await answer.read() == png

        frigate.clear_faults()
        answer = await client.get(url)
        assert (answer.status, answer.content_type) == (200, "image/jpeg")


async def test_simultaneous_viewers_share_one_request(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    views = [
        asyncio.create_task(client.get(f"/api/camera_proxy/{CAMERA}")) for _ in range(5)
    ]
    inside = [asyncio.create_task(async_get_image(hass, CAMERA)) for _ in range(3)]
    other_size = asyncio.create_task(async_get_image(hass, CAMERA, height=90))
    other_camera = asyncio.create_task(async_get_image(hass, "camera.portones"))
    await frigate.wait_for_requests(3)
    # All five have reached Home Assistant once it has answered one more request each.
    await asyncio.gather(*(client.get("/api/") for _ in views))
    frigate.clear_faults()

    answers = await asyncio.gather(*views)
    pictures = {await answer.read() for answer in answers}
    pictures |= {image.content for image in await asyncio.gather(*inside)}
    assert len(pictures) == 1
    assert size((await other_size).content) == (160, 90)
    assert (await other_camera).content not in pictures
    assert [request.query for request in stills(frigate)] == [{}, {"height": "90"}]

    # What comes later is not served the old picture.
    assert (await async_get_image(hass, CAMERA)).content not in pictures


async def test_an_error_is_shared_as_well_and_not_kept(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(LATEST, Fault.status(500), times=1)
    asked = (async_get_image(hass, CAMERA) for _ in range(3))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [HomeAssistantError] * 3
    assert size((await async_get_image(hass, CAMERA)).content) == (320, 180)


@pytest.mark.parametrize("leaving", [0, 1])
async def test_a_viewer_who_leaves_does_not_cancel_the_others(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, leaving: int
) -> None:
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    viewers = [viewer_of(hass) for _ in range(2)]
    await frigate.wait_for_requests(1)
    await leave(viewers[leaving])
    frigate.clear_faults()
    assert size(await viewers[1 - leaving] or b"") == (320, 180)
    assert len(stills(frigate)) == 1


async def test_a_fetch_ends_with_its_last_viewer(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(LATEST, Fault.stall(), times=1)
    frigate.clear_requests()
    viewers = [viewer_of(hass) for _ in range(2)]
    await frigate.wait_for_requests(1)
    await leave(viewers[0])
    assert fetches() == 1
    await leave(viewers[1])
    # It is over although Frigate has never answered, and the next viewer is not part of it.
    newcomer = viewer_of(hass)
    assert size(await newcomer or b"") == (320, 180)
    assert fetches() == 0
    assert len(stills(frigate)) == 2


async def test_the_first_of_several_failures_is_logged_and_the_end_of_them(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.fail(LATEST, Fault.status(500), times=3)
    for _ in range(3):
        with pytest.raises(HomeAssistantError):
            await async_get_image(hass, CAMERA)
    for _ in range(2):
        await async_get_image(hass, CAMERA)
    about = [(one.levelname, one.message) for one in caplog.records]
    said = [(level, text) for level, text in about if "of front_door" in text]
    assert [level for level, _text in said] == ["WARNING", "INFO"]
    assert said[0][1].startswith("Frigate sends no image of front_door: ")
    assert said[1][1] == "Frigate sends images of front_door again"


async def test_when_all_viewers_leave_nothing_is_left(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.fail(LATEST, Fault.stall(), times=1)
    frigate.clear_requests()
    viewer = viewer_of(hass)
    await frigate.wait_for_requests(1)
    await leave(viewer)
    await frigate.refuse()
    await hass.async_block_till_done(wait_background_tasks=True)
    # That the server is gone is told by who polls it.
    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert {one.funcName for one in errors} <= {"_async_refresh"}

    await frigate.resume()
    assert size((await async_get_image(hass, CAMERA)).content) == (320, 180)


async def test_unloading_ends_the_wait_for_an_image(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    viewers = [viewer_of(hass) for _ in range(2)]
    inside = asyncio.create_task(async_get_image(hass, CAMERA))
    await frigate.wait_for_requests(1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    for viewer in (*viewers, inside):
        # Not a cancellation: that would end the automation which wants the picture.
        with pytest.raises(HomeAssistantError) as caught:
            await viewer
        assert caught.value.translation_key == "closed"
    frigate.clear_faults()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert size((await async_get_image(hass, CAMERA)).content) == (320, 180)


async def test_the_state_shows_recording_and_motion_detection(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    for enabled, recording, motion, expected in (
        (True, True, True, ("recording", True)),
        (True, False, True, ("idle", True)),
        # Nothing is recorded of a camera that is switched off.
        (False, True, True, ("idle", True)),
        (True, True, False, ("recording", None)),
        (True, True, True, ("recording", True)),
    ):
        camera.enabled, camera.recording, camera.motion = enabled, recording, motion
        await pass_time(hass, freezer, CONFIG_READ)
        state = camera_state(hass)
        shown = (state.state, state.attributes.get("motion_detection"))
        assert shown == expected


async def test_a_camera_is_unavailable_when_it_is_gone_or_the_server_down(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()

    async def picture() -> int:
        return (await client.get(f"/api/camera_proxy/{CAMERA}")).status

    camera = frigate.state.cameras["front_door"]
    frigate.remove_camera("front_door")
    await pass_time(hass, freezer)
    assert camera_state(hass).state == "unavailable"
    assert await picture() == 500
    frigate.state.cameras["front_door"] = camera
    await pass_time(hass, freezer)
    assert camera_state(hass).state == "recording"

    await frigate.refuse()
    await pass_polls(hass, freezer, 2)
    assert camera_state(hass).state == "unavailable"
    assert await picture() == 500
    await frigate.resume()
    await pass_time(hass, freezer)
    assert camera_state(hass).state == "recording"
    assert await picture() == 200


@EVERY_VERSION
@pytest.mark.parametrize("setting", ["online", "enabled"])
async def test_without_a_live_image_the_one_from_frigate_is_shown(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    setting: str,
) -> None:
    setattr(frigate.state.cameras["front_door"], setting, False)
    await pass_polls(hass, freezer, 2)
    assert camera_state(hass).state != "unavailable"
    image = await async_get_image(hass, CAMERA, height=90)
    # 0.18 says in a header that this is its last one; 0.17 draws one that says so.
    assert size(image.content) == (160, 90)


@EVERY_VERSION
@pytest.mark.parametrize(
    ("user", "password", "cameras"),
    [
        ("viewer1", "viewer-password-1", {"front_door", "Portones"}),
        ("gate1", "gate-password-1!", {"Portones"}),
    ],
)
async def test_an_account_sees_the_cameras_it_may(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    user: str,
    password: str,
    cameras: set[str],
) -> None:
    account = {CONF_USERNAME: user, CONF_PASSWORD: password}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    registered = {
        name
        for name in frigate.state.cameras
        if is_registered(hass, entry, "camera", f"camera:{name}")
    }
    assert registered == cameras
    for name in cameras:
        entity = entity_id(hass, entry, "camera", f"camera:{name}")
        assert size((await async_get_image(hass, entity or "")).content) == (320, 180)


async def test_birdseye_is_a_camera_while_it_is_restreamed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert not is_registered(hass, entry, *BIRDSEYE)
    frigate.state.birdseye = True
    await pass_time(hass, freezer, CONFIG_READ)
    assert state_of(hass, entry, *BIRDSEYE) == "idle"
    birdseye = entity_id(hass, entry, *BIRDSEYE)
    assert birdseye is not None
    picture = await async_get_image(hass, birdseye, height=360)
    assert size(picture.content) == (640, 360)

    frigate.state.birdseye = False
    await pass_time(hass, freezer, CONFIG_READ)
    assert not is_available(hass, entry, *BIRDSEYE)
    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, birdseye)
    frigate.state.birdseye = True
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_available(hass, entry, *BIRDSEYE)
