"""The comparison of two copies: statuses, kinds, findings, expected differences and JSON."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    CopyMessage,
    CorruptDocument,
    Expiry,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.document import copy_of, encode
from chatdata.domain.drift import (
    SEVERITY,
    Comparison,
    DriftFinding,
    ExpectedRule,
    Kind,
    compare,
    comparison_json,
    marks,
)
from chatdata.domain.drift.kinds import CopyKind, FieldKind, MessageKind, TurnKind
from chatdata.domain.messages import ChatMessage, Usage
from tests.support.builders import START, document, message, minutes, talk, tool_call
from tests.support.mutations import EXPIRY, PENDING, READ_AT, cached_copy, copies_of, session_of, stored_copy

Messages = list[ChatMessage]

TALK = talk(6)
OK = message(content="ok")
CALL, RESULT = message("assistant", "Looking.", tool_calls=[tool_call("1"), tool_call("2")]), '{"type":"agents_found"}'
USED = [
    *talk(1),
    CALL,
    message("tool", RESULT, tool_call_id="1"),
    message("tool", "{}", tool_call_id="2"),
    *talk(1, "b"),
]


def other(item: ChatMessage, **changes: Any) -> ChatMessage:
    return item.model_copy(update=changes)


def with_one(messages: Sequence[ChatMessage], at: int, **changes: Any) -> Messages:
    return [*messages[:at], other(messages[at], **changes), *messages[at + 1 :]]


def judged(
    cached: CachedSide | None = None,
    stored: StoredSide | None = None,
    shown: Sequence[ExpectedRule] = (),
    **options: Any,
) -> Comparison:
    """The comparison of two sides, each a healthy copy of one session unless given."""
    session = session_of(TALK)
    sides = stored or stored_copy(session), cached or cached_copy(session)
    return compare(Copies("s-1", *sides, READ_AT), shown=frozenset(shown), **options)


def where(finding: DriftFinding) -> tuple[str, int | None, int | None, int, str | None]:
    return finding.kind, finding.cache_position, finding.database_position, finding.count, finding.field


def found(cached: Messages, stored: Messages) -> list[tuple[str, int | None, int | None, int, str | None]]:
    return [where(finding) for finding in compare(copies_of(cached, stored)).every_finding]


def only(cached: Messages, stored: Messages) -> DriftFinding:
    (finding,) = compare(copies_of(cached, stored)).findings
    return finding


# ---- the words of the contract


def test_kinds_and_severities_are_those_of_the_contract() -> None:
    names = {name for group in (MessageKind, FieldKind, CopyKind, TurnKind) for name in get_args(group)}
    assert set(SEVERITY) == names
    assert len(names) == 31
    critical = {"ghost_session", "owner_mismatch", "unsaved_tail", "diverged_tail", "missing_in_db", "partial_text"}
    critical |= {"pending_messages", "unsaved_stream"}
    assert {kind for kind, severity in SEVERITY.items() if severity == "critical"} == critical
    worth_knowing = {"orphan_tool_result", "no_expiry", "failed_turn"}
    assert {kind for kind, severity in SEVERITY.items() if severity == "info"} == worth_knowing


def test_only_a_window_is_a_rule_of_the_ledger_and_a_kind() -> None:
    assert set(get_args(ExpectedRule)) & set(SEVERITY) == {"windowed_cache"}


# ---- statuses

_CORRUPT = copy_of(b'{"session_id": ', EXPIRY)
_ROWS, _DOCUMENT = stored_copy(session_of(TALK)), cached_copy(session_of(TALK))


@pytest.mark.parametrize(
    ("cached", "stored", "status", "unavailable"),
    [
        pytest.param(_DOCUMENT, _ROWS, "in_sync", (), id="both"),
        pytest.param(Absent(), _ROWS, "uncached", (), id="rows only"),
        pytest.param(_DOCUMENT, Absent(), "ghost", (), id="cache only"),
        pytest.param(Absent(), Absent(), "missing", (), id="neither"),
        pytest.param(_CORRUPT, _ROWS, "corrupt", (), id="unreadable beside rows"),
        pytest.param(_CORRUPT, Absent(), "corrupt", (), id="unreadable without rows"),
        pytest.param(_CORRUPT, Unavailable("down"), "corrupt", ("database",), id="unreadable, database down"),
        pytest.param(_DOCUMENT, Unavailable("down"), None, ("database",), id="database down"),
        pytest.param(Unavailable("down"), _ROWS, None, ("cache",), id="cache down"),
        pytest.param(Unconfigured("set it"), Absent(), None, ("cache",), id="no cache, no rows"),
        pytest.param(Unconfigured("set it"), Unavailable("down"), None, ("cache", "database"), id="nothing to ask"),
    ],
)
def test_the_status_of_each_pair_of_sides(
    cached: CachedSide, stored: StoredSide, status: str | None, unavailable: tuple[str, ...]
) -> None:
    comparison = judged(cached, stored)
    assert (comparison.status, comparison.unavailable) == (status, unavailable)


def test_a_session_that_moves_is_not_judged_but_its_facts_are_there() -> None:
    comparison = judged(cached_copy(session_of(TALK[:2], title="Old")), moved=True)
    assert (comparison.status, comparison.findings, comparison.ledger, comparison.stretches) == ("moving", (), {}, ())
    assert (comparison.cache.messages, comparison.database.messages) == (2, 6)


def test_one_readable_copy_is_one_stretch_and_none_is_none() -> None:
    for cached, stored in ((Absent(), _ROWS), (_CORRUPT, _ROWS), (Unavailable("down"), _ROWS)):
        (stretch,) = judged(cached, stored).stretches
        assert (stretch.kind, stretch.cached, stretch.stored) == ("only_copy", range(0), range(6))
    assert judged(Absent(), Absent()).stretches == ()


def test_findings_of_one_copy_leave_the_session_in_sync() -> None:
    twice = [*TALK, TALK[-1]]
    stored = stored_copy(session_of(twice))
    gap = replace(stored, messages=tuple(replace(item, position=item.position + 4) for item in stored.messages))
    comparison = judged(cached_copy(session_of(twice), Expiry(None, None, None)), gap)
    assert comparison.status == "in_sync"
    assert [where(finding) for finding in comparison.findings] == [
        ("sequence_gap", None, 4, 4, "sequence"),
        ("duplicate_message", 6, 10, 1, None),
        ("no_expiry", None, None, 1, None),
    ]
    assert comparison.first_difference is None


def test_an_uncached_session_tells_what_its_rows_tell() -> None:
    comparison = judged(Absent(), stored_copy(session_of([TALK[0], TALK[0], message("tool", "{}", tool_call_id="x")])))
    assert [finding.kind for finding in comparison.findings] == ["duplicate_message", "orphan_tool_result"]


# ---- kinds

PLACEHOLDER = with_one(USED, 2, content=PENDING)

MESSAGES: list[Any] = [
    pytest.param(TALK, TALK[:4], [("unsaved_tail", 4, None, 2, None)], id="unsaved tail"),
    pytest.param(TALK[:4], TALK, [("stale_cache", None, 4, 2, None)], id="stale cache"),
    pytest.param([], TALK, [("stale_cache", None, 0, 6, None)], id="empty cache"),
    pytest.param(TALK, [], [("unsaved_tail", 0, None, 6, None)], id="no rows of messages"),
    pytest.param(
        [*TALK[:2], *talk(3, "x")], [*TALK[:2], *talk(1, "y")], [("diverged_tail", 2, 2, 3, None)], id="diverged tail"
    ),
    pytest.param(
        [*TALK[:2], message("assistant", "x")],
        [*TALK[:2], message("user", "y")],
        [("diverged_tail", 2, 2, 1, None)],
        id="diverged by role",
    ),
    pytest.param(
        [*TALK[:2], *talk(2, "x")],
        [*TALK[:2], *talk(2, "y")],
        [("content_changed", 2, 2, 2, "content")],
        id="equal lengths and roles to the end",
    ),
    pytest.param(TALK, [*TALK[:2], *TALK[4:]], [("missing_in_db", 2, None, 2, None)], id="missing in db"),
    pytest.param([*TALK[:2], *TALK[4:]], TALK, [("missing_in_cache", None, 2, 2, None)], id="missing in cache"),
    pytest.param(TALK[1:], TALK, [("windowed_cache", None, 0, 1, None)], id="missing at the start"),
    pytest.param(
        [*TALK[1:], *talk(1, "x")],
        TALK,
        [("missing_in_cache", None, 0, 1, None), ("unsaved_tail", 5, None, 1, None)][::-1],
        id="missing at the start, with news",
    ),
    pytest.param(
        [TALK[0], *talk(2, "x"), *TALK[2:]],
        [TALK[0], *talk(1, "y"), *TALK[2:]],
        [("missing_in_db", 1, None, 2, None), ("missing_in_cache", None, 1, 1, None)],
        id="unequal between equal ones",
    ),
    pytest.param(TALK, [TALK[1], TALK[0], *TALK[2:]], [("reordered", 0, 1, 1, None)], id="swapped"),
    pytest.param(TALK, TALK[::-1], [("reordered", 0, 1, 5, None)], id="reversed"),
    pytest.param(TALK, [*TALK[2:5], *TALK[:2], TALK[5]], [("reordered", 0, 3, 2, None)], id="two moved"),
    pytest.param(
        TALK,
        [*TALK[1:3], other(TALK[3], content="edited"), *TALK[4:], TALK[0]],
        [("content_changed", 3, 2, 1, "content"), ("reordered", 0, 5, 1, None)],
        id="moved past an edited one",
    ),
    pytest.param(
        [OK, *TALK[:2], OK, TALK[2]],
        [OK, OK, *TALK[:3]],
        [("reordered", 3, 1, 1, None), ("duplicate_message", None, 1, 1, None)],
        id="moved beside its like",
    ),
    pytest.param(
        [*TALK[:4], *talk(1, "x")],
        [TALK[1], TALK[0], TALK[3], TALK[2]],
        [("unsaved_tail", 4, None, 1, None), ("reordered", 1, 0, 2, None)],
        id="two swaps before an unsaved tail",
    ),
    pytest.param(
        [*TALK[:4], *talk(1, "x")],
        TALK[3::-1],
        [("unsaved_tail", 4, None, 1, None), ("reordered", 1, 0, 3, None)],
        id="reversed before an unsaved tail",
    ),
    pytest.param(
        TALK,
        [*TALK[:2], TALK[3], TALK[2]],
        [("unsaved_tail", 4, None, 2, None), ("reordered", 3, 2, 1, None)],
        id="swapped before an unsaved tail",
    ),
    pytest.param(
        [TALK[1], TALK[0], *TALK[2:4], TALK[5], TALK[4], *talk(1, "x")],
        [*TALK, *talk(2, "y")],
        [("diverged_tail", 6, 6, 1, None), ("reordered", 0, 1, 2, None)],
        id="two swaps and a diverged tail",
    ),
    pytest.param(
        [TALK[0], OK, *TALK[1:4]],
        [*TALK[:4], OK, TALK[4], OK],
        [("missing_in_db", 1, None, 1, None), ("stale_cache", None, 4, 3, None)],
        id="what repeats elsewhere did not move",
    ),
    pytest.param(TALK, [*TALK[:3], TALK[2], *TALK[3:]], [("duplicate_message", None, 3, 1, None)], id="row twice"),
    pytest.param([*TALK, TALK[5], TALK[5]], TALK, [("duplicate_message", 6, None, 2, None)], id="cached three times"),
    pytest.param(
        [*TALK, TALK[5], *talk(1, "x")],
        TALK,
        [("unsaved_tail", 6, None, 2, None), ("duplicate_message", 6, None, 1, None)],
        id="a repeat inside a tail is a finding of its copy",
    ),
    pytest.param(
        [TALK[0], TALK[0], TALK[1]],
        [TALK[0], TALK[1], TALK[1]],
        [("duplicate_message", 1, 1, 1, None)],
        id="each copy repeats another one",
    ),
    pytest.param(
        [TALK[0], TALK[0]], [TALK[0]] * 4, [("duplicate_message", None, 2, 2, None)], id="twice and four times"
    ),
    pytest.param(
        USED,
        with_one(USED, 1, tool_calls=None),
        [("tool_calls_lost", 1, 1, 1, "tool_calls"), ("orphan_tool_result", None, 2, 2, None)],
        id="calls lost",
    ),
    pytest.param(
        with_one(USED, 1, tool_calls=[tool_call("2")]),
        USED,
        [("tool_calls_stale", 1, 1, 1, "tool_calls"), ("orphan_tool_result", 2, None, 1, None)],
        id="one call stale",
    ),
    pytest.param(
        USED,
        with_one(USED, 1, tool_calls=[tool_call("1", arguments='{"query":"olds"}'), tool_call("2")]),
        [("content_changed", 1, 1, 1, "tool_calls")],
        id="a call changed",
    ),
    pytest.param(
        USED,
        with_one(USED, 1, tool_calls=None, content=""),
        [("content_changed", 1, 1, 1, "content"), ("orphan_tool_result", None, 2, 2, None)],
        id="calls and words changed",
    ),
    pytest.param(PLACEHOLDER, USED, [("tool_result_stale", 2, 2, 1, "content")], id="placeholder in the cache"),
    pytest.param(USED, PLACEHOLDER, [("tool_result_stale", 2, 2, 1, "content")], id="placeholder in the database"),
    pytest.param(
        with_one(USED, 2, content="[redacted]"), USED, [("content_changed", 2, 2, 1, "content")], id="a result edited"
    ),
    pytest.param(
        PLACEHOLDER[:3],
        USED,
        [("tool_result_stale", 2, 2, 1, "content"), ("stale_cache", None, 3, 2, None)],
        id="a placeholder at the end of a stale copy",
    ),
    pytest.param(
        USED,
        with_one(USED, 1, tool_calls=None)[:2],
        [("unsaved_tail", 2, None, 3, None), ("tool_calls_lost", 1, 1, 1, "tool_calls")],
        id="calls lost before an unsaved tail",
    ),
    pytest.param(
        with_one(with_one(USED, 1, tool_calls=None), 2, content=PENDING),
        USED,
        [
            ("tool_calls_stale", 1, 1, 1, "tool_calls"),
            ("orphan_tool_result", 2, None, 2, None),
            ("tool_result_stale", 2, 2, 1, "content"),
        ],
        id="two causes side by side",
    ),
    pytest.param(TALK, with_one(TALK, 2, content=""), [("content_changed", 2, 2, 1, "content")], id="words emptied"),
    pytest.param(
        with_one(TALK, 2, content=None),
        with_one(TALK, 2, content=""),
        [("content_changed", 2, 2, 1, "content")],
        id='"" and null',
    ),
    pytest.param(TALK, with_one(TALK, 2, name="Ann"), [("content_changed", 2, 2, 1, "name")], id="name"),
    pytest.param(TALK, with_one(TALK, 3, refusal="No."), [("content_changed", 3, 3, 1, "refusal")], id="refusal"),
    pytest.param(
        TALK,
        with_one(TALK, 3, function_call={"name": "f"}),
        [("content_changed", 3, 3, 1, "function_call")],
        id="function call",
    ),
    pytest.param(
        with_one(TALK, 2, tool_calls=[{"n": True}]),
        with_one(TALK, 2, tool_calls=[{"n": 1}]),
        [("content_changed", 2, 2, 1, "tool_calls")],
        id="true is not 1",
    ),
    pytest.param(
        [*TALK[:3], message("critic", "x"), *TALK[3:]], TALK, [("missing_in_db", 3, None, 1, None)], id="any role"
    ),
]


@pytest.mark.parametrize(("cached", "stored", "expected"), MESSAGES)
def test_messages_that_differ_are_found_under_one_kind_a_stretch(
    cached: Messages, stored: Messages, expected: list[Any]
) -> None:
    assert found(cached, stored) == expected


def test_a_message_missing_in_the_middle_changes_none_of_the_later_ones() -> None:
    stretches = compare(copies_of([*TALK[:2], *TALK[3:]], TALK)).stretches
    assert [(item.kind, item.cached, item.stored) for item in stretches] == [
        ("equal", range(2), range(2)),
        ("missing_in_cache", range(2, 2), range(2, 3)),
        ("equal", range(2, 5), range(3, 6)),
    ]


def test_one_stale_prefix_is_one_finding_with_a_count() -> None:
    comparison = compare(copies_of(talk(35), talk(101)))
    assert [where(finding) for finding in comparison.findings] == [("stale_cache", None, 35, 66, None)]
    assert comparison.first_difference == 35


_LATER = [
    message("tool", "late", tool_call_id="1"),
    message("tool", "{}"),
    message("tool", "{}", tool_call_id="nobody's"),
]


def test_results_that_answer_no_call_right_before_them_are_one_finding_where_both_copies_have_them() -> None:
    messages = [message("assistant", "", tool_calls=[tool_call("1")]), *talk(1), *_LATER]
    assert found(messages, messages) == [("orphan_tool_result", 2, 2, 3, None)]


FIELDS: list[Any] = [
    pytest.param({"user_id": "u-2"}, "owner_mismatch", "user_id", "u-2", "u-1", id="owner"),
    pytest.param({"user_id": None}, "owner_mismatch", "user_id", None, "u-1", id="no owner"),
    pytest.param({"title": None}, "title_drift", "title", None, "Trip", id="no title"),
    pytest.param(
        {"credentials": {}}, "credentials_drift", "credentials", {}, {"github": {"kind": "oauth"}}, id="credentials"
    ),
    pytest.param(
        {"successful_agent_runs": {"graph-1": 1}},
        "run_counts_drift",
        "successful_agent_runs",
        {"graph-1": 1},
        {"graph-1": 2},
        id="runs",
    ),
    pytest.param(
        {"session_id": "s-2"}, "metadata_drift", "session_id", "s-2", "s-1", id="a document under another key"
    ),
    pytest.param(
        {"started_at": START - minutes(1.01)}, "metadata_drift", "started_at", START - minutes(1.01), START, id="start"
    ),
]


@pytest.mark.parametrize(("changes", "kind", "field", "in_cache", "in_row"), FIELDS)
def test_a_field_that_differs_is_a_finding_with_both_values(
    changes: dict[str, Any], kind: Kind, field: str, in_cache: Any, in_row: Any
) -> None:
    comparison = judged(cached_copy(session_of(TALK, **changes)))
    (finding,) = comparison.findings
    assert comparison.status == "drifted"
    severity = "medium" if changes == {"user_id": None} else SEVERITY[kind]
    assert (finding.kind, finding.severity, finding.field) == (kind, severity, field)
    assert (finding.cache_value, finding.database_value) == (in_cache, in_row)


def test_tokens_are_compared_by_their_sums() -> None:
    (finding,) = judged(cached_copy(session_of(TALK, usage=[Usage.of(100, 20)]))).findings
    assert finding.kind == "usage_mismatch"
    assert finding.cache_value == {"prompt_tokens": 100, "completion_tokens": 20}
    assert finding.database_value == {"prompt_tokens": 240, "completion_tokens": 50}


# ---- what is the same


@pytest.mark.parametrize(
    ("in_cache", "in_row"),
    [
        pytest.param([{"id": "1", "n": 1}], [{"n": 1.0, "id": "1"}], id="key order and number form"),
        pytest.param([{"id": "1", "index": None}], [{"id": "1"}], id="a null key"),
        pytest.param([{"id": "1", "n": float("nan")}], [{"id": "1", "n": None}], id="NaN as null"),
        pytest.param(['[{"id":"1"}]'], [{"id": "1"}], id="JSON inside JSON"),
        pytest.param([], None, id="no calls"),
        pytest.param([{"a\x01b": "c\x00d"}], [{"ab": "cd"}], id="control characters"),
        pytest.param(["not JSON {"], ["not JSON {"], id="damaged"),
    ],
)
def test_calls_that_say_the_same_are_the_same(in_cache: Any, in_row: Any) -> None:
    cached = replace(_DOCUMENT, messages=(CopyMessage(0, message("assistant", "", tool_calls=in_cache)),))
    stored = replace(_ROWS, messages=(CopyMessage(0, message("assistant", "", tool_calls=in_row)),))
    assert judged(cached, stored).status == "in_sync"


def test_a_lone_surrogate_is_no_control_character() -> None:
    cached = replace(_DOCUMENT, messages=(CopyMessage(0, message(content="cut \ud83d")),))
    stored = replace(_ROWS, messages=(CopyMessage(0, message(content="cut \ufffd")),))
    (finding,) = judged(cached, stored).findings
    assert finding.kind == "content_changed"
    assert finding.likely_causes[0].cause == "surrogate_replaced"


# ---- the ledger

_MICROSECONDS = START.replace(microsecond=123456)

LEDGER: list[Any] = [
    pytest.param({}, {}, {}, id="nothing"),
    pytest.param({"started_at": _MICROSECONDS}, {}, {"timestamp_precision": 1}, id="microseconds"),
    pytest.param({"started_at": START - minutes(1)}, {}, {"clock_skew": 1}, id="a minute"),
    pytest.param({"updated_at": START - minutes(90)}, {}, {"stale_updated_at": 1}, id="older update"),
    pytest.param({"updated_at": START + minutes(90)}, {}, {"stale_updated_at": 1}, id="newer update"),
    pytest.param({"usage": [Usage.of(240, 50)]}, {}, {}, id="usage as the rows have it"),
    pytest.param({"usage": [Usage.of(40, 50), Usage.of(200, 0)]}, {}, {"usage_aggregated": 1}, id="usage"),
    pytest.param(
        {"usage": [Usage.of(0, 0)]},
        {"totalPromptTokens": 0, "totalCompletionTokens": 0},
        {"usage_aggregated": 1},
        id="an item of zeros",
    ),
    pytest.param({"credentials": {"github": {"kind": "oauth"}, "x": None}}, {}, {"null_or_missing": 1}, id="null"),
    pytest.param({"title": "Tr\x00ip"}, {}, {"control_characters": 1}, id="control characters"),
    pytest.param({}, {"metadata": {}}, {"null_or_missing": 1}, id="a column that the document doesn't know"),
    pytest.param({}, {"metadata": None, "isPinned": None, "chatStatus": "idle"}, {}, id="columns without a value"),
    pytest.param({}, {"createdAt": None}, {}, id="a time that can't be read"),
]


@pytest.mark.parametrize(("in_cache", "columns", "ledger"), LEDGER)
def test_normal_differences_of_a_session_are_counted_and_leave_it_in_sync(
    in_cache: dict[str, Any], columns: dict[str, Any], ledger: dict[str, int]
) -> None:
    changes = {"usage": [Usage.of(240, 50)], **in_cache}
    comparison = judged(cached_copy(session_of(TALK, **changes)), stored_copy(session_of(TALK), **columns))
    assert (comparison.status, comparison.findings, comparison.ledger) == ("in_sync", (), ledger)


def test_a_fresh_document_has_the_ledger_of_the_contracts_example() -> None:
    fresh = session_of(TALK, usage=[Usage.of(240, 50)], started_at=_MICROSECONDS, updated_at=_MICROSECONDS)
    comparison = judged(cached_copy(fresh), stored_copy(session_of(TALK), updatedAt=START + minutes(5)))
    assert comparison.ledger == {"timestamp_precision": 2, "stale_updated_at": 1}


def test_normal_differences_of_messages_are_counted_by_field() -> None:
    dirty = [message("user", "a\x00", name="b\x01"), message("assistant", "", tool_calls=[])]
    clean = [message("user", "a", name="b"), message("assistant", "")]
    cached = replace(_DOCUMENT, messages=tuple(map(CopyMessage, range(2), dirty)))
    stored = replace(_ROWS, messages=tuple(map(CopyMessage, range(2), clean)))
    ledger = judged(cached, stored).ledger
    assert (ledger["control_characters"], ledger["null_or_missing"]) == (2, 1)


def test_a_rule_that_is_asked_for_is_shown_as_one_info_finding_and_changes_nothing_else() -> None:
    cached = cached_copy(session_of(TALK, started_at=_MICROSECONDS, updated_at=_MICROSECONDS))
    silent, shown = judged(cached), judged(cached, shown=["timestamp_precision", "stale_status"])
    (finding,) = shown.findings
    assert (finding.kind, finding.severity, finding.count) == ("timestamp_precision", "info", 2)
    assert (finding.field, finding.cache_value, finding.database_value) == ("started_at", _MICROSECONDS, START)
    assert (silent.findings, silent.ledger, silent.status) == ((), shown.ledger, shown.status)


# ---- versions and windows


def later_document(messages: Sequence[ChatMessage], first: int | None = None, **changes: Any) -> CachedCopy:
    """A document of a later version; its messages know their sequence from `first` on, or don't yet."""
    items = [
        {
            **item.model_dump(),
            "id": None if first is None else f"m-{first + index}",
            "sequence": None if first is None else first + index,
            "duration_ms": 5,
            "created_at": "2026-02-20T10:00:00.123Z",
            "session_id": "s-1",
        }
        for index, item in enumerate(messages)
    ]
    session = json.loads(encode(session_of(())))
    session |= {
        "messages": items,
        "metadata": {},
        "chat_status": "running",
        "organization_id": None,
        "is_pinned": False,
    }
    copy = copy_of(json.dumps(session | changes).encode(), EXPIRY)
    assert isinstance(copy, CachedCopy)
    return copy


