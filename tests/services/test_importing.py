"""Importing files: accepted formats, reported problems, and copies that agree afterwards."""

import io
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatdata import (
    CachedCopy,
    ChatMessage,
    ChatSession,
    ChatSessions,
    NotConfigured,
    ReadOnlyError,
    Settings,
    StoredCopy,
)
from chatdata.services.connect import connect
from chatdata.services.importing import ImportReport, can_import, import_lines
from chatdata.services.session_stores import SessionStores
from chatdata.settings.stores import RedisSettings
from chatdata.stores.cache import SessionCache
from chatdata.stores.database import Database
from tests.support import builders, servers
from tests.support.builders import START
from tests.support.laws import examples

ASK = {"role": "user", "content": "Where is my bag?"}
ANSWER = {"role": "assistant", "content": "In Porto."}
NOW = datetime(2026, 3, 1, 12, 30, 0, 5000, tzinfo=UTC)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatSessions]:
    """Embedded stores for tests that use ids of their own."""
    folder = tmp_path_factory.mktemp("stores")
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)})) as connected:
        yield connected.sessions


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[ChatSessions]:
    """Empty embedded stores."""
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "own")})) as connected:
        yield connected.sessions


def take(sessions: ChatSessions, *values: Any, now: datetime = NOW) -> ImportReport:
    """Imports JSON values, one a line."""
    return take_text(sessions, "".join(json.dumps(value) + "\n" for value in values), now)


def take_text(sessions: ChatSessions, text: str | bytes, now: datetime = NOW) -> ImportReport:
    raw = text.encode() if isinstance(text, str) else text
    return import_lines(sessions.stores, io.BytesIO(raw), now)


def stored(sessions: ChatSessions, session_id: str) -> StoredCopy:
    copy = sessions.stores.read_copies(session_id).stored
    assert isinstance(copy, StoredCopy)
    return copy


def cached(sessions: ChatSessions, session_id: str) -> CachedCopy:
    copy = sessions.stores.read_copies(session_id).cached
    assert isinstance(copy, CachedCopy)
    return copy


def assert_in_sync(sessions: ChatSessions, session_id: str) -> None:
    """Equal in all but the split of usage by turn, which only the cache has."""
    rows, document = stored(sessions, session_id).session(), cached(sessions, session_id).session()
    assert (document.prompt_tokens, document.completion_tokens) == (rows.prompt_tokens, rows.completion_tokens)
    assert document.model_copy(update={"usage": rows.usage}) == rows


def only(report: ImportReport) -> str:
    """The id of the one session that was created."""
    assert report.problems == ()
    (session_id,) = report.created
    return session_id


def reasons(report: ImportReport) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in report.problems]


def texts(sessions: ChatSessions, session_id: str) -> list[str | None]:
    return [item.message.content for item in stored(sessions, session_id).messages]


# Real conversations


def test_a_hundred_real_conversations_come_in_and_a_second_time_change_nothing(
    sessions: ChatSessions, airline_file: Path
) -> None:
    with airline_file.open("rb") as file:
        first = import_lines(sessions.stores, file, NOW)
    assert (len(first.created), first.messages, first.problems, first.notes) == (100, 2658, (), ())
    with airline_file.open("rb") as file:
        second = import_lines(sessions.stores, file, NOW)
    assert (len(second.unchanged), second.created, second.messages, second.problems) == (100, (), 0, ())


def test_real_conversations_are_stored_word_for_word_and_in_sync(sessions: ChatSessions, airline_file: Path) -> None:
    lines = airline_file.read_text().splitlines()[:10]
    take_text(sessions, "\n".join(lines))
    for given_session in map(json.loads, lines):
        rows = stored(sessions, given_session["id"]).session().messages
        for row, message in zip(rows, given_session["messages"], strict=True):
            assert {key: getattr(row, key) for key in message} == message
        assert_in_sync(sessions, given_session["id"])


# Any conversation

