"""The usage index: every figure equals that of the rows, and it follows their changes."""

import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chatdata.domain.dialects import CountName, UnknownCount
from chatdata.domain.imported import ImportedSource
from chatdata.domain.usage import day_bounds, fold
from chatdata.errors import UsageIndexError
from chatdata.services import usage
from chatdata.services.session_stores import SessionStores
from chatdata.services.usage import indexing, usage_reader
from chatdata.services.usage.indexing import IndexRenewal, renew_index
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.database import Database, SessionFilter
from chatdata.stores.usage_index import IndexFilter, UsageIndex, reading, writing
from tests.support.builders import DIALECTS, database_url, fill, new_session
from tests.support.usage_rows import (
    BACK,
    COUNTS,
    NOT_JSON,
    ODD_COUNTS,
    ODD_TIMES,
    RESULTS,
    TIMES,
    TITLES,
    TOOL_CALLS,
    USERS,
    MessageSpec,
    SessionSpec,
    allow_null_totals,
    as_json,
    call,
    refill,
    specs,
)

ALL = SessionFilter()
FEW = settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MODEL = "gpt-4o"


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(database_url(dialect, request, tmp_path), write=True)) as database:
        allow_null_totals(database)
        yield database


@pytest.fixture
def stores(database: Database, tmp_path: Path) -> SessionStores:
    index = UsageIndex(tmp_path / "own", "here")
    return SessionStores(database, None, app_db=AppDatabase(tmp_path / "own", "here"), usage_index=index)


@pytest.fixture
def sqlite_stores(tmp_path: Path) -> Iterator[SessionStores]:
    with closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)) as database:
        database.facts()
        yield SessionStores(database, None, usage_index=UsageIndex(tmp_path / "own", "here"))


def _index(stores: SessionStores) -> UsageIndex:
    assert stores.usage_index is not None
    return stores.usage_index


def questions(where: SessionFilter) -> dict[str, Callable[[SessionStores], Any]]:
    """Every question that the index answers."""
    return {
        "overview": lambda stores: usage.overview(stores, where, MODEL),
        "totals": lambda stores: usage.totals(stores, where),
        "users": lambda stores: usage.by_user(stores, where, 2, MODEL),
        "all users": lambda stores: usage.by_user(stores, where),
        "most tokens": lambda stores: usage.largest_sessions(stores, where, "tokens", 3),
        "most messages": lambda stores: usage.largest_sessions(stores, where, "messages", 3),
        "spread": lambda stores: usage.spread(stores, where, MODEL),
        "scatter": lambda stores: usage.scatter(stores, where, 1),
        "many points": lambda stores: usage.scatter(stores, where, 50),
        "tools": lambda stores: usage.by_tool(stores, where),
        "models": lambda stores: usage.by_model(stores, where, MODEL),
    }


@st.composite
def filters(draw: st.DrawFn) -> SessionFilter:
    """What the page and the command line can ask for, with days of several time zones."""
    zone = ZoneInfo(draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])))
    days = st.none() | st.dates(date(2026, 3, 28), date(2026, 3, 30))
    since, until = day_bounds(draw(days), None, zone)[0], day_bounds(None, draw(days), zone)[1]
    users = st.none() | st.frozensets(st.sampled_from([None, "ana", "Ana", "zoë", "", "nobody"]), max_size=3)
    chosen = SessionFilter(started_since=since, started_until=until, user_ids=draw(users))
    who = draw(st.sampled_from([{}, {}, {"user_id": "ana"}, {"without_user": True}]))
    return replace(chosen, **who)


def without_time(answer: Any) -> Any:
    return [replace(one, as_of=None) if hasattr(one, "as_of") else one for one in _as_list(answer)]


def _as_list(answer: Any) -> list[Any]:
    return list(answer) if isinstance(answer, tuple) else [answer]


def from_rows(stores: SessionStores) -> SessionStores:
    return replace(stores, usage_index=None)


