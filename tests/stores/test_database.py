"""Opening a deployment's database: read-only, without DDL, whatever columns it has."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.engine import make_url

from chatdata.domain.messages import ChatSession, Usage
from chatdata.errors import DatabaseError, DatabaseUnavailable, ReadOnlyError, StatementTimeout
from chatdata.stores.database import Database, SessionFilter, rows
from tests.support import servers
from tests.support.builders import (
    DIALECTS,
    START,
    any_sessions,
    database_url,
    fill,
    message,
    new_session,
    texts,
    tool_call,
)
from tests.support.laws import examples

SECOND = timedelta(seconds=1)

TABLES = """
CREATE TABLE "{schema}"."User" ("id" TEXT PRIMARY KEY, "email" TEXT NOT NULL);
CREATE TABLE "{schema}"."ChatSession" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId" TEXT {user_null} REFERENCES "{schema}"."User"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "title" TEXT,
    "credentials" JSONB NOT NULL DEFAULT '{{}}',
    "successfulAgentRuns" JSONB NOT NULL DEFAULT '{{}}',
    "successfulAgentSchedules" JSONB NOT NULL DEFAULT '{{}}',
    "totalPromptTokens" INTEGER NOT NULL DEFAULT 0,
    "totalCompletionTokens" INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX "ChatSession_userId_updatedAt_idx" ON "{schema}"."ChatSession" ("userId", "updatedAt");
CREATE TABLE "{schema}"."ChatMessage" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sessionId" TEXT NOT NULL REFERENCES "{schema}"."ChatSession"("id") ON DELETE CASCADE,
    "role" TEXT NOT NULL,
    "content" TEXT,
    "name" TEXT,
    "toolCallId" TEXT,
    "refusal" TEXT,
    "toolCalls" JSONB,
    "functionCall" JSONB,
    "sequence" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "ChatMessage_sessionId_sequence_key" ON "{schema}"."ChatMessage" ("sessionId", "sequence");
INSERT INTO "{schema}"."User" VALUES ('u-1', 'ann@example.com');
"""
LATER_COLUMNS = """
CREATE TYPE "{schema}"."Visibility" AS ENUM ('PRIVATE', 'SHARED');
ALTER TABLE "{schema}"."ChatSession"
    ADD "metadata" JSONB NOT NULL DEFAULT '{{}}', ADD "chatStatus" TEXT NOT NULL DEFAULT 'idle',
    ADD "organizationId" TEXT, ADD "teamId" TEXT, ADD "visibility" "{schema}"."Visibility" DEFAULT 'SHARED',
    ADD "isPinned" BOOLEAN DEFAULT true, ADD "isShared" BOOLEAN, ADD "shareToken" TEXT,
    ADD "sharedAt" TIMESTAMP(3) DEFAULT '2026-03-01 08:00:00', ADD "autoShareExecutions" BOOLEAN, ADD "expertId" TEXT;
ALTER TABLE "{schema}"."ChatMessage"
    ADD "durationMs" INTEGER DEFAULT 1200, ADD "metadata" JSONB, ADD "model" TEXT DEFAULT 'opus',
    ADD "routingSource" TEXT, ADD "llmAuthProvider" TEXT, ADD "llmCredentialId" TEXT, ADD "langfuseTraceId" TEXT,
    ADD "ofNextYear" TEXT;
"""
CONTENTS = """
INSERT INTO "{schema}"."ChatSession" ("id", "createdAt", "updatedAt", "userId", "title", "totalPromptTokens")
    VALUES ('s-1', '2026-02-20 10:00:00.123', '2026-02-20 11:00:00', 'u-1', 'Trip', 10);
INSERT INTO "{schema}"."ChatMessage" ("id", "createdAt", "sessionId", "role", "content", "toolCalls", "sequence") VALUES
    ('m-1', '2026-02-20 10:00:01', 's-1', 'assistant', NULL,
     to_jsonb('[{{"id": "call_1", "type": "function", "function": {{"name": "f", "arguments": "{{}}"}}}}]'::text), 1),
    ('m-0', '2026-02-20 10:00:01', 's-1', 'user', 'Hello', NULL, 0),
    ('m-9', '2026-02-20 10:00:02', 's-1', 'critic', '', 'null', 9);
