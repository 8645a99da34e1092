"""The judgement of benchmarks/RESULTS.md: what is missed, what is older than its files, and the exit code."""

from pathlib import Path

import pytest

from benchmarks import checking, report
from benchmarks.report import Goal, Section, Table


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that benchmark "lint" measures, beside a RESULTS.md without sections."""
    file = tmp_path / "rules.py"
    file.write_text("1")
    monkeypatch.setattr(report, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(checking, "ROOT", tmp_path)
    monkeypatch.setattr(checking, "MEASURED", {"lint": ("rules.py",), "views": ("rules.py",)})
    return file


def write(*goals: Goal) -> None:
    table = Table("one | two", ("", "time"), [["a | b", "1 s"]], goals=goals)
    section = Section("python -m benchmarks lint", "all of it", [table, Table("other", ("",), [])])
    report.write_section("lint", section, f"today; {checking.measured_files('lint')}")


@pytest.mark.parametrize(
    ("goal", "code"),
    [
        (Goal("half", 0.5, 0.7, at="least"), 1),
        (Goal("half", 0.7, 0.7, at="least"), 0),
        (Goal("thrice", 3.01, 3), 1),
        (Goal("memory", 1_500, 1_500, "MB"), 0),
        (Goal("as printed", 1.304, 1.3), 0),
    ],
)
def test_a_missed_target_is_named_and_ends_with_one(
    measured: Path, goal: Goal, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Goal("met", 1, 2), goal)
    assert checking.check(["lint"]) == code
    said = capsys.readouterr().out
    assert (f"lint, one | two: {goal.what}: " in said) == bool(code)
    assert "one | two: met" not in said
    assert ("Targets missed: 1." in said) == bool(code)
    assert "changed since" not in said


def test_a_section_that_is_older_than_its_files_is_named(measured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Goal("met", 1, 2))
    measured.write_text("2")
    assert checking.check(["lint", "views"]) == 0
    said = capsys.readouterr().out
    assert "lint: rules.py changed since; measure it again." in said
    assert "views: no targets in RESULTS.md; measure it." in said


def test_every_benchmark_names_files_that_exist() -> None:
    for paths in checking.MEASURED.values():
        assert [path for path in paths if not (checking.ROOT / path).exists()] == []
