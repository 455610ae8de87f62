"""Fixtures for tests of blueprints."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.blueprints.common import ROOT
from tests.fake_frigate import FakeFrigate
from tests.phones import Phone, Phones, phones_of
from tests.services.common import set_up_admin


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow automations to have timers left when the test ends."""
    return True


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant the blueprints and a media folder; return the folder."""
    folder = tmp_path / "media"
    folder.mkdir()
    (tmp_path / "blueprints").symlink_to(ROOT / "blueprints")
    hass.config.config_dir = str(tmp_path)
    hass.config.media_dirs = {"local": str(folder)}
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


@pytest.fixture
async def phones(
    hass: HomeAssistant, fixed_time: None, media: Path, socket_enabled: None
) -> AsyncGenerator[Phones]:
    """Return the phones, of which there are none yet."""
    async with phones_of(hass) as found:
        yield found


@pytest.fixture
async def phone(phones: Phones) -> Phone:
    """Return a phone."""
    return await phones.add("Pixel de Ana")


@pytest.fixture
async def entry(
    hass: HomeAssistant, phone: Phone, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry with an admin account, beside a phone."""
    return await set_up_admin(hass, frigate)
