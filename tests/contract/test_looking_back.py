"""Lists, counts and searches of what was seen, with the oddities of the real servers."""

from datetime import UTC, datetime
from typing import Any

import aiohttp

from tests.fake_frigate import FakeFrigate
from tests.versions import BEFORE_018, EVERY_VERSION, SINCE_018

from .test_events import Asker

HOUR = 3600


def _ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


@EVERY_VERSION
async def test_filters_of_events(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    car = server.add_event("Portones", "car", ago=500, score=0.7, zones=["yard"])
    car.data["recognized_license_plate"] = "1234ABC"
    ana = server.add_event("front_door", ago=400, duration=30, sub_label="Ana")
    now = server.add_event("front_door", ago=10, duration=None)
    day = datetime.fromtimestamp(server.state.clock(), UTC)
    a_minute = f"{day:%H}:59,{day:%H}:59"
    for query, expected in {
        "recognized_license_plate=1234ABC": [car],
        "recognized_license_plate=1234": [],
        "recognized_license_plate=^12.*": [car],
        "recognized_license_plate=None": [now, ana],
        "min_score=0.8": [now, ana],
        "max_score=0.8": [car],
        "min_length=25": [ana],
        "max_length=25": [car],
        "sort=date_asc": [car, ana, now],
        "sort=score_asc": [car, ana, now],
        "sort=nonsense": [now, ana, car],
        f"event_id={ana.id}": [ana],
        "zones=ya?d": [car],
        "zones=yar": [],
        "is_submitted=1": [],
        f"before={ana.start_time}": [car],
        f"after={ana.start_time}": [now],
        f"time_range={a_minute}": [],
        "time_range=00:00,23:59&timezone=Nope/Where": [now, ana, car],
        "limit=0": [],
    }.items():
        rows = (await ask(f"/events?{query}")).json
        assert _ids(rows) == [each.id for each in expected], query
    assert (await ask("/events?time_range=abc")).status == 500
    assert (await ask("/recognized_license_plates")).json == ["1234ABC"]
    server.add_event("front_door", sub_label="Eileen, Ana")
    assert (await ask("/sub_labels")).json == ["Ana", "Eileen, Ana"]
    assert (await ask("/sub_labels?split_joined=1")).json == ["Ana", "Eileen"]
    assert (await ask("/labels?camera=Portones")).json == ["car"]


@EVERY_VERSION
async def test_events_by_label_and_by_id(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask, gate = Asker(session, server), Asker(session, server, "gate1")
    cars = server.add_events("Portones", 5, "car", every=0)
    people = server.add_events("front_door", 7)
    rows = (await ask("/events/explore?limit=2")).json
    assert _ids(rows) == [each.id for each in [*people[:2], *cars[:2]]]
    assert [row["event_count"] for row in rows] == [7, 7, 5, 5]
    assert "box" not in rows[0]["data"]
    assert _ids((await gate("/events/explore?limit=1")).json) == [cars[0].id]
    ids = f"{people[0].id},1.0-nobody,{cars[0].id}"
    assert _ids((await ask(f"/event_ids?ids={ids}")).json) == [
        people[0].id,
        cars[0].id,
    ]
    assert (await gate(f"/event_ids?ids={ids}")).status == 403


@EVERY_VERSION
async def test_search_in_words(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask, gate = Asker(session, server), Asker(session, server, "gate1")
    words = "/events/search?query=Ana at the front door"
    answer = await ask("/events/search")
    assert (answer.status, answer.json["message"]) == (
        400,
        "A search query must be supplied",
    )
    for role in (ask, gate):
        answer = await role(words)
        assert (answer.status, answer.json["message"]) == (
            400,
            "Semantic search is not enabled",
        )
    server.state.semantic_search = True
    config = (await ask("/config")).json
    assert config["semantic_search"]["enabled"] is True
    car = server.add_event("Portones", "car")
    ana = server.add_event("front_door", ago=900, sub_label="Ana")
    review = server.add_review("front_door", events=[ana.id])
    rows = (await ask(words)).json
    assert _ids(rows) == [ana.id, car.id]
    assert rows[0]["search_distance"] < rows[1]["search_distance"]
    assert rows[0]["search_source"] == "thumbnail"
    assert [row["thumb_path"] and review.id in row["thumb_path"] for row in rows] == [
        True,
        None,
    ]
    assert _ids((await gate(words)).json) == [car.id]
    assert _ids((await ask(f"{words}&labels=car&limit=1")).json) == [car.id]
    assert _ids((await ask(f"{words}&search_type=description")).json) == []
    car.data["description"] = "A red van brings a parcel"
    described = (await ask("/events/search?query=parcel&search_type=description")).json
    assert [(row["id"], row["search_source"]) for row in described] == [
        (car.id, "description")
    ]
    like = f"/events/search?search_type=similarity&event_id={car.id}"
    assert _ids((await ask(like)).json)[0] == car.id
    assert (await ask(f"{like}nobody")).status == 404


@EVERY_VERSION
async def test_a_window_of_reviews(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    now = server.state.clock()
    ana = server.add_review("front_door", ago=1000, sub_labels=["Ana"], zones=["porch"])
    dog = server.add_review("front_door", "detection", ago=800, audio=["bark"])
    long = server.add_review("Portones", ago=26 * HOUR, duration=26 * HOUR - 500)
    old = server.add_review("Portones", ago=30 * HOUR)
    running = server.add_review("Portones", ago=29 * HOUR, duration=None)
    for query, expected in {
        "labels=person": [dog, long, running],
        "labels=person,person-verified": [dog, ana, long, running],
        "labels=bark": [dog],
        "labels=pers*": [dog, ana, long, running],
        "zones=porch": [ana],
        "zones=porch,yard": [ana],
        "severity=detection": [dog],
        "limit=2": [dog, ana],
        "limit=0": [],
        "limit=-1": [dog, ana, long, running],
        "cameras=nobody": [],
        f"after={now - 40 * HOUR}": [dog, ana, long, running, old],
        f"before={dog.start_time}&after=1": [ana, long, running, old],
        f"before={now - 29.5 * HOUR}": [],
        f"before={now - 28 * HOUR}&after={now - 28.5 * HOUR}": [running],
        f"after={dog.start_time + 20}": [long, running],
    }.items():
        rows = (await ask(f"/review?reviewed=2&{query}")).json
        assert _ids(rows) == [each.id for each in expected], query
    whole = await ask("/review/event/1.0-nobody")
    assert (whole.status, whole.json["message"]) == (404, "Review item not found")
    event = server.add_event("front_door")
    item = server.add_review("front_door", events=[event.id])
    assert (await ask(f"/review/event/{event.id}")).json["id"] == item.id
    gate = Asker(session, server, "gate1")
    assert (await gate(f"/review/event/{event.id}")).status == 403


@EVERY_VERSION
async def test_counts_of_reviews(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    # Midnight in Auckland comes half a day before that in Greenwich.
    server.state.clock = lambda: datetime(2026, 11, 26, 14, tzinfo=UTC).timestamp()
    server.add_review("front_door", ago=4 * HOUR, zones=["porch"])
    server.add_review("Portones", "detection", ago=2 * HOUR, audio=["bark"])
    auckland = (await ask("/review/summary?timezone=Pacific/Auckland")).json
    assert {day: counts["total_alert"] for day, counts in auckland.items()} == {
        "last24Hours": 1,
        "2026-11-26": 1,
        "2026-11-27": 0,
    }
    for zone in ("", "timezone=", "timezone=Europe,Madrid", "timezone=Nope/Where"):
        assert list((await ask(f"/review/summary?{zone}")).json) == [
            "last24Hours",
            "2026-11-26",
        ]
    nothing = (await ask("/review/summary?labels=cat")).json
    assert nothing == {"last24Hours": dict.fromkeys(nothing["last24Hours"])}
    # The days are counted without a look at zones and sounds.
    zones = (await ask("/review/summary?zones=porch")).json
    assert zones["last24Hours"]["total_detection"] == 0
    assert zones["2026-11-26"]["total_detection"] == 1
    sounds = (await ask("/review/summary?labels=bark")).json
    assert sounds["last24Hours"]["total_detection"] == 1
    assert len(sounds) == 1


@EVERY_VERSION
async def test_recordings_count_events_with_a_clip(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
    server.state.clock = lambda: noon
    server.record_only("front_door", (noon - 5400, noon - 1800))
    server.add_events("front_door", 3, ago=2000, every=1)
    server.add_events("front_door", 2, ago=2000, has_clip=False)
    server.add_events("front_door", 1, ago=5000)
    (day,) = (await ask("/front_door/recordings/summary?timezone=utc")).json
    assert (day["day"], day["events"]) == ("2026-11-26", 4)
    counted = {
        each["hour"]: (each["events"], each["duration"]) for each in day["hours"]
    }
    assert list(counted) == ["11", "10"]
    assert {hour: events for hour, (events, _) in counted.items()} == {"11": 3, "10": 1}
    assert all(1700 < seconds <= 1800 for _, seconds in counted.values())
    half = (await ask("/front_door/recordings/summary?timezone=Asia/Kolkata")).json
    assert [each["hour"] for each in half[0]["hours"]] == ["16"]
    assert half[0]["hours"][0]["events"] == 4


async def _hours_of_the_change(ask: Asker) -> dict[str, list[str]]:
    rows = (await ask("/front_door/recordings/summary?timezone=Europe/Madrid")).json
    return {row["day"]: [each["hour"] for each in row["hours"]] for row in rows}


def _record_the_night(server: FakeFrigate) -> None:
    """Record from 22:00 to 08:00 in the night in which the clocks are set back."""
    evening = datetime(2026, 10, 24, 20, tzinfo=UTC).timestamp()
    server.state.clock = lambda: evening + 30 * HOUR
    server.record_only("front_door", (evening + 3, evening + 11 * HOUR))


@SINCE_018
async def test_an_hour_that_there_is_twice(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    _record_the_night(server)
    assert await _hours_of_the_change(Asker(session, server)) == {
        "2026-10-24": ["23", "22"],
        # The recording that was running then belongs to both sides.
        "2026-10-25": ["02", "01", "00", "07", "06", "05", "04", "03", "02", "01"],
    }


@BEFORE_018
async def test_up_to_a_day_after_the_change_the_hours_are_those_of_before(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    _record_the_night(server)
    ask = Asker(session, server)
    shown = await _hours_of_the_change(ask)
    assert shown["2026-10-25"] == [f"{hour:02}" for hour in range(8, -1, -1)]
    evening = datetime(2026, 10, 24, 20, tzinfo=UTC).timestamp()
    server.record_only(
        "front_door",
        (evening, evening + 12 * HOUR),
        (evening + 12 * HOUR + 3, evening + 26 * HOUR),
    )
    shown = await _hours_of_the_change(ask)
    assert shown["2026-10-25"] == [
        *(f"{hour:02}" for hour in range(21, -1, -1)),
        *("22", "21", "20"),
    ]


@EVERY_VERSION
async def test_pages_deep_in_a_large_database(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    events = server.add_events("front_door", 20_000)
    reviews = server.add_reviews("Portones", 150, every=0)
    page = (await ask(f"/events?before={events[15_000].start_time}")).json
    assert _ids(page) == [each.id for each in events[15_001:15_101]]
    found = (await ask(f"/review?limit=200&before={reviews[0].start_time + 1}")).json
    assert {*_ids(found)} == {each.id for each in reviews}
    assert (await ask(f"/review?before={reviews[0].start_time}")).json == []
