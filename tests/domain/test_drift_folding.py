"""One cause, one finding: what else a cause made is carried as consequences, with what is at risk of it."""

from dataclasses import replace
from typing import Any

import pytest

from chatdata.domain.copies import CachedCopy, Copies, Expiry, StoredCopy
from chatdata.domain.drift import Comparison, DriftFinding, compare, comparison_json
from chatdata.domain.messages import ChatMessage
from chatdata.domain.messages.damage import DamagedValue
from tests.support.builders import START, message, minutes, talk, tool_call
from tests.support.mutations import EXPIRY, READ_AT, cached_copy, session_of, stored_copy

USED = [
    message("user", "q"),
    message("assistant", "I look.", tool_calls=[tool_call("1")]),
    message("tool", "{}", tool_call_id="1"),
    message("assistant", "Found."),
    message("user", "Thanks"),
]
UNLIMITED = Expiry(None, None, None)


def judged(cached: CachedCopy, stored: StoredCopy) -> Comparison:
    return compare(Copies("s-1", stored, cached, READ_AT))


def of_messages(cached: list[ChatMessage], stored: list[ChatMessage]) -> Comparison:
    return judged(cached_copy(session_of(cached)), stored_copy(session_of(stored)))


def without(rows: StoredCopy, *positions: int) -> StoredCopy:
    return replace(rows, messages=tuple(item for item in rows.messages if item.position not in positions))


def told(finding: DriftFinding) -> list[tuple[str, int]]:
    return [(one.kind, one.count) for one in finding.consequences]


def causes(finding: DriftFinding) -> list[str]:
    return [cause.cause for cause in finding.likely_causes]


# ---- rows that were removed


@pytest.mark.parametrize(
    ("removed", "missing"),
    [((2, 3), 2), ((0,), 1), ((1, 4), 2), ((0, 1, 5), 3)],
    ids=["in the middle", "at the beginning", "at two places", "at the beginning and in the middle"],
)
def test_removed_rows_are_one_finding_with_the_gap_that_they_left(removed: tuple[int, ...], missing: int) -> None:
    session = session_of(talk(8))
    (finding,) = judged(cached_copy(session), without(stored_copy(session), *removed)).findings
    assert (finding.kind, finding.count, causes(finding)) == ("missing_in_db", missing, ["rows_removed"])
    assert told(finding) == [("sequence_gap", missing)]
    assert finding.likely_causes[0].evidence.startswith("Where they would be, there")


def test_a_message_that_was_never_stored_was_not_removed_from_the_rows() -> None:
    (finding,) = of_messages(talk(8), [*talk(8)[:3], *talk(8)[4:]]).findings
    assert (causes(finding), told(finding)) == (["removed_in_memory"], [])


def test_a_gap_in_both_copies_stays_a_finding_beside_rows_that_were_removed() -> None:
    whole = session_of(talk(8))
    rows = stored_copy(session_of(talk(8)))
    shifted = replace(
        rows, messages=tuple(replace(item, position=item.position + 2 * (item.position > 5)) for item in rows.messages)
    )
    found = judged(cached_copy(whole), without(shifted, 2)).findings
    assert [(item.kind, item.database_position, item.count) for item in found] == [
        ("missing_in_db", None, 1), ("sequence_gap", 8, 2)
    ]  # fmt: skip
    assert told(found[0]) == [("sequence_gap", 1)]


def test_a_system_prompt_whose_number_is_free_is_one_finding() -> None:
    rows = stored_copy(session_of(talk(4)))
    numbered = replace(rows, messages=tuple(replace(item, position=item.position + 1) for item in rows.messages))
    (finding,) = judged(cached_copy(session_of([message("system", "You help."), *talk(4)])), numbered).findings
    assert (finding.severity, causes(finding)) == ("medium", ["system_prompt_not_stored", "rows_removed"])
    assert told(finding) == [("sequence_gap", 1)]


# ---- a session that was created anew


