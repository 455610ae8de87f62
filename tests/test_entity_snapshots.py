"""The snapshots hold each entity once, and of another version only what differs."""

from pathlib import Path

import pytest
from syrupy.data import Snapshot, SnapshotCollection

from tests.entity_snapshots import BASE, EntitySnapshots, base_of, repeated
from tests.versions import VERSIONS

OLDEST = VERSIONS[0]
FILES = sorted(Path(__file__).parent.rglob("*.ambr"))


def collection(path: Path, **snapshots: str) -> SnapshotCollection:
    """Return snapshots of a test, given by `old_` or `new_` and what they are of."""
    versions = {"old": OLDEST, "new": BASE}
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


def test_what_differs_is_stored_and_the_rest_is_read_from_the_base(
    tmp_path: Path,
) -> None:
    path = tmp_path / "test_a.ambr"
    written = collection(path, old_a="1", new_a="1", old_b="1", new_b="2", old_c="3")
    EntitySnapshots.write_snapshot_collection(snapshot_collection=written)
    stored = EntitySnapshots().read_snapshot_collection(str(path))
    assert {one.name for one in stored} == {
        f"test[{BASE}][a]",
        f"test[{BASE}][b]",
        f"test[{OLDEST}][b]",
        f"test[{OLDEST}][c]",
    }
    assert read(path, OLDEST, "a") == read(path, BASE, "a") == "  1"
    assert (read(path, OLDEST, "b"), read(path, BASE, "b")) == ("  1", "  2")
    assert (read(path, OLDEST, "c"), read(path, BASE, "c")) == ("  3", None)


def test_what_differs_no_more_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "test_a.ambr"
    for change in ({"old_a": "1", "new_a": "2"}, {"old_a": "2"}):
        EntitySnapshots.write_snapshot_collection(
            snapshot_collection=collection(path, **change)
        )
    stored = EntitySnapshots().read_snapshot_collection(str(path))
    assert [one.name for one in stored] == [f"test[{BASE}][a]"]


def test_only_a_version_of_frigate_has_a_base() -> None:
    assert base_of(f"test[{OLDEST}][sensor.a-entry]") == f"test[{BASE}][sensor.a-entry]"
    for name in (f"test[{BASE}][a]", "test[frigate_options0]", f"test[a-{OLDEST}]"):
        assert base_of(name) == name
