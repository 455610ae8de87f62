"""Issues open, close and stay ignored, and lead to where they are put right."""

from collections.abc import Awaitable, Callable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.flow.forms import CONF_CREDENTIALS
from homeassistant.components import repairs
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from tests.common import ADMIN, VIEWER, pass_polls, pass_time, reauths, setup_state
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

PUBLIC = "https://frigate.example.com:8971"

type Fix = Callable[..., Awaitable[dict[str, Any]]]


def issue_of(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    """Return the issue with this text, if there is one."""
    found = [
        one
        for (domain, _id), one in ir.async_get(hass).issues.items()
        if domain == DOMAIN and one.translation_key == key
    ]
    assert len(found) <= 1
    return found[0] if found else None


def open_issues(hass: HomeAssistant) -> set[str]:
    """Return the texts of all issues of ours that are shown or ignored."""
    return {
        one.translation_key or ""
        for (domain, _id), one in ir.async_get(hass).issues.items()
        if domain == DOMAIN and one.active
    }


def is_ignored(hass: HomeAssistant, key: str) -> bool:
    """Return whether an issue that is there is ignored."""
    issue = issue_of(hass, key)
    assert issue is not None
    return issue.dismissed_version is not None


def ignore(hass: HomeAssistant, key: str) -> None:
    """Ignore an issue, as a person does."""
    issue = issue_of(hass, key)
    assert issue is not None
    ir.async_get(hass).async_ignore(DOMAIN, issue.issue_id, ignore=True)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Reload an entry, and wait for all that it brings about."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def fix(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Fix:
    """Return what talks to Home Assistant's own API for repairs."""
    # Routes can be added only before somebody asks.
    assert await async_setup_component(hass, DOMAIN, {})
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()

    async def post(**data: Any) -> dict[str, Any]:
        path = "/".join(("/api/repairs/issues/fix", *data.pop("flow", [])))
        async with client.post(path, json=data) as response:
            assert response.status == 200
            answer: dict[str, Any] = await response.json()
            return answer

    return post


# Nothing to repair


async def test_a_working_server_has_no_issue(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    assert open_issues(hass) == set()
    # What only fails is the state of entities.
    frigate.fail("/api/", Fault.status(502))
    await pass_polls(hass, freezer, 3)
    assert open_issues(hass) == set()
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert open_issues(hass) == set()


async def test_a_server_that_was_never_reached_has_no_issue(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.fail("/api/", Fault.status(502))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert setup_state(entry) is ConfigEntryState.SETUP_RETRY
    assert open_issues(hass) == set()

    frigate.clear_faults()
    await reload(hass, entry)
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert open_issues(hass) == set()


# Too old


@pytest.mark.parametrize("frigate_options", [{"version": "0.15.2-abcdef"}])
async def test_a_server_that_is_too_old(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    assert open_issues(hass) == {"unsupported_version"}
    issue = issue_of(hass, "unsupported_version")
    assert issue is not None
    assert not issue.is_fixable
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.translation_placeholders == {
        "title": "Frigate",
        "url": frigate.internal_url,
        "version": "0.15.2",
    }
    # A server that is down is as old as before.
    frigate.fail("/api/", Fault.status(502))
    await pass_polls(hass, freezer, 2)
    assert open_issues(hass) == {"unsupported_version"}

    frigate.clear_faults()
    frigate.state.version = "0.17.2"
    await pass_polls(hass, freezer, 2)
    assert open_issues(hass) == set()


@pytest.mark.parametrize("frigate_options", [{"version": "my-build"}])
async def test_a_build_whose_version_is_no_number_is_not_called_too_old(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert open_issues(hass) == set()

    frigate.state.version = "0.15.2"
    await pass_polls(hass, freezer, 2)
    assert open_issues(hass) == {"unsupported_version"}


# A login where there was none


def _ask_for_login(frigate: FakeFrigate) -> None:
    frigate.fail("/api/", Fault.status(401))


async def test_a_server_that_begins_to_require_a_login(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    # It was down meanwhile, so that one failure follows another.
    frigate.fail("/api/", Fault.status(502))
    await pass_polls(hass, freezer, 2)
    assert open_issues(hass) == set()
    _ask_for_login(frigate)
    await pass_time(hass, freezer)
    assert open_issues(hass) == {"login_required"}

    await reload(hass, entry)
    assert setup_state(entry) is ConfigEntryState.SETUP_ERROR
    assert open_issues(hass) == {"login_required"}
    assert len(reauths(hass)) == 1

    frigate.clear_faults()
    await reload(hass, entry)
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert open_issues(hass) == set()


async def test_a_lost_login_starts_a_reauth_flow_and_creates_no_issue(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    _ask_for_login(frigate)
    await pass_polls(hass, freezer, 2)
    assert len(reauths(hass)) == 1
    assert open_issues(hass) == set()

    frigate.clear_faults()
    await reload(hass, entry)
    assert setup_state(entry) is ConfigEntryState.LOADED


async def test_an_issue_of_a_failed_setup_is_deleted_with_the_entry(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    _ask_for_login(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert open_issues(hass) == {"login_required"}
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    assert open_issues(hass) == set()

    frigate.clear_faults()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert open_issues(hass) == set()


# A restricted account


async def test_an_account_without_the_admin_role(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert open_issues(hass) == {"restricted_account"}
    issue = issue_of(hass, "restricted_account")
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {
        "title": "Frigate",
        "url": frigate.external_url,
        "username": "viewer1",
        "role": "viewer",
    }

    frigate.state.users["viewer1"].role = "admin"
    frigate.revoke_sessions()
    await pass_time(hass, freezer, 300)
    assert open_issues(hass) == set()

    frigate.state.users["viewer1"].role = "viewer"
    frigate.revoke_sessions()
    await reload(hass, entry)
    assert open_issues(hass) == {"restricted_account"}


@WITH_016
async def test_what_the_repair_of_the_role_says_of_faces_is_true(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.add_face("Eileen")
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert open_issues(hass) == {"restricted_account"}
    texts = await async_get_translations(hass, "en", "issues", [DOMAIN])
    key = "issues.restricted_account.fix_flow.step.confirm.description"
    text = texts[f"component.{DOMAIN}.{key}"]
    assert text.count("faces") == text.count("faces (from Frigate 0.17)") == 1
    shows_faces = entry.runtime_data.server.data.faces is not None
    assert shows_faces is not frigate.state.is_017


async def test_an_ignored_issue_stays_ignored(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    ignore(hass, "restricted_account")
    await pass_polls(hass, freezer, 2)
    assert is_ignored(hass, "restricted_account")
    await reload(hass, entry)
    assert is_ignored(hass, "restricted_account")

    await frigate.refuse()
    await reload(hass, entry)
    assert setup_state(entry) is ConfigEntryState.SETUP_RETRY
    assert is_ignored(hass, "restricted_account")
    await frigate.resume()
    await reload(hass, entry)
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert is_ignored(hass, "restricted_account")

    await hass.config_entries.async_remove(entry.entry_id)
    assert issue_of(hass, "restricted_account") is None


async def test_issues_close_with_their_server_only(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    first = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    second = make_entry(frigate.internal_url)
    await set_up(hass, second)
    assert open_issues(hass) == {"restricted_account"}
    await hass.config_entries.async_unload(second.entry_id)
    assert open_issues(hass) == {"restricted_account"}
    await hass.config_entries.async_unload(first.entry_id)
    assert open_issues(hass) == set()
    await hass.config_entries.async_setup(first.entry_id)
    assert open_issues(hass) == {"restricted_account"}


async def test_a_response_after_the_unload_creates_no_issue(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    frigate.fail("/api/stats", Fault.stall())
    frigate.clear_requests()
    poll = hass.async_create_task(entry.runtime_data.server.async_refresh())
    await frigate.wait_for_requests(1)
    await hass.config_entries.async_unload(entry.entry_id)
    frigate.clear_faults()
    await poll
    assert open_issues(hass) == set()

    await hass.config_entries.async_setup(entry.entry_id)
    assert open_issues(hass) == {"restricted_account"}


# A certificate that is not verified


@pytest.mark.parametrize(
    ("url", "verify", "expected"),
    [
        (PUBLIC, False, {"unverified_certificate"}),
        (PUBLIC, True, set()),
        (PUBLIC.replace("https", "http"), False, set()),
        ("https://frigate.local:8971", False, set()),
    ],
)
async def test_a_public_address_without_verification(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    url: str,
    verify: bool,
    expected: set[str],
) -> None:
    entry = make_entry(url, **{CONF_VERIFY_SSL: verify})
    # Nobody answers there in a test, and that does not matter.
    await set_up(hass, entry)
    assert setup_state(entry) is ConfigEntryState.SETUP_RETRY
    assert open_issues(hass) == expected

    hass.config_entries.async_update_entry(
        entry, data={CONF_URL: frigate.internal_url, CONF_VERIFY_SSL: False}
    )
    await reload(hass, entry)
    assert setup_state(entry) is ConfigEntryState.LOADED
    assert open_issues(hass) == set()


# The way to put it right


async def _begin(hass: HomeAssistant, fix: Fix, key: str) -> dict[str, Any]:
    issue = issue_of(hass, key)
    assert issue is not None
    assert issue.is_fixable
    form = await fix(handler=DOMAIN, issue_id=issue.issue_id)
    assert form["type"] == "form"
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"] == issue.translation_placeholders
    return form


async def test_a_repair_opens_the_reconfigure_flow(
    hass: HomeAssistant, frigate: FakeFrigate, fix: Fix
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    form = await _begin(hass, fix, "restricted_account")
    end = await fix(flow=[form["flow_id"]])
    assert end["type"] == "abort"
    # Not put right yet.
    assert open_issues(hass) == {"restricted_account"}

    if not hasattr(repairs, "FlowType"):
        assert end["reason"] == "reconfigure_manually"
        return
    assert end["reason"] == "reconfigure_started"
    assert end["result"]["entry_id"] == entry.entry_id
    kind, flow_id = end["next_flow"]
    assert kind == "config_flow"
    flow = hass.config_entries.flow.async_get(flow_id)
    assert (flow["step_id"], flow["context"]["source"]) == ("reconfigure",) * 2
    await hass.config_entries.flow.async_configure(
        flow_id,
        {
            CONF_URL: frigate.internal_url,
            CONF_VERIFY_SSL: False,
            CONF_CREDENTIALS: "remove",
        },
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert CONF_USERNAME not in entry.data
    assert open_issues(hass) == set()


async def test_a_repair_explains_what_to_do_before_home_assistant_2026_10(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    fix: Fix,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(repairs, "FlowType", raising=False)
    _ask_for_login(frigate)
    await set_up(hass, make_entry(frigate.internal_url))
    form = await _begin(hass, fix, "login_required")
    end = await fix(flow=[form["flow_id"]])
    assert (end["type"], end["reason"]) == ("abort", "reconfigure_manually")
    assert end["description_placeholders"]["title"] == "Frigate"
    assert open_issues(hass) == {"login_required"}


async def test_a_repair_of_an_issue_that_is_already_resolved(
    hass: HomeAssistant, frigate: FakeFrigate, fix: Fix
) -> None:
    _ask_for_login(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    form = await _begin(hass, fix, "login_required")
    frigate.clear_faults()
    await reload(hass, entry)
    assert open_issues(hass) == set()
    end = await fix(flow=[form["flow_id"]])
    assert (end["type"], end["reason"]) == ("abort", "already_resolved")
