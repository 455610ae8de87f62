"""The home has a history of its official entities, in a real database."""

from collections.abc import Sequence

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.official_home import HOURS, add_history, present_entities
from tests.official_registry import Official
from tests.versions import SINCE_018

from .past import issues_of_statistics, past_of


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Let Home Assistant load custom integrations, and record; the recorder comes first."""


@SINCE_018
async def test_there_are_states_and_statistics_without_an_issue(
    hass: HomeAssistant,
    house: Sequence[Official],
    official: MockConfigEntry,
    recorder_mock: Recorder,
) -> None:
    recorded = present_entities(hass, house)
    add_history(hass, dt_util.utcnow(), recorded)
    past = await past_of(hass, recorder_mock, [*recorded])
    assert past["binary_sensor.cam_01_motion"].states[:2] == ("on", "off")
    assert past["sensor.cam_01_person_count"].states[:2] == ("7", "1")
    counts = past["sensor.cam_01_person_count"]
    assert counts.hourly_means == tuple(map(float, range(HOURS, 0, -1)))
    assert all(past[one].states for one in recorded)
    assert await issues_of_statistics(hass, recorder_mock) == {}
