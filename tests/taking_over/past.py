"""What the recorder has of the past of entities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.components.recorder.statistics import (
    statistics_during_period,
    validate_statistics,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The past of an entity."""

    states: tuple[str, ...]
    hourly_means: tuple[float | None, ...]


async def past_of(
    hass: HomeAssistant, recorder: Recorder, entity_ids: Sequence[str]
) -> dict[str, Past]:
    """Return the states of the last hours, and the long-term statistics of two days."""
    await _recorded(hass, recorder)
    now = dt_util.utcnow()
    states = await recorder.async_add_executor_job(
        partial(
            get_significant_states,
            hass,
            now - timedelta(hours=5),
            None,
            [*entity_ids],
            include_start_time_state=False,
            significant_changes_only=False,
        )
    )
    means = await recorder.async_add_executor_job(
        partial(
            statistics_during_period,
            hass,
            now - timedelta(days=2),
            None,
            {*entity_ids},
            "hour",
            None,
            {"mean"},
        )
    )
    return {
        one: Past(
            states=tuple(map(_state_of, states.get(one, ()))),
            hourly_means=tuple(row.get("mean") for row in means.get(one, ())),
        )
        for one in entity_ids
    }


def _state_of(row: Any) -> str:
    return str(row["state"] if isinstance(row, Mapping) else row.state)


async def issues_of_statistics(
    hass: HomeAssistant, recorder: Recorder
) -> dict[str, list[str]]:
    """Return what Home Assistant complains about in the statistics, by entity id."""
    await _recorded(hass, recorder)
    found = await recorder.async_add_executor_job(validate_statistics, hass)
    return {
        entity_id: [issue.type for issue in issues]
        for entity_id, issues in found.items()
    }


async def _recorded(hass: HomeAssistant, recorder: Recorder) -> None:
    await hass.async_block_till_done()
    await recorder.async_block_till_done()
