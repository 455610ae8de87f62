"""A stream of Frigate: one connection, however many readers."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import (
    Backoff,
    FrigateClient,
    FrigateConnectionError,
    FrigateError,
    FrigateStartingError,
    VideoSocket,
)
from ..const import LOGGER
from ..mp4 import Mp4Error
from .groups import Groups, Reader
from .remux import Chunk, Remuxer
from .timeline import Timeline

GIVE_UP_AFTER: Final = 12.0
"""Seconds without data after which the readers are given up.

The connection is opened anew after 10 seconds of silence, which may help before that. The
pauses between connections grow until one has brought video for longer than this.
"""
LINGER: Final = 5.0
"""Seconds for which the connection stays open after the last reader has left."""
_LARGE: Final = 256 * 2**10
"""Bytes from which on a message is not worked on in the event loop."""
_MANY: Final = 16
"""How many messages are worked on before the readers have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """What becomes of a stream."""

    is_open: bool = False
    """Whether Frigate is being asked for it."""
    readers: int = 0
    has_data: bool | None = None
    """Whether it brought data when it was read; None if it was not read so far."""
    error: FrigateError | Mp4Error | None = None
    """The last error since it was opened."""
    reconnects: int = 0
    """How often the connection was opened anew because it had failed."""


class VideoStream:
    """Keeps a connection to Frigate as long as there are readers."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        key: str,
        name: str,
        on_change: Callable[[], None],
    ) -> None:
        """Initialize; nothing is asked for before there is a reader.

        Args:
            hass: Home Assistant.
            entry: the server.
            client: the client of the server.
            key: the camera, as the log calls it.
            name: the name of the stream in go2rtc.
            on_change: called when the stream begins or ceases to bring data.
        """
        self.name = name
        self._hass = hass
        self._entry = entry
        self._client = client
        self._label = f"{entry.title} {key}"
        self._on_change = on_change
        self._groups = Groups()
        self._timeline = Timeline()
        self._init: bytes | None = None
        """What the readers have begun with."""
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        """Gives up if there are readers, else closes the connection."""
        self._has_data: bool | None = None
        self._error: FrigateError | Mp4Error | None = None
        self._last_data_at = 0.0
        self._reconnects = 0

    @property
    def state(self) -> StreamState:
        """Return what becomes of the stream."""
        return StreamState(
            is_open=self._task is not None,
            readers=len(self._groups.readers),
            has_data=self._has_data,
            error=self._error,
            reconnects=self._reconnects,
        )

    @contextmanager
    def reader(self, abort: Callable[[], None]) -> Generator[Reader]:
        """Add a reader, until the context ends; `abort` closes a stuck connection."""
        groups = self._groups
        reader = Reader(groups, abort)
        if len(groups.readers) == 1:
            self._on_first_reader()
        try:
            yield reader
        finally:
            reader.leave()
            if groups is self._groups and not groups.readers:
                self._on_last_reader_gone()

    @callback
    def close(self) -> None:
        """End all readers and the connection."""
        self._end_readers()
        self._close_connection()

    def _on_first_reader(self) -> None:
        self._cancel_timer()
        if self._task is None:
            self._has_data = self._error = None
            # Others will read too, so it must not run as the user who is the first.
            self._task = Context().run(
                self._entry.async_create_background_task,
                self._hass,
                self._run(),
                f"{self._label} video",
                # It may fail at once, which is for a reader who waits already.
                eager_start=False,
            )
        self._last_data_at = self._hass.loop.time()
        self._give_up_if_silent()

    def _on_last_reader_gone(self) -> None:
        self._cancel_timer()
        if self._task is not None:
            self._timer = self._hass.loop.call_later(LINGER, self._close_connection)

    def _end_readers(self) -> None:
        groups, self._groups = self._groups, Groups()
        if groups.readers:
            groups.end()
            self._on_last_reader_gone()

    def _close_connection(self) -> None:
        self._cancel_timer()
        # Those who come later begin anew, and a thread may still use what there is.
        self._groups, self._timeline = Groups(), Timeline()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up_if_silent(self) -> None:
        """Give up if there was no data for too long, else look again when that may be."""
        due = self._last_data_at + GIVE_UP_AFTER
        if self._hass.loop.time() < due:
            self._timer = self._hass.loop.call_at(due, self._give_up_if_silent)
        else:
            self._give_up()

    def _give_up(self) -> None:
        """End the readers, so that their viewers see something else at once."""
        self.close()
        if self._has_data is not False:
            self._has_data = False
            self._on_change()

    async def _run(self) -> None:
        """Bring data until the connection is closed, over one connection after another."""
        backoff = Backoff()
        while True:
            try:
                async with self._client.live_video.open(self.name) as video:
                    await self._receive(video, backoff)
            except (FrigateError, Mp4Error) as err:
                LOGGER.debug("%s: no video: %s", self._label, err)
                self._note_error(err)
            await asyncio.sleep(backoff.pause())
            self._reconnects += 1

    async def _receive(self, video: VideoSocket, backoff: Backoff) -> None:
        """Pass on what one connection brings.

        Raises:
            FrigateError: the connection ended.
            Mp4Error: it does not bring video.
        """
        init = await anext(video)
        remuxer = Remuxer(init)
        began_at = self._hass.loop.time()
        if self._groups and self._init != init:
            # A player does not bear another codec or resolution, so it must begin anew.
            self._end_readers()
        self._init = init
        at_once = 0

        async def take(message: bytes) -> None:
            nonlocal at_once
            if is_large := len(message) > _LARGE:
                chunks = await self._hass.async_add_executor_job(
                    remuxer.feed, message, self._timeline
                )
            else:
                chunks = remuxer.feed(message, self._timeline)
            if chunks:
                self._add(chunks)
                if self._last_data_at > began_at + GIVE_UP_AFTER:
                    backoff.reset()
            # Many messages may have come at once. Readers who keep up take each of them.
            at_once += 1
            if is_large or at_once >= _MANY:
                at_once = 0
                await asyncio.sleep(0)

        await video.deliver(take)

    def _add(self, chunks: tuple[Chunk, ...]) -> None:
        self._groups.append(chunks)
        self._last_data_at = self._hass.loop.time()
        self._error = None
        if not self._has_data:
            self._has_data = True
            self._on_change()

    def _note_error(self, err: FrigateError | Mp4Error) -> None:
        """Give up at once on readers who wait for video that will hardly come."""
        self._error = err
        may_pass = isinstance(err, (FrigateConnectionError, FrigateStartingError))
        if self._groups.readers and not self._groups and not may_pass:
            self._give_up()