def test_a_recreated_session_is_one_finding_with_everything_that_its_new_row_lacks() -> None:
    cached = cached_copy(session_of(talk(4)))
    document = {**cached.document, "metadata": {"kind": "agent"}, "organization_id": "o-1", "is_pinned": True}
    rows = stored_copy(
        session_of(talk(4), title=None, started_at=START + minutes(9)),
        metadata={}, organizationId=None, isPinned=False,
    )  # fmt: skip
    (finding,) = judged(replace(cached, document=document), rows).findings
    assert (finding.kind, finding.field) == ("metadata_drift", "started_at")
    assert (causes(finding), finding.at_risk) == (["recreated_after_delete"], True)
    assert {one.field for one in finding.consequences} == {"title", "metadata", "organization_id", "is_pinned"}
    assert finding.repairs[0] == "keep_alive"


def test_metadata_that_a_recreated_row_has_differently_was_changed_there() -> None:
    cached = cached_copy(session_of(talk(4)))
    rows = stored_copy(session_of(talk(4), title=None, started_at=START + minutes(9)), metadata={"kind": "dream"})
    found = judged(replace(cached, document={**cached.document, "metadata": {"kind": "agent"}}), rows).findings
    assert {item.field: causes(item)[0] for item in found} == {
        "started_at": "recreated_after_delete", "metadata": "changed_in_database"
    }  # fmt: skip


# ---- results without their call


@pytest.mark.parametrize("lost_in", ["database", "cache"])
def test_a_result_that_is_orphaned_by_lost_calls_is_no_finding_of_its_own(lost_in: str) -> None:
    bare = [USED[0], USED[1].model_copy(update={"tool_calls": None}), *USED[2:]]
    copies = (USED, bare) if lost_in == "database" else (bare, USED)
    (finding,) = of_messages(*copies).findings
    assert finding.kind == ("tool_calls_lost" if lost_in == "database" else "tool_calls_stale")
    assert told(finding) == [("orphan_tool_result", 1)]


def test_a_result_that_both_copies_have_without_a_call_stays_a_finding() -> None:
    orphan = [USED[0], USED[2], *USED[3:]]
    found = of_messages([*orphan, message("user", "More")], orphan).findings
    assert [(item.kind, told(item)) for item in found] == [("unsaved_tail", []), ("orphan_tool_result", [])]


# ---- other messages at the same place


def test_other_messages_at_one_place_are_one_finding() -> None:
    whole = talk(6)
    other = [message("assistant", "x"), message("assistant", "y")]
    (finding,) = of_messages(
        [*whole[:2], *other, *whole[2:]], [*whole[:2], message("assistant", "z"), *whole[2:]]
    ).findings
    assert (finding.kind, causes(finding), told(finding)) == (
        "missing_in_db", ["attempt_rolled_back"], [("missing_in_cache", 1)]
    )  # fmt: skip
    assert finding.meaning.endswith("; the database has 1 message instead.")


def test_other_messages_beside_removed_rows_are_one_finding_with_both() -> None:
    whole = talk(8)
    rows = stored_copy(session_of([*whole[:2], message("assistant", "z"), *whole[3:]]))
    for removed in ((3, 4), (1,)):
        (finding,) = judged(cached_copy(session_of(whole)), without(rows, *removed)).findings
        assert (finding.kind, causes(finding)) == ("missing_in_db", ["rows_removed", "attempt_rolled_back"])
        assert {kind for kind, _ in told(finding)} == {"missing_in_cache", "sequence_gap"}


# ---- the document of another session


