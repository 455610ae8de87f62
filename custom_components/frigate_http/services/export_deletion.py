"""Deleting exports, but never the database row of an export without its file."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    Capabilities,
    Export,
    Exports,
    FrigateBadRequestError,
    FrigateError,
    FrigateNotFoundError,
)
from ..const import DOMAIN, LOGGER
from ..errors import action_error
from .action import ServerCall
from .export_errors import error_text, in_progress_error, not_listed_error

MAX_REASONS = 5
"""How many exports an error or the log names at most."""
FILE_OPEN_DELAY = 10.0
"""Seconds within which 0.17 opens the file of an export, unless it failed."""
_GONE = "not found."
_IN_PROGRESS = "progress export"


async def async_delete_exports(call: ServerCall) -> JsonObjectType:
    """Delete exports, and return for each of the others why it was not deleted."""
    runtime, wanted = call.runtime, call.data["export_ids"]
    capabilities = await call.client.system.ensure_capabilities()
    deletion = _Deletion(call.client.exports, capabilities)
    try:
        await deletion.async_run(call, wanted)
    except FrigateError as err:
        if not deletion.deleted:
            raise
        # Some exports are deleted already, and the rest would fail in the same way.
        deletion.skip_rest(wanted, err)
    finally:
        await runtime.exports.async_refresh_past_cache()
    reasons = [*deletion.failed.items()][:MAX_REASONS]
    if not deletion.deleted:
        message = "; ".join(f"{export_id}: {reason}" for export_id, reason in reasons)
        raise action_error("all_failed", message=message)
    for export_id, reason in reasons:
        LOGGER.warning("%s.delete_exports for %s: %s", DOMAIN, export_id, reason)
    return {"deleted": [*deletion.deleted], "failed": {**deletion.failed}}


@dataclass(slots=True)
class _Deletion:
    """Deletes exports and records the result of each.

    Frigate refuses to delete an export while it writes the file. Before it has opened the
    file it deletes the database row alone, and the file appears later without one. So an
    export in progress is kept, unless its work has failed, or it would stay forever:

    - On 0.18 an export in progress without a job has failed.
    - On 0.17 an export that is in progress for some seconds either has its file open, so
      that Frigate itself refuses, or has failed.
    """

    exports: Exports
    capabilities: Capabilities
    deleted: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """The reasons of those that were not deleted, by id."""

    async def async_run(self, call: ServerCall, wanted: Sequence[str]) -> None:
        """Delete the exports that can be deleted.

        Raises:
            FrigateError: a request failed; earlier exports may be deleted.
        """
        jobs = {
            one.id for one in await call.runtime.exports.async_active_jobs(fresh=True)
        }
        rows = {one.id: one for one in await self.exports.list(fresh=True)}
        found: list[Export] = []
        for export_id in wanted:
            if (export := rows.get(export_id)) is None:
                reason = not_listed_error(export_id, is_queued=export_id in jobs)
                self.failed[export_id] = str(reason)
            elif export.in_progress and export_id in jobs:
                self.failed[export_id] = str(in_progress_error(export_id))
            else:
                found.append(export)
        await self._delete([one.id for one in found if not one.in_progress])
        busy = [one.id for one in found if one.in_progress]
        if busy and not self.capabilities.has_export_jobs:
            await asyncio.sleep(FILE_OPEN_DELAY)
        for export_id in busy:
            await self._delete([export_id])

    def skip_rest(self, wanted: Sequence[str], err: FrigateError) -> None:
        """Record an error as the reason of all exports that were not tried."""
        settled = {*self.deleted, *self.failed}
        rest = [one for one in wanted if one not in settled]
        self.failed |= dict.fromkeys(rest, error_text(err))

    async def _delete(self, export_ids: list[str]) -> None:
        """Delete exports in one request if the server can, or one by one."""
        if not self.capabilities.has_export_jobs:
            for export_id in export_ids:
                await self._delete_group([export_id])
        elif export_ids:
            await self._delete_group(export_ids)

    async def _delete_group(self, group: list[str]) -> None:
        """Delete a group of exports; try them one by one if Frigate refuses the group."""
        try:
            await self.exports.delete(group)
        except (FrigateNotFoundError, FrigateBadRequestError) as err:
            if len(group) == 1:
                self.failed[group[0]] = _reason(group[0], err)
                return
            # Nothing was deleted. One missing export must not keep the others.
            for export_id in group:
                await self._delete_group([export_id])
        else:
            self.deleted += group


def _reason(export_id: str, err: FrigateError) -> str:
    """Return the reason why Frigate did not delete an export."""
    said = err.message.replace("-", " ")
    if isinstance(err, FrigateNotFoundError) and said.endswith(_GONE):
        return str(not_listed_error(export_id, is_queued=False))
    return (
        str(in_progress_error(export_id)) if _IN_PROGRESS in said else error_text(err)
    )
