"""The automations of the README: each is loaded and run as somebody would.

The Spanish README is held to the English one: the same tables, code and links, and
the same automations, in which only what is said to people differs.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
from tests.common import entity_id, pass_time, state_of
from tests.fake_frigate import FakeFrigate
from tests.live.common import until, until_pushing, until_state
from tests.services.common import set_up_admin
from tests.services.footage_time import turns
from tests.test_quality_scale import anchor

README = Path(__file__).parents[1] / "README.md"
SWITCHED = ("on", "off")
SPANISH = README.with_name("README.es.md")
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\]\(([^)]+)\)")
_TEMPLATE = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
# What a template says in place of nothing.
_OR_ELSE = re.compile(r" or '[^']*'")
# What people read, and the names of files.
_SAID = {"alias", "filename", "message", "name", "title"}


def automations(readme: Path = README) -> dict[str, dict[str, Any]]:
    """Return the automations that stand in a README, by their names."""
    found: dict[str, dict[str, Any]] = {}
    for text in _BLOCK.findall(readme.read_text("utf-8")):
        automation = parse_yaml(text.replace("!secret ", "the-"))
        assert isinstance(automation, dict)
        found[automation["alias"]] = automation
    return found


@pytest.fixture
async def entry(
    hass: HomeAssistant, fixed_time: None, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry whose account may do everything."""
    return await set_up_admin(hass, frigate)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let automations wait for their next time when the test ends."""
    return True


async def load(hass: HomeAssistant, name: str, readme: Path = README) -> str:
    """Load an automation and return its entity id."""
    config = {"automation": [automations(readme)[name]]}
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


async def test_a_guest_comes_and_goes(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    hass.states.async_set("input_boolean.guest", "off")
    automation = await load(hass, "Guest account")
    for _ in range(2):
        # Switched on again, the account stays the one it is.
        for state in ("on", "off"):
            hass.states.async_set("input_boolean.guest", state)
            await hass.async_block_till_done(wait_background_tasks=True)
    guest = frigate.state.users["guest"]
    assert (guest.password, guest.role) == ("the-frigate_guest_password", "viewer")

    # A restart in between would do the same to it.
    for command in ("turn_off", "turn_on"):
        await hass.services.async_call(
            "automation", command, {"entity_id": automation}, blocking=True
        )
    for _ in range(2):
        await pass_until(hass, freezer, hour=11)
        assert "guest" not in frigate.state.users


async def test_only_new_errors_are_told(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    helper = {"input_text": {"frigate_error": {"max": 255}}}
    assert await async_setup_component(hass, "input_text", helper)
    told = async_mock_service(hass, "persistent_notification", "create")
    await load(hass, "Errors in Frigate's log")

    async def after_a_while() -> list[str]:
        told.clear()
        await pass_time(hass, freezer, 900)
        return [call.data["message"] for call in told]

    # One stands there from before.
    assert len(await after_a_while()) == 1
    assert await after_a_while() == []
    frigate.log("the detector is stuck", "ERROR")
    (message,) = await after_a_while()
    assert message.endswith("the detector is stuck")
    assert await after_a_while() == []
    frigate.log("out of memory", "CRITICAL")
    (message,) = await after_a_while()
    assert message.endswith("out of memory")


async def test_the_bell_is_exported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    told: list[ServiceCall] = async_mock_service(hass, "notify", "notify")
    hass.states.async_set("binary_sensor.door_bell", "off")
    await load(hass, "Export when the bell rings")
    hass.states.async_set("binary_sensor.door_bell", "on")
    while not told:
        await turns()
        freezer.tick(1)
    (call,) = told
    assert call.data["message"] == "Bell at 04:00 is ready."
    assert "/exports/front_door_" in call.data["data"]["url"]


async def test_faces_are_recognised_at_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = async_mock_service(hass, "notify", "notify")
    frigate.add_face("Eileen", 1)
    frigate.expect_face(frigate.add_training_image(), "Eileen")
    frigate.add_training_image()
    await load(hass, "Reprocess faces")
    await pass_until(hass, freezer, hour=3, minute=30)
    (call,) = told
    assert "Recognised at last: Eileen" in " ".join(call.data["message"].split())


# What happens at the door


async def test_a_picture_of_who_is_at_the_door(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    await until_pushing(hass, entry, frigate)
    told: list[ServiceCall] = async_mock_service(hass, "notify", "notify")
    await load(hass, "A person at the door")
    for label in ("car", "person"):
        name = "Eileen" if label == "person" else None
        seen = frigate.object_appears("front_door", label, sub_label=name)
        review = frigate.review_starts(
            "front_door", "detection", objects=[label], events=[seen]
        )
        frigate.review_changes(review, severity="alert")
        frigate.review_ends(review)
    key = "camera:front_door:review"
    review_entity = entity_id(hass, entry, "event", key)
    assert review_entity == "event.front_door_review"

    def is_over() -> bool:
        state = hass.states.get(review_entity)
        return (
            state is not None
            and state.attributes.get("severity") == "alert"
            and (
                state.attributes["objects"] == ["person"] and "end" in state.attributes
            )
        )

    await until(hass, is_over)
    await turns()
    (call,) = told
    assert call.data["message"] == "It is Eileen."
    assert call.data["data"]["image"].startswith("/api/image_proxy/image.front_door_")


async def test_a_light_at_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    motion = ("binary_sensor", "camera:front_door:motion")
    lit, dark = (async_mock_service(hass, "light", f"turn_{one}") for one in SWITCHED)
    await load(hass, "Light on motion at night")

    async def move(*, on: bool) -> None:
        frigate.motion("front_door", on)
        await until_state(hass, entry, *motion, "on" if on else "off")
        await turns()

    hass.states.async_set("sun.sun", "above_horizon")
    await move(on=True)
    await move(on=False)
    assert not lit
    hass.states.async_set("sun.sun", "below_horizon")
    await move(on=True)
    assert len(lit) == 1
    await move(on=False)
    assert not dark
    await pass_time(hass, freezer, 121)
    assert len(dark) == 1


async def test_detection_is_paused_at_home(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    await until_pushing(hass, entry, frigate)
    detect = ("switch", "camera:front_door:detect")
    assert entity_id(hass, entry, *detect) == "switch.front_door_detection"
    await load(hass, "Pause detection at home")
    for people, state in (("1", "off"), ("2", "off"), ("0", "on")):
        hass.states.async_set("zone.home", people)
        await until_state(hass, entry, *detect, state)
        await hass.async_block_till_done()
        assert state_of(hass, entry, *detect) == state


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


def sections(readme: Path) -> list[tuple[str, str, str]]:
    """Return the level, title and text of each section, without automations."""
    _, *found = _HEADING.split(_BLOCK.sub("", readme.read_text("utf-8")))
    return [*zip(found[::3], found[1::3], found[2::3], strict=True)]


def side_by_side() -> Iterator[tuple[str, str, str]]:
    """Yield the title of each section, and its text in English and in Spanish."""
    for one, other in zip(sections(README), sections(SPANISH), strict=True):
        yield one[1], one[2], other[2]


def code(text: str) -> list[str]:
    """Return what is written as code, in an order that no language changes."""
    return sorted(_CODE.findall(text))


def tables(text: str) -> list[list[tuple[int, list[str]]]]:
    """Return the rows of each table: how many cells each has, and the code in it."""
    return [
        [(row.count(" |"), code(row)) for row in table.splitlines()]
        for table in _TABLE.findall(text)
    ]


def test_the_readmes_lead_to_each_other() -> None:
    for one, other in ((README, SPANISH), (SPANISH, README)):
        top = one.read_text("utf-8").splitlines()[:5]
        assert f"]({other.name})" in " ".join(top)


def test_the_readmes_have_the_same_sections() -> None:
    levels = [[level for level, *_ in sections(one)] for one in (README, SPANISH)]
    assert levels[0] == levels[1]


def test_the_tables_are_the_same_in_spanish() -> None:
    assert any(tables(english) for _, english, _ in side_by_side())
    for title, english, spanish in side_by_side():
        assert tables(spanish) == tables(english), title


def test_the_code_is_the_same_in_spanish() -> None:
    for title, english, spanish in side_by_side():
        assert code(spanish) == code(english), title


def test_the_links_are_the_same_in_spanish() -> None:
    for title, english, spanish in side_by_side():
        one, other = (
            [
                link
                for link in _LINK.findall(text)
                if not link.startswith("#") and link not in {README.name, SPANISH.name}
            ]
            for text in (english, spanish)
        )
        assert one == other, title


@pytest.mark.parametrize("readme", [README, SPANISH], ids=lambda one: one.name)
def test_links_within_a_readme_lead_to_its_sections(readme: Path) -> None:
    anchors = {anchor(f"# {title}") for _, title, _ in sections(readme)}
    links = _LINK.findall(readme.read_text("utf-8"))
    assert {one[1:] for one in links if one.startswith("#")} <= anchors


def test_the_automations_are_the_same_in_spanish() -> None:
    english, spanish = automations(), automations(SPANISH)
    assert len(english) == len(spanish)
    assert not english.keys() & spanish.keys()
    for one, other in zip(english.values(), spanish.values(), strict=True):
        assert [*parts(other)] == [*parts(one)], other["alias"]


@pytest.mark.parametrize("name", automations(SPANISH))
async def test_the_automations_load_in_spanish(hass: HomeAssistant, name: str) -> None:
    await load(hass, name, SPANISH)
