"""Any two sessions side by side: equal, changed, only in one of them, or moved."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.copies import CopyMessage, StoredCopy
from chatdata.domain.messages import ChatMessage
from chatdata.domain.side_by_side import Matched, SessionDiff, compare_sessions, match
from tests.support.builders import any_sessions, message, new_session, talk, tool_call

few_messages = st.lists(st.sampled_from([*talk(5), message("tool", "sun", tool_call_id="c1")]), max_size=12)
"""Few different messages, so that many of them repeat and move."""


def copy(messages: list[ChatMessage], **fields: object) -> StoredCopy:
    info = new_session(**fields)  # type: ignore[arg-type]
    return StoredCopy(info, tuple(CopyMessage(index, item) for index, item in enumerate(messages)))


def kinds(a: list[ChatMessage], b: list[ChatMessage]) -> list[tuple[str, int | None, int | None]]:
    return [(row.kind, row.a, row.b) for row in match(a, b)]


def check_law(a: list[ChatMessage], b: list[ChatMessage]) -> None:
    rows = match(a, b)
    assert [row.a for row in rows if row.a is not None] == list(range(len(a)))
    assert [row.b for row in rows if row.b is not None] == list(range(len(b)))
    elsewhere = {(row.a, row.elsewhere) for row in rows if row.kind == "moved" and row.b is None}
    assert elsewhere == {(row.elsewhere, row.b) for row in rows if row.kind == "moved" and row.a is None}
    for row in rows:
        assert (row.kind in ("equal", "changed")) == (row.a is not None and row.b is not None)
        assert (row.kind == "moved") == (row.elsewhere is not None)


@given(any_sessions)
def test_a_session_is_equal_to_itself(session: object) -> None:
    messages = session.messages  # type: ignore[attr-defined]
    found = compare_sessions(copy(messages), copy(messages))
    assert found.equal
    assert found.matched == tuple(Matched("equal", index, index) for index in range(len(messages)))


@given(few_messages, few_messages)
def test_every_message_of_both_is_in_one_row_and_in_order(a: list[ChatMessage], b: list[ChatMessage]) -> None:
    check_law(a, b)


@given(any_sessions, any_sessions)
def test_the_law_holds_for_messages_of_any_kind(one: object, other: object) -> None:
    check_law(one.messages, other.messages)  # type: ignore[attr-defined]


@given(few_messages, few_messages)
def test_swapped_sessions_have_as_many_equal_messages(a: list[ChatMessage], b: list[ChatMessage]) -> None:
    there, back = (compare_sessions(copy(one), copy(other)).counts for one, other in ((a, b), (b, a)))
    assert (there["equal"], there["moved"]) == (back["equal"], back["moved"])
    assert there["only_a"] - there["only_b"] == back["only_b"] - back["only_a"]


def test_a_fork_has_its_own_end() -> None:
    assert kinds(talk(2), [*talk(2), message("user", "more"), message("assistant", "here")]) == [
        ("equal", 0, 0),
        ("equal", 1, 1),
        ("only_b", None, 2),
        ("only_b", None, 3),
    ]


def test_a_retry_with_another_answer_is_a_change() -> None:
    a, b = [*talk(3), message("assistant", "rain")], [*talk(3), message("assistant", "sun")]
    assert kinds(a, b)[3:] == [("changed", 3, 3)]


def test_similar_messages_are_paired_where_one_session_has_more() -> None:
    a = [*talk(2), message("user", "two red tents"), message("assistant", "that is 90 euros")]
    b = [*talk(2), message("user", "a word before"), message("assistant", "yes"), *a[2:3], a[3]]
    b[4], b[5] = message("user", "three red tents"), message("assistant", "that is 80 euros")
    assert kinds(a, b)[2:] == [("only_b", None, 2), ("only_b", None, 3), ("changed", 2, 4), ("changed", 3, 5)]
    assert kinds(b, a)[2:] == [("only_a", 2, None), ("only_a", 3, None), ("changed", 4, 2), ("changed", 5, 3)]


def test_messages_without_common_words_or_of_other_roles_are_not_paired() -> None:
    a = [*talk(2), message("user", "two red tents")]
    for other in (message("user", "no idea"), message("assistant", "two red tents, then")):
        b = [*talk(2), other, message("assistant", "well")]
        assert kinds(a, b)[2:] == [("only_a", 2, None), ("only_b", None, 2), ("only_b", None, 3)]


def test_very_many_different_messages_are_not_paired_but_kept() -> None:
    a, b = (
        [message("user", f"red tent number {n} {mark}") for n in range(count)]
        for mark, count in (("x", 300), ("y", 200))
    )
    counts = compare_sessions(copy(a), copy(b)).counts
    assert (counts["only_a"], counts["only_b"]) == (300, 200)


def test_the_same_call_with_other_arguments_is_a_change() -> None:
    a, b = (
        [*talk(1), message("assistant", "", tool_calls=[tool_call(arguments=text)]), message("user", "thanks")]
        for text in ('{"q": 1}', '{"q": 2}')
    )
    assert kinds(a, b) == [("equal", 0, 0), ("changed", 1, 1), ("equal", 2, 2)]
    (row,) = compare_sessions(copy(a), copy(b)).rows(copy(a), copy(b)).window([1])
    calls = row["a"]["fields"][1]
    assert (calls["name"], calls["differs"]) == ("tool_calls", True)
    assert ("only", "1") in calls["pieces"]


def test_arguments_with_other_spaces_are_equal_and_unmarked() -> None:
    a, b = ([message("assistant", "", tool_calls=[tool_call(arguments=text)])] for text in ('{"q":1}', '{ "q": 1 }'))
    found = compare_sessions(copy(a), copy(b))
    assert found.equal
    (row,) = found.rows(copy(a), copy(b)).window([0])
    assert not any(field["differs"] or field["pieces"] for field in row["b"]["fields"])


def test_a_moved_message_is_in_a_row_of_each_and_counts_once() -> None:
    first, *rest = talk(4)
    found = compare_sessions(copy([first, *rest]), copy([*rest, first]))
    assert found.counts == {"equal": 3, "changed": 0, "only_a": 0, "only_b": 0, "moved": 1}
    rows = found.rows(copy([first, *rest]), copy([*rest, first]))
    assert [row["elsewhere"] for row in rows.window(range(5))] == [
        {"ordinal": 4, "position": 3},
        None,
        None,
        None,
        {"ordinal": 0, "position": 0},
    ]
    assert rows.index["stretches"] == [
        {"kind": "moved", "first": 0, "count": 1},
        {"kind": "equal", "first": 1, "count": 3},
        {"kind": "moved", "first": 4, "count": 1},
    ]
    assert (rows.index["a"], rows.index["b"]) == ([0, 1, 2, 3, -1], [-1, 0, 1, 2, 3])


@given(few_messages, few_messages)
def test_windows_are_json_and_whole(a: list[ChatMessage], b: list[ChatMessage]) -> None:
    rows = compare_sessions(copy(a), copy(b)).rows(copy(a), copy(b))
    found = json.loads(json.dumps([rows.index, rows.window(range(len(rows.rows)))]))
    assert [row["ordinal"] for row in found[1]] == list(range(found[0]["count"]))
    assert sum(part["count"] for part in found[0]["stretches"]) == found[0]["count"]


def test_what_is_no_message_is_compared_too() -> None:
    calls = [message("assistant", "", tool_calls=[tool_call("c1"), tool_call("c2", "other"), "damaged"])]
    a = copy([], title="Trip", user_id="u-1", usage=[(10, 2)])
    differs: dict[str, tuple[StoredCopy, set[str]]] = {
        "title": (copy([], title="Fork", user_id="u-1", usage=[(10, 2)]), {"title"}),
        "user": (copy([], title="Trip", user_id="u-2", usage=[(10, 2)]), {"user_id"}),
        "tokens": (copy([], title="Trip", user_id="u-1", usage=[(10, 3)]), {"completion_tokens"}),
        "tools": (copy(calls, title="Trip", user_id="u-1", usage=[(10, 2)]), {"messages", "tools"}),
    }
    for b, names in differs.values():
        found: SessionDiff = compare_sessions(a, b)
        assert {name for name, equal in found.fields.items() if not equal} == names
        assert not found.equal


def test_an_unknown_token_count_is_not_zero() -> None:
    a, b = copy([], usage=[(10, 0)]), copy([], usage=[(10, 0)])
    assert compare_sessions(a, b, ((), ("completion",))).fields["completion_tokens"] is False
    assert compare_sessions(a, b, (("completion",), ("completion",))).equal
    assert compare_sessions(a, replace(b, unknown=("prompt",))).fields["prompt_tokens"] is False
