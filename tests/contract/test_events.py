"""Sequences of requests about events and reviews, which no single recording shows."""

from typing import Any

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .client import Answer, bearer, fetch


class Asker:
    """Asks one server as one user; the cache is passed by."""

    def __init__(
        self, session: aiohttp.ClientSession, server: FakeFrigate, user: str = "admin"
    ) -> None:
        self.session, self.server, self.user = session, server, user

    async def __call__(
        self, path: str, method: str = "GET", body: Any = None
    ) -> Answer:
        headers = bearer(self.server, self.user)["headers"] | {"X-Cache-Bypass": "1"}
        url = f"{self.server.external_url}/api{path}"
        return await fetch(self.session, url, method, headers=headers, json=body)


async def _create(ask: Asker, body: Any = None) -> str:
    path = "/events/front_door/doorbell/create"
    answer = await ask(path, "POST", {} if body is None else body)
    assert answer.status == 200
    event_id: str = answer.json["event_id"]
    return event_id


@EVERY_VERSION
async def test_a_new_event_is_in_the_database_a_moment_later(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server:
        ask = Asker(session, server)
        event_id = await _create(ask, {"duration": None, "sub_label": "ring"})
        end = f"/events/{event_id}/end"
        answer = await ask(end, "PUT", {})
        assert answer.status == 404
        assert answer.json["message"] == f"Event {event_id} not found."
        assert (await ask(end, "PUT", {})).json[
            "message"
        ] == "Event successfully ended."
        row = (await ask(f"/events/{event_id}")).json
        assert row["sub_label"] == "ring"
        assert row["end_time"] > row["start_time"]
        (review,) = (await ask("/review")).json
        assert review["data"]["detections"] == [event_id]


async def test_a_test_can_hold_the_rows_back(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    server.hold_events()
    event_id = await _create(ask)
    for _ in range(3):
        assert (await ask(f"/events/{event_id}")).status == 404
    server.release_events()
    assert (await ask("/events")).json == []
    assert [row["id"] for row in (await ask("/events")).json] == [event_id]


async def test_an_event_has_the_length_that_was_asked_for(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    server.state.cameras["front_door"].recording = False
    await _create(ask, {"duration": 7, "score": 0.5})
    assert (await ask("/events")).json == []
    (row,) = (await ask("/events")).json
    assert row["end_time"] - row["start_time"] == pytest.approx(7 + 5)
    assert row["data"] == {"type": "api", "score": 0.5, "top_score": 0.5}
    assert row["has_clip"] is False


@EVERY_VERSION
async def test_filters(session: aiohttp.ClientSession, version: str) -> None:
    async with FakeFrigate(version) as server:
        ask = Asker(session, server)
        old = server.add_event("Portones", "car", ago=3000, zones=["yard", "gate"]).id
        ana = server.add_event("front_door", ago=2000, sub_label="Ana, Eileen").id
        now = server.add_event("front_door", ago=10, duration=None, has_clip=False).id
        start = server.state.clock()
        is_018 = version != "0.17.2"
        for query, expected in {
            "": [now, ana, old],
            "labels=person,dog": [now, ana],
            "zones=gate": [old],
            "zones=None": [now, ana],
            "sub_labels=Ana": [ana],
            "sub_labels=Eileen": [ana],
            "sub_labels=eileen": [ana] if is_018 else [],
            "sub_labels=None": [now, old],
            f"after={start - 2500}&before={start - 60}": [ana],
            "has_clip=0": [now],
            "has_snapshot=0": [],
            "in_progress=1": [now],
            "limit=-1": [now, ana, old],
            "limit=1": [now],
            "favorites=1": [],
        }.items():
            found = [row["id"] for row in (await ask(f"/events?{query}")).json]
            assert found == expected, query
        assert "thumbnail" not in (await ask("/events?include_thumbnails=0")).json[0]
        assert (await ask("/events?after=soon")).json["detail"][0] == {
            "type": "float_parsing",
            "loc": ["query", "after"],
            "msg": "Input should be a valid number, unable to parse string as a number",
            "input": "soon",
        }


@EVERY_VERSION
async def test_what_a_restricted_role_sees(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server:
        ask = Asker(session, server, "gate1")
        event = server.add_event("front_door", "cat").id
        own = server.add_event("Portones", "car").id
        review = server.add_review("front_door").id
        server.add_review("Portones", "detection", ago=30)
        foreign = "Access denied to camera 'front_door'. Allowed: ['Portones']"
        for path in (
            f"/events/{event}",
            f"/events/{event}/thumbnail.jpg",
            f"/events/{event}/preview.gif",
            f"/review/{review}",
        ):
            answer = await ask(path)
            assert answer.status == 403
            assert answer.json == {"detail": foreign}
        answer = await ask("/reviews/viewed", "POST", {"ids": ["nobody", review]})
        assert answer.json == {"detail": foreign}
        assert [row["id"] for row in (await ask("/events")).json] == [own]
        assert len((await ask("/timeline")).json) == 2
        labels = (await ask("/labels")).json
        assert labels == (["car"] if version != "0.17.2" else ["car", "cat"])
        summary = (await ask("/review/summary")).json["last24Hours"]
        assert (summary["total_alert"], summary["total_detection"]) == (0, 1)
        assert (await ask("/review/summary?cameras=front_door")).json == {}


@EVERY_VERSION
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/events/front_door/doorbell/create"),
        ("PUT", "/events/{}/end"),
        ("POST", "/events/{}/retain"),
        ("DELETE", "/events/{}/retain"),
        ("POST", "/events/{}/sub_label"),
        ("POST", "/events/{}/description"),
        ("DELETE", "/events/{}"),
        ("DELETE", "/events/"),
        ("POST", "/reviews/delete"),
    ],
)
async def test_only_admins_change_events(
    session: aiohttp.ClientSession, server: FakeFrigate, method: str, path: str
) -> None:
    event = server.add_event("front_door")
    for user, role in (("viewer1", "viewer"), ("gate1", "gate")):
        answer = await Asker(session, server, user)(path.format(event.id), method, {})
        assert answer.status == 403
        text = f"Role {role} not authorized. Required: admin"
        assert answer.json == {"detail": text}
    answer = await Asker(session, server)(path.format("1.0-nobody"), method, {})
    assert answer.status in (200, 404, 422)
    assert server.state.database.events == {event.id: event}


@EVERY_VERSION
async def test_changes(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    ask = Asker(session, server)
    event = server.add_event("front_door", sub_label="Eileen")
    path = f"/events/{event.id}"
    await ask(f"{path}/retain", "POST")
    assert [row["id"] for row in (await ask("/events?favorites=1")).json] == [event.id]
    await ask(f"{path}/sub_label", "POST", {"subLabel": "Ana", "subLabelScore": 0.5})
    await ask(f"{path}/description", "POST", {"description": "a guest"})
    found = (await ask(path)).json
    assert (found["retain_indefinitely"], found["sub_label"]) == (True, "Ana")
    assert found["data"]["sub_label_score"] == 0.5
    assert found["data"]["description"] == "a guest"
    assert (await ask("/sub_labels")).json == ["Ana"]
    await ask(f"{path}/sub_label", "POST", {"subLabel": ""})
    await ask(f"{path}/retain", "DELETE")
    found = (await ask(path)).json
    assert (found["retain_indefinitely"], found["sub_label"]) == (False, None)
    answer = await ask("/events/", "DELETE", {"event_ids": [event.id, "x"]})
    assert answer.json["not_found_events"] == ["x"]
    assert (await ask("/events")).json == []


@pytest.mark.parametrize(
    ("path", "body", "kind", "message"),
    [
        ("sub_label", {"subLabel": 7}, "string_type", "a valid string"),
        ("sub_label", {"subLabel": "x" * 101}, "string_too_long", "at most 100"),
        (
            "sub_label",
            {"subLabel": "x", "subLabelScore": 0},
            "greater_than",
            "greater than 0",
        ),
        (
            "sub_label",
            {"subLabel": "x", "subLabelScore": 1.1},
            "less_than_equal",
            "less than or equal to 1",
        ),
        ("end", {"end_time": "later"}, "float_parsing", "a valid number"),
        ("end", {"end_time": []}, "float_type", "a valid number"),
        ("end", [], "model_attributes_type", "a valid dictionary"),
        ("description", {}, "missing", "Field required"),
        ("create", {"duration": 1.5}, "int_from_float", "a fractional part"),
        ("create", {"include_recording": 7.5}, "bool_type", "a valid boolean"),
        ("viewed", {"ids": [1]}, "string_type", "a valid string"),
    ],
)
async def test_what_the_forms_refuse(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    path: str,
    body: Any,
    kind: str,
    message: str,
) -> None:
    event = server.add_event("front_door")
    method = "PUT" if path == "end" else "POST"
    path = {
        "create": "/events/front_door/doorbell/create",
        "viewed": "/reviews/viewed",
    }.get(path, f"/events/{event.id}/{path}")
    answer = await Asker(session, server)(path, method, body)
    assert answer.status == 422
    (problem,) = answer.json["detail"]
    assert problem["type"] == kind
    assert message in problem["msg"]


@EVERY_VERSION
async def test_reviews_are_reviewed_by_each_user(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with FakeFrigate(version) as server:
        admin, viewer = (Asker(session, server, user) for user in ("admin", "viewer1"))
        nothing = (await admin("/review/summary")).json
        assert nothing == {"last24Hours": dict.fromkeys(nothing["last24Hours"])}
        running = server.add_review("front_door", duration=None, zones=["yard"]).id
        old = server.add_review("Portones", "detection", ago=90000, audio=["bark"]).id
        assert [row["id"] for row in (await admin("/review")).json] == [running]
        body = {"ids": [running, "1.0-nobody"]}
        await admin("/reviews/viewed", "POST", body)
        for ask, reviewed in ((admin, 1), (viewer, 0)):
            (row,) = (await ask("/review")).json
            assert row["has_been_reviewed"] is bool(reviewed)
            assert len((await ask("/review?reviewed=1")).json) == reviewed
            assert len((await ask("/review?reviewed=0")).json) == 1 - reviewed
            summary = (await ask("/review/summary?timezone=Mars/X")).json
            assert summary["last24Hours"]["reviewed_alert"] == reviewed
            assert summary["last24Hours"]["total_detection"] == 0
            assert len(summary) == 3
        found = (await admin("/review?after=1&limit=5&labels=bark")).json
        assert [row["id"] for row in found] == [old]
        assert (await admin("/review?severity=detection&zones=yard")).json == []
        await admin("/reviews/viewed", "POST", {**body, "reviewed": False})
        assert len((await admin("/review?reviewed=0")).json) == 1
        await viewer("/reviews/viewed", "POST", body)
        await viewer(f"/review/{running}/viewed", "DELETE")
        assert (await viewer("/review/nobody/viewed", "DELETE")).status == 404
        assert len((await viewer("/review?reviewed=0")).json) == 1
        await admin("/reviews/delete", "POST", {"ids": [running, "1.0-nobody"]})
        assert (await admin("/review")).json == []


async def test_on_the_internal_port_everybody_is_anonymous(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    review = server.add_review("front_door").id
    url = f"{server.internal_url}/api"
    body = {"ids": [review]}
    await fetch(session, f"{url}/reviews/viewed", "POST", json=body)
    assert (await fetch(session, f"{url}/review?reviewed=1")).json[0]["id"] == review
    assert (await Asker(session, server)("/review?reviewed=1")).json == []


async def test_lists_come_from_the_cache(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.internal_url}/api/review/summary"
    first = await fetch(session, url)
    server.add_review("front_door")
    assert (await fetch(session, url)).json == first.json
    fresh = await fetch(session, url, headers={"X-Cache-Bypass": "1"})
    assert fresh.json["last24Hours"]["total_alert"] == 1


async def test_pictures_of_labels(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    assert (await ask("/nobody/person/snapshot.jpg")).status == 404
    server.add_event("front_door", "cat", has_snapshot=False)
    assert "Cache-Control" not in (await ask("/front_door/cat/snapshot.jpg")).headers
    event = server.add_event("front_door", "cat", duration=None).id
    answer = await ask("/front_door/cat/snapshot.jpg")
    assert answer.headers["Cache-Control"] == "no-store"
    answer = await ask(f"/events/{event}/thumbnail.jpg")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert (await ask("/events/nobody/thumbnail.jpg")).status == 404
