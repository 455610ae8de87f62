"""A phone with the Home Assistant app, whose notifications also show on the screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import re

from aiohttp import web

from . import DemoError
from .api import Api, Json
from .sandbox import LOOPBACK, Ports
from .waiting import until

_PORT = 8223
_APP = "mobile_app"
_NAME = "Demo phone"
_REGISTER_SECONDS = 30
_SIGNED_SECONDS = 24 * 60 * 60
# How many notifications stay on the screen.
_MOST = 3
_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")


class Phone:
    """A phone: it has its own login, and keeps what is pushed to it."""

    def __init__(self, api: Api, push_url: str) -> None:
        """Be nowhere known yet; `api` has no login."""
        self.api = api
        self.device_id = ""
        self.pushes: list[Json] = []
        """What came, oldest first: title, message, and the data of the app."""
        self.failures: list[str] = []
        """What could not be shown on the screen, in words."""
        self._push_url = push_url
        self._shown: dict[str, dict[str, str]] = {}

    async def register(self, username: str, password: str, name: str = _NAME) -> None:
        """Log in and register, as the app does when it is first opened."""
        await self.api.log_in(username, password)
        await self.api.post(
            "/api/mobile_app/registrations",
            {
                "app_id": "io.homeassistant.companion.android",
                "app_name": "Home Assistant",
                "app_version": "2026.11.1",
                "device_id": "demo",
                "device_name": name,
                "manufacturer": "Google",
                "model": "Pixel 11",
                "os_name": "Android",
                "os_version": "17",
                "supports_encryption": False,
                "app_data": {"push_token": "demo", "push_url": self._push_url},
            },
        )
        self.device_id = await until(name, _REGISTER_SECONDS, self._find_device)

    async def _find_device(self) -> str | None:
        """Return its device as soon as Home Assistant can notify it."""
        (entries,) = await self.api.commands({"type": "config/entity_registry/list"})
        for one in entries:
            if one["platform"] == _APP and one["entity_id"].startswith("notify."):
                return str(one["device_id"])
        return None

    async def receive(self, request: web.Request) -> web.Response:
        """Take what Home Assistant pushes, as the push servers of the makers do."""
        push = await request.json()
        self.pushes.append(push)
        try:
            await self._show(push)
        except DemoError as err:
            self.failures.append(str(err))
        return web.json_response({}, status=201)

    async def _show(self, push: Json) -> None:
        """Show a notification on the screen, or change the one that has the same tag.

        A screen cannot play a video within a notification: it has a link to it instead.
        """
        data = push.get("data", {})
        tag = data.get("tag", "demo")
        shown = self._shown.setdefault(tag, {})
        for kind in ("image", "video"):
            if data.get(kind):
                shown[kind] = await self._signed(data[kind])
        parts = [_as_text(push["message"])]
        if "image" in shown:
            parts.append(f"![]({shown['image']})")
        if "video" in shown:
            parts.append(f"[▶]({shown['video']})")
        await self._notification(
            "create",
            notification_id=tag,
            title=push.get("title", ""),
            message="\n\n".join(parts),
        )
        while len(self._shown) > _MOST:
            oldest = next(iter(self._shown))
            del self._shown[oldest]
            await self._notification("dismiss", notification_id=oldest)

    async def _signed(self, path: str) -> str:
        """Return a path that the screen can load: it sends no login with pictures."""
        (signed,) = await self.api.commands(
            {"type": "auth/sign_path", "path": path, "expires": _SIGNED_SECONDS}
        )
        return str(signed["path"])

    async def _notification(self, action: str, **fields: str) -> None:
        await self.api.post(f"/api/services/persistent_notification/{action}", fields)


def _as_text(message: str) -> str:
    """Return Markdown that shows a message as it is, whoever wrote it."""
    return _MARKUP.sub(r"\\\1", message).replace("\n", "\n\n")


@asynccontextmanager
async def running_phone(api: Api, ports: Ports) -> AsyncIterator[Phone]:
    """Run a phone, which is nowhere registered yet, and its push server."""
    port = ports.take(_PORT)
    phone = Phone(api.without_login(), f"http://{LOOPBACK}:{port}/push")
    app = web.Application()
    app.router.add_post("/push", phone.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        yield phone
    finally:
        await runner.cleanup()
