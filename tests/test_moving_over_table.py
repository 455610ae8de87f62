"""The page for users of the official integration: all that it has is in the tables, once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
import re

import pytest

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.number import FEATURE_NUMBERS
from custom_components.frigate_http.taking_over.differences import DIFFERENCES
from custom_components.frigate_http.taking_over.finding import Reason
from custom_components.frigate_http.taking_over.known import KnownServer
from custom_components.frigate_http.taking_over.official import OfficialId, as_place
from custom_components.frigate_http.taking_over.patterns import (
    EVERYWHERE,
    Advice,
    advice_for_action,
)
from custom_components.frigate_http.taking_over.twins import RULES, Twins
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify
from tests.conftest import make_entry, set_up
from tests.documentation import DOCS, READMES
from tests.fake_frigate import FakeFrigate
from tests.official_registry import (
    ACTIONS,
    CAMERA_ACTIONS,
    CARDS,
    GONE,
    HTTP_PATHS,
    LLM_API,
    LLM_TOOL,
    MEDIA_SOURCE,
    MODEL_CLASSES,
    OPTIONS,
    PLATFORMS,
    TOPICS,
    WEBSOCKET_COMMANDS,
    Official,
    large_house,
)
from tests.test_readme import actions, texts
from tests.versions import SINCE_018, WITH_016

LANGUAGES = pytest.mark.parametrize("language", [*READMES])
PAGES = {language: DOCS / language / "moving-over.md" for language in READMES}

FACTS = (
    *ACTIONS,
    *(f"camera.{action}" for action in CAMERA_ACTIONS),
    *TOPICS,
    *OPTIONS,
    *WEBSOCKET_COMMANDS,
    *CARDS,
    *HTTP_PATHS,
    MEDIA_SOURCE,
    LLM_API,
    LLM_TOOL,
)
"""All that the official integration has, but for its entities."""

_TABLE = re.compile(r"^\| (.+) \|\n\|[-|]+\|\n((?:\|.+\|\n)+)", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_PAIR = re.compile(r"`(\w+\.[\w<>]+)`(?: → `(\w+\.[\w<>]+)`)?")
_NAME = re.compile(r"<(\w+)>")
_NAME_HERE = re.compile(r"(?:camera\.)?\w+")
_OFF = re.compile("disabled by default|deshabilitad[oa]s? de forma predeterminada")
# What is promised for later.
_NOT_YET = re.compile(r"not yet|planned|(todavía|aún) no|previsto", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table, whose first cell is of the official integration."""

    cells: tuple[str, ...]
    is_left_out: bool
    """Whether the second cell says why, and not what there is here."""

    @property
    def instead(self) -> str:
        """Return the cell that says what there is here."""
        return self.cells[2 if self.is_left_out else 1]

    @property
    def named(self) -> list[str]:
        """Return what the first cell has as code."""
        return _CODE.findall(self.cells[0])

    @property
    def written(self) -> list[str]:
        """Return what the other cells have as code."""
        return _CODE.findall(" ".join(self.cells[1:]))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the entity ids of the official integration, with those here."""
        if len(self.cells) < 4:
            return []
        found = [_PAIR.fullmatch(one) for one in self.cells[2].split("<br>")]
        assert None not in found, self.cells[2]
        return [(one[1], one[2] or one[1]) for one in found if one is not None]


def rows(language: str) -> list[Row]:
    """Return the rows of all tables, without their heads."""
    return [
        Row(cells=cells_of(line), is_left_out=cells_of(head)[1] in {"Why", "Por qué"})
        for head, lines in _TABLE.findall(PAGES[language].read_text("utf-8"))
        for line in lines.splitlines()
    ]


def cells_of(line: str) -> tuple[str, ...]:
    """Return the cells of a line of a table."""
    return tuple(one.strip() for one in line.strip("|").split(" | "))


def entity_rows(language: str) -> list[Row]:
    """Return the rows of entities."""
    return [one for one in rows(language) if one.pairs]


def row_of(language: str, fact: str) -> Row:
    """Return the only row that names something of the official integration."""
    found = [one for one in rows(language) if fact in one.named]
    assert len(found) == 1, fact
    return found[0]


# What is not an entity


@LANGUAGES
def test_all_that_the_official_integration_has_is_in_one_row(language: str) -> None:
    for fact in FACTS:
        assert all(row_of(language, fact).cells), fact
    reasons = {one.value for one in Reason}
    named = {name for row in rows(language) for name in row.named} - reasons
    # The last two only stand for what they are of.
    assert named == {*FACTS, "client_id", "engine: frigate"}


@LANGUAGES
def test_what_is_there_instead_exists(language: str) -> None:
    fields = {"thumbnail", "snapshot", "clip"}
    found = {
        one
        for fact in FACTS
        for one in _CODE.findall(row_of(language, fact).instead)
        if _NAME_HERE.fullmatch(one)
    }
    camera_actions = {f"camera.{action}" for action in CAMERA_ACTIONS}
    assert fields < found <= {*actions(), *camera_actions, *fields}


@LANGUAGES
@pytest.mark.parametrize("action", ACTIONS)
def test_the_action_in_its_place_has_its_fields(language: str, action: str) -> None:
    row = row_of(language, action)
    (name,) = _CODE.findall(row.cells[1])
    ours = actions()[name]
    others = {one for one in row.written if one in ours.fields}
    for field in ACTIONS[action]:
        assert field in ours.fields or (field in row.written and others), field
    # All of the official ones but this take a camera.
    if action != "review_summarize" and not ours.for_cameras:
        assert "target" in row.cells[2] or "objetivo" in row.cells[2]


@pytest.mark.parametrize("action", ACTIONS)
def test_the_preview_says_what_to_use_in_place_of_each_action(action: str) -> None:
    assert advice_for_action(action) is not Advice.ACTION


def test_the_preview_finds_what_is_left_out() -> None:
    for advice, facts in (
        (Advice.COMMAND, WEBSOCKET_COMMANDS),
        (Advice.ADDRESS, HTTP_PATHS),
        (Advice.MEDIA, (MEDIA_SOURCE,)),
        (Advice.TOOL, (LLM_TOOL,)),
    ):
        for fact in facts:
            assert EVERYWHERE[advice].fullmatch(fact), fact


@LANGUAGES
def test_every_reason_why_an_entity_stays_is_explained(language: str) -> None:
    reasons = {one.value for one in Reason}
    found = [name for row in rows(language) for name in row.named if name in reasons]
    assert found == [*Reason]


@LANGUAGES
def test_the_page_names_the_field_of_the_dialog(language: str) -> None:
    label = texts(language)["config"]["step"]["take_over"]["data"]["leave"]
    assert f"*{label}*" in row_of(language, Reason.UNTICKED).cells[1]


@LANGUAGES
def test_nothing_is_promised_for_later(language: str) -> None:
    assert _NOT_YET.search(PAGES[language].read_text("utf-8")) is None


def test_both_languages_have_the_same_rows() -> None:
    english, spanish = rows("en"), rows("es")
    assert len(english) == len(spanish) > 40
    for one, other in zip(english, spanish, strict=True):
        assert one.is_left_out is other.is_left_out
        assert len(one.cells) == len(other.cells)
        for cells in zip(one.cells, other.cells, strict=True):
            assert sorted(_CODE.findall(cells[0])) == sorted(_CODE.findall(cells[1]))


# Entities


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The names of all that a server has, as they are in entity ids."""

    names: Mapping[str, frozenset[str]]
    """What the words in angle brackets stand for."""
    zones: frozenset[tuple[str, str]]
    """Cameras with their zones."""

    def read(self, pattern: str, entity_id: str) -> dict[str, str] | None:
        """Return the names in an entity id; None if it is of another pattern."""
        named = _NAME.sub(
            lambda name: f"(?P<{name[1]}>{'|'.join(self.names[name[1]])})",
            pattern.replace(".", r"\."),
        )
        match = re.fullmatch(named, entity_id)
        return None if match is None else match.groupdict()

    def fill(self, pattern: str, known: Mapping[str, str]) -> Iterator[str]:
        """Yield a pattern with its names, once for each camera if that is not known."""
        open_names = [one for one in _NAME.findall(pattern) if one not in known]
        for values in product(*(self.names[one] for one in open_names)):
            names = {**known, **dict(zip(open_names, values, strict=True))}
            place = names.get("camera", ""), names.get("zone", "")
            if "camera" in open_names and "zone" in names and place not in self.zones:
                continue
            yield _filled(pattern, names)


