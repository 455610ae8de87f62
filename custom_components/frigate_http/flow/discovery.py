"""Finds servers to add: those of the official integration, and apps of Home Assistant."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from yarl import URL

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.translation import async_get_translations

from ..aiofrigate import Credentials, find_server
from ..connection import temporary_session
from ..const import CONF_TAKEN_OVER, DOMAIN
from ..inventory import known_cameras
from ..taking_over.official import OfficialEntry, all_entries, entries_of_server
from .validation import stored_url, url_to_text

PROBE_TIMEOUT = 2
"""Seconds that a server has to answer before the form is shown without it."""

_TEXTS = "common"
_APPS = ("_frigate", "_frigate-fa", "_frigate-beta", "_frigate-fa-beta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A server that answers and is not set up yet."""

    url: str
    """As a config entry stores it."""
    label: str = ""
    """What the form calls it."""
    is_app: bool = False
    """Whether it is an app, whose port needs no login."""
    official: OfficialEntry | None = None
    """The entry of the official integration that leads to it."""

    @property
    def verify_ssl(self) -> bool:
        """Return whether its certificate is verified."""
        return self.official is None or self.official.verify_ssl

    @property
    def has_account(self) -> bool:
        """Return whether the official integration logs in to it."""
        return self.official is not None and self.official.has_password


async def async_find_servers(hass: HomeAssistant) -> list[Suggestion]:
    """Return the servers that answer within two seconds, those of official entries first."""
    if not (found := _candidates(hass)):
        return []
    # Whatever goes wrong with one of them only means that it is not suggested.
    answers = await asyncio.gather(
        *(_async_locate(hass, one) for one in found), return_exceptions=True
    )
    own = _own_urls(hass)
    texts = await async_get_translations(hass, hass.config.language, _TEXTS, {DOMAIN})
    return [
        replace(one, label=_label(one, texts))
        for one, answer in zip(found, answers, strict=True)
        if isinstance(answer, str) and answer not in own
    ]


async def _async_locate(hass: HomeAssistant, suggestion: Suggestion) -> str:
    """Return the URL at which a server answers; nothing secret is sent to it."""
    async with (
        asyncio.timeout(PROBE_TIMEOUT),
        temporary_session(hass, verify_ssl=suggestion.verify_ssl) as session,
    ):
        found = await find_server(session, URL(suggestion.url), Credentials())
    return url_to_text(found)


@callback
def _candidates(hass: HomeAssistant) -> list[Suggestion]:
    """Return all servers that Home Assistant knows of, and that are not set up yet."""
    found: dict[str, Suggestion] = {}
    known = _entries_set_up(hass)
    for entry in all_entries(hass):
        if entry.entry_id not in known and (url := stored_url(entry.url)):
            found.setdefault(url, Suggestion(url=url, official=entry))
    for url in _app_urls(hass):
        found[url] = replace(found.get(url, Suggestion(url=url)), is_app=True)
    own = _own_urls(hass)
    return [one for url, one in found.items() if url not in own]


@callback
def _entries_set_up(hass: HomeAssistant) -> set[Any]:
    """Return the ids of the official entries whose servers are set up already."""
    own = hass.config_entries.async_entries(DOMAIN)
    return {one.data.get(CONF_TAKEN_OVER) for one in own} | {
        official.entry_id
        for one in own
        for official in entries_of_server(
            hass, one.data[CONF_URL], known_cameras(hass, one), one.entry_id
        )
    }


@callback
def _own_urls(hass: HomeAssistant) -> set[str]:
    entries = hass.config_entries.async_entries(DOMAIN)
    return {stored_url(entry.data[CONF_URL]) for entry in entries}


@callback
def _app_urls(hass: HomeAssistant) -> Iterator[str]:
    """Yield the URLs of the installed apps; without the Supervisor, none is asked."""
    if not is_hassio(hass):
        return
    # Loading it takes long, and it has been loaded only where there is a Supervisor.
    from homeassistant.components.hassio import HassioNotReadyError, get_addons_list  # noqa: PLC0415

    try:
        slugs = [str(one["slug"]) for one in get_addons_list(hass)]
    except HassioNotReadyError:
        return
    for slug in slugs:
        if slug.endswith(_APPS):
            yield f"http://{slug.replace('_', '-')}:5000"


def _label(one: Suggestion, texts: dict[str, str]) -> str:
    notes: Iterable[str] = (
        *(("found_official",) if one.official else ()),
        *(("found_app",) if one.is_app else ()),
    )
    said = ", ".join(
        texts.get(f"component.{DOMAIN}.{_TEXTS}.{key}", key) for key in notes
    )
    return f"{one.url} ({said})"
