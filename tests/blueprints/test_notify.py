"""The blueprint `notify`: what phones receive of a visit, and what their buttons do."""

from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from tests.blueprints.common import received, use
from tests.clock import turns
from tests.common import camera_device, entity_id, sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.live.common import PUSH, until, until_pushing, until_state
from tests.phones import ACTION_EVENT, Phone, Phones
from tests.services.common import set_up_admin

FRONT, OTHER = "front_door", "Portones"
SNOOZED = ("sensor", "camera:front_door:snoozed_until")


@pytest.fixture
async def entry(
    hass: HomeAssistant, phone: Phone, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry that is pushed to, by a Frigate with a language model."""
    frigate.describe(FRONT)
    entry = await set_up_admin(hass, frigate)
    await until_pushing(hass, entry, frigate)
    return entry


async def restart(hass: HomeAssistant, automation: str) -> None:
    """Leave nothing of the run that has notified, as a restart of Home Assistant does."""
    for command in ("turn_off", "turn_on"):
        await hass.services.async_call(
            "automation", command, {"entity_id": automation}, blocking=True
        )


class House:
    """What happens before the cameras, a second after what happened before."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        frigate: FakeFrigate,
        freezer: FrozenDateTimeFactory,
    ) -> None:
        """Initialize for a Frigate whose events reach Home Assistant."""
        self.hass, self.entry = hass, entry
        self.frigate, self.freezer = frigate, freezer

    async def starts(self, camera: str = FRONT, *args: Any, **kwargs: Any) -> Any:
        """Let an alert begin."""
        self.freezer.tick(1)
        review = self.frigate.review_starts(camera, *args, **kwargs)
        await self._shows(camera, review.id, "alert_started", "detection_started")
        return review

    async def changes(self, review: Any, **kwargs: Any) -> None:
        """Let something else be part of an alert."""
        self.freezer.tick(1)
        self.frigate.review_changes(review, **kwargs)
        await self._shows(review.camera, review.id, "updated", "alert_started")

    async def ends(self, review: Any) -> None:
        """Let an alert be over."""
        self.freezer.tick(1)
        self.frigate.review_ends(review)
        await self._shows(review.camera, review.id, "ended")

    async def is_described(self, review: Any, title: str, **texts: Any) -> None:
        """Let the language model describe an alert."""
        self.freezer.tick(1)
        self.frigate.review_described(review, title, **texts)
        await self._shows(review.camera, review.id, "described")

    async def _shows(self, camera: str, review_id: str, *types: str) -> None:
        """Wait until the entity shows an event, and automations have seen it."""
        event = entity_id(self.hass, self.entry, "event", f"camera:{camera}:review")
        assert event is not None

        def shown() -> bool:
            state = self.hass.states.get(event)
            return (
                state is not None
                and state.attributes.get("review_id") == review_id
                and state.attributes["event_type"] in types
            )

        await until(self.hass, shown, f"{types} of {camera}")
        await turns()


