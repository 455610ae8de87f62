"""Decides which cameras show video with sound, and says why the others show pictures."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..aiofrigate import (
    BIRDSEYE,
    Backoff,
    FrigateAuthError,
    FrigateError,
    FrigateForbiddenError,
    FrigateRedirectError,
    FrigateTimeoutError,
    FrigateVideoError,
    is_websocket_refused,
)
from ..const import CONF_LIVE_VIEW, CONF_OVERLAYS, LIVE_VIEW_PICTURES, LOGGER
from ..mp4 import Mp4Error
from ..relay.relay import Relay
from .server import ServerCoordinator

DECISION_TIMEOUT = 5.0
"""Seconds for which somebody who wants to watch waits for the first decision."""
PROBES = 2
"""How many streams are asked for at once: go2rtc connects to a camera for each."""


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
    UNREADABLE = "unreadable"
    """What Frigate sends is not the video that it said."""
    NO_LOGIN = "no_login"
    NO_WEBSOCKET = "no_websocket"
    """Something between Frigate and us passes no WebSockets."""
    UNREACHABLE = "unreachable"


_KNOWN_BY_ASKING = frozenset(Why) - {
    *(Why.PICTURES, Why.OVERLAYS, Why.NOT_RESTREAMED, Why.RESTRICTED),
}
_MAY_PASS = frozenset({Why.NO_SOURCE, Why.NO_DATA, Why.UNREACHABLE})
_MAY_PASS_IF_PLAYED = _MAY_PASS | {Why.UNKNOWN_STREAM, Why.NO_WEBSOCKET}
"""Where there was video, a restart of Frigate or of a proxy may be the reason."""


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


@dataclass(slots=True)
class _Camera:
    """A camera or Birdseye, and when it is asked again."""

    decision: VideoDecision
    unsubscribe: CALLBACK_TYPE
    source: int | None = None
    """Changes with where go2rtc has the stream from."""
    backoff: Backoff = field(default_factory=Backoff)
    played_since: float | None = None
    cancel_retry: CALLBACK_TYPE | None = None

    @property
    def may_play_soon(self) -> bool:
        """Return whether the fault may pass without a change of the configuration."""
        has_played = self.played_since is not None
        return self.decision.why in (_MAY_PASS_IF_PLAYED if has_played else _MAY_PASS)

    def end_wait(self) -> None:
        """Ask no more at the time that was planned."""
        if self.cancel_retry is not None:
            self.cancel_retry()
            self.cancel_retry = None


class VideoCoordinator:
    """Decides for each camera and for Birdseye whether there is video to show.

    The configuration alone does not tell, so that Frigate is asked for each stream. Those
    that do not play are asked for again each time the configuration was read, and sooner
    if the fault may pass. Whether a camera is switched off changes no decision.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        server: ServerCoordinator,
        relay: Relay,
    ) -> None:
        """Initialize from the configuration; sends nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._server = server
        self._relay = relay
        self._cameras: dict[str, _Camera] = {}
        self._listeners: defaultdict[str, set[CALLBACK_TYPE]] = defaultdict(set)
        self._queue: dict[str, None] = {}
        """The cameras to ask for, in this order."""
        self._hidden: set[str] = set()
        self._free_probes = PROBES
        self._config_read_at: float | None = None
        self._was_up = True
        self._is_started = False
        self._handle_server_update()

    @callback
    def async_start(self) -> None:
        """Begin to ask, in the background."""
        self._is_started = True
        self._entry.async_on_unload(self._stop)
        self._entry.async_on_unload(
            self._server.async_add_listener(self._handle_server_update)
        )
        self._probe_in_background()

    @callback
    def _stop(self) -> None:
        self._is_started = False
        self._queue.clear()
        for camera in self._cameras.values():
            camera.end_wait()
            camera.unsubscribe()

    @property
    def decisions(self) -> dict[str, VideoDecision]:
        """Return all decisions, those that only the options tell too."""
        return {key: camera.decision for key, camera in self._cameras.items()}

    def decision(self, key: str) -> VideoDecision:
        """Return the decision for a camera, or for Birdseye."""
        camera = self._cameras.get(key)
        return _UNSEEN if camera is None else camera.decision

    async def async_decided(self, key: str) -> VideoDecision:
        """Return the decision, after a wait for Frigate's first answer if it is to come."""
        decided = asyncio.Event()
        unsubscribe = self.subscribe(key, decided.set)
        if key in self._queue:
            # Somebody wants to watch this one.
            self._queue = {key: None, **self._queue}
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(DECISION_TIMEOUT):
                    while self.decision(key).why is Why.NOT_ASKED:
                        decided.clear()
                        await decided.wait()
        finally:
            unsubscribe()
        return self.decision(key)

    @callback
    def subscribe(self, key: str, update_callback: CALLBACK_TYPE) -> Callable[[], None]:
        """Call back after each change of the decision for a camera or Birdseye."""
        self._listeners[key].add(update_callback)
        return partial(self._listeners[key].discard, update_callback)

    @callback
    def async_set_shown(self, key: str, is_shown: bool) -> None:
        """Let nobody watch a camera that is off, whose stream go2rtc does not end.

        Nor one whose entity is removed: its players are known to nobody then.
        """
        if is_shown is (key not in self._hidden):
            return
        if is_shown:
            self._hidden.discard(key)
        else:
            self._hidden.add(key)
        self._serve()

    @callback
    def _handle_server_update(self) -> None:
        """Decide anew after a read of the configuration, and ask when the server is back."""
        was_up, self._was_up = self._was_up, self._server.last_update_success
        read_at = self._server.data.config_read_at
        if read_at != self._config_read_at:
            self._config_read_at = read_at
            self._configure()
        elif self._was_up and not was_up:
            for key, camera in self._cameras.items():
                if camera.may_play_soon:
                    self._ask(key)

    def _configure(self) -> None:
        """Decide what the configuration and the options tell, and ask for the rest."""
        expected = dict(self._expected())
        for key in self._cameras.keys() - expected.keys():
            self._drop(key)
        for key, found in expected.items():
            if (camera := self._cameras.get(key)) is None:
                listener = partial(self._handle_stream, key)
                unsubscribe = self._relay.subscribe(key, listener)
                camera = self._cameras[key] = _Camera(_UNSEEN, unsubscribe)
            source = self._server.data.config.sources.get(found.stream or "")
            has_other_source, camera.source = camera.source != source, source
            known = camera.decision
            # What Frigate has answered counts until it answers again.
            is_answered = (
                found.why is Why.NOT_ASKED
                and found.stream == known.stream
                and known.why in _KNOWN_BY_ASKING
            )
            if not is_answered:
                self._decide(key, found)
            if not (is_answered and known.plays) or has_other_source:
                self._ask(key)

    def _expected(self) -> Iterator[tuple[str, VideoDecision]]:
        """Yield what is known of each camera without asking for its stream."""
        data = self._server.data
        for camera in data.cameras:
            yield camera, self._known(data.config.stream_of(camera))
        if data.config.birdseye_restream:
            found = self._known(data.config.stream_of(BIRDSEYE))
            if data.profile.is_restricted and found.why is Why.NOT_ASKED:
                found = replace(found, why=Why.RESTRICTED)
            yield BIRDSEYE, found

    def _known(self, stream: str | None) -> VideoDecision:
        options = self._entry.options
        if options.get(CONF_LIVE_VIEW) == LIVE_VIEW_PICTURES:
            why = Why.PICTURES
        elif options.get(CONF_OVERLAYS):
            why = Why.OVERLAYS
        elif stream is None:
            why = Why.NOT_RESTREAMED
        else:
            why = Why.NOT_ASKED
        return VideoDecision(stream=stream, why=why)

    def _drop(self, key: str) -> None:
        """Forget a camera that is gone, or that the account may not see any more."""
        camera = self._cameras.pop(key)
        camera.decision = _UNSEEN
        camera.end_wait()
        camera.unsubscribe()
        self._publish(key)

    def _decide(self, key: str, found: VideoDecision) -> None:
        """Keep, log and publish a decision if it is another one."""
        camera = self._cameras[key]
        if camera.decision == found:
            return
        camera.decision = found
        if found.plays:
            camera.played_since = time.monotonic()
        LOGGER.debug(
            "%s: %s shows %s: %s",
            self._entry.title,
            key,
            "video" if found.plays else "pictures",
            ", ".join((found.why, *found.codecs)),
        )
        self._publish(key)

    def _serve(self) -> None:
        """Tell the relay what may be watched."""
        self._relay.serve(
            {
                name: camera.decision.stream
                for name, camera in self._cameras.items()
                if camera.decision.plays
                and camera.decision.stream is not None
                and name not in self._hidden
            }
        )

    def _publish(self, key: str) -> None:
        self._serve()
        for update_callback in tuple(self._listeners.get(key, ())):
            update_callback()

    @callback
    def _handle_stream(self, key: str) -> None:
        """Show pictures while a stream that somebody watches brings no data."""
        camera = self._cameras[key]
        state = self._relay.state_of(key)
        if camera.decision.plays and state.has_data is False:
            why = Why.NO_DATA if state.error is None else _why(state.error)
            self._decide(key, replace(camera.decision, why=why, codecs=()))
            began_at = camera.played_since or 0.0
            self._ask_later(camera, key, lasted=time.monotonic() - began_at)

    def _ask(self, key: str) -> None:
        """Ask for a stream as soon as there is a turn, if that can tell anything."""
        camera = self._cameras[key]
        camera.end_wait()
        if camera.decision.why in _KNOWN_BY_ASKING:
            self._queue[key] = None
            self._probe_in_background()

    def _ask_later(self, camera: _Camera, key: str, *, lasted: float = 0.0) -> None:
        """Ask again after a pause that grows unless there was video for long."""
        camera.end_wait()
        if not camera.may_play_soon or not self._is_started:
            return

        @callback
        def _again(_now: datetime) -> None:
            camera.cancel_retry = None
            # Nothing can be had from a server that is down, and its return is noticed.
            if self._server.last_update_success:
                self._ask(key)

        camera.cancel_retry = async_call_later(
            self._hass,
            camera.backoff.pause(lasted),
            HassJob(_again, f"ask for the video of {key}", cancel_on_shutdown=True),
        )

    def _probe_in_background(self) -> None:
        while self._is_started and self._free_probes and self._queue:
            self._free_probes -= 1
            # Not as the user who has changed an option, or has reloaded the entry.
            Context().run(
                self._entry.async_create_background_task,
                self._hass,
                self._probe_queue(),
                f"{self._entry.title} video",
            )

    async def _probe_queue(self) -> None:
        try:
            while self._queue:
                key = next(iter(self._queue))
                del self._queue[key]
                if (camera := self._cameras.get(key)) is not None:
                    await self._probe(key, camera)
        finally:
            self._free_probes += 1

    async def _probe(self, key: str, camera: _Camera) -> None:
        """Ask for a stream, and decide by the answer unless all is different meanwhile."""
        asked = camera.decision
        if asked.stream is None or asked.why not in _KNOWN_BY_ASKING:
            return
        try:
            codecs = await self._codecs(
                asked.stream, needs_data=asked.why is Why.NO_DATA
            )
        except FrigateError as err:
            LOGGER.debug("%s: no video of %s: %s", self._entry.title, key, err)
            found = replace(asked, why=_why(err), codecs=())
        else:
            found = replace(asked, why=Why.PLAYS, codecs=codecs)
        if self._is_started and camera.decision is asked:
            self._decide(key, found)
            self._ask_later(camera, key)

    async def _codecs(self, stream: str, *, needs_data: bool) -> tuple[str, ...]:
        """Return the codecs of a stream, once it brings data if that is needed.

        Raises:
            FrigateError: there is no video.
        """
        live_video = self._server.client.live_video
        if not needs_data:
            return await live_video.check(stream)
        async with live_video.open(stream) as video:
            messages = aiter(video)
            # What a player needs to begin comes without the camera, the video does not.
            await anext(messages)
            await anext(messages)
            return video.codecs


def _why(err: FrigateError | Mp4Error) -> Why:
    """Return what an error says of the video of a camera."""
    if isinstance(err, Mp4Error):
        return Why.UNREADABLE
    if isinstance(err, FrigateVideoError):
        return Why(err.kind)
    if isinstance(err, FrigateForbiddenError):
        return Why.FORBIDDEN
    if isinstance(err, (FrigateAuthError, FrigateRedirectError)):
        # The polls find out whether the account or only this route is refused.
        return Why.NO_LOGIN
    if is_websocket_refused(err):
        return Why.NO_WEBSOCKET
    if isinstance(err, FrigateTimeoutError):
        return Why.NO_DATA
    return Why.UNREACHABLE
