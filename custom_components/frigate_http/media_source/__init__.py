"""Frigate in Home Assistant's media browser: what the cameras have recorded."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import override

from homeassistant.components.media_player import (
    BrowseError,
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..aiofrigate import FrigateForbiddenError
from ..const import DOMAIN
from ..errors import action_errors
from .browsing import async_begin, not_found, read_identifier
from .resolve import async_resolve
from .search import async_search
from .servers import async_open_root, loaded_servers
from .tree import async_open


async def async_get_media_source(hass: HomeAssistant) -> FrigateMediaSource:
    """Return the media source of all servers."""
    return FrigateMediaSource(hass)


class FrigateMediaSource(MediaSource):
    """What the cameras of all servers have recorded."""

    name = "Frigate"

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without any server: they come and go."""
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return a folder with what is in it."""
        async with raising(self.hass, BrowseError):
            if not item.identifier:
                return await async_open_root(self.hass)
            media_id = read_identifier(item.identifier)
            browsing = await async_begin(self.hass, media_id.entry_id)
            with action_errors(self.hass, browsing.access.entry):
                return await async_open(browsing, media_id)

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        """Return what fits a search in a folder; in that of all servers, on each of them."""
        async with raising(self.hass, BrowseError):
            if item.identifier:
                folders = [read_identifier(item.identifier)]
            else:
                folders = loaded_servers(self.hass)
            return await async_search(self.hass, folders, query)

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return where a video or an image can be fetched."""
        async with raising(self.hass, Unresolvable):
            media_id = read_identifier(item.identifier)
            browsing = await async_begin(self.hass, media_id.entry_id)
            with action_errors(self.hass, browsing.access.entry):
                return await async_resolve(browsing, media_id)


@asynccontextmanager
async def raising(
    hass: HomeAssistant, kind: type[HomeAssistantError]
) -> AsyncGenerator[None]:
    """Raise errors as the kind that the media browser shows, in Home Assistant's language.

    It shows the message as it is, which would be in English for everybody.
    """
    try:
        yield
    except HomeAssistantError as err:
        # Frigate names the cameras of the account, which not every user may know.
        is_refused = isinstance(err.__cause__, FrigateForbiddenError)
        told = not_found() if is_refused else err
        raise kind(
            await _message_of(hass, told),
            translation_domain=told.translation_domain,
            translation_key=told.translation_key,
            translation_placeholders=told.translation_placeholders,
        ) from err


async def _message_of(hass: HomeAssistant, err: HomeAssistantError) -> str:
    texts = await async_get_translations(
        hass, hass.config.language, "exceptions", {DOMAIN}
    )
    path = f"component.{err.translation_domain}.exceptions.{err.translation_key}"
    text = texts.get(f"{path}.message")
    if text is None:
        return str(err)
    return text.format_map(err.translation_placeholders or {})