def _filled(pattern: str, names: Mapping[str, str]) -> str:
    return _NAME.sub(lambda name: names[name[1]], pattern)


def house_of(frigate: FakeFrigate) -> House:
    """Return the names of a large house."""
    state = frigate.state
    cameras = state.cameras
    named: dict[str, list[str]] = {
        "camera": [*cameras, GONE],
        "zone": [zone for one in cameras.values() for zone in one.zones],
        "label": ["all", "person", "car"],
        "sound": [one for each in cameras.values() for one in each.audio_labels or ()],
        "model": [*state.classification, *state.object_classifiers],
        "detector": [*state.detectors],
        "gpu": [*state.gpus],
        "device": [*state.temperatures],
        "person": [*state.faces],
        "plate": [*state.known_plates],
        "class": [*MODEL_CLASSES],
    }
    return House(
        names={key: frozenset(map(slugify, names)) for key, names in named.items()},
        zones=frozenset(
            (name, zone) for name, one in cameras.items() for zone in one.zones
        ),
    )


def where(
    language: str, house: House, one: Official
) -> tuple[Row, dict[str, str], str]:
    """Return the only row with an entity, the names in its id, and the pattern here."""
    found = [
        (row, names, here)
        for row in entity_rows(language)
        for official, here in row.pairs
        if (names := house.read(official, one.entity_id)) is not None
    ]
    assert len(found) == 1, (one.entity_id, found)
    return found[0]


