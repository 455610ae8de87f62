"""The library of faces: its listing, its pictures, and what changes it."""

from collections.abc import Callable
import re
from typing import Any

from .answers import Answer, Json, invalid, json_answer, server_error, unprocessable
from .call import Call, read_body
from .disk_files import serve
from .open_files import DiskFile
from .route import route
from .state import ServerState

_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_GOOD_NAME = re.compile(r"[\w\s'-]{1,50}")


def image_name(state: ServerState, face: str, number: int) -> str:
    """Return the file name of a registered picture."""
    return f"{face}_{state.started_at - number:.6f}.webp"


def train_name(state: ServerState, number: int) -> str:
    """Return the file name of a picture that waits: event, time, guess and score."""
    started = state.started_at + 60 * number
    return f"{started:.6f}-{number:06d}-{started + 7:.6f}-unknown-0.0.webp"


def sanitized(name: str) -> str:
    """Return a name without what no file system takes, as the backend writes it."""
    return _NOT_IN_FILE_NAMES.sub("", name).rstrip(" .")


def folder_of(state: ServerState, name: str) -> list[str] | None:
    """Return the files of a folder of the library, which also holds `train`."""
    if name == "train":
        return state.train if state.train or state.train_folder else None
    return state.faces.get(name)


def make_folder(state: ServerState, name: str) -> list[str]:
    """Return the files of a folder that is made if it is not there."""
    if name == "train":
        state.train_folder = True
        return state.train
    return state.faces.setdefault(name, [])


def changed(state: ServerState) -> None:
    """Let the model be built anew, which takes the newer version longer."""
    state.recognition.unbuilt = 2 if state.is_018 else 1


def checked[T](call: Call, read: Callable[[Call], T | Answer]) -> T | Answer:
    """Return what a request carries; it is looked at even if faces are switched off."""
    content = read(call)
    if isinstance(content, Answer) or call.state.face_recognition:
        return content
    text = "Face recognition is not enabled."
    return json_answer({"message": text, "success": False}, 400)


def faces_route(call: Call) -> Answer:
    """List the pictures of each face; `train` is in the same object."""
    state = call.state
    listing: dict[str, Json] = {
        name: list(files) for name, files in state.faces.items()
    }
    if state.train or state.train_folder:
        listing["train"] = list(state.train)
    return json_answer(listing)


def create_route(call: Call, name: str) -> Answer:
    """Make an empty folder; the answer speaks of failure although it worked."""
    folder = checked(call, lambda _: sanitized(name.replace(" ", "_")))
    if isinstance(folder, Answer):
        return folder
    if folder:
        make_folder(call.state, folder)
    text = "Successfully created face folder."
    return json_answer({"success": False, "message": text})


def delete_route(call: Call, name: str) -> Answer:
    """Delete pictures of a face, known or not, and the folder once it is empty."""
    ids = checked(call, _ids)
    if isinstance(ids, Answer):
        return ids
    state = call.state
    files = folder_of(state, name)
    if files is None:
        return server_error()
    unwanted = {sanitized(each) for each in ids}
    files[:] = [each for each in files if each not in unwanted]
    if not files and name != "train":
        del state.faces[name]
    changed(state)
    return json_answer({"success": True, "message": "Successfully deleted faces."})


def _ids(call: Call) -> list[str] | Answer:
    body: dict[str, Any] | Answer = read_body(call, {})
    if isinstance(body, Answer):
        return body
    place: list[str | int] = ["body", "ids"]
    if "ids" not in body:
        return unprocessable([invalid("missing", place, "Field required", body)])
    if not isinstance(ids := body["ids"], list):
        text = "Input should be a valid list"
        return unprocessable([invalid("list_type", place, text, ids)])
    text = "Input should be a valid string"
    errors = [
        invalid("string_type", [*place, number], text, each)
        for number, each in enumerate(ids)
        if not isinstance(each, str)
    ]
    return unprocessable(errors) if errors else ids


def rename_route(call: Call, name: str) -> Answer:
    """Give a folder another name."""
    body = checked(call, lambda call: read_body(call, {"new_name": str}))
    if isinstance(body, Answer):
        return body
    state, new_name = call.state, body["new_name"]
    files = folder_of(state, name)
    if files is None or not (_is_good(name) and _is_good(new_name)):
        text = "Error renaming face. Check Frigate logs."
        return json_answer({"message": text, "success": False}, 400)
    if name != new_name:
        # A folder can be moved over another one only if that is empty.
        if folder_of(state, new_name):
            return server_error()
        moved = list(files)
        _forget_folder(state, name)
        make_folder(state, new_name)[:] = moved
    changed(state)
    text = f"Successfully renamed face to {new_name}."
    return json_answer({"success": True, "message": text})


def _is_good(name: str) -> bool:
    return bool(_GOOD_NAME.fullmatch(name)) and sanitized(name) == name


def _forget_folder(state: ServerState, name: str) -> None:
    if name == "train":
        state.train, state.train_folder = [], False
    else:
        del state.faces[name]


async def face_file(call: Call) -> Answer:
    """Return a picture as nginx serves it from the disk."""
    return await serve(call, lambda: _find(call), expires=True)


async def _find(call: Call) -> DiskFile | None:
    parts = call.path.split("/")
    if len(parts) != 5:
        return None
    folder, name = parts[3], parts[4]
    if name not in (folder_of(call.state, folder) or ()):
        return None
    picture = await call.workers.face(name)
    return DiskFile(content=picture, modified=call.state.started_at)


ROUTES = (
    route("GET", "/faces", faces_route, admin=True),
    route("POST", "/faces/([^/]+)/create", create_route, admin=True),
    route("POST", "/faces/([^/]+)/delete", delete_route, admin=True),
    route("PUT", "/faces/([^/]+)/rename", rename_route, admin=True),
)
