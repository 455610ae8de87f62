"""What a model may read of an item: names of the configuration and of the face library only.

Sub labels, license plates and texts are written by strangers and by models, and a model
that reads them may also have tools for locks.
"""

from collections.abc import Iterable
from itertools import islice

from homeassistant.util.json import JsonObjectType, JsonValueType

from ..aiofrigate import Event, Review
from ..dates import as_local_iso
from .cameras import Server

MAX_ITEMS = 20
_SEVERITIES = frozenset({"alert", "detection"})

type Fact = tuple[float, JsonObjectType]
"""When something began, in seconds since the epoch, and what is told of it."""


def fact_of(server: Server, item: Review | Event) -> Fact | None:
    """Return what is told of an item; None if it is not of one of the cameras."""
    camera = item.camera or ""
    if (config := server.configs.get(camera)) is None:
        return None
    if isinstance(item, Review):
        severity, labels = item.severity, (*item.labels, *item.audio)
    else:
        severity, labels = None, (item.label or "",)
    known, names = {*config.labels, *config.sounds, *server.logos}, names_in(item)
    zones = [config.zones[one] for one in item.zones if one in config.zones]
    told: JsonObjectType = {
        "camera": server.cameras[camera].title,
        "start": local_time(item.start),
        "end": local_time(item.end),
        "severity": severity if severity in _SEVERITIES else None,
        "labels": _first(one for one in labels if one in known),
        "people": _first(one for one in server.people if one in names),
        "zones": _first(one.friendly_name or one.name for one in zones),
    }
    return item.start or 0.0, {key: one for key, one in told.items() if one}


def _first(names: Iterable[str]) -> list[JsonValueType]:
    return [*islice(dict.fromkeys(names), MAX_ITEMS)]


def names_in(item: Review | Event) -> set[str]:
    """Return the sub labels of an item, several of which are joined by commas."""
    texts = item.sub_labels if isinstance(item, Review) else (item.sub_label or "",)
    return {name.strip() for text in texts for name in text.split(",")}


def newest(facts: Iterable[Fact], silent: Iterable[str]) -> JsonObjectType:
    """Return an answer with the newest items, and whether there are more."""
    found = [told for _, told in sorted(facts, key=lambda one: one[0], reverse=True)]
    return answer_of(found, silent)


def answer_of(found: list[JsonObjectType], silent: Iterable[str]) -> JsonObjectType:
    """Return an answer with the first items, whether there are more, and who is silent."""
    answer: JsonObjectType = {
        "items": [*found[:MAX_ITEMS]],
        "more": len(found) > MAX_ITEMS,
    }
    if titles := [*silent]:
        answer["servers_without_answer"] = [*titles]
    return answer


def local_time(seconds: float | None) -> str | None:
    """Return a time to the second: fractions are of no use to anybody who asks."""
    return None if seconds is None else as_local_iso(seconds // 1)
