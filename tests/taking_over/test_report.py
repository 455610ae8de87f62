"""The report names what moves and what stops working, for an action and for people."""

from pathlib import Path
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.taking_over.mentions import (
    Finding,
    Mention,
    Mentions,
)
from custom_components.frigate_http.taking_over.patterns import Advice
from custom_components.frigate_http.taking_over.places import Kind, Place
from custom_components.frigate_http.taking_over.plan import Plan
from custom_components.frigate_http.taking_over.report import Report, preview_markdown
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.json import JsonObjectType
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.services.common import call

EVIL = '<img src=x onerror="1"> [a](http://b) `c` **d** {{ e }}\n# f www.g.de'


def shown(answer: JsonObjectType) -> dict[Any, list[Any]]:
    """Return what stops working in the only report, by kind, title and view."""
    reports: Any = answer["reports"]
    (report,) = reports
    return {
        (one["kind"], one["title"], one["view"], one["path"]): [
            each["found"] for each in one["findings"]
        ]
        for one in report["mentions"]
    }


async def write_home(hass: HomeAssistant, tmp_path: Path) -> None:
    """Let users have written automations, scripts, scenes and dashboards."""
    (tmp_path / "cameras.yaml").write_text(
        "views:\n- title: Yard\n  path: yard\n  cards:\n"
        "  - type: custom:frigate-card\n    cameras:\n    - engine: frigate\n"
    )
    (tmp_path / "broken.yaml").write_text("views: [")
    hass.config.config_dir = str(tmp_path)
    dashboards = {
        f"yaml-{name}": {"mode": "yaml", "title": name, "filename": f"{name}.yaml"}
        for name in ("cameras", "broken")
    }
    assert await async_setup_component(
        hass, "lovelace", {"lovelace": {"dashboards": dashboards}}
    )
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": [
                {
                    "id": "1",
                    "alias": "Look left",
                    "triggers": {"trigger": "event", "event_type": "left"},
                    "actions": [{"action": "frigate.ptz"}],
                },
                {
                    "id": "2",
                    "alias": "Harmless frigate.ptz",
                    "triggers": {"trigger": "event", "event_type": "right"},
                    "actions": [{"action": "frigate_http.ptz"}],
                },
            ]
        },
    )
    sequence = [{"action": "frigate.end_event"}]
    assert await async_setup_component(
        hass, "script", {"script": {"finish": {"sequence": sequence}}}
    )
    helper = MockConfigEntry(
        domain="template",
        title="Template",
        options={"state": "{{ integration_entities('frigate') | count }}"},
    )
    helper.add_to_hass(hass)
    await hass.async_block_till_done()


async def test_the_action_names_what_stops_working(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    official: MockConfigEntry,
    tmp_path: Path,
) -> None:
    await write_home(hass, tmp_path)
    await set_up(hass, make_entry(frigate.internal_url))
    answer = await call(hass, "get_take_over_report")

    assert answer["taken_over"] is False
    assert shown(answer) == {
        (
            "integration",
            "Template",
            None,
            "/config/integrations/integration/template",
        ): ["integration_entities('frigate')"],
        ("automation", "Look left", None, "/config/automation/edit/1"): ["frigate.ptz"],
        ("script", "finish", None, "/config/script/edit/finish"): ["frigate.end_event"],
        ("dashboard", "cameras", "Yard", "/yaml-cameras/yard"): [
            "custom:frigate-card: frigate"
        ],
    }
    reports: Any = answer["reports"]
    (report,) = reports
    assert report["title"] == official.title
    assert report["unreadable"] == ["broken"]
    assert report["is_complete"]
    moves = [
        one["entity_id"] for device in report["devices"] for one in device["moves"]
    ]
    assert "camera.cam_01" in moves
    finding = report["mentions"][1]["findings"][0]
    assert "frigate_http.ptz" in finding["instead"]
    assert not finding["keeps_working"]


async def test_there_is_no_report_without_the_official_integration(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    answer = await call(hass, "get_take_over_report")
    assert answer == {"taken_over": False, "reports": []}


def test_names_are_no_markdown_in_the_preview() -> None:
    place = Place(kind=Kind.DASHBOARD, title=EVIL, path="/a")
    findings = (
        Finding(found="`x` <b>", advice=Advice.ADDRESS),
        Finding(found="frigate/events", advice=Advice.TOPIC),
    )
    report = Report(
        plan=Plan(
            old_entry_id="old",
            old_title="Frigate",
            old_disabled_by=None,
            moves=(),
            devices=(),
            stays=(),
        ),
        devices=(),
        mentions=Mentions(
            mentions=(Mention(place=place, findings=findings),),
            unreadable=(place,),
            is_complete=False,
        ),
        texts={},
    )
    plain = (
        r"\<img src\=x onerror\=\"1\"\> \[a\]\(http\:\/\/b\) \`c\` \*\*d\*\* "
        r"\{\{ e \}\} \# f www\.g\.de"
    )
    assert preview_markdown(report).split("\n\n") == [
        "<details><summary>stops</summary>",
        f"- kind_dashboard **{plain}**: `'x' <b>`. instead_address",
        "</details>",
        "<details><summary>goes_on</summary>",
        f"- kind_dashboard **{plain}**: `frigate/events`. instead_topic",
        "</details>",
        "incomplete",
        "<details><summary>unreadable</summary>",
        f"- {plain}",
        "</details>",
    ]
