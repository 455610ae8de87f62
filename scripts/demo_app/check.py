"""Looking at everything the integration shows, without a person."""

import asyncio
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
import re

import aiohttp

from . import DOMAIN, DemoError, say
from .actions import check_actions
from .api import Api, Json
from .blueprints import check_blueprints
from .dashboard import EXAMPLE_URL_PATH, URL_PATH
from .frigate import Target
from .live import check_counts, check_switches, check_visit
from .media import check_media
from .notifications import check_notifications
from .phone import Phone
from .pictures import fetch_still, watch_stream
from .registry import Entity, read_entities
from .video import check_video
from .waiting import until

_STATES_SECONDS = 30
# The integration polls every 15 seconds: two polls and a little more.
_MOVEMENT_SECONDS = 40
_NOTHING = ("missing", "unavailable", "unknown")
_WAITING = ("event", "image")
_NOT_YET = (":last_recognized_face", ":snoozed_until")
_COMPLAINT = re.compile(r" (ERROR|CRITICAL) |Traceback \(most recent call last\)")
_LOG_ENTRY = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)

type States = dict[str, Json]


async def check(api: Api, phone: Phone, targets: Mapping[str, Target]) -> list[str]:
    """Check the servers, given by config entry; return what is missing."""
    missing: list[str] = []
    entities = await _entities_with_states(api, targets, missing)
    before = await _states(api)
    _print_table(entities, before)
    await asyncio.gather(
        _check_frontend(api, missing),
        _check_pictures(api, entities, missing),
        check_video(api, entities, targets, missing),
        check_actions(api, entities, targets, missing),
        check_media(api, targets, missing),
        _check_movement(api, entities, targets, before, missing),
        check_blueprints(api, missing),
        check_notifications(api, phone, targets, missing),
        check_visit(api, entities, targets, missing),
    )
    await check_switches(api, entities, targets, missing)
    # Last, as Home Assistant loads the servers once more half a minute later.
    await check_counts(api, targets, missing)
    await _entities_with_states(api, targets, missing)
    return list(dict.fromkeys(missing))


async def _states(api: Api) -> States:
    return {state["entity_id"]: state for state in await api.get("/api/states")}


async def _entities_with_states(
    api: Api, targets: Mapping[str, Target], missing: list[str]
) -> list[Entity]:
    """Wait until all cameras exist and every entity has a state."""
    entities: list[Entity] = []
    lacking: list[str] = []

    async def everything_there() -> bool | None:
        entities[:] = await read_entities(api)
        states = await _states(api)
        lacking[:] = _lacking(entities, states, targets)
        return None if lacking else True

    try:
        await until("all states", _STATES_SECONDS, everything_there)
    except DemoError:
        missing += lacking
    return entities


def _lacking(
    entities: list[Entity], states: States, targets: Mapping[str, Target]
) -> list[str]:
    """Return what is not there yet, in words."""
    lacking: list[str] = []
    for entry_id, target in targets.items():
        own = [entity for entity in entities if entity.entry_id == entry_id]
        lacking += [
            f"{entity.entity_id} is {state}"
            for entity in own
            if (state := _state(states, entity)) in _bad(entity, target)
        ]
        absent = target.expected - {entity.own_id for entity in own}
        lacking += [f"{target.title}: no entity {own_id}" for own_id in sorted(absent)]
        lacking += [
            f"{target.title}: no {platform} at all"
            for platform in (
                "camera",
                "sensor",
                "binary_sensor",
                "event",
                "image",
                "update",
            )
            if not any(entity.platform == platform for entity in own)
        ]
    return lacking


def _bad(entity: Entity, target: Target) -> tuple[str, ...]:
    """Return the states that mean that something is missing.

    A real server may well not know something. The simulated one knows it all, but for
    what has not happened yet.
    """
    waits = entity.platform in _WAITING or entity.own_id.endswith(_NOT_YET)
    return _NOTHING if target.expected and not waits else _NOTHING[:2]


