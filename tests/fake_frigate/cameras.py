"""The live pictures: the stills and the MJPEG stream of each camera."""

from collections.abc import AsyncGenerator, Callable

from .answers import Answer, failure, invalid, json_answer, unprocessable
from .call import Call, int_params
from .pictures import BIRDSEYE_SIZE, ERROR_SIZE, FORMATS, PREVIEW_HEIGHT, View
from .real_time import RealTimer
from .state import Camera

OVERLAYS = ("bbox", "timestamp", "zones", "mask", "motion", "regions")
MULTIPART = "multipart/x-mixed-replace;boundary=frame"
RETRY_INTERVAL = 10
_NO_OVERLAYS: dict[str, int | None] = dict.fromkeys(OVERLAYS)


def not_found() -> Answer:
    """Return the answer for a camera that does not exist."""
    return failure("Camera not found", 404)


def _overlays(values: dict[str, int | None]) -> tuple[str, ...]:
    return tuple(name for name in OVERLAYS if values[name])


async def latest_route(call: Call, name: str, extension: str) -> Answer:
    """Return the newest picture of a camera."""
    params = dict(_NO_OVERLAYS, quality=70, height=None, store=None)
    values, errors = int_params(call, **params)
    if extension not in FORMATS:
        text = "'webp', 'png', 'jpg' or 'jpeg'"
        errors.insert(
            0,
            invalid(
                "enum",
                ["path", "extension"],
                f"Input should be {text}",
                extension,
                expected=text,
            ),
        )
    if errors:
        return unprocessable(errors)
    camera = call.state.cameras.get(name)
    if camera is None and not (name == "birdseye" and call.state.restreams_birdseye):
        return not_found()
    view, offline = _latest_view(call, name, camera, values)
    if view.height < 1 or view.width < 1:
        text = f"Invalid height / width requested :: {view.height} / {view.width}"
        return json_answer(text, 400)
    quality = 70 if (given := values["quality"]) is None else given
    picture = await call.workers.draw(view, extension, quality)
    kind = "jpeg" if extension == "jpg" else extension
    caching = "private, max-age=60" if values["store"] else "no-store"
    answer = Answer(200, picture, f"image/{kind}", [("Cache-Control", caching)])
    if offline:
        answer.headers.append(("X-Frigate-Offline", "true"))
    return answer


def _latest_view(
    call: Call, name: str, camera: Camera | None, values: dict[str, int | None]
) -> tuple[View, bool]:
    """Return what to draw, and whether it is only the last preview."""
    overlays, broken, offline = _overlays(values), False, False
    if camera is None:
        width, height = BIRDSEYE_SIZE
    elif camera.silent_for() > RETRY_INTERVAL:
        overlays, offline, broken = (), call.state.is_018, not call.state.is_018
        preview = int(PREVIEW_HEIGHT * camera.width / camera.height), PREVIEW_HEIGHT
        width, height = ERROR_SIZE if broken else preview
    else:
        width, height = camera.width, camera.height
    frozen = camera is not None and not camera.alive
    wanted = values["height"] or height
    size = int(wanted * width / height), wanted
    return View(name, *size, overlays, frozen, broken), offline


class Streams:
    """The MJPEG streams that are open, and their pace."""

    def __init__(self, timer: RealTimer, changed: Callable[[str, int], None]) -> None:
        """Report each opening (1) and closing (-1) of a stream."""
        self._timer = timer
        self._changed = changed

    def route(self, call: Call, name: str) -> Answer:
        """Answer with the endless stream of a camera."""
        values, errors = int_params(call, **dict(_NO_OVERLAYS, fps=3, height=360))
        if errors:
            return unprocessable(errors)
        if name not in call.state.cameras:
            return not_found()
        return Answer(
            200,
            content_type=MULTIPART,
            stream=lambda: self._frames(call, name, values),
            camera=name,
        )

    async def _frames(
        self, call: Call, name: str, values: dict[str, int | None]
    ) -> AsyncGenerator[bytes]:
        fps, height = values["fps"] or 0, values["height"] or 0
        # The backend falls over such a value after it has sent the headers.
        if fps <= 0 or height <= 0:
            return
        self._changed(name, 1)
        try:
            while (camera := call.state.cameras.get(name)) is not None:
                await self._timer.sleep(call.state.stream_pace / fps)
                width = int(height * camera.width / camera.height)
                view = View(
                    name, width, height, _overlays(values), frozen=not camera.alive
                )
                picture = await call.workers.draw(view)
                start = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n"
                yield start + picture + b"\r\n\r\n"
        finally:
            self._changed(name, -1)
