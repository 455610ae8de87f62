"""Who was seen last; and which person of the face library a question is about."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import EventFilter
from ..const import DOMAIN
from ..runtime import FrigateRuntime
from ..words import is_same
from .cameras import MAX_NAMES, Server, ToolError, async_ask
from .facts import MAX_ITEMS, Fact, fact_of, names_in, newest
from .tool import PLACE_FIELD, FrigateTool

PERSON = "person"
_SIGHTINGS = 10
"""How many are looked at for the last one: Frigate finds `Mariana, DHL` for `Ana` too."""


def find_person(servers: Sequence[Server], text: str) -> dict[str, str]:
    """Return the stored name of a person, by the id of the config entry.

    For a user who may not see everything, it is empty for a name that is not known: that
    is then told in the same way as a person whom no camera of theirs has seen.

    Raises:
        ToolError: nobody is called so.
    """
    found = {
        server.entry.entry_id: name
        for server in servers
        for name in server.people
        if is_same(name, text)
    }
    if not found and any(one.shows_everything for one in servers):
        people = sorted({name for one in servers for name in one.people})
        if not people:
            raise ToolError(
                "Nobody is known by name: the face library of Frigate is empty, or its "
                "account may not read it."
            )
        raise ToolError(
            "Nobody in the face library of Frigate has this name. People: "
            f"{', '.join(people[:MAX_NAMES])}."
        )
    return found


class WhoWasSeenLast(FrigateTool):
    """When and where people were recognized last."""

    name = f"{DOMAIN}__who_was_seen_last"
    title = "Who was seen last"
    description = (
        "Tells when and where the security cameras recognized people last, the newest "
        "first: one person, or everybody in the face library. Times are local. "
        f"At most {MAX_ITEMS} people."
    )
    parameters = vol.Schema(
        {
            vol.Optional(
                PERSON, description="Name of a person. Leave it out for everybody."
            ): cv.string,
            PLACE_FIELD: cv.string,
        }
    )

    @override
    async def _async_answer(
        self, hass: HomeAssistant, servers: Sequence[Server], data: Mapping[str, Any]
    ) -> JsonObjectType:
        person = data.get(PERSON)
        names = None if person is None else find_person(servers, person)

        async def query(
            server: Server, runtime: FrigateRuntime
        ) -> list[tuple[str, Fact | None]]:
            people = server.people
            if names is not None:
                people = [
                    one for one in people if one == names.get(server.entry.entry_id)
                ]
            seen = await asyncio.gather(
                *(_async_last(server, runtime, one) for one in people[:MAX_NAMES])
            )
            return [*zip(people, seen, strict=False)]

        found, silent = await async_ask(hass, servers, query)
        last: dict[str, Fact] = {}
        for name, fact in found:
            if fact is not None and fact[0] > last.get(name, (-1.0,))[0]:
                last[name] = fact[0], {PERSON: name, **fact[1]}
        answer = newest(last.values(), silent)
        if names is None and any(len(one.people) > MAX_NAMES for one in servers):
            # Nobody has asked for the last ones.
            answer["more"] = True
        unseen = {name for name, _ in found if name not in last}
        if unseen and all(one.shows_everything for one in servers if one.access):
            answer["not_seen"] = [*sorted(unseen)[:MAX_ITEMS]]
        return answer


async def _async_last(
    server: Server, runtime: FrigateRuntime, person: str
) -> Fact | None:
    wanted = EventFilter(
        cameras=[*server.cameras], sub_labels=(person,), limit=_SIGHTINGS
    )
    events = await runtime.client.events.list(wanted, fresh=True)
    return next(
        (fact_of(server, one) for one in events if person in names_in(one)), None
    )
