"""Who may call which action. Automations, which have no user, may call all of them."""

from enum import Enum, auto
from typing import Final


class Access(Enum):
    """What a user needs to call an action."""

    ADMIN = auto()
    """The user must be an administrator."""
    CONTROL = auto()
    """The user must be allowed to control the cameras that the call is about."""
    READ = auto()
    """Every user may call it; the response is limited to the cameras the user may see."""
    READ_ALL = auto()
    """The user must be allowed to see every entity: the response may show any camera."""
    ANYONE = auto()
    """Every user may call it; the response contains nothing of a camera."""


ACCESS: Final[dict[str, Access]] = {
    # Cameras are only named in `allowed_cameras`, which is limited.
    "get_status": Access.READ,
    "get_users": Access.ADMIN,
    "create_user": Access.ADMIN,
    "delete_user": Access.ADMIN,
    "set_user_password": Access.ADMIN,
    "set_user_role": Access.ADMIN,
    # The images come from all cameras, and their file names contain ids of events.
    "get_faces": Access.READ_ALL,
    "reprocess_faces": Access.ADMIN,
    "train_face": Access.ADMIN,
    "create_face": Access.ADMIN,
    "rename_face": Access.ADMIN,
    "delete_face_images": Access.ADMIN,
    "delete_face": Access.ADMIN,
    "register_face": Access.ADMIN,
    # An entity must be visible to the user; a file may show any camera, so it needs READ_ALL.
    "recognize_face": Access.READ,
    # Whoever may see a camera could as well hand on what they see.
    "get_media_urls": Access.READ,
    "create_export": Access.CONTROL,
    "get_exports": Access.READ,
    "rename_export": Access.ADMIN,
    "delete_exports": Access.ADMIN,
    # Like every action with a target, even though it only reads.
    "get_previews": Access.CONTROL,
    "download_clip": Access.CONTROL,
    "download_export": Access.CONTROL,
    "download_event": Access.CONTROL,
    "download_snapshot": Access.CONTROL,
    "get_events": Access.READ,
    "search_events": Access.READ,
    "create_event": Access.ADMIN,
    "end_event": Access.ADMIN,
    "delete_event": Access.ADMIN,
    "retain_event": Access.ADMIN,
    "set_event_sub_label": Access.ADMIN,
    "get_reviews": Access.READ,
    "mark_reviewed": Access.CONTROL,
    "snooze": Access.CONTROL,
    "suspend_notifications": Access.CONTROL,
    "ptz": Access.CONTROL,
    # A summary covers all cameras.
    "summarize_reviews": Access.READ_ALL,
    "set_event_description": Access.ADMIN,
    "regenerate_event_description": Access.ADMIN,
    "get_logs": Access.ADMIN,
    # The schema describes the options and contains no values.
    "get_config_schema": Access.ANYONE,
    # A public key is meant for every browser.
    "get_push_public_key": Access.ANYONE,
    "register_push_subscription": Access.ADMIN,
    # It tells of automations and dashboards.
    "get_take_over_report": Access.ADMIN,
}
