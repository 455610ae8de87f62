"""Adding a server that is found: the official integration's, or an app of Home Assistant."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
import socket
from typing import Any, override

from aiohasupervisor.models import AddonStage, AddonState, InstalledAddon
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed_exact,
)
from yarl import URL

from custom_components.frigate_http.const import CONF_TAKEN_OVER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client
from homeassistant.helpers.selector import SelectSelector, TextSelector
from homeassistant.util import dt as dt_util
from tests.clock import turns
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import WITH_016

from . import ADMIN, EN, WRONG, Flow, assert_works, proxied

VERSION = "/api/version"
OFFICIAL, APP = EN["common"]["found_official"], EN["common"]["found_app"]
NOBODY = "http://127.0.0.1:1"


def official(hass: HomeAssistant, url: str, **data: Any) -> MockConfigEntry:
    """Return an entry of the official integration, as it writes one."""
    account = {"username": "", "password": ""}
    entry = MockConfigEntry(
        domain="frigate",
        version=2,
        title=url.removeprefix("http://"),
        data={"url": url, "validate_ssl": False, **account, **data},
    )
    entry.add_to_hass(hass)
    return entry


def suggested(flow: Flow) -> dict[str, str]:
    """Return what the form suggests: labels by URL."""
    field = flow.result["data_schema"].schema["url"]
    if isinstance(field, TextSelector):
        return {}
    assert isinstance(field, SelectSelector)
    assert field.config["custom_value"] is True
    options: Any = field.config["options"]
    return {one["value"]: one["label"] for one in options}


async def add(flow: Flow, **fields: Any) -> None:
    """Send the form in, and leave the official integration alone."""
    await flow.submit(**fields)
    assert flow.step == "official_found"
    await flow.choose("side_by_side")


def fields(flow: Flow) -> set[str]:
    """Return the fields of the form."""
    return {str(one) for one in flow.result["data_schema"].schema}


async def test_nothing_is_asked_where_nothing_is_known(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    # The list is there, but not the Supervisor that would have made it.
    hass.data["hassio_addons_list"] = installed("ccab4aaf_frigate")
    flow = await Flow.start(hass)

    assert suggested(flow) == {}
    assert fields(flow) == {"url", "verify_ssl"}
    assert frigate.requests == []


async def test_server_of_the_official_integration(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    official(hass, f"{frigate.internal_url}/", validate_ssl=True)
    flow = await Flow.start(hass)

    assert suggested(flow) == {
        frigate.internal_url: f"{frigate.internal_url} ({OFFICIAL})"
    }
    assert flow.suggested == {"url": frigate.internal_url, "verify_ssl": True}
    # It logs in nowhere, so there is no account to use.
    assert fields(flow) == {"url", "verify_ssl"}

    await add(flow, **flow.suggested)
    assert flow.entry.data == {"url": frigate.internal_url, "verify_ssl": True}
    assert_works(hass, flow.entry, frigate)


async def test_any_other_address_can_be_entered(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FakeFrigate() as other:
        official(hass, other.internal_url)
        flow = await Flow.start(hass)
        assert [*suggested(flow)] == [other.internal_url]

        await flow.submit(url="ftp://nvr", verify_ssl=False)
        assert flow.errors == {"url": "invalid_url"}
        # What was found stays in the list, and is not looked for again.
        assert [*suggested(flow)] == [other.internal_url]
        assert len(other.requests) == 1

        await flow.submit(url=frigate.internal_url, verify_ssl=False)
        assert_works(hass, flow.entry, frigate)


@WITH_016
async def test_account_of_the_official_integration_is_used_when_it_is_ticked(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    official(hass, frigate.external_url, **ADMIN)
    flow = await Flow.start(hass)
    assert fields(flow) == {"url", "verify_ssl", "official_account"}
    assert ADMIN["password"] not in everything(flow)
    # To find a server, nothing secret is sent to it.
    assert {one.path for one in frigate.requests} == {VERSION}
    assert not any(secret_headers(one.headers) for one in frigate.requests)

    await add(flow, **flow.suggested, official_account=True)

    assert flow.entry.data == {
        "url": frigate.external_url,
        "verify_ssl": False,
        **ADMIN,
    }
    assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize("ticked", [False, True])
async def test_account_is_not_stored_where_no_login_is_needed(
    hass: HomeAssistant, frigate: FakeFrigate, ticked: bool
) -> None:
    official(hass, frigate.internal_url, **ADMIN)
    flow = await Flow.start(hass)
    await add(flow, **flow.suggested, official_account=ticked)

    assert flow.entry.data == {"url": frigate.internal_url, "verify_ssl": False}
    assert "/api/login" not in {one.path for one in frigate.requests}


async def test_account_that_is_not_ticked_is_not_used_but_its_name_filled_in(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    official(hass, frigate.external_url, **ADMIN)
    flow = await Flow.start(hass)
    await flow.submit(**flow.suggested, official_account=False)
    assert flow.step == "authenticate"
    assert "/api/login" not in {one.path for one in frigate.requests}

    await flow.choose("login")
    assert flow.suggested == {"username": "admin"}
    assert ADMIN["password"] not in everything(flow)

    await add(flow, **ADMIN, **proxied())
    assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize(
    ("account", "faults", "error"),
    [
        (WRONG, (), "invalid_auth"),
        # One that repeats the account shows nothing of it.
        (ADMIN, (Fault.echo("message", "plain", 403),), "forbidden"),
        # It would be sent along to wherever that leads.
        (ADMIN, (Fault.redirect("https://login.example/", 307),), "login_redirect"),
    ],
)
async def test_account_that_is_refused_is_not_stored_and_another_asked_for(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    account: dict[str, str],
    faults: Sequence[Fault],
    error: str,
) -> None:
    official(hass, frigate.external_url, **account)
    flow = await Flow.start(hass)
    for fault in faults:
        frigate.fail("/api/login", fault)
    await flow.submit(**flow.suggested, official_account=True)

    assert flow.step == "login"
    assert flow.errors == {"base": error}
    assert flow.suggested == {"username": "admin"}
    assert account["password"] not in everything(flow)
    assert not hass.config_entries.async_entries("frigate_http")

    frigate.clear_faults()
    await add(flow, **ADMIN, **proxied())
    assert flow.entry.data["password"] == ADMIN["password"]
    assert_works(hass, flow.entry, frigate)


async def test_account_is_sent_to_its_own_server_only(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    without_account = official(hass, frigate.internal_url)
    async with FakeFrigate() as other:
        official(hass, other.external_url, **ADMIN)
        flow = await Flow.start(hass)
        assert [*suggested(flow)] == [frigate.internal_url, other.external_url]
        frigate.clear_requests()
        for url in (frigate.external_url, without_account.data["url"], "nvr://"):
            await flow.submit(url=url, verify_ssl=False, official_account=True)
            assert flow.errors == {"base": "other_server_account"}, url
        assert frigate.requests == []
        await flow.submit(
            url=f"{other.external_url}/review", verify_ssl=False, official_account=False
        )
        assert flow.step == "authenticate"


@pytest.mark.parametrize("is_removed", [False, True])
async def test_account_of_an_entry_that_was_changed_meanwhile_is_not_sent(
    hass: HomeAssistant, frigate: FakeFrigate, is_removed: bool
) -> None:
    entry = official(hass, frigate.external_url, **ADMIN)
    flow = await Flow.start(hass)
    if is_removed:
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        changed = {**entry.data, "url": NOBODY, "password": "of-the-other-server-1"}
        hass.config_entries.async_update_entry(entry, data=changed)
    frigate.clear_requests()

    await flow.submit(**flow.suggested, official_account=True)
    assert flow.errors == {"base": "other_server_account"}
    assert frigate.requests == []

    await flow.submit(
        url=frigate.external_url, verify_ssl=False, official_account=False
    )
    await flow.choose("login")
    await flow.submit(**ADMIN, **proxied())
    assert_works(hass, flow.entry, frigate)


async def test_what_does_not_answer_is_left_out(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    for url in (
        NOBODY,
        "http://user:word@127.0.0.1:5000",
        "",
        "none",
        "ftp://nvr",
    ):
        official(hass, url)
    async with FakeFrigate() as broken:
        official(hass, broken.internal_url)
        official(hass, frigate.internal_url)
        for fault in (
            Fault.drop(),
            Fault.garbage(),
            Fault.status(404),
            Fault.status(500),
            Fault.redirect(f"http://localhost:1{VERSION}"),
        ):
            broken.fail(VERSION, fault)
            flow = await Flow.start(hass)
            assert [*suggested(flow)] == [frigate.internal_url], fault
            broken.clear_faults()

        flow = await Flow.start(hass)
        assert {*suggested(flow)} == {broken.internal_url, frigate.internal_url}


async def test_form_is_shown_after_two_seconds_at_most(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FakeFrigate() as silent, FakeFrigate() as slow:
        for one in (silent, frigate, slow):
            official(hass, one.internal_url)
        silent.fail(VERSION, Fault.stall())
        slow.fail(VERSION, Fault.stall_body())
        start = asyncio.ensure_future(Flow.start(hass))
        for one in (silent, frigate, slow):
            await one.wait_for_requests(1)

        async_fire_time_changed_exact(hass, dt_util.utcnow() + timedelta(seconds=1.8))
        await turns()
        assert not start.done()
        async_fire_time_changed_exact(hass, dt_util.utcnow() + timedelta(seconds=2.1))
        flow = await start

        assert [*suggested(flow)] == [frigate.internal_url]


async def test_nothing_goes_on_when_the_flow_is_cancelled(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    official(hass, frigate.internal_url)
    frigate.fail(VERSION, Fault.stall())
    start = asyncio.ensure_future(Flow.start(hass))
    await frigate.wait_for_requests(1)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    await turns()
    assert frigate.open_requests == []

    frigate.clear_faults()
    assert [*suggested(await Flow.start(hass))] == [frigate.internal_url]


async def test_servers_that_are_set_up_are_left_out(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(f"{frigate.internal_url}"))
    for spelling in ("", "/", "/api", "//", "/api/version?x=1"):
        official(hass, f"{frigate.internal_url}{spelling}")
    official(hass, frigate.internal_url.replace("http", "HTTP"))
    frigate.clear_requests()
    assert suggested(await Flow.start(hass)) == {}
    # Without even asking them.
    assert not [one for one in frigate.requests if one.path == VERSION]

    # Only its answer shows where this one leads.
    official(hass, f"{frigate.internal_url}/review")
    assert suggested(await Flow.start(hass)) == {}

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert frigate.internal_url in suggested(await Flow.start(hass))


async def test_server_that_was_taken_over_is_left_out(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    old = official(hass, frigate.internal_url)
    other = official(hass, frigate.external_url)
    make_entry(NOBODY, **{CONF_TAKEN_OVER: old.entry_id}).add_to_hass(hass)

    assert [*suggested(await Flow.start(hass))] == [other.data["url"]]


async def test_two_official_entries_of_one_server_are_one_suggestion(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    official(hass, frigate.internal_url)
    official(hass, f"{frigate.internal_url}/api")

    assert [*suggested(await Flow.start(hass))] == [frigate.internal_url]


# Apps


def installed(*slugs: str) -> list[Any]:
    """Return installed apps, as the Supervisor lists them."""
    return [
        InstalledAddon(
            detached=False,
            advanced=False,
            available=True,
            build=False,
            description="",
            homeassistant=None,
            icon=False,
            logo=False,
            name=slug,
            repository=slug.partition("_")[0],
            slug=slug,
            stage=AddonStage.STABLE,
            update_available=False,
            url=None,
            version_latest="1",
            version="1",
            state=AddonState.STARTED,
        )
        for slug in slugs
    ]


class Supervisor(AbstractResolver):
    """Has apps, and knows at which port of this machine each of them answers."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Be there, without a list of apps at first."""
        self._hass = hass
        self._servers: dict[str, FakeFrigate] = {}
        self.asked: list[tuple[str, int]] = []
        hass.config.components.add("hassio")

    def install(self, slugs: Iterable[str], **servers: FakeFrigate) -> None:
        """Install apps, some of which run."""
        self._hass.data["hassio_addons_list"] = installed(*slugs)
        self._servers = {one.replace("_", "-"): it for one, it in servers.items()}

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return where an app answers."""
        self.asked.append((host, port))
        if (server := self._servers.get(host)) is None:
            raise OSError(f"no {host}")
        found = URL(server.internal_url)
        assert found.host
        assert found.port
        return [
            ResolveResult(
                hostname=host,
                host=found.host,
                port=found.port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    @override
    async def close(self) -> None:
        """Have nothing to close."""

    real_close = close


@pytest.fixture
def supervisor(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    """Return the Supervisor of Home Assistant OS."""
    found = Supervisor(hass)
    monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda _hass: found)
    return found


async def test_apps_of_home_assistant_os(
    hass: HomeAssistant, frigate: FakeFrigate, supervisor: Supervisor
) -> None:
    assert suggested(await Flow.start(hass)) == {}
    assert supervisor.asked == []

    hosts = [
        "ccab4aaf-frigate",
        "ccab4aaf-frigate-fa",
        "ccab4aaf-frigate-beta",
        "ccab4aaf-frigate-fa-beta",
    ]
    supervisor.install(
        [*(one.replace("-", "_", 1) for one in hosts), "a0d7b954_frigate-notify"],
        **{"ccab4aaf_frigate-fa": frigate},
    )
    flow = await Flow.start(hass)
    assert {*supervisor.asked} == {(one, 5000) for one in hosts}
    url = "http://ccab4aaf-frigate-fa:5000"
    assert suggested(flow) == {url: f"{url} ({APP})"}
    assert "full access, no login" in APP
    assert fields(flow) == {"url", "verify_ssl"}

    await flow.submit(**flow.suggested)
    assert flow.entry.data["url"] == url
    assert_works(hass, flow.entry, frigate)
    assert suggested(await Flow.start(hass)) == {}


async def test_app_that_the_official_integration_uses(
    hass: HomeAssistant, frigate: FakeFrigate, supervisor: Supervisor
) -> None:
    url = "http://ccab4aaf-frigate:5000"
    official(hass, url)
    supervisor.install(["ccab4aaf_frigate"], ccab4aaf_frigate=frigate)

    assert suggested(await Flow.start(hass)) == {url: f"{url} ({OFFICIAL}, {APP})"}


def secret_headers(headers: Any) -> set[str]:
    """Return the headers of a request that may be secret."""
    return {one.lower() for one in headers} & {"authorization", "cookie"}


def everything(flow: Flow) -> str:
    """Return all that a flow tells, as a text."""
    schema = flow.result.get("data_schema")
    shown = [] if schema is None else [*schema.schema.items()]
    described = [(str(key), key.description, repr(one)) for key, one in shown]
    rest = {key: one for key, one in flow.result.items() if key != "data_schema"}
    return repr((described, rest))
