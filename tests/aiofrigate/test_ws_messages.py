"""Messages of the WebSocket, read as typed updates."""

from dataclasses import replace
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
    ObjectClassified,
    ObjectDescribed,
    ObjectUpdate,
    ProfileState,
    Recognized,
    ReviewStatus,
    ReviewUpdate,
    Sound,
    SoundActivity,
    Suspended,
    TrackedObject,
    Triggered,
    Update,
)
from custom_components.frigate_http.aiofrigate.ws_messages import parse_message

FIXTURES = Path(__file__).parent.parent / "fixtures"
SESSIONS = ["0.17.2/ws.5000.onConnect", "0.17.2/ws.admin.command", "0.18/ws.onConnect"]


def parsed(topic: Any, payload: Any) -> Update | None:
    """Return the update in a message."""
    return parse_message(json.dumps({"topic": topic, "payload": payload}))


def parsed_json(topic: str, value: Any) -> Update | None:
    """Return the update in a message whose payload is JSON in a string."""
    return parsed(topic, json.dumps(value))


@pytest.mark.parametrize("session", SESSIONS)
def test_a_recorded_session_is_parsed(session: str) -> None:
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
        update = parsed(topic, message["payload"])
        wanted = topic not in unwanted and not topic.endswith("/status/detect")
        assert (update is not None) is wanted, topic


def test_the_current_activity_is_parsed() -> None:
    update = parsed_json(
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
            "off": {"motion": True, "config": {"enabled": False}},
        },
    )
    ana = TrackedObject("1.0-a", "door", "person", "Ana", frozenset({"porch"}), True)
    assert update == CameraActivity(
        {"door": True, "yard": None, "odd": None, "off": False},
        {"door": (ana,), "yard": (), "odd": (), "off": ()},
    )


def test_the_current_sounds_are_parsed() -> None:
    update = parsed_json(
        "audio_detections", {"door": {"bark": {"score": 0.9}}, "yard": {}}
    )
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
        ("update", {"end_time": 9.0}, ObjectUpdate(CAR, is_gone=True)),
        ("new", {"false_positive": True}, None),
        ("new", {"camera": None}, None),
        ("new", {"id": 5}, None),
    ],
)
def test_object_updates_are_parsed(
    kind: str, change: dict[str, Any], expected: Update | None
) -> None:
    assert (
        parsed_json("events", {"type": kind, "before": {}, "after": EVENT | change})
        == expected
    )


def test_an_object_without_a_snapshot_has_no_snapshot_time() -> None:
    update = parsed_json(
        "events", {"type": "new", "after": EVENT | {"has_snapshot": False}}
    )
    assert isinstance(update, ObjectUpdate)
    assert update.tracked.snapshot_time is None


def test_review_updates_are_parsed() -> None:
    after = {"id": "2.0-b", "camera": "door", "severity": "alert", "start_time": 2.0}
    update = parsed_json("reviews", {"type": "new", "after": after})
    assert isinstance(update, ReviewUpdate)
    assert (update.review.review_id, update.review.severity) == ("2.0-b", "alert")
    steps = []
    for kind in ("new", "update", "end", "genai"):
        update = parsed_json("reviews", {"type": kind, "after": after})
        assert isinstance(update, ReviewUpdate)
        steps.append((update.is_new, update.is_end, update.is_description))
    assert steps == [
        (True, False, False),
        (False, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert parsed_json("reviews", {"type": "new", "after": {"id": "2.0-b"}}) is None
    assert parsed_json("reviews", {"type": "new"}) is None


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
        (FACE | {"name": None}, Recognized("door", False, None, None, "1.0-a", 0.9)),
        (FACE | {"name": {}}, None),
        (FACE | {"name": ""}, None),
        (FACE | {"name": "x" * 256}, None),
        (FACE | {"score": 1.1}, Recognized("door", False, "Ana", None, "1.0-a", None)),
        (FACE | {"type": "description"}, None),
        (FACE | {"type": "car"}, None),
        (FACE | {"camera": None}, None),
    ],
)
def test_recognized_faces_and_plates_are_parsed(
    payload: dict[str, Any], expected: Update | None
) -> None:
    assert parsed_json("tracked_object_update", payload) == expected


