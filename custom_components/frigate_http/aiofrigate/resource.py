"""The base class of the resources of the client."""

from .transport import Transport


class Resource:
    """A group of routes, such as those for events or exports.

    Every method that sends something raises `FrigateError`, see `errors`. `fresh` bypasses
    Frigate's cache, which is up to 5 seconds old.
    """

    def __init__(self, transport: Transport) -> None:
        """Use a transport, which all resources of a client share."""
        self._transport = transport
