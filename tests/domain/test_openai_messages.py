"""Building the payload: the reference system's rules one by one, and laws over all of them."""

import logging
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from openai.types.chat import ChatCompletionMessageParam
from pydantic import TypeAdapter

from chatdata.domain.messages import ChatMessage, ChatSession, Payload, build_payload
from tests.support.builders import any_sessions, message, new_session, tool_call

PAYLOAD: TypeAdapter[Any] = TypeAdapter(list[ChatCompletionMessageParam])


def payload(*messages: ChatMessage) -> list[Any]:
    return list(new_session(messages=list(messages)).to_openai_messages())


@pytest.mark.parametrize("role", ["developer", "system", "user", "assistant"])
def test_null_content_becomes_empty_text(role: str) -> None:
    assert payload(message(role, None)) == [{"role": role, "content": ""}]


@pytest.mark.parametrize("role", ["developer", "system", "user", "assistant"])
@pytest.mark.parametrize(("name", "sent"), [("Ann", {"name": "Ann"}), ("", {}), (None, {})])
def test_a_name_is_sent_when_there_is_one(role: str, name: str | None, sent: dict[str, str]) -> None:
    assert payload(message(role, "Hello", name=name)) == [{"role": role, "content": "Hello", **sent}]


@pytest.mark.parametrize(("refusal", "sent"), [("no", {"refusal": "no"}), ("", {}), (None, {})])
def test_a_refusal_is_sent_when_there_is_one(refusal: str | None, sent: dict[str, str]) -> None:
    assert payload(message("assistant", "", refusal=refusal)) == [{"role": "assistant", "content": "", **sent}]


@pytest.mark.parametrize("role", ["user", "system", "developer"])
def test_only_assistants_call_and_refuse(role: str) -> None:
    said = message(role, "x", refusal="no", tool_calls=[tool_call()], function_call={"name": "f"}, tool_call_id="c")
    assert payload(said) == [{"role": role, "content": "x"}]


def test_tool_calls_are_sent_as_they_are() -> None:
    calls = [tool_call("call_1"), tool_call("call_2", "run_agent", "not JSON")]
    assert payload(message("assistant", None, tool_calls=calls)) == [
        {"role": "assistant", "content": "", "tool_calls": calls}
    ]


@pytest.mark.parametrize(
    "entry",
    [{}, {"id": "call_1"}, {"function": {"name": "f"}}, {"id": "call_1", "function": {}}, {"id": None}, "call", None],
)
def test_a_tool_call_without_id_or_name_is_left_out_with_a_warning(
    entry: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sent = payload(message("assistant", "x", tool_calls=[entry, tool_call("call_2")]))
    assert sent[0]["tool_calls"] == [tool_call("call_2")]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (
            logging.WARNING,
            "session s-1: message 0: tool_calls[0] is left out: it has no id or no function.name",
        )
    ]


def test_when_every_tool_call_was_left_out_the_empty_list_stays() -> None:
    assert payload(message("assistant", "x", tool_calls=[{}]))[0]["tool_calls"] == []


@pytest.mark.parametrize("calls", [None, []], ids=["null", "empty"])
def test_without_tool_calls_there_is_no_such_key(calls: list[Any] | None) -> None:
    assert "tool_calls" not in payload(message("assistant", "x", tool_calls=calls))[0]


def test_missing_arguments_become_an_empty_object() -> None:
    sent = payload(message("assistant", "x", tool_calls=[{"id": "call_1", "function": {"name": "f"}}]))
    assert sent[0]["tool_calls"] == [tool_call("call_1", "f", "{}")]


def test_a_function_call_is_sent() -> None:
    call = {"name": "f", "arguments": '{"a":1}'}
    assert payload(message("assistant", None, function_call=call))[0]["function_call"] == call


def test_a_tool_message_has_its_call_and_no_name() -> None:
    assert payload(message("tool", None, name="find_agent"), message("tool", "r", tool_call_id="call_1")) == [
        {"role": "tool", "content": "", "tool_call_id": ""},
        {"role": "tool", "content": "r", "tool_call_id": "call_1"},
    ]


def test_a_function_message_keeps_null_and_always_has_a_name() -> None:
    assert payload(message("function", None), message("function", "", name="f")) == [
        {"role": "function", "content": None, "name": ""},
        {"role": "function", "content": "", "name": "f"},
    ]


def test_other_roles_are_skipped(caplog: pytest.LogCaptureFixture) -> None:
    assert payload(message("critic"), message("user", "Hello"), message("")) == [{"role": "user", "content": "Hello"}]
    assert [record.getMessage() for record in caplog.records] == [
        "session s-1: message 0 has a role that no payload knows; it is skipped",
        "session s-1: message 2 has no role; it is skipped",
    ]


def test_an_account_tells_what_it_skips_itself_and_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    account = build_payload([message("critic"), message("assistant", "x", tool_calls=[{}])])
    assert [remark.kind for remark in account.skipped] == ["skipped"]
    assert [remark.kind for remark in account.messages[0].notes] == ["tool_call_left_out"]
    assert caplog.records == []


@pytest.mark.parametrize(
    ("contents", "merged"),
    [(["a", "b"], "a\nb"), (["", "b"], "b"), (["a", None], "a"), ([None, ""], ""), (["a", "", "b", "c"], "a\nb\nc")],
)
def test_neighbouring_assistants_become_one_and_empty_contents_are_ignored(
    contents: list[str | None], merged: str
) -> None:
    assert payload(*(message("assistant", content) for content in contents)) == [
        {"role": "assistant", "content": merged}
    ]


