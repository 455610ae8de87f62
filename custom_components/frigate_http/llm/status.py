"""How cameras are, and what they see at the moment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN
from ..runtime import FrigateRuntime
from .cameras import Server, async_ask
from .facts import MAX_ITEMS, answer_of
from .tool import PLACE_FIELD, FrigateTool


class CameraStatus(FrigateTool):
    """How cameras are."""

    name = f"{DOMAIN}__camera_status"
    title = "How the cameras are"
    description = (
        "Tells how the security cameras are now: whether they are switched on, whether "
        "Frigate gets pictures of them (has_stream), whether it detects objects and "
        "records, and how many objects of which label they see. What is left out is "
        f"unknown. At most {MAX_ITEMS} cameras."
    )
    parameters = vol.Schema({PLACE_FIELD: cv.string})

    @override
    async def _async_answer(
        self, hass: HomeAssistant, servers: Sequence[Server], data: Mapping[str, Any]
    ) -> JsonObjectType:
        async def query(
            server: Server, runtime: FrigateRuntime
        ) -> Iterator[JsonObjectType] | None:
            if not runtime.server.last_update_success and not runtime.live.is_pushing:
                # What was known before would look like the present.
                return None
            return _statuses(server, runtime)

        found, silent = await async_ask(hass, servers, query)
        return answer_of(found, silent)


def _statuses(server: Server, runtime: FrigateRuntime) -> Iterator[JsonObjectType]:
    is_answering = runtime.server.last_update_success
    stats = runtime.server.data.stats if is_answering else None
    for camera, config in server.configs.items():
        is_on = runtime.commands.feature_value(camera, "enabled")
        reported = None if stats is None else stats.cameras.get(camera)
        # Frigate keeps reporting the last rate of a camera that is switched off.
        fps = None if reported is None or is_on is False else reported.camera_fps
        status: JsonObjectType = {
            "camera": server.cameras[camera].title,
            "switched_on": is_on,
            "has_stream": None if fps is None else fps > 0,
            "detects": runtime.commands.feature_value(camera, "detect"),
            "records": runtime.commands.feature_value(camera, "recordings"),
        }
        if runtime.live.is_current and is_on is not False:
            state = runtime.live.state.of(camera)
            if state.totals is not None:
                counts = {one: state.totals[one] for one in config.labels}
                status["sees"] = {one: count for one, count in counts.items() if count}
            if state.sounds is not None:
                status["hears"] = [one for one in config.sounds if one in state.sounds]
        yield {key: value for key, value in status.items() if value is not None}
