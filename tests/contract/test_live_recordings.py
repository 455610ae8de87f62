"""The recorded sessions of `/ws`, replayed: the same is said, and the same comes back."""

import asyncio
from collections import Counter
import json
from pathlib import Path
import re
from typing import Any

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate
from tests.versions import VERSIONS

from .live_client import LiveClient, Message, listen

FIXTURES = Path(__file__).parents[1] / "fixtures"
SESSIONS = [
    pytest.param(version, path.stem, id=f"{version}-{path.stem}")
    for version in VERSIONS
    for path in sorted((FIXTURES / version).glob("ws*.json"))
]
# What cameras see, and what Frigate says from time to time, is no answer to anything.
UNASKED = re.compile(
    r"events|reviews|stats|tracked_object_update|.*/(status/detect|review_status|motion)|"
    r".*/(person|car|all)(/active)?|.*/audio/(dBFS|rms|speech)"
)
# A recording of topics alone: somebody with a restricted role has asked for the greeting.
TOPICS_ONLY = [{"topic": "onConnect", "payload": ""}]


async def _send(
    client: LiveClient, server: FakeFrigate, sent: list[Any]
) -> list[Message]:
    for number, message in enumerate(sent, 1):
        text = message if isinstance(message, str) else json.dumps(message)
        await client.socket.send_str(text)
        await server.wait_for_live_received(number)
    return await client.received(server)


def _user(session: dict[str, Any], name: str) -> str | None:
    if ":5000/" in session.get("url", ""):
        return None
    users = {"viewer": "viewer1", "gate": "gate1"}
    return next((user for role, user in users.items() if role in name), "admin")


def _recorded(session: dict[str, Any]) -> list[Message]:
    """Return the answers of a session; two clients may have asked for the greeting."""
    if "topics" in session:
        return [(topic, "") for topic in session["topics"]]
    answers: list[Message] = []
    for message in session["messages"]:
        answer = message["topic"], message["payload"]
        if not UNASKED.fullmatch(answer[0]) and answer not in answers:
            answers.append(answer)
    return answers


def _comparable(messages: list[Message]) -> list[Message]:
    """Leave out what was in sight then and is not now."""
    return [
        (topic, list(json.loads(payload)) if topic == "camera_activity" else payload)
        for topic, payload in messages
    ]


@pytest.mark.parametrize(("version", "name"), SESSIONS)
async def test_session(session: aiohttp.ClientSession, version: str, name: str) -> None:
    path = FIXTURES / version / f"{name}.json"
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    recording = json.loads(text)
    async with (
        FakeFrigate(version) as server,
        listen(session, server, _user(recording, name)) as client,
    ):
        sent = recording.get("sent", TOPICS_ONLY)
        messages = await _send(client, server, sent)
        expected = [
            each for each in _recorded(recording) if not UNASKED.fullmatch(each[0])
        ]
        if "topics" in recording:
            assert [topic for topic, _ in messages] == [topic for topic, _ in expected]
        else:
            assert _comparable(messages) == _comparable(expected)


@pytest.mark.parametrize(("version", "name"), SESSIONS)
async def test_playing_a_session(
    session: aiohttp.ClientSession, version: str, name: str
) -> None:
    path = FIXTURES / version / f"{name}.json"
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    recording = json.loads(text)
    if "messages" not in recording:
        assert Counter(recording["topics"]).total() > 0
        return
    async with (
        FakeFrigate(version) as server,
        listen(session, server, "viewer1") as client,
    ):
        await server.play(path)
        expected = [(each["topic"], each["payload"]) for each in recording["messages"]]
        assert await client.received(server) == expected
