"""Files on their way out, bit by bit, so that a large one takes no memory."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import IO

from .pictures import Workers

_PIECE = 64 * 1024


async def pieces(
    workers: Workers, path: Path, start: int, end: int
) -> AsyncGenerator[bytes]:
    """Read a file from a byte up to another."""
    file: IO[bytes] = await workers.run(path.open, "rb")
    with file:
        file.seek(start)
        left = end - start
        while piece := await workers.run(file.read, min(_PIECE, left)):
            yield piece
            left -= len(piece)
