"""The picture that an action is given: a file, or what a camera or an image shows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import voluptuous as vol

from homeassistant.components import camera, image
from homeassistant.const import STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.typing import VolDictType

from ..aiofrigate import Upload, image_type
from ..errors import action_error, validation_error
from .action import ServerCall
from .fields import entity, text

FILE, IMAGE_ENTITY = "file", "image_entity"
LARGEST_PICTURE = 16 * 2**20
_LONGEST_PATH = 4096
# What Frigate makes a face of: no picture that moves.
_FOR_FRIGATE = ("image/jpeg", "image/png", "image/webp")


PICTURE_FIELDS: VolDictType = {
    vol.Optional(FILE): text(_LONGEST_PATH),
    vol.Optional(IMAGE_ENTITY): entity(Platform.CAMERA, Platform.IMAGE),
}


def only_one(data: Mapping[str, Any], first: str, second: str) -> str:
    """Return which of two fields is filled in.

    Raises:
        ServiceValidationError: none is, or both are.
    """
    if (first in data) is (second in data):
        raise validation_error("only_one", first=first, second=second)
    return first if first in data else second


async def async_picture(call: ServerCall) -> Upload:
    """Return the picture that a call means.

    Raises:
        ServiceValidationError: the file may not be read, or is no picture.
        Unauthorized: the caller may not look at the entity, or at every file.
        HomeAssistantError: the entity shows nothing.
    """
    source = only_one(call.data, FILE, IMAGE_ENTITY)
    if source == FILE:
        # It may show any camera.
        call.permissions.require_read(None)
        path = call.data[FILE]
        content = await call.hass.async_add_executor_job(_read, call.hass, path)
    else:
        content = await _async_look_at(call, call.data[IMAGE_ENTITY])
    content_type = image_type(content)
    if (
        content_type is None
        or content_type not in _FOR_FRIGATE
        or len(content) > LARGEST_PICTURE
    ):
        limit = f"{LARGEST_PICTURE // 2**20}"
        raise validation_error("unsupported_image", field=source, limit=limit)
    return Upload(content, content_type, content_type.replace("image/", "picture."))


def _read(hass: HomeAssistant, given: str) -> bytes:
    """Return the content of a file, or one byte more than is allowed of it."""
    path = Path(given)
    # Twice, so that neither the name nor what it is a link to tells of other folders.
    if not path.is_absolute() or not hass.config.is_allowed_path(given):
        raise validation_error("path_not_allowed", field=FILE)
    try:
        path = path.resolve(strict=True)
        if not hass.config.is_allowed_path(str(path)) or not path.is_file():
            raise validation_error("path_not_allowed", field=FILE)
        with path.open("rb") as file:
            return file.read(LARGEST_PICTURE + 1)
    except OSError as err:
        words = err.strerror or type(err).__name__
        raise validation_error("unreadable_file", field=FILE, message=words) from err


async def _async_look_at(call: ServerCall, entity_id: str) -> bytes:
    """Return what an entity shows to the caller."""
    call.permissions.require_entity(entity_id)
    state = call.hass.states.get(entity_id)
    domain, _ = split_entity_id(entity_id)
    if state is None or domain not in call.hass.config.components:
        raise validation_error("entity_unavailable", entity=entity_id)
    if state.state == STATE_UNAVAILABLE:
        raise action_error("entity_unavailable", entity=entity_id)
    try:
        if domain == Platform.CAMERA:
            return (await camera.async_get_image(call.hass, entity_id)).content
        return (await image.async_get_image(call.hass, entity_id)).content
    except HomeAssistantError as err:
        words = str(err).rstrip(".") or type(err).__name__
        raise action_error("no_image", entity=entity_id, message=words) from err