"""
SNAPSHOT = """
SELECT c.oid, c.relname, c.relkind, c.relfilenode, c.relnatts FROM pg_class c JOIN pg_namespace n
ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1
"""


@pytest.fixture(scope="module")
def pg_template() -> str:
    """Without tables: the tests here make their own."""
    return "template0"


class Deployment:
    """Made by raw SQL, as the reference system's migrations do."""

    def __init__(self, url: str, schema: str, *, later: bool, users_may_be_null: bool = False) -> None:
        self.plain_url = url
        self.schema = schema
        self.url = url if schema == "public" else f"{url}?schema={schema}&connection_limit=5&connect_timeout=60"
        if schema != "public":
            self.run(f'CREATE SCHEMA "{schema}"')
        null = "" if users_may_be_null else "NOT NULL"
        for script in (TABLES, LATER_COLUMNS if later else "", CONTENTS):
            self.run(script.format(schema=schema, user_null=null))

    def run(self, statements: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.plain_url, autocommit=True) as connection:
            cursor = connection.execute(statements.encode())
            return cursor.fetchall() if cursor.description else []

    def snapshot(self) -> list[Any]:
        rows = [self.run(f'SELECT t::text FROM "{self.schema}"."{name}" t') for name in ("ChatSession", "ChatMessage")]
        return [self.run(SNAPSHOT), self.run("SELECT nspname FROM pg_namespace ORDER BY 1"), *map(sorted, rows)]


@pytest.fixture(params=["public", "platform"])
def deployment(request: pytest.FixtureRequest, pg_url: str) -> Deployment:
    return Deployment(pg_url, request.param, later=request.param == "platform")


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_url(request.param, request, tmp_path)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(Database.open(url, write=True)) as database:
        yield database


def everything(database: Database) -> None:
    """Each method that reads, once."""
    where = SessionFilter(words='hello "call_1"', min_messages=1, min_tokens=1)
    page = database.page(where)
    database.totals(where)
    database.count_before(where, page.sessions[0].cursor)
    database.users("u")
    database.user_sessions("u-1", 10, 0)
    database.existing(["s-1"])
    database.find_tool_call(["call_1"])
    database.read_copy("s-1")
    database.facts()


# A deployment


def test_a_deployment_is_read_as_it_is(deployment: Deployment) -> None:
    with closing(Database.open(deployment.url)) as database:
        copy = database.read_copy("s-1")
    assert copy is not None
    assert copy.info.started_at == datetime(2026, 2, 20, 10, 0, 0, 123000, tzinfo=UTC)
    assert (copy.info.user_id, copy.info.title, copy.info.usage) == ("u-1", "Trip", [Usage.of(10, 0)])
    assert [(item.position, item.id, item.message.role, item.message.content) for item in copy.messages] == [
        (0, "m-0", "user", "Hello"),
        (1, "m-1", "assistant", None),
        (9, "m-9", "critic", ""),
    ]
    assert [item.message.tool_calls for item in copy.messages] == [None, [tool_call("call_1", "f", "{}")], None]


def test_columns_of_later_versions_are_shown_where_they_are(deployment: Deployment) -> None:
    with closing(Database.open(deployment.url)) as database:
        copy, facts = database.read_copy("s-1"), database.facts()
    assert copy is not None
    if deployment.schema == "public":
        assert (copy.extras, copy.messages[0].extras, facts.optional_columns) == ({}, {}, ())
    else:
        assert copy.extras["visibility"] == "SHARED"
        assert copy.extras["sharedAt"] == datetime(2026, 3, 1, 8, tzinfo=UTC)
        assert (copy.extras["metadata"], copy.extras["isPinned"], copy.extras["isShared"]) == ({}, True, None)
        assert (copy.messages[0].extras["durationMs"], copy.messages[0].extras["model"]) == (1200, "opus")
        assert len(facts.optional_columns) == 18
    assert (facts.schema, facts.sessions, facts.writable) == (deployment.schema, 1, False)
    assert facts.version.startswith("PostgreSQL 1")


def test_looking_at_a_deployment_changes_nothing_in_it(deployment: Deployment) -> None:
    before = deployment.snapshot()
    with closing(Database.open(deployment.url)) as database:
        everything(database)
    assert deployment.snapshot() == before


