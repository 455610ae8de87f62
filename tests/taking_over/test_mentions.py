"""What stops working without the official integration is found, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import MqttConfig
from custom_components.frigate_http.taking_over.differences import Aspect, Difference
from custom_components.frigate_http.taking_over.mentions import (
    MAX_FOUND,
    MAX_PER_PLACE,
    Finding,
    Mention,
    Wanted,
    find_in,
)
from custom_components.frigate_http.taking_over.patterns import Advice
from custom_components.frigate_http.taking_over.places import Kind, Place, Written

STATUS = "sensor.cam_01_review_status"
CAMERA = "camera.cam_01"
FACE = "sensor.cam_01_last_recognized_face"
ROW = "00112233445566778899aabbccddeeff"
DEVICE = "0123456789abcdef0123456789abcdef"
ENTRY = "01JOFFICIAL000000000000000"
PERSON_COUNT = Finding(
    found="sensor.drive_person_count", advice=Advice.STAYS, replacement="shared_zone"
)
WANTED = Wanted(
    gone={
        "sensor.drive_person_count": PERSON_COUNT,
        ROW: PERSON_COUNT,
        "sensor.cam_01_review_status_2": Finding(
            found="sensor.cam_01_review_status_2",
            advice=Advice.TWIN,
            replacement=STATUS,
        ),
        DEVICE: Finding(found=f"Drive ({DEVICE})", advice=Advice.DEVICE),
        ENTRY: Finding(found=ENTRY, advice=Advice.ENTRY),
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
    mqtt=MqttConfig(topic_prefix="home/nvr", client_id="nvr"),
    entry_title="192.168.1.10:5000",
)
OTHER = "camera.of_other"
OTHER_DEVICE = "ffffffffffffffffffffffffffffffff"
BESIDE_OTHER = replace(WANTED, kept=frozenset({OTHER, OTHER_DEVICE}))


def mention(config: Any, wanted: Wanted = WANTED, **more: Any) -> Mention:
    """Return what is found in an automation."""
    place = Place(kind=Kind.AUTOMATION, title="Any")
    return find_in(Written(place=place, config=config, **more), wanted)


def found(config: Any, **more: Any) -> list[Finding]:
    """Return all that is found in an automation."""
    return list(mention(config, **more).findings)


def advice(config: Any, **more: Any) -> list[tuple[str, str]]:
    """Return what is found, and what it is about."""
    return [(one.found, one.advice.value) for one in found(config, **more)]


OLD = "sensor.cam_01_review_status_2"
CARD = "custom:advanced-camera-card"
OLD_CARD = "custom:frigate-card"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"action": "frigate.ptz"}, ("frigate.ptz", "action_ptz")),
        ({"service": "frigate.new_one"}, ("frigate.new_one", "action")),
        (
            {"service_template": "frigate.{{ x }}", "data_template": {"a": "b"}},
            ("frigate.{{ x }}", "action"),
        ),
        (
            {"tap_action": {"perform_action": "frigate.favorite_event"}},
            ("frigate.favorite_event", "action_favorite_event"),
        ),
        (
            {"action": "{{ 'frigate.end_event' if x else 'a.b' }}"},
            ("frigate.end_event", "action_end_event"),
        ),
        ({"action": "frigate.{{ name }}"}, ("frigate.{{ name }}", "action")),
        (
            {"event_type": "call_service", "event_data": {"domain": "frigate"}},
            ("domain: frigate", "integration"),
        ),
        (
            {"value": "{{ integration_entities('frigate') }}"},
            ("integration_entities('frigate')", "integration"),
        ),
        (
            {"state": "{{ integration_entities('192.168.1.10:5000') }}"},
            ("integration_entities('192.168.1.10:5000')", "integration"),
        ),
        (
            {
                "type": "custom:auto-entities",
                "filter": {"include": [{"integration": "frigate", "domain": "camera"}]},
            },
            ("integration: frigate", "integration"),
        ),
        (
            {
                "action": "homeassistant.reload_config_entry",
                "data": {"entry_id": ENTRY},
            },
            (ENTRY, "entry"),
        ),
        ({"trigger": "mqtt", "topic": "home/nvr/events"}, ("home/nvr/events", "topic")),
        ({"state_topic": "home/nvr/stats"}, ("home/nvr/stats", "topic")),
        (
            {"shell_command": "curl 'http://ha/api/frigate/clips/a.mp4?token=secret'"},
            ("/api/frigate/clips/a.mp4", "address"),
        ),
        (
            {
                "image": "{{ u }}/api/frigate/notifications/{{ t['id'] }}/a.jpg?x={{ y }}"
            },
            ("/api/frigate/notifications/{{ t['id'] }}/a.jpg", "address"),
        ),
        (
            {"image": "/api/frigate{{ client }}/notifications/1/clip.mp4"},
            ("/api/frigate{{ client }}/notifications/1/clip.mp4", "address"),
        ),
        (
            {"media_content_id": "media-source://frigate/cam/event-search"},
            ("media-source://frigate/cam/event-search", "media"),
        ),
        (
            {"url": "/api/frigate/nvr/mse/api/ws?src=yard"},
            ("/api/frigate/nvr/mse/api/ws", "address_live"),
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
        ({"device_id": DEVICE}, (f"Drive ({DEVICE})", "device")),
        (
            {"trigger": "device", "entity_id": ROW, "type": "value"},
            ("sensor.drive_person_count", "stays"),
        ),
        (
            {"type": "custom:stack-in-card", "cards": [{"entity": OLD, "type": ["x"]}]},
            (OLD, "twin"),
        ),
        ({"strategy": {"type": "custom:any", "options": {"x": OLD}}}, (OLD, "twin")),
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
        {"service": "frigate.example.com"},
        {"action": "notify.phone", "data": {"message": "frigate.ptz is gone"}},
        {"alias": "frigate.ptz", "description": "/api/frigate/ and frigate_query"},
        {"domain": "frigate_http", "integration": "mqtt", "platform": "state"},
        {"topic": "zigbee2mqtt/home/nvr/events", "payload": "home/nvr/events"},
        {"topic": "frigate/events"},
        {"alias": "Frigate", "data": {"message": "The frigate is at home/nvr/events"}},
        {"message": "{{ now() }}: frigate.ptz failed, see frigate for more"},
        {"message": "integration_entities('frigate')"},
        {"state": "{{ integration_entities('mqtt') }}", "title": "Frigate"},
        {"filter": {"include": [{"integration": "frigate_http"}]}},
        {"device_id": "1" * 32, "target": {"device_id": "camera"}, "entity_id": CAMERA},
        {"trigger": "device", "device_id": "2" * 32, "domain": "binary_sensor"},
        [{"entity_id": STATUS}, {"data": {"title": "ALERT", "message": "NONE"}}],
        f"{{{{ states('{STATUS}') | default('NONE', true) }}}}",
        {"logger": {"logs": {"custom_components.frigate": "debug"}}},
        {"url": "http://frigate:5000/api/events?cameras=frigate"},
        {"entity": "camera.frigate", "name": "frigate", "icon": "mdi:ferry"},
        {"type": CARD, "cameras": [{"camera_entity": ["camera.cam_01"]}]},
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
    topic = {"topic": "home/nvr/reviews"}
    assert advice(topic, blueprint="sgt/mqtt.yaml", of_blueprint=topic) == [
        ("home/nvr/reviews", "topic")
    ]


def test_topics_stop_where_mqtt_is_off() -> None:
    off = replace(WANTED, mqtt=replace(WANTED.mqtt, enabled=False))
    (one,) = found({"topic": "home/nvr/events"}, wanted=off)
    assert one.advice is Advice.TOPIC_OFF
    assert not one.keeps_working


@pytest.mark.parametrize(
    "config",
    [
        {"action": "frigate.ptz", "target": {"entity_id": OTHER}},
        {"action": "frigate.ptz", "data": {"entity_id": [OTHER], "action": "stop"}},
        {"action": "frigate.end_event", "target": {"device_id": OTHER_DEVICE}},
        {"service": "frigate.ptz", "service_data": {"entity_id": OTHER}},
        {"image": "/api/frigate/other/notifications/1/clip.mp4"},
        {"media_content_id": "media-source://frigate/other/event-search/clips"},
        {"type": CARD, "cameras": [{"camera_entity": OTHER, "engine": "frigate"}]},
        {
            "type": CARD,
            "cameras": [{"frigate": {"client_id": "other", "camera_name": "yard"}}],
        },
    ],
)
def test_what_another_entry_keeps_is_left_out(config: Any) -> None:
    assert advice(config, wanted=BESIDE_OTHER) == []
    assert len(advice(config)) == 1


@pytest.mark.parametrize(
    "config",
    [
        {"action": "frigate.ptz", "target": {"entity_id": [OTHER, CAMERA]}},
        {"action": "frigate.ptz", "target": {"entity_id": OTHER, "area_id": "yard"}},
        {"action": "frigate.review_summarize"},
        {"image": "/api/frigate/nvr/notifications/1/clip.mp4"},
        {"image": "/api/frigate/notifications/1/clip.mp4"},
        {"image": "/api/frigate/{{ client }}/notifications/1/clip.mp4"},
        {"media_content_id": "media-source://frigate/nvr/event-search/clips"},
        {"type": CARD, "cameras": [{"camera_entity": CAMERA, "engine": "frigate"}]},
    ],
)
def test_what_is_of_this_server_is_found_beside_another(config: Any) -> None:
    assert len(advice(config, wanted=BESIDE_OTHER)) == 1
    # A server that does not tell its client id could be any of them.
    untold = replace(BESIDE_OTHER, mqtt=MqttConfig())
    assert len(advice(config, wanted=untold)) == 1


def test_endless_and_long_texts_are_cut_off() -> None:
    endless: list[Any] = [{"action": "frigate.ptz"}]
    endless += [endless, endless]
    assert advice(endless) == [("frigate.ptz", "action_ptz")]
    assert not mention(endless).is_complete

    (one,) = found({"url": "/api/frigate/" + "x" * 1000})
    assert len(one.found) == MAX_FOUND
    assert one.found.endswith("…")
    many = [f"/api/frigate/{number}" for number in range(MAX_PER_PLACE + 1)]
    assert mention(many[1:]).is_complete
    assert len(found(many)) == MAX_PER_PLACE
    assert not mention(many).is_complete
