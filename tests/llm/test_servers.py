"""An answer says which servers it lacks, and that nobody answers if none does."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from tests.common import reauths
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault

from .common import DOOR, api_of, ask, expose

NO_ANSWER = "Home Assistant gets no answer from Frigate at the moment"
QUESTIONS = ("what_happened", "who_was_seen_last", "camera_status")


async def test_a_server_that_does_not_answer_is_named(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.add_review(DOOR)
    hass.config_entries.async_update_entry(entry, title="House")
    async with FakeFrigate("0.18", cameras=("garden",)) as other:
        other.add_review("garden")
        second = await set_up(hass, make_entry(other.internal_url))
        expose(hass, entry, DOOR)
        expose(hass, second, "garden")
        await frigate.refuse()
        answer = await ask(hass, "what_happened")
        assert [one["camera"] for one in answer["items"]] == ["Garden (Frigate)"]
        assert answer["servers_without_answer"] == ["House"]
        answer = await ask(hass, "what_happened", place="Front door")
        assert answer["error"].startswith(f"{NO_ANSWER} (House)")

        await frigate.resume()
        answer = await ask(hass, "what_happened")
        assert {one["camera"] for one in answer["items"]} == {
            "Garden (Frigate)",
            "Front door (House)",
        }
        assert "servers_without_answer" not in answer


async def test_a_server_that_is_not_loaded(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.add_face("Ana", 1)
    expose(hass, entry, DOOR)
    await hass.config_entries.async_unload(entry.entry_id)
    for tool in QUESTIONS:
        for place in (None, "front door"):
            answer = await ask(hass, tool, place=place)
            assert answer["error"].startswith(NO_ANSWER)
    filters: tuple[dict[str, Any], ...] = ({"person": "Ana"}, {"label": "car"})
    for args in filters:
        answer = await ask(hass, "what_happened", **args)
        assert answer["error"].startswith(NO_ANSWER)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    for tool in QUESTIONS:
        assert "items" in await ask(hass, tool)


async def test_a_server_that_keeps_somebody_waiting(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
) -> None:
    expose(hass, entry, DOOR)
    frigate.fail("/api/review", Fault.stall())
    frigate.clear_requests()
    asking = asyncio.create_task(ask(hass, "what_happened"))
    await frigate.wait_for_requests(1)
    assert not asking.done()
    # Less than a request may take.
    freezer.tick(10.1)
    assert (await asking)["error"].startswith(NO_ANSWER)
    frigate.clear_faults()
    assert (await ask(hass, "what_happened"))["items"] == []


async def test_the_status_is_unknown_during_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    expose(hass, entry, DOOR)
    await frigate.refuse()
    server = entry.runtime_data.server
    for _ in range(2):
        await server.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not server.last_update_success
    assert (await ask(hass, "camera_status"))["error"].startswith(NO_ANSWER)
    await frigate.resume()
    await server.async_refresh()
    assert (await ask(hass, "camera_status"))["items"]


async def test_a_lost_login_is_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    expose(hass, entry, DOOR)
    frigate.fail("/api/review", Fault.status(401))
    assert (await ask(hass, "what_happened"))["error"].startswith(NO_ANSWER)
    await hass.async_block_till_done()
    assert len(reauths(hass)) == 1


async def test_tools_are_there_while_there_is_a_server(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    def ours(names: list[str]) -> list[str]:
        return [one for one in names if one.startswith(DOMAIN)]

    names = [f"{DOMAIN}__{one}" for one in QUESTIONS]
    assert sorted(ours([one.name for one in (await api_of(hass)).tools])) == sorted(
        names
    )
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ours([one.name for one in (await api_of(hass)).tools]) == []
