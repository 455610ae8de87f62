"""What a person does in the media browser: opens folders, and watches videos."""

import re

from playwright.async_api import ElementHandle, Locator

from scripts.demo_app import DemoError
from scripts.e2e_app.world import World

# What Home Assistant calls its folder of media, in every language.
MY_MEDIA = "My media"
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
# The second that a picture shows in its corner, see `tests/mp4/scene_clock.py`.
_READ_CLOCK = """
video => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const bytes = [0, 1, 2, 3, 4, 5].map(row =>
    [0, 1, 2, 3, 4, 5, 6, 7].reduce((byte, column) => {
      const x = (3 / 4 + (column + 0.5) / 32) * canvas.width;
      const y = (3 / 4 + (row + 0.5) / 24) * canvas.height;
      return byte * 2 + (context.getImageData(x, y, 1, 1).data[0] > 127 ? 1 : 0);
    }, 0)
  );
  const check = bytes[1] ^ bytes[2] ^ bytes[3] ^ bytes[4] ^ 255;
  if (bytes[0] !== 0xb2 || bytes[5] !== check) return null;
  return bytes.slice(1, 5).reduce((second, byte) => second * 256 + byte, 0);
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
    video = world.page.locator("hui-dialog-web-browser-play-media video")
    return await see_going_on(world, video, with_sound=with_sound)


async def see_going_on(
    world: World, found: Locator, *, with_sound: bool = False
) -> ElementHandle:
    """Watch a video until it goes on, and return it."""
    video = await found.element_handle()
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


async def read_clock(video: ElementHandle) -> int:
    """Return the second that a video shows."""
    second = await video.evaluate(_READ_CLOCK)
    if second is None:
        raise DemoError("The video does not show when it was recorded.")
    return int(second)
