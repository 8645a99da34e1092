"""The inspector's own file, a SQLite database beside the embedded stores.

Several processes use it at once: each result is written in one transaction when it is done, readers see the last one.
It holds ids, counts and findings, never words of a conversation; what people note on messages may quote them.
"""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from chatdata.domain.annotations import Note, note_text
from chatdata.errors import AppDatabaseError
from chatdata.stores import private_files
from chatdata.stores.app_db import annotations as notes
from chatdata.stores.app_db import audit, audit_events, redaction_keys, runs, scans
from chatdata.stores.app_db.audit import AuditEntry
from chatdata.stores.app_db.audit_events import AuditEvent, AuditFilter
from chatdata.stores.app_db.runs import LintRun
from chatdata.stores.app_db.scans import KeptScan

FILE_NAME = "inspector.db"
_SCHEMA = "".join(part.SCHEMA for part in (runs, scans, audit, audit_events, redaction_keys, notes))
_EVERYTHING = AuditFilter()


class AppDatabase:
    """The inspector's file in a data folder; made when something is first kept. AppDatabaseError on failure."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    def keep_lint(self, deployment: str, run: LintRun) -> None:
        """Keeps a finished run; the oldest beyond the last 20 of the deployment go."""
        with self._writing() as connection:
            runs.keep(connection, deployment, run)

    def last_lint(self, deployment: str) -> LintRun | None:
        """The last run of a deployment; None where nothing was kept."""
        if not self._path.exists():
            return None
        with self._open() as connection:
            return runs.last(connection, deployment)

    def keep_scan(self, deployment: str, scan: KeptScan) -> None:
        """Keeps a scan: its summary among the last 1,000 of the deployment, its sessions among the last 5."""
        with self._writing() as connection:
            scans.keep(connection, deployment, scan)

    def last_scans(self, deployment: str, count: int) -> list[KeptScan]:
        """The last scans of a deployment, the newest first."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            return scans.last(connection, deployment, count)

    def keep_audit(self, entry: AuditEntry) -> None:
        """Adds an entry to the audit log, of which none is ever changed or goes."""
        with self._writing() as connection:
            audit.keep(connection, entry)

    def audit_entries(self, deployment: str, limit: int, session_id: str | None = None) -> tuple[AuditEntry, ...]:
        """The last entry of each try to mend a session in a deployment (of one session, when given), newest first."""
        if not self._path.exists():
            return ()
        with self._open() as connection:
            return audit.entries(connection, deployment, limit, session_id)

    def keep_event(self, event: AuditEvent) -> None:
        """Adds an event to the audit log, of which none is ever changed or goes."""
        with self._writing() as connection:
            audit_events.keep(connection, event)

    def audit_events(
        self, deployment: str, wanted: AuditFilter = _EVERYTHING, limit: int | None = None
    ) -> tuple[AuditEvent, ...]:
        """Who opened, exported, sent or mended what in a deployment, the newest first; all without a limit."""
        if not self._path.exists():
            return ()
        with self._open() as connection:
            return audit_events.events(connection, deployment, wanted, limit)

    def view_key(self, deployment: str) -> bytes:
        """The key of the deployment's placeholders (chatdata.domain.redaction): 32 bytes, created on first use."""
        with self._writing() as connection:
            return redaction_keys.keep(connection, deployment, secrets.token_bytes(32))

    def notes(self, deployment: str, session_id: str) -> tuple[Note, ...]:
        """The bookmarks and notes on a session's messages, in their order, those on one message the oldest first."""
        if not self._path.exists():
            return ()
        with self._open() as connection:
            return notes.of_session(connection, deployment, session_id)

    def note_counts(self, deployment: str, session_ids: Iterable[str]) -> Mapping[str, int]:
        """How many of them each of these sessions has; those without any are left out."""
        if not self._path.exists():
            return {}
        with self._open() as connection:
            return notes.counts(connection, deployment, session_ids)

    def keep_notes(self, deployment: str, several: Sequence[Note]) -> int:
        """Adds notes, all or none, and says how many are new. ValueError where a session has too many."""
        with self._writing() as connection:
            return notes.keep(connection, deployment, several)

    def change_note(
        self, deployment: str, session_id: str, note_id: str, *, author: str, text: str, at: datetime
    ) -> None:
        """Its author gives a note another text. LookupError where it is gone, NotAllowed, ValueError."""
        with self._writing() as connection:
            notes.change(connection, deployment, session_id, note_id, author, note_text(text), at)

    def delete_note(self, deployment: str, session_id: str, note_id: str, *, author: str | None) -> None:
        """Deletes a note of this author, of anybody for None; one that is gone is gone. NotAllowed."""
        with self._writing() as connection:
            notes.delete(connection, deployment, session_id, note_id, author)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            private_files.make_folder(self._path.parent)
            private_files.make_file(self._path)
            private_files.close_to_others(self._path)
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise AppDatabaseError(
                f"The inspector's own file {self._path} can't be used: {error}. "
                "INSPECTOR_DATA_DIR names the folder that it is in."
            ) from error
