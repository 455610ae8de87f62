"""Sensors that follow at once what an action has done to events and reviews."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import in_time, turns
from tests.common import sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity, commands, set_up_admin
from tests.versions import EVERY_VERSION

SUMMARY = "/api/review/summary"
ALERTS = ("sensor", "server:unreviewed_alerts")


async def later(freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass, and whatever it brings about."""
    freezer.tick(seconds)
    await turns()


@pytest.mark.usefixtures("fixed_time")
@EVERY_VERSION
async def test_a_new_event_is_shown_once_it_is_in_the_database(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_admin(hass, frigate)
    door, gate = (camera_entity(hass, entry, n) for n in ("front_door", "Portones"))
    frigate.clear_requests()
    _answer, waited = await in_time(
        freezer,
        call(hass, "create_event", entity_id=[door, gate], label="doorbell"),
    )
    assert (waited, sent(frigate, SUMMARY)) == (0, [])
    assert state_of(hass, entry, *ALERTS) == "0"
    await later(freezer, 0.3)
    frigate.write_events()
    await later(freezer, 0.3)
    assert state_of(hass, entry, *ALERTS) == "2"
    # Two cameras are one thing to look at, and a second look is the last.
    assert len(sent(frigate, SUMMARY)) == 1
    await later(freezer, 3)
    assert len(sent(frigate, SUMMARY)) == 2


@pytest.mark.usefixtures("fixed_time")
async def test_a_new_event_that_reaches_the_database_late(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_admin(hass, frigate)
    new: dict[str, Any] = {"entity_id": camera_entity(hass, entry), "label": "doorbell"}
    await in_time(freezer, call(hass, "create_event", **new))
    frigate.fail(SUMMARY, Fault.status(500), times=1)
    await later(freezer, 0.6)
    assert state_of(hass, entry, *ALERTS) == "0"
    frigate.write_events()
    await later(freezer, 2)
    assert state_of(hass, entry, *ALERTS) == "1"
    await in_time(freezer, call(hass, "create_event", **new))
    await later(freezer, 0.6)
    assert state_of(hass, entry, *ALERTS) == "1"
    # What is created meanwhile is looked for anew.
    await in_time(freezer, call(hass, "create_event", **new))
    await later(freezer, 1)
    frigate.write_events()
    await later(freezer, 1)
    assert state_of(hass, entry, *ALERTS) == "3"


@pytest.mark.usefixtures("fixed_time")
async def test_unloading_the_entry_cancels_the_refresh(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_admin(hass, frigate)
    new: dict[str, Any] = {"entity_id": camera_entity(hass, entry), "label": "doorbell"}
    await in_time(freezer, call(hass, "create_event", **new))
    await hass.config_entries.async_unload(entry.entry_id)
    frigate.clear_requests()
    await later(freezer, 3)
    assert frigate.requests == []


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("end_event", {}),
        ("delete_event", {}),
        ("set_event_sub_label", {"sub_label": "Ana"}),
    ],
)
@EVERY_VERSION
async def test_a_change_is_shown_immediately(
    hass: HomeAssistant, frigate: FakeFrigate, action: str, data: dict[str, Any]
) -> None:
    entry = await set_up_admin(hass, frigate)
    # The answer in the server's cache is a few seconds old at most.
    await entry.runtime_data.client.reviews.summary()
    event = frigate.add_event("front_door", duration=None)
    frigate.add_review("front_door", events=[event.id])
    assert state_of(hass, entry, *ALERTS) == "0"
    await call(hass, action, event_id=event.id, **data)
    assert state_of(hass, entry, *ALERTS) == "1"


async def test_a_change_without_an_answer_is_shown(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door", duration=None)
    frigate.add_review("front_door", events=[event.id])
    frigate.fail("/api/events/", Fault.drop_body(), times=1)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "end_event", event_id=event.id)
    assert caught.value.translation_key == "outcome_unknown"
    assert state_of(hass, entry, *ALERTS) == "1"
    frigate.add_review("Portones")
    await call(hass, "end_event", event_id=event.id)
    assert state_of(hass, entry, *ALERTS) == "2"


@EVERY_VERSION
async def test_no_item_is_marked_when_one_of_them_is_refused(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    own = frigate.add_review("Portones").id
    foreign = frigate.add_review("front_door").id
    account = {"username": "gate1", "password": "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    assert state_of(hass, entry, *ALERTS) == "1"
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "mark_reviewed", review_ids=[own, foreign])
    assert caught.value.translation_key == "forbidden"
    assert commands(frigate) == []
    assert state_of(hass, entry, *ALERTS) == "1"
    await call(hass, "mark_reviewed", review_ids=[own])
    assert state_of(hass, entry, *ALERTS) == "0"
    await call(hass, "mark_reviewed", review_ids=[own], reviewed=False)
    assert state_of(hass, entry, *ALERTS) == "1"
