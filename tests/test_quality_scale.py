"""The ledger of Home Assistant's quality scale: every rule, and a proof of what is done."""

import ast
from collections.abc import Iterator
from configparser import ConfigParser
from importlib import import_module
from inspect import getmembers, isclass, signature
from pathlib import Path
import re
from types import ModuleType

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.frigate_http as integration
from custom_components.frigate_http.config_flow import FrigateConfigFlow
from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.util.yaml import load_yaml_dict
from tests.conftest import make_entry, set_up
from tests.documentation import anchors
from tests.fake_frigate import FakeFrigate
from tests.versions import SINCE_018

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "custom_components" / DOMAIN
RULES = {
    "bronze": [
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow",
        "config-flow-test-coverage",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    ],
    "silver": [
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    ],
    "gold": [
        "devices",
        "diagnostics",
        "discovery",
        "discovery-update-info",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    ],
    "platinum": ["async-dependency", "inject-websession", "strict-typing"],
}
LEDGER: dict[str, dict[str, str]] = load_yaml_dict(str(PACKAGE / "quality_scale.yaml"))[
    "rules"
]
DONE = [rule for rule, entry in LEDGER.items() if entry["status"] == "done"]

_POINTER = re.compile(
    r"\b((?:tests|scripts)/[\w/.]*\w|docs/[\w/-]+\.md|README\.md)(?:(::|#)([\w-]+))?"
)


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules of the integration, parsed."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def platforms() -> dict[str, ModuleType]:
    """Return the modules of the platforms."""
    return {
        str(name): import_module(f"{integration.__name__}.{name}")
        for name in integration.PLATFORMS
    }


def entities_of(module: ModuleType) -> list[type[Entity]]:
    """Return the classes of entities that a module itself defines."""
    return [
        one
        for _name, one in getmembers(module, isclass)
        if issubclass(one, Entity) and one.__module__ == module.__name__
    ]


# The ledger itself


def test_the_ledger_has_every_rule_in_the_order_of_the_scale() -> None:
    assert [len(rules) for rules in RULES.values()] == [20, 10, 21, 3]
    assert [*LEDGER] == [rule for rules in RULES.values() for rule in sorted(rules)]
    for entry in LEDGER.values():
        assert entry.keys() == {"status", "comment"}
        assert entry["status"] in ("done", "exempt")


def test_what_is_exempt_says_why() -> None:
    exempt = {rule for rule in LEDGER if rule not in DONE}
    assert exempt == {
        "dependency-transparency",
        "discovery",
        "discovery-update-info",
        "docs-conditions",
        "docs-triggers",
    }
    for rule in exempt:
        assert LEDGER[rule]["comment"].endswith(".")
    # It would be discovered by what the manifest declares.
    manifest = (PACKAGE / "manifest.json").read_text("utf-8")
    assert not re.search(r'"(zeroconf|ssdp|dhcp|usb|bluetooth|mqtt)":', manifest)
    assert not (PACKAGE / "condition.py").exists()
    assert not (PACKAGE / "trigger.py").exists()


@pytest.mark.parametrize("rule", DONE)
def test_what_is_done_has_a_proof(rule: str) -> None:
    pointers = _POINTER.findall(LEDGER[rule]["comment"])
    assert pointers, "the comment names no proof"
    for file, sign, name in pointers:
        text = (ROOT / file).read_text("utf-8")
        if sign == "::":
            assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE)
        elif sign == "#":
            assert name in anchors(ROOT / file)


# Entities


@SINCE_018
async def test_every_entity_has_a_unique_id_of_its_own(
    hass: HomeAssistant,
    entity_registry_enabled_by_default: None,
    frigate: FakeFrigate,
) -> None:
    frigate.add_profile("away", "Away")
    entry = await set_up(hass, make_entry(frigate.internal_url))
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    ids = [(one.domain, one.unique_id) for one in found]
    assert {domain for domain, _id in ids} == {*map(str, integration.PLATFORMS)}
    assert len({*ids}) == len(ids)
    for one in found:
        assert one.unique_id.startswith(f"{entry.entry_id}:")
    # Only what is registered has a unique id.
    assert {*hass.states.async_entity_ids()} <= {one.entity_id for one in found}


