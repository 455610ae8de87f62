"""What the official integration has written into Home Assistant."""

from collections.abc import Collection
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import normalize_url
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
    """Return the official entries that lead to a server, by its URL or its cameras.

    Those that another entry of ours has taken over are left out.
    """
    taken = {
        one.data.get(CONF_TAKEN_OVER)
        for one in hass.config_entries.async_entries(DOMAIN)
        if one.entry_id != own_entry_id
    }
    return [
        one
        for one in all_entries(hass)
        if one.entry_id not in taken and _same_url(one.url, url)
    ]


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


def _same_url(one: str, other: str) -> bool:
    try:
        return normalize_url(one) == normalize_url(other)
    except ValueError:
        return False
