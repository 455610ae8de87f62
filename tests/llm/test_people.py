"""What assistants are told of when people were seen last."""

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.common import VIEWER, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .common import DOOR, GATE, Answer, ask, expose

DAY = 86400.0


def told(answer: Answer) -> list[tuple[str, str]]:
    """Return who was seen where."""
    return [(one["person"], one["camera"]) for one in answer["items"]]


@EVERY_VERSION
async def test_who_was_seen_last(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("Europe/Madrid")
    freezer.move_to("2026-11-26 11:00:00+00:00")
    for name in ("Ana", "Bob", "Cleo"):
        frigate.add_face(name, 1)
    frigate.add_event(GATE, ago=40 * DAY, sub_label="Ana")
    frigate.add_event(DOOR, "car", ago=2 * DAY, sub_label="DHL, Ana")
    frigate.add_event(GATE, ago=DAY, sub_label="Ana and her dog, DHL")
    frigate.add_event(GATE, ago=90, duration=None, sub_label="Bob", zones=["drive"])
    frigate.add_zone(GATE, "drive", "Driveway")
    frigate.add_event(DOOR, ago=30, sub_label="Dora")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    expose(hass, entry, DOOR, GATE)

    answer = await ask(hass, "who_was_seen_last")
    assert answer == {
        "items": [
            {
                "person": "Bob",
                "camera": "Portones",
                "start": "2026-11-26T11:58:30+01:00",
                "labels": ["person"],
                "people": ["Bob"],
                "zones": ["Driveway"],
            },
            {
                "person": "Ana",
                "camera": "Front door",
                "start": "2026-11-24T12:00:00+01:00",
                "end": "2026-11-24T12:00:20+01:00",
                "labels": ["car"],
                "people": ["Ana"],
            },
        ],
        "more": False,
        "not_seen": ["Cleo"],
    }
    answer = await ask(hass, "who_was_seen_last", person="ana", place="gate")
    assert "Portones" in answer["error"]
    answer = await ask(hass, "who_was_seen_last", person="ana", place="portones")
    assert told(answer) == [("Ana", "Portones")]
    assert answer["items"][0]["start"].startswith("2026-10-17")
    assert "not_seen" not in answer
    answer = await ask(hass, "who_was_seen_last", person="Cleo")
    assert answer == {"items": [], "more": False, "not_seen": ["Cleo"]}
    answer = await ask(hass, "who_was_seen_last", person="Dora")
    assert answer["error"].endswith("has this name. People: Ana, Bob, Cleo.")


async def test_at_most_twenty_people(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    expose(hass, entry, DOOR)

    async def known(number: int) -> Answer:
        for one in range(number):
            frigate.add_face(f"Person {one:02}", 1)
        await entry.runtime_data.server.async_refresh_past_cache()
        frigate.clear_requests()
        return await ask(hass, "who_was_seen_last")

    # The last ones of the library, whom few have seen, come first.
    for ago in range(4):
        frigate.add_event(DOOR, ago=100 + ago, sub_label=f"Person {24 - ago:02}")
    answer = await known(25)
    names = [f"Person {one}" for one in (24, 23, 22, 21)]
    assert told(answer) == [(name, "Front door") for name in names]
    assert answer["more"] is False
    assert len(answer["not_seen"]) == 20
    assert len(sent(frigate, "/api/events")) == 25

    for one in range(21):
        frigate.add_event(DOOR, ago=1000, sub_label=f"Person {one:02}")
    answer = await known(25)
    assert len(answer["items"]) == 20
    assert answer["more"] is True
    # Of a large library, not everybody is asked for, and the answer says so.
    frigate.state.database.events.clear()
    answer = await known(60)
    assert (answer["items"], answer["more"]) == ([], True)
    assert len(sent(frigate, "/api/events")) == 50
    answer = await ask(hass, "who_was_seen_last", person="person 59")
    assert answer == {"items": [], "more": False, "not_seen": ["Person 59"]}


async def test_of_two_servers_the_one_that_saw_somebody_last(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FakeFrigate("0.18", cameras=("garden",)) as other:
        for server in (frigate, other):
            server.add_face("Ana", 1)
        other.add_face("Bob", 1)
        frigate.add_event(DOOR, ago=100, sub_label="Ana")
        # Nobody of this server's library: it is no name there.
        frigate.add_event(DOOR, ago=50, sub_label="Bob")
        other.add_event("garden", ago=200, sub_label="Ana")
        other.add_event("garden", ago=300, sub_label="Bob")
        entries = [
            await set_up(hass, make_entry(server.internal_url))
            for server in (frigate, other)
        ]
        expose(hass, entries[0], DOOR)
        expose(hass, entries[1], "garden")
        answer = await ask(hass, "who_was_seen_last")
        assert told(answer) == [
            ("Ana", "Front door (Frigate)"),
            ("Bob", "Garden (Frigate)"),
        ]
        assert "not_seen" not in answer
        answer = await ask(hass, "what_happened", person="bob")
        assert [one["camera"] for one in answer["items"]] == ["Garden (Frigate)"]


async def test_an_account_that_may_not_read_the_face_library(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.add_face("Ana", 1)
    frigate.add_review(DOOR, sub_labels=["Ana"])
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    expose(hass, entry, DOOR)
    for tool in ("who_was_seen_last", "what_happened"):
        answer = await ask(hass, tool, person="Ana")
        assert answer["error"].startswith("Nobody is known by name: the face library")
    answer = await ask(hass, "who_was_seen_last")
    assert answer == {"items": [], "more": False}
    (item,) = (await ask(hass, "what_happened"))["items"]
    assert item["labels"] == ["person"]
    assert "people" not in item
