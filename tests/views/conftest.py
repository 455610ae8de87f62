"""Fixtures of the tests of the views."""

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .common import Watcher


@pytest.fixture
def watcher(hass_client: ClientSessionGenerator) -> Watcher:
    """Return the administrator of Home Assistant."""
    return Watcher(hass_client)
