"""Every text that the code asks for exists, and no other; icons likewise."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
import json
from pathlib import Path
import re
from types import ModuleType
from typing import Any, Protocol

import pytest
import voluptuous as vol

from custom_components.frigate_http import PLATFORMS, errors, titles
from custom_components.frigate_http.aiofrigate import BIRDSEYE_MODE, BIRDSEYE_MODES
from custom_components.frigate_http.button.ptz import PTZ_PRESET
from custom_components.frigate_http.camera import video
from custom_components.frigate_http.config_flow import AUTHENTICATION_STEPS
from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.entity.labels import NAMED, translation_key
from custom_components.frigate_http.flow import forms, taking_over
from custom_components.frigate_http.inventory import PERSON_SENSORS
from custom_components.frigate_http.issues import ISSUES, IssueDescription
from custom_components.frigate_http.sensor.live import CLASSIFICATION
from custom_components.frigate_http.sensor.object_classification import (
    OBJECT_CLASSIFICATION,
)
from custom_components.frigate_http.sensor.parts import PartSensorDescription
from custom_components.frigate_http.taking_over.differences import Aspect
from custom_components.frigate_http.taking_over.finding import Reason
from custom_components.frigate_http.taking_over.patterns import Advice
from custom_components.frigate_http.taking_over.places import Kind
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import SelectSelector
from homeassistant.helpers.translation import async_get_translations

PACKAGE = Path(errors.__file__).parent
LANGUAGES: dict[str, dict[str, Any]] = {
    one.stem: json.loads(one.read_text("utf-8"))
    for one in sorted((PACKAGE / "translations").glob("*.json"))
}
EN = LANGUAGES["en"]
ICONS: dict[str, Any] = json.loads((PACKAGE / "icons.json").read_text("utf-8"))
FORMS: dict[str, vol.Schema] = {
    "user": forms.user_form({"http://frigate.lan": "found"}, has_account=True),
    "reconfigure": forms.RECONFIGURE_FORM,
    "login": forms.LOGIN_FORM,
    "token": forms.TOKEN_FORM,
    "proxy": forms.PROXY_FORM,
    "choose_official": taking_over.choice_form({"id": "Frigate"}),
    "take_over": taking_over.leave_form(["camera.yard"]),
}
MAX_TITLE = 40
"""Characters that a title of Home Assistant's repairs has room for."""
REPORT = "take_over_"
CONFIRMATIONS = ("different_server", "undo")
MENUS = {
    "authenticate": AUTHENTICATION_STEPS,
    "replace_credentials": AUTHENTICATION_STEPS,
    "official_found": ["take_over", "side_by_side"],
    "change": ["connection", "take_over", "undo"],
}
OPTIONS_FORM = forms.options_form({"front_door": "Front door"})

