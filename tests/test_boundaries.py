"""No module imports what stands above it, and the libraries can be lifted out."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
import re
import subprocess
import sys

import pytest

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / "frigate_http"
LIBRARIES = [
    folder for name in ("aiofrigate", "mp4") if (folder := INTEGRATION / name).is_dir()
]
FOREIGN = {"homeassistant", "custom_components", "voluptuous"}
# From the bottom to the top. A room is a module or a package.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("aiofrigate", "mp4", "const"),
    (
        "connection",
        "dates",
        "errors",
        "issues",
        "live",
        "media_ids",
        "media_owners",
        "relay",
        "shared_images",
        "shared_mjpeg",
        "snoozes",
        "words",
    ),
    ("coordinator", "matching", "periods", "view_urls"),
    ("commands", "downloads", "event_search", "inventory", "media_links", "movements"),
    ("entity", "permissions", "runtime"),
    ("media_access", "taking_over", "titles"),
    (
        "binary_sensor",
        "button",
        "camera",
        "event",
        "image",
        "number",
        "select",
        "sensor",
        "switch",
        "update",
        "diagnostics",
        "flow",
        "llm",
        "logbook",
        "media_source",
        "repairs",
        "services",
        "system_health",
        "views",
    ),
    ("__init__", "config_flow"),
)
# All others are handed what they need.
READERS = {
    "__init__",
    "diagnostics",
    "flow",
    "media_access",
    "services",
    "system_health",
}
# Without orjson, the standard library parses JSON.
ALLOWED = sys.stdlib_module_names | {"aiohttp", "multidict", "yarl", "av", "orjson"}


def _modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _imports(module: Path) -> list[ast.Import | ast.ImportFrom]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    kinds = (ast.Import, ast.ImportFrom)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _name(module: Path, root: Path) -> str:
    """Return the dotted name of a module; a package has that of its folder."""
    parts = module.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def _targets(module: Path, root: Path) -> Iterator[str]:
    """Yield the names of the modules below a folder that one of them imports."""
    package = f"custom_components.{root.name}"
    for node in _imports(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            yield from (
                name.removeprefix(f"{package}.")
                for name in names
                if name.startswith(f"{package}.")
            )
            continue
        words = (node.module or "").split(".") if node.module else []
        if node.level:
            folder = module.parents[node.level - 1]
        elif words[:2] == package.split("."):
            folder, words = root, words[2:]
        else:
            continue
        if not folder.is_relative_to(root):
            continue
        path = folder.joinpath(*words)
        for alias in node.names:
            for found in (path / alias.name, path):
                if found.with_suffix(".py").is_file():
                    yield _name(found.with_suffix(".py"), root)
                    break
                if (found / "__init__.py").is_file():
                    yield _name(found / "__init__.py", root)
                    break


def _graph(root: Path) -> dict[str, set[str]]:
    """Return which modules each module imports."""
    return {
        _name(module, root): set(_targets(module, root)) for module in _modules(root)
    }


def _room(name: str) -> str:
    """Return the room that a module is part of."""
    return name.partition(".")[0]


def _floor(room: str) -> int:
    """Return the number of a room's floor, counted from the bottom."""
    return next(number for number, floor in enumerate(FLOORS) if room in floor)


def _circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of a circle, if there is one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as err:
        circle: list[str] = err.args[1]
        return circle
    return []


