"""The library of faces: who is known, by which names and images."""

from collections.abc import Mapping
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from tests.common import reauths, sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    call,
    commands,
    invalid,
    person,
    set_up_admin,
    set_up_viewer,
)
from tests.services.face_calls import (
    EVENT,
    KNOWN_FACES,
    OTHER_EVENT,
    copied,
    listed,
    refused,
)
from tests.versions import EVERY_VERSION

# Reading


@EVERY_VERSION
async def test_get_faces(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    await hass.config.async_set_time_zone("America/Asuncion")
    first = frigate.add_training_image(EVENT, 1795451693.5, "Eileen", 0.98)
    second = frigate.add_training_image(OTHER_EVENT, 1795451753.0)
    frigate.state.train.append("oddname.webp")
    await set_up_admin(hass, frigate)
    nothing = {"event_id": None, "time": None, "name": None, "score": None}
    assert await call(hass, "get_faces") == {
        "faces": library,
        "training": [
            {
                "training_file": first,
                "event_id": EVENT,
                "time": "2026-11-23T13:34:53.500000-03:00",
                "name": "Eileen",
                "score": 0.98,
            },
            {
                "training_file": second,
                "event_id": OTHER_EVENT,
                "time": "2026-11-23T13:35:53-03:00",
                "name": None,
                "score": 0.0,
            },
            {"training_file": "oddname.webp", **nothing},
        ],
    }


@EVERY_VERSION
async def test_get_one_face(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    frigate.add_face("Jean-Luc", 1)
    frigate.add_training_image(name="Eileen", score=1.0)
    file = frigate.add_training_image(name="Jean_Luc", score=1.0)
    await set_up_admin(hass, frigate)
    answer = await call(hass, "get_faces", name="Jean-Luc")
    assert answer["faces"] == {"Jean-Luc": library["Jean-Luc"]}
    assert [image["training_file"] for image in listed(answer, "training")] == [file]
    answer = await call(hass, "get_faces", name=" Ana María ")
    assert answer == {"faces": {"Ana_María": library["Ana_María"]}, "training": []}
    error = await refused(hass, "get_faces", name="Stranger")
    assert isinstance(error, ServiceValidationError)
    words = (
        "Frigate does not know Stranger. "
        "Check the name or ID, including upper and lower case; "
        "deleted items cannot be restored"
    )
    assert str(error) == words


async def test_an_empty_library(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    assert await call(hass, "get_faces") == {"faces": {}, "training": []}
    answer = await call(hass, "reprocess_faces")
    assert answer == {"images": [], "recognized": 0}
    assert commands(frigate) == []


async def test_changing_faces_needs_an_administrator(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    await set_up_admin(hass, frigate)
    somebody = await person(hass, is_admin=False)
    assert (await call(hass, "get_faces", somebody))["faces"] == library
    before = copied(frigate)
    frigate.clear_requests()
    for action, data in CHANGES.items():
        with pytest.raises(Unauthorized):
            await call(hass, action, somebody, **data)
    assert frigate.requests == []
    assert copied(frigate) == before
    administrator = await person(hass, is_admin=True)
    answer = await call(hass, "create_face", administrator, name="Bea")
    assert answer == {"name": "Bea", "created": True}


CHANGES: Mapping[str, Mapping[str, Any]] = {
    "reprocess_faces": {},
    "train_face": {"name": "Eileen", "event_id": EVENT},
    "create_face": {"name": "Bea"},
    "rename_face": {"name": "Eileen", "new_name": "Bea"},
    "delete_face_images": {"name": "Eileen", "files": ["x.webp"]},
    "delete_face": {"name": "Eileen"},
    "register_face": {"name": "Eileen", "file": "/nowhere/x.jpg"},
}


# Names


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", ".hidden", "train", " train ", "a/b", "..\\b", "../Ana"),
        *("a\nb", "a\x00b", "x" * 101, "x" * 10_000_000, True, None, ["Ana"], {}),
    ],
    ids=repr,
)
async def test_invalid_names(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]], name: Any
) -> None:
    frigate.add_training_image()
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    frigate.clear_requests()
    for action, data in {**CHANGES, "get_faces": {"name": ""}}.items():
        if "name" in data:
            found = await invalid(hass, action, **{**data, "name": name})
            assert found in {"field name", "bad_name"}, action
    found = await invalid(hass, "rename_face", name="Eileen", new_name=name)
    assert found in {"field new_name", "bad_name"}
    assert frigate.requests == []
    assert copied(frigate) == before


