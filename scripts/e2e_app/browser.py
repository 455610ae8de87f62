"""A headless Chromium that sees this machine and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WIDTH, HEIGHT = 1280, 800
# A bound for what hangs, generous because other work may keep the machine busy.
_TIMEOUT_SECONDS = 45


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Run the browser with a fresh profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=_FLAGS
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def new_page(browser: Browser, language: str) -> AsyncIterator[Page]:
    """Open a page for a person who reads this language and has never been here."""
    context = await browser.new_context(
        locale=language,
        viewport={"width": WIDTH, "height": HEIGHT},
        reduced_motion="reduce",
    )
    context.set_default_timeout(_TIMEOUT_SECONDS * 1000)
    yield await context.new_page()
    # After a failure the whole browser is closed, if it has not ended by itself.
    await context.close()
