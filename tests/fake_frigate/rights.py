"""The refusals of routes that look at the role themselves."""

from .answers import Answer, detail
from .call import Call


def role_refusal(call: Call) -> Answer | None:
    """Return the 403 of a route for administrators, in the words of the route."""
    if call.role == "admin":
        return None
    return detail(f"Role {call.role} not authorized. Required: admin", 403)


def camera_refusal(call: Call, camera: str) -> Answer | None:
    """Return the 403 for a camera that a restricted role may not see."""
    state = call.state
    allowed = state.allowed_cameras(call.role)
    if not state.restricted(call.role) or camera in allowed:
        return None
    return detail(f"Access denied to camera '{camera}'. Allowed: {allowed}", 403)