def test_opening_a_deployment_for_writing_makes_no_table_or_index(deployment: Deployment) -> None:
    before = deployment.snapshot()
    with closing(Database.open(deployment.url, write=True)) as database:
        everything(database)
    assert deployment.snapshot() == before


def test_a_role_that_may_only_select_from_the_two_tables_reads_them(
    deployment: Deployment, postgres: servers.PostgresServer
) -> None:
    with closing(Database.open(as_reader(deployment, postgres))) as database:
        try:
            everything(database)
            with database.reading() as connection:
                assert connection.exec_driver_sql("SELECT current_user").scalar_one().startswith("reader_")
        finally:
            database.close()
            drop_readers(deployment, postgres)


def as_reader(deployment: Deployment, postgres: servers.PostgresServer, extra: str = "") -> str:
    role = f"reader_{secrets.token_hex(4)}"
    schema = deployment.schema
    deployment.run(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
    deployment.run(f'GRANT USAGE ON SCHEMA "{schema}" TO {role}')
    deployment.run(f'GRANT SELECT ON "{schema}"."ChatSession", "{schema}"."ChatMessage" TO {role}')
    if extra:
        deployment.run(extra.format(role=role))
    return make_url(deployment.url).set(username=role, password="x").render_as_string(hide_password=False)


def drop_readers(deployment: Deployment, postgres: servers.PostgresServer) -> None:
    for (role,) in deployment.run("SELECT rolname FROM pg_roles WHERE rolname LIKE 'reader\\_%'"):
        try:
            deployment.run(f"DROP OWNED BY {role}; DROP ROLE {role}")
        except psycopg.errors.DependentObjectsStillExist:  # of the other worker's databases on a given server
            continue


def test_a_role_that_does_not_see_other_tables_makes_none_among_them(
    deployment: Deployment, postgres: servers.PostgresServer
) -> None:
    schema = deployment.schema
    extra = f'REVOKE ALL ON "{schema}"."ChatSession", "{schema}"."ChatMessage" FROM {{role}};'
    extra += f'GRANT CREATE ON SCHEMA "{schema}" TO {{role}}'
    before = deployment.snapshot()
    with closing(Database.open(as_reader(deployment, postgres, extra), write=True)) as database:
        try:
            with pytest.raises(DatabaseUnavailable, match='no table "ChatSession"'):
                database.facts()
            assert deployment.snapshot() == before
        finally:
            database.close()
            drop_readers(deployment, postgres)


def test_sessions_of_early_installs_have_no_user(pg_url: str) -> None:
    deployment = Deployment(pg_url, "public", later=False, users_may_be_null=True)
    deployment.run("""INSERT INTO "ChatSession" ("id") VALUES ('s-null')""")
    with closing(Database.open(pg_url)) as database:
        copy = database.read_copy("s-null")
        users, count = database.users()
        page = database.page(SessionFilter())
    assert copy is not None
    assert copy.info.user_id is None
    assert ({user.user_id for user in users}, count) == ({None, "u-1"}, 2)
    assert {line.user_id for line in page.sessions} == {None, "u-1"}


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "294000-01-01", "4000-01-01 BC"])
def test_times_that_python_has_no_date_for_are_damaged(pg_url: str, moment: str) -> None:
    deployment = Deployment(pg_url, "public", later=True)
    deployment.run(f"""UPDATE "ChatSession" SET "createdAt" = '{moment}', "updatedAt" = '{moment}'""")
    deployment.run(f"""UPDATE "ChatMessage" SET "createdAt" = '{moment}'""")
    with closing(Database.open(pg_url)) as database:
        copy = database.read_copy("s-1")
        everything(database)
    assert copy is not None
    year = 1 if moment.startswith("-") or moment.endswith("BC") else 9999
    assert {copy.info.started_at.year, copy.info.updated_at.year} == {year}
    assert {item.created_at for item in copy.messages} == {None}
    assert [(value.place, value.position) for value in copy.damaged] == [
        ("ChatSession.createdAt", None),
        ("ChatSession.updatedAt", None),
        *(("ChatMessage.createdAt", item.position) for item in copy.messages),
    ]


