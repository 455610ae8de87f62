"""What the blueprints say of themselves, and that both editions do the same."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.components.blueprint.importer import _get_github_import_url
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.yaml import Input, load_yaml_dict
from tests.blueprints.common import EDITIONS, FOLDER, NAMES, ROOT
from tests.documentation import pages
from tests.test_files import MANIFEST

BOTH = [
    pytest.param(language, name, id=f"{language}-{name}")
    for language in EDITIONS
    for name in NAMES
]
TEXTS = ("name", "description", "label", "source_url", "texts")
"""The keys whose values are for people; what is a name elsewhere is no text."""


def read(language: str, name: str) -> dict[str, Any]:
    """Return the parsed YAML of a blueprint."""
    return load_yaml_dict(str(FOLDER / f"{EDITIONS[language].format(name)}.yaml"))


def inputs_of(language: str, name: str) -> Mapping[str, dict[str, Any]]:
    """Return the inputs of a blueprint, those in sections as well."""
    blueprint = Blueprint(
        read(language, name), expected_domain=AUTOMATION, schema=BLUEPRINT_SCHEMA
    )
    return blueprint.inputs


def entity_filters() -> Iterator[Any]:
    """Yield the entity filter of each input that has one."""
    for name in NAMES:
        for asked in inputs_of("en", name).values():
            if "entity" in asked["selector"]:
                yield from asked["selector"]["entity"]["filter"]


def without_texts(found: Any) -> Any:
    """Return what is left of a blueprint when the texts for people are taken out."""
    if isinstance(found, Mapping):
        return {
            key: shape(value) if key == "texts" else without_texts(value)
            for key, value in found.items()
            if key == "texts" or key not in TEXTS or not isinstance(value, str)
        }
    if isinstance(found, list):
        return [without_texts(one) for one in found]
    return f"!input {found.name}" if isinstance(found, Input) else found


def shape(texts: Any) -> Any:
    """Return the keys of texts, and how much is filled in each."""
    if isinstance(texts, Mapping):
        return {key: shape(value) for key, value in texts.items()}
    return texts.count("{}")


def test_both_editions_have_the_same_blueprints() -> None:
    assert sorted(path.stem for path in (FOLDER / "es").iterdir()) == [
        f"{name}_es" for name in NAMES
    ]


@pytest.mark.parametrize("name", NAMES)
def test_both_editions_do_the_same(name: str) -> None:
    english, spanish = (read(language, name) for language in EDITIONS)
    assert without_texts(spanish) == without_texts(english)
    # No text has been left as it was; names of ours and codes are the same in both.
    assert spanish["blueprint"]["name"] != english["blueprint"]["name"]
    for key, asked in inputs_of("es", name).items():
        assert asked["description"] != inputs_of("en", name)[key]["description"]
    for key, text in english["variables"]["texts"].items():
        assert spanish["variables"]["texts"][key] != text


@pytest.mark.parametrize(("language", "name"), BOTH)
def test_every_blueprint_is_described(language: str, name: str) -> None:
    about = read(language, name)["blueprint"]
    assert about["name"].startswith("Frigate: ")
    assert about["description"].endswith(".")
    assert about["homeassistant"] == {"min_version": "2026.8.0"}
    repository = MANIFEST["documentation"]
    where = (FOLDER / f"{EDITIONS[language].format(name)}.yaml").relative_to(ROOT)
    assert about["source_url"] == f"{repository}/blob/main/{where}"
    # This is where Home Assistant imports it from.
    owner = repository.removeprefix("https://github.com/")
    assert str(_get_github_import_url(about["source_url"])) == (
        f"https://raw.githubusercontent.com/{owner}/main/{where}"
    )
    address = quote(about["source_url"], safe="")
    (page,) = (one for one in pages(language) if one.stem == "blueprints")
    button = f"blueprint_import/?blueprint_url={address})"
    assert button in page.read_text("utf-8")


@pytest.mark.parametrize(("language", "name"), BOTH)
def test_every_input_is_explained_by_its_selector(language: str, name: str) -> None:
    for asked in inputs_of(language, name).values():
        assert asked["name"]
        assert asked["selector"].keys()
        assert asked["description"].endswith(".")
        if (offered := asked["selector"].get("config_entry")) is not None:
            assert offered == {"integration": DOMAIN}


@pytest.mark.parametrize("name", NAMES)
def test_what_has_a_default_is_out_of_the_way(name: str) -> None:
    for key, one in read("en", name)["blueprint"]["input"].items():
        if "input" in one:
            assert one["collapsed"] is True
            assert all("default" in asked for asked in one["input"].values())
        else:
            assert "default" not in one or key in ("cameras", "phones")


async def test_inputs_offer_only_matching_entities(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    filters = [*entity_filters()]
    assert len(filters) > 2
    ours = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    for offered in filters:
        assert offered["integration"] == DOMAIN
        (domain,) = offered["domain"]
        wanted = (*offered.get("device_class", ()), None)
        assert any(
            one.domain == domain and one.original_device_class in wanted for one in ours
        )


def test_notify_asks_for_phones_only() -> None:
    """What is required besides would keep people from having it in two clicks."""
    for language in EDITIONS:
        asked = inputs_of(language, "notify")
        assert [key for key, one in asked.items() if "default" not in one] == ["phones"]
