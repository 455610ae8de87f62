"""Servers that fail, config entries that come and go, and what nobody should have sent."""

from contextlib import suppress
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.media_ids import (
    ExportsFolder,
    Form,
    MediaId,
    ObjectsOfCamera,
    ObjectsOfLabel,
    RecordingsOfCamera,
    ReviewsFolder,
    ReviewVideo,
    Severity,
)
from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import (
    Unresolvable,
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate, Fault

from .common import ROOT, Browser, Refused
from .test_playing import GONE

DOOR = "front_door"
NOT_LOADED = (
    "Home Assistant is not connected to this Frigate server. Check the integration, then "
    "try again."
)

pytestmark = pytest.mark.usefixtures("fixed_time")


async def test_a_server_that_is_away(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    review = frigate.add_review(DOOR, ago=600)
    where = ReviewsFolder(entry.entry_id, Severity.ALERT)
    item = ReviewVideo(entry.entry_id, Form.HLS, review.id)
    await frigate.refuse()
    for ask in (browser.open(where), browser.resolve(item)):
        with pytest.raises(Refused, match="Couldn't connect to Frigate"):
            await ask
    await frigate.resume()
    assert len(await browser.children(where)) == 3
    await browser.resolve(item)


async def test_an_error_in_the_language_of_home_assistant(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    await hass.config.async_update(language="es")
    unknown = ReviewVideo(entry.entry_id, Form.HLS, "1.5-a")
    with pytest.raises(Refused, match="Esto ya no está en Frigate"):
        await browser.resolve(unknown)
    await frigate.refuse()
    with pytest.raises(Refused, match=r"No se pudo conectar con Frigate \(.+\)\."):
        await browser.open(ExportsFolder(entry.entry_id))
    await frigate.resume()
    assert (await browser.open(ExportsFolder(entry.entry_id)))[
        "title"
    ] == "Exportaciones"


async def test_a_config_entry_that_is_reloaded_and_removed(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    review = frigate.add_review(DOOR, ago=600)
    item = ReviewVideo(entry.entry_id, Form.HLS, review.id)
    await hass.config_entries.async_unload(entry.entry_id)
    for ask in (browser.open(), browser.open(item), browser.resolve(item)):
        with pytest.raises(Refused, match=NOT_LOADED):
            await ask
    await hass.config_entries.async_setup(entry.entry_id)
    assert len(await browser.children()) == 5
    await browser.resolve(item)

    await hass.config_entries.async_remove(entry.entry_id)
    with pytest.raises(Refused, match=NOT_LOADED):
        await browser.open()
    for ask in (browser.open(item), browser.resolve(item)):
        with pytest.raises(Refused, match=GONE):
            await ask


async def test_a_config_entry_that_is_unloaded_while_a_folder_opens(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.add_review(DOOR, ago=600)
    where = ReviewsFolder(entry.entry_id, Severity.ALERT).media_content_id
    frigate.fail("/api/review", Fault.stall())
    frigate.clear_requests()
    opening = hass.async_create_task(async_browse_media(hass, where))
    await frigate.wait_for_requests(1)
    await hass.config_entries.async_unload(entry.entry_id)
    frigate.clear_faults()
    # What is on its way still arrives.
    assert len((await opening).children or ()) == 3
    with pytest.raises(BrowseError) as caught:
        await async_browse_media(hass, where)
    assert caught.value.translation_key == "media_not_loaded"
    await hass.config_entries.async_setup(entry.entry_id)
    assert len((await async_browse_media(hass, where)).children or ()) == 3


HOSTILE = (
    "nonsense",
    "../config",
    "{entry}/",
    "{entry}/nonsense",
    "{entry}/reviews",
    "{entry}/reviews/alert/",
    "{entry}/reviews/Alert",
    "{entry}/reviews-of-day/alert/2026-02-30",
    "{entry}/reviews-of-day/alert/9999-12-31",
    "{entry}/reviews-of-camera/alert/front_door/1.0/1000000",
    "{entry}/recording/hls/front_door/2.0/1.0",
    "{entry}/recording/hls/front_door/nan/inf",
    "{entry}/recording/hls/..~2F..~2Fapi/1.0/2.0",
    "{entry}/review/dash/1.5-a",
    "{entry}/review/hls/..~2F..~2Fapi~2Fconfig",
    "{entry}/export/..",
    "{entry}/snapshot/~00",
)


async def test_what_is_no_identifier_of_ours(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.clear_requests()
    for identifier in HOSTILE:
        wanted = f"{ROOT}/{identifier.format(entry=entry.entry_id)}"
        with pytest.raises(BrowseError) as refused:
            await async_browse_media(hass, wanted)
        assert refused.value.translation_key == "media_not_found", identifier
        with pytest.raises(Unresolvable) as caught:
            await async_resolve_media(hass, wanted, None)
        assert caught.value.translation_key == "media_not_found", identifier
    # These alone could be ids, and Frigate has none of them.
    assert {one.path for one in frigate.requests} == {"/api/exports", "/api/events/\0"}


ODD = "<script>alert(1)</script>"
LONG = "x" * 255


async def test_what_a_hostile_server_says(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    odd = frigate.add_review(
        DOOR,
        ago=60,
        objects=[ODD, "a\nb\0c", *(f"{LONG[:-20]}{one}" for one in range(100))],
        sub_labels=["{}", "%s"],
        zones=["..", ODD],
    )
    timeless = frigate.add_review(DOOR, ago=70)
    timeless.start_time = timeless.end_time = float(10**14)
    foreign = frigate.add_review("nobody", ago=80)
    frigate.add_event(DOOR, ODD, ago=60, sub_label=LONG, has_clip=True)
    entry_id = entry.entry_id

    children = await browser.children(ReviewsFolder(entry_id, Severity.ALERT))
    found = {one["media_content_id"].rpartition("/")[2]: one for one in children[2:]}
    assert foreign.id not in found
    title = found[odd.id]["title"]
    assert title.startswith("2026-11-23 03:59:00 <script>")
    assert len(title) == 250
    assert "\n" not in title
    assert "\0" not in title

    labels = await browser.children(ObjectsOfCamera(entry_id, DOOR))
    assert [one["title"] for one in labels] == [ODD]
    (event,) = await browser.children(labels[0]["media_content_id"])
    assert len(event["title"]) == 250
    await browser.resolve(event["media_content_id"])


async def test_answers_of_another_shape(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    entry_id = entry.entry_id
    folders: list[MediaId] = [
        ReviewsFolder(entry_id, Severity.ALERT),
        ObjectsOfCamera(entry_id, DOOR),
        ObjectsOfLabel(entry_id, DOOR, "person"),
        RecordingsOfCamera(entry_id, DOOR),
        ExportsFolder(entry_id),
    ]
    shapes: list[Any] = [
        None,
        {},
        "text",
        [None],
        [{}],
        [{"id": "a", "start_time": "b"}],
    ]
    for answer in shapes:
        frigate.fail("/api/", Fault.json(answer))
        for where in folders:
            # Whether it is an error depends on the route, but nothing else comes of it.
            with suppress(Refused):
                await browser.open(where)
        frigate.clear_faults()
    for where in folders:
        await browser.open(where)
