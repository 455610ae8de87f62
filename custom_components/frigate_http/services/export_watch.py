"""Watching an export until it is finished, or will never be."""

import asyncio
from dataclasses import dataclass, field

from ..aiofrigate import (
    Export,
    FrigateClient,
    FrigateError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateServerError,
    FrigateStartingError,
)
from ..errors import action_error, is_no_response

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 2.0
_GROWTH = 1.5
_APPEARS_WITHIN = 5.0
"""Seconds after which an export that was begun has a row, where there is no queue."""
_FAILED = frozenset({"failed", "cancelled"})


@dataclass(slots=True)
class Watch:
    """An export that was begun, and how long it is waited for, in seconds."""

    client: FrigateClient
    export_id: str
    timeout: int
    _trouble: FrigateError | None = field(default=None, init=False)
    """Why the last look showed nothing."""

    async def async_finished(self) -> Export:
        """Return the export once it is finished.

        It asks past Frigate's cache, at growing intervals. What may pass is not the end
        of the export, and is borne until the time is up: no answer at all, a failure of
        the server's, or a pause that it asks for.

        Raises:
            HomeAssistantError: it failed, vanished, or is not finished in time.
            FrigateError: the server refuses to tell, or did not in the end.
        """
        try:
            async with asyncio.timeout(self.timeout):
                return await self._async_watch()
        except TimeoutError:
            raise self._trouble or action_error(
                "export_unfinished", export=self.export_id, seconds=str(self.timeout)
            ) from None

    async def _async_watch(self) -> Export:
        now = asyncio.get_running_loop().time
        begun, pause, was_seen = now(), _FIRST_PAUSE, False
        while True:
            asked_for = 0.0
            try:
                if (export := await self._look()) is None:
                    is_late = now() - begun > _APPEARS_WITHIN
                    await self._explain(is_gone=was_seen or is_late)
                elif export.in_progress is False:
                    return export
                else:
                    was_seen = True
                self._trouble = None
            except FrigateError as err:
                if not _may_pass(err):
                    raise
                self._trouble = err
                asked_for = getattr(err, "retry_after", 0.0)
            await asyncio.sleep(max(pause, asked_for))
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    async def _look(self) -> Export | None:
        """Return the export, or None while, or if ever since, there is none."""
        exports = self.client.exports
        try:
            return await exports.get(self.export_id, fresh=True)
        except FrigateNotFoundError:
            return None
        except FrigateServerError as err:
            if isinstance(err, FrigateStartingError):
                raise
        # 0.18 does not answer for an export in a case, but the list holds it.
        found = await exports.list(fresh=True)
        return next((one for one in found if one.id == self.export_id), None)

    async def _explain(self, *, is_gone: bool) -> None:
        """Raise if an export that is not there will not come any more."""
        try:
            job = await self.client.exports.job(self.export_id, fresh=True)
        except FrigateNotFoundError:
            raise action_error("export_without_video", export=self.export_id) from None
        if job is None:
            # The version tells of no jobs: only time tells.
            if is_gone:
                raise action_error("export_without_video", export=self.export_id)
            return
        if job.status in _FAILED:
            words = (job.error or job.status).rstrip(".")
            raise action_error("export_failed", export=self.export_id, message=words)


def _may_pass(err: FrigateError) -> bool:
    """Return whether the server may tell if it is asked again later."""
    return is_no_response(err) or isinstance(
        err, (FrigateRateLimitError, FrigateServerError)
    )
