"""The library of faces: its listing and its pictures."""

from .answers import Answer, Json, json_answer, nginx_page
from .call import Call
from .route import route
from .state import ServerState


def image_name(state: ServerState, face: str, number: int) -> str:
    """Return the file name of a registered picture."""
    return f"{face}_{state.started_at - number:.6f}.webp"


def train_name(state: ServerState, number: int) -> str:
    """Return the file name of a picture that waits: event, time, guess and score."""
    started = state.started_at + 60 * number
    return f"{started:.6f}-{number:06d}-{started + 7:.6f}-unknown-0.0.webp"


def faces_route(call: Call) -> Answer:
    """List the pictures of each face; `train` is in the same object."""
    state = call.state
    listing: dict[str, Json] = {
        name: list(files) for name, files in state.faces.items()
    }
    if state.train or state.train_folder:
        listing["train"] = list(state.train)
    return json_answer(listing)


async def face_file(call: Call) -> Answer:
    """Return a picture as nginx serves it from the disk."""
    parts = call.path.split("/")
    if len(parts) != 5:
        return nginx_page(404)
    folder, name = parts[3], parts[4]
    state = call.state
    files = state.train if folder == "train" else state.faces.get(folder, [])
    if name not in files:
        return nginx_page(404)
    picture = await call.studio.face(name)
    age = [("Cache-Control", "max-age=604800"), ("Cache-Control", "public")]
    return Answer(
        200, picture, "application/octet-stream", [*age, ("Accept-Ranges", "bytes")]
    )


ROUTES = (route("GET", "/faces", faces_route, admin=True),)
