"""Faces in pictures: files, cameras and images, registered and recognized."""

from datetime import UTC, datetime
import os
from pathlib import Path
from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.common import (
    MockUser,
    setup_test_component_platform,
)

from custom_components.frigate_http.services import images, reprocessing
from homeassistant.components.image import ImageEntity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.setup import async_setup_component
from tests.common import sent, state_of
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.face_images import face_image
from tests.services.common import (
    call,
    camera_entity,
    commands,
    invalid,
    person,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import EVERY_VERSION

RECOGNIZE = "/api/faces/recognize"
NO_FACE = "No face was detected."
ACTIONS: dict[str, dict[str, Any]] = {
    "recognize_face": {},
    "register_face": {"name": "Eileen"},
}
EACH = pytest.mark.parametrize("action", ACTIONS)


class Poster(ImageEntity):
    """An image that shows what it is told to."""

    _attr_name = "Poster"

    def __init__(self, hass: HomeAssistant, content: bytes | None) -> None:
        super().__init__(hass)
        self._attr_image_last_updated = datetime.now(UTC)
        self.content = content

    @override
    async def async_image(self) -> bytes | None:
        return self.content


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once whether the recognition is ready."""
    monkeypatch.setattr(reprocessing, "RETRY_DELAYS", (0.0, 0.0))


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return a folder whose files may be read."""
    allowed = tmp_path.resolve() / "allowed"
    allowed.mkdir()
    hass.config.allowlist_external_dirs = {str(allowed)}
    return allowed


@pytest.fixture
async def poster(hass: HomeAssistant) -> Poster:
    """Return an image entity that shows Eileen."""
    entity = Poster(hass, face_image("Eileen", "png"))
    setup_test_component_platform(hass, "image", [entity])
    assert await async_setup_component(hass, "image", {"image": {"platform": "test"}})
    await hass.async_block_till_done()
    return entity


def written(folder: Path, content: bytes, name: str = "picture.jpg") -> str:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content)
    return str(path)


async def refused(hass: HomeAssistant, action: str, **data: Any) -> HomeAssistantError:
    """Return the error that an action must end with."""
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, action, **{**ACTIONS[action], **data})
    return caught.value


