"""What a person does in the media browser: opens folders, and watches videos."""

import re

from playwright.async_api import ElementHandle, Locator

from scripts.demo_app import DemoError
from scripts.e2e_app.world import World

# The frontend draws thumbnails as backgrounds; this one is as wide as it really is.
_WIDTH_OF_THUMBNAIL = """
async thumbnail => {
  const image = thumbnail.shadowRoot.querySelector(".image");
  const picture = new Image();
  picture.src = image.style.backgroundImage.slice(5, -2);
  await picture.decode();
  return picture.naturalWidth;
}
"""


async def open_folders(world: World, *titles: str) -> None:
    """Open the media browser, and one folder in the other."""
    await world.go("/media-browser/browser")
    for title in titles:
        await child(world, title).click()


def child(world: World, title: str) -> Locator:
    """Return what has this title in the folder that is open."""
    return children(world).filter(has=world.page.get_by_text(title, exact=True))


def child_beginning(world: World, title: str) -> Locator:
    """Return what has a title that begins so."""
    begun = world.page.get_by_text(re.compile(rf"^\s*{re.escape(title)}"))
    return children(world).filter(has=begun)


def children(world: World) -> Locator:
    """Return what is in the folder that is open."""
    return world.page.locator("ha-media-player-browse .child")


async def see_thumbnail(found: Locator) -> None:
    """Wait for the thumbnail of something, and see that it is a picture."""
    image = found.locator("ha-media-browser-thumbnail .image[style]")
    await image.wait_for()
    width = await found.locator("ha-media-browser-thumbnail").evaluate(
        _WIDTH_OF_THUMBNAIL
    )
    if not width > 0:
        raise DemoError("A thumbnail has no picture.")


async def see_video(world: World, *, with_sound: bool = False) -> ElementHandle:
    """Watch the video that was opened until it goes on, and return it."""
    video = await world.page.locator(
        "hui-dialog-web-browser-play-media video"
    ).element_handle()
    for least in (0, 1):
        await world.page.wait_for_function(
            "([video, least]) => video.currentTime > least && video.videoWidth > 0",
            arg=[video, least],
        )
    if with_sound:
        await world.page.wait_for_function(
            "video => video.webkitAudioDecodedByteCount > 0", arg=video
        )
    return video
