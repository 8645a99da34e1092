"""Scans on real servers: they find what is planted, and do not report sessions being written."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chatdata.domain.copies import Copies, Expiry
from chatdata.domain.document import copy_of, encode
from chatdata.domain.drift import compare
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.errors import NotConfigured
from chatdata.services.connect import connect
from chatdata.services.demo import demo_sessions
from chatdata.services.demo.seeding import seed_demo
from chatdata.services.scan import MOST_LOOKS, Consistency, ScanResult, scan, scan_from, scan_json
from chatdata.services.scan.fast_path import surely_same
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions import ChatSessions
from chatdata.settings.stores import RedisSettings, Settings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database, PlainRows, rows
from chatdata.stores.database.rows import message_row, stored_copy
from tests.support import servers
from tests.support.builders import (
    DIALECTS,
    START,
    any_messages,
    any_sessions,
    database_url,
    document,
    document_bytes,
    fill,
    json_values,
    message,
    new_session,
    talk,
    tool_call,
)
from tests.support.laws import examples


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(database_url(request.param, request, tmp_path), write=True)) as database:
        database.facts()
        yield database


@pytest.fixture
def cache(redis_url: str) -> Iterator[SessionCache]:
    with closing(SessionCache(RedisSettings(url=redis_url), session_ttl=43_200, write=True)) as cache:
        yield cache


@pytest.fixture
def sessions(database: Database, cache: SessionCache) -> ChatSessions:
    return ChatSessions(SessionStores(database, cache))


class Time:
    """A clock that only a sleep moves; `then` is done at the first one, `each` at every one."""

    def __init__(
        self, then: Callable[[], object] = lambda: None, each: Callable[[int], object] = lambda _number: None
    ) -> None:
        self.seconds = 0.0
        self.naps = 0
        self._then, self._each = then, each

    def elapsed(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        if not self.naps:
            self._then()
        self._each(self.naps)
        self.naps += 1
        self.seconds += 100.0


def scanned(sessions: ChatSessions, time: Time | None = None, **options: Any) -> ScanResult:
    time = time or Time()
    return scan(sessions.stores, elapsed=time.elapsed, sleep=time.sleep, **options)


def both(sessions: ChatSessions, *made: ChatSession) -> None:
    """The same in both stores."""
    assert sessions.stores.database is not None
    assert sessions.stores.cache is not None
    fill(sessions.stores.database, *made)
    for session in made:
        sessions.stores.cache.put(session)


def kinds(result: ScanResult) -> dict[str, set[str]]:
    return {one.session_id: {finding.kind for finding in one.every_finding} for one in result.sessions}


# --- what is found --------------------------------------------------------------------------------------


def test_the_demo_has_what_was_planted_and_nothing_else(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    demo = [item for item in demo_sessions(now) if item.document is not None]
    planted = {item.session.session_id: set(item.planted) for item in demo}
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path)})) as connected:
        seed_demo(connected, now)
        result = scan(connected.stores, grace=0.2)
    assert result.status == "finished"
    assert result.whole
    assert result.cached_keys == result.compared == len(demo)
    listed = kinds(result)
    assert {name: found for name, found in listed.items() if found != planted[name]} == {}
    unlisted = {name: found for name, found in planted.items() if found and name not in listed}
    assert all(found <= {"no_expiry", "orphan_tool_result"} for found in unlisted.values())
    assert set(result.findings_by_kind) == set().union(*planted.values())
    assert result.messages_at_risk == sum(result.at_risk_by_hour.values()) == 28
    assert [one.findings[0].severity for one in result.sessions] == sorted(
        (one.findings[0].severity for one in result.sessions), key=["critical", "high", "medium"].index
    )
    assert result.uncached == sum(item.document is None for item in demo_sessions(now))
    assert all(
        finding.cache_value is finding.database_value is None for one in result.sessions for finding in one.findings
    )


def test_each_status_is_counted(sessions: ChatSessions, valkey: servers.ValkeyServer) -> None:
    assert sessions.stores.database is not None
    assert sessions.stores.cache is not None
    same = [new_session(f"same-{number}", messages=number % 4) for number in range(250)]
    both(sessions, *same, new_session("stale", messages=2), new_session("repeats", messages=[message(), message()]))
    sessions.append_and_save_message("stale", message("user", "more"))
    sessions.stores.cache.put(new_session("stale", messages=2))
    sessions.stores.cache.put(new_session("ghost", messages=5))
    sessions.stores.cache.put_raw("corrupt", b'{"session_id": "corr')
    valkey.run("RPUSH", "chat:session:list", "a")
    fill(sessions.stores.database, new_session("uncached", messages=2))
    result = scanned(sessions)
    assert (result.cached_keys, result.compared, result.in_sync) == (255, 255, 251)
    assert (result.drifted, result.ghost, result.corrupt, result.moving) == (1, 1, 2, 0)
    assert [one.session_id for one in result.sessions] == ["ghost", "stale", "corrupt", "list", "repeats"]
    assert (result.messages_at_risk, result.uncached, result.gone) == (5, 1, 0)
    assert kinds(result)["repeats"] == {"duplicate_message"}
    assert result.consistency() == Consistency(255, 4)


def test_every_primary_of_a_cluster_is_scanned(tmp_path: Path, valkey_cluster: servers.ValkeyCluster) -> None:
    valkey_cluster.flush()
    where = RedisSettings(cluster_host=valkey_cluster.host, cluster_port=valkey_cluster.port)
    with (
        closing(Database.open(f"sqlite:///{tmp_path / 'chat.db'}", write=True)) as database,
        closing(SessionCache(where, session_ttl=600, write=True)) as cache,
        closing(SessionCache(where, session_ttl=600)) as reader,
    ):
        both(
            ChatSessions(SessionStores(database, cache)),
            *(new_session(f"s-{number}", messages=3) for number in range(300)),
        )
        for number in range(0, 300, 30):
            cache.put(new_session(f"s-{number}", messages=2))
        result = scanned(ChatSessions(SessionStores(database, reader)))
    assert (result.cached_keys, result.in_sync, result.drifted) == (300, 290, 10)
    assert {one.session_id for one in result.sessions} == {f"s-{number}" for number in range(0, 300, 30)}


def test_a_user_has_the_sessions_that_either_copy_says_are_theirs(sessions: ChatSessions) -> None:
    assert sessions.stores.cache is not None
    both(sessions, new_session("s-1", "ann", 2), new_session("s-2", "bob", 2), new_session("taken", "ann", 2))
    sessions.stores.cache.put(new_session("taken", "bob", 2))
    sessions.stores.cache.put(new_session("ghost", "bob", 2))
    result = scanned(sessions, user="ann")
    assert (result.cached_keys, result.in_sync, result.drifted, result.ghost) == (2, 1, 1, 0)
    assert not result.whole
    assert kinds(scanned(sessions, user="bob")) == {"taken": {"owner_mismatch"}, "ghost": {"ghost_session"}}
    assert scanned(sessions, user="nobody").cached_keys == 0


def test_a_limit_reads_so_many_keys_and_says_nothing_of_the_rest(sessions: ChatSessions) -> None:
    both(sessions, *(new_session(f"s-{number}", messages=1) for number in range(30)))
    result = scanned(sessions, limit=7)
    assert (result.cached_keys, result.in_sync, result.limit, result.uncached) == (7, 7, 7, None)


def test_ids_that_no_row_can_have_are_ghosts(sessions: ChatSessions, valkey: servers.ValkeyServer) -> None:
    valkey.run("SET", b"chat:session:\xff\x00", document_bytes(), "EX", 100)
    result = scanned(sessions)
    assert [one.status for one in result.sessions] == ["ghost"]
    assert scan_from(json.loads(json.dumps(scan_json(result)))) == result


def test_both_stores_are_needed(database: Database, cache: SessionCache) -> None:
    with pytest.raises(NotConfigured, match="DATABASE_URL"):
        scan(SessionStores(None, cache))
    with pytest.raises(NotConfigured, match="REDIS_URL"):
        scan(SessionStores(database, None))


def test_an_empty_cache_has_nothing_to_judge(sessions: ChatSessions) -> None:
    result = scanned(sessions)
    assert (result.status, result.cached_keys, result.to_look_at) == ("finished", 0, 0)
    consistency = result.consistency()
    assert (consistency.share, consistency.nines, consistency.at_most, consistency.nines_at_least) == (None,) * 4


def test_progress_is_told(sessions: ChatSessions) -> None:
    both(sessions, *(new_session(f"s-{number}", messages=1) for number in range(250)))
    told: list[Any] = []
    scanned(sessions, on_progress=told.append)
    assert [item.keys for item in told] == sorted(item.keys for item in told)
    assert (told[0].keys, {item.total for item in told}, told[-1].keys) == (10, {250}, 250)
    assert (told[-1].found, told[-1].waiting) == (0, 0)


# --- the second look ------------------------------------------------------------------------------------


def stale(sessions: ChatSessions) -> Database:
    """A row more than the cache has."""
    assert sessions.stores.database is not None
    both(sessions, new_session("s-1", messages=2))
    append(sessions.stores.database, 1)
    return sessions.stores.database


def append(database: Database, count: int) -> None:
    copy = database.read_copy("s-1")
    assert copy is not None
    there = len(copy.messages)
    with database.writing() as connection:
        news = [message("user", f"row {there + number}") for number in range(count)]
        rows.append_messages(connection, "s-1", news, START)


def rename(database: Database, title: str) -> None:
    with database.writing() as connection:
        rows.update_title(connection, "s-1", title, START)


def test_what_does_not_change_is_drifted_at_the_second_look(sessions: ChatSessions) -> None:
    stale(sessions)
    time = Time()
    result = scanned(sessions, time)
    assert (result.drifted, time.naps) == (1, 1)


def test_a_second_look_is_no_sooner_than_the_grace_period(sessions: ChatSessions) -> None:
    stale(sessions)
    time = Time()
    time.sleep = lambda seconds: setattr(time, "seconds", time.seconds + seconds)  # type: ignore[method-assign]
    scanned(sessions, time, grace=7.0)
    assert 7.0 <= time.seconds < 7.2


def test_a_write_that_ends_between_two_looks_is_no_alarm(sessions: ChatSessions) -> None:
    assert sessions.stores.cache is not None
    cache, ended = sessions.stores.cache, new_session("s-1", messages=[*talk(2), message("user", "row 2")])
    stale(sessions)
    result = scanned(sessions, Time(then=lambda: cache.put(ended)))
    assert (result.in_sync, result.sessions) == (1, ())


def test_a_cache_that_stays_behind_while_rows_are_added_is_drifted(sessions: ChatSessions) -> None:
    database = stale(sessions)
    result = scanned(sessions, Time(then=lambda: append(database, 2)))
    (one,) = result.sessions
    assert (one.status, [(finding.kind, finding.count) for finding in one.findings]) == (
        "drifted",
        [("stale_cache", 3)],
    )


def test_what_differs_in_another_way_each_time_is_moving_after_a_few_looks(sessions: ChatSessions) -> None:
    assert sessions.stores.database is not None
    database = sessions.stores.database
    both(sessions, new_session("s-1", messages=2, title="one"))
    rename(database, "two")
    time = Time(each=lambda number: rename(database, f"title {number}"))
    result = scanned(sessions, time)
    (one,) = result.sessions
    assert (result.moving, one.status, one.findings, time.naps) == (1, "moving", (), MOST_LOOKS - 1)
    assert (result.compared, result.judged, result.to_look_at) == (1, 0, 1)


def test_a_session_that_is_deleted_meanwhile_is_gone(sessions: ChatSessions) -> None:
    stale(sessions)
    result = scanned(sessions, Time(then=lambda: sessions.delete_chat_session("s-1")))
    assert (result.cached_keys, result.compared, result.gone, result.sessions) == (1, 0, 1, ())


def test_a_document_that_expires_meanwhile_is_gone(sessions: ChatSessions) -> None:
    stale(sessions)
    result = scanned(sessions, Time(then=lambda: sessions.invalidate_session_cache("s-1")))
    assert (result.gone, result.sessions) == (1, ())


# --- the fast path --------------------------------------------------------------------------------------

EXPIRY = Expiry(3600.0, START + timedelta(hours=1), START)


JSON_COLUMNS = {"credentials", "successfulAgentRuns", "successfulAgentSchedules", "metadata"}


class Sides:
    """A document, and rows as a database gives them to a scan and to a comparison."""

    def __init__(self, raw: bytes, session: ChatSession, extras: dict[str, Any] | None = None) -> None:
        self.raw = raw
        clean = session.sanitize()
        row = {
            "id": clean.session_id,
            "createdAt": clean.started_at,
            "updatedAt": clean.updated_at,
            "userId": clean.user_id,
            "title": clean.title,
            "credentials": clean.credentials,
            "successfulAgentRuns": clean.successful_agent_runs,
            "successfulAgentSchedules": clean.successful_agent_schedules,
            "totalPromptTokens": clean.prompt_tokens,
            "totalCompletionTokens": clean.completion_tokens,
        }
        messages = [
            message_row(clean.session_id, number, item, clean.started_at) for number, item in enumerate(clean.messages)
        ]
        stored = stored_copy({}, row, messages)
        self.stored = type(stored)(stored.info, stored.messages, extras or {})
        whole = {**row, **(extras or {})}
        texts = {name: None if whole[name] is None else json.dumps(whole[name]) for name in JSON_COLUMNS & whole.keys()}
        by_column = zip(*map(_plain, messages), strict=True) if messages else [()] * 8
        self.rows = PlainRows({**whole, **texts}, list(map(list, by_column)))

    @property
    def same(self) -> bool:
        return surely_same(self.raw, self.rows)

    @property
    def findings(self) -> Counter[str]:
        cached = copy_of(self.raw, EXPIRY)
        comparison = compare(Copies("s-1", self.stored, cached, START))
        return Counter(finding.kind for finding in comparison.findings)


def _plain(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("sequence", "role", "content", "name", "toolCallId", "refusal")
    calls, function = (None if row[name] is None else json.dumps(row[name]) for name in ("toolCalls", "functionCall"))
    return (*(row[name] for name in names), calls, function)


def agent_work(*results: str) -> list[ChatMessage]:
    called = [message("assistant", None, tool_calls=[tool_call(f"call_{n}") for n in range(len(results))])]
    answers = [message("tool", text, tool_call_id=f"call_{n}") for n, text in enumerate(results)]
    return [message("user", 'ข่าว 📰 \n \\ " /'), *called, *answers, message("assistant", "**Done**")]


USUAL = {
    "empty": new_session(),
    "talk": new_session(messages=5, usage=[(1, 2), (3, 4)], title="Trip"),
    "agent": new_session(messages=agent_work("found")),
    "two_equal_results": new_session(messages=agent_work("ok", "ok")),
    "without_user": new_session(user_id=None, messages=2),
    "fields": new_session(
        credentials={"github": {"type": "oauth2", "scopes": ["repo"]}}, successful_agent_runs={"graph-1": 2}
    ),
}


@pytest.mark.parametrize("name", USUAL)
def test_what_is_usual_takes_the_fast_path(name: str) -> None:
    sides = Sides(encode(USUAL[name]), USUAL[name])
    assert sides.same
    assert sides.findings == {}


def test_a_document_of_a_later_version_takes_the_fast_path() -> None:
    item = {"role": "user", "content": "Hello", "id": None, "sequence": None, "duration_ms": 7, "created_at": None}
    later = {"chat_status": "running", "metadata": {}, "organization_id": None, "team_id": None, "is_pinned": False}
    raw = document_bytes(title=None, usage=[], messages=[{**item, "metadata": None, "session_id": "s-1"}], **later)
    made = document(usage=[])
    session = new_session(
        messages=[message("user", "Hello")],
        credentials=made["credentials"],
        successful_agent_runs=made["successful_agent_runs"],
    )
    extras = {"chatStatus": "idle", "metadata": {}, "isPinned": False, "visibility": "private"}
    assert Sides(raw, session, extras).same
    assert not Sides(raw, session, {**extras, "isPinned": True}).same
    assert not Sides(raw, session, {**extras, "metadata": {"a": 1}}).same


ODD = {
    "repeated": new_session(messages=[message("user", "again"), message("user", "again")]),
    "answers_nothing": new_session(messages=[message("tool", "x", tool_call_id="call_9")]),
    "names_no_call": new_session(messages=[message("tool", "x")]),
    "answers_late": new_session(messages=[*agent_work(), *agent_work("x")[1:2], message(), *agent_work("x")[2:3]]),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_in_both_copies_goes_to_the_comparison(name: str) -> None:
    sides = Sides(encode(ODD[name]), ODD[name])
    assert not sides.same
    assert sides.findings != {}


def _edited(session: ChatSession, path: list[Any], value: Any) -> bytes:
    """Its document with one value replaced, added or (`...`) taken away."""
    whole = json.loads(encode(session))
    place = whole
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(whole).encode("utf-8", "surrogatepass")


@st.composite
def sides(draw: st.DrawFn) -> Sides:
    """Rows, and the document of the same session, in which a value may be another one."""
    session = draw(st.sampled_from(list(USUAL.values())) | any_sessions).model_copy(update={"session_id": "s-1"})
    if draw(st.booleans()):
        session.messages = [*session.messages, *draw(st.lists(any_messages, max_size=2))]
    session = session.sanitize() if draw(st.booleans()) else session
    extras = draw(st.dictionaries(st.sampled_from(["metadata", "isPinned", "teamId"]), json_values, max_size=2))
    raw = encode(session.sanitize())
    if draw(st.booleans()):
        whole = json.loads(raw)
        keys = [*whole, "metadata", "is_pinned", "team_id", "chat_status", "unknown"]
        path: list[Any] = [draw(st.sampled_from(keys))]
        if path == ["messages"] and whole["messages"]:
            path += [draw(st.integers(0, len(whole["messages"]) - 1))]
            path += [draw(st.sampled_from([*whole["messages"][0], "id", "sequence", "metadata", "unknown"]))]
        there = path[-1] in (whole if len(path) == 1 else whole["messages"][path[1]])
        value = draw(json_values | (st.just(...) if there else st.nothing()))
        raw = _edited(session.sanitize(), path, value)
    return Sides(raw, session, extras)


@settings(max_examples=examples(600), deadline=None)
@given(sides())
def test_the_fast_path_says_same_only_where_a_comparison_finds_nothing(sides: Sides) -> None:
    if sides.same:
        assert sides.findings == {}


NOT_QUITE = {
    "true_for_1": (["credentials"], {"a": True}, {"a": 1}),
    "1_for_true_in_runs": (["successful_agent_runs"], {"a": 1}, {"a": True}),
    "a_sum_as_text": (["usage"], [{"prompt_tokens": "1", "completion_tokens": 0, "total_tokens": 1}], None),
    "windowed": (["messages"], [{"role": "user", "content": "message 0", "sequence": 7}], None),
    "no_user": (["user_id"], ..., None),
    "bytes_that_are_no_text_in_an_unknown_key": (["unknown"], "\udcff", None),
}


@pytest.mark.parametrize("name", NOT_QUITE)
def test_what_python_calls_equal_or_a_parser_skips_is_not_surely_the_same(name: str) -> None:
    path, value, stored = NOT_QUITE[name]
    session = new_session(messages=1)
    if stored is not None:
        setattr(session, path[0], stored)
    assert not Sides(_edited(session, path, value), session).same


def test_a_number_too_long_to_be_read_is_not_surely_the_same() -> None:
    session = new_session(messages=1)
    sides = Sides(_edited(session, ["chat_status"], 7).replace(b"7}", b"7" * 5_000 + b"}"), session)
    assert not sides.same
    assert sides.findings == {"cache_corrupt": 1}


# --- many rows at once ----------------------------------------------------------------------------------


def test_many_copies_are_read_as_one_is(sessions: ChatSessions) -> None:
    assert sessions.stores.database is not None
    both(sessions, new_session("s-1", messages=agent_work("x")), new_session("s-2"), new_session("s-3", messages=3))
    ids = [*("s-1", "s-2", "s-3", "nobody", "\0", "\ud800"), *(f"none-{number}" for number in range(70_000))]
    found = sessions.stores.database.read_copies(ids)
    assert found == {name: sessions.stores.database.read_copy(name) for name in ("s-1", "s-2", "s-3")}
    assert sessions.stores.database.read_plain(ids).keys() == found.keys()
    assert sessions.stores.database.read_copies([]) == sessions.stores.database.read_plain([]) == {}


def test_rows_of_a_later_version_take_the_fast_path(sessions: ChatSessions) -> None:
    assert sessions.stores.database is not None
    assert sessions.stores.cache is not None
    with sessions.stores.database.writing() as connection:
        kind = "JSONB" if connection.dialect.name == "postgresql" else "JSON"
        for column in (f"metadata {kind} DEFAULT '{{}}'", '"isPinned" BOOLEAN', '"chatStatus" TEXT'):
            connection.execute(text(f'ALTER TABLE "ChatSession" ADD COLUMN {column}'))
    sessions.stores.database.facts()
    made = new_session(messages=agent_work("x"), credentials={"github": {"kind": "oauth"}})
    fill(sessions.stores.database, made)
    later = {"metadata": {}, "is_pinned": None, "chat_status": "running"}
    raw = json.dumps({**json.loads(encode(made)), **later}).encode()
    plain = sessions.stores.database.read_plain(["s-1"])["s-1"]
    assert surely_same(raw, plain)
    assert not surely_same(raw.replace(b'"metadata": {}', b'"metadata": {"a": 1}'), plain)
    sessions.stores.cache.put_raw("s-1", raw)
    assert scanned(sessions).in_sync == 1


@pytest.mark.parametrize("order", ["forwards", "backwards"])
def test_rows_are_read_in_the_order_of_their_numbers_wherever_they_lie(sessions: ChatSessions, order: str) -> None:
    """Also without the index that has them in this order, as in a view."""
    database = sessions.stores.require_database()
    made = new_session(messages=agent_work("a", "b"))
    database_rows = [message_row("s-1", number, item, START) for number, item in enumerate(made.messages)]
    fill(database, new_session())
    with database.writing() as connection:
        connection.execute(text('DROP INDEX "ChatMessage_sessionId_sequence_key"'))
        for row in database_rows if order == "forwards" else reversed(database_rows):
            rows.insert_rows(connection, [], [row])
    plain = database.read_plain(["s-1"])["s-1"]
    assert plain.messages[0] == [0, 1, 2, 3, 4]
    assert surely_same(encode(made), plain)
    assert not surely_same(encode(new_session(messages=[*agent_work("a", "b")[:-1], message("user", "?")])), plain)


def test_a_number_that_occurs_twice_is_not_surely_the_same(sessions: ChatSessions) -> None:
    """As in a view, which has no index that keeps them apart."""
    database = sessions.stores.require_database()
    made = new_session(messages=3)
    fill(database, made)
    plain = database.read_plain(["s-1"])["s-1"]
    assert surely_same(encode(made), plain)
    with database.writing() as connection:
        connection.execute(text('DROP INDEX "ChatMessage_sessionId_sequence_key"'))
        connection.execute(text('UPDATE "ChatMessage" SET "sequence" = 1 WHERE "sequence" = 2'))
    assert not surely_same(encode(made), database.read_plain(["s-1"])["s-1"])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_roles_of_a_type_of_the_servers_own_are_compared_in_full(sessions: ChatSessions) -> None:
    """The driver does not know the arrays of such a type."""
    database, cache = sessions.stores.require_database(), sessions.stores.require_cache()
    made = new_session(messages=3)
    both(sessions, made)
    with database.writing() as connection:
        connection.execute(text("CREATE TYPE role AS ENUM ('user', 'assistant', 'tool')"))
        connection.execute(text('ALTER TABLE "ChatMessage" ALTER "role" TYPE role USING "role"::role'))
    assert (scanned(sessions).in_sync, scanned(sessions).sessions) == (1, ())
    made.messages[1].content = "changed"
    cache.put(made)
    assert scanned(sessions).findings_by_kind == {"content_changed": 1}


# --- what a result says ---------------------------------------------------------------------------------


def test_without_a_failure_the_bound_is_the_rule_of_three() -> None:
    fine = Consistency(3_000, 0)
    assert (fine.share, fine.nines, fine.at_most, fine.nines_at_least) == (1.0, None, 0.001, 3.0)
    assert Consistency(1, 0).at_most == 1.0


def test_with_failures_the_bound_is_wilsons() -> None:
    some = Consistency(1_000, 10)
    assert some.share == 0.99
    assert some.nines == pytest.approx(2.0)
    assert some.at_most == pytest.approx(0.016657, abs=1e-6)
    assert some.nines_at_least == pytest.approx(-math.log10(0.016657), abs=1e-4)
    assert Consistency(5, 5).at_most == pytest.approx(1.0)
    assert Consistency(5, 5).nines == 0.0


def test_a_result_survives_its_json(sessions: ChatSessions) -> None:
    stale(sessions)
    result = scanned(sessions)
    assert result.sessions
    assert scan_from(json.loads(json.dumps(scan_json(result)))) == result


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"in_sync": ...}, "it has no in_sync|missing required field"),
        ({"in_sync": "many"}, "Expected `int`"),
        ({"sessions": [{"kind": 1}]}, "it has no"),
        ({"sessions": 7}, "this is not a scan result"),
        ({"shard": "x"}, "not a shard"),
    ],
    ids=["missing", "text", "session", "number", "shard"],
)
def test_what_is_no_scan_is_said(sessions: ChatSessions, changes: dict[str, Any], problem: str) -> None:
    whole = {**scan_json(scanned(sessions)), **changes}
    with pytest.raises(ValueError, match=problem):
        scan_from({key: value for key, value in whole.items() if value is not ...})