_LATER_COLUMNS = {"metadata": {}, "chatStatus": "running", "organizationId": None, "isPinned": False}


def test_a_later_document_beside_later_rows_is_in_sync() -> None:
    comparison = judged(later_document(TALK, first=0), stored_copy(session_of(TALK), **_LATER_COLUMNS))
    assert (comparison.status, comparison.ledger) == ("in_sync", {"usage_aggregated": 1})


def test_keys_that_only_rows_fill_are_counted_by_message() -> None:
    assert judged(later_document(TALK), stored_copy(session_of(TALK), **_LATER_COLUMNS)).ledger["unset_row_fields"] == 6


def test_a_stale_status_of_the_chat_is_set_aside() -> None:
    rows = stored_copy(session_of(TALK), **_LATER_COLUMNS | {"chatStatus": "idle"})
    comparison = judged(later_document(TALK, first=0), rows)
    assert (comparison.status, comparison.ledger["stale_status"]) == ("in_sync", 1)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"metadata": {"plan": "b"}}, "metadata"),
        ({"organizationId": "o-1"}, "organization_id"),
        ({"isPinned": True}, "is_pinned"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_both_versions_know_is_judged(columns: dict[str, Any], field: str) -> None:
    rows = stored_copy(session_of(TALK), **_LATER_COLUMNS | columns)
    assert [where(item) for item in judged(later_document(TALK, first=0), rows).findings] == [
        ("metadata_drift", None, None, 1, field)
    ]
    assert judged(_DOCUMENT, rows).status == "in_sync"


def test_metadata_as_json_text_is_read() -> None:
    rows = stored_copy(session_of(TALK), **_LATER_COLUMNS | {"metadata": '{"plan":"b"}'})
    assert judged(later_document(TALK, first=0, metadata={"plan": "b"}), rows).status == "in_sync"


def test_a_window_that_names_its_first_sequence_is_set_aside() -> None:
    comparison = judged(later_document(TALK[4:], first=4), shown=["windowed_cache"])
    assert (comparison.status, comparison.ledger["windowed_cache"]) == ("in_sync", 4)
    assert [(item.kind, item.cached, item.stored) for item in comparison.stretches] == [
        ("windowed_cache", range(0), range(4)),
        ("equal", range(2), range(4, 6)),
    ]
    assert [where(finding) for finding in comparison.findings] == [("windowed_cache", None, 0, 4, None)]


@pytest.mark.parametrize(
    ("begins", "claimed"), [(0, 1), (0, 2), (0, 5), (0, 6), (0, 77), (3, 4), (3, 5), (2, 900)], ids=str
)
def test_a_first_sequence_that_the_texts_contradict_says_nothing(begins: int, claimed: int) -> None:
    comparison = judged(later_document(TALK[begins:], first=claimed), shown=["windowed_cache"])
    assert comparison.status == "in_sync"
    assert comparison.ledger.get("windowed_cache", 0) == begins
    assert next(item for item in comparison.stretches if item.kind == "equal").stored == range(begins, 6)


def test_one_message_that_occurs_before_the_window_does_not_contradict_it() -> None:
    cached = [TALK[1], *TALK[4:]]
    comparison = judged(later_document(cached, first=3))
    assert [where(finding) for finding in comparison.findings] == [("content_changed", 0, 3, 1, "content")]


def test_what_differs_inside_a_window_is_found() -> None:
    comparison = judged(later_document(TALK[3:5], first=3))
    assert [where(finding) for finding in comparison.findings] == [("stale_cache", None, 5, 1, None)]
    assert comparison.first_difference == 5


LONG = talk(1300)


@pytest.mark.parametrize(
    ("cached", "expected"),
    [
        pytest.param(LONG[300:], [], id="the last 1000"),
        pytest.param(
            with_one(LONG[300:], 500, content="x"), [("content_changed", 500, 800, 1, "content")], id="with an edit"
        ),
        pytest.param(LONG[301:], [("windowed_cache", None, 0, 301, None)], id="the last 999"),
        pytest.param(LONG[:1000], [("stale_cache", None, 1000, 300, None)], id="the first 1000"),
    ],
)
def test_a_cache_of_1000_messages_with_the_same_end_is_a_window(cached: Messages, expected: list[Any]) -> None:
    assert found(cached, LONG) == expected


def test_a_window_may_begin_with_the_words_that_the_rows_begin_with() -> None:
    stored = [message("user", "Hello"), *talk(5), message("user", "Hello"), *talk(999, "x")]
    assert found(stored[6:], stored) == []


def test_a_first_message_that_moved_is_no_window() -> None:
    moved = later_document([*TALK[1:], TALK[0]])
    messages = [*moved.document["messages"]]
    for sequence, item in zip([1, 2, 3, 4, 5, 0], messages, strict=True):
        item["sequence"] = sequence
    cached = copy_of(json.dumps(dict(moved.document) | {"messages": messages}).encode(), EXPIRY)
    comparison = judged(cached)
    assert [where(finding) for finding in comparison.findings] == [("reordered", 5, 0, 1, None)]
    assert "windowed_cache" not in comparison.ledger


def test_a_first_message_of_a_thousand_that_moved_is_no_window() -> None:
    assert found([*LONG[1:700], LONG[0], *LONG[700:]], LONG) == [("reordered", 699, 0, 1, None)]


def test_what_repeats_an_old_message_leaves_a_window_one() -> None:
    stored = [message("user", "ok"), *talk(1299, "x")]
    cached = [*stored[300:700], message("user", "ok"), *stored[700:]]
    assert found(cached, stored) == [("missing_in_db", 400, None, 1, None)]


# ---- what a finding says


def with_times(*ages: int) -> Any:
    """Rows saved this many minutes before the key was last written."""
    written = EXPIRY.last_written_at
    assert written is not None
    return lambda index: written - minutes(ages[min(index, len(ages) - 1)])


def causes(comparison: Comparison) -> list[str]:
    return [cause.cause for cause in comparison.findings[0].likely_causes]


@pytest.mark.parametrize(
    ("cached", "times", "expected"),
    [
        pytest.param(TALK[:3], with_times(1), "older_copy_written_back", id="written after the newest row"),
        pytest.param(TALK[:3], with_times(-1), "missed_write", id="written before the newest row"),
        pytest.param(TALK[:5], with_times(-1), "direct_insert", id="no user among the missing"),
        pytest.param(with_one(TALK, 2, content="x"), with_times(1), "edited_in_database", id="edited"),
        pytest.param([*TALK, *talk(1, "x")], with_times(1), "database_write_failed", id="unsaved"),
        pytest.param([*TALK, message(content="a\x00")], with_times(1), "nul_refused", id="unsaved with NUL"),
        pytest.param([*TALK[:3], *TALK[4:]], with_times(1), "attempt_rolled_back", id="an answer missing in the cache"),
        pytest.param([*TALK[:2], *talk(1, "x"), *TALK[2:]], with_times(1), "removed_in_memory", id="missing in db"),
        pytest.param([TALK[0], *TALK[3:5], *TALK[1:3], TALK[5]], with_times(1), "same_start_sequence", id="reordered"),
        pytest.param(TALK[::-1], with_times(1), "other_writer", id="all in reverse"),
        pytest.param([*TALK, TALK[5]], with_times(1), "stale_retransmit", id="cached twice"),
    ],
)
def test_the_likeliest_cause_follows_from_what_is_seen(cached: Messages, times: Any, expected: str) -> None:
    session = session_of(TALK)
    comparison = judged(cached_copy(session_of(cached)), stored_copy(session, times=times))
    assert causes(comparison)[0] == expected


def test_an_older_copy_that_was_written_back_has_its_evidence() -> None:
    rows = stored_copy(session_of(TALK), times=with_times(30, 20, 10))
    (finding,) = judged(cached_copy(session_of(TALK[:2])), rows).findings
    assert finding.likely_causes[0].evidence == (
        "The title is set, and the key was written at 2026-02-20 09:00:00 UTC, "
        "after the newest row of 2026-02-20 08:50:00 UTC."
    )


def test_calls_that_only_a_row_lacks_were_attached_after_it_was_saved() -> None:
    finding = compare(copies_of(USED, with_one(USED, 1, tool_calls=None))).findings[0]
    (cause,) = finding.likely_causes
    assert (cause.cause, "Both copies have 5 messages" in cause.evidence) == ("calls_attached_after_saving", True)


def test_a_younger_row_without_a_title_was_made_again_after_a_delete() -> None:
    rows = stored_copy(session_of(TALK), createdAt=START + minutes(60), title=None)
    comparison = judged(stored=rows)
    (finding,) = comparison.findings
    assert (finding.kind, finding.field, causes(comparison)) == (
        "metadata_drift", "started_at", ["recreated_after_delete"]
    )  # fmt: skip
    assert [(item.kind, item.field) for item in finding.consequences] == [("title_drift", "title")]


def test_a_row_without_a_title_that_is_as_old_as_its_session_was_not_made_again() -> None:
    assert "recreated_after_delete" not in causes(judged(stored=stored_copy(session_of(TALK), title=None)))


_BEFORE, _AFTER = START - minutes(90), READ_AT - minutes(5)
"""A row that was last updated before, or after, the key was written at 9:00."""


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        pytest.param("rename_raced", {"title": "New"}, id="title"),
        pytest.param("account_changed", {"userId": "u-2"}, id="owner"),
        pytest.param("changed_in_database", {"credentials": {"github": {"kind": "oauth"}, "google": {}}}, id="more"),
        pytest.param("changed_in_database", {"successfulAgentRuns": {"graph-1": 5}}, id="run counts"),
    ],
)
@pytest.mark.parametrize("updated", [_BEFORE, _AFTER], ids=["key written after", "row changed after"])
def test_with_the_same_messages_a_field_that_differs_is_no_older_copy(
    kind: str, columns: dict[str, Any], updated: datetime
) -> None:
    assert causes(judged(stored=stored_copy(session_of(TALK), updatedAt=updated, **columns))) == [kind]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param({"title": "New"}, ["older_copy_written_back", "rename_raced"], id="title"),
        pytest.param({"userId": "u-2"}, ["account_changed", "older_copy_written_back"], id="owner"),
        pytest.param(
            {"successfulAgentRuns": {"graph-1": 5}}, ["older_copy_written_back", "changed_in_database"], id="run counts"
        ),
    ],
)
def test_an_older_copy_explains_a_field_if_its_messages_are_older_too(
    columns: dict[str, Any], expected: list[str]
) -> None:
    rows = stored_copy(session_of(TALK), times=with_times(30), updatedAt=_BEFORE, **columns)
    by_kind = {item.kind: item for item in judged(cached_copy(session_of(TALK[:4])), rows).findings}
    (field,) = (item for kind, item in by_kind.items() if kind != "stale_cache")
    assert [cause.cause for cause in field.likely_causes] == expected
    assert by_kind["stale_cache"].likely_causes[0].cause == "older_copy_written_back"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"credentials": {"github": {"kind": "oauth"}, "google": {}}}, id="credentials"),
        pytest.param({"successful_agent_runs": {"graph-1": 3}}, id="run counts"),
    ],
)
def test_what_only_the_cache_counts_was_not_saved(changes: dict[str, Any]) -> None:
    comparison = judged(cached_copy(session_of(TALK, **changes)), stored_copy(session_of(TALK), updatedAt=_BEFORE))
    assert causes(comparison) == ["database_write_failed", "changed_in_database"]


