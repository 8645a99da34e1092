"""Laws: a finding's sentence, risk, causes and repairs, and the previews of these repairs, never contradict."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given

from chatdata.domain.copies import Absent, CachedCopy, Copies, CorruptDocument, Expiry, StoredCopy
from chatdata.domain.document import copy_of, encode, wrong_type
from chatdata.domain.drift import Comparison, DriftFinding, compare
from chatdata.domain.drift.kinds import FieldKind
from chatdata.services.repair.plans import Plan
from chatdata.services.repair.proposing import plan
from chatdata.services.repair.reading import RepairState
from chatdata.services.session_stores import Reading
from tests.support.builders import message
from tests.support.mutations import (
    EXPIRY,
    READ_AT,
    Mutated,
    cached_copy,
    field_mutations,
    mutations,
    session_of,
    stored_copy,
)
from tests.support.odd_copies import UNLIMITED, odd_copies

TTL = 43_200
RELOADS = ("invalidate_cache", "rewarm_cache")


def state_of(pair: Copies) -> RepairState:
    assert isinstance(pair.cached, CachedCopy)
    return RepairState(Reading(pair, encode(pair.cached.session()), moved=False), TTL)


def loses_words(planned: Plan) -> bool:
    return any(lost.what == "messages" for lost in planned.lost)


def planned_for(seen: RepairState, comparison: Comparison, action: Any) -> Plan:
    planned = plan(seen, comparison, action, None)
    assert isinstance(planned, Plan), f"{action} is suggested and refused: {planned}"
    return planned


def of_its_kind(finding: DriftFinding, comparison: Comparison) -> int:
    return sum((item.kind, item.field) == (finding.kind, finding.field) for item in comparison.findings)


@given(odd_copies())
def test_what_a_finding_suggests_is_not_refused_and_ends_it(pair: Copies) -> None:
    comparison = compare(pair)
    for finding in comparison.findings:
        for action in finding.repairs:
            planned = planned_for(state_of(pair), comparison, action)
            after = of_its_kind(finding, compare(planned.copies))
            assert action in finding.eased_by or after < of_its_kind(finding, comparison)


@given(odd_copies())
def test_a_reload_loses_words_exactly_if_a_finding_is_at_risk(pair: Copies) -> None:
    comparison = compare(pair)
    lost = loses_words(planned_for(state_of(pair), comparison, "invalidate_cache"))
    assert lost == (comparison.at_risk > 0)


@given(odd_copies(), field_mutations)
def test_a_reload_loses_exactly_the_fields_that_are_at_risk(pair: Copies, changed: Any) -> None:
    assert isinstance(pair.cached, CachedCopy)
    if isinstance(pair.stored, StoredCopy):
        stored = replace(pair.stored, info=pair.stored.info.model_copy(update=changed[1]))
        pair = replace(pair, stored=stored)
    comparison = compare(pair)
    fields = {item.field for item in comparison.every_finding if item.at_risk and item.kind in get_args(FieldKind)}
    sound = isinstance(pair.stored, StoredCopy) and not pair.stored.damaged
    for action in RELOADS if sound else ():
        said = [item.meaning for item in planned_for(state_of(pair), comparison, action).lost]
        assert {one.split(",")[0].removeprefix("The cached ") for one in said if "The cached" in one} == fields


@given(odd_copies())
def test_what_loses_words_is_never_suggested_first(pair: Copies) -> None:
    comparison = compare(pair)
    for finding in comparison.findings:
        if finding.at_risk and finding.repairs:
            first = planned_for(state_of(pair), comparison, finding.repairs[0])
            assert finding.repairs[0] not in RELOADS
            assert not loses_words(first)


@given(odd_copies())
def test_the_sentence_says_what_is_lost_exactly_if_it_is_at_risk(pair: Copies) -> None:
    for finding in compare(pair).findings:
        assert ("lost when" in finding.meaning or "lost if" in finding.meaning) == finding.at_risk, finding
        assert (finding.expires_at is not None) == (finding.at_risk and _expires(pair))


@given(odd_copies())
def test_every_cause_has_evidence_of_its_own(pair: Copies) -> None:
    for finding in compare(pair).findings:
        said = [cause.evidence for cause in finding.likely_causes]
        assert all(said)
        assert len(set(said)) == len(said)
        assert finding.likely_causes or finding.kind in ("orphan_tool_result", "no_expiry")


@given(mutations, field_mutations)
def test_a_field_that_only_the_cache_has_is_kept_before_it_is_dropped(mutated: Mutated, changed: Any) -> None:
    kind, changes = changed
    pair = Copies(
        "s-1", stored_copy(session_of(mutated.stored, **changes)), cached_copy(session_of(mutated.cached)), READ_AT
    )
    found = [item for item in compare(pair).findings if item.kind == kind]
    for finding in found:
        assert not finding.at_risk or finding.repairs[0] == "keep_alive"


_UNREADABLE = [b"", b"{", b"[1]", b"x", b'{"messages": []}', b"\x1f\x8b\x08"]


@pytest.mark.parametrize("raw", [*_UNREADABLE, None], ids=repr)
@pytest.mark.parametrize("expiry", [EXPIRY, UNLIMITED], ids=["expires", "never expires"])
@pytest.mark.parametrize("row", [True, False], ids=["row", "no row"])
def test_nothing_about_an_unreadable_entry_contradicts(raw: bytes | None, expiry: Expiry, row: bool) -> None:
    damaged = wrong_type("hash", b"dump", expiry) if raw is None else copy_of(raw, expiry)
    assert isinstance(damaged, CorruptDocument)
    pair = Copies("s-1", stored_copy(session_of([message()])) if row else Absent(), damaged, READ_AT)
    comparison, seen = compare(pair), RepairState(Reading(pair, damaged.raw, moved=False), TTL)
    at_risk = [item for item in comparison.findings if item.at_risk]
    assert [item.kind for item in at_risk] == ([] if row else ["cache_corrupt"])
    for finding in comparison.findings:
        assert ("lost when" in finding.meaning or "lost if" in finding.meaning) == finding.at_risk, finding
        assert ("falls back to the database" in finding.meaning) == (finding.kind == "cache_corrupt" and row)
        for action in finding.repairs:
            planned = planned_for(seen, comparison, action)
            ended = of_its_kind(finding, compare(planned.copies)) < of_its_kind(finding, comparison)
            assert action in finding.eased_by or ended
        if at_risk:
            assert finding.repairs[:1] in ((), ("keep_alive",))
            assert "keep_alive" not in finding.repairs or expiry.ttl_seconds is not None


@given(odd_copies())
def test_what_is_safe_as_long_as_the_key_stays_gets_no_time_to_live(pair: Copies) -> None:
    comparison = compare(pair)
    if comparison.at_risk and not _expires(pair):
        assert not [finding for finding in comparison.findings if "keep_alive" in finding.repairs]


def test_a_text_saved_in_part_is_completed_and_nothing_else_changes() -> None:
    whole = [message(), message("assistant", "Once upon a time"), message("user", "Go on")]
    part = [whole[0], message("assistant", "Once upon"), whole[2]]
    pair = Copies("s-1", stored_copy(session_of(part)), cached_copy(session_of(whole)), READ_AT)
    (finding,) = compare(pair).findings
    assert (finding.kind, finding.severity, finding.repairs) == (
        "partial_text", "critical", ("save_cached_text", "keep_alive")
    )  # fmt: skip
    planned = planned_for(state_of(pair), compare(pair), "save_cached_text")
    assert isinstance(planned.copies.stored, StoredCopy)
    assert [item.message for item in planned.copies.stored.messages] == whole
    assert replace(planned.copies, stored=pair.stored) == pair
    assert planned.lost == ()


def test_thoughts_that_only_the_cache_has_are_said_to_be_lost_without_being_a_difference() -> None:
    talk = [message(), message("assistant", "Hi")]
    thoughtful = [talk[0], message("reasoning", "Hm."), talk[1]]
    pair = Copies("s-1", stored_copy(session_of(talk)), cached_copy(session_of(thoughtful)), READ_AT)
    assert compare(pair).findings == ()
    lost = planned_for(state_of(pair), compare(pair), "invalidate_cache").lost
    assert [value.content for item in lost for value in item.values if "reasoning" in item.meaning] == ["Hm."]


def _expires(pair: Copies) -> bool:
    return isinstance(pair.cached, CachedCopy) and pair.cached.expiry.expires_at is not None
