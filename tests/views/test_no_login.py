"""Nobody sees anything without a login, but for what a token in the path stands for."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http import view_urls
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .player import RECENT, Player
from .test_exports import add_export

pytestmark = pytest.mark.usefixtures("fixed_time", "recorded")

DOOR = "front_door"


async def test_nothing_is_open_to_everybody(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, player: Player
) -> None:
    ids = {
        "review": frigate.add_review(DOOR).id,
        "event": frigate.add_event(DOOR).id,
        "export": add_export(frigate),
    }
    resources = [
        one.canonical
        for one in hass.http.app.router.resources()
        if one.canonical.startswith("/api/frigate_http/")
    ]
    patterns = [
        value
        for name, value in vars(view_urls).items()
        if not name.startswith("_") and name.isupper() and "/api/" in str(value)
    ]
    assert sorted(resources) == sorted(patterns)
    await player.status("/api/frigate_http/hls/nobody/seg-1-v1.m4s")
    frigate.clear_requests()
    for pattern in patterns:
        url = pattern.format(
            entry_id=entry.entry_id,
            item_id=ids.get(pattern.split("/")[4]),
            camera=DOOR,
            start=RECENT[0],
            end=RECENT[1],
            token="A" * 43,
            file="seg-1-v1-a1.m4s",
        )
        for method in ("GET", "HEAD"):
            async with await player.open(url, method) as answer:
                expected = 404 if pattern == view_urls.HLS else 401
                assert answer.status == expected, url
    assert not frigate.requests
