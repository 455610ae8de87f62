"""Moving over: the entities of the official integration come to ours, go back, and come again."""

import itertools

from scripts.demo_app import DemoError
from scripts.demo_app.moved import expect_as_before, expect_taken_over, read_rows
from scripts.demo_app.official import (
    AUTOMATION,
    DASHBOARD,
    NAME,
    PAST,
    SOMEBODY,
    add_official,
)
from scripts.demo_app.waiting import until
from scripts.e2e_app.dialog import FlowDialog
from scripts.e2e_app.world import World

from .adding import find_integration

_CAMERA = "cam_01"
# So high is a page with the whole preview.
_WITH_PREVIEW = 1060
# The states of an entity that the page of the history shows, from the oldest on.
_SHOWN = """
(charts, entity) => (charts.historyData?.timeline ?? [])
  .filter(one => one.entity_id === entity)
  .flatMap(one => one.data.map(each => each.state))
"""
# Between two who provide it there is a moment without any state.
_NONE = ("unavailable", "unknown", None)
_SECONDS = 30


async def move_over(world: World) -> None:
    """Add the server that was found, read what will happen, take over, and look back."""
    texts = world.texts
    title = await add_official(world.api, world.house.internal_url)
    before = await read_rows(world.api)
    await _add_found(world, title)
    step = "config.step.official_found"
    await world.flow.expect_title(texts.ours(f"{step}.title"))
    await world.flow.choose(texts.ours(f"{step}.menu_options.take_over"))
    await _read_preview(world, world.flow)
    await world.screenshots.take("take-over", height=_WITH_PREVIEW)
    await world.flow.submit()
    await world.flow.finish("finish_skip")
    await expect_taken_over(world.api, before)
    await _see_history(world, visits=1)
    world.notes["official"] = title
    world.rows.update(before)


async def move_back(world: World) -> None:
    """Undo it, and see that the official integration has all that it had."""
    texts, flow = world.texts, world.flow
    await _choose_change(world, "undo")
    await flow.expect_title(texts.ours("config.step.undo.title"))
    await flow.submit()
    await flow.expect_end(texts.ours("config.abort.undo_started"))
    await expect_as_before(world.api, world.rows)


async def move_over_again(world: World) -> None:
    """Take over once more, from entities of ours that have been in use since."""
    texts, flow = world.texts, world.flow
    await _choose_change(world, "take_over")
    await _read_preview(world, flow)
    await flow.submit()
    await flow.expect_end(texts.ours("config.abort.take_over_started"))
    await expect_taken_over(world.api, world.rows)
    await _see_history(world, visits=2)


async def _add_found(world: World, title: str) -> None:
    """Choose the integration, and find the address of the server filled in."""
    flow, texts = world.flow, world.texts
    await world.go("/config/integrations/dashboard")
    await find_integration(world)
    await flow.expect_title(texts.ours("config.step.user.title"))
    await (
        flow.field(texts.ours("config.step.user.data.url"))
        .get_by_text(title)
        .wait_for()
    )
    await flow.submit()


async def _read_preview(world: World, flow: FlowDialog) -> None:
    """Unfold what stops working, and find what mentions the official integration there."""
    texts = world.texts
    await flow.expect_title(texts.ours("config.step.take_over.title"))
    preview = world.page.locator("dialog-data-entry-flow ha-markdown")
    folded = preview.locator("details").filter(
        has_text=texts.ours("common.take_over_stops")
    )
    await folded.locator("summary").click()
    for place in (AUTOMATION, DASHBOARD):
        await folded.get_by_text(place).first.wait_for()


async def _choose_change(world: World, way: str) -> None:
    """Choose one of the ways that the menu below "Reconfigure" offers."""
    flow, texts = world.flow, world.texts
    # Nothing can be taken over while the entry is loaded anew.
    await world.reloaded()
    await world.go_to_integration()
    await world.choose_from_menu("reconfigure")
    await flow.expect_title(texts.ours("config.step.change.title"))
    await flow.choose(texts.ours(f"config.step.change.menu_options.{way}"))


async def _see_history(world: World, visits: int) -> None:
    """See what was recorded long before, and what happens now, in one history."""
    await world.go(f"/history?entity_id={SOMEBODY}")
    await world.page.get_by_text(NAME, exact=True).first.wait_for()
    earlier = [state for _, state in PAST] + ["on", "off"] * (visits - 1)
    visitor = world.house.object_appears(_CAMERA, "person")
    await _see_states(world, [*earlier, "on"])
    world.house.object_leaves(visitor)
    await _see_states(world, [*earlier, "on", "off"])


async def _see_states(world: World, wanted: list[str]) -> None:
    """Wait until the history shows these states, whatever was unknown between them."""
    charts = world.page.locator("state-history-charts")
    shown: list[str] = []

    async def are_shown() -> bool | None:
        states = await charts.evaluate(_SHOWN, SOMEBODY)
        known = [one for one in states if one not in _NONE]
        shown[:] = [state for state, _ in itertools.groupby(known)]
        return True if shown == wanted else None

    try:
        await until("the history", _SECONDS, are_shown)
    except DemoError as err:
        raise DemoError(f"The history shows {shown} instead of {wanted}.") from err
