"""Texts, searches, gaps and pictures on request, with the oddities of the real servers."""

from typing import Any

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, ONLY_016, WITH_016

from .client import fetch
from .live_client import listen, payload_of
from .test_events import Asker

_NO_ACTIVITY = "No activity was found during this time period."
_NO_CONCERNS = "No concerns were found during this time period."


def _told(answer: Any) -> tuple[int, str]:
    """Return the status of an answer, and what it says in words."""
    found = answer.json
    return answer.status, found.get("summary") or found.get("message")


@EVERY_VERSION
async def test_summaries(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    ask, now = Asker(session, server), server.state.clock()
    path = f"/review/summarize/start/{now - 500}/end/{now}"
    off = (400, "GenAI must be configured to use this feature.")
    assert _told(await ask(path, "POST")) == off
    server.describe()
    review = server.add_review("front_door", ago=400)
    assert _told(await ask(path, "POST")) == (200, _NO_ACTIVITY)
    server.review_described(review)
    assert _told(await ask(path, "POST")) == (200, _NO_CONCERNS)
    server.review_described(review, other_concerns=["a ladder"])
    assert _told(await ask(path, "POST")) == (200, server.state.summary)
    server.review_described(review, potential_threat_level=1)
    assert _told(await ask(path, "POST")) == (200, server.state.summary)
    early = f"/review/summarize/start/{now - 5000}/end/{now - 450}"
    assert _told(await ask(early, "POST")) == (200, _NO_ACTIVITY)
    server.state.summary = None
    failed = (500, "Failed to create summary.")
    assert _told(await ask(path, "POST")) == failed
    server.state.summary = "All of it, on every camera."
    refused = "Role {} not authorized. Required: admin"
    for user, role in (("viewer1", "viewer"), ("gate1", "gate")):
        answer = await Asker(session, server, user)(path, "POST")
        if version == "0.17.2":
            assert _told(answer) == (200, server.state.summary)
        else:
            assert answer.json == {"detail": refused.format(role)}
            assert answer.status == 403
    assert (await ask("/review/summarize/start/a/end/b", "POST")).status == 422
    assert (await ask(path)).status == 405
    if version != "0.17.2":
        server.review_described(review, metadata={"potential_threat_level": "high"})
        assert _told(await ask(path, "POST")) == failed


@ONLY_016
async def test_016_tells_no_summaries(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.describe()
    answer = await Asker(session, server)("/review/summarize/start/1/end/2", "POST")
    assert (answer.status, answer.json) == (404, {"detail": "Not Found"})


@EVERY_VERSION
async def test_a_summary_takes_as_long_as_a_test_wants(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.describe()
    server.fail("/api/review/summarize", Fault.stall())
    url = f"{server.internal_url}/api/review/summarize/start/1/end/2"
    patience = aiohttp.ClientTimeout(total=0.05)
    with pytest.raises(TimeoutError):
        await fetch(session, url, "POST", timeout=patience)
    server.clear_faults()
    assert _told(await fetch(session, url, "POST")) == (200, _NO_ACTIVITY)


@WITH_016
async def test_descriptions_are_set(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    ask, event = Asker(session, server), server.add_event("front_door")
    path = f"/events/{event.id}/description"
    set_to = f"Event {event.id} description set to A man"
    answer = await ask(path, "POST", {"description": "A man"})
    assert _told(answer) == (200, set_to)
    assert event.data["description"] == "A man"
    blank = (200, f"Event {event.id} description is now blank")
    assert _told(await ask(path, "POST", {"description": ""})) == blank
    if version != "0.18":
        assert _told(await ask(path, "POST", {"description": None})) == blank
    assert (await ask(path, "POST", {})).status == 422
    unknown = await ask("/events/1.0-nobody/description", "POST", {"description": "A"})
    assert _told(unknown) == (404, "Event 1.0-nobody not found")
    server.state.semantic_search = True
    answer = await ask(path, "POST", {"description": None})
    assert (answer.status, answer.body) == (500, b"Internal Server Error")


@WITH_016
async def test_descriptions_are_asked_for(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    ask, event = Asker(session, server), server.add_event("front_door")
    path = f"/events/{event.id}/description/regenerate"
    off = (
        "Semantic Search and Generative AI must be enabled to regenerate a description"
    )
    assert _told(await ask(path, "PUT")) == (400, off)
    forced = await ask(f"{path}?force=true&source=snapshot", "PUT")
    asked = f"Event {event.id} description regeneration has been requested using"
    if version == "0.16.4":
        # It does not know the parameter.
        assert _told(forced) == (400, off)
    else:
        assert _told(forced) == (200, f"{asked} snapshot")
        assert server.state.regenerations == [(event.id, "snapshot", True)]
        with pytest.raises(AssertionError, match="no language model"):
            server.object_described(event, "A man")
    server.describe("front_door", objects=True)
    assert _told(await ask(path, "PUT")) == (200, f"{asked} thumbnails")
    assert server.state.regenerations[-1] == (event.id, "thumbnails", False)
    # Nothing is described for the time being.
    assert "description" not in event.data
    wrong = (await ask(f"{path}?source=video&force=perhaps", "PUT")).json["detail"]
    assert [each["type"] for each in wrong] == ["enum", "none_required", "bool_parsing"]
    assert wrong[0]["msg"] == "Input should be 'thumbnails' or 'snapshot'"
    unknown = await ask("/events/1.0-nobody/description/regenerate", "PUT")
    assert _told(unknown) == (404, "Event 1.0-nobody not found")
    gone = server.add_event("nowhere")
    answer = await ask(f"/events/{gone.id}/description/regenerate", "PUT")
    assert answer.status == 500


@WITH_016
async def test_searches(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    server.state.semantic_search = True
    ask = Asker(session, server)
    car = server.add_event("Portones", "car", ago=900, score=0.7, zones=["yard"])
    car.data["average_estimated_speed"] = 20
    ana = server.add_event("front_door", ago=300, score=0.9, sub_label="Ana")
    words = "/events/search?query=Portones car"

    async def found(query: str) -> list[str]:
        answer = await ask(f"{words}&{query}")
        assert answer.status == 200, query
        return [row["id"] for row in answer.json]

    now = server.state.clock()
    for query, expected in {
        "cameras=Portones": [car.id],
        "cameras=nobody": [],
        "labels=person": [ana.id],
        "sub_labels=Ana": [ana.id],
        "sub_labels=None": [car.id],
        "zones=yard": [car.id],
        f"after={now - 600}": [ana.id],
        f"before={now - 600}": [car.id],
        "time_range=00:00,23:59": [car.id, ana.id],
        "limit=1": [car.id],
        "sort=date_desc": [ana.id, car.id],
        "sort=date_asc": [car.id, ana.id],
        "sort=score_desc": [ana.id, car.id],
        "sort=speed_desc": [car.id, ana.id],
        "sort=relevance": [car.id, ana.id],
        "has_clip=true": [car.id, ana.id],
        "min_score=0.8": [ana.id],
    }.items():
        assert await found(query) == expected, query
    # How far something is from words has no bounds.
    rows = (await ask(words)).json
    assert rows[0]["search_distance"] < 0 < rows[1]["search_distance"]
    like = f"/events/search?search_type=similarity&event_id={car.id}"
    assert (await ask(like)).json[0]["search_distance"] == 0
    running = server.object_appears("front_door", "car")
    server.set_sound("Portones", "car", on=True)
    server.set_sound("Portones", "car", on=False)
    # What still runs is not known by its picture yet, but may be compared; sounds have none.
    like = f"/events/search?search_type=similarity&event_id={running.id}"
    for path in (words, like):
        rows = (await ask(path)).json
        assert {row["id"] for row in rows} == {car.id, ana.id}, path
    running.data["description"] = "A car"
    rows = (await ask(f"{words}&search_type=thumbnail,description")).json
    assert [row["search_source"] for row in rows if row["id"] == running.id] == [
        "description"
    ]
    unknown = await ask("/events/search?search_type=similarity&event_id=1.0-nobody")
    assert _told(unknown) == (404, "Event not found")
    for query in (f"event_id={car.id}", "query=car&time_range=noon"):
        assert (await ask(f"/events/search?{query}")).status == 500, query
    assert (await ask(f"{words}&limit=few")).status == 422
    assert (await ask(f"{words}&has_clip=2")).status == 422


@WITH_016
async def test_gaps(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    ask = Asker(session, server)
    start = int(server.state.clock()) - 1000
    files = [(float(each), each + 10.0) for each in range(start, start + 300, 10)]
    listed = server.state.footage.listed
    listed["front_door"] = files[:9] + files[18:]
    listed["Portones"] = files[:12] + files[24:]
    window = f"after={start}&before={start + 300}"

    async def gaps(query: str) -> list[tuple[int, int]] | int:
        answer = await ask(f"/recordings/unavailable?{query}")
        if answer.status != 200:
            return answer.status
        spans = [(each["start_time"], each["end_time"]) for each in answer.json]
        return [(first - start, last - start) for first, last in spans]

    def either(old: Any, new: Any) -> Any:
        """0.16 counts a step that a recording only touches, and nothing at the edges."""
        return old if version == "0.16.4" else new

    door, both = f"{window}&cameras=front_door", f"{window}&cameras=front_door,Portones"
    assert await gaps(door) == either([(120, 150)], [(90, 180)])
    assert await gaps(f"{door}&scale=60") == either([], [(120, 180)])
    # Only what no camera recorded is a gap.
    assert await gaps(both) == either([], [(120, 180)])
    everywhere = either([], 500) if version != "0.18" else [(120, 180)]
    assert await gaps(window) == everywhere
    unknown = either([(0, 300)], [])
    assert await gaps(f"{window}&cameras=nobody") == unknown
    for query in (f"after={start}&cameras=front_door", "cameras=front_door"):
        assert await gaps(query) == 500, query
    assert await gaps(f"{window}&cameras=front_door&scale=soon") == 422
    listed["front_door"].clear()
    assert await gaps(door) == [(0, 300)]


@EVERY_VERSION
async def test_triggers_tell_when_they_fired(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    path = "/triggers/status/front_door"
    none = (404, "No triggers found for camera front_door")
    assert _told(await ask(path)) == none
    server.add_trigger("front_door", "parcel")
    never = {"last_triggered": None, "triggering_event_id": None}
    assert (await ask(path)).json == {"success": True, "triggers": {"parcel": never}}
    event = server.add_event("front_door")
    server.trigger_fires(event, "parcel")
    fired = (await ask(path)).json["triggers"]["parcel"]
    assert fired["triggering_event_id"] == event.id
    assert fired["last_triggered"] > event.start_time
    for user in ("viewer1", "gate1"):
        answer = await Asker(session, server, user)(path)
        text = "Access denied. A user with the admin role is required."
        assert (answer.status, answer.json) == (403, {"detail": text})


@EVERY_VERSION
async def test_recordings_weigh_what_a_test_wants(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask, now = Asker(session, server), int(server.state.clock())
    query = f"after={now - 100}&before={now - 50}"
    server.weigh_recordings("front_door", 30)
    heavy, light = [
        (await ask(f"/{camera}/recordings?{query}")).json
        for camera in ("front_door", "Portones")
    ]
    assert {each["segment_size"] for each in heavy} == {30}
    assert sum(each["segment_size"] for each in light) < 10
    storage = (await ask("/recordings/storage")).json
    assert storage["front_door"]["usage"] > 100 * storage["Portones"]["usage"]


@EVERY_VERSION
async def test_what_is_on_the_disk_at_once_and_what_later(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ask = Asker(session, server)
    async with listen(session, server) as client:
        event = server.object_appears("front_door", snapshot=False)
        review = server.review_starts("front_door", events=[event])
        started = payload_of(await client.received(server), "reviews")
        thumbnail = started["after"]["thumb_path"].removeprefix("/media/frigate")
        picture = await ask(f"/../{thumbnail.lstrip('/')}")
        assert picture.headers["Content-Type"] == "application/octet-stream"
        assert (await ask(f"/review/{review.id}")).json == started["after"]
        # A tracked object has a picture, whether or not that will be kept.
        shown = await ask(f"/events/{event.id}/snapshot.jpg")
        assert (shown.status, shown.headers["Cache-Control"]) == (200, "no-store")
        # The video of now is there 10 to 20 s later.
        begun = int(event.start_time)
        clip = f"/front_door/start/{begun}/end/{begun + 5}/clip.mp4"
        parts = f"/front_door/recordings?after={begun}&before={begun + 5}"
        nothing = (400, "No recordings found for the specified time range")
        assert _told(await ask(clip)) == nothing
        video = f"/../vod/front_door/start/{begun}/end/{begun + 5}/index.m3u8"
        assert (await ask(video)).status == 404
        server.write_recordings()
        assert (await ask(clip)).status == 200
        *_, last = (await ask(parts)).json
        # Now and then the last frames of a file are lost.
        assert event.start_time - 1 < last["end_time"] <= server.state.clock()
        server.snapshot_is_taken(event)
        update = payload_of(await client.received(server), "events")
    assert (update["before"]["has_snapshot"], update["after"]["has_snapshot"]) == (
        False,
        True,
    )
    server.object_leaves(event)
    assert (await ask(f"/events/{event.id}/snapshot.jpg")).status == 200
    without = server.add_event("front_door", has_snapshot=False)
    answer = await ask(f"/events/{without.id}/snapshot.jpg")
    assert _told(answer) == (404, "Snapshot not available")
