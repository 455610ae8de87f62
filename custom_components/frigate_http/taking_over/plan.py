"""The plan of what is taken over: which entity moves to which, and which stay."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..inventory import camera_name
from .differences import DIFFERENCES, Difference
from .finding import Reason, Target
from .known import KnownServer
from .official import (
    OFFICIAL_DOMAIN,
    OfficialEntry,
    as_place,
    place_of_device,
    read_unique_id,
)
from .twins import Twins

_OF_ENTITY = (er.RegistryEntryDisabler.INTEGRATION, er.RegistryEntryDisabler.USER)


class Direction(StrEnum):
    """Whether the entities come to this integration, or go back to the official one."""

    TAKE_OVER = "take_over"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An entity of ours that is in use already, and makes room for the official one."""

    registry_id: str
    """The id of the row, which stays the same when the entity id changes."""
    entity_id: str

    @classmethod
    def of(cls, row: er.RegistryEntry) -> Self:
        """Return what is kept of a row of the registry."""
        return cls(registry_id=row.id, entity_id=row.entity_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An entity of the official integration that becomes one of ours."""

    registry_id: str
    entity_id: str
    """The one before the move, which stays the same after it."""
    old_unique_id: str
    new_unique_id: str
    old_device_id: str | None
    old_area_id: str | None
    """The area of the entity itself."""
    inherited_area_id: str | None = None
    """The area that it has only by a device which stays, such as that of a zone."""
    is_off_with_device: bool = False
    """Whether its user has disabled only such a device, and it with that."""
    twin: Twin | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` has returned."""
        return cls(**{**data, "twin": data["twin"] and Twin(**data["twin"])})

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return what a user of the entity has to know."""
        _entry_id, kind, _name = self.old_unique_id.split(":", 2)
        return DIFFERENCES.get(kind, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMove:
    """A device of the official integration, the server or a camera, that becomes ours."""

    device_id: str
    old_identifiers: tuple[tuple[str, str], ...]
    new_identifier: str
    """Without the domain, which is ours."""
    old_name_by_user: str | None
    old_name: str | None = None
    """The name that the official integration gave it, which it keeps."""
    new_name: str | None = None
    """The name that we give a camera; the server is called like our entry."""
    twin_device_id: str | None = None
    """The device of ours that is in use already, and makes room for it."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` has returned."""
        identifiers = tuple((domain, name) for domain, name in data["old_identifiers"])
        return cls(**{**data, "old_identifiers": identifiers})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """An entity that stays with the official integration, and why."""

    registry_id: str
    entity_id: str
    reason: Reason
    old_device_id: str | None = None
    """Home Assistant removes it with its config entry if this device moves without it."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` has returned."""
        return cls(**{**data, "reason": Reason(data["reason"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that moves between an entry of the official integration and one of ours."""

    old_entry_id: str
    old_title: str
    old_disabled_by: str | None
    """Who had disabled the official entry before."""
    moves: tuple[Move, ...]
    devices: tuple[DeviceMove, ...]
    stays: tuple[Stays, ...]
    direction: Direction = Direction.TAKE_OVER

    @property
    def row_ids(self) -> frozenset[str]:
        """Return the ids of the entities and devices that move."""
        return frozenset(
            (
                *(one.registry_id for one in self.moves),
                *(one.device_id for one in self.devices),
            )
        )

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` has returned, also after JSON has made lists of tuples."""
        return cls(
            **{
                **data,
                "moves": tuple(map(Move.from_dict, data["moves"])),
                "devices": tuple(map(DeviceMove.from_dict, data["devices"])),
                "stays": tuple(map(Stays.from_dict, data["stays"])),
                "direction": Direction(data["direction"]),
            }
        )


@callback
def make_plan(
    hass: HomeAssistant,
    official_entry: OfficialEntry,
    own_entry_id: str,
    known: KnownServer,
    *,
    leave: Collection[str] = (),
) -> Plan:
    """Return what would move to our entry; nothing is changed.

    `leave` are entity ids that stay although they could move. For a preview before our
    entry exists, `own_entry_id` may be any text.
    """
    planner = _Planner(hass, official_entry.entry_id, own_entry_id, known)
    moves, stays = planner.entities(leave)
    return Plan(
        old_entry_id=official_entry.entry_id,
        old_title=official_entry.title,
        old_disabled_by=official_entry.disabled_by,
        moves=moves,
        devices=planner.devices({one.old_device_id for one in moves}),
        stays=stays,
    )


class _Planner:
    """Finds out what becomes of the entities and devices of an official entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        old_entry_id: str,
        own_entry_id: str,
        known: KnownServer,
    ) -> None:
        """Read the devices of the entry."""
        self._entities, self._devices = er.async_get(hass), dr.async_get(hass)
        self._old_id, self._own_id = old_entry_id, own_entry_id
        self._twins = Twins(known)
        self._old_devices = {
            device.id: (device, place)
            for device in dr.async_entries_for_config_entry(self._devices, old_entry_id)
            if (place := place_of_device(old_entry_id, device)) is not None
        }
        # The official integration writes several names alike: one gets the device.
        cameras = sorted(known.cameras, key=lambda one: one == as_place(one))
        self._moving: dict[str, str | None] = {"": None}
        self._moving |= {as_place(one): one for one in cameras}
        self._config = known.config

    def entities(
        self, leave: Collection[str]
    ) -> tuple[tuple[Move, ...], tuple[Stays, ...]]:
        """Return what becomes of each entity."""
        moves: dict[tuple[str, str], Move] = {}
        stays: list[Stays] = []
        for row in er.async_entries_for_config_entry(self._entities, self._old_id):
            found = self._find(row)
            if isinstance(found, Target):
                move = self._move(row, found)
                key = row.domain, move.new_unique_id
                if row.entity_id not in leave and key not in moves:
                    moves[key] = move
                    continue
                is_left = row.entity_id in leave
                found = Reason.UNTICKED if is_left else Reason.SAME_TWIN
            stays.append(
                Stays(
                    registry_id=row.id,
                    entity_id=row.entity_id,
                    reason=found,
                    old_device_id=row.device_id,
                )
            )
        return tuple(moves.values()), tuple(stays)

    def devices(self, moving: Collection[str | None]) -> tuple[DeviceMove, ...]:
        """Return what becomes of the devices of entities that move."""
        return tuple(
            self._device_move(device, self._moving[place])
            for device, place in self._old_devices.values()
            if device.id in moving and place in self._moving
        )

    def _find(self, row: er.RegistryEntry) -> Target | Reason:
        official = read_unique_id(self._old_id, row.unique_id)
        if official is None or row.platform != OFFICIAL_DOMAIN:
            return Reason.UNKNOWN
        _device, place = self._old_devices.get(row.device_id or "", (None, None))
        return self._twins.find(official, row.domain, place)

    def _move(self, row: er.RegistryEntry, target: Target) -> Move:
        unique_id = target.unique_id(self._own_id)
        twin_id = self._entities.async_get_entity_id(row.domain, DOMAIN, unique_id)
        twin = None if twin_id is None else self._entities.async_get(twin_id)
        device, place = self._old_devices.get(row.device_id or "", (None, None))
        stays = device is not None and place not in self._moving
        return Move(
            registry_id=row.id,
            entity_id=row.entity_id,
            old_unique_id=row.unique_id,
            new_unique_id=unique_id,
            old_device_id=row.device_id,
            old_area_id=row.area_id,
            inherited_area_id=(
                device.area_id if device and stays and row.area_id is None else None
            ),
            is_off_with_device=(
                device is not None
                and stays
                and device.disabled_by is dr.DeviceEntryDisabler.USER
                and row.disabled_by not in _OF_ENTITY
            ),
            twin=None if twin is None else Twin.of(twin),
        )

    def _device_move(self, device: dr.DeviceEntry, camera: str | None) -> DeviceMove:
        new = self._own_id if camera is None else f"{self._own_id}:{camera}"
        twin = self._devices.async_get_device_by_identifier((DOMAIN, new), self._own_id)
        return DeviceMove(
            device_id=device.id,
            old_identifiers=tuple(sorted(device.identifiers)),
            new_identifier=new,
            old_name_by_user=device.name_by_user,
            old_name=device.name,
            new_name=None if camera is None else camera_name(self._config, camera),
            twin_device_id=None if twin is None else twin.id,
        )
