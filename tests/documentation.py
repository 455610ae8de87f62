"""The pages that people read, and what tests look for in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
from tests.common import pass_time

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
READMES = {"en": README, "es": README.with_name("README.es.md")}

# An entity of the camera that the examples are about, or of the server.
FRIGATE_ENTITY = re.compile(
    r"\b(?:binary_sensor|button|camera|event|image|number|select|sensor|switch|update)"
    r"\.(?:front_door|frigate)\w*"
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands below it, without fenced code."""

    level: int
    title: str
    text: str

    @property
    def links(self) -> list[str]:
        """Return where its links and pictures lead."""
        return _LINK.findall(self.text)


def pages(language: str) -> list[Path]:
    """Return the pages of a language, the README first."""
    return [READMES[language], *sorted((DOCS / language).glob("*.md"))]


def all_pages() -> list[Path]:
    """Return every page of the repository, whoever it is for."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def shown(page: Path) -> str:
    """Return the path of a page from the root of the repository."""
    return str(page.relative_to(ROOT))


def sections(page: Path) -> list[Section]:
    """Return the sections of a page."""
    _, *found = _HEADING.split(_FENCE.sub("", page.read_text("utf-8")))
    return [
        Section(level=len(marks), title=title, text=text)
        for marks, title, text in zip(found[::3], found[1::3], found[2::3], strict=True)
    ]


def anchors(page: Path) -> list[str]:
    """Return what leads to the sections of a page, in their order."""
    return [anchor(one.title) for one in sections(page)]


def anchor(title: str) -> str:
    """Return what leads to a heading, as GitHub makes it."""
    return re.sub(r"[^\w-]", "", title.lower().replace(" ", "-"))


def fenced(page: Path, language: str) -> list[str]:
    """Return the blocks of code of a page that are in a language."""
    found = _FENCE.findall(page.read_text("utf-8"))
    return [text for written_in, text in found if written_in == language]


def automations(language: str = "en") -> dict[str, dict[str, Any]]:
    """Return the automations of all pages of a language, by their names."""
    found: dict[str, dict[str, Any]] = {}
    for text in _automation_texts(language):
        automation = parse_yaml(text.replace("!secret ", "the-"))
        assert isinstance(automation, dict)
        assert automation["alias"] not in found
        found[automation["alias"]] = automation
    return found


def _automation_texts(language: str) -> Iterator[str]:
    for page in pages(language):
        yield from fenced(page, "yaml")


async def load(hass: HomeAssistant, name: str, language: str = "en") -> str:
    """Load an automation and return its entity id."""
    config = {"automation": [automations(language)[name]]}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    (entity_id,) = hass.states.async_entity_ids("automation")
    state = hass.states.get(entity_id)
    assert state is not None
    # What is not valid is loaded too, as unavailable.
    assert state.state == "on"
    return entity_id


async def pass_until(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hour: int, minute: int = 0
) -> None:
    """Let time pass until the clock next shows a time of day."""
    now = dt_util.now()
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if then <= now:
        then += timedelta(days=1)
    await pass_time(hass, freezer, (then - now).total_seconds() + 1)
