"""Snapshots of entities: whole for the newest Frigate, and of others what differs."""

import re
from typing import Any, override

from pytest_homeassistant_custom_component.common import (
    snapshot_platform as snapshot_of_entities,
)
from pytest_homeassistant_custom_component.syrupy import (
    HomeAssistantSnapshotExtension,
    HomeAssistantSnapshotSerializer,
)
from syrupy.assertion import SnapshotAssertion
from syrupy.data import SnapshotCollection
from syrupy.types import SerializableData

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.versions import VERSIONS

_OTHER = re.compile(rf"\[({'|'.join(map(re.escape, VERSIONS[:-1]))})\]")


def newer_of(name: str) -> list[str]:
    """Return the names that a snapshot has in newer versions, the next one first."""
    if (found := _OTHER.search(name)) is None:
        return []
    newer = VERSIONS[VERSIONS.index(found[1]) + 1 :]
    return [_OTHER.sub(f"[{version}]", name, count=1) for version in newer]


def repeated(snapshots: SnapshotCollection) -> set[str]:
    """Return the names of snapshots that repeat what the next newer version has."""
    return {
        one.name
        for one in snapshots
        if (newer := next(filter(None, map(snapshots.get, newer_of(one.name))), None))
        is not None
        and newer.data == one.data
    }


class _Serializer(HomeAssistantSnapshotSerializer):
    """Leaves out of an entity's entry what only some versions of Home Assistant keep."""

    @classmethod
    @override
    def _serializable_entity_registry_entry(
        cls, data: er.RegistryEntry
    ) -> SerializableData:
        serialized = super()._serializable_entity_registry_entry(data)
        serialized.pop("compat_name", None)
        return serialized


class EntitySnapshots(HomeAssistantSnapshotExtension):
    """Reads what is not stored for a version from the next newer one, and stores no more."""

    serializer_class = _Serializer

    @override
    def read_snapshot_data_from_location(
        self, snapshot_location: str, snapshot_name: str, session_id: str
    ) -> SerializableData | None:
        """Return the snapshot of a version, or else that of the next newer one."""
        for name in (snapshot_name, *newer_of(snapshot_name)):
            found = super().read_snapshot_data_from_location(
                snapshot_location, name, session_id
            )
            if found is not None:
                return found
        return None

    @classmethod
    @override
    def write_snapshot_collection(
        cls, *, snapshot_collection: SnapshotCollection, **options: Any
    ) -> None:
        """Write snapshots, and remove those that repeat a newer version's."""
        super().write_snapshot_collection(
            snapshot_collection=snapshot_collection, **options
        )
        location = snapshot_collection.location
        written = cls.serializer_class.read_file(location)
        if names := repeated(written):
            cls().delete_snapshots(location, names)


async def snapshot_platform(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    entry_id: str,
) -> None:
    """Compare all entities with their snapshots, and which ones there are."""
    await snapshot_of_entities(hass, entity_registry, snapshot, entry_id)
    entries = er.async_entries_for_config_entry(entity_registry, entry_id)
    # A version without an entity would otherwise not be noticed.
    assert sorted(one.entity_id for one in entries) == snapshot(name="entities")
