"""What people read: links that lead somewhere, and Spanish beside the English.

The Spanish pages are held to the English ones: the same sections, tables, code and
links, and the same automations, in which only what is said to people differs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from custom_components.frigate_http.aiofrigate.configuration import Config
from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.coordinator.video import Why
from custom_components.frigate_http.media_ids import read_media_id
from custom_components.frigate_http.services import ACTIONS
from custom_components.frigate_http.services.access import Access
from custom_components.frigate_http.services.action import CameraAction
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
from tests.documentation import (
    DOCS,
    README,
    READMES,
    ROOT,
    Section,
    all_pages,
    anchors,
    automations,
    fenced,
    pages,
    sections,
    shown,
)

PACKAGE = ROOT / "custom_components" / DOMAIN

_TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)
_ACTION_ROW = re.compile(
    r"^\| `(?P<name>\w+)`(?P<marks>[^|]*) \|(?P<fields>[^|]*)\|[^|]*\|$", re.MULTILINE
)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
# What stands for a name, in a path or an address.
_PATTERN = re.compile(r"[<{*]|^/|://")
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"`[^`\n]+`")
_TEMPLATE = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
# What a template says in place of nothing.
_OR_ELSE = re.compile(r" or '[^']*'")
# What people read, and the names of files.
_SAID = {
    "alias",
    "filename",
    "instructions",
    "message",
    "name",
    "task_name",
    "title",
}

LANGUAGES = pytest.mark.parametrize("language", [*READMES])
PAIRS = pytest.mark.parametrize(
    ("english", "spanish"),
    [*zip(pages("en"), pages("es"), strict=True)],
    ids=[shown(one) for one in pages("en")],
)


def local(page: Path, link: str) -> tuple[Path, str] | None:
    """Return the file and the section that a link leads to, if it is one of ours."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return target, unquote(parts.fragment)


# Every page


@pytest.mark.parametrize("page", all_pages(), ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for section in sections(page) for link in section.links]
    for link in links:
        if (found := local(page, link)) is None:
            assert urlsplit(link).scheme == "https", link
            continue
        target, fragment = found
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if fragment:
            assert fragment in anchors(target), link


@pytest.mark.parametrize("page", all_pages(), ids=shown)
def test_no_two_sections_have_the_same_anchor(page: Path) -> None:
    assert len({*anchors(page)}) == len(anchors(page))


@LANGUAGES
def test_a_readme_is_read_in_a_few_minutes(language: str) -> None:
    assert len(READMES[language].read_text("utf-8").splitlines()) <= 200