def _reads_runtime(module: Path) -> list[int]:
    """Return the lines that read `runtime_data` outside of a platform's setup."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    setups = [
        node
        for node in tree.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "async_setup_entry"
    ]
    allowed = {id(node) for setup in setups for node in ast.walk(setup)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if id(node) not in allowed
        and (
            (isinstance(node, ast.Attribute) and node.attr == "runtime_data")
            or (isinstance(node, ast.Constant) and node.value == "runtime_data")
        )
    ]


def _problems(module: Path, folder: Path) -> list[str]:
    """Return what a module imports and must not."""
    depth = len(module.relative_to(folder).parts)
    problems = []
    for node in _imports(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif node.level == 0:
            names = [node.module or ""]
        else:
            # One dot is the module's own package, and each further one its parent.
            if node.level > depth:
                problems.append(f"line {node.lineno}: {'.' * node.level} leads out")
            continue
        problems += [
            f"line {node.lineno}: {name}"
            for name in names
            if name.partition(".")[0] not in ALLOWED
        ]
    return problems


def test_every_room_has_one_floor() -> None:
    modules = [_name(module, INTEGRATION) for module in _modules(INTEGRATION)]
    assert len(modules) > 100
    rooms = [room for floor in FLOORS for room in floor]
    assert sorted(rooms) == sorted({_room(name) for name in modules})


def test_the_documentation_draws_the_same_floors() -> None:
    page = ROOT / "docs" / "development" / "architecture.md"
    drawn: dict[int, set[str]] = {}
    for line in page.read_text("utf-8").splitlines():
        if row := re.match(r"\| (\d+) \| ([^|]+) \|", line):
            floor = drawn.setdefault(int(row[1]), set())
            floor.update(re.findall(r"`(\w+)`", row[2]))
    assert drawn == {number: set(floor) for number, floor in enumerate(FLOORS, start=1)}


def test_a_room_stands_above_all_that_it_imports() -> None:
    arrows = [
        f"{name} imports {target}"
        for name, targets in _graph(INTEGRATION).items()
        for target in targets
        if _room(target) != _room(name) and _floor(_room(target)) >= _floor(_room(name))
    ]
    assert arrows == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert _circle(_graph(INTEGRATION)) == []


def test_live_is_made_of_the_client_alone() -> None:
    graph = _graph(INTEGRATION)
    names = [name for name in graph if _room(name) == "live"]
    assert len(names) > 3
    rooms = {_room(target) for name in names for target in graph[name]}
    assert rooms == {"aiofrigate", "live"}


def test_what_the_runtime_holds_does_not_reach_into_it() -> None:
    readers = {
        _name(module, INTEGRATION): lines
        for module in _modules(INTEGRATION)
        if _room(_name(module, INTEGRATION)) not in READERS
        and (lines := _reads_runtime(module))
    }
    assert readers == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from .errors import action_errors", {"errors"}),
        ("from . import errors", {"errors"}),
        ("from ..const import DOMAIN", {"const"}),
        ("from .. import const, nothing", {"__init__", "const"}),
        ("from .. import live", {"live"}),
        ("from ..live import errors", {"live.errors"}),
        ("from ..live.errors import Error", {"live.errors"}),
        ("if TYPE_CHECKING:\n    from ..const import DOMAIN", {"const"}),
        ("def read():\n    from ..const import DOMAIN", {"const"}),
        ("import custom_components.house.const", {"const"}),
        ("from custom_components.house.const import DOMAIN", {"const"}),
        ("from homeassistant.const import CONF_URL", set()),
        ("import const, errors", set()),
    ],
)
def test_the_floors_see_every_import(
    tmp_path: Path, line: str, found: set[str]
) -> None:
    root = tmp_path / "house"
    for name in ("__init__", "const", "live/__init__", "live/errors", "room/errors"):
        path = root / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    module = root / "room" / "module.py"
    module.write_text(line, encoding="utf-8")
    assert {name.removeprefix("room.") for name in _targets(module, root)} == found


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("async def async_setup_entry(entry):\n    entry.runtime_data", []),
        ("async def async_added_to_hass(entry):\n    entry.runtime_data", [2]),
        (
            "class Entity:\n    def async_setup_entry(self):\n        a.runtime_data",
            [3],
        ),
        ("runtime = getattr(entry, 'runtime_data', None)", [1]),
        ("runtime = entry.data", []),
    ],
)
def test_the_check_of_the_runtime_sees_who_reads_it(
    tmp_path: Path, code: str, lines: list[int]
) -> None:
    module = tmp_path / "module.py"
    module.write_text(code, encoding="utf-8")
    assert _reads_runtime(module) == lines


def test_a_circle_is_found_however_long_it_is() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert set(_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "module",
    [module for folder in LIBRARIES for module in _modules(folder)],
    ids=lambda module: str(module.relative_to(INTEGRATION)),
)
def test_a_module_of_a_library_imports_nothing_from_above(module: Path) -> None:
    folder = next(each for each in LIBRARIES if module.is_relative_to(each))
    assert _problems(module, folder) == []


@pytest.mark.parametrize(
    ("line", "is_allowed"),
    [
        ("from .errors import FrigateError", True),
        ("from . import errors", True),
        ("import asyncio, json", True),
        ("from aiohttp import hdrs", True),
        ("from ..const import DOMAIN", False),
        ("from .. import const", False),
        ("def f():\n    import homeassistant.core", False),
        ("from homeassistant.util import dt", False),
        ("import json, voluptuous", False),
        ("from custom_components.frigate_http.aiofrigate import errors", False),
        ("import requests", False),
    ],
)
def test_the_check_itself_sees_what_it_should(
    tmp_path: Path, line: str, is_allowed: bool
) -> None:
    module = tmp_path / "module.py"
    module.write_text(line, encoding="utf-8")
    assert (_problems(module, tmp_path) == []) is is_allowed


def test_the_client_library_is_one_of_them() -> None:
    assert INTEGRATION / "aiofrigate" in LIBRARIES
    assert len(_modules(INTEGRATION / "aiofrigate")) > 5
    assert (INTEGRATION / "aiofrigate" / "py.typed").is_file()


def _run_alone(code: str) -> str:
    """Run code in an interpreter of its own, and return what it complains of.

    Isolated, so that neither the folder nor the environment can help. The libraries'
    folder comes last, as modules beside them may have names of the standard library.
    """
    code = f"import sys; sys.path.append({str(INTEGRATION)!r})\n{code}"
    command = [sys.executable, "-I", "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return run.stderr if run.returncode else ""


@pytest.mark.parametrize("folder", LIBRARIES, ids=lambda folder: folder.name)
def test_a_library_can_be_imported_alone(folder: Path) -> None:
    names = ", ".join(
        f"{folder.name}.{module.stem}"
        for module in _modules(folder)
        if module.stem != "__init__"
    )
    code = (
        f"import {folder.name}, {names}\n"
        f"found = {FOREIGN!r} & {{name.partition('.')[0] for name in sys.modules}}\n"
        "assert not found, found\n"
    )
    assert _run_alone(code) == ""


def test_the_public_names_are_all_there() -> None:
    code = (
        "import aiofrigate as library\n"
        "missing = [each for each in library.__all__ if not hasattr(library, each)]\n"
        "assert not missing, missing\n"
        "errors = {name for name, each in vars(library.errors).items()\n"
        "          if isinstance(each, type) and issubclass(each, Exception)}\n"
        "assert errors <= set(library.__all__), errors - set(library.__all__)\n"
    )
    assert _run_alone(code) == ""


_VERSION_WORDS = (
    "at_least(",
    ".major",
    ".minor",
    "_SINCE_0",
    "OLDEST_VERSION",
    "is_018",
)


def _versions_in(code: str) -> list[str]:
    """Return the words by which code compares versions of Frigate."""
    return [word for word in _VERSION_WORDS if word in code]


@pytest.mark.parametrize(
    "module",
    [
        module
        for module in _modules(INTEGRATION)
        if not module.is_relative_to(INTEGRATION / "aiofrigate")
    ],
    ids=lambda module: str(module.relative_to(INTEGRATION)),
)
def test_only_the_client_compares_versions_of_frigate(module: Path) -> None:
    assert _versions_in(module.read_text(encoding="utf-8")) == []


def test_the_client_compares_them_in_one_module() -> None:
    comparing = [
        module.name
        for module in _modules(INTEGRATION / "aiofrigate")
        if _versions_in(module.read_text(encoding="utf-8"))
    ]
    # The second is where the comparison itself is defined.
    assert comparing == ["capabilities.py", "models.py"]


def test_home_assistant_starts_without_loading_pyav() -> None:
    names = sorted(
        f"custom_components.{INTEGRATION.name}.{_name(module, INTEGRATION)}"
        for module in _modules(INTEGRATION)
        if module != INTEGRATION / "__init__.py"
    )
    code = (
        f"sys.path.append({str(ROOT)!r})\n"
        "from importlib import import_module\n"
        f"for name in {names!r}:\n"
        "    import_module(name)\n"
        "assert 'av' not in sys.modules\n"
    )
    assert _run_alone(code) == ""
