"""Laws: one difference gives one finding, and the first cause of a finding is one that the copies show.

The evidence of each cause is restated here from docs/drift.md, independently of the code that names it.
"""

import html
import json
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings

from chatdata.domain.copies import CachedCopy, Copies, StoredCopy
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
        pairs = zip(self.cached, self.stored, strict=False)
        return [(one.content or "", other.content or "") for one, other in pairs]

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
        """Whether the finding includes the last message of a copy that is not reasoning."""
        copy, mine = (self.document, self.cached) if of == "cache" else (self.row, self.stored)
        sent = [item.message for item in copy.messages if item.message.role != "reasoning"]
        return bool(mine) and any(sent[-1] is one for one in mine)


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
    exact = seen.finding.cache_position == seen.finding.database_position == 0 and rest == rows
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
    replaced = seen.finding.kind == "content_changed"
    return bool(seen.stored) and not users(seen.stored) and (not replaced or set(seen.numbers) == {None})


def shows_race(seen: Seen) -> bool:
    match seen.finding.kind:
        case "diverged_tail":
            return bool(seen.cached and seen.stored) and seen.last("cache") and seen.last("database")
        case "content_changed":
            return seen.last("cache") and seen.last("database")
        case _:
            return Counter(words([one]) for one in seen.cached) == Counter(words([one]) for one in seen.stored)


def deleted_and_saved(seen: Seen) -> bool:
    one, other = seen.document.info.started_at, seen.row.info.started_at
    return seen.row.info.title is None and in_utc(other) > in_utc(one)


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
    "edited_in_database": lambda seen: not (seen.last("cache") and seen.last("database")),
    "double_submit": lambda seen: not seen.cached,
    "stale_retransmit": lambda seen: bool(seen.cached) and not seen.stored,
    "rows_removed": lambda seen: bool(seen.numbers) and all(type(one) is int for one in seen.numbers),
    "rename_raced": lambda seen: seen.document.info.title != seen.row.info.title,
    "recreated_after_delete": deleted_and_saved,
    "counted_twice": lambda seen: (
        seen.row.info.prompt_tokens - seen.document.info.prompt_tokens == seen.document.info.usage[-1].prompt_tokens
    ),
    "changed_in_database": lambda seen: seen.finding.cache_value != seen.finding.database_value,
    "account_changed": lambda seen: seen.document.info.user_id != seen.row.info.user_id,
    "unreadable_by_current_version": lambda seen: seen.document.info.user_id is None,
    "other_writer": lambda seen: (
        seen.document.info.user_id == "" or seen.document.info.started_at != seen.row.info.started_at
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
        [item.message for item in seen.row.messages][-len(seen.document.messages) :]
        == [item.message for item in seen.document.messages]
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
    one = [(finding.cache_position, finding.database_position)]
    places = [(place.cache_position, place.database_position) for place in finding.places] or one
    mine = [
        part
        for part in parts(comparison)
        if part.kind in kinds and any(index in part.cached[:1] or row in part.stored[:1] for index, row in places)
    ]
    rows = pair.stored.messages if isinstance(pair.stored, StoredCopy) else ()
    cached = [pair.cached.messages[index].message for part in mine for index in part.cached]
    return Seen(pair, finding, cached, [rows[index].message for part in mine for index in part.stored])


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
    for item in comparison.findings:
        if item.kind in MESSAGE_KINDS - {"reordered"}:
            findings[item.kind] += len(item.places) or 1
    summaries = sum(
        len(item.places) or 1
        for item in comparison.findings
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
        assert order.index(finding.severity) >= order.index(SEVERITY[finding.kind])  # type: ignore[index]


@given(compactions())
def test_a_compaction_is_one_finding(pair: tuple[list[ChatMessage], list[ChatMessage]]) -> None:
    cached, stored = pair
    found = [item for item in compare(copies_of(cached, stored)).findings if item.kind in MESSAGE_KINDS]
    assert [(item.kind, item.likely_causes[0].cause) for item in found] == [("missing_in_db", "compacted")]
