"""Which entries of the official integration lead to a server, and what is known of them."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_TAKEN_OVER, DOMAIN
from custom_components.frigate_http.taking_over.official import (
    OfficialEntry,
    all_entries,
    entries_of_server,
    find_entry,
    official_cameras,
    official_password,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.official_home import official_entry
from tests.official_registry import OFFICIAL, OFFICIAL_ENTRY

URL = "http://nvr.lan:5000"
OTHER = "OTHER"


def add(
    hass: HomeAssistant, url: str, *cameras: str, entry_id: str = OFFICIAL_ENTRY
) -> MockConfigEntry:
    """Add an entry of the official integration that knows some cameras."""
    entry = MockConfigEntry(domain=OFFICIAL, entry_id=entry_id, data={"url": url})
    entry.add_to_hass(hass)
    for name in (*cameras, "birdseye"):
        er.async_get(hass).async_get_or_create(
            "camera", OFFICIAL, f"{entry_id}:camera:{name}", config_entry=entry
        )
    return entry


def found(hass: HomeAssistant, *cameras: str, own: str | None = None) -> list[str]:
    return [one.entry_id for one in entries_of_server(hass, URL, cameras, own)]


@pytest.mark.parametrize(
    "url",
    [URL, f"{URL}/", "nvr.lan:5000", "HTTP://NVR.lan:5000", "http://nvr.lan:5000//"],
)
async def test_the_same_url_is_the_same_server(hass: HomeAssistant, url: str) -> None:
    add(hass, url, "a")
    add(hass, "http://10.0.0.1:5000", "b", entry_id=OTHER)
    # Neither the cameras nor the other entry matter then.
    assert found(hass, "b") == [OFFICIAL_ENTRY]


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        (("a", "b"), ("a", "b"), True),
        (("a", "b"), ("a",), True),
        (("a",), ("a", "b"), True),
        (("a", "b"), ("b", "c"), False),
        (("a",), ("b",), False),
        ((), ("a",), False),
        (("a",), (), False),
        ((), (), False),
    ],
)
async def test_another_url_leads_to_the_same_cameras(
    hass: HomeAssistant, theirs: tuple[str, ...], ours: tuple[str, ...], same: bool
) -> None:
    add(hass, "https://nvr.lan:8971", *theirs)
    assert official_cameras(hass, OFFICIAL_ENTRY) == {*theirs}
    assert found(hass, *ours) == ([OFFICIAL_ENTRY] if same else [])


@pytest.mark.parametrize("url", ["", "http://", "ftp://nvr.lan", "http://[", "x y"])
async def test_a_url_that_is_none_leads_nowhere(hass: HomeAssistant, url: str) -> None:
    add(hass, url)
    assert found(hass, "a") == []
    assert [one.url for one in all_entries(hass)] == [url]


async def test_what_another_server_has_taken_over_is_left_out(
    hass: HomeAssistant,
) -> None:
    add(hass, URL)
    ours = MockConfigEntry(domain=DOMAIN, data={CONF_TAKEN_OVER: OFFICIAL_ENTRY})
    ours.add_to_hass(hass)
    assert found(hass) == []
    assert found(hass, own="none") == []
    # Its own entry finds it, to give it back.
    assert found(hass, own=ours.entry_id) == [OFFICIAL_ENTRY]
    # A mark of an earlier version tells no entry.
    hass.config_entries.async_update_entry(ours, data={CONF_TAKEN_OVER: True})
    assert found(hass) == [OFFICIAL_ENTRY]


async def test_only_one_function_hands_out_the_password(hass: HomeAssistant) -> None:
    secret = "correct horse"
    entry = official_entry(URL, username="me", password=secret, validate_ssl=False)
    entry.add_to_hass(hass)
    [shown] = all_entries(hass)
    assert shown == OfficialEntry(
        entry_id=OFFICIAL_ENTRY,
        title="nvr.lan:5000",
        url=URL,
        username="me",
        has_password=True,
        verify_ssl=False,
        disabled_by=None,
    )
    assert secret not in repr(shown)
    assert official_password(hass, OFFICIAL_ENTRY) == secret


async def test_an_entry_is_found_by_its_id_also_when_it_is_disabled(
    hass: HomeAssistant,
) -> None:
    entry = official_entry(URL)
    entry.add_to_hass(hass)
    ours = MockConfigEntry(domain=DOMAIN, data={"password": "ours"})
    ours.add_to_hass(hass)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    one = find_entry(hass, OFFICIAL_ENTRY)
    assert one is not None
    assert (one.disabled_by, one.has_password) == ("user", False)
    assert official_password(hass, OFFICIAL_ENTRY) is None
    for other in (ours.entry_id, "none"):
        assert find_entry(hass, other) is None
        assert official_password(hass, other) is None
