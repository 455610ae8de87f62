"""Cameras are asked for by name, alias, area or floor, as far as the assistant has them."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)
from tests.common import camera_device
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.services.common import camera_entity

from .common import DOOR, GATE, ask, expose

UNKNOWN = "No camera, and no area or floor with a camera, has this name. Cameras: "


async def at(hass: HomeAssistant, place: str) -> list[str]:
    """Return the cameras of a place."""
    answer = await ask(hass, "camera_status", place=place)
    return sorted(one["camera"] for one in answer["items"])


async def unknown(hass: HomeAssistant, place: str) -> str:
    """Return the names that are offered for one that there is not."""
    error: str = (await ask(hass, "camera_status", place=place))["error"]
    assert error.startswith(UNKNOWN)
    return error.removeprefix(UNKNOWN)


async def test_places(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    expose(hass, entry, DOOR, GATE)
    entities, areas = er.async_get(hass), ar.async_get(hass)
    door = camera_entity(hass, entry)
    entities.async_update_entity(door, aliases=[er.COMPUTED_NAME, "La puerta"])
    floor = fr.async_get(hass).async_create("Outside", aliases={"Outdoors"})
    drive = areas.async_create("Drïveway", floor_id=floor.floor_id, aliases={"Yard"})
    empty = areas.async_create("Kitchen")
    device = camera_device(hass, entry, GATE)
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, area_id=drive.id)

    for place in ("Front door", "front  DOOR", door, "la puerta", "door", "puert"):
        assert await at(hass, place) == ["Front door"], place
    for place in (
        "Portones",
        "Driveway",
        "yard",
        "Outside",
        "outdoors",
        "drive",
        "out",
    ):
        assert await at(hass, place) == ["Portones"], place
    for place in ("Garden", "front gate", "Kitchen", "?!", "🐈"):
        assert await unknown(hass, place) == "Front door, Portones.", place

    # The whole name counts for more than a part of another.
    areas.async_update(empty.id, name="Door")
    dr.async_get(hass).async_update_device(device.id, area_id=empty.id)
    assert await at(hass, "door") == ["Portones"]
    assert await unknown(hass, "yard") == "Front door, Portones."


async def test_cameras_of_the_same_name_on_two_servers(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.add_review(DOOR, ago=100)
    async with FakeFrigate("0.18", cameras=(DOOR,)) as other:
        other.add_review(DOOR, ago=50)
        other.add_review(DOOR, ago=150)
        second = make_entry(other.internal_url)
        hass.config_entries.async_update_entry(entry, title="House")
        await set_up(hass, second)
        hass.config_entries.async_update_entry(second, title="Barn")
        expose(hass, entry, DOOR, GATE)
        expose(hass, second, DOOR)
        house, barn = "Front door (House)", "Front door (Barn)"
        assert await at(hass, "door") == [barn, house]
        assert await at(hass, barn) == [barn]
        assert await unknown(hass, "Attic") == f"{barn}, {house}, Portones (House)."
        items = (await ask(hass, "what_happened"))["items"]
        assert [one["camera"] for one in items] == [barn, house, barn]
