"""How the tests of the exports call their actions, and what the server then has."""

import time
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.fake_frigate import FakeFrigate
from tests.services.common import call, camera_entity


def past(seconds: float = 60) -> dict[str, float]:
    """Return the fields of a period whose recordings are on the disk for long."""
    end = int(time.time()) - 120
    return {"start_time": end - seconds, "end_time": end}


async def create(
    hass: HomeAssistant, entry: MockConfigEntry, **fields: Any
) -> dict[str, Any]:
    """Export from one camera and return its part of the answer."""
    entity_id = camera_entity(hass, entry)
    fields = {**past(), **fields}
    answer = await call(hass, "create_export", entity_id=entity_id, **fields)
    assert answer.keys() == {entity_id}
    found = answer[entity_id]
    assert isinstance(found, dict)
    return found


async def refused(hass: HomeAssistant, entry: MockConfigEntry, **fields: Any) -> str:
    """Return the key of the error that an export ends with."""
    with pytest.raises(HomeAssistantError) as caught:
        await create(hass, entry, **fields)
    assert caught.value.translation_key is not None
    return caught.value.translation_key


def add(frigate: FakeFrigate, count: int = 1, **settings: Any) -> list[str]:
    """Return the ids of exports that are added to the server."""
    camera, end = settings.pop("camera", "front_door"), int(time.time()) - 600
    return [
        frigate.add_export(camera, end - 60 - number, end, **settings).id
        for number in range(count)
    ]


def there(frigate: FakeFrigate) -> set[str]:
    """Return the ids of the exports that the server has."""
    return {one.id for one in frigate.state.exporter.rows()}
