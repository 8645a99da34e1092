"""The wheel is complete: it is built, installed into an empty folder, and its command line is run."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from chatdata.settings.version import tool_version

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE")

Run = Callable[..., str]


def project() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed in; built from a copy, so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("packaging")
    sources, target = folder / "sources", folder / "target"
    shutil.copytree(ROOT / "chatdata", sources / "chatdata", ignore=shutil.ignore_patterns("__pycache__"))
    for name in SOURCES:
        shutil.copy(ROOT / name, sources)
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, sources)
    (wheel,) = folder.glob("*.whl")
    pip("install", "--no-deps", "--no-index", "--target", target, wheel)
    return target


@pytest.fixture
def chatdata(installed: Path, tmp_path: Path) -> Run:
    """Runs the installed command in a folder outside the checkout."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [installed / "bin" / "chatdata", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_a_checkout_has_the_version_of_its_project() -> None:
    assert tool_version() == project()["version"]


def test_the_installed_command_says_what_it_is(chatdata: Run) -> None:
    assert chatdata("--version") == f"chatdata {project()['version']}\n"
    assert chatdata("--help").startswith("Usage: chatdata [OPTIONS] COMMAND")


def test_the_installed_command_finds_its_data_files(chatdata: Run, tmp_path: Path) -> None:
    assert chatdata("demo").startswith("Added ")
    session_id = json.loads(chatdata("sessions", "--limit", "1", "--json"))["sessions"][0]["session_id"]
    chatdata("export", session_id, "--format", "html", "-o", "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert session_id in page
    assert (ROOT / "chatdata/domain/report/templates/page.css").read_text("utf-8") in page


def test_the_installed_package_asks_for_what_requirements_txt_lists(installed: Path) -> None:
    (found,) = metadata.distributions(path=[str(installed)])
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    listed = [line.partition("#")[0].replace(" ", "").replace('"', "'") for line in lines]
    asked = [line.replace(" ", "").replace('"', "'") for line in found.requires or ()]
    assert asked == [line for line in listed if line]
