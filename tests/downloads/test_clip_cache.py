"""The cache of finished videos and images: made once, bounded, and gone when it should be."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.downloads.cache_files import CacheKey
from custom_components.frigate_http.downloads.clip_cache import (
    MAX_JOBS,
    ClipCache,
    async_set_up_clip_cache,
    clip_cache,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import all_waits, in_time, turns
from tests.common import ADMIN, pass_time
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import Folders
from tests.downloads.test_clip import CLIPS, clip_fault, timestamp_ago
from tests.downloads.test_limits import GIB, MIB, Disk
from tests.downloads.videos import clip_in_one_request, order_of_boxes, read_video
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.mp4.material import Scene
from tests.versions import EVERY_VERSION

DAY = 86400
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
USER: ContextVar[str] = ContextVar("user")


class Asker:
    """Asks for files of a server."""

    def __init__(
        self, hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
    ) -> None:
        """Ask for clips of 20 seconds, which began five minutes ago."""
        self._hass, self._frigate, self._entry = hass, frigate, entry
        self.start = timestamp_ago(frigate, 300)
        self.end = self.start + 20

    @property
    def cache(self) -> ClipCache:
        """The cache of all servers."""
        return clip_cache(self._hass)

    async def clip(self, later: float = 0, seconds: float = 20) -> Path:
        """Return the clip, or one that begins later."""
        return await self.cache.async_get_clip(
            self._entry.runtime_data.client,
            self._entry.entry_id,
            "front_door",
            self.start + later,
            self.start + later + seconds,
        )

    def cached(self, later: float = 0) -> Path | None:
        """Return the clip if it is there."""
        start, end = int(self.start + later), int(self.end + later)
        key = CacheKey(self._entry.entry_id, "clip", "front_door", start, end)
        return self.cache._find(key)

    async def image(self, event_id: str) -> Path:
        """Return the snapshot of an event."""
        return await self.cache.async_get_snapshot(
            self._entry.runtime_data.client, self._entry.entry_id, event_id
        )

    def cached_image(self, event_id: str) -> Path | None:
        """Return the snapshot of an event if it is there."""
        return self.cache._find(CacheKey(self._entry.entry_id, "snapshot", event_id))

    def requests(self) -> list[str]:
        """Return the paths of the clips that were requested."""
        asked = self._frigate.requests
        return [one.path for one in asked if one.path.endswith("/clip.mp4")]


@pytest.fixture
def root(folders: Folders) -> Path:
    """Return the folder of the cache."""
    return folders.config / ".cache" / "frigate_http"


@pytest.fixture
def asker(
    hass: HomeAssistant, root: Path, frigate: FakeFrigate, entry: MockConfigEntry
) -> Asker:
    """Return somebody who asks a server whose camera shows little."""
    scene = Scene(width=64, height=48, fps=2, sound=None)
    frigate.state.footage.show("front_door", scene, 0)
    frigate.clear_requests()
    return Asker(hass, frigate, entry)


def everything_in(root: Path) -> list[Path]:
    """Return all files and folders below a folder."""
    return sorted(root.rglob("*"))


def being_made() -> list[asyncio.Task[Any]]:
    """Return the tasks that make files for the cache."""
    return [one for one in asyncio.all_tasks() if one.get_name().endswith("the cache")]


async def failure(asking: Coroutine[Any, Any, Path]) -> str | None:
    """Return what an error says."""
    with pytest.raises(HomeAssistantError) as caught:
        await asking
    return caught.value.translation_key


async def stalled(
    hass: HomeAssistant, frigate: FakeFrigate, asking: Coroutine[Any, Any, Path]
) -> asyncio.Task[Path]:
    """Ask for a clip that Frigate begins and does not finish."""
    frigate.fail(CLIPS, Fault.stall_body(after=1000))
    frigate.clear_requests()
    task = hass.async_create_task(asking)
    await frigate.wait_for_requests(2)
    await all_waits()
    return task


# Made once


@EVERY_VERSION
async def test_a_clip_is_made_once_for_all_who_ask(
    root: Path, frigate: FakeFrigate, asker: Asker
) -> None:
    assert asker.cached() is None
    paths = await asyncio.gather(*(asker.clip() for _ in range(10)))
    assert len(asker.requests()) == 1
    (path,) = {*paths}
    whole = await clip_in_one_request(frigate, "front_door", asker.start, asker.end)
    found = read_video(path)
    assert found.video == whole.video
    assert found.decoded_frames == len(found.video)
    boxes = order_of_boxes(path)
    assert boxes[:2] == ["ftyp", "moov"]
    assert "mdat" in boxes[2:]
    frigate.clear_requests()
    assert asker.cached() == await asker.clip() == path
    # Frigate cuts at whole seconds, so this is the same file.
    assert await asker.clip(later=0.25, seconds=19.5) == path
    assert frigate.requests == []
    assert everything_in(root) == [path.parent, path]
    assert being_made() == []


async def test_names_tell_nothing_and_lead_nowhere(
    root: Path, frigate: FakeFrigate, asker: Asker
) -> None:
    event = frigate.add_event("front_door", ago=300, duration=2)
    paths = {
        await asker.clip(),
        await asker.clip(later=20),
        await asker.image(event.id),
    }
    assert len(paths) == 3
    for path in paths:
        assert path.parent.parent == root
        assert path.stem.isalnum()
        assert "front" not in str(path.relative_to(root))
        assert event.id not in path.name
    assert await failure(asker.image("../../../secrets")) == "bad_request"
    assert {*everything_in(root)} == {*paths, next(iter(paths)).parent}


async def test_the_work_is_nobodys(
    hass: HomeAssistant, frigate: FakeFrigate, asker: Asker
) -> None:
    token = USER.set("Ana")
    try:
        task = await stalled(hass, frigate, asker.clip())
    finally:
        USER.reset(token)
    (work,) = being_made()
    assert USER in task.get_context()
    assert [*work.get_context()] == []
    frigate.clear_faults()
    assert (await task).is_file()


async def test_who_leaves_takes_it_from_nobody(
    hass: HomeAssistant, frigate: FakeFrigate, asker: Asker
) -> None:
    first = await stalled(hass, frigate, asker.clip())
    second = hass.async_create_task(asker.clip())
    await turns()
    first.cancel()
    await turns()
    assert first.cancelled()
    frigate.clear_faults()
    assert await second == asker.cached()
    assert len(asker.requests()) == 1


async def test_it_is_finished_when_nobody_waits_any_more(
    hass: HomeAssistant, frigate: FakeFrigate, asker: Asker
) -> None:
    task = await stalled(hass, frigate, asker.clip())
    task.cancel()
    await turns()
    (work,) = being_made()
    frigate.clear_faults()
    assert await work == asker.cached()


async def test_a_file_that_somebody_has_deleted_is_made_again(asker: Asker) -> None:
    path = await asker.clip()
    shutil.rmtree(path.parent.parent)
    assert await asker.clip() == path
    assert path.is_file()
    assert len(asker.requests()) == 2


async def test_two_at_once_and_not_too_many_at_all(
    hass: HomeAssistant, frigate: FakeFrigate, asker: Asker
) -> None:
    frigate.fail(CLIPS, Fault.stall())
    tasks = [
        hass.async_create_task(asker.clip(later=number)) for number in range(MAX_JOBS)
    ]
    # For each of two, the list of segments and the clip.
    await frigate.wait_for_requests(4)
    await all_waits()
    assert len(asker.requests()) == 2
    assert await failure(asker.clip(later=MAX_JOBS)) == "media_busy"
    frigate.clear_faults()
    assert len({*await asyncio.gather(*tasks)}) == MAX_JOBS
    assert (await asker.clip(later=MAX_JOBS)).is_file()


# What cannot be had


async def test_it_takes_longer_than_a_minute(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    asker: Asker,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail(CLIPS, Fault.stall())
    error, seconds = await in_time(freezer, failure(asker.clip()))
    assert error == "media_not_ready"
    assert 60 <= seconds <= 61
    assert len(being_made()) == 1
    frigate.clear_faults()
    path, seconds = await in_time(freezer, asker.clip())
    assert path.is_file()
    assert seconds < 60
    assert being_made() == []


@pytest.mark.parametrize(
    ("seconds", "key"),
    [(601, "media_too_long"), (0, "bad_times"), (-20, "bad_times")],
)
async def test_a_wrong_period(
    root: Path, frigate: FakeFrigate, asker: Asker, seconds: float, key: str
) -> None:
    assert await failure(asker.clip(seconds=seconds)) == key
    assert frigate.requests == []
    assert not root.exists()


async def test_nothing_is_recorded(
    root: Path, frigate: FakeFrigate, asker: Asker
) -> None:
    frigate.cut_recordings("front_door", asker.start - 30, asker.start + 50)
    assert await failure(asker.clip()) == "nothing_recorded"
    assert asker.cached() is None
    assert [one.name for one in everything_in(root) if one.is_file()] == []
    assert (await asker.clip(later=60)).is_file()


async def test_the_format_changes(frigate: FakeFrigate, asker: Asker) -> None:
    frigate.state.footage.show(
        "front_door", Scene(width=128, height=96, fps=2, sound=None), asker.start + 60
    )
    assert await failure(asker.clip(seconds=130)) == "media_in_parts"
    assert (await asker.clip(seconds=55)).is_file()


async def test_a_clip_that_lacks_something_is_made_anew_soon(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    asker: Asker,
    freezer: FrozenDateTimeFactory,
) -> None:
    short = await clip_fault(frigate, asker.start, asker.start + 10)
    frigate.fail(CLIPS, short)
    path, _ = await in_time(freezer, asker.clip())
    assert len(read_video(path).video) < 30
    assert asker.cached() == path
    frigate.clear_faults()
    freezer.tick(61)
    assert asker.cached() is None
    assert await asker.clip() == path
    assert len(read_video(path).video) >= 40


# Bounds


async def limit_to(hass: HomeAssistant, asker: Asker, event_id: str, n: float) -> None:
    """Let the cache have room for so many images like that of an event."""
    size = (await asker.image(event_id)).stat().st_size
    await async_set_up_clip_cache(hass, max_bytes=int(size * n))
    assert asker.cached_image(event_id) is None


async def test_the_least_recently_used_makes_room(
    hass: HomeAssistant, root: Path, frigate: FakeFrigate, asker: Asker
) -> None:
    events = [
        frigate.add_event("front_door", ago=ago, duration=2).id
        for ago in (300, 290, 280)
    ]
    await limit_to(hass, asker, events[0], 2.5)
    first, second = [await asker.image(one) for one in events[:2]]
    assert asker.cached_image(events[0]) == first
    with second.open("rb") as served:
        third = await asker.image(events[2])
        assert [asker.cached_image(one) for one in events] == [first, None, third]
        assert [one for one in everything_in(root) if one.is_file()] == sorted(
            [first, third]
        )
        assert served.read().startswith(b"\xff\xd8\xff")
    assert await asker.image(events[1]) == second
    assert [asker.cached_image(one) for one in events] == [None, second, third]


async def test_files_that_come_and_go_at_once(
    hass: HomeAssistant, root: Path, frigate: FakeFrigate, asker: Asker
) -> None:
    events = [
        frigate.add_event("front_door", ago=ago, duration=2).id
        for ago in (300, 290, 280, 270)
    ]
    size = (await asker.image(events[0])).stat().st_size
    await limit_to(hass, asker, events[0], 2.5)
    for _ in range(5):
        await asyncio.gather(*map(asker.image, events))
        kept = [path for one in events if (path := asker.cached_image(one))]
        files = [one for one in everything_in(root) if one.is_file()]
        assert sorted(kept) == files
        assert 0 < sum(one.stat().st_size for one in files) <= size * 2.5


async def test_two_servers_share_the_room(
    hass: HomeAssistant, root: Path, frigate: FakeFrigate, asker: Asker
) -> None:
    other_entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    other = Asker(hass, frigate, other_entry)
    event_id = frigate.add_event("front_door", ago=300, duration=2).id
    await limit_to(hass, asker, event_id, 2.5)
    path, other_path = await asker.image(event_id), await other.image(event_id)
    assert path.parent != other_path.parent
    later = frigate.add_event("front_door", ago=200, duration=2).id
    await other.image(later)
    assert asker.cached_image(event_id) is None
    assert other.cached_image(event_id) == other_path
    assert not path.exists()
    await hass.config_entries.async_remove(other_entry.entry_id)
    assert everything_in(root) == [path.parent]
    assert await asker.image(event_id) == path


async def test_a_clip_that_is_larger_than_the_cache(
    hass: HomeAssistant, root: Path, frigate: FakeFrigate, asker: Asker
) -> None:
    event_id = frigate.add_event("front_door", ago=300, duration=2).id
    await limit_to(hass, asker, event_id, 0.5)
    assert await failure(asker.image(event_id)) == "clip_too_large"
    await async_set_up_clip_cache(hass, max_bytes=2 * MIB)
    image = await asker.image(event_id)
    frigate.fail(CLIPS, Fault.endless())
    assert await failure(asker.clip()) == "clip_too_large"
    await frigate.wait_for_videos(0)
    assert everything_in(root) == [image.parent, image]
    frigate.clear_faults()
    assert (await asker.clip()).is_file()


async def test_a_day_is_the_longest(
    hass: HomeAssistant,
    fixed_time: None,
    root: Path,
    asker: Asker,
    freezer: FrozenDateTimeFactory,
) -> None:
    path = await asker.clip()
    freezer.tick(DAY - 1)
    assert asker.cached() == path
    freezer.tick(1)
    assert asker.cached() is None
    assert path.exists()
    await pass_time(hass, freezer)
    assert not path.exists()
    assert await asker.clip() == path


@pytest.fixture
def disk(root: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Return the disk of the cache: 3 GiB may be written."""
    found = Disk(root, 4 * GIB)
    monkeypatch.setattr(shutil, "disk_usage", found.usage)
    return found


