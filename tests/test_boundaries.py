"""The client library can be lifted out: it knows nothing of Home Assistant or of us."""

import ast
from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / "frigate_http"
LIBRARIES = [
    folder for name in ("aiofrigate", "mp4") if (folder := INTEGRATION / name).is_dir()
]
FOREIGN = {"homeassistant", "custom_components", "voluptuous"}
ALLOWED = sys.stdlib_module_names | {"aiohttp", "multidict", "yarl", "av"}


def _modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _imports(module: Path) -> list[ast.Import | ast.ImportFrom]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    kinds = (ast.Import, ast.ImportFrom)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


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