@pytest.mark.parametrize("name", ["a:b", "what?", 'the "boss"', "a*", "Dr.", "<b>"])
async def test_names_that_frigate_would_alter(
    hass: HomeAssistant, frigate: FakeFrigate, name: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    for action in ("create_face", "train_face", "register_face"):
        error = await refused(hass, action, **{**CHANGES[action], "name": name})
        assert error.translation_key == "bad_name", action
    assert frigate.requests == []


UNNAMEABLE = pytest.mark.parametrize(
    "name",
    [
        *("a.b", "x" * 51, "Ana & Bea", "%2e%2e", "1e+20", "\N{GRINNING FACE}" * 3),
        *("Nofile.webp", "Ana\u00a0Bea", 1e20, 7.5),
    ],
    ids=repr,
)


@UNNAMEABLE
async def test_names_that_frigate_does_not_rename_to(
    hass: HomeAssistant, frigate: FakeFrigate, name: Any
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    for action, data in {
        "rename_face": {"name": "Eileen", "new_name": name},
        "create_face": {"name": name},
    }.items():
        error = await refused(hass, action, **data)
        assert error.translation_key == "bad_name"
        assert isinstance(error, ServiceValidationError)
    assert frigate.requests == []


@UNNAMEABLE
async def test_new_people_need_a_valid_name(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    library: dict[str, list[str]],
    name: Any,
) -> None:
    file = frigate.add_training_image()
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    error = await refused(hass, "train_face", name=name, training_file=file)
    assert error.translation_key == "bad_name"
    assert isinstance(error, ServiceValidationError)
    assert commands(frigate) == []
    assert copied(frigate) == before


@EVERY_VERSION
@pytest.mark.parametrize("name", ["J. R.", "x" * 51, "Ana & Bea"])
async def test_a_person_that_frigate_cannot_rename(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    library: dict[str, list[str]],
    name: str,
) -> None:
    name = name.replace(" ", "_").removesuffix(".")
    frigate.add_face(name, 1)
    file = frigate.add_training_image()
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    error = await refused(hass, "rename_face", name=name, new_name="Bea")
    assert error.translation_key == "cannot_be_renamed"
    assert isinstance(error, ServiceValidationError)
    assert name in str(error)
    assert commands(frigate) == []
    assert copied(frigate) == before
    # Who is there can be given images, and be deleted.
    await call(hass, "train_face", name=name, training_file=file)
    assert len(library[name]) == 2
    await call(hass, "delete_face", name=name)
    assert name not in library


# People


@EVERY_VERSION
async def test_create_face(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    assert state_of(hass, entry, *KNOWN_FACES) == "0"
    answer = await call(hass, "create_face", name="Ana María")
    assert answer == {"name": "Ana_María", "created": True}
    assert frigate.state.faces == {"Ana_María": []}
    assert state_of(hass, entry, *KNOWN_FACES) == "1"
    answer = await call(hass, "create_face", name="Ana_María")
    assert answer == {"name": "Ana_María", "created": False}
    assert frigate.state.faces == {"Ana_María": []}
    # A template may have made a number of it.
    assert (await call(hass, "create_face", name=7))["name"] == "7"


@EVERY_VERSION
async def test_rename_face(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    files = list(library["Ana_María"])
    await set_up_admin(hass, frigate)
    answer = await call(hass, "rename_face", name="Ana María", new_name="Ana B")
    assert answer == {"name": "Ana_María", "new_name": "Ana_B"}
    assert library["Ana_B"] == files
    assert "Ana_María" not in library


@EVERY_VERSION
@pytest.mark.parametrize(
    ("name", "new_name", "key"),
    [
        ("Stranger", "Bea", "not_known"),
        ("Eileen", "Ana María", "name_exists"),
        # Frigate would replace them without a word.
        ("Eileen", "Nobody_yet", "name_exists"),
        ("Eileen", "Eileen", "name_exists"),
    ],
)
async def test_rename_face_errors(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    library: dict[str, list[str]],
    name: str,
    new_name: str,
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    error = await refused(hass, "rename_face", name=name, new_name=new_name)
    assert error.translation_key == key
    assert isinstance(error, ServiceValidationError)
    assert commands(frigate) == []
    assert copied(frigate) == before


@EVERY_VERSION
async def test_delete_face(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    entry = await set_up_admin(hass, frigate)
    assert state_of(hass, entry, *KNOWN_FACES) == "3"
    # What the list in Frigate's cache does not show yet is deleted too.
    await call(hass, "get_faces")
    frigate.add_face("Eileen", 1)
    files = list(library["Eileen"])
    answer = await call(hass, "delete_face", name="Eileen")
    assert answer == {"name": "Eileen", "deleted": files}
    assert "Eileen" not in library
    answer = await call(hass, "delete_face", name="Nobody yet")
    assert answer == {"name": "Nobody_yet", "deleted": []}
    assert [*library] == ["Ana_María"]
    assert state_of(hass, entry, *KNOWN_FACES) == "1"
    frigate.clear_requests()
    error = await refused(hass, "delete_face", name="Eileen")
    assert error.translation_key == "not_known"
    assert commands(frigate) == []


@EVERY_VERSION
async def test_delete_face_images(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    first, second = library["Eileen"]
    await set_up_admin(hass, frigate)
    answer = await call(hass, "delete_face_images", name="Eileen", files=first)
    assert answer == {"name": "Eileen", "deleted": [first], "remaining": 1}
    assert library["Eileen"] == [second]
    for files in ([first], [second, "other.webp"]):
        frigate.clear_requests()
        error = await refused(hass, "delete_face_images", name="Eileen", files=files)
        assert error.translation_key == "not_known"
        assert str(files[-1]) in str(error)
        assert commands(frigate) == []
    answer = await call(
        hass, "delete_face_images", name="Eileen", files=[second, second]
    )
    assert answer == {"name": "Eileen", "deleted": [second], "remaining": 0}
    assert "Eileen" not in library


@pytest.mark.parametrize(
    "files", [[], [""], ["../x.webp"], ["a/b"], ["x\n.webp"], [None], [["x.webp"]], {}]
)
async def test_invalid_file_names(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    library: dict[str, list[str]],
    files: Any,
) -> None:
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    frigate.clear_requests()
    for action, data in (
        ("delete_face_images", {"name": "Eileen", "files": files}),
        ("reprocess_faces", {"training_files": files}),
    ):
        # The last field is the one with the files.
        assert await invalid(hass, action, **data) == f"field {[*data][-1]}"
    assert frigate.requests == []
    assert copied(frigate) == before


# Rights


@EVERY_VERSION
async def test_a_viewer_account(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    await set_up_viewer(hass, frigate)
    before = copied(frigate)
    for action, data in {**CHANGES, "get_faces": {}}.items():
        if action == "register_face":
            continue
        error = await refused(hass, action, **data)
        assert error.translation_key == "forbidden", action
        assert "Check its role in Frigate" in str(error)
    assert copied(frigate) == before
    assert not reauths(hass)


@EVERY_VERSION
async def test_the_internal_port(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    assert (await call(hass, "get_faces"))["faces"] == library
    assert (await call(hass, "delete_face", name="Eileen"))["name"] == "Eileen"
    assert "Eileen" not in library


async def test_a_command_is_sent_once(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    await set_up_admin(hass, frigate)
    frigate.fail("/api/faces/Eileen/delete", Fault.drop_body())
    error = await refused(hass, "delete_face", name="Eileen")
    assert error.translation_key == "outcome_unknown"
    assert len(sent(frigate, "/api/faces/Eileen/delete")) == 1
    frigate.clear_faults()
    assert (await call(hass, "delete_face", name="Ana María"))["name"] == "Ana_María"
