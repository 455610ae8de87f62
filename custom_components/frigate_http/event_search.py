"""The search for events by the names that are known, where no model compares descriptions.

The words of a search are looked up among the names of cameras, labels, persons, license
plates and zones, so that Frigate can be asked for exactly that.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from homeassistant.core import HomeAssistant

from .aiofrigate import CameraConfig, Event, EventFilter, FrigateClient
from .matching import Facet, KnownNames, Meaning, Names


@dataclass(frozen=True, slots=True, kw_only=True)
class EventNames:
    """The names by which the events of a server can be found."""

    client: FrigateClient
    configs: Mapping[str, CameraConfig]
    cameras: Sequence[str]
    """Those that are searched."""
    camera_title: Callable[[str], str]
    label_title: Callable[[str], str]

    async def async_meanings(
        self, hass: HomeAssistant, words: Sequence[str]
    ) -> list[Meaning]:
        """Return what words may mean; nothing if one of them is in no name."""
        known = await self._async_known()
        # There may be some ten thousand license plates.
        return await hass.async_add_executor_job(lambda: Names(known).meanings(words))

    async def _async_known(self) -> KnownNames:
        """Return the names that are known, and how Home Assistant shows each of them."""
        events = self.client.events
        labels, sub_labels, plates = await asyncio.gather(
            events.labels(), events.sub_labels(), events.plates()
        )
        zones: defaultdict[str, set[str]] = defaultdict(set)
        for camera in self.cameras:
            config = self.configs.get(camera)
            for zone in () if config is None else config.zones.values():
                # Cameras may have zones of the same name that are called differently.
                zones[zone.name] |= {zone.name, zone.friendly_name or ""}
        return {
            Facet.CAMERA: {one: (one, self.camera_title(one)) for one in self.cameras},
            Facet.LABEL: {one: (one, self.label_title(one)) for one in labels},
            Facet.SUB_LABEL: {one: (one,) for one in sub_labels},
            Facet.PLATE: {one: (one,) for one in plates},
            Facet.ZONE: zones,
        }


def narrowed(wanted: EventFilter, meaning: Meaning) -> EventFilter:
    """Return a filter that is limited to what a search may mean, as far as Frigate can."""
    return replace(
        wanted,
        cameras=_both(wanted.cameras, meaning.names(Facet.CAMERA)),
        labels=_both(wanted.labels, meaning.names(Facet.LABEL)),
        sub_labels=_both(wanted.sub_labels, meaning.names(Facet.SUB_LABEL)),
        plates=_both(wanted.plates, meaning.names(Facet.PLATE)),
        zones=_both(wanted.zones, meaning.names(Facet.ZONE)),
    )


def _both(wanted: Sequence[str], meant: Sequence[str]) -> Sequence[str]:
    # If none is in both, `Meaning.fits` refuses what Frigate finds.
    return [one for one in wanted if one in meant] or wanted or meant


def names_of_event(event: Event) -> Mapping[Facet, Iterable[str]]:
    """Return the names of an event, as `Meaning.fits` compares them."""
    return {
        Facet.CAMERA: given(event.camera),
        Facet.LABEL: given(event.label),
        Facet.SUB_LABEL: [one.strip() for one in (event.sub_label or "").split(",")],
        Facet.PLATE: given(event.plate),
        Facet.ZONE: event.zones,
    }


def given(name: str | None) -> tuple[str, ...]:
    """Return a name, if there is one."""
    return () if name is None else (name,)
