"""No name that Frigate sends keeps Home Assistant from saving and showing its own data."""

import json
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.aiofrigate import MAX_NAME_LENGTH
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import prepare_save_json
from homeassistant.setup import async_setup_component
from tests.common import (
    CONFIG_READ,
    camera_device,
    entity_id,
    logged,
    pass_polls,
    pass_time,
    setup_state,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, Ptz
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.config import build_config
from tests.fake_frigate.stats import build_stats
from tests.live.common import until, until_pushing
from tests.versions import WITH_016

ODD = "a\ud800b"
CLEAN = "a\ufffdb"


def _saved(hass: HomeAssistant) -> str:
    """Write the registries as Home Assistant does, which raises for odd names."""
    registries = (dr.async_get(hass), er.async_get(hass))
    written = [
        prepare_save_json(registry._data_to_save(), encoder=None)
        for registry in registries
    ]
    return json.dumps([json.loads(data) for _mode, data in written])


async def test_a_name_with_a_lone_surrogate_can_be_saved_and_shown(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    hass_client: ClientSessionGenerator,
) -> None:
    frigate.add_zone("front_door", "porch", friendly_name=ODD)
    frigate.state.cameras["front_door"].friendly_name = ODD
    # Not the fake's own answer: as a true Frigate, it cannot write such a name itself.
    config = json.dumps(build_config(frigate.state)).encode()
    answer = Answer(200, config, "application/json")
    frigate.fail("/api/config$", Fault("answer", answer))
    assert await async_setup_component(hass, "api", {})
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)

    device = camera_device(hass, entry, "front_door")
    assert device is not None
    assert device.name == CLEAN
    assert json.dumps(CLEAN) in _saved(hass)
    client = await hass_client()
    assert (await client.get("/api/states")).status == 200

    # The same over the WebSocket.
    face = entity_id(hass, entry, "event", "camera:front_door:face")
    assert face is not None
    message: dict[str, Any] = {"type": "face", "camera": "front_door", "name": ODD}
    # Frigate is sure of it.
    message |= {"id": "1.0-a", "score": 0.99}
    frigate.push("tracked_object_update", json.dumps(message))

    def names() -> list[object]:
        state = hass.states.get(face)
        return [] if state is None else [state.attributes.get("name")]

    await until(hass, lambda: names() == [CLEAN])
    states = await client.get("/api/states")
    assert states.status == 200
    assert json.dumps(CLEAN) in json.dumps(await states.json())


LONGEST = MAX_NAME_LENGTH * "n"
TOO_LONG = 1_000_000 * "n"
UNUSABLE = ("", LONGEST + "n", TOO_LONG)


def _with_names(data: Any, *names: str) -> dict[str, Any]:
    """Return a JSON object in which one of its items also has these names."""
    (item, *_others) = data.values() if data else [{}]
    return {**data, **dict.fromkeys(names, item)}


def _serve(frigate: FakeFrigate, path: str, value: Any) -> None:
    answer = Answer(200, json.dumps(value).encode(), "application/json")
    frigate.fail(f"{path}$", Fault("answer", answer))


def _name_everything(frigate: FakeFrigate, *names: str) -> None:
    """Let all that has a name also be called like this."""
    config, stats = build_config(frigate.state), build_stats(frigate.state)
    front = config["cameras"]["front_door"]
    front["zones"] = _with_names(front["zones"], *names)
    front["objects"]["track"] += names
    front["audio"]["listen"] += names
    model: dict[str, Any] = {
        "state_config": {"cameras": {one: {} for one in ("front_door", *names)}}
    }
    config["cameras"] = _with_names(config["cameras"], *names)
    roles = config["auth"].get("roles", {})
    config["auth"]["roles"] = _with_names(roles, *names)
    config["classification"] = {"custom": dict.fromkeys(names, model)}
    config["profiles"] = {name: {"friendly_name": name} for name in names}
    for key in ("cameras", "detectors", "gpu_usages", "npu_usages", "embeddings"):
        stats[key] = _with_names(stats.get(key, {}), *names)
    service = stats["service"]
    service["storage"] = _with_names(service["storage"], *names)
    service["temperatures"] = dict.fromkeys(names, 41.5)
    shown = [{"name": name, "friendly_name": name} for name in names]
    ptz = {"name": "front_door", "features": ["pt"], "presets": [*names]}
    _serve(frigate, "/api/config", config)
    _serve(frigate, "/api/stats", stats)
    _serve(frigate, "/api/faces", {name: [*names] for name in names} | {"train": []})
    allowed = [*config["cameras"]]
    profile = {"username": "anonymous", "role": "admin", "allowed_cameras": allowed}
    _serve(frigate, "/api/profile", profile)
    _serve(frigate, "/api/profiles", {"profiles": shown, "active_profile": names[0]})
    _serve(frigate, "/api/front_door/ptz/info", ptz)


def _everything(hass: HomeAssistant) -> set[str]:
    return {one.unique_id for one in er.async_get(hass).entities.values()}


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@WITH_016
async def test_names_that_are_empty_or_too_long_are_left_out_and_said_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.state.cameras["front_door"].ptz = Ptz()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await pass_time(hass, freezer)
    usual = _everything(hass)
    assert usual
    caplog.clear()

    _name_everything(frigate, *UNUSABLE)
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_polls(hass, freezer, 3)
    assert _everything(hass) == usual
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    said = logged(caplog)
    assert len([line for line in said if "sends names that are empty" in line]) == 3
    assert all(len(line) < 300 for line in said)
    for place in ("cameras.*.zones", "service.storage", "faces"):
        assert place in "".join(said)

    frigate.clear_faults()
    await pass_time(hass, freezer, CONFIG_READ)
    assert len([line for line in logged(caplog) if "can read the names" in line]) == 3
    assert setup_state(entry) is ConfigEntryState.LOADED


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@WITH_016
async def test_of_too_many_names_the_first_ones_are_used_and_it_is_said_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    usual = _everything(hass)
    caplog.clear()

    config = build_config(frigate.state)
    config["cameras"]["front_door"]["audio"] |= {
        "enabled": True,
        "enabled_in_config": True,
        "listen": [f"sound{number}" for number in range(1100)],
    }
    _serve(frigate, "/api/config", config)
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_polls(hass, freezer, 3)
    heard = [one for one in _everything(hass) - usual if ":sound:sound" in one]
    assert len(heard) == 1000
    assert any(one.endswith(":sound0") for one in heard)
    said = [line for line in logged(caplog) if "or too many names" in line]
    assert len(said) == 1
    assert "cameras.*.audio.listen" in said[0]

    frigate.clear_faults()
    await pass_time(hass, freezer, CONFIG_READ)
    assert len([line for line in logged(caplog) if "can read the names" in line]) == 1
    assert setup_state(entry) is ConfigEntryState.LOADED


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@WITH_016
async def test_the_longest_names_work(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.state.cameras["front_door"].ptz = Ptz()
    _name_everything(frigate, LONGEST)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await pass_polls(hass, freezer, 2)
    assert camera_device(hass, entry, LONGEST) is not None
    assert len([one for one in _everything(hass) if LONGEST in one]) > 20
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
