"""The paths of downloads: allowed folders, filenames and default paths."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.downloads.paths import _server_folders, plain_name
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import Folders
from tests.fake_frigate import FakeFrigate
from tests.services.common import INVALID, call, camera_entity, reason

JPEG = b"\xff\xd8\xff"


async def snapshot(
    hass: HomeAssistant, entry: MockConfigEntry, camera: str = "front_door", **data: Any
) -> dict[str, Any]:
    """Download the latest snapshot of a camera, and return the response."""
    entity_id = camera_entity(hass, entry, camera)
    answers = await call(hass, "download_snapshot", entity_id=entity_id, **data)
    found = answers[entity_id]
    assert isinstance(found, dict)
    return found


async def validation_key(
    hass: HomeAssistant, entry: MockConfigEntry, **data: Any
) -> str:
    """Return the translation key of the validation error."""
    with pytest.raises(INVALID) as caught:
        await snapshot(hass, entry, **data)
    return reason(caught.value)


async def test_default_path(
    hass: HomeAssistant, fixed_time: None, folders: Folders, entry: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("Europe/Madrid")
    answer = await snapshot(hass, entry)
    below = "frigate_http/Frigate/front_door/2026-11-23/13-00-00_snapshot.jpg"
    path = folders.media / below
    assert answer == {
        "camera": "front_door",
        "entity_id": "camera.front_door",
        "time": "2026-11-23T13:00:00+01:00",
        "config_entry_id": entry.entry_id,
        "path": str(path),
        "bytes": path.stat().st_size,
        "media_content_id": f"media-source://media_source/local/{below}",
        "url": f"/media/local/{below}",
    }
    assert path.read_bytes().startswith(JPEG)
    assert folders.leftovers() == []


async def test_each_server_has_a_folder_of_its_own(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
) -> None:
    async with FakeFrigate() as second, FakeFrigate() as third:
        others = [make_entry(one.internal_url) for one in (second, third)]
        for other in others:
            await set_up(hass, other)
        found = [Path((await snapshot(hass, entry))["path"])]
        for other in others:
            answer = await snapshot(hass, other)
            found.append(Path(answer["path"]))
            assert answer["config_entry_id"] == other.entry_id
        servers = [one.relative_to(folders.media).parts[1] for one in found]
        assert servers == ["Frigate", "Frigate_2", "Frigate_3"]
        # What the first one has saved stays where it is, and where it goes on.
        again = Path((await snapshot(hass, entry))["path"])
        assert again.parent == found[0].parent
        assert all(one.is_file() for one in (*found, again))


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Frigate", "Garage"], ["Frigate", "Garage"]),
        (
            ["Frigate (127.0.0.1)", "Frigate (127-0-0-1)"],
            ["frigate_127_0_0_1", "frigate_127_0_0_1_2"],
        ),
        # Some file systems do not tell these apart.
        (["Frigate", "FRIGATE"], ["Frigate", "FRIGATE_2"]),
        # Nobody loses a folder because others need one.
        (
            ["Home", "Home", "Home_2", "Home"],
            ["Home", "Home_3", "Home_2", "Home_4"],
        ),
    ],
)
def test_folders_of_servers(titles: list[str], names: list[str]) -> None:
    entries = [MockConfigEntry(title=title) for title in titles]
    folders = _server_folders(entries)
    assert [folders[one.entry_id] for one in entries] == names


async def test_an_occupied_default_path_is_numbered(
    hass: HomeAssistant, fixed_time: None, folders: Folders, entry: MockConfigEntry
) -> None:
    names = [Path((await snapshot(hass, entry))["path"]).name for _ in range(3)]
    stem = "04-00-00_snapshot"
    assert names == [f"{stem}.jpg", f"{stem}_2.jpg", f"{stem}_3.jpg"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Portones", "Portones"),
        ("con", "con_"),
        ("Jardín trasero", "jardin_trasero"),
        ("摄像头", "she_xiang_tou"),
        (".hidden", "hidden"),
        ("x" * 255, "x" * 64),
    ],
)
async def test_camera_names_become_safe_folder_names(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    name: str,
    folder: str,
) -> None:
    frigate.state.cameras.clear()
    frigate.add_camera(name)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    answer = await snapshot(hass, entry, name)
    assert Path(answer["path"]).parent.parent.name == folder


@pytest.mark.parametrize(
    ("name", "folder"),
    [("../../etc", "etc"), ("a/b\\c", "a_b_c"), ("..", "unknown"), ("NUL", "NUL_")],
)
def test_plain_name(name: str, folder: str) -> None:
    assert plain_name(name) == folder


@pytest.mark.parametrize(
    ("filename", "below"),
    [
        ("bell.jpg", "bell.jpg"),
        ("bell", "bell.jpg"),
        (" bell ", "bell.jpg"),
        ("bell.JPG", "bell.JPG"),
        ("bell.jpeg", "bell.jpeg"),
        ("2026/11/bell at noon.jpg", "2026/11/bell at noon.jpg"),
        ("Haustür/Öffnung 1,5 (neu).jpg", "Haustür/Öffnung 1,5 (neu).jpg"),
        ("a//b.jpg", "a/b.jpg"),
    ],
)
async def test_relative_filename(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    filename: str,
    below: str,
) -> None:
    answer = await snapshot(hass, entry, filename=filename)
    assert answer["path"] == str(folders.media / below)
    assert (folders.media / below).read_bytes().startswith(JPEG)
    assert answer["media_content_id"] == f"media-source://media_source/local/{below}"


async def test_absolute_filename_in_an_allowed_folder(
    hass: HomeAssistant, folders: Folders, entry: MockConfigEntry
) -> None:
    path = folders.allowed / "new" / "bell.jpg"
    answer = await snapshot(hass, entry, filename=str(path))
    assert answer["path"] == str(path)
    assert (answer["url"], answer["media_content_id"]) == (None, None)
    assert path.read_bytes().startswith(JPEG)

    within = folders.media / "bell.jpg"
    answer = await snapshot(hass, entry, filename=str(within))
    assert answer["url"] == "/media/local/bell.jpg"


@pytest.mark.parametrize(
    ("filename", "key"),
    [
        ("../bell.jpg", "bad_filename"),
        ("a/../../bell.jpg", "bad_filename"),
        ("a/..jpg", "bad_filename"),
        ("..", "bad_filename"),
        (".", "bad_filename"),
        ("/", "bad_filename"),
        ("folder/", "bad_filename"),
        (".hidden.jpg", "bad_filename"),
        (".storage/bell.jpg", "bad_filename"),
        ("~/bell.jpg", "bad_filename"),
        ("con.jpg", "bad_filename"),
        ("a/NUL/b.jpg", "bad_filename"),
        ("lpt1", "bad_filename"),
        ("a:b.jpg", "bad_filename"),
        ("C:\\Windows\\bell.jpg", "bad_filename"),
        ("bell?.jpg", "bad_filename"),
        ("a. /b.jpg", "bad_filename"),
        ("bell\u202egpj.exe", "field filename"),
        ("bell\x00.jpg", "field filename"),
        ("bell\n.jpg", "field filename"),
        ("é" * 150 + ".jpg", "bad_filename"),
        ("x" * 5000, "field filename"),
        ("", "field filename"),
        ("bell.mp4", "bad_filename"),
        ("automations.yaml", "bad_filename"),
        ("bell.jpg.sh", "bad_filename"),
        ("/etc/cron.d/bell.jpg", "folder_not_allowed"),
        ("/bell.jpg", "folder_not_allowed"),
    ],
)
async def test_invalid_filenames(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    filename: str,
    key: str,
) -> None:
    frigate.clear_requests()
    before = folders.files()
    assert await validation_key(hass, entry, filename=filename) == key
    assert frigate.requests == []
    assert folders.files() == before


async def test_the_public_folder_is_not_allowed(
    hass: HomeAssistant, folders: Folders, entry: MockConfigEntry
) -> None:
    for path in (folders.public / "bell.jpg", folders.public / "a" / "bell.jpg"):
        assert (
            await validation_key(hass, entry, filename=str(path))
            == "folder_not_allowed"
        )
    # A media folder that links to the public folder is refused too.
    (folders.media / "shared").symlink_to(folders.public)
    assert (
        await validation_key(hass, entry, filename="shared/bell.jpg")
        == "folder_not_allowed"
    )
    assert [*folders.public.iterdir()] == []


def symlink_to_folder(folders: Folders, elsewhere: Path) -> None:
    """Create a symbolic link to another folder on the path."""
    (folders.media / "way").symlink_to(elsewhere)


def symlink_to_file(folders: Folders, elsewhere: Path) -> None:
    """Create a symbolic link to another file at the target."""
    (folders.media / "way").mkdir()
    (folders.media / "way" / "bell.jpg").symlink_to(elsewhere / "bell.jpg")


def folder_at_target(folders: Folders, elsewhere: Path) -> None:
    """Create a folder at the target."""
    (folders.media / "way" / "bell.jpg").mkdir(parents=True)


@pytest.mark.parametrize(
    ("obstacle", "key"),
    [
        (symlink_to_folder, "folder_not_allowed"),
        (symlink_to_file, "file_exists"),
        (folder_at_target, "file_exists"),
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
async def test_symbolic_links_and_folders_at_the_target(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    tmp_path: Path,
    obstacle: Callable[[Folders, Path], None],
    key: str,
    overwrite: bool,
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    obstacle(folders, elsewhere)
    data = {"filename": "way/bell.jpg", "overwrite": overwrite}
    assert await validation_key(hass, entry, **data) == key
    assert [*elsewhere.iterdir()] == []
    assert (await snapshot(hass, entry, filename="other.jpg"))["bytes"] > 0


async def test_a_media_folder_with_another_name(
    hass: HomeAssistant, folders: Folders, entry: MockConfigEntry
) -> None:
    hass.config.media_dirs = {"nas": str(folders.allowed)}
    answer = await snapshot(hass, entry, filename="bell.jpg")
    assert answer["path"] == str(folders.allowed / "bell.jpg")
    assert answer["url"] == "/media/nas/bell.jpg"

    hass.config.media_dirs = {}
    assert await validation_key(hass, entry) == "no_media_folder"
    assert await validation_key(hass, entry, filename="bell.jpg") == "no_media_folder"
    path = str(folders.allowed / "other.jpg")
    assert (await snapshot(hass, entry, filename=path))["path"] == path


async def test_one_filename_for_several_cameras(
    hass: HomeAssistant, folders: Folders, entry: MockConfigEntry
) -> None:
    cameras = [camera_entity(hass, entry, one) for one in ("front_door", "Portones")]
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "download_snapshot", entity_id=cameras, filename="a.jpg")
    assert caught.value.translation_key == "one_filename"
    answers = await call(hass, "download_snapshot", entity_id=cameras)
    assert answers.keys() == {*cameras}
    assert len(folders.files()) == 2
