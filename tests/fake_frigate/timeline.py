"""The lists beside the events: labels, sub labels, plates and the timeline."""

from collections.abc import Iterable

from .answers import Answer, failure, json_answer, unprocessable
from .call import Call, int_params
from .event_filters import visible_cameras
from .forms import Field, query_of
from .route import route


def _cameras(call: Call) -> list[str]:
    # 0.17 shows these lists without a look at who is asking.
    return (
        visible_cameras(call, "all") if call.state.is_018 else list(call.state.cameras)
    )


def labels_route(call: Call) -> Answer:
    """List the labels of all events, or of one camera's."""
    cameras = _cameras(call)
    if (camera := call.query.get("camera")) is not None:
        if call.state.is_018 and camera not in cameras:
            return failure(f"Access denied to camera '{camera}'", 403)
        cameras = [camera]
    events = call.state.database.look().values()
    return json_answer(
        sorted({each.label for each in events if each.camera in cameras})
    )


def _names(call: Call, names: Iterable[str | None]) -> Answer:
    """List names; those of several that were joined can be split."""
    values, errors = int_params(call, split_joined=None)
    if errors:
        return unprocessable(errors)
    found = {name for name in names if name is not None}
    if values["split_joined"]:
        found = {part.strip() for name in found for part in name.split(",")}
    return json_answer(sorted(found))


def sub_labels_route(call: Call) -> Answer:
    """List what and who has been recognized."""
    cameras, events = _cameras(call), call.state.database.look().values()
    return _names(call, {each.sub_label for each in events if each.camera in cameras})


def plates_route(call: Call) -> Answer:
    """List the license plates that were recognized."""
    cameras, events = _cameras(call), call.state.database.look().values()
    plates = {
        each.data.get("recognized_license_plate")
        for each in events
        if each.camera in cameras
    }
    return _names(call, plates)


def timeline_route(call: Call) -> Answer:
    """List what happened, the oldest first."""
    form = {"camera": Field("str", "all"), "source_id": Field("str")}
    values = query_of(call, {**form, "limit": Field("int", 100)})
    if isinstance(values, Answer):
        return values
    cameras = visible_cameras(call, values["camera"])
    rows = [
        row
        for row in sorted(
            call.state.database.timeline, key=lambda each: each["timestamp"]
        )
        if row["camera"] in cameras and values["source_id"] in (None, row["source_id"])
    ]
    limit = values["limit"]
    return json_answer(rows if limit < 0 else rows[:limit])


ROUTES = (
    route("GET", "/labels", labels_route),
    route("GET", "/sub_labels", sub_labels_route),
    route("GET", "/recognized_license_plates", plates_route),
    route("GET", "/timeline", timeline_route),
)
