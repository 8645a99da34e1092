"""The inspector's own file, a SQLite database beside the embedded stores.

Several processes use it at once: each result is written in one transaction when it is done, readers see the last one.
It holds ids, counts and findings, never words of a conversation; what people note on messages may quote them.
"""

import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from chatdata.domain.annotations import Annotation, note_text
from chatdata.domain.copies import Source
from chatdata.errors import AppDatabaseError
from chatdata.stores import full_disk, private_files
from chatdata.stores.app_db import annotations as notes
from chatdata.stores.app_db import audit, audit_events, migrations, redaction_keys, runs, scans
from chatdata.stores.app_db.audit import AuditEntry
from chatdata.stores.app_db.audit_events import AuditEvent, AuditFilter
from chatdata.stores.app_db.runs import LintRun
from chatdata.stores.app_db.scans import KeptScan

FILE_NAME = "inspector.db"
_EVERYTHING = AuditFilter()
_BUSY_SECONDS = 30


class AppDatabase:
    """What a data folder keeps of one deployment. Its file is made at the first write. AppDatabaseError on failure."""

    def __init__(self, data_dir: Path, deployment: str) -> None:
        """`deployment` names the stores that it is about, as SessionStores.deployment does."""
        self._path = data_dir / FILE_NAME
        self.deployment = deployment

    def keep_lint(self, model: str, run: LintRun) -> None:
        """Keeps a finished run for a model; the oldest beyond the last 20 of its source and model go."""
        with self._writing() as connection:
            runs.keep(connection, self._kept_under(run.source, model), run)

    def last_lint(self, source: Source, model: str) -> LintRun | None:
        """The last run over these copies for this model; None before the first."""
        if not self._path.exists():
            return None
        with self._open() as connection:
            return runs.last(connection, self._kept_under(source, model))

    def _kept_under(self, source: Source, model: str) -> str:
        """A verdict is about one copy and one model: runs of others say nothing about it."""
        return f"{self.deployment} | {source} | {model}"

    def keep_scan(self, scan: KeptScan) -> None:
        """Keeps a scan: its summary among the last 1,000, its sessions among the last 5."""
        with self._writing() as connection:
            scans.keep(connection, self.deployment, scan)

    def last_scans(self, count: int) -> list[KeptScan]:
        """The last scans, the newest first."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            return scans.last(connection, self.deployment, count)

    def keep_audit(self, entry: AuditEntry) -> None:
        """Adds an entry to the audit log, of which none is ever changed or goes."""
        with self._writing() as connection:
            audit.keep(connection, entry)

    def audit_entries(self, limit: int, session_id: str | None = None) -> tuple[AuditEntry, ...]:
        """The last entry of each attempt to repair (of one session, when given), the newest first."""
        if not self._path.exists():
            return ()
        with self._open() as connection:
            return audit.entries(connection, self.deployment, limit, session_id)

    def keep_event(self, event: AuditEvent) -> None:
        """Adds an event to the audit log, of which none is ever changed or goes."""
        with self._writing() as connection:
            audit_events.keep(connection, event)

    def audit_events(self, where: AuditFilter = _EVERYTHING, limit: int | None = None) -> tuple[AuditEvent, ...]:
        """Who opened, exported, sent or repaired what, the newest first; all without a limit."""
        if not self._path.exists():
            return ()
        with self._open() as connection:
            return audit_events.events(connection, self.deployment, where, limit)

    def redaction_key(self) -> bytes:
        """The key of its placeholders (chatdata.domain.redaction): 32 bytes, created on first use."""
        with self._writing() as connection:
            return redaction_keys.keep(connection, self.deployment, secrets.token_bytes(32))

    def notes(self, session_id: str) -> tuple[Annotation, ...]:
        """The bookmarks and notes on a session's messages, in their order, those on one message the oldest first."""
        if not self._path.exists():
            return ()
        with self._open() as connection:
            return notes.of_session(connection, self.deployment, session_id)

    def note_counts(self, session_ids: Iterable[str]) -> Mapping[str, int]:
        """How many of them each of these sessions has; those without any are left out."""
        if not self._path.exists():
            return {}
        with self._open() as connection:
            return notes.counts(connection, self.deployment, session_ids)

    def keep_notes(self, several: Sequence[Annotation]) -> int:
        """Adds notes, all or none, and says how many are new. ValueError where a session has too many."""
        with self._writing() as connection:
            return notes.keep(connection, self.deployment, several)

    def change_note(self, session_id: str, note_id: str, *, author: str, text: str, at: datetime) -> None:
        """Its author gives a note another text. LookupError where it is gone, NotAllowed, ValueError."""
        with self._writing() as connection:
            notes.change(connection, self.deployment, session_id, note_id, author, note_text(text), at)

    def delete_note(self, session_id: str, note_id: str, *, author: str | None) -> None:
        """Deletes a note of this author, of anybody for None; one that is gone is gone. NotAllowed."""
        with self._writing() as connection:
            notes.delete(connection, self.deployment, session_id, note_id, author)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open(to_write=True) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _open(self, *, to_write: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            private_files.make_folder(self._path.parent)
            private_files.make_file(self._path)
            private_files.close_to_others(self._path)
            with (
                closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection,
                closing(self._prepared(connection, to_write=to_write)) as prepared,
            ):
                yield prepared
        except (sqlite3.Error, OSError) as error:
            if full_disk.is_full(error, self._path.parent):
                raise AppDatabaseError(full_disk.sentence(f"the inspector's own file {self._path}")) from error
            raise AppDatabaseError(
                f"The inspector's own file {self._path} can't be used: {error}. "
                "INSPECTOR_DATA_DIR names the folder that it is in."
            ) from error

    def _prepared(self, connection: sqlite3.Connection, *, to_write: bool) -> sqlite3.Connection:
        """The connection with the schema of this code; for an older file that can only be read, one to a copy."""
        try:
            migrations.migrate(connection, self._path)
        except sqlite3.OperationalError as error:
            if to_write or not _is(error, sqlite3.SQLITE_READONLY):
                raise
            return migrations.migrated_copy(connection, self._path)
        _use_wal(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite's own waiting leaves this switch out: where many open a new file at once all but one are refused."""
    end = time.monotonic() + _BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not _is(error, sqlite3.SQLITE_BUSY) or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _is(error: sqlite3.Error, code: int) -> bool:
    """Whether an error is of this kind, whatever SQLite says of it beyond that."""
    return bool(getattr(error, "sqlite_errorcode", 0) & 0xFF == code)