def _state(states: States, entity: Entity) -> str:
    found = states.get(entity.entity_id)
    return str(found["state"]) if found else "missing"


def _print_table(entities: list[Entity], states: States) -> None:
    rows = [("DEVICE", "ENTITY", "STATE", "UNIT")]
    for entity in entities:
        attributes = states.get(entity.entity_id, {}).get("attributes", {})
        unit = attributes.get("unit_of_measurement", "")
        rows.append((entity.device, entity.entity_id, _state(states, entity), unit))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    say()
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())
    say()


async def _check_frontend(api: Api, missing: list[str]) -> None:
    """Ask what a browser asks for before it shows the dashboards."""
    for command in (
        {"type": "get_services"},
        {"type": "get_panels"},
        {"type": "frontend/get_translations", "language": "en", "category": "entity"},
        *(
            {"type": "lovelace/config", "url_path": path}
            for path in (URL_PATH, EXAMPLE_URL_PATH)
        ),
    ):
        try:
            await api.commands(command)
        except DemoError as err:
            missing.append(f"the frontend would not load: {err}")


async def _check_pictures(api: Api, entities: list[Entity], missing: list[str]) -> None:
    """Fetch a still of every camera and watch one live stream of every server at once."""
    cameras = [entity for entity in entities if entity.platform == "camera"]
    # Birdseye belongs to the server and comes last: it has no stream of its own.
    cameras.sort(key=lambda camera: (camera.entry_id, camera.kind != "camera"))
    await asyncio.gather(
        *(
            _check_pictures_of(api, list(group), missing)
            for _, group in groupby(cameras, key=lambda camera: camera.entry_id)
        )
    )


async def _check_pictures_of(
    api: Api, cameras: list[Entity], missing: list[str]
) -> None:
    for camera in cameras:
        try:
            width, height = await fetch_still(api, camera)
            say(f"still   {camera.entity_id}: JPEG, {width} x {height}")
        except (DemoError, aiohttp.ClientError, TimeoutError) as err:
            missing.append(f"no still of {camera.entity_id}: {_why(err)}")
    first = cameras[0]
    try:
        frames = await watch_stream(api, first)
        say(f"live    {first.entity_id}: {frames} frames, and the picture changes")
    except (DemoError, aiohttp.ClientError, TimeoutError) as err:
        missing.append(f"no live picture of {first.entity_id}: {_why(err)}")


async def _check_movement(
    api: Api,
    entities: list[Entity],
    targets: Mapping[str, Target],
    before: States,
    missing: list[str],
) -> None:
    """Wait until at least one sensor of every server shows another state."""
    moved: dict[str, str] = {}

    async def all_moved() -> bool | None:
        now = await _states(api)
        for entity in entities:
            old, new = (
                states.get(entity.entity_id, {}).get("state")
                for states in (before, now)
            )
            moves = entity.platform == "sensor" and new != old and new not in _NOTHING
            if moves and entity.entry_id not in moved:
                moved[entity.entry_id] = entity.entity_id
                say(f"moving  {entity.entity_id}: {old} -> {new}")
        return True if targets.keys() <= moved.keys() else None

    try:
        await until("sensors to move", _MOVEMENT_SECONDS, all_moved)
    except DemoError:
        missing += [
            f"{target.title}: no sensor changed in {_MOVEMENT_SECONDS} seconds"
            for entry_id, target in targets.items()
            if entry_id not in moved
        ]


def complaints(log: Path) -> list[str]:
    """Return the log's errors and tracebacks that name the integration, each once."""
    found: dict[str, str] = {}
    for entry in _LOG_ENTRY.split(log.read_text(errors="replace")):
        if DOMAIN in entry and _COMPLAINT.search(entry):
            # Tracebacks that repeat themselves end with the same line.
            found.setdefault(entry.strip().splitlines()[-1], entry.strip())
    return [f"in Home Assistant's log: {entry}" for entry in found.values()]


def _why(err: Exception) -> str:
    return str(err) or type(err).__name__
