"""Who may call which action, and what a user of some cameras learns of the others.

Every action is called as an automation, an administrator, a member of the read-only group
and a user of one camera, and must do what its row in the table of access says.
"""

from collections.abc import Callable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.services import ACTIONS
from custom_components.frigate_http.services.access import ACCESS, Access
from custom_components.frigate_http.services.action import CameraAction
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from tests.common import PUSH_KEY, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, Ptz
from tests.fake_frigate.face_images import face_image
from tests.services.common import (
    call,
    camera_entity,
    commands,
    kept_state,
    set_up_admin,
    set_up_viewer,
)
from tests.services.export_calls import past
from tests.versions import EVERY_VERSION, SINCE_018

OWN, FOREIGN = "front_door", "Portones"
PASSWORD = "long-enough-password"
UNKNOWN = "1795451690.505339-nobody"


@dataclass(frozen=True)
class Things:
    """What there is of a camera."""

    camera: str
    entity_id: str
    event: str
    review: str
    export: str


@dataclass(frozen=True)
class World:
    """A server with the same things of two cameras, and who may call its actions."""

    frigate: FakeFrigate
    media: Path
    own: Things
    foreign: Things
    callers: dict[str, Context]

    def files(self) -> list[Path]:
        """Return what has been downloaded."""
        return [one for one in self.media.rglob("*") if one.is_file()]


def things(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, camera: str
) -> Things:
    """Let there be an event, a review item and an export of a camera."""
    now = frigate.state.clock()
    return Things(
        camera,
        camera_entity(hass, entry, camera),
        frigate.add_event(camera, ago=300).id,
        frigate.add_review(camera, ago=300).id,
        frigate.add_export(camera, now - 630, now - 600).id,
    )


