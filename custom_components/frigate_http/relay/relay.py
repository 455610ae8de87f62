"""The relay of a server: which streams may be watched, and where."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..aiofrigate import FrigateClient
from .listener import Listener
from .video_stream import StreamState, VideoStream


class Relay:
    """Video of a server for the players of Home Assistant, as MPEG-TS over HTTP.

    A key is the name of a camera, or `birdseye`.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: FrigateClient
    ) -> None:
        """Initialize; nothing may be watched before `serve` is called."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._streams: dict[str, VideoStream] = {}
        self._listeners: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)
        self._listener = Listener(self._streams.get)
        self._is_closed = False

    async def async_start(self) -> None:
        """Open the port.

        Raises:
            OSError: there is none.
        """
        await self._listener.async_start()

    async def async_close(self) -> None:
        """End all readers, the connections to Frigate, and the port."""
        self.serve({})
        self._is_closed = True
        await self._listener.async_close()

    def url_of(self, key: str) -> str:
        """Return the URL of a key with its secret; it stays the same until `async_close`."""
        return self._listener.url_of(key)

    @callback
    def serve(self, streams: Mapping[str, str]) -> None:
        """Let these streams be watched, and no others.

        Args:
            streams: the name in go2rtc of each key. Readers of a key that is gone, or has
                another stream now, are ended at once.
        """
        if self._is_closed:
            return
        for key, stream in tuple(self._streams.items()):
            if streams.get(key) != stream.name:
                del self._streams[key]
                stream.close()
        for key, name in streams.items():
            if key not in self._streams:
                self._streams[key] = VideoStream(
                    self._hass,
                    self._entry,
                    self._client,
                    key,
                    name,
                    partial(self._notify, key),
                )

    def state_of(self, key: str) -> StreamState:
        """Return what becomes of the stream of a key."""
        stream = self._streams.get(key)
        return StreamState() if stream is None else stream.state

    @callback
    def subscribe(self, key: str, update: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `update` when the stream of a key begins or ceases to bring data.

        Returns:
            what ends that.
        """
        listeners = self._listeners[key]
        listeners.append(update)

        @callback
        def _remove() -> None:
            listeners.remove(update)

        return _remove

    def _notify(self, key: str) -> None:
        for update in tuple(self._listeners[key]):
            update()
