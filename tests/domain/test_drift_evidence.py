"""Laws: one difference gives one finding, and the first cause of a finding is one that the copies show.

The evidence of each cause is restated here from docs/drift.md, independently of the code that names it.
"""

import html
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings

from chatdata.domain.copies import CachedCopy, Copies, CopyMessage, StoredCopy
from chatdata.domain.drift import Comparison, DriftFinding, Stretch, compare
from chatdata.domain.drift.kinds import SEVERITY, FieldKind, MessageKind
from chatdata.domain.messages import ChatMessage, in_utc
from tests.support.laws import examples
from tests.support.mutations import copies_of
from tests.support.odd_copies import compactions, odd_copies

MESSAGE_KINDS: frozenset[str] = frozenset(MessageKind.__args__)  # type: ignore[attr-defined]
FIELD_KINDS: frozenset[str] = frozenset(FieldKind.__args__)  # type: ignore[attr-defined]
JOINED = {
    "context_injected", "partial_text", "tool_calls_lost", "tool_calls_stale", "tool_result_stale", "content_changed"
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A finding with what the copies hold of it."""

    pair: Copies
    finding: DriftFinding
    cached: list[ChatMessage]
    stored: list[ChatMessage]
    instead: list[ChatMessage]
    """The rows of a consequence: they are in the place of what only the cache has."""

    @property
    def document(self) -> CachedCopy:
        assert isinstance(self.pair.cached, CachedCopy)
        return self.pair.cached

    @property
    def row(self) -> StoredCopy:
        assert isinstance(self.pair.stored, StoredCopy)
        return self.pair.stored

    @property
    def written(self) -> datetime | None:
        return self.document.expiry.last_written_at

    @property
    def newest_row(self) -> datetime | None:
        return max((in_utc(item.created_at) for item in self.row.messages if item.created_at), default=None)

    @property
    def updated(self) -> datetime:
        return in_utc(self.row.info.updated_at)

    @property
    def texts(self) -> list[tuple[str, str]]:
        sides = ([(item.content or "").replace("\0", "") for item in side] for side in (self.cached, self.stored))
        return list(zip(*sides, strict=False))

    @property
    def numbers(self) -> list[Any]:
        """What the document records as the sequence numbers of the cached messages."""
        entries = self.document.document["messages"]
        return [
            entry.get("sequence", "none")
            for entry, item in zip(entries, self.document.messages, strict=True)
            if any(item.message is one for one in self.cached)
        ]

    def last(self, of: str) -> bool:
        """Whether the finding includes the last message of a copy; reasoning that is not in it does not count."""
        copy, mine = (self.document, self.cached) if of == "cache" else (self.row, self.stored)
        within = [any(item.message is one for one in mine) for item in copy.messages]
        counted = [
            has for has, item in zip(within, copy.messages, strict=True) if has or item.message.role != "reasoning"
        ]
        return bool(mine) and counted[-1]


def users(messages: list[ChatMessage]) -> bool:
    return any(message.role == "user" for message in messages)


def calls(messages: list[ChatMessage]) -> list[str]:
    return [json.dumps(call, sort_keys=True) for message in messages for call in message.tool_calls or ()]


def words(messages: list[ChatMessage]) -> str:
    return "".join("".join((message.content or "").replace("\0", "").split()) for message in messages)


def is_summary(seen: Seen) -> bool:
    """A message marks it, or the cache begins with it and ends exactly as the rows do."""
    marked = any("context_compaction" in call for call in calls(seen.cached))
    rest, rows = len(seen.document.messages) - len(seen.cached), len(seen.row.messages) - len(seen.stored)
    first = seen.row.messages[0].position if seen.row.messages else None
    exact = (seen.finding.cache_position, seen.finding.database_position) == (0, first) and rest == rows
    return len(seen.cached) < len(seen.stored) and (marked or exact)


def shows_older_copy(seen: Seen) -> bool:
    """The key was written after what it lacks; between other messages, the cache even continues."""
    if seen.finding.kind == "missing_in_cache":
        return users(seen.stored)
    after = seen.newest_row if seen.finding.kind == "stale_cache" else seen.updated
    return seen.written is not None and after is not None and seen.written >= after


def shows_missed_write(seen: Seen) -> bool:
    """The rows have more, and nothing says that the key was written after them."""
    if seen.finding.kind == "stale_cache":
        return users(seen.stored) and not (seen.written and seen.newest_row and seen.written > seen.newest_row)
    return seen.written is None or seen.written < seen.updated


def shows_failed_save(seen: Seen) -> bool:
    match seen.finding.kind:
        case "unsaved_tail":
            return bool(seen.cached) and not seen.stored and seen.last("cache")
        case "tool_result_stale":
            return any("operation_pending" in other for _, other in seen.texts)
        case "usage_mismatch":
            one, other = seen.document.info, seen.row.info
            return one.prompt_tokens > other.prompt_tokens or one.completion_tokens > other.completion_tokens
        case _:
            one, other = seen.finding.cache_value, seen.finding.database_value
            return set(one) >= set(other) and one != other


def shows_rollback(seen: Seen) -> bool:
    replaced, rows = seen.finding.kind == "content_changed", seen.stored or seen.instead
    return bool(rows) and not users(rows) and (not replaced or set(seen.numbers) == {None})


def shows_race(seen: Seen) -> bool:
    match seen.finding.kind:
        case "diverged_tail":
            return bool(seen.cached and seen.stored) and seen.last("cache") and seen.last("database")
        case "content_changed":
            return seen.last("cache") and seen.last("database")
        case "missing_in_db":
            return users(seen.instead) and not seen.last("cache")
        case _:
            return Counter(words([one]) for one in seen.cached) == Counter(words([one]) for one in seen.stored)


def is_one_message(seen: Seen) -> bool:
    """Both copies of the last messages have the same words, or answer or make a call of the same ID."""
    pairs = list(zip(seen.cached, seen.stored, strict=True))
    ids = [[{call["id"] for call in one.tool_calls or ()} for one in pair] for pair in pairs]
    return all(
        (words([one]) and words([one]) == words([other]))
        or (one.tool_call_id and one.tool_call_id == other.tool_call_id)
        or left & right
        for (one, other), (left, right) in zip(pairs, ids, strict=True)
    )


def shows_removed_rows(seen: Seen) -> bool:
    """The document numbered its messages as stored ones, or the rows around them have numbers that leave room."""
    numbered = bool(seen.numbers) and all(type(one) is int for one in seen.numbers)
    positions = [item.position for item in seen.row.messages]
    return numbered or (positions != list(range(len(positions))) and not seen.last("cache"))


def deleted_and_saved(seen: Seen) -> bool:
    one, other = seen.document.info.started_at, seen.row.info.started_at
    return seen.row.info.title is None and in_utc(other) > in_utc(one)


def spoken(messages: Sequence[CopyMessage]) -> list[ChatMessage]:
    """The messages of a copy without what its model thought, which a copy may have or not."""
    return [item.message for item in messages if item.message.role != "reasoning"]


EVIDENCE: dict[str, Callable[[Seen], bool]] = {
    "older_copy_written_back": shows_older_copy,
    "missed_write": shows_missed_write,
    "direct_insert": lambda seen: bool(seen.stored) and not users(seen.stored) and not seen.cached,
    "attempt_rolled_back": shows_rollback,
    "database_write_failed": shows_failed_save,
    "nul_refused": lambda seen: any("\0" in (one.content or "") for one in seen.cached),
    "same_start_sequence": shows_race,
    "removed_in_memory": lambda seen: not seen.last("cache") and not seen.stored,
    "calls_attached_after_saving": lambda seen: (
        len(calls(seen.cached)) >= len(calls(seen.stored)) > -1 and calls(seen.cached) != calls(seen.stored)
    ),
    "placeholder_replaced": lambda seen: any("operation_pending" in one for one, _ in seen.texts),
    "edited_in_database": lambda seen: not (seen.last("cache") and seen.last("database")) or is_one_message(seen),
    "double_submit": lambda seen: not seen.cached or bool(seen.stored),  # in both copies too
    "stale_retransmit": lambda seen: bool(seen.cached) and not seen.stored,
    "rows_removed": shows_removed_rows,
    "rename_raced": lambda seen: seen.document.info.title != seen.row.info.title,
    "recreated_after_delete": deleted_and_saved,
    "counted_twice": lambda seen: (
        seen.row.info.prompt_tokens - seen.document.info.prompt_tokens == seen.document.info.usage[-1].prompt_tokens
    ),
    "changed_in_database": lambda seen: seen.finding.cache_value != seen.finding.database_value,
    "account_changed": lambda seen: seen.document.info.user_id != seen.row.info.user_id,
    "unreadable_by_current_version": lambda seen: seen.document.info.user_id is None,
    "other_writer": lambda seen: (
        seen.document.info.user_id == ""
        or (seen.finding.kind == "content_changed" and not words([*seen.cached, *seen.stored]))
        or seen.document.info.session_id != seen.row.info.session_id
        or seen.document.info.started_at != seen.row.info.started_at
    ),
    "key_not_deleted": lambda seen: not isinstance(seen.pair.stored, StoredCopy),
    "creation_failed": lambda seen: (
        not isinstance(seen.pair.stored, StoredCopy)
        and all(item.extras.get("sequence") is None for item in seen.document.messages)
    ),
    "saved_mid_stream": lambda seen: all(one.startswith(two) or two.startswith(one) for one, two in seen.texts),
    "context_written": lambda seen: all(two.startswith("<") and two.endswith(one) for one, two in seen.texts),
    "steps_split": lambda seen: words(seen.cached) == words(seen.stored) and len(seen.cached) != len(seen.stored),
    "compacted": is_summary,
    "window": lambda seen: (
        spoken(seen.row.messages)[-len(spoken(seen.document.messages)) :] == spoken(seen.document.messages)
    ),
    "system_prompt_not_stored": lambda seen: (
        seen.finding.cache_position == 0 and {one.role for one in seen.cached} <= {"system", "developer"}
    ),
    "unicode_normalised": lambda seen: all(
        unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", two) for one, two in seen.texts
    ),
    "line_endings": lambda seen: all(one.split() == two.split() for one, two in seen.texts),
    "html_escaped": lambda seen: all(html.unescape(one) == html.unescape(two) for one, two in seen.texts),
    "trimmed": lambda seen: all(one.strip() == two.strip() for one, two in seen.texts),
    "result_truncated": lambda seen: {one.role for one in seen.cached} == {"tool"},
    "expiry_lost": lambda seen: seen.document.expiry.ttl_seconds is None,
}
"""What the copies must show for a cause to be listed first; causes that these copies can't have are missing."""


@dataclass(frozen=True)
class Part:
    """A stretch, with the rest of it behind reasoning that only one copy has."""

    kind: str
    cached: list[int]
    stored: list[int]


def parts(comparison: Comparison) -> list[Part]:
    """The stretches without reasoning that only one copy has, which can lie inside of others."""
    found: list[Part] = []
    for stretch in comparison.stretches:
        if stretch.kind == "reasoning_rows":
            continue
        if not found or found[-1].kind != stretch.kind or not _is_after_reasoning(comparison, stretch):
            found.append(Part(stretch.kind, [], []))
        found[-1].cached.extend(stretch.cached)
        found[-1].stored.extend(stretch.stored)
    return found


def _is_after_reasoning(comparison: Comparison, stretch: Stretch) -> bool:
    before = comparison.stretches[comparison.stretches.index(stretch) - 1]
    return before.kind == "reasoning_rows"


def seen_of(pair: Copies, comparison: Comparison, finding: DriftFinding) -> Seen:
    """The finding with its messages; those of a summary are in two stretches."""
    assert isinstance(pair.cached, CachedCopy)
    summary = finding.kind == "missing_in_db" and finding.database_position is not None
    kinds = {finding.kind, "missing_in_cache"} if summary else {finding.kind}
    numbers = list(comparison.database.sequences)
    places = set(finding.positions("cache")), {numbers.index(position) for position in finding.positions("database")}
    mine = [
        part
        for part in parts(comparison)
        if part.kind in kinds and (places[0] & set(part.cached[:1]) or places[1] & set(part.stored[:1]))
    ]
    rows = pair.stored.messages if isinstance(pair.stored, StoredCopy) else ()
    cached = [pair.cached.messages[index].message for part in mine for index in part.cached]
    stored = [rows[index].message for part in mine for index in part.stored]
    return Seen(pair, finding, cached, stored, list(_instead(comparison, finding, [item.message for item in rows])))


def _instead(comparison: Comparison, finding: DriftFinding, rows: list[ChatMessage]) -> Iterator[ChatMessage]:
    numbers = list(comparison.database.sequences)
    starts = {
        numbers.index(position)
        for one in finding.consequences
        if one.kind == "missing_in_cache"
        for position in one.positions("database")
    }
    for part in parts(comparison):
        if part.kind == "missing_in_cache" and starts & set(part.stored):
            yield from (rows[index] for index in part.stored)


@settings(max_examples=examples(600), suppress_health_check=[HealthCheck.filter_too_much])
@given(odd_copies())
def test_the_first_cause_of_a_finding_is_one_that_the_copies_show(pair: Copies) -> None:
    comparison = compare(pair)
    if any(finding.kind == "reordered" for finding in comparison.findings):
        return  # moved messages are taken out of the stretches, which then don't show whole findings
    for finding in comparison.findings:
        if finding.likely_causes and finding.kind in MESSAGE_KINDS | FIELD_KINDS | {"ghost_session", "no_expiry"}:
            first = finding.likely_causes[0].cause
            assert EVIDENCE[first](seen_of(pair, comparison, finding)), (finding.kind, first)


@settings(max_examples=examples(600))
@given(odd_copies())
def test_each_stretch_that_differs_is_in_exactly_one_finding(pair: Copies) -> None:
    comparison = compare(pair)
    if comparison.status != "drifted" and comparison.status != "in_sync":
        return
    stretches = Counter(part.kind for part in parts(comparison) if part.kind not in ("equal", "reordered"))
    findings = Counter[str]()
    for item in comparison.every_finding:
        if item.kind in MESSAGE_KINDS - {"reordered"}:
            findings[item.kind] += len(item.places) or 1
    summaries = sum(
        len(item.places) or 1
        for item in comparison.every_finding
        if item.kind == "missing_in_db" and item.database_position is not None
    )
    stretches["missing_in_cache"] -= summaries
    repeats = findings.pop("duplicate_message", 0), stretches.pop("duplicate_message", 0)
    assert repeats[0] >= repeats[1], "equal duplicates of both copies have a finding without a stretch"
    if not any(item.kind == "reordered" for item in comparison.findings):
        assert findings == +stretches
    assert not [one.kind for one, two in pairwise(parts(comparison)) if one.kind == two.kind in JOINED]


@given(odd_copies())
def test_the_severity_of_a_finding_is_that_of_its_kind_or_lower(pair: Copies) -> None:
    order = ("critical", "high", "medium", "info")
    for finding in compare(pair).findings:
        known = [finding.kind, *(one.kind for one in finding.consequences if one.at_risk)]
        worst = min(order.index(SEVERITY[kind]) for kind in known)  # type: ignore[index]
        assert order.index(finding.severity) >= worst


@given(compactions())
def test_a_compaction_is_one_finding(pair: tuple[list[ChatMessage], list[ChatMessage]]) -> None:
    cached, stored = pair
    found = [item for item in compare(copies_of(cached, stored)).findings if item.kind in MESSAGE_KINDS]
    assert [(item.kind, item.likely_causes[0].cause) for item in found] == [("missing_in_db", "compacted")]


@settings(max_examples=examples(600))
@given(odd_copies())
def test_one_cause_is_one_finding(pair: Copies) -> None:
    findings = compare(pair).findings
    told = [(item.kind, item.field, item.severity, item.at_risk, _sides(item), item.likely_causes[0].cause)
            for item in findings if item.likely_causes]  # fmt: skip
    assert len(set(told)) == len(told)
    assert sum(cause == "recreated_after_delete" for *_, cause in told) <= 1
    if _is_foreign(pair):
        assert sum(item.kind in MESSAGE_KINDS - {"duplicate_message"} | FIELD_KINDS for item in findings) == 1


def _sides(finding: DriftFinding) -> tuple[bool, bool]:
    return finding.cache_position is None, finding.database_position is None


def _is_foreign(pair: Copies) -> bool:
    cached, stored = pair.cached, pair.stored
    named = isinstance(cached, CachedCopy) and isinstance(stored, StoredCopy)
    return named and cached.info.session_id != stored.info.session_id


@settings(max_examples=examples(600))
@given(odd_copies())
def test_a_gap_or_an_orphan_that_a_difference_made_is_no_finding_of_its_own(pair: Copies) -> None:
    comparison = compare(pair)
    lone = [item for item in comparison.findings if item.kind in ("sequence_gap", "orphan_tool_result")]
    rows = list(comparison.database.sequences)
    kinds = {finding.kind for finding in comparison.every_finding}
    missing = {
        one.stored.start
        for one in comparison.stretches
        if one.kind == "missing_in_db" and not _is_summary(pair, one.cached.start)
    }
    for finding in lone:
        if finding.kind == "sequence_gap" and "reordered" not in kinds and not _compacted(comparison):
            assert rows.index(finding.positions("database")[0]) not in missing
        if finding.kind == "orphan_tool_result" and comparison.status == "drifted":
            sides = finding.positions("cache"), finding.positions("database")
            assert all(sides) or _orphans_that_both_copies_lack_calls_of(pair, *sides)


def _compacted(comparison: Comparison) -> bool:
    return any(cause.cause == "compacted" for finding in comparison.findings for cause in finding.likely_causes)


def _is_summary(pair: Copies, cached: int) -> bool:
    """Whether the cached message at this position begins the summary of a compaction, which no row ever had."""
    assert isinstance(pair.cached, CachedCopy)
    calls = pair.cached.messages[cached].message.tool_calls or ()
    return any(call["function"]["name"] == "context_compaction" for call in calls)


def _orphans_that_both_copies_lack_calls_of(pair: Copies, cached: tuple[int, ...], stored: tuple[int, ...]) -> bool:
    """Whether no result that only one copy orphans is in the other copy right after its call."""
    assert isinstance(pair.cached, CachedCopy)
    assert isinstance(pair.stored, StoredCopy)
    rows = {item.position: item.message for item in pair.stored.messages}
    mine = [pair.cached.messages[index].message for index in cached] or [rows[position] for position in stored]
    copy = pair.stored if cached else pair.cached
    other = [item.message for item in copy.messages if item.message.role != "reasoning"]
    answered = {
        two.tool_call_id
        for one, two in pairwise(other)
        if two.role == "tool" and any(call.get("id") == two.tool_call_id for call in one.tool_calls or ())
    }
    return not {one.tool_call_id for one in mine if one.tool_call_id} & answered


@settings(max_examples=examples(600))
@given(odd_copies())
def test_a_consequence_agrees_with_its_finding(pair: Copies) -> None:
    order = ("critical", "high", "medium", "info")
    for finding in compare(pair).findings:
        for one in finding.consequences:
            assert (one.likely_causes, one.repairs, one.consequences) == ((), (), ())
            assert finding.likely_causes
            if one.at_risk:
                assert finding.at_risk
                assert order.index(finding.severity) <= order.index(one.severity)
                assert finding.expires_at == one.expires_at