@pytest.fixture
def house(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> House:
    """Return what happens before the cameras."""
    return House(hass, entry, frigate, freezer)


async def test_a_visit_is_one_notification_that_gets_better(
    hass: HomeAssistant,
    house: House,
    phone: Phone,
    hass_client: ClientSessionGenerator,
) -> None:
    """In Spanish, as all others here are in English."""
    await use(hass, "es/notify_es", phones=[phone.device_id])
    person, buttons = "Persona", ["Reproducir", "Revisada", "Silenciar 30 min"]
    review = await house.starts()
    first = await received(phone, 1)
    assert (first["title"], first["message"]) == ("Front door", person)
    data = first["data"]
    assert data["image"].endswith(f"/review/{review.id}/snapshot.jpg")
    assert data["push"] == {"sound": "default"}
    assert [one["title"] for one in data["actions"]] == buttons

    await house.changes(review, zones=["driveway"])
    second = await received(phone, 2)
    assert second["message"] == f"{person} · Driveway"
    assert second["data"]["push"]["sound"] == "none"

    await house.ends(review)
    ended = await received(phone, 3)
    assert ended["data"]["video"].endswith(f"/review/{review.id}/clip.mp4")
    assert "image" not in ended["data"]

    # It comes minutes later, when the visit has been over for long.
    house.freezer.tick(180)
    await house.is_described(review, "Una caja", shortSummary="Alguien deja una caja.")
    described = await received(phone, 4)
    assert described["title"] == "Front door: Una caja"
    assert described["message"] == f"{person} · Driveway\nAlguien deja una caja."
    assert described["data"]["video"] == ended["data"]["video"]
    assert {one["data"]["tag"] for one in phone.messages} == {data["tag"]}

    # What the phone opens is there, with the login of whoever opens it.
    client = await hass_client()
    picture = await client.get(data["image"])
    assert picture.status == 200
    assert picture.content_type == "image/jpeg"
    for opened in (data["url"], data["clickAction"], data["actions"][0]["uri"]):
        assert f"/review/{review.id}/clip.mp4?authSig=" in opened


ODD_TEXTS = [
    ("{{ 1 / 0 }}", "{% raw %}{{ states.sun }}"),
    ("[1, 2]", "{'a': 1}"),
    ("<b>Who</b>", "<img src=x> & co"),
    ("None", "12345"),
    ("", "a" * 900),
    ("\xe1" * 255, "\xe1" * 399),
]


async def test_texts_are_sent_as_they_are(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    """No text of a language model is rendered, and none is HTML where it is shown."""
    await use(hass, "notify", phones=[phone.device_id], gap=0, cooldown=0, video=False)
    for number, (title, summary) in enumerate(ODD_TEXTS, 1):
        review = await house.starts()
        await house.ends(review)
        await house.is_described(review, title, shortSummary=summary)
        message = await received(phone, 3 * number)
        shown = [
            one.replace("<", "\u2039").replace(">", "\u203a")
            for one in (title, summary)
        ]
        assert message["title"] == (
            f"Front door: {shown[0]}" if title else "Front door"
        )
        if len(summary) > 400:
            shown[1] = f"{'a' * 397}..."
        assert message["message"] == f"Person\n{shown[1]}"
        assert message["data"]["image"].endswith("/snapshot.jpg")
        # What Apple and Google take.
        assert len(json.dumps(message, ensure_ascii=False).encode()) < 4000


async def test_the_text_of_one_alert_is_not_that_of_another(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    await use(hass, "notify", phones=[phone.device_id])
    review = await house.starts()
    await house.ends(review)
    await house.is_described(review, "A parcel", shortSummary="Somebody brings it.")
    assert (await received(phone, 3))["title"] == "Front door: A parcel"
    # It goes on at another camera.
    other = await house.starts(OTHER)
    message = await received(phone, 4)
    assert (message["title"], message["message"]) == ("Portones", "Person")
    await house.ends(other)
    await received(phone, 5)


async def test_who_leaves_the_house_is_not_told_of_when_nobody_is_at_home(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    hass.states.async_set("a.b", "off")
    is_away = {"condition": "state", "entity_id": "a.b", "state": "on"}
    automation = await use(
        hass, "notify", phones=[phone.device_id], conditions=[is_away]
    )
    review = await house.starts()
    hass.states.async_set("a.b", "on")
    await house.changes(review, zones=["street"])
    await house.ends(review)
    # Nor is the text, even when nothing is left of the run that has dismissed it.
    await restart(hass, automation)
    house.freezer.tick(120)
    await house.is_described(review, "Somebody leaves")
    assert not phone.messages
    await house.starts()
    await received(phone, 1)


IS_ON = {"condition": "state", "entity_id": "a.b", "state": "on"}
EVERYTHING: dict[str, Any] = {
    "severity": "all",
    "labels": ["car", "bark"],
    "zones": ["porch"],
    "conditions": [IS_ON],
}
CAR: dict[str, Any] = {
    "severity": "detection",
    "objects": ["person", "car"],
    "zones": ["street", "porch"],
}
BARK: dict[str, Any] = {"objects": [], "audio": ["bark"], "zones": ["porch"]}
WANTED: list[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]] = [
    ({}, [{"severity": "detection"}], [{"severity": "alert"}]),
    (
        EVERYTHING,
        [
            CAR | {"camera": OTHER},
            CAR | {"objects": ["person"]},
            CAR | {"objects": []},
            CAR | {"zones": ["street"]},
        ],
        [CAR, BARK],
    ),
]


@pytest.mark.parametrize(
    ("inputs", "others", "wanted"), WANTED, ids=["default", "everything"]
)
async def test_only_what_is_wanted_notifies(
    hass: HomeAssistant,
    house: House,
    phone: Phone,
    inputs: dict[str, Any],
    others: list[dict[str, Any]],
    wanted: list[dict[str, Any]],
) -> None:
    """Each of the others lacks one thing of what is wanted."""
    front = camera_device(hass, house.entry, FRONT)
    assert front is not None
    inputs = inputs | {"cameras": [front.id], "cooldown": 0, "gap": 0}
    await use(hass, "notify", phones=[phone.device_id], **inputs)
    hass.states.async_set("a.b", "on")
    for other in others:
        await house.ends(await house.starts(**other))
        assert not phone.messages
    if "conditions" in inputs:
        hass.states.async_set("a.b", "off")
        await house.ends(await house.starts(**wanted[0]))
        assert not phone.messages
        hass.states.async_set("a.b", "on")
    for number, one in enumerate(wanted):
        review = await house.starts(**one)
        await received(phone, 2 * number + 1)
        await house.ends(review)
        await received(phone, 2 * number + 2)


async def test_a_name_that_is_recognized_later_notifies_then(
    hass: HomeAssistant, house: House, frigate: FakeFrigate, phone: Phone
) -> None:
    await use(hass, "notify", phones=[phone.device_id], names=["eileen"])
    review = await house.starts()
    await house.changes(review, zones=["driveway"])
    assert not phone.messages
    review.data["sub_labels"] = ["<Eileen", "Eileen"]
    await house.changes(review, zones=["porch"])
    message = await received(phone, 1)
    assert message["message"] == "Person: \u2039Eileen, Eileen · Porch"
    assert message["data"]["push"] == {"sound": "default"}


async def test_who_walks_from_camera_to_camera_is_one_visit(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    await use(hass, "notify", phones=[phone.device_id], cooldown=0)
    first = await house.starts(FRONT)
    await received(phone, 1)
    second = await house.starts(OTHER)
    await house.ends(first)
    house.freezer.tick(300)
    # As long as one of them goes on, and for a minute after that, it is the same visit.
    await house.ends(second)
    house.freezer.tick(50)
    third = await house.starts(FRONT)
    messages = phone.messages
    await received(phone, 5)
    assert {one["data"]["tag"] for one in messages} == {f"frigate_http_{first.id}"}
    assert [one["data"]["push"]["sound"] for one in messages] == [
        "default",
        *["none"] * 4,
    ]
    buttons = [one["action"] for one in messages[-1]["data"]["actions"]]
    assert buttons[1].endswith(f"|{first.id},{second.id},{third.id}")
    assert buttons[2].endswith("|camera.front_door,camera.portones")

    await house.ends(third)
    house.freezer.tick(70)
    fourth = await house.starts(OTHER)
    message = await received(phone, 7)
    assert message["data"]["tag"] == f"frigate_http_{fourth.id}"
    assert message["data"]["push"] == {"sound": "default"}


async def test_a_long_visit_hides_no_other(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    """Whoever works in the garden all day is no reason to miss who rings the bell."""
    await use(hass, "notify", phones=[phone.device_id])
    gardener = await house.starts(FRONT)
    house.freezer.tick(590)
    await house.changes(gardener, zones=["porch"])
    house.freezer.tick(20)
    visitor = await house.starts(OTHER)
    message = await received(phone, 3)
    assert message["data"]["tag"] == f"frigate_http_{visitor.id}"
    assert message["data"]["push"] == {"sound": "default"}
    await house.ends(gardener)
    assert (await received(phone, 4))["data"]["tag"] == f"frigate_http_{gardener.id}"


async def test_what_happens_while_a_phone_is_slow_is_not_missed(
    hass: HomeAssistant, house: House, phones: Phones, phone: Phone
) -> None:
    await use(hass, "notify", phones=[phone.device_id])
    phones.is_quick.clear()
    first = await house.starts(FRONT)
    await received(phone, 1)
    second = await house.starts(OTHER)
    await house.changes(first, zones=["porch"])
    await house.ends(first)
    phones.is_quick.set()
    await received(phone, 3)
    titles = [one["title"] for one in phone.messages]
    assert titles == ["Front door", "Portones", "Front door"]
    assert phone.messages[2]["data"]["video"].endswith(f"/{first.id}/clip.mp4")
    await house.ends(second)
    assert (await received(phone, 4))["title"] == "Portones"


async def test_what_happens_while_a_button_is_handled_is_not_missed(
    hass: HomeAssistant, house: House, frigate: FakeFrigate, phone: Phone
) -> None:
    automation = await use(hass, "notify", phones=[phone.device_id], gap=0)
    await house.ends(await house.starts(OTHER))
    await received(phone, 2)
    await restart(hass, automation)
    house.freezer.tick(1)
    frigate.fail("/api/reviews/viewed", Fault.stall())
    phone.press("Reviewed")
    await house.starts(FRONT)
    house.freezer.tick(3)
    assert len(phone.messages) == 2
    frigate.clear_faults()
    assert (await received(phone, 3))["title"] == "Front door"


async def test_a_camera_pauses_after_a_notification_that_is_still_updated(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    await use(hass, "notify", phones=[phone.device_id], cooldown=10, gap=0)
    first = await house.starts()
    await house.changes(first, zones=["driveway"])
    await house.ends(first)
    assert "video" in (await received(phone, 3))["data"]
    # The camera has its pause, while another one has none.
    await house.ends(await house.starts())
    assert len(phone.messages) == 3
    other = await house.starts(OTHER)
    assert (await received(phone, 4))["title"] == "Portones"
    await house.ends(other)
    await received(phone, 5)
    house.freezer.tick(600)
    again = await house.starts()
    assert (await received(phone, 6))["data"]["tag"] == f"frigate_http_{again.id}"


async def test_the_buttons_work_whenever_they_are_pressed(
    hass: HomeAssistant, house: House, frigate: FakeFrigate, phone: Phone
) -> None:
    automation = await use(hass, "notify", phones=[phone.device_id], minutes=5, gap=0)
    review = await house.starts()
    await received(phone, 1)
    phone.press("Reviewed")
    await until(
        hass,
        lambda: [one.status for one in sent(frigate, "/api/reviews/viewed")] == [200],
        "an answer",
    )
    assert frigate.state.database.has_reviewed("admin", review.id)

    await restart(hass, automation)
    phone.press("Silence for 5 min")
    await until(
        hass, lambda: state_of(hass, house.entry, *SNOOZED) != "unknown", "silence"
    )
    await house.ends(review)
    house.freezer.tick(200)
    await house.ends(await house.starts())
    await house.starts(OTHER)
    assert (await received(phone, 2))["title"] == "Portones"
    house.freezer.tick(100)
    await house.starts()
    assert (await received(phone, 3))["title"] == "Front door"


async def test_only_a_snooze_silences_a_camera(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    """Other sensors of a camera may also be about the future, whatever they are called."""
    registry, front = er.async_get(hass), camera_device(hass, house.entry, FRONT)
    assert front is not None
    in_an_hour = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    other = registry.async_get_or_create(
        "sensor",
        "other",
        "suspended",
        config_entry=house.entry,
        device_id=front.id,
        suggested_object_id="front_door_snoozed_until_2",
    )
    hass.states.async_set(other.entity_id, in_an_hour, {"device_class": "timestamp"})
    await use(hass, "notify", phones=[phone.device_id], gap=0, cooldown=0)
    await house.ends(await house.starts())
    await received(phone, 2)

    snoozed = entity_id(hass, house.entry, *SNOOZED)
    assert snoozed is not None
    registry.async_update_entity(snoozed, new_entity_id="sensor.quiet")
    await turns()
    camera = {"entity_id": "camera.front_door", "minutes": 60}
    await hass.services.async_call(DOMAIN, "snooze", camera, blocking=True)
    await house.ends(await house.starts())
    assert len(phone.messages) == 2
    await hass.services.async_call(
        DOMAIN, "snooze", {**camera, "minutes": 0}, blocking=True
    )
    await house.starts()
    await received(phone, 3)


async def test_a_camera_that_is_renamed_meanwhile_still_notifies(
    hass: HomeAssistant, house: House, phone: Phone
) -> None:
    registry = er.async_get(hass)
    await use(hass, "notify", phones=[phone.device_id], gap=0)
    await house.ends(await house.starts(FRONT))
    await received(phone, 2)
    for domain, key in (("event", ":review"), ("camera", "")):
        known = entity_id(hass, house.entry, domain, f"camera:{OTHER}{key}")
        assert known is not None
        registry.async_update_entity(known, new_entity_id=f"{domain}.gate")
    await turns()
    gate = await house.starts(OTHER)
    message = await received(phone, 3)
    assert message["data"]["tag"] == f"frigate_http_{gate.id}"
    assert message["data"]["actions"][2]["action"].endswith("|camera.gate")


async def test_a_visit_may_lead_past_cameras_of_two_servers(
    hass: HomeAssistant, house: House, frigate: FakeFrigate, phone: Phone
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await frigate.wait_for_live(2)
    await until_state(hass, entry, *PUSH, "on")
    other = House(hass, entry, frigate, house.freezer)
    front, gate = (
        camera_device(hass, house.entry, FRONT),
        camera_device(hass, entry, OTHER),
    )
    assert front is not None
    assert gate is not None
    await use(hass, "notify", phones=[phone.device_id], cameras=[front.id, gate.id])
    await house.starts(FRONT)
    await received(phone, 1)
    second = await other.starts(OTHER)
    message = await received(phone, 2)
    # Only one server can be told what was reviewed.
    action = message["data"]["actions"][1]["action"]
    assert action.endswith(f"|{entry.entry_id}|{second.id}")
    phone.press("Silence for 30 min")
    for one, camera in ((house.entry, FRONT), (entry, OTHER)):
        snoozed = entity_id(hass, one, "sensor", f"camera:{camera}:snoozed_until")
        assert snoozed is not None
        await turns()
        assert hass.states.is_state(snoozed, "unknown") is False


async def test_buttons_of_others_do_nothing(
    hass: HomeAssistant, house: House, frigate: FakeFrigate, phone: Phone
) -> None:
    await use(hass, "notify", phones=[phone.device_id])
    await house.starts()
    message = await received(phone, 1)
    ours = message["data"]["actions"][2]["action"]
    for action in (ours.replace("|1795435200000|", "|1795435200001|"), 5, None):
        hass.bus.async_fire(ACTION_EVENT, {"action": action})
    hass.bus.async_fire(ACTION_EVENT, {})
    await turns()
    assert state_of(hass, house.entry, *SNOOZED) == "unknown"
    hass.bus.async_fire(ACTION_EVENT, {"action": ours})
    await until(
        hass, lambda: state_of(hass, house.entry, *SNOOZED) != "unknown", "silence"
    )


async def test_the_notification_is_as_its_owner_wants_it(
    hass: HomeAssistant,
    house: House,
    phone: Phone,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await use(
        hass,
        "notify",
        phones=[phone.device_id],
        video=False,
        buttons=["snapshot"],
        tap="live",
        critical=True,
    )
    review = await house.starts()
    data = (await received(phone, 1))["data"]
    assert (data["channel"], data["ttl"], data["priority"]) == (
        "alarm_stream",
        0,
        "high",
    )
    assert data["push"]["sound"] == {"name": "default", "critical": 1, "volume": 1.0}
    assert data["clickAction"] == "entityId:camera.front_door"
    assert data["url"] == "/lovelace?more-info-entity-id=camera.front_door"
    (button,) = data["actions"]
    assert button["title"] == "Snapshot"
    # A button has no login, unlike what is attached.
    stranger = await hass_client_no_auth()
    # Both apps add this to what they open, without a login, in a page of their own.
    opened = f"{button['uri']}&external_auth=1"
    assert (await stranger.get(opened)).content_type == "image/jpeg"
    assert (await stranger.get(data["image"])).status == 401
    await house.ends(review)
    data = (await received(phone, 2))["data"]
    assert "video" not in data
    assert data["image"].endswith("/snapshot.jpg")
    assert data["push"]["sound"] == "none"


async def test_phones_are_found_whatever_they_are_called(
    hass: HomeAssistant, house: House, phones: Phones, phone: Phone
) -> None:
    """A phone keeps its action when it is renamed here, and changes it with its own name."""
    twin = await phones.add("Pixel de Ana")
    mute = await phones.add("Wall", pushes=False)
    gone = await phones.add("Old phone")
    there = await phones.add("Móvil de Íñigo")
    every = [one.device_id for one in (gone, mute, phone, twin, there)]
    await use(
        hass,
        "notify",
        phones=[*every, "never there"],
        tap="/lovelace/cameras",
        buttons=["reviewed"],
    )
    await hass.config_entries.async_remove(gone.entry.entry_id)
    devices = dr.async_get(hass)
    devices.async_update_device(there.device_id, name_by_user="Kitchen")
    review = await house.starts()
    data = (await received(there, 1))["data"]
    assert data["url"] == data["clickAction"] == "/lovelace/cameras"
    # No link that opens without a login is made where nobody asks for it.
    assert "authSig" not in str(data)
    await turns()
    # Of two with the same name, Home Assistant itself can notify only one.
    assert len(phone.messages) + len(twin.messages) == 1
    await there.rename("Otro")
    await house.changes(review, zones=["porch"])
    await received(there, 2)
    assert not mute.messages
    assert not gone.messages


async def test_a_phone_that_cannot_be_reached_keeps_no_other_from_it(
    hass: HomeAssistant, house: House, phones: Phones, phone: Phone
) -> None:
    other = await phones.add("Other")
    await use(hass, "notify", phones=[phone.device_id, other.device_id])
    phones.unreachable.add(phone.token)
    house.frigate.fail("/api/review/.*", Fault.status(503))
    review = await house.starts()
    # Without links, it opens the camera, and has the other buttons.
    data = (await received(other, 1))["data"]
    assert data["clickAction"] == "entityId:camera.front_door"
    assert [one["title"] for one in data["actions"]] == [
        "Reviewed",
        "Silence for 30 min",
    ]
    phones.unreachable.clear()
    house.frigate.clear_faults()
    await house.ends(review)
    await received(other, 2)
    await received(phone, 1)


async def test_alerts_that_begin_and_end_between_two_polls_notify(
    hass: HomeAssistant,
    phone: Phone,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.describe(FRONT)
    frigate.block_live()
    await set_up_admin(hass, frigate)
    await use(hass, "notify", phones=[phone.device_id], cooldown=0)
    reviews = [frigate.review_starts(camera) for camera in (FRONT, OTHER)]
    freezer.tick(1)
    for review in reviews:
        frigate.review_ends(review)
    frigate.review_described(reviews[0], "A parcel")
    await received(phone, 2)
    assert {one["title"] for one in phone.messages} == {
        "Front door: A parcel",
        "Portones",
    }
    assert len({one["data"]["tag"] for one in phone.messages}) == 1
    for message in phone.messages:
        assert message["data"]["video"].endswith("/clip.mp4")