def test_a_document_of_another_session_was_put_there_by_another_writer() -> None:
    comparison = judged(cached_copy(session_of(TALK, session_id="s-2", user_id="u-2")))
    assert causes(comparison) == ["other_writer", "account_changed"]


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        pytest.param(_BEFORE, ["older_copy_written_back", "missed_write"], id="key written after"),
        pytest.param(_AFTER, ["missed_write"], id="row changed after"),
    ],
)
def test_calls_that_only_the_row_has_follow_the_order_of_the_writes(updated: datetime, expected: list[str]) -> None:
    rows = stored_copy(session_of(USED), updatedAt=updated)
    assert causes(judged(cached_copy(session_of(with_one(USED, 1, tool_calls=None))), rows)) == expected


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        pytest.param(_BEFORE, ["older_copy_written_back", "missed_write"], id="key written after"),
        pytest.param(_AFTER, ["missed_write"], id="row changed after"),
    ],
)
def test_tokens_that_only_the_row_counts_follow_the_order_of_the_writes(updated: datetime, expected: list[str]) -> None:
    rows = stored_copy(session_of(TALK), totalPromptTokens=999, totalCompletionTokens=99, updatedAt=updated)
    assert causes(judged(stored=rows)) == expected


def test_the_last_turns_tokens_twice_are_a_save_that_was_retried() -> None:
    rows = stored_copy(session_of(TALK), totalPromptTokens=380, totalCompletionTokens=80)
    assert causes(judged(stored=rows)) == ["counted_twice"]


