"""Properties of the comparison: laws for any pair of copies, and each mutation found under its kind."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatdata.domain.copies import Absent, CachedCopy, Copies, CopyMessage, StoredCopy
from chatdata.domain.document import copy_of
from chatdata.domain.drift import Comparison, DriftFinding, compare, comparison_json, marks
from chatdata.domain.drift.matching.alignment import matches
from chatdata.domain.messages import ChatMessage, ChatSession
from tests.support.builders import (
    any_messages,
    any_sessions,
    document,
    document_message,
    json_values,
    message,
    tool_call,
)
from tests.support.mutations import (
    EXPIRY,
    MIRRORED,
    PENDING,
    READ_AT,
    Mutated,
    cached_copy,
    copies_of,
    field_mutations,
    mutations,
    session_of,
    stored_copy,
)


def above_info(comparison: Comparison) -> list[str]:
    return [finding.kind for finding in comparison.findings if finding.severity != "info"]


def swapped(kind: str) -> str:
    return MIRRORED.get(kind, kind)


# ---- a session against itself


@given(any_sessions)
def test_a_session_against_itself_through_document_and_rows_is_in_sync(session: ChatSession) -> None:
    clean = session.sanitize()
    copies = Copies(clean.session_id, stored_copy(clean), cached_copy(clean), READ_AT)
    comparison = compare(copies)
    assert comparison.status == "in_sync"
    assert {finding.kind for finding in comparison.findings} <= {"duplicate_message", "orphan_tool_result"}
    assert comparison.first_difference is None


@given(any_sessions)
def test_a_session_that_was_loaded_from_its_rows_and_cached_is_in_sync(session: ChatSession) -> None:
    stored = stored_copy(session.sanitize())
    comparison = compare(Copies(session.session_id, stored, cached_copy(stored.session()), READ_AT))
    assert comparison.status == "in_sync"
    assert comparison.ledger == {}


# ---- mutations


@given(mutations)
def test_a_mutation_is_found_under_its_kind_with_nothing_beside_it(mutated: Mutated) -> None:
    comparison = compare(copies_of(mutated.cached, mutated.stored))
    assert comparison.status == "drifted"
    assert above_info(comparison) == [mutated.kind]
    assert comparison.findings[0].count == mutated.count


@given(mutations)
def test_a_mutation_of_the_other_copy_is_the_mirrored_kind(mutated: Mutated) -> None:
    assert above_info(compare(copies_of(mutated.stored, mutated.cached))) == [swapped(mutated.kind)]


@given(field_mutations, st.booleans())
def test_a_changed_field_is_found_under_its_kind_in_either_copy(
    mutation: tuple[str, dict[str, Any]], in_cache: bool
) -> None:
    kind, changes = mutation
    messages = [message(), message("assistant", "Hi")]
    same, other = session_of(messages), session_of(messages, **changes)
    cached, stored = (other, same) if in_cache else (same, other)
    comparison = compare(Copies("s-1", stored_copy(stored), cached_copy(cached), READ_AT))
    assert [(finding.kind, finding.field) for finding in comparison.findings] == [(kind, next(iter(changes)))]


@given(mutations, field_mutations)
def test_a_field_and_a_message_that_differ_are_two_findings(
    mutated: Mutated, mutation: tuple[str, dict[str, Any]]
) -> None:
    kind, changes = mutation
    cached = cached_copy(session_of(mutated.cached, **changes))
    comparison = compare(Copies("s-1", stored_copy(session_of(mutated.stored)), cached, READ_AT))
    assert sorted(above_info(comparison)) == sorted([mutated.kind, kind])


@given(mutations, st.none() | field_mutations, st.booleans())
def test_no_two_causes_have_the_same_evidence(
    mutated: Mutated, mutation: tuple[str, dict[str, Any]] | None, mirrored: bool
) -> None:
    one, other = session_of(mutated.cached, **(mutation[1] if mutation else {})), session_of(mutated.stored)
    cached, stored = (other, one) if mirrored else (one, other)
    comparison = compare(Copies("s-1", stored_copy(stored), cached_copy(cached), READ_AT))
    causes = {(cause.cause, cause.evidence) for finding in comparison.findings for cause in finding.likely_causes}
    assert len({evidence for _, evidence in causes}) == len(causes)
    for finding in comparison.findings:
        assert len({cause.cause for cause in finding.likely_causes}) == len(finding.likely_causes)


# ---- any two lists of messages

_few_messages = st.sampled_from(
    [
        message("user", "a"),
        message("user", "b"),
        message("assistant", "a"),
        message("assistant", ""),
        message("assistant", "a little more"),
        message("assistant", "", tool_calls=[tool_call("1")]),
        message("assistant", "", tool_calls=[tool_call("1"), tool_call("2")]),
        message("tool", "{}", tool_call_id="1"),
        message("tool", PENDING, tool_call_id="1"),
        message("tool", "{}", tool_call_id="2"),
        message("tool", "{}"),
    ]
)
_lists = st.lists(_few_messages, max_size=9)


def covered(ranges: Iterable[range]) -> list[int]:
    return [index for part in ranges for index in part]


@given(_lists, _lists)
def test_the_stretches_cover_both_copies_once_and_in_order(
    cached: list[ChatMessage], stored: list[ChatMessage]
) -> None:
    stretches = compare(copies_of(cached, stored)).stretches
    assert covered(stretch.cached for stretch in stretches) == list(range(len(cached)))
    assert covered(stretch.stored for stretch in stretches) == list(range(len(stored)))
    for stretch in stretches:
        assert stretch.cached or stretch.stored
        if stretch.kind == "equal":
            assert [cached[index] for index in stretch.cached] == [stored[index] for index in stretch.stored]


@given(_lists, _lists)
def test_copies_are_in_sync_exactly_if_their_messages_are_the_same(
    cached: list[ChatMessage], stored: list[ChatMessage]
) -> None:
    comparison = compare(copies_of(cached, stored))
    assert (comparison.status == "in_sync") == (cached == stored)
    assert (comparison.first_difference is None) == (cached == stored)


@given(_lists, _lists)
def test_swapping_the_copies_mirrors_every_finding(cached: list[ChatMessage], stored: list[ChatMessage]) -> None:
    there, back = compare(copies_of(cached, stored)), compare(copies_of(stored, cached))
    seen = Counter((swapped(kind), row, index) for item in there.every_finding for kind, index, row in plain(item))
    assert seen == Counter(found for item in back.every_finding for found in plain(item))


def plain(finding: DriftFinding) -> list[tuple[str, int | None, int | None]]:
    """Kind and positions of each place; windows and summaries, which only a cache has, are missing messages here."""
    found: list[tuple[str, int | None, int | None]] = []
    for index, row in places_of(finding):
        if finding.kind == "missing_in_db" and row is not None:
            found += [("missing_in_db", index, None), ("missing_in_cache", None, row)]
        else:
            found.append(("missing_in_cache" if finding.kind == "windowed_cache" else finding.kind, index, row))
    return found


def places_of(finding: DriftFinding) -> list[tuple[int | None, int | None]]:
    several = [(place.cache_position, place.database_position) for place in finding.places]
    return several or [(finding.cache_position, finding.database_position)]


@given(_lists, _lists)
def test_every_message_has_one_mark(cached: list[ChatMessage], stored: list[ChatMessage]) -> None:
    found = marks(compare(copies_of(cached, stored)))
    assert {source: list(marked) for source, marked in found.items()} == {
        "cache": list(range(len(cached))),
        "database": list(range(len(stored))),
    }


@given(_lists, _lists)
def test_what_is_at_risk_is_only_in_the_cache(cached: list[ChatMessage], stored: list[ChatMessage]) -> None:
    comparison = compare(copies_of(cached, stored))
    assert comparison.at_risk <= len(cached)
    for finding in comparison.findings:
        assert finding.expires_at == (EXPIRY.expires_at if finding.at_risk else None)
        assert not finding.at_risk or finding.cache_position is not None
        assert not finding.at_risk or finding.repairs[0] in ("keep_alive", "save_cached_tail", "save_cached_text")


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 4), max_size=12))
def test_an_alignment_pairs_equals_in_order_and_its_mirror_image_the_same(left: list[int], right: list[int]) -> None:
    found = matches(left, right)
    assert all(left[i] == right[j] for i, j in found)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(found))
    assert matches(right, left) == [(j, i) for i, j in found]
    assert bool(found) == bool(set(left) & set(right))


# ---- whatever the stores hold

_values = json_values | st.floats() | st.just([[[]]])
_any_documents = st.builds(
    document,
    title=st.none() | st.text(max_size=5),
    user_id=st.none() | st.text(max_size=5),
    messages=st.lists(
        st.builds(
            document_message,
            st.sampled_from(["user", "tool", "assistant", ""]),
            st.none() | st.text(max_size=5),
            tool_calls=_values,
            function_call=_values,
            tool_call_id=st.none() | st.just("1"),
            sequence=_values,
            id=_values,
            created_at=_values,
        ),
        max_size=4,
    )
    | _values,
    credentials=st.dictionaries(st.text(max_size=3), _values, max_size=2),
    metadata=_values,
    chat_status=_values,
    organization_id=_values,
    is_pinned=_values,
)


@st.composite
def _any_rows(draw: st.DrawFn) -> StoredCopy:
    stored = stored_copy(draw(any_sessions))
    messages = draw(st.lists(any_messages, max_size=4))
    positions = sorted(draw(st.lists(st.integers(-5, 50), min_size=len(messages), max_size=len(messages))))
    extras = draw(st.dictionaries(st.sampled_from(["metadata", "chatStatus", "organizationId", "isPinned"]), _values))
    return StoredCopy(stored.info, tuple(map(CopyMessage, positions, messages)), extras)


@given(_any_documents, _any_rows() | st.just(Absent()))
def test_any_document_beside_any_rows_is_judged_shown_and_written(value: Any, stored: StoredCopy | Absent) -> None:
    cached = copy_of(json.dumps(value).encode(), EXPIRY)
    comparison = compare(Copies("s-1", stored, cached, READ_AT))
    assert (comparison.status == "corrupt") == (not isinstance(cached, CachedCopy))
    json.dumps(comparison_json(comparison))
    marks(comparison)


@pytest.mark.parametrize("depth", [10, 400, 900])
def test_values_nested_as_deeply_as_a_store_can_hold_are_compared(depth: int) -> None:
    deep = json.loads("[" * depth + "]" * depth)
    other = json.loads("[" * (depth + 1) + "]" * (depth + 1))
    calls = [message("assistant", "", tool_calls=[{"deep": value}]) for value in (deep, other)]
    cached = CachedCopy(session_of([]), (CopyMessage(0, calls[0]),), {"chat_status": deep}, 1, EXPIRY)
    stored = StoredCopy(session_of([]), (CopyMessage(0, calls[1]),), {"chatStatus": other})
    comparison = compare(Copies("s-1", stored, cached, READ_AT))
    assert above_info(comparison) == ["content_changed"]
    assert comparison.ledger == {"stale_status": 1}
