"""What stops working without the official integration is found, and nothing else."""

from typing import Any

import pytest

from custom_components.frigate_http.taking_over.differences import Aspect, Difference
from custom_components.frigate_http.taking_over.mentions import (
    MAX_FOUND,
    Finding,
    Wanted,
    find_in,
)
from custom_components.frigate_http.taking_over.patterns import Advice
from custom_components.frigate_http.taking_over.places import Kind, Place, Written

STATUS = "sensor.cam_01_review_status"
CAMERA = "camera.cam_01"
FACE = "sensor.cam_01_last_recognized_face"
WANTED = Wanted(
    gone={
        "sensor.drive_person_count": (Advice.STAYS, "shared_zone"),
        "sensor.cam_01_review_status_2": (Advice.TWIN, STATUS),
        "0123456789abcdef0123456789abcdef": (Advice.DEVICE, ""),
    },
    differences={
        STATUS: (
            Difference(
                aspect=Aspect.STATES,
                theirs="NONE, DETECTION, ALERT",
                ours="none, detection, alert",
            ),
        ),
        CAMERA: (Difference(aspect=Aspect.ATTRIBUTES, theirs="client_id", ours=""),),
        FACE: (Difference(aspect=Aspect.STATES, theirs="Jane Doe", ours="jane_doe"),),
    },
    cameras=frozenset({CAMERA}),
    people={"Ana Maria": "ana_maria", "Eileen": "Eileen"},
    topic_prefix="frigate",
)


def found(config: Any, **more: Any) -> list[Finding]:
    """Return what is found in an automation."""
    place = Place(kind=Kind.AUTOMATION, title="Any")
    return find_in(Written(place=place, config=config, **more), WANTED)


def advice(config: Any, **more: Any) -> list[tuple[str, str]]:
    """Return what is found, and what it is about."""
    return [(one.found, one.advice.value) for one in found(config, **more)]


CARD = "custom:advanced-camera-card"
OLD_CARD = "custom:frigate-card"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"action": "frigate.ptz"}, ("frigate.ptz", "action_ptz")),
        ({"service": "frigate.new_one"}, ("frigate.new_one", "action")),
        (
            {"tap_action": {"perform_action": "frigate.favorite_event"}},
            ("frigate.favorite_event", "action_favorite_event"),
        ),
        (
            {"action": "{{ 'frigate.end_event' if x else 'a.b' }}"},
            ("frigate.end_event", "action_end_event"),
        ),
        (
            {"event_type": "call_service", "event_data": {"domain": "frigate"}},
            ("domain: frigate", "integration"),
        ),
        (
            {"value": "{{ integration_entities('frigate') }}"},
            ("integration_entities('frigate')", "integration"),
        ),
        ({"trigger": "mqtt", "topic": "frigate/events"}, ("frigate/events", "topic")),
        (
            {"image": "{{ url }}/api/frigate/notifications/{{ id }}/snapshot.jpg"},
            ("/api/frigate/notifications/{{", "address"),
        ),
        (
            {"image": "/api/frigate{{ client }}/notifications/1/clip.mp4"},
            ("/api/frigate{{", "address"),
        ),
        (
            {"media_content_id": "media-source://frigate/cam/event-search"},
            ("media-source://frigate/cam/event-search", "media"),
        ),
        ({"type": "frigate/events/get"}, ("frigate/events/get", "command")),
        ({"prompt": "Use frigate_query for cameras."}, ("frigate_query", "tool")),
        (
            {"llm_hass_api": ["assist", "frigate_services"]},
            ("frigate_services", "tool"),
        ),
        (
            {"type": CARD, "cameras": [{"camera_entity": CAMERA}]},
            (f"{CARD}: {CAMERA}", "card"),
        ),
        (
            {
                "type": OLD_CARD,
                "cameras_global": {"engine": "frigate"},
                "cameras": [{"camera_entity": "camera.any"}],
            },
            (f"{OLD_CARD}: camera.any", "card"),
        ),
        (
            {"type": OLD_CARD, "cameras": [{"frigate": {"camera_name": "yard"}}]},
            (f"{OLD_CARD}: yard", "card"),
        ),
        ({"entity_id": STATUS, "to": "ALERT"}, (f"{STATUS}: ALERT", "states")),
        (
            {"value_template": f"{{{{ is_state('{STATUS}', 'ALERT') }}}}"},
            (f"{STATUS}: ALERT", "states"),
        ),
        (
            [{"entity_id": STATUS}, "{{ trigger.to_state.state == 'ALERT' }}"],
            (f"{STATUS}: ALERT", "states"),
        ),
        ({"entity": FACE, "state": "Ana Maria"}, (f"{FACE}: Ana Maria", "states")),
        (
            f"{{{{ state_attr('{CAMERA}', 'client_id') }}}}",
            (f"{CAMERA}: client_id", "attributes"),
        ),
        (
            "{{ states.sensor.drive_person_count.state }}",
            ("sensor.drive_person_count", "stays"),
        ),
        (
            {"entities": {"sensor.cam_01_review_status_2": "on"}},
            ("sensor.cam_01_review_status_2", "twin"),
        ),
        (
            {"device_id": "0123456789abcdef0123456789abcdef"},
            ("0123456789abcdef0123456789abcdef", "device"),
        ),
    ],
)
def test_what_stops_working_is_found(config: Any, expected: tuple[str, str]) -> None:
    assert advice(config) == [expected]
    # Wherever it stands.
    assert advice({"actions": [{"choose": [config]}]}) == [expected]
    assert found(config)[0].keeps_working is (expected[1] == "topic")


