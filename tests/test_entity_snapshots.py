"""The snapshots hold each entity once, and of an older version only what differs."""

from pathlib import Path

import pytest
from syrupy.data import Snapshot, SnapshotCollection

from tests.entity_snapshots import EntitySnapshots, newer_of, repeated
from tests.versions import VERSIONS

OLDEST, MIDDLE, NEWEST = VERSIONS[0], VERSIONS[-2], VERSIONS[-1]
FILES = sorted(Path(__file__).parent.rglob("*.ambr"))


def collection(path: Path, **snapshots: str) -> SnapshotCollection:
    """Return snapshots of a test, given by `old_`, `mid_` or `new_` and what they are of."""
    versions = {"old": OLDEST, "mid": MIDDLE, "new": NEWEST}
    found = SnapshotCollection(str(path))
    for key, data in snapshots.items():
        version, name = key.split("_")
        found.add(Snapshot(f"test[{versions[version]}][{name}]", f"  {data}"))
    return found


def read(path: Path, version: str, name: str) -> object:
    """Return a snapshot as a test of that version gets it, in a session of its own."""
    return EntitySnapshots().read_snapshot_data_from_location(
        str(path), f"test[{version}][{name}]", f"{path.stat().st_mtime_ns}"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_snapshot_repeats_that_of_another_version(path: Path) -> None:
    snapshots = EntitySnapshots().read_snapshot_collection(str(path))
    assert len(snapshots) > 0
    assert repeated(snapshots) == set()


def test_what_differs_is_stored_and_the_rest_is_read_from_the_next_newer_version(
    tmp_path: Path,
) -> None:
    path = tmp_path / "test_a.ambr"
    written = collection(path, old_a="1", mid_a="1", new_a="1", new_b="2", old_c="3")
    for one in collection(path, old_b="1", mid_b="1", old_d="2", mid_d="1", new_d="2"):
        written.add(one)
    EntitySnapshots.write_snapshot_collection(snapshot_collection=written)
    stored = EntitySnapshots().read_snapshot_collection(str(path))
    assert {one.name for one in stored} == {
        f"test[{NEWEST}][a]",
        f"test[{MIDDLE}][b]",
        f"test[{NEWEST}][b]",
        f"test[{OLDEST}][c]",
        f"test[{OLDEST}][d]",
        f"test[{MIDDLE}][d]",
        f"test[{NEWEST}][d]",
    }
    expected = {
        "a": ("  1", "  1", "  1"),
        "b": ("  1", "  1", "  2"),
        "c": ("  3", None, None),
        "d": ("  2", "  1", "  2"),
    }
    for name, values in expected.items():
        found = tuple(read(path, one, name) for one in (OLDEST, MIDDLE, NEWEST))
        assert found == values, name


def test_what_differs_no_more_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "test_a.ambr"
    for change in ({"old_a": "1", "new_a": "2"}, {"old_a": "2"}):
        EntitySnapshots.write_snapshot_collection(
            snapshot_collection=collection(path, **change)
        )
    stored = EntitySnapshots().read_snapshot_collection(str(path))
    assert [one.name for one in stored] == [f"test[{NEWEST}][a]"]


def test_only_an_older_version_of_frigate_has_newer_ones() -> None:
    assert newer_of(f"test[{OLDEST}][sensor.a-entry]") == [
        f"test[{version}][sensor.a-entry]" for version in VERSIONS[1:]
    ]
    for name in (f"test[{NEWEST}][a]", "test[frigate_options0]", f"test[a-{OLDEST}]"):
        assert newer_of(name) == []
