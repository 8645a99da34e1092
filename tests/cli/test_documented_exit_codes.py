"""The exit codes that each command's help names are those of the documentation."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatdata.cli.commands import INTERRUPTED, NOT_FOUND, OUT_OF_REACH, PIPE_CLOSED, WRONG_USE, commands

_DOCS = Path(__file__).parents[2] / "docs" / "command-line.md"
_NAMES = commands.list_commands(None)  # type: ignore[arg-type]


def help_of(*names: str) -> str:
    return " ".join(CliRunner().invoke(commands, [*names, "--help"]).stdout.split())


def documented() -> dict[int, str]:
    section = _DOCS.read_text().split("## Exit codes")[1].split("\n## ")[0]
    return {int(code): meaning for code, meaning in re.findall(r"^\| (\d+) \| (.*) \|$", section, re.MULTILINE)}


def test_the_documentation_names_every_exit_code() -> None:
    assert set(documented()) == {0, NOT_FOUND, WRONG_USE, OUT_OF_REACH, INTERRUPTED, PIPE_CLOSED}


@pytest.mark.parametrize("names", [(), *((name,) for name in _NAMES)], ids=lambda names: " ".join(names) or "all")
def test_help_names_codes_of_the_documentation_and_what_three_means(names: tuple[str, ...]) -> None:
    told_of_one, rest = help_of(*names).split("Exit codes:")[1].split("Options:")
    said = f"{told_of_one} {rest[rest.find('Every command') :]}"
    codes = {int(code) for code in re.findall(r"(?:^|[ ,])(\d+)(?= )", said)}
    assert {0, WRONG_USE, OUT_OF_REACH, INTERRUPTED} <= codes <= set(documented())
    assert "the disk is full" in said
    assert "the disk is full" in documented()[OUT_OF_REACH]
