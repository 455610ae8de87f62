"""WebRTC: only Home Assistant's own go2rtc gets to know where the video is."""

from typing import override

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from webrtc_models import RTCIceCandidateInit

from custom_components.frigate_http.camera.video import MANAGED_GO2RTC_URL
from homeassistant.components import go2rtc
from homeassistant.components.camera import (
    Camera,
    CameraWebRTCProvider,
    StreamType,
    WebRTCSendMessage,
    async_register_webrtc_provider,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

from . import managed_go2rtc
from .common import CAMERA, camera_entity, has_video, until

pytestmark = pytest.mark.usefixtures("fixed_time")

NAME = "camera.front_door"


class OtherProvider(CameraWebRTCProvider):
    """A provider of another integration, which takes every URL that it is asked about."""

    def __init__(self) -> None:
        """Know of no URL yet."""
        self.urls: list[str] = []

    @property
    @override
    def domain(self) -> str:
        return "webrtc"

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        self.urls.append(stream_source)
        return True

    @override
    async def async_handle_async_webrtc_offer(
        self,
        camera: Camera,
        offer_sdp: str,
        session_id: str,
        send_message: WebRTCSendMessage,
    ) -> None:
        raise NotImplementedError

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        raise NotImplementedError

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        raise NotImplementedError


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return a set-up entry."""
    assert await async_setup_component(hass, "stream", {})
    return await set_up(hass, make_entry(frigate.internal_url))


def types(hass: HomeAssistant) -> set[StreamType]:
    """Return what the frontend may play."""
    return camera_entity(hass).camera_capabilities.frontend_stream_types


def test_the_url_is_the_one_of_home_assistant() -> None:
    assert go2rtc.HA_MANAGED_URL == MANAGED_GO2RTC_URL


async def test_home_assistants_own_go2rtc_is_the_provider(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert types(hass) == {StreamType.HLS}
    other = OtherProvider()
    async_register_webrtc_provider(hass, other)
    await hass.async_block_till_done()
    assert types(hass) == {StreamType.HLS}

    async with managed_go2rtc.running(hass) as managed:
        assert types(hass) == {StreamType.HLS, StreamType.WEB_RTC}
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id(
            {"type": "camera/webrtc/offer", "entity_id": CAMERA, "offer": "v=0"}
        )
        assert (await socket.receive_json())["success"]
        assert (await socket.receive_json())["event"]["type"] == "session"
        event = (await socket.receive_json())["event"]
        assert event == {"type": "answer", "answer": managed_go2rtc.ANSWER}
        sources = managed.streams[go2rtc.get_camera_identifier(camera_entity(hass))]
        assert sources[0] == await camera_entity(hass).stream_source()

        # Where there is no video, there is no provider either.
        frigate.push("front_door/enabled/state", "OFF")
        await until(frigate, lambda: types(hass) == set())
        await until(frigate, lambda: camera_entity(hass).webrtc_provider is None)
        frigate.push("front_door/enabled/state", "ON")
        await until(frigate, lambda: StreamType.WEB_RTC in types(hass))
        await socket.close()
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert other.urls == []


async def test_a_go2rtc_elsewhere_learns_nothing(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    async with managed_go2rtc.running(hass, "http://go2rtc.lan:1984/") as its:
        assert has_video(hass)
        assert types(hass) == {StreamType.HLS}
        assert camera_entity(hass).webrtc_provider is None
        assert not its.streams
