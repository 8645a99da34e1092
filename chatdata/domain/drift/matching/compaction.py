"""Recognizes a summary in the cache that took the place of older messages, which the rows still have.

The summary and the messages that it replaced are one difference, since one compaction made both.
"""

from collections.abc import Sequence

from chatdata.domain.drift.classify import Assessment
from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.gaps import Gap, Messages
from chatdata.domain.messages.markers import marks_compaction

SUMMARY = 3
"""The most messages of a summary: itself, and the call and the result that mark it."""


def with_compactions(judged: Sequence[Assessment], cached: Messages) -> list[Assessment]:
    """Returns the assessments with each summary joined to the rows that it replaced, as one `missing_in_db`.

    A summary is marked by its call. Without a mark it has to be at the beginning, followed by exactly the last rows.
    """
    found: list[Assessment] = []
    for kind, gap in judged:
        whole = _joined(found[-1], kind, gap) if found else None
        if whole is not None and (_is_marked(whole, cached) or _is_all(whole, judged)):
            found[-1] = ("missing_in_db", whole)
        else:
            found.append((kind, gap))
    return found


def _joined(before: Assessment, kind: MessageKind, gap: Gap) -> Gap | None:
    """Returns one gap of a summary and the rows right after it that it can have replaced; otherwise None."""
    summary = before[1]
    if (before[0], kind) != ("missing_in_db", "missing_in_cache") or summary.stored:
        return None
    together = (summary.cached.stop, summary.stored.stop) == (gap.cached.start, gap.stored.start)
    shorter = len(summary.cached) <= SUMMARY and len(summary.cached) < len(gap.stored)
    return Gap(summary.cached, gap.stored) if together and shorter else None


def _is_marked(gap: Gap, cached: Messages) -> bool:
    return any(marks_compaction(cached[index]) for index in gap.cached)


def _is_all(gap: Gap, judged: Sequence[Assessment]) -> bool:
    """Returns whether the gap is at the beginning of both copies, and everything after it is equal."""
    return len(judged) == 2 and not gap.cached.start and not gap.stored.start
