"""Parts of the recordings as one file, watched through Home Assistant."""

import asyncio
import json
from pathlib import Path

from aiohttp import ClientError
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import clip_url
from custom_components.frigate_http.views import clips
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from tests.clock import in_time
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import Folders, folders
from tests.downloads.test_clip import timestamp_ago
from tests.fake_frigate import FakeFrigate, Fault
from tests.mp4.material import Scene
from tests.versions import EVERY_VERSION

from .common import Watcher, guest_of, length_of, watcher_of

__all__ = ["folders"]

pytestmark = pytest.mark.usefixtures("fixed_time", "folders")

DOOR, GATE = "front_door", "Portones"
SECONDS = 10
HUGE = f"bytes=0-{'9' * 5000}"
SMALL = Scene(width=64, height=48, fps=2, sound=None)
TRANSLATIONS = Path(clips.__file__).parents[1] / "translations"


@pytest.fixture
def url(frigate: FakeFrigate, entry: MockConfigEntry) -> str:
    """Return the path of a clip of two cameras that show little."""
    for camera in (DOOR, GATE):
        frigate.state.footage.show(camera, SMALL, 0)
    return url_of(frigate, entry)


def url_of(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    camera: str = DOOR,
    ago: float = 300,
    seconds: float = SECONDS,
) -> str:
    """Return the path of a clip."""
    start = timestamp_ago(frigate, ago)
    return clip_url(entry.entry_id, camera, start, start + seconds)


def made(frigate: FakeFrigate) -> list[str]:
    """Return the clips that the server was asked for."""
    return [one.path for one in frigate.requests if one.path.endswith("/clip.mp4")]


@EVERY_VERSION
async def test_a_clip_is_made_once_and_a_player_can_seek_in_it(
    frigate: FakeFrigate, watcher: Watcher, url: str, folders: Folders
) -> None:
    head = await watcher.see(url, "HEAD")
    whole = await watcher.see(url)
    size, tag = len(whole.body), whole.headers["ETag"]
    assert (whole.status, whole.body[4:8]) == (200, b"ftyp")
    assert whole.body.index(b"moov") < whole.body.index(b"mdat")
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Cache-Control"] == "private, no-cache"
    assert (head.status, head.body) == (200, b"")
    assert length_of(head) == length_of(whole) == size
    for asked, first, last in (
        ("bytes=0-", 0, size - 1),
        ("bytes=10-99", 10, 99),
        (f"bytes=100-{size * 2}", 100, size - 1),
        ("bytes=-7", size - 7, size - 1),
    ):
        for condition in ({}, {"If_Range": tag}):
            part = await watcher.see(url, Range=asked, **condition)
            assert (part.status, part.body) == (206, whole.body[first : last + 1])
            assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
    for asked in ("bytes=0-1,4-5", "bytes=5-1", "lines=0-1", "bytes=-0", HUGE):
        again = await watcher.see(url, Range=asked)
        assert (again.status, again.body) == (200, whole.body), asked
    for other in ('"other"', f"W/{tag}", "Thu, 26 Nov 2020 12:00:00 GMT"):
        again = await watcher.see(url, Range="bytes=0-9", If_Range=other)
        assert (again.status, again.body) == (200, whole.body)
    beyond = await watcher.see(url, Range=f"bytes={size}-")
    assert beyond.status == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    known = await watcher.see(url, If_None_Match=tag)
    assert (known.status, known.body) == (304, b"")
    assert len(made(frigate)) == 1

    (file,) = _clips(folders)
    file.unlink()
    assert (await watcher.see(url)).body == whole.body
    assert len(made(frigate)) == 2


def _clips(folders: Folders) -> list[Path]:
    return [*(folders.config / ".cache").rglob("*.mp4")]


async def test_who_may_not_see_the_camera_gets_no_clip_even_if_it_is_there(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    hass_client: ClientSessionGenerator,
    url: str,
) -> None:
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, DOOR))
    foreign = url_of(frigate, entry, GATE)
    assert await watcher.status(foreign) == 200
    unknown = await guest.see(url_of(frigate, entry, "nobody"))
    seen = await guest.see(foreign)
    assert (seen.status, seen.body) == (unknown.status, unknown.body)
    assert seen.status == 404
    assert await guest.status(url) == 200


@EVERY_VERSION
async def test_a_restricted_account_shows_no_clip_of_another_camera(
    hass: HomeAssistant, frigate: FakeFrigate, watcher: Watcher
) -> None:
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    frigate.state.footage.show(GATE, SMALL, 0)
    assert await watcher.status(url_of(frigate, entry, GATE)) == 200
    frigate.clear_requests()
    assert await watcher.status(url_of(frigate, entry)) == 404
    assert not frigate.requests


async def test_who_loses_the_camera_while_a_clip_is_made_does_not_get_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    url: str,
) -> None:
    user = guest_of(hass, entry, DOOR)
    guest = await watcher_of(hass, hass_client, user)
    frigate.fail(r".*/clip\.mp4", Fault.stall())
    asked = asyncio.create_task(guest.status(url))
    await frigate.wait_for_open(r".*/clip\.mp4", 1)
    user.mock_policy({})
    frigate.clear_faults()
    assert await asked == 404
    user.mock_policy({"entities": True})
    assert await guest.status(url) == 200
    assert len(made(frigate)) == 1


def test_the_errors_that_have_an_answer_of_their_own_exist() -> None:
    texts = json.loads((TRANSLATIONS / "en.json").read_text(encoding="utf-8"))
    assert {key for key in clips._ANSWERS if key} <= set(texts["exceptions"])


async def test_what_cannot_be_one_file_says_so(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    url: str,
) -> None:
    assert await watcher.status(url_of(frigate, entry, seconds=601)) == 400
    assert await watcher.status(url_of(frigate, entry, ago=-90_000)) == 400
    frigate.cut_recordings(DOOR, 0)
    missing = await watcher.see(url)
    assert missing.status == 404
    assert missing.headers["Cache-Control"] == "no-store"


async def test_a_clip_that_fails_is_made_with_the_next_request(
    frigate: FakeFrigate, watcher: Watcher, url: str, freezer: FrozenDateTimeFactory
) -> None:
    for fault, expected in (
        (Fault.html(), 502),
        (Fault.status(403), 404),
        # Frigate is asked again and again, and the viewer told to come back.
        (Fault.stall(), 503),
    ):
        frigate.fail(r".*/clip\.mp4", fault)
        status, _seconds = await in_time(freezer, watcher.status(url), step=10)
        assert status == expected, fault
        frigate.clear_faults()
    assert (await in_time(freezer, watcher.status(url)))[0] == 200


async def test_an_unload_disconnects_who_watches_a_clip(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    watcher: Watcher,
    url: str,
    folders: Folders,
) -> None:
    assert await watcher.status(url) == 200
    (file,) = _clips(folders)
    # Too large for all buffers on the way.
    with file.open("r+b") as out:
        out.truncate(64 * 2**20)
    response = await watcher.open(url)
    await response.content.readexactly(1000)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ClientError):
        await response.read()
    assert not _clips(folders)
    await hass.config_entries.async_setup(entry.entry_id)
    assert await watcher.status(url) == 200
