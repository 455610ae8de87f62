"""The blueprints beside `notify`: each one is run like an imported one, in an edition."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.blueprints.common import received, use
from tests.clock import all_waits
from tests.common import (
    POLL,
    entity_id,
    is_available,
    pass_polls,
    pass_time,
    sent,
    state_of,
)
from tests.documentation import pass_until
from tests.downloads.videos import read_video
from tests.fake_frigate import FakeFrigate, Fault
from tests.mp4.material import Scene
from tests.phones import Phone

STREAM = "camera:front_door:stream"
OTHER_STREAM = "camera:Portones:stream"
SMALL = Scene(width=64, height=48, fps=2, sound=None)
BELL = [{"trigger": "event", "event_type": "bell"}]


@pytest.fixture
def describing(frigate: FakeFrigate) -> None:
    """Let Frigate have a language model."""
    frigate.describe("front_door")


def named(hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str) -> str:
    """Return the id of an entity that must be there."""
    found = entity_id(hass, entry, domain, key)
    assert found is not None
    return found


async def ring(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, phone: Phone
) -> None:
    """Ring the bell, and let time pass until the phone is notified."""
    hass.bus.async_fire("bell")
    while not phone.messages:
        await all_waits()
        freezer.tick(1)


async def test_the_clip_around_a_trigger_is_saved(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    media: Path,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Of a camera that has recorded nothing, nothing is told."""
    cameras = [
        named(hass, entry, "camera", f"camera:{one}")
        for one in ("front_door", "Portones")
    ]
    frigate.record_only("Portones")
    done = [
        {"event": "done", "event_data": {"url": f"{{{{ saved['{cameras[0]}'].url }}}}"}}
    ]
    frigate.state.footage.show("front_door", SMALL, 0)
    urls = async_capture_events(hass, "done")
    await use(
        hass,
        "es/save_clip_es",
        trigger=BELL,
        cameras=cameras,
        phones=[phone.device_id],
        then=done,
    )
    await ring(hass, freezer, phone)
    message = await received(phone, 1)
    assert message["title"] == "Front door"
    assert message["message"] == "El vídeo está guardado."
    video = message["data"]["video"]
    assert len(read_video(media / video.removeprefix("/media/local/")).video) == (
        pytest.approx(70 * SMALL.fps, abs=10)
    )
    await hass.async_block_till_done()
    assert [one.data["url"] for one in urls] == [video]


async def test_the_recording_around_a_trigger_is_exported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    await use(
        hass,
        "export_and_notify",
        trigger=BELL,
        camera=named(hass, entry, "camera", "camera:front_door"),
        phones=[phone.device_id],
    )
    start = dt_util.utcnow().timestamp()
    await ring(hass, freezer, phone)
    message = await received(phone, 1)
    assert message["title"] == "Front door"
    assert message["message"] == "Front door 04:00 is ready."
    (export,) = frigate.state.exporter.exports
    assert (export.start, export.end) == (start - 60, start + 30)
    # Neither needs an address of Frigate, which there is only at home.
    assert message["data"]["video"].endswith(f"/export/{export.id}/video.mp4")
    assert message["data"]["url"] == "/media-browser/browser"


@pytest.mark.parametrize("recognized", [["Eileen"], []], ids=["somebody", "nobody"])
async def test_unknown_faces_are_reprocessed_at_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
    recognized: list[str],
) -> None:
    await use(
        hass,
        "es/reprocess_faces_es",
        server=entry.entry_id,
        phones=[phone.device_id],
        at="03:30:00",
    )
    frigate.add_face("Eileen", 1)
    frigate.add_training_image()
    for name in recognized:
        frigate.expect_face(frigate.add_training_image(), name)
    await pass_until(hass, freezer, hour=3, minute=30)
    assert sent(frigate, "/api/faces/reprocess")
    assert [(one["title"], one["message"]) for one in phone.messages] == [
        ("Rostros reconocidos", name) for name in recognized
    ]


