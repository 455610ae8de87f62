"""Looking: a camera's device page, what it has detected, and a dashboard."""

from scripts.demo_app.dashboard import lay_out_dashboards
from scripts.e2e_app.browser import HEIGHT, WIDTH
from scripts.e2e_app.world import CAMERA, CAMERA_NAME, World

from .media import see_going_on

# Wide enough for three columns, and high enough for all pictures: what is not on the
# screen is not fetched.
_DASHBOARD_WIDTH, _DASHBOARD_HEIGHT = 1600, 900


async def open_device(world: World) -> None:
    """Open the camera's device from the integration, and read its entities' names."""
    page = world.page
    await world.go_to_integration()
    row = page.locator("ha-config-entry-device-row").filter(has_text=CAMERA_NAME)
    await row.locator("ha-list-item-button").click()
    cards = page.locator("ha-device-entities-card")
    for platform, key in (("binary_sensor", "stream"), ("binary_sensor", "motion")):
        name = world.texts.ours(f"entity.{platform}.{key}.name")
        # A switch may have the same name as what shows whether it took effect.
        await cards.get_by_text(name, exact=True).first.wait_for()
    await world.screenshots.take("device", with_pictures=True)


async def see_occupancy(world: World) -> None:
    """See a person come and go."""
    entity = await world.entity("binary_sensor", f"camera:{CAMERA}:occupancy:person")
    await world.go(f"/home?more-info-entity-id={entity}")
    await _see_state(world, "off")
    visitor = world.frigate.object_appears(CAMERA, "person")
    await _see_state(world, "on")
    await world.screenshots.take("occupancy")
    world.frigate.object_leaves(visitor)
    await _see_state(world, "off")


async def see_dashboard(world: World) -> None:
    """Open the dashboard that the example prints, while a person is at the door."""
    visitor = world.frigate.object_appears(CAMERA, "person")
    review = world.frigate.review_starts(CAMERA, "alert", events=[visitor])
    await world.page.set_viewport_size(
        {"width": _DASHBOARD_WIDTH, "height": _DASHBOARD_HEIGHT}
    )
    await world.page.goto(await lay_out_dashboards(world.api))
    pictures = world.page.locator("hui-section img")
    await pictures.nth(1).wait_for()
    await see_going_on(world, world.page.locator("hui-section video"))
    for picture in await pictures.all():
        await world.page.wait_for_function(
            "image => image.naturalWidth > 0", arg=await picture.element_handle()
        )
    await world.screenshots.take(
        "dashboard", width=_DASHBOARD_WIDTH, height=_DASHBOARD_HEIGHT
    )
    await world.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    world.frigate.review_ends(review)
    world.frigate.object_leaves(visitor)


async def _see_state(world: World, state: str) -> None:
    # The history below shows states too; the card says which one it is now.
    card = world.page.locator("ha-more-info-dialog state-card-content")
    text = world.texts.core(
        "binary_sensor", f"entity_component.occupancy.state.{state}"
    )
    await card.get_by_text(text, exact=True).wait_for()