@pytest.mark.parametrize(
    "config",
    [
        {"action": "frigate_http.ptz"},
        {"action": "notify.phone", "data": {"message": "frigate.ptz is gone"}},
        {"alias": "frigate.ptz", "description": "/api/frigate/ and frigate_query"},
        {"domain": "frigate_http", "integration": "mqtt", "platform": "state"},
        {"topic": "zigbee2mqtt/frigate/events", "payload": "frigate/events"},
        {"image": "/api/frigate_http/entry/snapshot.jpg"},
        {"media_content_id": "media-source://frigate_http/entry"},
        {"prompt": "my_frigate_query2"},
        {"type": CARD, "cameras": [{"camera_entity": "camera.other"}]},
        {"type": CARD, "cameras": [{"camera_entity": CAMERA, "engine": "generic"}]},
        {"type": "custom:webrtc-camera", "entity": CAMERA, "engine": "frigate"},
        {"type": CARD, "cameras": "none", "cameras_global": None},
        {"entity_id": STATUS, "to": "alert"},
        [{"entity_id": "sensor.other", "to": "ALERT"}, {"entity_id": CAMERA}],
        {"entity": FACE, "state": "Eileen"},
        "sensor.drive_person_count_2 and my_sensor.drive_person_count",
        {"value": 5, "none": None, "date": object()},
    ],
)
def test_nothing_else_is_found(config: Any) -> None:
    assert advice(config) == []


def test_states_have_their_new_name() -> None:
    assert found({"entity_id": STATUS, "from": ["NONE", "DETECTION"]}) == [
        Finding(found=f"{STATUS}: NONE", advice=Advice.STATES, replacement="none"),
        Finding(
            found=f"{STATUS}: DETECTION",
            advice=Advice.STATES,
            replacement="detection",
        ),
    ]


def test_a_blueprint_is_named_once_beside_what_its_user_wrote() -> None:
    own = {"image": "/api/frigate/notifications/1/a.jpg"}
    config = {"actions": [own, {"action": "frigate.ptz"}]}
    assert advice(config, blueprint="sgt/notify.yaml", of_blueprint=own) == [
        ("sgt/notify.yaml", "blueprint"),
        ("frigate.ptz", "action_ptz"),
    ]
    # One that only listens to MQTT goes on.
    topic = {"topic": "frigate/reviews"}
    assert advice(topic, blueprint="sgt/mqtt.yaml", of_blueprint=topic) == [
        ("frigate/reviews", "topic")
    ]


def test_endless_and_long_texts_are_cut_off() -> None:
    endless: list[Any] = [{"action": "frigate.ptz"}]
    endless += [endless, endless]
    assert advice(endless) == [("frigate.ptz", "action_ptz")]

    (one,) = found({"url": "/api/frigate/" + "x" * 1000})
    assert len(one.found) == MAX_FOUND
    assert one.found.endswith("…")
    assert len(found([f"/api/frigate/{number}" for number in range(1000)])) == 50
