"""Taking over from the official integration, and undoing it, by the dialogs alone."""

from collections.abc import Sequence
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import (
    CONF_LEAVE,
    CONF_TAKEN_OVER,
    CONF_UNDO,
    DOMAIN,
)
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.official_home import load, official_entry, provide, register
from tests.official_registry import Official
from tests.versions import WITH_016

from . import VIEWER, Flow, proxied


@pytest.fixture(autouse=True)
def _saved_at_once(saved_at_once: None) -> None:
    """Let Home Assistant save its config entries at once, not after a second."""


@pytest.fixture
async def official(
    hass: HomeAssistant, frigate: FakeFrigate, house: Sequence[Official]
) -> MockConfigEntry:
    """Return the loaded entry of the official integration, for the port without login."""
    provide(hass, house)
    entry = official_entry(frigate.internal_url)
    register(hass, entry, house)
    await load(hass, entry)
    return entry


def rows(hass: HomeAssistant, entry: Any) -> dict[str, str]:
    """Return the unique ids of an entry's entities by entity id."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {one.entity_id: one.unique_id for one in found}


def leavable(flow: Flow) -> list[str]:
    """Return the entities that the preview lets stay."""
    options: Any = flow.result["data_schema"].schema["leave"].config["options"]
    return [*options]


async def to_preview(hass: HomeAssistant, frigate: FakeFrigate) -> Flow:
    """Go to the preview for a new entry."""
    flow = await Flow.at(hass, frigate.internal_url)
    assert flow.step == "official_found"
    await flow.choose("take_over")
    assert flow.step == "take_over"
    return flow


@WITH_016
async def test_new_entry_takes_over_after_a_preview(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = rows(hass, official)
    flow = await to_preview(hass, frigate)

    assert flow.placeholders["official"] == official.title
    moving = leavable(flow)
    assert "camera.cam_01" in moving
    assert moving == sorted(moving)
    assert {*moving} < before.keys()
    # What stays is named too.
    assert all(one in flow.placeholders["preview"] for one in before)
    # Until it is confirmed, nothing is changed.
    assert rows(hass, official) == before
    assert official.state is ConfigEntryState.LOADED
    assert not hass.config_entries.async_entries(DOMAIN)

    await flow.submit()
    assert flow.result["data"] == {
        "url": frigate.internal_url,
        "verify_ssl": False,
        CONF_TAKEN_OVER: official.entry_id,
    }
    assert flow.entry.state is ConfigEntryState.LOADED
    assert {*moving} <= rows(hass, flow.entry).keys()
    assert rows(hass, official) == {
        key: one for key, one in before.items() if key not in moving
    }
    assert official.disabled_by is not None


async def test_entities_that_are_left_stay_where_they_are(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    flow = await to_preview(hass, frigate)
    left = leavable(flow)[:2]
    await flow.submit(leave=left)

    assert flow.result["data"][CONF_LEAVE] == left
    assert {*left} <= rows(hass, official).keys()
    # It was for this one time.
    assert CONF_LEAVE not in flow.entry.data


async def test_both_side_by_side(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = rows(hass, official)
    flow = await Flow.at(hass, frigate.internal_url)
    await flow.choose("side_by_side")

    assert flow.entry.data == {"url": frigate.internal_url, "verify_ssl": False}
    assert flow.entry.state is ConfigEntryState.LOADED
    assert official.state is ConfigEntryState.LOADED
    assert rows(hass, official) == before
    # It can still be done later.
    flow = await Flow.reconfigure(hass, flow.entry)
    assert flow.result["menu_options"] == ["connection", "take_over"]


@WITH_016
async def test_account_that_may_not_read_faces_has_a_preview_too(
    hass: HomeAssistant, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    provide(hass, house)
    entry = official_entry(frigate.external_url, validate_ssl=False, **VIEWER)
    register(hass, entry, house)
    flow = await Flow.start(hass)
    await flow.submit(**flow.suggested, official_account=True)
    assert flow.step == "official_found"
    await flow.choose("take_over")

    assert "camera.cam_01" in leavable(flow)
    assert VIEWER["password"] not in flow.placeholders["preview"]


async def test_login_comes_before_the_question(
    hass: HomeAssistant, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    provide(hass, house)
    register(hass, official_entry(frigate.external_url), house)
    flow = await Flow.at(hass, frigate.external_url)
    await flow.choose("login")
    await flow.submit(**VIEWER, **proxied())

    assert flow.step == "official_found"
    await flow.choose("side_by_side")
    assert flow.entry.data["username"] == VIEWER["username"]


async def test_one_of_several_entries_of_the_server_is_chosen(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    other = MockConfigEntry(
        domain="frigate",
        title="The other one",
        data={"url": f"{frigate.internal_url}/", "password": "hidden-secret"},
    )
    other.add_to_hass(hass)
    flow = await Flow.at(hass, frigate.internal_url)
    assert flow.placeholders["official"] == f"{official.title}, The other one"
    await flow.choose("take_over")
    assert flow.step == "choose_official"
    options: Any = flow.result["data_schema"].schema["official"].config["options"]
    assert [one["value"] for one in options] == [official.entry_id, other.entry_id]
    assert options[1]["label"] == f"The other one ({frigate.internal_url})"

    await flow.submit(official=official.entry_id)
    assert flow.step == "take_over"
    assert flow.placeholders["official"] == official.title
    await flow.submit()
    assert flow.result["data"][CONF_TAKEN_OVER] == official.entry_id


async def test_entry_that_has_gone_meanwhile_is_not_taken_over(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    flow = await to_preview(hass, frigate)
    await hass.config_entries.async_remove(official.entry_id)
    await flow.submit()
    assert flow.reason == "official_gone"
    assert not hass.config_entries.async_entries(DOMAIN)

    flow = await Flow.at(hass, frigate.internal_url)
    assert CONF_TAKEN_OVER not in flow.entry.data


async def test_entry_that_was_taken_over_meanwhile_is_not_taken_over_again(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    flow = await to_preview(hass, frigate)
    taker = make_entry("http://127.0.0.1:1", **{CONF_TAKEN_OVER: official.entry_id})
    taker.add_to_hass(hass)
    await flow.submit()

    assert flow.reason == "official_gone"
    assert hass.config_entries.async_entries(DOMAIN) == [taker]


# Reconfigure


@pytest.fixture
async def used(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> MockConfigEntry:
    """Return an entry of ours that has been in use beside the official one."""
    return await set_up(hass, make_entry(frigate.internal_url))


async def test_entry_in_use_takes_over_and_gives_back(
    hass: HomeAssistant, official: MockConfigEntry, used: MockConfigEntry
) -> None:
    flow = await Flow.reconfigure(hass, used)
    assert flow.step == "change"
    assert flow.placeholders["title"] == used.title
    await flow.choose("take_over")
    left = leavable(flow)[:1]
    # Ours that make room for it.
    assert "camera.cam_01_2" in flow.placeholders["preview"]
    before, theirs, ours = dict(used.data), rows(hass, official), rows(hass, used)
    await flow.submit(leave=left)
    assert flow.reason == "take_over_started"
    assert used.data == {**before, CONF_TAKEN_OVER: official.entry_id}
    assert "camera.cam_01_2" not in rows(hass, used)
    assert {*left} <= rows(hass, official).keys()

    flow = await Flow.reconfigure(hass, used)
    assert flow.result["menu_options"] == ["connection", "undo"]
    await flow.choose("undo")
    assert flow.placeholders == {"official": official.title, "title": used.title}
    await flow.submit()
    assert flow.reason == "undo_started"
    assert used.data == before
    assert rows(hass, official) == theirs
    assert rows(hass, used) == ours
    assert official.disabled_by is None


async def test_connection_is_changed_as_before(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    official: MockConfigEntry,
    used: MockConfigEntry,
) -> None:
    flow = await Flow.reconfigure(hass, used)
    await flow.choose("connection")
    assert flow.step == "reconfigure"
    await flow.submit(url="ftp://nvr", verify_ssl=True)
    assert flow.errors == {"url": "invalid_url"}
    await flow.submit(url=frigate.internal_url, verify_ssl=True)

    assert flow.reason == "reconfigure_successful"
    assert used.data == {"url": frigate.internal_url, "verify_ssl": True}
    assert used.state is ConfigEntryState.LOADED


async def test_what_is_asked_for_stays_while_the_connection_is_changed(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    asked: dict[str, Any] = {
        CONF_TAKEN_OVER: "gone",
        CONF_LEAVE: ["a.b"],
        CONF_UNDO: True,
    }
    entry = make_entry("http://127.0.0.1:1", **asked)
    entry.add_to_hass(hass)
    flow = await Flow.reconfigure(hass, entry)
    # The official entry is gone, so that there is nothing to undo.
    assert flow.step == "reconfigure"
    await flow.submit(url=frigate.internal_url, verify_ssl=False)

    assert flow.reason == "reconfigure_successful"


async def test_undo_needs_no_server(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    entry = make_entry("http://127.0.0.1:1", **{CONF_TAKEN_OVER: official.entry_id})
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    flow = await Flow.reconfigure(hass, entry)
    assert flow.result["menu_options"] == ["connection", "undo"]
    await flow.choose("undo")
    await hass.config_entries.async_remove(official.entry_id)
    await flow.submit()
    assert flow.reason == "official_gone"
    assert CONF_UNDO not in entry.data


async def test_undo_of_what_has_not_begun_lets_it_never_begin(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = rows(hass, official)
    entry = make_entry(frigate.internal_url, **{CONF_TAKEN_OVER: official.entry_id})
    frigate.fail("/api/config", Fault.status(500))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    flow = await Flow.reconfigure(hass, entry)
    await flow.choose("undo")
    await flow.submit()
    assert flow.reason == "undo_started"

    frigate.clear_faults()
    await hass.config_entries.async_reload(entry.entry_id)
    assert hass.config_entries.async_loaded_entries(DOMAIN) == [entry]
    assert entry.data == make_entry(frigate.internal_url).data
    assert rows(hass, official) == before
    assert official.state is ConfigEntryState.LOADED


async def test_an_entry_that_is_off_gives_nothing_back_until_it_is_on(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    entry = make_entry(frigate.internal_url, **{CONF_TAKEN_OVER: official.entry_id})
    entry.add_to_hass(hass)
    set_disabled_by = hass.config_entries.async_set_disabled_by
    await set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert (await Flow.reconfigure(hass, entry)).step == "reconfigure"

    await set_disabled_by(entry.entry_id, None)
    flow = await Flow.reconfigure(hass, entry)
    assert flow.result["menu_options"] == ["connection", "undo"]


@pytest.mark.parametrize(
    "data", [{}, {CONF_TAKEN_OVER: True}], ids=["down", "marked by hand"]
)
async def test_without_anything_to_choose_the_connection_is_changed_at_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    official: MockConfigEntry,
    data: dict[str, Any],
) -> None:
    entry = make_entry(frigate.internal_url, **data)
    entry.add_to_hass(hass)

    assert (await Flow.reconfigure(hass, entry)).step == "reconfigure"


async def test_entry_of_another_server_is_not_offered(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    official_entry("http://127.0.0.1:1").add_to_hass(hass)

    assert (await Flow.reconfigure(hass, entry)).step == "reconfigure"
