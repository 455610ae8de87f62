"""What the phone is told of a visit: one notification, which gets better until the end."""

import asyncio
from collections.abc import Mapping
import io
import re

import aiohttp
from PIL import Image

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.database import Review
from tests.mp4.scene_clock import corner, read_clock

from . import DemoError, say
from .api import Api, Json
from .frigate import Target
from .media import first_picture
from .phone import Phone
from .visits import COMES_HOME, DOOR, VISITOR, describes
from .waiting import until

_SECONDS = 40
_SHOWN = re.compile(r"!\[\]\((.*?)\)")
# A video begins with the keyframe before what was asked for, and may have a little margin.
_MARGIN = 10


async def check_notifications(
    api: Api, phone: Phone, targets: Mapping[str, Target], missing: list[str]
) -> None:
    """See what the phone gets of the first visit at each simulated server."""
    await asyncio.gather(
        *(
            _check(api, phone, entry_id, one, one.server, missing)
            for entry_id, one in targets.items()
            if one.server is not None
        )
    )
    missing += phone.failures


async def _check(
    api: Api,
    phone: Phone,
    entry_id: str,
    target: Target,
    server: FakeFrigate,
    missing: list[str],
) -> None:
    try:
        title = COMES_HOME.title.format(VISITOR) if describes(server, DOOR) else ""
        pushes = await told(phone, f"/{entry_id}/", title)
        picture = await see_pictures(phone, pushes, server)
        await _see_on_screen(api, tag_of(pushes), picture)
        await see_clip(phone, pushes, server)
        shown = pushes[-1]["title"]
        say(f"notify  {target.title}: {shown}, {len(pushes)} times")
    except (DemoError, aiohttp.ClientError, TimeoutError, LookupError) as err:
        why = str(err) or type(err).__name__
        missing.append(f"{target.title}: the notification: {why}")


async def told(phone: Phone, path: str, title: str = "") -> list[Json]:
    """Return what the phone gets about a path, such as one of a server, until the end.

    Of several notifications that is the first one. It ends with the video, which may come
    before the title.
    """

    async def has_ended() -> list[Json] | None:
        own = [one for one in phone.pushes if path in str(one["data"])]
        first = [one for one in own if one["data"]["tag"] == own[0]["data"]["tag"]]
        ends = [
            one for one in first if "video" in one["data"] and title in one["title"]
        ]
        return first if ends else None

    return await until("a notification with a video", _SECONDS, has_ended)


def tag_of(pushes: list[Json]) -> str:
    """Return the tag, by which the app changes a notification instead of adding one."""
    (tag,) = {one["data"]["tag"] for one in pushes}
    return str(tag)


async def see_pictures(phone: Phone, pushes: list[Json], server: FakeFrigate) -> bytes:
    """Load the picture as the phone does, and see that it is of this very visit."""
    paths = {one["data"]["image"] for one in pushes if "image" in one["data"]}
    if len(paths) != 1 or "image" not in pushes[0]["data"]:
        raise DemoError(f"its pictures are {paths}, and it began with {pushes[0]}")
    (path,) = paths
    headers, picture = await phone.api.fetch(path)
    Image.open(io.BytesIO(picture), formats=["JPEG"]).load()
    event = _review_of(pushes, server).data["detections"][0]
    url = f"{server.internal_url}/api/events/{event}/snapshot.jpg"
    async with aiohttp.request("GET", url) as response:
        if await response.read() != picture or headers["Content-Type"] != "image/jpeg":
            raise DemoError(f"{path} is not the snapshot of {event}")
    return picture


async def _see_on_screen(api: Api, tag: str, picture: bytes) -> None:
    """See the same picture on the screen, which loads it without a login."""
    (shown,) = await api.commands({"type": "persistent_notification/get"})
    messages = [one["message"] for one in shown if one["notification_id"] == tag]
    if not messages or (found := _SHOWN.search(messages[0])) is None:
        raise DemoError(f"the screen shows no picture of {tag}")
    _, body = await api.fetch(found[1], logged_in=False)
    if body != picture:
        raise DemoError(f"the screen shows another picture of {tag}")


async def see_clip(phone: Phone, pushes: list[Json], server: FakeFrigate) -> None:
    """Load the video as the phone does, and see when it was recorded."""
    headers, clip = await phone.api.fetch(pushes[-1]["data"]["video"])
    shown = read_clock(corner(first_picture(clip)))
    review = _review_of(pushes, server)
    if shown is None or headers["Content-Type"] != "video/mp4":
        raise DemoError("the video does not show when it was recorded")
    if not -_MARGIN <= shown - review.start_time <= 1:
        raise DemoError(f"the video of {review.start_time:.0f} shows {shown}")


def _review_of(pushes: list[Json], server: FakeFrigate) -> Review:
    review = server.state.database.reviews.get(tag_of(pushes).rpartition("_")[2])
    if review is None:
        raise DemoError(f"{tag_of(pushes)} is of no review item")
    return review
