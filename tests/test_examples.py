"""The automations of the README and of docs: each is loaded and run as somebody would."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.clock import all_waits, turns
from tests.common import entity_id, pass_time, state_of
from tests.documentation import FRIGATE_ENTITY, automations, load, pass_until
from tests.fake_frigate import FakeFrigate, Ptz
from tests.live.common import until, until_pushing, until_state
from tests.official_home import official_entry, register
from tests.official_registry import official_entities
from tests.services.common import set_up_admin

SWITCHED = ("on", "off")


@pytest.fixture
async def entry(
    hass: HomeAssistant, fixed_time: None, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry whose account may do everything."""
    return await set_up_admin(hass, frigate)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let automations wait for their next time when the test ends."""
    return True


async def test_a_guest_comes_and_goes(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    hass.states.async_set("input_boolean.guest", "off")
    automation = await load(hass, "Guest account")
    for _ in range(2):
        # Switched on again, the account stays the one it is.
        for state in ("on", "off"):
            hass.states.async_set("input_boolean.guest", state)
            await hass.async_block_till_done(wait_background_tasks=True)
    guest = frigate.state.users["guest"]
    assert (guest.password, guest.role) == ("the-frigate_guest_password", "viewer")

    # A restart in between would do the same to it.
    for command in ("turn_off", "turn_on"):
        await hass.services.async_call(
            "automation", command, {"entity_id": automation}, blocking=True
        )
    for _ in range(2):
        await pass_until(hass, freezer, hour=11)
        assert "guest" not in frigate.state.users


async def test_only_new_errors_are_reported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    helper = {"input_text": {"frigate_error": {"max": 255}}}
    assert await async_setup_component(hass, "input_text", helper)
    told = async_mock_service(hass, "persistent_notification", "create")
    await load(hass, "Errors in Frigate's log")

    async def after_a_while() -> list[str]:
        told.clear()
        await pass_time(hass, freezer, 900)
        return [call.data["message"] for call in told]

    # One stands there from before.
    assert len(await after_a_while()) == 1
    assert await after_a_while() == []
    frigate.log("the detector is stuck", "ERROR")
    (message,) = await after_a_while()
    assert message.endswith("the detector is stuck")
    assert await after_a_while() == []
    frigate.log("out of memory", "CRITICAL")
    (message,) = await after_a_while()
    assert message.endswith("out of memory")


async def test_the_bell_is_exported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    told: list[ServiceCall] = async_mock_service(hass, "notify", "notify")
    hass.states.async_set("binary_sensor.door_bell", "off")
    await load(hass, "Export when the bell rings")
    hass.states.async_set("binary_sensor.door_bell", "on")
    while not told:
        await all_waits()
        freezer.tick(1)
    (call,) = told
    assert call.data["message"] == "Bell at 04:00 is ready."
    (export,) = frigate.state.exporter.exports
    assert call.data["data"]["video"].endswith(f"/export/{export.id}/video.mp4")


async def test_faces_are_recognized_at_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = async_mock_service(hass, "notify", "notify")
    frigate.add_face("Eileen", 1)
    frigate.expect_face(frigate.add_training_image(), "Eileen")
    frigate.add_training_image()
    await load(hass, "Reprocess faces")
    await pass_until(hass, freezer, hour=3, minute=30)
    (call,) = told
    assert "Recognized now: Eileen" in " ".join(call.data["message"].split())


# What happens at the door


async def test_the_visitor_at_the_door_is_named_with_the_picture_of_the_review(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    hass_client: ClientSessionGenerator,
) -> None:
    await until_pushing(hass, entry, frigate)
    told: list[ServiceCall] = async_mock_service(hass, "notify", "notify")
    await load(hass, "A person at the door")
    for label in ("car", "person"):
        name = "Eileen" if label == "person" else None
        seen = frigate.object_appears("front_door", label, sub_label=name)
        review = frigate.review_starts(
            "front_door", "detection", objects=[label], events=[seen]
        )
        frigate.review_changes(review, severity="alert")
        frigate.review_ends(review)
    key = "camera:front_door:review"
    review_entity = entity_id(hass, entry, "event", key)
    assert review_entity == "event.front_door_review"

    def is_over() -> bool:
        state = hass.states.get(review_entity)
        return (
            state is not None
            and state.attributes.get("severity") == "alert"
            and (
                state.attributes["objects"] == ["person"] and "end" in state.attributes
            )
        )

    await until(hass, is_over)
    await turns()
    (call,) = told
    assert call.data["message"] == "It is Eileen."
    # The picture is there as soon as the review is, unlike that of the best snapshot.
    image = call.data["data"]["image"]
    assert (
        image == f"/api/frigate_http/{entry.entry_id}/review/{review.id}/snapshot.jpg"
    )
    # The companion app loads it with the login of its user.
    answer = await (await hass_client()).get(image)
    assert (answer.status, answer.content_type) == (200, "image/jpeg")


async def test_alerts_are_played_on_a_tv(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    await until_pushing(hass, entry, frigate)
    played: list[ServiceCall] = async_mock_service(hass, "media_player", "play_media")
    await load(hass, "Alerts on the TV")
    for severity in ("detection", "alert"):
        review = frigate.review_starts("front_door", severity, objects=["person"])
        assert not played
        frigate.review_ends(review)
        key = ("event", "camera:front_door:review")
        await until_review_ends(hass, entry, key, review.id)
    await turns()
    (call,) = played
    assert call.data["media"]["media_content_type"] == "video/mp4"
    media_id = call.data["media"]["media_content_id"]
    assert media_id == (
        f"media-source://frigate_http/{entry.entry_id}/review/mp4/{review.id}"
    )


async def test_an_alert_is_described_by_an_ai_task(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    await until_pushing(hass, entry, frigate)
    asked: list[ServiceCall] = async_mock_service(
        hass, "ai_task", "generate_data", response={"data": "Somebody brings a box."}
    )
    told: list[ServiceCall] = async_mock_service(hass, "notify", "notify")
    await load(hass, "Describe alerts")
    for severity in ("detection", "alert"):
        review = frigate.review_starts("front_door", severity, objects=["person"])
        frigate.review_ends(review)
        key = ("event", "camera:front_door:review")
        await until_review_ends(hass, entry, key, review.id)
    await until(hass, lambda: bool(told))
    (task,), (message,) = asked, told
    (attachment,) = task.data["attachments"]
    assert attachment == {
        "media_content_id": (
            f"media-source://frigate_http/{entry.entry_id}/review/mp4/{review.id}"
        ),
        "media_content_type": "video/mp4",
    }
    assert message.data["message"] == "Somebody brings a box."
    image = f"/api/frigate_http/{entry.entry_id}/review/{review.id}/snapshot.jpg"
    assert message.data["data"]["image"] == image


async def until_review_ends(
    hass: HomeAssistant, entry: MockConfigEntry, key: tuple[str, str], review_id: str
) -> None:
    """Wait until the event of the end of a review has fired."""

    def has_ended() -> bool:
        state = hass.states.get(entity_id(hass, entry, *key) or "")
        return (
            state is not None
            and state.attributes.get("review_id") == review_id
            and state.attributes.get("event_type") == "ended"
        )

    await until(hass, has_ended)


async def test_a_light_at_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    motion = ("binary_sensor", "camera:front_door:motion")
    lit, dark = (async_mock_service(hass, "light", f"turn_{one}") for one in SWITCHED)
    await load(hass, "Light on motion at night")

    async def move(*, on: bool) -> None:
        frigate.motion("front_door", on)
        await until_state(hass, entry, *motion, "on" if on else "off")
        await turns()

    hass.states.async_set("sun.sun", "above_horizon")
    await move(on=True)
    await move(on=False)
    assert not lit
    hass.states.async_set("sun.sun", "below_horizon")
    await move(on=True)
    assert len(lit) == 1
    await move(on=False)
    assert not dark
    await pass_time(hass, freezer, 121)
    assert len(dark) == 1


async def test_detection_is_paused_at_home(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    await until_pushing(hass, entry, frigate)
    detect = ("switch", "camera:front_door:detect")
    assert entity_id(hass, entry, *detect) == "switch.front_door_detect"
    await load(hass, "Pause detection at home")
    for people, state in (("1", "off"), ("2", "off"), ("0", "on")):
        hass.states.async_set("zone.home", people)
        await until_state(hass, entry, *detect, state)
        await hass.async_block_till_done()
        assert state_of(hass, entry, *detect) == state


@pytest.mark.usefixtures("fixed_time")
async def test_a_camera_looks_at_the_gate_and_home_again(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.cameras["front_door"].ptz = Ptz(presets=("home", "gate"))
    entry = await set_up_admin(hass, frigate)
    await until_pushing(hass, entry, frigate)
    hass.states.async_set("binary_sensor.gate", "off")
    await load(hass, "Look at the gate")

    async def done_after(seconds: float, number: int) -> list[str]:
        freezer.tick(seconds)
        async_fire_time_changed(hass)
        await all_waits()
        done = frigate.ptz_commands
        await until(hass, lambda: len(done) >= number, f"{number} movements")
        return [command for _camera, command in done]

    hass.states.async_set("binary_sensor.gate", "on")
    assert await done_after(0, 1) == ["preset_gate"]
    assert await done_after(11, 2) == ["preset_gate", "ZOOM_IN"]
    assert await done_after(2, 3) == ["preset_gate", "ZOOM_IN", "STOP"]
    # The two minutes begin once the answer is there.
    await all_waits()
    assert (await done_after(121, 4))[3:] == ["preset_home"]


async def test_frigate_notifies_nobody_of_guests(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    frigate.state.cameras["front_door"].notifications = True
    await until_pushing(hass, entry, frigate)
    hass.states.async_set("input_boolean.party", "off")
    await load(hass, "No notifications during a party")
    suspended = frigate.state.live.activity.suspended
    hass.states.async_set("input_boolean.party", "on")
    await until(hass, lambda: "front_door" in suspended, str(suspended))
    minutes = (suspended["front_door"] - frigate.state.clock()) / 60
    assert minutes == pytest.approx(480, abs=1)
    hass.states.async_set("input_boolean.party", "off")
    await until(hass, lambda: suspended["front_door"] == 0, str(suspended))


async def test_what_is_to_be_changed_is_told_every_morning(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = async_mock_service(hass, "persistent_notification", "create")
    old = official_entry(frigate.external_url)
    register(hass, old, official_entities(frigate.state))
    await load(hass, "What still needs the official integration")
    await pass_until(hass, freezer, hour=9)
    assert not told
    sequence = [{"action": "frigate.end_event"}]
    assert await async_setup_component(
        hass, "script", {"script": {"finish": {"sequence": sequence}}}
    )
    await pass_until(hass, freezer, hour=9)
    (call,) = told
    assert call.data["message"].split() == ["-", "finish:", "frigate.end_event"]


# In Spanish


@pytest.mark.parametrize("name", automations("es"))
async def test_the_automations_load_in_spanish(hass: HomeAssistant, name: str) -> None:
    await load(hass, name, "es")


async def entity_ids(
    hass: HomeAssistant, frigate: FakeFrigate, language: str
) -> dict[str, str]:
    """Return the ids that a Home Assistant of a language gives, by domain and key."""
    hass.config.language = language
    entry = await set_up_admin(hass, frigate)
    found = {
        f"{one.domain} {one.unique_id.removeprefix(entry.entry_id)}": one.entity_id
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    assert await hass.config_entries.async_remove(entry.entry_id)
    return found


@pytest.fixture
async def spanish_ids(
    hass: HomeAssistant, fixed_time: None, frigate: FakeFrigate
) -> dict[str, str]:
    """Return what each entity id of an English Home Assistant is in a Spanish one."""
    english = await entity_ids(hass, frigate, "en")
    spanish = await entity_ids(hass, frigate, "es")
    assert english.keys() == spanish.keys()
    return {english[key]: spanish[key] for key in english}


def named_entities(language: str) -> dict[str, list[str]]:
    """Return the ids of cameras' and servers' entities in each automation."""
    return {
        name: FRIGATE_ENTITY.findall(str(automation))
        for name, automation in automations(language).items()
    }


async def test_each_language_has_the_entity_ids_of_its_home_assistant(
    spanish_ids: dict[str, str],
) -> None:
    english, spanish = named_entities("en"), named_entities("es")
    assert sum(map(len, english.values())) >= 10
    for found, in_spanish in zip(english.values(), spanish.values(), strict=True):
        assert in_spanish == [spanish_ids[one] for one in found]
