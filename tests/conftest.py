"""Fixtures for all tests: a Home Assistant, and a Frigate to talk to."""

import asyncio
import asyncio.constants
from collections.abc import AsyncGenerator, Generator, Sequence
import traceback
from typing import Any
from unittest.mock import PropertyMock, patch

import freezegun
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

# Imported before Home Assistant looks for custom components, or it finds the test
# plugin's own folder of that name first.
from custom_components.frigate_http.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL, __version__ as HOME_ASSISTANT
from homeassistant.core import HomeAssistant
from tests.common import setup_state
from tests.entity_snapshots import EntitySnapshots
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.threads import counted_threads, threads_are_idle
from tests.home_runs import saving_at_once
from tests.official_registry import Official, add_house, official_entities

# Subtests are timed by the real clock, as pytest-freezer sees to it for whole tests.
freezegun.configure(extend_ignore_list=["_pytest.subtests"])

# The test plugin sets asyncio's debug mode, in which each future, callback and response
# remembers where it was made, down to pytest. That took half of the time of all tests. What
# the mode checks is checked all the same; a message shows the innermost line only.
traceback.extract_stack.__defaults__ = (None, 1)
vars(asyncio.constants)["DEBUG_STACK_DEPTH"] = 1


def pytest_report_header() -> str:
    """Say which Home Assistant the tests run with."""
    return f"Home Assistant {HOME_ASSISTANT}"


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load custom integrations, where a test has one at all."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def fixed_time(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before anything else exists, so that no timer knows another."""
    freezer.move_to("2026-11-23 12:00:00+00:00")


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Leave out of snapshots what Home Assistant makes up anew each time."""
    return snapshot.use_extension(EntitySnapshots)


@pytest.fixture
def entity_registry_enabled_by_default() -> Generator[None]:
    """Switch on also what is off by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock(return_value=True),
    ):
        yield


@pytest.fixture
def version() -> str:
    """Return the version of the simulated Frigate; `EVERY_VERSION` is for each of them."""
    return "0.17.2"


@pytest.fixture
def frigate_options() -> dict[str, Any]:
    """Return its other arguments; tests override them by parametrization."""
    return {}


@pytest.fixture
def restreamed() -> bool:
    """Return whether its cameras have live video, for which every setup would ask."""
    return False


@pytest.fixture
async def frigate(
    socket_enabled: None,
    version: str,
    restreamed: bool,
    frigate_options: dict[str, Any],
) -> AsyncGenerator[FakeFrigate]:
    """Return a running simulated Frigate."""
    with counted_threads():
        options = {"version": version, "restreamed": restreamed, **frigate_options}
        async with FakeFrigate(**options) as server:
            yield server
            # What no client of ours may ask of go2rtc, whatever a test is about.
            assert server.go2rtc.violations == []


def make_entry(url: str, **data: Any) -> MockConfigEntry:
    """Return a config entry for a server."""
    options = data.pop("options", {})
    return MockConfigEntry(
        domain=DOMAIN,
        title="Frigate",
        data={CONF_URL: url, CONF_VERIFY_SSL: False, **data},
        options=options,
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up a config entry and wait until all is in place."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    if setup_state(entry) is ConfigEntryState.LOADED:
        await _until_connected(entry)
        await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def _until_connected(entry: MockConfigEntry) -> None:
    """Wait until Frigate pushes, or does not, so that no request comes later for that."""
    live = entry.runtime_data.live
    for _turn in range(20_000):
        if live.is_pushing or live.failures:
            return
        await asyncio.sleep(0)
        await threads_are_idle()


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return a set-up entry on the port that needs no login."""
    return await set_up(hass, make_entry(frigate.internal_url))


@pytest.fixture
def house(frigate: FakeFrigate) -> Sequence[Official]:
    """Let the server have two cameras, and return what the official integration has of them."""
    add_house(frigate)
    return official_entities(frigate.state)


@pytest.fixture
def saved_at_once(hass_storage: dict[str, Any]) -> Generator[None]:
    """Let Home Assistant save its config entries at once, not after a second."""
    with saving_at_once():
        yield
