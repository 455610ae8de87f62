"""The library of faces keeps what is done to it, and answers as strictly as the server."""

from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from tests.contract.client import Answer, bearer, fetch
from tests.fake_frigate import FakeFrigate, WrongClock
from tests.fake_frigate.face_images import face_image
from tests.fake_frigate.open_files import REMEMBERED_SECONDS
from tests.versions import EVERY_VERSION

NOT_DETECTED = {"message": "No face was detected.", "success": False}
NOT_RECOGNIZED = {"success": False, "message": "No face was recognized."}
MISSING = [
    {"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": None}
]


class Library:
    """Speaks to the face routes of a server."""

    def __init__(self, session: aiohttp.ClientSession, server: FakeFrigate) -> None:
        self._session = session
        self._server = server

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        url = f"{self._server.internal_url}/api/faces{path}"
        options.setdefault("headers", {"X-Cache-Bypass": "1"})
        return await fetch(self._session, url, method, **options)

    async def post(self, path: str, body: Any = None) -> Answer:
        return await self.ask("POST", path, json={} if body is None else body)

    async def upload(self, path: str, picture: bytes) -> Answer:
        form = aiohttp.FormData()
        form.add_field("file", picture, filename="picture.jpg")
        return await self.ask("POST", path, data=form)

    async def files(self, name: str) -> list[str] | None:
        listing: dict[str, list[str]] = (await self.ask("GET", "")).json
        return listing.get(name)


@pytest.fixture
def library(session: aiohttp.ClientSession, server: FakeFrigate) -> Library:
    """Return the library of a server of 0.17."""
    return Library(session, server)


async def test_people_come_and_go(library: Library) -> None:
    for _ in range(2):
        answer = await library.ask("POST", f"/{quote('Eva Maria')}/create")
        assert answer.json["message"] == "Successfully created face folder."
    assert await library.files("Eva_Maria") == []
    await library.ask("POST", "/Br%3Aian%20/create")
    assert await library.files("Brian_") == []
    answer = await library.ask("PUT", "/Eva_Maria/rename", json={"new_name": "Eva"})
    assert answer.json["message"] == "Successfully renamed face to Eva."
    assert await library.files("Eva_Maria") is None
    await library.post("/Eva/delete", {"ids": []})
    assert await library.files("Eva") is None
    assert (await library.post("/Eva/delete", {"ids": []})).status == 500


async def test_only_an_empty_person_is_replaced(library: Library) -> None:
    before = await library.files("Eileen")
    again = await library.ask("PUT", "/Eileen/rename", json={"new_name": "Eileen"})
    assert again.status == 200
    answer = await library.ask("PUT", "/Ana/rename", json={"new_name": "Eileen"})
    assert answer.status == 500
    answer = await library.ask("PUT", "/Eileen/rename", json={"new_name": "Ana"})
    assert answer.status == 200
    assert await library.files("Ana") == before
    assert await library.files("Eileen") is None


async def test_names_that_cannot_be_renamed_to(library: Library) -> None:
    for name in ("a.b", "a:b", "x" * 51, ""):
        answer = await library.ask("PUT", "/Eileen/rename", json={"new_name": name})
        assert answer.status == 400, name
        assert answer.json["message"] == "Error renaming face. Check Frigate logs."


async def test_pictures_are_deleted_one_by_one(library: Library) -> None:
    first, second = await library.files("Eileen") or []
    body = {"ids": [first, "unknown.webp"]}
    assert (await library.post("/Eileen/delete", body)).status == 200
    assert await library.files("Eileen") == [second]
    assert (await library.post("/Eileen/delete", {"ids": []})).status == 200
    assert await library.files("Eileen") == [second]
    assert (await library.post("/Eileen/delete", {"ids": [second]})).status == 200
    assert await library.files("Eileen") is None
    waiting = await library.files("train")
    assert (await library.post("/train/delete", {"ids": waiting})).status == 200
    assert await library.files("train") == []


@pytest.mark.parametrize(
    ("body", "kind", "place"),
    [
        ({"ids": "x.webp"}, "list_type", ["body", "ids"]),
        ({"ids": ["x.webp", 5]}, "string_type", ["body", "ids", 1]),
        ([], "model_attributes_type", ["body"]),
    ],
)
async def test_lists_of_pictures_are_checked(
    library: Library, body: Any, kind: str, place: list[Any]
) -> None:
    answer = await library.post("/Eileen/delete", body)
    assert answer.status == 422
    error = answer.json["detail"][0]
    assert (error["type"], error["loc"]) == (kind, place)


