"""Finds what stops working without the official integration, and where."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, split_entity_id

from . import patterns
from .differences import Aspect, Difference
from .known import KnownServer
from .official import OFFICIAL_DOMAIN
from .patterns import Advice
from .places import Place, Written, async_collect
from .plan import Plan

MAX_FOUND = 120
"""Characters that are shown of what was found."""
MAX_PER_PLACE = 50
MAX_PLACES = 200

_MAX_NODES = 100_000
_MAX_DEPTH = 100
"""Of one place: a YAML file may contain itself."""
_COMPARED = ("to", "from", "not_to", "not_from", "state", "state_not", "attribute")
_ADVICE = {Aspect.STATES: Advice.STATES, Aspect.ATTRIBUTES: Advice.ATTRIBUTES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that was found, and what to write instead."""

    found: str
    advice: Advice
    replacement: str = ""
    """What takes its place by name, if there is such a thing."""

    @property
    def keeps_working(self) -> bool:
        """Return whether it works without the official integration too."""
        return self.advice is Advice.TOPIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place with all that was found there."""

    place: Place
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """All that was found, and the dashboards that could not be read."""

    mentions: tuple[Mention, ...]
    unreadable: tuple[Place, ...]
    is_complete: bool
    """Whether there were no more than `MAX_PLACES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The names that a plan changes, which are looked for."""

    gone: Mapping[str, tuple[Advice, str]]
    """Entity ids, and ids of the registries, that lead nowhere afterwards."""
    differences: Mapping[str, tuple[Difference, ...]]
    """By entity id, what an automation may compare with."""
    cameras: frozenset[str]
    """The entity ids of cameras for which a card chooses Frigate by itself."""
    people: Mapping[str, str]
    """The names of Frigate, by the titles that the official integration makes of them."""
    topic_prefix: str

    @classmethod
    def from_plan(cls, plan: Plan, known: KnownServer) -> Self:
        """Return what a plan changes."""
        gone = {one.entity_id: (Advice.STAYS, one.reason.value) for one in plan.stays}
        for move in plan.moves:
            if (twin := move.twin) is not None:
                for name in (twin.entity_id, twin.registry_id):
                    gone[name] = (Advice.TWIN, move.entity_id)
        moved = {one.device_id for one in plan.devices}
        left = {one.old_device_id for one in plan.moves} - moved
        twins = {one.twin_device_id for one in plan.devices}
        gone |= {one: (Advice.DEVICE, "") for one in left | twins if one is not None}
        return cls(
            gone=gone,
            differences={
                move.entity_id: found
                for move in plan.moves
                if (found := tuple(d for d in move.differences if d.aspect in _ADVICE))
            },
            cameras=frozenset(
                one
                for one in (
                    *(move.entity_id for move in plan.moves),
                    *(stay.entity_id for stay in plan.stays),
                )
                if split_entity_id(one)[0] == Platform.CAMERA
            ),
            people={one.replace("_", " ").title(): one for one in known.people},
            topic_prefix=OFFICIAL_DOMAIN,
        )


async def async_find_mentions(
    hass: HomeAssistant, plan: Plan, known: KnownServer
) -> Mentions:
    """Find all mentions of what a plan takes away; nothing is changed."""
    collected = await async_collect(hass)
    wanted = Wanted.from_plan(plan, known)
    # There may be megabytes of dashboards.
    mentions = await hass.async_add_executor_job(
        lambda: [
            Mention(place=one.place, findings=findings)
            for one in collected.written
            if (findings := tuple(find_in(one, wanted)))
        ]
    )
    return Mentions(
        mentions=tuple(mentions[:MAX_PLACES]),
        unreadable=collected.unreadable,
        is_complete=len(mentions) <= MAX_PLACES,
    )


def find_in(written: Written, wanted: Wanted) -> list[Finding]:
    """Return what is found in a place, once each; of a blueprint, what is not its own."""
    found = _Finder(wanted).find(written.config)
    own = set(_Finder(wanted).find(written.of_blueprint))
    if written.blueprint is not None and any(not one.keeps_working for one in own):
        blueprint = Finding(found=_shown(written.blueprint), advice=Advice.BLUEPRINT)
        found = [blueprint, *(one for one in found if one not in own)]
    return found[:MAX_PER_PLACE]


class _Finder:
    """Looks through what is written in a place."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._findings: dict[Finding, None] = {}
        self._nodes = 0
        self._different: set[str] = set()
        """The entities that differ and are named anywhere."""
        self._values: set[str] = set()
        """What may be compared with them from elsewhere, as in `trigger.to_state.state`."""

    def find(self, config: Any) -> list[Finding]:
        """Return all findings, once each, in the order of the text."""
        self._visit(config, "")
        self._compare(self._different, self._values)
        return list(self._findings)

    def _visit(self, node: Any, key: str, depth: int = 0) -> None:
        self._nodes += 1
        if self._nodes > _MAX_NODES or depth > _MAX_DEPTH or key in patterns.TEXT_KEYS:
            return
        if isinstance(node, str):
            self._read(node, key)
        elif isinstance(node, Mapping):
            self._read_mapping(node)
            for name, value in node.items():
                self._names(str(name))
                self._visit(value, str(name), depth + 1)
        elif isinstance(node, (list, tuple)):
            for one in node:
                self._visit(one, key, depth + 1)

    def _read_mapping(self, node: Mapping[Any, Any]) -> None:
        named = [*_texts(node.get("entity_id")), *_texts(node.get("entity"))]
        values = {one for key in _COMPARED for one in _texts(node.get(key))}
        self._compare(named, values)
        if node.get("type") in patterns.CARDS:
            self._read_card(node)

    def _read_card(self, card: Mapping[Any, Any]) -> None:
        """Look for cameras that the card asks the official integration about."""
        shared = card.get("cameras_global")
        cameras = card.get("cameras")
        # Old cards have their only camera at the top.
        for camera in cameras if isinstance(cameras, list) else [card]:
            if isinstance(camera, Mapping):
                merged = {**(shared if isinstance(shared, Mapping) else {}), **camera}
                if (name := self._camera_of_frigate(merged)) is not None:
                    self._add(f"{card['type']}: {name}", Advice.CARD)

    def _camera_of_frigate(self, camera: Mapping[Any, Any]) -> str | None:
        """Return the name of a camera of a card that has Frigate as its engine."""
        options = camera.get("frigate")
        name = options.get("camera_name") if isinstance(options, Mapping) else None
        entity_id = camera.get("camera_entity")
        engine = camera.get("engine", "auto")
        if engine == "auto":
            # The card looks at the entity first.
            if entity_id is not None:
                return entity_id if entity_id in self._wanted.cameras else None
            return None if name is None else str(name)
        return str(entity_id or name or engine) if engine == OFFICIAL_DOMAIN else None

    def _read(self, text: str, key: str) -> None:
        """Look for everything in a text, which stands for a key."""
        named = self._names(text)
        is_topic = key.endswith("topic")
        if is_topic and text.startswith(f"{self._wanted.topic_prefix}/"):
            self._add(text, Advice.TOPIC)
        if key in patterns.ACTION_KEYS and (one := patterns.ACTION.fullmatch(text)):
            self._add(text, patterns.advice_for_action(one[1]))
        if key in patterns.DOMAIN_KEYS and text == OFFICIAL_DOMAIN:
            self._add(f"{key}: {text}", Advice.INTEGRATION)
        if text == patterns.LLM_API:
            self._add(text, Advice.TOOL)
        for advice, pattern in patterns.EVERYWHERE.items():
            if not (is_topic and advice is Advice.COMMAND):
                for found in pattern.finditer(text):
                    self._add(found[0], advice)
        if patterns.TEMPLATE.search(text):
            self._read_template(text, named)
        elif text != text.lower():
            self._values.add(text)

    def _read_template(self, text: str, named: Iterable[str]) -> None:
        for found in patterns.IN_TEMPLATES[Advice.ACTION].finditer(text):
            self._add(found[0], patterns.advice_for_action(found[1]))
        for found in patterns.IN_TEMPLATES[Advice.INTEGRATION].finditer(text):
            self._add(found[0], Advice.INTEGRATION)
        values = {one[1] or one[2] for one in patterns.VALUE.finditer(text)}
        self._compare(named, values)
        is_of_trigger = patterns.STATE_OF_TRIGGER.search(text)
        self._values |= {one for one in values if is_of_trigger or one != one.lower()}

    def _names(self, text: str) -> list[str]:
        """Look for entities and devices that lead nowhere; return those that differ."""
        names = [one[1] for one in patterns.ENTITY_ID.finditer(text)]
        names += patterns.REGISTRY_ID.findall(text)
        for name in names:
            if (gone := self._wanted.gone.get(name)) is not None:
                self._add(name, *gone)
        different = [one for one in names if one in self._wanted.differences]
        self._different.update(different)
        return different

    def _compare(self, names: Iterable[str], values: Collection[str]) -> None:
        """Look for values of entities that have others afterwards."""
        for name in names:
            for difference in self._wanted.differences.get(name, ()):
                advice = _ADVICE[difference.aspect]
                for value, other in self._changed(difference).items():
                    if value in values:
                        self._add(f"{name}: {value}", advice, other)

    def _changed(self, difference: Difference) -> Mapping[str, str]:
        """Return the values that change, with what they are called afterwards."""
        theirs, ours = difference.theirs.split(", "), difference.ours.split(", ")
        changed = {
            one: one.lower() if one.lower() in ours else difference.ours
            for one in theirs
            if one and one not in ours
        }
        # Names that are made into titles are told by an example of two words.
        is_example = any(" " in one for one in theirs)
        people = self._wanted.people if is_example else {}
        return changed | {
            title: name for title, name in people.items() if title != name
        }

    def _add(self, found: str, advice: Advice, replacement: str = "") -> None:
        finding = Finding(found=_shown(found), advice=advice, replacement=replacement)
        self._findings[finding] = None


def _texts(value: Any) -> list[str]:
    """Return a text, or the texts of a list."""
    return [
        one
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, str)
    ]


def _shown(text: str) -> str:
    """Return a text on one line, and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_FOUND else f"{line[: MAX_FOUND - 1]}…"
