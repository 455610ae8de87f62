"""Input that means harm, or nothing at all: refused in words, nothing sent or changed."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.frigate_http.services import ACTIONS
from custom_components.frigate_http.services.action import CameraAction
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.template import Template
from tests.common import PUSH_KEY
from tests.fake_frigate import FakeFrigate
from tests.services.common import call, camera_entity, kept_state, set_up_admin

HUGE = "x" * 10_000_000
GOOD = "long-enough-password"
TIMES = {"duration": 60}
KEY = PUSH_KEY
AUTH = "A" * 22

type Case = tuple[str, dict[str, Any]]

HOSTILE: tuple[Case, ...] = (
    # Paths in names and ids
    ("create_user", {"username": "../admin", "password": GOOD}),
    ("create_user", {"username": "a/b", "password": GOOD}),
    ("create_user", {"username": "a%2fb", "password": GOOD}),
    ("delete_user", {"username": ".."}),
    ("set_user_role", {"username": "ana/role", "role": "admin"}),
    ("create_face", {"name": "../../etc"}),
    ("rename_face", {"name": "Eileen", "new_name": "..\\up"}),
    ("delete_face", {"name": "train"}),
    ("delete_face_images", {"name": "Eileen", "files": ["../../config.yml"]}),
    ("reprocess_faces", {"training_files": ["..", "a/../b.webp"]}),
    ("train_face", {"name": "Ana", "event_id": "1/../../users"}),
    ("register_face", {"name": "Ana", "file": "/etc/passwd"}),
    ("recognize_face", {"file": "../secrets.yaml"}),
    ("rename_export", {"export_id": "x/../../users/admin", "name": "a"}),
    ("delete_exports", {"export_ids": ["../users/admin"]}),
    ("create_export", {**TIMES, "image_path": "/media/frigate/clips/../../etc/x"}),
    ("create_export", {**TIMES, "image_path": "/etc/passwd"}),
    ("delete_event", {"event_id": "../users"}),
    ("end_event", {"event_id": "1%2e%2e"}),
    ("create_event", {"label": "../../users"}),
    ("get_logs", {"log": "../../etc/passwd"}),
    # Control characters
    ("create_user", {"username": "ana\r\nX-Evil: 1", "password": GOOD}),
    ("create_face", {"name": "Ana\x00"}),
    ("set_event_sub_label", {"event_id": "1.0-abc", "sub_label": "a\x1b[2J"}),
    ("create_export", {**TIMES, "name": "a\u2028b"}),
    ("get_events", {"labels": ["person\ud800"]}),
    # Too much
    ("create_user", {"username": HUGE, "password": GOOD}),
    ("create_user", {"username": "ana", "password": HUGE}),
    ("create_face", {"name": HUGE}),
    ("create_event", {"label": HUGE}),
    ("get_events", {"labels": [HUGE]}),
    ("get_config_schema", {"path": HUGE}),
    ("mark_reviewed", {"review_ids": ["1.0-abc"] * 9 + [HUGE]}),
    ("get_events", {"limit": 10**400}),
    ("get_logs", {"log": "frigate", "lines": float("inf")}),
    # Of another kind
    ("create_user", {"username": ["ana"], "password": GOOD}),
    ("create_user", {"username": "ana", "password": {"a": 1}}),
    ("delete_face_images", {"name": "Eileen", "files": {"a": "b"}}),
    ("reprocess_faces", {"training_files": [None, 7.5, {}]}),
    ("create_export", {"start_time": [1], "end_time": {}}),
    ("create_export", {"duration": "a while"}),
    ("get_events", {"has_clip": "perhaps"}),
    ("get_reviews", {"severity": "dreadful"}),
    ("retain_event", {"event_id": "1.0-abc", "retain": [1, 2]}),
    # Fields that there are not
    ("create_user", {"username": "ana", "password": GOOD, "is_root": True}),
    ("delete_face", {"name": "Eileen", "everybody": True}),
    ("delete_exports", {"export_ids": ["a"], "all": True}),
    # Sequences of things that must be there
    ("mark_reviewed", {"review_ids": []}),
    ("delete_exports", {"export_ids": []}),
    ("delete_face_images", {"name": "Eileen", "files": []}),
    # Push subscriptions that would stop Frigate's next start
    (
        "register_push_subscription",
        {"endpoint": "javascript:alert(1)", "p256dh": KEY, "auth": AUTH},
    ),
    (
        "register_push_subscription",
        {"endpoint": "https://push.example/x", "p256dh": "", "auth": AUTH},
    ),
    (
        "register_push_subscription",
        {"endpoint": "https://push.example/x", "p256dh": KEY, "auth": "short"},
    ),
)
RENDERED_TO_NOTHING: tuple[Case, ...] = (
    ("create_user", {"username": "{{ '' }}", "password": GOOD}),
    ("create_user", {"username": "ana", "password": "{{ none }}"}),
    ("delete_user", {"username": "{{ states('sensor.nothing') }}x/"}),
    ("create_face", {"name": "{{ '   ' }}"}),
    ("delete_face", {"name": "{{ none }}"}),
    ("delete_exports", {"export_ids": "{{ [] }}"}),
    ("create_export", {"start_time": "{{ none }}", "end_time": "{{ '' }}"}),
    ("delete_event", {"event_id": "{{ '' }}"}),
    ("get_events", {"labels": "{{ [none] }}"}),
)
IS_FOR_CAMERAS = {one.name: isinstance(one, CameraAction) for one in ACTIONS}


async def assert_refused(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, case: Case
) -> None:
    """Check that a call fails with an error that is short and says no more than it must."""
    action, data = case
    if IS_FOR_CAMERAS[action]:
        data = {"entity_id": camera_entity(hass, entry), **data}
    frigate.clear_requests()
    before = kept_state(frigate)
    with pytest.raises((ServiceValidationError, vol.Invalid)) as caught:
        await call(hass, action, **data)
    words = str(caught.value)
    assert 10 < len(words) < 400
    assert GOOD not in words
    assert frigate.requests == []
    assert kept_state(frigate) == before


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry whose account may do everything."""
    frigate.add_face("Eileen", 1)
    frigate.add_event("front_door")
    return await set_up_admin(hass, frigate)


@pytest.mark.parametrize(
    "case", HOSTILE, ids=[f"{number}-{case[0]}" for number, case in enumerate(HOSTILE)]
)
async def test_hostile_input(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, case: Case
) -> None:
    await assert_refused(hass, frigate, entry, case)


@pytest.mark.parametrize("case", RENDERED_TO_NOTHING, ids=lambda case: case[0])
async def test_templates_that_render_to_nothing(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, case: Case
) -> None:
    action, data = case
    rendered = {
        name: Template(value, hass).async_render() if "{{" in value else value
        for name, value in data.items()
    }
    await assert_refused(hass, frigate, entry, (action, rendered))
