"""Moves rows of both registries between the two config entries, in one go.

Each row is judged by what the registries say, and one that is in its place already is left
alone: after a crash, either registry can be as it was before. Entities go first, as Home
Assistant removes those that a device leaves behind.
"""

from collections.abc import Iterable
from contextlib import suppress

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..inventory import camera_and_key
from .official import OFFICIAL_DOMAIN
from .plan import DeviceMove, Move, Plan

_BY_USER = er.RegistryEntryDisabler.USER


class Registries:
    """Both registries, and the plan of what moves in them."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, plan: Plan) -> None:
        """Initialize for the plan of one of our entries."""
        self._entities, self._devices = er.async_get(hass), dr.async_get(hass)
        self._plan, self._old_id = plan, plan.old_entry_id
        self._entry, self._own_id = entry, entry.entry_id
        self._is_removed = hass.config_entries.async_get_entry(self._own_id) is None

    @property
    def is_taken_over(self) -> bool:
        """Return whether nothing of the plan is with the official integration."""
        return not self._has_any(self._old_id)

    @property
    def is_given_back(self) -> bool:
        """Return whether nothing of the plan is with this integration."""
        return not self._has_any(self._own_id) and not any(
            map(self._is_deleted, self._plan.moves)
        )

    @callback
    def async_take_over(self) -> None:
        """Move all to our entry; its entities and devices in use make room."""
        for move in self._plan.moves:
            self._take_over_entity(move)
        for one in self._plan.devices:
            self._take_over_device(one)

    @callback
    def async_give_back(self) -> None:
        """Move all to the official entry, and restore what has made room for it."""
        if not self._is_removed:
            for one in self._plan.devices:
                self._revive_device(one)
        for move in self._plan.moves:
            self._give_back_entity(move)
        if not self._is_removed:
            # Now, as duplicates of the official ones may have taken their entity ids.
            for move in self._plan.moves:
                self._restore_twin(move)
        for one in self._plan.devices:
            self._give_back_device(one)
        for stays in self._plan.stays:
            row = self._entities.async_get(stays.registry_id)
            if row is not None and row.device_id is None:
                self._attach([row], self._device(stays.old_device_id))

    @callback
    def async_derive_disabled(self, old: ConfigEntry) -> None:
        """Disable what the official entry has if it is disabled, and else do not.

        Home Assistant only does so when an entry changes, which it may have saved alone.
        """
        dr.async_config_entry_disabled_by_changed(self._devices, old)
        er.async_config_entry_disabled_by_changed(self._entities, old)

    def _has_any(self, entry_id: str) -> bool:
        rows = [self._entities.async_get(one.registry_id) for one in self._plan.moves]
        devices = [self._device(one.device_id) for one in self._plan.devices]
        return any(
            one is not None and one.config_entry_id == entry_id
            for one in (*rows, *devices)
        )

    # Entities

    def _take_over_entity(self, move: Move) -> None:
        row = self._entities.async_get(move.registry_id)
        if row is None or row.config_entry_id != self._old_id:
            return
        uid = move.new_unique_id
        twin = self._entities.async_get_entity_id(row.domain, DOMAIN, uid)
        if twin is not None:
            # Under its own unique id, the record of this one would take its place.
            self._entities.async_update_entity(twin, new_unique_id=_aside(uid))
            self._entities.async_remove(twin)
        device = self._device_to_be(move)
        moved = self._entities.async_update_entity_platform(
            row.entity_id,
            DOMAIN,
            new_config_entry_id=self._own_id,
            new_unique_id=uid,
            # With a device that is off, Home Assistant would reload the entry later.
            new_device_id=None if device is None or _is_off(device) else device.id,
        )
        if move.is_off_with_device:
            self._entities.async_update_entity(moved.entity_id, disabled_by=_BY_USER)
        area_id = move.inherited_area_id
        if moved.area_id is None and area_id and device and device.area_id != area_id:
            # Home Assistant refuses an area for an entity without a name of its own.
            with suppress(ValueError):
                self._entities.async_update_entity(moved.entity_id, area_id=area_id)

    def _give_back_entity(self, move: Move) -> None:
        domain, _ = split_entity_id(move.entity_id)
        row = self._entities.async_get(move.registry_id)
        if row is None and not self._is_deleted(move):
            return
        if row is not None and row.config_entry_id != self._own_id:
            return
        duplicate = self._entities.async_get_entity_id(
            domain, OFFICIAL_DOMAIN, move.old_unique_id
        )
        if duplicate is not None:
            self._entities.async_remove(duplicate)
        if row is None:
            row = self._entities.async_get_or_create(domain, DOMAIN, move.new_unique_id)
        device = self._device(move.old_device_id)
        moved = self._entities.async_update_entity_platform(
            row.entity_id,
            OFFICIAL_DOMAIN,
            new_config_entry_id=self._old_id,
            new_unique_id=move.old_unique_id,
            new_device_id=row.device_id if device is None else device.id,
        )
        if move.is_off_with_device and moved.disabled_by is _BY_USER:
            self._disable_with(device, moved)
        if move.old_area_id is None and moved.area_id == move.inherited_area_id:
            self._entities.async_update_entity(moved.entity_id, area_id=None)

    def _disable_with(
        self, device: dr.DeviceEntry | None, row: er.RegistryEntry
    ) -> None:
        """Let an entity be disabled only if its device still is."""
        row = self._entities.async_update_entity(row.entity_id, disabled_by=None)
        # Older versions of Home Assistant do not see to that themselves.
        if device is not None and device.disabled and not row.disabled:
            self._entities.async_update_entity(
                row.entity_id, disabled_by=er.RegistryEntryDisabler.DEVICE
            )

    def _is_deleted(self, move: Move) -> bool:
        """Return whether an entity was removed since it moved, such as with its camera."""
        domain, _ = split_entity_id(move.entity_id)
        key = (domain, DOMAIN, move.new_unique_id)
        deleted = self._entities.deleted_entities.get(key)
        return deleted is not None and deleted.id == move.registry_id

    def _restore_twin(self, move: Move) -> None:
        """Restore the entity of ours that has made room, with its settings."""
        domain, _ = split_entity_id(move.entity_id)
        uid, aside = move.new_unique_id, _aside(move.new_unique_id)
        deleted = self._entities.deleted_entities.get((domain, DOMAIN, aside))
        if deleted is None or self._entities.async_get_entity_id(domain, DOMAIN, uid):
            return
        twin = self._entities.async_get_or_create(
            domain,
            DOMAIN,
            aside,
            config_entry=self._entry,
            suggested_object_id=split_entity_id(deleted.entity_id)[1],
        )
        self._entities.async_update_entity(twin.entity_id, new_unique_id=uid)

    # Devices

    def _take_over_device(self, one: DeviceMove) -> None:
        device = self._device(one.device_id)
        if device is None:
            return
        rows = self._entities_of(device)
        self._attach((row for row in rows if row.config_entry_id == self._old_id), None)
        if device.config_entry_id != self._old_id:
            return
        detached = self._detached_for(device)
        if (twin := self._ours(one.new_identifier)) is not None:
            detached += (ours := self._entities_of(twin))
            self._attach(ours, None)
            # Home Assistant forgets removed devices whose identifiers are in use.
            aside = {(DOMAIN, _aside(one.new_identifier))}
            self._devices.async_update_device(twin.id, new_identifiers=aside)
            self._devices.async_remove_device(twin.id)
        is_same = device.name == (one.new_name or self._entry.title)
        self._devices.async_update_device(
            device.id,
            new_config_entry_id=self._own_id,
            new_identifiers={(DOMAIN, one.new_identifier)},
            name_by_user=device.name_by_user or (None if is_same else device.name),
        )
        self._attach(detached, device)

    def _detached_for(self, device: dr.DeviceEntry) -> list[er.RegistryEntry]:
        """Return what has moved before its device could."""
        found = []
        for move in self._plan.moves:
            row = self._entities.async_get(move.registry_id)
            if row and row.config_entry_id == self._own_id and row.device_id is None:
                to_be = self._device_to_be(move)
                if to_be is not None and to_be.id == device.id:
                    found.append(row)
        return found

    def _give_back_device(self, one: DeviceMove) -> None:
        if (device := self._device(one.device_id)) is None:
            return
        for identifier in one.old_identifiers:
            duplicate = self._devices.async_get_device_by_identifier(
                identifier, self._old_id
            )
            if duplicate is not None and duplicate.id != device.id:
                self._attach(self._entities_of(duplicate), device)
                self._devices.async_remove_device(duplicate.id)
        ours = self._ours(one.new_identifier)
        if device.config_entry_id == self._own_id:
            ours = self._restore_twin_device(one)
        rows = self._entities_of(device)
        self._attach((row for row in rows if row.config_entry_id == self._own_id), ours)
        if device.config_entry_id != self._own_id:
            return
        is_ours = one.old_name_by_user is None and device.name_by_user == one.old_name
        self._devices.async_update_device(
            device.id,
            new_config_entry_id=self._old_id,
            new_identifiers=set(one.old_identifiers),
            name=one.old_name or device.name,
            name_by_user=None if is_ours else device.name_by_user,
            # Of these, the official integration only writes the last.
            entry_type=None,
            sw_version=None,
            configuration_url=None,
        )
        if ours is not None:
            self._devices.async_update_device(
                ours.id, new_identifiers={(DOMAIN, one.new_identifier)}
            )

    def _restore_twin_device(self, one: DeviceMove) -> dr.DeviceEntry | None:
        """Return the device of ours that has made room, or else a new one."""
        if self._is_removed:
            return None
        return self._devices.async_get_or_create(
            config_entry_id=self._own_id,
            identifiers={(DOMAIN, _aside(one.new_identifier))},
            name=one.old_name,
        )

    def _revive_device(self, one: DeviceMove) -> None:
        """Restore a device that was removed since it moved, such as with its camera."""
        if self._device(one.device_id) or self._ours(one.new_identifier):
            return
        device = self._devices.async_get_or_create(
            config_entry_id=self._own_id,
            identifiers={(DOMAIN, one.new_identifier)},
            name=one.old_name,
        )
        if device.id != one.device_id:
            self._devices.async_remove_device(device.id)

    def _device_to_be(self, move: Move) -> dr.DeviceEntry | None:
        """Return the device of an entity of ours, as it is once all has moved."""
        found = camera_and_key(self._entry, move.new_unique_id)
        name = self._own_id if found is None else f"{self._own_id}:{found[0]}"
        for one in self._plan.devices:
            if one.new_identifier == name and (device := self._device(one.device_id)):
                return device
        return self._ours(name)

    def _device(self, device_id: str | None) -> dr.DeviceEntry | None:
        device = None if device_id is None else self._devices.async_get(device_id)
        return device if isinstance(device, dr.DeviceEntry) else None

    def _ours(self, identifier: str) -> dr.DeviceEntry | None:
        return self._devices.async_get_device_by_identifier(
            (DOMAIN, identifier), self._own_id
        )

    def _entities_of(self, device: dr.DeviceEntry) -> list[er.RegistryEntry]:
        return er.async_entries_for_device(
            self._entities, device.id, include_disabled_entities=True
        )

    def _attach(
        self, rows: Iterable[er.RegistryEntry], device: dr.DeviceEntry | None
    ) -> None:
        for row in rows:
            self._entities.async_update_entity(
                row.entity_id, device_id=None if device is None else device.id
            )


def _is_off(device: dr.DeviceEntry) -> bool:
    """Return whether a device is disabled because its config entry is."""
    return device.disabled_by is dr.DeviceEntryDisabler.CONFIG_ENTRY


def _aside(unique_id: str) -> str:
    """Return the unique id of an entity, or device, of ours that has made room."""
    return f"aside:{unique_id}"
