"""What happens in front of the cameras is pushed as the real servers pushed it."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .client import fetch
from .live_client import listen, payload_of

FIXTURES = Path(__file__).parents[1] / "fixtures"


def counts(place: str, label: str, *numbers: int) -> list[tuple[str, int]]:
    """Return the four messages of a changed count."""
    tails = (label, f"{label}/active", "all", "all/active")
    return [
        (f"{place}/{tail}", number) for tail, number in zip(tails, numbers, strict=True)
    ]


def summary(messages: list[tuple[str, Any]]) -> list[Any]:
    """Return the messages with only the kind of those that are long."""
    short = []
    for topic, payload in messages:
        if topic in ("events", "reviews"):
            short.append((topic, json.loads(payload)["type"]))
        else:
            short.append((topic, payload))
    return short


@EVERY_VERSION
async def test_object_comes_and_goes(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        for camera in ("front_door", "Portones"):
            server.add_zone(camera, "street", labels=("person", "car"))
        event = server.object_appears("front_door", "car", zones=["street"])
        assert summary(await client.received(server)) == [
            ("events", "new"),
            *counts("front_door", "car", 1, 1, 1, 1),
            *counts("street", "car", 1, 1, 1, 1),
        ]
        running = await fetch(
            session, f"{server.internal_url}/api/events?in_progress=1"
        )
        assert [each["id"] for each in running.json] == [event.id]
        # The zone of that name is the same for all cameras.
        other = server.object_appears("Portones", "car", zones=["street"])
        assert summary(await client.received(server)) == [
            ("events", "new"),
            *counts("Portones", "car", 1, 1, 1, 1),
            *counts("street", "car", 2, 2, 2, 2),
        ]
        server.object_moves(event, stationary=True)
        assert summary(await client.received(server)) == [
            ("events", "update"),
            ("front_door/car/active", 0),
            ("front_door/all", 1),
            ("front_door/all/active", 0),
            ("street/car/active", 1),
            ("street/all", 2),
            ("street/all/active", 1),
        ]
        server.object_moves(event)
        assert summary(await client.received(server)) == [("events", "update")]
        server.object_moves(other, zones=[])
        assert summary(await client.received(server)) == [
            ("events", "update"),
            ("street/car", 1),
            ("street/car/active", 0),
            ("street/all", 1),
            ("street/all/active", 0),
        ]
        activity = payload_of(
            await client.answers(server, "onConnect", ""), "camera_activity"
        )
        (seen,) = activity["front_door"]["objects"]
        assert (seen["id"], seen["stationary"]) == (event.id, True)
        assert seen["current_zones"] == ["street"]
        server.object_leaves(event)
        messages = await client.received(server)
        assert summary(messages) == [
            ("events", "end"),
            ("front_door/car", 0),
            ("front_door/all", 0),
            ("front_door/all/active", 0),
            ("street/car", 0),
            ("street/all", 0),
            ("street/all/active", 0),
        ]
        end = payload_of(messages, "events")
        assert end["before"]["end_time"] is None
        assert end["after"]["end_time"] == event.end_time
        assert other.zones == ["street"]
        server.object_moves(other, zones=["street"], stationary=False)
        assert other.zones == ["street"]
        car = server.object_appears("front_door", "car", stationary=True)
        server.object_moves(car, zones=["street"], stationary=False)
        classes = [each["class_type"] for each in server.state.database.timeline]
        assert classes == [
            "visible",
            "visible",
            "stationary",
            "gone",
            "visible",
            "entered_zone",
            "active",
        ]


def kinds(value: Any) -> Any:
    """Return the names, in their order, and the kinds of values."""
    if isinstance(value, dict):
        return [(key, kinds(each)) for key, each in value.items()]
    if isinstance(value, list):
        return "list"
    return "number" if isinstance(value, int | float) else type(value).__name__


def recorded(version: str, name: str, topic: str, **where: str) -> Any:
    """Return the payload of a recorded message, the first whose fields are these."""
    path = FIXTURES / version / f"{name}.json"
    for each in json.loads(path.read_text(encoding="utf-8"))["messages"]:
        if each["topic"] == topic:
            payload = json.loads(each["payload"])
            if where.items() <= payload.items():
                return payload
    raise LookupError(topic)


async def test_events_look_like_the_recorded_ones(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server) as client:
        event = server.object_appears("Portones", "car")
        new = payload_of(await client.received(server), "events")
        server.object_moves(event)
        update = payload_of(await client.received(server), "events")
        server.object_leaves(event)
        end = payload_of(await client.received(server), "events")
    for kind, found in (("new", new), ("update", update)):
        expected = recorded("0.17.2", "ws.5000.onConnect", "events", type=kind)
        assert kinds(found) == kinds(expected)
    expected = recorded("0.17.2", "ws.admin.command", "events", type="end")
    assert kinds(end) == kinds(expected)
    assert new["after"] == update["before"]
    assert update["after"] == end["before"]


async def test_messages_of_018_look_like_the_recorded_ones(
    session: aiohttp.ClientSession,
) -> None:
    async with FakeFrigate("0.18") as server, listen(session, server) as client:
        event = server.object_appears("front_door", zones=[])
        server.object_appears("Portones")
        server.motion("Portones", on=True)
        server.object_moves(event)
        messages = (await client.received(server))[-1:]
        update = payload_of(messages, "events")
        expected = recorded("0.18", "ws.onConnect", "events")
        assert kinds(update) == kinds(expected)
        server.face_recognized(event, "Eileen", 1.0)
        face = payload_of(await client.received(server), "tracked_object_update")
        assert kinds(face) == kinds(
            recorded("0.18", "ws.onConnect", "tracked_object_update")
        )
        review = server.review_starts("front_door", events=[event])
        server.review_ends(review)
        end = payload_of((await client.received(server))[2:], "reviews")
        assert kinds(end) == kinds(recorded("0.18", "ws18.admin.set", "reviews"))
        greeting = await client.answers(server, "onConnect", "")
        activity = payload_of(greeting, "camera_activity")
        assert activity["front_door"]["objects"][0]["label"] == "person-verified"
        activity["front_door"]["objects"] = []
        assert kinds(activity) == kinds(
            recorded("0.18", "ws.onConnect", "camera_activity")
        )
        assert activity["Portones"]["motion"] is True


@EVERY_VERSION
async def test_reviews(session: aiohttp.ClientSession, version: str) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        review = server.review_starts("front_door", "detection")
        assert summary(await client.received(server)) == [
            ("reviews", "new"),
            ("front_door/review_status", "DETECTION"),
        ]
        server.review_changes(review, severity="alert", objects=["person", "car"])
        messages = await client.received(server)
        assert summary(messages) == [
            ("reviews", "update"),
            ("front_door/review_status", "ALERT"),
        ]
        change = payload_of(messages, "reviews")
        assert change["before"]["data"]["objects"] == ["person"]
        assert change["after"]["data"]["objects"] == ["person", "car"]
        server.review_ends(review)
        assert summary(await client.received(server)) == [
            ("reviews", "end"),
            ("front_door/review_status", "NONE"),
        ]
        listed = await fetch(session, f"{server.internal_url}/api/review")
        assert [each["end_time"] for each in listed.json] == [review.end_time]


@EVERY_VERSION
async def test_motion_sounds_and_names(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        running = f"{server.internal_url}/api/events?in_progress=1"
        server.state.cameras["front_door"].audio = True
        server.motion("front_door", on=True)
        server.motion("front_door", on=False)
        assert await client.received(server) == [
            ("front_door/motion", "ON"),
            ("front_door/motion", "OFF"),
        ]
        server.set_sound("front_door", "speech", on=True)
        messages = await client.received(server)
        assert messages[0] == ("front_door/audio/speech", "ON")
        sounds = payload_of(messages, "audio_detections")
        (event,) = (await fetch(session, running)).json
        assert sounds["front_door"]["speech"]["id"] == event["id"]
        assert event["data"]["type"] == "audio"
        server.set_sound("front_door", "speech", on=False)
        messages = await client.received(server)
        assert messages[0] == ("front_door/audio/speech", "OFF")
        assert payload_of(messages, "audio_detections") == {"front_door": {}}
        bypass = {"X-Cache-Bypass": "1"}
        assert (await fetch(session, running, headers=bypass)).json == []
        server.classified("front_door", "gate", "open")
        assert await client.received(server) == [
            ("front_door/classification/gate", "open")
        ]
        car = server.object_appears("front_door", "car")
        server.plate_recognized(car, "1234ABC", score=0.9)
        assert car.sub_label is None
        server.plate_recognized(car, "1234ABC", "Eileen's", 0.95)
        *_, first, second = await client.received(server)
        message = payload_of([first], "tracked_object_update")
        assert message["name"] is None
        message = payload_of([second], "tracked_object_update")
        assert list(message) == [
            "type",
            "name",
            "plate",
            "score",
            "id",
            "camera",
            "timestamp",
        ]
        assert (message["type"], message["plate"]) == ("lpr", "1234ABC")
        assert car.data["recognized_license_plate"] == "1234ABC"
        server.object_moves(car)
        after = payload_of(await client.received(server), "events")["after"]
        assert after["sub_label"] == ["Eileen's", 0.95]


async def test_impossible_objects(server: FakeFrigate) -> None:
    with pytest.raises(AssertionError, match="does not track dog"):
        server.object_appears("front_door", "dog")
    with pytest.raises(AssertionError, match="lacks one of"):
        server.object_appears("front_door", zones=["street"])


async def test_counts_begin_again_after_a_restart(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.object_appears("front_door", "car")
    server.restart()
    async with listen(session, server) as client:
        greeting = await client.answers(server, "onConnect", "")
        activity = payload_of(greeting, "camera_activity")
        assert activity["front_door"]["objects"] == []
        server.object_appears("front_door", "car")
        messages = summary(await client.received(server))
        assert messages[1:] == counts("front_door", "car", 1, 1, 1, 1)


async def test_restricted_role_hears_of_its_cameras(
    session: aiohttp.ClientSession,
) -> None:
    async with (
        FakeFrigate("0.18") as server,
        listen(session, server, "gate1") as gate,
        listen(session, server, "viewer1") as viewer,
    ):
        server.add_zone("front_door", "porch")
        server.add_zone("Portones", "street")
        greeting = await gate.answers(server, "onConnect", "")
        assert [topic for topic, _ in greeting] == [
            "camera_activity",
            "model_state",
            "embeddings_reindex_progress",
            "profile/state",
        ]
        assert list(payload_of(greeting, "camera_activity")) == ["Portones"]
        every = await viewer.received(server)
        assert len(payload_of(every, "camera_activity")) == 2
        first = server.object_appears("front_door", zones=["porch"])
        second = server.object_appears("Portones", zones=["street"])
        for event in (first, second):
            server.face_recognized(event, "Ana")
            server.review_starts(event.camera, events=[event])
        assert summary(await gate.received(server)) == [
            ("events", "new"),
            *counts("Portones", "person", 1, 1, 1, 1),
            ("tracked_object_update", server_message(await viewer.received(server))),
            ("reviews", "new"),
            ("Portones/review_status", "ALERT"),
        ]
        server.push_stats()
        stats = payload_of(await gate.received(server), "stats")
        assert list(stats["cameras"]) == ["Portones"]
        assert all("cmdline" not in each for each in stats["cpu_usages"].values())


def server_message(messages: list[tuple[str, Any]]) -> Any:
    """Return the last recognition that somebody without limits has heard of."""
    return [each for topic, each in messages if topic == "tracked_object_update"][-1]


async def test_017_tells_everybody_everything(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server, "gate1") as gate:
        greeting = await gate.answers(server, "onConnect", "")
        assert len(payload_of(greeting, "camera_activity")) == 2
        assert payload_of(greeting, "birdseye_layout") == {}
        server.motion("front_door", on=True)
        assert await gate.received(server) == [("front_door/motion", "ON")]
