"""The refusal of what a restricted role may not see."""

from .answers import Answer, detail
from .call import Call


def camera_refusal(call: Call, camera: str) -> Answer | None:
    """Return the 403 for a camera that a restricted role may not see."""
    state = call.state
    allowed = state.allowed_cameras(call.role)
    if not state.restricted(call.role) or camera in allowed:
        return None
    return detail(f"Access denied to camera '{camera}'. Allowed: {allowed}", 403)
