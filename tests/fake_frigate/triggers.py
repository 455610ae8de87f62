"""The triggers of semantic search: when each has fired last."""

from .answers import Answer, failure, json_answer
from .call import Call
from .route import route


def status_route(call: Call, name: str) -> Answer:
    """Tell when the triggers of a camera have fired last, and what made them fire."""
    camera = call.state.cameras.get(name)
    if camera is None or not camera.triggers:
        return failure(f"No triggers found for camera {name}", 404)
    status = {
        each: {
            "last_triggered": trigger.last_triggered,
            "triggering_event_id": trigger.event_id,
        }
        for each, trigger in camera.triggers.items()
    }
    return json_answer({"success": True, "triggers": status})


ROUTES = (
    route("GET", "/triggers/status/([^/]+)", status_route, admin=True, since="0.17.2"),
)
