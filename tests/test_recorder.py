"""What a language model wrote about people is kept in no history but the last title."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import MetaData, select

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant
from tests.common import entity_id, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.live.common import until, until_pushing
from tests.versions import SINCE_018

TITLE, SUMMARY, SCENE, DESCRIPTION = (
    f"the {one} of a language model"
    for one in ("title", "summary", "scene", "description")
)
LAST = ("sensor", "camera:front_door:last_review")
REVIEW = ("event", "camera:front_door:review")
OBJECT = ("event", "camera:front_door:description")
OBJECT = ("event", "camera:front_door:description")


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Let Home Assistant load custom integrations, and record; the recorder comes first."""


async def everything_recorded(
    hass: HomeAssistant, recorder: Recorder
) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables of the recorder."""
    await hass.async_block_till_done()
    await recorder.async_block_till_done()
    with session_scope(hass=hass, read_only=True) as session:
        tables = MetaData()
        tables.reflect(session.connection())
        return {
            name: [dict(row) for row in session.execute(select(table)).mappings()]
            for name, table in tables.tables.items()
        }


@SINCE_018
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_texts_are_recorded_neither_in_attributes_nor_in_events(
    hass: HomeAssistant, frigate: FakeFrigate, recorder_mock: Recorder
) -> None:
    frigate.describe("front_door", objects=True)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    visitor = frigate.object_appears("front_door")
    review = frigate.review_starts("front_door", events=[visitor])
    frigate.object_described(visitor, DESCRIPTION)
    frigate.review_ends(review)
    frigate.review_described(
        review, TITLE, shortSummary=SUMMARY, scene=SCENE, potential_threat_level=1
    )
    await until(hass, lambda: state_of(hass, entry, *LAST) == TITLE)
    await until(hass, lambda: _shown(hass, entry, REVIEW).get("title") == TITLE)
    assert _shown(hass, entry, LAST)["summary"] == SUMMARY
    await until(
        hass, lambda: _shown(hass, entry, OBJECT).get("description") == DESCRIPTION
    )
    assert _shown(hass, entry, OBJECT)["description"] == DESCRIPTION

    tables = await everything_recorded(hass, recorder_mock)
    found = {
        (table, column)
        for table, rows in tables.items()
        for row in rows
        for column, value in row.items()
        for one in (TITLE, SUMMARY, SCENE, DESCRIPTION)
        if one in str(value)
    }
    # Home Assistant has no way to leave a state out: it is recorded as any state is.
    assert found == {("states", "state")}
    assert {row["state"] for row in tables["states"]} & {
        TITLE,
        SUMMARY,
        SCENE,
        DESCRIPTION,
    } == {TITLE}
    # The rest of what was told is recorded: these are the right tables.
    attributes = [str(row["shared_attrs"]) for row in tables["state_attributes"]]
    assert any(
        '"event_type":"described"' in one and '"threat_level":1' in one
        for one in attributes
    )
    events = [str(row["shared_data"]) for row in tables["event_data"]]
    assert any(f'"review_id":"{review.id}"' in one for one in events)


def _shown(
    hass: HomeAssistant, entry: MockConfigEntry, key: tuple[str, str]
) -> dict[str, Any]:
    state = hass.states.get(entity_id(hass, entry, *key) or "")
    return {} if state is None else dict(state.attributes)
