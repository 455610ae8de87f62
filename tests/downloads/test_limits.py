"""What a download may write: no endless answer fills the disk, and some of it stays free."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
import shutil
from typing import Any, NamedTuple

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.downloads.conftest import Folders
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity
from tests.versions import EVERY_VERSION

GIB, MIB = 2**30, 2**20
KINDS = ("clip", "event clip", "snapshot", "preview", "export", "latest", "recorded")
ENDLESS_KINDS = ("clip", "event clip", "snapshot", "preview", "export")
FILES = (
    r"/api/[^/]+/start/.*/clip\.mp4|/api/events/[^/]+/.*\.(mp4|jpg|gif)"
    r"|/exports/|/api/[^/]+/latest\.jpg|/api/[^/]+/recordings/.*\.jpg"
)

type Answer = dict[str, Any]
type Saving = Callable[[], Coroutine[Any, Any, Answer]]


class Usage(NamedTuple):
    """What `shutil.disk_usage` returns, in bytes."""

    total: int
    used: int
    free: int


@pytest.fixture
def save(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> Callable[[str], Saving]:
    """Return a function that returns a download of a kind: about two seconds of video."""
    now = float(int(frigate.state.clock()))
    entity_id = camera_entity(hass, entry)
    event_id = frigate.add_event("front_door", ago=300, duration=2).id
    export_id = frigate.add_export("front_door", now - 130, now - 128).id

    async def of_camera(action: str, **data: Any) -> Answer:
        answers = await call(hass, action, entity_id=entity_id, filename="a/b", **data)
        found = answers[entity_id]
        assert isinstance(found, dict)
        return found

    async def of_server(action: str, **data: Any) -> Answer:
        return await call(hass, action, filename="a/b", **data)

    kinds: dict[str, Saving] = {
        "clip": lambda: of_camera(
            "download_clip", start_time=now - 300, end_time=now - 298
        ),
        "latest": lambda: of_camera("download_snapshot"),
        "recorded": lambda: of_camera("download_snapshot", timestamp=now - 300),
        "export": lambda: of_server("download_export", export_id=export_id),
        "event clip": lambda: of_server("download_event", event_id=event_id),
    }
    for media in ("snapshot", "preview"):
        kinds[media] = partial(
            of_server, "download_event", event_id=event_id, media_type=media
        )
    return kinds.__getitem__


async def failure(saving: Saving) -> HomeAssistantError:
    """Return the error that a download fails with."""
    with pytest.raises(HomeAssistantError) as caught:
        await saving()
    return caught.value


def requests_of_files(frigate: FakeFrigate) -> int:
    """Return how many files were requested."""
    prefixes = ("/exports/", "/api/events/", "/api/front_door/")
    endings = (".mp4", ".jpg", ".gif")
    return sum(
        one.path.startswith(prefixes) and one.path.endswith(endings)
        for one in frigate.requests
    )


@dataclass
class Disk:
    """A disk of which nothing is known but what is below a folder."""

    folder: Path
    space: int
    total: int = 100 * GIB
    most: int = 0
    asked: list[Path] = field(default_factory=list)

    def usage(self, path: Path) -> Usage:
        """Return the usage, as `shutil.disk_usage` does."""
        self.asked.append(path)
        files = [one for one in self.folder.rglob("*") if one.is_file()]
        used = sum(one.stat().st_size for one in files)
        self.most = max(self.most, used)
        return Usage(self.total, self.total - self.space + used, self.space - used)


@pytest.fixture
def disk(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Return the disk of the media folder: 3 MiB may be written."""
    found = Disk(folders.media, GIB + 3 * MIB)
    monkeypatch.setattr(shutil, "disk_usage", found.usage)
    return found


@EVERY_VERSION
@pytest.mark.parametrize(
    ("kind", "size"), [("clip", 88), ("event clip", 88), ("snapshot", 64)]
)
async def test_an_endless_answer(
    folders: Folders,
    frigate: FakeFrigate,
    save: Callable[[str], Saving],
    kind: str,
    size: int,
) -> None:
    """A video of two seconds has at most 100 Mbit/s, and some MiB for its cut."""
    frigate.fail(FILES, Fault.endless())
    error = await failure(save(kind))
    assert error.translation_key == "too_large"
    assert error.translation_placeholders == {"size": f"{size}"}
    assert requests_of_files(frigate) == 1
    await frigate.wait_for_videos(0)
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await save(kind)())["bytes"] > 0


@pytest.mark.parametrize("kind", ENDLESS_KINDS)
async def test_an_endless_answer_on_a_small_disk(
    folders: Folders,
    frigate: FakeFrigate,
    save: Callable[[str], Saving],
    disk: Disk,
    kind: str,
) -> None:
    frigate.fail(FILES, Fault.endless())
    error = await failure(save(kind))
    assert error.translation_key == "disk_full"
    assert 2 * MIB < disk.most <= 3 * MIB
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await save(kind)())["bytes"] > 0


@pytest.mark.parametrize("kind", KINDS)
async def test_an_almost_full_disk(
    folders: Folders,
    frigate: FakeFrigate,
    save: Callable[[str], Saving],
    disk: Disk,
    kind: str,
) -> None:
    disk.space = GIB - 1
    error = await failure(save(kind))
    assert error.translation_key == "disk_full"
    assert error.translation_placeholders == {"folder": str(folders.media), "size": "1"}
    assert requests_of_files(frigate) == 0
    assert [*folders.media.iterdir()] == []
    disk.space = 2 * GIB
    assert (await save(kind)())["bytes"] > 0


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_that_does_not_fit(
    folders: Folders,
    frigate: FakeFrigate,
    save: Callable[[str], Saving],
    disk: Disk,
    kind: str,
) -> None:
    disk.space = GIB + 100
    error = await failure(save(kind))
    assert error.translation_key == "disk_full"
    assert disk.most == 0
    assert [*folders.media.iterdir()] == []
    disk.space = 2 * GIB
    assert (await save(kind)())["bytes"] > 0


async def test_chunks_that_fit_but_cannot_be_joined(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    disk: Disk,
) -> None:
    now = float(int(frigate.state.clock()))
    entity_id = camera_entity(hass, entry)

    async def saving() -> Answer:
        return await call(
            hass,
            "download_clip",
            entity_id=entity_id,
            start_time=now - 300,
            end_time=now - 260,
            chunk_duration=20,
        )

    disk.space = 2 * GIB
    whole = (await saving())[entity_id]
    Path(whole["path"]).unlink()
    disk.space = GIB + whole["bytes"] * 3 // 2
    disk.most = 0
    error = await failure(saving)
    assert error.translation_key == "disk_full"
    assert disk.most >= whole["bytes"]
    assert folders.files() == []
    assert folders.leftovers() == []
    disk.space = GIB + whole["bytes"] * 3
    assert (await saving())[entity_id]["bytes"] == whole["bytes"]


@pytest.mark.parametrize("kind", ["clip", "latest"])
async def test_a_disk_that_cannot_tell_its_space(
    save: Callable[[str], Saving],
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """Some network shares know nothing of space, and say that there is none."""
    disk.total = disk.space = 0
    saved = (await save(kind)())["bytes"]
    assert disk.asked

    def refuse(path: Path) -> None:
        disk.asked.clear()
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    Path(disk.folder, "a").rename(disk.folder / "other")
    assert (await save(kind)())["bytes"] == pytest.approx(saved, rel=0.2)
    assert disk.asked == []
