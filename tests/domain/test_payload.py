"""The payload preview: rows next to their stored messages, and the JSON for the browser."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages import ChatMessage, ChatSession, build_payload
from chatdata.domain.payload import PROVIDER_NAMES, Preview, PreviewRow, assess, preview, translated
from chatdata.domain.payload.preview import CUT
from chatdata.domain.text import CHUNK
from chatdata.domain.tokens import ModelFacts, model_facts
from tests.support.builders import any_sessions, message, talk, tool_call

MODEL = model_facts("gpt-4o")
UNKNOWN = model_facts("no-such-model")


def copies(messages: Sequence[ChatMessage], *, step: int = 1) -> list[CopyMessage]:
    """A copy's messages; with a step the stored positions have gaps."""
    return [CopyMessage(number * step, each) for number, each in enumerate(messages)]


def made(*messages: ChatMessage, model: ModelFacts = MODEL) -> Preview:
    return preview(copies(messages), model)


def positions(row: PreviewRow) -> list[int]:
    return [copy.position for copy in row.stored]


def codes(row: PreviewRow) -> list[str]:
    return [finding.code for finding in row.findings]


def answered(call_id: str = "call_1") -> tuple[ChatMessage, ChatMessage]:
    calling = message("assistant", None, tool_calls=[tool_call(call_id)])
    return calling, message("tool", "done", tool_call_id=call_id)


def orphan(call_id: str = "call_x") -> ChatMessage:
    return message("tool", "late", tool_call_id=call_id)


# The main error


def test_the_main_error_is_that_of_most_providers_and_not_the_first() -> None:
    mistral = (message(), *answered(), message(content="Are you there?"))
    judged = made(*mistral, message("assistant", "Yes."), orphan(), message("assistant", "So.")).judged
    first = next(finding for finding in judged.report.findings if finding.severity == "error")
    assert [rejection.provider for rejection in first.rejected_by] == ["mistral"]
    assert judged.main_error is not None
    assert judged.main_error.code == "orphan_tool_result"
    assert len(judged.main_error.rejecting) > 1


def test_the_first_of_equal_errors_is_the_main_one() -> None:
    judged = made(message(), orphan("call_1"), message("assistant", "a"), orphan("call_2")).judged
    assert judged.main_error is not None
    assert judged.main_error.tool_call_id == "call_1"


def test_a_payload_that_all_accept_has_no_main_error() -> None:
    assert made(*talk(2)).judged.main_error is None


# Rows


@settings(deadline=None)
@given(any_sessions)
def test_rows_cover_every_stored_message_once_and_the_payload_in_its_order(session: ChatSession) -> None:
    given_copies = copies(session.messages, step=3)
    shown = preview(given_copies, MODEL)
    assert sorted(position for row in shown.rows for position in positions(row)) == [
        copy.position for copy in given_copies
    ]
    assert [row.sent for row in shown.rows if row.sent] == list(shown.judged.payload.messages)
    assert [row.stored[0].position for row in shown.rows if row.stored] == sorted(
        row.stored[0].position for row in shown.rows if row.stored
    )
    for row in shown.rows:
        if row.sent is not None:
            assert tuple(positions(row)) == row.sent.positions
            assert row.notes == row.sent.notes


@settings(deadline=None)
@given(any_sessions)
def test_every_finding_is_at_the_row_of_its_message(session: ChatSession) -> None:
    shown = preview(copies(session.messages, step=3), MODEL)
    placed = [(row, finding) for row in shown.rows for finding in row.findings]
    about_messages = [found for found in shown.judged.report.findings if found.stored_positions]
    assert sorted(map(repr, (found for _, found in placed if found.stored_positions))) == sorted(
        map(repr, about_messages)
    )
    for row, finding in placed:
        assert finding.payload_position == row.payload_position
        if row.stored:
            assert set(finding.stored_positions) <= set(positions(row))


@settings(deadline=None)
@given(any_sessions)
def test_what_a_browser_is_given_has_a_value_for_each_row_and_is_json(session: ChatSession) -> None:
    shown = preview(copies(session.messages, step=3), MODEL)
    index = shown.index
    assert index["count"] == len(shown.rows)
    assert {len(index[key]) for key in ("positions", "sent", "lines", "notes", "worst")} == {len(shown.rows)}
    window = shown.window(range(-1, len(shown.rows) + 2))
    assert [item["ordinal"] for item in window] == list(range(len(shown.rows)))
    assert json.loads(json.dumps([index, shown.summary, window])) == [index, shown.summary, window]
    for verdict in shown.summary["verdicts"]:
        for reason in verdict["rejections"]:
            row = shown.rows[reason["row"]] if reason["row"] >= 0 else None
            assert row is None or reason["code"] in codes(row)


