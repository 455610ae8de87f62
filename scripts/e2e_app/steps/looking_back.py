"""Looking back: alerts, recordings, a search and exports in the media browser."""

from datetime import UTC, datetime

from scripts.demo_app import DemoError
from scripts.demo_app.past import EXPORT
from scripts.e2e_app.world import CAMERA, CAMERA_NAME, PERSON, World
from tests.fake_frigate.footage import HOUR, segments

from .media import (
    child,
    child_beginning,
    children,
    open_folders,
    read_clock,
    see_thumbnail,
    see_video,
)

_SOURCE = "Frigate"
# Long enough ago for the hour to be over, and somewhere within it.
_AGO = 2 * HOUR
_INTO_THE_HOUR = 20 * 60 + 30.5
# Each second begins with a keyframe, and a video with the one before what was asked for.
_KEYFRAMES = 1


async def see_alerts(world: World) -> None:
    """Open the alerts, see their thumbnails, and watch the newest one of a person."""
    texts = world.texts
    await open_folders(world, _SOURCE, texts.ours("common.alerts"))
    await see_thumbnail(children(world).filter(has_text=PERSON).first)
    await child(world, texts.ours("common.by_day")).click()
    reviews = world.frigate.state.database.reviews.values()
    newest = max(one.start_time for one in reviews if PERSON in one.data["sub_labels"])
    await child_beginning(world, _day_of(newest)).click()
    alert = children(world).filter(has_text=PERSON).first
    await see_thumbnail(alert)
    await world.screenshots.take("media-alerts", with_pictures=True)
    await alert.click()
    await see_video(world, with_sound=True)


async def watch_hour(world: World) -> None:
    """Play an hour of recordings, and find a moment in it by seeking."""
    texts, now = world.texts, world.frigate.state.clock()
    start = (now - _AGO) // HOUR * HOUR
    await open_folders(world, _SOURCE, texts.ours("common.recordings"), CAMERA_NAME)
    await child_beginning(world, _day_of(start)).click()
    await child_beginning(world, f"{datetime.fromtimestamp(start, UTC):%H:%M}").click()
    video = await see_video(world, with_sound=True)
    moment = start + _INTO_THE_HOUR
    await video.evaluate(
        "(video, time) => { video.pause(); video.currentTime = time; }",
        _position(world, start, moment),
    )
    await world.page.wait_for_function(
        "video => !video.seeking && video.readyState > 1", arg=video
    )
    shown = await read_clock(video)
    # It is shown for a second.
    if not shown <= moment < shown + 1 + _KEYFRAMES:
        raise DemoError(f"The video shows {shown} instead of {moment}.")


async def search_person(world: World) -> None:
    """Search for a person, and find nobody else."""
    await open_folders(world, _SOURCE)
    box = world.page.locator("ha-media-player-browse ha-input-search input")
    await box.fill(PERSON)
    await box.press("Enter")
    found = children(world).filter(has_text=PERSON)
    await found.first.wait_for()
    titles = await children(world).locator(".title").all_inner_texts()
    if others := [title for title in titles if PERSON not in title]:
        raise DemoError(f"The search for {PERSON} found {others}.")
    await see_thumbnail(found.first)


async def play_export(world: World) -> None:
    """Play an export."""
    await open_folders(world, _SOURCE, world.texts.ours("common.exports"))
    export = child_beginning(world, EXPORT)
    await see_thumbnail(export)
    await export.click()
    shown = await read_clock(await see_video(world, with_sound=True))
    (made,) = [
        one for one in world.frigate.state.exporter.exports if one.name == EXPORT
    ]
    if not made.start - _KEYFRAMES <= shown <= made.end:
        raise DemoError(f"The export of {made.start:.0f} shows {shown}.")


def _day_of(moment: float) -> str:
    """Return the day of a moment, as Home Assistant tells it without a place."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def _position(world: World, start: float, moment: float) -> float:
    """Return where in the video a moment is: without what was not recorded."""
    return sum(
        min(each.end, moment) - max(each.start, start)
        for each in segments(world.frigate.state, CAMERA, start, moment)
        if each.end > start and each.start < moment
    )
