"""What is understood of what was seen, on `/ws`, in lists and in the configuration."""

import json
from typing import Any

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION, ONLY_016, SINCE_018, WITH_016

from .client import fetch
from .live_client import listen, payload_of

_KEYS_017 = [
    "title",
    "scene",
    "shortSummary",
    "confidence",
    "potential_threat_level",
    "other_concerns",
    "time",
]


async def config_of(session: aiohttp.ClientSession, server: FakeFrigate) -> Any:
    """Return the configuration as it is now."""
    url, bypass = f"{server.internal_url}/api/config", {"X-Cache-Bypass": "1"}
    return (await fetch(session, url, headers=bypass)).json


@EVERY_VERSION
async def test_a_review_is_described_after_its_end(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    server.describe("front_door")
    async with listen(session, server) as client:
        review = server.review_starts("front_door")
        server.review_ends(review)
        await client.received(server)
        server.review_described(review, "A visitor", potential_threat_level=1)
        messages = await client.received(server)
    # Nothing else is said: neither a status nor another end.
    message = payload_of(messages, "reviews")
    assert len(messages) == 1
    assert (message["type"], message["before"]["data"]["metadata"]) == ("genai", None)
    metadata = message["after"]["data"]["metadata"]
    texts = _KEYS_017 if version == "0.17.2" else ["observations", *_KEYS_017]
    assert list(metadata) == texts
    assert (metadata["title"], metadata["potential_threat_level"]) == ("A visitor", 1)
    assert metadata["other_concerns"] is None
    base = f"{server.internal_url}/api/review"
    (listed,) = (await fetch(session, base)).json
    assert listed["data"] == message["after"]["data"]
    assert (await fetch(session, f"{base}/{review.id}")).json == message["after"]


@EVERY_VERSION
async def test_a_description_may_be_quicker_than_the_end(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.describe()
    async with listen(session, server) as client:
        review = server.review_starts("front_door")
        server.review_described(review)
        server.review_ends(review)
        messages = await client.received(server)
    pushed = [json.loads(payload) for topic, payload in messages if topic == "reviews"]
    assert [each["type"] for each in pushed] == ["new", "genai", "end"]
    described, ended = (each["after"] for each in pushed[1:])
    assert described["end_time"] == ended["end_time"] is not None
    assert described["data"]["metadata"] is not None
    assert ended["data"]["metadata"] is None
    listed = await fetch(session, f"{server.internal_url}/api/review/{review.id}")
    assert listed.json["data"]["metadata"] == described["data"]["metadata"]


@EVERY_VERSION
@pytest.mark.parametrize(
    ("duration", "moved"), [(2, 4), (20, 2), (100, 5)], ids=("short", "usual", "long")
)
async def test_018_moves_the_times_of_what_it_describes_from_recordings(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    version: str,
    duration: float,
    moved: float,
) -> None:
    server.describe(image_source="recordings")
    review = server.add_review("front_door", ago=200, duration=duration)
    start, end = review.start_time, review.start_time + duration
    async with listen(session, server) as client:
        server.review_described(review)
        message = payload_of(await client.received(server), "reviews")
    if version == "0.18":
        start, end = start - moved, end + moved
    for each in (message["before"], message["after"]):
        assert (each["start_time"], each["end_time"]) == pytest.approx((start, end))
    stored = await fetch(session, f"{server.internal_url}/api/review/{review.id}")
    assert stored.json == message["after"]


@EVERY_VERSION
async def test_whoever_is_recognized_is_no_threat(server: FakeFrigate) -> None:
    server.describe()
    review = server.add_review("front_door", sub_labels=["Ana"])
    server.review_described(review, potential_threat_level=2)
    assert review.data["metadata"]["potential_threat_level"] == 0


_ODD = [{}, {"title": 7, "potential_threat_level": "high"}, {"title": None}]


@SINCE_018
@pytest.mark.parametrize("metadata", _ODD)
async def test_018_keeps_odd_answers_of_the_model(
    session: aiohttp.ClientSession, server: FakeFrigate, metadata: Any
) -> None:
    server.describe()
    review = server.add_review("front_door")
    async with listen(session, server) as client:
        server.review_described(review, metadata=metadata)
        message = payload_of(await client.received(server), "reviews")
    assert message["after"]["data"]["metadata"] == metadata
    (listed,) = (await fetch(session, f"{server.internal_url}/api/review")).json
    assert listed["data"]["metadata"] == metadata


@pytest.mark.parametrize("metadata", _ODD)
async def test_017_keeps_none_of_them(server: FakeFrigate, metadata: Any) -> None:
    server.describe()
    review = server.add_review("front_door")
    with pytest.raises(AssertionError, match="keeps no such answer"):
        server.review_described(review, metadata=metadata)
    server.review_described(review, scene="long " * 5000)
    assert len(review.data["metadata"]["scene"]) == 25000


@WITH_016
async def test_nothing_is_described_that_is_not_configured(
    server: FakeFrigate, version: str
) -> None:
    event = server.add_event("front_door")
    alert = server.add_review("front_door")
    detection = server.add_review("front_door", "detection")
    for reason in ("no language model", "nothing describes"):
        for review in (alert, detection):
            with pytest.raises(AssertionError, match=reason):
                server.review_described(review)
        with pytest.raises(AssertionError, match=reason):
            server.object_described(event, "A man")
        server.state.genai = True
    server.describe(objects=True)
    server.object_described(event, "A man")
    assert event.data["description"] == "A man"
    if version == "0.16.4":
        assert not alert.data.keys() & {"metadata", "thumb_time", "verified_objects"}
        return
    with pytest.raises(AssertionError, match="no detection is described"):
        server.review_described(detection)
    server.describe(alerts=False, detections=True)
    with pytest.raises(AssertionError, match="no alert is described"):
        server.review_described(alert)
    server.review_described(detection)
    assert detection.data["metadata"]["title"] == "A parcel at the door"


@WITH_016
async def test_the_configuration_says_what_is_described(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    before = await config_of(session, server)
    server.describe("front_door", objects=True, detections=True)
    config = await config_of(session, server)
    cameras = config["cameras"]
    if version == "0.16.4":
        assert cameras["front_door"]["genai"]["enabled"]
        assert "genai" not in cameras["front_door"]["review"]
        assert (before["genai"]["enabled"], config["genai"]["enabled"]) == (False, True)
        return
    on = {"enabled": True, "enabled_in_config": True}
    off = {"enabled": False, "enabled_in_config": False}
    for name, switched in (("front_door", on), ("Portones", off)):
        review, objects = (cameras[name][key]["genai"] for key in ("review", "objects"))
        assert {key: review[key] for key in on} == switched
        assert {key: objects[key] for key in on} == switched
    assert cameras["front_door"]["review"]["genai"]["detections"]
    assert cameras["Portones"]["review"]["genai"]["image_source"] == "preview"
    if version == "0.18":
        assert before["genai"] == {}
        (provider,) = config["genai"].values()
    else:
        assert "provider" not in before["genai"]
        provider = config["genai"]
    assert provider["provider"] == "ollama"


@EVERY_VERSION
async def test_switching_descriptions_off_leaves_the_configuration(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.describe("front_door")
    async with listen(session, server) as client:
        await client.answers(server, "front_door/review_descriptions/set", "OFF")
    genai = (await config_of(session, server))["cameras"]["front_door"]["review"][
        "genai"
    ]
    assert (genai["enabled"], genai["enabled_in_config"]) == (False, True)
    review = server.add_review("front_door")
    with pytest.raises(AssertionError, match="nothing describes"):
        server.review_described(review)


@WITH_016
async def test_an_object_is_described(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.describe(objects=True)
    event = server.add_event("front_door")
    async with listen(session, server) as client:
        server.object_described(event, "A man with a dog")
        message = payload_of(await client.received(server), "tracked_object_update")
    assert message == {
        "type": "description",
        "id": event.id,
        "description": "A man with a dog",
        "camera": "front_door",
    }
    found = await fetch(session, f"{server.internal_url}/api/events/{event.id}")
    assert found.json["data"]["description"] == "A man with a dog"


@EVERY_VERSION
async def test_faces_without_a_sure_name(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server) as client:
        event = server.object_appears("front_door")
        server.face_unknown(event)
        server.face_recognized(event, "Ana", score=0.4)
        messages = await client.received(server)
    faces = [json.loads(text) for topic, text in messages if topic.startswith("track")]
    assert [(each["name"], each["score"]) for each in faces] == [
        (None, 0.0),
        ("Ana", 0.4),
    ]
    assert event.sub_label is None


@EVERY_VERSION
async def test_a_trigger_fires(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.add_trigger("front_door", "parcel", data="a parcel", threshold=0.7)
    server.add_trigger("front_door", "gate", kind="thumbnail", friendly_name="The gate")
    event = server.add_event("front_door")
    async with listen(session, server) as client:
        server.trigger_fires(event, "parcel", score=0.75)
        message = payload_of(await client.received(server), "triggers")
    assert message == {
        "name": "parcel",
        "camera": "front_door",
        "event_id": event.id,
        "type": "description",
        "score": 0.75,
    }
    with pytest.raises(AssertionError, match=r"needs 0\.7"):
        server.trigger_fires(event, "parcel", score=0.6)
    config = await config_of(session, server)
    assert config["semantic_search"]["enabled"]
    triggers = config["cameras"]["front_door"]["semantic_search"]["triggers"]
    rest: dict[str, Any] = {"enabled": True, "actions": []}
    assert triggers == {
        "parcel": rest | {"type": "description", "data": "a parcel", "threshold": 0.7},
        "gate": rest
        | {"type": "thumbnail", "data": "gate", "threshold": 0.8}
        | {"friendly_name": "The gate"},
    }
    assert config["cameras"]["Portones"]["semantic_search"] == {"triggers": {}}


@EVERY_VERSION
@pytest.mark.parametrize("kind", ["sub_label", "attribute"])
async def test_an_object_is_classified(
    session: aiohttp.ClientSession, server: FakeFrigate, kind: str
) -> None:
    server.add_object_classifier("visitors", "person", kind=kind)
    event = server.object_appears("front_door")
    async with listen(session, server) as client:
        server.object_classified(event, "visitors", "courier", score=0.9)
        server.object_moves(event)
        messages = await client.received(server)
    message = payload_of(messages[:1], "tracked_object_update")
    assert message.pop("timestamp") >= event.start_time
    assert message == {
        "type": "classification",
        "id": event.id,
        "camera": "front_door",
        "model": "visitors",
        kind: "courier",
        "score": 0.9,
    }
    after = payload_of(messages, "events")["after"]
    assert after["sub_label"] == (["courier", 0.9] if kind == "sub_label" else None)
    if kind == "attribute":
        assert event.data["visitors"] == "courier"
    model = (await config_of(session, server))["classification"]["custom"]["visitors"]
    assert model == {
        "enabled": True,
        "name": "visitors",
        "threshold": 0.8,
        "object_config": {"objects": ["person"], "classification_type": kind},
    }


@ONLY_016
async def test_016_has_neither_triggers_nor_models(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    with pytest.raises(AssertionError, match="no triggers"):
        server.add_trigger("front_door", "parcel")
    with pytest.raises(AssertionError, match="no models"):
        server.add_object_classifier("visitors", "person")
    config = await config_of(session, server)
    assert "semantic_search" not in config["cameras"]["front_door"]
    assert "custom" not in config["classification"]


@EVERY_VERSION
async def test_who_hears_what_is_understood(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    server.describe(objects=True)
    server.add_object_classifier("visitors", "person")
    for camera in server.state.cameras:
        server.add_trigger(camera, "parcel")
    async with listen(session, server, "gate1") as gate:
        for camera in server.state.cameras:
            event = server.object_appears(camera)
            review = server.review_starts(camera, events=[event])
            server.review_ends(review)
            await gate.received(server)
            server.face_unknown(event)
            server.object_classified(event, "visitors", "courier")
            server.object_described(event, "A courier")
            server.trigger_fires(event, "parcel")
            server.review_described(review)
            heard = [topic for topic, _ in await gate.received(server)]
            all_of_it = [*["tracked_object_update"] * 3, "triggers", "reviews"]
            hears = camera == "Portones" or version == "0.17.2"
            assert heard == (all_of_it if hears else [])
