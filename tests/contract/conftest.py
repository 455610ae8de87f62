"""Fixtures for the tests of the fake."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session without cookies of its own."""
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield session


@pytest.fixture
async def server(socket_enabled: None, version: str) -> AsyncIterator[FakeFrigate]:
    """Return a running server with some faces."""
    async with FakeFrigate(version, faces={"Eileen": 2, "Ana": 0}, train=3) as server:
        yield server


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Leave the loop as it is: the test plugin's debug mode takes half of the time."""
