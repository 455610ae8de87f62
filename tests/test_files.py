"""The files beside the code, checked as hassfest and HACS check them."""

import ast
from collections.abc import Iterator
from importlib import import_module
import json
from pathlib import Path
import re
import sys
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from PIL import Image
import pytest
import voluptuous as vol

from custom_components.frigate_http.const import DOMAIN
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "custom_components" / DOMAIN
MODULES = sorted(PACKAGE.rglob("*.py"))

IOT_CLASSES = {
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
}
INTEGRATION_TYPES = {
    "device",
    "entity",
    "hardware",
    "helper",
    "hub",
    "service",
    "system",
    "virtual",
}
COMES_WITH_HOME_ASSISTANT = {"PIL", "aiohttp", "homeassistant", "voluptuous", "yarl"}


def read(path: Path) -> dict[str, Any]:
    """Return a JSON file; a key that stands there twice is an error."""

    def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _value in pairs}) == len(pairs), path
        return dict(pairs)

    found: dict[str, Any] = json.loads(
        path.read_text("utf-8"), object_pairs_hook=_unique
    )
    return found


MANIFEST = read(PACKAGE / "manifest.json")


def imports(module: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, relative ones left out."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


@pytest.mark.parametrize(
    "path",
    [
        PACKAGE / "manifest.json",
        PACKAGE / "icons.json",
        PACKAGE / "translations" / "en.json",
        PACKAGE / "translations" / "es.json",
        ROOT / "hacs.json",
    ],
    ids=lambda path: path.name,
)
def test_json_is_valid_and_tidy(path: Path) -> None:
    assert read(path)
    text = path.read_text("utf-8")
    assert text.endswith("}\n")
    assert "\t" not in text


# manifest.json


def test_manifest_has_the_keys_in_their_order() -> None:
    keys = [*MANIFEST]
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert {*keys} == {
        "after_dependencies",
        "codeowners",
        "config_flow",
        "dependencies",
        "documentation",
        "domain",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "loggers",
        "name",
        "requirements",
        "version",
    }


def test_manifest_says_what_this_is() -> None:
    assert MANIFEST["domain"] == PACKAGE.name == DOMAIN
    assert MANIFEST["name"]
    assert MANIFEST["iot_class"] == "local_push"
    assert MANIFEST["iot_class"] in IOT_CLASSES
    assert MANIFEST["integration_type"] == "hub"
    assert MANIFEST["integration_type"] in INTEGRATION_TYPES
    assert MANIFEST["config_flow"] is True
    assert (PACKAGE / "config_flow.py").is_file()
    assert MANIFEST["loggers"] == [f"custom_components.{DOMAIN}"]


def test_manifest_has_owners_and_addresses() -> None:
    assert MANIFEST["codeowners"]
    assert all(
        re.fullmatch(r"@[\w-]+(/[\w-]+)?", one) for one in MANIFEST["codeowners"]
    )
    for key in ("documentation", "issue_tracker"):
        assert re.fullmatch(r"https://[^\s/]+\.[^\s/]+/\S+", MANIFEST[key])


def test_manifest_has_a_version_that_home_assistant_takes() -> None:
    version = AwesomeVersion(
        MANIFEST["version"],
        ensure_strategy=[AwesomeVersionStrategy.SEMVER, AwesomeVersionStrategy.CALVER],
    )
    assert version.valid


def test_nothing_is_installed_for_this() -> None:
    assert MANIFEST["requirements"] == []
    third_party = {
        name.partition(".")[0] for module in MODULES for name in imports(module)
    } - sys.stdlib_module_names
    assert third_party <= COMES_WITH_HOME_ASSISTANT | {"av", "orjson"}
    # This dependency is what brings PyAV.
    assert "stream" in MANIFEST["dependencies"]


# These load what belongs to them by themselves, so that nobody declares them.
ASK_FOR_US = ("diagnostics", "llm", "logbook", "repairs", "system_health")
# Home Assistant sets it up before everything else.
ALWAYS_THERE = "homeassistant"


def test_every_component_that_is_used_is_declared() -> None:
    used = {
        name.split(".")[2]
        for module in MODULES
        for name in imports(module)
        if name.startswith("homeassistant.components.")
    }
    assert used
    declared = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]}
    assert used <= {*Platform, *ASK_FOR_US, ALWAYS_THERE, *declared}


