"""The library of faces: read, changed, and asked whom an image shows."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.frigate_http.services import reprocessing
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.util.json import JsonObjectType
from tests.common import reauths, sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import nginx_page
from tests.services.common import (
    BOTH,
    call,
    commands,
    person,
    set_up_admin,
    set_up_viewer,
)

EVENT = "1795451690.505339-k5o8yi"
OTHER_EVENT = "1795451750.538681-ksl9rv"
REPROCESS = "/api/faces/reprocess"
KNOWN_FACES = ("sensor", "server:known_faces")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once whether the recognition is ready."""
    monkeypatch.setattr(reprocessing, "PAUSES", (0.0, 0.0))


@pytest.fixture
def library(frigate: FakeFrigate) -> dict[str, list[str]]:
    """Return the people that the server begins with."""
    frigate.add_face("Eileen", 2)
    frigate.add_face("Ana_María", 1)
    frigate.add_face("Nobody_yet", 0)
    return frigate.state.faces


def copied(frigate: FakeFrigate) -> dict[str, list[str]]:
    """Return the library as it is at this moment."""
    return {
        **{name: list(files) for name, files in frigate.state.faces.items()},
        "train": list(frigate.state.train),
    }


def listed(answer: JsonObjectType, key: str = "images") -> list[dict[str, Any]]:
    """Return what an answer tells of images."""
    found = answer[key]
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]


async def refused(hass: HomeAssistant, action: str, **data: Any) -> HomeAssistantError:
    """Return the error that an action must end with."""
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, action, **data)
    return caught.value


# Reading


@BOTH
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


@BOTH
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
    words = "Frigate knows nobody as Stranger. List the faces to see the names"
    assert str(error) == words


async def test_an_empty_library(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    assert await call(hass, "get_faces") == {"faces": {}, "training": []}
    answer = await call(hass, "reprocess_faces")
    assert answer == {"images": [], "recognized": 0}
    assert commands(frigate) == []


async def test_reading_is_for_everybody_and_changing_is_not(
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
async def test_names_that_nobody_can_have(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]], name: Any
) -> None:
    frigate.add_training_image()
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    frigate.clear_requests()
    for action, data in {**CHANGES, "get_faces": {"name": ""}}.items():
        if "name" in data:
            error = await refused(hass, action, **{**data, "name": name})
            assert isinstance(error, ServiceValidationError), action
    error = await refused(hass, "rename_face", name="Eileen", new_name=name)
    assert isinstance(error, ServiceValidationError)
    assert frigate.requests == []
    assert copied(frigate) == before


