"""Marks on messages, for pages that show one copy at a time."""

from typing import Literal

from chatdata.domain.copies import Source
from chatdata.domain.drift.comparison import Comparison, FindingPlace, StretchKind

Mark = Literal["both", "cache_only", "database_only", "changed", "moved", "duplicate", "outside_window"]
"""outside_window: a stored message that a windowed cache leaves out on purpose."""

_MARKS: dict[StretchKind, Mark] = {
    "equal": "both",
    "windowed_cache": "outside_window",
    "reordered": "moved",
    "duplicate_message": "duplicate",
    "tool_calls_lost": "changed",
    "tool_calls_stale": "changed",
    "tool_result_stale": "changed",
    "content_changed": "changed",
    "context_injected": "changed",
    "partial_text": "changed",
    "split_message": "changed",
    "reasoning_rows": "both",
}
"""The marks by kind of stretch; messages of all other kinds are in one copy only."""


def marks(comparison: Comparison) -> dict[Source, dict[int, Mark]]:
    """Returns the mark of every message by position: by sequence number in the database, by index in the cache.

    The marks are empty where nothing was compared: for a session that is changing now or has one readable copy only.
    """
    found: dict[Source, dict[int, Mark]] = {"cache": {}, "database": {}}
    rows = comparison.database.sequences
    for stretch in comparison.stretches:
        if stretch.kind == "only_copy" and comparison.status != "ghost":
            continue
        found["cache"] |= dict.fromkeys(stretch.cached, _MARKS.get(stretch.kind, "cache_only"))
        found["database"] |= dict.fromkeys(
            (rows[index] for index in stretch.stored), _MARKS.get(stretch.kind, "database_only")
        )
    _mark_repeats(comparison, found)
    return found


def _mark_repeats(comparison: Comparison, found: dict[Source, dict[int, Mark]]) -> None:
    """Marks repeated messages that both copies have, which have a finding but no stretch of their own."""
    for finding in comparison.findings:
        if finding.kind == "duplicate_message":
            first = FindingPlace(finding.cache_position, finding.database_position, finding.count)
            for place in finding.places or (first,):
                _mark_from(found["cache"], place.cache_position, place.count)
                _mark_from(found["database"], place.database_position, place.count)


def _mark_from(marked: dict[int, Mark], position: int | None, count: int) -> None:
    if position in marked:
        positions = list(marked)
        start = positions.index(position)
        marked.update(dict.fromkeys(positions[start : start + count], "duplicate"))
