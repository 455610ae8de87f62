"""Looking now: live video with sound, and pictures while there is none."""

import asyncio
import itertools
from pathlib import Path

import av
from playwright.async_api import Locator

from scripts.demo_app import DemoError
from scripts.demo_app.video import until_video
from scripts.demo_app.waiting import until
from scripts.e2e_app.world import World

from .media import MY_MEDIA, child, open_folders, see_video

# Bounds for what hangs: a player gives up a little later than the integration.
_WATCH_SECONDS, _LOST_SECONDS = 60, 90
_LEAST_SECONDS = 1
_FILE, _RECORD_SECONDS = "live.mp4", 5
# A frame lasts less than half of it, and may be moved a little to be in step with the sound.
_GAP_SECONDS = 0.25
# A picture as one number; smaller than it is, because that is quicker to look at.
_FINGERPRINT = """
image => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.reduce((sum, value) => (sum * 31 + value) | 0, 7);
}
"""
# How far a video has come, and what it shows to somebody who can hear it as well.
_LOOK = f"""
video => ({{
  time: video.currentTime,
  picture: video.readyState > 1 ? ({_FINGERPRINT})(video) : null,
  isHeard: !video.muted && video.webkitAudioDecodedByteCount > 0,
}})
"""


async def watch_video(world: World) -> None:
    """Watch the camera with sound, while it is recorded as well."""
    folder = Path((await world.api.get("/api/config"))["config_dir"], "media")
    await _open_dialog(world)
    await asyncio.gather(_see_video(world), _record(world, folder / _FILE))
    await world.screenshots.take("camera")
    await asyncio.to_thread(_check_file, folder / _FILE)


async def lose_video(world: World) -> None:
    """Lose the video in the open dialog, see pictures instead, and get it back."""
    entity, go2rtc = await world.camera_entity(), world.frigate.go2rtc
    go2rtc.refuse(502)
    go2rtc.drop()
    await until_video(world.api, entity, offered=False)
    go2rtc.allow()
    await _picture(world).wait_for(timeout=_LOST_SECONDS * 1000)
    await see_change(world, await _see_picture(world))
    await until_video(world.api, entity)
    # The frontend asks what a camera offers when it begins to show it.
    for button in ("settings", "back_to_info"):
        name = world.texts.frontend(f"ui.dialogs.more_info_control.{button}")
        dialog = world.page.locator("ha-more-info-dialog")
        await dialog.get_by_role("button", name=name, exact=True).click()
    await _see_video(world)


async def play_recording(world: World) -> None:
    """Find what was recorded in the media browser, and play it."""
    await open_folders(world, MY_MEDIA)
    await child(world, _FILE).click()
    await see_video(world, with_sound=True)


async def open_camera(world: World) -> Locator:
    """Open the camera, and return its live picture as soon as there is one."""
    await _open_dialog(world)
    return await _see_picture(world)


async def see_change(world: World, image: Locator) -> None:
    """Wait until a live picture has changed twice."""
    for _ in range(2):
        before = await image.evaluate(_FINGERPRINT)
        await world.page.wait_for_function(
            f"([image, before]) => ({_FINGERPRINT})(image) !== before",
            arg=[await image.element_handle(), before],
        )


async def _open_dialog(world: World) -> None:
    await world.go(f"/home?more-info-entity-id={await world.camera_entity()}")


async def _see_picture(world: World) -> Locator:
    image = _picture(world)
    await world.page.wait_for_function(
        "image => image.naturalWidth > 0", arg=await image.element_handle()
    )
    return image


def _picture(world: World) -> Locator:
    return world.page.locator("ha-more-info-dialog ha-camera-stream img")


async def _see_video(world: World) -> None:
    """Watch the video until it goes on with another picture, and with sound."""
    # The frontend may begin anew: each look is at what there is by then.
    video = world.page.locator("ha-more-info-dialog ha-camera-stream video")
    first: dict[str, float] = {}

    async def goes_on() -> bool | None:
        seen = await video.evaluate(_LOOK)
        if seen["picture"] is None or not seen["isHeard"]:
            return None
        first.update({} if first else seen)
        is_later = seen["time"] > first["time"] + _LEAST_SECONDS
        return True if is_later and seen["picture"] != first["picture"] else None

    await until("live video with sound", _WATCH_SECONDS, goes_on)


async def _record(world: World, path: Path) -> None:
    data = {
        "entity_id": await world.camera_entity(),
        "filename": str(path),
        "duration": _RECORD_SECONDS,
    }
    await world.api.post("/api/services/camera/record", data)


def _check_file(path: Path) -> None:
    """See that a recording can be decoded, and that no picture and no sound is missing."""
    with av.open(str(path)) as file:
        frames = [*file.decode()]
    ends = []
    for kind in (av.VideoFrame, av.AudioFrame):
        # Home Assistant leaves out sound from before the first picture was complete.
        times = [each.time for each in frames if isinstance(each, kind)][1:]
        if any(b - a > _GAP_SECONDS for a, b in itertools.pairwise(times)):
            raise DemoError(f"The recording has a gap: {times}.")
        ends.append(times[-1])
    if min(ends) < _RECORD_SECONDS - 1 or abs(ends[0] - ends[1]) > _GAP_SECONDS:
        raise DemoError(f"The recording ends after {ends} seconds.")
