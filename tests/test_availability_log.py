"""The debug log says why an entity became unavailable, and when it is back."""

import logging

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.common import pass_time
from tests.fake_frigate import FakeFrigate, Fault

pytestmark = pytest.mark.usefixtures("fixed_time")

CAMERA, DETECTION_RATE = "camera.front_door", "sensor.frigate_detection_fps"


def lines(caplog: pytest.LogCaptureFixture, entity_id: str) -> list[str]:
    """Return what was logged about the availability of an entity since the last call."""
    found = [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.DEBUG
        and record.getMessage().startswith(f"{entity_id} is ")
    ]
    caplog.clear()
    return found


async def test_a_server_that_is_down(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    await frigate.refuse()
    # One missed poll is no outage.
    await pass_time(hass, freezer)
    assert lines(caplog, CAMERA) == []
    await pass_time(hass, freezer)
    (line,) = lines(caplog, CAMERA)
    assert line.startswith(f"{CAMERA} is unavailable: ")
    assert "Couldn't connect to Frigate" in line
    # A further failure is no change of the availability.
    await pass_time(hass, freezer)
    assert lines(caplog, CAMERA) == []

    await frigate.resume()
    await pass_time(hass, freezer)
    assert lines(caplog, CAMERA) == [f"{CAMERA} is available again"]


async def test_a_request_that_fails_alone(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    frigate.fail("/api/stats", Fault.status(500))
    await pass_time(hass, freezer)
    assert lines(caplog, DETECTION_RATE) == []
    await pass_time(hass, freezer)
    assert lines(caplog, DETECTION_RATE) == [
        f"{DETECTION_RATE} is unavailable: Frigate does not report it at the moment"
    ]

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert lines(caplog, DETECTION_RATE) == [f"{DETECTION_RATE} is available again"]