@EVERY_VERSION
async def test_the_model_is_built_anew_after_a_change(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version) as server:
        library = Library(session, server)
        eileen = face_image("Eileen")
        answer = await library.upload("/Eileen/register", eileen)
        assert answer.json["message"] == "Successfully registered face."
        assert len(await library.files("Eileen") or []) == 1
        for _ in range(2 if version != "0.17.2" else 1):
            answer = await library.upload("/recognize", eileen)
            assert (answer.status, answer.json) == (400, NOT_RECOGNIZED)
        answer = await library.upload("/recognize", eileen)
        assert answer.json == {"success": True, "score": 1.0, "face_name": "Eileen"}
        answer = await library.upload("/recognize", face_image("Somebody", "png"))
        assert answer.json == {"success": True, "score": 0.0, "face_name": "unknown"}


async def test_without_pictures_nobody_is_recognized(library: Library) -> None:
    files = await library.files("Eileen")
    await library.post("/Eileen/delete", {"ids": files})
    for _ in range(3):
        answer = await library.upload("/recognize", face_image("Eileen"))
        assert answer.json == NOT_RECOGNIZED


@pytest.mark.parametrize("path", ["/recognize", "/Ana/register"])
async def test_pictures_are_looked_at(library: Library, path: str) -> None:
    for kind in ("jpg", "png", "webp"):
        answer = await library.upload(path, face_image(kind=kind))
        assert (answer.status, answer.json) == (400, NOT_DETECTED)
    answer = await library.upload(path, b"this is no picture")
    assert answer.status == 500
    text = "Could not process request. Try restarting Frigate."
    assert answer.json["message"] == text
    assert await library.files("Ana") == []


HEAD = b'--x\r\nContent-Disposition: form-data; name="file"'


@pytest.mark.parametrize(
    ("kind", "body", "status", "expected"),
    [
        ("multipart/form-data", b"", 400, "Missing boundary in multipart."),
        (
            "multipart/form-data; boundary=x",
            b"no part at all",
            400,
            "There was an error parsing the body",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n",
            400,
            'The Content-Disposition header field "name" must be provided.',
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\n\r\n1\r\n--x--\r\n",
            400,
            'The Content-Disposition header field "name" must be provided.',
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nwithout an end\r\n--x--\r\n",
            400,
            "There was an error parsing the body",
        ),
        (
            "multipart/form-data; boundary=x",
            HEAD + b"\r\n\r\n\r\n--x--\r\n",
            422,
            MISSING,
        ),
        (
            "multipart/form-data; boundary=x",
            HEAD + b'; filename="a"\r\n\r\ncut off',
            422,
            MISSING,
        ),
        ("application/x-www-form-urlencoded", b"", 422, MISSING),
    ],
)
async def test_forms_are_parsed_strictly(
    library: Library, kind: str, body: bytes, status: int, expected: Any
) -> None:
    headers = {"Content-Type": kind}
    answer = await library.ask("POST", "/recognize", data=body, headers=headers)
    assert (answer.status, answer.json) == (status, {"detail": expected})


async def test_a_text_is_no_file(library: Library) -> None:
    headers = {"Content-Type": 'multipart/form-data; boundary="x"'}
    body = HEAD + b"\r\n\r\nhello\r\n--x--\r\n"
    answer = await library.ask("POST", "/recognize", data=body, headers=headers)
    assert answer.status == 422
    error = answer.json["detail"][0]
    assert error["msg"] == "Value error, Expected UploadFile, received: <class 'str'>"
    assert error["input"] == "hello"


async def test_a_picture_is_looked_at_again_and_renamed(
    library: Library, server: FakeFrigate
) -> None:
    file = server.add_training_image("1.5-abc", 2.5)
    body = {"training_file": file}
    answer = await library.post("/reprocess", body)
    assert answer.json["face_name"] == "unknown"
    assert server.state.train[-1] == file
    server.expect_face(file, "Eileen", 0.9345)
    answer = await library.post("/reprocess", body)
    assert answer.json == {
        "message": "Successfully reprocessed face. Result: Eileen (score: 0.93)",
        "success": True,
        "face_name": "Eileen",
        "score": 0.9345,
    }
    renamed = "1.5-abc-2.5-Eileen-0.9345.webp"
    assert server.state.train[-1] == renamed
    assert (await library.post("/reprocess", body)).status == 404
    answer = await library.post("/reprocess", {"training_file": renamed})
    assert answer.json["face_name"] == "Eileen"


