"""Fixtures for what happens: the version of Frigate, and the way by which it arrives."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .ways import Way


@pytest.fixture
def frigate_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the arguments of the fake, for tests that are parametrized by them."""
    return getattr(request, "param", {})


@pytest.fixture(params=[True, False], ids=["pushed", "polled"])
def way(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> Way:
    """Return the way by which a story arrives; a test with it goes both."""
    return Way(hass, frigate, freezer, request.param)