_PLACEHOLDER = re.compile(r"{(\w*)}")
_MARKDOWN = re.compile(
    r"(config|options)\.step\.\w+\.(description|data_description\..*)"
    r"|config\.abort\..*|issues\..*(description|abort\..*)|common\.take_over_.*"
)
_CODE = re.compile(r"`[^`]+`")
_BECOMES_A_LINK = re.compile(r"://|www\.|@|{(url|response)}")
_LINK = re.compile(r"(\w+://|www\.)[a-z0-9.-]+\.[a-z]{2,5}\b", re.IGNORECASE)
_TRANSLATED = re.compile(r"translation_key: (\w+)")
_SLUG = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def texts(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield every text with the path of keys that leads to it."""
    if isinstance(tree, Mapping):
        for key, one in tree.items():
            yield from texts(one, (*path, key))
    else:
        yield ".".join(path), tree


TEXTS = dict(texts(EN))
TEXTS_IN = {language: dict(texts(tree)) for language, tree in LANGUAGES.items()}
OTHERS = [one for one in LANGUAGES if one != "en"]
# What is called the same in another language; all else is to be translated.
THE_SAME = {
    "es": {
        "Script",
        "Token",
        "URL",
        "Zoom",
    }
}


@cache
def modules() -> list[ast.Module]:
    """Return the integration, parsed."""
    return [ast.parse(one.read_text("utf-8")) for one in PACKAGE.rglob("*.py")]


def calls(name: str) -> Iterator[ast.Call]:
    """Yield every call of a function or class of that name in the integration."""
    for module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and name in (
                getattr(node.func, "id", None),
                getattr(node.func, "attr", None),
            ):
                yield node


def literals(name: str, argument: int | str) -> set[str]:
    """Return the texts that are passed to calls, by position or by name."""
    found: set[str] = set()
    for call in calls(name):
        passed = (
            call.args[argument : argument + 1]
            if isinstance(argument, int)
            else [one.value for one in call.keywords if one.arg == argument]
        )
        found |= {
            one.value
            for one in passed
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        }
    return found


class Described(Protocol):
    """What is looked at here of the description of an entity."""

    key: str
    translation_key: str | None
    device_class: str | None


def descriptions() -> Iterator[tuple[str, Described]]:
    """Yield every entity that the platforms describe, with its platform."""
    seen: set[int] = set()
    for platform, module in modules_of_platforms():
        for value in vars(module).values():
            for one in value if isinstance(value, tuple) else (value,):
                # Home Assistant's own classes make objects of yet other classes.
                if (
                    not isinstance(one, type)
                    and {"key", "entity_category"}
                    <= getattr(one, "__dataclass_fields__", {}).keys()
                    and id(one) not in seen
                ):
                    seen.add(id(one))
                    yield from ((platform, each) for each in as_named(one))


def modules_of_platforms() -> Iterator[tuple[str, ModuleType]]:
    """Yield the modules of each platform, such as `sensor` and `sensor.reviews`."""
    for platform in PLATFORMS:
        yield str(platform), import_module(f"custom_components.frigate_http.{platform}")
        for path in sorted((PACKAGE / platform).glob("[!_]*.py")):
            yield (
                str(platform),
                import_module(f"custom_components.frigate_http.{platform}.{path.stem}"),
            )


def as_named(one: Any) -> Iterator[Described]:
    """Yield the description once for every text that an entity of it may have."""
    what = one.translation_key or one.key
    if (labels := NAMED.get(what)) is None:
        yield one
        return
    has_zones = what not in ("sound", "label_snapshot")
    for in_zone in (False, True) if has_zones else (False,):
        for label in (*labels, "unheard_of"):
            key = translation_key(what, label, in_zone=in_zone)
            yield replace(one, translation_key=key)


DESCRIPTIONS = list(descriptions())


def names(tree: Mapping[str, Any]) -> set[str]:
    """Return the keys."""
    return {*tree}


# Config flow and options


def test_every_step_has_texts_and_no_other() -> None:
    shown = literals("async_show_form", "step_id") | literals(
        "async_show_menu", "step_id"
    )
    for method in ("_show_form", "_async_connect", "_async_step_credentials"):
        shown |= literals(method, 0)

    assert shown == (
        names(EN["config"]["step"]) | names(EN["options"]["step"]) | {"confirm"}
    )
    assert names(EN["config"]["step"]) == {*FORMS, *MENUS, *CONFIRMATIONS}
    assert names(EN["options"]["step"]) == {"init"}


def assert_fields(step: Mapping[str, Any], schema: vol.Schema) -> None:
    """Check the texts of a form, field by field."""
    fields = {str(key): value for key, value in schema.schema.items()}
    sections = {name for name, one in fields.items() if isinstance(one, section)}
    assert names(step.get("data", {})) == fields.keys() - sections
    assert names(step.get("data_description", {})) == fields.keys() - sections
    assert names(step.get("sections", {})) == sections
    for name in sections:
        inner = fields[name]
        assert isinstance(inner, section)
        assert step["sections"][name]["name"]
        assert_fields(step["sections"][name], inner.schema)


@pytest.mark.parametrize("step_id", FORMS)
def test_every_field_is_named_and_explained(step_id: str) -> None:
    step = EN["config"]["step"][step_id]
    assert step["title"]
    assert step["description"]
    assert_fields(step, FORMS[step_id])


def test_every_option_is_named_and_explained() -> None:
    step = EN["options"]["step"]["init"]
    assert step["title"]
    assert_fields(step, OPTIONS_FORM)


def test_the_confirmations_are_explained() -> None:
    for step in CONFIRMATIONS:
        assert names(EN["config"]["step"][step]) == {"title", "description"}


@pytest.mark.parametrize("step_id", MENUS)
def test_every_way_of_a_menu_is_named_and_explained(step_id: str) -> None:
    step = EN["config"]["step"][step_id]
    assert [*step["menu_options"]] == MENUS[step_id]
    assert [*step["menu_option_descriptions"]] == MENUS[step_id]
    assert names(step) == {
        "title",
        "description",
        "menu_options",
        "menu_option_descriptions",
    }


def test_every_error_of_a_form_has_a_text_and_no_other() -> None:
    from_client = {_form_key(key) for _kind, key in errors._TRANSLATION_KEYS}
    entered = literals("FormError", 0)
    assert entered

    assert names(EN["config"]["error"]) == from_client | entered | {
        "other_server_account",
        "unknown",
        "unsupported_version",
    }
    assert names(EN["options"]["error"]) == {"invalid_url"}


def _form_key(key: str) -> str:
    in_a_form_the_same = {
        "not_found",
        "bad_request",
        "closed",
        "no_live_video",
        "wrong_password",
    }
    return "not_frigate" if key in in_a_form_the_same else key


def test_every_end_of_a_flow_has_a_text_and_no_other() -> None:
    assert [*calls("_async_abort_entries_match")]
    assert [*calls("async_update_reload_and_abort")]
    # Home Assistant has its own texts for the last two since 2026.10 only.
    assert names(EN["config"]["abort"]) == {
        "already_configured",
        "official_gone",
        "take_over_started",
        "undo_started",
        "reauth_successful",
        "reconfigure_successful",
    }


def selects(schema: vol.Schema) -> Iterator[SelectSelector]:
    """Yield the selects of a form."""
    for value in schema.schema.values():
        if isinstance(value, section):
            yield from selects(value.schema)
        if isinstance(value, SelectSelector):
            yield value


def test_every_choice_of_a_select_has_a_text_and_no_other() -> None:
    found = {
        one.config["translation_key"]: one.config["options"]
        for form in (*FORMS.values(), OPTIONS_FORM)
        for one in selects(form)
        if "translation_key" in one.config
    }
    of_actions = set(
        _TRANSLATED.findall((PACKAGE / "services.yaml").read_text("utf-8"))
    )
    assert found.keys() | of_actions == names(EN["selector"])
    for key, options in found.items():
        assert [*EN["selector"][key]["options"]] == options


@pytest.mark.parametrize(
    ("path", "passed"),
    [
        (
            "config.step.",
            {"url", "message", "response", "title", "official", "preview"},
        ),
        ("config.error.", {"message"}),
        ("config.abort.", set()),
        ("options.", set()),
        ("selector.", set()),
    ],
)
def test_texts_mention_what_the_code_passes(path: str, passed: set[str]) -> None:
    found = {key: text for key, text in TEXTS.items() if key.startswith(path)}
    assert found
    for text in found.values():
        assert {*_PLACEHOLDER.findall(text)} <= passed


# Exceptions


def raised_by_name() -> dict[str, set[str]]:
    """Return the exceptions that the code makes itself, and what it fills them with."""
    found: dict[str, set[str]] = {}
    for name in ("validation_error", "action_error"):
        for call in calls(name):
            key = call.args[0]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                # What is unpacked are the placeholders of an error of the client's.
                words = {one.arg or "message" for one in call.keywords}
                # The same text is filled in the same way wherever it is raised.
                assert found.setdefault(key.value, words) == words
    return found


def test_every_exception_has_a_text_and_no_other() -> None:
    raised = {
        key: {"message"} for _kind, key in errors._TRANSLATION_KEYS
    } | raised_by_name()
    without_video = {*video.NO_VIDEO.values(), video.NO_VIDEO_NOW}
    raised |= {key: {"entity"} for key in without_video}
    for name in ("HomeAssistantError", "ServiceValidationError", "UpdateFailed"):
        assert not literals(name, "translation_key")

    setup = {"ConfigEntryError": {"title"}, "ConfigEntryNotReady": set[str]()}
    for name, words in setup.items():
        raised |= dict.fromkeys(literals(name, "translation_key"), words)

    assert names(EN["exceptions"]) == raised.keys() | {"unknown"}
    for key, one in EN["exceptions"].items():
        assert names(one) == {"message"}
        words = raised.get(key, {"message"})
        assert {*_PLACEHOLDER.findall(one["message"])} <= words


# The media browser, and servers that are found


def test_every_text_of_no_category_is_used_and_no_other() -> None:
    words = {
        node.value
        for path in (
            *(PACKAGE / "media_source").glob("*.py"),
            *(PACKAGE / "flow").glob("*.py"),
        )
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    asked = literals("text", 0) | literals("counted", 1)
    assert {"more", "preview", "objects"} <= asked
    labels = {f"label_{one}" for one in titles.LABELS}
    texts_of_report = {one for one in names(EN["common"]) if one.startswith(REPORT)}
    assert asked | labels <= names(EN["common"])
    assert names(EN["common"]) - texts_of_report <= words | labels


# The report of what is taken over


def test_every_text_of_the_report_exists_and_no_other() -> None:
    asked = {
        *(f"kind_{one}" for one in Kind),
        *(f"aspect_{one}" for one in Aspect),
        *(f"reason_{one}" for one in Reason),
        *(f"instead_{one}" for one in Advice),
        *literals("phrase", 0),
    }
    assert {"stops", "goes_on"} < asked
    assert {f"{REPORT}{one}" for one in asked} == {
        one for one in names(EN["common"]) if one.startswith(REPORT)
    }


# Issues


@pytest.mark.parametrize("one", ISSUES, ids=lambda one: one.key)
def test_texts_of_an_issue(one: IssueDescription) -> None:
    found = EN["issues"][one.key]
    assert names(found) == {"title", "fix_flow" if one.is_fixable else "description"}
    if one.is_fixable:
        assert names(found["fix_flow"]) == {"step", "abort"}
        assert {*found["fix_flow"]["step"]} == {"confirm"}
        assert names(found["fix_flow"]["step"]["confirm"]) == {"title", "description"}
        aborts = literals("async_abort", "reason") - {"official_gone"}
        assert names(found["fix_flow"]["abort"]) == aborts

    passed = {
        "unsupported_version": {"version"},
        "restricted_account": {"username", "role"},
        "clocks_differ": {"seconds", "home_assistant", "frigate"},
    }
    for path, text in texts(found):
        mentioned = {*_PLACEHOLDER.findall(text)}
        assert mentioned <= {"title", "url"} | passed.get(one.key, set())
        assert path.endswith("title") or text.endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_issues_fit_on_a_line(language: str) -> None:
    titles = {
        path: text
        for path, text in TEXTS_IN[language].items()
        if path.startswith("issues.") and path.endswith(".title")
    }
    assert len(titles) >= len(ISSUES)
    for path, text in titles.items():
        # A name that is filled in can have any length.
        assert not _PLACEHOLDER.search(text), path
        assert len(text) <= MAX_TITLE, path


def test_there_are_no_texts_of_other_issues() -> None:
    assert names(EN["issues"]) == {one.key for one in ISSUES}


def test_what_system_health_names_has_a_text() -> None:
    assert EN["system_health"] == {"info": {"servers": "Servers"}}


# Entities


def entity_texts(platform: str, one: Described) -> dict[str, Any]:
    """Return the texts of an entity."""
    found: dict[str, Any] = EN["entity"][platform][one.translation_key or one.key]
    return found


def test_every_entity_has_a_name_and_no_other() -> None:
    described: dict[str, set[str]] = {}
    for platform, one in DESCRIPTIONS:
        described.setdefault(platform, set()).add(one.translation_key or one.key)

    assert {platform: names(one) for platform, one in EN["entity"].items()} == (
        described
    )


@pytest.mark.parametrize(
    ("platform", "one"), DESCRIPTIONS, ids=lambda one: getattr(one, "key", one)
)
def test_texts_of_an_entity(platform: str, one: Described) -> None:
    found = entity_texts(platform, one)
    assert found["name"]

    placeholders = {*_PLACEHOLDER.findall(found["name"])}
    assert placeholders == fillings(platform, one)

    states = choices(one)
    assert names(found.get("state", {})) == states
    assert bool(states) is (
        one.device_class is SensorDeviceClass.ENUM
        # What its options are is up to the camera.
        or (platform == "select" and one.key != "ptz_preset")
    )
    # A unit stands in one place only.
    assert "unit_of_measurement" not in found or (
        platform == "sensor"
        and getattr(one, "native_unit_of_measurement", None) is None
    )


def fillings(platform: str, one: Described) -> set[str]:
    """Return what the name of an entity is filled in with."""
    if isinstance(one, PartSensorDescription):
        return {"part"}
    key = one.translation_key or one.key
    if any(key.removeprefix("zone_").startswith(what) for what in NAMED):
        of_zone = {"zone"} if key.startswith("zone_") else set()
        return of_zone | ({"label"} if key.endswith((*NAMED,)) else set())
    return {
        **{("sensor", key): {"person"} for key in PERSON_SENSORS},
        ("sensor", CLASSIFICATION.key): {"model"},
        ("sensor", OBJECT_CLASSIFICATION.key): {"model"},
        ("button", PTZ_PRESET.key): {"preset"},
    }.get((platform, one.key), set())


def choices(one: Described) -> set[str]:
    """Return the states of an enumeration."""
    if one.key == BIRDSEYE_MODE:
        return {*BIRDSEYE_MODES}
    return {*(getattr(one, "choices", None) or getattr(one, "options", None) or ())}


# Icons


def test_every_icon_belongs_to_an_entity() -> None:
    assert names(ICONS) == {"entity", "services"}
    for platform, icons in ICONS["entity"].items():
        assert names(icons) <= names(EN["entity"][platform])


@pytest.mark.parametrize(
    ("platform", "one"), DESCRIPTIONS, ids=lambda one: getattr(one, "key", one)
)
def test_icons_of_an_entity(platform: str, one: Described) -> None:
    icons = ICONS["entity"].get(platform, {}).get(one.translation_key or one.key)
    if icons is None:
        # The device class, or the platform itself, brings one.
        assert one.device_class or platform == "update"
        return
    has_two = platform in ("binary_sensor", "switch")
    states = {"on", "off"} if has_two else choices(one)
    assert icons["default"].startswith("mdi:")
    assert names(icons) <= {"default", "state"}
    assert names(icons.get("state", {})) <= states


# All texts


@pytest.mark.parametrize(
    "is_fit",
    [
        pytest.param(lambda text: isinstance(text, str) and text, id="not empty"),
        pytest.param(lambda text: text == text.strip(), id="no blanks around it"),
        pytest.param(lambda text: "  " not in text, id="single blanks"),
        pytest.param(lambda text: not re.search(r"<[^>]*>", text), id="no HTML"),
        pytest.param(lambda text: "[%key:" not in text, id="no reference"),
        # hassfest takes a link for something that translators could break.
        pytest.param(lambda text: not _LINK.search(text), id="no link"),
        # What the frontend's formatter takes for a quotation is not filled in.
        pytest.param(
            lambda text: not re.search(r"'[^']*{\w+}[^']*'", text),
            id="no placeholder in quotes",
        ),
        pytest.param(
            lambda text: (
                text.count("{") == text.count("}") == len(_PLACEHOLDER.findall(text))
            ),
            id="whole placeholders",
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_is_fit_to_be_shown(
    language: str, is_fit: Callable[[str], object]
) -> None:
    found = TEXTS_IN[language]
    assert [path for path, text in found.items() if not is_fit(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_are_code_where_markdown_would_make_links_of_them(
    language: str,
) -> None:
    found = {
        path: _CODE.sub("", text)
        for path, text in TEXTS_IN[language].items()
        if _MARKDOWN.fullmatch(path)
    }
    assert found
    assert [path for path, text in found.items() if _BECOMES_A_LINK.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_code_where_texts_are_not_markdown(language: str) -> None:
    found = [path for path, text in TEXTS_IN[language].items() if "`" in text]
    assert found
    assert [path for path in found if not _MARKDOWN.fullmatch(path)] == []


def test_keys_are_slugs() -> None:
    assert [one for one in TEXTS if not all(map(_SLUG.fullmatch, one.split(".")))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_errors_are_whole_sentences(language: str) -> None:
    found = [
        text
        for path, text in TEXTS_IN[language].items()
        if path.startswith(("config.error.", "exceptions."))
    ]
    assert found
    for text in found:
        assert text.endswith(".")
        assert text[0].isupper() or _PLACEHOLDER.match(text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_home_assistant_finds_the_texts(
    hass: HomeAssistant, language: str
) -> None:
    for category in EN:
        found = await async_get_translations(hass, language, category, {DOMAIN})
        prefix = f"component.{DOMAIN}."
        assert {
            key.removeprefix(prefix): text
            for key, text in found.items()
            if DOMAIN in key
        } == {
            path: text
            for path, text in TEXTS_IN[language].items()
            if path.startswith(f"{category}.")
        }


# Languages


def test_there_are_two_languages() -> None:
    assert {*LANGUAGES} == {"en", "es"}


@pytest.mark.parametrize("language", OTHERS)
def test_another_language_says_all_and_no_more(language: str) -> None:
    assert names(TEXTS_IN[language]) == names(TEXTS)


@pytest.mark.parametrize("language", OTHERS)
def test_another_language_fills_in_the_same(language: str) -> None:
    for path, text in TEXTS_IN[language].items():
        assert sorted(_PLACEHOLDER.findall(text)) == sorted(
            _PLACEHOLDER.findall(TEXTS[path])
        ), path


@pytest.mark.parametrize("language", OTHERS)
def test_another_language_is_another_one(language: str) -> None:
    same = {text for path, text in TEXTS_IN[language].items() if text == TEXTS[path]}
    assert same == THE_SAME[language]


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_end_alike_in_another_language(language: str) -> None:
    for path, text in TEXTS_IN[language].items():
        assert text.endswith(".") == TEXTS[path].endswith("."), path
        assert text.count("\n") == TEXTS[path].count("\n"), path


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_is_translated_in_one_way(language: str) -> None:
    # A mere word may need several, as what it speaks of is of several genders.
    translated: dict[str, set[str]] = {}
    for path, text in TEXTS_IN[language].items():
        if text.endswith("."):
            translated.setdefault(TEXTS[path], set()).add(text)
    assert [one for one in translated.values() if len(one) > 1] == []