async def test_an_almost_full_disk(root: Path, disk: Disk, asker: Asker) -> None:
    path = await asker.clip()
    disk.space = GIB - 1
    assert await failure(asker.clip(later=20)) == "disk_full"
    assert len(asker.requests()) == 1
    # The cache has given way, so that others can use the disk.
    assert asker.cached() is None
    assert everything_in(root) == [path.parent]
    disk.space, disk.most = GIB + 1000, 0
    assert await failure(asker.clip()) == "disk_full"
    assert disk.most <= 1000
    disk.space = 2 * GIB
    assert await asker.clip() == path


async def test_a_folder_that_cannot_be_written(
    hass: HomeAssistant, root: Path, asker: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    root.parent.mkdir()
    root.write_text("mine")
    await async_set_up_clip_cache(hass)
    assert f"Cannot read {root}" in caplog.text
    assert await failure(asker.clip()) == "disk_error"
    assert root.read_text() == "mine"
    root.unlink()
    assert (await asker.clip()).is_file()


async def test_a_file_that_cannot_be_deleted(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    asker: Asker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = [
        frigate.add_event("front_door", ago=ago, duration=2).id for ago in (300, 290)
    ]
    await limit_to(hass, asker, events[0], 1.5)
    path = await asker.image(events[0])
    path.unlink()
    path.mkdir()
    assert (await asker.image(events[1])).is_file()
    assert f"Cannot delete {path}" in caplog.text
    assert await failure(asker.image(events[0])) == "disk_error"
    path.rmdir()
    assert await asker.image(events[0]) == path


async def test_as_much_as_needed_gives_way(disk: Disk, asker: Asker) -> None:
    first, second = await asker.clip(), await asker.clip(later=20)
    size = first.stat().st_size
    # There is room for what is expected of the third one as soon as the first is gone.
    disk.space = GIB + 40 * MIB + second.stat().st_size + size // 2
    third = await asker.clip(later=40)
    assert [asker.cached(later) for later in (0, 20, 40)] == [None, second, third]


# Images


@EVERY_VERSION
async def test_a_snapshot_is_fetched_once(frigate: FakeFrigate, asker: Asker) -> None:
    event_id = frigate.add_event("front_door", ago=300, duration=2).id
    frigate.clear_requests()
    paths = await asyncio.gather(*(asker.image(event_id) for _ in range(10)))
    assert [one.path for one in frigate.requests] == [
        f"/api/events/{event_id}/snapshot.jpg"
    ]
    (path,) = {*paths}
    assert path.suffix == ".jpg"
    assert path.read_bytes().startswith(b"\xff\xd8\xff")
    assert asker.cached_image(event_id) == path


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault("answer", Answer(200, b"<svg/>", "image/jpeg")), "broken_file"),
        (Fault("answer", Answer(200, b"", "image/jpeg")), "broken_file"),
        (Fault.html(), "not_frigate"),
        (Fault.endless(), "too_large"),
    ],
    ids=["SVG", "empty", "a page", "endless"],
)
async def test_what_is_no_image(
    root: Path, frigate: FakeFrigate, asker: Asker, fault: Fault, key: str
) -> None:
    event_id = frigate.add_event("front_door", ago=300, duration=2).id
    frigate.fail("/api/events/", fault)
    assert await failure(asker.image(event_id)) == key
    assert [one for one in everything_in(root) if one.is_file()] == []
    frigate.clear_faults()
    frigate.fail("/api/events/", Fault("answer", Answer(200, PNG, "image/jpeg")))
    path = await asker.image(event_id)
    assert path.suffix == ".png"
    assert path.read_bytes() == PNG


