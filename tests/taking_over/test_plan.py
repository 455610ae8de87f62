"""Tests of the plan of what is taken over."""

import json

import pytest

from custom_components.frigate_http.taking_over.finding import Reason
from custom_components.frigate_http.taking_over.plan import (
    DeviceMove,
    Direction,
    Move,
    Plan,
    Stays,
    Twin,
)

_MOVE = Move(
    registry_id="0a1b",
    entity_id="sensor.yard_review_status",
    old_unique_id="OLD:sensor_review_status:yard",
    new_unique_id="NEW:camera:yard:review_status",
    old_device_id="d1",
    old_area_id=None,
)
_TWIN = Twin(registry_id="0a1c", entity_id="sensor.yard_review_status_2")


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("twin", [None, _TWIN])
def test_a_plan_survives_json(direction: Direction, twin: Twin | None) -> None:
    """A plan is stored, and read again as it was, with tuples and enums."""
    move = Move(
        registry_id=_MOVE.registry_id,
        entity_id=_MOVE.entity_id,
        old_unique_id=_MOVE.old_unique_id,
        new_unique_id=_MOVE.new_unique_id,
        old_device_id=_MOVE.old_device_id,
        old_area_id="garden",
        twin=twin,
    )
    device = DeviceMove(
        device_id="d1",
        old_identifiers=(("frigate", "OLD:yard"),),
        new_identifier="NEW:yard",
        old_name_by_user=None,
    )
    plan = Plan(
        old_entry_id="OLD",
        old_title="Frigate",
        old_disabled_by=None,
        moves=(move, _MOVE),
        devices=(device,),
        stays=(
            Stays(registry_id="1", entity_id="image.yard_cat", reason=Reason.NO_TWIN),
        ),
        direction=direction,
    )

    read = Plan.from_dict(json.loads(json.dumps(plan.as_dict())))

    assert read == plan
    assert isinstance(read.stays[0].reason, Reason)
    assert isinstance(read.direction, Direction)