_parts = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text}, builders.any_text),
    st.builds(lambda url: {"type": "image_url", "image_url": {"url": url}}, builders.any_text),
    st.builds(lambda data: {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}, st.just("AAAA")),
    st.builds(lambda name: {"type": "file", "file": {"filename": name}}, builders.any_text),
    st.dictionaries(builders.any_text, builders.json_values, max_size=3),
    builders.json_values,
)
_calls = st.lists(
    st.builds(builders.tool_call, builders.any_text, builders.any_text, builders.any_text) | builders.json_values,
    max_size=3,
)
_messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "developer", "tool", "function", "critic"])},
    optional={
        "content": st.none() | builders.any_text | st.lists(_parts, max_size=3),
        "name": st.none() | builders.any_text,
        "tool_call_id": st.none() | builders.any_text,
        "refusal": st.none() | builders.any_text,
        "tool_calls": st.none() | _calls,
        "function_call": st.none() | st.fixed_dictionaries({"name": builders.any_text, "arguments": builders.any_text}),
        "annotations": builders.json_values,
        "audio": st.none() | st.fixed_dictionaries({"id": builders.any_text, "transcript": builders.any_text}),
    },
)
_numbers = itertools.count()


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(_messages, min_size=1, max_size=5), st.none() | builders.any_text)
def test_any_conversation_comes_in_in_sync_and_only_once(
    stores: ChatSessions, messages: list[dict[str, Any]], title: str | None
) -> None:
    value = {"id": f"any-{next(_numbers)}", "title": title, "messages": messages}
    session_id = only(take(stores, value))
    assert len(stored(stores, session_id).messages) == len(messages)
    assert_in_sync(stores, session_id)
    again = take(stores, value)
    assert (again.unchanged, again.problems, again.notes) == ((session_id,), (), ())


@pytest.mark.parametrize("document", [builders.document(), builders.document(session_id="first", title=None)])
def test_a_cached_document_comes_in_as_it_is(sessions: ChatSessions, document: dict[str, Any]) -> None:
    session_id = only(take(sessions, document))
    expected = ChatSession.model_validate(document)
    found = cached(sessions, session_id).session()
    assert found.messages == expected.messages
    assert (found.session_id, found.user_id, found.title) == (expected.session_id, expected.user_id, expected.title)
    assert (found.usage, found.credentials) == (expected.usage, expected.credentials)
    assert found.successful_agent_runs == expected.successful_agent_runs
    assert_in_sync(sessions, session_id)


def test_a_document_of_a_later_version_keeps_message_times_and_says_what_has_no_place(sessions: ChatSessions) -> None:
    later = {"id": "m-1", "sequence": 0, "session_id": "s-1", "duration_ms": 40, "metadata": None}
    message = builders.document_message("user", "Hello", created_at="2026-02-20T10:00:01Z", **later)
    document = builders.document(messages=[message], metadata={"a": 1}, chat_status="idle", is_pinned=False)
    report = take(sessions, document)
    (item,) = stored(sessions, only(report)).messages
    assert item.created_at == datetime(2026, 2, 20, 10, 0, 1, tzinfo=UTC)
    assert [note.text for note in report.notes] == [
        "the key metadata has no place in the stores",
        "the key chat_status has no place in the stores",
        "the key id of 1 message has no place in the stores",
        "the key duration_ms of 1 message has no place in the stores",
    ]


# Forms of a file

TWO = [{"id": "a", "messages": [ASK]}, {"id": "b", "messages": [ASK, ANSWER]}]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(map(json.dumps, TWO)),
        "\r\n\r\n".join(map(json.dumps, TWO)) + "\r\n",
        "\ufeff" + "\n".join(map(json.dumps, TWO)),
        json.dumps(TWO),
        json.dumps(TWO, indent=2),
        "[\n" + ",\n".join(map(json.dumps, TWO)) + "\n]",
        "\n".join(json.dumps(value, indent=2) for value in TWO),
        "\n\n  " + json.dumps(TWO, indent=4) + "\n\n",
    ],
    ids=["lines", "crlf", "bom", "array", "pretty array", "a line each", "as jq prints", "indented"],
)
def test_conversations_may_be_lines_or_a_list_or_laid_out(sessions: ChatSessions, text: str) -> None:
    report = take_text(sessions, text)
    assert (report.created, report.problems) == (("a", "b"), ())