@pytest.mark.parametrize(
    ("cached", "stored", "at_risk"),
    [
        pytest.param(TALK, TALK[:4], 2, id="unsaved tail"),
        pytest.param([*TALK[:2], *talk(3, "x")], [*TALK[:2], *talk(1, "y")], 3, id="diverged tail"),
        pytest.param(TALK, [*TALK[:2], *TALK[4:]], 2, id="missing in db"),
        pytest.param(USED, with_one(USED, 1, tool_calls=None), 1, id="calls lost"),
        pytest.param(USED, PLACEHOLDER, 1, id="result only cached"),
        pytest.param(PLACEHOLDER, USED, 0, id="placeholder cached"),
        pytest.param(TALK[:4], TALK, 0, id="stale cache"),
        pytest.param(TALK, with_one(TALK, 1, content="x"), 1, id="edited"),
        pytest.param(TALK, [*talk(2), *talk(4, "x")][:2] + TALK[2:4] + talk(2, "y"), 2, id="two edited"),
        pytest.param(with_one(TALK, 1, content=None), TALK, 0, id="no words in the cache"),
        pytest.param(TALK, with_one(TALK, 1, content="message"), 1, id="the beginning in the row"),
        pytest.param(with_one(TALK, 1, content="message"), TALK, 0, id="the beginning in the cache"),
        pytest.param(with_one(TALK, 1, content="message 1\n"), TALK, 0, id="white space"),
    ],
)
def test_words_that_only_the_cache_has_are_at_risk_until_the_key_expires(
    cached: Messages, stored: Messages, at_risk: int
) -> None:
    comparison = compare(copies_of(cached, stored))
    assert comparison.at_risk == at_risk
    assert comparison.at_risk_until == (EXPIRY.expires_at if at_risk else None)


