"""Sensors of hardware that a newer Frigate calls by another name."""

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import EntityPlatform

from ..coordinator.server import ServerCoordinator
from ..inventory import server_key_and_part, server_unique_id
from .parts import PART_SENSORS, FrigatePartSensor, PartSensorDescription

type PartKey = tuple[PartSensorDescription, str]


class PartRenaming:
    """Lets hardware keep its sensors, with their ids and history, when its name changes.

    It runs before sensors are added: the new name gets the sensor of the old one, unless
    it has got an enabled one already.
    """

    def __init__(
        self, coordinator: ServerCoordinator, platform: EntityPlatform
    ) -> None:
        """Initialize for the sensors of a server."""
        self._coordinator = coordinator
        self._platform = platform
        self._registry = er.async_get(coordinator.hass)
        self._seen: object = None

    @callback
    def async_take_over(self, unique_ids: dict[PartKey, str]) -> None:
        """Rename in the registry, in loaded sensors, and among the known unique ids."""
        data = self._coordinator.data
        if (stats := data.stats) is None:
            return
        detectors = data.config.detectors
        seen = (set(stats.gpus), set(stats.temperatures), dict(detectors))
        if seen == self._seen:
            return
        self._seen = seen
        registered = self._registered()
        for description in PART_SENSORS:
            present = description.parts_fn(stats).keys() | detectors.keys()
            gone = {
                part: entry
                for (key, part), entry in registered.items()
                if key == description.key and part not in present
            }
            names = description.renamed_fn(gone, stats, data.config)
            # Of several old names of one part, an enabled sensor comes first.
            for old in sorted(names, key=lambda name: gone[name].disabled):
                successor = registered.get((description.key, names[old]))
                entry = self._rename(
                    (description, old), names[old], gone[old], successor, unique_ids
                )
                if entry is not None:
                    registered[description.key, names[old]] = entry

    def _registered(self) -> dict[tuple[str, str], er.RegistryEntry]:
        """Return the registered sensors of the server, by key and part."""
        entry = self._coordinator.config_entry
        entries = er.async_entries_for_config_entry(self._registry, entry.entry_id)
        return {
            found: one
            for one in entries
            if one.domain == self._platform.domain
            and (found := server_key_and_part(entry, one.unique_id)) is not None
        }

    def _rename(
        self,
        key: PartKey,
        new: str,
        entry: er.RegistryEntry,
        successor: er.RegistryEntry | None,
        unique_ids: dict[PartKey, str],
    ) -> er.RegistryEntry | None:
        """Give the sensor of an old name to the new one; return it if that was done."""
        description, _old = key
        if successor is not None:
            if entry.disabled or not successor.disabled:
                return None
            self._registry.async_remove(successor.entity_id)
        unique_id = server_unique_id(
            self._coordinator.config_entry, description.key, new
        )
        # A sensor that is not loaded is added under its new name.
        unique_ids.pop((description, new), None)
        if unique_ids.pop(key, None) is not None:
            unique_ids[description, new] = unique_id
            loaded = self._platform.entities.get(entry.entity_id)
            if isinstance(loaded, FrigatePartSensor):
                loaded.async_rename_part(new)
        return self._registry.async_update_entity(
            entry.entity_id, new_unique_id=unique_id
        )
