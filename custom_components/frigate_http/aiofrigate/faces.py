"""The library of known faces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import re
from typing import Any, Self

from .errors import FrigateBadRequestError, FrigateDataError
from .lanes import Lane
from .messages import Answer, Upload
from .models import FaceLibrary
from .parsing import as_float, as_str
from .resource import Resource
from .routes import Route, route

RECOGNITION_TIMEOUT = 60.0
"""Seconds for what makes Frigate look at a picture."""
UNKNOWN = "unknown"
"""What Frigate calls somebody it does not know."""
NO_SUCH_FILE = "none.webp"

_NO_FACE = "No face was detected."
_NOBODY = "No face was recognized."
_STILL_TRAINING = "Model is still training"
# A score near nothing is written like 5e-05.
_TRAINING_FILE = re.compile(
    r"(?P<event>\d+(?:\.\d+)?-[^-]+)-(?P<time>\d+(?:\.\d+)?)-(?P<name>.+?)"
    r"-(?P<score>\d+(?:\.\d+)?(?:e-\d+)?)\.\w+",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class TrainingImage:
    """A picture that waits for training; all but its file may be unknown."""

    file: str
    event_id: str | None = None
    time: float | None = None
    """When it was taken, in seconds since the epoch."""
    name: str | None = None
    """Whom Frigate takes it for, None for nobody it knows."""
    score: float | None = None
    """How sure it is, from 0 to 1."""

    @classmethod
    def parse(cls, file: str) -> Self:
        """Read `<event id>-<frame time>-<name>-<score>.webp`."""
        if (found := _TRAINING_FILE.fullmatch(file)) is None:
            return cls(file)
        return cls(
            file,
            found["event"],
            as_float(found["time"]),
            _known_name(found["name"]),
            as_float(found["score"]),
        )


@dataclass(frozen=True, slots=True)
class Recognition:
    """Whom Frigate sees in a picture."""

    name: str | None
    """None for nobody it knows."""
    score: float | None
    """How sure it is, from 0 to 1; None where there is no face."""
    message: str | None
    """The server's own words."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"face_name", "score", "message"}`."""
        return cls(
            _known_name(as_str(data.get("face_name"))),
            as_float(data.get("score")),
            as_str(data.get("message")),
        )

    @property
    def is_premature(self) -> bool:
        """Return whether the recognition may only not be ready yet.

        After each change of the library it is built anew; until then it knows nobody.
        """
        return self.message is not None and (
            self.message == _NOBODY or self.message.startswith(_STILL_TRAINING)
        )


class Faces(Resource):
    """Known people and their images; for administrators only.

    Every method raises `FrigateForbiddenError` for everybody else,
    `FrigateBadRequestError` where the recognition of faces is switched off, and
    `FrigateError` for anything but a good answer.
    """

    async def library(self, *, fresh: bool = False) -> FaceLibrary:
        """Return people and images (`GET /api/faces`), faces switched off or not.

        Raises:
            FrigateNotFoundError: Frigate is older than 0.16.
            FrigateDataError: the answer is not a library.
        """
        answer = await self._transport.request("GET", "/api/faces", fresh=fresh)
        data = answer.json(dict)
        if not all(isinstance(files, list) for files in data.values()):
            raise FrigateDataError("This is not a library of faces", answer.status)
        return FaceLibrary.from_api(data)

    async def reprocess(self, training_file: str) -> Recognition:
        """Look again whom a waiting picture shows (`POST /api/faces/reprocess`).

        The file is renamed after the result.

        Raises:
            FrigateNotFoundError: there is no such file.
            FrigateServerError: its name is not of Frigate's making.
        """
        try:
            answer = await self._transport.request(
                "POST",
                "/api/faces/reprocess",
                data={"training_file": training_file},
                lane=Lane.SLOW_CALLS,
                timeout=RECOGNITION_TIMEOUT,
            )
        except FrigateBadRequestError as err:
            return _recognition_from(err, _STILL_TRAINING)
        return Recognition.from_api(answer.json(dict))

    async def train(
        self,
        name: str,
        *,
        training_file: str | None = None,
        event_id: str | None = None,
    ) -> None:
        """Give a picture to a person (`POST /api/faces/train/{name}/classify`).

        It is a waiting picture, or the face in the snapshot of an event. Frigate makes
        the person before it looks for the event, and leaves it there if there is none.

        Raises:
            FrigateNotFoundError: there is no such file or event.
            FrigateServerError: the event has no face.
        """
        source = {"training_file": training_file, "event_id": event_id}
        data = {key: value for key, value in source.items() if value is not None}
        target = route("/api/faces/train/{name}/classify", name=name)
        answer = await self._transport.request("POST", target, data=data)
        answer.refuse_html()

    async def create(self, name: str) -> None:
        """Make a person without images (`POST /api/faces/{name}/create`).

        Blanks become underscores. A person who is there already is left alone.
        """
        # The answer of success says `"success": false`, so that only its status counts.
        target = route("/api/faces/{name}/create", name=name)
        answer = await self._transport.request("POST", target)
        answer.refuse_html()

    async def register(self, name: str, picture: Upload) -> Recognition:
        """Add a picture to a person, known or new (`POST /api/faces/{name}/register`).

        Return the person, or nobody where the picture shows no face.

        Raises:
            FrigateServerError: it is no picture.
        """
        try:
            answer = await self._upload(
                route("/api/faces/{name}/register", name=name), picture
            )
        except FrigateBadRequestError as err:
            return _recognition_from(err, _NO_FACE)
        return Recognition(name, None, as_str(answer.json(dict).get("message")))

    async def recognize(self, picture: Upload) -> Recognition:
        """Tell whom a picture shows (`POST /api/faces/recognize`).

        Raises:
            FrigateServerError: it is no picture.
        """
        try:
            answer = await self._upload(route("/api/faces/recognize"), picture)
        except FrigateBadRequestError as err:
            return _recognition_from(err, _NO_FACE, _NOBODY)
        return Recognition.from_api(answer.json(dict))

    async def rename(self, name: str, new_name: str) -> None:
        """Give a person another name (`PUT /api/faces/{name}/rename`).

        Raises:
            FrigateBadRequestError: nobody has that name, or nobody can have the new one.
            FrigateServerError: somebody has the new name.
        """
        target = route("/api/faces/{name}/rename", name=name)
        answer = await self._transport.request(
            "PUT", target, data={"new_name": new_name}
        )
        answer.refuse_html()

    async def delete_images(self, name: str, files: Iterable[str]) -> None:
        """Delete images, and the person without any (`POST /api/faces/{name}/delete`).

        Files that are not there are none of Frigate's concern. With none at all, a
        person without images is deleted.

        Raises:
            FrigateServerError: nobody has that name.
        """
        ids = list(files) or [NO_SUCH_FILE]
        target = route("/api/faces/{name}/delete", name=name)
        answer = await self._transport.request("POST", target, data={"ids": ids})
        answer.refuse_html()

    async def _upload(self, target: Route, picture: Upload) -> Answer:
        return await self._transport.request(
            "POST",
            target,
            form={"file": picture},
            lane=Lane.SLOW_CALLS,
            timeout=RECOGNITION_TIMEOUT,
        )


def _known_name(name: str | None) -> str | None:
    return None if name == UNKNOWN else name


def _recognition_from(err: FrigateBadRequestError, *expected: str) -> Recognition:
    """Return what a 400 says of a picture; raise it if it says something else."""
    if not err.message.startswith(expected):
        raise err
    return Recognition(None, None, err.message)
