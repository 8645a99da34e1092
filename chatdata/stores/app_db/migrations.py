"""The schema of the inspector's file, as a sequence of migrations from an empty file to the tables of today.

SQLite's `user_version` says how many migrations have been applied to a file. A released migration never changes; later
schema changes are new migrations at the end of MIGRATIONS.
"""

import sqlite3
from pathlib import Path

from chatdata.errors import AppDatabaseError

# A file from before schema versions has version 0 and these tables, or the first of them.
_FIRST_TABLES = (
    """CREATE TABLE IF NOT EXISTS lint_run (
        id INTEGER PRIMARY KEY, deployment TEXT NOT NULL, source TEXT NOT NULL,
        started_at TEXT NOT NULL, finished_at TEXT NOT NULL, sessions INTEGER NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS lint_run_deployment ON lint_run (deployment, id)",
    """CREATE TABLE IF NOT EXISTS lint_rejected (
        run INTEGER NOT NULL REFERENCES lint_run (id) ON DELETE CASCADE, session_id TEXT NOT NULL,
        providers TEXT NOT NULL, PRIMARY KEY (run, session_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS scan (
        id INTEGER PRIMARY KEY, deployment TEXT NOT NULL, summary TEXT NOT NULL, has_sessions INTEGER NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS scan_deployment ON scan (deployment, id)",
    """CREATE TABLE IF NOT EXISTS scan_session (
        scan INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE, place INTEGER NOT NULL,
        session TEXT NOT NULL, PRIMARY KEY (scan, place)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS repair_audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, deployment TEXT NOT NULL, attempt TEXT NOT NULL,
        session_id TEXT NOT NULL, entry TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS repair_audit_attempt ON repair_audit (deployment, attempt, id)",
    """CREATE TRIGGER IF NOT EXISTS repair_audit_update BEFORE UPDATE ON repair_audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
    """CREATE TRIGGER IF NOT EXISTS repair_audit_delete BEFORE DELETE ON repair_audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
    """CREATE TABLE IF NOT EXISTS access_audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, deployment TEXT NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,
        session_id TEXT NOT NULL, event TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS access_audit_deployment ON access_audit (deployment, id)",
    """CREATE TRIGGER IF NOT EXISTS access_audit_update BEFORE UPDATE ON access_audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
    """CREATE TRIGGER IF NOT EXISTS access_audit_delete BEFORE DELETE ON access_audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
    "CREATE TABLE IF NOT EXISTS view_key (deployment TEXT PRIMARY KEY, key BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS note (
        deployment TEXT NOT NULL, id TEXT NOT NULL, session_id TEXT NOT NULL, position INTEGER NOT NULL,
        digest TEXT NOT NULL, text TEXT, author TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT,
        PRIMARY KEY (deployment, id)
    )""",
    "CREATE INDEX IF NOT EXISTS note_session ON note (deployment, session_id, position)",
)

# The kind is in a column, for the filter, and in the event itself. The trigger that protects the audit log from changes
# is absent only inside this transaction.
_REPAIR_INSTEAD_OF_MEND = (
    "DROP TRIGGER access_audit_update",
    """UPDATE access_audit SET kind = 'repair',
        event = CASE WHEN json_valid(event) THEN json_set(event, '$.kind', 'repair') ELSE event END
    WHERE kind = 'mend'""",
    """CREATE TRIGGER access_audit_update BEFORE UPDATE ON access_audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
)

_SUBJECT_OF_AUTHOR = ("""ALTER TABLE note ADD COLUMN author_subject TEXT NOT NULL DEFAULT '""'""",)

_IMPORTED_SOURCES = (
    """CREATE TABLE imported_session (
        id INTEGER PRIMARY KEY, deployment TEXT NOT NULL, session_id TEXT NOT NULL, dialect TEXT NOT NULL,
        imported_at TEXT NOT NULL, unknown TEXT NOT NULL, dropped TEXT NOT NULL, UNIQUE (deployment, session_id)
    )""",
    "CREATE INDEX imported_session_unknown ON imported_session (deployment) WHERE unknown != '[]'",
    """CREATE TABLE imported_part (
        session INTEGER NOT NULL REFERENCES imported_session (id) ON DELETE CASCADE, number INTEGER NOT NULL,
        position INTEGER, digest TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL, name TEXT NOT NULL,
        size INTEGER NOT NULL, json TEXT, PRIMARY KEY (session, number)
    )""",
    """CREATE TABLE imported_turn (
        session INTEGER NOT NULL REFERENCES imported_session (id) ON DELETE CASCADE, position INTEGER NOT NULL,
        digest TEXT NOT NULL, model TEXT, usage TEXT, PRIMARY KEY (session, position)
    ) WITHOUT ROWID""",
)

_SAVED_VIEWS = (
    """CREATE TABLE saved_view (
        deployment TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,
        shared INTEGER NOT NULL, level TEXT NOT NULL, author TEXT NOT NULL, created_at TEXT NOT NULL,
        author_subject TEXT NOT NULL, PRIMARY KEY (deployment, id)
    )""",
)

_TOKENS = (
    """CREATE TABLE api_token (
        deployment TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL,
        created_at TEXT NOT NULL, created_by TEXT NOT NULL, expires_at TEXT NOT NULL, revoked_at TEXT,
        PRIMARY KEY (deployment, id)
    )""",
)

_MONITORING = (
    """CREATE TABLE scan_lock (
        deployment TEXT PRIMARY KEY, holder TEXT, lease_until REAL NOT NULL, started_at REAL NOT NULL
    )""",
    """CREATE TABLE webhook_post (
        deployment TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, created_at REAL NOT NULL,
        attempts INTEGER NOT NULL, next_at REAL, PRIMARY KEY (deployment, id)
    )""",
    "CREATE INDEX webhook_post_due ON webhook_post (deployment, next_at)",
    "ALTER TABLE lint_run ADD COLUMN by_rule TEXT NOT NULL DEFAULT '[]'",
)

_RECHECKS = (
    """CREATE TABLE recheck (
        deployment TEXT NOT NULL, session_id TEXT NOT NULL, at REAL NOT NULL, session TEXT NOT NULL,
        PRIMARY KEY (deployment, session_id)
    )""",
)

_LINT_RECHECKS = (
    """CREATE TABLE lint_recheck (
        run INTEGER NOT NULL REFERENCES lint_run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, at TEXT NOT NULL,
        providers TEXT NOT NULL, PRIMARY KEY (run, session_id)
    ) WITHOUT ROWID""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _FIRST_TABLES,
    _REPAIR_INSTEAD_OF_MEND,
    _SUBJECT_OF_AUTHOR,
    _IMPORTED_SOURCES,
    _SAVED_VIEWS,
    _TOKENS,
    _MONITORING,
    _RECHECKS,
    _LINT_RECHECKS,
)
"""The statements of each migration in order; the first migration leads to version 1."""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Migrates the file to this code's schema, one transaction per migration. Raises AppDatabaseError if it is newer.

    Called at every opening, since the file may have been replaced; a file of this schema costs only reading the
    version. The connection must be in autocommit mode, with foreign keys still off: otherwise a migration that rebuilds
    a table would delete the rows that refer to it.
    """
    while (version := _known_version(connection, path)) < len(MIGRATIONS):
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if _known_version(connection, path) == version:  # otherwise another process was faster
                _apply(connection, version)


def migrated_copy(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """A connection to a migrated copy of the file in memory, which allows reading an older file that is read-only."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.backup(copy)
        migrate(copy, path)
    except BaseException:
        copy.close()
        raise
    return copy


def _apply(connection: sqlite3.Connection, version: int) -> None:
    for statement in MIGRATIONS[version]:  # no executescript: it commits first
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {version + 1}")


def _known_version(connection: sqlite3.Connection, path: Path) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not 0 <= version <= len(MIGRATIONS):
        raise AppDatabaseError(
            f"The inspector's own file {path} has schema version {version}, but this version of the inspector knows "
            f"none above {len(MIGRATIONS)}. Start the newer inspector that wrote the file, or set INSPECTOR_DATA_DIR "
            "to another folder."
        )
    return int(version)
