"""What the tests of faces begin with, and how they call what must fail."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonObjectType
from tests.fake_frigate import FakeFrigate
from tests.services.common import call

EVENT = "1795451690.505339-k5o8yi"
OTHER_EVENT = "1795451750.538681-ksl9rv"
KNOWN_FACES = ("sensor", "server:known_faces")


def copied(frigate: FakeFrigate) -> dict[str, list[str]]:
    """Return the library as it is at this moment."""
    return {
        **{name: list(files) for name, files in frigate.state.faces.items()},
        "train": list(frigate.state.train),
    }


def listed(answer: JsonObjectType, key: str = "images") -> list[dict[str, Any]]:
    """Return what an answer tells of images."""
    found = answer[key]
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]


async def refused(hass: HomeAssistant, action: str, **data: Any) -> HomeAssistantError:
    """Return the error that an action must end with."""
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, action, **data)
    return caught.value
