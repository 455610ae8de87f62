"""Looking again at the images that wait for training."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    FrigateClosedError,
    FrigateConnectionError,
    FrigateError,
    FrigateStartingError,
    Recognition,
)
from ..errors import (
    action_error,
    async_handle_lost_login,
    error_key,
    error_placeholders,
    is_auth_error,
    is_outcome_unknown,
)
from .action import ServerCall

TRAINING_FILE = "training_file"
MOST_UNANSWERED = 2
"""How many images in a row without an answer end a run."""
PAUSES: tuple[float, ...] = (1.0, 2.0)
"""Seconds to wait for the recognition, which is built anew after each change."""


async def async_ask_patiently(
    ask: Callable[[], Awaitable[Recognition]], pauses: Iterable[float] | None = None
) -> Recognition:
    """Ask, and again if the recognition may not have been ready."""
    found = await ask()
    for pause in PAUSES if pauses is None else pauses:
        if not found.is_premature:
            break
        await asyncio.sleep(pause)
        found = await ask()
    return found


class Reprocessing:
    """A run over some images, one after the other, which one failure does not end."""

    def __init__(self, call: ServerCall) -> None:
        """Begin without images."""
        self._call = call
        self._pauses: tuple[float, ...] | None = None
        self._first_error: Exception | None = None
        self._is_cut_off = False
        self._unanswered = 0
        self.images: list[JsonObjectType] = []
        """What came of each."""
        self.recognized = 0

    async def async_add(self, file: str) -> None:
        """Look at one more image, unless the server cannot be asked any more."""
        if self._is_cut_off:
            self._fail(file, action_error("not_tried"))
            return
        try:
            found = await async_ask_patiently(
                lambda: self._call.client.faces.reprocess(file), self._pauses
            )
        except FrigateError as err:
            self._note(err)
            key = "outcome_unknown" if is_outcome_unknown(err) else error_key(err)
            self._fail(file, action_error(key, **error_placeholders(err)), err)
            return
        self._unanswered = 0
        if found.is_premature:
            # It will hardly be ready for the others.
            self._pauses = ()
            self._fail(file, action_error("recognition_not_ready"))
            return
        self.recognized += found.name is not None
        answer = {"name": found.name, "score": found.score, "message": found.message}
        self.images.append({TRAINING_FILE: file, **answer})

    def _note(self, err: FrigateError) -> None:
        """End the run where the next image would fail in the same way.

        One lost connection may have been this image's fault, or a moment's.
        """
        async_handle_lost_login(self._call.hass, self._call.entry, err)
        is_unanswered = isinstance(err, (FrigateConnectionError, FrigateStartingError))
        self._unanswered = self._unanswered + 1 if is_unanswered else 0
        self._is_cut_off = (
            is_auth_error(err)
            or isinstance(err, FrigateClosedError)
            or self._unanswered >= MOST_UNANSWERED
        )

    def _fail(
        self, file: str, shown: Exception, cause: Exception | None = None
    ) -> None:
        self._first_error = self._first_error or cause or shown
        self.images.append({TRAINING_FILE: file, "error": str(shown)})

    def raise_if_all_failed(self) -> None:
        """Raise what the first image failed with, if no other fared better."""
        if self._first_error and all("error" in image for image in self.images):
            raise self._first_error