@settings(deadline=None)
@given(any_sessions)
def test_looking_changes_no_message_and_gives_the_payload_that_is_sent(session: ChatSession) -> None:
    before = session.model_copy(deep=True)
    shown = preview(copies(session.messages), MODEL)
    assert session == before
    assert shown.judged.payload.params == build_payload(session.messages).params
    assert preview(copies(session.messages), MODEL).rows == shown.rows


def test_merged_messages_are_one_row_and_a_skipped_one_stays_between_its_neighbours() -> None:
    shown = made(
        message(content="Hello"),
        message("assistant", "One"),
        message("critic", "Not sent"),
        message("assistant", "Two", refusal="no"),
    )
    assert [positions(row) for row in shown.rows] == [[0], [1, 3], [2]]
    assert [row.payload_position for row in shown.rows] == [0, 1, None]
    assert [note.kind for note in shown.rows[1].notes] == ["merged", "field_lost"]
    assert ([note.kind for note in shown.rows[2].notes], codes(shown.rows[2])) == (["skipped"], ["unknown_role"])
    assert shown.rows[2].sent is None
    assert [shown.summary[name] for name in ("stored", "sent", "skipped")] == [4, 2, 1]


def test_a_finding_stands_at_its_stored_position_where_positions_have_gaps() -> None:
    shown = preview(copies([*talk(2), orphan(), message("assistant", "ok")], step=10), MODEL)
    assert {positions(row)[0]: codes(row) for row in shown.rows if row.findings} == {
        20: ["orphan_tool_result"],
        30: ["ends_with_assistant"],
    }
    assert shown.row_of(20) == 2


def test_the_next_user_message_has_a_row_only_where_something_is_wrong_there() -> None:
    shown = made(message(), *answered())
    last = shown.rows[-1]
    assert (last.stored, last.sent, last.payload_position, codes(last)) == ((), None, 3, ["user_after_tool"])
    verdicts = {verdict["provider"]: verdict["rejections"] for verdict in shown.summary["verdicts"]}
    assert [reason["row"] for reason in verdicts["mistral"]] == [3]
    assert len(made(message(), *answered(), message("assistant", "ok")).rows) == 4


def test_a_copy_without_messages_has_no_rows_and_no_reason_to_be_rejected() -> None:
    shown = made()
    assert (shown.rows, shown.index["count"], shown.judged.rejected_by) == ((), 0, ())


# Weight


def test_tokens_stand_at_each_row_and_are_unknown_without_a_tokenizer() -> None:
    messages = [message("critic"), *talk(3)]
    shown = made(*messages)
    assert [row.tokens for row in shown.rows if row.sent] == list(shown.judged.tokens.messages)
    assert shown.rows[0].tokens is None
    unknown = made(*messages, model=UNKNOWN)
    assert unknown.judged.tokens.total is None
    assert {row.tokens for row in unknown.rows} == {None}


def test_a_full_window_is_a_reason_that_is_about_no_row() -> None:
    small = model_facts("gpt-4")
    assert small.context_window == 8_192
    judged = assess(copies([message(content="word " * 20_000)]), small)
    assert "openai" in judged.rejected_by
    shown = preview(copies([message(content="word " * 20_000)]), small)
    (verdict,) = [verdict for verdict in shown.summary["verdicts"] if verdict["provider"] == "openai"]
    assert [(reason["row"], reason["code"]) for reason in verdict["rejections"]] == [(-1, "context_overflow")]


# What a browser reads


def test_only_a_hundred_reasons_of_a_provider_are_listed_and_all_are_counted() -> None:
    shown = made(*(orphan(f"call_{number}") for number in range(150)))
    (verdict,) = [verdict for verdict in shown.summary["verdicts"] if verdict["provider"] == "openai"]
    assert (verdict["total"], len(verdict["rejections"])) == (150, 100)
    assert (
        set(shown.summary["names"]) == set(PROVIDER_NAMES) == {item["provider"] for item in shown.summary["verdicts"]}
    )


def test_a_row_carries_roles_calls_notes_and_what_would_be_answered() -> None:
    calling = message("assistant", None, tool_calls=[tool_call("call_1"), {"id": "lost"}, "nonsense"])
    row = made(message(), calling, message("assistant", "ok")).window([1])[0]
    assert [(each["id"], each["name"]) for each in row["stored"][0]["calls"]] == [
        ("call_1", "find_agent"),
        ("lost", None),
        (None, None),
    ]
    assert [(kind, position, field) for kind, position, field, _ in row["notes"]] == [
        ("tool_call_left_out", 1, "tool_calls[1]"),
        ("tool_call_left_out", 1, "tool_calls[2]"),
        ("null_content", 1, "content"),
        ("merged", 2, ""),
    ]
    assert (row["role"], row["payload_position"]) == ("assistant", 1)
    (finding,) = [each for each in row["findings"] if each["code"] == "unanswered_tool_call"]
    assert finding["title"]
    assert finding["cause"]
    assert finding["threads"]
    assert finding["fix"]["what"]
    assert "call_1" in next(each["text"] for each in finding["rejected_by"] if each["provider"] == "openai")


