"""How soon Chromium shows the first picture of an hour, beside a bare page with hls.js.

Both pages play with the hls.js of Home Assistant's frontend. Ours asks Home Assistant first
what to play, as the media browser does after a click; the bare one plays what the server has.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import hass_frontend
from playwright.async_api import Page, async_playwright

from custom_components.frigate_http.media_ids import Form, RecordingVideo
from tests.fake_frigate import FakeFrigate

from .home import VERSION, Worker, home_assistant, until_told_to_end
from .join import SCENE
from .serving import serving
from .table import Row

CAMERA = "cam_01"
HOUR = 3600
REPEATS = 9
LIMIT = 3.0
CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    # A page that no server has sent counts as one of the internet.
    "--disable-features=LocalNetworkAccessChecks",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_PAGE = Path(__file__).with_suffix(".html")


async def work(url: str, end_at: str) -> dict[str, float]:
    """Let a browser play an hour that ends so many seconds after the epoch."""
    end = float(end_at)
    async with (
        home_assistant(url, with_all=False) as (hass, entry),
        serving(hass) as site,
    ):
        hour = RecordingVideo(entry.entry_id, Form.HLS, CAMERA, end - HOUR, end)
        await until_told_to_end(
            url=site.url, token=site.token, media=hour.media_content_id
        )
    return {}


def _hls() -> str:
    """Return the part of Home Assistant's frontend that is hls.js."""
    for path in (hass_frontend.where() / "frontend_latest").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        if "MANIFEST_PARSED" in text:
            return text
    raise RuntimeError("Home Assistant's frontend has no hls.js")


@asynccontextmanager
async def _pages(*origins: str) -> AsyncGenerator[list[Page]]:
    """Open our page as if each of these servers had it."""
    html = await asyncio.to_thread(_PAGE.read_text, encoding="utf-8")
    script = await asyncio.to_thread(_hls)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=_FLAGS
        )
        context = await browser.new_context()
        await context.route(
            "**/first_picture.html",
            lambda route: route.fulfill(body=html, content_type="text/html"),
        )
        await context.route(
            "**/hls.js",
            lambda route: route.fulfill(body=script, content_type="text/javascript"),
        )
        pages = [await context.new_page() for _ in origins]
        for page, origin in zip(pages, origins, strict=True):
            await page.goto(f"{origin}/first_picture.html")
            await page.wait_for_function("window.isReady")
        yield pages
        await browser.close()


async def measure() -> list[Row]:
    """Measure an hour of recordings."""
    async with FakeFrigate(VERSION, 1) as frigate:
        frigate.show(CAMERA, SCENE)
        end = float(int(frigate.state.clock()) - 100)
        frigate.state.footage.since = end - HOUR
        source = frigate.internal_url
        original = f"{source}/vod/{CAMERA}/start/{end - HOUR}/end/{end}/master.m3u8"
        worker = await Worker.start("first_picture", source, end)
        told = await worker.until_ready()
        async with _pages(told["url"], source) as (ours, bare):
            if await ours.evaluate("logIn", told["token"]) != "auth_ok":
                raise RuntimeError("The login has failed")
            row = await _first_pictures(bare, original, ours, told["media"])
        await worker.result()
    return [row]


async def _first_pictures(bare: Page, original: str, ours: Page, media: str) -> Row:
    costs: list[tuple[float, float]] = []
    for _ in range(REPEATS + 1):
        took = []
        for page, what in ((bare, original), (ours, media)):
            # The browser draws only the page in front.
            await page.bring_to_front()
            took.append(await page.evaluate("firstPicture", what))
        costs.append((took[0], took[1]))
    # The first round lets the fake make its files.
    alone, value = (median(one) for one in zip(*costs[1:], strict=True))
    return Row(
        what="first picture in Chromium",
        scale="an hour of recordings",
        value=value,
        unit="ms",
        reference=alone,
        against="of a bare page",
        limit=LIMIT,
    )
