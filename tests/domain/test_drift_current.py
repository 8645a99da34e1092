"""Current deployments: what healthy ones hold raises no alarm, and faulty states are named correctly."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chatdata.domain.copies import Absent, CachedCopy, Copies, CorruptDocument
from chatdata.domain.document import copy_of, wrong_type
from chatdata.domain.drift import Comparison, DriftFinding, compare, marks
from chatdata.domain.messages import ChatMessage, Usage
from chatdata.domain.messages.markers import turn_end
from chatdata.domain.redaction import redact
from chatdata.domain.turns import TurnState
from tests.support.builders import START, document, document_message, message, minutes, talk, tool_call
from tests.support.mutations import CONTEXT, EXPIRY, READ_AT, cached_copy, copies_of, session_of, stored_copy

TALK = talk(4)
CALLED = [
    message("user", "Look it up"),
    message("assistant", "Looking.", tool_calls=[tool_call()]),
    message("tool", '{"type":"agents_found"}', tool_call_id="call_1"),
    message("assistant", "Found."),
]


def findings(cached: Sequence[ChatMessage], stored: Sequence[ChatMessage]) -> list[DriftFinding]:
    return list(compare(copies_of(cached, stored)).findings)


def only(cached: Sequence[ChatMessage], stored: Sequence[ChatMessage]) -> DriftFinding:
    (finding,) = findings(cached, stored)
    return finding


def causes(finding: DriftFinding) -> list[str]:
    return [cause.cause for cause in finding.likely_causes]


def later_document(messages: Sequence[ChatMessage], numbers: Sequence[int | None], **keys: Any) -> CachedCopy:
    """A document whose messages have these sequence numbers; None for a message that was never stored."""
    written = [
        document_message(**item.model_dump(), sequence=number, id=None if number is None else f"m-{number}")
        for item, number in zip(messages, numbers, strict=True)
    ]
    raw = json.dumps({**cached_copy(session_of(messages)).document, "messages": written, **keys}).encode()
    copy = copy_of(raw, EXPIRY)
    assert isinstance(copy, CachedCopy)
    return copy


def judged(cached: Any, stored: Any, read_at: datetime = READ_AT) -> Comparison:
    return compare(Copies("s-1", stored, cached, read_at))


# ---- metadata

FILLED = {"dry_run": False, "builder_graph_id": None}


@pytest.mark.parametrize(
    ("cached", "stored"),
    [
        pytest.param(FILLED, {}, id="refilled"),
        pytest.param(FILLED, None, id="no value"),
        pytest.param({}, FILLED, id="the row has them"),
        pytest.param({**FILLED, "kind": "normal", "origin": {}, "tags": []}, {"dry_run": False}, id="a later version"),
        pytest.param(
            {"source_platform": "discord", "kind": "normal"}, {"source_platform": "discord"}, id="beside more"
        ),
        pytest.param(FILLED, json.dumps({"kind": "normal"}), id="each its own, as text"),
    ],
)
def test_defaults_that_a_version_fills_into_metadata_are_expected(cached: Any, stored: Any) -> None:
    copy = later_document(TALK, range(4), metadata=cached)
    comparison = judged(copy, stored_copy(session_of(TALK), metadata=stored))
    assert (comparison.status, comparison.findings) == ("in_sync", ())
    assert comparison.ledger == {"metadata_defaults": 1, "usage_aggregated": 1}


@pytest.mark.parametrize(
    ("cached", "stored"),
    [
        pytest.param({"dry_run": True}, {}, id="set in the cache"),
        pytest.param({"dry_run": False}, {"dry_run": True}, id="set in the row"),
        pytest.param(FILLED, {"kind": "dream"}, id="another kind"),
        pytest.param({"llm_auth_provider": None}, {"llm_auth_provider": "x"}, id="set by a statement"),
    ],
)
def test_metadata_that_was_set_is_drift(cached: Any, stored: Any) -> None:
    copy = later_document(TALK, range(4), metadata=cached)
    (finding,) = judged(copy, stored_copy(session_of(TALK), metadata=stored)).findings
    assert (finding.kind, finding.field, finding.cache_value) == ("metadata_drift", "metadata", cached)


# ---- context


def injected(item: ChatMessage, blocks: str = CONTEXT) -> ChatMessage:
    return item.model_copy(update={"content": blocks + (item.content or "")})


@pytest.mark.parametrize(
    ("read_at", "columns", "severity", "status"),
    [
        pytest.param(START + minutes(9), {}, "info", "in_sync", id="a moment ago"),
        pytest.param(START + minutes(11), {}, "medium", "drifted", id="long ago"),
        pytest.param(START + minutes(60), {"chatStatus": "running"}, "info", "in_sync", id="during a long turn"),
        pytest.param(START + minutes(60), {"chatStatus": "idle"}, "medium", "drifted", id="after the turn"),
    ],
)
def test_context_in_front_of_the_users_words_is_named(
    read_at: datetime, columns: Mapping[str, Any], severity: str, status: str
) -> None:
    stored = stored_copy(session_of([injected(TALK[0]), *TALK[1:]]), **columns)
    comparison = judged(cached_copy(session_of(TALK)), stored, read_at)
    (finding,) = comparison.findings
    assert (finding.kind, finding.severity, comparison.status) == ("context_injected", severity, status)
    assert (finding.at_risk, causes(finding)) == (False, ["context_written"])
    assert "memory_context" in finding.likely_causes[0].evidence


@pytest.mark.parametrize(("locked", "severity"), [(True, "info"), (None, "info"), (False, "medium")])
def test_a_turn_that_nobody_is_at_gives_the_cache_no_context(locked: bool | None, severity: str) -> None:
    stored = stored_copy(session_of([injected(TALK[0]), *TALK[1:]]), chatStatus="running")
    copies = Copies("s-1", stored, cached_copy(session_of(TALK)), READ_AT, TurnState(locked))
    found = {finding.kind: finding.severity for finding in compare(copies).findings}
    assert found == {"context_injected": severity} | ({"stuck_turn": "medium"} if locked is False else {})


@pytest.mark.parametrize(
    ("cached", "stored", "kinds"),
    [
        pytest.param([TALK[0]], [injected(TALK[0]), TALK[1]], ["stale_cache", "context_injected"], id="first answer"),
        pytest.param(TALK[:2], [injected(TALK[0])], ["unsaved_tail", "context_injected"], id="unsaved answer"),
        pytest.param(TALK, [injected(TALK[0], "<note>x</note>\n\n"), *TALK[1:]], ["content_changed"], id="no block"),
        pytest.param(TALK, [injected(TALK[0], "So: <env_context>\n\n"), *TALK[1:]], ["content_changed"], id="inside"),
        pytest.param(TALK, [injected(message(content="Bye")), *TALK[1:]], ["content_changed"], id="new words"),
        pytest.param([injected(TALK[0]), *TALK[1:]], TALK, ["content_changed"], id="in the cache only"),
    ],
)
def test_only_blocks_and_exactly_the_cached_words_are_added_context(
    cached: list[ChatMessage], stored: list[ChatMessage], kinds: list[str]
) -> None:
    assert [finding.kind for finding in findings(cached, stored)] == kinds


def test_each_users_message_can_have_builder_context_in_front() -> None:
    block = "<builder_context>\n<graph/>\n</builder_context>\n\n"
    finding = only(TALK, [injected(item, block) if item.role == "user" else item for item in TALK][:2] + TALK[2:])
    assert (finding.kind, finding.count) == ("context_injected", 1)


# ---- reasoning

THOUGHT = message("reasoning", "Perhaps a search.")


@pytest.mark.parametrize("at", range(len(CALLED) + 1))
@pytest.mark.parametrize("in_cache", [False, True])
def test_thoughts_in_one_copy_only_are_expected(at: int, in_cache: bool) -> None:
    more = [*CALLED[:at], THOUGHT, *CALLED[at:]]
    if at == len(CALLED):
        more = [*CALLED[: at - 1], THOUGHT, *CALLED[at - 1 :]]
    comparison = compare(copies_of(more, CALLED) if in_cache else copies_of(CALLED, more))
    assert (comparison.status, comparison.findings, comparison.first_difference) == ("in_sync", (), None)
    assert comparison.ledger == {"reasoning_rows": 1, "usage_aggregated": 1}
    assert set(marks(comparison)["cache"].values()) == set(marks(comparison)["database"].values()) == {"both"}


def test_thoughts_hide_no_other_difference_and_no_call() -> None:
    stored = [*CALLED[:2], THOUGHT, *CALLED[2:]]
    assert findings(stored, stored) == []
    assert only(CALLED[:2], [*stored[:3], *stored[3:]]).kind == "stale_cache"
    assert only([*CALLED[:3], message("assistant", "Lost.")], stored).kind == "content_changed"


# ---- texts saved in part, answers split


@pytest.mark.parametrize(
    ("cached", "stored", "severity", "at_risk", "repairs"),
    [
        ("Once upon a time", "Once upon", "critical", True, ("save_cached_text", "keep_alive")),
        ("Once upon", "Once upon a time", "high", False, ("invalidate_cache", "rewarm_cache")),
    ],
)
def test_a_text_saved_while_it_streamed(
    cached: str, stored: str, severity: str, at_risk: bool, repairs: tuple[str, ...]
) -> None:
    sides = [[TALK[0], message("assistant", text), *TALK[2:]] for text in (cached, stored)]
    finding = only(*sides)
    assert (finding.kind, finding.severity, finding.at_risk) == ("partial_text", severity, at_risk)
    assert (finding.repairs, causes(finding)[0], finding.field) == (repairs, "saved_mid_stream", "content")


def test_a_text_saved_in_part_before_an_unsaved_tail_is_two_findings() -> None:
    whole = [TALK[0], message("assistant", "Once upon a time"), *talk(2, "x")]
    part = [TALK[0], message("assistant", "Once upon")]
    assert [item.kind for item in findings(whole, part)] == ["partial_text", "unsaved_tail"]
    assert [item.kind for item in findings(part, whole)] == ["partial_text", "stale_cache"]


STEPS = [CALLED[0], message("assistant", "Looking."), message("assistant", None, tool_calls=[tool_call()]), *CALLED[2:]]


@pytest.mark.parametrize(
    ("cached", "stored"),
    [
        pytest.param(CALLED, STEPS, id="split in the rows"),
        pytest.param(STEPS, CALLED, id="split in the cache"),
        pytest.param(CALLED, [*STEPS[:2], THOUGHT, *STEPS[2:]], id="with thoughts between"),
        pytest.param(
            [message(), message("assistant", "One. Two.")],
            [message(), message("assistant", "One."), message("assistant", "Two.")],
            id="words only",
        ),
    ],
)
def test_an_answer_split_otherwise_is_one_finding_that_loses_nothing(
    cached: list[ChatMessage], stored: list[ChatMessage]
) -> None:
    finding = only(cached, stored)
    assert (finding.kind, finding.severity, finding.at_risk) == ("split_message", "medium", False)
    assert causes(finding) == ["steps_split"]


def test_a_split_answer_hides_no_unsaved_tail() -> None:
    assert [item.kind for item in findings(CALLED, STEPS[:3])] == ["unsaved_tail", "split_message"]
    assert [item.kind for item in findings(STEPS[:3], CALLED)] == ["stale_cache", "split_message"]


# ---- windows, summaries, system prompts


def test_a_short_window_is_named_and_a_marked_one_is_expected() -> None:
    finding = only(TALK[2:], TALK)
    assert (finding.kind, finding.severity, causes(finding), finding.count) == (
        "windowed_cache",
        "medium",
        ["window"],
        2,
    )
    marked = judged(later_document(TALK[2:], [2, 3]), stored_copy(session_of(TALK)))
    assert (marked.status, marked.ledger) == ("in_sync", {"windowed_cache": 2, "usage_aggregated": 1})


def test_reasoning_after_the_last_message_does_not_make_it_one_between_others() -> None:
    finding = only([*TALK[:3], message("assistant", "Mine")], [*TALK, message("reasoning", "Hm.")])
    assert causes(finding) == ["same_start_sequence", "edited_in_database"]


@pytest.mark.parametrize("role", ["system", "assistant", "user"])
def test_a_summary_before_the_exact_end_of_the_rows_is_one_finding(role: str) -> None:
    rows = talk(8)
    finding = only([message(role, "Summary: we talked."), *rows[5:]], rows)
    assert (finding.kind, finding.severity, finding.count, finding.at_risk) == ("missing_in_db", "critical", 1, True)
    assert (finding.cache_position, finding.database_position) == (0, 0)
    assert causes(finding) == ["compacted"]
    assert finding.meaning.startswith("The cache has a summary in place of 5 messages of the database")
    assert finding.repairs == ("keep_alive", "invalidate_cache", "rewarm_cache")


def test_the_messages_of_a_summary_and_those_that_it_replaced_are_marked_each_in_its_copy() -> None:
    rows = talk(8)
    comparison = judged(
        later_document([message("user", "Summary."), *rows[5:]], [None, 5, 6, 7]), stored_copy(session_of(rows))
    )
    assert [stretch.kind for stretch in comparison.stretches] == ["missing_in_db", "missing_in_cache", "equal"]
    found = marks(comparison)
    assert [found["cache"][0], found["database"][0], found["database"][4], found["database"][5]] == [
        "cache_only", "database_only", "database_only", "both"
    ]  # fmt: skip


def test_a_marked_summary_is_recognized_beside_other_differences() -> None:
    rows = talk(8)
    marked = message("assistant", "", tool_calls=[tool_call("call-1", "context_compaction")])
    cached = [message("system", "You help."), marked, message("tool", "Summary.", tool_call_id="call-1"), *rows[5:]]
    found = findings([*cached, message("user", "More?")], [cached[0], *rows])
    assert [(item.kind, item.count, causes(item)[0]) for item in found if item.severity != "info"] == [
        ("missing_in_db", 2, "compacted"),
        ("unsaved_tail", 1, "database_write_failed"),
    ]


def test_a_few_cached_messages_in_place_of_others_with_a_later_difference_are_not_called_a_summary() -> None:
    rows = talk(8)
    found = findings([message("user", "Other."), *rows[5:], message("user", "More?")], rows)
    assert [item.kind for item in found] == ["missing_in_db", "unsaved_tail"]
    assert [item.kind for item in found[0].consequences] == ["missing_in_cache"]
    assert "compacted" not in [cause for item in found for cause in causes(item)]


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_system_prompt_that_only_the_cache_has_is_medium(role: str) -> None:
    finding = only([message(role, "You help."), *TALK], TALK)
    assert (finding.kind, finding.severity, finding.at_risk) == ("missing_in_db", "medium", True)
    assert causes(finding) == ["system_prompt_not_stored"]


def test_a_system_message_further_inside_is_no_system_prompt() -> None:
    finding = only([*TALK[:2], message("system", "Stop."), *TALK[2:]], TALK)
    assert (finding.severity, causes(finding)[0]) == ("critical", "removed_in_memory")


# ---- equal words in another encoding

ENCODINGS = [
    pytest.param("one\r\ntwo", "one\ntwo", "line_endings", id="CRLF"),
    pytest.param("one\rtwo", "one\ntwo", "line_endings", id="CR"),
    pytest.param("answer\n", "answer", "trimmed", id="line break at the end"),
    pytest.param("  answer", "answer", "trimmed", id="blanks in front"),
    pytest.param("cafe\u0301", "caf\u00e9", "unicode_normalised", id="decomposed"),
    pytest.param("\ufb01ne", "fine", "unicode_normalised", id="a ligature"),
    pytest.param("Gr\u00c3\u00bc\u00c3\u009fe", "Gr\u00fc\u00dfe", "mojibake", id="read as Latin-1"),
    pytest.param("it\u00e2\u20ac\u2122s", "it\u2019s", "mojibake", id="read as Windows-1252"),
    pytest.param("a &lt;b&gt; &amp; c", "a <b> & c", "html_escaped", id="entities"),
    pytest.param('"say \\"hi\\""', 'say "hi"', "json_encoded_twice", id="a JSON string"),
]


@pytest.mark.parametrize(("one", "other", "cause"), ENCODINGS)
def test_equal_words_in_another_encoding_are_told_by_their_code_points(one: str, other: str, cause: str) -> None:
    for cached, stored in ((one, other), (other, one)):
        sides = [[TALK[0], message("assistant", text), *TALK[2:]] for text in (cached, stored)]
        finding = only(*sides)
        assert (finding.kind, finding.at_risk, causes(finding)) == ("content_changed", False, [cause])
        assert "U+" in finding.likely_causes[0].evidence
        assert "character" in finding.likely_causes[0].evidence


@pytest.mark.parametrize("words", ["Other words", "one two", "answers"])
def test_other_words_are_no_encoding(words: str) -> None:
    finding = only(
        [TALK[0], message("assistant", "one\ntwo"), *TALK[2:]], [TALK[0], message("assistant", words), *TALK[2:]]
    )
    assert finding.at_risk
    assert causes(finding)[0] == "edited_in_database"


@pytest.mark.parametrize("cut", ["abcdef", "abcdef…[truncated]", "abcdef... (output truncated)", "abcdef\n…"])
def test_a_tool_result_that_was_cut_is_told_as_cut(cut: str) -> None:
    whole, part = (
        [*CALLED[:2], CALLED[2].model_copy(update={"content": text}), CALLED[3]] for text in ("abcdefghij" * 9, cut)
    )
    finding = only(whole, part)
    assert (finding.kind, causes(finding), finding.at_risk) == ("content_changed", ["result_truncated"], True)
    assert not only(part, whole).at_risk


@pytest.mark.parametrize("cut", ["abcdef [truncated, see report.txt]", "abcdef... omitted by Ana", "abcde cut grass"])
def test_a_mark_that_says_more_than_that_the_result_was_cut_is_at_risk(cut: str) -> None:
    whole, part = (
        [*CALLED[:2], CALLED[2].model_copy(update={"content": text}), CALLED[3]] for text in ("abcdefghij" * 9, cut)
    )
    assert only(part, whole).at_risk


@pytest.mark.parametrize("mark", ["[truncated 1,200 of 4,096 characters]", "… 12 more lines omitted", "(84 bytes cut)"])
def test_a_mark_with_the_size_of_what_it_left_out_has_no_words_to_lose(mark: str) -> None:
    whole, part = (
        [*CALLED[:2], CALLED[2].model_copy(update={"content": text}), CALLED[3]]
        for text in ("abcdefghij" * 9, f"abcdef{mark}")
    )
    assert not only(part, whole).at_risk
    assert only(whole, part).at_risk


# ---- calls


@pytest.mark.parametrize(
    ("cached", "ledger"),
    [
        ([tool_call(arguments='{ "query": "news" }')], "arguments_reserialised"),
        ([{**tool_call(), "index": 0}], "streaming_index"),
    ],
)
def test_calls_that_say_the_same_are_expected(cached: list[dict[str, Any]], ledger: str) -> None:
    changed = [CALLED[0], CALLED[1].model_copy(update={"tool_calls": cached}), *CALLED[2:]]
    for pair in (copies_of(changed, CALLED), copies_of(CALLED, changed)):
        assert (compare(pair).status, compare(pair).ledger) == ("in_sync", {ledger: 1, "usage_aggregated": 1})


@pytest.mark.parametrize(
    "arguments", ['{"query":"old"}', '{"query":"old","query":"news"}', '[{"query":"news","query":"news"}]'], ids=repr
)
def test_arguments_that_differ_are_drift(arguments: str) -> None:
    """Of a key that occurs twice a parser keeps one value, and another parser another."""
    changed = [
        CALLED[0],
        CALLED[1].model_copy(update={"tool_calls": [tool_call(arguments=arguments)]}),
        *CALLED[2:],
    ]
    finding = only(changed, CALLED)
    assert (finding.kind, finding.field, finding.at_risk) == ("content_changed", "tool_calls", True)


def test_a_signature_that_only_the_cached_call_has_is_at_risk() -> None:
    signed = [
        CALLED[0],
        CALLED[1].model_copy(update={"tool_calls": [{**tool_call(), "thought_signature": "x"}]}),
        *CALLED[2:],
    ]
    finding = only(signed, CALLED)
    assert (finding.at_risk, finding.repairs[0]) == (True, "keep_alive")
    assert "lost when" in finding.meaning
    assert only(CALLED, signed).at_risk is False


# ---- what ids and sequences tell


def test_a_tail_with_sequence_numbers_had_rows() -> None:
    rows = stored_copy(session_of(TALK[:2]))
    gone = judged(later_document(TALK, [0, 1, 2, 3]), rows).findings[0]
    never = judged(later_document(TALK, [0, 1, None, None]), rows).findings[0]
    both = judged(later_document(TALK, [0, 1, 2, None]), rows).findings[0]
    assert causes(both)[0] == "database_write_failed"
    assert (gone.kind, causes(gone)[0]) == ("unsaved_tail", "rows_removed")
    assert (never.kind, causes(never)[0]) == ("unsaved_tail", "database_write_failed")


def test_messages_in_the_place_of_an_attempts_rows_were_never_stored() -> None:
    rows = stored_copy(session_of([*TALK[:3], message("assistant", "The first attempt")]))
    finding = judged(later_document(TALK, [0, 1, 2, None]), rows).findings[0]
    assert (finding.kind, causes(finding)[0]) == ("content_changed", "attempt_rolled_back")
    stored = judged(later_document(TALK, [0, 1, 2, 3]), rows).findings[0]
    assert "attempt_rolled_back" not in causes(stored)


@pytest.mark.parametrize(
    ("numbers", "first", "never"),
    [
        pytest.param([None, None, None, None], "creation_failed", "key_not_deleted", id="never stored"),
        pytest.param([0, 1, 2, 3], "key_not_deleted", "creation_failed", id="deleted"),
        pytest.param([0, 1, None, None], "key_not_deleted", "creation_failed", id="deleted during a turn"),
    ],
)
def test_a_ghost_tells_whether_it_ever_had_rows(numbers: list[int | None], first: str, never: str) -> None:
    (finding,) = judged(later_document(TALK, numbers), Absent()).findings
    assert causes(finding)[0] == first
    assert never not in causes(finding)


def test_a_ghost_of_an_early_version_tells_neither() -> None:
    (finding,) = judged(cached_copy(session_of(TALK)), Absent()).findings
    assert causes(finding)[0] == "key_not_deleted"
    assert "creation_failed" not in causes(finding)


@pytest.mark.parametrize(
    ("apart", "kind"), [(timedelta(seconds=20), "title_drift"), (minutes(9), "metadata_drift")], ids=["soon", "later"]
)
def test_a_session_saved_again_after_its_deletion_is_recreated(apart: timedelta, kind: str) -> None:
    stored = stored_copy(session_of(TALK, title=None, started_at=START + apart), times=lambda _: START + apart)
    (finding,) = judged(cached_copy(session_of(TALK)), stored).findings
    assert (finding.kind, causes(finding)) == (kind, ["recreated_after_delete"])
    assert (finding.at_risk, finding.repairs[0]) == (True, "keep_alive")


def test_a_missing_title_alone_is_no_recreation() -> None:
    (finding,) = judged(cached_copy(session_of(TALK)), stored_copy(session_of(TALK, title=None))).findings
    assert "recreated_after_delete" not in causes(finding)


def test_a_document_without_a_user_is_unreadable_and_no_leak() -> None:
    (finding,) = judged(cached_copy(session_of(TALK, user_id=None)), stored_copy(session_of(TALK))).findings
    assert (finding.kind, finding.severity) == ("owner_mismatch", "medium")
    assert causes(finding) == ["unreadable_by_current_version"]
    (unnamed,) = judged(cached_copy(session_of(TALK, user_id="")), stored_copy(session_of(TALK))).findings
    assert (unnamed.kind, unnamed.severity, causes(unnamed)) == ("owner_mismatch", "medium", ["other_writer"])
    assert "can read the conversation" not in unnamed.meaning
    (leak,) = judged(cached_copy(session_of(TALK)), stored_copy(session_of(TALK, user_id=None))).findings
    assert leak.severity == "critical"


@pytest.mark.parametrize(("cached", "stored"), [("", None), (None, "")])
def test_a_user_that_neither_copy_names_is_no_difference(cached: str | None, stored: str | None) -> None:
    comparison = judged(cached_copy(session_of(TALK, user_id=cached)), stored_copy(session_of(TALK, user_id=stored)))
    assert (comparison.status, comparison.findings) == ("in_sync", ())
    assert comparison.ledger["null_or_missing"] == 1


# ---- values that are no document

RAW = json.dumps(document()).encode()
DAMAGED = [
    pytest.param(RAW[: len(RAW) // 2], "cut_off", id="half"),
    pytest.param(RAW[:-1], "cut_off", id="without its end"),
    pytest.param('{"title": "ü'.encode()[:-1], "cut_off", id="within a character"),
    pytest.param(b'{"usage": nul', "cut_off", id="within a word"),
    pytest.param(json.dumps(RAW.decode()).encode(), "json_encoded_twice", id="JSON in JSON"),
    pytest.param(b"\x1f\x8b\x08\x00rest", "compressed", id="gzip"),
    pytest.param(b"\x78\x9crest", "compressed", id="zlib"),
    pytest.param(b"\x28\xb5\x2f\xfdrest", "compressed", id="Zstandard"),
    pytest.param(b"{'session_id': 's-1'}", "other_writer", id="Python"),
    pytest.param(b"[1, 2]", "other_writer", id="an array"),
    pytest.param(b"\xff\xfe", "other_writer", id="bytes"),
    pytest.param(b'{"session_id": "s-1"}', "other_writer", id="no session"),
]


@pytest.mark.parametrize(("raw", "cause"), DAMAGED)
def test_a_value_that_is_no_document_says_what_it_is(raw: bytes, cause: str) -> None:
    copy = copy_of(raw, EXPIRY)
    assert isinstance(copy, CorruptDocument)
    (finding,) = judged(copy, stored_copy(session_of(TALK))).findings
    assert (finding.kind, causes(finding)) == ("cache_corrupt", [cause])


@pytest.mark.parametrize(
    ("ids", "first"), [(True, "edited_in_database"), (False, "same_start_sequence")], ids=["the same ID", "no ID"]
)
@pytest.mark.parametrize(
    ("text", "points"), [("An edit", ""), ("Answer\u200b 1", "U+200B"), ("\u0410nswer 1", "U+0410")]
)
def test_a_last_message_saved_as_its_row_was_edited_and_not_raced(
    ids: bool, first: str, text: str, points: str
) -> None:
    rows = [message("user", "Question"), message("assistant", "Answer 1")]
    stored = stored_copy(session_of(rows))
    named = tuple(replace(item, id=f"m-{item.position}") for item in stored.messages)
    changed = [rows[0], message("assistant", text)]
    cached = later_document(changed, [0, 1]) if ids else cached_copy(session_of(changed))
    (finding,) = judged(cached, replace(stored, messages=named)).findings
    assert (finding.kind, causes(finding)[0]) == ("content_changed", first)
    assert ("same_start_sequence" in causes(finding)) == (not ids)
    evidence = " ".join(cause.evidence for cause in finding.likely_causes)
    assert points in evidence
    assert ("U+" in evidence) == bool(points)


@pytest.mark.parametrize(
    ("cached", "stored", "at_risk"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 3}, {"a": 2}, True),
        ({"a": 2}, {"a": 3}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": {"scopes": ["x"]}}, {"a": {}}, True),
        ({"a": "x"}, {"a": "y"}, False),
    ],
)
def test_a_field_is_at_risk_if_the_cache_has_more_of_it(cached: Any, stored: Any, at_risk: bool) -> None:
    (finding,) = judged(
        cached_copy(session_of(TALK, successful_agent_runs=cached)),
        stored_copy(session_of(TALK, successful_agent_runs=stored)),
    ).findings
    assert (finding.kind, finding.at_risk) == ("run_counts_drift", at_risk)
    assert (finding.repairs[0] == "keep_alive", "is lost when" in finding.meaning) == (at_risk, at_risk)


def test_counts_that_no_model_reports_are_not_at_risk() -> None:
    usage = [Usage(prompt_tokens=-5, completion_tokens=3, total_tokens=-2)]
    (finding,) = judged(cached_copy(session_of(TALK, usage=usage)), stored_copy(session_of(TALK, usage=[]))).findings
    assert (finding.kind, causes(finding), finding.at_risk) == ("usage_mismatch", ["other_writer"], False)


@pytest.mark.parametrize(("held", "said"), [("list", "a list"), ("hash", "a hash"), ("zset", "a sorted set")])
def test_a_key_of_another_type_is_damaged_and_says_which(held: str, said: str) -> None:
    comparison = judged(wrong_type(held, b"dump", EXPIRY), stored_copy(session_of(TALK)))
    (finding,) = comparison.findings
    assert (comparison.status, finding.kind, causes(finding)) == ("corrupt", "cache_corrupt", ["wrong_type"])
    assert said in finding.meaning


# ---- versions side by side


@pytest.mark.parametrize("columns", [{}, {"metadata": "{}", "chatStatus": "idle", "isPinned": False}])
@pytest.mark.parametrize("keys", [{}, {"metadata": FILLED, "chat_status": "running", "is_pinned": False}])
def test_documents_and_rows_of_any_two_versions_are_in_sync(columns: dict[str, Any], keys: dict[str, Any]) -> None:
    stored = stored_copy(session_of(CALLED), **columns)
    for copy in (later_document(CALLED, [0, 1, 2, None], **keys), cached_copy(session_of(CALLED))):
        comparison = judged(copy, stored)
        assert (comparison.status, comparison.findings) == ("in_sync", ())


# ---- the views of a reader


@pytest.mark.parametrize("view", ["masked", "structure"])
@pytest.mark.parametrize(
    "marked",
    ["[__COPILOT_ERROR_f7a1__] It failed for Mia.", "[__COPILOT_SYSTEM_e3b0__] Execution stopped by user"],
)
def test_how_a_turn_ended_can_be_seen_in_every_view(view: Any, marked: str) -> None:
    ended = [TALK[0], message("assistant", marked), *TALK[2:]]
    copies = copies_of(ended, ended)
    shown = redact(copies, view, b"k" * 32).copies
    assert [item.kind for item in compare(shown).findings] == [item.kind for item in compare(copies).findings]
    (stored,) = [item for item in shown.readable["database"].messages if turn_end(item.message)]
    assert turn_end(stored.message) == turn_end(ended[1])
    assert view == "masked" or "Mia" not in (stored.message.content or "")
