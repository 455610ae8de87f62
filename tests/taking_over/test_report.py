"""The report names what moves and what stops working, for an action and for people."""

from dataclasses import replace
import html
import json
from pathlib import Path
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.frigate_http as package
from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.taking_over.finding import Reason
from custom_components.frigate_http.taking_over.journal import async_load_plan
from custom_components.frigate_http.taking_over.mentions import (
    MAX_PER_PLACE,
    Finding,
    Mention,
    Mentions,
)
from custom_components.frigate_http.taking_over.patterns import (
    Advice,
    advice_for_action,
)
from custom_components.frigate_http.taking_over.places import Kind, Place
from custom_components.frigate_http.taking_over.plan import Plan, Stays
from custom_components.frigate_http.taking_over.report import (
    MAX_PER_LINE,
    DeviceReport,
    Report,
    preview_markdown,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.json import JsonObjectType
from homeassistant.util.yaml import load_yaml_dict
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.official_registry import ACTIONS, OFFICIAL
from tests.services.common import call

from .home import look
from .moved import WANTED, ask

PACKAGE = Path(package.__file__).parent
SERVICES = load_yaml_dict(str(PACKAGE / "services.yaml"))
TEXTS: dict[str, dict[str, str]] = {
    language: json.loads(
        (PACKAGE / f"translations/{language}.json").read_text("utf-8")
    )["common"]
    for language in ("en", "es")
}
EVIL = '<img src=x onerror="1"> [a](http://b) `c` **d** {{ e }}\n# f www.g.de'


def shown(answer: JsonObjectType) -> dict[Any, list[Any]]:
    """Return what is found in the only report, by kind, title, view and path."""
    reports: Any = answer["reports"]
    (report,) = reports
    return {
        (one["kind"], one["title"], one["view"], one["path"]): [
            *one["stops"],
            *one["goes_on"],
        ]
        for one in report["mentions"]
    }


AUTOMATIONS = (
    {"id": "1", "alias": "Look left", "actions": [{"action": "frigate.ptz"}]},
    {"id": "2", "alias": "Harmless", "actions": [{"action": "frigate_http.ptz"}]},
    {
        "id": "off",
        "alias": "Turned off",
        "initial_state": False,
        "actions": [{"action": "frigate.ptz"}],
    },
    {
        "id": "disabled",
        "alias": "Disabled",
        "actions": [{"action": "frigate.favorite_event"}],
    },
    {"id": "broken", "alias": "Broken", "actions": {"action": "frigate.ptz", "x": 1}},
    {
        "id": "lost",
        "alias": "Lost blueprint",
        "use_blueprint": {
            "path": "lost.yaml",
            "input": {"url": "/api/frigate/notifications/1/clip.mp4"},
        },
    },
)
"""Those that do not run are switched on again some day."""
FILES = {
    "configuration.yaml": "homeassistant:\n  packages: !include_dir_named packages\n"
    "automation: !include automations.yaml\nautomation mine:\n- id: '9'\n"
    "  alias: Not loaded\n  actions:\n    action: frigate.end_event\n"
    "script:\n  finish:\n    sequence:\n    - action: frigate.end_event\n"
    "rest_command:\n  clip:\n    url: !secret address\n"
    "    payload: http://ha/api/frigate/clips/a.mp4?token=hidden\n"
    "mqtt:\n  sensor:\n  - state_topic: home/nvr/stats\n  - state_topic: frigate/stats\n"
    "template:\n- sensor:\n  - state: \"{{ integration_entities('frigate') }}\"\n",
    "packages/yard.yaml": "shell_command:\n  clip: curl http://ha/api/frigate/vod/a.m3u8\n",
    "secrets.yaml": "address: http://ha/api/frigate/snapshot/hidden\n",
    "cameras.yaml": "views:\n- title: Yard\n  path: yard\n  cards:\n"
    "  - type: custom:frigate-card\n    cameras:\n    - engine: frigate\n",
    "broken.yaml": "views: [",
    "endless.yaml": "views: !include endless.yaml",
    "strategy.yaml": "strategy:\n  type: custom:any\n  media: media-source://frigate/nvr/x\n",
    "automations.yaml": json.dumps(AUTOMATIONS),
}


STORED = {
    "lovelace": {"views": [{"cards": [{"tap_action": {"service": "frigate.ptz"}}]}, 5]},
    "lovelace.mine": {
        "views": [
            {
                "title": "Deep",
                "sections": [
                    {
                        "cards": [
                            {
                                "type": "custom:stack-in-card",
                                "cards": [{"url": "/api/frigate/mse/x"}],
                            }
                        ]
                    }
                ],
            }
        ]
    },
    "lovelace.text": "no mapping",
}
"""The dashboards that users make in the interface; the first is the default one."""


def store_dashboards(hass_storage: dict[str, Any]) -> None:
    """Let users have made dashboards in the interface."""
    items = [
        {
            "id": name,
            "mode": "storage",
            "title": name.title(),
            "url_path": f"my-{name}",
            "show_in_sidebar": True,
            "require_admin": True,
        }
        for name in ("mine", "text")
    ]
    stored: dict[str, Any] = {key: {"config": one} for key, one in STORED.items()}
    stored["lovelace_dashboards"] = {"items": items}
    for key, data in stored.items():
        hass_storage[key] = {"version": 1, "key": key, "data": data}


async def write_home(hass: HomeAssistant, folder: Path) -> None:
    """Let users have written automations, scripts, dashboards and a configuration."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    hass.config.config_dir = str(folder)
    er.async_get(hass).async_get_or_create(
        "automation",
        "automation",
        "disabled",
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    dashboards = {
        f"yaml-{name}": {
            "mode": "yaml",
            "title": name,
            "filename": f"{name}.yaml",
            "require_admin": True,
        }
        for name in ("cameras", "broken", "endless", "strategy")
    }
    sequence = [{"action": "frigate.end_event"}]
    trigger = {"triggers": {"trigger": "event", "event_type": "left"}}
    for domain, config in {
        "lovelace": {"dashboards": dashboards},
        "automation": [
            one if "use_blueprint" in one else {**one, **trigger} for one in AUTOMATIONS
        ],
        "script": {"finish": {"sequence": sequence}},
    }.items():
        assert await async_setup_component(hass, domain, {domain: config})
    helper = MockConfigEntry(
        domain="template",
        title="Template",
        options={"state": "{{ integration_entities('frigate') | count }}"},
    )
    helper.add_to_hass(hass)
    await hass.async_block_till_done()


EDITOR = "/config/automation/edit"
FOUND = {
    ("automation", "Look left", None, f"{EDITOR}/1"): ["frigate.ptz"],
    ("automation", "Turned off", None, f"{EDITOR}/off"): ["frigate.ptz"],
    ("automation", "Broken", None, f"{EDITOR}/broken"): ["frigate.ptz"],
    ("automation", "Lost blueprint", None, f"{EDITOR}/lost"): [
        "/api/frigate/notifications/1/clip.mp4"
    ],
    ("automation", "Disabled", None, f"{EDITOR}/disabled"): ["frigate.favorite_event"],
    ("automation", "Not loaded", None, f"{EDITOR}/9"): ["frigate.end_event"],
    ("script", "finish", None, "/config/script/edit/finish"): ["frigate.end_event"],
    ("dashboard", "cameras", "Yard", "/yaml-cameras/yard"): [
        "custom:frigate-card: frigate"
    ],
    ("dashboard", "strategy", None, "/yaml-strategy"): ["media-source://frigate/nvr/x"],
    ("dashboard", "Overview", "0", "/lovelace/0"): ["frigate.ptz"],
    ("dashboard", "Mine", "Deep", "/my-mine/0"): ["/api/frigate/mse/x"],
    ("integration", "Template", None, "/config/integrations/integration/template"): [
        "integration_entities('frigate')"
    ],
    ("configuration", "rest_command", None, None): ["/api/frigate/clips/a.mp4"],
    ("configuration", "mqtt", None, None): ["home/nvr/stats"],
    ("configuration", "template", None, None): ["integration_entities('frigate')"],
    ("configuration", "packages.yard.shell_command", None, None): [
        "/api/frigate/vod/a.m3u8"
    ],
}


async def test_the_action_names_what_stops_working(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    official: MockConfigEntry,
    hass_storage: dict[str, Any],
    tmp_path: Path,
) -> None:
    store_dashboards(hass_storage)
    frigate.state.topic_prefix = "home/nvr"
    await write_home(hass, tmp_path)
    await set_up(hass, make_entry(frigate.internal_url))
    answer = await call(hass, "get_take_over_report")

    assert answer["taken_over"] is False
    assert shown(answer) == FOUND
    assert [one[0] for one in shown(answer)] == [one[0] for one in FOUND]
    assert "hidden" not in json.dumps(answer)
    reports: Any = answer["reports"]
    (report,) = reports
    assert report["title"] == official.title
    assert report["unreadable"] == ["broken", "endless", "Text"]
    assert report["is_complete"]
    moves = [
        one["entity_id"] for device in report["devices"] for one in device["moves"]
    ]
    assert "camera.cam_01" in moves
    by_found = {
        found: one["instead"] for one in report["instead"] for found in one["found"]
    }
    assert "frigate_http.ptz" in by_found["frigate.ptz"]
    (mqtt,) = (one for one in report["mentions"] if one["title"] == "mqtt")
    assert mqtt["goes_on"]
    assert not mqtt["stops"]


async def test_a_broken_configuration_is_named(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    official: MockConfigEntry,
    tmp_path: Path,
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    hass.config.config_dir = str(tmp_path)
    file = tmp_path / "configuration.yaml"
    for text, unreadable in (
        ("template: [", ["configuration.yaml"]),
        ("- a list", ["configuration.yaml"]),
        ("template: !include configuration.yaml", ["configuration.yaml"]),
        ("automation: text\nscript: text\ntemplate:\nhomeassistant: 5", []),
        ("", []),
        (None, []),
    ):
        file.unlink() if text is None else file.write_text(text)
        reports: Any = (await call(hass, "get_take_over_report"))["reports"]
        assert reports[0]["unreadable"] == unreadable, text
        assert reports[0]["mentions"] == []


async def test_what_another_server_of_the_official_integration_keeps_is_left_out(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry, tmp_path: Path
) -> None:
    other = MockConfigEntry(domain=OFFICIAL, data={"url": "http://other.lan:5000"})
    other.add_to_hass(hass)
    camera = er.async_get(hass).async_get_or_create(
        "camera", OFFICIAL, f"{other.entry_id}:camera:barn", config_entry=other
    )
    actions = [
        {"action": "frigate.ptz", "target": {"entity_id": one}}
        for one in (camera.entity_id, "camera.cam_01")
    ]
    urls = [f"/api/frigate/{one}/clips/a.mp4" for one in ("barn", "frigate")]
    (tmp_path / "configuration.yaml").write_text(
        json.dumps({"rest_command": [*actions, *urls]})
    )
    hass.config.config_dir = str(tmp_path)
    await set_up(hass, make_entry(frigate.internal_url))

    place = ("configuration", "rest_command", None, None)
    kept = {place: ["frigate.ptz", urls[1]]}
    assert shown(await call(hass, "get_take_over_report")) == kept
    (tmp_path / "configuration.yaml").write_text(
        json.dumps({"rest_command": [actions[0], urls[0]]})
    )
    assert shown(await call(hass, "get_take_over_report")) == {}
    # Once that entry is disabled too, nothing of it works.
    await hass.config_entries.async_set_disabled_by(
        other.entry_id, ConfigEntryDisabler.USER
    )
    gone = {place: ["frigate.ptz", urls[0]]}
    assert shown(await call(hass, "get_take_over_report")) == gone


@pytest.mark.usefixtures("saved_at_once")
async def test_ids_are_named_only_where_they_lead_nowhere(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry, tmp_path: Path
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    seen = look(hass)
    ids = [*seen.entities, *seen.devices]
    ids += [row["entity_id"] for row in seen.entities.values()]
    sections = {
        f"group {at}": ids[at : at + MAX_PER_PLACE]
        for at in range(0, len(ids), MAX_PER_PLACE)
    }
    (tmp_path / "configuration.yaml").write_text(json.dumps(sections))
    hass.config.config_dir = str(tmp_path)
    before = shown(await call(hass, "get_take_over_report"))
    await ask(hass, entry, **WANTED)
    answer = await call(hass, "get_take_over_report")
    assert answer["taken_over"] is True

    plan = await async_load_plan(hass, entry.entry_id)
    assert plan is not None
    twins = {one.twin.entity_id for one in plan.moves if one.twin is not None}
    assert twins
    stays = {one.entity_id for one in plan.stays}
    moved = {one.device_id for one in plan.devices}
    left = {one.old_device_id for one in plan.moves if one.old_device_id} - moved
    replaced = {one.twin_device_id for one in plan.devices if one.twin_device_id}
    assert left
    assert replaced
    devices = {one: f"{seen.devices[one]['shown']} ({one})" for one in left | replaced}
    assert found_in(before) == twins | stays | {*devices.values()}
    # Those that were removed have no name any more.
    assert found_in(shown(answer)) == twins | stays | replaced | {
        devices[one] for one in left
    }


def found_in(mentions: dict[Any, list[Any]]) -> set[Any]:
    """Return what is found anywhere."""
    return {one for found in mentions.values() for one in found}


async def test_there_is_no_report_without_the_official_integration(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    answer = await call(hass, "get_take_over_report")
    assert answer == {"taken_over": False, "reports": []}


def report_of(
    *mentions: Mention, language: str | None = None, unreadable: tuple[Place, ...] = ()
) -> Report:
    """Return a report that moves nothing, with the texts of a language."""
    texts = {} if language is None else TEXTS[language]
    return Report(
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
            mentions=mentions, unreadable=unreadable, is_complete=not unreadable
        ),
        texts={f"component.{DOMAIN}.common.{key}": one for key, one in texts.items()},
    )


def test_names_are_no_markdown_in_the_preview() -> None:
    place = Place(kind=Kind.DASHBOARD, title=EVIL, path="/a")
    findings = (
        Finding(found="`x` <b>", advice=Advice.ADDRESS),
        Finding(found="x: y", advice=Advice.STATES, replacement="<img src=`x>\n# f"),
        Finding(found="frigate/events", advice=Advice.TOPIC),
    )
    mention = Mention(place=place, findings=findings)
    stay = Stays(registry_id="id", entity_id="sensor.a", reason=Reason.NO_TWIN)
    report = replace(
        report_of(mention, unreadable=(place,)),
        devices=(DeviceReport(name=EVIL, moves=(), stays=(stay,)),),
        texts={f"component.{DOMAIN}.common.take_over_instead_states": "{replacement}"},
    )
    plain = (
        r"\<img src\=x onerror\=\"1\"\> \[a\]\(http\:\/\/b\) \`c\` \*\*d\*\* "
        r"\{\{ e \}\} \# f www\.g\.de"
    )
    device, *others = preview_markdown(report).split("</details>\n\n", 1)
    escaped = html.escape(" ".join(EVIL.split()))
    summary = f"<details><summary>{escaped} · staying</summary>"
    assert device == f"{summary}\n\n- `sensor.a`: reason_no_twin\n\n"
    assert others[0].split("\n\n") == [
        "<details><summary>stops · 1</summary>",
        f"- kind_dashboard **{plain}**: `'x' <b>`, `x: y`",
        "**advice**",
        "- `'x' <b>`: instead_address\n- `x: y`: `<img src='x> # f`",
        "</details>",
        "<details><summary>goes_on · 1</summary>",
        f"- kind_dashboard **{plain}**: `frigate/events`",
        "---",
        "- `frigate/events`: instead_topic",
        "</details>",
        "incomplete",
        "<details><summary>unreadable</summary>",
        f"- {plain}",
        "</details>",
        "searched",
    ]


def test_the_preview_says_what_to_write_once() -> None:
    paths = [f"/api/frigate/clips/{number}.mp4" for number in range(MAX_PER_LINE + 2)]
    mentions = [
        Mention(
            place=Place(kind=Kind.AUTOMATION, title=f"Look {number}"),
            findings=(
                Finding(found="frigate.ptz", advice=Advice.ACTION_PTZ),
                Finding(
                    found=f"sensor.cam_{number}_review_status: ALERT",
                    advice=Advice.STATES,
                    replacement="alert",
                ),
                *(Finding(found=one, advice=Advice.ADDRESS) for one in paths),
            ),
        )
        for number in range(MAX_PER_LINE)
    ]
    texts = TEXTS["en"]
    shown = preview_markdown(report_of(*mentions, language="en"))
    lines = shown.splitlines()
    assert lines[0] == "<details><summary>What stops working · 8</summary>"
    first = [f"`{one}`" for one in paths[: MAX_PER_LINE - 2]]
    assert lines[2] == ", ".join(
        [
            "- Automation **Look 0**: `frigate.ptz`",
            "`sensor.cam_0_review_status: ALERT`",
            *first,
            "… +4",
        ]
    )
    for advice in ("action_ptz", "address"):
        assert shown.count(texts[f"take_over_instead_{advice}"]) == 1
    assert lines.count("**What to write instead**") == 1
    (states,) = (one for one in lines if one.endswith(": `alert`"))
    assert states.count("review_status: ALERT`") == MAX_PER_LINE
    assert lines[-1] == texts["take_over_searched"]


def test_a_device_of_which_nothing_moves_says_how_many_stay() -> None:
    stays = Stays(registry_id="1", entity_id="sensor.x", reason=Reason.NO_TWIN)
    device = DeviceReport(name="Porch", moves=(), stays=(stays,))
    report = replace(report_of(language="en"), devices=(device,))
    shown = preview_markdown(report)
    assert "<summary>Porch · staying: 1</summary>" in shown


def test_the_preview_says_if_nothing_stops() -> None:
    assert preview_markdown(report_of(language="en")).split("\n\n") == [
        TEXTS["en"]["take_over_nothing_stops"],
        TEXTS["en"]["take_over_searched"],
    ]


CODE = re.compile(r"`([^`]+)`")
TARGETS = {"en": "without a target", "es": "sin objetivo"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_the_advice_for_an_action_fits_the_actions(action: str, language: str) -> None:
    """Whoever follows it writes an action that exists, with fields that it has."""
    text = TEXTS[language][f"take_over_instead_{advice_for_action(action)}"]
    name, *fields = CODE.findall(text)
    domain, _, ours = name.partition(".")
    assert domain == DOMAIN
    described = SERVICES[ours]
    known = {*described["fields"]}
    # What is told of is a field of either, and the other one takes its place.
    told = {*fields}
    assert told <= known | {*ACTIONS[action]}
    assert {one for one in ACTIONS[action] if one not in known} <= told
    required = {key for key, one in described["fields"].items() if one.get("required")}
    assert required <= {*ACTIONS[action]} | told
    # Only the summary has no cameras as its target in the official integration.
    loses_target = action != "review_summarize" and "target" not in described
    assert (TARGETS[language] in text) is loses_target


@pytest.mark.parametrize("language", ["en", "es"])
def test_all_actions_that_are_advised_exist(language: str) -> None:
    advised = {
        name
        for key, text in TEXTS[language].items()
        if key.startswith("take_over_instead_")
        for name in re.findall(rf"`{DOMAIN}\.(\w+)`", text)
    }
    assert {"ptz", "get_media_urls"} < advised
    assert advised <= SERVICES.keys()
