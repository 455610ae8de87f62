"""Deleting exports: those that can be, and no film whose row only would go."""

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
from .export_errors import in_progress, unlisted, words

MOST_REASONS = 5
"""How many exports an error, or the log, names at most."""
OPENS_WITHIN = 10.0
"""Seconds after which 0.17 has opened the file of an export, if it ever will."""
_GONE = "not found."
_IN_PROGRESS = "progress export"


async def async_delete_exports(call: ServerCall) -> JsonObjectType:
    """Delete those that can be, and tell of each of the others why it stays."""
    runtime, wanted = call.runtime, call.data["export_ids"]
    capabilities = await call.client.system.ensure_capabilities()
    removal = _Removal(call.client.exports, capabilities)
    try:
        await removal.async_run(call, wanted)
    except FrigateError as err:
        if not removal.deleted:
            raise
        # What came before is done, and the rest would end the same way.
        removal.leave_the_rest(wanted, err)
    finally:
        await runtime.exports.async_refresh_past_cache()
    reasons = [*removal.failed.items()][:MOST_REASONS]
    if not removal.deleted:
        message = "; ".join(f"{export_id}: {why}" for export_id, why in reasons)
        raise action_error("all_failed", message=message)
    for export_id, why in reasons:
        LOGGER.warning("%s.delete_exports for %s: %s", DOMAIN, export_id, why)
    return {"deleted": [*removal.deleted], "failed": {**removal.failed}}


@dataclass(slots=True)
class _Removal:
    """Deletes exports and notes what becomes of each.

    While Frigate writes a film it refuses to delete it. Before it has opened the file it
    deletes the row alone, and the film appears all the same, unknown to anybody. So what
    is in progress stays, unless its work has died, for that would stay for ever:

    - 0.18 tells: then there is no job for it.
    - 0.17 does not. What is still in progress after some seconds has its file open, and is
      refused by Frigate itself, or has died without one.
    """

    exports: Exports
    capabilities: Capabilities
    deleted: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Why one is still there, by its id."""

    async def async_run(self, call: ServerCall, wanted: Sequence[str]) -> None:
        """Delete what can be deleted.

        Raises:
            FrigateError: it ends here, and what came before is done.
        """
        jobs = {
            one.id for one in await call.runtime.exports.async_active_jobs(fresh=True)
        }
        rows = {one.id: one for one in await self.exports.list(fresh=True)}
        found: list[Export] = []
        for export_id in wanted:
            if (export := rows.get(export_id)) is None:
                why = unlisted(export_id, is_queued=export_id in jobs)
                self.failed[export_id] = str(why)
            elif export.in_progress and export_id in jobs:
                self.failed[export_id] = str(in_progress(export_id))
            else:
                found.append(export)
        await self._delete([one.id for one in found if not one.in_progress])
        busy = [one.id for one in found if one.in_progress]
        if busy and not self.capabilities.has_export_jobs:
            await asyncio.sleep(OPENS_WITHIN)
        for export_id in busy:
            await self._delete([export_id])

    def leave_the_rest(self, wanted: Sequence[str], err: FrigateError) -> None:
        """Note of all that is left why it stays."""
        settled = {*self.deleted, *self.failed}
        rest = [one for one in wanted if one not in settled]
        self.failed |= dict.fromkeys(rest, words(err))

    async def _delete(self, export_ids: list[str]) -> None:
        """Delete some at once where the server can, or else one by one."""
        if not self.capabilities.has_export_jobs:
            for export_id in export_ids:
                await self._delete_together([export_id])
        elif export_ids:
            await self._delete_together(export_ids)

    async def _delete_together(self, group: list[str]) -> None:
        """Delete all of a group."""
        try:
            await self.exports.delete(group)
        except (FrigateNotFoundError, FrigateBadRequestError) as err:
            if len(group) == 1:
                self.failed[group[0]] = _why(group[0], err)
                return
            # Nothing was deleted. One that has gone must not keep the others.
            for export_id in group:
                await self._delete_together([export_id])
        else:
            self.deleted += group


def _why(export_id: str, err: FrigateError) -> str:
    """Return why the server did not delete an export."""
    said = err.message.replace("-", " ")
    if isinstance(err, FrigateNotFoundError) and said.endswith(_GONE):
        return str(unlisted(export_id, is_queued=False))
    return str(in_progress(export_id)) if _IN_PROGRESS in said else words(err)