def owner_of(hass: HomeAssistant, *entity_ids: str) -> Context:
    """Return the context of a call by somebody who has a right to some entities only."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": dict.fromkeys(entity_ids, True)}})
    return Context(user_id=user.id)


async def member_of(hass: HomeAssistant, group_id: str) -> Context:
    """Return the context of a call by a member of a group of Home Assistant's."""
    group = await hass.auth.async_get_group(group_id)
    assert group is not None
    user = MockUser(groups=[group]).add_to_hass(hass)
    return Context(user_id=user.id)


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Let Home Assistant have a media folder."""
    folder = tmp_path.resolve() / "media"
    folder.mkdir()
    hass.config.config_dir = str(tmp_path.resolve())
    hass.config.media_dirs = {"local": str(folder)}
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


async def build(hass: HomeAssistant, frigate: FakeFrigate, media: Path) -> World:
    """Set up a server, with everything that an action may be about."""
    frigate.add_face("Eileen", 2)
    frigate.state.train_folder = True
    frigate.add_training_image()
    frigate.add_user("guest", PASSWORD)
    frigate.describe(objects=True)
    for camera in frigate.state.cameras.values():
        camera.ptz = Ptz()
    entry = await set_up_admin(hass, frigate)
    own, foreign = (things(hass, frigate, entry, one) for one in (OWN, FOREIGN))
    frigate.add_event_with_face(own.event)
    callers = {
        "automation": Context(),
        "administrator": await member_of(hass, GROUP_ID_ADMIN),
        "read-only user": await member_of(hass, GROUP_ID_READ_ONLY),
        "user of one camera": owner_of(hass, own.entity_id),
    }
    frigate.clear_requests()
    return World(frigate, media, own, foreign, callers)


@pytest.fixture
async def world(hass: HomeAssistant, frigate: FakeFrigate, media: Path) -> World:
    """Return a server with things of two cameras."""
    return await build(hass, frigate, media)


def face(frigate: FakeFrigate) -> str:
    """Return an image of somebody who is known."""
    return frigate.state.faces["Eileen"][0]


# How each action is called, about a camera where it is about one. What it is about is
# still there when its turn comes: what deletes comes last.
CALLS: dict[str, Callable[[World, Things], dict[str, Any]]] = {
    "get_status": lambda _world, _of: {},
    "get_users": lambda _world, _of: {},
    "create_user": lambda _world, _of: {"username": "new", "password": PASSWORD},
    "set_user_password": lambda _world, _of: {
        "username": "guest",
        "password": PASSWORD + "!",
    },
    "set_user_role": lambda _world, _of: {"username": "guest", "role": "admin"},
    "get_faces": lambda _world, _of: {},
    "reprocess_faces": lambda _world, _of: {},
    "train_face": lambda world, _of: {"name": "Eileen", "event_id": world.own.event},
    "create_face": lambda _world, _of: {"name": "Ana"},
    "register_face": lambda world, _of: {
        "name": "Eileen",
        "image_entity": world.own.entity_id,
    },
    "recognize_face": lambda _world, of: {"image_entity": of.entity_id},
    "create_export": lambda _world, of: {
        "entity_id": of.entity_id,
        # Nothing goes on at the server when the next action has its turn.
        "wait_for_result": True,
        **past(),
    },
    "get_exports": lambda _world, _of: {},
    "rename_export": lambda world, _of: {"export_id": world.own.export, "name": "Bell"},
    "get_previews": lambda _world, of: {"entity_id": of.entity_id, **past()},
    "get_media_urls": lambda _world, of: {"cameras": of.entity_id, **past()},
    "download_clip": lambda _world, of: {"entity_id": of.entity_id, **past(10)},
    "download_export": lambda _world, of: {"export_id": of.export},
    "download_event": lambda _world, of: {
        "event_id": of.event,
        "media_type": "snapshot",
    },
    "download_snapshot": lambda _world, of: {"entity_id": of.entity_id},
    "get_events": lambda _world, _of: {},
    "search_events": lambda _world, _of: {"text": "person"},
    "create_event": lambda world, _of: {
        "entity_id": world.own.entity_id,
        "label": "bell",
    },
    "end_event": lambda world, _of: {"event_id": world.own.event},
    "retain_event": lambda world, _of: {"event_id": world.own.event},
    "set_event_sub_label": lambda world, _of: {
        "event_id": world.own.event,
        "sub_label": "Ana",
    },
    "set_event_description": lambda world, _of: {
        "event_id": world.own.event,
        "description": "Ana waits",
    },
    "regenerate_event_description": lambda world, _of: {
        "event_id": world.own.event,
    },
    "get_reviews": lambda _world, _of: {},
    "summarize_reviews": lambda _world, _of: {"duration": 60},
    "mark_reviewed": lambda _world, of: {"review_ids": [of.review]},
    "snooze": lambda _world, of: {"entity_id": of.entity_id},
    "ptz": lambda _world, of: {"entity_id": of.entity_id, "action": "stop"},
    "suspend_notifications": lambda _world, of: {
        "entity_id": of.entity_id,
        "minutes": 5,
    },
    "get_logs": lambda _world, _of: {"log": "frigate"},
    "get_config_schema": lambda _world, _of: {"path": "record"},
    "get_push_public_key": lambda _world, _of: {},
    "get_take_over_report": lambda _world, _of: {},
    "register_push_subscription": lambda _world, _of: {
        "endpoint": "https://push.example/send/abc",
        "p256dh": PUSH_KEY,
        "auth": "A" * 22,
    },
    "rename_face": lambda _world, _of: {"name": "Ana", "new_name": "Bea"},
    "delete_face_images": lambda world, _of: {
        "name": "Eileen",
        "files": [face(world.frigate)],
    },
    "delete_face": lambda _world, _of: {"name": "Eileen"},
    "delete_exports": lambda world, _of: {"export_ids": [world.own.export]},
    "delete_event": lambda world, _of: {"event_id": world.own.event},
    "delete_user": lambda _world, _of: {"username": "guest"},
}
LISTS = ("get_status", "get_exports", "get_events", "search_events", "get_reviews")
"""Actions whose answer holds everything of every camera."""
CALLERS = ("automation", "administrator", "read-only user", "user of one camera")


async def answer_or_refusal(
    hass: HomeAssistant, action: str, context: Context, data: dict[str, Any]
) -> str | None:
    """Return the answer of an action as text, or None if the caller has no right to it."""
    try:
        return json.dumps(await call(hass, action, context, **data))
    except Unauthorized:
        return None


def is_refused(action: str, caller: str, camera: str) -> bool:
    """Return whether a call is refused, by the table of access."""
    if caller in {"automation", "administrator"}:
        return False
    is_read_only = caller == "read-only user"
    match ACCESS[action]:
        case Access.ADMIN:
            return True
        case Access.CONTROL:
            return is_read_only or camera == FOREIGN
        case Access.READ:
            # What is named must be visible.
            names_it = action not in LISTS and camera == FOREIGN
            return not is_read_only and names_it
        case Access.READ_ALL:
            return not is_read_only
        case Access.ANYONE:
            return False


def test_every_action_has_an_access() -> None:
    names = [action.name for action in ACTIONS]
    assert sorted(names) == sorted(ACCESS) == sorted(CALLS)
    for action in ACTIONS:
        if isinstance(action, CameraAction):
            assert action.access in {Access.CONTROL, Access.ADMIN}, action.name


async def test_every_registered_action_has_an_access(
    hass: HomeAssistant, world: World
) -> None:
    assert hass.services.async_services_for_domain(DOMAIN).keys() == ACCESS.keys()


@pytest.mark.parametrize("caller", CALLERS)
async def test_who_may_call(hass: HomeAssistant, world: World, caller: str) -> None:
    frigate, context = world.frigate, world.callers[caller]
    for action, fields in CALLS.items():
        calls = {of.camera: fields(world, of) for of in (world.foreign, world.own)}
        if calls[OWN] == calls[FOREIGN]:
            del calls[FOREIGN]
        for camera, data in calls.items():
            frigate.clear_requests()
            before, files = kept_state(frigate), world.files()
            answer = await answer_or_refusal(hass, action, context, data)
            refused = is_refused(action, caller, camera)
            assert (answer is None) is refused, f"{action} of {camera}"
            if answer is None:
                assert commands(frigate) == [], action
                assert kept_state(frigate) == before, action
                assert world.files() == files, action
                if caller == "read-only user" or ACCESS[action] is not Access.CONTROL:
                    # Nothing needs to be looked up to know it.
                    assert frigate.requests == [], action
                continue
            saves = action.startswith("download_")
            assert len(world.files()) == len(files) + saves, action
            if action in LISTS:
                assert OWN in answer
                assert (FOREIGN in answer) is (caller != "user of one camera"), action
            if caller == "user of one camera":
                for secret in (world.foreign.event, world.foreign.review, FOREIGN):
                    assert secret not in answer, action


# Ids


@pytest.mark.parametrize(
    "action", ["download_event", "download_export", "mark_reviewed"]
)
@EVERY_VERSION
async def test_ids_cannot_be_probed(
    hass: HomeAssistant, world: World, action: str
) -> None:
    """An unknown id and one of another camera end in the same error."""
    unknown = Things(OWN, world.own.entity_id, UNKNOWN, UNKNOWN, UNKNOWN)
    context, errors = world.callers["user of one camera"], []
    for of in (world.foreign, unknown):
        with pytest.raises(Unauthorized) as caught:
            await call(hass, action, context, **CALLS[action](world, of))
        errors.append((str(caught.value), vars(caught.value)))
    assert errors[0] == errors[1]
    assert world.foreign.entity_id not in str(errors)
    assert commands(world.frigate) == []
    assert world.files() == []
    # Those who may control every camera are told what is wrong.
    if action.startswith("download_"):
        with pytest.raises(HomeAssistantError) as caught_unknown:
            await call(
                hass,
                action,
                world.callers["administrator"],
                **CALLS[action](world, unknown),
            )
        key = caught_unknown.value.translation_key
        assert key == "not_known"


async def test_ids_that_frigate_forbids_cannot_be_probed(
    hass: HomeAssistant, frigate: FakeFrigate, media: Path
) -> None:
    account = {"username": "gate1", "password": "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    somebody = owner_of(hass, camera_entity(hass, entry, FOREIGN))
    event = frigate.add_event(OWN, ago=300).id
    review = frigate.add_review(OWN, ago=300).id
    with pytest.raises(Unauthorized):
        await call(hass, "download_event", somebody, event_id=event)
    with pytest.raises(Unauthorized):
        await call(hass, "mark_reviewed", somebody, review_ids=[review])
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "download_event", event_id=event)
    assert caught.value.translation_key == "forbidden"
    assert commands(frigate) == []


async def test_one_item_of_another_camera_refuses_the_whole_call(
    hass: HomeAssistant, world: World
) -> None:
    context = world.callers["user of one camera"]
    both = [world.own.review, world.foreign.review]
    with pytest.raises(Unauthorized):
        await call(hass, "mark_reviewed", context, review_ids=both)
    assert world.frigate.state.database.viewed == {}
    await call(hass, "mark_reviewed", context, review_ids=both[:1])
    assert world.frigate.state.database.viewed == {"admin": {world.own.review: True}}
    await call(hass, "mark_reviewed", world.callers["administrator"], review_ids=both)
    assert world.frigate.state.database.viewed == {"admin": dict.fromkeys(both, True)}


async def test_an_unknown_user_is_refused(hass: HomeAssistant, world: World) -> None:
    for action in ("get_events", "get_status", "get_push_public_key", "mark_reviewed"):
        data = CALLS[action](world, world.own)
        with pytest.raises(UnknownUser):
            await call(hass, action, Context(user_id="nobody"), **data)
    assert world.frigate.requests == []


# Lists


@EVERY_VERSION
@pytest.mark.parametrize(
    ("action", "route"), [("get_events", "/api/events"), ("get_reviews", "/api/review")]
)
async def test_other_cameras_do_not_use_up_the_limit(
    hass: HomeAssistant, world: World, action: str, route: str
) -> None:
    for ago in range(5, 10):
        world.frigate.add_event(FOREIGN, ago=ago)
        world.frigate.add_review(FOREIGN, ago=ago)
    context = world.callers["user of one camera"]
    answer = await call(hass, action, context, limit=1)
    assert OWN in json.dumps(answer)
    (request,) = sent(world.frigate, route)
    assert request.query["cameras"] == OWN
    assert FOREIGN in json.dumps(await call(hass, action, limit=1))


@pytest.mark.parametrize("action", ["get_events", "get_reviews", "get_exports"])
async def test_lists_are_empty_for_a_user_without_cameras(
    hass: HomeAssistant, world: World, action: str
) -> None:
    (found,) = (await call(hass, action, owner_of(hass, "light.porch"))).values()
    assert found == []
    assert world.frigate.requests == []


@pytest.mark.parametrize("action", ["get_events", "get_reviews", "get_exports"])
async def test_only_visible_cameras_can_be_selected(
    hass: HomeAssistant, world: World, action: str
) -> None:
    context = world.callers["user of one camera"]
    for cameras in (
        [world.foreign.entity_id],
        [world.own.entity_id, world.foreign.entity_id],
        ["camera.nobody"],
    ):
        with pytest.raises(Unauthorized):
            await call(hass, action, context, cameras=cameras)
    with pytest.raises(ServiceValidationError) as caught:
        await call(
            hass, action, world.callers["read-only user"], cameras=["camera.nobody"]
        )
    assert caught.value.translation_key == "not_a_camera"
    assert world.frigate.requests == []
    answer = await call(hass, action, context, cameras=[world.own.entity_id])
    assert OWN in json.dumps(answer)


@pytest.mark.parametrize(
    ("action", "route"),
    [
        ("get_events", "/api/events"),
        ("get_reviews", "/api/review"),
        ("get_exports", "/api/exports"),
    ],
)
async def test_items_without_a_camera_need_the_permission_for_all(
    hass: HomeAssistant, world: World, action: str, route: str
) -> None:
    """Whatever the server answers: nothing is shown that is not a visible camera's."""
    rows = [
        {"id": name or "nothing", "camera": name}
        for name in (None, "", "birdseye", FOREIGN, OWN, "gone")
    ]
    world.frigate.fail(route, Fault.json(rows))
    for caller, expected in (
        ("user of one camera", [OWN]),
        ("read-only user", [None, None, "birdseye", FOREIGN, OWN, "gone"]),
    ):
        answer = await call(hass, action, world.callers[caller])
        (found,) = answer.values()
        assert isinstance(found, list)
        cameras = [one["camera"] or None for one in found if isinstance(one, dict)]
        assert cameras == expected


