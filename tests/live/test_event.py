"""What happens at a camera is told by event entities, each thing once."""

import asyncio
import json

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from syrupy.assertion import SnapshotAssertion

from custom_components.frigate_http.const import EVENT_ACTIVITY
from custom_components.frigate_http.dates import as_local_iso
from custom_components.frigate_http.live.topics import Kind, Topic
from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_PASSWORD,
    CONF_USERNAME,
    EVENT_STATE_CHANGED,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.common import (
    add_everything,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, WITH_016

from .common import until, until_pushing, until_state

REVIEW = ("event", "camera:front_door:review")
FACE = ("event", "camera:front_door:face")
PLATE = ("event", "camera:Portones:plate")
OTHERS = ("Portones:review", "Portones:face", "front_door:face")
LIVE_POLL = 5


class EventPayload:
    """What an event entity tells from now on."""

    def __init__(
        self, hass: HomeAssistant, entry: MockConfigEntry, key: tuple[str, str]
    ) -> None:
        self._entity_id = entity_id(hass, entry, *key)
        assert self._entity_id is not None
        self._changes: list[Event[EventStateChangedData]] = async_capture_events(
            hass, EVENT_STATE_CHANGED
        )

    @property
    def attributes(self) -> list[dict[str, object]]:
        """Return the attributes with each event."""
        found = []
        for change in self._changes:
            new, old = change.data["new_state"], change.data["old_state"]
            if change.data["entity_id"] != self._entity_id or new is None:
                continue
            # Only this is an event for an automation.
            if (
                old is not None
                and old.state not in (STATE_UNAVAILABLE, new.state)
                and new.state != STATE_UNAVAILABLE
            ):
                found.append(dict(new.attributes))
        return found

    @property
    def types(self) -> list[object]:
        """Return the type of each event."""
        return [one["event_type"] for one in self.attributes]


@pytest.fixture
def watched(frigate: FakeFrigate) -> FakeFrigate:
    """Return a server with a zone, and a camera that reads plates."""
    frigate.add_zone("front_door", "porch")
    frigate.state.cameras["Portones"].lpr = True
    return frigate


@pytest.fixture
async def entry(
    hass: HomeAssistant, watched: FakeFrigate, request: pytest.FixtureRequest
) -> MockConfigEntry:
    """Return an entry that everything is pushed to."""
    added = await set_up(hass, make_entry(watched.internal_url))
    await until_pushing(hass, added, watched)
    return added


@pytest.fixture
async def polled(
    hass: HomeAssistant, fixed_time: None, watched: FakeFrigate
) -> MockConfigEntry:
    """Return an entry whose server cannot push."""
    watched.block_live()
    return await set_up(hass, make_entry(watched.internal_url))


@WITH_016
@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_entities(
    hass: HomeAssistant,
    watched: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.EVENT])
    add_everything(watched)
    entry = await set_up(hass, snapshot_entry(watched.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


# Reviews


@EVERY_VERSION
async def test_the_life_of_a_review(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, REVIEW)
    other = EventPayload(hass, entry, ("event", "camera:Portones:review"))
    visitor = frigate.object_appears("front_door", sub_label="Eileen")
    review = frigate.review_starts("front_door", "detection", events=[visitor])
    await until(hass, lambda: told.types == ["detection_started"])
    frigate.review_changes(review, zones=["porch"])
    await until(hass, lambda: told.types[1:] == ["updated"])
    frigate.review_changes(review, severity="alert")
    await until(hass, lambda: told.types[2:] == ["alert_started"])
    frigate.review_ends(review)
    await until(hass, lambda: told.types[3:] == ["ended"])

    first, _second, third, last = told.attributes
    assert {key: first[key] for key in ("severity", "zones")} == {
        "severity": "detection",
        "zones": [],
    }
    assert "end" not in third
    path = f"/api/frigate_http/{entry.entry_id}/review/{review.id}"
    expected = {
        "review_id": review.id,
        "camera": "front_door",
        "entity_id": "camera.front_door",
        "severity": "alert",
        "objects": ["person"],
        "zones": ["porch"],
        "sub_labels": ["Eileen"],
        "audio": [],
        "event_ids": [visitor.id],
        "start": as_local_iso(review.start_time),
        "end": as_local_iso(review.end_time),
        "thumbnail": f"{path}/thumbnail",
        "snapshot": f"{path}/snapshot.jpg",
        "clip": f"{path}/clip.mp4",
        "media_content_id": (
            f"media-source://frigate_http/{entry.entry_id}/review/mp4/{review.id}"
        ),
    }
    assert last | expected == last
    assert first["thumbnail"] == expected["thumbnail"]
    assert other.types == []


async def test_simultaneous_events_all_fire(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, REVIEW)
    first = frigate.review_starts("front_door", "detection")
    frigate.review_changes(first, severity="alert")
    second = frigate.review_starts("front_door", "detection", objects=["car"])
    frigate.review_ends(first)
    frigate.review_ends(second)
    await until(hass, lambda: len(told.types) == 5)
    assert told.types == [
        "detection_started",
        "alert_started",
        "detection_started",
        "ended",
        "ended",
    ]


async def test_a_repeated_message_fires_once(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, REVIEW)
    review = frigate.review_starts("front_door")
    frigate.review_changes(review)
    frigate.review_ends(review)
    frigate.review_ends(review)
    frigate.review_starts("front_door", "detection")
    await until(hass, lambda: told.types[-1:] == ["detection_started"])
    assert told.types == ["alert_started", "ended", "detection_started"]


async def test_items_from_before_startup_do_not_fire(
    hass: HomeAssistant, watched: FakeFrigate
) -> None:
    visitor = watched.object_appears("front_door", sub_label="Eileen")
    review = watched.review_starts("front_door", events=[visitor])
    entry = await set_up(hass, make_entry(watched.internal_url))
    await until_pushing(hass, entry, watched)
    assert state_of(hass, entry, *REVIEW) == STATE_UNKNOWN
    assert state_of(hass, entry, *FACE) == STATE_UNKNOWN
    # Its end is news.
    told, faces = EventPayload(hass, entry, REVIEW), EventPayload(hass, entry, FACE)
    watched.face_recognized(visitor, "Eileen")
    watched.face_recognized(visitor, "Tom")
    watched.review_ends(review)
    await until(hass, lambda: told.types == ["ended"])
    assert [one["name"] for one in faces.attributes] == ["Tom"]


async def test_items_from_before_startup_do_not_fire_even_if_pushed_first(
    hass: HomeAssistant, watched: FakeFrigate
) -> None:
    review = watched.review_starts("front_door")
    brief = watched.review_starts("front_door", "detection", objects=["car"])
    watched.fail("/api/review", Fault.status(503))
    entry = await set_up(hass, make_entry(watched.internal_url))
    await watched.wait_for_live(1)
    # Nobody hears of it while nothing is known for certain.
    watched.review_changes(review, zones=["porch"])
    watched.review_ends(brief)
    new = watched.review_starts("front_door", "detection", objects=["dog"])
    arrived = asyncio.Event()
    remove = entry.runtime_data.live.async_add_listener(
        arrived.set, Topic(Kind.MOTION, "front_door")
    )
    watched.motion("front_door", True)
    await arrived.wait()
    remove()
    assert not is_available(hass, entry, *REVIEW)
    told = EventPayload(hass, entry, REVIEW)
    watched.clear_faults()
    await entry.runtime_data.live.async_refresh()
    await until(hass, lambda: len(told.types) == 3)
    assert told.types == ["updated", "ended", "detection_started"]
    watched.review_ends(review)
    watched.review_ends(new)
    await until(hass, lambda: told.types[3:] == ["ended", "ended"])


async def test_links_are_told_but_not_kept(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    activity = async_capture_events(hass, EVENT_ACTIVITY)
    told = EventPayload(hass, entry, REVIEW)
    frigate.review_starts("front_door")
    await until(hass, lambda: told.types == ["alert_started"])
    links = {"thumbnail", "snapshot", "clip", "media_content_id"}
    assert links <= told.attributes[0].keys()
    state = hass.states.get(entity_id(hass, entry, *REVIEW) or "")
    assert state is not None
    assert state.state_info is not None
    # In each row of the history, they would be longer than all the rest.
    assert links <= state.state_info["unrecorded_attributes"]
    assert activity[0].data["review_id"] == told.attributes[0]["review_id"]
    assert links.isdisjoint(activity[0].data)


async def fires_nothing(
    hass: HomeAssistant, frigate: FakeFrigate, told: EventPayload
) -> None:
    """See that nothing has fired so far, and that something that happens now does."""
    assert told.types == []
    frigate.describe("front_door")
    review = frigate.review_starts("front_door")
    await until(hass, lambda: len(told.types) > 0)
    assert told.types == ["alert_started"]
    assert told.attributes[0]["review_id"] == review.id
    frigate.review_ends(review)
    await until(hass, lambda: told.types[1:] == ["ended"])
    frigate.review_described(review)
    frigate.review_ends(frigate.review_starts("front_door"))
    await until(hass, lambda: len(told.types) == 5)
    assert told.types[2:] == ["described", "alert_started", "ended"]


@EVERY_VERSION
async def test_a_description_of_what_was_over_before_startup_fires_nothing(
    hass: HomeAssistant, watched: FakeFrigate
) -> None:
    watched.describe("front_door")
    long_ago = watched.add_review("front_door", ago=180, duration=30)
    lately = watched.add_review("front_door", ago=40, duration=30)
    watched.fail("/api/review", Fault.status(503))
    entry = await set_up(hass, make_entry(watched.internal_url))
    await watched.wait_for_live(1)
    # The first one is described while nothing is known for certain, the others later.
    early = watched.add_review("front_door", ago=90, duration=10)
    watched.review_described(early)
    watched.clear_faults()
    await entry.runtime_data.live.async_refresh()
    await until_pushing(hass, entry, watched)
    told = EventPayload(hass, entry, REVIEW)
    watched.review_described(long_ago)
    watched.review_described(lately)
    await fires_nothing(hass, watched, told)


@EVERY_VERSION
async def test_a_face_that_is_repeated_after_startup_fires_nothing(
    hass: HomeAssistant, watched: FakeFrigate
) -> None:
    before = watched.object_appears("front_door")
    watched.face_recognized(before, "Ana")
    watched.fail("/api/review", Fault.status(503))
    entry = await set_up(hass, make_entry(watched.internal_url))
    await watched.wait_for_live(1)
    # Frigate looks at the face again while nothing is known of earlier.
    watched.face_recognized(before, "Ana", score=0.96)
    watched.clear_faults()
    await entry.runtime_data.live.async_refresh()
    await until_pushing(hass, entry, watched)
    assert state_of(hass, entry, *FACE) == STATE_UNKNOWN
    told = EventPayload(hass, entry, FACE)
    watched.face_recognized(watched.object_appears("front_door"), "Ben")
    await until(hass, lambda: bool(told.attributes), "the next face")
    assert [one["name"] for one in told.attributes] == ["Ben"]


@EVERY_VERSION
async def test_a_description_after_a_reload_fires_nothing(
    hass: HomeAssistant, watched: FakeFrigate, entry: MockConfigEntry
) -> None:
    watched.describe("front_door")
    review = watched.review_starts("front_door")
    watched.review_ends(review)
    await until_state(hass, entry, "sensor", "camera:front_door:review_status", "none")
    await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, watched)
    told = EventPayload(hass, entry, REVIEW)
    watched.review_described(review)
    await fires_nothing(hass, watched, told)


async def test_a_review_whose_times_change_after_its_end_fires_nothing(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = EventPayload(hass, polled, REVIEW)
    review = watched.add_review("front_door", ago=180, duration=30)
    await pass_time(hass, freezer, LIVE_POLL)
    # It is written late, and its end moves to where we ask for new ones.
    review.end_time = watched.state.clock() - 1
    for _ in range(3):
        await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == []
    watched.review_starts("front_door")
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["alert_started"]


async def test_a_description_hides_no_review_of_a_gap(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, REVIEW)
    frigate.describe("front_door")
    frigate.fail("/api/review", Fault.status(503))
    frigate.drop_live()
    brief = frigate.review_starts("front_door")
    frigate.review_ends(brief)
    await frigate.wait_for_live(1)
    frigate.review_described(brief)
    frigate.motion("front_door", on=True)
    motion = ("binary_sensor", "camera:front_door:motion")
    await until_state(hass, entry, *motion, "on")
    assert told.types == []
    frigate.clear_faults()
    await until(hass, lambda: len(told.types) == 3)
    assert told.types == ["alert_started", "ended", "described"]


async def test_no_end_is_lost_in_a_gap(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, REVIEW)
    review = frigate.review_starts("front_door")
    await until(hass, lambda: told.types == ["alert_started"])
    frigate.drop_live()
    frigate.review_ends(review)
    brief = frigate.review_starts("front_door", "detection", objects=["car"])
    frigate.review_ends(brief)
    await until(hass, lambda: len(told.types) == 4)
    assert told.types[1:] == ["ended", "detection_started", "ended"]
    assert told.attributes[1]["end"] == as_local_iso(review.end_time)

    await until_pushing(hass, entry, frigate)
    frigate.review_starts("front_door")
    await until(hass, lambda: told.types[4:] == ["alert_started"])


async def test_no_end_is_lost_when_frigate_restarts(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, REVIEW)
    frigate.review_starts("front_door")
    await until(hass, lambda: told.types == ["alert_started"])
    frigate.restart()
    # Frigate deletes what its end has left unfinished.
    frigate.state.database.reviews.clear()
    await until(hass, lambda: told.types[1:] == ["ended"])
    assert "end" not in told.attributes[1]
    await until_pushing(hass, entry, frigate)
    frigate.review_starts("front_door")
    await until(hass, lambda: told.types[2:] == ["alert_started"])


async def test_no_end_is_lost_when_pushing_becomes_impossible(
    hass: HomeAssistant,
    fixed_time: None,
    watched: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(hass, make_entry(watched.internal_url))
    await until_pushing(hass, entry, watched)
    told = EventPayload(hass, entry, REVIEW)
    review = watched.review_starts("front_door")
    await until(hass, lambda: told.types == ["alert_started"])
    watched.block_live()
    watched.drop_live()
    watched.review_ends(review)
    await until(hass, lambda: told.types[1:] == ["ended"])
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["alert_started", "ended"]


async def test_polling_fires_the_same_events(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = EventPayload(hass, polled, REVIEW)
    review = watched.review_starts("front_door", "detection")
    await pass_time(hass, freezer, LIVE_POLL)
    watched.review_changes(review, zones=["porch"])
    await pass_time(hass, freezer, LIVE_POLL)
    watched.review_changes(review, severity="alert")
    await pass_time(hass, freezer, LIVE_POLL)
    watched.review_ends(review)
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["detection_started", "updated", "alert_started", "ended"]
    # What comes and goes between two polls is told as well.
    brief = watched.review_starts("front_door")
    watched.review_ends(brief)
    for _ in range(3):
        await pass_time(hass, freezer, LIVE_POLL)
    assert told.types[4:] == ["alert_started", "ended"]


@WITH_016
async def test_a_review_that_somebody_marks_while_it_runs_is_not_over(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = EventPayload(hass, polled, REVIEW)
    review = watched.review_starts("front_door")
    await pass_time(hass, freezer, LIVE_POLL)
    await polled.runtime_data.client.reviews.mark([review.id])
    for _ in range(3):
        await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["alert_started"]
    watched.review_ends(review)
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["alert_started", "ended"]


@EVERY_VERSION
@pytest.mark.parametrize("end", [1e300, -1, "soon", []])
async def test_an_end_that_is_no_time_is_an_end(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    end: object,
) -> None:
    told = EventPayload(hass, polled, REVIEW)
    occupancy = ("binary_sensor", "camera:front_door:occupancy:person")
    watched.object_appears("front_door", "person")
    review = watched.review_starts("front_door")
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["alert_started"]
    assert state_of(hass, polled, *occupancy) == "on"
    row = {"camera": "front_door", "start_time": review.start_time, "end_time": end}
    alert = {**row, "id": review.id, "severity": "alert"}
    watched.fail("/api/review$", Fault.json([alert]))
    watched.fail(
        "/api/events$", Fault.json([{**row, "id": "1.0-a", "label": "person"}])
    )
    for _ in range(3):
        await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["alert_started", "ended"]
    assert "end" not in told.attributes[-1]
    assert state_of(hass, polled, *occupancy) == "off"

    watched.clear_faults()
    watched.review_starts("front_door")
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types[2:] == ["alert_started"]
    assert state_of(hass, polled, *occupancy) == "on"


async def test_events_during_an_outage_fire_after_it(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = EventPayload(hass, polled, REVIEW)
    review = watched.review_starts("front_door")
    await pass_time(hass, freezer, LIVE_POLL)
    await watched.refuse()
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, polled, *REVIEW)
    watched.review_ends(review)
    await watched.resume()
    await pass_polls(hass, freezer, 2)
    await pass_time(hass, freezer, LIVE_POLL)
    assert is_available(hass, polled, *REVIEW)
    assert told.types == ["alert_started", "ended"]


# Faces and plates


@EVERY_VERSION
async def test_a_face_fires_once_a_visit(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    eileen, tom = (frigate.object_appears("front_door") for _ in range(2))
    for _ in range(2):
        frigate.face_recognized(eileen, "Eileen", score=0.95)
        frigate.face_recognized(tom, "Tom", score=0.97)
        frigate.face_recognized(tom, "unknown", score=0.5)
    again = frigate.object_appears("front_door")
    frigate.face_recognized(again, "Eileen", score=0.9)
    await until(hass, lambda: len(told.types) == 3)
    assert [
        (one["name"], one["score"], one["event_id"], one["camera"])
        for one in told.attributes
    ] == [
        ("Eileen", 0.95, eileen.id, "front_door"),
        ("Tom", 0.97, tom.id, "front_door"),
        ("Eileen", 0.9, again.id, "front_door"),
    ]
    assert {*told.types} == {"recognized"}
    path = f"/api/frigate_http/{entry.entry_id}/event/{tom.id}"
    assert (
        told.attributes[1]
        | {
            "thumbnail": f"{path}/thumbnail",
            "snapshot": f"{path}/snapshot",
            "clip": f"{path}/clip.mp4",
            "entity_id": "camera.front_door",
        }
        == told.attributes[1]
    )


ATTEMPTS = (0.81, 0.86, 0.93, 0.97)


@WITH_016
async def test_a_face_fires_once_frigate_is_sure_of_it(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    visitor, doubtful, last = (frigate.object_appears("front_door") for _ in range(3))
    frigate.face_recognized(doubtful, "Tom", score=0.89)
    for score in ATTEMPTS:
        frigate.face_recognized(visitor, "Ana", score=score)
    frigate.face_recognized(last, "Eileen", score=0.9)
    await until(hass, lambda: "Eileen" in [one["name"] for one in told.attributes])
    assert [(one["name"], one["score"]) for one in told.attributes] == [
        ("Ana", 0.93),
        ("Eileen", 0.9),
    ]


@EVERY_VERSION
async def test_the_same_score_counts_while_it_is_polled(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = EventPayload(hass, polled, FACE)
    visitor = watched.object_appears("front_door")
    watched.write_events()
    for score in ATTEMPTS:
        watched.face_recognized(visitor, "Ana", score=score)
        await pass_time(hass, freezer, LIVE_POLL)
    # Somebody has given this one a name and a score in Frigate.
    named = watched.object_appears("front_door", sub_label="Tom")
    named.data["sub_label_score"] = 0.81
    watched.write_events()
    for _ in range(2):
        await pass_time(hass, freezer, LIVE_POLL)
    assert [(one["name"], one["score"]) for one in told.attributes] == [("Ana", 0.93)]
    # That name is no recognition yet, and may become one.
    watched.face_recognized(named, "Tom", score=0.95)
    await pass_time(hass, freezer, LIVE_POLL)
    assert [one["name"] for one in told.attributes] == ["Ana", "Tom"]


async def test_the_score_that_counts_is_the_one_of_the_configuration(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = EventPayload(hass, entry, FACE)
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Ana", score=0.81)
    frigate.state.face_threshold = 0.8
    await entry.runtime_data.server.async_refresh_config()
    frigate.face_recognized(visitor, "Ana", score=0.82)
    await until(hass, lambda: len(told.types) == 1)
    assert told.attributes[0]["score"] == 0.82


async def test_somebody_of_whom_frigate_was_not_sure_before_startup_is_news(
    hass: HomeAssistant, watched: FakeFrigate
) -> None:
    visitor = watched.object_appears("front_door", sub_label="Ana")
    visitor.data["sub_label_score"] = 0.81
    entry = await set_up(hass, make_entry(watched.internal_url))
    await until_pushing(hass, entry, watched)
    told = EventPayload(hass, entry, FACE)
    watched.face_recognized(visitor, "Ana", score=0.93)
    await until(hass, lambda: told.types == ["recognized"])


@EVERY_VERSION
async def test_a_plate_fires_once_a_visit(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, PLATE)
    others = [EventPayload(hass, entry, ("event", f"camera:{one}")) for one in OTHERS]
    car = frigate.object_appears("Portones", "car")
    frigate.push("tracked_object_update", '{"type": "lpr", "camera": "Portones"}')
    unsure = {"type": "lpr", "camera": "Portones", "plate": "8BA 1234", "score": 0.5}
    frigate.push("tracked_object_update", json.dumps(unsure | {"id": car.id}))
    frigate.plate_recognized(car, "SBA 1234")
    frigate.plate_recognized(car, "SBA 1234")
    frigate.plate_recognized(car, "SBA 1234", name="Eileen's car")
    frigate.face_recognized(frigate.object_appears("Portones"), "Tom")
    await until(hass, lambda: others[1].types == ["recognized"])
    assert len(told.types) == 2
    shared = {"plate": "SBA 1234", "score": 0.93, "event_id": car.id}
    unnamed, named = told.attributes
    assert unnamed | shared | {"name": None} == unnamed
    assert named | shared | {"name": "Eileen's car"} == named
    assert [one.types for one in others] == [[], ["recognized"], []]


async def test_recognitions_without_an_event_id_all_fire(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    face = '{"type": "face", "camera": "front_door", "name": "Eileen", "score": 1}'
    for _ in range(2):
        frigate.push("tracked_object_update", face)
    await until(hass, lambda: len(told.types) == 2)


async def test_who_is_remembered_is_limited(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    for number in [*range(501), 0]:
        frigate.push(
            "tracked_object_update",
            json.dumps(
                {
                    "type": "face",
                    "camera": "front_door",
                    "name": "A",
                    "id": str(number),
                    "score": 0.9,
                }
            ),
        )
    await until(hass, lambda: len(told.types) == 502)


async def test_the_same_is_recognized_by_polling(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    faces, plates = EventPayload(hass, polled, FACE), EventPayload(hass, polled, PLATE)
    eileen, tom = (watched.object_appears("front_door") for _ in range(2))
    car = watched.object_appears("Portones", "car")
    watched.write_events()
    await pass_time(hass, freezer, LIVE_POLL)
    assert faces.types == plates.types == []
    watched.face_recognized(eileen, "Eileen", score=0.95)
    watched.face_recognized(tom, "Tom", score=0.97)
    watched.plate_recognized(car, "SBA 1234")
    for _ in range(3):
        await pass_time(hass, freezer, LIVE_POLL)
    assert {(one["name"], one["score"]) for one in faces.attributes} == {
        ("Eileen", 0.95),
        ("Tom", 0.97),
    }
    assert len(faces.types) == 2
    (plate,) = plates.attributes
    assert (plate["plate"], plate["score"], plate["name"]) == ("SBA 1234", 0.93, None)


@EVERY_VERSION
async def test_a_logo_is_no_name_while_it_is_polled(
    hass: HomeAssistant,
    watched: FakeFrigate,
    polled: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    faces, plates = EventPayload(hass, polled, FACE), EventPayload(hass, polled, PLATE)
    courier = watched.object_appears("front_door")
    van = watched.object_appears("Portones", "car")
    watched.logo_is_seen(courier, "amazon", score=0.95)
    watched.logo_is_seen(van, "amazon", score=0.95)
    watched.plate_recognized(van, "SBA 1234")
    watched.write_events()
    for _ in range(2):
        await pass_time(hass, freezer, LIVE_POLL)
    assert faces.types == []
    assert [(one["plate"], one["name"]) for one in plates.attributes] == [
        ("SBA 1234", None)
    ]


async def test_a_recognition_in_a_gap_fires_after_it(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    visitor = frigate.object_appears("front_door")
    frigate.drop_live()
    frigate.face_recognized(visitor, "Eileen")
    frigate.write_events()
    await until(hass, lambda: told.types == ["recognized"])
    await until_pushing(hass, entry, frigate)
    frigate.face_recognized(visitor, "Eileen")
    frigate.face_recognized(visitor, "Tom")
    await until(hass, lambda: len(told.types) == 2)
    assert [one["name"] for one in told.attributes] == ["Eileen", "Tom"]


# What there is


@EVERY_VERSION
async def test_there_is_what_the_camera_can_do(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.face_recognition = False
    entry = await set_up(hass, make_entry(frigate.internal_url))
    plate = ("event", "camera:front_door:plate")
    assert is_registered(hass, entry, *REVIEW)
    assert not is_registered(hass, entry, *FACE)
    assert not is_registered(hass, entry, *plate)

    camera.face_recognition = camera.lpr = True
    await entry.runtime_data.server.async_refresh_config()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert is_available(hass, entry, *FACE)
    assert is_available(hass, entry, *plate)

    camera.face_recognition = False
    await entry.runtime_data.server.async_refresh_config()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not is_registered(hass, entry, *FACE) or not is_available(hass, entry, *FACE)
    assert is_available(hass, entry, *plate)


async def test_an_outage(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    fixed_time: None,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = EventPayload(hass, entry, REVIEW)
    frigate.review_ends(frigate.review_starts("front_door"))
    await until(hass, lambda: told.types == ["alert_started", "ended"])
    before = state_of(hass, entry, *REVIEW)
    await frigate.refuse()
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, entry, *REVIEW)
    await frigate.resume()
    await pass_polls(hass, freezer, 2)
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *REVIEW) == before
    assert told.types == ["alert_started", "ended"]


@EVERY_VERSION
async def test_a_restricted_account_receives_events_of_its_camera_only(
    hass: HomeAssistant, watched: FakeFrigate
) -> None:
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    entry = await set_up(hass, make_entry(watched.external_url, **account))
    await until_pushing(hass, entry, watched)
    assert not is_registered(hass, entry, *REVIEW)
    assert not is_registered(hass, entry, *FACE)
    told = EventPayload(hass, entry, ("event", "camera:Portones:review"))
    watched.review_starts("front_door")
    gate = watched.review_starts("Portones")
    await until(hass, lambda: told.types == ["alert_started"])
    assert told.attributes[0]["review_id"] == gate.id


# Automations


async def test_an_automation_of_alerts(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    heard = async_capture_events(hass, "somebody_is_there")
    automation = {
        "alias": "Alert",
        "mode": "queued",
        "triggers": {
            "trigger": "event.received",
            "target": {ATTR_ENTITY_ID: entity_id(hass, entry, *REVIEW)},
            "options": {"event_type": ["alert_started", "ended"]},
        },
        "actions": {
            "event": "somebody_is_there",
            "event_data": {"type": "{{ trigger.to_state.attributes.event_type }}"},
        },
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    review = frigate.review_starts("front_door", "detection")
    frigate.review_changes(review, severity="alert")
    frigate.review_ends(review)
    told = EventPayload(hass, entry, REVIEW)
    await until(hass, lambda: len(told.types) == 3)
    await hass.async_block_till_done()
    assert [one.data["type"] for one in heard] == ["alert_started", "ended"]
