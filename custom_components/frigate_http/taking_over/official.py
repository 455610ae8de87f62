"""What the official integration has written into Home Assistant."""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import slugify

from ..aiofrigate import BIRDSEYE, normalize_url
from ..const import CONF_TAKEN_OVER, DOMAIN

OFFICIAL_DOMAIN = "frigate"
_CONF_VERIFY_SSL = "validate_ssl"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialEntry:
    """A config entry of the official integration, without its password."""

    entry_id: str
    title: str
    url: str
    username: str
    """Empty if it does not log in."""
    has_password: bool
    verify_ssl: bool
    disabled_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialId:
    """A unique id of the official integration, without its config entry."""

    kind: str
    name: str
    """Of what it is; a camera or zone comes first, and `_` is not only between names."""


def read_unique_id(entry_id: str, unique_id: str) -> OfficialId | None:
    """Return the kind and name in a unique id; None if it has not both."""
    prefix, kind, name = (*unique_id.split(":", 2), "", "")[:3]
    if prefix != entry_id or not (kind and name):
        return None
    return OfficialId(kind=kind, name=name)


def splits(name: str, firsts: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield every way to split a name at a `_` behind a known name, longest first."""
    at = len(name)
    while (at := name.rfind("_", 0, at)) > 0:
        if name[:at] in firsts:
            yield name[:at], name[at + 1 :]


def place_of_device(entry_id: str, device: dr.DeviceEntry) -> str | None:
    """Return the camera or zone of a device, as the official integration writes it.

    Empty for the server; None for a device that it has not made. See `as_place`.
    """
    for domain, identifier in device.identifiers:
        of_entry, _, place = identifier.partition(":")
        if domain == OFFICIAL_DOMAIN and of_entry == entry_id:
            return place
    return None


def as_place(name: str) -> str:
    """Return the name of a camera or zone as in the identifiers of the devices."""
    return slugify(name)


@callback
def all_entries(hass: HomeAssistant) -> list[OfficialEntry]:
    """Return all entries of the official integration, also disabled ones."""
    return [
        _official_entry(one)
        for one in hass.config_entries.async_entries(OFFICIAL_DOMAIN)
    ]


@callback
def find_entry(hass: HomeAssistant, entry_id: str) -> OfficialEntry | None:
    """Return an entry of the official integration; None if there is none of this id."""
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != OFFICIAL_DOMAIN:
        return None
    return _official_entry(entry)


@callback
def entries_of_server(
    hass: HomeAssistant, url: str, cameras: Collection[str], own_entry_id: str | None
) -> list[OfficialEntry]:
    """Return the official entries that lead to a server, by its URL or else its cameras.

    Those that another entry of ours has taken over are left out.
    """
    taken = {
        one.data.get(CONF_TAKEN_OVER)
        for one in hass.config_entries.async_entries(DOMAIN)
        if one.entry_id != own_entry_id
    }
    free = [one for one in all_entries(hass) if one.entry_id not in taken]
    return [one for one in free if _same_url(one.url, url)] or [
        # Each has its own way to the server, such as with and without a login.
        one
        for one in free
        if _same_cameras(official_cameras(hass, one.entry_id), {*cameras})
    ]


@callback
def official_cameras(hass: HomeAssistant, entry_id: str) -> set[str]:
    """Return the names of the cameras that an official entry has entities of."""
    found = (
        read_unique_id(entry_id, one.unique_id)
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    )
    return {one.name for one in found if one is not None and one.kind == "camera"} - {
        BIRDSEYE
    }


@callback
def official_password(hass: HomeAssistant, entry_id: str) -> str | None:
    """Return the password of an official entry; no other function hands it out.

    Only for a user who has asked to use the account of that entry.
    """
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != OFFICIAL_DOMAIN:
        return None
    return entry.data.get(CONF_PASSWORD) or None


def _official_entry(entry: ConfigEntry) -> OfficialEntry:
    data = entry.data
    return OfficialEntry(
        entry_id=entry.entry_id,
        title=entry.title,
        url=data.get(CONF_URL) or "",
        username=data.get(CONF_USERNAME) or "",
        has_password=bool(data.get(CONF_PASSWORD)),
        verify_ssl=data.get(_CONF_VERIFY_SSL) is not False,
        disabled_by=None if entry.disabled_by is None else entry.disabled_by.value,
    )


def _same_cameras(theirs: set[str], ours: set[str]) -> bool:
    """Return whether all cameras of one of both are among those of the other."""
    return bool(theirs and ours) and (theirs <= ours or ours <= theirs)


def _same_url(one: str, other: str) -> bool:
    try:
        return normalize_url(one) == normalize_url(other)
    except ValueError:
        return False
