"""The face library: known persons, their images, and face recognition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import re
from typing import Any, Self

from .error_mapping import shown_or_none
from .errors import FrigateBadRequestError, FrigateDataError
from .lanes import Lane
from .messages import Answer, Upload
from .models import FaceLibrary
from .parsing import as_float, as_name, as_timestamp
from .redaction import Mask
from .resource import Resource
from .routes import Route, route

RECOGNITION_TIMEOUT = 60.0
"""Seconds for a request for which Frigate runs face recognition."""
UNKNOWN = "unknown"
"""Frigate's name for a face that it does not know."""
NO_SUCH_FILE = "none.webp"
"""Stands for no file where Frigate requires at least one."""

_NO_FACE = "No face was detected."
_NOBODY = "No face was recognized."
_STILL_TRAINING = "Model is still training"
# A score close to 0 is written as 5e-05.
_TRAINING_FILE = re.compile(
    r"(?P<event>\d+(?:\.\d+)?-[^-]+)-(?P<time>\d+(?:\.\d+)?)-(?P<name>.+?)"
    r"-(?P<score>\d+(?:\.\d+)?(?:e-\d+)?)\.\w+",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class TrainingImage:
    """An image that can be assigned to a person; all but its file may be unknown."""

    file: str
    event_id: str | None = None
    time: float | None = None
    """Time of the frame, in seconds since the epoch."""
    name: str | None = None
    """The recognized person; None for an unknown face."""
    score: float | None = None
    """Score of the recognition, from 0 to 1."""

    @classmethod
    def parse(cls, file: str) -> Self:
        """Read `<event id>-<frame time>-<name>-<score>.webp`."""
        if (found := _TRAINING_FILE.fullmatch(file)) is None:
            return cls(file)
        return cls(
            file,
            found["event"],
            as_timestamp(found["time"]),
            _known_name(found["name"]),
            as_float(found["score"]),
        )


@dataclass(frozen=True, slots=True)
class Recognition:
    """The result of face recognition in an image."""

    name: str | None
    """The recognized person; None for an unknown face, or for no face."""
    score: float | None
    """Score of the recognition, from 0 to 1; None if there is no face."""
    message: str | None
    """The server's own message."""
    is_unconfirmed: bool = False
    """Whether it may be an earlier result, as Frigate does not tell that it has a new one."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any], mask: Mask) -> Self:
        """Read `{"face_name", "score", "message"}`; the mask is for the message."""
        return cls(
            _known_name(as_name(data.get("face_name"))),
            as_float(data.get("score")),
            shown_or_none(data.get("message"), mask),
        )

    @property
    def is_premature(self) -> bool:
        """Return whether the model may not be ready yet.

        Frigate trains it again after each change of the library; until then it recognizes
        nobody.
        """
        return self.message is not None and (
            self.message == _NOBODY or self.message.startswith(_STILL_TRAINING)
        )


class Faces(Resource):
    """The face library, since 0.17 for administrators only.

    Every method raises `FrigateForbiddenError` for other accounts and, except `library`,
    `FrigateBadRequestError` if face recognition is disabled.
    """

    async def library(self, *, fresh: bool = False) -> FaceLibrary:
        """Return persons and images (`GET /api/faces`), even if recognition is disabled.

        Raises:
            FrigateDataError: the answer is not a library.
        """
        answer = await self._transport.request("GET", "/api/faces", fresh=fresh)
        data = answer.json(dict)
        if not all(isinstance(files, list) for files in data.values()):
            raise FrigateDataError("This is not a library of faces", answer.status)
        return FaceLibrary.from_api(data)

    async def reprocess(self, training_file: str) -> Recognition:
        """Run recognition again for a training image (`POST /api/faces/reprocess`).

        Frigate renames the file according to the result. Before 0.17 it tells nothing else,
        so that the result is read from the name in the library.

        Raises:
            FrigateNotFoundError: there is no such file.
            FrigateServerError: its name is not one that Frigate gives.
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
        if answer.json(object) == []:
            return await self._recognition_in_library(training_file)
        return Recognition.from_api(answer.json(dict), answer.mask)

    async def _recognition_in_library(self, file: str) -> Recognition:
        """Return the result in the present name of a training image."""
        before = TrainingImage.parse(file)
        train = (await self.library(fresh=True)).train
        images = [before] if file in train else map(TrainingImage.parse, train)
        for one in images:
            if (one.event_id, one.time) == (before.event_id, before.time):
                return Recognition(one.name, one.score, None, one == before)
        return Recognition(None, None, None)

    async def train(
        self,
        name: str,
        *,
        training_file: str | None = None,
        event_id: str | None = None,
    ) -> None:
        """Assign an image to a person (`POST /api/faces/train/{name}/classify`).

        The image is a training image, or the face in the snapshot of an event. Frigate
        creates the person before it looks for the event, and does not remove it if there
        is no such event.

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
        """Create a person without images (`POST /api/faces/{name}/create`).

        Spaces in the name become underscores. An existing person is left unchanged.
        """
        # The body says `"success": false` even on success: only the status counts.
        target = route("/api/faces/{name}/create", name=name)
        answer = await self._transport.request("POST", target)
        answer.refuse_html()

    async def register(self, name: str, image: Upload) -> Recognition:
        """Add an image to a person, who is created if needed.

        `POST /api/faces/{name}/register`. The result has no name if there is no face in
        the image.

        Raises:
            FrigateServerError: it is not an image.
        """
        try:
            answer = await self._upload(
                route("/api/faces/{name}/register", name=name), image
            )
        except FrigateBadRequestError as err:
            return _recognition_from(err, _NO_FACE)
        message = shown_or_none(answer.json(dict).get("message"), answer.mask)
        return Recognition(name, None, message)

    async def recognize(self, image: Upload) -> Recognition:
        """Recognize the face in an image (`POST /api/faces/recognize`).

        Raises:
            FrigateServerError: it is not an image.
        """
        try:
            answer = await self._upload(route("/api/faces/recognize"), image)
        except FrigateBadRequestError as err:
            return _recognition_from(err, _NO_FACE, _NOBODY)
        return Recognition.from_api(answer.json(dict), answer.mask)

    async def rename(self, name: str, new_name: str) -> None:
        """Rename a person (`PUT /api/faces/{name}/rename`).

        Raises:
            FrigateBadRequestError: there is no such person, or the new name is invalid.
            FrigateServerError: the new name is taken.
        """
        target = route("/api/faces/{name}/rename", name=name)
        answer = await self._transport.request(
            "PUT", target, data={"new_name": new_name}
        )
        answer.refuse_html()

    async def delete_images(self, name: str, files: Iterable[str]) -> None:
        """Delete images of a person (`POST /api/faces/{name}/delete`).

        Frigate also deletes the person if no image is left, and ignores files that do not
        exist. Without any file, a person without images is deleted.

        Raises:
            FrigateServerError: there is no such person.
        """
        ids = list(files) or [NO_SUCH_FILE]
        target = route("/api/faces/{name}/delete", name=name)
        answer = await self._transport.request("POST", target, data={"ids": ids})
        answer.refuse_html()

    async def _upload(self, target: Route, image: Upload) -> Answer:
        return await self._transport.request(
            "POST",
            target,
            form={"file": image},
            lane=Lane.SLOW_CALLS,
            timeout=RECOGNITION_TIMEOUT,
        )


def _known_name(name: str | None) -> str | None:
    return None if name == UNKNOWN else name


def _recognition_from(err: FrigateBadRequestError, *expected: str) -> Recognition:
    """Return the result in the message of a 400; raise the error for other messages."""
    if not err.message.startswith(expected):
        raise err
    return Recognition(None, None, err.message)
