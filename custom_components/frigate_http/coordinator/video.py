"""Decides which cameras show video with sound, and says why the others show pictures."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import BIRDSEYE, CONF_LIVE_VIEW, CONF_OVERLAYS, LIVE_VIEW_PICTURES, LOGGER
from .server import FrigateData, ServerCoordinator

DECISION_TIMEOUT = 10.0
"""Seconds for which somebody who wants to watch waits for the first decision."""


class Why(StrEnum):
    """Why a camera shows video, or pictures."""

    PLAYS = "plays"
    NOT_ASKED = "not_asked"
    """Frigate's answer is still to come."""
    PICTURES = "pictures"
    """The options choose pictures."""
    OVERLAYS = "overlays"
    """The options choose overlays, which only pictures have."""
    NOT_RESTREAMED = "not_restreamed"
    """Frigate has no stream of the camera."""
    RESTRICTED = "restricted"
    """The account may not see all cameras, but Birdseye shows them all."""
    FORBIDDEN = "forbidden"
    """The account may not see the camera, or Frigate refuses its stream."""
    UNKNOWN_STREAM = "unknown_stream"
    """Frigate's configuration names a stream that its go2rtc does not have."""
    OTHER_CODEC = "other_codec"
    """The video is not H.264."""
    NO_SOURCE = "no_source"
    """Frigate does not reach the camera."""
    NO_DATA = "no_data"
    """The stream is open, but brings no video."""
    NO_LOGIN = "no_login"
    NO_WEBSOCKET = "no_websocket"
    """Something between Frigate and us passes no WebSockets."""
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoDecision:
    """Whether a camera shows video, and why."""

    stream: str | None = None
    """The name that go2rtc has for the stream; None if there is none."""
    why: Why
    codecs: tuple[str, ...] = ()

    @property
    def plays(self) -> bool:
        """Return whether the camera shows video."""
        return self.why is Why.PLAYS


_UNSEEN = VideoDecision(why=Why.FORBIDDEN)


class VideoCoordinator:
    """Decides for each camera and for Birdseye whether there is video to show.

    This is not known from the configuration alone, so that Frigate is asked for each
    stream when its configuration was read. A camera that is switched off is treated like
    any other here.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, server: ServerCoordinator
    ) -> None:
        """Initialize from the configuration; sends nothing."""
        self._hass = hass
        self._entry = entry
        self._server = server
        self._decisions: dict[str, VideoDecision] = {}
        self._listeners: defaultdict[str, set[CALLBACK_TYPE]] = defaultdict(set)
        self._configure()
        entry.async_on_unload(server.async_add_listener(self._handle_server_update))

    def decision(self, key: str) -> VideoDecision:
        """Return the decision for a camera, or for Birdseye."""
        return self._decisions.get(key, _UNSEEN)

    async def async_decided(self, key: str) -> VideoDecision:
        """Return the decision, after a wait for Frigate's first answer if it is to come."""
        decided = asyncio.Event()
        unsubscribe = self.subscribe(key, decided.set)
        try:
            async with asyncio.timeout(DECISION_TIMEOUT):
                while self.decision(key).why is Why.NOT_ASKED:
                    decided.clear()
                    await decided.wait()
        except TimeoutError:
            pass
        finally:
            unsubscribe()
        return self.decision(key)

    @callback
    def subscribe(self, key: str, update_callback: CALLBACK_TYPE) -> Callable[[], None]:
        """Call back after each change of the decision for a camera or Birdseye."""
        self._listeners[key].add(update_callback)
        return partial(self._listeners[key].discard, update_callback)

    @callback
    def _handle_server_update(self) -> None:
        self._configure()

    def _configure(self) -> None:
        """Decide all that the configuration and the options tell."""
        wanted = dict(self._wanted(self._server.data))
        for key in self._decisions.keys() - wanted.keys():
            self._decide(key, None)
        for key, found in wanted.items():
            self._decide(key, found)

    def _wanted(self, data: FrigateData) -> Iterator[tuple[str, VideoDecision]]:
        """Yield what is known of each camera without asking for its stream."""
        for camera in data.cameras:
            yield camera, self._known(None)
        if data.config.birdseye_restream:
            yield BIRDSEYE, self._known(None)

    def _known(self, stream: str | None) -> VideoDecision:
        options = self._entry.options
        if options.get(CONF_LIVE_VIEW) == LIVE_VIEW_PICTURES:
            return VideoDecision(stream=stream, why=Why.PICTURES)
        if options.get(CONF_OVERLAYS):
            return VideoDecision(stream=stream, why=Why.OVERLAYS)
        if stream is None:
            return VideoDecision(why=Why.NOT_RESTREAMED)
        return VideoDecision(stream=stream, why=Why.NOT_ASKED)

    def _decide(self, key: str, found: VideoDecision | None) -> None:
        """Keep a decision, log it, and call back, if it is another one; None for no camera."""
        if self._decisions.get(key) == found:
            return
        if found is None:
            del self._decisions[key]
        else:
            self._decisions[key] = found
            LOGGER.debug(
                "%s: %s shows %s: %s %s",
                self._entry.title,
                key,
                "video" if found.plays else "pictures",
                found.why,
                ", ".join(found.codecs),
            )
        for update_callback in tuple(self._listeners.get(key, ())):
            update_callback()
