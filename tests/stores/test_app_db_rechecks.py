"""Re-checks of repaired sessions in the app database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatdata.stores.app_db import AppDatabase, KeptRecheck, LintRun, rechecks
from tests.stores.conftest import AnyPlace

AT = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def recheck(session_id: str, at: float, status: str = "in_sync") -> KeptRecheck:
    return KeptRecheck(session_id, at, {"session_id": session_id, "status": status})


def test_the_last_recheck_of_each_session_is_there_again_from_a_time_on(place: AnyPlace) -> None:
    kept, there = AppDatabase(place, "here"), AppDatabase(place, "there")
    odd = "s-\ud800-é"
    for one in (recheck("s-1", 5.25), recheck(odd, 7.0), recheck("s-1", 9.5, "drifted"), recheck("s-2", 3.0)):
        kept.keep_recheck(one)
    there.keep_recheck(recheck("s-1", 1.0))
    assert kept.rechecks_since(7.0) == [recheck(odd, 7.0), recheck("s-1", 9.5, "drifted")]
    assert kept.rechecks_since(0) == [recheck("s-2", 3.0), recheck(odd, 7.0), recheck("s-1", 9.5, "drifted")]
    assert there.rechecks_since(0) == [recheck("s-1", 1.0)]


def test_a_later_verdict_stands_in_the_last_run_until_the_next(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    kept.keep_lint_recheck("database", "m", "s-1", AT, ["openai"])
    assert kept.last_lint("database", "m") is None
    run = LintRun("database", AT, AT, 3, {"s-1": ("openai",), "s-2": ("mistral",)}, {("openai", "orphan"): 1})
    kept.keep_lint("m", run)
    kept.keep_lint_recheck("database", "m", "s-1", AT, ["mistral"])
    kept.keep_lint_recheck("database", "m", "s-1", LATER, [])
    kept.keep_lint_recheck("database", "m", "s-3", LATER, ["openai", "mistral"])
    kept.keep_lint_recheck("database", "other", "s-2", LATER, [])
    rejected = {"s-2": ("mistral",), "s-3": ("openai", "mistral")}
    assert kept.last_lint("database", "m") == replace(run, rejected=rejected, rechecked={"s-1": LATER, "s-3": LATER})
    kept.keep_lint("m", run)
    assert kept.last_lint("database", "m") == run


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert AppDatabase(tmp_path / "none", "here").rechecks_since(0) == []


def test_only_the_latest_are_kept(place: AnyPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rechecks, "RECHECKS_KEPT", 2)
    kept = AppDatabase(place, "here")
    for number in range(4):
        kept.keep_recheck(recheck(f"s-{number}", float(number)))
    assert [one.session_id for one in kept.rechecks_since(0)] == ["s-2", "s-3"]
