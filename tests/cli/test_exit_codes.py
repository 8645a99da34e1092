"""Exit codes: what --help promises is what the commands do."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Line

WRITING = ("import", "export", "repair", "demo", "scan", "lint")
"""Commands that write to a store or to a file of the inspector's own."""


def codes(run: Line, *command: str) -> str:
    return " ".join(run(*command, "--help").out.partition("Exit codes:")[2].split())


@pytest.mark.parametrize("command", [*WRITING, ""])
def test_a_command_that_writes_names_the_full_disk(run: Line, command: str) -> None:
    assert "or the disk is full" in codes(run, *filter(None, [command]))


def test_the_help_of_lint_says_what_it_does(run: Line, tmp_path: Path) -> None:
    user = {"role": "user", "content": "Hi"}
    fine, lines, broken = tmp_path / "fine.json", tmp_path / "lines.jsonl", tmp_path / "broken.json"
    fine.write_text(json.dumps([user]))
    lines.write_text(f"{json.dumps([user])}\n{{\n{json.dumps([user])}\n")
    broken.write_text("{")
    told = codes(run, "lint")
    for code, words, arguments in (
        (0, "0 no issues above info", [str(fine)]),
        (1, "1 issues above info, unreadable lines, or session not found", [str(lines)]),
        (1, "1 issues above info, unreadable lines, or session not found", ["no-such-session"]),
        (2, "2 invalid usage or settings, or a file that can't be read at all", [str(broken)]),
    ):
        assert words in told
        assert run("lint", *arguments).code == code


def test_lint_and_import_say_the_same_about_text_that_is_not_json(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    for raw in ('{"messages": 2', "{not json}", '[{"role": "user"', '{"messages": [}\n'):
        file.write_text(raw)
        said = [" ".join(run(command, str(file)).err.split()) for command in ("lint", "import")]
        reason = said[1][said[1].index(", line 1: not JSON: ") :].partition(f" {file}")[0]
        assert reason in said[0]


def test_lint_and_import_name_the_keys_of_an_unknown_object_and_never_its_contents(run: Line, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"contents_": "SECRET", "systemInstruction": {"SECRET": 1}, "k" * 300: "SECRET"}))
    for command in ("lint", "import", "explain"):
        words = " ".join(run(command, str(file), *(["--error", "x"] if command == "explain" else [])).err.split())
        assert "its keys are contents_, kkkk" in words
        assert "the nearest format is Gemini contents" in words
        assert "SECRET" not in words
        assert "k" * 100 not in words
