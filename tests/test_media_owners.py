"""What is remembered of items that were listed."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.aiofrigate import Event, FrigateNotFoundError
from custom_components.frigate_http.media_owners import _MAX_ITEMS, MediaOwners
from tests.fake_frigate import FakeFrigate


def event(event_id: str, **data: Any) -> Event:
    """Return an event of a camera."""
    found = Event.from_api({"id": event_id, "camera": "front_door", **data})
    assert found is not None
    return found


async def test_only_so_many_items_are_remembered_and_those_in_use_longest(
    frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    owners = MediaOwners(entry.runtime_data.client)
    owners.remember_events(event(str(number)) for number in range(_MAX_ITEMS))
    frigate.clear_requests()
    assert (await owners.async_event("0")).camera == "front_door"
    owners.remember_events([event("one more", end_time=5.0)])
    assert (await owners.async_event("0")).has_ended is False
    assert (await owners.async_event("one more")).has_ended is True
    assert not frigate.requests
    with pytest.raises(FrigateNotFoundError):
        await owners.async_event("1")
    assert len(frigate.requests) == 1


async def test_what_is_not_remembered_is_asked_for_once(
    frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    owners: MediaOwners = entry.runtime_data.owners
    event_id = frigate.add_event("Portones", duration=None).id
    review_id = frigate.add_review("front_door").id
    start = frigate.state.clock() - 600
    export_id = frigate.add_export("Portones", start, start + 5).id
    frigate.clear_requests()
    for _time in range(2):
        found = await owners.async_event(event_id)
        assert (found.camera, found.has_ended) == ("Portones", False)
        found = await owners.async_review(review_id)
        assert (found.camera, found.has_ended) == ("front_door", True)
        assert (await owners.async_export(export_id)).camera == "Portones"
    assert len(frigate.requests) == 3


async def test_an_export_in_progress_is_asked_for_again(
    frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    owners: MediaOwners = entry.runtime_data.owners
    start = frigate.state.clock() - 600
    frigate.state.exporter.looks_until_done = 10
    export_id = frigate.add_export("Portones", start, start + 5, status="running").id
    owners.remember_exports(await entry.runtime_data.client.exports.list())
    frigate.clear_requests()
    assert (await owners.async_export(export_id)).in_progress
    assert (await owners.async_export(export_id)).in_progress is not None
    assert len(frigate.requests) == 2
