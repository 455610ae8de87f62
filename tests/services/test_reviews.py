"""What there is to review, read and marked, and the sensors that count it."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    INVALID,
    at,
    call,
    camera_entity,
    commands,
    person,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import WITH_016

ALERTS = ("sensor", "server:unreviewed_alerts")
DETECTIONS = ("sensor", "server:unreviewed_detections")


def ids(answer: Any) -> list[str]:
    """Return the ids of the items in an answer."""
    return [review["review_id"] for review in answer["reviews"]]


@WITH_016
async def test_get_reviews(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry_id = (await set_up_viewer(hass, frigate)).entry_id
    assert await call(hass, "get_reviews") == {"reviews": []}
    review = frigate.add_review(
        "front_door",
        events=["1.0-a"],
        zones=["yard"],
        sub_labels=["Ana"],
        audio=["bark"],
    )
    assert review.end_time is not None
    path = f"/api/frigate_http/{entry_id}/review/{review.id}"
    assert await call(hass, "get_reviews") == {
        "reviews": [
            {
                "review_id": review.id,
                "camera": "front_door",
                "entity_id": "camera.front_door",
                "severity": "alert",
                "start": at(review.start_time),
                "end": at(review.end_time),
                "reviewed": False,
                "objects": ["person-verified"],
                "zones": ["yard"],
                "sub_labels": ["Ana"],
                "audio": ["bark"],
                "event_ids": ["1.0-a"],
                **dict.fromkeys(("title", "scene", "summary", "confidence")),
                "threat_level": None,
                "max_threat_level": 2 if frigate.state.is_018 else 3,
                "concerns": [],
                "observations": [],
                "media_content_id": (
                    f"media-source://frigate_http/{entry_id}/review/mp4/{review.id}"
                ),
                "thumbnail": f"{path}/thumbnail",
                "snapshot": f"{path}/snapshot.jpg",
                "clip": f"{path}/clip.mp4",
            }
        ]
    }


@WITH_016
async def test_reviews_are_filtered(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    old = frigate.add_review("Portones", ago=180_000)
    bark = frigate.add_review("Portones", "detection", ago=5000).id
    seen = frigate.add_review("front_door", ago=600).id
    new = frigate.add_review("front_door", ago=9, duration=None).id
    await call(hass, "mark_reviewed", review_ids=seen)
    now = frigate.state.clock()
    filters: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({}, [new, seen, bark]),
        ({"cameras": [camera_entity(hass, entry, "Portones")]}, [bark]),
        ({"severity": "alert"}, [new, seen]),
        ({"severity": "detection"}, [bark]),
        ({"reviewed": True}, [seen]),
        ({"reviewed": False}, [new, bark]),
        ({"limit": 1}, [new]),
        ({"duration": 3600}, [new, seen]),
        ({"start_time": 0}, [new, seen, bark, old.id]),
        ({"start_time": now - 3600, "end_time": now + 500}, [new, seen]),
        ({"end_time": now - 3600}, [bark]),
        ({"end_time": old.start_time + 60}, [old.id]),
        ({"end_time": 5}, []),
    )
    for data, expected in filters:
        assert ids(await call(hass, "get_reviews", **data)) == expected, data


@WITH_016
async def test_the_sensors_follow_marked_items(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    alert = frigate.add_review("front_door").id
    bark = frigate.add_review("Portones", "detection").id
    # Marking is everybody's own affair, a viewer's too.
    entry = await set_up_viewer(hass, frigate)

    def left() -> tuple[str, str]:
        return state_of(hass, entry, *ALERTS), state_of(hass, entry, *DETECTIONS)

    assert left() == ("1", "1")
    guest = await person(hass, is_admin=False)
    answer = await call(
        hass, "mark_reviewed", guest, review_ids=[alert, "1.0-unknown", alert]
    )
    assert answer == {
        "review_ids": [alert],
        "reviewed": True,
        "not_found": ["1.0-unknown"],
    }
    assert left() == ("0", "1")
    await call(hass, "mark_reviewed", review_ids=bark)
    assert left() == ("0", "0")
    await call(hass, "mark_reviewed", review_ids=[alert, bark], reviewed=False)
    assert left() == ("1", "1")
    assert not any(frigate.state.database.viewed["viewer1"].values())


@WITH_016
async def test_marking_only_unknown_items_is_an_error(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    with pytest.raises(HomeAssistantError, match=r"1\.0-unknown") as caught:
        await call(hass, "mark_reviewed", review_ids=["1.0-unknown", "2.0-unknown"])
    assert caught.value.translation_key == "not_known"
    assert commands(frigate) == []
    review = frigate.add_review("front_door").id
    assert await call(hass, "mark_reviewed", review_ids=[review]) == {
        "review_ids": [review],
        "reviewed": True,
        "not_found": [],
    }


async def test_items_are_marked_for_the_anonymous_account(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    review = frigate.add_review("front_door").id
    await set_up(hass, make_entry(frigate.internal_url))
    await call(hass, "mark_reviewed", review_ids=[review])
    assert frigate.state.database.viewed == {"anonymous": {review: True}}


async def test_a_role_for_some_cameras(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    account = {"username": "gate1", "password": "gate-password-1!"}
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    own = frigate.add_review("Portones").id
    foreign = frigate.add_review("front_door").id
    assert ids(await call(hass, "get_reviews")) == [own]
    with pytest.raises(HomeAssistantError, match="Check its role") as caught:
        await call(hass, "mark_reviewed", review_ids=[foreign])
    assert caught.value.translation_key == "forbidden"
    await call(hass, "mark_reviewed", review_ids=[own])
    assert state_of(hass, entry, *ALERTS) == "0"
    assert frigate.state.database.viewed == {"gate1": {own: True}}


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("mark_reviewed", {"review_ids": []}, "field review_ids"),
        ("mark_reviewed", {"review_ids": ""}, "field review_ids"),
        ("mark_reviewed", {"review_ids": ["../users"]}, "field review_ids"),
        ("mark_reviewed", {"review_ids": [None]}, "field review_ids"),
        ("mark_reviewed", {"review_ids": ["x"] * 1001}, "field review_ids"),
        ("get_reviews", {"severity": "motion"}, "field severity"),
        ("mark_reviewed", {"review_ids": "1.0-a", "reviewed": []}, "field reviewed"),
        ("get_reviews", {"reviewed": "soon"}, "field reviewed"),
        ("get_reviews", {"cameras": ["a camera"]}, "field cameras"),
        ("get_reviews", {"limit": -1}, "field limit"),
        ("get_reviews", {"cameras": ["camera.nobody"]}, "not_a_camera"),
        ("get_reviews", {"duration": 0}, "not_a_duration"),
    ],
)
async def test_invalid_fields_send_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    data: dict[str, Any],
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(INVALID) as caught:
        await call(hass, action, **data)
    assert reason(caught.value) == key
    assert commands(frigate) == []
    assert sent(frigate, "/api/review") == []


async def test_mark_reviewed_is_not_retried(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    review = frigate.add_review("front_door").id
    frigate.fail("/api/reviews/viewed", Fault.drop_body(), times=1)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "mark_reviewed", review_ids=review)
    assert caught.value.translation_key == "outcome_unknown"
    assert len(commands(frigate)) == 1
    await call(hass, "mark_reviewed", review_ids=review)
    assert state_of(hass, entry, *ALERTS) == "0"
