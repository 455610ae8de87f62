"""Pictures as every receiver of a notification shows them: no WebP, and not too large."""

from io import BytesIO
from typing import Final

from PIL import Image

from homeassistant.core import HomeAssistant

from ..aiofrigate import FrigateDataError, StillImage

MAX_BYTES: Final = 10 * 10**6
"""Bytes of the largest picture that iOS shows in a notification."""
MAX_PIXELS: Final = 40_000_000
"""More than any camera has; a small file may claim to be a huge picture."""
_MAX_SIDE: Final = 3840
_JPEG: Final = "image/jpeg"
_WEBP: Final = "image/webp"
_UNREADABLE: Final = (
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
)


async def async_as_jpeg(hass: HomeAssistant, image: StillImage) -> StillImage:
    """Return a picture as it is, or as JPEG if iOS would not show it.

    Raises:
        FrigateDataError: it must be converted, and is damaged or has too many pixels.
    """
    if image.content_type != _WEBP and len(image.content) <= MAX_BYTES:
        return image
    content = await hass.async_add_executor_job(_as_jpeg, image.content)
    return StillImage(content, _JPEG, image.offline)


def _as_jpeg(content: bytes) -> bytes:
    out = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ValueError("too many pixels")
            picture.thumbnail((_MAX_SIDE, _MAX_SIDE))
            picture.convert("RGB").save(out, "JPEG", quality=85)
    except _UNREADABLE as err:
        raise FrigateDataError("The picture cannot be converted", 200) from err
    return out.getvalue()
