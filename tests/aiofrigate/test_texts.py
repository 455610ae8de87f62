"""What a language model of Frigate writes, and what people write in its place."""

from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    Config,
    FrigateBadRequestError,
    FrigateClient,
    FrigateConnectionError,
    FrigateDataError,
    FrigateForbiddenError,
    FrigateGenAiDisabledError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateServerError,
    FrigateStartingError,
    FrigateTimeoutError,
)
from tests.aiofrigate.conftest import ADMIN, VIEWER, Connect, sent, works
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import failure
from tests.versions import BEFORE_018, EVERY_VERSION, SINCE_018, WITH_016

SUMMARY = "/api/review/summarize/start/100/end/200.5"
TEXT = "# Night\n\nA courier left a parcel."


def answers(summary: object) -> Fault:
    """Return an answer with a summary."""
    return Fault.json({"success": True, "summary": summary})


@EVERY_VERSION
async def test_reviews_are_summarized(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    with pytest.raises(FrigateGenAiDisabledError, match="GenAI must be configured"):
        await client.reviews.summarize(100, 200.5)
    frigate.state.genai = True
    nothing = "No activity was found during this time period."
    assert await client.reviews.summarize(100, 200.5) == nothing
    frigate.fail(SUMMARY, answers(f" {TEXT}\n"), times=1)
    assert await client.reviews.summarize(100, 200.5) == TEXT
    frigate.fail(SUMMARY, answers("x" * 100_000))
    assert len(await client.reviews.summarize(100, 200.5)) == 20_000
    assert len(sent(frigate, SUMMARY, "POST")) == 4


@pytest.mark.parametrize("summary", [None, "", " \n", 7, ["a"], {"a": "b"}])
async def test_a_summary_that_is_no_text(
    frigate: FakeFrigate, client: FrigateClient, summary: object
) -> None:
    frigate.fail(SUMMARY, answers(summary), times=1)
    with pytest.raises(FrigateDataError, match="no summary"):
        await client.reviews.summarize(100, 200.5)
    frigate.fail(SUMMARY, answers(TEXT))
    assert await client.reviews.summarize(100, 200.5) == TEXT


async def test_a_summary_that_fails(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    failed = failure("Failed to create summary.", 500)
    frigate.fail(SUMMARY, Fault("answer", failed), times=1)
    with pytest.raises(FrigateServerError, match="Failed to create summary"):
        await client.reviews.summarize(100, 200.5)
    other = failure("GenAI is not for you", 400)
    frigate.fail(SUMMARY, Fault("answer", other), times=1)
    with pytest.raises(FrigateBadRequestError) as caught:
        await client.reviews.summarize(100, 200.5)
    assert type(caught.value) is FrigateBadRequestError
    frigate.fail(SUMMARY, answers(TEXT))
    assert await client.reviews.summarize(100, 200.5) == TEXT


@SINCE_018
async def test_since_0_18_only_administrators_get_a_summary(
    frigate: FakeFrigate, connect: Connect
) -> None:
    viewer = connect(frigate.external_url, **VIEWER)
    with pytest.raises(FrigateForbiddenError, match="Required: admin"):
        await viewer.reviews.summarize(100, 200.5)
    with pytest.raises(FrigateGenAiDisabledError):
        await connect(frigate.external_url, **ADMIN).reviews.summarize(100, 200.5)


@BEFORE_018
async def test_before_0_18_every_account_gets_a_summary(
    frigate: FakeFrigate, connect: Connect
) -> None:
    viewer = connect(frigate.external_url, **VIEWER)
    with pytest.raises(FrigateGenAiDisabledError):
        await viewer.reviews.summarize(100, 200.5)


async def test_a_summary_is_never_paid_for_twice(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail(SUMMARY, Fault.drop(), times=1)
    with pytest.raises(FrigateConnectionError):
        await client.reviews.summarize(100, 200.5)
    # After such a failure, nginx may refuse what it has not passed on, or has.
    frigate.fail("/api/users", Fault.status(500), times=1)
    with pytest.raises(FrigateServerError):
        await client.users.list()
    frigate.fail(SUMMARY, Fault.status(502), times=1)
    with pytest.raises(FrigateStartingError):
        await client.reviews.summarize(100, 200.5)
    assert len(sent(frigate, SUMMARY, "POST")) == 2
    frigate.fail(SUMMARY, answers(TEXT))
    assert await client.reviews.summarize(100, 200.5) == TEXT
    assert len(sent(frigate, SUMMARY, "POST")) == 3


async def test_a_summary_is_sent_again_where_only_the_login_was_lost(
    frigate: FakeFrigate, connect: Connect
) -> None:
    admin = connect(frigate.external_url, **ADMIN)
    assert await works(admin)
    frigate.fail(SUMMARY, answers(TEXT))
    frigate.fail(SUMMARY, Fault.status(401), times=1)
    assert await admin.reviews.summarize(100, 200.5) == TEXT
    assert len(sent(frigate, SUMMARY, "POST")) == 2


async def test_a_summary_may_take_two_minutes(
    frigate: FakeFrigate, client: FrigateClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.frigate_http.aiofrigate.reviews._SUMMARY_TIMEOUT", 0.05
    )
    frigate.fail(SUMMARY, Fault.stall())
    with pytest.raises(FrigateTimeoutError):
        await client.reviews.summarize(100, 200.5)
    assert len(sent(frigate, SUMMARY, "POST")) == 1
    frigate.clear_faults()
    frigate.fail(SUMMARY, answers(TEXT))
    monkeypatch.undo()
    assert await client.reviews.summarize(100, 200.5) == TEXT


@WITH_016
async def test_a_description_is_set_and_written_anew(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    event = frigate.add_event("front_door")
    await client.events.set_description(event.id, "A man.\nHe waits.")
    assert event.data["description"] == "A man.\nHe waits."
    await client.events.set_description(event.id, "")
    assert not event.data["description"]
    with pytest.raises(FrigateGenAiDisabledError, match="must be enabled"):
        await client.events.regenerate_description(event.id, "thumbnails")
    frigate.describe(objects=True)
    await client.events.regenerate_description(event.id, "thumbnails")
    await client.events.regenerate_description(event.id, "snapshot", force=True)
    assert frigate.state.regenerations == [
        (event.id, "thumbnails", False),
        (event.id, "snapshot", frigate.state.is_017),
    ]


@WITH_016
async def test_whether_there_is_a_language_model(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert not (await client.system.config()).has_language_model
    frigate.describe()
    assert (await client.system.config(fresh=True)).has_language_model
    odd: tuple[Any, ...] = (None, [], "ollama", {"a": None}, {"enabled": 1}, {"a": {}})
    for genai in odd:
        assert not Config.from_api({"genai": genai}).has_language_model


@EVERY_VERSION
async def test_refused_descriptions(
    frigate: FakeFrigate, client: FrigateClient, connect: Connect
) -> None:
    with pytest.raises(FrigateNotFoundError):
        await client.events.set_description("nobody", "A man")
    with pytest.raises(FrigateNotFoundError):
        await client.events.regenerate_description("nobody", "snapshot")
    event = frigate.add_event("front_door")
    viewer = connect(frigate.external_url, **VIEWER).events
    for refused in (
        viewer.set_description(event.id, "A man"),
        viewer.regenerate_description(event.id, "snapshot"),
    ):
        with pytest.raises(FrigateForbiddenError):
            await refused
    frigate.fail("/api/events/", Fault.html(), times=2)
    for lost in (
        client.events.set_description(event.id, "A man"),
        client.events.regenerate_description(event.id, "snapshot"),
    ):
        with pytest.raises(FrigateHTMLError):
            await lost
    assert "description" not in event.data
    await client.events.set_description(event.id, "A man")
    assert event.data["description"] == "A man"
