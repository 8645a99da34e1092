"""Truncation: which messages are left, and which cut points split a tool call from its result."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatdata.domain.lint import lint_messages
from chatdata.domain.messages import build_payload
from chatdata.domain.payload import Cut, cut, splits_tool_call
from chatdata.domain.tokens import estimate
from tests.support.builders import any_sessions
from tests.support.laws import examples

Params = list[dict[str, Any]]

SYSTEM = {"role": "system", "content": "Be brief."}
DEVELOPER = {"role": "developer", "content": "Be kind."}
USER = {"role": "user", "content": "Hello"}
ANSWER = {"role": "assistant", "content": "Good day"}


def calling(*ids: str) -> dict[str, Any]:
    calls = [{"id": each, "type": "function", "function": {"name": "now", "arguments": "{}"}} for each in ids]
    return {"role": "assistant", "content": "", "tool_calls": calls}


def result(call_id: str) -> dict[str, Any]:
    return {"role": "tool", "content": "done", "tool_call_id": call_id}


BLOCK = [SYSTEM, DEVELOPER, USER, calling("a", "b"), result("a"), result("b"), ANSWER, USER]

# Cuts


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        (Cut(messages=3), [0, 1, 5, 6, 7]),
        (Cut(messages=3, keep_system=False), [5, 6, 7]),
        (Cut(messages=6), [0, 1, 2, 3, 4, 5, 6, 7]),
        (Cut(messages=7, keep_system=False), [2, 3, 4, 5, 6, 7]),
        (Cut(messages=99), [0, 1, 2, 3, 4, 5, 6, 7]),
        (Cut(messages=0), [0, 1]),
        (Cut(messages=-1, keep_system=False), []),
        (Cut(tokens=30), [0, 1, 5, 6, 7]),
        (Cut(tokens=29), [0, 1, 6, 7]),
        (Cut(tokens=30, keep_system=False), [5, 6, 7]),
        (Cut(tokens=0), [0, 1]),
        (Cut(tokens=10_000, keep_system=False), [2, 3, 4, 5, 6, 7]),
    ],
    ids=repr,
)
def test_the_end_is_kept_and_the_system_messages_with_it(limit: Cut, kept: list[int]) -> None:
    assert cut(BLOCK, limit, [10] * len(BLOCK)) == kept


def test_a_message_that_does_not_fit_ends_what_is_kept_though_smaller_ones_are_before_it() -> None:
    assert cut([USER, ANSWER, USER, ANSWER], Cut(tokens=10), [1, 100, 4, 5]) == [2, 3]


def test_system_messages_that_come_later_count_like_any_other() -> None:
    assert cut([USER, SYSTEM, ANSWER], Cut(messages=1)) == [2]
    assert cut([SYSTEM, SYSTEM], Cut(messages=1)) == [0, 1]
    assert cut([], Cut(messages=3)) == []


def test_unknown_tokens_and_nothing_to_keep_are_said() -> None:
    with pytest.raises(ValueError, match="no tokenizer fits"):
        cut([USER, ANSWER], Cut(tokens=10), [3, None])
    assert cut([USER, ANSWER], Cut(tokens=3), [None, 4]) == []
    for limit, tokens in ((Cut(), [1, 1]), (Cut(tokens=5), None)):
        with pytest.raises(ValueError, match="how many messages or tokens"):
            cut([USER, ANSWER], limit, tokens)


@settings(deadline=None)
@given(any_sessions, st.integers(-1, 6), st.integers(0, 60), st.booleans())
def test_a_cut_keeps_an_end_in_order_and_never_more_than_fits(session: Any, last: int, room: int, system: bool) -> None:
    params = build_payload(session.messages).params
    tokens = estimate(params, "o200k_base").messages
    for limit in (Cut(messages=last, keep_system=system), Cut(tokens=room, keep_system=system)):
        kept = cut(params, limit, tokens)
        first = next((at for at, param in enumerate(params) if param["role"] not in ("system", "developer")), len(kept))
        end = [at for at in kept if at >= first]
        assert kept == sorted(set(kept))
        assert end == list(range(len(params) - len(end), len(params)))
        assert [at for at in kept if at < first] == (list(range(first)) if system else [])
        assert len(end) <= max(last, 0) if limit.tokens is None else sum(tokens[at] or 0 for at in end) <= room


# Cuts that break a tool block

some_ids = st.sampled_from(["a", "b", "c", ""])
turns = st.one_of(
    st.sampled_from([USER, ANSWER, SYSTEM]),
    st.builds(result, some_ids),
    st.lists(some_ids, max_size=3).map(lambda ids: calling(*ids)),
)
conversations = st.builds(
    lambda start, rest: [*start, *rest],
    st.lists(st.sampled_from([SYSTEM, DEVELOPER]), max_size=2),
    st.lists(turns, max_size=14),
)


def orphans(params: Sequence[Any], first: int = 0) -> Counter[int]:
    """Where the whole payload has each orphan of its end from `first` on."""
    found = lint_messages(params[first:]).findings
    return Counter(
        first + at for each in found if each.code == "orphan_tool_result" and (at := each.payload_position) is not None
    )


@settings(deadline=None, max_examples=examples(400))
@example([calling("a"), USER, result("a"), result("a")])
@example([calling("a", "a"), result("a"), USER, result("a")])
@example([calling("a"), result("a"), result("a"), USER])
@example([calling("a"), result("a"), calling("a"), result("a")])
@given(conversations)
def test_cuts_that_orphan_are_those_whose_lint_finds_an_orphan_that_the_whole_has_not(params: Params) -> None:
    whole = orphans(params)
    breaking = [last for last in range(1, len(params) + 1) if orphans(params, len(params) - last) - whole]
    ranges = splits_tool_call(params)
    assert [last for least, most in ranges for last in range(least, most + 1)] == breaking
    assert all(least <= most for least, most in ranges)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))


@settings(deadline=None)
@given(conversations)
def test_keeping_the_system_messages_changes_nothing_about_it(params: Params) -> None:
    whole = orphans(params)
    breaking = {last for least, most in splits_tool_call(params) for last in range(least, most + 1)}
    for last in range(1, len(params) + 1):
        kept = cut(params, Cut(messages=last))
        found = lint_messages([params[at] for at in kept]).findings
        new = {kept[each.payload_position or 0] for each in found if each.code == "orphan_tool_result"} - set(whole)
        assert bool(new) == (last in breaking)


def test_ranges_of_cuts_are_joined() -> None:
    assert splits_tool_call(BLOCK) == [(3, 4)]
    assert splits_tool_call([*BLOCK, *BLOCK[2:]]) == [(3, 4), (9, 10)]
    assert splits_tool_call([calling("a"), result("a"), calling("b"), result("b")]) == [(1, 1), (3, 3)]
    assert splits_tool_call([USER, ANSWER]) == []
