"""Leaving: diagnostics for somebody who helps, and removing the integration."""

import json
from pathlib import Path

from scripts.demo_app import DOMAIN, DemoError
from scripts.e2e_app.world import World


async def download_diagnostics(world: World) -> None:
    """Download the diagnostics, and see that no password is in them."""
    await world.go_to_integration()
    async with world.page.expect_download() as downloading:
        await world.choose_from_menu("diagnostics")
    download = await downloading.value
    text = _read(await download.path())
    if not json.loads(text)["data"]:
        raise DemoError("The diagnostics are empty.")
    for name, user in world.frigate.state.users.items():
        if user.password in text:
            raise DemoError(f"The diagnostics contain the password of {name}.")


async def remove_integration(world: World) -> None:
    """Remove the integration, and see that nothing of it is left."""
    page = world.page
    await world.go_to_integration()
    await world.choose_from_menu("delete")
    await page.locator("dialog-box ha-button[slot=primaryAction]").click()
    await page.locator("ha-config-entry-row").wait_for(state="detached")
    entries, devices, entities = await world.api.commands(
        {"type": "config_entries/get", "domain": DOMAIN},
        {"type": "config/device_registry/list"},
        {"type": "config/entity_registry/list"},
    )
    left = [entity for entity in entities if entity["platform"] == DOMAIN]
    left += [device for device in devices if device["manufacturer"] == "Frigate"]
    if entries or left:
        raise DemoError(f"Removing the integration leaves {entries or left}.")


def _read(path: Path) -> str:
    return path.read_text()