@LANGUAGES
def test_it_says_what_the_scripts_leave(language: str) -> None:
    text = READMES[language].read_text("utf-8")
    named = [one.strip("`") for one in _CODE.findall(text)]
    left = [
        line.strip("/")
        for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert ".toolchain" in left
    for name in left:
        assert any(fnmatch(name, one) for one in named), name


@LANGUAGES
def test_every_page_can_be_found_from_the_readme(language: str) -> None:
    readme, *others = pages(language)
    links = [link for section in sections(readme) for link in section.links]
    found = [target[0] for link in links if (target := local(readme, link))]
    assert {*others} <= {*found}


@PAIRS
def test_a_page_leads_to_the_other_language_and_to_the_readme(
    english: Path, spanish: Path
) -> None:
    for page, other, readme in (
        (english, spanish, READMES["en"]),
        (spanish, english, READMES["es"]),
    ):
        (top, *_) = sections(page)
        found = [target[0] for link in top.links if (target := local(page, link))]
        assert other in found[:1]
        assert page == readme or readme in found[:2]


@pytest.mark.parametrize(
    "page", [*(DOCS / "development").glob("*.md"), ROOT / "CONTRIBUTING.md"], ids=shown
)
def test_what_is_written_for_developers_names_what_there_is(page: Path) -> None:
    words = {word for path in _sources() for word in _WORD.findall(path.read_text())}
    for quoted in _CODE.findall(page.read_text("utf-8")):
        name = quoted.strip("`").split("::")[0]
        if "/" in name and " " not in name and not _PATTERN.search(name):
            assert any((folder / name).exists() for folder in (ROOT, PACKAGE)), name
        elif re.fullmatch(r"[\w.]+\.(py|yaml|json)", name):
            assert any(path.name == name for path in _sources()), name
        elif _IDENTIFIER.fullmatch(name):
            assert {*name.split(".")} <= words, name


def _sources() -> list[Path]:
    """Return the files that a developer may be sent to."""
    return [
        path
        for folder in (
            PACKAGE,
            *(ROOT / name for name in ("benchmarks", "blueprints", "scripts", "tests")),
        )
        for path in folder.rglob("*")
        if path.suffix in {".py", ".yaml", ".json"} and "fixtures" not in path.parts
    ]


# What the pages list


@dataclass(frozen=True, kw_only=True)
class Described:
    """An action as a page has it, and as it is."""

    for_cameras: bool
    admin_only: bool
    fields: frozenset[str]
    required: frozenset[str]


# What the column of fields calls a time by its three fields.
_TIME = {"start_time", "end_time", "duration"}
# What needs no row of its own: there it is said once for all.
_UNDERSTOOD = {"config_entry_id"}


def described_actions(language: str) -> dict[str, Described]:
    """Return the actions that a page describes."""
    found: dict[str, Described] = {}
    (page,) = (one for one in pages(language) if one.stem == "actions")
    for row in _ACTION_ROW.finditer(page.read_text("utf-8")):
        fields = row["fields"]
        names = set(re.findall(r"`(\w+)`", fields))
        assert row["name"] not in found
        found[row["name"]] = Described(
            for_cameras="(c" in row["marks"],
            admin_only="*" in row["marks"],
            fields=frozenset(names | (_TIME if "](#" in fields else set())),
            required=frozenset(re.findall(r"\*\*`(\w+)`\*\*", fields)),
        )
    return found


def actions() -> dict[str, Described]:
    """Return the actions that there are."""
    services = load_yaml_dict(str(PACKAGE / "services.yaml"))
    found = {}
    for action in ACTIONS:
        fields = dict(_flat(services[action.name]["fields"]))
        found[action.name] = Described(
            for_cameras=isinstance(action, CameraAction),
            admin_only=action.access is Access.ADMIN,
            fields=frozenset(fields.keys() - _UNDERSTOOD),
            required=frozenset(
                name for name, one in fields.items() if one and one.get("required")
            ),
        )
    return found


def _flat(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an action, also those in a section."""
    for name, one in fields.items():
        if one and "fields" in one:
            yield from _flat(one["fields"])
        else:
            yield name, one


@LANGUAGES
def test_every_action_is_described_with_its_fields(language: str) -> None:
    described = described_actions(language)
    there = actions()
    assert described.keys() == there.keys()
    for name, action in there.items():
        assert described[name] == action, name


def texts(language: str) -> Any:
    """Return the texts that Home Assistant shows in a language."""
    path = PACKAGE / "translations" / f"{language}.json"
    return json.loads(path.read_text("utf-8"))


def first_cells(language: str, name: str, section: int) -> list[str]:
    """Return the first cell of each row of the table in a section of a page."""
    (page,) = (one for one in pages(language) if one.stem == name)
    (table,) = _TABLE.findall(sections(page)[section].text)
    _heading, _line, *rows = table.splitlines()
    return [row.split(" | ")[0].removeprefix("| ") for row in rows]


def _labels(step: dict[str, Any]) -> Iterator[str]:
    """Yield the labels of a form, also those in a section."""
    yield from step.get("data", {}).values()
    for section in step.get("sections", {}).values():
        yield from _labels(section)


@LANGUAGES
def test_every_option_is_described(language: str) -> None:
    labels = [*_labels(texts(language)["options"]["step"]["init"])]
    assert first_cells(language, "setup", 1) == labels


@LANGUAGES
def test_every_repair_is_described(language: str) -> None:
    titles = [one["title"] for one in texts(language)["issues"].values()]
    described = first_cells(language, "troubleshooting", -1)
    assert described == [one.replace("{title}", "...") for one in titles]


@LANGUAGES
def test_the_pages_name_what_the_forms_say(language: str) -> None:
    steps = texts(language)["config"]["step"]
    (page,) = (one for one in pages(language) if one.stem == "setup")
    for label in (
        steps["user"]["data"]["verify_ssl"],
        steps["user"]["data"]["official_account"],
        steps["login"]["sections"]["proxy_credentials"]["name"],
        *steps["authenticate"]["menu_options"].values(),
    ):
        assert f"*{label}*" in page.read_text("utf-8")


@LANGUAGES
def test_what_the_media_browser_says_is_explained(language: str) -> None:
    (page,) = (one for one in pages(language) if one.stem == "media")
    symptoms = page.read_text("utf-8")
    for key, error in texts(language)["exceptions"].items():
        if key.startswith("media_"):
            said, *_what_to_do = error["message"].split(". ")
            assert f"| {said} |" in symptoms, key


@LANGUAGES
def test_every_reason_why_a_camera_shows_pictures_is_explained(language: str) -> None:
    assert first_cells(language, "live-view", -1) == [f"`{why}`" for why in Why]


@LANGUAGES
def test_the_example_lets_frigate_restream_the_camera(language: str) -> None:
    (page,) = (one for one in pages(language) if one.stem == "live-view")
    (example,) = fenced(page, "yml")
    config = parse_yaml(example)
    assert isinstance(config, dict)
    assert Config.from_api(config).stream_of("front_door") == "front_door"
    assert example == fenced(DOCS / "en" / page.name, "yml")[0]


@LANGUAGES
def test_identifiers_of_the_media_browser_can_be_written_by_hand(language: str) -> None:
    (page,) = (one for one in pages(language) if one.stem == "media")
    found = re.findall(r"\| `(/[^`]+)`", page.read_text("utf-8"))
    assert len(found) == 6
    for one in found:
        written = "01ABC" + re.sub(
            r"<(\w+)>",
            lambda name: "1795701789.0" if name[1] in {"start", "end"} else "name",
            one,
        )
        assert read_media_id(written).written == written


# In Spanish


def parts(tree: Any, key: str = "") -> Iterator[Any]:
    """Yield what makes up an automation: of what is said only the templates."""
    if isinstance(tree, dict):
        yield [*tree]
        for name, one in tree.items():
            yield from parts(one, name)
    elif isinstance(tree, list):
        yield len(tree)
        for one in tree:
            yield from parts(one, key)
    elif key in _SAID:
        yield [_OR_ELSE.sub("", one) for one in _TEMPLATE.findall(tree)]
    else:
        yield tree


def side_by_side(english: Path, spanish: Path) -> Iterator[tuple[Section, Section]]:
    """Yield each section of a page in English and in Spanish."""
    yield from zip(sections(english), sections(spanish), strict=True)


def code(text: str) -> list[str]:
    """Return what is written as code, in an order that no language changes."""
    return sorted(_CODE.findall(text))


def tables(text: str) -> list[list[tuple[int, list[str]]]]:
    """Return the rows of each table: how many cells each has, and the code in it."""
    return [
        [(row.count(" |"), code(row)) for row in table.splitlines()]
        for table in _TABLE.findall(text)
    ]


def destinations(page: Path, section: Section) -> list[tuple[str, int]]:
    """Return where the links of a section lead, whatever its language."""
    return [destination(page, link) for link in section.links]


def destination(page: Path, link: str) -> tuple[str, int]:
    """Return the English page that a link leads to, and the number of the section."""
    if (found := local(page, link)) is None:
        # The address of a Spanish blueprint; it is a part of that of the button.
        english = link.replace("frigate_http%2Fes%2F", "frigate_http%2F")
        return english.replace("_es.yaml", ".yaml"), 0
    target, fragment = found
    number = anchors(target).index(fragment) if fragment else 0
    if target in READMES.values():
        target = README
    elif target.is_relative_to(DOCS / "es"):
        target = DOCS / "en" / target.name
    elif target.is_relative_to(ROOT / "blueprints") and target.parent.name == "es":
        target = target.parents[1] / target.name.replace("_es.", ".")
    return shown(target), number


def test_every_page_is_there_in_both_languages() -> None:
    names = [[one.name for one in pages(language)[1:]] for language in READMES]
    assert names[0] == names[1]
    assert names[0]


@PAIRS
def test_the_sections_are_the_same_in_spanish(english: Path, spanish: Path) -> None:
    levels = [[one.level for one in sections(page)] for page in (english, spanish)]
    assert levels[0] == levels[1]


@PAIRS
def test_the_tables_are_the_same_in_spanish(english: Path, spanish: Path) -> None:
    for one, other in side_by_side(english, spanish):
        assert tables(other.text) == tables(one.text), one.title


def test_there_are_tables_to_compare() -> None:
    found = [tables(section.text) for page in pages("en") for section in sections(page)]
    assert sum(map(len, found)) > 10


@PAIRS
def test_the_code_is_the_same_in_spanish(english: Path, spanish: Path) -> None:
    for one, other in side_by_side(english, spanish):
        assert code(other.text) == code(one.text), one.title


@PAIRS
def test_the_links_are_the_same_in_spanish(english: Path, spanish: Path) -> None:
    for one, other in side_by_side(english, spanish):
        links = destinations(english, one), destinations(spanish, other)
        if one.level == 1:
            # They begin by leading to each other.
            links = links[0][1:], links[1][1:]
        assert links[0] == links[1], one.title


def test_the_automations_are_the_same_in_spanish() -> None:
    english, spanish = automations(), automations("es")
    assert len(english) == len(spanish)
    assert not english.keys() & spanish.keys()
    for one, other in zip(english.values(), spanish.values(), strict=True):
        assert [*parts(other)] == [*parts(one)], other["alias"]
