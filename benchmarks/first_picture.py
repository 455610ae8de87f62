"""How soon Chromium shows a first picture, beside a bare page with hls.js.

Both pages play with the hls.js of Home Assistant's frontend. Ours asks Home Assistant first
what to play, as its frontend does after a click. The bare one plays the recordings that the
server has, and live video from a server which makes a segment of each group of pictures.
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

from .bare_hls import bare_hls
from .home import VERSION, Worker, home_assistant, until_told_to_end
from .join import SCENE
from .serving import serving
from .table import Row

CAMERA = "cam_01"
CAMERAS = 5
"""Each of them is watched anew once, and the first one again and again."""
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
    """Measure an hour of recordings, and live video."""
    async with FakeFrigate(VERSION, CAMERAS) as frigate:
        frigate.show(CAMERA, SCENE)
        end = float(int(frigate.state.clock()) - 100)
        frigate.state.footage.since = end - HOUR
        frigate.go2rtc.run_live()
        source = frigate.internal_url
        original = f"{source}/vod/{CAMERA}/start/{end - HOUR}/end/{end}/master.m3u8"
        worker = await Worker.start("first_picture", source, end)
        told = await worker.until_ready()
        async with (
            bare_hls(source) as live,
            _pages(told["url"], source, live) as (ours, bare, bare_live),
        ):
            if await ours.evaluate("logIn", told["token"]) != "auth_ok":
                raise RuntimeError("The login has failed")
            rows = [
                await _recordings(bare, original, ours, told["media"]),
                *await _live(bare_live, live, ours),
            ]
        await worker.result()
    return rows


async def _took(page: Page, what: str) -> float:
    # The browser draws only the page in front.
    await page.bring_to_front()
    took: float = await page.evaluate("firstPicture", what)
    return took


async def _live(bare: Page, url: str, ours: Page) -> list[Row]:
    """Measure cameras that nobody watches yet, and one that somebody watches."""
    names = [f"cam_{number:02}" for number in range(1, CAMERAS + 1)]
    rows: list[Row] = []
    for what, cameras in (
        ("nobody else watches", names),
        ("somebody watches", names[:1] * REPEATS),
    ):
        costs = [
            (
                await _took(bare, f"{url}/{name}/live.m3u8"),
                await _took(ours, f"camera.{name}"),
            )
            for name in cameras
        ]
        rows.append(_row(f"live, {what}", costs))
    return rows


async def _recordings(bare: Page, original: str, ours: Page, media: str) -> Row:
    costs = [
        (await _took(bare, original), await _took(ours, media))
        for _ in range(REPEATS + 1)
    ]
    # The first round lets the fake make its files.
    return _row("an hour of recordings", costs[1:])


def _row(scale: str, costs: list[tuple[float, float]]) -> Row:
    alone, value = (median(one) for one in zip(*costs, strict=True))
    return Row(
        what="first picture in Chromium",
        scale=scale,
        value=value,
        unit="ms",
        reference=alone,
        against="of a bare page",
        limit=LIMIT,
    )
