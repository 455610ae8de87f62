"""Changing things: an option, a password, the address."""

from playwright.async_api import Locator

from scripts.demo_app import DemoError
from scripts.e2e_app.world import World

from .looking_now import open_camera, see_change

# Lower than the camera itself: there is no taller picture than its own.
_HEIGHT = 144
_CHANGED = "another-password-2"


async def change_option(world: World) -> None:
    """Ask for lower pictures instead of video, and see that they are lower, and move."""
    page, flow, texts = world.page, world.flow, world.texts
    await world.go_to_integration()
    configure = texts.frontend("ui.panel.config.integrations.config_entry.configure")
    row = page.locator("ha-config-entry-row ha-row-item")
    await row.get_by_role("button", name=configure, exact=True).click()
    await flow.expect_title(texts.ours("options.step.init.title"))
    sections = "options.step.init.sections"
    height = texts.ours(f"{sections}.live_view.data.mjpeg_height")
    # The frontend loads the fields of a section after its frame.
    for label in (height, texts.ours(f"{sections}.files.data.keep_days")):
        await flow.field(label).wait_for()
    await world.screenshots.take("options")
    await flow.choose(texts.ours("selector.live_view.options.pictures"))
    await flow.fill(height, str(_HEIGHT))
    await flow.submit()
    await flow.finish("finish")
    await world.reloaded()
    image = await open_camera(world)
    await page.wait_for_function(
        "([image, height]) => image.naturalHeight === height",
        arg=[await image.element_handle(), _HEIGHT],
    )
    await see_change(world, image)


async def log_in_again(world: World) -> None:
    """Let Frigate forget the login, and give Home Assistant the new password."""
    flow, texts = world.flow, world.texts
    await world.go_to_integration()
    world.frigate.revoke_sessions()
    world.frigate.state.users["admin"].password = _CHANGED
    # Home Assistant notices at its next poll.
    await _attention(world).locator("ha-button").click()
    await flow.expect_title(texts.ours("config.step.login.title"))
    await world.screenshots.take("reauth")
    await flow.fill(texts.ours("config.step.login.data.password"), _CHANGED)
    await flow.submit()
    await flow.expect_end(texts.core("homeassistant", "config.abort.reauth_successful"))
    await _attention(world).wait_for(state="detached")
    await world.reloaded()


async def reconfigure(world: World) -> None:
    """Move to the port that asks for no login, and see the camera from there."""
    flow, texts = world.flow, world.texts
    await world.go_to_integration()
    await world.choose_from_menu("reconfigure")
    step = "config.step.reconfigure"
    await flow.expect_title(texts.ours(f"{step}.title"))
    await flow.fill(texts.ours(f"{step}.data.url"), world.frigate.internal_url)
    await flow.choose(texts.ours("selector.credentials.options.remove"))
    await world.screenshots.take("reconfigure")
    await flow.submit()
    await flow.expect_end(
        texts.core("homeassistant", "config.abort.reconfigure_successful")
    )
    await world.reloaded()
    world.frigate.clear_requests()
    await open_camera(world)
    if {request.port for request in world.frigate.requests} != {"internal"}:
        raise DemoError("Home Assistant does not use the new address alone.")


def _attention(world: World) -> Locator:
    return world.page.locator("ha-config-integration-page ha-list-item-base.attention")
