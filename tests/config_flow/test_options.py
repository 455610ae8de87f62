"""Options: how pictures look, which cameras are wanted, where browsers find Frigate."""

from collections import ChainMap
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
from homeassistant.helpers import device_registry as dr
from tests.common import camera_device
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

from . import OptionsFlow, assert_works

DEFAULTS: dict[str, Any] = {
    "live_view": "automatic",
    "mjpeg_fps": 5,
    "mjpeg_height": 720,
    "overlays": [],
    "cameras": [],
    "keep_days": 0,
    "recognition_seconds": 60,
}
WHOLE = ("mjpeg_fps", "mjpeg_height", "keep_days", "recognition_seconds")
ALL_OVERLAYS = ["bounding_boxes", "timestamp", "zones", "motion", "regions", "mask"]


def field(flow: OptionsFlow, name: str) -> dict[str, Any]:
    """Return how a field is configured."""
    fields = ChainMap(*flow.sections.values())
    validator = fields[next(key for key in fields if key == name)]
    selector = getattr(validator, "validators", [validator])[0]
    config: dict[str, Any] = selector.config
    return config


def offered(flow: OptionsFlow) -> list[str]:
    """Return the cameras there are to choose from."""
    return [option["value"] for option in field(flow, "cameras")["options"]]


def camera_ids(hass: HomeAssistant) -> list[str]:
    """Return the cameras that Home Assistant shows."""
    return sorted(hass.states.async_entity_ids("camera"))


