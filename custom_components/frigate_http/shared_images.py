"""Images that several viewers wait for: each is asked for once at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .aiofrigate import FrigateClosedError, FrigateError, StillImage


@dataclass(eq=False)
class _Fetch:
    """A request for an image, and how many viewers wait for it."""

    task: asyncio.Task[StillImage | FrigateError]
    viewers: int = 0


class SharedImages[Key: Hashable]:
    """The images that are being fetched; simultaneous viewers share one request."""

    def __init__(self, name: str) -> None:
        """Begin with none; the name is that of the tasks."""
        self._name = name
        self._pending: dict[Key, _Fetch] = {}

    async def async_fetch(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        key: Key,
        ask: Callable[[], Awaitable[StillImage]],
    ) -> StillImage:
        """Return an image.

        Args:
            hass: Home Assistant.
            entry: the server; when it is unloaded, nobody is waited for any more.
            key: what distinguishes this image from all others.
            ask: sends the request.

        Raises:
            FrigateError: there is no image.
        """
        fetch = self._pending.get(key) or self._start(hass, entry, key, ask)
        fetch.viewers += 1
        try:
            # Not awaited directly: an unload cancels the task, which would look like the
            # viewer's own cancellation, and one viewer leaving must not cancel the others.
            await asyncio.wait((fetch.task,))
        finally:
            fetch.viewers -= 1
            if not fetch.viewers:
                self._end(key, fetch)
        if fetch.task.cancelled():
            raise FrigateClosedError("The client is closed")
        if isinstance(outcome := fetch.task.result(), FrigateError):
            raise outcome
        return outcome

    def _start(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        key: Key,
        ask: Callable[[], Awaitable[StillImage]],
    ) -> _Fetch:
        # Others will wait for it too, so it must not run as the user who asks first.
        task = Context().run(
            entry.async_create_background_task,
            hass,
            _outcome(ask),
            f"{entry.title} {self._name}",
        )
        self._pending[key] = fetch = _Fetch(task)
        task.add_done_callback(lambda _task: self._end(key, fetch))
        return fetch

    def _end(self, key: Key, fetch: _Fetch) -> None:
        """Let the next viewer ask anew, and ask no longer for one who has left."""
        if self._pending.get(key) is fetch:
            del self._pending[key]
        fetch.task.cancel()


async def _outcome(
    ask: Callable[[], Awaitable[StillImage]],
) -> StillImage | FrigateError:
    """Return an image, or the error.

    A value, as an exception would be logged if all viewers have left.
    """
    try:
        return await ask()
    except FrigateError as err:
        return err