@pytest.mark.parametrize("indent", [None, 2])
def test_a_bare_list_of_messages_is_one_conversation(sessions: ChatSessions, indent: int | None) -> None:
    report = take_text(sessions, json.dumps([ASK, ANSWER], indent=indent))
    assert texts(sessions, only(report)) == [ASK["content"], ANSWER["content"]]


def test_lists_of_messages_may_be_lines_or_a_list_of_lists(sessions: ChatSessions) -> None:
    assert len(take(sessions, [ASK], [ASK, ANSWER]).created) == 2
    assert len(take(sessions, [[ASK], [ASK, ANSWER]]).unchanged) == 2


@pytest.mark.parametrize("raw", [b"", b"\n \n"])
def test_an_empty_file_is_no_problem(sessions: ChatSessions, raw: bytes) -> None:
    report = take_text(sessions, raw)
    assert (report.created, report.problems) == ((), ())


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (json.dumps(TWO[0]).encode("utf-16")[:-1], 1, "not JSON"),
        (b"\x1f\x8b\x08\x00", 1, "gzip"),
        (b'{"id": "a",\n "messages": [}\n', 2, "not JSON"),
        (b'{"id": "a"}\n', 1, "no list of messages"),
        (b"[]", 1, "an empty list"),
        (b'"SECRET"', 1, "not a conversation"),
        (b'{"messages": [{"role": "user", "content": "SECRET', 1, "not JSON: unterminated string"),
        (b'{"messages": "SECRET"}', 1, "messages should be a list"),
        (b'{"messages": ["SECRET"]}', 1, "messages[0] should be an object"),
        (b'[{"role": "user"}, {"content": "SECRET"}]', 1, "messages[1] has no role"),
        (b'[{"role": {"SECRET": 1}}]', 1, "messages[0].role should be text"),
        (b'[{"role": "user", "content": 12}]', 1, "messages[0].content should be text"),
        (b'[{"role": "user", "name": ["SECRET"]}]', 1, "messages[0].name should be text"),
        (b'[{"role": "user", "tool_calls": "SECRET"}]', 1, "messages[0].tool_calls is text that isn't JSON"),
        (b'[{"role": "user", "function_call": ["SECRET"]}]', 1, "messages[0].function_call should be an object"),
        (b'[{"role": "user", "tool_calls": [NaN]}]', 1, "not JSON that can be stored: NaN"),
        (b'[{"role": "user", "tool_calls": [1e999]}]', 1, "not JSON that can be stored: a number too large"),
        (b'[{"role": "user", "tool_calls": [' + b"1" * 5000 + b"]}]", 1, "a number too long"),
        (b'[{"role": "user", "tool_calls": ' + b"[" * 50_000 + b"]" * 50_000 + b"}]", 1, "nested too deeply"),
        (b'[{"role": "user", "content": "SECRET\xff"}]', 1, "not UTF-8 text: byte 36 is wrong"),
        (b'{"messages": [], "started_at": "SECRET"}', 1, "started_at should be a time"),
        (b'{"messages": [], "started_at": 1e300}', 1, "started_at should be a time"),
        (b'{"messages": [], "title": {"SECRET": 1}}', 1, "title should be text"),
        (b'{"messages": [], "id": ["SECRET"]}', 1, "id should be text"),
        (b'{"messages": [], "credentials": ["SECRET"]}', 1, "credentials should be an object"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_without_its_words(
    stores: ChatSessions, raw: bytes, line: int, reason: str
) -> None:
    report = take_text(stores, raw)
    ((found_line, found_reason),) = reasons(report)
    assert (found_line, report.created) == (line, ())
    assert reason in found_reason
    assert "SECRET" not in found_reason


@pytest.mark.parametrize(
    "bad",
    ["nope", '{"messages": [{"role": "user", "content": "cut o', '{"messages": [', "[]", '{"id": "c"}', "3"],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_line_anywhere_is_reported_and_the_rest_goes_on(sessions: ChatSessions, bad: str, place: int) -> None:
    lines = [json.dumps(value) for value in TWO]
    lines.insert(place, bad)
    report = take_text(sessions, "\n".join(lines))
    assert report.created == ("a", "b")
    assert [problem.line for problem in report.problems] == [place + 1]


def test_a_bad_conversation_of_a_list_is_named_by_its_place(sessions: ChatSessions) -> None:
    report = take(sessions, [TWO[0], {"messages": 3}, TWO[1]])
    assert report.created == ("a", "b")
    assert reasons(report) == [(1, "conversation 2 of the list: messages should be a list")]


def test_lines_are_written_as_they_are_read(sessions: ChatSessions) -> None:
    seen = []

    def lines() -> Iterator[bytes]:
        for number in range(5):
            seen.append(number if number == 0 else len(database(sessions).existing([f"s{number - 1}"])))
            yield json.dumps({"id": f"s{number}", "messages": [ASK]}).encode()

    progress: list[int] = []
    report = import_lines(sessions.stores, lines(), NOW, progress.append)
    assert len(report.created) == 5
    assert seen[2:] == [1, 1, 1]
    assert progress == sorted(progress)
    assert len(progress) == 5


def database(sessions: ChatSessions) -> Database:
    assert sessions.stores.database is not None
    return sessions.stores.database


def the_cache(sessions: ChatSessions) -> SessionCache:
    assert sessions.stores.cache is not None
    return sessions.stores.cache


# What a conversation doesn't say


def test_without_an_id_the_same_content_gets_the_same_uuid(sessions: ChatSessions) -> None:
    first = only(take(sessions, {"messages": [ASK]}))
    assert take(sessions, {"messages": [ASK]}, [ASK], now=START).unchanged == (first, first)
    others = take(sessions, {"messages": [ANSWER]}, {"messages": [ASK], "user_id": "mia"}).created
    assert len({first, *others}) == 3


@pytest.mark.parametrize("value", [{"id": 17, "messages": [ASK]}, {"id": "17", "messages": [ASK]}])
def test_an_id_may_be_a_number(sessions: ChatSessions, value: dict[str, Any]) -> None:
    assert only(take(sessions, value)) == "17"


def test_without_a_user_it_is_imported_and_without_a_time_it_is_now(sessions: ChatSessions) -> None:
    info = stored(sessions, only(take(sessions, {"messages": [ASK]}))).info
    assert (info.user_id, info.title, info.started_at, info.updated_at) == ("imported", None, NOW, NOW)


@pytest.mark.parametrize(
    ("times", "started", "updated"),
    [
        ({"started_at": "2026-02-20T10:00:00Z"}, 0, 0),
        ({"started_at": "2026-02-20T12:00:00+02:00", "updated_at": "2026-02-20T11:00:00Z"}, 0, 3600),
        ({"started_at": 1771581600}, 0, 0),
        ({"started_at": 1771581600000}, 0, 0),
        ({"created_at": "2026-02-20 10:00"}, 0, 0),
        ({"message_time": "2026-02-20T10:05:00Z"}, 300, 300),
        ({"started_at": "2026-02-20T10:00:00Z", "message_time": "2026-02-20T10:05:00Z"}, 0, 300),
        ({"updated_at": "2026-02-20T10:00:00Z", "message_time": "2026-02-20T10:05:00Z"}, 0, 300),
    ],
)
def test_started_and_updated_are_the_first_and_the_last_known_time(
    sessions: ChatSessions, times: dict[str, Any], started: int, updated: int
) -> None:
    message_time = {"created_at": times["message_time"]} if "message_time" in times else {}
    given_times = {key: value for key, value in times.items() if key != "message_time"}
    info = stored(sessions, only(take(sessions, {"messages": [ASK | message_time], **given_times}))).info
    ten = datetime(2026, 2, 20, 10, tzinfo=UTC)
    assert ((info.started_at - ten).total_seconds(), (info.updated_at - ten).total_seconds()) == (started, updated)


def test_a_message_without_a_time_takes_that_of_the_one_before(sessions: ChatSessions) -> None:
    at = ["2026-02-20T10:01:00Z", "2026-02-20T10:02:00Z"]
    messages = [ASK, ANSWER | {"created_at": at[0]}, ASK, ANSWER | {"created_at": at[1]}]
    copy = stored(sessions, only(take(sessions, {"messages": messages})))
    assert [item.created_at.minute for item in copy.messages if item.created_at] == [1, 1, 1, 2]


@pytest.mark.parametrize(
    ("usage", "sums", "notes"),
    [
        ({"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}, (7, 2), []),
        ([{"prompt_tokens": 7, "completion_tokens": 2}, {"prompt_tokens": 9.0, "completion_tokens": 0}], (16, 2), []),
        ({"input_tokens": 7, "output_tokens": 2}, (7, 2), []),
        (None, (0, 0), []),
        ({}, (0, 0), []),
        ({"prompt_tokens": 7}, (7, 0), ["usage without completion_tokens: the count is unknown"]),
        (
            {"prompt_tokens": 7, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}},
            (7, 2),
            ["usage.prompt_tokens_details has no place in the stores"],
        ),
    ],
)
def test_usage_is_taken_in_the_form_of_an_answer(
    sessions: ChatSessions, usage: object, sums: tuple[int, int], notes: list[str]
) -> None:
    report = take(sessions, {"messages": [ASK], "usage": usage})
    session_id = only(report)
    info = stored(sessions, session_id).info
    assert (info.prompt_tokens, info.completion_tokens) == sums
    assert [note.text for note in report.notes] == notes
    assert_in_sync(sessions, session_id)


@pytest.mark.parametrize(
    ("usage", "sums", "note"),
    [
        ({"spent": 1}, (0, 0), "usage has neither prompt_tokens nor completion_tokens"),
        ("SECRET", (0, 0), "usage is no object of counts"),
        ({"prompt_tokens": -1, "completion_tokens": 2}, (0, 2), "usage.prompt_tokens is not a token count"),
        ({"prompt_tokens": 7, "completion_tokens": "SECRET"}, (7, 0), "usage.completion_tokens is not a token count"),
        ({"prompt_tokens": 3_000_000_000, "completion_tokens": 2}, (0, 2), "usage.prompt_tokens is not a token count"),
        ([{"prompt_tokens": 2_000_000_000, "completion_tokens": 2}] * 2, (0, 4), "usage has more prompt_tokens"),
    ],
)
def test_a_bad_count_is_told_as_unknown_and_never_costs_the_words(
    sessions: ChatSessions, usage: object, sums: tuple[int, int], note: str
) -> None:
    report = take(sessions, {"messages": [ASK], "usage": usage})
    session_id = only(report)
    info = stored(sessions, session_id).info
    assert (info.prompt_tokens, info.completion_tokens) == sums
    assert note in " ".join(item.text for item in report.notes)
    assert "SECRET" not in str(report.notes)
    assert_in_sync(sessions, session_id)


def test_usage_by_turn_stays_in_the_cached_copy(sessions: ChatSessions) -> None:
    turns = [{"prompt_tokens": n, "completion_tokens": 1, "total_tokens": n + 1} for n in (10, 20)]
    session_id = only(take(sessions, {"messages": [ASK], "usage": turns}))
    assert [item.prompt_tokens for item in cached(sessions, session_id).info.usage] == [10, 20]


# What a store can't hold


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("as it is", "as it is"),
        (None, None),
        ([], ""),
        ({"type": "text", "text": "one part"}, "one part"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
        (["a", {"type": "input_text", "text": "b"}, {"type": "output_text", "text": "c"}], "a\nb\nc"),
        ([{"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}], "[image: https://x.example/a.png]"),
        ([{"type": "input_image", "image_url": "https://x.example/a.png"}], "[image: https://x.example/a.png]"),
        (
            [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 45_333}}],
            "[image: 34 KB of image/png data]",
        ),
        (
            [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}],
            "[image: 3 bytes of image/png data]",
        ),
        ([{"type": "file", "file": {"filename": "report.pdf"}}], "[file: report.pdf]"),
        ([{"type": "file", "file": {"filename": "r.pdf", "file_data": "A" * 8000}}], "[file: r.pdf, 6 KB]"),
        ([{"type": "file", "file": {"file_id": "file-1"}}], "[file: file-1]"),
        ([{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}], "[audio: 3 bytes of wav data]"),
        ([{"type": "refusal", "refusal": "I can't"}], "[refusal: I can't]"),
        ([{"type": "hologram", "depth": 3}], '[part of unknown kind: {"type": "hologram", "depth": 3}]'),
        ([{"type": "text", "text": None}], '[part of unknown kind: {"type": "text", "text": null}]'),
        ([7, None], "[part of unknown kind: 7]\n[part of unknown kind: null]"),
        (
            [{"type": "blob", "data": "A" * 4000}],
            '[part of unknown kind: {"type": "blob", "data": "(4 KB of data left out)"}]',
        ),
    ],
)
def test_content_parts_become_text_that_says_what_was_there(
    sessions: ChatSessions, content: object, text: str | None
) -> None:
    assert texts(sessions, only(take(sessions, [{"role": "user", "content": content}]))) == [text]


def test_the_sound_of_an_answer_becomes_its_transcript(sessions: ChatSessions) -> None:
    spoken = {"role": "assistant", "content": None, "audio": {"id": "audio_1", "transcript": "Good day"}}
    assert texts(sessions, only(take(sessions, [spoken]))) == ["[audio: audio_1]\nGood day"]


def test_keys_without_a_place_are_noted_and_never_quoted(sessions: ChatSessions) -> None:
    key = "\x1b[31m" + "k" * 60
    messages = [ASK | {"annotations": [1]}, ANSWER | {"annotations": [2], key: "SECRET", "weight": None}]
    report = take(sessions, {"messages": messages, "tools": [{"SECRET": 1}], "tags": []})
    assert [(note.line, note.text) for note in report.notes] == [
        (1, "the key tools has no place in the stores"),
        (1, "the key annotations of 2 messages has no place in the stores"),
        (1, f"the key '\\x1b[31m{'k' * 35}'… of 1 message has no place in the stores"),
    ]


def test_what_no_store_takes_is_replaced_once_for_both(sessions: ChatSessions) -> None:
    call = builders.tool_call(name="f\x00", arguments='{"a":"\ud800"}')
    message = {"role": "user", "content": "a\x00b\ud800", "tool_calls": [call]}
    session_id = only(take(sessions, {"id": "x\x00y", "title": "t\x07", "user_id": "u\x00", "messages": [message]}))
    assert session_id == "xy"
    copy = stored(sessions, session_id)
    assert (copy.info.title, copy.info.user_id, texts(sessions, session_id)) == ("t", "u", ["ab\ufffd"])
    assert_in_sync(sessions, session_id)


def test_tool_calls_that_are_json_in_a_string_are_unpacked(sessions: ChatSessions) -> None:
    call = builders.tool_call()
    messages = [{"role": "assistant", "tool_calls": json.dumps([call]), "function_call": json.dumps({"name": "f"})}]
    session_id = only(take(sessions, messages))
    (item,) = stored(sessions, session_id).messages
    assert (item.message.tool_calls, item.message.function_call) == ([call], {"name": "f"})
    assert_in_sync(sessions, session_id)


# An id that exists


def test_a_longer_conversation_with_an_equal_beginning_is_appended(sessions: ChatSessions) -> None:
    take(
        sessions, {"id": "s", "title": "Bag", "messages": [ASK], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}
    )
    whole = {"prompt_tokens": 15, "completion_tokens": 4}
    report = take(sessions, {"id": "s", "messages": [ASK, ANSWER, ASK], "usage": whole}, now=NOW.replace(day=2))
    assert (report.appended, report.messages, report.problems, report.notes) == (("s",), 2, (), ())
    copy = stored(sessions, "s")
    assert [item.position for item in copy.messages] == [0, 1, 2]
    assert (copy.info.title, copy.info.prompt_tokens, copy.info.updated_at.day) == ("Bag", 15, 2)
    assert_in_sync(sessions, "s")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"messages": [ASK]}, "it exists and has more messages (2, here 1); it was left unchanged"),
        ({"messages": [ASK, ASK]}, "it exists and differs from message 1 on; it was left unchanged"),
        ({"messages": [ANSWER, ANSWER, ASK]}, "it exists and differs from message 0 on; it was left unchanged"),
        (
            {"messages": [ASK, ANSWER], "user_id": "other"},
            "it exists and belongs to another user; it was left unchanged",
        ),
    ],
)
def test_anything_else_is_reported_and_left(sessions: ChatSessions, value: dict[str, Any], reason: str) -> None:
    take(sessions, {"id": "s", "user_id": "mia", "messages": [ASK, ANSWER]})
    before = sessions.stores.read_copies("s")
    report = take(sessions, {"id": "s", **value})
    assert reasons(report) == [(1, reason)]
    after = sessions.stores.read_copies("s")
    assert (after.stored, the_cache(sessions).read_raw("s")) == (before.stored, the_cache(sessions).read_raw("s"))
    assert texts(sessions, "s") == [ASK["content"], ANSWER["content"]]


