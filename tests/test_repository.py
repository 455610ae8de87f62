"""What stands around the integration: workflows, issue forms, and what is released."""

import json
from pathlib import Path
import re
import subprocess
from typing import Any
from zipfile import ZipFile

import pytest

from custom_components.frigate_http.const import DOMAIN
from homeassistant.util.yaml import load_yaml_dict

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "custom_components" / DOMAIN
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = [
    ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml" for name in ("bug", "feature")
]
HACS = json.loads((ROOT / "hacs.json").read_text("utf-8"))

_PINNED = re.compile(
    r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # (v\d+\.\d+\.\d+|main|master)"
)


def jobs(workflow: Path) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow."""
    found: dict[str, dict[str, Any]] = load_yaml_dict(str(workflow))["jobs"]
    return found


def commands() -> list[str]:
    """Return what the workflows run."""
    return [
        step["run"]
        for workflow in WORKFLOWS
        for job in jobs(workflow).values()
        for step in job["steps"]
        if "run" in step
    ]


# Workflows


def test_there_is_a_workflow_for_each_purpose() -> None:
    assert [each.stem for each in WORKFLOWS] == ["release", "test", "validate"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.stem)
def test_every_action_is_pinned_to_a_commit(workflow: Path) -> None:
    uses = [
        line.strip().removeprefix("- ")
        for line in workflow.read_text("utf-8").splitlines()
        if "uses:" in line
    ]
    assert uses
    for line in uses:
        assert _PINNED.fullmatch(line), line


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.stem)
def test_a_job_may_do_no_more_than_it_must(workflow: Path) -> None:
    assert load_yaml_dict(str(workflow))["permissions"] == {}
    may_write = "write" if workflow.stem == "release" else "read"
    for job in jobs(workflow).values():
        assert job["permissions"] == {"contents": may_write}
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            # What somebody else can name is no part of a command.
            assert "github." not in step.get("run", "")


def test_the_workflows_run_the_scripts_and_both_versions_of_home_assistant() -> None:
    for command in commands():
        if command.startswith("scripts/"):
            assert (ROOT / command.split()[0]).is_file()
    assert {one.split()[0] for one in commands()} >= {
        *("scripts/lint", "scripts/test", "scripts/demo", "scripts/package")
    }
    matrix = jobs(ROOT / ".github/workflows/test.yml")["test"]["strategy"]["matrix"]
    assert [one["option"] for one in matrix["include"]] == ["--newest", "--oldest"]
    everywhere = (ROOT / ".ci" / "run").read_text("utf-8")
    for version in ("oldest", "newest"):
        assert f"\nscripts/setup --{version}\n" in everywhere
        assert f"  start_tests {version}\n" in everywhere
        assert f"  finish_tests {version} " in everywhere


def test_the_newest_home_assistant_is_the_one_that_the_readme_names() -> None:
    pins = (ROOT / "requirements_test.txt").read_text("utf-8")
    (newest,) = re.findall(r"^homeassistant==(\d+\.\d+)\.\d+$", pins, re.MULTILINE)
    oldest = HACS["homeassistant"].removesuffix(".0")
    for name, words in (
        ("README.md", "{} to {}"),
        ("README.es.md", "de la {} a la {}"),
    ):
        row = f"| Home Assistant | {words.format(oldest, newest)};"
        assert row in (ROOT / name).read_text("utf-8")


def test_the_oldest_home_assistant_is_the_one_that_hacs_asks_for() -> None:
    oldest = (ROOT / "requirements_test_oldest.txt").read_text("utf-8")
    assert f"({HACS['homeassistant']})" in oldest
    readme = (ROOT / "README.md").read_text("utf-8")
    assert (
        f"Home Assistant {HACS['homeassistant'].removesuffix('.0')} or newer" in readme
    )


def test_dependabot_looks_after_actions_and_tools() -> None:
    updates = load_yaml_dict(str(ROOT / ".github" / "dependabot.yml"))["updates"]
    assert [one["package-ecosystem"] for one in updates] == ["github-actions", "pip"]
    ignored = {one["dependency-name"] for one in updates[1]["ignore"]}
    pinned = {
        name
        for file in ROOT.glob("requirements_test*.txt")
        for name in re.findall(r"^([\w-]+)==", file.read_text("utf-8"), re.MULTILINE)
    }
    # What goes with a version of Home Assistant changes with it only.
    assert pinned - ignored - {"codespell", "mypy", "ruff"} <= {"playwright"}


# Issues


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.stem)
def test_an_issue_asks_for_diagnostics(form: Path) -> None:
    content = load_yaml_dict(str(form))
    assert content["name"]
    assert content["description"].endswith(".")
    fields = {one["id"]: one for one in content["body"] if one["type"] != "markdown"}
    assert "Download diagnostics" in fields["diagnostics"]["attributes"]["description"]
    assert all(one["attributes"]["label"] for one in fields.values())


def test_a_report_of_an_error_comes_with_versions_and_diagnostics() -> None:
    body = load_yaml_dict(str(FORMS[0]))["body"]
    required = {one["id"] for one in body if one.get("validations", {}).get("required")}
    assert required >= {"integration", "home-assistant", "frigate", "diagnostics"}


# Releases


def package(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/package."""
    command = [str(ROOT / "scripts" / "package"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_release_holds_the_integration_with_the_version_of_its_tag(
    tmp_path: Path,
) -> None:
    file = tmp_path / HACS["filename"]
    assert package("v1.2.3", str(file)).returncode == 0

    with ZipFile(file) as archive:
        files = {
            str(path.relative_to(PACKAGE))
            for path in PACKAGE.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert {*archive.namelist()} == files
        manifest = json.loads(archive.read("manifest.json"))
        assert (
            archive.read("sensor/__init__.py")
            == (PACKAGE / "sensor/__init__.py").read_bytes()
        )

    ours = json.loads((PACKAGE / "manifest.json").read_text("utf-8"))
    assert manifest == ours | {"version": "1.2.3"}
    assert [*manifest] == [*ours]


@pytest.mark.parametrize("version", [(), ("main",), ("1.2",), ("v1.2.3/../x",)])
def test_what_is_no_version_is_not_released(
    tmp_path: Path, version: tuple[str, ...]
) -> None:
    run = package(*version)
    assert run.returncode == 1
    assert "needs a version such as" in run.stderr


def test_hacs_installs_what_is_released() -> None:
    assert HACS["zip_release"] is True
    assert HACS["filename"] == f"{DOMAIN}.zip"
    release = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    assert HACS["filename"] in release


# What is told to people


def test_the_version_stands_in_the_list_of_changes() -> None:
    version = json.loads((PACKAGE / "manifest.json").read_text("utf-8"))["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(version)}\b", changes, re.MULTILINE)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_what_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(r"`((?:scripts|tests|custom_components)/[\w/.-]*\w)`", text)
    assert found
    for path in found:
        assert (ROOT / path).exists(), path
