"""Why something cannot be done with an export."""

from homeassistant.exceptions import HomeAssistantError

from ..aiofrigate import FrigateError
from ..errors import refusal, refusal_for


def unlisted(export_id: str, *, is_queued: bool) -> HomeAssistantError:
    """Return the error for an export that is not in the list of exports."""
    if is_queued:
        return refusal("export_queued", export=export_id)
    return refusal("unknown_export", export=export_id)


def in_progress(export_id: str) -> HomeAssistantError:
    """Return the error for an export that is being made."""
    return refusal("export_in_progress", export=export_id)


def unwatched(export_id: str, err: FrigateError) -> HomeAssistantError:
    """Return the error for an export that was begun, and of which no more is heard."""
    return refusal("export_unwatched", export=export_id, message=words(err))


def words(err: FrigateError) -> str:
    """Return what a person is told of an error of the client."""
    return str(refusal_for(err)).rstrip(".")
