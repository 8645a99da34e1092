"""Switching a SQLite file to WAL: another connection's lock is waited for, and nothing else is."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatdata.stores.sqlite_locks import use_wal

SWITCH = "PRAGMA journal_mode = WAL"


class Counting(sqlite3.Connection):
    """A connection that counts how often it was to switch."""

    switches = 0

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql == SWITCH:
            self.switches += 1
            if self.switches == 3:
                self.at_third()
        return super().execute(sql, *parameters)

    def at_third(self) -> None:
        """What happens before the third attempt."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "chat.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
    return path


def test_an_error_that_stays_is_raised_at_the_first_attempt(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, factory=Counting)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            use_wal(connection, 600)
        assert connection.switches == 1


def test_a_lock_is_waited_for(file: Path) -> None:
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        closing(sqlite3.connect(file, timeout=0, factory=Counting)) as connection,
    ):
        other.execute("BEGIN IMMEDIATE")
        connection.at_third = lambda: other.execute("ROLLBACK")  # type: ignore[method-assign]
        use_wal(connection, 600)
        assert connection.switches == 3
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_lock_that_stays_is_an_error_in_the_end(file: Path) -> None:
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        closing(sqlite3.connect(file, timeout=0, factory=Counting)) as connection,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            use_wal(connection, 0.05)
