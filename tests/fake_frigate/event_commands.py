"""The commands that change events, which only administrators may give."""

from typing import Any

from .answers import Answer, failure, json_answer, server_error
from .call import Call
from .database import Event, new_id
from .events import EVENT_PATH, for_admins
from .forms import REQUIRED, Field, Form, body_of, query_of
from .route import Route, route

EVENT_PRE_CAPTURE = 5
_CREATION: Form = {
    "sub_label": Field("str"),
    "score": Field("float", 0),
    "duration": Field("int", 30),
    "include_recording": Field("bool", True),
    "draw": Field("dict"),
}
_REGENERATION: Form = {
    "source": Field("source", "thumbnails"),
    "force": Field("flag", False),
}
_SUB_LABEL: Form = {
    "subLabel": Field("str", REQUIRED, nullable=False, max_length=100),
    "subLabelScore": Field("float", above=0.0, at_most=1.0),
}


def create_route(call: Call, name: str, label: str) -> Answer:
    """Create an event; its row is in the database a moment later only."""
    values = body_of(call, _CREATION) if call.body else _defaults(_CREATION)
    if isinstance(values, Answer):
        return values
    if (camera := call.state.cameras.get(name)) is None:
        return failure(f"{name} is not a valid camera.", 404)
    now = call.state.clock()
    duration, score = values["duration"], values["score"]
    event = Event(
        new_id(now),
        name,
        label,
        now - EVENT_PRE_CAPTURE,
        None if duration is None else now + duration,
        values["sub_label"],
        has_clip=camera.recording and bool(values["include_recording"]),
        data={"type": "api", "score": score, "top_score": score},
        looks=call.state.database.looks,
    )
    if call.state.is_018:
        event.false_positive, event.box = False, []
    call.state.database.pending.append(event)
    text = "Successfully created event."
    return json_answer({"success": True, "message": text, "event_id": event.id})


def _defaults(form: Form) -> dict[str, Any]:
    return {name: field.default for name, field in form.items()}


def _done(text: str) -> Answer:
    return json_answer({"success": True, "message": text})


def _not_found(event_id: str, end: str = "") -> Answer:
    return failure(f"Event {event_id} not found{end}", 404)


def end_route(call: Call, event_id: str) -> Answer:
    """End an event, now or at the given time."""
    values = body_of(call, {"end_time": Field("float")})
    if isinstance(values, Answer):
        return values
    database = call.state.database
    if (event := database.look().get(event_id)) is None:
        return _not_found(event_id, ".")
    event.end_time = values["end_time"] or call.state.clock()
    if event_id in database.reviews:
        database.reviews[event_id].end_time = event.end_time
    return _done("Event successfully ended.")


def retain_route(call: Call, event_id: str) -> Answer:
    """Keep an event for ever, or no longer."""
    if (event := call.state.database.look().get(event_id)) is None:
        return _not_found(event_id)
    event.retained = call.method == "POST"
    return _done(f"Event {event_id} {'' if event.retained else 'un-'}retained")


def sub_label_route(call: Call, event_id: str) -> Answer:
    """Say what or whom an event shows; an empty text says nothing any more."""
    values = body_of(call, _SUB_LABEL)
    if isinstance(values, Answer):
        return values
    if (event := call.state.database.look().get(event_id)) is None:
        return _not_found(event_id, ".")
    event.sub_label = values["subLabel"] or None
    if event.sub_label is None:
        event.data["sub_label_score"] = None
    else:
        event.data["sub_label_score"] = values["subLabelScore"]
    return _done(f"Event {event_id} sub label set to {event.sub_label}")


def description_route(call: Call, event_id: str) -> Answer:
    """Describe an event; no text takes the description away, null falls over."""
    values = body_of(call, {"description": Field("str", REQUIRED)})
    if isinstance(values, Answer):
        return values
    if (event := call.state.database.look().get(event_id)) is None:
        return _not_found(event_id)
    text = event.data["description"] = values["description"]
    if text is None and (call.state.semantic_search or call.state.is_018):
        return server_error()
    if not text:
        return _done(f"Event {event_id} description is now blank")
    return _done(f"Event {event_id} description set to {text}")


def regenerate_route(call: Call, event_id: str) -> Answer:
    """Take note that an event is to be described anew, which `force` does in any case.

    The description comes later, if at all; see `object_described`.
    """
    values = query_of(call, _REGENERATION)
    if isinstance(values, Answer):
        return values
    if (event := call.state.database.look().get(event_id)) is None:
        return _not_found(event_id)
    source, forced = values["source"], values["force"] and call.state.is_017
    if (camera := call.state.cameras.get(event.camera)) is None:
        return server_error()
    if not (camera.object_descriptions or forced):
        text = "Semantic Search and Generative AI must be enabled"
        return failure(f"{text} to regenerate a description", 400)
    call.state.regenerations.append((event_id, source, forced))
    text = "description regeneration has been requested using"
    return _done(f"Event {event_id} {text} {source}")


def delete_route(call: Call, event_id: str) -> Answer:
    """Delete an event."""
    if event_id not in call.state.database.look():
        return _not_found(event_id)
    del call.state.database.events[event_id]
    return _done(f"Event {event_id} deleted")


def delete_several_route(call: Call) -> Answer:
    """Delete those of the events that there are."""
    values = body_of(call, {"event_ids": Field("texts", REQUIRED, nullable=False)})
    if isinstance(values, Answer):
        return values
    events = call.state.database.events
    call.state.database.look()
    deleted: list[str] = []
    missing: list[str] = []
    for each in values["event_ids"]:
        (missing if events.pop(each, None) is None else deleted).append(each)
    return json_answer(
        {
            "success": bool(deleted),
            "deleted_events": deleted,
            "not_found_events": missing,
        }
    )


ROUTES: tuple[Route, ...] = (
    route("DELETE", "/events/", for_admins(delete_several_route)),
    route("DELETE", EVENT_PATH, for_admins(delete_route)),
    route("POST", "/events/([^/]+)/([^/]+)/create", for_admins(create_route)),
    route("PUT", f"{EVENT_PATH}/end", for_admins(end_route)),
    route("POST", f"{EVENT_PATH}/retain", for_admins(retain_route)),
    route("DELETE", f"{EVENT_PATH}/retain", for_admins(retain_route)),
    route("POST", f"{EVENT_PATH}/sub_label", for_admins(sub_label_route)),
    route("POST", f"{EVENT_PATH}/description", for_admins(description_route)),
    route("PUT", f"{EVENT_PATH}/description/regenerate", for_admins(regenerate_route)),
)
