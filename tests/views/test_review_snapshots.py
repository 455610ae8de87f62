"""The picture of a review item, which is always its own."""

from io import BytesIO

from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.view_urls import review_url
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .common import Watcher

pytestmark = pytest.mark.usefixtures("fixed_time")

DOOR = "front_door"


@EVERY_VERSION
async def test_the_picture_is_the_thumbnail_until_there_is_a_snapshot(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    visitor = frigate.add_event(DOOR, ago=30, duration=None, has_snapshot=False)
    review = frigate.add_review(DOOR, ago=30, duration=None, events=[visitor.id])
    url = review_url(entry.entry_id, review.id, "snapshot.jpg")
    first = await watcher.see(url)
    assert (first.status, first.headers["Content-Type"]) == (200, "image/jpeg")
    assert first.headers["Cache-Control"] == "private, no-cache"
    with Image.open(BytesIO(first.body)) as picture:
        assert picture.format == "JPEG"
