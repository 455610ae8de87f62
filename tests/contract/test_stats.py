"""Statistics that move and a configuration that follows."""

from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory

from tests.contract.client import fetch
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.stats import build_stats
from tests.versions import EVERY_VERSION


def numbers(stats: dict[str, Any]) -> tuple[int, int, float]:
    """Return what is known to move."""
    service = stats["service"]
    speed = stats["detectors"]["cpu1"]["inference_speed"]
    return service["uptime"], service["last_updated"], speed


@EVERY_VERSION
async def test_stats_move_with_the_clock_alone(
    session: aiohttp.ClientSession,
    socket_enabled: None,
    freezer: FrozenDateTimeFactory,
    version: str,
) -> None:
    freezer.move_to("2026-11-23 12:00:00")
    async with FakeFrigate(version) as server:

        async def get() -> dict[str, Any]:
            url = f"{server.internal_url}/api/stats"
            answer = await fetch(session, url, headers={"X-Cache-Bypass": "1"})
            return dict(answer.json)

        start = numbers(await get())
        freezer.tick(14)
        assert numbers(await get()) == start
        freezer.tick(1)
        later = numbers(await get())
        assert later[:2] == (15, start[1] + 15)
        assert later[2] != start[2]
        freezer.tick(300)
        assert numbers(await get())[0] == 315
        server.restart()
        assert numbers(await get())[0] == 0


@EVERY_VERSION
async def test_stats_with_hardware(socket_enabled: None, version: str) -> None:
    async with FakeFrigate(version) as server, aiohttp.ClientSession() as session:
        url = f"{server.internal_url}/api/stats?"
        plain = (await fetch(session, url)).json
        assert not {"gpu_usages", "npu_usages", "bandwidth_usages"} & set(plain)

        server.state.gpus = {"intel-qsv": {"gpu": "12.0%", "mem": "-%"}}
        server.state.npus = {"rockchip": {"npu": 31, "mem": "-"}}
        server.state.temperatures = {"coral": 48.2}
        server.state.detectors = {"cpu1": {"inference_speed": 9.5}, "coral": {}}
        server.state.embeddings = {"plate_recognition_speed": 20.5}
        server.state.stats_overrides = {"service": {"latest_version": "9.9.9"}}
        camera = server.state.cameras["front_door"]
        camera.audio, camera.audio_dbfs, camera.online = True, -40.5, True
        server.state.cameras["Portones"].online = False
        stats = (await fetch(session, f"{url}2")).json
        assert stats["gpu_usages"] == server.state.gpus
        assert stats["npu_usages"] == server.state.npus
        assert stats["detectors"]["cpu1"]["inference_speed"] == 9.5
        assert stats["embeddings"]["plate_recognition_speed"] == 20.5
        assert stats["service"]["latest_version"] == "9.9.9"
        assert stats["service"]["uptime"] == plain["service"]["uptime"]
        assert stats["cameras"]["front_door"]["audio_dBFS"] == -40.5
        dead = stats["cameras"]["Portones"]
        assert dead["camera_fps"] == 0.0
        if version != "0.17.2":
            assert stats["detectors"]["coral"]["temperature"] == 48.2
            assert "temperatures" not in stats["service"]
            assert dead["connection_quality"] == "unusable"
            assert dead["ffmpeg_cpu"] is None
        else:
            assert stats["service"]["temperatures"] == {"coral": 48.2}
            assert "connection_quality" not in dead


@EVERY_VERSION
def test_a_camera_that_is_switched_off_keeps_its_last_rate(
    version: str, freezer: FrozenDateTimeFactory
) -> None:
    server = FakeFrigate(version)

    def rate() -> float:
        camera: dict[str, float] = build_stats(server.state)["cameras"]["front_door"]
        return camera["camera_fps"]

    camera, before = server.state.cameras["front_door"], rate()
    assert before > 0
    camera.change("enabled", False)
    for _ in range(8):
        freezer.tick(15)
        assert rate() == before
    # It is not so where the stream is lost, and a restart forgets.
    camera.change("enabled", True)
    camera.online = False
    assert rate() == 0
    camera.online = True
    camera.change("enabled", False)
    freezer.tick(15)
    assert rate() > 0
    server.state.started_at = server.state.clock()
    assert rate() == 0


def test_command_lines_of_017_are_padded() -> None:
    server = FakeFrigate()
    usages = build_stats(server.state)["cpu_usages"].values()
    lines = [usage["cmdline"] for usage in usages if "cmdline" in usage]
    assert {len(line) for line in lines} == {len("ffmpeg"), 414}
    assert "frigate.process:Portones" in {line.strip() for line in lines}


async def test_config_follows_the_cameras(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.add_camera('Büro "1" \\ hinten', friendly_name="Das Büro", width=640)
    server.state.cameras["Portones"].detect_enabled = False
    server.remove_camera("front_door")
    cameras = (await fetch(session, f"{server.internal_url}/api/config")).json[
        "cameras"
    ]
    assert set(cameras) == {"Portones", 'Büro "1" \\ hinten'}
    assert "friendly_name" not in cameras["Portones"]
    assert cameras["Portones"]["detect"]["enabled"] is False
    block = cameras['Büro "1" \\ hinten']
    assert (block["friendly_name"], block["detect"]["width"]) == ("Das Büro", 640)
    assert block["name"] == 'Büro "1" \\ hinten'
