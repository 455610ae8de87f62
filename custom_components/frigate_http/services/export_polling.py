"""Polling an export until it is finished or has failed."""

import asyncio
from dataclasses import dataclass, field

from ..aiofrigate import (
    Export,
    FrigateClient,
    FrigateError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateServerError,
)
from ..errors import action_error, is_no_response

_FIRST_DELAY = 0.25
_MAX_DELAY = 30.0
_GROWTH = 1.5
_MAX_SHARE = 0.05
"""How late the end of an export may be seen, as a share of the time that it took."""
_USUAL_DELAY = 2.0
_MAX_LISTING_DELAY = 5.0
"""Seconds within which 0.17 lists an export that was started."""
_FAILED = frozenset({"failed", "cancelled"})


@dataclass(slots=True)
class ExportPoller:
    """Polls one export until it is finished, for at most `timeout` seconds."""

    client: FrigateClient
    export_id: str
    timeout: int
    _last_error: FrigateError | None = field(default=None, init=False)
    """The temporary error of the last request."""

    async def async_wait_until_finished(self) -> Export:
        """Return the export once it is finished.

        The requests bypass Frigate's cache, at growing intervals. Temporary errors (no
        answer, a server error, a rate limit) are tolerated until the timeout.

        Raises:
            HomeAssistantError: the export failed, vanished, or did not finish in time.
            FrigateError: a permanent error, or the temporary one at the timeout.
        """
        try:
            async with asyncio.timeout(self.timeout):
                return await self._async_poll()
        except TimeoutError:
            raise self._last_error or action_error(
                "export_unfinished", export=self.export_id, seconds=str(self.timeout)
            ) from None

    async def _async_poll(self) -> Export:
        now = asyncio.get_running_loop().time
        started, delay, was_seen = now(), _FIRST_DELAY, False
        while True:
            retry_after = 0.0
            try:
                if (export := await self._async_get_export()) is None:
                    is_late = now() - started > _MAX_LISTING_DELAY
                    await self._raise_if_lost(is_gone=was_seen or is_late)
                elif export.in_progress is False:
                    return export
                else:
                    was_seen = True
                self._last_error = None
            except FrigateError as err:
                if not _is_temporary(err):
                    raise
                self._last_error = err
                retry_after = getattr(err, "retry_after", 0.0)
            await asyncio.sleep(max(delay, retry_after))
            rarer = max(_USUAL_DELAY, (now() - started) * _MAX_SHARE)
            delay = min(delay * _GROWTH, rarer, _MAX_DELAY)

    async def _async_get_export(self) -> Export | None:
        """Return the export; None if Frigate does not list it yet or any more."""
        try:
            return await self.client.exports.find(self.export_id, fresh=True)
        except FrigateNotFoundError:
            return None

    async def _raise_if_lost(self, *, is_gone: bool) -> None:
        """Raise if an export that is not listed will not appear any more."""
        try:
            job = await self.client.exports.job(self.export_id, fresh=True)
        except FrigateNotFoundError:
            raise action_error("export_without_video", export=self.export_id) from None
        if job is None:
            # The version has no jobs, so only the time passed can tell.
            if is_gone:
                raise action_error("export_without_video", export=self.export_id)
            return
        if job.status in _FAILED:
            words = (job.error or job.status).rstrip(".")
            raise action_error("export_failed", export=self.export_id, message=words)


def _is_temporary(err: FrigateError) -> bool:
    """Return whether a later request may succeed."""
    return is_no_response(err) or isinstance(
        err, (FrigateRateLimitError, FrigateServerError)
    )
