"""Tasks and streams of running turns, of both versions, on real servers: what is found, and where words are by now."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from chatdata.domain.arrival import arrivals
from chatdata.domain.copies import PrivacyLevel
from chatdata.domain.drift import DriftFinding
from chatdata.domain.streams import ErrorPart, StreamedCall, TextPart, UnknownPart, UsagePart
from chatdata.domain.turns import TurnState
from chatdata.errors import ReadOnlyError
from chatdata.services.inspection import Inspection, compare_page, compare_session
from chatdata.services.scan import scan
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support import servers
from tests.support.builders import DIALECTS, database_url, fill, message, new_session, tool_call
from tests.support.stream_writer import VERSIONS, StreamVersion, StreamWriter

Writer = Callable[..., StreamWriter]


@pytest.fixture(params=DIALECTS)
def stores(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[SessionStores]:
    database = Database.open(database_url(request.param, request, tmp_path), write=True)
    cache = SessionCache(RedisSettings(url=redis_url), session_ttl=43_200, write=True)
    with closing(SessionStores(database, cache)) as made:
        session = new_session("s-1", messages=3, at=datetime.now(UTC) - timedelta(hours=2))
        fill(database, session)
        cache.put(session)
        yield made


@pytest.fixture
def writer(redis_url: str) -> Iterator[Writer]:
    made: list[StreamWriter] = []

    def make(version: StreamVersion, session_id: str = "s-1", turn: str = "turn-1") -> StreamWriter:
        made.append(StreamWriter(redis_url, session_id, turn, version))
        return made[-1]

    yield make
    for one in made:
        one.close()


def state(stores: SessionStores, session_id: str = "s-1") -> TurnState:
    turn = stores.read_copies(session_id).turn
    assert turn is not None
    return turn


def found(stores: SessionStores, session_id: str = "s-1") -> DriftFinding | None:
    findings = compare_session(stores, session_id)[1].findings
    return next((finding for finding in findings if finding.kind == "unsaved_stream"), None)


def save(stores: SessionStores, *contents: str, cached: bool = True, stored: bool = True) -> None:
    """Appends assistant messages to the copies."""
    session = new_session("s-1", messages=3, at=datetime.now(UTC) - timedelta(hours=2))
    session.messages += [message("assistant", content) for content in contents]
    if cached:
        stores.require_cache().put(session)
    if stored:
        add_rows(stores, contents)


def add_rows(stores: SessionStores, contents: tuple[str, ...]) -> None:
    with stores.require_database().writing() as connection:
        for number, content in enumerate(contents, start=3):
            connection.execute(
                text(
                    'INSERT INTO "ChatMessage" (id, "createdAt", "sessionId", role, content, sequence)'
                    " VALUES (:id, :at, 's-1', 'assistant', :content, :number)"
                ),
                {
                    "id": f"new-{number}",
                    "at": datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds"),
                    "content": content,
                    "number": number,
                },
            )


# ---- what is in a stream


@pytest.mark.parametrize("version", VERSIONS)
def test_a_running_turn_is_found_with_all_that_it_has_produced(
    stores: SessionStores, writer: Writer, version: StreamVersion
) -> None:
    turn = writer(version)
    turn.begin()
    turn.add("start-step")
    turn.say("Let me ", "look.")
    turn.use("call_1", "find_agent", {"query": "news"}, {"type": "agents_found", "count": 2})
    turn.add("usage", promptTokens=120, completionTokens=8, totalTokens=128)
    turn.add("error", errorText="The tool was slow.", code="slow", details={"seconds": 9})
    turn.add("heartbeat")

    (streamed,) = state(stores).streams

    assert streamed.task.session_id == "s-1"
    assert streamed.task.status == "running"
    assert streamed.expires_at is not None
    assert streamed.output is not None
    assert not streamed.output.trimmed
    assert streamed.output.parts == (
        TextPart("Let me look."),
        StreamedCall(
            "call_1",
            "find_agent",
            {"query": "news"},
            {"type": "agents_found", "count": 2},
            success=True,
            called=True,
            answered=True,
        ),
        UsagePart(120, 8, 128),
        ErrorPart("The tool was slow.", "slow", '{"seconds": 9}'),
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_trimmed_stream_and_unknown_entries_are_shown_as_such(
    stores: SessionStores, writer: Writer, version: StreamVersion
) -> None:
    turn = writer(version)
    turn.begin(start=False)
    turn.add("text-delta", id="t-1", delta="ond half")
    turn.add("reasoning-delta", id="r-1", delta="hm")
    turn.add("reasoning-delta", id="r-1", delta="hm")
    turn.raw("{not json")
    turn.raw('["a list"]')
    turn.redis.xadd(turn.stream_key, {"other": "field"})

    (streamed,) = state(stores).streams

    assert streamed.output is not None
    assert streamed.output.trimmed
    first, *others = streamed.output.parts
    assert first == TextPart("ond half", ended=False, begun=False)
    assert [(part.type, part.count, part.readable) for part in others if isinstance(part, UnknownPart)] == [
        ("reasoning-delta", 2, True),
        ("an entry that is not JSON", 1, False),
        ("an entry without a type", 1, False),
        ("an entry without the field data", 1, False),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_key_of_another_type_is_a_problem_of_this_stream_alone(
    stores: SessionStores, writer: Writer, version: StreamVersion
) -> None:
    turn = writer(version)
    turn.begin(start=False)
    turn.redis.set(turn.stream_key, "text")

    (streamed,) = state(stores).streams

    assert (streamed.output, streamed.problem) == (None, "chat:stream:turn-1 is not a stream")
    assert compare_session(stores, "s-1")[1].status == "in_sync"


def test_a_task_whose_stream_has_expired_has_no_output(stores: SessionStores, writer: Writer) -> None:
    writer("may").begin(start=False)

    (streamed,) = state(stores).streams

    assert (streamed.output, streamed.problem) == (None, None)


def test_a_stream_longer_than_one_answer_is_read_to_its_end(stores: SessionStores, writer: Writer) -> None:
    turn = writer("may")
    turn.begin()
    with turn.redis.pipeline() as pipeline:
        for number in range(2_500):
            pipeline.xadd(
                turn.stream_key, {"data": json.dumps({"type": "text-delta", "id": "t", "delta": f"{number} "})}
            )
        pipeline.execute()

    output = state(stores).streams[0].output

    assert output is not None
    assert output.parts == (TextPart("".join(f"{number} " for number in range(2_500)), ended=False),)


def test_reading_streams_sends_read_commands_only(stores: SessionStores, writer: Writer, redis_url: str) -> None:
    turn = writer("february")
    turn.begin()
    turn.say("Hello")
    before = turn.redis.dump(turn.stream_key), turn.redis.hgetall(turn.task_key)
    with closing(SessionCache(RedisSettings(url=redis_url), session_ttl=43_200)) as cache:
        turns = cache.with_streams(cache.read_turns(["s-1"]))
        with pytest.raises(ReadOnlyError):
            cache._client.xadd(turn.stream_key, {"data": "{}"})

    assert len(turns["s-1"].streams) == 1
    assert (turn.redis.dump(turn.stream_key), turn.redis.hgetall(turn.task_key)) == before


def test_streams_are_read_from_a_cluster(valkey_cluster: servers.ValkeyCluster) -> None:
    valkey_cluster.flush()
    settings = RedisSettings(cluster_host=valkey_cluster.host, cluster_port=valkey_cluster.port)
    with closing(SessionCache(settings, session_ttl=43_200, write=True)) as cache:
        for version, session_id in zip(VERSIONS, ("s-1", "s-2"), strict=True):
            key = f"chat:task:meta:{{{session_id}}}" if version == "may" else "chat:task:meta:turn-1"
            own = {"turn_id": "turn-2"} if version == "may" else {"task_id": "turn-1"}
            cache._client.hset(key, mapping={"session_id": session_id, "status": "running", **own})
            stream = f"chat:stream:{next(iter(own.values()))}"
            cache._client.xadd(stream, {"data": '{"type": "start"}'})
            cache._client.xadd(stream, {"data": '{"type": "text-delta", "delta": "Hello"}'})
        turns = cache.with_streams(cache.read_turns(["s-1", "s-2", "s-3"]))

    outputs = {session_id: [one.output for one in turn.streams] for session_id, turn in turns.items()}
    assert {name: [one.parts for one in some if one] for name, some in outputs.items()} == {
        "s-1": [(TextPart("Hello", ended=False),)],
        "s-2": [(TextPart("Hello", ended=False),)],
        "s-3": [],
    }


# ---- where the words are by now


@pytest.mark.parametrize(
    ("in_cache", "in_rows", "expected"),
    [
        pytest.param(None, None, (0, 0), id="only in the stream"),
        pytest.param("Hello  there,\nfriend.", None, (0, 19), id="in the cache, with other white space"),
        pytest.param("Hello there, friend.", "Hello there,", (13, 19), id="the row has the beginning"),
        pytest.param("Hello there, friend.", "Hello there, friend.", (19, 19), id="in both"),
    ],
)
def test_words_are_marked_with_where_they_are_by_now(
    stores: SessionStores, writer: Writer, in_cache: str | None, in_rows: str | None, expected: tuple[int, int]
) -> None:
    turn = writer("may")
    turn.begin()
    turn.say("Hello there, friend"[:19])
    if in_cache:
        save(stores, in_cache, stored=False)
    if in_rows:
        add_rows(stores, (in_rows,))

    copies = stores.read_copies("s-1")
    assert copies.turn is not None
    (where,) = arrivals(copies.turn.streams[0], copies)

    assert (where.database, where.cache) == expected


def test_equal_words_of_an_earlier_turn_are_not_those_of_this_one(stores: SessionStores, writer: Writer) -> None:
    earlier = new_session("s-1", messages=3).messages[1].content
    assert earlier
    turn = writer("may")
    turn.begin()
    turn.say(earlier)

    copies = stores.read_copies("s-1")
    assert copies.turn is not None
    (where,) = arrivals(copies.turn.streams[0], copies)

    assert (where.database, where.cache) == (0, 0)


# ---- what never arrived


@pytest.mark.parametrize("version", VERSIONS)
def test_words_of_an_ended_turn_that_neither_copy_has_are_at_risk_until_the_stream_expires(
    stores: SessionStores, writer: Writer, version: StreamVersion
) -> None:
    turn = writer(version)
    turn.begin()
    turn.say("Nobody saved this.")
    turn.use("call_9", "bash_exec", {"command": "ls"}, "a.txt")
    assert found(stores) is None, "the turn is running"
    turn.end()

    finding = found(stores)

    assert finding is not None
    assert (finding.severity, finding.count, finding.at_risk) == ("critical", 2, True)
    assert finding.cache_value == "Nobody saved this."
    assert finding.likely_causes[0].cause == "database_write_failed"
    assert finding.expires_at is not None
    left = finding.expires_at - datetime.now(UTC)
    assert timedelta(minutes=50) < left <= timedelta(hours=1)
    comparison = compare_session(stores, "s-1")[1]
    assert (comparison.status, comparison.at_risk) == ("in_sync", 2)
    assert compare_page(stores, ["s-1"])["s-1"].at_risk == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_a_scan_reports_the_session_and_its_words_at_risk(
    stores: SessionStores, writer: Writer, version: StreamVersion
) -> None:
    turn = writer(version)
    turn.begin()
    turn.say("Nobody saved this.")
    turn.end()

    result = scan(stores, grace=0.0)

    assert result.findings_by_kind == {"unsaved_stream": 1}
    assert result.messages_at_risk == 1
    assert [one.session_id for one in result.sessions] == ["s-1"]
    assert result.cached_keys == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_saved_turn_is_no_finding(stores: SessionStores, writer: Writer, version: StreamVersion) -> None:
    turn = writer(version)
    turn.begin()
    turn.say("It is ", "saved.")
    turn.say("And so is this.", block="t-2")
    turn.end()
    save(stores, "It is saved.And so is this.")

    assert found(stores) is None
    assert scan(stores, grace=0.0).findings_by_kind == {}


def test_one_copy_that_has_the_words_is_enough(stores: SessionStores, writer: Writer) -> None:
    turn = writer("may")
    turn.begin()
    turn.say("Only the cache has it.")
    turn.end()
    save(stores, "Only the cache has it.", stored=False)

    kinds = {finding.kind for finding in compare_session(stores, "s-1")[1].findings}

    assert kinds == {"unsaved_tail"}


def test_a_call_and_its_result_arrive_with_their_messages(stores: SessionStores, writer: Writer) -> None:
    turn = writer("may")
    turn.begin()
    turn.use("call_1", "bash_exec", {"command": "ls"}, "a.txt and much more that was truncated")
    turn.end()
    session = new_session("s-2", messages=1)
    session.messages += [
        message("assistant", None, tool_calls=[tool_call("call_1", "bash_exec", '{"command":"ls"}')]),
        message("tool", "a.txt…", tool_call_id="call_1"),
    ]
    stores.require_cache().put(session.model_copy(update={"session_id": "s-1"}))

    assert found(stores) is None


def test_a_placeholder_is_no_result(stores: SessionStores, writer: Writer) -> None:
    turn = writer("may")
    turn.begin()
    turn.use("call_1", "run_agent", {}, {"type": "agent_output", "outputs": {"n": 1}})
    turn.end()
    session = new_session("s-1", messages=1)
    session.messages += [
        message("assistant", None, tool_calls=[tool_call("call_1", "run_agent", "{}")]),
        message("tool", '{"type":"operation_pending","operation_id":"o-1"}', tool_call_id="call_1"),
    ]
    stores.require_cache().put(session)

    finding = found(stores)

    assert finding is not None
    assert finding.count == 1


def test_a_silent_turn_without_a_worker_has_lost_it(stores: SessionStores, writer: Writer) -> None:
    turn = writer("may")
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    turn.begin(created_at=long_ago, start=False)
    turn.add("start", at=int(long_ago.timestamp() * 1000))
    turn.add("text-delta", at=int(long_ago.timestamp() * 1000) + 5, id="t-1", delta="I was about to")

    finding = found(stores)
    assert finding is not None
    assert finding.likely_causes[0].cause == "worker_gone"

    turn.redis.set("copilot:session:s-1:lock", "worker-7")
    assert found(stores) is None, "a worker holds it"


def test_a_failed_turn_names_its_error(stores: SessionStores, writer: Writer) -> None:
    turn = writer("may")
    turn.begin()
    turn.say("Working on it")
    turn.add("error", errorText="The model is overloaded.", code="overloaded")
    turn.end("failed")

    finding = found(stores)

    assert finding is not None
    assert [cause.cause for cause in finding.likely_causes] == [
        "turn_failed",
        "attempt_rolled_back",
        "database_write_failed",
    ]


def test_the_stream_of_a_deleted_session_loses_nothing_that_anybody_wants(
    stores: SessionStores, writer: Writer
) -> None:
    turn = writer("may", session_id="s-gone")
    turn.begin()
    turn.say("Nobody needs this.")
    turn.end()

    finding = found(stores, "s-gone")

    assert finding is not None
    assert (finding.severity, finding.at_risk, finding.likely_causes[0].cause) == ("medium", False, "user_deleted")


@pytest.mark.parametrize(("view", "shown"), [("masked", False), ("structure", False), ("full", True)])
def test_the_finding_passes_the_readers_view(
    stores: SessionStores, writer: Writer, view: PrivacyLevel, shown: bool
) -> None:
    turn = writer("may")
    turn.begin()
    turn.say("Write to ann.canary77@example.org soon.")
    turn.end()

    inspection = Inspection.compared(stores, "s-1", view, lambda: b"k" * 16)
    (finding,) = [item for item in inspection.comparison.findings if item.kind == "unsaved_stream"]
    streams = inspection.copies.turn.streams if inspection.copies.turn else ()

    assert ("ann.canary77" in str(finding.cache_value)) is shown
    assert ("ann.canary77" in str(streams)) is shown
