"""Run the demo or the check: `python -m scripts.demo_app`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
import signal
import sys

import aiohttp

from . import ROOT, DemoError, say
from .blueprints import notify_phone
from .check import check, complaints
from .config_flow import add_frigate
from .dashboard import lay_out_dashboards
from .frigate import VERSIONS, Target, real_frigate, simulated_frigate
from .home_assistant import LOG, PASSWORD, USERNAME, running_home_assistant
from .killed import check_killed
from .options import Options, parse_options
from .phone import running_phone
from .sandbox import Ports, demo_folder

_HOME_ASSISTANT_PORT = 8123
_LOG_LINES = 30


@asynccontextmanager
async def _simulated(options: Options, ports: Ports) -> AsyncIterator[list[Target]]:
    """Run the simulated servers; the check takes one of each version, and both ports."""
    kinds = [(options.version, options.auth)]
    if options.check:
        kinds = [(version, version != VERSIONS[0]) for version in VERSIONS]
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                simulated_frigate(
                    version, ports, auth=auth, visits_on_request=options.check
                )
            )
            for version, auth in kinds
        ]


async def _run(options: Options, own: Target | None, folder: Path) -> int:
    with Ports() as ports:
        if options.killed:
            missing = await check_killed(folder, ports, options.version)
            return _verdict(missing, folder / LOG)
        if own is not None:
            return await _show(options, [own], folder, ports)
        async with _simulated(options, ports) as targets:
            return await _show(options, targets, folder, ports)


async def _show(
    options: Options, targets: list[Target], folder: Path, ports: Ports
) -> int:
    say("Starting Home Assistant ...")
    port = ports.take(_HOME_ASSISTANT_PORT)
    async with (
        running_home_assistant(folder, port) as (home_assistant, api),
        running_phone(api, ports) as phone,
    ):
        entries = {}
        for target in targets:
            say(f"Adding {target.title}: {target.url}")
            entries[await add_frigate(api, target)] = target
        dashboard = await lay_out_dashboards(api)
        await phone.register(USERNAME, PASSWORD)
        await notify_phone(api, phone, entries)
        if not options.check:
            _announce(dashboard, targets)
            await home_assistant.keep_running()
        missing = await check(api, phone, entries)
        say("Stopping Home Assistant ...")
    # Only now has unloading written what it may have to complain about.
    missing += complaints(home_assistant.log)
    return _verdict(missing, home_assistant.log)


def _announce(dashboard: str, targets: list[Target]) -> None:
    say()
    say(f"  Home Assistant  {dashboard}")
    say(f"  Log in as       {USERNAME}, password {PASSWORD}")
    for target in targets:
        say(f"  It shows        {target.title}, {target.url}")
    say("  Notifications   of its alerts, as a phone gets them, show on the screen")
    say()
    say("Press Ctrl-C to stop everything.")


def _verdict(missing: list[str], log: Path) -> int:
    if not missing:
        say("Everything is there.")
        return 0
    _show_tail(log)
    for problem in missing:
        say(f"MISSING {problem}")
    return 1


def _show_tail(log: Path) -> None:
    if not log.is_file():
        return
    lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
    say(f"The end of {log.relative_to(ROOT)}:")
    for line in lines:
        say(f"  | {line}")


async def _until_stopped(options: Options, own: Target | None, folder: Path) -> int:
    """Run until done or until a signal asks for the end, whatever else happens."""
    work = asyncio.ensure_future(_run(options, own, folder))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A second Ctrl-C changes nothing: stopping has its own time limit.
        loop.add_signal_handler(number, stop.set)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if work.done():
        return await work
    say("\nStopping ...")
    work.cancel()
    await asyncio.wait({work})
    say("Stopped.")
    return 130 if options.check or options.killed else 0


def main() -> int:
    """Run what the command line asks for; return the exit status."""
    options = parse_options()
    own = None
    if options.frigate:
        own = real_frigate(options.frigate, insecure=options.insecure)
    with demo_folder() as folder:
        try:
            return asyncio.run(_until_stopped(options, own, folder))
        except (DemoError, aiohttp.ClientError, OSError) as err:
            _show_tail(folder / LOG)
            say(f"scripts/demo: {str(err) or type(err).__name__}")
            return 1


try:
    sys.exit(main())
except KeyboardInterrupt, EOFError:
    # Only while the login is asked for: later, signals end the demo in good order.
    sys.exit(130)