async def test_home_assistant_takes_the_manifest(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)

    assert integration.config_flow
    assert not integration.is_built_in
    assert integration.version == MANIFEST["version"]
    assert await integration.resolve_dependencies() is not None


def test_configuration_yaml_is_refused() -> None:
    module = import_module(f"custom_components.{DOMAIN}")
    assert module.CONFIG_SCHEMA({}) == {}
    assert isinstance(vol.Schema(module.CONFIG_SCHEMA), vol.Schema)


def test_texts_are_where_a_custom_integration_has_them() -> None:
    assert not (PACKAGE / "strings.json").exists()
    assert (PACKAGE / "translations" / "en.json").is_file()


# icons.json


def icons(tree: Any) -> Iterator[str]:
    """Yield every icon."""
    for one in tree.values():
        if isinstance(one, dict):
            yield from icons(one)
        else:
            yield one


def test_icons_are_names_of_material_design_icons() -> None:
    found = [*icons(read(PACKAGE / "icons.json"))]
    assert found
    for icon in found:
        assert re.fullmatch(r"mdi:[a-z0-9]+(-[a-z0-9]+)*", icon)


# hacs.json and what stands beside it


def test_hacs_takes_the_repository() -> None:
    hacs = read(ROOT / "hacs.json")
    assert hacs.keys() <= {
        "content_in_root",
        "country",
        "filename",
        "hacs",
        "hide_default_branch",
        "homeassistant",
        "name",
        "persistent_directory",
        "render_readme",
        "zip_release",
    }
    assert hacs["name"] == MANIFEST["name"]
    assert AwesomeVersion(hacs["homeassistant"]) == "2026.8.0"
    assert {
        "codeowners",
        "documentation",
        "domain",
        "issue_tracker",
        "name",
        "version",
    } <= MANIFEST.keys()
    # HACS takes a repository with one integration only.
    folders = [
        one for one in PACKAGE.parent.iterdir() if (one / "manifest.json").exists()
    ]
    assert folders == [PACKAGE]


def test_repository_explains_and_licenses_itself() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme.startswith("# ")
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in licence
    assert "Version 2.0" in licence


@pytest.mark.parametrize("theme", ["", "dark_"])
@pytest.mark.parametrize("scale", [1, 2])
def test_artwork_has_the_sizes_that_home_assistant_shows(
    theme: str, scale: int
) -> None:
    suffix = "" if scale == 1 else "@2x"
    brand = PACKAGE / "brand"
    with Image.open(brand / f"{theme}icon{suffix}.png") as icon:
        assert (icon.format, icon.size) == ("PNG", (256 * scale, 256 * scale))
        assert is_drawn_on_nothing(icon)
    with Image.open(brand / f"{theme}logo{suffix}.png") as logo:
        assert logo.format == "PNG"
        assert 128 * scale <= min(logo.size) <= 256 * scale
        assert logo.width > logo.height
        assert is_drawn_on_nothing(logo)


def is_drawn_on_nothing(picture: Image.Image) -> bool:
    """Tell whether a picture has a transparent corner, and something in it."""
    alpha = picture.convert("RGBA").getchannel("A")
    return alpha.getpixel((0, 0)) == 0 and alpha.getextrema() == (0, 255)


def test_artwork_is_drawn_from_what_the_repository_holds() -> None:
    assert {path.name for path in (PACKAGE / "brand").iterdir()} == {
        f"{theme}{name}{suffix}.png"
        for theme in ("", "dark_")
        for name in ("icon", "logo")
        for suffix in ("", "@2x")
    }
    for name in ("icon", "logo"):
        assert "<svg " in (ROOT / "assets" / f"{name}.svg").read_text("utf-8")
