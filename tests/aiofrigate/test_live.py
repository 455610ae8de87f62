"""The WebSocket: connecting, failures, reconnecting, and commands."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    CameraActivity,
    Count,
    FrigateAuthError,
    FrigateBadRequestError,
    FrigateClient,
    FrigateClosedError,
    FrigateConnectionError,
    FrigateContentError,
    FrigateError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateRedirectError,
    FrigateStartingError,
    LiveListener,
    Update,
)
from tests.clock import all_waits
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .conftest import ADMIN, GATE, VIEWER, Connect, logins, wire_server


class Listener:
    """Records the callbacks of a live connection, and lets a test wait for them."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.connects = 0
        self.errors: list[FrigateError] = []
        self._changed = asyncio.Event()

    def listen_to(self, client: FrigateClient) -> None:
        """Listen to a client's live connection."""
        client.live.start(
            LiveListener(self._on_update, self._on_connect, self._on_disconnect)
        )

    def _on_update(self, update: Update) -> None:
        self.updates.append(update)
        self._changed.set()

    def _on_connect(self) -> None:
        self.connects += 1
        self._changed.set()

    def _on_disconnect(self, error: FrigateError) -> None:
        self.errors.append(error)
        self._changed.set()

    async def until(
        self, *, connects: int = 0, errors: int = 0, updates: int = 0
    ) -> None:
        """Wait until there were that many callbacks."""
        while (
            self.connects < connects
            or len(self.errors) < errors
            or len(self.updates) < updates
        ):
            self._changed.clear()
            await self._changed.wait()


@pytest.fixture
async def listener(client: FrigateClient) -> AsyncGenerator[Listener]:
    """Return a listener to a client on the port that needs no login."""
    listener = Listener()
    listener.listen_to(client)
    yield listener
    await client.live.stop()


@EVERY_VERSION
async def test_the_current_state_comes_first_and_then_updates(
    frigate: FakeFrigate, listener: Listener
) -> None:
    await listener.until(connects=1)
    assert isinstance(listener.updates[0], CameraActivity)
    assert frigate.live_received == [{"topic": "onConnect", "payload": ""}]
    before = len(listener.updates)
    frigate.push("front_door/person", 3)
    await listener.until(updates=before + 1)
    assert Count("front_door", "person", 3, only_active=False) in listener.updates


@EVERY_VERSION
@pytest.mark.parametrize(
    "account", [ADMIN, VIEWER, GATE], ids=["admin", "viewer", "gate"]
)
async def test_every_account_receives_updates(
    frigate: FakeFrigate, connect: Connect, account: dict[str, Any]
) -> None:
    client, listener = connect(frigate.external_url, **account), Listener()
    listener.listen_to(client)
    await listener.until(connects=1)
    assert logins(frigate) == 1
    assert client.live.is_open
    await client.live.stop()
    assert not client.live.is_open


async def test_a_token_is_accepted_and_a_lost_login_is_renewed(
    frigate: FakeFrigate, connect: Connect
) -> None:
    bearer, listener = (
        connect(frigate.external_url, token=frigate.token("admin")),
        Listener(),
    )
    listener.listen_to(bearer)
    await listener.until(connects=1)
    await bearer.live.stop()

    client, other = connect(frigate.external_url, **ADMIN), Listener()
    await client.system.stats()
    frigate.revoke_sessions()
    other.listen_to(client)
    await other.until(connects=1)
    assert logins(frigate) == 2
    assert other.errors == []
    await client.live.stop()


async def test_connecting_without_a_login_fails(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client, listener = connect(frigate.external_url), Listener()
    listener.listen_to(client)
    await listener.until(errors=1)
    assert isinstance(listener.errors[0], FrigateAuthError)
    await client.live.stop()
    assert frigate.live_clients == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, FrigateContentError),
        (400, FrigateBadRequestError),
        (403, FrigateForbiddenError),
        (404, FrigateNotFoundError),
        (502, FrigateStartingError),
    ],
)
async def test_a_proxy_that_blocks_websockets_is_an_error(
    frigate: FakeFrigate, client: FrigateClient, status: int, kind: type[FrigateError]
) -> None:
    frigate.block_live(status)
    listener = Listener()
    listener.listen_to(client)
    await listener.until(errors=1)
    assert isinstance(listener.errors[0], kind)
    with pytest.raises(FrigateConnectionError):
        await client.live.send("front_door/detect/set", "OFF")
    frigate.unblock_live()
    await listener.until(connects=1)
    await client.live.stop()


