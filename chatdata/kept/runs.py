"""The inspector's own file, a SQLite database beside the embedded stores, and the lint runs in it.

Several processes use it at once: each run is written in one transaction when it is done, readers see the last one.
It holds ids and counts, never words of a conversation.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chatdata.errors import KeptFileError

FILE_NAME = "inspector.db"
_RUNS_KEPT = 20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS lint_run (
    id INTEGER PRIMARY KEY, deployment TEXT NOT NULL, source TEXT NOT NULL,
    started_at TEXT NOT NULL, finished_at TEXT NOT NULL, sessions INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS lint_run_deployment ON lint_run (deployment, id);
CREATE TABLE IF NOT EXISTS lint_rejected (
    run INTEGER NOT NULL REFERENCES lint_run (id) ON DELETE CASCADE, session_id TEXT NOT NULL,
    providers TEXT NOT NULL, PRIMARY KEY (run, session_id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class LintRun:
    """One look at every session of a deployment."""

    source: str
    """The copy that was judged."""
    started_at: datetime
    finished_at: datetime
    sessions: int
    """How many were judged."""
    rejected: Mapping[str, tuple[str, ...]]
    """Session id → providers that would reject its next turn; sessions that all would accept are not in it."""


class Kept:
    """The inspector's file in a data folder; made when something is first kept. KeptFileError on failure."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    def keep_lint(self, deployment: str, run: LintRun) -> None:
        """Keeps a finished run; the oldest beyond the last 20 of the deployment go."""
        with self._writing() as connection:
            row = (
                deployment,
                run.source,
                run.started_at.isoformat(),
                run.finished_at.isoformat(),
                run.sessions,
            )
            number = connection.execute(
                "INSERT INTO lint_run (deployment, source, started_at, finished_at, sessions) VALUES (?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            connection.executemany(
                "INSERT INTO lint_rejected VALUES (?, ?, ?)",
                ((number, _id(session), json.dumps(providers)) for session, providers in run.rejected.items()),
            )
            connection.execute(
                "DELETE FROM lint_run WHERE deployment = ? AND id NOT IN "
                "(SELECT id FROM lint_run WHERE deployment = ? ORDER BY id DESC LIMIT ?)",
                (deployment, deployment, _RUNS_KEPT),
            )

    def last_lint(self, deployment: str) -> LintRun | None:
        """The last run of a deployment; None where nothing was kept."""
        if not self._path.exists():
            return None
        with self._open() as connection:
            row = connection.execute(
                "SELECT id, source, started_at, finished_at, sessions FROM lint_run "
                "WHERE deployment = ? ORDER BY id DESC LIMIT 1",
                (deployment,),
            ).fetchone()
            if row is None:
                return None
            rejected = connection.execute("SELECT session_id, providers FROM lint_rejected WHERE run = ?", row[:1])
            return LintRun(
                source=row[1],
                started_at=datetime.fromisoformat(row[2]),
                finished_at=datetime.fromisoformat(row[3]),
                sessions=row[4],
                rejected={json.loads(session): tuple(json.loads(providers)) for session, providers in rejected},
            )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise KeptFileError(
                f"The inspector's own file {self._path} can't be used: {error}. "
                "INSPECTOR_DATA_DIR names the folder that it is in."
            ) from error


def _id(session_id: str) -> str:
    """As JSON: SQLite's text has no lone surrogates."""
    return json.dumps(session_id)
