"""Summaries and descriptions, which a language model of Frigate writes."""

import asyncio
from typing import Any

import pytest

from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from tests.common import sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import failure
from tests.services.common import (
    at,
    call,
    camera_entity,
    commands,
    invalid,
    set_up_admin,
    set_up_viewer,
)
from tests.services.test_access import member_of, owner_of
from tests.versions import BEFORE_018, EVERY_VERSION, ONLY_016, SINCE_018, WITH_016

SUMMARIZE = "/api/review/summarize"
TEXT = "# Night\n\nA courier left a parcel."
LAST_HOUR: dict[str, Any] = {"duration": 3600}
GATE = {"username": "gate1", "password": "gate-password-1!"}


def summarizes(frigate: FakeFrigate, text: str = TEXT) -> None:
    """Let the language model answer."""
    frigate.fail(SUMMARIZE, Fault.json({"success": True, "summary": text}))


async def error_of(hass: HomeAssistant, action: str, **data: Any) -> HomeAssistantError:
    """Return the error that a call ends in."""
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, action, **data)
    assert len(str(caught.value)) > 20
    return caught.value


@pytest.mark.usefixtures("texts_of_errors")
@EVERY_VERSION
async def test_reviews_are_summarized(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
    assert err.translation_key == "summaries_off"
    assert "Turn on genai, and review.genai for each camera" in str(err)
    frigate.describe("front_door")
    summaries = []
    for threat in (None, 0, 1):
        if threat is not None:
            review = frigate.add_review("front_door", ago=600)
            frigate.review_described(review, potential_threat_level=threat)
        answer = await call(hass, "summarize_reviews", **LAST_HOUR)
        summaries.append(answer["summary"])
    # Frigate's own sentences are answers like any other.
    assert summaries == [
        "No activity was found during this time period.",
        "No concerns were found during this time period.",
        "# Security Summary\n\nA visitor tried the door handle.",
    ]
    frigate.state.summary = None
    err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
    assert err.translation_key == "server_error"
    assert "Failed to create summary" in str(err)
    now = frigate.state.clock()
    data: dict[str, Any] = {"start_time": at(now - 60), "end_time": at(now - 5)}
    assert await call(hass, "summarize_reviews", **data) == {
        "summary": summaries[0],
        "start": at(now - 60),
        "end": at(now - 5),
    }


async def test_the_period_of_a_summary(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    summarizes(frigate)
    now = frigate.state.clock()
    assert await invalid(hass, "summarize_reviews") == "bad_period"
    assert await invalid(hass, "summarize_reviews", start_time=now + 60) == "bad_times"
    data: dict[str, Any] = {"start_time": now, "end_time": now - 5}
    assert await invalid(hass, "summarize_reviews", **data) == "bad_times"
    assert commands(frigate) == []
    answer = await call(hass, "summarize_reviews", **LAST_HOUR)
    assert answer["summary"] == TEXT


@SINCE_018
async def test_since_0_18_a_summary_needs_an_administrator(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    summarizes(frigate)
    err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
    assert err.translation_key == "summary_needs_admin"
    assert commands(frigate) == []


@SINCE_018
async def test_an_account_that_is_an_administrator_no_longer(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.fail(SUMMARIZE, Fault.status(403), times=1)
    err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
    assert err.translation_key == "summary_needs_admin"
    summarizes(frigate)
    assert (await call(hass, "summarize_reviews", **LAST_HOUR))["summary"] == TEXT


@BEFORE_018
async def test_before_0_18_a_summary_needs_an_account_that_sees_all_cameras(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    summarizes(frigate)
    gate = await set_up(hass, make_entry(frigate.external_url, **GATE))
    err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
    assert err.translation_key == "summary_needs_all_cameras"
    assert commands(frigate) == []
    await hass.config_entries.async_remove(gate.entry_id)
    await set_up_viewer(hass, frigate)
    assert (await call(hass, "summarize_reviews", **LAST_HOUR))["summary"] == TEXT


@ONLY_016
@pytest.mark.usefixtures("texts_of_errors")
async def test_0_16_has_no_summaries(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
    assert str(err) == (
        "Frigate 0.16.4 does not support this. Update it to 0.17 or later"
    )
    assert commands(frigate) == []


@EVERY_VERSION
async def test_a_summary_is_for_those_who_may_see_all_cameras(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    summarizes(frigate)
    # Even of all cameras there are today: a removed one is in the summary as well.
    every = [camera_entity(hass, entry, one) for one in frigate.state.cameras]
    for some in (every[:1], every):
        with pytest.raises(Unauthorized):
            await call(hass, "summarize_reviews", owner_of(hass, *some), **LAST_HOUR)
    assert commands(frigate) == []
    reader = await member_of(hass, GROUP_ID_READ_ONLY)
    answer = await call(hass, "summarize_reviews", reader, **LAST_HOUR)
    assert answer["summary"] == TEXT


async def test_a_summary_that_fails_is_not_asked_for_again(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    for fault, key in (
        (Fault.drop(), "cannot_connect"),
        (Fault.status(502), "starting"),
        (Fault("answer", failure("Failed to create summary.", 500)), "server_error"),
        (Fault.json({"success": True, "summary": None}), "not_frigate"),
    ):
        frigate.clear_requests()
        frigate.fail(SUMMARIZE, fault)
        err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
        assert err.translation_key == key
        assert len(commands(frigate)) == 1
        summarizes(frigate)
        assert (await call(hass, "summarize_reviews", **LAST_HOUR))["summary"] == TEXT


async def test_a_summary_that_takes_too_long(
    hass: HomeAssistant, frigate: FakeFrigate, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up_admin(hass, frigate)
    with monkeypatch.context() as patch:
        patch.setattr(
            "custom_components.frigate_http.aiofrigate.reviews._SUMMARY_TIMEOUT", 0.05
        )
        frigate.fail(SUMMARIZE, Fault.stall())
        err = await error_of(hass, "summarize_reviews", **LAST_HOUR)
    assert err.translation_key == "summary_unfinished"
    assert len(commands(frigate)) == 1
    frigate.clear_faults()
    summarizes(frigate)
    assert (await call(hass, "summarize_reviews", **LAST_HOUR))["summary"] == TEXT


async def test_summaries_hold_nothing_else_up(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door")
    frigate.fail(SUMMARIZE, Fault.stall())
    waiting = [
        asyncio.create_task(call(hass, "summarize_reviews", **LAST_HOUR))
        for _number in range(4)
    ]
    while len(commands(frigate)) < 2:
        await frigate.wait_for_requests(len(frigate.requests) + 1)
    await call(hass, "retain_event", event_id=event.id)
    assert event.retained
    # The others wait for their turn.
    assert len([one for one in commands(frigate) if SUMMARIZE in one.path]) == 2
    summarizes(frigate)
    frigate.clear_faults()
    summarizes(frigate)
    for err in await asyncio.gather(*waiting, return_exceptions=True):
        assert not isinstance(err, BaseException) or isinstance(err, HomeAssistantError)
    assert (await call(hass, "summarize_reviews", **LAST_HOUR))["summary"] == TEXT


@WITH_016
async def test_a_description_is_set(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door")
    one: dict[str, Any] = {"event_id": event.id}
    text = "Ana brings a parcel.\nShe waves."
    answer = await call(hass, "set_event_description", **one, description=f" {text}\n")
    assert answer == {**one, "description": text}
    assert event.data["description"] == text
    answer = await call(hass, "set_event_description", **one, description=" ")
    assert answer == {**one, "description": None}
    assert event.data["description"] == ""
    for bad in ("x" * 4001, "a\x00b", None, ["a"]):
        reason = await invalid(hass, "set_event_description", **one, description=bad)
        assert reason == "field description"


@pytest.mark.usefixtures("texts_of_errors")
@WITH_016
async def test_a_description_is_written_anew(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door")
    one: dict[str, Any] = {"event_id": event.id}
    for force in (False, True):
        err = await error_of(hass, "regenerate_event_description", **one, force=force)
        assert err.translation_key == "descriptions_off"
        assert "Turn on semantic_search, genai, and objects.genai" in str(err)
    assert frigate.state.regenerations == []

    frigate.describe("front_door", objects=True)
    await hass.config_entries.async_reload(entry.entry_id)
    answer = await call(hass, "regenerate_event_description", **one)
    assert answer == {**one, "source": "thumbnails"}
    answer = await call(hass, "regenerate_event_description", **one, source="snapshot")
    assert answer == {**one, "source": "snapshot"}
    # Where it is off for the camera, it can be forced since 0.17.
    frigate.state.cameras["front_door"].object_descriptions = False
    if frigate.state.is_017:
        await call(hass, "regenerate_event_description", **one, force=True)
    else:
        await error_of(hass, "regenerate_event_description", **one, force=True)
    forced = [(event.id, "thumbnails", True)] if frigate.state.is_017 else []
    assert frigate.state.regenerations == [
        (event.id, "thumbnails", False),
        (event.id, "snapshot", False),
        *forced,
    ]
    reason = await invalid(hass, "regenerate_event_description", **one, source="clip")
    assert reason == "field source"


async def test_a_description_is_never_asked_for_twice(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door")
    path = f"/api/events/{event.id}/description/regenerate"
    frigate.fail(path, Fault.drop(), times=1)
    err = await error_of(hass, "regenerate_event_description", event_id=event.id)
    assert err.translation_key == "outcome_unknown"
    assert len(sent(frigate, path)) == 1
    frigate.fail(path, Fault.json({"success": True}))
    await call(hass, "regenerate_event_description", event_id=event.id)
