"""Times of no calendar in answers of Frigate, and ends that are far ahead."""

from collections.abc import Iterable, Iterator
import re
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import in_time
from tests.common import pass_time, state_of
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import Folders
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity
from tests.versions import EVERY_VERSION

HOSTILE: tuple[Any, ...] = (
    1e300,
    -1e300,
    253402300800,
    -62135596801,
    10**400,
    "0000-01-01",
    [],
)


def _with_times(answer: Any, value: Any) -> Any:
    """Return an answer in which each time is replaced."""
    match answer:
        case dict():
            return {key: _with_times(one, value) for key, one in answer.items()}
        case list():
            return [_with_times(one, value) for one in answer]
        case int() | float() if answer > 1e9:
            return value
        case str() if answer.endswith(" GMT"):
            return "Mon, 01 Jan 10000 00:00:00 GMT"
        case _:
            return answer


async def _fake_times(frigate: FakeFrigate, paths: Iterable[str], value: Any) -> None:
    """Let the server answer as before, but for the times."""
    async with aiohttp.ClientSession() as session:
        for path in paths:
            async with session.get(frigate.internal_url + path) as response:
                answer = await response.json(content_type=None)
            fault = Fault.json(_with_times(answer, value))
            pattern = path.partition("?")[0].partition("/start/")[0]
            frigate.fail(f"{re.escape(pattern)}(/start/.*)?$", fault)


@EVERY_VERSION
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:12])
async def test_times_in_answers(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    value: Any,
) -> None:
    """Each of Frigate's times is unknown, and what needs one says so in a sentence."""
    now = frigate.state.clock()
    event = frigate.add_event("front_door", ago=300).id
    frigate.add_review("front_door", ago=300)
    export = frigate.add_export("front_door", now - 630, now - 600).id
    target: dict[str, Any] = {"entity_id": camera_entity(hass, entry)}
    past: dict[str, Any] = {"start_time": now - 9000, "end_time": now - 3000}
    paths = (
        *("/api/events", f"/api/events/{event}", "/api/review", "/api/exports"),
        *(f"/api/exports/{export}", f"/api/front_door/recordings?after={now - 600}"),
        f"/api/preview/front_door/start/{now - 9000:.0f}/end/{now - 3000:.0f}",
    )

    async def lists() -> list[Any]:
        return [
            await call(hass, "get_events"),
            await call(hass, "get_reviews"),
            await call(hass, "get_exports"),
            await call(hass, "get_previews", **target, **past),
            await call(hass, "download_event", event_id=event, media_type="thumbnail"),
            await call(hass, "download_export", export_id=export),
        ]

    known = await lists()
    await _fake_times(frigate, paths, value)
    found = await lists()
    assert [*_times(known)].count(None) < [*_times(found)].count(None)
    assert {*_times(found)} == {None}
    # What is no number of JSON is read as null, which is no end.
    goes_on = value == 10**400
    assert {one["in_progress"] for one in found[0]["events"]} == {goes_on}
    if goes_on:
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "download_event", event_id=event)
        assert caught.value.translation_key == "in_progress"
    else:
        # Frigate itself knows when the event was.
        saved: Any = await call(hass, "download_event", event_id=event)
        assert saved["seconds"] > 10
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "download_clip", **target, duration=10)
    assert caught.value.translation_key == "not_frigate"

    frigate.clear_faults()
    assert [*_times(await lists())] == [*_times(known)]


def _times(answer: Any) -> Iterator[Any]:
    """Yield the values of all fields that are times."""
    if isinstance(answer, dict):
        yield from (answer[key] for key in ("start", "end") if key in answer)
        answer = [*answer.values()]
    if isinstance(answer, list):
        for one in answer:
            yield from _times(one)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:12])
async def test_times_in_polls(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry_enabled_by_default: None,
    frigate: FakeFrigate,
    value: Any,
) -> None:
    now = frigate.state.clock()
    frigate.add_export("front_door", now - 630, now - 600)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    sensors = {"server:uptime": "/api/stats", "server:last_export": "/exports/"}
    known = [state_of(hass, entry, "sensor", key) for key in sensors]
    assert STATE_UNKNOWN not in known

    await _fake_times(frigate, sensors.values(), value)
    await pass_time(hass, freezer, 60)
    for key in sensors:
        assert state_of(hass, entry, "sensor", key) == STATE_UNKNOWN
    assert state_of(hass, entry, "binary_sensor", "server:stats_stale") == STATE_UNKNOWN

    frigate.clear_faults()
    await pass_time(hass, freezer, 60)
    assert STATE_UNKNOWN not in [
        state_of(hass, entry, "sensor", key) for key in sensors
    ]


# An end that is ahead


@EVERY_VERSION
async def test_the_end_of_an_event_is_waited_for_ten_minutes_at_most(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    async def download(ahead: float) -> Any:
        event = frigate.add_event("front_door", ago=20, duration=20 + ahead)
        return await call(hass, "download_event", event_id=event.id)

    for ahead in (610, 86400, 1e10):
        with pytest.raises(HomeAssistantError) as caught:
            await download(ahead)
        assert caught.value.translation_key == "end_ahead"
        assert caught.value.translation_placeholders == {"minutes": "10"}
    assert folders.files() == []

    answer, waited = await in_time(freezer, download(580), 5)
    assert 580 < waited < 650
    assert answer["seconds"] > 590
