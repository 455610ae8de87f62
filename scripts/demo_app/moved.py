"""Looking at who provides the entities of the official integration, and what they kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from tests.official_registry import OFFICIAL

from . import DOMAIN, DemoError
from .api import Api, Json
from .waiting import until

_SECONDS = 60
_KEPT = (
    "entity_id",
    "name",
    "icon",
    "area_id",
    "labels",
    "categories",
    "hidden_by",
    "options",
)
# So an entity is off while what it belongs to is off.
_OFF_WITH_ITS_ENTRY = ("config_entry", "device")
_TOO_MANY = 8


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entity as it stands in the registry."""

    platform: str
    """Who provides it."""
    unique_id: str
    device_id: str | None
    disabled_by: str | None
    kept: Json
    """What stays the same, whoever provides it."""

    @property
    def entity_id(self) -> str:
        """Return its entity id."""
        return str(self.kept["entity_id"])


type Rows = Mapping[str, Row]
"""Entities by the id that stays with them, whatever else changes."""


async def read_rows(api: Api) -> Rows:
    """Return the entities of the official integration and ours."""
    (entities,) = await api.commands({"type": "config/entity_registry/list"})
    return {
        one["id"]: Row(
            platform=one["platform"],
            unique_id=one["unique_id"],
            device_id=one["device_id"],
            disabled_by=one["disabled_by"],
            kept={key: one[key] for key in _KEPT},
        )
        for one in entities
        if one["platform"] in (OFFICIAL, DOMAIN)
    }


async def expect_taken_over(api: Api, before: Rows) -> frozenset[str]:
    """Wait until entities are ours, with all that they had; return their entity ids."""
    rows = await _settled("taken over", api, partial(_not_taken_over, before))
    return frozenset(
        rows[one].entity_id for one in before if rows[one].platform == DOMAIN
    )


async def expect_as_before(api: Api, before: Rows) -> None:
    """Wait until all entities are the official integration's, and what they were."""
    await _settled("as before", api, partial(_not_as_before, before))


async def _settled(
    how: str, api: Api, find_lacking: Callable[[Rows, Mapping[str, Json]], list[str]]
) -> Rows:
    lacking: list[str] = []

    async def is_settled() -> Rows | None:
        rows = await read_rows(api)
        states = {one["entity_id"]: one for one in await api.get("/api/states")}
        lacking[:] = find_lacking(rows, states)
        return None if lacking else rows

    try:
        return await until(f"the entities to be {how}", _SECONDS, is_settled)
    except DemoError as err:
        shown = "\n".join(lacking[:_TOO_MANY])
        raise DemoError(f"{err} {len(lacking)} are not:\n{shown}") from err


def _not_taken_over(before: Rows, rows: Rows, states: Mapping[str, Json]) -> list[str]:
    """Return what is not as it shall be once ours provide the entities."""
    moved = [one for one in before if one in rows and rows[one].platform == DOMAIN]
    lacking = _lost(before, rows)
    # Whatever has no twin, most have one.
    if 2 * len(moved) < len(before):
        lacking.append(f"only {len(moved)} of {len(before)} entities are ours")
    lacking += [_off(rows[one]) for one in moved if _is_off_by_mistake(rows[one])]
    lacking += [
        f"{rows[one].entity_id} is not provided"
        for one in moved
        if not _is_provided(rows[one], states)
    ]
    # An entity of ours gets such an id only beside the one that it shall continue.
    lacking += [
        f"{row.entity_id} is there beside it"
        for one, row in rows.items()
        if one not in before and row.entity_id.endswith("_2")
    ]
    return lacking


def _not_as_before(before: Rows, rows: Rows, states: Mapping[str, Json]) -> list[str]:
    """Return what is not as it was before ours provided the entities."""
    lacking = _lost(before, rows)
    lacking += [
        f"{rows[one].entity_id} is {rows[one]} instead of {row}"
        for one, row in before.items()
        if one in rows and rows[one] != row
    ]
    return lacking + [
        f"{row.entity_id} is not provided"
        for row in before.values()
        if not _is_provided(row, states)
    ]


def _lost(before: Rows, rows: Rows) -> list[str]:
    """Return what an entity has lost, or whether it is not there at all."""
    lost = [
        f"{row.entity_id} is lost" for one, row in before.items() if one not in rows
    ]
    return lost + [
        f"{row.entity_id} has {rows[one].kept} instead of {row.kept}"
        for one, row in before.items()
        if one in rows and rows[one].kept != row.kept
    ]


def _off(row: Row) -> str:
    return f"{row.entity_id} is off by {row.disabled_by}"


def _is_off_by_mistake(row: Row) -> bool:
    return row.disabled_by in _OFF_WITH_ITS_ENTRY


def _is_provided(row: Row, states: Mapping[str, Json]) -> bool:
    """Return whether there is a state that is not left of earlier times, if there shall be."""
    state = states.get(row.entity_id)
    if row.disabled_by is not None:
        return state is None
    return state is not None and not state["attributes"].get("restored")
