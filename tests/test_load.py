"""Sixty-four cameras: who writes a state, and when nobody does."""

from collections import Counter
from collections.abc import Generator
from copy import deepcopy
from itertools import cycle
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from tests.common import POLL, pass_polls, pass_time, sent
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.stats import build_stats
from tests.live.common import PUSH, until_pushing, until_state
from tests.versions import EVERY_VERSION

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")

CAMERAS = 64
PEOPLE = 20


@pytest.fixture
def version() -> str:
    return "0.18"


@pytest.fixture
def frigate_options() -> dict[str, Any]:
    faces = {f"person_{number}": number for number in range(PEOPLE)}
    return {"cameras": CAMERAS, "faces": faces}


@pytest.fixture(autouse=True)
def _cameras_record_motion_only(frigate: FakeFrigate) -> None:
    """Leave out the question whether a camera records, which is asked for each of them."""
    for camera in frigate.state.cameras.values():
        camera.continuous_days = 0


def _is_new_token(event: Event[Any]) -> bool:
    """Return whether this is Home Assistant's own doing.

    It gives every camera a new access token each five minutes.
    """
    old, new = event.data.get("old_state"), event.data.get("new_state")
    if old is None or new is None or old.state != new.state:
        return False
    changed = dict(old.attributes.items() ^ new.attributes.items())
    return changed.keys() == {"access_token", "entity_picture"}


@pytest.fixture
def written(hass: HomeAssistant, entry: MockConfigEntry) -> Generator[Counter[str]]:
    """Return how often each entity wrote its state, changed or not."""
    writes: Counter[str] = Counter()

    @callback
    def count(event: Event[Any]) -> None:
        if not _is_new_token(event):
            writes[event.data["entity_id"]] += 1

    @callback
    def every(_data: Any) -> bool:
        return True

    stop = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, count),
        # A state written again as it was is an event of its own.
        hass.bus.async_listen(EVENT_STATE_REPORTED, count, event_filter=every),
    ]
    yield writes
    for each in stop:
        each()


class StillStats:
    """Stats in which nothing moves but the time."""

    def __init__(self, frigate: FakeFrigate) -> None:
        """Take what the server tells at this moment."""
        self._frigate = frigate
        self._stats = build_stats(frigate.state)
        self._drift = cycle((0, 1, 0, -1))
        self.change = dict[str, Any]()

    def serve(self) -> None:
        """Let the server answer as if it had computed the same once more."""
        self._stats["service"]["uptime"] += POLL
        self._stats["service"]["last_updated"] += POLL
        stats = deepcopy(self._stats)
        # Frigate takes the two times one after the other: they differ by a second now
        # and then.
        stats["service"]["uptime"] += next(self._drift)
        for camera, values in self.change.items():
            stats["cameras"][camera] |= values
        self._frigate.clear_faults()
        self._frigate.fail("/api/stats", Fault.json(stats))


def keys_of(hass: HomeAssistant, entities: Counter[str]) -> dict[str, int]:
    """Return how often what was written, by the last part of the unique id."""
    registry = er.async_get(hass)
    found = {}
    for entity, number in entities.items():
        registered = registry.async_get(entity)
        assert registered is not None
        found[registered.unique_id.partition(":")[2]] = number
    return found


async def settle(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    written: Counter[str],
) -> None:
    """Wait until all is shown that Frigate pushes at first, and forget about it."""
    await until_pushing(hass, entry, frigate)
    await pass_time(hass, freezer, 1)
    written.clear()


@EVERY_VERSION
async def test_polls_write_only_what_has_changed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    written: Counter[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    assert len(hass.states.async_entity_ids("camera")) == CAMERAS
    assert len(hass.states.async_entity_ids("sensor")) > CAMERAS * 10
    still = StillStats(frigate)
    # On a busy machine, a poll comes while all settles.
    still.serve()
    await settle(hass, entry, frigate, freezer, written)
    asked = [one for one in sent(frigate, "/api/events") if "sub_labels" in one.query]

    # Long enough for the configuration to be read again, twice.
    frigate.clear_requests()
    for _ in range(41):
        still.serve()
        await pass_time(hass, freezer)
    # Two requests a poll, one for what is to be reviewed each second poll, and a few for
    # the exports each fourth, however many cameras there are. And once for each person.
    routes = Counter(request.path for request in frigate.requests)
    jobs = {"/api/jobs/export": 10} if frigate.state.is_018 else {}
    assert routes == {
        **jobs,
        "/api/exports": 10,
        "/exports/": 10,
        "/api/stats": 41,
        "/api/faces": 41,
        "/api/review/summary": 20,
        "/api/config": 2,
        "/api/profile": 2,
        "/api/events": PEOPLE - len(asked),
    }
    assert written == {}

    # The change of one camera is written by the entities that show it.
    still.change = {"cam_07": {"camera_fps": 0.0, "detection_enabled": False}}
    for _ in range(4):
        still.serve()
        await pass_time(hass, freezer)
    assert keys_of(hass, written) == {
        "camera:cam_07:camera_fps": 1,
        "camera:cam_07:stream": 1,
        "camera:cam_07:detector_process": 1,
    }

    written.clear()
    frigate.state.cameras["cam_33"].recording = False
    for _ in range(21):
        still.serve()
        await pass_time(hass, freezer)
    assert keys_of(hass, written) == {
        "camera:cam_33": 1,
        "camera:cam_33:recordings": 1,
    }

    written.clear()
    frigate.add_face("person_7")
    still.serve()
    await pass_time(hass, freezer)
    assert keys_of(hass, written) == {"server:face_images:person_7": 1}


async def test_an_outage_is_written_once_and_its_end_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    written: Counter[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    await settle(hass, entry, frigate, freezer, written)
    # Of a push, an outage shows first that it has ended.
    frigate.block_live()
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, "off")
    await pass_time(hass, freezer)
    written.clear()
    # These are Home Assistant's own doing, whatever becomes of the server.
    own = ("download", "snoozed_until")
    # These are unavailable from the end of the pushes on.
    pushed = ("suspended_until",)
    entities = [
        one
        for one in hass.states.async_entity_ids()
        if not any(each in one for each in (*own, *pushed))
    ]
    await frigate.refuse()
    await pass_polls(hass, freezer, 5)
    assert written == dict.fromkeys(entities, 1)

    written.clear()
    await frigate.resume()
    await pass_time(hass, freezer)
    assert written == dict.fromkeys(entities, 1)
