"""Recognizing faces again in the images that wait for training."""

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
MAX_UNANSWERED = 2
"""How many images in a row without an answer abort a run."""
RETRY_DELAYS: tuple[float, ...] = (1.0, 2.0)
"""In seconds; Frigate rebuilds its recognition after each change of the library."""


async def async_with_retries(
    ask: Callable[[], Awaitable[Recognition]], delays: Iterable[float] | None = None
) -> Recognition:
    """Send a request, and send it again while the recognition is not or may not be ready."""
    found = await ask()
    for delay in RETRY_DELAYS if delays is None else delays:
        if not (found.is_premature or found.is_unconfirmed):
            break
        await asyncio.sleep(delay)
        found = await ask()
    return found


class Reprocessing:
    """A run over images, one after the other; a single failure does not abort it."""

    def __init__(self, call: ServerCall) -> None:
        """Start without images."""
        self._call = call
        self._retry_delays: tuple[float, ...] | None = None
        self._first_error: Exception | None = None
        self._is_aborted = False
        self._unanswered = 0
        self.images: list[JsonObjectType] = []
        """The result of each image."""
        self.recognized = 0

    async def async_add(self, file: str) -> None:
        """Process one more image, unless the run is aborted."""
        if self._is_aborted:
            self._add_failure(file, action_error("not_tried"))
            return
        try:
            found = await async_with_retries(
                lambda: self._call.client.faces.reprocess(file), self._retry_delays
            )
        except FrigateError as err:
            self._handle_error(err)
            key = "outcome_unknown" if is_outcome_unknown(err) else error_key(err)
            self._add_failure(file, action_error(key, **error_placeholders(err)), err)
            return
        self._unanswered = 0
        if found.is_premature or found.is_unconfirmed:
            # Another delay would hardly change anything for the next image.
            self._retry_delays = ()
        if found.is_premature:
            self._add_failure(file, action_error("recognition_not_ready"))
            return
        self.recognized += found.name is not None
        answer = {"name": found.name, "score": found.score, "message": found.message}
        self.images.append({TRAINING_FILE: file, **answer})

    def _handle_error(self, err: FrigateError) -> None:
        """Abort the run if the next image would fail in the same way.

        One lost connection may be temporary, or caused by this image.
        """
        async_handle_lost_login(self._call.hass, self._call.entry, err)
        is_unanswered = isinstance(err, (FrigateConnectionError, FrigateStartingError))
        self._unanswered = self._unanswered + 1 if is_unanswered else 0
        self._is_aborted = (
            is_auth_error(err)
            or isinstance(err, FrigateClosedError)
            or self._unanswered >= MAX_UNANSWERED
        )

    def _add_failure(
        self, file: str, shown: Exception, cause: Exception | None = None
    ) -> None:
        self._first_error = self._first_error or cause or shown
        self.images.append({TRAINING_FILE: file, "error": str(shown)})

    def raise_if_all_failed(self) -> None:
        """Raise the error of the first image if all images failed."""
        if self._first_error and all("error" in image for image in self.images):
            raise self._first_error