# Nothing is left behind


async def test_what_a_crash_has_left_is_removed(
    hass: HomeAssistant,
    root: Path,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    asker: Asker,
) -> None:
    path = await asker.clip()
    task = await stalled(hass, frigate, asker.clip(later=20))
    ours = path.parent
    (workspace,) = [one for one in ours.iterdir() if one.is_dir()]
    assert [*workspace.iterdir()] != []
    # The same after a crash, with other things beside it.
    saved = folders.allowed / "crash"
    shutil.copytree(root, saved)
    frigate.clear_faults()
    await hass.config_entries.async_unload(entry.entry_id)
    assert await failure(wait_for(task)) == "download_cancelled"
    assert everything_in(root) == []
    shutil.copytree(saved, root, dirs_exist_ok=True)
    elsewhere = folders.allowed / "videos"
    shutil.copytree(saved / ours.name, elsewhere)
    others = [root / "readme.txt", root / "other" / path.name, ours / "my.mp4"]
    for other in others:
        other.parent.mkdir(exist_ok=True)
        other.write_text("mine")
    links = [
        root / ("0" * 32),
        ours / f"{'1' * 32}.mp4",
        ours / f".{'2' * 16}.{'3' * 32}.part",
    ]
    links[0].symlink_to(elsewhere)
    links[1].symlink_to(elsewhere / path.name)
    links[2].symlink_to(elsewhere)
    await async_set_up_clip_cache(hass)
    found = [one for one in everything_in(root) if one.is_symlink() or one.is_file()]
    assert {*found} == {*others, *links}
    assert (elsewhere / path.name).is_file()
    assert [*(elsewhere / workspace.name).iterdir()] != []
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await asker.clip()).is_file()


