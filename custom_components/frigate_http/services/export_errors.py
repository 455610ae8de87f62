"""The errors of the actions for exports."""

from homeassistant.exceptions import HomeAssistantError

from ..aiofrigate import FrigateError
from ..errors import action_error, action_error_from


def not_listed_error(export_id: str, *, is_queued: bool) -> HomeAssistantError:
    """Return the error for an export that Frigate does not list."""
    if is_queued:
        return action_error("in_progress", id=export_id)
    return action_error("not_known", name=export_id)


def in_progress_error(export_id: str) -> HomeAssistantError:
    """Return the error for an export that is still in progress."""
    return action_error("in_progress", id=export_id)


def polling_failed_error(export_id: str, err: FrigateError) -> HomeAssistantError:
    """Return the error for an export that was started but cannot be polled any more."""
    return action_error("export_unwatched", export=export_id, message=error_text(err))


def error_text(err: FrigateError) -> str:
    """Return the text that a user sees for an error of the client."""
    return str(action_error_from(err)).rstrip(".")