def links(hass: HomeAssistant, entry: MockConfigEntry) -> list[str | None]:
    """Return where the pages of the devices lead."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return [device.configuration_url for device in devices]


async def test_defaults(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    flow = await OptionsFlow.of(hass, entry)
    assert flow.step == "init"
    assert flow.suggested == {}

    await flow.submit()

    assert entry.options == DEFAULTS
    assert_works(hass, entry)


async def test_every_field_is_kept_and_shown_again(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    chosen = {
        "live_view": "pictures",
        "mjpeg_fps": 12,
        "mjpeg_height": 480,
        "overlays": ALL_OVERLAYS,
        "cameras": ["front_door"],
        "browser_url": "https://frigate.example.com",
        "keep_days": 30,
        "recognition_seconds": 300,
    }
    flow = await OptionsFlow.of(hass, entry)
    assert field(flow, "overlays")["options"] == ALL_OVERLAYS
    before = entry.runtime_data
    await flow.submit(**chosen)

    assert entry.options == chosen
    assert all(isinstance(entry.options[one], int) for one in WHOLE)
    # The entry was loaded anew, and works by the new options.
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not before
    assert camera_ids(hass) == ["camera.front_door"]
    assert links(hass, entry) == [
        "https://frigate.example.com",
        "https://frigate.example.com/#front_door",
    ]

    again = await OptionsFlow.of(hass, entry)
    assert again.suggested == chosen
    await again.submit(**DEFAULTS)
    assert entry.options == DEFAULTS
    assert_works(hass, entry, frigate)
    assert links(hass, entry)[0] == frigate.internal_url


async def test_nothing_changed_reloads_nothing(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url, options=DEFAULTS))
    before = entry.runtime_data

    flow = await OptionsFlow.of(hass, entry)
    await flow.submit(**DEFAULTS)

    assert entry.runtime_data is before


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("live_view", ("automatic", "pictures"), ("video", None, ["pictures"])),
        ("mjpeg_fps", (1, 30, 7.0), (0, 31, -1, "many")),
        ("mjpeg_height", (120, 2160), (119, 2161, 0)),
        ("overlays", ([], ["zones"]), (["everything"], "zones")),
        ("cameras", ([], ["Portones"]), (["another"], "Portones")),
        ("keep_days", (0, 7.0, 3650), (-1, 3651, "long")),
        ("recognition_seconds", (0, 7.0, 86400), (-1, 86401, "long")),
    ],
)
async def test_limits(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    name: str,
    good: tuple[Any, ...],
    bad: tuple[Any, ...],
) -> None:
    for value in good:
        flow = await OptionsFlow.of(hass, entry)
        await flow.submit(**{name: value})
        assert entry.options == {**DEFAULTS, name: value}

    flow = await OptionsFlow.of(hass, entry)
    for value in bad:
        with pytest.raises(InvalidData) as caught:
            await flow.submit(**{name: value})
        (error,) = caught.value.schema_errors["base"]
        # Older versions of Home Assistant write the path in the other form.
        assert error.endswith((f".{name}'", f"['{name}']"))
        assert entry.options == {**DEFAULTS, name: good[-1]}
    await flow.submit()
    assert entry.options == DEFAULTS


def labels(flow: OptionsFlow) -> dict[str, str]:
    """Return what the cameras to choose from are called."""
    return {
        option["value"]: option["label"] for option in field(flow, "cameras")["options"]
    }


async def test_the_options_stand_in_three_sections(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = await OptionsFlow.of(hass, entry)
    assert {name: [*map(str, fields)] for name, fields in flow.sections.items()} == {
        "live_view": ["live_view", "mjpeg_fps", "mjpeg_height", "overlays"],
        "cameras": ["cameras", "recognition_seconds"],
        "files": ["keep_days", "browser_url"],
    }


async def test_cameras_are_offered_by_the_names_that_people_know(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.cameras["front_door"].friendly_name = "Haustür"
    entry = await set_up(hass, make_entry(frigate.internal_url))
    flow = await OptionsFlow.of(hass, entry)
    assert labels(flow) == {"front_door": "Haustür", "Portones": "Portones"}

    device = camera_device(hass, entry, "Portones")
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user="Haustür")
    await frigate.refuse()
    await hass.config_entries.async_reload(entry.entry_id)
    flow = await OptionsFlow.of(hass, entry)
    assert labels(flow) == {
        "front_door": "Haustür (front_door)",
        "Portones": "Haustür (Portones)",
    }
    await flow.submit(cameras=["Portones"])
    assert entry.options["cameras"] == ["Portones"]


async def test_cameras_are_offered_while_the_server_is_down(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    flow = await OptionsFlow.of(hass, entry)
    assert offered(flow) == ["front_door", "Portones"]

    await frigate.refuse()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    flow = await OptionsFlow.of(hass, entry)
    assert offered(flow) == ["front_door", "Portones"]
    await flow.submit(cameras=["Portones"])

    await frigate.resume()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert camera_ids(hass) == ["camera.portones"]
    # What was left out can be chosen again.
    flow = await OptionsFlow.of(hass, entry)
    assert offered(flow) == ["front_door", "Portones"]


async def test_chosen_camera_is_offered_though_it_is_gone(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    options = {**DEFAULTS, "cameras": ["front_door", "long_gone"]}
    entry = await set_up(hass, make_entry(frigate.internal_url, options=options))

    flow = await OptionsFlow.of(hass, entry)

    assert offered(flow) == ["front_door", "long_gone", "Portones"]
    assert flow.suggested["cameras"] == ["front_door", "long_gone"]
    await flow.submit(cameras=["front_door"])
    assert entry.options["cameras"] == ["front_door"]


async def test_server_that_never_answered_has_no_cameras_to_offer(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await frigate.refuse()
    entry = await set_up(hass, make_entry(frigate.internal_url))

    flow = await OptionsFlow.of(hass, entry)
    assert offered(flow) == []
    await flow.submit(mjpeg_fps=3)

    assert entry.options == {**DEFAULTS, "mjpeg_fps": 3}
    await frigate.resume()
    await hass.config_entries.async_reload(entry.entry_id)
    assert_works(hass, entry, frigate)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://frigate.example.com/", "https://frigate.example.com"),
        (" frigate.lan:8971 ", "https://frigate.lan:8971"),
        (
            "https://Frigate.example.com/at/home/#x",
            "https://frigate.example.com/at/home",
        ),
    ],
)
async def test_address_for_browsers_is_normalized(
    hass: HomeAssistant, entry: MockConfigEntry, text: str, url: str
) -> None:
    flow = await OptionsFlow.of(hass, entry)
    await flow.submit(browser_url=text)

    assert entry.options["browser_url"] == url
    assert links(hass, entry)[0] == url


@pytest.mark.parametrize("cleared", [{}, {"browser_url": ""}, {"browser_url": " "}])
async def test_address_for_browsers_is_cleared(
    hass: HomeAssistant, frigate: FakeFrigate, cleared: dict[str, str]
) -> None:
    options = {**DEFAULTS, "browser_url": "https://frigate.example.com"}
    entry = await set_up(hass, make_entry(frigate.internal_url, options=options))

    flow = await OptionsFlow.of(hass, entry)
    assert flow.suggested["browser_url"] == "https://frigate.example.com"
    await flow.submit(**cleared)

    assert entry.options == DEFAULTS
    assert links(hass, entry)[0] == frigate.internal_url


async def test_address_for_browsers_is_refused(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    flow = await OptionsFlow.of(hass, entry)
    for text in ("ftp://frigate.lan", "https://me:password@frigate.lan", "http://"):
        await flow.submit(mjpeg_fps=9, browser_url=text)
        assert flow.errors == {"base": "invalid_url"}
        assert flow.suggested["mjpeg_fps"] == 9
        assert flow.suggested["browser_url"] == text
        assert entry.options == {}
        assert links(hass, entry)[0] == frigate.internal_url

    await flow.submit(mjpeg_fps=9, browser_url="https://frigate.example.com")
    assert entry.options["mjpeg_fps"] == 9
    assert links(hass, entry)[0] == "https://frigate.example.com"
