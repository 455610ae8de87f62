"""What is polled of the exports, while somebody looks at it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
import time
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..aiofrigate import (
    Export,
    ExportFile,
    ExportJob,
    FrigateAuthError,
    FrigateClient,
    FrigateContentError,
    FrigateError,
    FrigateForbiddenError,
    FrigateNotFoundError,
)
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

IDLE_INTERVAL = timedelta(seconds=60)
BUSY_INTERVAL = timedelta(seconds=5)
"""While something is exported; Frigate's cache shows nothing newer."""
APPEARS_WITHIN = 10.0
"""Seconds after which an export that was begun is in one of the lists, or in none."""


@dataclass(frozen=True, slots=True)
class ExportsData:
    """The exports of a server, and the work on them."""

    exports: tuple[Export, ...]
    jobs: tuple[ExportJob, ...]
    """Those that wait or run; none before 0.18."""
    files: tuple[ExportFile, ...] | None
    """None where this account is not shown them."""

    @property
    def ids(self) -> set[str]:
        """Return which exports are there, being made or waiting."""
        return {one.id for one in self.exports} | {one.id for one in self.jobs}

    @property
    def in_progress(self) -> int:
        """Return how many are being made, or wait for that."""
        running = {one.id for one in self.exports if one.in_progress}
        return len(running | {one.id for one in self.jobs})

    @property
    def last_finished(self) -> datetime | None:
        """Return when the newest film was finished; Frigate itself does not keep it."""
        done = {one.file for one in self.exports if one.in_progress is False}
        times = [
            one.modified
            for one in self.files or ()
            if one.name in done and one.modified is not None
        ]
        return max(times, default=None)

    @property
    def progress(self) -> float | None:
        """Return how far the export is that began first, in per cent."""
        running = (one for one in self.jobs if one.status == "running")
        return next((one.progress for one in running), None)


class ExportsCoordinator(OnDemandCoordinator[ExportsData]):
    """Polls the exports: seldom as long as nothing happens, and often while it does."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Prepare; nothing is sent before somebody listens."""
        super().__init__(hass, entry, client, server, "exports", IDLE_INTERVAL)
        self._awaited: dict[str, float] = {}
        self._files: tuple[ExportFile, ...] | None = None

    async def async_jobs(self, *, fresh: bool = False) -> tuple[ExportJob, ...]:
        """Return the exports that wait or are being made; none before 0.18.

        Whoever asks for the list of exports after this misses none that begins meanwhile.

        Raises:
            FrigateError: the server does not tell.
        """
        jobs = await self.client.exports.jobs(fresh=fresh)
        return tuple(one for one in jobs if one.is_active)

    async def async_follow(self, export_id: str) -> None:
        """Show an export that was just begun at once, or as soon as the server does."""
        if self._listeners:
            self._awaited[export_id] = time.monotonic() + APPEARS_WITHIN
            self.update_interval = BUSY_INTERVAL
        await self.async_refresh_past_cache()

    @override
    async def _async_read(self, *, fresh: bool) -> ExportsData:
        """Return the exports, the jobs where there are any, and the files if shown."""
        # The cache may be older than what is waited for.
        fresh = fresh or bool(self._awaited)
        data = self.data
        try:
            exports, jobs = await asyncio.gather(
                self.client.exports.list(fresh=fresh), self.async_jobs(fresh=fresh)
            )
            data = ExportsData(exports, jobs, await self._read_files())
        finally:
            self._set_pace(data)
        return data

    def _set_pace(self, data: ExportsData | None) -> None:
        """Poll often while something is being made, or was begun and is not seen yet."""
        seen, now = set() if data is None else data.ids, time.monotonic()
        self._awaited = {
            export_id: until
            for export_id, until in self._awaited.items()
            if export_id not in seen and now < until
        }
        is_busy = bool(self._awaited) or (data is not None and data.in_progress > 0)
        self.update_interval = BUSY_INTERVAL if is_busy else IDLE_INTERVAL

    async def _read_files(self) -> tuple[ExportFile, ...] | None:
        """Return the files, which a proxy or a restricted role may not let us see.

        What only fails for a moment does not make them unknown.
        """
        try:
            self._files = await self.client.exports.files()
        except (
            FrigateAuthError,
            FrigateContentError,
            FrigateForbiddenError,
            FrigateNotFoundError,
        ):
            # The exports were shown just now: it is not the login that is missing.
            self._files = None
        except FrigateError:
            pass
        return self._files