def test_a_ghost_is_at_risk_with_all_its_messages() -> None:
    comparison = judged(stored=Absent())
    (finding,) = comparison.findings
    assert where(finding) == ("ghost_session", 0, None, 6, None)
    assert (comparison.at_risk, comparison.at_risk_until, comparison.user_id) == (6, EXPIRY.expires_at, "u-1")
    assert finding.repairs == ("save_cached_tail", "keep_alive", "invalidate_cache")


def test_a_ghost_without_words_risks_none() -> None:
    assert judged(cached_copy(session_of([])), Absent()).findings[0].at_risk is False


@pytest.mark.parametrize(("row", "at_risk"), [(_ROWS, False), (Absent(), True), (Unavailable("down"), False)])
def test_unreadable_bytes_are_at_risk_where_there_is_no_row(row: StoredSide, at_risk: bool) -> None:
    assert isinstance(_CORRUPT, CorruptDocument)
    (finding,) = judged(_CORRUPT, row).findings
    assert (finding.kind, finding.at_risk, finding.cache_value) == ("cache_corrupt", at_risk, _CORRUPT.offset)
    assert judged(_CORRUPT, row).at_risk == 0  # nobody can count its messages
    assert ("rewarm_cache" in finding.repairs) == (row is _ROWS)


def test_a_corrupt_document_says_where_it_breaks() -> None:
    lacking = document()
    del lacking["usage"]
    (finding,) = judged(copy_of(json.dumps(lacking).encode(), EXPIRY)).findings
    assert (finding.field, finding.likely_causes[0].cause) == ("usage", "other_writer")