CLASSIFIED = {"type": "classification", "camera": "door", "id": "1.0-a", "score": 0.87}
CLASSIFIED |= {"model": "courier", "timestamp": 2.5}
RESULT = ObjectClassified("door", "1.0-a", "courier", "post", False, 0.87)
TEXT = {"type": "description", "camera": "door", "id": "1.0-a", "description": "A car"}
TRIGGER = {"name": "wash", "camera": "door", "event_id": "1.0-a", "type": "thumbnail"}
TRIGGERED = Triggered("door", "wash", "1.0-a", 0.8, "thumbnail")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (CLASSIFIED | {"sub_label": "post"}, RESULT),
        (CLASSIFIED | {"attribute": "post"}, replace(RESULT, is_attribute=True)),
        (CLASSIFIED | {"sub_label": "unknown"}, replace(RESULT, result="unknown")),
        (
            CLASSIFIED | {"sub_label": "post", "score": -0.1},
            replace(RESULT, score=None),
        ),
        (CLASSIFIED, None),
        (CLASSIFIED | {"sub_label": None}, None),
        (CLASSIFIED | {"sub_label": ["post", 0.9]}, None),
        (CLASSIFIED | {"sub_label": "post", "id": None}, None),
        (CLASSIFIED | {"sub_label": "post", "model": 1}, None),
        (CLASSIFIED | {"sub_label": "post", "camera": []}, None),
        (TEXT, ObjectDescribed("door", "1.0-a", "A car")),
        (
            TEXT | {"description": "x" * 5000},
            ObjectDescribed("door", "1.0-a", "x" * 4000),
        ),
        (TEXT | {"description": " \n"}, None),
        (TEXT | {"description": {"a": 1}}, None),
        (TEXT | {"id": 5}, None),
        (TEXT | {"camera": None}, None),
    ],
)
def test_what_is_understood_of_objects_is_parsed(
    payload: dict[str, Any], expected: Update | None
) -> None:
    assert parsed_json("tracked_object_update", payload) == expected


def test_the_texts_of_a_model_are_in_no_log() -> None:
    texts = {"title": "A car", "scene": "A car", "shortSummary": "A car"}
    item = {"id": "1.0-b", "camera": "door", "data": {"metadata": texts}}
    described = parsed_json("reviews", {"type": "genai", "after": item})
    assert isinstance(described, ReviewUpdate)
    assert described.review.texts is not None
    # An update that cannot be applied is shown in the log.
    for update in (described, parsed_json("tracked_object_update", TEXT)):
        assert "door" in str(update)
        assert "A car" not in str(update)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (TRIGGER | {"score": 0.8}, TRIGGERED),
        # Frigate compares with the mean of all, which has no limits.
        (TRIGGER | {"score": 1.7}, replace(TRIGGERED, score=1.7)),
        (TRIGGER | {"score": -2}, replace(TRIGGERED, score=-2.0)),
        (TRIGGER | {"score": "NaN"}, replace(TRIGGERED, score=None)),
        (TRIGGER, replace(TRIGGERED, score=None)),
        (TRIGGER | {"type": None, "score": 0.8}, replace(TRIGGERED, kind=None)),
        (TRIGGER | {"name": ""}, None),
        (TRIGGER | {"name": "x" * 256}, None),
        (TRIGGER | {"camera": 1}, None),
        (TRIGGER | {"event_id": None}, None),
        ([], None),
        ("text", None),
    ],
)
def test_triggers_are_parsed(payload: Any, expected: Update | None) -> None:
    assert parsed_json("triggers", payload) == expected


def test_the_name_is_shown_before_the_plate() -> None:
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
        ("door/notifications/suspended", "0", Suspended("door", 0)),
        (
            "door/notifications/suspended",
            "1795704205",
            Suspended("door", 1795704205),
        ),
        (
            "door/motion_threshold/state",
            40,
            FeatureState("door", "motion_threshold", 40),
        ),
        (
            "door/birdseye_mode/state",
            "MOTION",
            FeatureState("door", "birdseye_mode", "motion"),
        ),
        ("door/classification/gate", "open", Classified("door", "gate", "open")),
        ("profile/state", "away", ProfileState("away")),
        ("profile/state", "none", ProfileState(None)),
    ],
)
def test_messages_without_json_are_parsed(
    topic: str, payload: Any, expected: Update
) -> None:
    assert parsed(topic, payload) == expected


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
        ("door/detect/state", "MOTION"),
        ("door/birdseye_mode/state", "SIDEWAYS"),
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
def test_unknown_messages_are_ignored(topic: Any, payload: Any) -> None:
    assert parsed(topic, payload) is None


@pytest.mark.parametrize("text", ["", "not JSON", "[]", "null", "[" * 100_000])
def test_invalid_messages_are_ignored(text: str) -> None:
    assert parse_message(text) is None
