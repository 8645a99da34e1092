"""What findings say: where a message stands, what differs invisibly, and no cause that the copies refute."""

from dataclasses import replace
from typing import Any

import pytest

from chatdata.domain.copies import Absent, CachedCopy, Copies, CopyMessage, StoredCopy
from chatdata.domain.drift import Comparison, DriftFinding, compare
from chatdata.domain.messages import ChatMessage, Usage
from tests.support.builders import message, talk, tool_call
from tests.support.mutations import READ_AT, cached_copy, session_of, stored_copy


def both_of(cached: CachedCopy, stored: StoredCopy | Absent) -> Copies:
    return Copies("s-1", stored, cached, READ_AT)


def judged(cached: list[ChatMessage], stored: list[ChatMessage], **fields: Any) -> Comparison:
    return compare(both_of(cached_copy(session_of(cached, **fields)), stored_copy(session_of(stored))))


def only(comparison: Comparison, kind: str) -> DriftFinding:
    [found] = [item for item in comparison.findings if item.kind == kind]
    return found


def test_a_system_prompt_of_the_cache_stands_at_the_beginning() -> None:
    prompt = message("system", "Be brief.")
    found = only(judged([prompt, *talk(4)], talk(4)), "missing_in_db")
    assert found.meaning.startswith("At the beginning, 1 message exists only in the cache")
    middle = only(judged([*talk(2), message("user", "And?"), *talk(4)[2:]], talk(4)), "missing_in_db")
    assert middle.meaning.startswith("In the middle, 1 message exists only in the cache")


def alternating(count: int) -> list[ChatMessage]:
    return [message("user" if index % 2 == 0 else "assistant", f"t{index}") for index in range(count)]


def test_messages_that_the_cache_lacks_for_one_cause_are_one_finding_that_names_each() -> None:
    rows = alternating(6)
    (found,) = judged(rows[1::2], rows).findings
    assert (found.kind, found.count, found.database_position) == ("missing_in_cache", 3, 0)
    assert [place.database_position for place in found.places] == [0, 2, 4]
    assert found.meaning == (
        "In 3 places (#0, #2, #4), the cache lacks 3 messages of the database: the model never sees them."
    )
    (one,) = judged(rows[1:], rows).findings
    assert (one.kind, one.places) == ("windowed_cache", ())


def test_messages_that_the_database_lacks_for_one_cause_are_one_finding_that_names_each() -> None:
    whole = alternating(8)
    rows = [item for index, item in enumerate(whole) if index not in (1, 4, 5)]
    (found,) = judged(whole, rows).findings
    assert (found.kind, found.count) == ("missing_in_db", 3)
    assert [(place.cache_position, place.count) for place in found.places] == [(1, 1), (4, 2)]
    assert found.meaning.startswith("In 2 places (#1, #4 to #5), 3 messages exist only in the cache")


def test_a_sentence_names_some_of_many_places() -> None:
    rows = alternating(40)
    (found,) = judged(rows[1::2], rows).findings
    assert len(found.places) == 20
    assert found.meaning.startswith("In 20 places (#0, #2, #4, #6, #8, #10, #12, #14 and 12 more), the cache lacks")


def test_texts_that_one_client_changed_everywhere_are_one_finding() -> None:
    whole = [message("user" if index % 2 == 0 else "assistant", f"a\r\nb{index}") for index in range(6)]
    rows = [one if one.role == "user" else message(one.role, (one.content or "").replace("\r", "")) for one in whole]
    (found,) = judged(whole, rows).findings
    assert (found.kind, found.likely_causes[0].cause, found.count) == ("content_changed", "line_endings", 3)
    assert [(place.cache_position, place.database_position) for place in found.places] == [(1, 1), (3, 3), (5, 5)]


def test_what_is_at_risk_is_not_told_together_with_what_is_not() -> None:
    calls = [message("assistant", None, tool_calls=[tool_call(str(at))]) for at in range(2)]
    long, short = "words " * 20, "words words"
    both = [
        [
            it
            for at in range(2)
            for it in (message("user", f"q{at}"), calls[at], message("tool", texts[at], tool_call_id=str(at)))
        ]
        for texts in ((long, short), (short, long))
    ]
    found = judged(both[0], both[1]).findings
    assert [(item.likely_causes[0].cause, item.at_risk, item.count) for item in found] == [
        ("result_truncated", True, 1), ("result_truncated", False, 1)
    ]  # fmt: skip


def test_different_likely_causes_stay_different_findings() -> None:
    whole = alternating(8)
    rows = [message(one.role, f" {one.content}" if at == 1 else "other" if at == 4 else one.content)
            for at, one in enumerate(whole)]  # fmt: skip
    found = judged(whole, rows).findings
    assert [(item.kind, item.likely_causes[0].cause) for item in found] == [
        ("content_changed", "trimmed"), ("content_changed", "edited_in_database")
    ]  # fmt: skip
    assert not any(item.places for item in found)


@pytest.mark.parametrize(
    ("cached", "stored", "said"),
    [("", None, "the cache has an empty text, the row null"), (None, "", "the cache has null, the row an empty text")],
)
def test_an_empty_text_against_null_is_said_to_be_no_words(cached: str | None, stored: str | None, said: str) -> None:
    ends = [message("user", "q")], [message("tool", "r", tool_call_id="call_1"), message("assistant", "a")]
    both = [[*ends[0], message("assistant", text, tool_calls=[tool_call()]), *ends[1]] for text in (cached, stored)]
    found = only(judged(both[0], both[1]), "content_changed")
    assert said in found.meaning
    assert "the model is sent" not in found.meaning


