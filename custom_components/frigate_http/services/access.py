"""Who may call which action. Automations, which nobody calls, may call them all."""

from enum import Enum, auto
from typing import Final


class Access(Enum):
    """What a user needs to call an action."""

    ADMIN = auto()
    """To be an administrator."""
    CONTROL = auto()
    """The right to control the cameras that the call is about."""
    READ = auto()
    """Nothing; the answer is limited to the cameras that the user may see."""
    READ_ALL = auto()
    """The right to see every entity: the answer may come from any camera."""
    ANYONE = auto()
    """Nothing; the answer tells of no camera."""


ACCESS: Final[dict[str, Access]] = {
    # Only `allowed_cameras` names cameras, and it is limited.
    "get_status": Access.READ,
    "get_users": Access.ADMIN,
    "create_user": Access.ADMIN,
    "delete_user": Access.ADMIN,
    "set_user_password": Access.ADMIN,
    "set_user_role": Access.ADMIN,
    # The images were taken from the cameras, and their names hold the ids of events.
    "get_faces": Access.READ_ALL,
    "reprocess_faces": Access.ADMIN,
    "train_face": Access.ADMIN,
    "create_face": Access.ADMIN,
    "rename_face": Access.ADMIN,
    "delete_face_images": Access.ADMIN,
    "delete_face": Access.ADMIN,
    "register_face": Access.ADMIN,
    # Of an entity; a file, which may show any camera, needs the right to see them all.
    "recognize_face": Access.READ,
    "create_export": Access.CONTROL,
    "get_exports": Access.READ,
    "rename_export": Access.ADMIN,
    "delete_exports": Access.ADMIN,
    # As every action with a target, even one that only reads.
    "get_previews": Access.CONTROL,
    "download_clip": Access.CONTROL,
    "download_export": Access.CONTROL,
    "download_event": Access.CONTROL,
    "download_snapshot": Access.CONTROL,
    "get_events": Access.READ,
    "create_event": Access.ADMIN,
    "end_event": Access.ADMIN,
    "delete_event": Access.ADMIN,
    "retain_event": Access.ADMIN,
    "set_event_sub_label": Access.ADMIN,
    "get_reviews": Access.READ,
    "mark_reviewed": Access.CONTROL,
    "get_logs": Access.ADMIN,
    # It tells which options there are, and no value of any.
    "get_config_schema": Access.ANYONE,
    # As its name says, for every browser.
    "get_push_public_key": Access.ANYONE,
    "register_push_subscription": Access.ADMIN,
}
