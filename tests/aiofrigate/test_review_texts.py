"""What a language model wrote is read whatever it wrote, and never grows without bound."""

from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    CameraConfig,
    Capabilities,
    Event,
    Review,
    ReviewTexts,
    ReviewUpdate,
    Version,
)
from custom_components.frigate_http.aiofrigate.ws_messages import parse_message

# As 0.17 and 0.18 store it; `time` is a text in the server's time zone.
METADATA_017 = {
    "title": "Person Delivers a Parcel",
    "scene": "A person walks up, leaves a parcel and walks away.",
    "shortSummary": "A parcel was left at the door.",
    "confidence": 0.92,
    "potential_threat_level": 0,
    "other_concerns": None,
    "time": "Thursday, 02:24 PM",
}
METADATA_018 = METADATA_017 | {
    "observations": ["A person with a parcel", "The parcel is on the mat"],
    "other_concerns": ["The gate stays open"],
    "potential_threat_level": 2,
}
READ = ReviewTexts(
    title="Person Delivers a Parcel",
    scene="A person walks up, leaves a parcel and walks away.",
    summary="A parcel was left at the door.",
    threat=0,
    confidence=0.92,
    concerns=(),
    observations=(),
)


def texts(metadata: Any) -> ReviewTexts | None:
    """Return the texts of an item with this metadata."""
    review = Review.from_api({"id": "1.0-a", "data": {"metadata": metadata}})
    assert review is not None
    return review.texts


def test_the_texts_of_both_versions_are_read() -> None:
    assert texts(METADATA_017) == READ
    assert texts(METADATA_018) == replace(
        READ,
        threat=2,
        concerns=("The gate stays open",),
        observations=("A person with a parcel", "The parcel is on the mat"),
    )


@pytest.mark.parametrize(
    "metadata",
    [None, {}, [], "A parcel", 7, {"title": " ", "other_concerns": [], "time": "now"}],
)
def test_without_a_text_there_are_none(metadata: Any) -> None:
    assert texts(metadata) is None


@pytest.mark.parametrize("missing", METADATA_018)
def test_any_key_may_be_missing_or_of_another_type(missing: str) -> None:
    names = {
        "shortSummary": "summary",
        "potential_threat_level": "threat",
        "other_concerns": "concerns",
    }
    whole = texts(METADATA_018)
    assert whole is not None
    name = names.get(missing, missing)
    nothing: dict[str, Any] = {
        name: () if name in ("concerns", "observations") else None
    }
    expected = whole if missing == "time" else replace(whole, **nothing)
    left = {key: one for key, one in METADATA_018.items() if key != missing}
    assert texts(left) == expected
    oddities: tuple[Any, ...] = (None, {"a": 1}, [[]], True)
    for odd in oddities:
        assert texts(METADATA_018 | {missing: odd}) == expected


@pytest.mark.parametrize(
    ("level", "threat"),
    [
        (0, 0),
        (3, 3),
        ("2", 2),
        (1.0, 1),
        (9, 3),
        (10**30, None),
        (-1, None),
        ("high", None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_a_threat_is_a_level_that_there_is(level: Any, threat: int | None) -> None:
    found = texts({"title": "A", "potential_threat_level": level})
    assert found is not None
    assert found.threat == threat


@pytest.mark.parametrize(
    ("version", "highest", "shown"),
    [("0.17.2", 3, 3), ("0.18.0", 2, 2), (None, None, 3)],
)
def test_a_threat_is_not_above_the_highest_of_the_version(
    version: str | None, highest: int | None, shown: int
) -> None:
    capabilities = Capabilities(Version.parse(version))
    assert capabilities.max_threat == highest
    limited = replace(READ, threat=3).limited_to(capabilities.max_threat)
    assert limited == replace(READ, threat=shown)
    assert READ.limited_to(highest) == READ


def test_what_is_too_long_is_cut() -> None:
    long = "x" * 5000
    many: list[Any] = [long, None, "", *["y"] * 50]
    found = texts(
        {
            "title": long,
            "scene": long,
            "shortSummary": long,
            "other_concerns": many,
            "observations": many,
        }
    )
    assert found is not None
    assert found.title == "x" * 255
    assert found.summary == "x" * 1000
    assert found.scene == "x" * 4000
    assert found.concerns == found.observations == ("x" * 500, *["y"] * 19)


def test_no_text_is_changed() -> None:
    odd = "{{ 1/0 }} <img src=x onerror=alert(1)> *\n&amp; "
    found = texts({"title": odd, "shortSummary": odd, "scene": odd})
    assert found is not None
    assert (found.title, found.summary, found.scene) == (odd, odd, odd)


def test_no_text_stands_in_what_is_logged() -> None:
    after = {"id": "1.0-a", "camera": "door", "data": {"metadata": METADATA_017}}
    update = parse_message(
        json.dumps({"topic": "reviews", "payload": {"type": "genai", "after": after}})
    )
    assert isinstance(update, ReviewUpdate)
    assert update.review.texts == READ
    event = Event.from_api({"id": "1.0-a", "data": {"description": "A red car"}})
    assert event is not None
    assert event.description == "A red car"
    # An error in an entity is logged with what has led to it.
    shown = f"{update} {event}"
    assert "1.0-a" in shown
    assert "Parcel" not in shown
    assert "red car" not in shown


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("A red car", "A red car"),
        ("x" * 5000, "x" * 4000),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_the_description_of_an_event_is_read(
    description: Any, expected: str | None
) -> None:
    event = Event.from_api({"id": "1.0-a", "data": {"description": description}})
    assert event is not None
    assert event.description == expected


@pytest.mark.parametrize(
    ("genai", "describes"),
    [
        ({"enabled": True, "enabled_in_config": True}, True),
        # It was paused, and can be switched on again at any moment.
        ({"enabled": False, "enabled_in_config": True}, True),
        ({"enabled": True}, True),
        ({"enabled": False, "enabled_in_config": False}, False),
        ({}, False),
        (None, False),
    ],
)
def test_whether_reviews_are_described(genai: Any, describes: bool) -> None:
    camera = CameraConfig.from_api("door", {"review": {"genai": genai}})
    assert camera.describes_reviews is describes
