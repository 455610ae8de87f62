"""Performing actions under Tools, and playing what one of them has saved."""

from pathlib import PurePosixPath
import time

from homeassistant.util.yaml import dump, parse_yaml
from scripts.demo_app import DOMAIN, DemoError
from scripts.demo_app.api import Json
from scripts.e2e_app.world import CAMERA, PERSON, World

from .media import MY_MEDIA, child, open_folders, see_video

_CLIP_SECONDS = 10
# Some of Frigate's files lack their last frame.
_FRAME_SECONDS = 0.2
# Frigate writes recordings to the disk a little later than they were made.
_CLIP_AGE = 90
# So high is the page with an action and all of its answer.
_WITH_ANSWER = 1240


async def get_faces(world: World) -> None:
    """Ask for the faces, and read who is known."""
    await _open_action(world, "get_faces")
    name = world.texts.ours("services.get_faces.name")
    picker = world.page.locator("tools-action ha-service-picker")
    await picker.get_by_text(name, exact=True).wait_for()
    answer = await _perform(world)
    if len(answer["faces"][PERSON]) != len(world.frigate.state.faces[PERSON]):
        raise DemoError(f"get_faces answered {answer['faces']}.")
    await world.screenshots.take("action", height=_WITH_ANSWER)


async def download_clip(world: World) -> None:
    """Save a clip of the camera; write the action as YAML."""
    end = int(time.time()) - _CLIP_AGE
    action = {
        "action": f"{DOMAIN}.download_clip",
        "target": {"entity_id": await world.camera_entity()},
        "data": {"start_time": end - _CLIP_SECONDS, "end_time": end},
    }
    await _open_action(world, "download_clip")
    page = world.page
    await page.locator("tools-action ha-button[value=yaml]").click()
    editor = page.locator("tools-action .cm-content").first
    # It begins with what was chosen before, which must not come behind what is written.
    await editor.get_by_text(f"{DOMAIN}.download_clip").first.wait_for()
    await editor.fill(dump(action))
    await world.screenshots.take("action-yaml")
    (saved,) = (await _perform(world)).values()
    is_short = saved["seconds"] < _CLIP_SECONDS - _FRAME_SECONDS
    if saved["camera"] != CAMERA or is_short or saved["gaps"]:
        raise DemoError(f"download_clip answered {saved}.")
    world.notes["clip"] = saved["url"]


async def play_clip(world: World) -> None:
    """Find the clip in the media browser by clicking, and play it."""
    _, _, _, *folders, file = PurePosixPath(world.notes["clip"]).parts
    await open_folders(world, MY_MEDIA, *folders)
    await child(world, file).wait_for()
    await world.screenshots.take("media")
    await child(world, file).click()
    await see_video(world)


async def _open_action(world: World, action: str) -> None:
    await world.go(f"/config/tools/action?service={DOMAIN}.{action}")


async def _perform(world: World) -> Json:
    """Press the button, and return the answer that appears below it."""
    tools = world.page.locator("tools-action")
    button = "ui.panel.config.tools.tabs.actions.call_service"
    await tools.get_by_role(
        "button", name=world.texts.frontend(button), exact=True
    ).click()
    answer = tools.locator("ha-card").filter(
        has=world.page.get_by_text(
            world.texts.frontend("ui.panel.config.tools.tabs.actions.response"),
            exact=True,
        )
    )
    # The editor shows only the lines in view, but knows them all.
    text = await answer.locator("ha-code-editor").evaluate("editor => editor.value")
    found = parse_yaml(text)
    if not isinstance(found, dict):
        raise DemoError(f"The action answered {text!r}.")
    return found
