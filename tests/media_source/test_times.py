"""Days and hours by Home Assistant's time zone, also when the clocks change."""

from datetime import UTC, date, datetime
from itertools import pairwise
import math

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.media_ids import (
    MediaId,
    RecordingsOfCamera,
    RecordingsOfDay,
    ReviewsOfDay,
    Severity,
)
from custom_components.frigate_http.media_source.times import (
    clocks_change,
    day_period,
    hours_of,
    parts_of,
)
from custom_components.frigate_http.periods import Period
from homeassistant.auth.models import User
from homeassistant.components.media_player import BrowseMedia
from homeassistant.components.media_source import (
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from tests.common import pass_time
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION
from tests.views.player import Player

DOOR = "front_door"
HOUR = 3600
SHORT, LONG = date(2026, 3, 29), date(2026, 10, 25)
"""The days on which Madrid has 23 and 25 hours."""


def utc(month: int, day: int, hour: int) -> float:
    """Return a time of 2026 in seconds since the epoch."""
    return datetime(2026, month, day, hour, tzinfo=UTC).timestamp()


ZONES: tuple[tuple[str, date, float, dict[int, float | None]], ...] = (
    ("Europe/Madrid", date(2026, 11, 26), 24, {}),
    ("Europe/Madrid", SHORT, 23, {2: None}),
    ("Europe/Madrid", LONG, 25, {2: 2.0}),
    ("Asia/Kolkata", date(2026, 11, 26), 24, {}),
    # Half an hour comes twice.
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5, {1: 1.5}),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5, {2: 0.5}),
    # Midnight comes twice, and not at all.
    ("America/Havana", date(2026, 11, 1), 25, {0: 2.0}),
    ("America/Havana", date(2026, 3, 8), 23, {0: None}),
)
"""A day, how many hours it has, and the hours of another length."""


async def test_hours_of_a_day(hass: HomeAssistant) -> None:
    for zone, day, hours, lengths in ZONES:
        await hass.config.async_set_time_zone(zone)
        period, found = day_period(day), hours_of(day)
        assert period.end - period.start == hours * HOUR
        expected = dict.fromkeys(range(24), 1.0) | lengths
        assert {hour: (one.end - one.start) / HOUR for hour, one in found.items()} == {
            hour: length for hour, length in expected.items() if length is not None
        }
        # Together they are the day.
        ends = [one.end for one in found.values()]
        assert [one.start for one in found.values()] == [period.start, *ends[:-1]]
        assert ends[-1] == period.end
        assert clocks_change(day) is (hours != 24)


async def listed(hass: HomeAssistant, where: MediaId | str) -> list[BrowseMedia]:
    """Return what is in a folder, as an automation sees it."""
    if isinstance(where, MediaId):
        where = where.media_content_id
    return [*((await async_browse_media(hass, where)).children or ())]


def hour_of(node: BrowseMedia) -> str:
    """Return the time with which a title begins."""
    return node.title.partition(" ")[0]


@EVERY_VERSION
@pytest.mark.parametrize(
    ("day", "hours", "span"),
    [
        (SHORT, ["03:00", "01:00"], (utc(3, 29, 0), utc(3, 29, 2))),
        (
            LONG,
            ["03:00", "02:00", "01:00"],
            (utc(10, 24, 23), utc(10, 25, 3)),
        ),
    ],
    ids=["short", "long"],
)
async def test_recordings_of_days_on_which_the_clocks_change(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    day: date,
    hours: list[str],
    span: tuple[float, float],
) -> None:
    freezer.move_to(f"{day}T20:00:00+00:00")
    await hass.config.async_set_time_zone("Europe/Madrid")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.record_only(DOOR, span)

    (only,) = await listed(hass, RecordingsOfCamera(entry.entry_id, DOOR))
    assert only.title.startswith(str(day))
    found = await listed(hass, only.media_content_id)
    assert [hour_of(one) for one in found] == hours
    periods = [
        [float(each) for each in one.media_content_id.split("/")[-2:]] for one in found
    ]
    assert (periods[-1][0], periods[0][1]) == span
    assert all(later[0] == earlier[1] for later, earlier in pairwise(periods))
    for one in found:
        await async_resolve_media(hass, one.media_content_id, None)


@EVERY_VERSION
async def test_reviews_of_a_day_of_25_hours(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-10-26T12:00:00+00:00")
    await hass.config.async_set_time_zone("Europe/Madrid")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    begin, end = utc(10, 24, 22), utc(10, 25, 23)
    for start in (begin - 1, begin, begin + 2 * HOUR, begin + 3 * HOUR, end - 1, end):
        frigate.add_review(DOOR, ago=frigate.state.clock() - start, duration=1)
    found = await listed(hass, ReviewsOfDay(entry.entry_id, Severity.ALERT, LONG))
    # The same hour, twice.
    assert [hour_of(one) for one in found] == [
        "23:59:59",
        "02:00:00",
        "02:00:00",
        "00:00:00",
    ]


def test_parts_are_short_enough_and_few_enough() -> None:
    assert parts_of(Period(1.0, 1.5)) == [Period(1.0, 1.5)]
    parts = parts_of(Period(0.0, 20_000.0))
    assert parts == [
        Period(0.0, 9_900.0),
        Period(9_900.0, 19_800.0),
        Period(19_800.0, 20_000.0),
    ]
    endless = parts_of(Period(1.0, 1.8e9))
    assert len(endless) == 100
    assert all(0 < one.end - one.start <= 9_900 for one in endless)


@EVERY_VERSION
async def test_the_running_hour_grows(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: User,
) -> None:
    freezer.move_to("2026-11-26T12:00:00+00:00")
    # It is a quarter to six.
    await hass.config.async_set_time_zone("Asia/Kathmandu")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    now = frigate.state.clock()
    frigate.record_only(DOOR, (now - 100, math.inf))
    where = RecordingsOfDay(entry.entry_id, DOOR, date(2026, 11, 26))
    player = Player(hass, hass_client_no_auth)
    login = await player.log_in(hass_admin_user)

    async def segments() -> int:
        (hour,) = await listed(hass, where)
        assert hour_of(hour) == "17:00"
        found = await async_resolve_media(hass, hour.media_content_id, None)
        path = found.url.partition("?")[0]
        assert path.endswith(f"/{now - 2700}/{now + 900}/master.m3u8")
        return len((await player.play(player.sign(path, login))).files)

    before = await segments()
    await pass_time(hass, freezer, 300)
    assert await segments() == before + 30
