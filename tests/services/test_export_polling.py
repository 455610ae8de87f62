"""Waiting for the result of an export, whatever becomes of it."""

import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.const import CONF_BROWSER_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import in_time
from tests.common import reauths, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity
from tests.services.export_calls import create
from tests.versions import EVERY_VERSION, SINCE_018


@EVERY_VERSION
async def test_wait_for_result(hass: HomeAssistant, frigate: FakeFrigate) -> None:
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
    # Inside Home Assistant, its own address is used.
    video = f"/api/frigate_http/{entry.entry_id}/export/{made.id}/video.mp4"
    assert answer["video"] == video
    looks = sent(frigate, f"/api/exports/{made.id}")
    assert all(look.headers["X-Cache-Bypass"] == "1" for look in looks)


@SINCE_018
async def test_a_queued_export_is_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.held, exporter.looks_until_done = True, 0

    def go_on() -> None:
        exporter.held = False

    answer, waited = await in_time(
        freezer, create(hass, entry, wait_for_result=True), meanwhile={30: go_on}
    )
    assert answer["in_progress"] is False
    assert 30 <= waited <= 36
    # It asks less and less often.
    assert len(sent(frigate, f"/api/exports/{answer['export_id']}")) <= 30


@SINCE_018
async def test_a_queue_lost_by_a_restart(
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
    assert caught.value.translation_key == "export_without_video"


@EVERY_VERSION
@pytest.mark.parametrize("outcome", ["fail", "vanish"])
async def test_a_failed_export(
    hass: HomeAssistant, frigate: FakeFrigate, outcome: Any
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = outcome
    frigate.state.exporter.message = "No space left."
    with pytest.raises(HomeAssistantError) as caught:
        await create(hass, entry, wait_for_result=True)
    failed = frigate.state.is_018 and outcome == "fail"
    assert caught.value.translation_key == (
        "export_failed" if failed else "export_without_video"
    )
    assert ("(No space left)" in str(caught.value)) is failed
    frigate.state.exporter.outcome = "done"
    assert await create(hass, entry, wait_for_result=True)


@pytest.mark.parametrize(
    ("hidden_for", "is_found"), [(3, True), (1000, False)], ids=["late", "never"]
)
async def test_an_export_that_is_listed_late(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    hidden_for: int,
    is_found: bool,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.looks_until_seen, exporter.looks_until_done = hidden_for, 0
    watched = in_time(freezer, create(hass, entry, wait_for_result=True), 0.5)
    if is_found:
        answer, _waited = await watched
        assert answer["in_progress"] is False
    else:
        with pytest.raises(HomeAssistantError, match="ended without a video"):
            await watched


@EVERY_VERSION
async def test_an_export_that_does_not_finish_in_time(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = "hang"
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, create(hass, entry, wait_for_result=True, timeout=90))
    (made,) = frigate.state.exporter.exports
    assert str(caught.value) == (
        f"The export {made.id} is still in progress after 90 seconds. "
        "Look for it in Frigate later, or use a longer timeout"
    )


@EVERY_VERSION
async def test_an_export_that_never_ends_is_asked_for_less_and_less(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = "hang"
    asked: list[int] = []

    def count() -> None:
        (made,) = frigate.state.exporter.exports
        asked.append(len(sent(frigate, f"/api/exports/{made.id}")))

    with pytest.raises(HomeAssistantError, match="still in progress after 3600"):
        await in_time(
            freezer,
            create(hass, entry, wait_for_result=True, timeout=3600),
            10,
            {40: count, 600: count, 1800: count, 3590: count},
        )
    start, early, middle, end = asked
    assert start >= 3
    assert early - start <= 60
    assert middle - early <= 45
    assert end - middle <= 62


@EVERY_VERSION
@pytest.mark.parametrize(
    "fault",
    [Fault.drop(), Fault.drop_body(), Fault.status(500), Fault.status(502)],
    ids=["drop", "drop_body", "500", "502"],
)
async def test_temporary_errors_do_not_end_the_polling(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/(exports|jobs)", fault, times=6)
    answer, _waited = await in_time(freezer, create(hass, entry, wait_for_result=True))
    assert answer["in_progress"] is False
    # Unless it lasts until the time is up.
    frigate.fail("/api/(exports|jobs)", fault)
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, create(hass, entry, wait_for_result=True, timeout=20))
    assert caught.value.translation_key == "export_unwatched"
    made = frigate.state.exporter.exports[-1]
    assert f"The export {made.id} was started, but its progress is unknown" in str(
        caught.value
    )
    assert not reauths(hass)
    frigate.clear_faults()
    assert await in_time(freezer, create(hass, entry, wait_for_result=True))


@EVERY_VERSION
async def test_retry_after_is_respected(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.looks_until_done = 0
    frigate.fail("/api/exports/", Fault.status(429), times=1)
    answer, waited = await in_time(freezer, create(hass, entry, wait_for_result=True))
    assert answer["in_progress"] is False
    assert 60 <= waited <= 63
    # It is kept also where the time is up before its end.
    frigate.clear_requests()
    frigate.fail("/api/exports/", Fault.status(429))
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, create(hass, entry, wait_for_result=True, timeout=30))
    assert caught.value.translation_key == "export_unwatched"
    made = frigate.state.exporter.exports[-1]
    assert len(sent(frigate, f"/api/exports/{made.id}")) == 1


@EVERY_VERSION
@pytest.mark.parametrize(
    ("fault", "is_lost"),
    [
        (Fault.status(401), True),
        (Fault.redirect("https://login.example/"), True),
        (Fault.status(403), False),
        (Fault.html(), False),
    ],
    ids=["401", "redirect", "403", "html"],
)
async def test_a_permanent_error_ends_the_polling(
    hass: HomeAssistant, frigate: FakeFrigate, fault: Fault, is_lost: bool
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/exports/", fault, times=1)
    with pytest.raises(HomeAssistantError) as caught:
        await create(hass, entry, wait_for_result=True)
    assert caught.value.translation_key == "export_unwatched"
    (made,) = frigate.state.exporter.exports
    assert made.id in str(caught.value)
    await hass.async_block_till_done()
    assert len(reauths(hass)) == is_lost
    assert await create(hass, entry, wait_for_result=True)


@EVERY_VERSION
@pytest.mark.parametrize(
    ("ends_in", "key"), [(-120, "export_unwatched"), (30, "closed")]
)
async def test_the_entry_is_unloaded_while_polling(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    ends_in: float,
    key: str,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = "hang"
    camera, end = camera_entity(hass, entry), time.time() + ends_in

    def unload() -> None:
        hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))

    with pytest.raises(HomeAssistantError) as caught:
        await in_time(
            freezer,
            call(
                hass,
                "create_export",
                entity_id=camera,
                start_time=end - 60,
                end_time=end,
                source="preview",
                wait_for_result=True,
            ),
            meanwhile={5: unload},
        )
    assert caught.value.translation_key == key
    # What was not begun yet is not begun any more.
    assert len(frigate.state.exporter.exports) == (ends_in < 0)
    await hass.async_block_till_done()
    await hass.config_entries.async_setup(entry.entry_id)
    frigate.state.exporter.outcome = "done"
    assert await in_time(freezer, create(hass, entry, wait_for_result=True))


@EVERY_VERSION
async def test_the_timeout_includes_slow_answers(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/exports/", Fault.stall())
    begun = time.time()
    watched = create(hass, entry, wait_for_result=True, timeout=1)
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, watched, 0.5)
    assert time.time() - begun <= 2
    assert caught.value.translation_key == "export_unfinished"
    frigate.clear_faults()
    assert await in_time(freezer, create(hass, entry, wait_for_result=True))


@SINCE_018
async def test_an_export_that_is_added_to_a_case(
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
    with pytest.raises(HomeAssistantError, match="ended without a video"):
        await in_time(
            freezer,
            create(hass, entry, wait_for_result=True),
            meanwhile={5: assign, 10: exporter.exports.clear},
        )
