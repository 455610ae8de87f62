"""Logins that are lost, and pauses that the server asks for."""

from collections.abc import Callable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import CONF_PASSWORD, CONF_TOKEN, CONF_USERNAME
from homeassistant.core import HomeAssistant
from tests.common import (
    ADMIN,
    Shown,
    logged,
    pass_polls,
    pass_time,
    reauths,
    sent,
    what_is_shown,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault

pytestmark = pytest.mark.usefixtures("fixed_time")


@pytest.fixture
def shown(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[[], Shown]:
    """Return what tells whether stats, faces and cameras are available."""
    return lambda: what_is_shown(hass, entry)


@pytest.fixture
def frigate_options() -> dict[str, Any]:
    return {"faces": {"Eileen": 2}, "train": 1}


def _forget_password(frigate: FakeFrigate) -> None:
    frigate.state.users["admin"].password = "changed-meanwhile"
    frigate.revoke_sessions()


def _to_login_page(frigate: FakeFrigate) -> None:
    frigate.fail("/api/", Fault.redirect("https://login.example/authorize?rd=x"))


@pytest.mark.parametrize("lose", [_forget_password, _to_login_page])
async def test_a_lost_login_is_asked_for_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    lose: Callable[[FakeFrigate], None],
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    assert what_is_shown(hass, entry) == (True, True, True)
    logged(caplog)
    lose(frigate)
    await pass_polls(hass, freezer, 5)

    assert what_is_shown(hass, entry) == (False, False, False)
    (flow,) = reauths(hass)
    (line,) = logged(caplog)
    assert line.startswith("Authentication failed while fetching Frigate data")
    # Nothing more is sent until somebody enters the new one.
    frigate.clear_requests()
    await pass_polls(hass, freezer, 5)
    assert frigate.requests == []

    frigate.clear_faults()
    password = frigate.state.users["admin"].password
    await hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {CONF_USERNAME: "admin", CONF_PASSWORD: password, "proxy_credentials": {}},
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert what_is_shown(hass, entry) == (True, True, True)
    assert reauths(hass) == []


async def test_a_token_that_ends_is_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    token = frigate.token("admin", expires_in=100)
    entry = await set_up(hass, make_entry(frigate.external_url, **{CONF_TOKEN: token}))
    assert what_is_shown(hass, entry) == (True, True, True)
    assert reauths(hass) == []

    await pass_time(hass, freezer, 100)
    assert what_is_shown(hass, entry) == (False, False, False)
    (flow,) = reauths(hass)
    await hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {CONF_TOKEN: frigate.token("admin"), "proxy_credentials": {}},
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert what_is_shown(hass, entry) == (True, True, True)


async def test_a_session_that_ends_is_renewed_unseen(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    assert len(sent(frigate, "/api/login")) == 1
    logged(caplog)
    frigate.revoke_sessions()
    await pass_polls(hass, freezer, 2)
    assert what_is_shown(hass, entry) == (True, True, True)
    assert len(sent(frigate, "/api/login")) == 2
    assert reauths(hass) == []
    assert logged(caplog) == []


async def test_polls_pause_as_long_as_the_server_asks(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # "5 per 1 minute", says the server.
    frigate.fail("/api/", Fault.status(429))
    logged(caplog)
    await pass_time(hass, freezer)
    assert shown() == (False, False, False)
    frigate.clear_requests()
    frigate.clear_faults()
    for _ in range(11):
        await pass_time(hass, freezer, 5)
    assert frigate.requests == []
    assert shown() == (False, False, False)

    await pass_time(hass, freezer, 10)
    assert shown() == (True, True, True)
    # Once more when the live connection, which such leaps in time end, is there again.
    assert 1 <= len(sent(frigate, "/api/stats")) <= 2
    frigate.clear_requests()
    await pass_polls(hass, freezer, 4)
    assert 4 <= len(sent(frigate, "/api/stats")) <= 5
    assert len(logged(caplog)) == 2


@pytest.mark.parametrize("route", ["/api/stats", "/api/faces"])
async def test_a_pause_asked_for_by_one_route_does_not_hold_up_the_other(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
    route: str,
) -> None:
    frigate.fail(route, Fault.status(429))
    frigate.clear_requests()
    await pass_polls(hass, freezer, 4)
    stats, faces, camera = shown()
    assert (stats, faces, camera) == (route != "/api/stats", stats is False, True)
    assert len(sent(frigate, route)) == 1
    routes = sent(frigate, "/api/stats") + sent(frigate, "/api/faces")
    assert len(routes) == 5

    frigate.clear_faults()
    await pass_polls(hass, freezer, 2)
    assert shown() == (True, True, True)


async def test_a_pause_holds_also_when_the_other_route_fails_meanwhile(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/api/stats", Fault.status(429))
    await pass_time(hass, freezer)
    frigate.fail("/api/faces", Fault.status(500))
    frigate.clear_requests()
    await pass_polls(hass, freezer, 3)
    assert shown() == (False, False, False)
    assert sent(frigate, "/api/stats") == []

    frigate.clear_faults()
    await pass_polls(hass, freezer, 3)
    assert shown() == (True, True, True)


async def test_too_many_logins_pause_the_polls_and_ask_nobody(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.login_rate_limit = 1
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    assert what_is_shown(hass, entry) == (True, True, True)

    frigate.revoke_sessions()
    await pass_time(hass, freezer)
    assert what_is_shown(hass, entry) == (False, False, False)
    assert len(sent(frigate, "/api/login")) == 2
    await pass_polls(hass, freezer, 3)
    assert len(sent(frigate, "/api/login")) == 2
    assert reauths(hass) == []

    await pass_polls(hass, freezer, 3)
    assert what_is_shown(hass, entry) == (True, True, True)
    assert len(sent(frigate, "/api/login")) == 3
