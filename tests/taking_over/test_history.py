"""History goes on over taking over and giving back, in a real database."""

from collections.abc import Sequence

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.live.common import until
from tests.official_home import add_history, present_entities
from tests.official_registry import Official
from tests.versions import SINCE_018

from .home import look
from .moved import WANTED, check_moved, undo
from .past import issues_of_statistics, past_of

MOTION = "binary_sensor.cam_01_motion"


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None, saved_at_once: None
) -> None:
    """Let Home Assistant load custom integrations, and record; the recorder comes first."""


@SINCE_018
async def test_states_and_statistics_go_on(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    house: Sequence[Official],
    official: MockConfigEntry,
    recorder_mock: Recorder,
) -> None:
    before = look(hass)
    recorded = present_entities(hass, house)
    add_history(hass, dt_util.utcnow(), recorded)
    past = await past_of(hass, recorder_mock, [*recorded])

    entry = await set_up(hass, make_entry(frigate.internal_url, **WANTED))
    moved = {one["entity_id"] for one in check_moved(hass, before).values()}
    went_on = moved & past.keys()
    assert len(went_on) > 40
    await until(hass, lambda: hass.states.is_state(MOTION, "off"))
    now = await past_of(hass, recorder_mock, [*went_on])
    for entity_id in went_on:
        had = past[entity_id]
        assert now[entity_id].states[: len(had.states)] == had.states
        assert now[entity_id].hourly_means == had.hourly_means
    assert now[MOTION].states[-1] == "off"
    issues = await issues_of_statistics(hass, recorder_mock)
    assert not issues.keys() & moved

    await undo(hass, entry)
    again = await past_of(hass, recorder_mock, [*went_on])
    for entity_id in went_on:
        had = now[entity_id]
        assert again[entity_id].states[: len(had.states)] == had.states
    assert not (await issues_of_statistics(hass, recorder_mock)).keys() & moved
