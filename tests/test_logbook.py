"""Home Assistant's activity says who was seen, and where."""

from http import HTTPStatus
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.common import entity_id
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.live.common import until, until_pushing
from tests.versions import EVERY_VERSION


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Let Home Assistant load custom integrations, and record; the recorder comes first."""


@pytest.fixture
def language() -> str:
    """Return the language of Home Assistant."""
    return "en"


@pytest.fixture
async def entry(
    hass: HomeAssistant, frigate: FakeFrigate, language: str
) -> MockConfigEntry:
    """Return an entry that everything is pushed to, and that has an activity."""
    hass.config.language = language
    # Only the page needs the package of the frontend, which tests do without.
    mock_component(hass, "frontend")
    assert await async_setup_component(hass, "logbook", {})
    frigate.add_zone("front_door", "yard")
    frigate.add_zone("front_door", "steps", friendly_name="Front steps")
    frigate.state.cameras["front_door"].lpr = True
    frigate.describe("front_door", objects=True)
    frigate.add_trigger("front_door", "Parcel {{ 1 }}")
    frigate.add_object_classifier("courier", "person")
    added = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, added, frigate)
    return added


class Activity:
    """The activity of an event entity from now on."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        recorder: Recorder,
        client: ClientSessionGenerator,
        key: str,
    ) -> None:
        """Begin now."""
        found = entity_id(hass, entry, "event", f"camera:front_door:{key}")
        assert found is not None
        self.entity_id = found
        self._hass, self._recorder, self._client = hass, recorder, client
        self._start = dt_util.utcnow().isoformat()

    async def until_event(self, event_type: str, **attributes: Any) -> None:
        """Wait until the last event has a type and these attributes."""

        def _is_there() -> bool:
            state = self._hass.states.get(self.entity_id)
            expected = {"event_type": event_type, **attributes}
            return (
                state is not None
                and expected.items()
                <= {key: state.attributes.get(key) for key in expected}.items()
            )

        await until(self._hass, _is_there)

    async def rows(self, **of: str) -> list[dict[str, Any]]:
        """Return what the activity has recorded, such as of an `entity`."""
        await self._hass.async_block_till_done()
        await self._recorder.async_block_till_done()
        client = await self._client()
        answer = await client.get(f"/api/logbook/{self._start}", params=of)
        assert answer.status == HTTPStatus.OK
        rows: list[dict[str, Any]] = await answer.json()
        return rows

    async def messages(self) -> list[str]:
        """Return the messages of the activity."""
        rows = await self.rows(entity=self.entity_id)
        return [one["message"] for one in rows if "message" in one]


@EVERY_VERSION
async def test_a_review_says_who_and_where(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    recorder_mock: Recorder,
    hass_client: ClientSessionGenerator,
) -> None:
    activity = Activity(hass, entry, recorder_mock, hass_client, "review")
    visitor = frigate.object_appears("front_door", sub_label="Ana")
    review = frigate.review_starts(
        "front_door", "detection", events=[visitor], objects=["person", "car"]
    )
    await activity.until_event("detection_started")
    frigate.review_changes(review, severity="alert", zones=["yard", "steps"])
    await activity.until_event("alert_started")
    frigate.review_ends(review)
    await activity.until_event("ended")

    rows = await activity.rows(entity=activity.entity_id)
    described = [one for one in rows if "message" in one]
    assert [one["message"] for one in described] == [
        "Detection started: Person, Car (Ana)",
        "Alert started: Person, Car (Ana) · Yard, Front steps",
        "Ended: Person, Car (Ana) · Yard, Front steps",
    ]
    for one in described:
        assert one["domain"] == "frigate_http"
        assert one["name"] == "Front door Review"
        assert one["entity_id"] == activity.entity_id


