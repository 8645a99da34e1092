"""The schema of the app database: older files are migrated, newer ones refused."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatdata.domain.annotations import Annotation
from chatdata.domain.dialects import UnknownCount
from chatdata.domain.imported import ImportedSource
from chatdata.errors import AppDatabaseError
from chatdata.stores.app_db import (
    FILE_NAME,
    AppDatabase,
    AuditEntry,
    AuditEvent,
    AuditFilter,
    KeptScan,
    LintRun,
    migrations,
)
from chatdata.stores.app_db.sqlite_file import SqliteFile

CHECKOUT = Path(__file__).parents[2]
AT = datetime(2026, 2, 20, 10, tzinfo=UTC)
LATEST = len(migrations.MIGRATIONS)
ATTEMPTS = 15

# What the inspector ran at every call before files had versions. It is history: it stays as it was.
LINT_TABLES = """
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
OTHER_TABLES = """
CREATE TABLE IF NOT EXISTS scan (
    id INTEGER PRIMARY KEY, deployment TEXT NOT NULL, summary TEXT NOT NULL, has_sessions INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS scan_deployment ON scan (deployment, id);
CREATE TABLE IF NOT EXISTS scan_session (
    scan INTEGER NOT NULL REFERENCES scan (id) ON DELETE CASCADE, place INTEGER NOT NULL,
    session TEXT NOT NULL, PRIMARY KEY (scan, place)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS repair_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, deployment TEXT NOT NULL, attempt TEXT NOT NULL,
    session_id TEXT NOT NULL, entry TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS repair_audit_attempt ON repair_audit (deployment, attempt, id);
CREATE TRIGGER IF NOT EXISTS repair_audit_update BEFORE UPDATE ON repair_audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS repair_audit_delete BEFORE DELETE ON repair_audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TABLE IF NOT EXISTS access_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, deployment TEXT NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,
    session_id TEXT NOT NULL, event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS access_audit_deployment ON access_audit (deployment, id);
CREATE TRIGGER IF NOT EXISTS access_audit_update BEFORE UPDATE ON access_audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS access_audit_delete BEFORE DELETE ON access_audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TABLE IF NOT EXISTS view_key (deployment TEXT PRIMARY KEY, key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS note (
    deployment TEXT NOT NULL, id TEXT NOT NULL, session_id TEXT NOT NULL, position INTEGER NOT NULL,
    digest TEXT NOT NULL, text TEXT, author TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT,
    PRIMARY KEY (deployment, id)
);
CREATE INDEX IF NOT EXISTS note_session ON note (deployment, session_id, position);
"""

RUN = LintRun("database", AT, AT + timedelta(seconds=3), 70, {"s-1": ("openai", "mistral")})
SCAN = KeptScan({"started_at": "a", "finished_at": "b"}, [{"session_id": "s-1"}, {"session_id": "s-2"}])
ENTRY = AuditEntry("a-1", AT, "here", "otto", "s-1", "rewarm_cache", "done", "Done.", "c0", "absent", "c1", "absent")
LOOK = AuditEvent(AT + timedelta(minutes=2), "here", "view", "ana", "s-1", "full", "10.0.0.7")
OLD_REPAIR = AuditEvent(AT + timedelta(minutes=1), "here", "repair", 'Zoë "\udcff', "\ud800\x00", "full", what="Done.")
"""Whose kind was called `mend` when it was recorded."""
KEY = bytes(range(32))
NOTE = Annotation("n-1", "s-1", 3, "d", "look here", "ana", AT, AT + timedelta(hours=1))

SOURCE = ImportedSource("s-1", "codex", AT, unknown=(UnknownCount("prompt", "usage", "it is null"),))

MODEL = "gpt-4o"


def connected(folder: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None))


def old_file(folder: Path) -> None:
    """A file as the inspector left it before files had versions, with rows in every table."""
    with connected(folder) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(LINT_TABLES + OTHER_TABLES)
        add_run(connection)
        add(connection, "scan", 1, "here", json.dumps(SCAN.summary), 1)
        for place, session in enumerate(SCAN.sessions or ()):
            add(connection, "scan_session", 1, place, json.dumps(session))
        entry = json.dumps({**asdict(ENTRY), "at": AT.isoformat()})
        add(connection, "repair_audit", 1, "here", "a-1", '"s-1"', entry)
        for number, (kind, event) in enumerate((("mend", OLD_REPAIR), ("view", LOOK)), 1):
            fields = json.dumps({**asdict(event), "at": event.at.isoformat(), "kind": kind})
            names = json.dumps(event.who), json.dumps(event.session_id)
            add(connection, "access_audit", number, "here", kind, *names, fields)
        add(connection, "view_key", "here", KEY)
        times = NOTE.created_at.isoformat(), (AT + timedelta(hours=1)).isoformat()
        add(connection, "note", "here", "n-1", '"s-1"', 3, "d", '"look here"', '"ana"', *times)


