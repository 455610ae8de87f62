"""Home Assistant is killed while entities move between the integrations, and started again.

It saves each of its files at another time, so that every moment leaves other files. Whichever
these are, the next start finishes what was begun, unless that was not even saved.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import json
from operator import ne
from pathlib import Path
import shutil
import time

import aiohttp

from tests.fake_frigate import FakeFrigate
from tests.official_registry import OFFICIAL, add_house

from . import DOMAIN, DemoError, say
from .api import FLOWS, Api, Json
from .check import complaints
from .config_flow import add_frigate
from .frigate import Target, running
from .home_assistant import HomeAssistant
from .moved import Rows, expect_as_before, expect_taken_over, read_rows
from .official import SOMEBODY, add_official, install_official
from .sandbox import Ports
from .waiting import until

_HOME_ASSISTANT_PORT, _INTERNAL_PORT, _EXTERNAL_PORT = 8140, 5420, 8491
_ENTRIES, _PLAN = "core.config_entries", f"{DOMAIN}.taken_over"
_ENTITIES, _DEVICES = "core.entity_registry", "core.device_registry"
_LOAD_SECONDS = 60
# Home Assistant saves its registries ten seconds later; after a start, it can take minutes.
_SAVE_SECONDS = 240


@dataclass(frozen=True, kw_only=True)
class _Way:
    """Taking over, or giving back."""

    name: str
    direction: str
    """What the plan says."""
    moments: tuple[str, ...]
    """Which files are new when Home Assistant is killed, in the order in which they get so.

    The letters stand for the plan, the config entries, the entities and the devices.
    """


_TAKE_OVER = _Way(
    name="take_over",
    direction="take_over",
    moments=("----", "P---", "PC--", "PCE-", "PC-D", "PCED"),
)
_UNDO = _Way(
    name="undo",
    direction="undo",
    moments=("----", "-C--", "PC--", "PCE-", "PC-D", "PCED"),
)


class _Files:
    """The files that tell who provides the entities."""

    def __init__(self, config: Path) -> None:
        """Take the folder of the configuration."""
        self._folder = config / ".storage"
        self._kept = config / "kept"

    def keep(self, name: str) -> None:
        """Keep a copy of all files."""
        shutil.copytree(self._folder, self._kept / name)

    def restore(self, name: str, *files: str) -> None:
        """Put all files back as they were kept, or only these."""
        if files:
            for file in files:
                shutil.copy2(self._kept / name / file, self._folder / file)
            return
        shutil.rmtree(self._folder)
        shutil.copytree(self._kept / name, self._folder)

    def new(self, way: _Way) -> str:
        """Return which files are new, as letters."""
        is_new = (
            self.is_planned(way),
            self.is_asked(way),
            self._has_entity(way),
            self._has_device(way),
        )
        return "".join(
            letter if one else "-" for letter, one in zip("PCED", is_new, strict=True)
        )

    def is_planned(self, way: _Way) -> bool:
        """Return whether the plan is saved."""
        plans = self._read(_PLAN).values()
        return way.direction in {plan["direction"] for plan in plans}

    def is_asked(self, way: _Way) -> bool:
        """Return whether the config entries are saved with what was asked for."""
        entries = {one["domain"]: one for one in self._read(_ENTRIES)["entries"]}
        data = entries[DOMAIN]["data"]
        is_theirs = "taken_over" not in data or "undo_take_over" in data
        if way is _UNDO:
            return is_theirs
        return not is_theirs and entries[OFFICIAL]["disabled_by"] is not None

    def saved_at(self) -> list[int]:
        """Return when each of both registries was saved."""
        files = (self._folder / one for one in (_ENTITIES, _DEVICES))
        return [one.stat().st_mtime_ns for one in files]

    def _has_entity(self, way: _Way) -> bool:
        platform = DOMAIN if way is _TAKE_OVER else OFFICIAL
        return bool(self._entity["platform"] == platform)

    def _has_device(self, way: _Way) -> bool:
        owners = {one["id"]: one for one in self._read(_DEVICES)["devices"]}
        device = owners[self._entity["device_id"]]
        domains = {domain for domain, _ in device["identifiers"]}
        return domains == {DOMAIN if way is _TAKE_OVER else OFFICIAL}

    @property
    def _entity(self) -> Json:
        entities = self._read(_ENTITIES)["entities"]
        return next(one for one in entities if one["entity_id"] == SOMEBODY)

    def _read(self, name: str) -> Json:
        try:
            data: Json = json.loads((self._folder / name).read_bytes())["data"]
        except FileNotFoundError:
            return {}
        return data


@dataclass(frozen=True, kw_only=True)
class _Home:
    """A Home Assistant that is killed and started again."""

    process: HomeAssistant
    api: Api
    files: _Files

    async def start(self) -> None:
        """Start it, and wait until our integration is loaded."""
        await self.process.start()
        await self.process.next_login(self.api)
        await self.loaded()

    async def loaded(self) -> str:
        """Wait until our integration is loaded, and return the id of its entry."""
        return await until("the integration to load", _LOAD_SECONDS, self._loaded)

    async def _loaded(self) -> str | None:
        command = {"type": "config_entries/get", "domain": DOMAIN}
        ((entry,),) = await self.api.commands(command)
        return str(entry["entry_id"]) if entry["state"] == "loaded" else None

    async def ask(self, way: _Way) -> None:
        """Choose a way below "Reconfigure", and confirm it."""
        body = {"handler": DOMAIN, "entry_id": await self.loaded()}
        flow = await self.api.post(FLOWS, body)
        path = f"{FLOWS}/{flow['flow_id']}"
        await self.api.post(path, {"next_step_id": way.name})
        done = await self.api.post(path, {})
        if done["type"] != "abort":
            raise DemoError(f"The dialog goes on after the last step: {done}")

    async def kill_in(self, way: _Way, moment: str, *, is_late: bool) -> None:
        """Ask for something, and kill the process once these files are new.

        Of two registries, one is enough unless it is to be late.
        """
        await self.ask(way)
        files = self.files
        if "P" in moment:
            await _wait_for(lambda: files.is_planned(way))
        if "C" in moment:
            await _wait_for(lambda: files.is_asked(way))
        if moment[2:] != "--":
            before = files.saved_at()
            enough = all if is_late or "-" not in moment else any
            await _wait_for(
                lambda: enough(map(ne, files.saved_at(), before, strict=True))
            )
        await self.process.kill()


async def _wait_for(is_so: Callable[[], bool]) -> None:
    """Look again and again, without the pause in which a file could be saved."""
    deadline = time.monotonic() + _SAVE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise DemoError("Home Assistant did not save its files.")
        await asyncio.sleep(0.001)


async def check_killed(folder: Path, ports: Ports, version: str) -> list[str]:
    """Kill Home Assistant between all pairs of saves; return what was lost."""
    server = FakeFrigate(version=version, cameras=())
    add_house(server)
    process = HomeAssistant(folder, ports.take(_HOME_ASSISTANT_PORT))
    async with (
        running(server, ports, _INTERNAL_PORT, _EXTERNAL_PORT),
        aiohttp.ClientSession() as session,
    ):
        process.prepare()
        install_official(process.config, server)
        home = _Home(
            process=process,
            api=Api(session, process.url),
            files=_Files(process.config),
        )
        try:
            before = await _move_in(home, server.internal_url)
            for way in (_TAKE_OVER, _UNDO):
                for moment in way.moments:
                    await _try(home, way, moment, before)
        finally:
            await process.stop()
    return complaints(process.log)


async def _move_in(home: _Home, url: str) -> Rows:
    """Use both integrations, then ours alone, and keep the files of both times."""
    await home.process.start()
    await home.process.first_login(home.api)
    await add_official(home.api, url)
    await add_frigate(home.api, Target(title="Frigate", url=url))
    await home.loaded()
    await home.process.stop()
    home.files.keep(_TAKE_OVER.name)
    await home.start()
    before = await read_rows(home.api)
    await home.ask(_TAKE_OVER)
    await expect_taken_over(home.api, _theirs(before))
    await home.process.stop()
    home.files.keep(_UNDO.name)
    return before


async def _try(home: _Home, way: _Way, moment: str, before: Rows) -> None:
    """Kill Home Assistant at a moment, start it again, and look for what is lost."""
    await _kill(home, way, moment)
    began = time.monotonic()
    await home.start()
    is_begun = "C" in moment
    if (way is _TAKE_OVER) is is_begun:
        await expect_taken_over(home.api, _theirs(before))
        say(f"{way.name} {moment}: taken over {_seconds(began)} after the start")
        await home.ask(_UNDO)
    await expect_as_before(home.api, before)
    say(f"{way.name} {moment}: as before {_seconds(began)} after the start")
    await home.process.kill()


async def _kill(home: _Home, way: _Way, moment: str) -> None:
    """Kill Home Assistant when these files are new, and none else."""
    files = home.files
    for is_late in (False, True):
        files.restore(way.name)
        await home.start()
        await home.kill_in(way, moment, is_late=is_late)
        if files.new(way) == "PCED" != moment:
            # Both are saved within milliseconds. So a kill between them leaves them.
            files.restore(way.name, _DEVICES if "E" in moment else _ENTITIES)
        if files.new(way) == moment:
            return
    raise DemoError(f"{way.name}: {files.new(way)} are new instead of {moment}.")


def _theirs(rows: Rows) -> Rows:
    return {key: one for key, one in rows.items() if one.platform == OFFICIAL}


def _seconds(since: float) -> str:
    return f"{time.monotonic() - since:.1f} s"
