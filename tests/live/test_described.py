"""What a language model writes about reviews: told once, shown, and no news of old items."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.dates import as_local_iso
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from tests.common import entity_id, is_registered, pass_time, sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.database import Review
from tests.versions import EVERY_VERSION, ONLY_016, SINCE_018

from .common import until, until_pushing, until_state
from .test_event import EventPayload
from .ways import Way

REVIEW = ("event", "camera:front_door:review")
LAST = ("sensor", "camera:front_door:last_review")
SUSPICIOUS = ("binary_sensor", "camera:front_door:suspicious")
IMAGE = ("image", "camera:front_door:last_review")
STATUS = ("sensor", "camera:front_door:review_status")
LIVE_POLL = 5
DAY = 24 * 60 * 60
# What a stranger may hold up to the camera, or a model make up.
EVIL = ("{{ 1/0 }}", "<img src=x onerror=alert(1)> {% for %}")


@pytest.fixture
def described(frigate: FakeFrigate) -> FakeFrigate:
    """Return a server whose model looks at recordings, so that 0.18 moves the times."""
    frigate.describe("front_door", image_source="recordings")
    return frigate


@pytest.fixture
async def entry(hass: HomeAssistant, described: FakeFrigate) -> MockConfigEntry:
    """Return an entry that everything is pushed to."""
    added = await set_up(hass, make_entry(described.internal_url))
    await until_pushing(hass, added, described)
    return added


def attributes_of(
    hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str
) -> dict[str, Any]:
    """Return the attributes of an entity that must be there."""
    state = hass.states.get(entity_id(hass, entry, domain, key) or "")
    assert state is not None
    return dict(state.attributes)


def shown(hass: HomeAssistant, entry: MockConfigEntry) -> tuple[Any, ...]:
    """Return what is shown: title, summary, whether it is suspicious, the threat, the highest."""
    suspicious = attributes_of(hass, entry, *SUSPICIOUS)
    return (
        state_of(hass, entry, *LAST),
        attributes_of(hass, entry, *LAST)["summary"],
        state_of(hass, entry, *SUSPICIOUS),
        suspicious["threat_level"],
        suspicious["max_threat_level"],
    )


async def until_title(hass: HomeAssistant, entry: MockConfigEntry, title: str) -> None:
    """Wait until the last described review has a title."""
    await until_state(hass, entry, *LAST, title)


async def until_shown(
    hass: HomeAssistant, entry: MockConfigEntry, expected: tuple[Any, ...]
) -> None:
    """Wait until this is shown."""
    await until(hass, lambda: shown(hass, entry) == expected, f"{expected}")


def over(frigate: FakeFrigate, *, ago: float = 60, length: float = 20) -> Review:
    """Return an alert that began some seconds ago, and is over."""
    return frigate.add_review("front_door", ago=ago, duration=length)


# The same story, however it arrives

type Step = Callable[[FakeFrigate, list[Review]], None]


def comes(frigate: FakeFrigate, reviews: list[Review]) -> None:
    """Let somebody come."""
    reviews.append(frigate.review_starts("front_door", zones=["porch"]))


def leaves(frigate: FakeFrigate, reviews: list[Review]) -> None:
    """Let whoever came last leave."""
    frigate.review_ends(reviews[-1])


def says(title: str, threat: int, which: int = -1) -> Step:
    """Return a step in which an item is described."""

    def _described(frigate: FakeFrigate, reviews: list[Review]) -> None:
        frigate.review_described(
            reviews[which],
            title,
            shortSummary=f"{title}!",
            potential_threat_level=threat,
        )

    return _described


STORY: tuple[tuple[Step, ...], ...] = (
    (comes,),
    (leaves,),
    (says("A parcel", 1),),
    # Only the entities show that somebody has described it anew.
    (says("A large parcel", 2),),
    (comes,),
    (leaves, says("The postman", 0)),
    # An item of before is no longer the last one.
    (says("A huge parcel", 2, 0),),
    (comes,),
    # The end and the description take different ways, and can overtake each other.
    (says("A stranger", 2), leaves),
)
# All that polling cannot know, since the times move: when an item ended.
NOT_COMPARED = {"end", "event_types", "friendly_name", "icon"}


async def live_through(
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    after_each_step: Callable[[], Awaitable[None]],
) -> None:
    """Let the story happen."""
    reviews: list[Review] = []
    for steps in STORY:
        freezer.tick(20)
        for step in steps:
            step(frigate, reviews)
        await after_each_step()


def told(events: EventPayload, entry: MockConfigEntry) -> list[dict[str, Any]]:
    """Return the events so far, with numbers for ids and times."""
    ids = list(dict.fromkeys(str(one["review_id"]) for one in events.attributes))
    starts = list(dict.fromkeys(one["start"] for one in events.attributes))
    found = []
    for one in events.attributes:
        number = ids.index(str(one["review_id"]))
        left = {key: value for key, value in one.items() if key not in NOT_COMPARED}
        text = json.dumps(left | {"start": starts.index(one["start"])})
        text = text.replace(ids[number], f"review {number}")
        found.append(json.loads(text.replace(entry.entry_id, "entry")))
    return found


@EVERY_VERSION
@pytest.mark.usefixtures("fixed_time")
async def test_polling_and_pushing_tell_the_same_story(
    hass: HomeAssistant, described: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    described.block_live()
    polled = await set_up(hass, make_entry(described.internal_url))
    events = EventPayload(hass, polled, REVIEW)
    steps: list[tuple[list[dict[str, Any]], tuple[Any, ...]]] = []

    async def _poll() -> None:
        await pass_time(hass, freezer, LIVE_POLL)
        steps.append((told(events, polled), shown(hass, polled)))

    await live_through(described, freezer, _poll)
    story, _shown = steps[-1]
    assert [
        (one["event_type"], one["review_id"], one["start"], one.get("title"))
        for one in story
    ] == [
        (event_type, f"review {number}", number, title)
        for number, text in enumerate(("A parcel", "The postman", "A stranger"))
        for event_type, title in (
            ("alert_started", None),
            ("ended", None),
            ("described", text),
        )
    ]
    top = 2 if described.state.is_018 else 3
    nothing = (STATE_UNKNOWN, None, STATE_OFF, None, top)
    large = ("A large parcel", "A large parcel!", STATE_ON, 2, top)
    postman = ("The postman", "The postman!", STATE_OFF, 0, top)
    assert [now for _told, now in steps] == [
        *(nothing, nothing, ("A parcel", "A parcel!", STATE_ON, 1, top), large, large),
        *(postman, postman, postman),
        ("A stranger", "A stranger!", STATE_ON, 2, top),
    ]

    await hass.config_entries.async_remove(polled.entry_id)
    described.state.database.reviews.clear()
    described.unblock_live()
    pushed = await set_up(hass, make_entry(described.internal_url))
    await until_pushing(hass, pushed, described)
    events = EventPayload(hass, pushed, REVIEW)
    left = iter(steps)

    async def _push() -> None:
        expected = next(left)
        await until(
            hass,
            lambda: (told(events, pushed), shown(hass, pushed)) == expected,
            f"what polling tells: {expected[1]}, {len(expected[0])} events",
        )

    await live_through(described, freezer, _push)
    assert told(events, pushed) == story


# What is no news


@SINCE_018
async def test_what_was_over_before_startup_is_shown_but_fires_nothing(
    hass: HomeAssistant, described: FakeFrigate
) -> None:
    long_ago, lately = over(described, ago=7000), over(described, ago=500)
    described.review_described(long_ago, "A cat", potential_threat_level=1)
    entry = await set_up(hass, make_entry(described.internal_url))
    await until_pushing(hass, entry, described)
    assert shown(hass, entry)[::2] == (
        "A cat",
        STATE_ON,
        attributes_of(hass, entry, *SUSPICIOUS)["max_threat_level"],
    )
    events = EventPayload(hass, entry, REVIEW)
    described.review_described(lately, "A dog")
    await until_title(hass, entry, "A dog")
    assert state_of(hass, entry, *SUSPICIOUS) == STATE_OFF
    assert events.types == []
    assert state_of(hass, entry, *REVIEW) == STATE_UNKNOWN

    # After a reload, what has been shown before is shown again, and fires nothing.
    review = described.review_starts("front_door")
    described.review_ends(review)
    await until(hass, lambda: events.types == ["alert_started", "ended"])
    await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, described)
    assert state_of(hass, entry, *LAST) == "A dog"
    events = EventPayload(hass, entry, REVIEW)
    described.review_described(review, "The postman")
    await until_title(hass, entry, "The postman")
    assert events.types == []


@SINCE_018
async def test_a_description_changes_nothing_else(
    hass: HomeAssistant, described: FakeFrigate, way: Way
) -> None:
    entry = await way.set_up(make_entry(described.internal_url))
    events = EventPayload(hass, entry, REVIEW)
    review = described.review_starts("front_door")
    start = as_local_iso(review.start_time)
    await way.shows(entry, {STATUS: "alert"})
    described.review_ends(review)
    await way.shows(entry, {STATUS: "none"})
    image = state_of(hass, entry, *IMAGE)
    assert image != STATE_UNKNOWN
    described.review_described(review, "The postman")
    await way.shows(entry, {LAST: "The postman", IMAGE: image, STATUS: "none"})
    # The times have moved, as the model has looked at the seconds around it too.
    assert as_local_iso(review.start_time) != start
    assert events.types == ["alert_started", "ended", "described"]
    _began, ended, told = events.attributes
    assert told["start"] == ended["start"] == start
    assert told["end"] == ended["end"]
    assert ended.keys() == told.keys() - {"title", "summary", "threat_level"}


@SINCE_018
@pytest.mark.usefixtures("fixed_time")
async def test_a_description_in_a_gap_fires_after_it(
    hass: HomeAssistant, described: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(described.internal_url))
    await until_pushing(hass, entry, described)
    events = EventPayload(hass, entry, REVIEW)
    review = described.review_starts("front_door")
    described.review_ends(review)
    await until(hass, lambda: events.types == ["alert_started", "ended"])
    # Longer than what a poll looks back.
    freezer.tick(200)
    described.motion("front_door", on=True)
    motion = ("binary_sensor", "camera:front_door:motion")
    await until_state(hass, entry, *motion, STATE_ON)
    described.block_live()
    described.drop_live()
    described.review_described(review, "The postman")
    described.unblock_live()
    await until(hass, lambda: events.types[2:] == ["described"])
    await until_pushing(hass, entry, described)
    described.review_described(review, "Somebody else")
    await until_title(hass, entry, "Somebody else")
    assert events.types[3:] == []


@pytest.mark.usefixtures("fixed_time")
async def test_a_description_is_polled_for_ten_minutes(
    hass: HomeAssistant, described: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    described.block_live()
    entry = await set_up(hass, make_entry(described.internal_url))
    events = EventPayload(hass, entry, REVIEW)

    async def _asks_for() -> float:
        described.clear_requests()
        await pass_time(hass, freezer, LIVE_POLL)
        now = described.state.clock()
        return now - min(
            float(one.query["after"]) for one in sent(described, "/api/review")
        )

    usual = await _asks_for()
    review = described.review_starts("front_door")
    described.review_ends(review)
    for _ in range(2):
        await pass_time(hass, freezer, 250)
    assert events.types == ["alert_started", "ended"]
    assert await _asks_for() > 500
    described.review_described(review, "The postman")
    await pass_time(hass, freezer, LIVE_POLL)
    assert events.types[2:] == ["described"]
    assert await _asks_for() == usual

    described.review_ends(described.review_starts("front_door"))
    for seconds in (LIVE_POLL, 400, 400):
        await pass_time(hass, freezer, seconds)
    assert await _asks_for() == usual
    assert events.types[3:] == ["alert_started", "ended"]


# What is shown


@EVERY_VERSION
async def test_texts_are_shown_as_they_are(
    hass: HomeAssistant, described: FakeFrigate, entry: MockConfigEntry
) -> None:
    events = EventPayload(hass, entry, REVIEW)
    review = described.review_starts("front_door")
    described.review_ends(review)
    title, summary = EVIL
    described.review_described(
        review, title, shortSummary=summary, scene="s" * 5000, other_concerns=["c"]
    )
    await until(hass, lambda: events.types[-1:] == ["described"])
    await until_title(hass, entry, title)
    assert attributes_of(hass, entry, *LAST)["summary"] == summary
    told = events.attributes[-1]
    assert (told["title"], told["summary"], told["threat_level"]) == (*EVIL, 0)

    answer: Any = await hass.services.async_call(
        DOMAIN, "get_reviews", {}, blocking=True, return_response=True
    )
    (found,) = answer["reviews"]
    texts = {
        "title": title,
        "summary": summary,
        "scene": "s" * 4000,
        "threat_level": 0,
        "max_threat_level": 2 if described.state.is_018 else 3,
        "confidence": 0.9,
        "concerns": ["c"],
    }
    assert found | texts == found
    assert bool(found["observations"]) is described.state.is_018


@SINCE_018
async def test_a_threat_that_there_is_not(
    hass: HomeAssistant, described: FakeFrigate, entry: MockConfigEntry
) -> None:
    events = EventPayload(hass, entry, REVIEW)
    levels = ((7, 2), (-1, None), ("2", 2), ("high", None), (1, 1), (None, None))
    for number, (level, threat) in enumerate(levels):
        review = described.review_starts("front_door")
        described.review_ends(review)
        metadata = {
            "title": ["no text"],
            "shortSummary": f"{number}",
            "potential_threat_level": level,
        }
        described.review_described(review, metadata=metadata)
        on = STATE_OFF if threat is None else STATE_ON
        expected = (STATE_UNKNOWN, f"{number}", on, threat, 2)
        await until_shown(hass, entry, expected)
        assert events.attributes[-1]["title"] is None
        assert events.attributes[-1]["threat_level"] == threat


@pytest.mark.usefixtures("fixed_time")
async def test_nothing_stays_suspicious_for_more_than_a_day(
    hass: HomeAssistant, described: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(described.internal_url))
    await until_pushing(hass, entry, described)

    def says(ago: float, title: str, threat: int) -> Review:
        review = over(described, ago=ago)
        described.review_described(review, title, potential_threat_level=threat)
        return review

    says(DAY - 30, "A burglar", 3)
    await until_state(hass, entry, *SUSPICIOUS, STATE_ON)
    says(DAY - 40, "A cat", 0)
    await until_title(hass, entry, "A cat")
    # An older one does not matter, however dangerous.
    says(DAY - 35, "A burglar again", 2)
    last = says(DAY - 60, "A thief", 1)
    await until_title(hass, entry, "A thief")
    assert shown(hass, entry)[2:] == (STATE_ON, 1, 3)
    left = last.start_time + DAY - described.state.clock()
    await pass_time(hass, freezer, left - 1)
    assert shown(hass, entry)[2:] == (STATE_ON, 1, 3)
    described.clear_requests()
    await pass_time(hass, freezer, 2)
    assert shown(hass, entry)[2:] == (STATE_OFF, None, 3)
    # No poll has brought that about.
    assert described.requests == []
    # The title is that of the last one, whenever that was.
    assert state_of(hass, entry, *LAST) == "A thief"
    says(60, "A spy", 1)
    await until_state(hass, entry, *SUSPICIOUS, STATE_ON)


async def test_there_is_what_frigate_describes(
    hass: HomeAssistant, described: FakeFrigate, entry: MockConfigEntry
) -> None:
    review = described.review_starts("front_door")
    described.review_ends(review)
    described.review_described(review, "A cat")
    await until_title(hass, entry, "A cat")
    for domain, key in (LAST, SUSPICIOUS):
        other = key.replace("front_door", "Portones")
        assert not is_registered(hass, entry, domain, other)
    camera = described.state.cameras["front_door"]
    camera.change("review_descriptions", False)
    await entry.runtime_data.server.async_refresh_config()
    await hass.async_block_till_done(wait_background_tasks=True)
    # It is paused, and can be switched on again.
    assert state_of(hass, entry, *LAST) == "A cat"
    camera.runtime.clear()
    await entry.runtime_data.server.async_refresh_config()
    await until_state(hass, entry, *LAST, STATE_UNAVAILABLE)
    # An entity is gone when it is missing twice in a row.
    await entry.runtime_data.server.async_refresh_config()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not is_registered(hass, entry, *LAST)
    assert not is_registered(hass, entry, *SUSPICIOUS)


@ONLY_016
async def test_before_0_17_nothing_is_described(
    hass: HomeAssistant, described: FakeFrigate, entry: MockConfigEntry
) -> None:
    events = EventPayload(hass, entry, REVIEW)
    review = described.review_starts("front_door")
    described.review_ends(review)
    await until(hass, lambda: events.types == ["alert_started", "ended"])
    assert not is_registered(hass, entry, *LAST)
    assert not is_registered(hass, entry, *SUSPICIOUS)


async def test_a_camera_that_is_gone_is_not_described(
    hass: HomeAssistant, described: FakeFrigate, entry: MockConfigEntry
) -> None:
    described.describe("Portones")
    events = EventPayload(hass, entry, REVIEW)
    review = described.review_starts("front_door")
    described.review_ends(review)
    await until(hass, lambda: events.types == ["alert_started", "ended"])
    described.push_raw(
        json.dumps(
            {
                "topic": "reviews",
                "payload": json.dumps(
                    {"type": "genai", "after": review.whole() | {"camera": "gone"}}
                ),
            }
        )
    )
    described.review_described(review, "The postman")
    await until(hass, lambda: events.types[2:] == ["described"])
    assert events.attributes[2]["camera"] == "front_door"