def assert_equal_answers(stores: SessionStores, where: SessionFilter, renewal: IndexRenewal) -> None:
    with reading(_index(stores)):  # DuckDB opens a file that is open already faster
        for name, ask in questions(where).items():
            found = ask(stores)
            assert found.as_of == renewal.as_of, f"{name} did not come from the index"
            assert without_time(found) == without_time(ask(from_rows(stores))), (name, where)


@FEW
@given(data=st.data())
def test_every_figure_of_the_index_is_that_of_the_rows(
    dialect: str, stores: SessionStores, data: st.DataObject
) -> None:
    database, given_rows = stores.require_database(), data.draw(specs(dialect))
    refill(database, dialect, given_rows)
    for at in range(len(given_rows)):
        names: list[CountName] = data.draw(st.lists(st.sampled_from(["prompt", "completion"]), unique=True, max_size=2))
        unknown = tuple(UnknownCount(one, "usage", "it is null") for one in names)
        assert stores.app_db is not None
        stores.app_db.keep_imported([ImportedSource(f"s-{at:02}", "openai-chat", BACK, unknown=unknown)])
    renewal = renew_index(stores)
    assert (renewal.status, renewal.sessions) == ("finished", len(given_rows))
    assert_equal_answers(stores, data.draw(st.just(ALL) | filters()), renewal)