def add_run(connection: sqlite3.Connection) -> None:
    """RUN as versions before the counts by rule wrote it."""
    times = RUN.started_at.isoformat(), RUN.finished_at.isoformat()
    add(connection, "lint_run", 1, f"here | database | {MODEL}", "database", *times, 70)
    add(connection, "lint_rejected", 1, '"s-1"', '["openai", "mistral"]')


def add(connection: sqlite3.Connection, table: str, *values: Any) -> None:
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)


def version(folder: Path) -> int:
    with connected(folder) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def dump(folder: Path) -> tuple[int, list[str]]:
    """All that a file says."""
    with connected(folder) as connection:
        return version(folder), list(connection.iterdump())


def schema(folder: Path) -> dict[str, str]:
    """The definitions in a file, whatever their line breaks."""
    with connected(folder) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows}


def test_a_file_from_before_there_were_versions_keeps_all_that_is_in_it(tmp_path: Path) -> None:
    old_file(tmp_path)
    kept = AppDatabase(tmp_path, "here")
    assert kept.last_lint("database", MODEL) == RUN
    assert kept.last_scans(9) == [SCAN]
    assert kept.audit_entries(9) == (ENTRY,)
    assert kept.audit_events(AuditFilter(kind="view")) == (LOOK,)
    assert kept.redaction_key() == KEY
    assert kept.notes("s-1") == (NOTE,)
    assert version(tmp_path) == LATEST


def test_a_file_of_the_version_before_imports_were_kept_keeps_its_rows_and_takes_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", every[:3])
    AppDatabase(tmp_path, "here").keep_notes([NOTE])
    with connected(tmp_path) as connection:
        add_run(connection)
    assert version(tmp_path) == 3
    monkeypatch.setattr(migrations, "MIGRATIONS", every)
    kept = AppDatabase(tmp_path, "here")
    assert kept.imported_ids() == frozenset()
    kept.keep_imported([SOURCE])
    assert (kept.imported("s-1"), kept.notes("s-1"), kept.last_lint("database", MODEL)) == (SOURCE, (NOTE,), RUN)
    assert version(tmp_path) == LATEST


def test_it_then_has_the_schema_of_a_new_file(tmp_path: Path) -> None:
    for folder in (tmp_path / "old", tmp_path / "new"):
        folder.mkdir()
    old_file(tmp_path / "old")
    for folder in (tmp_path / "old", tmp_path / "new"):
        AppDatabase(folder, "here").keep_lint(MODEL, RUN)
    assert schema(tmp_path / "old") == schema(tmp_path / "new")


def test_a_file_that_has_only_the_first_of_the_old_tables_takes_everything(tmp_path: Path) -> None:
    with connected(tmp_path) as connection:
        connection.executescript(LINT_TABLES)
        add_run(connection)
    kept = AppDatabase(tmp_path, "here")
    kept.keep_scan(SCAN)
    kept.keep_notes([NOTE])
    assert (kept.last_scans(9), kept.notes("s-1")) == ([SCAN], (NOTE,))
    assert kept.last_lint("database", MODEL) == RUN


def test_an_old_mend_is_a_repair_in_the_list_and_for_the_filter(tmp_path: Path) -> None:
    old_file(tmp_path)
    told = AppDatabase(tmp_path, "here").audit_events()
    assert told[:2] == (LOOK, OLD_REPAIR)
    assert [event.kind for event in told] == ["view", "repair", "repair"]
    assert OLD_REPAIR in AppDatabase(tmp_path, "here").audit_events(AuditFilter(kind="repair"))


@pytest.mark.parametrize("statement", ["DELETE FROM access_audit", "UPDATE access_audit SET kind = 'view'"])
def test_after_it_the_audit_log_can_not_be_changed_as_before(tmp_path: Path, statement: str) -> None:
    old_file(tmp_path)
    told = AppDatabase(tmp_path, "here").audit_events()
    with connected(tmp_path) as connection, pytest.raises(sqlite3.DatabaseError, match="only added"):
        connection.execute(statement)
    assert AppDatabase(tmp_path, "here").audit_events() == told


