"""A server that repeats all that it was sent: nothing of Home Assistant passes it on."""

from collections.abc import Iterator
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import (
    CONF_HEADERS,
    CONF_PROXY_PASSWORD,
    CONF_PROXY_USERNAME,
    DOMAIN,
)
from custom_components.frigate_http.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.frigate_http.system_health import async_system_health_info
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from tests.common import STATS, is_available, pass_polls, pass_time, setup_state
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.echoes import FORMS
from tests.services.common import call

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")

PASSWORD, PROXY_PASSWORD = "pass/wörd of: <someone>", "password of: the/proxy"
HEADERS = {"X-Api-Key": "key/of+the header", "X-Session": "id=0123456789"}
CREDENTIALS: dict[str, Any] = {
    CONF_USERNAME: "someone",
    CONF_PASSWORD: PASSWORD,
    CONF_PROXY_USERNAME: "door",
    CONF_PROXY_PASSWORD: PROXY_PASSWORD,
    CONF_HEADERS: HEADERS,
}
ECHOES = [
    Fault.echo("title", "plain", 200),
    Fault.echo("title", "html", 401),
    Fault.echo("title", "percent", 502),
    Fault.echo("text", "upper", 500),
    Fault.echo("message", "percent, twice", 403),
    Fault.echo("error", "plain", 429),
    Fault.echo("detail", "json", 400),
    Fault.echo("fields", "base64", 422),
    Fault.echo("location", "plain", 302),
    Fault.echo("location of the route", "plain", 307),
    Fault.echo("type", "plain", 200),
    Fault.echo("broken json", "plain", 200),
]
with_every_echo = pytest.mark.parametrize(
    "echo", ECHOES, ids=lambda echo: f"{echo.repeated.place} {echo.repeated.status}"
)


def _chain(err: BaseException | None) -> Iterator[str]:
    if err is not None:
        yield from (str(err), repr(err), repr(vars(err)))
        yield from _chain(err.__cause__)
        yield from _chain(err.__context__)


def _tokens(frigate: FakeFrigate) -> list[str]:
    cookies = [request.headers.get("Cookie", "") for request in frigate.requests]
    return [one.partition("=")[2] for one in cookies if "=" in one]


async def _all_that_is_shown(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> str:
    """Return everything that people, logs and the interface get to see."""
    shown = [caplog.text, *(str(vars(record)) for record in caplog.records)]
    shown += [str(entry.reason), str(entry.error_reason_translation_placeholders)]
    shown += [repr(one) for one in ir.async_get(hass).issues.values()]
    shown.append(json.dumps(await async_get_config_entry_diagnostics(hass, entry)))
    shown.append(str(await async_system_health_info(hass)))
    shown += [repr(state.as_dict()) for state in hass.states.async_all()]
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    shown += [repr(flow) for flow in flows]
    try:
        shown.append(str(await call(hass, "get_status")))
    except HomeAssistantError as err:
        shown += _chain(err)
    if (runtime := getattr(entry, "runtime_data", None)) is not None:
        for coordinator in (runtime.server, runtime.exports, runtime.reviews):
            shown += _chain(coordinator.last_exception)
    caplog.clear()
    return "\n".join(shown)


def _secrets_in(shown: str, tokens: list[str]) -> list[str]:
    basic = f"door:{PROXY_PASSWORD}"
    secrets = [PASSWORD, PROXY_PASSWORD, basic, *HEADERS.values(), *tokens]
    forms = {form(secret).lower() for form in FORMS.values() for secret in secrets}
    lowered = shown.lower()
    return [form for form in forms if form in lowered]


@with_every_echo
async def test_an_entry_that_cannot_be_set_up(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    caplog: pytest.LogCaptureFixture,
    echo: Fault,
) -> None:
    frigate.add_user("someone", PASSWORD, role="admin")
    frigate.fail("/(?!api/login)", echo)
    entry = await set_up(hass, make_entry(frigate.external_url, **CREDENTIALS))
    assert setup_state(entry) is not ConfigEntryState.LOADED
    tokens = _tokens(frigate)
    assert tokens
    shown = await _all_that_is_shown(hass, entry, caplog)
    assert _secrets_in(shown, tokens) == []

    frigate.clear_faults()
    await hass.config_entries.async_reload(entry.entry_id)
    assert setup_state(entry) is ConfigEntryState.LOADED


@with_every_echo
async def test_an_entry_whose_server_begins_to_repeat(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    echo: Fault,
) -> None:
    frigate.add_user("someone", PASSWORD, role="viewer")
    entry = await set_up(hass, make_entry(frigate.external_url, **CREDENTIALS))
    assert setup_state(entry) is ConfigEntryState.LOADED
    frigate.fail("/(?!api/login)", echo)
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, entry, *STATS)
    assert "is unavailable: " in caplog.text
    tokens = _tokens(frigate)
    assert tokens
    shown = await _all_that_is_shown(hass, entry, caplog)
    assert _secrets_in(shown, tokens) == []

    frigate.clear_faults()
    # Longer than the pause that a rate limit or a refused login asks for.
    freezer.tick(1000)
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *STATS)


async def test_a_server_that_gives_its_account_the_name_of_a_secret(
    hass: HomeAssistant, frigate: FakeFrigate, caplog: pytest.LogCaptureFixture
) -> None:
    frigate.add_user("someone", PASSWORD, role="viewer")
    cameras = [*frigate.state.cameras, PASSWORD]
    profile = {"username": PASSWORD, "role": PROXY_PASSWORD, "allowed_cameras": cameras}
    frigate.fail("/api/profile", Fault.json(profile))
    entry = await set_up(hass, make_entry(frigate.external_url, **CREDENTIALS))
    assert setup_state(entry) is ConfigEntryState.LOADED
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["username"] == "***"
    frigate.clear_faults()
    assert _secrets_in(await _all_that_is_shown(hass, entry, caplog), []) == []
