"""The profiles of 0.18, which 0.17 does not have."""

import aiohttp

from tests.fake_frigate import FakeFrigate

from .client import bearer, fetch
from .live_client import listen
from .test_controls import config, put, setting

FRESH = {"X-Cache-Bypass": "1"}


async def test_activating(session: aiohttp.ClientSession) -> None:
    async with FakeFrigate("0.18") as server, listen(session, server) as client:
        changes = {"front_door": {"detect_enabled": False}, "gone": {"audio": True}}
        server.add_profile("away", "Away", changes)
        server.add_profile("night", "Night mode")
        await put(session, server, "front_door/set/snapshots", "OFF")
        await client.received(server)
        await put(session, server, "*/set/profile", "away")
        messages = await client.received(server)
        assert ("front_door/detect/state", "OFF") in messages
        # What commands had changed is forgotten.
        assert ("front_door/snapshots/state", "ON") in messages
        assert ("Portones/detect/state", "ON") in messages
        assert messages[-1] == ("profile/state", "away")
        whole = await config(session, server)
        assert whole["profiles"]["night"] == {"friendly_name": "Night mode"}
        cameras = whole["cameras"]
        assert cameras["front_door"]["detect"]["enabled"] is False
        assert cameras["front_door"]["base_config"]["detect"]["enabled"] is True
        assert "base_config" not in cameras["Portones"]
        url = f"{server.internal_url}/api/profiles"
        listed = (await fetch(session, url, headers=FRESH)).json
        assert listed["active_profile"] == "away"
        assert list(listed["last_activated"]) == ["away"]
        assert (await client.answers(server, "onConnect", ""))[-1][1] == "away"
        for unknown in ("holiday", "", "Away"):
            await put(session, server, "*/set/profile", unknown)
            assert await client.received(server) == []
        messages = await client.answers(server, "profile/set", "night")
        assert messages[-1] == ("profile/state", "night")
        assert await setting(session, server, "detect", "enabled") is True
        await put(session, server, "*/set/profile", "none")
        assert (await client.received(server))[-1] == ("profile/state", "none")
        server.remove_camera("front_door")
        await put(session, server, "*/set/profile", "away")
        assert (await client.received(server))[-1] == ("profile/state", "away")


async def test_camera_that_goes_while_its_profile_is_active(
    session: aiohttp.ClientSession,
) -> None:
    async with FakeFrigate("0.18") as server, listen(session, server) as client:
        server.add_profile("away", "Away", {"front_door": {"snapshots": False}})
        await put(session, server, "*/set/profile", "away")
        server.remove_camera("front_door")
        await client.received(server)
        messages = await client.answers(server, "profile/set", "none")
        assert messages[-1] == ("profile/state", "none")


async def test_who_may_ask_for_profiles(session: aiohttp.ClientSession) -> None:
    async with FakeFrigate("0.18") as server:
        base, viewer = f"{server.external_url}/api", bearer(server, "viewer1")
        assert (await fetch(session, f"{base}/profiles", **viewer)).status == 200
        assert (await fetch(session, f"{base}/profile/active", **viewer)).status == 403
        answer = await fetch(session, f"{base}/profile/active", **bearer(server))
        assert answer.json == {"active_profile": None}


async def test_017_knows_no_profiles(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    base, viewer = f"{server.external_url}/api", bearer(server, "viewer1")
    answer = await fetch(session, f"{base}/profiles", **bearer(server))
    assert (answer.status, answer.json["message"]) == (404, "Camera not found")
    assert (await fetch(session, f"{base}/profiles", **viewer)).status == 403
    answer = await fetch(session, f"{base}/profile/active", **bearer(server))
    assert (answer.status, answer.json) == (404, {"detail": "Not Found"})
    assert server.add_profile("away", "Away").changes == {}
    async with listen(session, server) as client:
        await client.send("profile/set", "away")
        # What fails inside ends the connection of the sender.
        await server.wait_for_live(0)
