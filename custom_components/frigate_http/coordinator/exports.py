"""The exports of a server, polled while a sensor shows them."""

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
from .server import CONFIG_INTERVAL, ServerCoordinator

IDLE_INTERVAL = timedelta(seconds=60)
BUSY_INTERVAL = timedelta(seconds=5)
"""While an export makes progress. Frigate's cache is as old, so faster is useless."""
_MAX_SHARE = 0.1
"""How late the end of an export may be seen, as a share of the time that it took."""
MAX_APPEARANCE_DELAY = 10.0
"""Seconds after which a started export appears in Frigate's lists, or never will."""


@dataclass(frozen=True, slots=True)
class ExportsData:
    """Exports, and the jobs that make them."""

    exports: tuple[Export, ...]
    jobs: tuple[ExportJob, ...]
    """Waiting and running jobs; empty before Frigate 0.18."""
    files: tuple[ExportFile, ...] | None
    """None if this account may not list the files."""

    @property
    def ids(self) -> set[str]:
        """Return the ids of all exports: finished, in progress and waiting."""
        return {one.id for one in self.exports} | {one.id for one in self.jobs}

    @property
    def in_progress(self) -> int:
        """Return the number of exports in progress or waiting."""
        running = {one.id for one in self.exports if one.in_progress}
        return len(running | {one.id for one in self.jobs})

    @property
    def unfinished(self) -> tuple[frozenset[str], tuple[ExportJob, ...]]:
        """Return the ids of the exports in progress, and the jobs with their progress."""
        return frozenset(one.id for one in self.exports if one.in_progress), self.jobs

    @property
    def last_finished(self) -> datetime | None:
        """Return when the newest export finished, by its file: Frigate does not store it."""
        done = {one.file for one in self.exports if one.in_progress is False}
        times = [
            one.modified
            for one in self.files or ()
            if one.name in done and one.modified is not None
        ]
        return max(times, default=None)

    @property
    def progress(self) -> float | None:
        """Return the progress of the oldest running export in percent."""
        running = (one for one in self.jobs if one.status == "running")
        return next((one.progress for one in running), None)


class ExportsCoordinator(OnDemandCoordinator[ExportsData]):
    """Polls exports once a minute, and every 5 seconds while one makes progress.

    Frigate lists some exports as in progress for ever. So without any progress the polls
    become rarer, up to the interval of the configuration.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Initialize; sends nothing before the first listener."""
        super().__init__(hass, entry, client, server, "exports", IDLE_INTERVAL)
        self._expected: dict[str, float] = {}
        self._files: tuple[ExportFile, ...] | None = None
        self._unfinished: object = None
        """What was in progress at the last poll, and how far it was."""
        self._unfinished_since = 0.0

    async def async_active_jobs(self, *, fresh: bool = False) -> tuple[ExportJob, ...]:
        """Return the waiting and running export jobs; none before Frigate 0.18.

        Read the list of exports after the jobs: then no export that starts in between is
        missed.

        Raises:
            FrigateError: the request failed.
        """
        jobs = await self.client.exports.jobs(fresh=fresh)
        return tuple(one for one in jobs if one.is_active)

    async def async_track(self, export_id: str) -> None:
        """Poll often until an export that was just started appears."""
        if self._listeners:
            self._expected[export_id] = time.monotonic() + MAX_APPEARANCE_DELAY
            self.update_interval = BUSY_INTERVAL
        await self.async_refresh_past_cache()

    @override
    async def _async_read(self, *, fresh: bool) -> ExportsData:
        """Return the exports, the jobs, and the files if this account may list them."""
        # The cache may be older than the export that is expected.
        fresh = fresh or bool(self._expected)
        data = self.data
        try:
            exports, jobs = await asyncio.gather(
                self.client.exports.list(fresh=fresh),
                self.async_active_jobs(fresh=fresh),
            )
            data = ExportsData(exports, jobs, await self._read_files())
        finally:
            self._update_interval_for(data)
        return data

    def _update_interval_for(self, data: ExportsData | None) -> None:
        """Poll often while an export is in progress or expected to appear."""
        seen, now = set() if data is None else data.ids, time.monotonic()
        self._expected = {
            export_id: until
            for export_id, until in self._expected.items()
            if export_id not in seen and now < until
        }
        unfinished = None if data is None else data.unfinished
        if unfinished != self._unfinished:
            self._unfinished, self._unfinished_since = unfinished, now
        if self._expected:
            self.update_interval = BUSY_INTERVAL
        elif data is not None and data.in_progress:
            rarer = timedelta(seconds=(now - self._unfinished_since) * _MAX_SHARE)
            self.update_interval = min(max(BUSY_INTERVAL, rarer), CONFIG_INTERVAL)
        else:
            self.update_interval = IDLE_INTERVAL

    async def _read_files(self) -> tuple[ExportFile, ...] | None:
        """Return the files, or None if a proxy or the role forbids listing them.

        After a temporary failure, the last known files are returned.
        """
        try:
            self._files = await self.client.exports.files()
        except (
            FrigateAuthError,
            FrigateContentError,
            FrigateForbiddenError,
            FrigateNotFoundError,
        ):
            # The list of exports was readable just now, so the login is not lost.
            self._files = None
        except FrigateError:
            pass
        return self._files