async def test_a_redirect_of_the_handshake_is_not_followed(connect: Connect) -> None:
    async with wire_server() as elsewhere:
        target = f"{elsewhere.url}/login"
        reply = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n".encode()
        async with wire_server(reply) as proxy:
            client = connect(proxy.url, headers={"X-Proxy-Secret": "much-too-secret"})
            listener = Listener()
            listener.listen_to(client)
            await listener.until(errors=1)
            await client.live.stop()
    assert isinstance(listener.errors[0], FrigateRedirectError)
    assert elsewhere.heads == []
    assert "much-too-secret" not in str(listener.errors[0])


async def test_a_server_that_is_down_is_reconnected(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await frigate.refuse()
    listener = Listener()
    listener.listen_to(client)
    await listener.until(errors=1)
    assert isinstance(listener.errors[0], FrigateConnectionError)
    await frigate.resume()
    await listener.until(connects=1)
    await client.live.stop()


async def test_a_pause_before_the_next_attempt_ends_when_woken(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    await frigate.refuse()
    listener = Listener()
    listener.listen_to(client)
    for number in range(1, 6):
        await listener.until(errors=number)
        freezer.tick(60)
    await listener.until(errors=6)
    await frigate.resume()
    # The clock stands still, so that the pause never ends by itself.
    client.live.wake()
    await listener.until(connects=1)

    # Waking somebody who is awake does not end the next pause, and the pauses are short.
    client.live.wake()
    frigate.block_live()
    frigate.drop_live()
    await listener.until(errors=7)
    await all_waits()
    assert len(listener.errors) == 7
    freezer.tick(2)
    await listener.until(errors=8)
    frigate.unblock_live()
    freezer.tick(4)
    await listener.until(connects=2)
    await client.live.stop()


async def test_the_current_state_is_requested_again_after_a_gap(
    frigate: FakeFrigate, listener: Listener
) -> None:
    await listener.until(connects=1)
    frigate.drop_live()
    await listener.until(errors=1, connects=2)
    assert frigate.live_received == [{"topic": "onConnect", "payload": ""}] * 2
    assert isinstance(listener.errors[0], FrigateConnectionError)


async def test_invalid_messages_are_ignored(
    frigate: FakeFrigate, listener: Listener
) -> None:
    await listener.until(connects=1)
    for frame in ("", "not JSON", b"\x00\xff", "[]", '{"topic": 1}', "[" * 10_000):
        frigate.push_raw(frame)
    frigate.push("front_door/car", 1)
    await listener.until(updates=len(listener.updates) + 1)
    assert listener.updates[-1] == Count("front_door", "car", 1, only_active=False)
    assert listener.errors == []


async def test_a_message_that_is_too_large_causes_a_reconnect(
    frigate: FakeFrigate, listener: Listener
) -> None:
    await listener.until(connects=1)
    frigate.push_raw("x" * (16 * 2**20 + 1))
    await listener.until(errors=1, connects=2)


@EVERY_VERSION
async def test_a_command_reaches_frigate(
    frigate: FakeFrigate, client: FrigateClient, listener: Listener
) -> None:
    await listener.until(connects=1)
    await client.live.send("front_door/recordings/set", "OFF")
    await frigate.wait_for_live_received(2)
    assert frigate.live_received[1] == {
        "topic": "front_door/recordings/set",
        "payload": "OFF",
    }


async def test_stopping_twice_or_before_the_start_does_nothing(
    frigate: FakeFrigate, client: FrigateClient, listener: Listener
) -> None:
    await listener.until(connects=1)
    await client.live.stop()
    await client.live.stop()
    await frigate.wait_for_live(0)
    assert listener.errors == []


async def test_a_closed_client_does_not_connect(client: FrigateClient) -> None:
    client.close()
    listener = Listener()
    listener.listen_to(client)
    await listener.until(errors=1)
    assert isinstance(listener.errors[0], FrigateClosedError)
    await client.live.stop()


async def test_a_proxy_that_refuses_only_the_websocket_causes_one_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    frigate.block_live(401)
    client, listener = connect(frigate.external_url, **ADMIN), Listener()
    listener.listen_to(client)
    await listener.until(errors=2)
    assert logins(frigate) == 2
    # Nor does that say anything of the account.
    frigate.revoke_sessions()
    assert (await client.system.stats(fresh=True)).cameras
    frigate.unblock_live()
    await listener.until(connects=1)
    await client.live.stop()
