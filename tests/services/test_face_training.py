"""Images that wait for training: given to people, and looked at again."""

from typing import Any

import pytest

from custom_components.frigate_http.services import reprocessing
from homeassistant.core import HomeAssistant
from tests.common import reauths, sent, state_of
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import nginx_page
from tests.services.common import call, commands, invalid, set_up_admin
from tests.services.face_calls import (
    EVENT,
    KNOWN_FACES,
    OTHER_EVENT,
    copied,
    listed,
    refused,
)
from tests.versions import EVERY_VERSION, ONLY_016

REPROCESS = "/api/faces/reprocess"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once whether the recognition is ready."""
    monkeypatch.setattr(reprocessing, "RETRY_DELAYS", (0.0, 0.0))


@EVERY_VERSION
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


@EVERY_VERSION
async def test_train_face_errors(
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
        data = {"name": "Eileen", "event_id": event_id}
        assert await invalid(hass, "train_face", **data) == "field event_id"
    assert frigate.requests == []
    error = await refused(hass, "train_face", name="Bea", training_file="x.webp")
    assert error.translation_key == "not_known"
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


@EVERY_VERSION
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
async def test_no_cleanup_after_other_errors(
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


async def test_no_cleanup_of_a_person_with_an_image(
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


@EVERY_VERSION
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
                "error": "Frigate reported an error (Could not process request). "
                "Check the Frigate log",
            },
        ],
        "recognized": 1,
    }
    renamed = f"{EVENT}-1.5-Eileen-0.93.webp"
    assert frigate.state.train == [renamed, second, "oddname.webp"]
    answer = await call(hass, "reprocess_faces", training_files=[renamed, renamed])
    assert answer["recognized"] == 1
    assert len(sent(frigate, REPROCESS)) == 4


@ONLY_016
async def test_reprocess_faces_where_the_result_is_in_the_library(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    files = [frigate.add_training_image(EVENT, each) for each in (1.5, 2.5, 3.5)]
    frigate.expect_face(files[1], "Eileen", 0.93)
    # The recognition is built anew, and is ready at the second attempt.
    frigate.state.recognition.unbuilt = 1
    await set_up_admin(hass, frigate)
    answer = await call(hass, "reprocess_faces")
    assert answer == {
        "images": [
            {"training_file": files[0], "name": None, "score": 0.0, "message": None},
            {
                "training_file": files[1],
                "name": "Eileen",
                "score": 0.93,
                "message": None,
            },
            {"training_file": files[2], "name": None, "score": 0.0, "message": None},
        ],
        "recognized": 1,
    }
    # What does not change is waited for once only.
    assert len(sent(frigate, REPROCESS)) == 5
    assert f"{EVENT}-2.5-Eileen-0.93.webp" in frigate.state.train


async def test_reprocess_unknown_images(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    file = frigate.add_training_image()
    await set_up_admin(hass, frigate)
    missing = [f"{number}.webp" for number in range(7)]
    error = await refused(hass, "reprocess_faces", training_files=[file, *missing])
    assert error.translation_key == "not_known"
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


@EVERY_VERSION
async def test_reprocess_waits_for_the_recognition(
    hass: HomeAssistant, frigate: FakeFrigate, library: dict[str, list[str]]
) -> None:
    file, other = (
        frigate.add_training_image(EVENT, each, "Eileen", 1.0) for each in (1.5, 2.5)
    )
    await set_up_admin(hass, frigate)
    await call(hass, "train_face", name="Eileen", training_file=other)
    answer = await call(hass, "reprocess_faces", training_files=file)
    assert answer["recognized"] == 1


async def test_the_recognition_never_becomes_ready(
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


async def test_one_lost_connection_does_not_abort_the_run(
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
        assert "may have been carried out" in lost["error"]
    assert len(sent(frigate, REPROCESS)) == 4
    assert len(listed(await call(hass, "reprocess_faces"))) == 4


async def test_two_lost_connections_in_a_row_abort_the_run(
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
        assert "may have been carried out" in lost["error"]
    assert fourth == {
        "training_file": files[3],
        "error": "This was skipped because the connection or the login was lost",
    }
    assert len(sent(frigate, REPROCESS)) == 3
    assert not reauths(hass)
    frigate.clear_faults()
    assert len(listed(await call(hass, "reprocess_faces"))) == 4


async def test_an_unreachable_server_aborts_the_run(
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


async def test_unloading_the_entry_aborts_the_run(
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
    assert listed(answer)[1]["error"].startswith("The connection was closed")
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert len(listed(await call(hass, "reprocess_faces"))) == 2


async def test_a_lost_login_aborts_the_run(
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
