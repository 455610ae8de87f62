"""Waiting for the result of an export, whatever becomes of it."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.const import CONF_BROWSER_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import BOTH
from tests.services.export_calls import NEWER, create, refused
from tests.services.footage_time import in_time


@BOTH
async def test_the_result_is_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(
        hass,
        make_entry(
            frigate.internal_url,
            options={CONF_BROWSER_URL: "https://frigate.example/nvr/"},
        ),
    )
    frigate.state.exporter.looks_until_seen = 0 if frigate.state.is_018 else 2
    answer = await create(hass, entry, name="Mine", wait_for_result=True)
    (made,) = frigate.state.exporter.exports
    assert answer["export_id"] == made.id
    assert (answer["name"], answer["in_progress"]) == ("Mine", False)
    assert answer["url"] == f"https://frigate.example/nvr/exports/{made.file}"
    looks = sent(frigate, f"/api/exports/{made.id}")
    assert all(look.headers["X-Cache-Bypass"] == "1" for look in looks)


@NEWER
async def test_an_export_that_waits_in_the_queue(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.held, exporter.duration = True, 0

    def go_on() -> None:
        exporter.held = False

    answer, waited = await in_time(
        freezer, create(hass, entry, wait_for_result=True), meanwhile={30: go_on}
    )
    assert answer["in_progress"] is False
    assert 30 <= waited <= 36
    # It asks less and less often.
    assert len(sent(frigate, f"/api/exports/{answer['export_id']}")) <= 30


@NEWER
async def test_a_queue_that_is_forgotten(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.held = True
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(
            freezer,
            create(hass, entry, wait_for_result=True),
            meanwhile={10: frigate.restart},
        )
    assert caught.value.translation_key == "export_vanished"


@BOTH
@pytest.mark.parametrize("outcome", ["fail", "vanish"])
async def test_an_export_that_comes_to_nothing(
    hass: HomeAssistant, frigate: FakeFrigate, outcome: Any
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = outcome
    frigate.state.exporter.message = "No space left."
    with pytest.raises(HomeAssistantError) as caught:
        await create(hass, entry, wait_for_result=True)
    failed = frigate.state.is_018 and outcome == "fail"
    assert caught.value.translation_key == (
        "export_failed" if failed else "export_vanished"
    )
    assert ("(No space left)" in str(caught.value)) is failed
    frigate.state.exporter.outcome = "done"
    assert await create(hass, entry, wait_for_result=True)


@pytest.mark.parametrize(
    ("hidden_for", "is_found"), [(3, True), (1000, False)], ids=["late", "never"]
)
async def test_a_row_that_comes_late(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    hidden_for: int,
    is_found: bool,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.looks_until_seen, exporter.duration = hidden_for, 0
    watched = in_time(freezer, create(hass, entry, wait_for_result=True), 0.5)
    if is_found:
        answer, _waited = await watched
        assert answer["in_progress"] is False
    else:
        with pytest.raises(HomeAssistantError, match="has vanished"):
            await watched


@BOTH
async def test_an_export_that_hangs(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = "hang"
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, create(hass, entry, wait_for_result=True, timeout=90))
    (made,) = frigate.state.exporter.exports
    assert str(caught.value) == (
        f"The export {made.id} is still in progress after 90 seconds. "
        "Look for it in Frigate later, or wait longer"
    )


@BOTH
async def test_silence_does_not_end_the_watch(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/exports/", Fault.drop_body(), times=3)
    answer, _waited = await in_time(freezer, create(hass, entry, wait_for_result=True))
    assert answer["in_progress"] is False
    # Unless it lasts until the time is up.
    frigate.fail("/api/exports/", Fault.status(502))
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, create(hass, entry, wait_for_result=True, timeout=20))
    assert caught.value.translation_key == "outcome_unknown"


@BOTH
async def test_a_refusal_ends_the_watch(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/exports/", Fault.status(403), times=1)
    assert await refused(hass, entry, wait_for_result=True) == "forbidden"
    assert await create(hass, entry, wait_for_result=True)


@NEWER
async def test_an_export_that_is_put_into_a_case(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    case, exporter = frigate.add_case("Break-in"), frigate.state.exporter
    exporter.outcome = "hang"

    def assign() -> None:
        exporter.exports[0].case = case.id

    def finish() -> None:
        exporter.exports[0].outcome = "done"

    answer, waited = await in_time(
        freezer,
        create(hass, entry, wait_for_result=True),
        meanwhile={5: assign, 10: finish},
    )
    assert (answer["in_progress"], waited > 10) == (False, True)
    # Deleted in the web interface, it is in no list any more.
    exporter.exports.clear()
    with pytest.raises(HomeAssistantError, match="has vanished"):
        await in_time(
            freezer,
            create(hass, entry, wait_for_result=True),
            meanwhile={5: assign, 10: exporter.exports.clear},
        )
