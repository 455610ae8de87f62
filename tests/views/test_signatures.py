"""Signed paths: how a browser or a player asks that cannot log in."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.auth.models import RefreshToken
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .common import guest_of
from .test_exports import DOOR, GATE, add_export, video_url

pytestmark = pytest.mark.usefixtures("fixed_time")


async def sign(hass: HomeAssistant, url: str, login: RefreshToken) -> str:
    """Return a path that is valid for an hour."""
    return async_sign_path(hass, url, timedelta(hours=1), refresh_token_id=login.id)


async def test_a_signature_stands_for_its_user_and_for_one_path(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    player = await hass_client_no_auth()
    guest = guest_of(hass, entry, DOOR)
    login = await hass.auth.async_create_refresh_token(guest, CLIENT_ID)
    url, other, foreign = (
        video_url(entry, add_export(frigate, camera)) for camera in (DOOR, DOOR, GATE)
    )
    signed = await sign(hass, url, login)
    for method in ("GET", "HEAD"):
        assert (await player.request(method, signed)).status == 200
        part = await player.request(method, signed, headers={"Range": "bytes=0-9"})
        assert part.status == 206
    assert (await player.get(await sign(hass, foreign, login))).status == 404
    assert (await player.get(url)).status == 401
    assert (await player.get(signed.replace(url, other))).status == 401
    assert (await player.get(f"{signed}x")).status == 401
    assert (await player.get(f"{signed}&start=1")).status == 401

    # The right may be lost meanwhile.
    guest.mock_policy({})
    assert (await player.get(signed)).status == 404
    freezer.tick(3601)
    assert (await player.get(signed)).status == 401


async def test_a_signature_ends_with_its_user(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    player = await hass_client_no_auth()
    guest = guest_of(hass, entry, DOOR)
    login = await hass.auth.async_create_refresh_token(guest, CLIENT_ID)
    signed = await sign(hass, video_url(entry, add_export(frigate)), login)
    assert (await player.get(signed)).status == 200
    await hass.auth.async_remove_user(guest)
    assert (await player.get(signed)).status == 401


async def test_what_an_automation_plays_is_signed_for_home_assistant_itself(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    player = await hass_client_no_auth()
    url = video_url(entry, add_export(frigate))
    signed = async_sign_path(hass, url, timedelta(hours=1))
    assert (await player.get(signed)).status == 200
