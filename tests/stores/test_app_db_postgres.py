"""The inspector's own database in PostgreSQL: its tables, rights, versions, and servers that are down or silent."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import errors

from chatdata.errors import AppDatabaseError
from chatdata.stores.app_db import FILE_NAME, AppDatabase, AuditEntry, AuditEvent
from chatdata.stores.app_db.postgres_database import PostgresDatabase
from chatdata.stores.app_db.postgres_schema import MIGRATIONS, SCHEMA
from tests.stores.conftest import own_database
from tests.support.servers import PostgresServer, postgres_server

AT = datetime(2026, 2, 20, 10, tzinfo=UTC)
REPAIR = AuditEntry("a-1", AT, "here", "otto", "s-1", "rewarm_cache", "done", "Done.", "x", "y")
EXPORT = AuditEvent(AT, "here", "export", "otto", "s-1", "full")
DOCS = Path(__file__).parents[2] / "docs" / "deployment.md"


@pytest.fixture
def place(app_database_url: str) -> Iterator[PostgresDatabase]:
    database = own_database(app_database_url)
    yield database
    database.close()


def logged(place: PostgresDatabase) -> AppDatabase:
    """A database with an entry in each of the audit logs."""
    app_db = AppDatabase(place, "here")
    app_db.keep_audit(REPAIR)
    app_db.keep_event(EXPORT)
    return app_db


def columns_of_file(folder: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {
            name: sorted(column for _, column, *_ in connection.execute(f"PRAGMA table_info({name})"))
            for (name,) in tables.fetchall()
        }


def test_the_tables_are_those_of_the_file(place: PostgresDatabase, app_database_url: str, tmp_path: Path) -> None:
    AppDatabase(tmp_path, "here").redaction_key()
    AppDatabase(place, "here").redaction_key()
    found: dict[str, list[str]] = defaultdict(list)
    with psycopg.connect(app_database_url) as connection:
        for table, column in connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s ORDER BY 1, 2",
            (SCHEMA,),
        ):
            found[table].append(column)
    assert found.pop("schema_version") == ["version"]
    assert {table: sorted(columns) for table, columns in found.items()} == columns_of_file(tmp_path)


@pytest.mark.parametrize("table", ["repair_audit", "access_audit"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET session_id = '\"s-2\"'", "DELETE FROM {}", "TRUNCATE {}"],
    ids=["update", "delete", "empty"],
)
def test_not_even_the_owner_changes_the_audit_log(
    place: PostgresDatabase, app_database_url: str, table: str, statement: str
) -> None:
    app_db = logged(place)
    with psycopg.connect(app_database_url) as connection, pytest.raises(errors.RaiseException, match="only added to"):
        connection.execute(statement.format(f"{SCHEMA}.{table}").encode())
    assert app_db.audit_entries(10) == (REPAIR,)
    assert len(app_db.audit_events()) == 2


@pytest.fixture
def role_url(postgres: PostgresServer, app_database_url: str) -> Iterator[str]:
    """The URL of a role that may connect and nothing else, with the name that the guide gives it."""
    postgres.run("CREATE ROLE inspector_app LOGIN PASSWORD 'app'")
    parts = urlsplit(app_database_url)
    yield urlunsplit(parts._replace(netloc=f"inspector_app:app@{parts.netloc.rpartition('@')[2]}"))
    with psycopg.connect(app_database_url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY inspector_app")
    postgres.run("DROP ROLE inspector_app")


def test_the_grants_of_the_guide_suffice_and_leave_the_audit_log_alone(
    place: PostgresDatabase, app_database_url: str, role_url: str
) -> None:
    """Without them and without tables, the error says what to do."""
    limited = own_database(role_url)
    with closing(limited):
        app_db = AppDatabase(limited, "here")
        with pytest.raises(AppDatabaseError, match="may not create them. Run `python -m chatdata audit` once") as told:
            app_db.audit_events()
        logged(place)
        grants = re.search(r"```sql\n(GRANT USAGE ON SCHEMA.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
        assert grants is not None
        with psycopg.connect(app_database_url) as connection:
            connection.execute(grants[1].encode())
        assert sorted(event.kind for event in logged(limited).audit_events()) == ["export", "export", "repair"]
        assert app_db.redaction_key() == AppDatabase(place, "here").redaction_key()
        app_db.take_scan_lock("a", now=0.0, lease=30, interval=60)
        for table in ("repair_audit", "access_audit"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET deployment = ''", f"TRUNCATE {table}"):
                with psycopg.connect(role_url) as connection, pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(f"SET search_path = {SCHEMA}; {statement}".encode())
    assert ":app@" not in str(told.value.__cause__)


def test_tables_of_a_newer_version_are_refused(place: PostgresDatabase, app_database_url: str) -> None:
    logged(place)
    with psycopg.connect(app_database_url) as connection:
        connection.execute(f"UPDATE {SCHEMA}.schema_version SET version = 99".encode())
    newer = own_database(app_database_url)
    with closing(newer), pytest.raises(AppDatabaseError, match=f"version 99.*knows none above {len(MIGRATIONS)}"):
        AppDatabase(newer, "here").audit_events()


def test_several_machines_that_come_first_at_once_all_find_the_tables(app_database_url: str) -> None:
    places = [own_database(app_database_url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        keys = set(pool.map(lambda place: AppDatabase(place, "here").redaction_key(), places))
    for place in places:
        place.close()
    assert len(keys) == 1


def test_a_write_that_fails_leaves_nothing_and_the_next_one_works(place: PostgresDatabase) -> None:
    app_db = logged(place)
    with pytest.raises(ZeroDivisionError), place.writing() as connection:
        connection.execute("DELETE FROM view_key")
        connection.execute(
            "INSERT INTO view_key (deployment, key) VALUES (?, ?) ON CONFLICT DO NOTHING", ("here", bytes(32))
        )
        raise ZeroDivisionError
    assert app_db.redaction_key() != bytes(32)
    with pytest.raises(AppDatabaseError, match="can't be used: relation"), place.reading() as connection:
        connection.execute("SELECT * FROM missing")
    assert len(app_db.audit_events()) == 2


def test_a_server_that_is_down_or_silent_is_told_within_the_deadline_and_found_again() -> None:
    with postgres_server(own=True) as server:
        url = server.create_database("own")
        place = PostgresDatabase(url, "postgresql://shown/own", statement_timeout=1, connect_timeout=1)
        app_db = logged(place)
        with server.silent(), pytest.raises(AppDatabaseError, match="shown/own can't be used: .*did not answer"):
            app_db.audit_events()
        server.kill()
        with pytest.raises(AppDatabaseError, match="shown/own can't be used"):
            app_db.keep_event(EXPORT)
        server.start()
        app_db.keep_event(EXPORT)
        assert len(app_db.audit_events()) == 3
        place.close()
