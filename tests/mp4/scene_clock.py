"""A picture that shows which second it was recorded in, for tests and for web pages.

The picture is a grid of 8 columns and 6 rows of equal blocks, whatever its size. A white
block is a 1, a black one a 0, and a row is a byte, most significant bit at the left:

    row 0      1 0 1 1 0 0 1 0, always (0xB2)
    rows 1-4   the second since the epoch, most significant byte first
    row 5      the exclusive or of rows 1 to 4, inverted

To read it, look at the middle of each block, as the edges are blurred by the encoding:
the pixel at `(column + 0.5) / 8` of the width and `(row + 0.5) / 6` of the height, which
is white if its brightness is above 127. Where row 0 or row 5 is something else, this is no
such picture.

A picture can show something else as well, and have such a clock in its lower right corner
only, a quarter as wide and a quarter as high: see `put_clock` and `corner`.
"""

from functools import reduce
from operator import xor
import struct

from PIL import Image

COLUMNS, ROWS = 8, 6
_MARKER = 0xB2
_BLACK, _WHITE = 16, 235


def _rows(second: int) -> bytes:
    number = struct.pack(">I", second)
    return bytes([_MARKER, *number, reduce(xor, number) ^ 0xFF])


def clock_luma(second: int, width: int, height: int) -> bytes:
    """Return the brightness of each pixel of the picture of a second."""
    lines = []
    for byte in _rows(second):
        line = bytearray()
        for column in range(COLUMNS):
            edge = (column + 1) * width // COLUMNS
            bit = byte >> (COLUMNS - 1 - column) & 1
            line += bytes([_WHITE if bit else _BLACK]) * (edge - len(line))
        lines.append(bytes(line))
    return b"".join(lines[row * ROWS // height] for row in range(height))


def read_clock(image: Image.Image) -> int | None:
    """Return the second that a picture shows, None if it shows none."""
    grey = image.convert("L")
    found = []
    for row in range(ROWS):
        byte = 0
        for column in range(COLUMNS):
            x = (2 * column + 1) * grey.width // (2 * COLUMNS)
            y = (2 * row + 1) * grey.height // (2 * ROWS)
            pixel = grey.getpixel((x, y))
            assert isinstance(pixel, int)
            byte = byte << 1 | (pixel > 127)
        found.append(byte)
    (second,) = struct.unpack(">I", bytes(found[1:5]))
    return second if bytes(found) == _rows(second) else None


def put_clock(picture: Image.Image, second: int) -> None:
    """Draw the clock into the lower right corner of a picture."""
    left, top, right, bottom = _corner_of(picture)
    size = right - left, bottom - top
    clock = Image.frombytes("L", size, clock_luma(second, *size))
    picture.paste(clock, (left, top))


def corner(picture: Image.Image) -> Image.Image:
    """Return the part of a picture into which `put_clock` has drawn."""
    return picture.crop(_corner_of(picture))


def _corner_of(picture: Image.Image) -> tuple[int, int, int, int]:
    width, height = picture.size
    return width * 3 // 4, height * 3 // 4, width, height