async def test_every_entity_has_a_name_and_a_device(
    hass: HomeAssistant,
    entity_registry_enabled_by_default: None,
    entry: MockConfigEntry,
) -> None:
    for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        assert one.has_entity_name
        assert one.device_id is not None


@pytest.mark.parametrize("name", integration.PLATFORMS)
def test_every_platform_says_how_much_it_does_at_once(name: str) -> None:
    at_once = platforms()[str(name)].PARALLEL_UPDATES
    # None at all would leave it to Home Assistant, which no longer takes that for an answer.
    assert isinstance(at_once, int)


def test_what_is_common_stands_in_common_modules() -> None:
    for name in ("coordinator", "entity"):
        assert (PACKAGE / name / "base.py").is_file()
    from_base = {*entities_of(import_module(f"{integration.__name__}.entity.base"))}
    for name in platforms():
        folder = PACKAGE / name
        modules = [
            import_module(f"{integration.__name__}.{name}"),
            *(
                import_module(f"{integration.__name__}.{name}.{path.stem}")
                for path in sorted(folder.glob("[!_]*.py"))
            ),
        ]
        own = [one for module in modules for one in entities_of(module)]
        assert own
        # What others are derived from is no entity by itself.
        parents = {parent for one in own for parent in one.__mro__[1:]}
        for one in {*own} - parents:
            assert from_base & {*one.__mro__}


# Flows, and what helps when something is wrong


@pytest.mark.parametrize(
    "step",
    [
        "async_step_user",
        "async_step_reauth",
        "async_step_reauth_confirm",
        "async_step_reconfigure",
        "async_get_options_flow",
    ],
)
def test_the_flow_has_every_way_in(step: str) -> None:
    assert callable(getattr(FrigateConfigFlow, step))


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("diagnostics", "async_get_config_entry_diagnostics"),
        ("diagnostics", "async_get_device_diagnostics"),
        ("repairs", "async_create_fix_flow"),
        ("system_health", "async_register"),
    ],
)
def test_home_assistant_finds_what_helps(module: str, function: str) -> None:
    found = import_module(f"{integration.__name__}.{module}")
    assert callable(getattr(found, function))


# The code


def test_nothing_is_kept_outside_of_the_entry() -> None:
    shared = {
        # A download that runs on while its server is reloaded has to find its journal.
        PACKAGE / "downloads" / "journal.py",
        # All servers share one amount of space.
        PACKAGE / "downloads" / "clip_cache.py",
        # Home Assistant's own go2rtc is looked up there.
        PACKAGE / "camera" / "video.py",
        # Automations and dashboards are read there, as Home Assistant has them.
        PACKAGE / "taking_over" / "places.py",
    }
    for path, tree in sources():
        if path in shared:
            continue
        for node in ast.walk(tree):
            is_store = (
                isinstance(node, ast.Attribute)
                and node.attr == "data"
                and isinstance(node.value, ast.Name)
                and node.value.id in ("hass", "_hass")
            )
            assert not is_store, f"{path.name}:{getattr(node, 'lineno', 0)}"


def test_actions_are_registered_before_any_entry() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    (setup,) = (
        node
        for node in tree.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "async_setup"
    )
    assert "async_setup_services(hass)" in ast.unparse(setup)


def test_the_client_is_given_its_session() -> None:
    client = import_module(f"{integration.__name__}.aiofrigate").FrigateClient
    assert "session" in signature(client).parameters
    for path, tree in sources():
        made = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and "ClientSession" in ast.unparse(node.func).split(".")
            # One for a single purpose shares the connections of the one that was given.
            and "connector=" not in ast.unparse(node)
        ]
        assert not made, path.name


def test_types_are_checked_strictly() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert config.getboolean("mypy", "strict")
    for section in config.sections():
        assert not config.has_option(section, "ignore_errors")
    for name in ("aiofrigate", "mp4"):
        assert (PACKAGE / name / "py.typed").is_file()
    for path, _tree in sources():
        assert "type: " + "ignore" not in path.read_text("utf-8"), path.name