@pytest.mark.parametrize("at", [1, 3], ids=["in the middle", "at the end"])
def test_an_empty_text_against_null_is_the_habit_of_a_writer(at: int) -> None:
    both = [
        [message(one.role, text if index == at else one.content) for index, one in enumerate(talk(4))]
        for text in ("", None)
    ]
    found = only(judged(both[0], both[1]), "content_changed")
    assert [cause.cause for cause in found.likely_causes] == ["other_writer"]


@pytest.mark.parametrize(
    "changes",
    [{"name": "x"}, {"refusal": "No."}, {"tool_calls": [tool_call("1", arguments='{"query":"olds"}')]}],
    ids=["name", "refusal", "arguments of one call"],
)
def test_one_message_that_differs_at_the_end_was_not_written_by_two(changes: dict[str, Any]) -> None:
    last = message("assistant", "I look.", tool_calls=[tool_call("1")])
    both = [*talk(2), last], [*talk(2), last.model_copy(update=changes)]
    for cached, stored in (both, both[::-1]):
        found = only(judged(cached, stored), "content_changed")
        assert found.likely_causes[0].cause == "edited_in_database"


def test_two_results_of_one_call_at_the_end_were_not_written_by_two() -> None:
    called = [message("user", "q"), message("assistant", None, tool_calls=[tool_call("1")])]
    both = [[*called, message("tool", words, tool_call_id="1")] for words in ("Rain.", "Sun.")]
    assert only(judged(both[0], both[1]), "content_changed").likely_causes[0].cause == "edited_in_database"


@pytest.mark.parametrize(("count", "cause"), [(6, "other_writer"), (2, "same_start_sequence")])
def test_messages_in_reverse_are_no_race(count: int, cause: str) -> None:
    found = only(judged(talk(count), talk(count)[::-1]), "reordered")
    assert [one.cause for one in found.likely_causes] == [cause]


def test_half_a_character_is_named_with_its_position_and_code_point() -> None:
    plain = cached_copy(session_of([message("user", "")]))
    half = replace(plain, messages=(replace(plain.messages[0], message=message("user", "ab\ud83d!")),))
    found = only(compare(both_of(half, stored_copy(session_of([message("user", "ab\ufffd!")])))), "content_changed")
    assert found.likely_causes[0].cause == "surrogate_replaced"
    assert "from character 2: U+D83D in the cache, U+FFFD in the row" in found.likely_causes[0].evidence


@pytest.mark.parametrize("fuller", ["cache", "row"])
def test_a_key_of_a_call_that_only_one_copy_has_was_not_kept(fuller: str) -> None:
    plain, signed = tool_call(), {**tool_call(), "extra_content": {"google": {"thought_signature": "c2ln"}}}
    tool = message("tool", "r", tool_call_id="call_1")
    both = [
        [message("user", "q"), message("assistant", None, tool_calls=[call]), tool, message("assistant", "a")]
        for call in ((signed, plain) if fuller == "cache" else (plain, signed))
    ]
    found = only(judged(both[0], both[1]), "content_changed")
    assert [cause.cause for cause in found.likely_causes] == ["keys_not_stored"]
    assert found.likely_causes[0].evidence.startswith(f"The calls of the {fuller} have everything")


def renumbered(rows: StoredCopy, first: int, skip: int | None = None) -> StoredCopy:
    numbers = [index + first + (skip is not None and index >= skip) for index in range(len(rows.messages))]
    return replace(rows, messages=tuple(map(replace_position, rows.messages, numbers)))


def replace_position(item: CopyMessage, position: int) -> CopyMessage:
    return replace(item, position=position)


def test_rows_that_are_counted_from_one_were_not_deleted() -> None:
    session = session_of(talk(4))
    found = only(compare(both_of(cached_copy(session), renumbered(stored_copy(session), 1))), "sequence_gap")
    assert found.meaning.startswith("The stored sequence begins with 1:")
    assert [cause.cause for cause in found.likely_causes] == ["other_writer", "rows_removed"]


def test_a_gap_between_rows_is_told_with_its_neighbour() -> None:
    session = session_of(talk(4))
    found = only(compare(both_of(cached_copy(session), renumbered(stored_copy(session), 0, 2))), "sequence_gap")
    assert found.meaning.startswith("The stored sequence continues with 3 after 1:")
    assert [cause.cause for cause in found.likely_causes] == ["rows_removed"]


def test_a_negative_count_in_the_cache_is_its_own_evidence() -> None:
    usage = [Usage(prompt_tokens=-100, completion_tokens=5, total_tokens=-95)]
    found = only(judged(talk(4), talk(4), usage=usage), "usage_mismatch")
    assert [cause.cause for cause in found.likely_causes] == ["other_writer"]


def test_one_wrong_document_is_one_finding() -> None:
    comparison = judged(talk(4), talk(4), session_id="s-other", user_id="u-other")
    assert [item.kind for item in comparison.findings] == ["owner_mismatch"]
    assert "names a different session" in comparison.findings[0].likely_causes[0].evidence


@pytest.mark.parametrize(
    ("title", "evidence", "causes"),
    [
        (
            "Rain",
            "It has a title, which is written to the row first: there was one",
            ["key_not_deleted", "user_deleted"],
        ),
        (
            None,
            "A new session is stored before it is cached, so there most likely was a row",
            ["key_not_deleted", "user_deleted", "database_write_failed"],
        ),
    ],
)
def test_a_ghost_of_an_early_version_tells_what_speaks_for_a_row(
    title: str | None, evidence: str, causes: list[str]
) -> None:
    cached = cached_copy(session_of(talk(2), title=title))
    found = only(compare(both_of(cached, Absent())), "ghost_session")
    assert found.likely_causes[0].evidence.startswith(evidence)
    assert [cause.cause for cause in found.likely_causes] == causes
