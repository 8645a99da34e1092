"""Context blocks, reasoning messages and markers of a turn's end, as later backends write them into messages."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.copies import CopyMessage
from chatdata.domain.lint import lint_messages, lint_payload
from chatdata.domain.messages import ChatMessage, build_payload
from chatdata.domain.messages.context_blocks import BLOCK_NAMES, own_words, split_context
from chatdata.domain.messages.markers import marks_compaction, turn_end
from chatdata.domain.summaries import summary_of
from chatdata.domain.timeline import build
from tests.support.builders import message, tool_call
from tests.support.mutations import CONTEXT, cached_copy, session_of

CALLED = [
    message("user", "Look it up"),
    message("assistant", "Looking.", tool_calls=[tool_call()]),
    message("reasoning", "Perhaps a search."),
    message("tool", "{}", tool_call_id="call_1"),
    message("assistant", "Found."),
]


def in_rows(messages: list[ChatMessage]) -> list[CopyMessage]:
    return [CopyMessage(index, item) for index, item in enumerate(messages)]


# ---- context


@given(st.lists(st.tuples(st.sampled_from(BLOCK_NAMES), st.text(max_size=9)), max_size=4), st.text(max_size=30))
def test_blocks_in_any_order_are_taken_off_and_the_words_stay(blocks: list[tuple[str, str]], words: str) -> None:
    written = "".join(f"<{name}>{text}</{name}>\n\n" for name, text in blocks)
    found, rest = split_context(f"{written}Hello {words}")
    assert (rest, [(block.name, block.text) for block in found]) == (f"Hello {words}", blocks)


@pytest.mark.parametrize(
    "words",
    [
        "<env_context>without an end",
        "<env_context>and no blank line</env_context>Hello",
        "<other_context>x</other_context>\n\nHello",
        "Hello <env_context>x</env_context>\n\n",
        " <env_context>x</env_context>\n\nHello",
        "<",
        "",
    ],
)
def test_what_is_no_block_is_the_users_own(words: str) -> None:
    assert own_words(words) == words


def test_the_timeline_shows_the_users_words_and_the_blocks_beside_them() -> None:
    timeline = build(in_rows([message("user", f"{CONTEXT}Hello"), message("assistant", f"{CONTEXT}Hi")]))
    (asked, answered) = timeline.full(range(2))
    assert asked["content"]["text"] == "Hello"
    assert [(block["name"], block["text"]) for block in asked["context"]] == [
        ("memory_context", "likes tea"), ("env_context", "\nUTC\n")
    ]  # fmt: skip
    assert (answered["content"]["text"], answered["context"]) == (f"{CONTEXT}Hi", [])
    assert [entry[:2] for entry in timeline.outline] == [(0, "Hello")]
    assert timeline.text(0, "context.1")["text"] == "\nUTC\n"
    assert timeline.find("likes tea") == [(1, 1)]
    with pytest.raises(LookupError):
        timeline.text(0, "context.2")


def test_a_list_shows_the_users_words() -> None:
    copy = cached_copy(session_of([message("user", f"{CONTEXT}Hello"), message("assistant", "Hi")], title=None))
    assert summary_of(copy, "s-1").first_user_message == "Hello"


# ---- thoughts


def test_thoughts_are_never_sent_and_stand_between_no_call_and_its_result(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        payload = build_payload(CALLED)
    assert [param["role"] for param in payload.params] == ["user", "assistant", "tool", "assistant"]
    assert [(note.kind, note.position) for note in payload.skipped] == [("skipped", 2)]
    assert caplog.records == []
    without = build_payload([item for item in CALLED if item.role != "reasoning"])
    assert payload.params == without.params
    found = [finding.code for finding in lint_payload(payload).findings]
    assert found == [finding.code for finding in lint_payload(without).findings]


def test_a_file_with_thoughts_is_linted_as_it_is_sent() -> None:
    raw: list[Any] = [item.model_dump(exclude_none=True) for item in CALLED]
    bad = [*raw[:3], {"role": "tool", "content": "{}", "tool_call_id": "other"}, *raw[4:]]
    assert not [one for one in lint_messages(raw).findings if one.code in ("unknown_role", "unanswered_tool_call")]
    orphan = next(one for one in lint_messages(bad).findings if one.code == "orphan_tool_result")
    assert orphan.payload_position == 3


def test_thoughts_are_a_kind_of_their_own_and_fold_no_result_away() -> None:
    timeline = build(in_rows(CALLED))
    assert [item.kind for item in timeline.items] == ["user", "assistant", "reasoning", "tool", "assistant"]
    assert [item.notes for item in timeline.items] == [(), (), (), (), ()]
    assert timeline.items[1].calls[0].answer == 3
    assert timeline.items[3].under is not None
    assert timeline.items[3].under.ordinal == 1


# ---- marks


@pytest.mark.parametrize(
    ("role", "content", "ended"),
    [
        ("assistant", "[__COPILOT_ERROR_f7a1__] It failed.", "failed"),
        ("assistant", "[__COPILOT_RETRYABLE_ERROR_a9c2__] Try again.", "failed"),
        ("assistant", "[__COPILOT_SYSTEM_e3b0__] Execution stopped by user", "stopped"),
        ("assistant", "[__COPILOT_SYSTEM_e3b0__] The session was renamed.", "notice"),
        ("assistant", "So: [__COPILOT_ERROR_f7a1__]", None),
        ("user", "[__COPILOT_ERROR_f7a1__] what is this?", None),
        ("assistant", None, None),
    ],
)
def test_how_a_turn_ended(role: str, content: str | None, ended: str | None) -> None:
    item = message(role, content)
    assert turn_end(item) == ended
    (shown,) = build(in_rows([item])).full(range(1))
    assert shown["ended"] == ended
    assert bool(shown["notes"]) == (ended in ("failed", "stopped"))


def test_a_call_marks_a_summary() -> None:
    assert marks_compaction(message("assistant", "", tool_calls=[tool_call(name="context_compaction")]))
    assert not marks_compaction(message("assistant", "", tool_calls=[tool_call(), "damaged"]))


def test_the_timeline_says_where_older_messages_were_replaced_by_a_summary() -> None:
    marked = message("assistant", "", tool_calls=[tool_call(name="context_compaction")])
    timeline = build(in_rows([message(), marked, message("tool", "Summary.", tool_call_id="call_1")]))
    assert [item.notes for item in timeline.items] == [
        (), ("The messages before this one were replaced by a summary for the model.",), ()
    ]  # fmt: skip