@pytest.mark.parametrize(
    ("cached", "stored", "repairs"),
    [
        pytest.param(TALK[:4], TALK, ("invalidate_cache", "rewarm_cache"), id="stale cache"),
        pytest.param(TALK, TALK[:4], ("save_cached_tail", "keep_alive"), id="unsaved tail"),
        pytest.param(
            TALK, [*TALK[:2], *TALK[3:]], ("keep_alive", "invalidate_cache", "rewarm_cache"), id="missing in db"
        ),
    ],
)
def test_the_repairs_that_would_end_it_begin_with_the_safest(
    cached: Messages, stored: Messages, repairs: tuple[str, ...]
) -> None:
    assert only(cached, stored).repairs == repairs


def test_a_key_that_never_expires_is_not_kept_alive_for_the_sake_of_its_words() -> None:
    cached = cached_copy(session_of([*TALK, *talk(1, "x")]), Expiry(None, None, None))
    lost, _ = judged(cached).findings
    assert (lost.at_risk, lost.expires_at, lost.repairs) == (True, None, ("save_cached_tail",))
    assert "no time to live" in lost.meaning


def test_a_longer_life_gains_time_and_ends_only_that_a_key_never_expires() -> None:
    unsaved = only([*TALK, *talk(2, "x")], TALK)
    assert (unsaved.ended_by, unsaved.eased_by) == (("save_cached_tail",), ("keep_alive",))
    (endless,) = judged(cached_copy(session_of(TALK), Expiry(None, None, None))).findings
    assert (endless.ended_by, endless.eased_by) == (endless.repairs, ())