def test_assistants_become_neighbours_when_what_stood_between_is_skipped() -> None:
    assert payload(message("assistant", "a"), message("critic"), message("assistant", "b")) == [
        {"role": "assistant", "content": "a\nb"}
    ]


def test_the_merge_concatenates_calls_and_keeps_what_the_earlier_one_has() -> None:
    first = message(
        "assistant", "a", name="Ann", refusal="no", tool_calls=[tool_call("1")], function_call={"name": "f"}
    )
    second = message(
        "assistant", "b", name="Bob", refusal="never", tool_calls=[tool_call("2")], function_call={"name": "g"}
    )
    assert payload(first, second) == [
        {
            "role": "assistant",
            "content": "a\nb",
            "name": "Ann",
            "refusal": "no",
            "tool_calls": [tool_call("1"), tool_call("2")],
            "function_call": {"name": "f", "arguments": "{}"},
        }
    ]


def test_the_merge_drops_what_only_the_later_one_has_but_its_calls() -> None:
    second = message("assistant", "b", name="Bob", refusal="never", tool_calls=[tool_call("2")])
    assert payload(message("assistant", "a"), second) == [
        {"role": "assistant", "content": "a\nb", "tool_calls": [tool_call("2")]}
    ]


def test_the_merge_is_there_by_itself_and_changes_nothing_it_was_given() -> None:
    given_messages: list[Any] = [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "a", "tool_calls": [tool_call("1")]},
        {"role": "assistant", "content": None, "tool_calls": [tool_call("2")]},
    ]
    before = [dict(item) for item in given_messages]
    merged = ChatSession._merge_consecutive_assistant_messages(given_messages)
    assert merged == [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "a", "tool_calls": [tool_call("1"), tool_call("2")]},
    ]
    assert given_messages == before
    assert ChatSession._merge_consecutive_assistant_messages([]) == []


@given(any_sessions)
def test_the_session_is_never_changed_and_assistants_are_never_neighbours(session: ChatSession) -> None:
    before = session.model_copy(deep=True)
    sent = session.to_openai_messages()
    assert session == before
    roles = [item["role"] for item in sent]
    assert ("assistant", "assistant") not in pairwise(roles)


@given(any_sessions)
def test_whatever_was_stored_the_payload_has_the_types_of_openai(session: ChatSession) -> None:
    sent = session.sanitize().to_openai_messages()
    assert PAYLOAD.validate_python(sent) is not None


def test_the_types_of_openai_refuse_what_is_wrong() -> None:
    """The check above can fail."""
    for wrong in ({"role": "critic", "content": ""}, {"role": "tool", "content": ""}, {"role": "function"}):
        with pytest.raises(ValueError):
            PAYLOAD.validate_python([wrong])


def test_the_account_names_what_was_merged_left_out_and_lost() -> None:
    stored = [
        message("system", "s", tool_call_id="c"),
        message("critic", "never", tool_calls=[tool_call("0")]),
        message("assistant", None, tool_calls=[tool_call("1"), {"id": "2"}]),
        message("assistant", "b", refusal="no", tool_calls=[{"id": "3", "function": {"name": "f"}}]),
        message("tool", "r", tool_call_id="1", name="f"),
        message("user", "u", tool_calls=[tool_call("4")]),
    ]
    built = build_payload(stored, [10, 11, 12, 13, 14, 20])
    assert [entry.positions for entry in built.messages] == [(10,), (12, 13), (14,), (20,)]
    assert [(note.kind, note.field) for note in built.skipped] == [
        ("skipped", "role"),
        ("tool_call_left_out", "tool_calls[0]"),
    ]
    assert [(note.kind, note.position, note.field) for entry in built.messages for note in entry.notes] == [
        ("field_not_sent", 10, "tool_call_id"),
        ("tool_call_left_out", 12, "tool_calls[1]"),
        ("null_content", 12, "content"),
        ("default_arguments", 13, "tool_calls[0].function.arguments"),
        ("merged", 13, ""),
        ("field_lost", 13, "refusal"),
        ("field_not_sent", 14, "name"),
        ("tool_call_left_out", 20, "tool_calls[0]"),
    ]


@given(any_sessions)
def test_every_message_and_every_call_is_accounted_for(session: ChatSession) -> None:
    before = session.model_copy(deep=True)
    built = build_payload(session.messages)
    sent = [position for entry in built.messages for position in entry.positions]
    skipped = [note.position for note in built.skipped if note.kind == "skipped"]
    assert sorted([*sent, *skipped]) == list(range(len(session.messages)))
    assert (sent, skipped) == (sorted(sent), sorted(skipped))
    assert _calls_sent(built) + _calls_left_out(built) == sum(len(item.tool_calls or ()) for item in session.messages)
    assert build_payload(session.messages) == built
    assert session.to_openai_messages() == built.params
    assert session == before


def _calls_sent(built: Payload) -> int:
    return sum(len(cast("Any", entry.param).get("tool_calls") or ()) for entry in built.messages)


def _calls_left_out(built: Payload) -> int:
    notes = [*built.skipped, *(note for entry in built.messages for note in entry.notes)]
    return sum(note.kind == "tool_call_left_out" for note in notes)


def test_thousands_of_neighbouring_assistants_are_joined_once() -> None:
    """Joining pair by pair would copy 40 GB here."""
    built = build_payload([message("assistant", "x" * 2000) for _ in range(6000)])
    assert (len(built.messages), len(built.messages[0].positions)) == (1, 6000)
    assert len(str(built.params[0]["content"])) == 2001 * 6000 - 1
