"""Video with sound, for cameras that Frigate restreams."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, cast, override

from homeassistant.components.camera import (
    Camera,
    CameraEntityFeature,
    CameraWebRTCProvider,
    get_dynamic_camera_stream_settings,
)
from homeassistant.components.camera.webrtc import DATA_WEBRTC_PROVIDERS
from homeassistant.components.stream import DOMAIN as STREAM, HLS_PROVIDER, Stream
from homeassistant.components.stream.const import ATTR_STREAMS
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..coordinator.video import VideoCoordinator, Why
from ..errors import action_error
from ..relay.relay import Relay
from .stills import StillsCamera

GO2RTC = "go2rtc"
MANAGED_GO2RTC_URL = "http://localhost:11984/"
"""Where Home Assistant's own go2rtc listens. Its package cannot be imported everywhere."""
NO_VIDEO = {
    Why.PICTURES: "video_pictures",
    Why.OVERLAYS: "video_pictures",
    Why.NOT_RESTREAMED: "video_not_restreamed",
    Why.OTHER_CODEC: "video_codec",
    Why.FORBIDDEN: "video_forbidden",
    Why.RESTRICTED: "video_forbidden",
    Why.NO_WEBSOCKET: "video_no_websocket",
}
"""The texts for what does not pass by itself."""
NO_VIDEO_NOW = "video_missing"


class VideoCamera(StillsCamera):
    """A camera that shows video while there is some, and pictures otherwise."""

    _video: VideoCoordinator
    _relay: Relay
    _video_key: str

    @property
    def is_switched_off(self) -> bool:
        """Return whether the camera is known to be off; go2rtc still has its stream."""
        return False

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to what is decided about the video."""
        self.async_on_remove(
            self._video.subscribe(self._video_key, self._handle_video_update)
        )
        await super().async_added_to_hass()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Stop the stream, which Home Assistant would read for ever."""
        await super().async_will_remove_from_hass()
        # First, because a player that waits for data cannot be stopped at once.
        self._video.async_set_shown(self._video_key, False)
        # The same entity may be added again under another id.
        self._attr_supported_features &= ~CameraEntityFeature.STREAM
        await self._async_stop_stream()

    @callback
    def _handle_video_update(self) -> None:
        """Write the state at once, whether or not the server answers polls."""
        if self._async_update_video():
            self.async_write_ha_state()

    @callback
    def _async_update_video(self) -> bool:
        """Offer video while there is some; return whether that has changed."""
        is_off, key = self.is_switched_off, self._video_key
        # This ends readers that Home Assistant does not know, and those of its go2rtc.
        self._video.async_set_shown(key, not is_off)
        plays = not is_off and self._video.decision(key).plays
        others = self._attr_supported_features & ~CameraEntityFeature.STREAM
        features = others | CameraEntityFeature.STREAM if plays else others
        if features == self._attr_supported_features:
            return False
        self._attr_supported_features = features
        self._async_run(self._async_preload() if plays else self._async_stop_stream())
        return True

    def _async_run(self, work: Coroutine[Any, Any, None]) -> None:
        self.hass.async_create_task(work, f"video of {self.entity_id}")

    @override
    async def stream_source(self) -> str:
        """Return where Home Assistant reads the video; the URL has a secret in it.

        Raises:
            HomeAssistantError: there is no video, with the reason.
        """
        if self.is_switched_off:
            raise action_error("video_off", entity=self.entity_id)
        decision = await self._video.async_decided(self._video_key)
        if not decision.plays:
            key = NO_VIDEO.get(decision.why, NO_VIDEO_NOW)
            raise action_error(key, entity=self.entity_id)
        return self._relay.url_of(self._video_key)

    @override
    async def async_create_stream(self) -> Stream | None:
        """Return the stream; None for a camera without video that is to be preloaded.

        When it has started, Home Assistant preloads one camera after the other. An error
        would keep all further ones from it.
        """
        try:
            stream = await super().async_create_stream()
        except HomeAssistantError:
            if await self._is_preloaded():
                return None
            raise
        if stream is not None:
            stream.set_update_callback(partial(self._handle_stream_update, stream))
        return stream

    @callback
    def _handle_stream_update(self, stream: Stream) -> None:
        """Let go of a stream that has failed, so that nobody looks at a frozen picture.

        Home Assistant would try again after a while, as it does with a preloaded one.
        """
        has_failed = stream is self.stream and not stream.available
        if has_failed and not stream.dynamic_stream_settings.preload_stream:
            self._async_run(self._async_stop_stream())

    async def _is_preloaded(self) -> bool:
        prefs = await get_dynamic_camera_stream_settings(self.hass, self.entity_id)
        return prefs.preload_stream

    async def _async_preload(self) -> None:
        """Start a stream that is to be preloaded, when there is video again.

        Home Assistant itself only does so when it has started.
        """
        if not self.hass.is_running or not await self._is_preloaded():
            return
        if (stream := await self.async_create_stream()) is not None:
            stream.add_provider(HLS_PROVIDER)
            await stream.start()

    async def _async_stop_stream(self) -> None:
        """Let go of the stream, and end all who watch it."""
        if (stream := self.stream) is None:
            return
        self.stream = None
        LOGGER.debug("Stopping the video of %s", self.entity_id)
        stream.set_update_callback(lambda: None)
        # Preloading keeps a stream alive, and the next one shares these settings.
        stream.dynamic_stream_settings = replace(
            stream.dynamic_stream_settings, preload_stream=False
        )
        # To remove an output wakes who waits for it; to stop the stream alone does not.
        for output in stream.outputs().values():
            await stream.remove_provider(output)
        await stream.stop()
        # Home Assistant stops all streams at its end, and keeps each of them until then.
        self.hass.data[STREAM][ATTR_STREAMS].remove(stream)

    @override
    async def _async_get_supported_webrtc_provider[T](
        self, fn: Callable[[HomeAssistant, Camera], Coroutine[Any, Any, T | None]]
    ) -> T | None:
        """Return Home Assistant's own go2rtc, if it runs.

        No other provider is asked, as asking means to hand over the URL with its secret.
        A go2rtc elsewhere could not reach that URL either.
        """
        return cast(
            "T | None",
            await super()._async_get_supported_webrtc_provider(_async_managed_go2rtc),
        )


async def _async_managed_go2rtc(
    hass: HomeAssistant, camera: Camera
) -> CameraWebRTCProvider | None:
    """Return the go2rtc that Home Assistant itself runs, if it reads from the camera."""
    config = hass.data.get(GO2RTC)
    if getattr(config, "url", None) != MANAGED_GO2RTC_URL:
        return None
    if (source := await camera.stream_source()) is None:
        return None
    for provider in hass.data.get(DATA_WEBRTC_PROVIDERS, ()):
        if provider.domain == GO2RTC and provider.async_is_supported(source):
            return provider
    return None
