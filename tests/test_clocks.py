"""Clocks that differ: nothing that happens is lost, and the owner learns of it."""

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.dates import as_local_iso
from custom_components.frigate_http.diagnostics import (
    async_get_config_entry_diagnostics,
)
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.clock import in_time
from tests.common import pass_polls, pass_time, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy, WrongClock
from tests.live.common import until, until_pushing
from tests.live.test_event import REVIEW, EventPayload
from tests.services.common import call, camera_entity
from tests.versions import EVERY_VERSION, WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

LIVE_POLL = 5
OFFSETS = (-3600.0, -600.0, -106.0, 106.0, 600.0, 3600.0)
"""Seconds by which Frigate's clock is ahead."""
WITH_EACH_OFFSET = pytest.mark.parametrize("offset", OFFSETS)


@pytest.fixture
def offset() -> float:
    """Return the offset of Frigate's clock; tests override it by parametrization."""
    return -106.0


@pytest.fixture
def clock(offset: float) -> WrongClock:
    """Return Frigate's clock."""
    return WrongClock(offset)


@pytest.fixture
def frigate_options(clock: WrongClock) -> dict[str, Any]:
    """Let the server have this clock."""
    return {"clock": clock}


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> None:
    """Let Home Assistant have a media folder."""
    hass.config.config_dir = str(tmp_path.resolve())
    hass.config.media_dirs = {"local": str(tmp_path.resolve() / "media")}


# What happens


@WITH_016
@WITH_EACH_OFFSET
@pytest.mark.parametrize("after", [0, 9])
async def test_nothing_is_lost_while_it_is_polled(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    after: int,
) -> None:
    """At once, when a single answer has told of the clock, as well as later."""
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await pass_polls(hass, freezer, after)
    told = EventPayload(hass, entry, REVIEW)
    brief = frigate.review_starts("front_door")
    freezer.tick(3)
    frigate.review_ends(brief)
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["alert_started", "ended"]
    assert told.attributes[0]["start"] == as_local_iso(brief.start_time)
    assert told.attributes[1]["end"] == as_local_iso(brief.end_time)

    seen = frigate.review_starts("front_door", "detection")
    await pass_time(hass, freezer, LIVE_POLL)
    frigate.review_ends(seen)
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types[2:] == ["detection_started", "ended"]
    assert told.attributes[3]["end"] == as_local_iso(seen.end_time)
    for _ in range(15):
        await pass_time(hass, freezer, LIVE_POLL)
    assert len(told.types) == 4


