"""The two copies side by side; equal stretches in one line."""

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
class Stretch:
    """Neighbouring rows of one kind."""

    label: str
    folded: int
    """How many rows are not shown, since nothing differs in them; 0: all are shown."""
    rows: Iterable[Mapping[str, Any]]
    """As the window of a SideBySide has them: made when they are asked for."""


def differing_stretches(copies: Copies, comparison: Comparison) -> Iterator[Stretch] | None:
    """None where the copies are not compared, or have all the same messages."""
    kinds = {stretch.kind for stretch in comparison.stretches}
    if not kinds - _QUIET or "only_copy" in kinds:
        return None
    return _stretches(align(copies, comparison))


def _stretches(aligned: SideBySide) -> Iterator[Stretch]:
    for number, found in groupby(range(len(aligned.rows)), key=lambda at: aligned.rows[at].stretch):
        kind, ordinals = aligned.stretches[number].kind, list(found)
        if kind in _QUIET:
            yield Stretch(STRETCH_LABELS[kind], len(ordinals), ())
        else:
            yield Stretch(STRETCH_LABELS[kind], 0, (aligned.window([ordinal])[0] for ordinal in ordinals))
