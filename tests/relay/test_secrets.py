"""The secret of a camera is in no log, whatever goes wrong with Home Assistant's players."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
import logging
from typing import override

from aiohttp import encode_basic_auth
import pytest
from yarl import URL

from custom_components.frigate_http.relay.relay import Relay
from homeassistant.components.camera import DynamicStreamSettings
from homeassistant.components.stream import create_stream
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.fake_frigate import FakeFrigate

from .players import until

KEY = "front_door"

type Disturb = Callable[[FakeFrigate, Relay], Awaitable[None]]


async def _wrong_secret(frigate: FakeFrigate, relay: Relay) -> None:
    (place,) = relay._listener._paths.values()
    relay._listener._paths[place.path] = type(place)(place.path, KEY, "another")


async def _no_camera(frigate: FakeFrigate, relay: Relay) -> None:
    relay.serve({})


async def _no_video(frigate: FakeFrigate, relay: Relay) -> None:
    frigate.go2rtc[KEY].fault = "dial tcp 192.0.2.10:554: i/o timeout"


async def _closed(frigate: FakeFrigate, relay: Relay) -> None:
    await relay.async_close()


async def _ended(frigate: FakeFrigate, relay: Relay) -> None:
    await frigate.go2rtc.wait_for_playing(KEY, 1)
    await frigate.go2rtc[KEY].push(3)
    await until(lambda: relay.state_of(KEY).has_data)
    relay.serve({})


@contextmanager
def failures(hass: HomeAssistant) -> Iterator[asyncio.Event]:
    """Yield what is set when the thread of a stream logs an error."""
    failed = asyncio.Event()

    class Handler(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            hass.loop.call_soon_threadsafe(failed.set)

    logger, handler = logging.getLogger("homeassistant.components.stream"), Handler()
    handler.setLevel(logging.ERROR)
    logger.addHandler(handler)
    try:
        yield failed
    finally:
        logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("disturb", "said"),
    [
        (_wrong_secret, "Unauthorized error opening stream"),
        (_no_camera, "Not Found error opening stream"),
        (_no_video, "Error opening stream (Server returned 5XX"),
        (_closed, "Error opening stream (Connection refused"),
        (_ended, "Error from stream worker"),
    ],
)
async def test_the_secret_is_in_no_log(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    relay: Relay,
    caplog: pytest.LogCaptureFixture,
    disturb: Disturb,
    said: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await async_setup_component(hass, "stream", {})
    source = relay.url_of(KEY)
    secret = URL(source).password
    assert secret
    if disturb is not _ended:
        await disturb(frigate, relay)
    stream = create_stream(hass, source, {}, DynamicStreamSettings())
    provider = stream.add_provider("hls")
    with failures(hass) as failed:
        await stream.start()
        if disturb is _ended:
            await disturb(frigate, relay)
        await failed.wait()
    await stream.remove_provider(provider)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert said in caplog.text
    assert "****:****@127.0.0.1" in caplog.text
    encoded = encode_basic_auth("relay", secret).removeprefix("Basic ")
    for record in caplog.records:
        text = f"{record.getMessage()} {record.__dict__}"
        assert secret not in text
        assert encoded not in text
