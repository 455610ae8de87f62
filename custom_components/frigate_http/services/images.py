"""The image of an action: a file, or the image of a camera or image entity."""

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
from .fields import entity_of, text

FILE, IMAGE_ENTITY = "file", "image_entity"
MAX_IMAGE_BYTES = 16 * 2**20
_MAX_PATH_LENGTH = 4096
# Frigate takes faces from these types; an animated image is none.
_FOR_FRIGATE = ("image/jpeg", "image/png", "image/webp")


IMAGE_FIELDS: VolDictType = {
    vol.Optional(FILE): text(_MAX_PATH_LENGTH),
    vol.Optional(IMAGE_ENTITY): entity_of(Platform.CAMERA, Platform.IMAGE),
}


def exactly_one_field(data: Mapping[str, Any], first: str, second: str) -> str:
    """Return which of two fields is set.

    Raises:
        ServiceValidationError: none of them is set, or both are.
    """
    if (first in data) is (second in data):
        raise validation_error("only_one", first=first, second=second)
    return first if first in data else second


async def async_get_image(call: ServerCall) -> Upload:
    """Return the image of a call.

    Raises:
        ServiceValidationError: the file may not be read, or is not an image.
        Unauthorized: the caller may not see the entity, or every camera for a file.
        HomeAssistantError: the entity has no image.
    """
    source = exactly_one_field(call.data, FILE, IMAGE_ENTITY)
    if source == FILE:
        # A file may show any camera.
        call.permissions.require_read(None)
        path = call.data[FILE]
        content = await call.hass.async_add_executor_job(_read_file, call.hass, path)
    else:
        content = await _async_image_of_entity(call, call.data[IMAGE_ENTITY])
    content_type = image_type(content)
    if (
        content_type is None
        or content_type not in _FOR_FRIGATE
        or len(content) > MAX_IMAGE_BYTES
    ):
        limit = f"{MAX_IMAGE_BYTES // 2**20}"
        raise validation_error("unsupported_image", field=source, limit=limit)
    return Upload(content, content_type, content_type.replace("image/", "image."))


def _read_file(hass: HomeAssistant, given: str) -> bytes:
    """Return the content of a file, up to one byte more than is allowed."""
    path = Path(given)
    # Checked twice: the path itself, and what it is a link to.
    if not path.is_absolute() or not hass.config.is_allowed_path(given):
        raise validation_error("path_not_allowed", field=FILE)
    try:
        path = path.resolve(strict=True)
        if not hass.config.is_allowed_path(str(path)) or not path.is_file():
            raise validation_error("path_not_allowed", field=FILE)
        with path.open("rb") as file:
            return file.read(MAX_IMAGE_BYTES + 1)
    except OSError as err:
        words = err.strerror or type(err).__name__
        raise validation_error("unreadable_file", field=FILE, message=words) from err


async def _async_image_of_entity(call: ServerCall, entity_id: str) -> bytes:
    """Return the current image of an entity."""
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
