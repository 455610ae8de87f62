"""What the steps work with: a person at a browser, Home Assistant and a simulated Frigate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Page

from scripts.demo_app import DOMAIN, DemoError
from scripts.demo_app.api import Api
from scripts.demo_app.frigate import running
from scripts.demo_app.live_video import add_live_video
from scripts.demo_app.moved import Row
from scripts.demo_app.past import add_past
from scripts.demo_app.phone import Phone
from scripts.demo_app.registry import read_entities
from scripts.demo_app.sandbox import Ports
from scripts.demo_app.waiting import until
from tests.fake_frigate import FakeFrigate
from tests.official_registry import add_house

from .dialog import FlowDialog
from .screenshots import Screenshots
from .texts import Texts

CAMERA = "front_door"
CAMERA_NAME = "Front door"
PERSON = "Eileen"
_OTHER_CAMERA = "driveway"
_FACES = {PERSON: 3, "Tom": 2}
_LOAD_SECONDS = 45
_INTERNAL_PORT, _EXTERNAL_PORT = 5400, 8471


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything there is for the steps, and what they leave to the ones after them."""

    page: Page
    api: Api
    frigate: FakeFrigate
    house: FakeFrigate
    """The server of somebody who has the official integration."""
    phone: Phone
    texts: Texts
    screenshots: Screenshots
    notes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    """The entities of the official integration, as they were before anything moved."""

    @property
    def flow(self) -> FlowDialog:
        """Return the dialog in which forms of the integration appear."""
        return FlowDialog(self.page, self.texts)

    async def go(self, path: str) -> None:
        """Open a page of Home Assistant."""
        await self.page.goto(self.api.base_url + path)

    async def go_to_integration(self) -> None:
        """Open the integration's own page."""
        await self.go(f"/config/integrations/integration/{DOMAIN}")
        await self.page.locator("ha-config-entry-row").wait_for()

    async def choose_from_menu(self, item: str) -> None:
        """Choose from the menu of the config entry on the integration's page."""
        # Devices below the entry have menus with the same items.
        row = self.page.locator("ha-config-entry-row ha-row-item")
        await row.locator("ha-dropdown ha-icon-button").click()
        chosen = row.locator(f"ha-dropdown-item[value={item}]")
        await chosen.wait_for()
        await self.screenshots.take("menu")
        await chosen.click()

    async def reloaded(self) -> None:
        """Wait until what was changed is in effect: the entry is loaded anew by then."""
        await until("the integration to be loaded", _LOAD_SECONDS, self._is_loaded)

    async def _is_loaded(self) -> bool | None:
        (entries,) = await self.api.commands(
            {"type": "config_entries/get", "domain": DOMAIN}
        )
        return True if entries and entries[0]["state"] == "loaded" else None

    async def camera_entity(self) -> str:
        """Return the id of the camera's entity, which depends on the language."""
        return await self.entity("camera", f"camera:{CAMERA}")

    async def entity(self, platform: str, own_id: str) -> str:
        """Return the id of an entity, given what follows the entry in its unique id."""
        for entity in await read_entities(self.api):
            if (entity.platform, entity.own_id) == (platform, own_id):
                return entity.entity_id
        raise DemoError(f"There is no {platform} {own_id}.")


@asynccontextmanager
async def guarded_frigate(ports: Ports) -> AsyncIterator[FakeFrigate]:
    """Run a simulated Frigate; its outer port has TLS and asks for a login."""
    server = FakeFrigate(
        version="0.18", cameras=(CAMERA, _OTHER_CAMERA), faces=_FACES, train=2
    )
    server.describe(CAMERA)
    add_past(server)
    add_live_video(server)
    async with running(server, ports, _INTERNAL_PORT, _EXTERNAL_PORT):
        yield server


@asynccontextmanager
async def watched_house(ports: Ports) -> AsyncIterator[FakeFrigate]:
    """Run the simulated Frigate of somebody who has the official integration."""
    server = FakeFrigate(version="0.18", cameras=())
    add_house(server)
    async with running(server, ports, _INTERNAL_PORT, _EXTERNAL_PORT):
        yield server
