"""What is said on the WebSocket, read as typed updates."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    CameraActivity,
    Classified,
    Count,
    FeatureState,
    Motion,
    ObjectUpdate,
    ProfileState,
    Recognized,
    ReviewStatus,
    ReviewUpdate,
    Sound,
    SoundActivity,
    TrackedObject,
    Update,
)
from custom_components.frigate_http.aiofrigate.ws_messages import parse_message

FIXTURES = Path(__file__).parent.parent / "fixtures"
SESSIONS = ["0.17.2/ws.5000.onConnect", "0.17.2/ws.admin.command", "0.18/ws.onConnect"]


def said(topic: Any, payload: Any) -> Update | None:
    """Return what a message says."""
    return parse_message(json.dumps({"topic": topic, "payload": payload}))


def packed(topic: str, value: Any) -> Update | None:
    """Return what a message says whose payload is JSON inside a text."""
    return said(topic, json.dumps(value))


@pytest.mark.parametrize("session", SESSIONS)
def test_a_recorded_session_is_understood(session: str) -> None:
    text = (FIXTURES / f"{session}.json").read_text(encoding="utf-8")
    # Messages that are for Frigate's own pages, or say only that it is there.
    unwanted = {
        "model_state",
        "embeddings_reindex_progress",
        "birdseye_layout",
        "stats",
    }
    for message in json.loads(text)["messages"]:
        topic = message["topic"]
        update = said(topic, message["payload"])
        wanted = topic not in unwanted and not topic.endswith("/status/detect")
        assert (update is not None) is wanted, topic


def test_what_there_is_now() -> None:
    update = packed(
        "camera_activity",
        {
            "door": {
                "motion": True,
                "objects": [
                    {
                        "id": "1.0-a",
                        "label": "person-verified",
                        "stationary": True,
                        "sub_label": "Ana",
                        "current_zones": ["porch"],
                    },
                    {"label": "without an id"},
                    None,
                ],
            },
            "yard": {"config": {}},
            "odd": None,
        },
    )
    ana = TrackedObject("1.0-a", "door", "person", "Ana", frozenset({"porch"}), True)
    assert update == CameraActivity(
        {"door": True, "yard": None, "odd": None},
        {"door": (ana,), "yard": (), "odd": ()},
    )


def test_what_is_heard_now() -> None:
    update = packed("audio_detections", {"door": {"bark": {"score": 0.9}}, "yard": {}})
    assert update == SoundActivity({"door": frozenset({"bark"}), "yard": frozenset()})


EVENT: dict[str, Any] = {
    "id": "1.0-a",
    "camera": "door",
    "label": "car",
    "sub_label": ["Post", 0.8],
    "current_zones": ["street"],
    "stationary": False,
    "has_snapshot": True,
    "snapshot": {"frame_time": 12.5},
    "false_positive": False,
}
CAR = TrackedObject("1.0-a", "door", "car", "Post", frozenset({"street"}), False, 12.5)


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("new", {}, ObjectUpdate(CAR, is_gone=False)),
        ("update", {}, ObjectUpdate(CAR, is_gone=False)),
        ("end", {}, ObjectUpdate(CAR, is_gone=True)),
        ("new", {"false_positive": True}, None),
        ("new", {"camera": None}, None),
        ("new", {"id": 5}, None),
    ],
)
def test_objects(kind: str, change: dict[str, Any], expected: Update | None) -> None:
    assert (
        packed("events", {"type": kind, "before": {}, "after": EVENT | change})
        == expected
    )


def test_an_object_without_a_picture() -> None:
    update = packed("events", {"type": "new", "after": EVENT | {"has_snapshot": False}})
    assert isinstance(update, ObjectUpdate)
    assert update.tracked.snapshot_time is None


def test_reviews() -> None:
    after = {"id": "2.0-b", "camera": "door", "severity": "alert", "start_time": 2.0}
    update = packed("reviews", {"type": "new", "after": after})
    assert isinstance(update, ReviewUpdate)
    assert (update.review.review_id, update.review.severity) == ("2.0-b", "alert")
    assert packed("reviews", {"type": "new", "after": {"id": "2.0-b"}}) is None
    assert packed("reviews", {"type": "new"}) is None


FACE = {"type": "face", "camera": "door", "name": "Ana", "score": 0.9, "id": "1.0-a"}
PLATE = {"type": "lpr", "camera": "door", "plate": "1234ABC", "id": "1.0-a"}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (FACE, Recognized("door", False, "Ana", None, "1.0-a", 0.9)),
        (
            FACE | {"name": "unknown"},
            Recognized("door", False, None, None, "1.0-a", 0.9),
        ),
        (PLATE, Recognized("door", True, None, "1234ABC", "1.0-a", None)),
        (
            PLATE | {"name": "Post"},
            Recognized("door", True, "Post", "1234ABC", "1.0-a", None),
        ),
        (FACE | {"type": "description"}, None),
        (FACE | {"camera": None}, None),
    ],
)
def test_faces_and_plates(payload: dict[str, Any], expected: Update | None) -> None:
    assert packed("tracked_object_update", payload) == expected


def test_what_a_face_or_a_plate_is_called() -> None:
    shown = [
        Recognized("door", is_plate, name, plate, None, None).shown
        for is_plate, name, plate in [
            (False, "Ana", None),
            (True, None, "1234ABC"),
            (True, "Post", "1234ABC"),
            (False, None, None),
        ]
    ]
    assert shown == ["Ana", "1234ABC", "Post", None]


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("door/person", 2, Count("door", "person", 2, False)),
        ("door/person/active", 1, Count("door", "person", 1, True)),
        ("door/all", 0, Count("door", "all", 0, False)),
        ("door/motion", "ON", Motion("door", True)),
        ("door/motion", "OFF", Motion("door", False)),
        ("door/audio/bark", "ON", Sound("door", "bark", True)),
        ("door/audio/bark", "OFF", Sound("door", "bark", False)),
        ("door/review_status", "ALERT", ReviewStatus("door", "alert")),
        ("door/review_status", "DETECTION", ReviewStatus("door", "detection")),
        ("door/review_status", "NONE", ReviewStatus("door", None)),
        ("door/detect/state", "OFF", FeatureState("door", "detect", False)),
        (
            "door/motion_threshold/state",
            40,
            FeatureState("door", "motion_threshold", 40),
        ),
        ("door/classification/gate", "open", Classified("door", "gate", "open")),
        ("profile/state", "away", ProfileState("away")),
        ("profile/state", "none", ProfileState(None)),
    ],
)
def test_short_messages(topic: str, payload: Any, expected: Update) -> None:
    assert said(topic, payload) == expected


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("door/person", "2"),
        ("door/person", True),
        ("door/person", -1),
        ("door/person", 1.5),
        ("door/motion", "on"),
        ("door/review_status", "MAYBE"),
        ("door/audio/dBFS", -40),
        ("door/audio/transcription", "hello"),
        ("door/detect/state", "off"),
        ("door/detect/state", True),
        ("door/classification/gate", None),
        ("profile/state", None),
        ("stats", "{}"),
        ("my/own/long/topic", "x"),
        ("", ""),
        (None, "x"),
        ("camera_activity", "[]"),
        ("camera_activity", "not JSON"),
        ("audio_detections", "[]"),
        ("events", "[1]"),
        ("tracked_object_update", "null"),
        ("tracked_object_update", {"camera": "x", "type": []}),
        ("door/audio/bark", {}),
        ("door/motion", []),
        ("door/detect/state", {}),
        ("camera_activity", [[]]),
        ("profile/state", {}),
    ],
)
def test_what_is_not_understood_is_nothing(topic: Any, payload: Any) -> None:
    assert said(topic, payload) is None


@pytest.mark.parametrize("text", ["", "not JSON", "[]", "null", "[" * 100_000])
def test_garbage_is_nothing(text: str) -> None:
    assert parse_message(text) is None