def test_an_old_event_that_is_damaged_keeps_no_file_from_being_migrated(tmp_path: Path) -> None:
    old_file(tmp_path)
    with connected(tmp_path) as connection:
        add(connection, "access_audit", 3, "there", "mend", '"x"', '"y"', "{no JSON")
    assert AppDatabase(tmp_path, "here").last_lint("database", MODEL) == RUN
    with connected(tmp_path) as connection:
        found = connection.execute("SELECT kind, event FROM access_audit WHERE id = 3").fetchone()
    assert found == ("repair", "{no JSON")


@pytest.mark.parametrize("found", [LATEST + 1, 1_000, -1])
def test_a_file_of_an_unknown_version_is_refused_and_left_untouched(tmp_path: Path, found: int) -> None:
    with connected(tmp_path) as connection:
        connection.execute("CREATE TABLE of_tomorrow (a)")
        connection.execute(f"PRAGMA user_version = {found}")
    before = (tmp_path / FILE_NAME).read_bytes()
    sentence = f"{FILE_NAME} has schema version {found}, .* none above {LATEST}. Start the newer .*INSPECTOR_DATA_DIR"
    with pytest.raises(AppDatabaseError, match=sentence):
        AppDatabase(tmp_path, "here").last_lint("database", MODEL)
    with pytest.raises(AppDatabaseError, match=sentence):
        AppDatabase(tmp_path, "here").keep_lint(MODEL, RUN)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_a_file_that_becomes_newer_while_it_is_used_is_refused_from_then_on(tmp_path: Path) -> None:
    kept = AppDatabase(tmp_path, "here")
    kept.keep_lint(MODEL, RUN)
    with connected(tmp_path) as connection:
        connection.execute(f"PRAGMA user_version = {LATEST + 1}")
    with pytest.raises(AppDatabaseError, match="schema version"):
        kept.keep_lint(MODEL, RUN)


def test_an_older_file_that_is_put_back_while_it_is_used_is_migrated_too(tmp_path: Path) -> None:
    kept = AppDatabase(tmp_path, "here")
    AppDatabase(tmp_path, "there").keep_lint(MODEL, RUN)
    for file in tmp_path.iterdir():
        file.unlink()
    old_file(tmp_path)
    assert (
        AppDatabase(tmp_path, "there").last_lint("database", MODEL),
        kept.last_lint("database", MODEL),
        version(tmp_path),
    ) == (None, RUN, LATEST)


@pytest.mark.parametrize("known", range(LATEST))
def test_a_migration_that_fails_halfway_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: int
) -> None:
    """Whichever it is: those before it stay, and the next start goes on from there."""
    old_file(tmp_path)
    every = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", every[:known])
    with connected(tmp_path) as connection:
        migrations.migrate(connection, tmp_path / FILE_NAME)
    before = dump(tmp_path)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*every[:known], (*every[known], "INSERT INTO nowhere VALUES (1)")))
    with pytest.raises(AppDatabaseError, match=f"{FILE_NAME} can't be used: no such table: nowhere"):
        AppDatabase(tmp_path, "here").keep_lint(MODEL, RUN)
    assert dump(tmp_path) == before
    assert before[0] == known
    monkeypatch.setattr(migrations, "MIGRATIONS", every)
    assert (AppDatabase(tmp_path, "here").last_lint("database", MODEL), version(tmp_path)) == (RUN, LATEST)


def test_a_file_with_tables_of_something_else_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    with connected(tmp_path) as connection:
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)")
    before = dump(tmp_path)
    with pytest.raises(AppDatabaseError, match=f"{FILE_NAME} can't be used: .*INSPECTOR_DATA_DIR"):
        AppDatabase(tmp_path, "here").keep_lint(MODEL, RUN)
    assert dump(tmp_path) == before