def test_the_value_of_a_message_is_its_words_or_its_calls() -> None:
    calls = message("assistant", None, tool_calls=[tool_call()])
    assert only([*TALK, calls], TALK).cache_value == [tool_call()]
    assert only(TALK, [*TALK, calls, *talk(1, "x")]).database_value == [tool_call()]
    assert only([*TALK, *talk(2, "x")], TALK).cache_value == "xmessage 0"


@pytest.mark.parametrize(("cached", "stored", "expected"), MESSAGES)
def test_meaning_and_evidence_are_sentences_without_words_of_the_conversation(
    cached: Messages, stored: Messages, expected: list[Any]
) -> None:
    for finding in compare(copies_of(cached, stored)).findings:
        for sentence in (finding.meaning, *(cause.evidence for cause in finding.likely_causes)):
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence.endswith(".")
            assert not any(word in sentence for word in ("message 1", "BatchReader", "operation_pending", "find_agent"))


def test_findings_come_the_worst_first_then_by_place() -> None:
    cached = session_of([*with_one(TALK, 1, content="x"), *talk(1, "y")], title="Old", user_id="u-2")
    comparison = judged(cached_copy(cached, Expiry(None, None, None)))
    assert [finding.kind for finding in comparison.findings] == [
        "owner_mismatch",
        "unsaved_tail",
        "content_changed",
        "title_drift",
        "no_expiry",
    ]


