"""When and where people were seen before Home Assistant knew, asked once for each of them."""

from collections.abc import Callable
from datetime import timedelta
import time
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..aiofrigate import Event, EventFilter, FrigateClient
from ..live.sightings import Sighting
from ..live.topics import CONNECTION
from .live import LiveCoordinator
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

PEOPLE_INTERVAL = timedelta(seconds=5)
"""One person is asked for at a time."""
_RETRY_INTERVAL = timedelta(minutes=1)


class PeopleCoordinator(OnDemandCoordinator[int]):
    """Asks once for the last event of each person whose sensors are enabled.

    What follows is told by the live state. So it is asked anew only after a gap in the live
    connection, in which people may have come and gone. `data` counts the answers; what they
    say is in the live state.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
        live: LiveCoordinator,
    ) -> None:
        """Initialize; sends nothing before the first listener."""
        super().__init__(hass, entry, client, server, "people", PEOPLE_INTERVAL)
        self._live = live
        self._asked = set[str]()
        self._was_pushing = False
        entry.async_on_unload(
            live.async_subscribe_topic(CONNECTION, self._handle_connection_change)
        )

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Add a listener for a person, who is asked for unless that was done."""
        remove = super().async_add_listener(update_callback, context)
        if context not in self._asked and self.update_interval is None:
            self.update_interval = PEOPLE_INTERVAL
            self._schedule_refresh()
        return remove

    @callback
    def _handle_connection_change(self) -> None:
        is_back = self._live.is_pushing and self._was_pushing
        self._was_pushing = self._was_pushing or self._live.is_pushing
        if is_back:
            self._asked.clear()
            if self._listeners:
                self._refresh_in_background()

    def _next_person(self) -> str | None:
        people = (one for one in self.async_contexts() if one not in self._asked)
        return next(people, None)

    @override
    async def _async_read(self, *, fresh: bool) -> int:
        count = self.data or 0
        if (person := self._next_person()) is not None:
            self.update_interval = _RETRY_INTERVAL
            await self._ask_for(person)
            self._asked.add(person)
            count += 1
        is_done = self._next_person() is None
        self.update_interval = None if is_done else PEOPLE_INTERVAL
        return count

    async def _ask_for(self, person: str) -> None:
        if "," in person:
            # Frigate takes that for two names. Only a new visit tells.
            return
        cameras = tuple(self.server.data.cameras)
        wanted = EventFilter(
            cameras=cameras, labels=("person",), sub_labels=(person,), limit=1
        )
        for event in await self.client.events.list(wanted, fresh=True):
            if event.camera in cameras and self._is_sure(event, person):
                self._add(person, event)

    def _is_sure(self, event: Event, person: str) -> bool:
        """Return whether Frigate is sure of a name, or somebody assigned it by hand."""
        threshold = self.server.data.config.face_threshold
        score = event.sub_label_score
        return event.sub_label == person and (score is None or score >= threshold)

    def _add(self, person: str, event: Event) -> None:
        if event.camera is None or event.start is None:
            return
        # Recognized soon after the start, but nobody can say when.
        at = min(event.start - self.client.clock.offset, time.time())
        sighting = Sighting(camera=event.camera, seen_at=at)
        self._live.state.recognitions.sightings.add(person, sighting)
