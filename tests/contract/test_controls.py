"""Commands to cameras, by `/ws` and by the route of 0.18, and what comes of them."""

from typing import Any

import aiohttp
import pytest

from tests.fake_frigate import Camera, FakeFrigate
from tests.fake_frigate.activity import camera_activity
from tests.fake_frigate.controls import SWITCHES
from tests.fake_frigate.settings import Ptz
from tests.versions import EVERY_VERSION

from .client import Answer, bearer, fetch, picture
from .live_client import listen

PLACES: dict[str, tuple[str, ...]] = {
    "enabled": ("enabled",),
    "detect": ("detect", "enabled"),
    "recordings": ("record", "enabled"),
    "snapshots": ("snapshots", "enabled"),
    "improve_contrast": ("motion", "improve_contrast"),
    "audio": ("audio", "enabled"),
    "audio_transcription": ("audio_transcription", "live_enabled"),
    "birdseye": ("birdseye", "enabled"),
    "notifications": ("notifications", "enabled"),
    "ptz_autotracker": ("onvif", "autotracking", "enabled"),
    "review_alerts": ("review", "alerts", "enabled"),
    "review_detections": ("review", "detections", "enabled"),
    "object_descriptions": ("objects", "genai", "enabled"),
    "review_descriptions": ("review", "genai", "enabled"),
}
REFUSED = (
    "audio",
    "audio_transcription",
    "ptz_autotracker",
    "object_descriptions",
    "review_descriptions",
)


async def config(session: aiohttp.ClientSession, server: FakeFrigate) -> Any:
    """Return the configuration as it is now."""
    url, headers = f"{server.internal_url}/api/config", {"X-Cache-Bypass": "1"}
    return (await fetch(session, url, headers=headers)).json


async def setting(
    session: aiohttp.ClientSession, server: FakeFrigate, *path: str
) -> Any:
    """Return what the configuration says of the front door."""
    value = (await config(session, server))["cameras"]["front_door"]
    for each in path:
        value = value[each]
    return value


async def put(
    session: aiohttp.ClientSession, server: FakeFrigate, path: str, value: str
) -> Answer:
    """Send a command by the route of 0.18."""
    url = f"{server.internal_url}/api/camera/{path}"
    return await fetch(session, url, "PUT", json={"value": value})


