"""Times and durations of no calendar, in each field of each action."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.services import ACTIONS
from custom_components.frigate_http.services.action import CameraAction
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate
from tests.services.common import camera_entity, invalid
from tests.services.test_descriptions import fields_of

NO_TIMES: tuple[Any, ...] = (
    *(1e300, -1e300, float("nan"), float("-inf"), 10**400, -1, 1e12),
    *("1e300", "-1e300", "nan", "0000-01-01 00:00:00", "10000-01-01T00:00:00Z"),
    *(
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-01T00:00+99:99",
    ),
    *(datetime.min, datetime.max, date.min, date.max),
)
NO_DURATIONS: tuple[Any, ...] = (
    *(1e300, -1e300, float("nan"), float("inf"), 10**400, -1, "1e300", "nan"),
    *("999999999999:00:00", {"days": 1e300}, {"hours": float("nan")}, {"days": 10**12}),
)
_OTHER_FIELDS: dict[str, dict[str, Any]] = {
    "create_event": {"label": "person"},
    "end_event": {"event_id": "1.0-abc"},
}
TIME_ZONES = ("Pacific/Kiritimati", "America/Los_Angeles")


def _fields(selector: str) -> Iterator[tuple[str, str]]:
    """Yield action and name of each field with a certain selector."""
    for action in ACTIONS:
        for name, field in fields_of(action).items():
            if selector in (field.get("selector") or {}):
                yield action.name, name


TIME_FIELDS, DURATION_FIELDS = [*_fields("datetime")], [*_fields("duration")]


def test_the_fields_that_are_times() -> None:
    assert {name for _action, name in TIME_FIELDS} == {
        *("start_time", "end_time", "timestamp")
    }
    assert {name for _action, name in DURATION_FIELDS} == {
        *("duration", "chunk_duration", "expires")
    }


@pytest.mark.parametrize("time_zone", TIME_ZONES)
@pytest.mark.parametrize(("action", "field"), TIME_FIELDS)
async def test_times_in_actions(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    action: str,
    field: str,
    time_zone: str,
) -> None:
    await hass.config.async_set_time_zone(time_zone)
    data = _data(hass, entry, action)
    for value in NO_TIMES:
        assert await invalid(hass, action, **{**data, field: value}) == "not_a_time"


@pytest.mark.parametrize(("action", "field"), DURATION_FIELDS)
async def test_durations_in_actions(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    action: str,
    field: str,
) -> None:
    data = _data(hass, entry, action)
    for value in NO_DURATIONS:
        assert await invalid(hass, action, **{**data, field: value}) == "not_a_duration"


def _data(hass: HomeAssistant, entry: MockConfigEntry, action: str) -> dict[str, Any]:
    """Return what else an action needs."""
    found = next(one for one in ACTIONS if one.name == action)
    target = camera_entity(hass, entry)
    data = _OTHER_FIELDS.get(action, {})
    return {**data, "entity_id": target} if isinstance(found, CameraAction) else data
