"""Go the whole way: `python -m scripts.e2e_app`."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
import signal
import sys
import time
from typing import Any

import aiohttp
from playwright.async_api import Browser, Error

from scripts.demo_app import ROOT, DemoError, say
from scripts.demo_app.check import complaints
from scripts.demo_app.home_assistant import running_home_assistant
from scripts.demo_app.official import install_official
from scripts.demo_app.phone import running_phone
from scripts.demo_app.sandbox import Ports, demo_folder

from .browser import new_page, running_browser
from .options import Options, parse_options
from .screenshots import Screenshots, keep_evidence
from .steps import ONCE, STEPS, Step
from .texts import Texts
from .world import World, guarded_frigate, watched_house

_HOME_ASSISTANT_PORT = 8423
_COUNTRY = "ES"
# Home Assistant writes this when the simulated Frigate forgets the login, as it should.
_EXPECTED = "Authentication failed while fetching"


class StepError(Exception):
    """A step did not come to its end; the message says which and why."""


async def _run(options: Options, folder: Path) -> None:
    with Ports() as ports:
        port = ports.take(_HOME_ASSISTANT_PORT)
        async with running_browser() as browser:
            steps = STEPS
            for language in options.languages:
                wanted = options.screenshots and language == "en"
                await _go(browser, Texts(language), folder, ports, port, wanted, steps)
                steps = tuple(step for step in STEPS if step not in ONCE)


async def _go(
    browser: Browser,
    texts: Texts,
    folder: Path,
    ports: Ports,
    port: int,
    wanted: bool,
    steps: tuple[Step, ...],
) -> None:
    """Go the whole way in one language, in a Home Assistant of its own."""
    say(f"Starting Home Assistant in the language {texts.language} ...")
    own = folder / texts.language
    async with (
        guarded_frigate(ports) as frigate,
        watched_house(ports) as house,
        running_home_assistant(own, port, partial(install_official, server=house)) as (
            home_assistant,
            api,
        ),
        running_phone(api, ports) as phone,
        new_page(browser, texts.language) as page,
    ):
        # The names of entities come from the server, which has a language too, and
        # would complain if it had no country.
        home = {"language": texts.language, "country": _COUNTRY}
        await api.commands({"type": "config/core/update", **home})
        screenshots = Screenshots(page, wanted=wanted)
        world = World(
            page=page,
            api=api,
            frigate=frigate,
            house=house,
            phone=phone,
            texts=texts,
            screenshots=screenshots,
        )
        for step in steps:
            await _take(step, world, folder)
    if unexpected := [
        complaint
        for complaint in complaints(home_assistant.log)
        if _EXPECTED not in complaint
    ]:
        raise DemoError("\n".join(unexpected))


async def _take(step: Step, world: World, folder: Path) -> None:
    start = time.monotonic()
    try:
        await step(world)
    except (DemoError, Error, aiohttp.ClientError, TimeoutError, LookupError) as err:
        picture = folder / f"failed-{world.texts.language}-{step.__name__}.png"
        await keep_evidence(world.page, picture)
        raise StepError(
            f"step {step.__name__} failed in {world.texts.language}: {_brief(err)} "
            f"(see {picture.relative_to(ROOT)} and the text beside it)"
        ) from err
    say(f"  {step.__name__:22} {time.monotonic() - start:5.1f} s")


def _brief(err: Exception) -> str:
    # Playwright puts the history of its attempts into further lines.
    return " ".join((str(err) or type(err).__name__).split("\nCall log:")[0].split())


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until done or until a signal asks for the end, and stop in good order."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    await task


def main() -> int:
    """Go, and return the exit status."""
    options = parse_options()
    with demo_folder(".e2e") as folder:
        try:
            asyncio.run(_until_stopped(_run(options, folder)))
        except asyncio.CancelledError:
            say("Stopped.")
            return 130
        except (StepError, DemoError, Error, aiohttp.ClientError, OSError) as err:
            say(f"scripts/e2e: {_brief(err)}")
            return 1
    say("Everything works.")
    return 0


sys.exit(main())
