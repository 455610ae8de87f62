"""JPEG instead of WebP, which not every receiver of a notification shows."""

from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

from homeassistant.core import HomeAssistant

from ..aiofrigate import FrigateDataError, StillImage

MAX_PIXELS: Final = 40_000_000
"""More than any camera has; a small file may claim to be a huge picture."""
_JPEG: Final = "image/jpeg"
_WEBP: Final = "image/webp"


async def async_as_jpeg(hass: HomeAssistant, image: StillImage) -> StillImage:
    """Return a picture, as JPEG if it is WebP; iOS shows JPEG, PNG and GIF only.

    Raises:
        FrigateDataError: it is damaged, or too large.
    """
    if image.content_type != _WEBP:
        return image
    content = await hass.async_add_executor_job(_as_jpeg, image.content)
    return StillImage(content, _JPEG, image.offline)


def _as_jpeg(content: bytes) -> bytes:
    out = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=["WEBP"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise FrigateDataError("The picture is too large", 200)
            picture.convert("RGB").save(out, "JPEG", quality=90)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as err:
        raise FrigateDataError("The picture is damaged", 200) from err
    return out.getvalue()
