"""Which cameras an assistant may tell of: exposed to it, and visible to who asks."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_CAMERAS
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.services.common import camera_entity, person
from tests.services.test_access import owner_of
from tests.versions import EVERY_VERSION

from .common import DOOR, GATE, Answer, ask, expose

RESTRICTED = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
HOW_TO = "Settings > Voice assistants > Expose"
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("what_happened", {}),
    ("what_happened", {"person": "Ana"}),
    ("who_was_seen_last", {}),
    ("camera_status", {}),
)


async def ask_all(hass: HomeAssistant, context: Context | None = None) -> list[Answer]:
    """Return the answers to all questions."""
    return [await ask(hass, tool, context, **args) for tool, args in QUESTIONS]


def cameras(answer: Answer) -> set[str]:
    """Return the cameras that an answer tells of."""
    return {one["camera"] for one in answer["items"]}


@pytest.fixture
async def seen(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry both of whose cameras have seen the same person."""
    frigate.add_face("Ana", 1)
    frigate.add_face("Bob", 1)
    for camera in (DOOR, GATE):
        frigate.add_review(camera, sub_labels=["Ana"])
        frigate.add_event(camera, sub_label="Ana")
    frigate.add_reviews(GATE, 25, ago=10, every=1, sub_labels=["Bob"])
    frigate.add_events(GATE, 25, ago=10, every=1, sub_label="Bob")
    return await set_up(hass, make_entry(frigate.internal_url))


async def test_nothing_is_told_before_a_camera_is_exposed_to_this_assistant(
    hass: HomeAssistant, seen: MockConfigEntry
) -> None:
    expose(hass, seen, GATE, to="cloud.alexa")
    for answer in await ask_all(hass):
        assert [*answer] == ["error"]
        assert HOW_TO in answer["error"]
    expose(hass, seen, DOOR)
    for answer in await ask_all(hass):
        assert cameras(answer) == {"Front door"}
        assert answer["more"] is False


async def test_a_camera_whose_entity_is_disabled_is_not_told_of(
    hass: HomeAssistant, seen: MockConfigEntry
) -> None:
    expose(hass, seen, DOOR, GATE)
    er.async_get(hass).async_update_entity(
        camera_entity(hass, seen, GATE), disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    for answer in await ask_all(hass):
        assert cameras(answer) == {"Front door"}


async def test_a_user_of_one_camera_learns_nothing_of_the_others(
    hass: HomeAssistant, seen: MockConfigEntry
) -> None:
    expose(hass, seen, DOOR, GATE)
    owner = owner_of(hass, camera_entity(hass, seen))
    for answer in await ask_all(hass, owner):
        assert cameras(answer) == {"Front door"}
        assert len(answer["items"]) == 1
        assert answer["more"] is False
        assert "Bob" not in str(answer)
    # Whoever is known and was not seen there is told of as one whom nobody knows.
    for tool in ("what_happened", "who_was_seen_last"):
        for name in ("Bob", "Nobody"):
            answer = await ask(hass, tool, owner, person=name)
            answer.pop("since", None)
            assert answer == {"items": [], "more": False}
        # A place that they may not see is as good as none.
        for place in ("Portones", "Nowhere"):
            answer = await ask(hass, tool, owner, place=place)
            assert answer["error"].endswith("this name. Cameras: Front door.")
    # The house knows all of them.
    answer = await ask(hass, "who_was_seen_last", person="Nobody")
    assert answer["error"].endswith("People: Ana, Bob.")


async def test_whoever_may_see_no_camera_gets_the_answer_for_none_exposed(
    hass: HomeAssistant, seen: MockConfigEntry
) -> None:
    expose(hass, seen, DOOR, GATE)
    stranger, gone = owner_of(hass, "light.porch"), Context(user_id="gone")
    for context in (stranger, gone):
        for answer in await ask_all(hass, context):
            assert HOW_TO in answer["error"]
    # Also while the server is not there.
    await hass.config_entries.async_unload(seen.entry_id)
    for context in (stranger, gone):
        assert HOW_TO in (await ask(hass, "camera_status", context))["error"]


async def test_without_a_user_what_is_exposed_is_told(
    hass: HomeAssistant, seen: MockConfigEntry
) -> None:
    expose(hass, seen, DOOR, GATE)
    administrator = await person(hass, is_admin=True)
    everything = [{"Portones"}, {"Front door", "Portones"}, {"Front door", "Portones"}]
    for context in (None, Context(), administrator):
        happened, ana, last, status = await ask_all(hass, context)
        assert cameras(happened) == {"Portones"}
        assert happened["more"] is True
        assert [cameras(one) for one in (happened, ana, status)] == everything
        assert {one["person"] for one in last["items"]} == {"Ana", "Bob"}


@EVERY_VERSION
async def test_an_account_with_one_camera_tells_of_that_one(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.add_face("Ana", 1)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR, GATE)
    for camera in (DOOR, GATE):
        frigate.add_review(camera, sub_labels=["Ana"])
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "url": frigate.external_url, **RESTRICTED}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    for tool in ("what_happened", "camera_status"):
        assert cameras(await ask(hass, tool)) == {"Portones"}
    # It may not read the face library.
    answer = await ask(hass, "what_happened", person="Ana")
    assert answer["error"].startswith("Nobody is known by name")
    assert "Ana" not in str(await ask(hass, "what_happened"))


async def test_a_camera_that_is_not_selected_is_not_told_of(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(
        hass, make_entry(frigate.internal_url, options={CONF_CAMERAS: [GATE]})
    )
    expose(hass, entry, GATE)
    frigate.add_review(DOOR)
    frigate.add_review(GATE)
    assert cameras(await ask(hass, "what_happened")) == {"Portones"}