def test_an_equal_conversation_under_another_title_is_left_with_a_note(sessions: ChatSessions) -> None:
    take(sessions, {"id": "s", "title": "Bag", "messages": [ASK]})
    report = take(sessions, {"id": "s", "title": "Lost", "messages": [ASK], "usage": {"prompt_tokens": 1}})
    assert report.unchanged == ("s",)
    assert [note.text for note in report.notes] == [
        "it exists under another title, which was kept",
        "it exists with other token counts, which were kept",
    ]
    assert stored(sessions, "s").info.title == "Bag"


def test_a_session_of_any_user_is_continued_by_a_file_that_names_none(sessions: ChatSessions) -> None:
    take(sessions, {"id": "s", "user_id": "mia", "messages": [ASK]})
    assert take(sessions, {"id": "s", "messages": [ASK, ANSWER]}).appended == ("s",)
    assert stored(sessions, "s").info.user_id == "mia"


def ghost(session_id: str, *messages: dict[str, Any], user_id: str = "mia") -> ChatSession:
    return builders.new_session(session_id, user_id, [ChatMessage(**message) for message in messages])


@pytest.mark.parametrize(
    ("cached_messages", "user", "reason"),
    [
        ([ANSWER], "mia", "the cache holds messages under this id that would be lost; it was left unchanged"),
        ([ASK, ANSWER, ASK], "mia", "the cache holds messages under this id that would be lost; it was left unchanged"),
        ([ASK], "noa", "the cache holds a session of another user under this id; it was left unchanged"),
    ],
)
def test_words_that_only_the_cache_has_are_never_overwritten(
    sessions: ChatSessions, cached_messages: list[dict[str, Any]], user: str, reason: str
) -> None:
    sessions.cache_chat_session(ghost("g", *cached_messages))
    report = take(sessions, {"id": "g", "user_id": user, "messages": [ASK, ANSWER]})
    assert reasons(report) == [(1, reason)]
    assert len(cached(sessions, "g").messages) == len(cached_messages)
    assert database(sessions).existing(["g"]) == []


