"""Fixtures for what happens: the version of Frigate, and the way by which it arrives."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .ways import Way


@pytest.fixture(params=[True, False], ids=["pushed", "polled"])
def way(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> Way:
    """Return the way by which detections arrive; a test with it takes both."""
    return Way(hass, frigate, freezer, request.param)