def test_the_document_of_another_session_is_one_finding_whatever_it_says() -> None:
    other = session_of(talk(3, "x"), session_id="s-2", user_id="u-2", title="Other", started_at=START - minutes(90))
    (finding,) = judged(cached_copy(other), stored_copy(session_of(talk(8)))).findings
    assert (finding.kind, finding.severity, causes(finding)[0]) == ("owner_mismatch", "critical", "other_writer")
    assert [one.kind for one in finding.consequences] == ["diverged_tail", "title_drift", "metadata_drift"]
    assert (finding.at_risk, finding.expires_at) == (True, EXPIRY.expires_at)
    assert finding.repairs == ("keep_alive", "invalidate_cache", "rewarm_cache")
    assert "lost when the key expires" in finding.meaning


def test_the_messages_of_another_session_are_at_risk_with_their_finding() -> None:
    other = session_of(talk(3, "x"), session_id="s-2")
    comparison = judged(cached_copy(other, UNLIMITED), stored_copy(session_of(talk(8))))
    finding = comparison.findings[0]
    assert (finding.kind, finding.field, finding.severity) == ("metadata_drift", "session_id", "critical")
    assert (comparison.at_risk, finding.at_risk, finding.repairs) == (3, True, ())
    assert "lost if the key" in finding.meaning


# ---- damaged rows


def damaged(rows: StoredCopy, place: str, position: int | None = None) -> StoredCopy:
    return replace(rows, damaged=(DamagedValue(place, position, "3 bytes where text was expected"),))


def test_a_difference_in_a_damaged_value_is_that_damage() -> None:
    session = session_of(talk(4))
    rows = stored_copy(session_of([talk(4)[0], message("assistant", None), *talk(4)[2:]]))
    comparison = judged(cached_copy(session), damaged(rows, "ChatMessage.content", 1))
    (finding,) = comparison.findings
    assert (comparison.status, finding.kind, causes(finding)) == ("drifted", "row_damaged", ["other_writer"])
    assert (told(finding), finding.at_risk, finding.repairs) == ([("content_changed", 1)], True, ("keep_alive",))


@pytest.mark.parametrize(
    ("changes", "column", "kind"),
    [
        ({"title": None}, "ChatSession.title", "title_drift"),
        ({"user_id": None}, "ChatSession.userId", "owner_mismatch"),
        ({"usage": []}, "ChatSession.totalPromptTokens", "usage_mismatch"),
    ],
)
def test_a_field_of_a_damaged_column_is_that_damage(changes: dict[str, Any], column: str, kind: str) -> None:
    rows = damaged(stored_copy(session_of(talk(4), **changes)), column)
    (finding,) = judged(cached_copy(session_of(talk(4))), rows).findings
    assert (finding.kind, finding.severity, told(finding)) == ("row_damaged", "high", [(kind, 1)])


def test_a_damaged_row_that_the_cache_lacks_is_missing_there_too() -> None:
    rows = damaged(stored_copy(session_of(talk(5))), "ChatMessage.content", 4)
    found = judged(cached_copy(session_of(talk(4))), rows).findings
    assert [(item.kind, told(item)) for item in found] == [("row_damaged", []), ("stale_cache", [])]


def test_nothing_that_reads_damaged_rows_is_suggested() -> None:
    rows = damaged(stored_copy(session_of(talk(8))), "ChatMessage.content", 7)
    for expiry in (EXPIRY, UNLIMITED):
        found = judged(cached_copy(session_of(talk(6)), expiry), rows).findings
        assert {"row_damaged", "stale_cache"} <= {item.kind for item in found}
        assert not any({"rewarm_cache", "invalidate_cache", "save_cached_tail"} & set(item.repairs) for item in found)


# ---- how it is told


def test_a_consequence_is_in_the_json_of_its_finding_and_not_counted() -> None:
    session = session_of(talk(8))
    comparison = judged(cached_copy(session), without(stored_copy(session), 2))
    document = comparison_json(comparison)
    (finding,) = document["findings"]
    (consequence,) = finding["consequences"]
    assert (consequence["kind"], consequence["likely_causes"], consequence["repairs"]) == ("sequence_gap", [], [])
    assert "consequences" not in consequence
    assert "database_value" not in comparison_json(comparison, values=False)["findings"][0]["consequences"][0]
