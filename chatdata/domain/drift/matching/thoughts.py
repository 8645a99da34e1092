"""Finds reasoning messages that only one copy has; as a model is never sent them, they are no difference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatdata.domain.drift.matching.gaps import Gap, Messages
from chatdata.domain.messages.markers import is_reasoning


@dataclass(frozen=True, slots=True)
class Thoughts:
    """Indexes of reasoning messages in each copy."""

    cached: tuple[int, ...]
    stored: tuple[int, ...]


def lone_thoughts(gaps: Sequence[Gap], cached: Messages, stored: Messages) -> Thoughts:
    """Returns the reasoning messages without a counterpart, unless all messages around them are in one copy only."""
    chosen = [found for gap in gaps if (found := _in_gap(gap, cached, stored)) is not None]
    return Thoughts(
        tuple(index for found in chosen for index in found.cached),
        tuple(index for found in chosen for index in found.stored),
    )


def _in_gap(gap: Gap, cached: Messages, stored: Messages) -> Thoughts | None:
    left, right = tuple(_thoughts(cached, gap.cached)), tuple(_thoughts(stored, gap.stored))
    if left and right:
        return None
    others = len(gap.cached) - len(left), len(gap.stored) - len(right)
    return Thoughts(left, right) if not any(others) or all(others) else None


def _thoughts(messages: Messages, part: range) -> Iterator[int]:
    return (index for index in part if is_reasoning(messages[index]))
