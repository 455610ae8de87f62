"""Images: recognized by their first bytes, whatever the server calls them."""

from collections.abc import AsyncGenerator
import re

from .errors import FrigateDataError, FrigateTooLargeError
from .messages import Answer, Stream
from .models import StillImage

MAX_IMAGE_BYTES = 16 * 2**20
IMAGE_TYPE_BYTES = 12
"""How many bytes of a file `image_type` needs."""

_SIGNATURES = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
# Frigate always uses this boundary. Any other would allow a part to hide in another one.
_MJPEG_TYPE = re.compile(
    r'(?i:multipart/x-mixed-replace)\s*;\s*(?i:boundary)=("?)frame\1\s*'
)
_BOUNDARY = b"--frame"
_BLANK = b"\r\n\r\n"
_END_OF_JPEG = b"\xff\xd9" + _BLANK


def image_type(content: bytes | bytearray) -> str | None:
    """Return the media type of a JPEG, PNG, GIF or WebP; None for anything else.

    Other types of images, such as SVG, may hold scripts. A browser would run them as if
    they came from the site that passes the image on.
    """
    for content_type, signature in _SIGNATURES.items():
        if signature.match(content):
            return content_type
    return None


def still_image(answer: Answer) -> StillImage:
    """Return an answer as an image.

    Raises:
        FrigateHTMLError: it is a web page.
        FrigateDataError: it is no image of a known type.
    """
    answer.refuse_html()
    if (content_type := image_type(answer.body)) is None:
        raise FrigateDataError("The answer is not an image", answer.status)
    offline = answer.headers.get("x-frigate-offline", "").lower() == "true"
    return StillImage(answer.body, content_type, offline)


def is_mjpeg(content_type: str) -> bool:
    """Return whether a stream says that it is one of Frigate's MJPEG streams."""
    return _MJPEG_TYPE.fullmatch(content_type) is not None


async def jpeg_frames(stream: Stream) -> AsyncGenerator[bytes]:
    """Yield each JPEG of an MJPEG stream, without what the server says about it.

    Raises:
        FrigateConnectionError: the stream broke off, or fell silent.
        FrigateTooLargeError: a frame has no end.
        FrigateDataError: a part is no JPEG.
    """
    buffer = bytearray()
    async for chunk in stream.chunks():
        searched = max(0, len(buffer) - len(_BOUNDARY))
        buffer += chunk
        while (end := _end_of_part(buffer, searched)) is not None:
            part = buffer[:end]
            del buffer[:end]
            searched = 0
            if not part.isspace():
                yield _jpeg(part)
        if len(buffer) > MAX_IMAGE_BYTES:
            raise FrigateTooLargeError("A frame without an end", stream.status)


def _end_of_part(buffer: bytearray, searched: int) -> int | None:
    """Return where the first part ends, the boundary before it included."""
    start = max(searched, 1)
    # Searched from the right, which takes a quarter of the time: mostly, there is none, as
    # it comes with the next frame only, which need not be waited for.
    if buffer.rfind(_BOUNDARY, start) < 0:
        return len(buffer) if buffer.endswith(_END_OF_JPEG) else None
    return buffer.find(_BOUNDARY, start)


def _jpeg(part: bytearray) -> bytes:
    start = part.find(_BLANK) + len(_BLANK)
    begin = part[start : start + IMAGE_TYPE_BYTES]
    if not part.startswith(_BOUNDARY) or image_type(begin) != "image/jpeg":
        raise FrigateDataError("A part of the MJPEG stream is not a JPEG", 200)
    return bytes(memoryview(part)[start:]).rstrip(b"\r\n")