async def test_names_with_dashes(library: Library, server: FakeFrigate) -> None:
    server.add_face("Jean-Luc", 1)
    file = server.add_training_image("1.5-abc", 2.5)
    server.expect_face(file, "Jean-Luc", 0.9)
    answer = await library.post("/reprocess", {"training_file": file})
    assert answer.json["face_name"] == "Jean_Luc"
    assert server.state.train[-1] == "1.5-abc-2.5-Jean_Luc-0.9.webp"
    old = server.add_training_image("1.5-abc", 3.5, "Jean-Luc", 0.9)
    answer = await library.post("/reprocess", {"training_file": old})
    assert (answer.status, answer.json["message"]) == (
        500,
        "Could not process request.",
    )


async def test_a_model_that_is_being_built_is_asked_again(
    library: Library, server: FakeFrigate
) -> None:
    file, other = server.state.train[:2]
    answer = await library.post("/train/Ana/classify", {"training_file": other})
    assert answer.status == 200
    answer = await library.post("/reprocess", {"training_file": file})
    text = "Model is still training, please try again in a few moments."
    assert (answer.status, answer.json["message"]) == (400, text)
    assert (await library.post("/reprocess", {"training_file": file})).status == 200


async def test_a_waiting_picture_is_given_to_a_person(
    library: Library, server: FakeFrigate
) -> None:
    file = server.state.train[0]
    answer = await library.post("/train/Eva/classify", {"training_file": file})
    (new,) = await library.files("Eva") or []
    assert answer.json["message"] == f"Successfully saved {file} as {new}."
    assert file not in (await library.files("train") or [])
    answer = await library.post("/train/Eva/classify", {"training_file": 5})
    assert answer.status == 500


async def test_the_face_of_an_event_is_given_to_a_person(
    library: Library, server: FakeFrigate
) -> None:
    server.add_event_with_face("1.5-abc")
    answer = await library.post("/train/Eva/classify", {"event_id": "1.5-abc"})
    (new,) = await library.files("Eva") or []
    assert answer.json["message"] == f"Successfully saved  as {new}."
    answer = await library.post("/train/Bea/classify", {"event_id": "none"})
    assert answer.status == 404
    # The folder was made before the event was looked for.
    assert await library.files("Bea") == []


@EVERY_VERSION
async def test_a_picture_moves_to_another_person(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version, faces={"Eileen": 1}) as server:
        library = Library(session, server)
        (file,) = server.state.faces["Eileen"]
        body = {"id": file, "new_name": "Ana"}
        answer = await library.post("/Eileen/reclassify", body)
        if version == "0.17.2":
            assert (answer.status, answer.json) == (404, {"detail": "Not Found"})
            return
        assert answer.json["message"] == "Successfully reclassified face."
        assert await library.files("Eileen") is None
        assert len(await library.files("Ana") or []) == 1


async def test_the_list_is_out_of_date_for_a_while(library: Library) -> None:
    await library.ask("GET", "", headers={})
    await library.ask("POST", "/Eva/create")
    assert "Eva" not in (await library.ask("GET", "", headers={})).json
    assert "Eva" in (await library.ask("GET", "")).json


@pytest.mark.parametrize("user", ["viewer1", "gate1"])
async def test_only_admins_may(
    session: aiohttp.ClientSession, server: FakeFrigate, user: str
) -> None:
    before = {name: list(files) for name, files in server.state.faces.items()}
    for method, path in (
        ("POST", "reprocess"),
        ("POST", "recognize"),
        ("POST", "train/Ana/classify"),
        ("POST", "Eva/create"),
        ("POST", "Eva/register"),
        ("POST", "Eileen/delete"),
        ("PUT", "Eileen/rename"),
    ):
        url = f"{server.external_url}/api/faces/{path}"
        answer = await fetch(session, url, method, json={}, **bearer(server, user))
        assert answer.status == 403, path
    assert server.state.faces == before


async def test_pictures_of_new_people_are_served(
    library: Library, session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    await library.upload(f"/{quote('José')}/register", face_image("José"))
    (file,) = await library.files("José") or []
    path = quote(f"/clips/faces/José/{file}")
    assert (await fetch(session, server.internal_url + path)).status == 200
    await library.post(f"/{quote('José')}/delete", {"ids": [file]})
    assert (await fetch(session, server.internal_url + path)).status == 200
    server.state.clock = WrongClock(REMEMBERED_SECONDS)
    assert (await fetch(session, server.internal_url + path)).status == 404