@EVERY_VERSION
@WITH_EACH_OFFSET
@pytest.mark.parametrize("seconds", [60, 120])
async def test_nothing_is_lost_in_a_gap(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    seconds: int,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    await pass_polls(hass, freezer, 3)
    told = EventPayload(hass, entry, REVIEW)
    old = frigate.add_review("front_door", ago=30_000)
    frigate.block_live(502)
    frigate.drop_live()
    frigate.fail("/api/review", Fault.status(502))
    await until(hass, lambda: not entry.runtime_data.live.is_pushing)
    brief = frigate.review_starts("front_door")
    freezer.tick(3)
    frigate.review_ends(brief)
    freezer.tick(seconds)
    frigate.clear_faults()
    frigate.unblock_live()
    await pass_time(hass, freezer, 61)
    await until_pushing(hass, entry, frigate)
    assert told.types == ["alert_started", "ended"]
    assert {one["review_id"] for one in told.attributes} == {brief.id} != {old.id}
    assert told.attributes[1]["end"] == as_local_iso(brief.end_time)


# Periods


@EVERY_VERSION
@WITH_EACH_OFFSET
@pytest.mark.parametrize("after", [0, 9])
async def test_the_last_minutes_are_the_last_ones_of_frigate(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    after: int,
) -> None:
    await pass_polls(hass, freezer, after)
    events = [frigate.add_event("front_door", ago=ago) for ago in (800, 590, 300, 1)]
    reviews = [frigate.add_review("front_door", ago=ago) for ago in (800, 590, 300, 1)]
    found = await call(hass, "get_events", duration="00:10:00")
    assert {one["event_id"] for one in _listed(found, "events")} == {
        one.id for one in events[1:]
    }
    # As times of Frigate, which can be used to ask for more.
    assert {one["start"] for one in _listed(found, "events")} == {
        as_local_iso(one.start_time) for one in events[1:]
    }
    found = await call(hass, "get_reviews", duration="00:10:00")
    assert {one["review_id"] for one in _listed(found, "reviews")} == {
        one.id for one in reviews[1:]
    }
    start = _listed(found, "reviews")[0]["start"]
    assert _listed(await call(hass, "get_reviews", start_time=start), "reviews")


def _listed(answer: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer[key]
    return found


@EVERY_VERSION
@WITH_EACH_OFFSET
async def test_a_clip_of_the_last_seconds(
    hass: HomeAssistant,
    media: None,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    clock: WrongClock,
    freezer: FrozenDateTimeFactory,
) -> None:
    async def clip(**period: Any) -> dict[str, Any]:
        entity_id = camera_entity(hass, entry)
        answers = await call(hass, "download_clip", entity_id=entity_id, **period)
        found = answers[entity_id]
        assert isinstance(found, dict)
        return found

    # Makes the fake record its video before the time moves on.
    assert "incomplete" not in await clip(start_time=clock() - 90, duration=9)
    asked_at = clock()
    answer, waited = await in_time(freezer, clip(duration=20))
    assert "incomplete" not in answer
    assert answer["gaps"] == []
    # Frigate writes it 10 to 20 seconds late, and its present is known within seconds.
    assert waited < 60
    end = dt_util.parse_datetime(answer["end"])
    assert end is not None
    assert abs(end.timestamp() - asked_at) <= 16


@WITH_EACH_OFFSET
async def test_times_that_are_future_by_neither_clock(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    clock: WrongClock,
    freezer: FrozenDateTimeFactory,
) -> None:
    """What Frigate has told a moment ago is not the future, whichever clock is ahead."""
    await pass_polls(hass, freezer, 9)
    event = frigate.add_event("front_door", ago=1, duration=None)
    answer = await call(hass, "get_events", start_time=event.start_time - 0.5)
    assert [one["event_id"] for one in _listed(answer, "events")] == [event.id]
    await call(hass, "end_event", event_id=event.id, end_time=clock())
    assert event.end_time == clock()

    latest = max(clock(), freezer().replace(tzinfo=UTC).timestamp())
    target = {"entity_id": camera_entity(hass, entry)}
    for action, key, data in (
        ("get_events", "bad_times", {"start_time": latest + 30}),
        ("get_reviews", "bad_times", {"start_time": latest + 30}),
        ("download_snapshot", "bad_times", {**target, "timestamp": latest + 30}),
        ("end_event", "end_ahead", {"event_id": event.id, "end_time": latest + 630}),
        (
            *("download_clip", "end_ahead"),
            {**target, "start_time": clock() - 9, "end_time": clock() + 630},
        ),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, action, **data)
        assert caught.value.translation_key == key


# Who learns of it


def _issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    """Return the issue, if there is one."""
    return next(
        (
            one
            for one in ir.async_get(hass).issues.values()
            if one.translation_key == "clocks_differ" and one.active
        ),
        None,
    )


async def _diagnosed(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, float]:
    """Return what diagnostics tell of the clock."""
    found = await async_get_config_entry_diagnostics(hass, entry)
    clock: dict[str, float] = found["server"]["clock"]
    return clock


async def _health(hass: HomeAssistant) -> str:
    """Return the line of system health."""
    assert await async_setup_component(hass, "system_health", {})
    line = (await get_system_health_info(hass, DOMAIN))["Frigate"]
    assert isinstance(line, str)
    return line


@WITH_016
@pytest.mark.parametrize(
    ("offset", "seconds", "words"),
    [(-106.0, 106, "behind"), (106.0, 106, "ahead"), (-86400.0, 86400, "behind")],
)
@pytest.mark.parametrize("is_behind_proxy", [True, False])
async def test_the_owner_learns_of_it_until_the_clocks_agree(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    clock: WrongClock,
    freezer: FrozenDateTimeFactory,
    seconds: int,
    words: str,
    is_behind_proxy: bool,
) -> None:
    async with FrontProxy(frigate.internal_url) as proxy:
        url = proxy.url if is_behind_proxy else frigate.internal_url
        entry = await set_up(hass, make_entry(url))
        await pass_polls(hass, freezer, 2)
        issue = _issue(hass)
        assert issue is not None
        placeholders = issue.translation_placeholders or {}
        assert abs(int(placeholders["seconds"]) - seconds) <= 12
        ours, theirs = (
            dt_util.parse_datetime(placeholders[key])
            for key in ("home_assistant", "frigate")
        )
        assert ours is not None
        assert theirs is not None
        assert abs((theirs - ours).total_seconds() - clock.offset) <= 12
        assert words in await _health(hass)
        told = await _diagnosed(hass, entry)
        assert told["lowest"] <= clock.offset <= told["highest"]
        # It stays as it is, instead of being another one with each poll.
        await pass_polls(hass, freezer, 1)
        assert _issue(hass) is issue

        clock.offset = 0.0
        await pass_polls(hass, freezer, 5)
        assert _issue(hass) is None
        assert "clock" not in await _health(hass)
        told = await _diagnosed(hass, entry)
        assert told == {"offset": 0.0, "lowest": 0.0, "highest": 0.0}
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("offset", [-600.0, 600.0])
async def test_stats_are_not_stale_because_a_proxy_has_another_clock(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    clock: WrongClock,
    freezer: FrozenDateTimeFactory,
) -> None:
    stale = ("binary_sensor", "server:stats_stale")
    async with FrontProxy(frigate.internal_url) as proxy:
        entry = await set_up(hass, make_entry(proxy.url))
        await pass_polls(hass, freezer, 2)
        assert state_of(hass, entry, *stale) == STATE_OFF
        frozen = {"last_updated": int(clock())}
        frigate.state.stats_overrides["service"] = frozen
        await pass_polls(hass, freezer, 10)
        assert state_of(hass, entry, *stale) == STATE_ON
        frigate.state.stats_overrides.clear()
        await pass_polls(hass, freezer, 1)
        assert state_of(hass, entry, *stale) == STATE_OFF
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("offset", [-20.0, 0.0, 20.0])
async def test_less_than_half_a_minute_is_no_issue(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    for _ in range(10):
        await pass_polls(hass, freezer, 1)
        assert _issue(hass) is None


@pytest.mark.parametrize("offset", [0.0])
async def test_stats_that_are_only_old_are_no_clock(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    clock: WrongClock,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Frigate has stopped to compute them, which its own entity tells."""
    frigate.state.stats_overrides["service"] = {"last_updated": int(clock()) - 900}
    await set_up(hass, make_entry(frigate.internal_url))
    for _ in range(10):
        await pass_polls(hass, freezer, 1)
        assert _issue(hass) is None
    assert "clock" not in await _health(hass)
