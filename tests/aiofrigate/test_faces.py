"""The face library and face recognition."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateBadRequestError,
    FrigateClient,
    FrigateDataError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateServerError,
    Recognition,
    TrainingImage,
    Upload,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.face_images import face_image
from tests.versions import EVERY_VERSION, ONLY_016

from .conftest import VIEWER, Connect

NOBODY = Recognition(None, None, "No face was recognized.")
NO_FACE = Recognition(None, None, "No face was detected.")


def picture(name: str | None = None) -> Upload:
    """Return an image of a person, or one without a face."""
    return Upload(face_image(name), "image/jpeg", "picture.jpg")


@pytest.mark.parametrize(
    ("file", "rest"),
    [
        (
            "1795451690.505339-k5o8yi-1795451693.146546-Eileen-1.0.webp",
            ("1795451690.505339-k5o8yi", 1795451693.146546, "Eileen", 1.0),
        ),
        ("1-a-2-Jean-Luc-0.25.webp", ("1-a", 2.0, "Jean-Luc", 0.25)),
        ("1-a-2-Agent-7-0.25.jpg", ("1-a", 2.0, "Agent-7", 0.25)),
        ("1-a-2-unknown-5e-05.webp", ("1-a", 2.0, None, 5e-05)),
        ("1-a-2-José_María-0.5.webp", ("1-a", 2.0, "José_María", 0.5)),
        ("oddname.webp", (None, None, None, None)),
        ("1-a-now-Ana-0.5.webp", (None, None, None, None)),
        ("1-a-2-Ana-sure.webp", (None, None, None, None)),
        ("", (None, None, None, None)),
    ],
)
def test_names_of_training_images_are_parsed(file: str, rest: tuple[Any, ...]) -> None:
    assert TrainingImage.parse(file) == TrainingImage(file, *rest)


def test_invalid_recognition_results_are_unknown() -> None:
    assert Recognition.from_api({}, str) == Recognition(None, None, None)
    odd = {"face_name": 5, "score": "high", "message": []}
    assert Recognition.from_api(odd, str) == Recognition(None, None, None)
    assert not Recognition.from_api(odd, str).is_premature


@EVERY_VERSION
async def test_persons_are_created_renamed_and_deleted(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await client.faces.create("Ana María")
    assert frigate.state.faces == {"Ana_María": []}
    await client.faces.rename("Ana_María", "José's")
    assert frigate.state.faces == {"José's": []}
    await client.faces.delete_images("José's", ())
    assert frigate.state.faces == {}


@EVERY_VERSION
async def test_images_are_deleted(frigate: FakeFrigate, client: FrigateClient) -> None:
    frigate.add_face("Eileen", 3)
    first, second, third = frigate.state.faces["Eileen"]
    await client.faces.delete_images("Eileen", ())
    assert len(frigate.state.faces["Eileen"]) == 3
    await client.faces.delete_images("Eileen", (first, third))
    assert frigate.state.faces == {"Eileen": [second]}
    await client.faces.delete_images("Eileen", (second,))
    assert frigate.state.faces == {}


@EVERY_VERSION
async def test_a_face_is_registered_and_recognized(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    found = await client.faces.register("Eileen", picture("Eileen"))
    assert found == Recognition("Eileen", None, "Successfully registered face.")
    assert len(frigate.state.faces["Eileen"]) == 1
    for _ in range(2 if frigate.state.is_018 else 1):
        found = await client.faces.recognize(picture("Eileen"))
        assert found == NOBODY
        assert found.is_premature
    found = await client.faces.recognize(picture("Eileen"))
    assert found == Recognition("Eileen", 1.0, None)
    assert not found.is_premature
    found = await client.faces.recognize(picture("Stranger"))
    assert found == Recognition(None, 0.0, None)


async def test_images_without_a_face_have_no_result(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert await client.faces.register("Eileen", picture()) == NO_FACE
    assert await client.faces.recognize(picture()) == NO_FACE
    assert not NO_FACE.is_premature
    assert frigate.state.faces == {}
    broken = Upload(b"\xff\xd8\xffbroken", "image/jpeg", "picture.jpg")
    with pytest.raises(FrigateServerError, match="Could not process request"):
        await client.faces.recognize(broken)
    assert await client.faces.recognize(picture()) == NO_FACE


@EVERY_VERSION
async def test_a_training_image_is_reprocessed(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.add_face("Eileen")
    file = frigate.add_training_image("1.5-abc", 2.5)
    found = await client.faces.reprocess(file)
    words = "Successfully reprocessed face. Result: unknown (score: 0.00)"
    assert found == Recognition(None, 0.0, words)
    frigate.expect_face(file, "Eileen", 0.91)
    found = await client.faces.reprocess(file)
    assert (found.name, found.score) == ("Eileen", 0.91)
    with pytest.raises(FrigateNotFoundError, match="no file exists"):
        await client.faces.reprocess(file)
    frigate.state.train.append("oddname.webp")
    with pytest.raises(FrigateServerError, match="Could not process request"):
        await client.faces.reprocess("oddname.webp")


async def test_reprocessing_while_the_model_is_trained_is_premature(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.add_face("Eileen")
    frigate.state.recognition.unbuilt = 1
    file = frigate.add_training_image()
    assert (await client.faces.reprocess(file)).is_premature
    assert not (await client.faces.reprocess(file)).is_premature


@ONLY_016
async def test_the_result_is_in_the_library_if_frigate_does_not_tell_it(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.add_face("Eileen")
    file = frigate.add_training_image("1.5-abc", 2.5)
    other = frigate.add_training_image("1.5-abc", 3.5)
    # Nobody could tell whether this is new.
    assert await client.faces.reprocess(file) == Recognition(
        None, 0.0, None, is_unconfirmed=True
    )
    frigate.expect_face(file, "Eileen", 0.91)
    # The list of before is in the cache.
    assert file in (await client.faces.library()).train
    assert await client.faces.reprocess(file) == Recognition("Eileen", 0.91, None)
    assert frigate.state.train == ["1.5-abc-2.5-Eileen-0.91.webp", other]
    with pytest.raises(FrigateNotFoundError, match="no file exists"):
        await client.faces.reprocess(file)
    frigate.state.train.append("oddname.webp")
    assert (await client.faces.reprocess("oddname.webp")).name is None
    # Somebody else removes it at once.
    frigate.fail("/api/faces", Fault.json({"Eileen": ["a.webp"]}), method="GET")
    assert await client.faces.reprocess(other) == Recognition(None, None, None)


@ONLY_016
async def test_a_result_that_cannot_be_read_is_an_error(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.add_face("Eileen")
    file = frigate.add_training_image()
    frigate.fail("/api/faces", Fault.status(500), method="GET")
    with pytest.raises(FrigateServerError):
        await client.faces.reprocess(file)
    frigate.clear_faults()
    frigate.expect_face(file, "Eileen", 0.91)
    assert (await client.faces.reprocess(file)).name == "Eileen"


@EVERY_VERSION
async def test_a_training_image_or_an_event_is_assigned_to_a_person(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    file = frigate.add_training_image()
    await client.faces.train("Eileen", training_file=file)
    assert len(frigate.state.faces["Eileen"]) == 1
    assert frigate.state.train == []
    with pytest.raises(FrigateNotFoundError):
        await client.faces.train("Eileen", training_file=file)
    frigate.add_event_with_face("1.5-abc")
    await client.faces.train("Ana", event_id="1.5-abc")
    assert len(frigate.state.faces["Ana"]) == 1
    with pytest.raises(FrigateNotFoundError, match="no event exists"):
        await client.faces.train("Bea", event_id="1.6-abc")
    assert frigate.state.faces["Bea"] == []
    with pytest.raises(FrigateBadRequestError, match="must be passed"):
        await client.faces.train("Bea")


async def test_refused_face_commands_are_errors(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.add_face("Eileen")
    frigate.add_face("Ana")
    with pytest.raises(FrigateServerError):
        await client.faces.delete_images("Nobody", ())
    with pytest.raises(FrigateServerError):
        await client.faces.rename("Ana", "Eileen")
    with pytest.raises(FrigateBadRequestError, match="Error renaming face"):
        await client.faces.rename("Nobody", "Bea")
    assert frigate.state.faces.keys() == {"Eileen", "Ana"}
    await client.faces.rename("Ana", "Bea")
    assert frigate.state.faces.keys() == {"Eileen", "Bea"}


CALLS = [
    lambda client: client.faces.create("Eileen"),
    lambda client: client.faces.rename("Eileen", "Ana"),
    lambda client: client.faces.delete_images("Eileen", ("x.webp",)),
    lambda client: client.faces.train("Eileen", training_file="x.webp"),
    lambda client: client.faces.reprocess("x.webp"),
    lambda client: client.faces.register("Eileen", picture("Eileen")),
    lambda client: client.faces.recognize(picture("Eileen")),
]


@pytest.mark.parametrize("call", CALLS)
@EVERY_VERSION
async def test_disabled_face_recognition_is_an_error(
    frigate: FakeFrigate,
    client: FrigateClient,
    call: Callable[[FrigateClient], Awaitable[object]],
) -> None:
    frigate.add_face("Eileen")
    frigate.state.face_recognition = False
    with pytest.raises(FrigateBadRequestError, match="is not enabled"):
        await call(client)
    assert frigate.state.faces.keys() == {"Eileen"}


@pytest.mark.parametrize("call", CALLS)
async def test_the_face_library_is_for_administrators_only(
    frigate: FakeFrigate,
    connect: Connect,
    call: Callable[[FrigateClient], Awaitable[object]],
) -> None:
    frigate.add_face("Eileen")
    with pytest.raises(FrigateForbiddenError):
        await call(connect(frigate.external_url, **VIEWER))
    assert frigate.state.faces.keys() == {"Eileen"}


@pytest.mark.parametrize("call", CALLS)
async def test_an_html_page_is_not_a_success_of_a_face_command(
    frigate: FakeFrigate,
    client: FrigateClient,
    call: Callable[[FrigateClient], Awaitable[object]],
) -> None:
    frigate.fail("/api/faces", Fault.html())
    with pytest.raises(FrigateHTMLError):
        await call(client)


async def test_face_answers_of_another_shape_are_refused(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/faces", Fault.json([1]))
    with pytest.raises(FrigateDataError):
        await client.faces.recognize(picture("Eileen"))
    with pytest.raises(FrigateDataError):
        await client.faces.reprocess("x.webp")
    frigate.fail("/api/faces", Fault.json({"Eileen": 5}))
    with pytest.raises(FrigateDataError):
        await client.faces.library()
    frigate.clear_faults()
    assert await client.faces.recognize(picture()) == NO_FACE