def test_a_cached_beginning_without_rows_becomes_a_session(sessions: ChatSessions) -> None:
    sessions.cache_chat_session(ghost("g", ASK))
    assert take(sessions, {"id": "g", "user_id": "mia", "messages": [ASK, ANSWER]}).created == ("g",)
    assert_in_sync(sessions, "g")


def test_an_unsaved_tail_in_the_cache_is_not_appended_over(sessions: ChatSessions) -> None:
    take(sessions, {"id": "s", "messages": [ASK]})
    sessions.cache_chat_session(ghost("s", ASK, ANSWER, user_id="imported"))
    report = take(sessions, {"id": "s", "messages": [ASK, ASK]})
    assert reasons(report) == [(1, "the cache holds messages under this id that would be lost; it was left unchanged")]
    assert len(cached(sessions, "s").messages) == 2


def test_unreadable_bytes_without_rows_are_left(sessions: ChatSessions) -> None:
    the_cache(sessions).put_raw("s", b'{"cut')
    report = take(sessions, {"id": "s", "messages": [ASK]})
    assert reasons(report) == [
        (1, "the cache holds unreadable bytes under this id, and the database nothing; it was left unchanged")
    ]


# Stores


def test_a_read_only_deployment_refuses_before_the_file_is_read(sessions: ChatSessions, tmp_path: Path) -> None:
    take(sessions, TWO[0])
    reading = Database.open(f"sqlite:///{tmp_path / 'own' / 'chat.db'}")
    assert can_import(sessions.stores)
    assert not can_import(SessionStores(reading, sessions.stores.cache))
    with pytest.raises(ReadOnlyError, match="INSPECTOR_ACCESS=write"):
        import_lines(SessionStores(reading, sessions.stores.cache), iter([]), NOW)
    reading.close()