@pytest.mark.parametrize("action", ["download_event", "download_export"])
async def test_downloads_without_a_camera_are_refused(
    hass: HomeAssistant, world: World, action: str
) -> None:
    row = {"id": UNKNOWN, "camera": None, "start_time": 1.0, "in_progress": False}
    world.frigate.fail(f"/api/events/{UNKNOWN}", Fault.json(row))
    world.frigate.fail("/api/exports", Fault.json([row]))
    unknown = Things("", "", UNKNOWN, UNKNOWN, UNKNOWN)
    context = world.callers["user of one camera"]
    with pytest.raises(Unauthorized):
        await call(hass, action, context, **CALLS[action](world, unknown))
    assert world.files() == []


@SINCE_018
async def test_queued_exports_are_checked_by_their_camera(
    hass: HomeAssistant, world: World
) -> None:
    world.frigate.state.exporter.held = True
    now, context = world.frigate.state.clock(), world.callers["user of one camera"]
    own, foreign = (
        world.frigate.add_export(camera, now - 90, now - 60, status="waiting").id
        for camera in (OWN, FOREIGN)
    )
    words = json.dumps(await call(hass, "get_exports", context))
    assert own in words
    assert foreign not in words
    with pytest.raises(Unauthorized):
        await call(hass, "download_export", context, export_id=foreign)
    assert world.files() == []
    data = {"export_id": own, "wait_for_result": False}
    assert (await call(hass, "download_export", context, **data))["in_progress"] is True
    world.frigate.state.exporter.held = False
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_status_lists_visible_cameras_only(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    somebody = owner_of(hass, camera_entity(hass, entry))
    assert (await call(hass, "get_status"))["allowed_cameras"] == [OWN, FOREIGN]
    assert (await call(hass, "get_status", somebody))["allowed_cameras"] == [OWN]
    nobody = owner_of(hass)
    assert (await call(hass, "get_status", nobody))["allowed_cameras"] == []


# Files


async def test_files_need_the_permission_for_all_cameras(
    hass: HomeAssistant, world: World
) -> None:
    path = world.media / "picture.jpg"
    path.write_bytes(face_image("Eileen"))
    context = world.callers["user of one camera"]
    for file in (str(path), str(world.media / "nothing.jpg"), "/etc/passwd"):
        # Not even whether there is such a file is told.
        with pytest.raises(Unauthorized):
            await call(hass, "recognize_face", context, file=file)
    image = "/media/frigate/clips/Portones-1795451690.505339-k5o8yi.jpg"
    data = {**CALLS["create_export"](world, world.own), "image_path": image}
    with pytest.raises(Unauthorized):
        await call(hass, "create_export", context, **data)
    assert world.frigate.requests == []

    readers = world.callers["read-only user"]
    found = await call(hass, "recognize_face", readers, file=str(path))
    assert found["name"] == "Eileen"
