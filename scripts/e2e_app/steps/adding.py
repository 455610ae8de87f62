"""Coming in: a login at Home Assistant, and adding the integration by clicking."""

from scripts.demo_app.home_assistant import PASSWORD, USERNAME
from scripts.e2e_app.world import World

_ACCOUNT = "admin"
_MISTYPED = "not-the-right-one"


async def log_in(world: World) -> None:
    """Log in at Home Assistant, and arrive at the integrations."""
    page, texts = world.page, world.texts
    await world.go("/config/integrations/dashboard")
    await page.locator("input[name=username]").fill(USERNAME)
    await page.locator("input[name=password]").fill(PASSWORD)
    button = texts.frontend("ui.panel.page-authorize.form.next")
    await page.get_by_role("button", name=button, exact=True).click()
    await page.locator("ha-config-integrations-dashboard").wait_for()


async def add_integration(world: World) -> None:
    """Add the integration, first with a wrong password, then with the right one."""
    await find_integration(world)
    flow, texts = world.flow, world.texts
    await flow.expect_title(texts.ours("config.step.user.title"))
    await flow.fill(texts.ours("config.step.user.data.url"), world.frigate.external_url)
    # The certificate is self-signed, as the one that Frigate makes itself.
    await flow.switch(texts.ours("config.step.user.data.verify_ssl"))
    await world.screenshots.take("setup")
    await flow.submit()
    await flow.expect_title(texts.ours("config.step.authenticate.title"))
    await world.screenshots.take("setup-authenticate")
    await flow.choose(texts.ours("config.step.authenticate.menu_options.login"))
    await _enter_account(world, _MISTYPED)
    await flow.expect_error(
        texts.ours("config.error.invalid_auth", message="Login failed")
    )
    await world.screenshots.take("setup-wrong-password")
    await _enter_account(world, world.frigate.state.users[_ACCOUNT].password)
    await flow.finish("finish_skip")
    await world.go_to_integration()
    await world.page.locator("ha-config-entry-device-row").nth(2).wait_for()
    await world.screenshots.take("integration")


async def find_integration(world: World) -> None:
    """Choose the integration from those that can be added."""
    page = world.page
    button = world.texts.frontend("ui.panel.config.integrations.add_integration")
    await page.get_by_role("button", name=button, exact=True).click()
    dialog = page.locator("dialog-add-integration")
    await dialog.locator("ha-input-search input").fill("Frigate")
    await (
        dialog.locator("ha-integration-list-item")
        .filter(has_text="Frigate HTTP")
        .click()
    )


async def _enter_account(world: World, password: str) -> None:
    flow, texts = world.flow, world.texts
    await flow.expect_title(texts.ours("config.step.login.title"))
    await flow.fill(texts.ours("config.step.login.data.username"), _ACCOUNT)
    await flow.fill(texts.ours("config.step.login.data.password"), password)
    await flow.submit()