async def test_the_night_is_summed_up_in_one_message(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    automation = await use(hass, "es/digest_es", phones=[phone.device_id])
    await pass_until(hass, freezer, hour=6)
    frigate.add_review("front_door", ago=9 * 3600, sub_labels=["Nobody"])
    for hours in (1, 2):
        frigate.add_review("front_door", ago=hours * 3600, sub_labels=["Eileen"])
    frigate.add_review("Portones", "detection", ago=3600, sub_labels=["Ana"])
    await pass_until(hass, freezer, hour=7)
    message = await received(phone, 1)
    assert message["title"] == "La noche"
    assert message["message"] == (
        "22:00 - 07:00\nAlertas: 2. Detecciones: 1. Vistos: Ana (1), Eileen (2)."
    )
    assert message["data"]["url"] == "/media-browser/browser"
    # No summary was asked for, which would have failed.
    of_ours = [one for one in caplog.records if automation in one.name]
    assert [one for one in of_ours if one.levelname == "ERROR"] == []


async def test_the_night_is_told_by_the_language_model(
    hass: HomeAssistant,
    describing: None,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    """What it writes is text, whatever it looks like; what Frigate writes is left out."""
    await use(hass, "es/digest_es", phones=[phone.device_id])
    for number, (text, shown) in enumerate(
        (
            (
                "# Noche\n\nUn **repartidor**: {{ 1 / 0 }} <b>",
                "Noche\n\nUn repartidor: {{ 1 / 0 }} \u2039b\u203a",
            ),
            ("[1, 2]", "[1, 2]"),
            (
                "No concerns were found during this time period.",
                "Alertas: 0. Detecciones: 0.",
            ),
        ),
        1,
    ):
        answer = Fault.json({"success": True, "summary": text})
        frigate.fail("/api/review/summarize", answer)
        await pass_until(hass, freezer, hour=7)
        message = await received(phone, number)
        assert message["message"] == f"22:00 - 07:00\n{shown}"
        frigate.clear_faults()


async def test_the_digest_says_that_frigate_is_away(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    await use(hass, "digest", phones=[phone.device_id], at="08:00:00", since="23:30:00")
    await frigate.refuse()
    await pass_until(hass, freezer, hour=8)
    message = await received(phone, 1)
    assert message["message"] == "23:30 - 08:00\nFrigate could not be reached."
    await frigate.resume()
    await pass_polls(hass, freezer, 2)
    await pass_until(hass, freezer, hour=8)
    message = await received(phone, 2)
    assert message["message"] == "23:30 - 08:00\nAlerts: 0. Detections: 0."


def _let_pass(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float
) -> None:
    """Let time pass without waiting for automations, which wait for it themselves."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)


async def test_failing_cameras_share_one_notification(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    streams = [
        named(hass, entry, "binary_sensor", key) for key in (STREAM, OTHER_STREAM)
    ]
    await use(
        hass,
        "es/warn_when_camera_fails_es",
        streams=streams,
        phones=[phone.device_id],
    )
    cameras = frigate.state.cameras

    # Soon over, it is no failure, and there is nothing to take back.
    for fps, state in ((0, "off"), (5, "on")):
        cameras["front_door"].fps = fps
        await pass_polls(hass, freezer, 1)
        assert state_of(hass, entry, "binary_sensor", STREAM) == state
    await pass_time(hass, freezer, 8 * POLL)
    assert not phone.messages

    for camera in cameras.values():
        camera.fps = 0
    await pass_polls(hass, freezer, 1)
    _let_pass(hass, freezer, 120)
    assert (await received(phone, 1))[
        "message"
    ] == "Sin conexión: Front door, Portones."
    for camera in cameras.values():
        camera.fps = 5
    _let_pass(hass, freezer, POLL)
    assert (await received(phone, 2))["message"] == (
        "Todas las cámaras vuelven a estar en línea."
    )
    assert len({one["data"]["tag"] for one in phone.messages}) == 1


async def test_an_unreachable_server_is_reported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    phone: Phone,
    freezer: FrozenDateTimeFactory,
) -> None:
    await use(
        hass,
        "warn_when_camera_fails",
        streams=[named(hass, entry, "binary_sensor", STREAM)],
        phones=[phone.device_id],
        minutes=1,
        notify_when_back=False,
    )
    await frigate.refuse()
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, entry, "binary_sensor", STREAM)
    _let_pass(hass, freezer, 60)
    assert (await received(phone, 1))["message"] == "Offline: Front door."
    await frigate.resume()
    await pass_polls(hass, freezer, 2)
    assert state_of(hass, entry, "binary_sensor", STREAM) == "on"
    assert len(phone.messages) == 1