@SINCE_018
@LANGUAGES
def test_every_kind_of_entity_is_in_one_row(
    frigate: FakeFrigate, language: str
) -> None:
    entities = large_house(frigate)
    house = house_of(frigate)
    assert {one.kind for one in entities} == RULES.keys()
    assert {one.platform for one in entities} == {*PLATFORMS}
    kinds: dict[str, set[str]] = {}
    for one in entities:
        row, *_ = where(language, house, one)
        kinds.setdefault(row.cells[0], set()).add(one.kind)
    # No row is of nothing.
    assert kinds.keys() == {row.cells[0] for row in entity_rows(language)}
    for kind in RULES.keys() - {"switch"}:
        assert sum(kind in found for found in kinds.values()) == 1, kind


@SINCE_018
@LANGUAGES
def test_what_differs_is_in_the_row(frigate: FakeFrigate, language: str) -> None:
    entities = {one.kind: one for one in large_house(frigate)}
    house = house_of(frigate)
    for kind, differences in DIFFERENCES.items():
        row, *_ = where(language, house, entities[kind])
        for difference in differences:
            words = [*difference.theirs.split(", "), *difference.ours.split(", ")]
            assert {one for one in words if one} <= {*row.written}, kind


@SINCE_018
@LANGUAGES
def test_the_numbers_have_the_ranges_of_the_row(
    frigate: FakeFrigate, language: str
) -> None:
    theirs = {
        f"motion_{slugify(one.title)}": one.capabilities["max"]
        for one in large_house(frigate)
        if one.platform == "number" and one.capabilities
    }
    ours = {one.key: int(one.native_max_value or 0) for one in FEATURE_NUMBERS}
    (row,) = (
        row
        for row in entity_rows(language)
        if "`number.<camera>_threshold`" in row.cells[2]
    )
    assert theirs.keys() == ours.keys()
    assert all(theirs[key] <= most for key, most in ours.items())
    named = [*map(int, re.findall(r"\d+", row.cells[3]))]
    assert sorted(named) == sorted([*theirs.values(), *ours.values()])


@WITH_016
async def test_every_entity_is_continued_by_the_one_in_its_row(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entities = large_house(frigate)
    house = house_of(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    registry = er.async_get(hass)
    there = {
        one.entity_id
        for one in er.async_entries_for_config_entry(registry, entry.entry_id)
    }
    server = entry.runtime_data.server
    twins = Twins(KnownServer.from_data(server.data, server.client.capabilities))
    same = 0
    for language, one in product(READMES, entities):
        row, names, here = where(language, house, one)
        found = twins.find(
            OfficialId(kind=one.kind, name=one.name),
            one.platform,
            as_place(one.device) if one.device else None,
        )
        if found in {Reason.NOT_CONFIGURED, Reason.NOT_PROVIDED}:
            continue
        ours = {*house.fill(here, names)} & there
        assert ours, one.entity_id
        if isinstance(found, Reason):
            assert found in {Reason.SHARED_ZONE, Reason.NO_TWIN}
            continue
        unique_id = found.unique_id(entry.entry_id)
        twin = registry.async_get_entity_id(one.platform, DOMAIN, unique_id)
        assert ours == {twin}, one.entity_id
        same += twin == one.entity_id
        # Who changes over without taking over has to know what to enable.
        if one.enabled and (found_row := registry.async_get(twin or "")):
            assert not found_row.disabled or _OFF.search(row.cells[3]), twin
    assert same > len(entities)