type Ending = Callable[[HomeAssistant, MockConfigEntry], Coroutine[Any, Any, Any]]


@pytest.mark.parametrize(
    "end",
    [
        lambda hass, entry: hass.config_entries.async_unload(entry.entry_id),
        lambda hass, entry: hass.config_entries.async_remove(entry.entry_id),
        lambda hass, entry: hass.async_stop(force=True),
    ],
    ids=["unload", "removal", "stop"],
)
async def test_the_end(
    hass: HomeAssistant,
    root: Path,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    asker: Asker,
    end: Ending,
) -> None:
    await asker.clip()
    task = await stalled(hass, frigate, asker.clip(later=20))
    waiting = hass.async_create_task(failure(asker.clip(later=40)))
    await turns()
    assert len(being_made()) == 2
    client = entry.runtime_data.client
    await end(hass, entry)
    assert being_made() == []
    assert everything_in(root) == []
    assert await failure(wait_for(task)) == "download_cancelled"
    assert await waiting == "download_cancelled"
    assert asker.cached() is None
    await frigate.wait_for_videos(0)
    cache = asker.cache
    with pytest.raises(HomeAssistantError):
        await cache.async_get_clip(
            client, entry.entry_id, "front_door", asker.start, asker.end
        )
    assert everything_in(root) == []


async def wait_for(task: asyncio.Task[Path]) -> Path:
    """Return the result of a task."""
    return await task


async def test_a_reload_during_the_work(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, asker: Asker
) -> None:
    task = await stalled(hass, frigate, asker.clip())
    await hass.config_entries.async_reload(entry.entry_id)
    assert await failure(wait_for(task)) == "download_cancelled"
    frigate.clear_faults()
    assert (await asker.clip()).is_file()