def corpus(dialect: str) -> list[SessionSpec]:
    """Every time, count, user, content and form of calls, and a tool whose results have an even number."""
    times = (*TIMES, *ODD_TIMES[dialect])
    counts = (*COUNTS, None, *(ODD_COUNTS if dialect == "sqlite" else ()))
    calls = (*TOOL_CALLS, *(NOT_JSON if dialect == "sqlite" else ()))
    roles, ids = ("assistant", "tool", "user", "tool"), ("a", "b", None, "x", "c")
    found = []
    for at in range(max(map(len, (times, counts, calls)))):
        messages = tuple(
            MessageSpec(
                roles[n % 4], RESULTS[(at + n) % len(RESULTS)], ids[(at + n) % 5], calls[(at + 3 * n) % len(calls)]
            )
            for n in range(at % 7)
        )
        tokens = counts[at % len(counts)], counts[(at // 2 + 3) % len(counts)]
        found.append(SessionSpec(times[at % len(times)], USERS[at % len(USERS)], TITLES[0], *tokens, messages))
    answers = [MessageSpec("tool", content, "a", None) for content in ("x", "xxxxx", '{"type":"error"}', "xxxxxxx")]
    asked = MessageSpec("assistant", None, None, as_json([call("measure")]))
    return [*found, SessionSpec(TIMES[3], "ana", TITLES[3], 5, 5, (asked, *answers))]


def in_zone(name: str, first: int | None, last: int | None, **more: Any) -> SessionFilter:
    """The days of March 2026 in a time zone."""
    days = [None if day is None else date(2026, 3, day) for day in (first, last)]
    since, until = day_bounds(days[0], days[1], ZoneInfo(name))
    return SessionFilter(started_since=since, started_until=until, **more)


FILTERS = (
    ALL,
    in_zone("Europe/Berlin", None, 28),
    in_zone("Asia/Kathmandu", 29, None, user_ids=frozenset({None, "ana", "nobody"})),
    SessionFilter(user_id="ana"),
)


def test_every_kind_of_row_counts_alike_in_index_and_rows(dialect: str, stores: SessionStores) -> None:
    rows = corpus(dialect)
    refill(stores.require_database(), dialect, rows)
    assert stores.app_db is not None
    for at, names in ((2, ("prompt",)), (4, ("completion",)), (9, ("prompt", "completion"))):
        unknown = tuple(UnknownCount(one, "usage", "it is null") for one in names)  # type: ignore[arg-type]
        stores.app_db.keep_imported([ImportedSource(f"s-{at:02}", "openai-chat", BACK, unknown=unknown)])
    renewal = renew_index(stores)
    assert (renewal.sessions, renewal.messages) == (len(rows), sum(len(row.messages) for row in rows))
    for where in FILTERS:
        assert_equal_answers(stores, where, renewal)
    measured = {tool.name: tool for tool in usage.by_tool(stores, ALL).tools}["measure"]
    assert (measured.results, measured.failures, measured.median_characters) == (4, 1, 5)


def test_days_of_a_time_zone_are_folded_from_the_index(dialect: str, stores: SessionStores) -> None:
    times = ("2026-03-28 22:59:59.999", "2026-03-28 23:00:00.000", "2026-03-29 18:14:59.999", "2026-03-29 18:15:00.000")
    refill(stores.require_database(), dialect, [SessionSpec(at, "ana", None, 3, 4, ()) for at in times])
    renew_index(stores)
    for zone, days in (("Europe/Berlin", [1, 3]), ("Asia/Kathmandu", [3, 1]), ("UTC", [2, 2])):
        folded = fold(usage.overview(stores, ALL).quarters, ZoneInfo(zone), "day")
        assert [day.amounts.sessions for day in folded] == days


def test_models_that_messages_name_are_indexed(dialect: str, stores: SessionStores) -> None:
    database = stores.require_database()
    with database.writing() as connection:
        connection.execute(text('ALTER TABLE "ChatMessage" ADD COLUMN model TEXT'))
    database.facts()
    names = ([], ["gpt-4o"], ["gpt-4o", "gpt-4o-mini"], ["unheard-of"], ["gpt-4o-mini", ""])
    messages = [tuple(MessageSpec("assistant", "hi", None, None, model) for model in some) for some in names]
    rows = [SessionSpec("2026-03-29 12:00:00.000", "ana", None, 100, 10, some) for some in messages]
    refill(database, dialect, rows)
    assert_equal_answers(stores, ALL, renew_index(stores))


ODD_ROWS = (
    """INSERT INTO "ChatSession" (id, "userId", "totalPromptTokens") VALUES (X'FF00', X'616E61', 7)""",
    """INSERT INTO "ChatSession" (id, "userId", "totalPromptTokens") VALUES (CAST(X'FF' AS TEXT), 'ana', 8)""",
    """INSERT INTO "ChatSession" (id, "userId", "totalPromptTokens") VALUES (CAST(X'FE' AS TEXT), 'ana', 'x')""",
    """INSERT INTO "ChatSession" (id, "userId") VALUES (CAST(X'410042' AS TEXT), 'bob')""",
    """INSERT INTO "ChatMessage" (id, "sessionId", role, sequence) VALUES ('m-1', X'FF00', 'assistant', 'x')""",
    """INSERT INTO "ChatMessage" (id, "sessionId", role, sequence)
       VALUES ('m-2', CAST(X'FF' AS TEXT), 'assistant', 0)""",
    """INSERT INTO "ChatMessage" (id, "sessionId", role, sequence, "toolCallId", content)
       VALUES (X'AB', CAST(X'FE' AS TEXT), 'tool', 1, 'a', '{"type":"error"}')""",
)


def test_ids_that_are_bytes_or_not_utf_8_count_alike_and_are_renewed(sqlite_stores: SessionStores) -> None:
    database = sqlite_stores.require_database()
    with database.writing() as connection:
        for statement in ODD_ROWS:
            connection.execute(text(statement))
    fill(database, new_session("plain", usage=[(9, 1)]))
    first = renew_index(sqlite_stores)
    assert (first.sessions, first.counted) == (5, 5)
    assert renew_index(sqlite_stores).counted == 0
    with database.writing() as connection:
        connection.execute(text('UPDATE "ChatSession" SET "totalPromptTokens" = 1, "updatedAt" = 5'))
    renewal = renew_index(sqlite_stores)
    assert (renewal.counted, renewal.removed) == (5, 0)
    assert_equal_answers(sqlite_stores, ALL, renewal)
    assert_equal_answers(sqlite_stores, SessionFilter(user_ids=frozenset({"ana"})), renewal)


def test_a_user_that_is_not_utf_8_leaves_usage_to_the_rows(sqlite_stores: SessionStores) -> None:
    renew_index(sqlite_stores)
    with sqlite_stores.require_database().writing() as connection:
        connection.execute(text("INSERT INTO \"ChatSession\" (id, \"userId\") VALUES ('s', CAST(X'FF' AS TEXT))"))
    with pytest.raises(UsageIndexError, match="isn't valid UTF-8"):
        renew_index(sqlite_stores)
    assert sqlite_stores.usage_index is not None
    assert not sqlite_stores.usage_index.exists
    assert usage.totals(sqlite_stores, ALL).amounts.sessions == 1


def test_messages_without_a_session_leave_usage_by_tool_to_the_rows(sqlite_stores: SessionStores) -> None:
    database = sqlite_stores.require_database()
    fill(database, new_session("s"))
    with database.writing() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        calls = as_json([call()])
        connection.execute(
            text(
                'INSERT INTO "ChatMessage" (id, "sessionId", role, sequence, "toolCalls") '
                "VALUES ('m', 'gone', 'assistant', 0, :calls)"
            ),
            {"calls": calls},
        )
    renewal = renew_index(sqlite_stores)
    assert without_time(usage.by_tool(sqlite_stores, ALL)) == without_time(usage.by_tool(from_rows(sqlite_stores), ALL))
    assert usage.by_tool(sqlite_stores, ALL).tools != ()
    ana = SessionFilter(user_id="ana")
    assert usage.by_tool(sqlite_stores, ana).as_of == renewal.as_of


def test_what_only_the_rows_tell_is_answered_by_the_rows(sqlite_stores: SessionStores) -> None:
    fill(sqlite_stores.require_database(), new_session("s", title="Reset the password", usage=[(5, 1)]))
    renewal = renew_index(sqlite_stores)
    for where in (
        SessionFilter(words="password"),
        SessionFilter(only_ids=frozenset({"s"})),
        SessionFilter(min_tokens=1),
    ):
        found = usage.totals(sqlite_stores, where)
        assert found.amounts.sessions == 1
        assert found.as_of != renewal.as_of
    words = usage.by_title_word(sqlite_stores, ALL, model=MODEL).words
    cost = usage.overview(sqlite_stores, ALL, MODEL).totals.cost
    assert cost
    assert {word.word: word.cost for word in words} == {"reset": cost, "password": cost}
    assert len(usage.largest_sessions(sqlite_stores, ALL, limit=2**31 - 1).sessions) == 1


@pytest.fixture
def three(sqlite_stores: SessionStores) -> SessionStores:
    for number in range(3):
        session = new_session(f"s-{number}", user_id="ana", usage=[(10 * number, 1)], messages=3)
        fill(sqlite_stores.require_database(), session)
    return sqlite_stores


def change(stores: SessionStores, *statements: str) -> None:
    with stores.require_database().writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_changed_new_and_deleted_sessions_are_renewed_and_no_others(three: SessionStores) -> None:
    assert renew_index(three).counted == 3
    change(
        three,
        """UPDATE "ChatSession" SET "updatedAt" = '2026-11-03 00:00:00.000' WHERE id = 's-0'""",
        """DELETE FROM "ChatMessage" WHERE "sessionId" = 's-0' AND sequence = 2""",
        """DELETE FROM "ChatSession" WHERE id = 's-1'""",
    )
    fill(three.require_database(), new_session("s-3", usage=[(5, 5)]))
    renewal = renew_index(three)
    assert (renewal.sessions, renewal.counted, renewal.removed) == (3, 2, 1)
    assert_equal_answers(three, ALL, renewal)


def test_totals_that_change_without_an_update_time_are_renewed(three: SessionStores) -> None:
    renew_index(three)
    change(three, """UPDATE "ChatSession" SET "totalPromptTokens" = 77, "userId" = 'zoë' WHERE id = 's-2'""")
    renewal = renew_index(three)
    assert renewal.counted == 1
    assert_equal_answers(three, ALL, renewal)


def test_messages_that_change_without_their_session_are_found_after_some_renewals(
    three: SessionStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SHARES", 3)
    renew_index(three)
    change(three, """DELETE FROM "ChatMessage" WHERE "sessionId" = 's-1' AND sequence = 2""")
    corrected = 0
    for _ in range(3):
        renewal = renew_index(three)
        corrected += renewal.corrected
    assert corrected == 1
    assert_equal_answers(three, ALL, renewal)


def test_a_total_that_an_import_reports_as_unknown_is_renewed(three: SessionStores, tmp_path: Path) -> None:
    stores = replace(three, app_db=AppDatabase(tmp_path / "own", "here"))
    renew_index(stores)
    assert stores.app_db is not None
    unknown = (UnknownCount("prompt", "usage", "it is null"),)
    stores.app_db.keep_imported([ImportedSource("s-2", "openai-chat", BACK, unknown=unknown)])
    renewal = renew_index(stores)
    assert renewal.counted == 1
    assert usage.totals(stores, ALL).amounts.unknown == 1
    assert_equal_answers(stores, ALL, renewal)


def test_an_interrupted_build_goes_on_where_it_was(three: SessionStores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_SESSIONS_AT_ONCE", 1)
    counted: list[int] = []

    def report(done: int, _total: int | None, remark: str) -> None:
        if remark == "sessions counted":
            counted.append(done)

    stopped = renew_index(three, report, lambda: len(counted) == 2)
    assert stopped.status == "stopped"
    assert usage.totals(three, ALL).amounts.sessions == 3
    change(three, """UPDATE "ChatSession" SET "totalPromptTokens" = 3 WHERE id = 's-0'""")
    renewal = renew_index(three)
    assert (renewal.status, renewal.sessions, renewal.counted) == ("finished", 3, 2)
    assert_equal_answers(three, ALL, renewal)


def test_a_build_that_failed_half_way_goes_on_too(three: SessionStores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_SESSIONS_AT_ONCE", 1)

    def fail(_done: int, _total: int | None, remark: str) -> None:
        if remark == "sessions counted":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        renew_index(three, fail)
    assert renew_index(three).counted == 2


def test_only_the_owner_can_read_the_index(three: SessionStores) -> None:
    renew_index(three)
    index = _index(three)
    assert stat.S_IMODE(index.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(index.folder.stat().st_mode) == 0o700
    assert sorted(path.suffix for path in index.folder.iterdir()) == [".duckdb", ".lock"]


def test_a_build_left_half_done_is_private(three: SessionStores) -> None:
    assert renew_index(three, cancelled=lambda: True).status == "stopped"
    for path in _index(three).folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_no_words_are_in_the_index(three: SessionStores) -> None:
    words = ["confidential-title", "confidential-text"]
    fill(three.require_database(), new_session("s-9", title=words[0], messages=3))
    change(three, f"""UPDATE "ChatMessage" SET content = '{words[1]}', name = '{words[1]}', refusal = '{words[1]}'""")
    renew_index(three)
    held = _index(three).path.read_bytes()
    assert b"s-9".hex().upper().encode() in held
    assert not any(word.encode() in held for word in words)


@pytest.mark.parametrize("damage", ["emptied", "cut", "flipped", "overwritten"])
def test_a_damaged_index_is_built_anew_and_never_answers_wrong(three: SessionStores, damage: str) -> None:
    renew_index(three)
    path = _index(three).path
    held = bytearray(path.read_bytes())
    if damage == "flipped":
        held[3 * 4096 :] = bytes(byte ^ 0xFF for byte in held[3 * 4096 :])
    path.write_bytes({"emptied": b"", "cut": bytes(held[:8192]), "overwritten": b"x" * 5000}.get(damage, bytes(held)))
    assert usage.totals(three, ALL).amounts == usage.totals(from_rows(three), ALL).amounts
    renewal = renew_index(three)
    assert renewal.note.endswith(".")
    assert str(path) in renewal.note
    assert renewal.counted == 3
    assert_equal_answers(three, ALL, renewal)


def test_a_damaged_unfinished_build_begins_again(three: SessionStores) -> None:
    assert renew_index(three, cancelled=lambda: True).status == "stopped"
    _index(three).building.write_bytes(b"x" * 5000)
    assert renew_index(three).counted == 3


def test_an_index_of_another_version_is_built_anew(three: SessionStores, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr("chatdata.stores.usage_index.writing.FORMAT", "0")
        renew_index(three)
    assert usage.totals(three, ALL).amounts.sessions == 3
    renewal = renew_index(three)
    assert "another version" in renewal.note
    assert renewal.counted == 3


def test_an_index_of_another_deployment_answers_nothing(three: SessionStores, tmp_path: Path) -> None:
    renew_index(three)
    other = UsageIndex(tmp_path / "own", "elsewhere")
    shutil.copy(_index(three).path, other.path)
    fill(three.require_database(), new_session("s-9"))
    assert usage.totals(replace(three, usage_index=other), ALL).amounts.sessions == 4


def test_an_index_that_was_not_renewed_for_long_is_not_used(three: SessionStores) -> None:
    begun = datetime.now(UTC)
    renewal = renew_index(replace(three, now=lambda: begun))
    fill(three.require_database(), new_session("s-9"))
    for age, sessions in ((usage_reader.OUTDATED_AFTER, 3), (usage_reader.OUTDATED_AFTER + timedelta(seconds=1), 4)):
        found = usage.totals(replace(three, now=lambda age=age: begun + age), ALL)  # type: ignore[misc]
        assert found.amounts.sessions == sessions
        assert (found.as_of == renewal.as_of) == (sessions == 3)


def test_one_process_builds_at_a_time(three: SessionStores) -> None:
    with _index(three).locked() as ours:
        assert ours
        assert renew_index(three).status == "busy"
    assert renew_index(three).status == "finished"


def test_a_reader_reads_the_old_index_to_the_end(three: SessionStores) -> None:
    renew_index(three)
    with reading(_index(three)) as reader:
        fill(three.require_database(), new_session("s-9"))
        renew_index(three)
        assert reader.totals(IndexFilter()).sessions == 3
    assert usage.totals(three, ALL).amounts.sessions == 4


def test_a_folder_that_cannot_be_written_says_so(three: SessionStores) -> None:
    index = UsageIndex(Path("/proc/self"), "here")  # where not even root can make a folder
    with pytest.raises(UsageIndexError, match="can't be written"):
        renew_index(replace(three, usage_index=index))


def test_a_folder_that_is_a_file_says_so(three: SessionStores, tmp_path: Path) -> None:
    (tmp_path / "own").write_text("")
    with pytest.raises(UsageIndexError, match="can't be written"):
        renew_index(three)


def test_the_index_is_small(sqlite_stores: SessionStores) -> None:
    rows = [
        SessionSpec(
            f"2026-{1 + number % 12:02}-{1 + number % 28:02} 12:00:00.000",
            f"u-{number % 50}",
            None,
            number,
            7,
            tuple(
                MessageSpec("tool" if place % 4 == 2 else "assistant", "x" * (number % 700), "a", None)
                for place in range(20)
            ),
        )
        for number in range(1_500)
    ]
    refill(sqlite_stores.require_database(), "sqlite", rows)
    renewal = renew_index(sqlite_stores)
    assert renewal.messages == 30_000
    assert renewal.bytes / renewal.messages <= 60  # DuckDB's blocks of 256 KB weigh more the fewer rows there are
