"""Finds what stops working without the official integration, and where."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..aiofrigate import MqttConfig
from . import patterns
from .differences import Difference
from .known import KnownServer
from .official import OFFICIAL_DOMAIN, all_entries
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
    is_complete: bool = True
    """Whether all of it was read, and there were no more than `MAX_PER_PLACE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """All that was found, and what could not be read."""

    mentions: tuple[Mention, ...]
    unreadable: tuple[Place, ...]
    is_complete: bool
    """Whether all places are, and there were no more than `MAX_PLACES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The names that a plan changes, which are looked for."""

    gone: Mapping[str, Finding]
    """By entity ids and ids of the registries that lead nowhere afterwards."""
    differences: Mapping[str, tuple[Difference, ...]]
    """By entity id, what an automation may compare with."""
    cameras: frozenset[str]
    """The entity ids of cameras for which a card chooses Frigate by itself."""
    people: Mapping[str, str]
    """The names of Frigate, by the titles that the official integration makes of them."""
    mqtt: MqttConfig
    entry_title: str
    kept: frozenset[str] = frozenset()
    """The ids of entities, devices and entries that other official entries keep."""

    @classmethod
    def from_plan(cls, hass: HomeAssistant, plan: Plan, known: KnownServer) -> Self:
        """Return what a plan changes."""
        return cls(
            gone=dict(_gone(hass, plan)),
            differences={
                move.entity_id: move.differences
                for move in plan.moves
                if move.differences
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
            mqtt=known.config.mqtt,
            entry_title=plan.old_title,
            kept=frozenset(_kept(hass, plan.old_entry_id)),
        )


def _gone(hass: HomeAssistant, plan: Plan) -> Iterator[tuple[str, Finding]]:
    """Yield each id that leads nowhere, with what is shown of it."""
    for stay in plan.stays:
        found = Finding(
            found=stay.entity_id, advice=Advice.STAYS, replacement=stay.reason.value
        )
        yield stay.entity_id, found
        yield stay.registry_id, found
    for move in plan.moves:
        if (twin := move.twin) is not None:
            found = Finding(
                found=twin.entity_id, advice=Advice.TWIN, replacement=move.entity_id
            )
            yield twin.entity_id, found
            yield twin.registry_id, found
    moved = {one.device_id for one in plan.devices}
    left = {one.old_device_id for one in plan.moves} - moved
    devices = dr.async_get(hass)
    for device_id in left | {one.twin_device_id for one in plan.devices}:
        if device_id is not None:
            device = devices.async_get(device_id)
            name = device and (device.name_by_user or device.name)
            shown = f"{name} ({device_id})" if name else device_id
            yield device_id, Finding(found=shown, advice=Advice.DEVICE)
    old_id = plan.old_entry_id
    yield old_id, Finding(found=old_id, advice=Advice.ENTRY)


def _kept(hass: HomeAssistant, old_entry_id: str) -> Iterator[str]:
    """Yield all ids of the other official entries that are in use."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    for entry in all_entries(hass):
        if entry.entry_id == old_entry_id or entry.disabled_by is not None:
            continue
        yield entry.entry_id
        for row in er.async_entries_for_config_entry(entities, entry.entry_id):
            yield row.entity_id
            yield row.id
        for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
            yield device.id


async def async_find_mentions(
    hass: HomeAssistant, plan: Plan, known: KnownServer
) -> Mentions:
    """Find all mentions of what a plan takes away; nothing is changed."""
    collected = await async_collect(hass)
    wanted = Wanted.from_plan(hass, plan, known)
    # There may be megabytes of dashboards.
    read = await hass.async_add_executor_job(
        lambda: [find_in(one, wanted) for one in collected.written]
    )
    mentions = [one for one in read if one.findings]
    return Mentions(
        mentions=tuple(mentions[:MAX_PLACES]),
        unreadable=collected.unreadable,
        is_complete=len(mentions) <= MAX_PLACES and all(m.is_complete for m in read),
    )


def find_in(written: Written, wanted: Wanted) -> Mention:
    """Return what is found in a place, once each; of a blueprint, what is not its own."""
    finder = _Finder(wanted)
    found = finder.find(written.config)
    own = set(_Finder(wanted).find(written.of_blueprint))
    if written.blueprint is not None and any(not one.keeps_working for one in own):
        blueprint = Finding(found=_shown(written.blueprint), advice=Advice.BLUEPRINT)
        found = [blueprint, *(one for one in found if one not in own)]
    return Mention(
        place=written.place,
        findings=tuple(found[:MAX_PER_PLACE]),
        is_complete=not finder.is_cut_off and len(found) <= MAX_PER_PLACE,
    )