def parts(shown: Preview, ordinal: int, part: str) -> Iterator[dict[str, Any]]:
    offset: int | None = 0
    while offset is not None:
        piece = shown.text(ordinal, part, offset)
        yield piece
        offset = piece["next"]


def test_a_long_text_is_cut_in_a_window_and_read_on_in_pieces() -> None:
    long = "".join(chr(0x4E00 + number % 5_000) for number in range(2 * CHUNK + 7))
    shown = made(message(content=long))
    content = shown.window([0])[0]["stored"][0]["content"]
    assert (content["text"], content["length"], content["cut"]) == (long[:CUT], len(long), CUT)
    assert "".join(piece["text"] for piece in parts(shown, 0, "stored.0")) == long
    sent = list(parts(shown, 0, "sent"))
    assert json.loads("".join(piece["text"] for piece in sent)) == {"role": "user", "content": long}
    assert {piece["length"] for piece in sent} == {sum(len(piece["text"]) for piece in sent)}


@pytest.mark.parametrize(
    ("ordinal", "part"),
    [(9, "sent"), (-1, "sent"), (0, "stored.7"), (0, "stored"), (0, "other.0"), (1, "sent"), (2, "stored.2")],
    ids=["no row", "before the first", "no such position", "no position", "no kind", "not sent", "null"],
)
def test_a_text_that_is_not_there_is_said(ordinal: int, part: str) -> None:
    shown = made(message(), message("critic"), message("assistant", None))
    with pytest.raises(LookupError, match=f"Row {ordinal} has no text “{part}”"):
        shown.text(ordinal, part)


def test_rows_near_a_message_begin_a_little_before_it() -> None:
    shown = made(*talk(100))
    assert [item["ordinal"] for item in shown.near(50, 20)] == list(range(45, 65))
    assert [item["ordinal"] for item in shown.near(99, 20)] == list(range(94, 100))
    assert [item["ordinal"] for item in shown.near(4_000, 20)] == list(range(20))


# Other APIs


def test_a_translation_stands_beside_the_stored_messages_with_its_changes() -> None:
    talked = [message("system", "Be brief."), message("critic"), message(name="Ada"), *answered(), message("user", "")]
    shown = translated(made(*talked), "anthropic")
    rows = shown.window(range(len(shown.rows)))
    assert [row["payload_position"] for row in rows] == [0, None, 1, 2, 3, None]
    assert [row["role"] for row in rows] == ["system", None, "user", "assistant", "user", None]
    assert [row["places"] for row in rows[:3]] == [["system[0]"], [], ["messages[0].content[0]"]]
    assert [change[0] for row in rows for change in row["changes"]] == ["system_moved", "name_dropped", "empty_dropped"]
    assert json.loads(rows[3]["sent"]["text"]) == {
        "type": "tool_use",
        "id": "call_1",
        "name": "find_agent",
        "input": {"query": "news"},
    }
    assert json.loads(shown.text(4, "sent")["text"])["tool_use_id"] == "call_1"
    assert (shown.index["sent"], shown.index["notes"]) == ([0, -1, 1, 2, 3, -1], [1, 1, 1, 1, 0, 1])
    assert [shown.summary[name] for name in ("stored", "sent", "skipped")] == [6, 4, 2]


def test_a_translation_has_the_findings_of_its_own_provider_in_its_words_and_no_tokens() -> None:
    payload = made(message(), orphan(), message("assistant", "ok"), orphan("call_y"))
    shown = translated(payload, "gemini")
    assert {rejection.provider for row in shown.rows for found in row.findings for rejection in found.rejected_by} == {
        "gemini"
    }
    (verdict,) = shown.summary["verdicts"]
    expected = next(one for one in payload.summary["verdicts"] if one["provider"] == "gemini")
    assert (verdict["total"], verdict["rejections"]) == (expected["total"], expected["rejections"])
    assert verdict["total"] > 0
    assert {row.tokens for row in shown.rows} == {None}


def test_a_finding_of_another_provider_is_not_one_of_a_translation() -> None:
    payload = made(message(), *answered())
    assert payload.rows[-1].findings
    assert not payload.rows[-1].stored
    shown = translated(payload, "anthropic")
    assert [len(row.stored) for row in shown.rows] == [1, 1, 1]
    assert shown.summary["verdicts"] == [{"provider": "anthropic", "total": 0, "rejections": []}]