@pytest.mark.parametrize("name", ["a:b", "what?", 'the "boss"', "a*", "Dr.", "<b>"])
async def test_names_that_frigate_would_change(
    hass: HomeAssistant, frigate: FakeFrigate, name: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    for action in ("create_face", "train_face", "register_face"):
        error = await refused(hass, action, **{**CHANGES[action], "name": name})
        assert error.translation_key == "not_a_new_name", action
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
        assert error.translation_key == "not_a_new_name"
        assert isinstance(error, ServiceValidationError)
    assert frigate.requests == []


@UNNAMEABLE
async def test_strangers_who_could_not_be_renamed_get_no_images(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    library: dict[str, list[str]],
    name: Any,
) -> None:
    file = frigate.add_training_image()
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    error = await refused(hass, "train_face", name=name, training_file=file)
    assert error.translation_key == "not_a_new_name"
    assert isinstance(error, ServiceValidationError)
    assert commands(frigate) == []
    assert copied(frigate) == before


@BOTH
@pytest.mark.parametrize("name", ["J. R.", "x" * 51, "Ana & Bea"])
async def test_somebody_whom_frigate_never_renames(
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


@BOTH
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


@BOTH
async def test_rename_face(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    files = list(library["Ana_María"])
    await set_up_admin(hass, frigate)
    answer = await call(hass, "rename_face", name="Ana María", new_name="Ana B")
    assert answer == {"name": "Ana_María", "new_name": "Ana_B"}
    assert library["Ana_B"] == files
    assert "Ana_María" not in library


@BOTH
@pytest.mark.parametrize(
    ("name", "new_name", "key"),
    [
        ("Stranger", "Bea", "unknown_person"),
        ("Eileen", "Ana María", "person_exists"),
        # Frigate would replace them without a word.
        ("Eileen", "Nobody_yet", "person_exists"),
        ("Eileen", "Eileen", "person_exists"),
    ],
)
async def test_renaming_that_is_refused(
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


@BOTH
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
    assert error.translation_key == "unknown_person"
    assert commands(frigate) == []


@BOTH
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
        assert error.translation_key == "unknown_images"
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
async def test_files_that_cannot_be_there(
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
        error = await refused(hass, action, **data)
        assert isinstance(error, ServiceValidationError), action
    assert frigate.requests == []
    assert copied(frigate) == before


# Training


@BOTH
async def test_train_face(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    file, other = (frigate.add_training_image(OTHER_EVENT, each) for each in (1.5, 2.5))
    frigate.add_event_with_face(EVENT)
    entry = await set_up_admin(hass, frigate)
    answer = await call(hass, "train_face", name="Ana María", training_file=file)
    assert answer == {"name": "Ana_María", "training_file": file}
    assert len(library["Ana_María"]) == 2
    assert frigate.state.train == [other]
    answer = await call(hass, "train_face", name="Bea Luz", event_id=EVENT)
    assert answer == {"name": "Bea_Luz", "event_id": EVENT}
    assert len(library["Bea_Luz"]) == 1
    assert state_of(hass, entry, *KNOWN_FACES) == "4"


@BOTH
async def test_training_that_is_refused(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    file = frigate.add_training_image()
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    frigate.clear_requests()
    both = {"training_file": file, "event_id": EVENT}
    for data in ({}, both):
        error = await refused(hass, "train_face", name="Eileen", **data)
        assert error.translation_key == "only_one"
    for event_id in ("../x", "a b", "", "ñ"):
        error = await refused(hass, "train_face", name="Eileen", event_id=event_id)
        assert isinstance(error, ServiceValidationError)
    assert frigate.requests == []
    error = await refused(hass, "train_face", name="Bea", training_file="x.webp")
    assert error.translation_key == "unknown_images"
    assert commands(frigate) == []
    # Frigate creates the person before it looks for the event.
    for name in ("Bea", "Nobody_yet", "Eileen"):
        error = await refused(hass, "train_face", name=name, event_id=EVENT)
        assert error.translation_key == "not_found"
        assert "no event exists" in str(error)
        assert copied(frigate) == before
    # It does not for an image, even if that is gone in the meantime.
    frigate.fail(r"/api/faces/train/", Fault.status(404), times=1)
    error = await refused(hass, "train_face", name="Bea", training_file=file)
    assert error.translation_key == "not_found"
    assert len(sent(frigate, "/api/faces/Bea/delete")) == 1
    assert copied(frigate) == before


@BOTH
@pytest.mark.parametrize("name", ["Bea", "Nobody_yet", "Eileen"])
async def test_an_event_without_a_face(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    library: dict[str, list[str]],
    name: str,
) -> None:
    event = frigate.add_event("front_door")
    await set_up_admin(hass, frigate)
    before = copied(frigate)
    error = await refused(hass, "train_face", name=name, event_id=event.id)
    assert error.translation_key == "server_error"
    assert copied(frigate) == before
    frigate.add_event_with_face(event.id)
    await call(hass, "train_face", name=name, event_id=event.id)
    assert len(library[name]) == len(before.get(name, [])) + 1


@pytest.mark.parametrize(
    "fault",
    [
        *map(Fault.status, (401, 403, 409, 413, 422, 429, 502, 503, 504)),
        *(Fault.html(), Fault.redirect("https://login.example/"), Fault.drop()),
        Fault("answer", nginx_page(500)),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.prepared and fault.prepared.status}",
)
async def test_nothing_is_cleaned_up_where_frigate_did_not_look_for_an_event(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    library: dict[str, list[str]],
    fault: Fault,
) -> None:
    frigate.add_event_with_face(EVENT)
    await set_up_admin(hass, frigate)
    frigate.fail(r"/api/faces/train/", fault)
    await refused(hass, "train_face", name="Bea", event_id=EVENT)
    assert not sent(frigate, "/api/faces/Bea/delete")
    frigate.clear_faults()
    await call(hass, "train_face", name="Bea", event_id=EVENT)
    assert len(library["Bea"]) == 1


async def test_nobody_is_cleaned_up_who_got_an_image_meanwhile(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    frigate.add_face("Bea", 1)
    await set_up_admin(hass, frigate)
    listings: list[Any] = [{"Bea": ["1.webp"]}, {}, [], {"Eileen": []}]
    for listing in listings:
        # As they were before, and what they are now.
        frigate.fail("/api/faces", Fault.json(listing), times=1, method="GET")
        frigate.fail("/api/faces", Fault.json({"Eileen": []}), times=1, method="GET")
        error = await refused(hass, "train_face", name="Bea", event_id=EVENT)
        assert error.translation_key == "not_found"
        frigate.clear_faults()
    assert not sent(frigate, "/api/faces/Bea/delete")


# Looking again


@BOTH
async def test_reprocess_faces(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    first, second = (frigate.add_training_image(EVENT, each) for each in (1.5, 2.5))
    frigate.expect_face(first, "Eileen", 0.93)
    frigate.state.train.append("oddname.webp")
    await set_up_admin(hass, frigate)
    assert await call(hass, "reprocess_faces") == {
        "images": [
            {
                "training_file": first,
                "name": "Eileen",
                "score": 0.93,
                "message": "Successfully reprocessed face. Result: Eileen (score: 0.93)",
            },
            {
                "training_file": second,
                "name": None,
                "score": 0.0,
                "message": "Successfully reprocessed face. Result: unknown (score: 0.00)",
            },
            {
                "training_file": "oddname.webp",
                "error": "Frigate failed (Could not process request). "
                "Look for the reason in its log",
            },
        ],
        "recognized": 1,
    }
    renamed = f"{EVENT}-1.5-Eileen-0.93.webp"
    assert frigate.state.train == [renamed, second, "oddname.webp"]
    answer = await call(hass, "reprocess_faces", training_files=[renamed, renamed])
    assert answer["recognized"] == 1
    assert len(sent(frigate, REPROCESS)) == 4


async def test_reprocessing_unknown_images(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    file = frigate.add_training_image()
    await set_up_admin(hass, frigate)
    missing = [f"{number}.webp" for number in range(7)]
    error = await refused(hass, "reprocess_faces", training_files=[file, *missing])
    assert error.translation_key == "unknown_images"
    assert "4.webp" in str(error)
    assert "5.webp" not in str(error)
    assert commands(frigate) == []


async def test_all_images_fail(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    files = [frigate.add_training_image(EVENT, each) for each in (1.5, 2.5)]
    await set_up_admin(hass, frigate)
    frigate.state.face_recognition = False
    error = await refused(hass, "reprocess_faces")
    assert error.translation_key == "bad_request"
    assert "Face recognition is not enabled" in str(error)
    assert len(sent(frigate, REPROCESS)) == 2
    frigate.state.face_recognition = True
    answer = await call(hass, "reprocess_faces")
    assert [image["training_file"] for image in listed(answer)] == files


@BOTH
async def test_reprocessing_right_after_a_change(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    file, other = (
        frigate.add_training_image(EVENT, each, "Eileen", 1.0) for each in (1.5, 2.5)
    )
    await set_up_admin(hass, frigate)
    await call(hass, "train_face", name="Eileen", training_file=other)
    answer = await call(hass, "reprocess_faces", training_files=file)
    assert answer["recognized"] == 1


async def test_the_recognition_does_not_get_ready(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    for each in (1.5, 2.5):
        frigate.add_training_image(EVENT, each)
    await set_up_admin(hass, frigate)
    error = await refused(hass, "reprocess_faces")
    assert error.translation_key == "recognition_not_ready"
    # It is waited for once.
    assert len(sent(frigate, REPROCESS)) == 4
    frigate.add_face("Eileen")
    assert len(listed(await call(hass, "reprocess_faces"))) == 2


async def test_one_lost_connection_does_not_end_the_run(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    files = [frigate.add_training_image(EVENT, each) for each in (1.5, 2.5, 3.5, 4.5)]
    for file in files:
        frigate.expect_face(file, "Eileen", 0.9)
    await set_up_admin(hass, frigate)
    # The latest fault counts first: between two lost ones an image is looked at.
    frigate.fail(REPROCESS, Fault.status(502), times=1)
    frigate.fail(REPROCESS, Fault.json({"face_name": "Eileen"}), times=1)
    frigate.fail(REPROCESS, Fault.drop(), times=1)
    answer = await call(hass, "reprocess_faces")
    assert answer["recognized"] == 2
    first, second, third, fourth = listed(answer)
    assert (second["name"], fourth["name"]) == ("Eileen", "Eileen")
    for lost in (first, third):
        assert "may have been done all the same" in lost["error"]
    assert len(sent(frigate, REPROCESS)) == 4
    assert len(listed(await call(hass, "reprocess_faces"))) == 4


async def test_two_lost_connections_in_a_row_end_the_run(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    files = [frigate.add_training_image(EVENT, each) for each in (1.5, 2.5, 3.5, 4.5)]
    await set_up_admin(hass, frigate)
    frigate.fail(REPROCESS, Fault.drop())
    frigate.fail(REPROCESS, Fault.json({"face_name": "Eileen"}), times=1)
    answer = await call(hass, "reprocess_faces")
    first, second, third, fourth = listed(answer)
    assert first == {
        "training_file": files[0],
        "name": "Eileen",
        "score": None,
        "message": None,
    }
    for lost in (second, third):
        assert "may have been done all the same" in lost["error"]
    assert fourth == {
        "training_file": files[3],
        "error": "Not tried, because the connection or the login was lost before",
    }
    assert len(sent(frigate, REPROCESS)) == 3
    assert not reauths(hass)
    frigate.clear_faults()
    assert len(listed(await call(hass, "reprocess_faces"))) == 4


async def test_a_server_that_is_gone_ends_the_run(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    for each in (1.5, 2.5, 3.5):
        frigate.add_training_image(EVENT, each)
    await set_up_admin(hass, frigate)
    frigate.fail(REPROCESS, Fault.drop())
    error = await refused(hass, "reprocess_faces")
    assert error.translation_key == "outcome_unknown"
    assert len(sent(frigate, REPROCESS)) == 2
    frigate.clear_faults()
    assert len(listed(await call(hass, "reprocess_faces"))) == 3


async def test_an_entry_that_is_unloaded_ends_the_run(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    for each in (1.5, 2.5):
        frigate.add_training_image(EVENT, each)
    entry = await set_up_admin(hass, frigate)
    frigate.clear_requests()
    frigate.fail(REPROCESS, Fault.stall())
    run = hass.async_create_task(call(hass, "reprocess_faces"))
    await frigate.wait_for_requests(2)
    assert await hass.config_entries.async_unload(entry.entry_id)
    frigate.clear_faults()
    answer = await run
    assert len(sent(frigate, REPROCESS)) == 1
    assert listed(answer)[1]["error"].startswith("The connection was closed meanwhile")
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert len(listed(await call(hass, "reprocess_faces"))) == 2


async def test_a_lost_login_ends_the_run(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    for each in (1.5, 2.5):
        frigate.add_training_image(EVENT, each)
    await set_up_admin(hass, frigate)
    frigate.fail(REPROCESS, Fault.status(401))
    error = await refused(hass, "reprocess_faces")
    assert error.translation_key == "invalid_auth"
    await hass.async_block_till_done()
    assert len(reauths(hass)) == 1


# Rights


@BOTH
async def test_a_viewers_account(
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


@BOTH
async def test_the_port_without_a_login(
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
