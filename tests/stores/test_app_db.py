"""The app database: stored values are read back, separately for each deployment."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatdata.errors import AppDatabaseError
from chatdata.stores.app_db import FILE_NAME, AppDatabase, LintRun
from tests.stores.conftest import AnyPlace

START = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)

MODEL = "gpt-4o"


def run(number: int = 0, **rejected: tuple[str, ...]) -> LintRun:
    started = START + timedelta(minutes=number)
    return LintRun("database", started, started + timedelta(seconds=3), 70 + number, rejected)


def test_nothing_was_kept_and_looking_makes_no_file(tmp_path: Path) -> None:
    assert AppDatabase(tmp_path, "here").last_lint("database", MODEL) is None
    assert list(tmp_path.iterdir()) == []


def test_the_last_run_of_each_deployment_is_there_again(place: AnyPlace) -> None:
    AppDatabase(place, "here").keep_lint(MODEL, run(0, s1=("anthropic",)))
    AppDatabase(place, "here").keep_lint(MODEL, run(1, s2=("openai", "mistral")))
    AppDatabase(place, "there").keep_lint(MODEL, run(2))
    assert AppDatabase(place, "here").last_lint("database", MODEL) == run(1, s2=("openai", "mistral"))
    assert AppDatabase(place, "there").last_lint("database", MODEL) == run(2)


def test_ids_that_no_database_text_can_hold_come_back(place: AnyPlace) -> None:
    kept = LintRun("cache", START, START, 1, {"\ud800\x00": ("openai",)})
    AppDatabase(place, "here").keep_lint(MODEL, kept)
    assert AppDatabase(place, "here").last_lint("cache", MODEL) == kept


def test_old_runs_go(place: AnyPlace) -> None:
    for number in range(30):
        AppDatabase(place, "here").keep_lint(MODEL, run(number, s=("openai",)))
    with AppDatabase(place, "here").place.reading() as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("lint_run", "lint_rejected")
        ]
    assert counts == [20, 20]


def test_several_keep_at_once(place: AnyPlace) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: AppDatabase(place, f"d{number % 4}").keep_lint(MODEL, run(number)), range(40)))
    assert all(AppDatabase(place, f"d{number}").last_lint("database", MODEL) is not None for number in range(4))


@pytest.mark.parametrize("broken", ["bytes", "folder"])
def test_a_file_that_can_not_be_used_is_said(tmp_path: Path, broken: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"no database at all" * 100) if broken == "bytes" else path.mkdir(mode=stat.S_IRWXU)
    with pytest.raises(AppDatabaseError, match=f"{FILE_NAME} can't be used"):
        AppDatabase(tmp_path, "here").last_lint("database", MODEL)
    with pytest.raises(AppDatabaseError, match="INSPECTOR_DATA_DIR"):
        AppDatabase(tmp_path, "here").keep_lint(MODEL, run())
