"""The download manager of one server: queue, progress, cleanup and events."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN
from ..errors import action_error, action_errors, validation_error
from .failures import file_errors
from .job import Download, Job, OutputFile
from .journal import Journal
from .paths import DownloadPaths
from .publishing import publish_all
from .saving import run_blocking, wait_for_end
from .workspace import (
    create_workspace,
    discard,
    missing_folders,
    remove_empty,
    workspace_for,
)

PARALLEL_DOWNLOADS = 2
COMPLETED = f"{DOMAIN}_download_completed"
FAILED = f"{DOMAIN}_download_failed"


class DownloadManager:
    """Runs at most two downloads in parallel; the others wait in a queue."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        journal: Journal,
        managers: Callable[[], Iterable[DownloadManager]],
    ) -> None:
        """Create an idle manager; `managers` returns those of all loaded servers."""
        self._hass = hass
        self._entry = entry
        self._journal = journal
        self._managers = managers
        self._targets: set[Path] = set()
        self._slots = asyncio.Semaphore(PARALLEL_DOWNLOADS)
        self._running: list[Download] = []
        self._waiting = 0
        self._listeners: set[CALLBACK_TYPE] = set()

    @property
    def targets(self) -> frozenset[Path]:
        """Return the target paths of all downloads of this server."""
        return frozenset(self._targets)

    @property
    def reserved_targets(self) -> frozenset[Path]:
        """Return the target paths of all downloads of all servers."""
        return frozenset[Path]().union(*(one.targets for one in self._managers()))

    @property
    def active(self) -> int:
        """Return how many downloads are running or waiting."""
        return len(self._running) + self._waiting

    @property
    def percent(self) -> float | None:
        """Return the progress of the oldest running download in percent."""
        return self._running[0].percent if self._running else None

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when the number or the progress of downloads changes."""
        self._listeners.add(listener)
        return partial(self._listeners.discard, listener)

    @callback
    def _report(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    @callback
    def async_start(
        self, target: Path, job: Job, about: JsonObjectType, *, overwrite: bool
    ) -> asyncio.Task[JsonObjectType]:
        """Start a download; unloading the config entry cancels it.

        `about` describes what is downloaded. It is part of the response, and of the event
        that fires at the end.

        Raises:
            ServiceValidationError: another download has the same target path.
        """
        if target in self.reserved_targets:
            raise validation_error("download_underway", path=str(target))
        self._targets.add(target)
        return self._entry.async_create_background_task(
            self._hass,
            self._async_run(target, job, about, overwrite=overwrite),
            f"{self._entry.title} download of {target.name}",
        )

    async def _async_run(
        self, target: Path, job: Job, about: JsonObjectType, *, overwrite: bool
    ) -> JsonObjectType:
        """Run a job when a slot is free, fire the event, and return the response.

        Raises:
            HomeAssistantError: the download failed; nothing is left on the disk.
        """
        try:
            async with self._async_slot(job):
                answer = await self._async_download(target, job, overwrite=overwrite)
        except BaseException as err:
            data = {**about, "path": str(target), "error": str(_reported_error(err))}
            self._hass.bus.async_fire(FAILED, data)
            raise
        finally:
            self._targets.discard(target)
        self._hass.bus.async_fire(COMPLETED, {**about, **answer})
        return {**about, **answer}

    def _errors(self) -> AbstractContextManager[None]:
        return action_errors(self._hass, self._entry)

    @asynccontextmanager
    async def _async_slot(self, job: Job) -> AsyncGenerator[None]:
        self._waiting += 1
        self._report()
        try:
            # Waiting for Frigate may take minutes, and must not occupy a slot.
            with self._errors():
                await job.async_prepare()
            await self._slots.acquire()
        finally:
            self._waiting -= 1
            self._report()
        try:
            yield
        finally:
            self._slots.release()

    async def _async_download(
        self, target: Path, job: Job, *, overwrite: bool
    ) -> JsonObjectType:
        download = Download(
            target=target,
            overwrite=overwrite,
            workspace=workspace_for(target),
            report=self._report,
        )
        self._running.append(download)
        self._report()
        try:
            with self._errors(), file_errors():
                details = await self._async_fill(download, job)
        finally:
            self._running.remove(download)
            self._report()
        return {
            **_response(download.output_files, DownloadPaths(self._hass)),
            **details,
        }

    async def _async_fill(self, download: Download, job: Job) -> JsonObjectType:
        """Run a job in a workspace; publish all of its files on success, else none."""
        paths, folders = DownloadPaths(self._hass), list[Path]()
        try:
            folders = await run_blocking(
                self._hass, missing_folders, download.target.parent
            )
            await self._journal.async_begin(download.workspace)
            await run_blocking(
                self._hass, create_workspace, paths, download.target, download.workspace
            )
            details = await job.async_fetch(download)
        except BaseException:
            await self._async_shielded(self._async_clean_up(download, folders))
            raise
        # A cancellation during publishing would leave only some of the files.
        await self._async_shielded(self._async_publish(download, paths, folders))
        return details

    async def _async_shielded(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._hass.async_create_task(work)
        if await wait_for_end(task) and (current := asyncio.current_task()):
            current.uncancel()
        task.result()

    async def _async_publish(
        self, download: Download, paths: DownloadPaths, folders: list[Path]
    ) -> None:
        try:
            await run_blocking(self._hass, publish_all, download, paths)
        finally:
            await self._async_clean_up(download, folders)

    async def _async_clean_up(self, download: Download, folders: list[Path]) -> None:
        workspace = download.workspace
        if download.written:
            await self._journal.async_add_files(download.written)
        is_gone = await run_blocking(self._hass, discard, workspace)
        if not download.written:
            await run_blocking(self._hass, remove_empty, folders)
        await self._journal.async_end(workspace, is_gone=is_gone)


def _reported_error(err: BaseException) -> BaseException:
    """Return the translated error to report instead of an internal one."""
    if isinstance(err, HomeAssistantError):
        return err
    if isinstance(err, asyncio.CancelledError):
        return action_error("download_cancelled")
    return action_error("unknown", message=type(err).__name__)


def _response(output_files: list[OutputFile], paths: DownloadPaths) -> JsonObjectType:
    """Return the response: the only file, or the first one with totals and all parts."""
    responses = [output_file.as_response(paths) for output_file in output_files]
    if len(responses) == 1:
        return responses[0]
    seconds = [
        output_file.seconds
        for output_file in output_files
        if output_file.seconds is not None
    ]
    return {
        **responses[0],
        "bytes": sum(output_file.bytes for output_file in output_files),
        "seconds": round(sum(seconds), 3),
        "parts": [*responses],
    }
