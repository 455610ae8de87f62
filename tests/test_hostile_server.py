"""A server whose texts and names mean harm neither stops Home Assistant nor its storage."""

import json
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.diagnostics import (
    async_get_config_entry_diagnostics,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import json_bytes, prepare_save_json
from tests.common import CONFIG_READ, STATS, is_available, pass_time, setup_state
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.config import build_config
from tests.fake_frigate.stats import build_stats
from tests.versions import WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")

TEXTS = (
    "a\ud800b",
    1_000_000 * "x",
    "",
    "\x00\x1b[31m\r\n\u202e",
    "../../etc/passwd",
    "a/b\\c%2f..%00?d#e",
    "{{ states }}<script>",
)
VALUES: tuple[Any, ...] = (
    "1e300",
    float("nan"),
    1e300,
    10**400,
    -1,
    [],
    {"": ""},
    None,
    *TEXTS[:2],
)


def _replaced(value: Any, hostile: Any) -> Any:
    """Return JSON with all strings and numbers replaced; its keys stay."""
    match value:
        case bool() | None:
            return value
        case str() | int() | float():
            return hostile
        case dict():
            return {key: _replaced(one, hostile) for key, one in value.items()}
        case list():
            return [_replaced(one, hostile) for one in value]
        case _:
            raise TypeError(value)


def _also_called(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object in which one of its items has a hostile name too."""
    return {**data, name: next(iter(data.values()), {})}


def _with_names(frigate: FakeFrigate, name: str) -> dict[str, Any]:
    """Return the answers of a server with hostile names beside the usual ones."""
    config, stats = build_config(frigate.state), build_stats(frigate.state)
    porch = config["cameras"]["front_door"]
    porch["zones"] = {name: {"friendly_name": name, "objects": [name]}}
    porch["objects"]["track"].append(name)
    porch["audio"]["listen"].append(name)
    for key in ("cameras", "detectors"):
        stats[key] = _also_called(stats[key], name)
    config["cameras"] = _also_called(config["cameras"], name)
    allowed = [*config["cameras"]]
    account = {"username": "anonymous", "role": "admin", "allowed_cameras": allowed}
    return {
        "/api/config$": config,
        "/api/stats": stats,
        "/api/profile$": account,
        "/api/faces": {name: [name], "train": [name]},
    }


def _serve(frigate: FakeFrigate, answers: dict[str, Any]) -> None:
    for path, value in answers.items():
        body = json.dumps(value).encode()
        frigate.fail(path, Fault("answer", Answer(200, body, "application/json")))


async def _check(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    """Fail if something cannot be stored or shown, or if there was a traceback."""
    for registry in (dr.async_get(hass), er.async_get(hass)):
        prepare_save_json(registry._data_to_save(), encoder=None)
    assert json_bytes(hass.states.async_all())
    for entry in hass.config_entries.async_entries("frigate_http"):
        assert json_bytes(await async_get_config_entry_diagnostics(hass, entry))
    for record in caplog.records:
        is_ours = record.name.startswith("custom_components.frigate_http")
        assert not is_ours or len(record.getMessage()) < 2000
        if record.levelno >= logging.WARNING and record.name != "asyncio":
            assert record.exc_info is None, record.getMessage()[:300]
            # All that is said is why the server cannot be read.
            assert is_ours, record.getMessage()[:300]
    caplog.clear()


@WITH_016
async def test_hostile_names(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    for name in TEXTS:
        caplog.clear()
        _serve(frigate, _with_names(frigate, name))
        await pass_time(hass, freezer, CONFIG_READ)
        assert is_available(hass, entry, *STATS)
        await _check(hass, caplog)
    await hass.config_entries.async_reload(entry.entry_id)
    assert setup_state(entry) is ConfigEntryState.LOADED
    await _check(hass, caplog)


@WITH_016
async def test_hostile_values(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    answers = {
        "/api/config$": build_config(frigate.state),
        "/api/stats": build_stats(frigate.state),
        "/api/profile$": {"username": "a", "role": "a", "allowed_cameras": ["a"]},
        "/api/faces": {"Eileen": ["a.webp"], "train": ["b.webp"]},
        "/api/events": [{"id": "a", "camera": "front_door", "label": "person"}],
        "/api/review": [{"id": "a", "camera": "front_door", "severity": "alert"}],
        "/api/exports": [{"id": "a", "camera": "front_door", "name": "b"}],
    }
    caplog.clear()
    for value in VALUES:
        _serve(frigate, _replaced(answers, value))
        await pass_time(hass, freezer, CONFIG_READ)
        await _check(hass, caplog)
    frigate.clear_faults()
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_available(hass, entry, *STATS)
