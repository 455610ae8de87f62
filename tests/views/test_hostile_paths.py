"""Paths that nobody of good will would ask for, to every view, byte by byte as they are."""

import asyncio
from collections.abc import Iterator
import logging
import re
from string import Formatter

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http import view_urls
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .player import NOW, RECENT, Player

pytestmark = pytest.mark.usefixtures("recorded")

PLACES = (
    (view_urls.PLAYLIST, "entry_id"),
    (view_urls.PLAYLIST, "camera"),
    (view_urls.CLIP, "camera"),
    (view_urls.PREVIEW, "camera"),
    (view_urls.RANGE_PREVIEW, "camera"),
    (view_urls.FRAME, "camera"),
    (view_urls.FRAME, "start"),
    (view_urls.PLAYLIST, "start"),
    (view_urls.CLIP, "end"),
    (view_urls.REVIEW_THUMBNAIL, "item_id"),
    (view_urls.REVIEW_SNAPSHOT, "item_id"),
    (view_urls.REVIEW_CLIP, "item_id"),
    (view_urls.EVENT_SNAPSHOT, "item_id"),
    (view_urls.EVENT_CLIP, "item_id"),
    (view_urls.EXPORT_VIDEO, "item_id"),
    (view_urls.HLS, "token"),
    (view_urls.HLS, "file"),
)
IDS = ("/api/review/", "/api/events/", "/api/exports/")
# Each stands in places of each kind.
HOSTILE = (
    # Ways out of the folder, however they are written.
    *(
        "",
        ".",
        "..",
        "%2e",
        "%2e%2e",
        "..%2f",
        "%2e%2e%2fapi%2fconfig",
        "..%5c..%5capi",
    ),
    *("%252e%252e", "~2E~2E", "~2E~2E~2Fapi~2Fconfig", "..~2Fapi~2Fconfig", "%2Fapi"),
    *("~2Fapi~2Fconfig", "http:~2F~2Felsewhere.example", "file:~2F~2F~2Fetc~2Fpasswd"),
    *("front_door%2F..%2FPortones", "front_door~2F..~2FPortones", "a~2F..~2F..~2Fb"),
    # Ends of lines and of texts.
    *(
        "%00",
        "front_door%00",
        "front_door~00",
        "%0a",
        "%0d%0aX-Evil:%201",
        "~0D~0AX:1",
    ),
    *("front_door%0a", "front_door~0A", "~0Afront_door", "front_door%09", "%20", "~20"),
    # What is not written as we write it.
    *("~", "~2", "~zz", "~2f", "~66ront_door", "~5F", "%7E00", "~7E", "~~", "~2~2F"),
    # What is no text.
    *("~FF", "%FF", "~C0~AF", "%C0%AF", "~ED~A0~80", "%ED%A0%80", "~F5~80~80~80"),
    # Other texts that look alike, or are read in another way somewhere.
    *("FRONT_DOOR", "front_door.", "front_door%20", "%EF%BD%86ront_door", "%E2%80%AE"),
    *("front_door;x=1", "front_door%3Fx=1", "front_door%23x", "*", "%2A", "%25", "%s"),
    *("{camera}", "%7Bcamera%7D", "$%7Bjndi:x%7D", "%3Cscript%3E", "'--", "%22%3E"),
    *("javascript:alert(1)", "null", "true", "[]", "-", "_", "~2A", "all", "birdseye"),
    # No times.
    *("nan", "inf", "-1.0", "1e9", "0x10.0", "+1.0", "1.", "01.0", "1_0.0", "%D9%A3.0"),
    *("1795434600", "1.0000001", "99999999999.0", "1795434600.00", "1795434600,0"),
    # Too much.
    *("a" * 257, "~E2~82~AC" * 200, "9" * 5000, "~2F" * 2000),
)


class Browser:
    """Sends paths as they are, which no client of HTTP would do."""

    def __init__(self, host: str, port: int, token: str) -> None:
        """Prepare to connect."""
        self._address = host, port
        self._rest = f" HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes, bytes]:
        """Return the status, the headers and the body of an answer."""
        if self._open is None:
            self._open = await asyncio.open_connection(*self._address)
        reader, writer = self._open
        writer.write(f"GET {path}{self._rest}".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length is not None
        body = await reader.readexactly(int(length[1]))
        if b"Connection: close" in head:
            self.close()
        return int(head.split()[1]), head, body

    def close(self) -> None:
        """Disconnect."""
        if self._open is not None:
            self._open[1].close()
            self._open = None


def paths(fields: dict[str, str]) -> Iterator[str]:
    """Yield paths with something hostile in the place of one field.

    Two fields of a kind share the work: each has every other text.
    """
    for number, (pattern, name) in enumerate(PLACES):
        every_other = HOSTILE[number % 2 :: 2]
        for hostile in HOSTILE if pattern == view_urls.HLS else every_other:
            yield pattern.format(**{**fields, name: hostile})


def test_every_field_has_its_turn() -> None:
    patterns = [
        str(value)
        for name, value in vars(view_urls).items()
        if name.isupper() and str(value).startswith("/api/")
    ]
    fields = {one[1] for pattern in patterns for one in Formatter().parse(pattern)}
    assert {name for _, name in PLACES} == fields - {None}


# Only Frigate's clock stands still: with Home Assistant's, this would take five times as long.
@pytest.mark.parametrize("frigate_options", [{"clock": lambda: NOW}])
async def test_nothing_hostile_is_found_or_passed_on(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    player: Player,
    hass_client: ClientSessionGenerator,
    hass_access_token: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, "aiohttp.access")
    server = (await hass_client()).server
    browser = Browser(server.host, server.port or 0, hass_access_token)
    login = hass.auth.async_validate_access_token(hass_access_token)
    assert login is not None
    fields = {
        "entry_id": entry.entry_id,
        "camera": "front_door",
        "start": str(RECENT[0]),
        "end": str(RECENT[1]),
        "token": (await player.play(player.signed(entry, login))).token,
        "file": "seg-1-v1-a1.m4s",
        "item_id": "1795434600.5-abcdef",
    }
    for pattern in (view_urls.PLAYLIST, view_urls.HLS):
        assert (await browser.get(pattern.format(**fields)))[0] == 200
    frigate.clear_requests()
    statuses = []
    for path in paths(fields):
        status, head, body = await browser.get(path)
        assert status in {400, 404}, path
        assert b"x-evil" not in head.lower(), path
        assert len(body) < 300, path
        statuses.append(status)
    assert statuses.count(404) > len(statuses) / 2
    # A review, an event or an export may have any name, so Frigate may be asked for it.
    asked = {one.path for one in frigate.requests}
    assert all(one.startswith(IDS) for one in asked), asked
    # Nobody was taken for a burglar.
    assert (await browser.get(view_urls.HLS.format(**fields)))[0] == 200
    browser.close()
