"""Phones with the Home Assistant app: registered as it does, notified over its push server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
import sys
from types import ModuleType
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component

ACTION_EVENT = "mobile_app_notification_action"

# What its integration imports of voice assistants, and needs a C compiler to install.
STAND_INS = {"pymicro_vad": "MicroVad", "pyspeex_noise": "AudioProcessor"}

type Message = dict[str, Any]


@dataclass(kw_only=True)
class Phone:
    """A phone, and the notifications that it has received."""

    hass: HomeAssistant
    entry: MockConfigEntry
    device_id: str
    token: str
    messages: list[Message] = field(default_factory=list)

    def press(self, title: str) -> None:
        """Press a button of the newest notification, as the app tells Home Assistant."""
        buttons = {one["title"]: one for one in self.messages[-1]["data"]["actions"]}
        tag = self.messages[-1]["data"]["tag"]
        data = {"action": buttons[title]["action"], "tag": tag}
        self.hass.bus.async_fire(ACTION_EVENT, data)

    async def rename(self, name: str) -> None:
        """Give the phone another name, as its owner does in the app."""
        registration = {
            "app_version": "2026.11.2",
            "device_name": name,
            "manufacturer": "Google",
            "model": "Pixel 11",
            "os_version": "17",
        }
        # It cannot be imported before the stand-ins are there.
        webhook = import_module("homeassistant.components.mobile_app.webhook")
        command = webhook.WEBHOOK_COMMANDS["update_registration"]
        await command(self.hass, self.entry, registration)


@dataclass(kw_only=True)
class Phones:
    """All phones of a Home Assistant."""

    hass: HomeAssistant
    push_url: str
    by_token: dict[str, Phone] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)
    """The tokens that the push server does not take."""
    is_quick: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether the push server answers; otherwise Home Assistant waits for it."""

    async def add(self, name: str, *, pushes: bool = True) -> Phone:
        """Register a phone; not all of them let Home Assistant notify them."""
        number = str(len(self.by_token))
        app_data = {"push_token": number, "push_url": self.push_url} if pushes else {}
        entry = MockConfigEntry(
            domain="mobile_app",
            title=name,
            unique_id=number,
            data={
                "app_data": app_data,
                "app_id": "io.homeassistant.companion.android",
                "app_name": "Home Assistant",
                "app_version": "2026.11.1",
                "device_id": f"device-{number}",
                "device_name": name,
                "manufacturer": "Google",
                "model": "Pixel 11",
                "os_name": "Android",
                "os_version": "17",
                "supports_encryption": False,
                "user_id": "user",
                "webhook_id": f"webhook-{number}",
            },
        )
        entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        (device,) = dr.async_entries_for_config_entry(
            dr.async_get(self.hass), entry.entry_id
        )
        phone = Phone(hass=self.hass, entry=entry, device_id=device.id, token=number)
        self.by_token[number] = phone
        return phone

    async def receive(self, request: web.Request) -> web.Response:
        """Receive what is pushed to a phone."""
        message = await request.json()
        if message["push_token"] in self.unreachable:
            return web.json_response({"errorMessage": "gone"}, status=404)
        self.by_token[message["push_token"]].messages.append(message)
        await self.is_quick.wait()
        return web.json_response({}, status=201)


@asynccontextmanager
async def phones_of(hass: HomeAssistant) -> AsyncGenerator[Phones]:
    """Give Home Assistant the app's integration, and a push server for it."""
    for name, imported in STAND_INS.items():
        vars(sys.modules.setdefault(name, ModuleType(name))).setdefault(
            imported, object
        )
    phones = Phones(hass=hass, push_url="")
    app = web.Application()
    app.router.add_post("/push", phones.receive)
    server = TestServer(app)
    # The access log cannot be written while the clock stands still.
    await server.start_server(access_log=None)
    try:
        phones.is_quick.set()
        phones.push_url = str(server.make_url("/push"))
        assert await async_setup_component(hass, "mobile_app", {})
        await hass.async_block_till_done()
        yield phones
    finally:
        await server.close()
