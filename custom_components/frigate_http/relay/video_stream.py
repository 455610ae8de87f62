"""A stream of Frigate: one connection, however many readers."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import FrigateClient, FrigateError
from .groups import Groups, Reader

PATIENCE: Final = 12.0
"""Seconds without data after which the readers are given up.

The connection is opened anew after 10 seconds of silence, which may help before that.
"""
LINGER: Final = 5.0
"""Seconds for which the connection stays open after the last reader has left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """What becomes of a stream."""

    is_open: bool = False
    """Whether Frigate is being asked for it."""
    readers: int = 0
    has_data: bool | None = None
    """Whether it brings data; None if that is not known, as nobody has read it yet."""
    error: FrigateError | None = None
    """The last error since it was opened."""


class VideoStream:
    """Keeps a connection to Frigate as long as there are readers."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        name: str,
        on_change: Callable[[], None],
    ) -> None:
        """Initialize; nothing is asked for before there is a reader.

        Args:
            hass: Home Assistant.
            entry: the server.
            client: the client of the server.
            name: the name of the stream in go2rtc.
            on_change: called when the stream begins or ceases to bring data.
        """
        self.name = name
        self._hass = hass
        self._entry = entry
        self._client = client
        self._on_change = on_change
        self._groups = Groups()
        self._readers = 0
        self._task: asyncio.Task[None] | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._giving_up: asyncio.TimerHandle | None = None
        self._has_data: bool | None = None
        self._error: FrigateError | None = None
        self._last_data_at = 0.0

    @property
    def state(self) -> StreamState:
        """Return what becomes of the stream."""
        return StreamState(
            is_open=self._task is not None,
            readers=self._readers,
            has_data=self._has_data,
            error=self._error,
        )

    @contextmanager
    def reader(self, abort: Callable[[], None]) -> Generator[Reader]:
        """Add a reader, until the context ends; `abort` closes a stuck connection."""
        groups = self._groups
        reader = Reader(groups, abort)
        groups.add(reader)
        self._enter()
        try:
            yield reader
        finally:
            groups.discard(reader)
            self._leave()

    @callback
    def close(self) -> None:
        """End all readers and the connection."""
        self._groups.end()
        self._groups = Groups()
        self._close_connection()

    def _enter(self) -> None:
        self._readers += 1
        if self._readers > 1:
            return
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self._has_data is False:
            self._has_data = None
        self._last_data_at = self._hass.loop.time()
        self._wait_for_data()
        if self._task is None:
            # Others will read too, so it must not run as the user who is the first.
            self._task = Context().run(
                self._entry.async_create_background_task,
                self._hass,
                self._run(),
                f"{self._entry.title} video",
            )

    def _leave(self) -> None:
        self._readers -= 1
        if self._readers:
            return
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
        if self._task is not None:
            self._closing = self._hass.loop.call_later(LINGER, self._close_connection)

    def _close_connection(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._groups = Groups()

    def _wait_for_data(self) -> None:
        """Look at the time when the patience would end if nothing came from now on."""
        due = self._last_data_at + PATIENCE
        self._giving_up = self._hass.loop.call_at(due, self._give_up_if_silent)

    def _give_up_if_silent(self) -> None:
        if self._hass.loop.time() < self._last_data_at + PATIENCE:
            self._wait_for_data()
            return
        self._giving_up = None
        self._give_up()

    def _give_up(self) -> None:
        """End the readers, so that their viewers see something else at once."""
        self._groups.end()
        self._groups = Groups()
        if self._has_data is not False:
            self._has_data = False
            self._on_change()

    async def _run(self) -> None:
        """Bring data until the connection is closed."""
        await self._hass.loop.create_future()