class _Finder:
    """Looks through what is written in a place."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._findings: dict[Finding, None] = {}
        self._nodes = 0
        self.is_cut_off = False
        """Whether there was more than is read of a place."""
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
        if self._nodes > _MAX_NODES or depth > _MAX_DEPTH:
            self.is_cut_off = True
        elif key in patterns.TEXT_KEYS:
            return
        elif isinstance(node, str):
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
        for key in patterns.ACTION_KEYS:
            text = node.get(key)
            found = patterns.ACTION.fullmatch(text) if isinstance(text, str) else None
            if found is not None and not self._keeps_target(node):
                self._add(found[0], patterns.advice_for_action(found[1]))
        if str(node.get("type")) in patterns.CARDS:
            self._read_card(node)

    def _keeps_target(self, node: Mapping[Any, Any]) -> bool:
        """Return whether an action is for other official entries only."""
        below = ("target", "data", "service_data", "data_template")
        parts = (node, *(node.get(key) for key in below))
        named = {
            one
            for part in parts
            if isinstance(part, Mapping)
            for key in patterns.TARGET_KEYS
            for one in _texts(part.get(key))
        }
        return bool(named) and named <= self._wanted.kept

    def _is_of_other(self, client_id: str | None) -> bool:
        """Return whether it names a server that another official entry keeps."""
        own = self._wanted.mqtt.client_id
        return bool(self._wanted.kept and own and client_id) and client_id != own

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
        options = options if isinstance(options, Mapping) else {}
        name, client_id = options.get("camera_name"), options.get("client_id")
        entity_id = camera.get("camera_entity")
        entity_id = None if entity_id is None else str(entity_id)
        if entity_id in self._wanted.kept or self._is_of_other(client_id):
            return None
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
        if is_topic and text.startswith(f"{self._wanted.mqtt.topic_prefix}/"):
            is_on = self._wanted.mqtt.enabled
            self._add(text, Advice.TOPIC if is_on else Advice.TOPIC_OFF)
        if key in patterns.DOMAIN_KEYS and text == OFFICIAL_DOMAIN:
            self._add(f"{key}: {text}", Advice.INTEGRATION)
        if text == patterns.LLM_API:
            self._add(text, Advice.TOOL)
        for advice, pattern in patterns.EVERYWHERE.items():
            if not (is_topic and advice is Advice.COMMAND):
                for found in pattern.finditer(text):
                    client_id = patterns.CLIENT_ID.match(found[0])
                    if not self._is_of_other(client_id and client_id[1]):
                        self._add(found[0], _for_address(advice, found[0]))
        if patterns.TEMPLATE.search(text):
            self._read_template(text, named)
        elif text != text.lower() and key not in patterns.SPOKEN_KEYS:
            self._values.add(text)

    def _read_template(self, text: str, named: Iterable[str]) -> None:
        for found in patterns.IN_TEMPLATES[Advice.ACTION].finditer(text):
            self._add(found[0], patterns.advice_for_action(found[1]))
        for found in patterns.IN_TEMPLATES[Advice.INTEGRATION].finditer(text):
            if found[1] in (OFFICIAL_DOMAIN, self._wanted.entry_title):
                self._add(found[0], Advice.INTEGRATION)
        compared = patterns.DEFAULT.sub("", text)
        values = {one[1] or one[2] for one in patterns.VALUE.finditer(compared)}
        self._compare(named, values)
        is_of_trigger = patterns.STATE_OF_TRIGGER.search(text)
        self._values |= {one for one in values if is_of_trigger or one != one.lower()}

    def _names(self, text: str) -> list[str]:
        """Look for entities and devices that lead nowhere; return those that differ."""
        names = [one[1] for one in patterns.ENTITY_ID.finditer(text)]
        names += patterns.REGISTRY_ID.findall(text)
        for name in names:
            if (gone := self._wanted.gone.get(name)) is not None:
                self._findings[gone] = None
        different = [one for one in names if one in self._wanted.differences]
        self._different.update(different)
        return different

    def _compare(self, names: Iterable[str], values: Collection[str]) -> None:
        """Look for values of entities that have others afterwards."""
        for name in names:
            for difference in self._wanted.differences.get(name, ()):
                advice = Advice(difference.aspect.value)
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


def _for_address(advice: Advice, found: str) -> Advice:
    is_live = advice is Advice.ADDRESS and patterns.LIVE.search(found)
    return Advice.ADDRESS_LIVE if is_live else advice


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