@EVERY_VERSION
@pytest.mark.parametrize("feature", PLACES)
async def test_switch(
    session: aiohttp.ClientSession, version: str, feature: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        setattr(server.state.cameras["front_door"], SWITCHES[feature], True)
        for payload in ("OFF", "ON"):
            messages = await client.answers(
                server, f"front_door/{feature}/set", payload
            )
            assert messages[0] == (f"front_door/{feature}/state", payload)
            now = await setting(session, server, *PLACES[feature])
            assert now is (payload == "ON")
        # In lower case it is no command, but published all the same.
        messages = await client.answers(server, f"front_door/{feature}/set", "off")
        assert messages[0] == (f"front_door/{feature}/state", "off")
        assert await setting(session, server, *PLACES[feature]) is True


@EVERY_VERSION
@pytest.mark.parametrize(
    "feature", [*REFUSED, "enabled", "recordings", "review_alerts", "notifications"]
)
async def test_what_the_configuration_has_off_is_refused(
    session: aiohttp.ClientSession, version: str, feature: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        server.state.notifications = False
        camera = server.state.cameras["front_door"]
        setattr(
            camera, SWITCHES[feature], None if feature == "notifications" else False
        )
        topic = f"front_door/{feature}/set"
        assert await client.answers(server, topic, "ON") == []
        assert await setting(session, server, *PLACES[feature]) is False
        camera.allowed[SWITCHES[feature]] = True
        assert (await client.answers(server, topic, "ON"))[0][1] == "ON"
        assert await setting(session, server, *PLACES[feature]) is True


@EVERY_VERSION
async def test_motion_and_detection_depend_on_each_other(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        assert await client.answers(server, "front_door/motion/set", "OFF") == []
        assert await setting(session, server, "motion", "enabled") is True
        await client.answers(server, "front_door/detect/set", "OFF")
        messages = await client.answers(server, "front_door/motion/set", "OFF")
        assert messages == [("front_door/motion/state", "OFF")]
        messages = await client.answers(server, "front_door/detect/set", "ON")
        assert messages == [
            ("front_door/motion/state", "ON"),
            ("front_door/detect/state", "ON"),
        ]
        assert await setting(session, server, "motion", "enabled") is True


@EVERY_VERSION
async def test_numbers_and_modes(session: aiohttp.ClientSession, version: str) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        topic = "front_door/motion_threshold"
        messages = await client.answers(server, f"{topic}/set", "99999")
        assert messages == [(f"{topic}/state", 99999)]
        for nonsense in ("abc", None):
            assert await client.answers(server, f"{topic}/set", nonsense) == []
        assert await setting(session, server, "motion", "threshold") == 99999
        await client.answers(server, "front_door/motion_contour_area/set", 20)
        assert await setting(session, server, "motion", "contour_area") == 20
        topic = "front_door/birdseye_mode"
        assert await client.answers(server, f"{topic}/set", "MOTION") == []
        await client.answers(server, "front_door/birdseye/set", "ON")
        assert await client.answers(server, f"{topic}/set", "motion") == []
        messages = await client.answers(server, f"{topic}/set", "MOTION")
        assert messages == [(f"{topic}/state", "MOTION")]
        assert await setting(session, server, "birdseye", "mode") == "motion"


@EVERY_VERSION
async def test_notifications_also_end_their_pause(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        messages = await client.answers(server, "front_door/notifications/set", "OFF")
        assert messages == [
            ("front_door/notifications/state", "OFF"),
            ("front_door/notifications/suspended", "0"),
        ]


SUSPEND = "front_door/notifications/suspend"


@EVERY_VERSION
async def test_suspending_notifications(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:

        async def answer(payload: Any) -> list[Any]:
            """Return what the only message of the answer says, as a number."""
            messages = await client.answers(server, SUSPEND, payload)
            assert {topic for topic, _ in messages} <= {f"{SUSPEND}ed"}
            return [int(told) for _, told in messages]

        server.state.clock = lambda: 1795704013.4
        for payload, until in (
            ("1", 1795704073),
            (5, 1795704313),
            ("-1", 1795703953),
            ("3", 1795704193),
        ):
            assert await answer(payload) == [until]
            activity = camera_activity(server.state)
            flags = activity["front_door"]["config"]
            assert flags["notifications_suspended"] == until
        for nonsense in ("abc", "2.5"):
            assert await answer(nonsense) == []
        async with listen(session, server, "viewer1") as viewer:
            assert await viewer.answers(server, SUSPEND, "1") == []
        # At its end, only 0.18 says so.
        server.state.clock = lambda: 1795704193.1
        server.end_suspensions()
        ended = [(f"{SUSPEND}ed", "0")] if server.state.is_018 else []
        assert await client.received(server) == ended
        assert await answer("0") == [0]

        await client.answers(server, "front_door/notifications/set", "OFF")
        assert await answer("1") == []
        await client.answers(server, "front_door/notifications/set", "ON")
        assert len(await answer("1")) == 1


@EVERY_VERSION
async def test_suspending_the_notifications_of_an_unknown_camera(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        await client.send("nope/notifications/suspend", "1")
        if server.state.is_018:
            assert await client.received(server) == []
        else:
            # What fails inside ends the connection of the sender.
            await server.wait_for_live(0)


async def test_disabled_camera_shows_nothing_new(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.internal_url}/api/front_door/latest.jpg"
    before = picture(await fetch(session, url))
    now = server.state.clock()
    async with listen(session, server) as client:
        await client.answers(server, "front_door/enabled/set", "OFF")
        camera = server.state.cameras["front_door"]
        assert not camera.alive
        camera.stopped_at = now - 60
        after = picture(await fetch(session, url))
        assert after.size != before.size
        await client.answers(server, "front_door/enabled/set", "ON")
        again = picture(await fetch(session, url))
        assert again.size == before.size


@EVERY_VERSION
async def test_restart_forgets_commands(
    session: aiohttp.ClientSession, version: str
) -> None:
    kept = {"enabled", "detect", "snapshots", "recordings", "audio"}
    if version == "0.17.2":
        kept = set()
    features = set(PLACES) - set(REFUSED) - {"birdseye"} | {"audio"}
    async with FakeFrigate(version) as server:
        server.state.cameras["front_door"].audio = True
        async with listen(session, server) as client:
            for feature in features:
                await client.answers(server, f"front_door/{feature}/set", "OFF")
        server.restart()
        off = {
            each
            for each in features
            if not await setting(session, server, *PLACES[each])
        }
        assert off == kept
        # The configuration itself has never changed.
        assert await setting(session, server, "enabled_in_config") is True
        async with listen(session, server) as client:
            messages = await client.answers(server, "front_door/enabled/set", "ON")
            assert messages == [("front_door/enabled/state", "ON")]


@EVERY_VERSION
async def test_who_may_command(session: aiohttp.ClientSession, version: str) -> None:
    async with (
        FakeFrigate(version) as server,
        listen(session, server) as admin,
        listen(session, server, "viewer1") as viewer,
    ):
        topic = "front_door/detect/set"
        assert await viewer.answers(server, topic, "OFF") == []
        assert await viewer.answers(server, "my/custom", "hello") == []
        assert await viewer.answers(server, "restart", "") == []
        assert await setting(session, server, "detect", "enabled") is True
        await admin.answers(server, topic, "OFF")
        assert await viewer.received(server) == [("front_door/detect/state", "OFF")]
        assert await setting(session, server, "detect", "enabled") is False
        messages = await admin.answers(server, "my/custom", "hello")
        # 0.17 is everybody's message bus, 0.18 nobody's.
        bus = [("my/custom", "hello")] if version == "0.17.2" else []
        assert messages == bus
        for nonsense in ("nope/detect/set", "front_door/nope/set", "set", "a/b/c/set"):
            assert await admin.answers(server, nonsense, "ON") == []
        messages = await viewer.answers(server, "modelState", "")
        assert messages[-1] == ("model_state", "{}")
        await admin.answers(server, "restart", "")
        assert server.state.starting


async def test_zones_of_018(session: aiohttp.ClientSession) -> None:
    async with FakeFrigate("0.18") as server, listen(session, server) as client:
        server.add_zone("front_door", "porch", "The porch")
        zone = await setting(session, server, "zones", "porch")
        assert list(zone)[:2] == ["friendly_name", "enabled"]
        messages = await client.answers(server, "front_door/zone/porch/set", "OFF")
        assert messages == [("front_door/zone/porch/state", "OFF")]
        assert (await setting(session, server, "zones", "porch"))["enabled"] is False
        answer = await put(session, server, "front_door/set/zone/porch", "ON")
        assert answer.json == {"success": True}
        assert await client.received(server) == [("front_door/zone/porch/state", "ON")]
        messages = await client.answers(server, "front_door/zone/porch/set", "on")
        assert messages == [("front_door/zone/porch/state", "on")]
        for unknown in ("front_door/zone/x/set", "nope/zone/porch/set"):
            assert await client.answers(server, unknown, "ON") == []
        topic = "front_door/motion_mask/porch/set"
        assert await client.answers(server, topic, "ON") == []


async def test_route_commands_all_cameras(session: aiohttp.ClientSession) -> None:
    async with FakeFrigate("0.18") as server, listen(session, server) as client:
        answer = await put(session, server, "*/set/detect", "OFF")
        assert answer.json == {"success": True}
        assert await client.received(server) == [
            ("front_door/detect/state", "OFF"),
            ("Portones/detect/state", "OFF"),
        ]
        assert await setting(session, server, "detect", "enabled") is False


async def test_017_has_no_route_for_commands(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    answer = await put(session, server, "front_door/set/detect", "OFF")
    assert (answer.status, answer.json) == (404, {"detail": "Not Found"})


@EVERY_VERSION
async def test_what_else_the_configuration_shows(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version, ()) as server:
        server.add_camera(
            "front_door", labels=["dog"], audio_labels=["bark"], lpr=True, ptz=Ptz()
        )
        server.add_zone("front_door", "porch", labels=("dog",))
        server.state.lpr = True
        server.add_classification("gate", "front_door")
        whole = await config(session, server)
        camera = whole["cameras"]["front_door"]
        assert camera["objects"]["track"] == list(camera["objects"]["filters"])
        assert camera["audio"]["listen"] == ["bark"]
        assert camera["zones"]["porch"]["objects"] == ["dog"]
        assert ("enabled" in camera["zones"]["porch"]) == (version != "0.17.2")
        assert "friendly_name" not in camera["zones"]["porch"]
        assert whole["lpr"]["enabled"] is camera["lpr"]["enabled"] is True
        assert camera["onvif"]["host"]
        model = whole["classification"]["custom"]["gate"]
        assert list(model["state_config"]["cameras"]) == ["front_door"]


@EVERY_VERSION
async def test_turning_cameras(session: aiohttp.ClientSession, version: str) -> None:
    async with FakeFrigate(version) as server:
        server.state.cameras["Portones"].ptz = Ptz(presets=("home", "gate"))
        base = f"{server.external_url}/api"
        options = bearer(server, "gate1")
        answer = await fetch(session, f"{base}/Portones/ptz/info", **options)
        assert answer.json == {
            "name": "Portones",
            "features": ["pt", "zoom"],
            "presets": ["home", "gate"],
        }
        answer = await fetch(session, f"{base}/front_door/ptz/info", **options)
        assert answer.status == 403
        options = bearer(server)
        answer = await fetch(session, f"{base}/front_door/ptz/info", **options)
        assert answer.json == {}
        answer = await fetch(session, f"{base}/nope/ptz/info", **options)
        assert answer.status == 404
        async with listen(session, server) as client:
            for camera, payload in (
                ("Portones", "MOVE_LEFT"),
                ("Portones", "preset_gate"),
                ("Portones", "preset_moon"),
                ("Portones", "FLY"),
                ("Portones", "MOVE_RELATIVE_0.1_-0.2"),
                ("Portones", "FOCUS_IN"),
                ("front_door", "STOP"),
                ("nope", "STOP"),
            ):
                assert await client.answers(server, f"{camera}/ptz", payload) == []
        done = [("Portones", "MOVE_LEFT"), ("Portones", "preset_gate")]
        assert server.ptz_commands == done
        server.state.cameras["front_door"].ptz = Ptz()
        async with listen(session, server, "gate1") as client:
            await client.answers(server, "Portones/ptz", "STOP")
            await client.answers(server, "front_door/ptz", "STOP")
        if version != "0.17.2":
            done.append(("Portones", "STOP"))
        assert server.ptz_commands == done


@EVERY_VERSION
async def test_what_cameras_that_turn_refuse(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server, listen(session, server) as client:
        features = ("pt", "zoom", "focus", "pt-r-fov")
        server.state.cameras["Portones"].ptz = Ptz(features, ("Gate 2",))
        for payload in (
            "FOCUS_OUT",
            # Refused while another movement goes on.
            "MOVE_RELATIVE_0.1_0",
            "stop",
            "MOVE_RELATIVE_0.1_-0.2",
            "MOVE_RELATIVE_0.1_x",
            "MOVE_RELATIVE_0.1",
            # With zoom, since 0.18.
            "MOVE_RELATIVE_0.1_0.2_0.3",
            "PRESET_GATE 2",
        ):
            assert await client.answers(server, "Portones/ptz", payload) == []
        done = ["FOCUS_OUT", "stop", "MOVE_RELATIVE_0.1_-0.2", "PRESET_GATE 2"]
        if version != "0.17.2":
            done.insert(3, "MOVE_RELATIVE_0.1_0.2_0.3")
        assert server.ptz_commands == [("Portones", each) for each in done]


@EVERY_VERSION
@pytest.mark.parametrize(
    ("topic", "payload"),
    [("nope/set", "1"), ("front_door/ptz", "preset"), ("front_door/ptz", 1)],
)
async def test_what_fails_inside_ends_the_connection_of_the_sender(
    session: aiohttp.ClientSession, version: str, topic: str, payload: Any
) -> None:
    async with (
        FakeFrigate(version) as server,
        listen(session, server) as sender,
        listen(session, server, "viewer1") as other,
    ):
        await sender.send(topic, payload)
        await server.wait_for_live(1)
        assert await other.answers(server, "modelState", "") == [("model_state", "{}")]


def test_camera_of_which_a_command_was_forgotten() -> None:
    camera = Camera()
    camera.change("snapshots", False)
    camera.change("recording", False)
    assert camera.configured("snapshots") is camera.allows("recording") is True
    camera.forget("recording")
    assert (camera.snapshots, camera.recording) == (True, False)