def test_tables_are_defined_once_and_not_at_every_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    connect = sqlite3.connect

    def traced(*given: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*given, **options)
        connection.set_trace_callback(said.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    AppDatabase(tmp_path, "here").keep_lint(MODEL, RUN)
    assert definitions(said) == sum(len(definitions_of(statements)) for statements in migrations.MIGRATIONS)
    said.clear()
    AppDatabase(tmp_path, "here").keep_lint(MODEL, RUN)
    AppDatabase(tmp_path, "here").keep_audit(ENTRY)
    assert AppDatabase(tmp_path, "here").last_lint("database", MODEL) == RUN
    assert any("INSERT INTO lint_run" in statement for statement in said)
    assert definitions(said) == 0


def definitions(statements: Sequence[str]) -> int:
    return len(definitions_of(statements))


def definitions_of(statements: Sequence[str]) -> list[str]:
    return [statement for statement in statements if statement.lstrip().startswith(("CREATE", "DROP", "ALTER"))]


OPENER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from chatdata.stores.app_db import AppDatabase, LintRun

now = datetime.now(UTC)
for line in sys.stdin:
    try:
        AppDatabase(Path(line.strip()), sys.argv[1]).keep_lint("gpt-4o", LintRun("database", now, now, 7, {}))
        print("kept", flush=True)
    except Exception as error:
        print(repr(error), flush=True)
"""


@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_two_processes_that_open_a_file_at_once_both_succeed(tmp_path: Path, old: bool) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, name],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    said = [opened_by(processes, tmp_path / str(number), old) for number in range(ATTEMPTS)]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0]
    assert said == [["kept", "kept"]] * ATTEMPTS
    for number in range(ATTEMPTS):
        of_both = [AppDatabase(tmp_path / str(number), name).last_lint("database", MODEL) for name in ("a", "b")]
        assert [run.sessions for run in of_both if run is not None] == [7, 7]
        kept = AppDatabase(tmp_path / str(number), "here")
        assert (kept.last_lint("database", MODEL) == RUN) is old
        assert version(tmp_path / str(number)) == LATEST


def opened_by(processes: "Sequence[subprocess.Popen[str]]", folder: Path, old: bool) -> list[str]:
    """What each process says that was told to use a file at the same moment."""
    folder.mkdir()
    if old:
        old_file(folder)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{folder}\n")
        process.stdin.flush()
    return [process.stdout.readline().strip() for process in processes if process.stdout is not None]


def test_a_migration_that_another_process_ran_meanwhile_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (("CREATE TABLE one (a)",), ("CREATE TABLE two (a)",)))
    path = tmp_path / FILE_NAME
    with connected(tmp_path) as slower, connected(tmp_path) as faster:

        def overtaken(statement: str) -> None:  # after the slower one saw version 0
            if statement == "BEGIN IMMEDIATE" and version(tmp_path) == 0:
                migrations.migrate(faster, path)

        slower.set_trace_callback(overtaken)
        migrations.migrate(slower, path)
    assert (version(tmp_path), list(schema(tmp_path))) == (2, ["one", "two"])


def test_a_file_whose_journal_can_not_be_switched_at_that_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where several open a new file SQLite refuses to switch without waiting; here because nothing lets it wait."""
    connect, sleep, waits, here = sqlite3.connect, time.sleep, [], threading.current_thread()

    def impatient(*given: Any, **options: Any) -> sqlite3.Connection:
        return connect(*given, **{**options, "timeout": 0})

    with connected(tmp_path) as reader:
        migrations.migrate(reader, tmp_path / FILE_NAME)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM note").fetchall()

        def wait(seconds: float) -> None:
            if threading.current_thread() is not here:  # a thread of an earlier test
                sleep(seconds)
                return
            waits.append(seconds)
            reader.rollback()

        monkeypatch.setattr("chatdata.stores.sqlite_locks.time.sleep", wait)
        monkeypatch.setattr(sqlite3, "connect", impatient)
        AppDatabase(tmp_path, "here").keep_lint(MODEL, RUN)
    assert len(waits) == 1
    with connected(tmp_path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_older_file_that_can_not_be_written_is_read_as_a_migrated_copy(tmp_path: Path) -> None:
    old_file(tmp_path)
    path = tmp_path / FILE_NAME
    before = dump(tmp_path)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        kept = SqliteFile(tmp_path)
        with closing(kept._prepared(connection, to_write=False)) as copy:
            assert copy.execute("SELECT kind FROM access_audit ORDER BY id").fetchall() == [("repair",), ("view",)]
            assert copy.execute("SELECT deployment FROM lint_run").fetchall() == [(f"here | database | {MODEL}",)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            kept._prepared(connection, to_write=True)
    assert dump(tmp_path) == before