def test_without_a_database_nothing_can_be_imported(sessions: ChatSessions) -> None:
    assert not can_import(SessionStores(None, sessions.stores.cache))
    with pytest.raises(NotConfigured, match="DATABASE_URL"):
        import_lines(SessionStores(None, sessions.stores.cache), iter([]), NOW)


def test_without_a_cache_the_rows_are_written_and_it_is_said(sessions: ChatSessions) -> None:
    alone = ChatSessions(SessionStores(sessions.stores.database, None, cache_hint="There is no cache."))
    report = take(alone, *TWO)
    assert (report.created, report.uncached, report.cache_problem) == (("a", "b"), 2, "There is no cache.")
    assert len(stored(alone, "b").messages) == 2


def test_with_a_cache_out_of_reach_the_rows_are_written_and_it_is_said(sessions: ChatSessions) -> None:
    down = SessionCache(RedisSettings(url=f"redis://{servers.UNREACHABLE}:1"), session_ttl=60, write=True)
    report = take(ChatSessions(SessionStores(sessions.stores.database, down)), *TWO)
    assert (report.created, report.uncached) == (("a", "b"), 2)
    assert report.cache_problem is not None
    assert "can't be reached" in report.cache_problem


def test_a_database_out_of_reach_stops_the_import_with_a_sentence() -> None:
    url = f"postgresql://u:SECRET@{servers.UNREACHABLE}:1/x"
    gone = Database.open(url, write=True)
    report = take(ChatSessions(SessionStores(gone, None)), *TWO)
    assert (report.created, report.problems) == ((), ())
    assert report.stopped is not None
    assert "can't be reached" in report.stopped
    assert "SECRET" not in report.stopped


