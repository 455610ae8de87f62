"""The action that moves cameras."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

import voluptuous as vol

from homeassistant.util.json import JsonObjectType

from ..errors import action_error, validation_error
from ..movements import PRESET, RELATIVE, STOP
from .action import CameraAction, CameraCall
from .fields import number, text

MAX_DURATION = 60
_IN_OUT = ("in", "out")
_AXES = ("pan", "tilt", "zoom")
_OTHERS = {*_AXES, PRESET}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What a kind of movement takes; it has a direction and a duration, or other fields."""

    feature: str | None = None
    """The PTZ feature that the camera must have."""
    directions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Fields of which at least one is needed."""

    def fits(self, data: Mapping[str, Any]) -> bool:
        """Return whether a call has the fields that it needs, and no others."""
        if self.directions:
            return (
                data.get("direction") in self.directions and not data.keys() & _OTHERS
            )
        given = data.keys() & {*_OTHERS, "direction", "duration"}
        return given <= {*self.others} and bool(given) is bool(self.others)

    @override
    def __str__(self) -> str:
        """Return what it takes, in words that are the same in every language."""
        if not self.directions:
            return ", ".join(self.others) or "-"
        return f"direction ({', '.join(self.directions)}), duration"


KINDS: Mapping[str, _Kind] = {
    "move": _Kind(feature="pt", directions=("up", "down", "left", "right")),
    "zoom": _Kind(feature="zoom", directions=_IN_OUT),
    "focus": _Kind(feature="focus", directions=_IN_OUT),
    "relative": _Kind(feature="pt-r-fov", others=_AXES),
    PRESET: _Kind(others=(PRESET,)),
    "stop": _Kind(),
}


DIRECTIONS = [*KINDS["move"].directions, *_IN_OUT]


async def _ptz(call: CameraCall) -> JsonObjectType:
    """Move a camera, and wait until it was stopped if a duration is given."""
    data, runtime = call.data, call.runtime
    kind = KINDS[data["action"]]
    if not kind.fits(data):
        raise validation_error("ptz_fields", action=data["action"], fields=str(kind))
    config = runtime.server.data.cameras.get(call.camera)
    if config is None:
        raise action_error("entity_unavailable", entity=call.entity_id)
    if not config.has_ptz:
        raise validation_error("no_ptz", camera=call.entity_id)
    if not runtime.ptz.may_move:
        raise action_error("ptz_role")
    # Nothing must delay a stop.
    if data["action"] != "stop":
        await _require(call, kind.feature)
    was_replaced = await runtime.movements.async_move(
        call.camera, _command(data), data.get("duration")
    )
    return {"was_replaced": was_replaced}


async def _require(call: CameraCall, feature: str | None) -> None:
    """Raise an error unless the camera can do it, of which Frigate tells its log only."""
    info = await call.client.controls.ptz_info(call.camera)
    if not info.features and not info.presets:
        raise action_error("ptz_unreachable", camera=call.entity_id)
    needed = {feature} if feature else set[str]()
    if call.data.get("zoom"):
        if not call.client.capabilities.zooms_relatively:
            raise validation_error("ptz_relative_zoom")
        needed.add("zoom-r")
    if missing := needed.difference(info.features):
        raise validation_error(
            "ptz_missing",
            camera=call.entity_id,
            missing=", ".join(missing),
            features=", ".join(info.features) or "-",
        )
    preset = call.data.get(PRESET)
    if preset is not None and preset.lower() not in info.presets:
        raise validation_error(
            "unknown_preset",
            camera=call.entity_id,
            preset=preset,
            presets=", ".join(info.presets) or "-",
        )


def _command(data: Mapping[str, Any]) -> str:
    """Return what Frigate calls it."""
    match data["action"]:
        case "relative":
            # With a fourth part, Frigate 0.17 refuses all of it.
            axes = _AXES if data.get("zoom") else _AXES[:2]
            return "_".join((RELATIVE, *(f"{data.get(one, 0):.4f}" for one in axes)))
        case "preset":
            return f"{PRESET}_{data[PRESET].lower()}"
        case "stop":
            return STOP
        case action:
            return f"{action}_{data['direction']}".upper()


ACTIONS = (
    CameraAction(
        name="ptz",
        handler=_ptz,
        fields={
            vol.Required("action"): vol.In([*KINDS]),
            vol.Optional("direction"): vol.In(DIRECTIONS),
            **{vol.Optional(one): number(-1, 1) for one in _AXES},
            vol.Optional(PRESET): text(),
            vol.Optional("duration"): number(0, MAX_DURATION),
        },
    ),
)
