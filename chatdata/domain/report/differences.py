"""The report's section with both copies side by side, equal stretches collapsed to one line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from chatdata.domain.copies import Copies
from chatdata.domain.drift import Comparison
from chatdata.domain.labels import STRETCH_LABELS
from chatdata.domain.side_by_side import SideBySide, align

_QUIET = frozenset({"equal", "windowed_cache", "reasoning_rows"})


@dataclass(frozen=True, slots=True)
class StretchRows:
    """Consecutive rows of one kind."""

    label: str
    folded: int
    """The number of rows that are collapsed because nothing differs in them; 0 when all rows are shown."""
    rows: Iterable[Mapping[str, Any]]
    """The rows in the form of `SideBySide.window`, built lazily."""


def differing_stretches(copies: Copies, comparison: Comparison) -> Iterator[StretchRows] | None:
    """Yields the stretches of both copies; returns None when there are not two copies or all messages are equal."""
    kinds = {stretch.kind for stretch in comparison.stretches}
    if not kinds - _QUIET or "only_copy" in kinds:
        return None
    return _stretches(align(copies, comparison))


def _stretches(aligned: SideBySide) -> Iterator[StretchRows]:
    for number, group in groupby(range(len(aligned.rows)), key=lambda at: aligned.rows[at].stretch):
        kind, ordinals = aligned.stretches[number].kind, list(group)
        if kind in _QUIET:
            yield StretchRows(STRETCH_LABELS[kind], len(ordinals), ())
        else:
            yield StretchRows(STRETCH_LABELS[kind], 0, (aligned.window([ordinal])[0] for ordinal in ordinals))
