"""The plan of what is taken over: which entity moves to which, and which stay."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback

from .official import OfficialEntry
from .twins import Difference, KnownServer, Reason

type Identifiers = tuple[tuple[str, str], ...]


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
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` has returned."""
        return cls(**data)


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
    differences: tuple[Difference, ...] = ()
    twin: Twin | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` has returned."""
        found = tuple(map(Difference.from_dict, data["differences"]))
        twin = None if data["twin"] is None else Twin.from_dict(data["twin"])
        return cls(**{**data, "differences": found, "twin": twin})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMove:
    """A device of the official integration, the server or a camera, that becomes ours."""

    device_id: str
    old_identifiers: Identifiers
    new_identifiers: Identifiers
    old_name_by_user: str | None
    twin_device_id: str | None = None
    """The device of ours that is in use already, and makes room for it."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` has returned."""
        read = {
            key: tuple((domain, name) for domain, name in data[key])
            for key in ("old_identifiers", "new_identifiers")
        }
        return cls(**{**data, **read})


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
    return Plan(
        old_entry_id=official_entry.entry_id,
        old_title=official_entry.title,
        old_disabled_by=official_entry.disabled_by,
        moves=(),
        devices=(),
        stays=(),
    )
