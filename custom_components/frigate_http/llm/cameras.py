"""The cameras that an assistant may tell of, and the places by which it asks for them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.auth.models import User
from homeassistant.components.homeassistant import async_should_expose
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, UnknownUser
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    floor_registry as fr,
    intent,
)
from homeassistant.helpers.llm import LLMContext

from ..aiofrigate import CameraConfig
from ..const import DOMAIN
from ..errors import action_errors
from ..inventory import camera_entities
from ..media_access import MediaAccess, NotLoadedError, async_get_access
from ..permissions import CameraPermissions, async_get_caller
from ..runtime import FrigateConfigEntry, FrigateRuntime
from ..words import has_all, is_same, words_of

MAX_NAMES = 50
"""How many names an answer lists of those that could have been asked for."""
_TIMEOUT = 10.0
"""Seconds for the answers of a server: somebody waits for a voice to speak."""
_NONE_EXPOSED = (
    "No Frigate camera that the user may see is exposed to this assistant. An administrator "
    "can expose one in Home Assistant: Settings > Voice assistants > Expose."
)


type Query[T] = Callable[
    [Server, FrigateRuntime], Coroutine[Any, Any, Iterable[T] | None]
]
"""Asks a server about its cameras; None if it cannot answer."""


class ToolError(HomeAssistantError):
    """A question cannot be answered; the text tells the model why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera that is exposed to the assistant, and that the asking user may see."""

    entity_id: str
    title: str
    """Its name in Home Assistant; with its server's, if there are several servers."""
    names: tuple[str, ...]
    """All names by which it can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server with the cameras that may be told of."""

    entry: FrigateConfigEntry
    access: MediaAccess | None
    """None while its config entry is not loaded."""
    cameras: Mapping[str, Camera]
    """By Frigate's name; never empty, as an empty filter would list those of all cameras."""

    @property
    def configs(self) -> dict[str, CameraConfig]:
        """Return the configurations of its cameras; none while it is not loaded."""
        known = {} if self.access is None else self.access.runtime.server.data.cameras
        return {one: known[one] for one in self.cameras if one in known}

    @property
    def logos(self) -> frozenset[str]:
        """Return the labels, such as `ups`, that Frigate's own model gives a vehicle."""
        if self.access is None:
            return frozenset()
        return self.access.runtime.server.data.config.attributes

    @property
    def people(self) -> list[str]:
        """Return the names in the face library; none if the account may not read it."""
        faces = None if self.access is None else self.access.runtime.server.data.faces
        return [] if faces is None else sorted(faces.people)

    @property
    def shows_everything(self) -> bool:
        """Return whether the user may know who is in the face library."""
        return self.access is not None and self.access.permissions.may_read(None)


async def async_find_servers(
    hass: HomeAssistant, llm_context: LLMContext, place: str | None
) -> list[Server]:
    """Return the servers with the cameras of a place, or with all that may be told of.

    Without a user, as for a voice satellite, what is exposed to the assistant may be told,
    as Home Assistant's own tools do.

    Raises:
        ToolError: there is no such camera.
    """
    context = llm_context.context
    try:
        user = None if context is None else await async_get_caller(hass, context)
    except UnknownUser as err:
        raise ToolError(_NONE_EXPOSED) from err
    servers = [
        server
        for entry in hass.config_entries.async_entries(DOMAIN)
        if (server := _server(hass, entry, user, llm_context.assistant)).cameras
    ]
    if not servers:
        raise ToolError(_NONE_EXPOSED)
    return servers if place is None else _in_place(hass, servers, place)


async def async_ask[T](
    hass: HomeAssistant,
    servers: Sequence[Server],
    query: Query[T],
) -> tuple[list[T], list[str]]:
    """Return what the servers answer, and the titles of those that do not.

    Raises:
        ToolError: none of them answers.
    """
    answers = await asyncio.gather(*(_async_ask(hass, one, query) for one in servers))
    silent = [
        one.entry.title
        for one, answer in zip(servers, answers, strict=True)
        if answer is None
    ]
    if servers and len(silent) == len(servers):
        raise ToolError(
            f"Home Assistant gets no answer from Frigate at the moment ({', '.join(silent)}), "
            "so nothing is known. Try again later."
        )
    return [item for answer in answers for item in answer or ()], silent


async def _async_ask[T](
    hass: HomeAssistant,
    server: Server,
    query: Query[T],
) -> Iterable[T] | None:
    if server.access is None:
        return None
    try:
        with action_errors(hass, server.entry):
            async with asyncio.timeout(_TIMEOUT):
                return await query(server, server.access.runtime)
    except HomeAssistantError, TimeoutError:
        # Errors hold messages of the server, which a model must not read.
        return None


@callback
def _server(
    hass: HomeAssistant, entry: FrigateConfigEntry, user: User | None, assistant: str
) -> Server:
    try:
        access = async_get_access(hass, entry.entry_id, user)
    except NotLoadedError:
        access = None
    permissions = CameraPermissions(hass, entry, user)
    cameras = {
        camera: _camera(hass, entry, state)
        for entity_id, camera in camera_entities(hass, entry)
        if (state := hass.states.get(entity_id)) is not None
        and async_should_expose(hass, assistant, entity_id)
        and permissions.may_read(camera)
        and (access is None or camera in access.cameras)
    }
    return Server(entry=entry, access=access, cameras=cameras)


def _camera(hass: HomeAssistant, entry: FrigateConfigEntry, state: State) -> Camera:
    registered = er.async_get(hass).async_get(state.entity_id)
    aliases = intent.async_get_entity_aliases(hass, registered, state=state)
    title = state.name
    if len(hass.config_entries.async_entries(DOMAIN, include_disabled=False)) > 1:
        title = f"{title} ({entry.title})"
    names = (title, state.name, *aliases, state.entity_id)
    return Camera(entity_id=state.entity_id, title=title, names=names)


def _in_place(
    hass: HomeAssistant, servers: Sequence[Server], place: str
) -> list[Server]:
    """Return the servers with those of their cameras that a place has."""
    every = [one for server in servers for one in server.cameras.values()]
    words = words_of(place)
    found = _matching(hass, every, lambda name: is_same(name, place))
    if words and not found:
        found = _matching(hass, every, lambda name: has_all(words, name))
    if not found:
        titles = sorted(one.title for one in every)[:MAX_NAMES]
        raise ToolError(
            "No camera, and no area or floor with a camera, has this name. Cameras: "
            f"{', '.join(titles)}."
        )
    return [
        replace(server, cameras=cameras)
        for server in servers
        if (
            cameras := {
                name: one
                for name, one in server.cameras.items()
                if one.entity_id in found
            }
        )
    ]


def _matching(
    hass: HomeAssistant, cameras: Sequence[Camera], fits: Callable[[str], bool]
) -> set[str]:
    """Return the entities of the cameras whose name, area or floor fits."""
    found = {one.entity_id for one in cameras if any(map(fits, one.names))}
    states = [state for one in cameras if (state := hass.states.get(one.entity_id))]
    for area in ar.async_get(hass).async_list_areas():
        floor = fr.async_get(hass).async_get_floor(area.floor_id or "")
        names = (area.name, *area.aliases)
        if floor is not None:
            names = (*names, floor.name, *floor.aliases)
        if any(map(fits, names)):
            constraints = intent.MatchTargetsConstraints(area_name=area.id)
            matched = intent.async_match_targets(hass, constraints, states=states)
            found |= {state.entity_id for state in matched.states}
    return found
