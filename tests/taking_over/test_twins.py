"""Each entity of the official integration is continued by one that ours provides, or stays."""

from collections import Counter, defaultdict

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.taking_over.finding import Reason
from custom_components.frigate_http.taking_over.known import KnownServer
from custom_components.frigate_http.taking_over.official import (
    OfficialEntry,
    find_entry,
)
from custom_components.frigate_http.taking_over.plan import Plan, make_plan
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.official_home import official_entry, register
from tests.official_registry import GONE, OFFICIAL_ENTRY, large_house
from tests.versions import WITH_016


def known(entry: MockConfigEntry) -> KnownServer:
    server = entry.runtime_data.server
    return KnownServer.from_data(server.data, server.client.capabilities)


def old(hass: HomeAssistant) -> OfficialEntry:
    found = find_entry(hass, OFFICIAL_ENTRY)
    assert found is not None
    return found


def kinds(hass: HomeAssistant, plan: Plan) -> dict[Reason, Counter[str]]:
    """Return how many of each kind stay, by the reason."""
    found = defaultdict[Reason, Counter[str]](Counter)
    for one in plan.stays:
        row = er.async_get(hass).async_get(one.registry_id)
        assert row is not None
        assert (row.entity_id, row.device_id) == (one.entity_id, one.old_device_id)
        found[one.reason][row.unique_id.split(":")[1]] += 1
    return found


@WITH_016
async def test_all_that_moves_is_provided_by_us(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    house = large_house(frigate)
    register(hass, official_entry(frigate.internal_url), house)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    plan = make_plan(hass, old(hass), entry.entry_id, known(entry))

    registry = er.async_get(hass)
    for move in plan.moves:
        row = registry.async_get(move.registry_id)
        assert row is not None
        assert row.entity_id == move.entity_id
        twin = registry.async_get_entity_id(row.domain, DOMAIN, move.new_unique_id)
        assert twin is not None, move
        assert move.twin is not None
        assert move.twin.entity_id == twin
    twins = {move.twin.entity_id for move in plan.moves if move.twin}
    assert len(twins) == len(plan.moves)
    assert len(plan.moves) + len(plan.stays) == len(house)

    staying = kinds(hass, plan)
    shared = ("occupancy_sensor", "sensor_active_object_count", "sensor_object_count")
    assert staying.pop(Reason.SHARED_ZONE) == dict.fromkeys(shared, 3)
    gone = Counter(one.kind for one in house if one.device == GONE)
    assert staying.pop(Reason.NOT_CONFIGURED) == gone
    assert staying.pop(Reason.NO_TWIN).keys() <= {
        "sensor_status",
        "sensor_global_plate",
        "sensor_global_object_classification",
    }
    off = staying.pop(Reason.NOT_PROVIDED)
    assert off.pop("switch") == 16
    assert off == ({} if frigate.state.is_018 else {"sensor_fps": 8})
    assert staying == {}
