"""Titles of folders and items, in the language of Home Assistant."""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .aiofrigate import CameraConfig, Event, Review
from .const import DOMAIN
from .dates import as_datetime
from .entity.labels import OBJECT_LABELS, SOUND_LABELS
from .inventory import as_title, camera_labels

TEXTS = "common"
"""The category of texts that Home Assistant has no other place for."""
LABELS: Final = (*OBJECT_LABELS, *SOUND_LABELS)
"""The labels that have texts of their own."""


class Titles:
    """Titles of what a server has recorded."""

    def __init__(
        self,
        texts: Mapping[str, str],
        configs: Mapping[str, CameraConfig],
        cameras: Mapping[str, str],
    ) -> None:
        """Write titles with texts in one language; see `async_get_titles`."""
        self._texts = texts
        self._configs = configs
        self._cameras = cameras

    def text(self, key: str) -> str:
        """Return a text of ours."""
        return self._texts.get(f"component.{DOMAIN}.{TEXTS}.{key}", as_title(key))

    def counted(self, title: str, key: str, number: int | None) -> str:
        """Return a title with how many there are; None if that is unknown."""
        return title if number is None else f"{title} · {self.text(key)}: {number}"

    def camera(self, camera: str | None) -> str:
        """Return the name of a camera, as Home Assistant shows it."""
        if camera is None:
            return ""
        return self._cameras.get(camera) or as_title(camera)

    def label(self, label: str) -> str:
        """Return an object or sound label, translated if there is a text for it."""
        return self.text(f"label_{label}") if label in LABELS else as_title(label)

    def review(self, review: Review, *, with_date: bool = True) -> str:
        """Return `2026-11-26 14:03:09 Person, Ana · Front door, Porch`."""
        what = [self.label(one) for one in (*review.labels, *review.audio)]
        what += review.sub_labels
        return _item(
            time_of(review.start, with_date=with_date),
            what,
            self._places(review.camera, review.zones),
        )

    def event(self, event: Event) -> str:
        """Return `2026-11-26 14:03:09 Car, DHL, AB-123 · Front door, Porch`."""
        what = () if event.label is None else (self.label(event.label),)
        return _item(
            time_of(event.start),
            (*what, event.sub_label or "", event.plate or ""),
            self._places(event.camera, event.zones),
        )

    def _places(self, camera: str | None, zones: Iterable[str]) -> list[str]:
        config = None if camera is None else self._configs.get(camera)
        known = {} if config is None else config.zones
        return [
            self.camera(camera),
            *(
                (known[one].friendly_name if one in known else None) or as_title(one)
                for one in zones
            ),
        ]


async def async_get_titles(
    hass: HomeAssistant, entry: ConfigEntry, configs: Mapping[str, CameraConfig]
) -> Titles:
    """Return what writes the titles for a server, in the language of Home Assistant."""
    texts = await async_get_translations(hass, hass.config.language, TEXTS, {DOMAIN})
    return Titles(texts, configs, camera_labels(hass, entry, configs))


def time_of(seconds: float | None, *, with_date: bool = True) -> str:
    """Return seconds since the epoch in Home Assistant's time zone; empty if unknown."""
    if (found := as_datetime(seconds)) is None:
        return ""
    text = dt_util.as_local(found).replace(tzinfo=None).isoformat(" ", "seconds")
    return text if with_date else text.partition(" ")[2]


def _item(time: str, what: Iterable[str], places: Iterable[str]) -> str:
    subject = " ".join(one for one in (time, _listed(what)) if one)
    return " · ".join(one for one in (subject, _listed(places)) if one)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(one for one in names if one))
