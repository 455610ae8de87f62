"""Pictures that teach the recognition of faces, and those it is asked about."""

from typing import Any

from . import face_images
from .answers import (
    Answer,
    detail,
    failure,
    invalid,
    json_answer,
    server_error,
    unprocessable,
)
from .call import Call, parsed_body
from .faces import changed, checked, folder_of, make_folder, sanitized
from .route import route
from .state import ServerState
from .uploads import uploaded_file

_TRAIN = "/media/frigate/clips/faces/train/"


def _optional_body(call: Call) -> dict[str, Any] | Answer:
    if not call.body:
        return {}
    body = parsed_body(call)
    if isinstance(body, dict | Answer):
        return body
    if body is None:
        return {}
    text = "Input should be a valid dictionary"
    return unprocessable([invalid("dict_type", ["body"], text, body)])


def _training_file(body: dict[str, Any]) -> str | None:
    name = body.get("training_file", "")
    return sanitized(name) if isinstance(name, str) else None


def _has_face(state: ServerState, event_id: object) -> bool | None:
    """Return whether the snapshot of an event shows a face, None without the event."""
    if event_id in state.recognition.events:
        return True
    return False if event_id in state.database.events else None


def _now(state: ServerState) -> str:
    return str(round(state.clock(), 6))


def _add(state: ServerState, folder: str, file: str) -> None:
    files = make_folder(state, folder)
    if file not in files:
        files.append(file)
    changed(state)


def reprocess_route(call: Call) -> Answer:
    """Look again who a waiting picture shows, and rename it after the result."""
    body = checked(call, _optional_body)
    if isinstance(body, Answer):
        return body
    state = call.state
    file = _training_file(body)
    if file is None:
        return server_error()
    if file not in state.train:
        text = f"Invalid filename or no file exists: {_TRAIN}{file}"
        return failure(text, 404)
    if len(parts := file.split("-")) != 5 and not state.is_017:
        return json_answer([])
    if len(parts) != 5:
        return failure("Could not process request.", 500)
    if not state.recognition.ready(state.faces):
        if not state.is_017:
            return json_answer([])
        text = "Model is still training, please try again in a few moments."
        return json_answer({"message": text, "success": False}, 400)
    name, score = _result(state, file)
    renamed = f"{'-'.join(parts[:3])}-{name}-{score}.webp"
    state.train[state.train.index(file)] = renamed
    if file in state.recognition.results:
        state.recognition.results[renamed] = state.recognition.results.pop(file)
    if not state.is_017:
        return json_answer([])
    text = f"Successfully reprocessed face. Result: {name} (score: {score:.2f})"
    return json_answer(
        {"message": text, "success": True, "face_name": name, "score": score}
    )


def _result(state: ServerState, file: str) -> tuple[str, float]:
    """Return who is in a picture: what a test has said, or the guess so far."""
    *_, guess, score = file.removesuffix(".webp").split("-")
    name, value = state.recognition.results.get(file, (guess, float(score)))
    return (
        (name.replace("-", "_"), value) if state.faces.get(name) else ("unknown", 0.0)
    )


def classify_route(call: Call, name: str) -> Answer:
    """Give a waiting picture, or the face of an event, to a person."""
    body = checked(call, _optional_body)
    if isinstance(body, Answer):
        return body
    state = call.state
    file = _training_file(body)
    event = body.get("event_id")
    if file is None:
        return server_error()
    if not file and not event:
        return failure("A training file or event_id must be passed.", 400)
    if file and file not in state.train:
        return failure(f"Invalid filename or no file exists: {file}", 404)
    folder = sanitized(name)
    # The folder is made before the event is looked for.
    make_folder(state, folder)
    if not file and (has_face := _has_face(state, event)) is not True:
        text = f"Invalid event_id or no event exists: {event}"
        # Without a face there is no frame of one, over which the backend falls.
        return failure(text, 404) if has_face is None else server_error()
    new_name = f"{folder}-{_now(state)}.webp"
    if file:
        state.train.remove(file)
        state.train_folder = True
    _add(state, folder, new_name)
    text = f"Successfully saved {file} as {new_name}."
    return json_answer({"success": True, "message": text})


def register_route(call: Call, name: str) -> Answer:
    """Add an uploaded picture to a person."""
    content = checked(call, uploaded_file)
    if isinstance(content, Answer):
        return content
    shown = _face_in(content)
    if isinstance(shown, Answer):
        return shown
    _add(call.state, name, f"{name}_{_now(call.state)}.webp")
    return json_answer({"message": "Successfully registered face.", "success": True})


def recognize_route(call: Call) -> Answer:
    """Answer with the name of the person on an uploaded picture."""
    content = checked(call, uploaded_file)
    if isinstance(content, Answer):
        return content
    state = call.state
    shown = _face_in(content)
    if isinstance(shown, Answer):
        return shown
    if not state.recognition.ready(state.faces):
        return failure("No face was recognized.", 400)
    known = bool(state.faces.get(shown))
    name, score = (shown, 1.0) if known else ("unknown", 0.0)
    return json_answer({"success": True, "score": score, "face_name": name})


def _face_in(content: bytes) -> str | Answer:
    try:
        shown = face_images.face_in(content)
    except OSError:
        return failure("Could not process request. Try restarting Frigate.", 500)
    if shown is None:
        text = "No face was detected."
        return json_answer({"message": text, "success": False}, 400)
    return shown


def reclassify_route(call: Call, name: str) -> Answer:
    """Give a picture of one person to another, which only 0.18 can."""
    if not call.state.is_018:
        return detail("Not Found", 404)
    body = checked(call, _optional_body)
    if isinstance(body, Answer):
        return body
    state = call.state
    file, new_name = sanitized(body.get("id", "")), sanitized(body.get("new_name", ""))
    if not file or not new_name:
        return failure("Both 'id' and 'new_name' are required.", 400)
    if new_name == name:
        return failure("New name must differ from the current name.", 400)
    files = folder_of(state, name) or []
    if file not in files:
        return failure(f"Image not found: {file}", 404)
    files.remove(file)
    if not files and name != "train":
        del state.faces[name]
    _add(state, new_name, f"{new_name}-{_now(state)}.webp")
    return json_answer({"success": True, "message": "Successfully reclassified face."})


ROUTES = (
    route("POST", "/faces/reprocess", reprocess_route, admin=True),
    route("POST", "/faces/recognize", recognize_route, admin=True),
    route("POST", "/faces/train/([^/]+)/classify", classify_route, admin=True),
    route("POST", "/faces/([^/]+)/register", register_route, admin=True),
    route("POST", "/faces/([^/]+)/reclassify", reclassify_route, admin=True),
)
