"""Two servers whose cameras have the same names: a right for one is none for the other."""

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import (
    clip_url,
    event_url,
    export_url,
    frame_url,
    playlist_url,
    range_preview_url,
    review_url,
)
from homeassistant.core import HomeAssistant
from tests.common import VIEWER
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import folders
from tests.fake_frigate import FakeFrigate
from tests.mp4.material import Scene

from .common import Watcher, guest_of, watcher_of
from .player import RECENT
from .test_exports import add_export

__all__ = ["folders"]

pytestmark = pytest.mark.usefixtures("fixed_time", "recorded", "folders")

DOOR = "front_door"


async def test_a_right_for_a_camera_is_for_that_of_one_server(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    watcher: Watcher,
    hass_client: ClientSessionGenerator,
) -> None:
    one = await set_up(hass, make_entry(frigate.internal_url))
    other = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    guest = await watcher_of(hass, hass_client, guest_of(hass, one, DOOR))
    review, event = frigate.add_review(DOOR).id, frigate.add_event(DOOR).id
    export = add_export(frigate)
    frigate.state.footage.show(DOOR, Scene(width=64, height=48, fps=2, sound=None), 0)

    def urls(entry_id: str) -> list[str]:
        return [
            playlist_url(entry_id, DOOR, *RECENT),
            clip_url(entry_id, DOOR, *RECENT),
            range_preview_url(entry_id, DOOR, *RECENT),
            frame_url(entry_id, DOOR, RECENT[0]),
            review_url(entry_id, review, "thumbnail"),
            review_url(entry_id, review, "snapshot.jpg"),
            review_url(entry_id, review, "clip.mp4"),
            review_url(entry_id, review, "preview.mp4"),
            event_url(entry_id, event, "thumbnail"),
            event_url(entry_id, event, "snapshot"),
            event_url(entry_id, event, "clip.mp4"),
            export_url(entry_id, export, "thumbnail"),
            export_url(entry_id, export, "video.mp4"),
        ]

    # All of it is asked for by somebody else first, so that whatever is kept is there.
    assert {await watcher.status(url) for url in urls(other.entry_id)} == {200}
    assert {await guest.status(url) for url in urls(one.entry_id)} == {200}
    assert {await guest.status(url) for url in urls(other.entry_id)} == {404}
