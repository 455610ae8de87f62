"""What is polled of the exports, while somebody looks at it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant

from .aiofrigate import (
    Export,
    ExportFile,
    ExportJob,
    FrigateClient,
    FrigateResponseError,
)
from .on_demand import OnDemandCoordinator

if TYPE_CHECKING:
    from .runtime import FrigateConfigEntry

IDLE_INTERVAL = timedelta(seconds=60)
BUSY_INTERVAL = timedelta(seconds=5)
"""While something is exported; Frigate's cache shows nothing newer."""


@dataclass(frozen=True, slots=True)
class ExportsData:
    """The exports of a server, and the work on them."""

    exports: tuple[Export, ...]
    jobs: tuple[ExportJob, ...]
    """Those that wait or run; none before 0.18."""
    files: tuple[ExportFile, ...] | None
    """None where this account is not shown them."""

    @property
    def in_progress(self) -> int:
        """Return how many are being made, or wait for that."""
        running = {one.id for one in self.exports if one.in_progress}
        return len(running | {one.id for one in self.jobs if one.is_active})

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
        self, hass: HomeAssistant, entry: FrigateConfigEntry, client: FrigateClient
    ) -> None:
        """Prepare."""
        super().__init__(hass, entry, client, "exports", IDLE_INTERVAL)

    @property
    def _has_jobs(self) -> bool:
        stats = self.config_entry.runtime_data.server.data.stats
        version = None if stats is None else stats.version
        return version is not None and version.at_least(0, 18)

    @override
    async def _async_read(self, *, fresh: bool) -> ExportsData:
        """Return the exports, the jobs where there are any, and the files if shown."""
        exports, jobs, files = await asyncio.gather(
            self.client.exports.list(fresh=fresh), self._jobs(fresh), self._files()
        )
        data = ExportsData(exports, jobs, files)
        self.update_interval = BUSY_INTERVAL if data.in_progress else IDLE_INTERVAL
        return data

    async def _jobs(self, fresh: bool) -> tuple[ExportJob, ...]:
        return await self.client.exports.jobs(fresh=fresh) if self._has_jobs else ()

    async def _files(self) -> tuple[ExportFile, ...] | None:
        """Return the files, which a proxy or a restricted role may not let us see."""
        try:
            return await self.client.exports.files()
        except FrigateResponseError:
            # Should it be the login, the list of exports has the same trouble.
            return None
