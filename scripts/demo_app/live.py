"""Watching one full visit, and switching what makes it possible off and on."""

import asyncio
from collections.abc import Iterator, Mapping

from . import DOMAIN, DemoError, say
from .api import Api, Json
from .frigate import Target
from .registry import Entity
from .visits import COMES_HOME, DOOR, GARDEN, VISITOR, describes
from .waiting import until

_VISIT_SECONDS = 120
_SWITCH_SECONDS = 15
_ENABLE_SECONDS = 45
_CAMERA = f"camera:{DOOR}"
_OCCUPANCY = f"binary_sensor:{_CAMERA}:occupancy:person"
_REVIEW = f"event:{_CAMERA}:review"
_PICTURE = f"image:{_CAMERA}:last_review"
_FACE = f"event:{_CAMERA}:face"
_COUNT = f"{_CAMERA}:count:person"
_DETECT = f"{_CAMERA}:detect"
_TITLE = f"sensor:{_CAMERA}:last_review"
_STRANGER = f"event:camera:{GARDEN}:face"
_TRIGGER = f"event:camera:{GARDEN}:trigger"
_SUSPICIOUS = f"binary_sensor:camera:{GARDEN}:suspicious"
_STEPS = ("detection_started", "alert_started", "updated", "ended")
_WANTED = (
    "somebody is there",
    "another picture",
    "a face",
    "an unknown face",
    *_STEPS,
    "nobody is there any more",
)
_UNDERSTOOD = ("described", "a title", "something suspicious", "a trigger")

type States = Mapping[str, Json]


class _Visit:
    """What has been seen of the visit at one simulated server."""

    def __init__(self, target: Target, entities: list[Entity], before: States) -> None:
        self._target = target
        self._ids = {f"{one.platform}:{one.own_id}": one.entity_id for one in entities}
        understands = target.server is not None and describes(target.server, DOOR)
        self._wanted = _WANTED + _UNDERSTOOD * understands
        self._before = before
        self._seen: set[str] = set()

    @property
    def missing(self) -> list[str]:
        """Return what has not been seen yet."""
        return [one for one in self._wanted if one not in self._seen]

    def look(self, states: States) -> None:
        """Note what is to be seen now."""
        for one in self._to_be_seen(states):
            if one not in self._seen:
                self._seen.add(one)
                say(f"visit   {self._target.title}: {one}")

    def _to_be_seen(self, states: States) -> Iterator[str]:
        occupancy = self._state(states, _OCCUPANCY)
        if occupancy == "on":
            yield _WANTED[0]
        elif occupancy == "off" and "ended" in self._seen:
            yield _WANTED[-1]
        # An event or a picture is the moment of it.
        if self._has_changed(states, _PICTURE):
            yield "another picture"
        if self._has_changed(states, _FACE):
            yield "a face"
        if self._has_changed(states, _STRANGER):
            yield "an unknown face"
        if self._has_changed(states, _TRIGGER):
            yield "a trigger"
        if self._has_changed(states, _REVIEW):
            attributes = states[self._ids[_REVIEW]]["attributes"]
            yield attributes["event_type"]
        if self._state(states, _TITLE) == COMES_HOME.title.format(VISITOR):
            yield "a title"
        if self._state(states, _SUSPICIOUS) == "on":
            yield "something suspicious"

    def _has_changed(self, states: States, own_id: str) -> bool:
        now = self._state(states, own_id)
        return now != self._state(self._before, own_id) and now not in (
            "unknown",
            "unavailable",
        )

    def _state(self, states: States, own_id: str) -> str:
        found = states.get(self._ids.get(own_id, ""))
        return str(found["state"]) if found else "unknown"


async def check_counts(
    api: Api, targets: Mapping[str, Target], missing: list[str]
) -> None:
    """Enable a count at every simulated server, and see it count somebody."""
    try:
        await _enable_counts(api, targets)
    except DemoError as err:
        missing.append(str(err))


async def _enable_counts(api: Api, targets: Mapping[str, Target]) -> None:
    simulated = _simulated(targets)
    wanted = {f"{entry_id}:{_COUNT}" for entry_id in simulated}
    (entries,) = await api.commands({"type": "config/entity_registry/list"})
    counts = [
        one["entity_id"]
        for one in entries
        if one["platform"] == DOMAIN and one["unique_id"] in wanted
    ]
    if len(counts) != len(wanted):
        raise DemoError("There is no count to enable.")
    for entity_id in counts:
        await api.commands(
            {
                "type": "config/entity_registry/update",
                "entity_id": entity_id,
                "disabled_by": None,
            }
        )
    # As the menu does: Home Assistant itself waits for half a minute first.
    await asyncio.gather(
        *(
            api.post(f"/api/config/config_entries/entry/{entry_id}/reload", {})
            for entry_id in simulated
        )
    )
    _let_visit(simulated)
    await asyncio.gather(
        *(_until_state(api, one, "1", _ENABLE_SECONDS) for one in counts)
    )
    for entity_id in counts:
        say(f"count   {entity_id}: one is counted")


async def check_visit(
    api: Api,
    entities: list[Entity],
    targets: Mapping[str, Target],
    missing: list[str],
) -> None:
    """Let somebody come to the door of every simulated server, and leave."""
    before, simulated = await _states(api), _simulated(targets)
    seen_visits = [
        _Visit(target, [one for one in entities if one.entry_id == entry_id], before)
        for entry_id, target in simulated.items()
    ]
    _let_visit(simulated)

    async def all_told() -> bool | None:
        states = await _states(api)
        for visit in seen_visits:
            visit.look(states)
        return None if any(visit.missing for visit in seen_visits) else True

    try:
        await until("the visit", _VISIT_SECONDS, all_told)
    except DemoError:
        missing += [
            f"{target.title}: the visit lacks {one}"
            for target, visit in zip(simulated.values(), seen_visits, strict=True)
            for one in visit.missing
        ]


async def check_switches(
    api: Api,
    entities: list[Entity],
    targets: Mapping[str, Target],
    missing: list[str],
) -> None:
    """Switch detection off and on again at every simulated server that has the switch."""
    for one in entities:
        if one.own_id != _DETECT or not targets[one.entry_id].expected:
            continue
        try:
            for action, state in (("turn_off", "off"), ("turn_on", "on")):
                await api.post(
                    f"/api/services/switch/{action}", {"entity_id": one.entity_id}
                )
                await _until_state(api, one.entity_id, state, _SWITCH_SECONDS)
                say(f"switch  {one.entity_id}: {state}")
        except DemoError as err:
            missing.append(f"{targets[one.entry_id].title}: {err}")


async def _until_state(api: Api, entity_id: str, state: str, seconds: float) -> None:
    async def has_it() -> bool | None:
        found = (await _states(api)).get(entity_id)
        return True if found is not None and found["state"] == state else None

    await until(f"{entity_id} to be {state}", seconds, has_it)


def _simulated(targets: Mapping[str, Target]) -> dict[str, Target]:
    return {entry_id: one for entry_id, one in targets.items() if one.expected}


def _let_visit(targets: Mapping[str, Target]) -> None:
    for target in targets.values():
        if target.visit is not None:
            target.visit()


async def _states(api: Api) -> States:
    return {state["entity_id"]: state for state in await api.get("/api/states")}
