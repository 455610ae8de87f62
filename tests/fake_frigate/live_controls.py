"""What a test may do to the sockets of `/ws`."""

import asyncio
from collections.abc import Iterable
import json
from pathlib import Path
from typing import Any

from .answers import index_page, nginx_page
from .controls import end_suspensions
from .live import LiveClient
from .live_rights import Payload
from .request_handler import RequestHandler
from .stats import build_stats


class LiveControls(RequestHandler):
    """Speaks to the clients of `/ws`, and lets them down."""

    @property
    def live_clients(self) -> list[LiveClient]:
        """Return the sockets that are open and not muted."""
        return self.state.live.audible

    @property
    def live_received(self) -> list[Any]:
        """Return what clients have sent: parsed where it was JSON."""
        return self.state.live.received

    async def wait_for_live(self, n: int, timeout: float = 30) -> None:
        """Wait until that many sockets are open."""
        await self._wait(
            lambda: len(self.live_clients) == n,
            lambda: f"{len(self.live_clients)} live clients, not {n}",
            timeout,
        )

    async def wait_for_live_received(self, n: int, timeout: float = 30) -> None:
        """Wait until clients have sent at least that many messages."""
        await self._wait(
            lambda: len(self.live_received) >= n,
            lambda: f"{len(self.live_received)} messages, not {n}",
            timeout,
        )

    # Saying things

    def push(self, topic: str, payload: Payload) -> None:
        """Push any message to everybody, whatever their role."""
        self.push_raw(json.dumps({"topic": topic, "payload": payload}))

    def push_raw(self, frame: str | bytes) -> None:
        """Push any frame, be it a message or not; bytes make it a binary one."""
        self.state.live.push_raw(frame)

    def push_stats(self) -> None:
        """Push the statistics, as Frigate does every minute."""
        self.state.live.publish_json("stats", build_stats(self.state))

    def push_status(self) -> None:
        """Push that detection runs where it does, as Frigate does every 10 s since 0.17."""
        if not self.state.is_017:
            return
        for name, camera in self.state.cameras.items():
            if not camera.enabled:
                status = "disabled"
            else:
                status = "online" if camera.online else "offline"
            self.state.live.publish(f"{name}/status/detect", status)

    def end_suspensions(self) -> None:
        """Look which suspensions of notifications are over, as 0.18 does every second."""
        end_suspensions(self.state)

    async def play(
        self, session: Path | Iterable[dict[str, Any]], speed: float | None = None
    ) -> None:
        """Push the messages of a recorded session, all at once unless a speed is given.

        A speed of 1 is the one at which they were recorded.
        """
        if isinstance(session, Path):
            text = await asyncio.to_thread(session.read_text, encoding="utf-8")
            messages: Iterable[dict[str, Any]] = json.loads(text)["messages"]
        else:
            messages = session
        played = 0.0
        for message in messages:
            if speed is not None:
                await self._timer.sleep(max(0.0, message["t"] - played) / speed)
                played = message["t"]
            self.push(message["topic"], message["payload"])

    # Letting down

    def drop_live(self) -> None:
        """End every connection at once, without a word."""
        self.state.live.drop()

    def mute_live(self) -> None:
        """Let the sockets of now be half-open: neither read from nor written to.

        They count as open no more, and end with `drop_live` only.
        """
        for client in self.state.live.clients:
            client.mute()
        self.state.live.changed()

    def block_live(self, status: int = 400) -> None:
        """Be behind a proxy that passes on no WebSocket; 200 is a page of its own."""
        page = index_page() if status == 200 else nginx_page(status)
        self.state.live.refusal = page

    def unblock_live(self) -> None:
        """Be behind nothing of the kind any more."""
        self.state.live.refusal = None