def test_an_id_with_a_control_character_is_found(pg_url: str) -> None:
    deployment = Deployment(pg_url, "public", later=False)
    deployment.run("""UPDATE "ChatMessage" SET "sessionId" = 's-1'""")
    deployment.run("""INSERT INTO "ChatSession" ("id", "userId") VALUES (E'odd\\x01id', 'u-1')""")
    with closing(Database.open(pg_url)) as database:
        assert database.read_copy("odd\x01id") is not None
        assert database.existing(["odd\x01id"]) == ["odd\x01id"]
        assert database.totals(SessionFilter(only_ids=frozenset({"odd\x01id", "\x00", "\ud800"}))).sessions == 1


# Read-only


@pytest.mark.parametrize(
    "statement",
    [
        """INSERT INTO "ChatSession" ("id", "userId") VALUES ('s-2', 'u-1')""",
        """UPDATE "ChatSession" SET "title" = 'x'""",
        """DELETE FROM "ChatMessage" """,
        "CREATE TABLE other (n int)",
        """DROP TABLE "ChatMessage" """,
    ],
    ids=["insert", "update", "delete", "create", "drop"],
)
@pytest.mark.parametrize("write", [False, True], ids=["read", "write"])
def test_the_database_itself_refuses_to_write_in_a_reading_transaction(url: str, statement: str, write: bool) -> None:
    with closing(Database.open(url, write=True)) as owner:
        fill(owner, new_session(messages=1))
    with closing(Database.open(url, write=write)) as database:
        with (
            pytest.raises(DatabaseError, match="read-only transaction|readonly database"),
            database.reading() as connection,
        ):
            connection.execute(text(statement))
        copy = database.read_copy("s-1")
    assert copy is not None
    assert (copy.info.title, len(copy.messages)) == (None, 1)


def test_without_write_access_writing_and_locking_are_refused_before_anything_is_sent(url: str) -> None:
    with closing(Database.open(url, write=True)) as owner:
        fill(owner)
    with closing(Database.open(url)) as database:
        with pytest.raises(ReadOnlyError, match="INSPECTOR_ACCESS=write"), database.writing():
            pass
        with pytest.raises(ReadOnlyError, match="INSPECTOR_ACCESS=write"), database.session_lock("s-1"):
            pass
        assert not database.writable


def test_one_reading_transaction_sees_one_moment(database: Database) -> None:
    fill(database, new_session("s-1"))
    count = 'SELECT count(*) FROM "ChatSession"'
    with database.reading() as connection:
        before = connection.exec_driver_sql(count).scalar_one()
        fill(database, new_session("s-2"))
        assert connection.exec_driver_sql(count).scalar_one() == before == 1


def test_nobody_adds_to_a_session_that_is_held_for_saving_so_that_its_end_stays(pg_url: str) -> None:
    """Also no writer that takes none of our locks: a new message needs a share of its session's row."""
    insert = "INSERT INTO \"ChatMessage\" (id, \"sessionId\", role, sequence) VALUES (%s, 's-1', 'user', 2)"
    with closing(Database.open(pg_url, write=True)) as database, psycopg.connect(pg_url, autocommit=True) as other:
        fill(database, new_session(messages=2))
        other.execute("SET lock_timeout = '50ms'")
        with database.writing() as connection:
            held = rows.hold_session(connection, "s-1")
            assert held is not None
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(insert, ["m-1"])
            rows.append_messages(connection, "s-1", [message()], START, held.end)
        with pytest.raises(psycopg.errors.UniqueViolation):
            other.execute(insert, ["m-2"])
        copy = database.read_copy("s-1")
    assert copy is not None
    assert [item.position for item in copy.messages] == [0, 1, held.end] == [0, 1, 2]


# Tables


def test_in_an_empty_database_tables_are_made_where_writing_is_allowed(url: str) -> None:
    with closing(Database.open(url, write=True)) as database:
        facts = database.facts()
    assert (facts.sessions, facts.writable, facts.optional_columns) == (0, True, ())


def test_many_that_open_an_empty_database_at_once_make_its_tables_once(url: str) -> None:
    together = threading.Barrier(4)

    def open_one(_: int) -> int:
        with closing(Database.open(url, write=True)) as database:
            together.wait()
            return database.facts().sessions

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_one, range(4))) == [0, 0, 0, 0]


