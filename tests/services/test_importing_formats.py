"""Importing files in other formats: both stores hold every conversation, and the notes name what they don't hold."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatdata import ChatSessions, Settings, StoredCopy
from chatdata.domain.dialects import Dialect
from chatdata.services.connect import connect
from chatdata.services.importing import ImportReport, import_lines
from tests.support.builders import new_session
from tests.support.dialect_samples import SAMPLES, Sample

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[ChatSessions]:
    """Empty embedded stores."""
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(tmp_path / "own")})) as connected:
        yield connected.sessions


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatSessions]:
    """Embedded stores for tests that look only at what they import themselves."""
    folder = tmp_path_factory.mktemp("stores")
    with connect(Settings.from_environment({"INSPECTOR_DATA_DIR": str(folder)})) as connected:
        yield connected.sessions


def take(sessions: ChatSessions, text: str, dialect: Dialect | None = None) -> ImportReport:
    return import_lines(sessions.stores, io.BytesIO(text.encode()), NOW, dialect=dialect)


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def stored(sessions: ChatSessions, session_id: str) -> StoredCopy:
    copy = sessions.stores.read_copies(session_id).stored
    assert isinstance(copy, StoredCopy)
    return copy


def texts(report: ImportReport) -> list[str]:
    return [note.text for note in report.notes]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.dialect}: {sample.name}")
def test_a_conversation_of_any_format_comes_in_in_sync(sessions: ChatSessions, sample: Sample) -> None:
    report = take(sessions, json.dumps(sample.value))
    assert report.problems == ()
    (session_id,) = report.created
    copies = sessions.stores.read_copies(session_id)
    rows = stored(sessions, session_id).session()
    document = copies.cached.session()  # type: ignore[union-attr]
    assert tuple(message.role for message in rows.messages) == sample.roles
    assert document.messages == rows.messages
    assert (rows.prompt_tokens, rows.completion_tokens) == sample.usage
    assert take(sessions, json.dumps(sample.value)).unchanged == (session_id,)


@pytest.mark.parametrize("dialect", ["claude-code", "codex"])
def test_the_lines_of_a_session_file_are_one_conversation(sessions: ChatSessions, dialect: Dialect) -> None:
    (sample,) = [sample for sample in SAMPLES if sample.dialect == dialect]
    report = take(sessions, "not JSON\n".join([lines(*sample.value[:2]), lines(*sample.value[2:])]))
    assert report.created == ("bag-1",)
    assert [(problem.line, problem.reason) for problem in report.problems] == [
        (3, "not JSON: expecting value at column 1")
    ]
    assert len(stored(sessions, "bag-1").messages) == len(sample.roles)


def test_two_sessions_of_one_log_are_two_conversations(sessions: ChatSessions) -> None:
    (sample,) = [sample for sample in SAMPLES if sample.dialect == "codex"]
    other = json.loads(json.dumps(sample.value).replace("bag-1", "bag-2"))
    report = take(sessions, lines(*sample.value, *other))
    assert report.created == ("bag-1", "bag-2")


def test_formats_may_be_mixed_line_by_line(sessions: ChatSessions) -> None:
    values = [sample.value for sample in SAMPLES if isinstance(sample.value, dict)]
    apart = [json.loads(json.dumps(value).replace("bag-1", f"bag-{index}")) for index, value in enumerate(values)]
    report = take(sessions, lines(*apart))
    assert report.problems == ()
    assert len(report.created) + len(report.unchanged) == len(values)


def test_an_array_of_exports_is_one_conversation_each(sessions: ChatSessions) -> None:
    exports = [{"title": title, "mapping": {"a": _said("Hi")}} for title in ("A", "B")]
    report = take(sessions, json.dumps(exports, indent=1))
    assert (len(report.created), report.problems) == (2, ())


def _said(words: str) -> dict[str, Any]:
    return {"message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": [words]}}}


NO_MESSAGES: dict[Dialect, Any] = {
    "chatgpt": {"title": "A", "mapping": {}},
    "claude-ai": {"uuid": "u", "name": "A", "chat_messages": []},
    "librechat": {"conversationId": "c", "title": "A", "messages": []},
    "open-webui": {"id": "o", "chat": {"title": "A", "history": {"messages": {}, "currentId": None}}},
    "gemini-contents": {"contents": []},
    "openai-responses": {"input": [], "model": "gpt-5"},
    "anthropic-messages": {"system": "", "messages": [], "max_tokens": 5, "model": "claude"},
    "openai-chat": {"id": "p", "messages": []},
    "inspect": {"eval": {"model": "m"}, "samples": [{"id": 1, "messages": []}]},
    "tau-bench": {"task_id": 1, "traj": [], "reward": 0},
    "swe-agent": {"history": [], "trajectory": [], "info": {}},
    "langfuse": {"input": [], "output": None, "traceId": "t", "type": "GENERATION"},
    "helicone": {"request": {"model": "m"}, "response": {}},
    "litellm": {"messages": [], "response": {}, "call_type": "completion"},
}


@pytest.mark.parametrize("dialect", NO_MESSAGES)
def test_an_empty_conversation_of_any_format_is_named_and_not_stored(stores: ChatSessions, dialect: Dialect) -> None:
    for given in (None, dialect):
        report = take(stores, lines(NO_MESSAGES[dialect]), given)
        assert (report.created, report.messages) == ((), 0)
        (problem,) = report.problems
        assert "no messages" in problem.reason, problem.reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"sharegpt": 1, "conversations": []}, "conversations is an empty list: there are no messages"),
        ([{"id": "a", "conversations": []}], "conversations is an empty list: there are no messages"),
        ({"eval": {"model": "m"}, "samples": []}, "there is no conversation in it"),
    ],
)
def test_an_empty_list_of_messages_or_conversations_is_named(stores: ChatSessions, value: Any, reason: str) -> None:
    assert [problem.reason for problem in take(stores, lines(value)).problems] == [reason]


def test_the_messages_of_other_branches_are_named_where_the_current_branch_is_empty(stores: ChatSessions) -> None:
    value = {"mapping": {"root": {"message": None}, "a": {"parent": "root", **_said("SECRET")}}, "current_node": "root"}
    (problem,) = take(stores, lines(value)).problems
    assert "1 message of another branch has no place in the stores (at mapping[a])" in problem.reason
    assert "SECRET" not in problem.reason


def test_a_cached_document_without_messages_is_a_session(stores: ChatSessions) -> None:
    document = new_session("empty", messages=[]).model_dump_json()
    report = take(stores, document)
    assert (report.created, report.problems) == (("empty",), ())


def test_a_given_format_overrides_the_recognised_one(stores: ChatSessions) -> None:
    plain = {"id": "forced", "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}
    report = take(stores, lines(plain), "anthropic-messages")
    assert report.created == ("forced",)
    wrong = take(stores, lines({"id": "forced-too", "messages": []}), "chatgpt")
    assert [problem.reason for problem in wrong.problems] == [
        "mapping should be an object of messages; its keys are id, messages; "
        "the format with these keys is OpenAI chat (openai-chat)"
    ]


def test_a_refused_message_is_named_by_line_position_key_and_what_was_expected(stores: ChatSessions) -> None:
    bad = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "words": "SECRET"}]}
    report = take(stores, lines({"id": "good", "messages": [{"role": "user", "content": "Hi"}]}, bad))
    assert report.created == ("good",)
    (problem,) = report.problems
    assert problem.line == 2
    assert problem.reason == (
        "messages[1] has its only content under the unknown key words: a message has content or tool_calls"
    )


def test_what_was_said_and_is_not_stored_is_counted(stores: ChatSessions) -> None:
    answer = {"role": "assistant", "content": "Hello", "reasoning_content": "hm", "weight": 1}
    report = take(stores, lines({"id": "thought", "messages": [answer]}))
    assert report.left_out == 1
    assert texts(report) == [
        "1 thinking block has no place in the stores (at messages[0].reasoning_content)",
        "the key weight of 1 message has no place in the stores",
    ]
    settings_only = take(stores, lines({"id": "weighed", "messages": [{"role": "user", "content": "Hi", "weight": 1}]}))
    assert settings_only.left_out == 0


def test_what_may_have_been_said_is_counted_and_what_the_messages_repeat_is_not(stores: ChatSessions) -> None:
    talk = [{"role": "user", "content": "Where is my bag?"}, {"role": "assistant", "content": "It is in Porto."}]
    other, same = ({"id": text, "messages": talk, "answer": text} for text in ("Lisbon", "It is in Porto."))
    report = take(stores, lines(other, same))
    assert report.left_out == 1
    assert [(note.line, note.text) for note in report.notes] == [
        (1, "the key answer has no place in the stores, and may have been part of what was said"),
        (2, "the key answer has no place in the stores"),
    ]


def test_a_role_that_no_model_knows_is_stored_and_told(stores: ChatSessions) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "exit", "content": "done"}]
    report = take(stores, lines({"id": "exited", "messages": messages}))
    assert texts(report) == ["1 message has a role that no model knows (first message 1): stored, not sent"]
    assert stored(stores, "exited").messages[1].message.role == "exit"


def test_times_of_messages_in_unix_seconds_are_kept(stores: ChatSessions) -> None:
    messages = [{"role": "user", "content": "Hi", "timestamp": 1771581600}]
    take(stores, lines({"id": "timed", "createdAt": "2026-02-20T09:00:00Z", "messages": messages}))
    copy = stored(stores, "timed")
    assert copy.info.started_at == datetime(2026, 2, 20, 9, tzinfo=UTC)
    assert copy.messages[0].created_at == datetime(2026, 2, 20, 10, tzinfo=UTC)
