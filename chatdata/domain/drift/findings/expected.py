"""The ledger of expected differences: the count and the first place for each rule (docs/drift.md).

timestamp_precision: times with microseconds beside milliseconds, for each of started_at and updated_at.
clock_skew: started_at up to a minute off. stale_updated_at: another updated_at, which no save bumps in the cache.
usage_aggregated: the same sums, split otherwise. null_or_missing: fields that differ only in null, missing or empty,
or that only one of the versions has. unset_row_fields: cached messages with null for what only their rows have.
control_characters: fields that are the same without them. windowed_cache: rows that the cache leaves out on purpose.
stale_status: another chat_status. metadata_defaults: keys that one side lacks and that the
other has with a default value. arguments_reserialised, streaming_index: calls that differ only in the formatting of
their arguments, or in the index left by streaming. reasoning_rows: reasoning messages that only one copy has.
"""

from dataclasses import dataclass
from typing import Any

from chatdata.domain.drift.comparison import DriftFinding
from chatdata.domain.drift.kinds import ExpectedRule

_MEANINGS: dict[ExpectedRule, str] = {
    "timestamp_precision": "The cache keeps microseconds, the database milliseconds.",
    "clock_skew": "The start times of the session in both copies are less than a minute apart.",
    "stale_updated_at": "The time of the last update differs, since saving doesn't bump the cached one.",
    "usage_aggregated": "The cache splits the tokens differently from the database, with the same sums.",
    "null_or_missing": "Fields differ only in null, missing or empty, or one of the versions doesn't have them.",
    "unset_row_fields": "Cached messages have null for what only their rows have: id, sequence or times.",
    "control_characters": "The database dropped control characters that the cache still has.",
    "windowed_cache": "The cache keeps the newest messages only; the older ones are in the database.",
    "stale_status": "The status of the chat is only kept up to date in the database.",
    "metadata_defaults": "One copy has default values for metadata keys that the other lacks.",
    "arguments_reserialised": "The arguments of a tool call are the same JSON, formatted differently.",
    "streaming_index": "A tool call still has the index that it got while streaming.",
    "reasoning_rows": "Only one copy has the model's reasoning, which a model is never sent.",
}


@dataclass(frozen=True, slots=True)
class ExpectedDifference:
    """An expected difference, or several of one rule."""

    rule: ExpectedRule
    field: str | None = None
    cache_position: int | None = None
    database_position: int | None = None
    cache_value: Any = None
    database_value: Any = None
    count: int = 1


class Ledger:
    """Counts the expected differences during a comparison."""

    def __init__(self) -> None:
        self._counts: dict[ExpectedRule, int] = {}
        self._first: dict[ExpectedRule, ExpectedDifference] = {}

    def note(self, item: ExpectedDifference) -> None:
        """Counts an expected difference."""
        self._counts[item.rule] = self._counts.get(item.rule, 0) + item.count
        self._first.setdefault(item.rule, item)

    @property
    def counts(self) -> dict[ExpectedRule, int]:
        """The number of expected differences by rule."""
        return dict(self._counts)

    def shown(self, rules: frozenset[ExpectedRule]) -> list[DriftFinding]:
        """Returns a finding for each of these rules that applied, with its count and its first place."""
        return [self._finding(item) for rule, item in self._first.items() if rule in rules]

    def _finding(self, item: ExpectedDifference) -> DriftFinding:
        return DriftFinding(
            kind=item.rule,
            severity="info",
            cache_position=item.cache_position,
            database_position=item.database_position,
            field=item.field,
            count=self._counts[item.rule],
            cache_value=item.cache_value,
            database_value=item.database_value,
            meaning=_MEANINGS[item.rule],
        )
