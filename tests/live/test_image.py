"""The last snapshot and review of a camera, fetched when somebody looks at them."""

import asyncio
from http import HTTPStatus

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.frigate_http.coordinator.live import SNAPSHOT_LIMIT
from homeassistant.components.image import Image, async_get_image
from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_PASSWORD,
    CONF_USERNAME,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.clock import turns
from tests.common import (
    CONFIG_READ,
    add_everything,
    enable,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    sent,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.database import Review
from tests.versions import EVERY_VERSION, WITH_016

from .common import until, until_pushing

SNAPSHOT = ("image", "camera:front_door:last_snapshot")
PERSON = ("image", "camera:front_door:last_snapshot:person")
CAR = ("image", "camera:front_door:last_snapshot:car")
REVIEW = ("image", "camera:front_door:last_review")
LIVE_POLL = 5


async def set_up_enabled(
    hass: HomeAssistant, entry: MockConfigEntry, key: tuple[str, str] = SNAPSHOT
) -> MockConfigEntry:
    """Set up an entry in which somebody has enabled a picture."""
    enable(hass, entry, key)
    return await set_up(hass, entry)


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry that everything is pushed to."""
    added = await set_up_enabled(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, added, frigate)
    return added


async def look(
    hass: HomeAssistant, entry: MockConfigEntry, key: tuple[str, str] = SNAPSHOT
) -> Image:
    """Return the picture as the frontend shows it."""
    return await async_get_image(hass, entity_id(hass, entry, *key) or "")


def path_of(event_id: str) -> str:
    """Return where the picture of an event is."""
    return f"/api/events/{event_id}/snapshot.jpg"


def shown(hass: HomeAssistant, entry: MockConfigEntry) -> float | None:
    """Return when the picture was taken."""
    moment = dt_util.parse_datetime(state_of(hass, entry, *SNAPSHOT))
    return None if moment is None else moment.timestamp()


@WITH_016
@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.IMAGE])
    monkeypatch.setattr("random.SystemRandom.getrandbits", lambda *_: 1)
    add_everything(frigate)
    frigate.add_event("front_door")
    frigate.add_review("front_door")
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@EVERY_VERSION
async def test_the_snapshot_of_the_visitor(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    assert state_of(hass, entry, *SNAPSHOT) == STATE_UNKNOWN
    with pytest.raises(HomeAssistantError):
        await look(hass, entry)
    visitor = frigate.object_appears("front_door")
    await until(hass, lambda: shown(hass, entry) is not None)
    assert not sent(frigate, path_of(visitor.id))

    image = await look(hass, entry)
    assert image.content_type == "image/jpeg"
    assert image.content.startswith(b"\xff\xd8")
    # As often as somebody looks at it, and by how many: it is the same one.
    await asyncio.gather(*(look(hass, entry) for _ in range(3)))
    assert len(sent(frigate, path_of(visitor.id))) == 1

    before = shown(hass, entry)
    frigate.object_leaves(visitor)
    other = frigate.object_appears("front_door", "car")
    await until(hass, lambda: shown(hass, entry) != before)
    await asyncio.gather(*(look(hass, entry) for _ in range(3)))
    assert len(sent(frigate, path_of(other.id))) == 1
    assert len(sent(frigate, path_of(visitor.id))) == 1


@pytest.mark.parametrize("claimed", ["image/svg+xml", "image/jpeg", "text/plain", None])
async def test_the_type_is_the_one_that_the_bytes_say(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    claimed: str | None,
) -> None:
    visitor = frigate.object_appears("front_door")
    await until(hass, lambda: shown(hass, entry) is not None)
    path = path_of(visitor.id)
    script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>steal()</script></svg>"
    frigate.fail(path, Fault("answer", Answer(200, script, claimed)), times=1)
    with pytest.raises(HomeAssistantError):
        await look(hass, entry)
    webp = b"RIFF\x24\x00\x00\x00WEBPVP8 "
    frigate.fail(path, Fault("answer", Answer(200, webp, claimed)), times=1)
    image = await look(hass, entry)
    assert (image.content_type, image.content) == ("image/webp", webp)


async def test_the_last_one_of_the_past(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.add_event("front_door", ago=900)
    last = frigate.add_event("front_door", ago=300)
    frigate.add_event("front_door", ago=100, has_snapshot=False)
    frigate.add_event("Portones", ago=50)
    entry = await set_up_enabled(hass, make_entry(frigate.internal_url))
    await look(hass, entry)
    assert len(sent(frigate, path_of(last.id))) == 1


async def test_what_was_taken_in_a_gap(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.drop_live()
    visitor = frigate.object_appears("front_door")
    frigate.object_leaves(visitor)
    frigate.write_events()
    await until(hass, lambda: shown(hass, entry) is not None)
    await until_pushing(hass, entry, frigate)
    await look(hass, entry)
    assert len(sent(frigate, path_of(visitor.id))) == 1


async def test_the_same_by_polling(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.block_live()
    entry = await set_up_enabled(hass, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *SNAPSHOT) == STATE_UNKNOWN
    visitor = frigate.object_appears("front_door")
    frigate.write_events()
    await pass_time(hass, freezer, LIVE_POLL)
    assert shown(hass, entry) is not None
    await look(hass, entry)
    assert len(sent(frigate, path_of(visitor.id))) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(404),
        Fault.status(500),
        Fault.html(),
        Fault("answer", Answer(200, b"", "image/jpeg")),
        Fault.drop_body(),
    ],
    ids=["gone", "broken", "page", "empty", "cut"],
)
async def test_a_snapshot_that_cannot_be_fetched(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    fault: Fault,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    visitor = frigate.object_appears("front_door")
    await until(hass, lambda: shown(hass, entry) is not None)
    frigate.fail(path_of(visitor.id), fault)
    client = await hass_client()
    url = f"/api/image_proxy/{entity_id(hass, entry, *SNAPSHOT)}"
    answer = await client.get(url)
    # That is how Home Assistant says that there is none.
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Traceback" not in caplog.text
    assert is_available(hass, entry, *SNAPSHOT)
    frigate.clear_faults()
    answer = await client.get(url)
    assert (answer.status, answer.content_type) == (HTTPStatus.OK, "image/jpeg")


async def test_an_outage(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.add_event("front_door")
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, PERSON)
    await set_up_enabled(hass, entry)
    before = shown(hass, entry)
    assert before is not None
    assert is_available(hass, entry, *PERSON)
    await frigate.refuse()
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, entry, *SNAPSHOT)
    assert not is_available(hass, entry, *PERSON)
    await frigate.resume()
    await pass_polls(hass, freezer, 2)
    await pass_time(hass, freezer, LIVE_POLL)
    assert shown(hass, entry) == before
    await look(hass, entry, PERSON)


@EVERY_VERSION
async def test_a_restricted_account_sees_its_camera_only(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.add_event("front_door")
    event = frigate.add_event("Portones")
    account = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
    snapshot = ("image", "camera:Portones:last_snapshot")
    of_label = ("image", "camera:Portones:last_snapshot:person")
    entry = make_entry(frigate.external_url, **account)
    enable(hass, entry, of_label)
    await set_up_enabled(hass, entry, snapshot)
    assert not is_registered(hass, entry, *SNAPSHOT)
    assert not is_registered(hass, entry, *PERSON)
    await look(hass, entry, snapshot)
    await look(hass, entry, of_label)
    assert {one.path for one in frigate.requests if "snapshot" in one.path} == {
        path_of(event.id)
    }


async def test_an_automation_that_sends_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    told = async_mock_service(hass, "notify", "notify")
    image = entity_id(hass, entry, *SNAPSHOT)
    automation = {
        "alias": "Somebody",
        "triggers": {"trigger": "state", ATTR_ENTITY_ID: image},
        "actions": {
            "action": "notify.notify",
            "data": {
                "message": "Somebody is there.",
                "data": {"image": f"{{{{ state_attr('{image}', 'entity_picture') }}}}"},
            },
        },
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    frigate.object_appears("front_door")
    await until(hass, lambda: shown(hass, entry) is not None)
    await hass.async_block_till_done()
    (call,) = told
    client = await hass_client_no_auth()
    answer = await client.get(call.data["data"]["image"])
    assert (answer.status, answer.content_type) == (HTTPStatus.OK, "image/jpeg")


# The last review


def thumbnail_of(review: Review) -> str:
    """Return where the thumbnail of a review item is."""
    return f"/clips/review/thumb-{review.camera}-{review.id}.webp"


def began(hass: HomeAssistant, entry: MockConfigEntry) -> float | None:
    """Return when the last review began."""
    moment = dt_util.parse_datetime(state_of(hass, entry, *REVIEW))
    return None if moment is None else moment.timestamp()


@WITH_016
async def test_the_thumbnail_of_the_last_review(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    assert state_of(hass, entry, *REVIEW) == STATE_UNKNOWN
    with pytest.raises(HomeAssistantError):
        await look(hass, entry, REVIEW)
    review = frigate.review_starts("front_door", "detection")
    await until(hass, lambda: began(hass, entry) is not None)
    assert began(hass, entry) == pytest.approx(review.start_time, abs=1e-5)
    # Nobody has looked at it.
    assert not sent(frigate, thumbnail_of(review))
    images = await asyncio.gather(*(look(hass, entry, REVIEW) for _ in range(3)))
    assert {one.content_type for one in images} == {"image/webp"}
    assert images[0].content.startswith(b"RIFF")
    assert len(sent(frigate, thumbnail_of(review))) == 1

    # Until it is over, Frigate may replace it by a better one.
    before = state_of(hass, entry, *REVIEW)
    frigate.review_ends(review)
    while len(sent(frigate, thumbnail_of(review))) == 1:
        await turns()
        await look(hass, entry, REVIEW)
    await look(hass, entry, REVIEW)
    assert len(sent(frigate, thumbnail_of(review))) == 2
    assert state_of(hass, entry, *REVIEW) == before
    frigate.review_starts("Portones")
    other = frigate.review_starts("front_door")
    await until(hass, lambda: state_of(hass, entry, *REVIEW) != before)
    await look(hass, entry, REVIEW)
    assert len(sent(frigate, thumbnail_of(other))) == 1


async def test_the_last_review_of_the_past(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.add_review("front_door", ago=9000)
    last = frigate.add_review("front_door", "detection", ago=3000)
    frigate.add_review("Portones", ago=50)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert began(hass, entry) == pytest.approx(last.start_time, abs=1e-5)
    await look(hass, entry, REVIEW)
    assert len(sent(frigate, thumbnail_of(last))) == 1


async def test_the_last_review_by_polling(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *REVIEW) == STATE_UNKNOWN
    review = frigate.add_review("front_door", ago=1, duration=None)
    await pass_time(hass, freezer, LIVE_POLL)
    assert began(hass, entry) == pytest.approx(review.start_time, abs=1e-5)
    frigate.fail(thumbnail_of(review), Fault.status(404))
    with pytest.raises(HomeAssistantError):
        await look(hass, entry, REVIEW)
    frigate.clear_faults()
    assert (await look(hass, entry, REVIEW)).content_type == "image/webp"


# The last snapshot of each label


@WITH_016
async def test_the_snapshot_of_each_label(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, SNAPSHOT, PERSON, CAR)
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    other = ("image", "camera:Portones:last_snapshot:person")
    assert entity_id(hass, entry, *other) == "image.portones_person"
    with pytest.raises(HomeAssistantError):
        await look(hass, entry, PERSON)
    visitor = frigate.object_appears("front_door")
    await until(hass, lambda: state_of(hass, entry, *PERSON) != STATE_UNKNOWN)
    before = state_of(hass, entry, *PERSON)
    car = frigate.object_appears("front_door", "car", snapshot=False)
    frigate.snapshot_is_taken(car)
    await until(hass, lambda: state_of(hass, entry, *CAR) != STATE_UNKNOWN)
    # Nobody has looked, and a car is no person.
    assert not sent(frigate, path_of(visitor.id))
    assert state_of(hass, entry, *PERSON) == before
    await asyncio.gather(*(look(hass, entry, PERSON) for _ in range(3)))
    await asyncio.gather(*(look(hass, entry, CAR) for _ in range(3)))
    assert len(sent(frigate, path_of(visitor.id))) == 1
    assert len(sent(frigate, path_of(car.id))) == 1

    frigate.object_leaves(visitor)
    second = frigate.object_appears("front_door")
    await until(hass, lambda: state_of(hass, entry, *PERSON) != before)
    frigate.fail(path_of(second.id), Fault.status(404), times=1)
    with pytest.raises(HomeAssistantError):
        await look(hass, entry, PERSON)
    await look(hass, entry, PERSON)
    assert len(sent(frigate, path_of(second.id))) == 2


@EVERY_VERSION
async def test_a_logo_is_a_label_too(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    frigate.state.cameras["front_door"].labels = ["car", "amazon"]
    amazon = ("image", "camera:front_door:last_snapshot:amazon")
    frigate.add_event("front_door", "car", ago=60, sub_label="amazon")
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, amazon, CAR)
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    await until(hass, lambda: state_of(hass, entry, *amazon) != STATE_UNKNOWN)
    before = state_of(hass, entry, *amazon)
    assert state_of(hass, entry, *CAR) == before
    van = frigate.object_appears("front_door", "car")
    frigate.logo_is_seen(van, "amazon")
    await until(hass, lambda: state_of(hass, entry, *amazon) != before)
    await look(hass, entry, amazon)
    assert len(sent(frigate, path_of(van.id))) == 1


async def test_the_last_snapshot_of_a_rare_visitor(
    hass: HomeAssistant, fixed_time: None, frigate: FakeFrigate
) -> None:
    rare = frigate.add_event("front_door", "car", ago=9000)
    for number in range(SNAPSHOT_LIMIT):
        frigate.add_event("front_door", ago=8000 - number)
    frigate.add_event("Portones", "car", ago=50)
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, PERSON, CAR)
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    await until(hass, lambda: state_of(hass, entry, *CAR) != STATE_UNKNOWN)
    await look(hass, entry, CAR)
    assert len(sent(frigate, path_of(rare.id))) == 1
    asked = [one for one in sent(frigate, "/api/events") if one.query.get("labels")]
    assert [one.query["labels"] for one in asked] == ["car"]


async def test_a_label_of_which_frigate_does_not_tell(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.add_event("front_door", "car", ago=9000)
    for number in range(SNAPSHOT_LIMIT):
        frigate.add_event("front_door", ago=8000 - number)
    frigate.fail(r"/api/events\?.*labels=car", Fault.status(500))
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, PERSON, CAR)
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    # Nothing else suffers from it.
    await until(hass, lambda: state_of(hass, entry, *PERSON) != STATE_UNKNOWN)
    for other in (PERSON, CAR, REVIEW, ("binary_sensor", "camera:front_door:motion")):
        assert is_available(hass, entry, *other)
    assert state_of(hass, entry, *CAR) == STATE_UNKNOWN
    frigate.clear_faults()
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *CAR) != STATE_UNKNOWN
    # Then everything is pushed, and nothing is polled any more.
    asked = len(sent(frigate, "/api/events"))
    await pass_time(hass, freezer, LIVE_POLL)
    assert len(sent(frigate, "/api/events")) == asked


async def test_the_snapshots_of_labels_by_polling(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.block_live()
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, PERSON, CAR)
    await set_up(hass, entry)
    frigate.fail("/api/events", Fault.status(500), times=2)
    visitor = frigate.object_appears("front_door")
    frigate.write_events()
    for _ in range(3):
        await pass_time(hass, freezer, LIVE_POLL)
    await look(hass, entry, PERSON)
    before = state_of(hass, entry, *PERSON)
    assert state_of(hass, entry, *CAR) == STATE_UNKNOWN
    # The best one is only known when the object is gone.
    frigate.object_leaves(visitor)
    frigate.write_events()
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *PERSON) > before
    await look(hass, entry, PERSON)
    assert len(sent(frigate, path_of(visitor.id))) == 2


async def test_a_label_that_is_not_tracked_any_more(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, PERSON, CAR, SNAPSHOT)
    await set_up(hass, entry)
    frigate.state.cameras["front_door"].labels = ["person"]
    await pass_time(hass, freezer, CONFIG_READ)
    assert not is_available(hass, entry, *CAR)
    await pass_time(hass, freezer, CONFIG_READ)
    assert not is_registered(hass, entry, *CAR)
    for other in (PERSON, SNAPSHOT, REVIEW):
        assert is_registered(hass, entry, *other)
    frigate.state.cameras["front_door"].labels = ["person", "car"]
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_registered(hass, entry, *CAR)