def test_postgresql_and_a_server_of_ones_own_hold_the_same(pg_url: str, redis_url: str, airline_file: Path) -> None:
    database = Database.open(pg_url, write=True)
    sessions = ChatSessions(
        SessionStores(database, SessionCache(RedisSettings(url=redis_url), session_ttl=60, write=True))
    )
    lines = airline_file.read_bytes().splitlines(keepends=True)[:5]
    odd = {
        "id": "odd",
        "messages": [{"role": "user", "content": "\x00\ud800", "tool_calls": [{"n": 1e2, "\x00": -0.0}]}],
    }
    for _ in range(2):
        report = import_lines(sessions.stores, iter([*lines, json.dumps(odd).encode()]), NOW)
        assert report.problems == ()
    assert len(report.unchanged) == 6
    for session_id in report.unchanged:
        assert_in_sync(sessions, session_id)
    sessions.close()


def test_the_same_file_by_four_threads_at_once_comes_in_once(sessions: ChatSessions, airline_file: Path) -> None:
    raw = b"".join(airline_file.read_bytes().splitlines(keepends=True)[:12])
    assert database(sessions).facts().sessions == 0
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: take_text(sessions, raw), range(4)))
    assert [problem for report in reports for problem in report.problems] == []
    created = [session_id for report in reports for session_id in report.created]
    assert len(created) == len(set(created)) == 12
    for session_id in created:
        assert_in_sync(sessions, session_id)
