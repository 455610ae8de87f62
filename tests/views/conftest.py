"""Fixtures of the tests of the views."""

import math

import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.auth.models import RefreshToken
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .common import Watcher
from .player import NOW, Player


@pytest.fixture
def watcher(hass_client: ClientSessionGenerator) -> Watcher:
    """Return the administrator of Home Assistant."""
    return Watcher(hass_client)


@pytest.fixture
def player(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Player:
    """Return what plays HLS."""
    return Player(hass, hass_client_no_auth)


@pytest.fixture
async def login(player: Player, hass_admin_user: MockUser) -> RefreshToken:
    """Return a login of Home Assistant's administrator."""
    return await player.log_in(hass_admin_user)


@pytest.fixture
def recorded(frigate: FakeFrigate) -> None:
    """Let the server have recorded for some hours."""
    for camera in frigate.state.cameras:
        frigate.record_only(camera, (NOW - 20_000, math.inf))