@EVERY_VERSION
async def test_a_description_is_mentioned_but_not_repeated(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    recorder_mock: Recorder,
    hass_client: ClientSessionGenerator,
) -> None:
    activity = Activity(hass, entry, recorder_mock, hass_client, "review")
    frigate.describe("front_door")
    review = frigate.review_starts("front_door", objects=["person"], zones=["yard"])
    frigate.review_ends(review)
    frigate.review_described(review, "A parcel", shortSummary="They rang the bell.")
    await activity.until_event("described", title="A parcel")
    rows = await activity.rows(entity=activity.entity_id)
    messages = [one["message"] for one in rows if "message" in one]
    assert messages[-1] == "Described: Person · Yard"
    assert "A parcel" not in str(rows)
    assert "They rang the bell." not in str(rows)


@pytest.mark.parametrize("language", ["es"])
async def test_the_activity_speaks_the_language_of_home_assistant(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    recorder_mock: Recorder,
    hass_client: ClientSessionGenerator,
) -> None:
    activity = Activity(hass, entry, recorder_mock, hass_client, "review")
    frigate.review_starts("front_door", "alert", objects=["person"], zones=["yard"])
    await activity.until_event("alert_started")
    assert await activity.messages() == ["Alerta iniciada: Person · Yard"]


@EVERY_VERSION
async def test_a_recognition_says_who(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    recorder_mock: Recorder,
    hass_client: ClientSessionGenerator,
) -> None:
    faces = Activity(hass, entry, recorder_mock, hass_client, "face")
    plates = Activity(hass, entry, recorder_mock, hass_client, "plate")
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Ana", score=0.95)
    await faces.until_event("recognized", name="Ana")
    car = frigate.object_appears("front_door", "car")
    frigate.plate_recognized(car, "SBA 1234")
    await plates.until_event("recognized", plate="SBA 1234")
    frigate.plate_recognized(car, "SBA 1234", name="Eileen's car")
    await plates.until_event("recognized", name="Eileen's car")

    assert await faces.messages() == ["Recognized: Ana"]
    assert await plates.messages() == [
        "Recognized: SBA 1234",
        "Recognized: Eileen's car (SBA 1234)",
    ]


SAID = {
    "en": {
        "face": "Unknown",
        "trigger": "Triggered: Parcel {{ 1 }}",
        "classification": "Classified: Courier: post",
        "description": "Described: Person",
    },
    "es": {
        "face": "Desconocido",
        "trigger": "Activado: Parcel {{ 1 }}",
        "classification": "Clasificado: Courier: post",
        "description": "Descrito: Person",
    },
}


@pytest.mark.parametrize(
    ("version", "language"), [("0.17.2", "en"), ("0.18", "en"), ("0.18", "es")]
)
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_what_is_understood_of_objects_is_said_without_its_texts(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    recorder_mock: Recorder,
    hass_client: ClientSessionGenerator,
    language: str,
) -> None:
    kinds = {
        kind: Activity(hass, entry, recorder_mock, hass_client, kind)
        for kind in SAID[language]
    }
    visitor = frigate.object_appears("front_door")
    frigate.face_unknown(visitor)
    frigate.trigger_fires(visitor, "Parcel {{ 1 }}")
    frigate.object_classified(visitor, "courier", "post")
    frigate.object_described(visitor, "Somebody in a red coat")
    frigate.object_leaves(visitor)
    await kinds["face"].until_event("unknown")

    assert {kind: await one.messages() for kind, one in kinds.items()} == {
        kind: [message] for kind, message in SAID[language].items()
    }
    assert "red coat" not in str(await kinds["face"].rows())


async def test_an_entity_that_is_gone_keeps_its_activity(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    recorder_mock: Recorder,
    hass_client: ClientSessionGenerator,
    entity_registry: er.EntityRegistry,
) -> None:
    activity = Activity(hass, entry, recorder_mock, hass_client, "review")
    frigate.review_starts("front_door", "alert", objects=[], zones=["yard"])
    await activity.until_event("alert_started")
    entity_registry.async_remove(activity.entity_id)
    await hass.async_block_till_done()

    (row,) = [one for one in await activity.rows() if "message" in one]
    assert (row["name"], row["message"]) == ("Front door", "Alert started: Yard")