# ---- JSON


def test_the_json_of_a_comparison_is_that_of_the_contract() -> None:
    written = READ_AT - timedelta(hours=2)
    rows = stored_copy(session_of(talk(101)), times=lambda _: written - minutes(1))
    document = comparison_json(judged(cached_copy(session_of(talk(35))), rows))
    cache = document.pop("cache")
    assert cache.pop("bytes") > 3000
    assert cache == {
        "present": True,
        "messages": 35,
        "ttl_seconds": 36000,
        "last_written_at": "2026-02-20T09:00:00.123Z",
        "expires_at": "2026-02-20T21:00:00.123Z",
    }
    (finding,) = document.pop("findings")
    assert [cause["cause"] for cause in finding.pop("likely_causes")] == ["older_copy_written_back", "missed_write"]
    assert finding == {
        "kind": "stale_cache",
        "severity": "high",
        "cache_position": None,
        "database_position": 35,
        "field": None,
        "count": 66,
        "cache_value": None,
        "database_value": "message 35",
        "meaning": "The cache is missing the last 66 messages, so the model does not see them.",
        "at_risk": False,
        "expires_at": None,
        "repairs": ["invalidate_cache", "rewarm_cache"],
    }
    assert document == {
        "session_id": "s-1",
        "user_id": "u-1",
        "status": "drifted",
        "read_at": "2026-02-20T11:00:00.123Z",
        "database": {"present": True, "messages": 101, "updated_at": "2026-02-20T10:00:00.123Z"},
        "first_difference": 35,
        "ledger": {"usage_aggregated": 1},
    }


def test_without_values_no_finding_has_them() -> None:
    comparison = compare(copies_of(TALK, with_one(TALK, 1, content="Secret")))
    document = comparison_json(comparison, values=False)
    assert not {"cache_value", "database_value"} & document["findings"][0].keys()
    assert "Secret" not in json.dumps(document)
    assert "Secret" in json.dumps(comparison_json(comparison))


def test_several_places_of_one_finding_are_listed() -> None:
    (finding,) = comparison_json(compare(copies_of(TALK, [TALK[0], TALK[2], TALK[4], TALK[5]])))["findings"]
    assert (finding["cache_position"], finding["count"]) == (1, 2)
    assert finding["places"] == [
        {"cache_position": 1, "database_position": None, "count": 1},
        {"cache_position": 3, "database_position": None, "count": 1},
    ]


def test_a_store_that_was_not_asked_is_named_and_its_facts_are_null() -> None:
    document = comparison_json(judged(Unavailable("down")))
    assert (document["status"], document["unavailable"]) == (None, ["cache"])
    assert set(document["cache"].values()) == {None}
    assert comparison_json(judged(Absent()))["cache"]["present"] is False


def test_times_among_the_values_are_iso_8601() -> None:
    (finding,) = comparison_json(judged(cached_copy(session_of(TALK, started_at=START - minutes(5)))))["findings"]
    assert finding["cache_value"] == "2026-02-20T09:55:00.123Z"


# ---- marks


def test_marks_tell_a_page_which_copy_has_each_message() -> None:
    cached = [TALK[0], TALK[0], TALK[2], TALK[1], other(TALK[3], content="x"), *TALK[4:], *talk(1, "new")]
    found = marks(compare(copies_of(cached, TALK)))
    assert list(found["cache"].values()) == [
        "both",
        "duplicate",
        "both",
        "moved",
        "changed",
        "both",
        "both",
        "cache_only",
    ]
    assert list(found["database"].values()) == ["both", "moved", "both", "changed", "both", "both"]


def test_marks_go_by_the_stored_sequence_numbers() -> None:
    stored = replace(_ROWS, messages=tuple(replace(item, position=item.position * 10) for item in _ROWS.messages))
    assert list(marks(judged(cached_copy(session_of(TALK[:5])), stored))["database"].items()) == [
        (0, "both"),
        (10, "both"),
        (20, "both"),
        (30, "both"),
        (40, "both"),
        (50, "database_only"),
    ]


def test_a_repeat_in_both_copies_is_marked_in_both() -> None:
    twice = [TALK[0], TALK[1], TALK[1], TALK[2]]
    found = marks(compare(copies_of(twice, twice)))
    assert found["cache"] == found["database"] == {0: "both", 1: "both", 2: "duplicate", 3: "both"}


def test_repeats_at_several_places_are_one_finding_and_marked_at_each() -> None:
    twice = [TALK[0], TALK[0], TALK[1], TALK[1], TALK[1], TALK[2]]
    comparison = compare(copies_of(twice, twice))
    assert [(item.kind, item.count, item.positions("cache")) for item in comparison.findings] == [
        ("duplicate_message", 3, (1, 3))
    ]
    assert [index for index, mark in marks(comparison)["cache"].items() if mark == "duplicate"] == [1, 3, 4]


def test_a_window_a_ghost_and_a_single_copy_have_marks_of_their_own() -> None:
    assert list(marks(judged(later_document(TALK[4:], first=4)))["database"].values())[:4] == ["outside_window"] * 4
    assert set(marks(judged(stored=Absent()))["cache"].values()) == {"cache_only"}
    assert marks(judged(Absent())) == marks(judged(moved=True)) == {"cache": {}, "database": {}}


# ---- size


@pytest.mark.parametrize(
    ("cached", "kinds"),
    [
        pytest.param(talk(10_000, "x"), {"content_changed"}, id="nothing in common"),
        pytest.param(talk(9_000, "x"), {"diverged_tail"}, id="nothing in common, shorter"),
        pytest.param(talk(10_000)[::-1], {"reordered"}, id="reversed"),
        pytest.param(
            [message(content="ab"[n * n % 7 % 2]) for n in range(9_999)], {"diverged_tail"}, id="two words only"
        ),
    ],
)
def test_ten_thousand_messages_that_were_made_to_be_hard_are_compared(cached: Messages, kinds: set[str]) -> None:
    comparison = compare(copies_of(cached, talk(10_000)))
    assert {finding.kind for finding in comparison.findings if finding.severity in ("critical", "high")} == kinds
