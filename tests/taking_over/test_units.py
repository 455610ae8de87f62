"""Sensors that were taken over keep their units, without which their statistics would stop."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_TAKEN_OVER, DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import enable, entity_id
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

SENSORS = (
    "camera:front_door:count:person",
    "camera:front_door:active_count:person",
    "camera:front_door:sound_level",
    "server:uptime",
)
OFFICIAL_UNITS = ("objects", "objects", "dB", "h")


def register(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Register sensors as they are after they were taken over."""
    entry.add_to_hass(hass)
    for key, unit in zip(SENSORS, OFFICIAL_UNITS, strict=True):
        er.async_get(hass).async_get_or_create(
            "sensor",
            DOMAIN,
            f"{entry.entry_id}:{key}",
            config_entry=entry,
            unit_of_measurement=unit,
        )


def shown(
    hass: HomeAssistant, entry: MockConfigEntry, key: str
) -> tuple[str | None, str | None, str | None]:
    """Return what statistics depend on."""
    state = hass.states.get(entity_id(hass, entry, "sensor", key) or "")
    assert state is not None
    names = ("unit_of_measurement", "state_class", "device_class")
    unit, state_class, device_class = map(state.attributes.get, names)
    return unit, state_class, device_class


def add_sound(frigate: FakeFrigate) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.audio, camera.audio_dbfs = True, -31.26


async def test_what_was_taken_over_keeps_its_unit(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    add_sound(frigate)
    entry = make_entry(frigate.internal_url)
    register(hass, entry)
    other = "camera:front_door:count:car"
    enable(hass, entry, ("sensor", other))
    await set_up(hass, entry)
    count, active, level, uptime = SENSORS
    assert shown(hass, entry, count) == ("objects", "measurement", None)
    assert shown(hass, entry, active) == ("objects", "measurement", None)
    assert shown(hass, entry, level) == ("dB", "measurement", "sound_pressure")
    # Its user has had it in hours.
    assert shown(hass, entry, uptime) == ("h", "measurement", "duration")
    found = hass.states.get(entity_id(hass, entry, "sensor", uptime) or "")
    assert found is not None
    assert 0 <= float(found.state) < 24

    # Others of the same server are as ever, also after a restart.
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert shown(hass, entry, other) == (None, "measurement", None)
        assert shown(hass, entry, count) == ("objects", "measurement", None)
        assert shown(hass, entry, uptime) == ("h", "measurement", "duration")


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize(
    ("data", "units"),
    [
        ({}, (None, None, "dBFS", None)),
        ({CONF_TAKEN_OVER: "OLD"}, ("objects", "objects", "dB", "s")),
    ],
)
async def test_what_is_new_is_like_the_rest_of_its_server(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    data: dict[str, str],
    units: tuple[str | None, ...],
) -> None:
    add_sound(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url, **data))
    assert tuple(shown(hass, entry, key)[0] for key in SENSORS) == units
    classes = (None, None, "sound_pressure", "duration") if data else (None,) * 3
    found = tuple(shown(hass, entry, key)[2] for key in SENSORS)
    assert found[: len(classes)] == classes
