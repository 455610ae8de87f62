"""The cache of finished videos and images, for media players and Home Assistant's AI Task.

They need a whole file, with a length and with ranges. It is made once, by the jobs that make
downloads too. There is one cache for all servers, with a folder for each, and no backup has it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from contextvars import Context
from datetime import datetime, timedelta
from functools import partial
import math
from pathlib import Path
import shutil

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import service
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from ..aiofrigate import FrigateClient
from ..const import DOMAIN, LOGGER, MAX_MEDIA_FILE
from ..errors import action_error, action_errors, validation_error
from ..periods import Period
from .cache_files import (
    CachedFile,
    CacheIndex,
    CacheKey,
    clear,
    clear_all,
    folder_of,
    remove,
    remove_until_space,
)
from .clip import ClipJob
from .failures import file_errors
from .job import Download, Job, OutputFile
from .jobs import EventImageJob
from .limits import check_clip_size, check_space
from .saving import run_blocking
from .workspace import workspace_for

MAX_BYTES = 512 * 2**20
"""Bytes that all finished files have at most. What is being made comes on top."""
MAX_AGE = timedelta(hours=24)
MAX_AGE_INCOMPLETE = timedelta(minutes=1)
"""A video that lacks something is made anew soon, as Frigate may have it then."""
MAX_WAIT = 60.0
"""Seconds to wait for a file; it is finished in the background."""
PARALLEL_JOBS = 2
MAX_JOBS = 20
"""Files of one server that are being made or wait for it."""
SWEEP_INTERVAL = timedelta(minutes=15)
_CHUNK_DURATION = 60.0
# A recording has 8 Mbit/s, and its chunks are there until they are joined.
_EXPECTED_BYTES_PER_SECOND = 2 * 2**20

_CLIP_CACHE: HassKey[ClipCache] = HassKey(f"{DOMAIN}.clip_cache")


class ClipCache:
    """Makes files, keeps them for a day, and deletes those that nobody uses any more.

    Whoever calls it has checked that the user may see the camera: the same file is for all.
    """

    def __init__(self, hass: HomeAssistant, max_bytes: int) -> None:
        """Create an empty cache; call `async_start` before anything else."""
        self._hass = hass
        self._max_bytes = max_bytes
        self._index = CacheIndex()
        self._tasks: dict[CacheKey, asyncio.Task[Path]] = {}
        self._slots = defaultdict[str, asyncio.Semaphore](
            partial(asyncio.Semaphore, PARALLEL_JOBS)
        )
        # Otherwise a file could be deleted just after it has been made anew.
        self._disk = asyncio.Lock()
        self._is_stopped = False

    @property
    def _root(self) -> Path:
        return Path(self._hass.config.cache_path(DOMAIN))

    async def async_start(self) -> None:
        """Remove what a crash has left, and watch the age of files from now on."""
        await run_blocking(self._hass, clear_all, self._root)
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stop)
        async_track_time_interval(
            self._hass, self._async_sweep, SWEEP_INTERVAL, cancel_on_shutdown=True
        )

    async def async_get_clip(
        self,
        client: FrigateClient,
        entry_id: str,
        camera: str,
        start: float,
        end: float,
    ) -> Path:
        """Return the path of an MP4 file of what a camera recorded in a period.

        Raises:
            ServiceValidationError: the period is too long, or the server is not loaded.
            HomeAssistantError: the file is not ready within a minute, or cannot be made.
        """
        if not start < end:
            raise validation_error("bad_times")
        if end - start > MAX_MEDIA_FILE:
            raise validation_error(
                "media_too_long", minutes=f"{MAX_MEDIA_FILE / 60:.0f}"
            )
        key = _clip_key(entry_id, camera, start, end)
        job = ClipJob(
            hass=self._hass,
            client=client,
            camera=camera,
            period=Period(float(key.start), float(key.end)),
            chunk_duration=_CHUNK_DURATION,
            join=True,
            size_limit=self._max_bytes,
        )
        return await self._async_get(key, job)

    async def async_get_snapshot(
        self,
        client: FrigateClient,
        entry_id: str,
        event_id: str,
        version: int = 0,
    ) -> Path:
        """Return the path of the snapshot of an event.

        While the event is in progress, Frigate may replace the image: whoever wants that
        of now asks for another version.

        Raises:
            ServiceValidationError: the server is not loaded.
            HomeAssistantError: the file is not ready within a minute, or cannot be made.
        """
        job = EventImageJob(
            hass=self._hass,
            client=client,
            event_id=event_id,
            media="snapshot.jpg",
        )
        key = CacheKey(entry_id, "snapshot", event_id, version, version)
        return await self._async_get(key, job)

    async def async_close_entry(self, entry_id: str) -> None:
        """End what is being made for a server, and delete its files."""
        await _async_cancel(
            task for key, task in self._tasks.items() if key.entry_id == entry_id
        )
        self._slots.pop(entry_id, None)
        folder = folder_of(self._root, entry_id)
        async with self._disk:
            self._index.drop_all_below(folder)
            await run_blocking(self._hass, clear, folder)

    async def _async_stop(self, _event: Event) -> None:
        """End everything that is being made, and delete all files."""
        self._is_stopped = True
        await _async_cancel(self._tasks.values())
        async with self._disk:
            self._index.drop(self._index.paths)
            await run_blocking(self._hass, clear_all, self._root)

    async def _async_sweep(self, _now: datetime) -> None:
        async with self._disk:
            expired = self._index.drop_expired(self._hass.loop.time())
            if expired:
                await run_blocking(self._hass, remove, expired)

    def _find(self, key: CacheKey) -> Path | None:
        return self._index.use(key, self._hass.loop.time())

    async def _async_get(self, key: CacheKey, job: Job) -> Path:
        """Return a file, made by this job unless it is there or being made already."""
        path = self._find(key)
        if path is not None and await run_blocking(self._hass, path.is_file):
            return path
        task = self._tasks.get(key) or self._start(key, job)
        done, _pending = await asyncio.wait([task], timeout=MAX_WAIT)
        if not done:
            raise action_error("media_not_ready")
        if task.cancelled():
            raise action_error("download_cancelled")
        return task.result()

    @callback
    def _start(self, key: CacheKey, job: Job) -> asyncio.Task[Path]:
        entry = service.async_get_config_entry(self._hass, DOMAIN, key.entry_id)
        if sum(one.entry_id == key.entry_id for one in self._tasks) >= MAX_JOBS:
            raise action_error("media_busy")
        if self._is_stopped:
            raise action_error("download_cancelled")
        # Others will wait for it too, so it must not run as the user who asks first.
        task = Context().run(
            entry.async_create_background_task,
            self._hass,
            self._async_make(key, entry, job),
            f"{entry.title} {key.kind} for the cache",
        )
        self._tasks[key] = task
        task.add_done_callback(partial(self._on_done, key))
        return task

    @callback
    def _on_done(self, key: CacheKey, task: asyncio.Task[Path]) -> None:
        del self._tasks[key]
        if task.cancelled() or (err := task.exception()) is None:
            return
        # Those who still wait get the error as well.
        if isinstance(err, HomeAssistantError):
            LOGGER.debug("No %s of %s for the cache: %s", key.kind, key.name, err)
        else:
            LOGGER.error("Making a %s failed", key.kind, exc_info=err)

    async def _async_make(self, key: CacheKey, entry: ConfigEntry, job: Job) -> Path:
        target = key.path(self._root)
        download = Download(
            target=target.with_suffix(".mp4"),
            overwrite=True,
            workspace=workspace_for(target),
            report=lambda: None,
        )
        with action_errors(self._hass, entry), file_errors():
            # Waiting for Frigate must not hold up others.
            await job.async_prepare()
            async with self._slots[key.entry_id]:
                try:
                    await self._async_make_space(key)
                    await run_blocking(self._hass, _create, download.workspace)
                    answer = await job.async_fetch(download)
                    is_complete = "incomplete" not in answer
                    max_age = MAX_AGE if is_complete else MAX_AGE_INCOMPLETE
                    return await self._async_publish(key, download, max_age)
                finally:
                    await run_blocking(self._hass, _discard, download.workspace)

    async def _async_make_space(self, key: CacheKey) -> None:
        """Let the cache give way on a disk that is almost full."""
        size = key.seconds * _EXPECTED_BYTES_PER_SECOND
        async with self._disk:
            removed = await run_blocking(
                self._hass, remove_until_space, self._root, size, self._index.paths
            )
            self._index.drop(removed)

    async def _async_publish(
        self, key: CacheKey, download: Download, max_age: timedelta
    ) -> Path:
        if len(download.output_files) != 1:
            raise action_error("media_in_parts")
        output_file = download.output_files[0]
        size, path = output_file.bytes, output_file.target
        check_clip_size(size, self._max_bytes)
        async with self._disk:
            dropped = self._index.make_room(key, self._max_bytes - size)
            await run_blocking(self._hass, _publish, output_file, dropped)
            expires_at = self._hass.loop.time() + max_age.total_seconds()
            self._index.add(key, CachedFile(path, size, expires_at))
        return path


async def async_set_up_clip_cache(
    hass: HomeAssistant, *, max_bytes: int = MAX_BYTES
) -> None:
    """Create the cache of all servers."""
    hass.data[_CLIP_CACHE] = cache = ClipCache(hass, max_bytes)
    await cache.async_start()


@callback
def clip_cache(hass: HomeAssistant) -> ClipCache:
    """Return the cache of all servers."""
    return hass.data[_CLIP_CACHE]


def _clip_key(entry_id: str, camera: str, start: float, end: float) -> CacheKey:
    # Frigate cuts at whole seconds only.
    return CacheKey(entry_id, "clip", camera, math.floor(start), math.ceil(end))


async def _async_cancel(tasks: Iterable[asyncio.Task[Path]]) -> None:
    ended = [*tasks]
    for task in ended:
        task.cancel()
    if ended:
        await asyncio.wait(ended)


def _create(workspace: Path) -> None:
    check_space(workspace.parent)
    workspace.parent.mkdir(parents=True, exist_ok=True)
    workspace.mkdir(mode=0o700)


def _publish(output_file: OutputFile, dropped: Iterable[Path]) -> None:
    remove(dropped)
    output_file.source.replace(output_file.target)


def _discard(workspace: Path) -> None:
    shutil.rmtree(workspace, ignore_errors=True)
