"""A throw-away Home Assistant: its folder, its process, its first user."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
import json
from pathlib import Path
import shutil
import signal
import sys
from typing import Any

import aiohttp

from . import DOMAIN, ROOT, DemoError, say
from .api import Api
from .blueprints import copy_blueprints
from .sandbox import LOOPBACK
from .waiting import until

USERNAME = "demo"
LOG = "home-assistant.log"
# Home Assistant listens on this machine only and lives for one demo.
PASSWORD = "demo"  # noqa: S105

_CONFIGURATION = """\
# Without these, Home Assistant shows neither graphs nor a timeline of events.
history:
logbook:
# Without these files, the editors for automations and scripts have nowhere to write to.
automation: !include automations.yaml
script: !include scripts.yaml
# What the app of a phone registers with.
mobile_app:
logger:
  default: warning
  logs:
    custom_components.frigate_http: info
    # They miss programs that would only make them faster.
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
"""
# Home Assistant imports these for voice assistants, and its frontend does not load when
# it cannot. Building them takes a compiler, so that stand-ins take their place.
_STAND_INS = {
    "pymicro_vad": "class MicroVad: ...\n",
    "pyspeex_noise": "class AudioProcessor: ...\n",
}
_START_SECONDS = 120
_STOP_SECONDS = 20
# What Home Assistant ends with when somebody presses "Restart".
_RESTART = 100


class HomeAssistant:
    """The process and the folder it works in."""

    def __init__(self, folder: Path, port: int) -> None:
        """Take an empty folder and a free port."""
        self.config = folder / "config"
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self.log = folder / LOG
        self.url = f"http://{LOOPBACK}:{port}"

    def prepare(self) -> None:
        """Write the configuration, with the integration linked into it."""
        components = self.config / "custom_components"
        components.mkdir(parents=True)
        (components / DOMAIN).symlink_to(ROOT / "custom_components" / DOMAIN)
        # Where there is a /media on the machine, that would be the folder for downloads.
        media = self.config / "media"
        media.mkdir()
        folders = json.dumps({"media_dirs": {"local": str(media)}})
        (self.config / "configuration.yaml").write_text(
            f"homeassistant: {folders}\n{_CONFIGURATION}"
        )
        (self.config / "automations.yaml").write_text("[]\n")
        (self.config / "scripts.yaml").write_text("{}\n")
        copy_blueprints(self.config)
        for module, code in _STAND_INS.items():
            if find_spec(module) is None:
                (self.config / f"{module}.py").write_text(code)
        # Listening addresses in YAML would only be on trial for five minutes.
        self._store("http", 2, 2, _http_settings(self._port))
        # Onboarding must not look around for devices, nor ask where the house is.
        done = {"done": ["core_config", "analytics", "integration"]}
        self._store("onboarding", 4, 1, done)

    def _store(self, key: str, version: int, minor: int, data: Any) -> None:
        path = self.config / ".storage" / key
        path.parent.mkdir(exist_ok=True)
        content = {"version": version, "minor_version": minor, "key": key, "data": data}
        path.write_text(json.dumps(content))

    async def start(self) -> None:
        """Start the process; it is not ready when this returns."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *_dying_with_us(),
                sys.executable,
                *("-m", "homeassistant", "--config", str(self.config)),
                *("--skip-pip", "--log-no-color"),
                cwd=self.config,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for us: we stop Home Assistant in good order.
                start_new_session=True,
            )

    async def stop(self) -> None:
        """Ask the process to end; after a while, end it."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            say("Home Assistant does not stop by itself: ending it.")
            process.kill()
            await process.wait()

    async def kill(self) -> None:
        """End the process at once, with whatever it has not written yet."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    async def first_login(self, api: Api) -> None:
        """Wait until Home Assistant answers, and create its first user."""
        await self._until_it_answers(api)
        await api.create_owner("Demo", USERNAME, PASSWORD)
        await self._until_it_runs(api)

    async def next_login(self, api: Api) -> None:
        """Wait until Home Assistant runs that was started again, and log in."""
        await self._until_it_answers(api)
        await api.log_in(USERNAME, PASSWORD)
        await self._until_it_runs(api)

    async def _until_it_answers(self, api: Api) -> None:
        await until(
            "Home Assistant to answer", _START_SECONDS, lambda: self._answers(api)
        )

    async def _until_it_runs(self, api: Api) -> None:
        await until(
            "Home Assistant to finish starting",
            _START_SECONDS,
            lambda: self._is_running(api),
        )

    async def _answers(self, api: Api) -> bool | None:
        process = self._process
        if process is None or process.returncode is not None:
            raise DemoError("Home Assistant ended by itself while starting.")
        try:
            await api.get("/manifest.json")
        except aiohttp.ClientError, DemoError, TimeoutError:
            return None
        return True

    async def _is_running(self, api: Api) -> bool | None:
        config = await api.get("/api/config")
        return True if config["state"] == "RUNNING" else None

    async def keep_running(self) -> None:
        """Return when Home Assistant ends, except for a restart from its menu."""
        while self._process is not None:
            if (status := await self._process.wait()) != _RESTART:
                raise DemoError(f"Home Assistant ended by itself (status {status}).")
            await self.start()


@asynccontextmanager
async def running_home_assistant(
    folder: Path, port: int, install: Callable[[Path], None] | None = None
) -> AsyncIterator[tuple[HomeAssistant, Api]]:
    """Run Home Assistant with a logged-in user; stop it afterwards in any case.

    `install` puts more into the folder of its configuration.
    """
    home_assistant = HomeAssistant(folder, port)
    home_assistant.prepare()
    if install is not None:
        install(home_assistant.config)
    async with aiohttp.ClientSession() as session:
        api = Api(session, home_assistant.url)
        try:
            await home_assistant.start()
            await home_assistant.first_login(api)
            yield home_assistant, api
        finally:
            await home_assistant.stop()


def _dying_with_us() -> tuple[str, ...]:
    """Return a prefix that ends the process should we be killed, if there is one."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()


def _http_settings(port: int) -> dict[str, Any]:
    stable = {
        "server_host": [LOOPBACK],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}
