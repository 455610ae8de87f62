"""What stands for a login in the paths of HLS files."""

from dataclasses import replace

from aiohttp.test_utils import make_mocked_request
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.frigate_http.views.tokens import (
    MAX_TOKENS,
    MAX_TOKENS_OF_USER,
    TOKEN_LIFETIME,
    HlsGrant,
    HlsTokens,
    async_get_viewer,
)
from homeassistant.core import HomeAssistant

pytestmark = pytest.mark.usefixtures("fixed_time")


def grant(user_id: str = "ana", camera: str = "front_door") -> HlsGrant:
    """Return what a user watches."""
    return HlsGrant(
        entry_id="entry",
        camera=camera,
        start=1.0,
        end=2.0,
        user_id=user_id,
        refresh_token_id="login",
    )


def test_a_token_stands_for_what_it_was_issued_for() -> None:
    tokens = HlsTokens()
    door, gate = grant(), grant(camera="Portones")
    # The same twice is not the same token: each player has its own.
    issued = [tokens.issue(one) for one in (door, gate, door)]
    assert len(set(issued)) == len(tokens) == 3
    assert all(len(one) == 43 for one in issued)
    assert [tokens.find(one) for one in issued] == [door, gate, door]
    tokens.revoke(issued[0])
    tokens.revoke("unknown")
    assert [tokens.find(one) for one in issued] == [None, gate, door]
    assert tokens.find("") is None
    assert tokens.find(issued[1].swapcase()) is None


def test_it_expires_after_the_last_playlist(freezer: FrozenDateTimeFactory) -> None:
    tokens = HlsTokens()
    watched, left = tokens.issue(grant()), tokens.issue(grant())
    freezer.tick(TOKEN_LIFETIME - 1)
    assert tokens.find(watched) is not None
    # A file alone does not make it last longer.
    assert tokens.find(left) is not None
    tokens.renew(watched)
    freezer.tick(2)
    assert tokens.find(watched) is not None
    assert tokens.find(left) is None
    freezer.tick(TOKEN_LIFETIME)
    tokens.renew(watched)
    assert tokens.find(watched) is None
    assert len(tokens) == 0


def test_expired_ones_are_not_kept(freezer: FrozenDateTimeFactory) -> None:
    tokens = HlsTokens()
    for _ in range(10):
        tokens.issue(grant())
    freezer.tick(TOKEN_LIFETIME + 1)
    tokens.issue(grant())
    assert len(tokens) == 1


def test_a_user_has_so_many_and_loses_only_own_ones() -> None:
    tokens = HlsTokens()
    of_other = tokens.issue(grant("ben"))
    first, second, *others = [tokens.issue(grant()) for _ in range(MAX_TOKENS_OF_USER)]
    # The one in use stays, however old it is.
    assert tokens.find(first) is not None
    newest = tokens.issue(grant())
    assert tokens.find(second) is None
    kept = [of_other, first, *others, newest]
    assert all(tokens.find(one) is not None for one in kept)
    assert len(tokens) == MAX_TOKENS_OF_USER + 1


def test_all_users_together_have_so_many() -> None:
    tokens = HlsTokens()
    first, second = (tokens.issue(grant(user_id)) for user_id in ("ana", "ben"))
    for number in range(MAX_TOKENS - 2):
        tokens.issue(grant(f"user {number}"))
    assert tokens.find(first) is not None
    tokens.issue(grant("zoe"))
    assert len(tokens) == MAX_TOKENS
    assert tokens.find(first) is not None
    assert tokens.find(second) is None


async def test_a_connection_that_home_assistant_trusts_has_no_login(
    hass: HomeAssistant,
) -> None:
    # Such as that of the Supervisor.
    user = MockUser().add_to_hass(hass)
    request = make_mocked_request("GET", "/")
    theirs = replace(grant(user.id), refresh_token_id=None)
    assert await async_get_viewer(hass, request, theirs) is user
    assert await async_get_viewer(hass, request, grant(user.id)) is None
    user.is_active = False
    assert await async_get_viewer(hass, request, theirs) is None
    await hass.auth.async_remove_user(user)
    assert await async_get_viewer(hass, request, theirs) is None
