"""Why something cannot be done with an export."""

from homeassistant.exceptions import HomeAssistantError

from ..aiofrigate import FrigateError
from ..errors import action_error, action_error_from


def unlisted(export_id: str, *, is_queued: bool) -> HomeAssistantError:
    """Return the error for an export that is not in the list of exports."""
    if is_queued:
        return action_error("in_progress", id=export_id)
    return action_error("not_known", name=export_id)


def in_progress(export_id: str) -> HomeAssistantError:
    """Return the error for an export that is being made."""
    return action_error("in_progress", id=export_id)


def unwatched(export_id: str, err: FrigateError) -> HomeAssistantError:
    """Return the error for an export that was begun, and of which no more is heard."""
    return action_error("export_unwatched", export=export_id, message=words(err))


def words(err: FrigateError) -> str:
    """Return what a person is told of an error of the client."""
    return str(action_error_from(err)).rstrip(".")