def test_a_schema_that_is_missing_in_an_empty_database_is_made_too(pg_url: str) -> None:
    with closing(Database.open(f"{pg_url}?schema=plat form", write=True)) as database:
        fill(database, new_session(messages=2))
        copy = database.read_copy("s-1")
    assert copy is not None
    assert len(copy.messages) == 2
    with psycopg.connect(pg_url) as connection:
        assert connection.execute('SELECT count(*) FROM "plat form"."ChatMessage"').fetchone() == (2,)


def test_a_mistyped_schema_of_a_deployment_makes_nothing_even_with_write_access(deployment: Deployment) -> None:
    before = deployment.snapshot()
    for write in (False, True):
        with closing(Database.open(f"{deployment.plain_url}?schema=platfrom", write=write)) as database:
            with pytest.raises(DatabaseUnavailable, match='no table "ChatSession" in schema platfrom.*schema='):
                database.facts()
            with pytest.raises(DatabaseUnavailable, match="platfrom"):
                database.read_copy("s-1")
    assert deployment.snapshot() == before


def test_an_empty_database_stays_empty_when_it_may_only_be_read(url: str) -> None:
    if url.startswith("sqlite"):
        sqlite3.connect(make_url(url).database or "").close()
        Path(make_url(url).database or "").touch()
    with closing(Database.open(url)) as database, pytest.raises(DatabaseUnavailable, match='no table "ChatSession"'):
        database.facts()
    with closing(Database.open(url, write=True)) as database, database.reading() as connection:
        assert connection.exec_driver_sql('SELECT count(*) FROM "ChatSession"').scalar_one() == 0


def test_no_table_is_made_in_a_database_that_holds_others_even_with_write_access(url: str) -> None:
    make_foreign_table(url)
    for write in (False, True):
        with closing(Database.open(url, write=write)) as database:
            with pytest.raises(DatabaseUnavailable, match='no table "ChatSession"'):
                database.facts()
            with pytest.raises(DatabaseError, match="ChatSession"), database.writing() if write else database.reading():
                pass


