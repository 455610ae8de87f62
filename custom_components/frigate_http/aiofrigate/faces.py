"""The library of known faces."""

from .errors import FrigateDataError
from .models import FaceLibrary
from .transport import Transport


class Faces:
    """Known people and their images; for administrators only."""

    def __init__(self, transport: Transport) -> None:
        """Speak through a transport."""
        self._transport = transport

    async def library(self, *, fresh: bool = False) -> FaceLibrary:
        """Return people and images (`GET /api/faces`).

        Raises:
            FrigateForbiddenError: the account is not an administrator's.
            FrigateNotFoundError: Frigate is older than 0.16.
            FrigateDataError: the answer is not a library.
            FrigateError: anything else.
        """
        answer = await self._transport.request("GET", "api", "faces", fresh=fresh)
        data = answer.json(dict)
        if not all(isinstance(files, list) for files in data.values()):
            raise FrigateDataError("This is not a library of faces", answer.status)
        return FaceLibrary.from_api(data)
