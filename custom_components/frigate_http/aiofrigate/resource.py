"""What the resources of the client have in common."""

from .transport import Transport


class Resource:
    """The routes of one subject, such as events or exports.

    Every method raises `FrigateError` for anything but a good answer; `fresh` asks past
    Frigate's cache, which is up to 5 seconds old.
    """

    def __init__(self, transport: Transport) -> None:
        """Send everything through a transport."""
        self._transport = transport