@EVERY_VERSION
@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
async def test_register_a_file(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path, kind: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    path = written(folder, face_image("Ana", kind), "a picture.bin")
    for number in (1, 2):
        answer = await call(hass, "register_face", name="Ana María", file=path)
        assert answer == {
            "name": "Ana_María",
            "registered": True,
            "message": "Successfully registered face.",
        }
        assert len(frigate.state.faces["Ana_María"]) == number
    assert state_of(hass, entry, "sensor", "server:known_faces") == "1"


@EVERY_VERSION
async def test_recognize_a_file(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path
) -> None:
    await set_up_admin(hass, frigate)
    path = written(folder, face_image("Eileen"))
    await call(hass, "register_face", name="Eileen", file=path)
    # The first questions after a change find the recognition unready.
    frigate.clear_requests()
    found = await call(hass, "recognize_face", file=path)
    assert found == {"name": "Eileen", "score": 1.0, "message": None}
    assert len(sent(frigate, RECOGNIZE)) == (3 if frigate.state.is_018 else 2)
    other = written(folder, face_image("Stranger"), "other.jpg")
    found = await call(hass, "recognize_face", file=other)
    assert found == {"name": None, "score": 0.0, "message": None}


async def test_recognize_with_an_empty_library(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path
) -> None:
    await set_up_admin(hass, frigate)
    path = written(folder, face_image("Eileen"))
    found = await call(hass, "recognize_face", file=path)
    words = "No face was recognized."
    assert found == {"name": None, "score": None, "message": words}
    assert len(sent(frigate, RECOGNIZE)) == 3


@EVERY_VERSION
async def test_an_image_without_a_face(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path
) -> None:
    frigate.add_face("Eileen")
    before = list(frigate.state.faces["Eileen"])
    entry = await set_up_admin(hass, frigate)
    nothing = {"name": None, "score": None, "message": NO_FACE}
    not_registered = {"name": "Eileen", "registered": False, "message": NO_FACE}
    sources: list[dict[str, Any]] = [
        {"file": written(folder, face_image())},
        {"image_entity": camera_entity(hass, entry)},
    ]
    for source in sources:
        assert await call(hass, "recognize_face", **source) == nothing
        answer = await call(hass, "register_face", name="Eileen", **source)
        assert answer == not_registered
    assert frigate.state.faces == {"Eileen": before}


async def test_an_image_entity(
    hass: HomeAssistant, frigate: FakeFrigate, poster: Poster
) -> None:
    await set_up_admin(hass, frigate)
    source: dict[str, Any] = {"image_entity": poster.entity_id}
    answer = await call(hass, "register_face", name="Eileen", **source)
    assert answer["registered"] is True
    found = await call(hass, "recognize_face", **source)
    assert found["name"] == "Eileen"
    poster.content = None
    for action in ACTIONS:
        error = await refused(hass, action, **source)
        assert error.translation_key == "no_image"
        assert not isinstance(error, ServiceValidationError)
    poster.content = face_image("Eileen")
    assert (await call(hass, "recognize_face", **source))["name"] == "Eileen"


@EACH
async def test_a_camera_without_an_image(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    entity_id = camera_entity(hass, entry)
    frigate.clear_requests()
    frigate.fail("/api/front_door/latest.jpg", Fault.status(500))
    error = await refused(hass, action, image_entity=entity_id)
    assert error.translation_key == "no_image"
    assert "Internal Server Error" in str(error)
    frigate.clear_faults()
    hass.states.async_set(entity_id, "unavailable")
    error = await refused(hass, action, image_entity=entity_id)
    assert error.translation_key == "entity_unavailable"
    assert commands(frigate) == []
    hass.states.async_set(entity_id, "idle")
    answer = await call(hass, action, **ACTIONS[action], image_entity=entity_id)
    assert answer["message"] == NO_FACE


@EACH
@pytest.mark.parametrize(
    ("entity_id", "key"),
    [
        ("camera.nowhere", "entity_unavailable"),
        # There is a state, but no image is set up.
        ("sensor.frigate_uptime", "field image_entity"),
        ("no entity", "field image_entity"),
        ("camera.one, camera.two", "field image_entity"),
        (["camera.one", "camera.two"], "field image_entity"),
        (None, "field image_entity"),
        (5, "field image_entity"),
        (True, "field image_entity"),
        ({}, "field image_entity"),
    ],
)
async def test_invalid_entities(
    hass: HomeAssistant, frigate: FakeFrigate, action: str, entity_id: Any, key: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    data = {**ACTIONS[action], "image_entity": entity_id}
    assert await invalid(hass, action, **data) == key
    assert frigate.requests == []


async def test_the_entity_must_be_visible_to_the_user(
    hass: HomeAssistant, frigate: FakeFrigate, poster: Poster
) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.add_face("Eileen")
    visible, hidden = poster.entity_id, camera_entity(hass, entry)
    guest = MockUser(name="guest").add_to_hass(hass)
    guest.mock_policy({"entities": {"entity_ids": {visible: {"read": True}}}})
    context = Context(user_id=guest.id)
    found = await call(hass, "recognize_face", context, image_entity=visible)
    assert found["name"] == "Eileen"
    frigate.clear_requests()
    with pytest.raises(Unauthorized):
        await call(hass, "recognize_face", context, image_entity=hidden)
    stranger = Context(user_id="0" * 32)
    with pytest.raises(UnknownUser):
        await call(hass, "recognize_face", stranger, image_entity=hidden)
    assert frigate.requests == []
    administrator = await person(hass, is_admin=True)
    found = await call(hass, "recognize_face", administrator, image_entity=hidden)
    assert found["message"] == NO_FACE


@EACH
async def test_exactly_one_image(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path, action: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    path = written(folder, face_image())
    frigate.clear_requests()
    both = {"file": path, "image_entity": camera_entity(hass, entry)}
    for data in ({}, both):
        error = await refused(hass, action, **data)
        assert error.translation_key == "only_one"
        assert isinstance(error, ServiceValidationError)
    assert frigate.requests == []


@EACH
async def test_files_that_may_not_be_read(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    folder: Path,
    action: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_up_admin(hass, frigate)
    secret = Path(written(folder.parent, face_image("Eileen"), "secret.jpg"))
    (folder / "link.jpg").symlink_to(secret)
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    (folder / "out").symlink_to(folder.parent)
    (folder / "folder.jpg").mkdir()
    os.mkfifo(folder / "pipe.jpg")
    monkeypatch.chdir(folder)
    written(folder, face_image("Eileen"))
    frigate.clear_requests()
    for path in (
        str(secret),
        "picture.jpg",
        f"{folder}/../secret.jpg",
        f"{folder}/link.jpg",
        f"{folder}/out/secret.jpg",
        f"{folder}/out/nothing.jpg",
        f"{folder}/folder.jpg",
        f"{folder}/pipe.jpg",
        f"{folder.parent}/nothing.jpg",
        "/proc/self/environ",
        "https://example.com/picture.jpg",
    ):
        error = await refused(hass, action, file=path)
        assert error.translation_key == "path_not_allowed", path
        assert isinstance(error, ServiceValidationError)
        assert path not in str(error)
    assert frigate.requests == []


@EACH
async def test_files_that_cannot_be_read(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path, action: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    error = await refused(hass, action, file=f"{folder}/nothing.jpg")
    assert error.translation_key == "unreadable_file"
    assert "No such file or directory" in str(error)
    odd: list[Any] = ["", " ", "x" * 4097, "/a\x00b", "/a\nb", True, None, [], {}]
    for path in odd:
        data = {**ACTIONS[action], "file": path}
        assert await invalid(hass, action, **data) == "field file", repr(path)
    error = await refused(hass, action, file=f"{folder}/{'x' * 300}.jpg")
    assert isinstance(error, ServiceValidationError)
    assert frigate.requests == []


@EACH
async def test_files_that_are_not_images(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    folder: Path,
    action: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    for content in (b"", b"GIF89a", b"RIFF....WAVE", b"\xff\xd8", b"<svg/>", b"BM"):
        path = written(folder, content)
        error = await refused(hass, action, file=path)
        assert error.translation_key == "unsupported_image", content
        assert isinstance(error, ServiceValidationError)
    monkeypatch.setattr(images, "MAX_IMAGE_BYTES", 2**20)
    path = written(folder, face_image("Eileen") + bytes(2**20))
    error = await refused(hass, action, file=path)
    assert error.translation_key == "unsupported_image"
    assert "1 MiB" in str(error)
    assert frigate.requests == []


@EVERY_VERSION
@EACH
async def test_a_viewer_account(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path, action: str
) -> None:
    await set_up_viewer(hass, frigate)
    error = await refused(hass, action, file=written(folder, face_image("Eileen")))
    assert error.translation_key == "forbidden"
    assert frigate.state.faces == {}


@EACH
async def test_errors_of_the_server(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path, action: str
) -> None:
    frigate.add_face("Eileen")
    await set_up_admin(hass, frigate)
    path = written(folder, face_image("Eileen"))
    frigate.state.face_recognition = False
    error = await refused(hass, action, file=path)
    assert error.translation_key == "bad_request"
    assert "Face recognition is not enabled" in str(error)
    frigate.state.face_recognition = True
    broken = written(folder, b"\xff\xd8\xffbroken", "broken.jpg")
    error = await refused(hass, action, file=broken)
    assert error.translation_key == "server_error"
    answer = await call(hass, action, **ACTIONS[action], file=path)
    assert answer["name"] == "Eileen"


async def test_recognize_is_retried_once(
    hass: HomeAssistant, frigate: FakeFrigate, folder: Path
) -> None:
    frigate.add_face("Eileen")
    await set_up_admin(hass, frigate)
    path = written(folder, face_image("Eileen"))
    frigate.fail(RECOGNIZE, Fault.drop_body(), times=1)
    assert (await call(hass, "recognize_face", file=path))["name"] == "Eileen"
    assert len(sent(frigate, RECOGNIZE)) == 2
    frigate.fail("/api/faces/Eileen/register", Fault.drop_body(), times=1)
    error = await refused(hass, "register_face", file=path)
    assert error.translation_key == "outcome_unknown"
    assert len(sent(frigate, "/api/faces/Eileen/register")) == 1
