"""Repairs in the audit log: entries are append-only, and the last entry of an attempt tells its result."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatdata.errors import AppDatabaseError
from chatdata.stores.app_db import FILE_NAME, AppDatabase, AuditEntry
from tests.stores.conftest import AnyPlace

START = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
BEGUN = AuditEntry(
    attempt="a-1",
    at=START,
    deployment="here",
    who="mia",
    session_id="s-1",
    action="rewarm_cache",
    result="begun",
    sentence="Started: Rebuild cache from database.",
    cached_before="c0",
    stored_before="absent",
)
DONE = replace(BEGUN, at=START + timedelta(seconds=1), result="done", cached_after="c1", stored_after="absent")


def test_nothing_was_kept_and_looking_makes_no_file(tmp_path: Path) -> None:
    assert AppDatabase(tmp_path, "here").audit_entries(10) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_try_is_told_by_its_last_entry(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    kept.keep_audit(BEGUN)
    assert kept.audit_entries(10) == (BEGUN,)
    kept.keep_audit(DONE)
    assert kept.audit_entries(10) == (DONE,)


def test_the_newest_come_first_of_one_deployment_and_of_one_session(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    for number in range(5):
        kept.keep_audit(replace(DONE, attempt=f"a-{number}", session_id=f"s-{number % 2}"))
    kept.keep_audit(replace(DONE, attempt="b-1", deployment="there"))
    assert [entry.attempt for entry in kept.audit_entries(3)] == ["a-4", "a-3", "a-2"]
    assert [entry.attempt for entry in kept.audit_entries(10, "s-1")] == ["a-3", "a-1"]
    assert [entry.attempt for entry in AppDatabase(place, "there").audit_entries(10)] == ["b-1"]


def test_ids_and_names_that_no_database_text_can_hold_come_back(place: AnyPlace) -> None:
    entry = replace(DONE, session_id="\ud800\x00", who="\udcff", sentence="half \ud83d")
    AppDatabase(place, "here").keep_audit(entry)
    assert AppDatabase(place, "here").audit_entries(1, "\ud800\x00") == (entry,)


@pytest.mark.parametrize("statement", ["DELETE FROM repair_audit", "UPDATE repair_audit SET entry = '{}'"])
def test_what_was_kept_can_not_be_changed(tmp_path: Path, statement: str) -> None:
    AppDatabase(tmp_path, "here").keep_audit(DONE)
    with sqlite3.connect(tmp_path / FILE_NAME) as connection, pytest.raises(sqlite3.DatabaseError, match="only added"):
        connection.execute(statement)
    connection.close()
    assert AppDatabase(tmp_path, "here").audit_entries(10) == (DONE,)


def test_several_keep_at_once(place: AnyPlace) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda number: AppDatabase(place, "here").keep_audit(replace(DONE, attempt=f"a-{number}")), range(40)
            )
        )
    assert len(AppDatabase(place, "here").audit_entries(100)) == 40


def test_a_file_that_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(AppDatabaseError, match="INSPECTOR_DATA_DIR"):
        AppDatabase(tmp_path, "here").keep_audit(DONE)
    with pytest.raises(AppDatabaseError, match=FILE_NAME):
        AppDatabase(tmp_path, "here").audit_entries(1)