def make_foreign_table(url: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.execute("CREATE TABLE customers (n int)")
    else:
        with psycopg.connect(url) as server:
            server.execute("CREATE TABLE customers (n int)")


def test_tables_of_the_same_names_with_other_columns_are_no_deployment(url: str) -> None:
    statement = 'CREATE TABLE "ChatSession" (id int, title text)'
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            connection.execute(statement)
    else:
        with psycopg.connect(url) as server:
            server.execute(statement)
    with (
        closing(Database.open(url, write=True)) as database,
        pytest.raises(DatabaseUnavailable, match=r'"ChatSession".*lacks createdAt, credentials.*not a chat deployment'),
    ):
        database.facts()


# Failures are sentences


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hush-hush@127.0.0.1:1/chat?connect_timeout=1",
        "postgresql://ann:hush-hush@no-such-host.invalid/chat?schema=platform",
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_a_server_that_cannot_be_reached_is_a_sentence_without_the_password(url: str, write: bool) -> None:
    with closing(Database.open(url, write=write)) as database, pytest.raises(DatabaseUnavailable) as raised:
        database.read_copy("s-1")
    assert "can't be reached" in str(raised.value)
    assert "hush-hush" not in texts(raised.value)
    assert "\n" not in str(raised.value)


def test_a_database_that_the_server_does_not_have_is_a_sentence(postgres: servers.PostgresServer) -> None:
    with closing(Database.open(postgres.url("nowhere"))) as database:
        with pytest.raises(DatabaseUnavailable, match="nowhere.*does not exist"):
            database.facts()


@pytest.mark.parametrize("write", [False, True])
def test_a_file_that_is_no_database_is_a_sentence_and_stays_as_it_is(tmp_path: Path, write: bool) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(b"these are no pages of a database" * 100)
    with closing(Database.open(f"sqlite:///{path}", write=write)) as database:
        with pytest.raises(DatabaseUnavailable, match="chat.db"):
            database.facts()
    assert path.read_bytes() == b"these are no pages of a database" * 100


def test_a_missing_file_is_a_sentence_and_is_not_made_when_it_may_only_be_read(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}")) as database:
        with pytest.raises(DatabaseUnavailable, match="chat.db"):
            database.facts()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_sentence_at_the_first_use(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with closing(Database.open(f"sqlite:///{tmp_path / 'file' / 'chat.db'}", write=True)) as database:
        with pytest.raises(DatabaseUnavailable, match="chat.db"):
            database.facts()
        with pytest.raises(DatabaseUnavailable, match="chat.db"), database.session_lock("s-1"):
            pass


def test_a_statement_that_takes_too_long_is_stopped_and_says_what_to_do(url: str) -> None:
    with closing(Database.open(url, write=True)) as owner:
        fill(owner, new_session(messages=[message("user", "x" * 30_000)] * 1000))
    with closing(Database.open(url, statement_timeout=0.02)) as database:
        connect_first(database)
        with pytest.raises(StatementTimeout, match="INSPECTOR_STATEMENT_TIMEOUT"):
            database.page(SessionFilter(words="ไม่มี"))
        assert database.existing(["s-1"]) == ["s-1"]


def connect_first(database: Database) -> None:
    """The look for tables has the same timeout and may need longer the first time."""
    for _ in range(100):
        try:
            database.facts()
        except StatementTimeout:
            continue
        return
    raise AssertionError("the tables were never found in time")


@pytest.mark.parametrize("session_id", ["", "nobody", "a\x00b", "\x00", "\ud800", "x" * 100_000, "'; DROP TABLE x"])
def test_ids_that_no_row_has_find_nothing(database: Database, session_id: str) -> None:
    fill(database, new_session())
    assert database.read_copy(session_id) is None
    assert database.existing([session_id, "s-1"]) == ["s-1"]
    assert database.find_tool_call([session_id]) is None
    assert database.user_sessions(session_id, 10, 0) == ([], 0)
    ids = frozenset({session_id})
    assert database.totals(SessionFilter(only_ids=ids)).sessions == 0
    assert database.totals(SessionFilter(without_ids=ids)).sessions == 1


# What was stored comes back


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_sessions)
def test_what_was_stored_comes_back(database: Database, session: ChatSession) -> None:
    clean = session.sanitize().model_copy(update={"session_id": secrets.token_hex()})
    fill(database, clean)
    copy = database.read_copy(clean.session_id)
    assert copy is not None
    stored = copy.session()
    assert stored.messages == clean.messages
    assert [item.position for item in copy.messages] == list(range(len(clean.messages)))
    assert (stored.title, stored.user_id, stored.credentials) == (clean.title, clean.user_id, clean.credentials)
    assert (stored.prompt_tokens, stored.completion_tokens) == (clean.prompt_tokens, clean.completion_tokens)
    assert timedelta() <= clean.started_at - stored.started_at < timedelta(milliseconds=1)
    assert stored.loaded.messages == len(clean.messages)


def test_a_message_of_5_mb_and_10000_messages_come_back(database: Database) -> None:
    fill(database, new_session(messages=[message("tool", "ไ" * 1_700_000), *[message("user", "x")] * 9_999]))
    copy = database.read_copy("s-1")
    assert copy is not None
    assert (len(copy.messages), len(copy.messages[0].message.content or "")) == (10_000, 1_700_000)


def test_a_rollback_leaves_nothing(database: Database) -> None:
    fill(database, new_session(messages=1))
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(text('DELETE FROM "ChatMessage"'))
        raise RuntimeError
    copy = database.read_copy("s-1")
    assert copy is not None
    assert len(copy.messages) == 1


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("2026-02-20 10:00:00.123", START),
        ("2026-02-20T10:00:00.123Z", START),
        ("2026-02-20T12:00:00.123+02:00", START),
        (int(START.timestamp() * 1000), START),
        ("long ago", datetime(1970, 1, 1, tzinfo=UTC)),
        ("", datetime(1970, 1, 1, tzinfo=UTC)),
        (10**17, datetime(1970, 1, 1, tzinfo=UTC)),
        (b"\xff", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_as_other_programs_write_them_into_sqlite(tmp_path: Path, stored: Any, expected: datetime) -> None:
    path = tmp_path / "chat.db"
    make_prisma_like(path)
    with closing(Database.open(f"sqlite:///{path}", write=True)) as database:
        fill(database, new_session(messages=1))
        with closing(sqlite3.connect(path)) as other, other:
            other.execute('UPDATE "ChatSession" SET "createdAt" = ?, "updatedAt" = ?', (stored, stored))
            other.execute('UPDATE "ChatMessage" SET "createdAt" = ?', (stored,))
        copy = database.read_copy("s-1")
        (line,) = database.page(SessionFilter()).sessions
        ((user,), _) = database.users()
    assert copy is not None
    assert copy.info.started_at == line.started_at == user.first_seen == expected
    assert copy.info.updated_at == line.updated_at == user.last_seen == expected


def make_prisma_like(path: Path) -> None:
    """Our tables with DATETIME columns, which keep numbers as numbers."""
    with closing(Database.open(f"sqlite:///{path.with_name('ours.db')}", write=True)) as ours, ours.reading() as rows:
        statements = rows.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").scalars().all()
    with closing(sqlite3.connect(path)) as theirs:
        for statement in statements:
            theirs.execute(statement.replace('At" TEXT', 'At" DATETIME'))


@pytest.mark.parametrize(
    ("column", "stored", "read"),
    [
        ("toolCalls", "[" * 50_000, ["[" * 50_000]),
        ("toolCalls", "not JSON", ["not JSON"]),
        ("toolCalls", "5", [5]),
        ("toolCalls", "NaN", None),
        ("functionCall", "12345678901234567890123", None),
        ("content", "nul\x00\x1b", "nul\x00\x1b"),
    ],
)
def test_whatever_sqlite_holds_is_read(tmp_path: Path, column: str, stored: str, read: Any) -> None:
    path = tmp_path / "chat.db"
    with closing(Database.open(f"sqlite:///{path}", write=True)) as database:
        fill(database, new_session(messages=1))
        with closing(sqlite3.connect(path)) as other, other:
            other.execute(f'UPDATE "ChatMessage" SET "{column}" = ?', (stored,))
        copy = database.read_copy("s-1")
    assert copy is not None
    if read is not None:
        found = copy.messages[0].message
        assert {"toolCalls": found.tool_calls, "content": found.content}[column] == read


def test_bytes_in_sqlite_that_are_no_utf8_are_shown_with_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(Database.open(f"sqlite:///{path}", write=True)) as database:
        fill(database, new_session(messages=1))
        with closing(sqlite3.connect(path)) as other, other:
            other.execute('UPDATE "ChatMessage" SET "content" = CAST(? AS TEXT)', (b"caf\xe9",))
        copy = database.read_copy("s-1")
    assert copy is not None
    assert copy.messages[0].message.content == "caf\ufffd"


def test_a_deep_json_column_of_postgresql_is_read(pg_url: str) -> None:
    deployment = Deployment(pg_url, "public", later=False)
    deployment.run("""UPDATE "ChatMessage" SET "toolCalls" = (repeat('[', 3000) || repeat(']', 3000))::jsonb""")
    with closing(Database.open(pg_url)) as database:
        copy = database.read_copy("s-1")
    assert copy is not None
    assert copy.messages[0].message.tool_calls == ["[" * 3000 + "]" * 3000]


def test_every_transaction_of_a_reader_is_read_only_from_its_first_statement() -> None:
    """The driver's own questions too: what version it is, which types there are."""
    with servers.postgres_server(own=True) as server:
        with closing(Database.open(server.create_database("made"), write=True)) as writer:
            fill(writer, new_session(messages=2))
        server.run("ALTER SYSTEM SET log_statement = 'all'")
        server.run("ALTER SYSTEM SET log_line_prefix = '%a|'")
        server.run("SELECT pg_reload_conf()")
        before = len(server.log())
        with closing(Database.open(server.url("made"))) as reader:
            reader.facts()
            reader.page(SessionFilter(), None, "older", 10)
            reader.read_copies(["s-1"])
            with reader.usage() as usage:
                usage.totals(SessionFilter())
        said = [line for line in server.log()[before:].splitlines() if line.startswith("conversation-inspector|")]
        begun = [line.upper() for line in said if "BEGIN" in line.upper() or "START TRANSACTION" in line.upper()]
        assert len(begun) >= 4
        assert [line for line in begun if "READ ONLY" not in line] == []
