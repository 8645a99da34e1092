"""Databases that tests use one after the other, since making one takes longer than most tests."""

import secrets
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.support.servers import PostgresServer

_SCHEMAS = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
_STRUCTURE = f"""
WITH schemas AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE {_SCHEMAS}),
tables AS (SELECT c.* FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace)
SELECT string_agg(part, chr(10) ORDER BY part) FROM (
    SELECT s::text AS part FROM schemas s
    UNION ALL SELECT concat_ws(' ', relname, relkind, relowner, relacl, relrowsecurity, relispopulated, reloptions)
        FROM tables
    UNION ALL SELECT concat_ws(' ', attrelid, attname, atttypid, attnotnull, attisdropped, attacl)
        FROM pg_attribute WHERE attrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT concat_ws(' ', adrelid, adnum, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
    UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT concat_ws(' ', conrelid, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE conrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT concat_ws(' ', polrelid, polname) FROM pg_policy
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM tables)
    UNION ALL SELECT concat_ws(' ', proname, prosrc, proacl)
        FROM pg_proc WHERE pronamespace IN (SELECT oid FROM schemas)
    UNION ALL SELECT concat_ws(' ', typname, typtype) FROM pg_type WHERE typnamespace IN (SELECT oid FROM schemas)
    UNION ALL SELECT e::text FROM pg_enum e
    UNION ALL SELECT extname FROM pg_extension
    UNION ALL SELECT evtname FROM pg_event_trigger
    UNION ALL SELECT pubname FROM pg_publication
    UNION ALL SELECT d::text FROM pg_default_acl d
    UNION ALL SELECT concat_ws(' ', datdba, datacl, datconnlimit, datallowconn)
        FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT s::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE datname = current_database()
) parts
"""
"""Whatever a test may change beside the rows."""
_TABLES = f"""
SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE relkind IN ('r', 'p') AND {_SCHEMAS}
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class _Made:
    name: str
    structure: str


class Databases:
    """Databases of a server. One that a test left with other tables, rights or settings is dropped."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._free: dict[str, list[_Made]] = defaultdict(list)

    @contextmanager
    def database(self, template: str) -> Iterator[str]:
        """The URL of a database like the template, which nobody else uses."""
        made = self._free[template].pop() if self._free[template] else self._make(template)
        yield self._server.url(made.name)
        if self._emptied(made):
            self._free[template].append(made)
        else:
            self._server.drop_database(made.name)

    def _make(self, template: str) -> _Made:
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self._server.create_database(name, template), autocommit=True) as connection:
            return _Made(name, _structure(connection))

    def _emptied(self, made: _Made) -> bool:
        """Whether it is again as it was made; ends the connections to it."""
        try:
            with psycopg.connect(self._server.url(made.name), autocommit=True, connect_timeout=5) as connection:
                connection.execute(_END_OTHERS)
                if _structure(connection) != made.structure:
                    return False
                if tables := [sql.Identifier(*names) for names in connection.execute(_TABLES)]:
                    connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
        except psycopg.Error:
            return False
        return True


def _structure(connection: psycopg.Connection[tuple[str, ...]]) -> str:
    row = connection.execute(_STRUCTURE.encode()).fetchone()
    assert row is not None
    return row[0] or ""
