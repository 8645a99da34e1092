"""What a difference between messages also makes in one copy: gaps in the numbers, orphaned results, other rows."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatdata.domain.copies import Source
from chatdata.domain.drift.comparison import DriftFinding
from chatdata.domain.drift.context import CopyPair, DifferenceContext
from chatdata.domain.drift.findings.folding import with_consequences
from chatdata.domain.drift.findings.message_findings import grouped, joined, message_finding
from chatdata.domain.drift.findings.one_copy import gap_of
from chatdata.domain.drift.matching.equality import calls_of
from chatdata.domain.drift.matching.runs import Messages, Run, in_both, orphan_findings, orphans

_ALIKE = frozenset({"equal", "reasoning_rows"})


@dataclass(frozen=True, slots=True)
class MessageFindings:
    """The findings about messages that differ, and what they explain of each copy by itself."""

    found: list[DriftFinding]
    holes: frozenset[range]
    """The gaps in the stored sequence numbers of which a finding says that rows were removed."""
    orphans: list[Run]
    """The orphaned results that no finding explains."""


def message_findings(both: CopyPair) -> MessageFindings:
    """Returns the findings about messages, each with its consequences."""
    seen = list(grouped(both))
    orphaned = orphans(both.stored.messages)
    too = orphaned if both.parting.whole else orphans(both.cached.messages)
    runs = list(in_both(too, orphaned, list(both.parting.equal)))
    explained = _explained(both, seen, runs, {"cache": too, "database": orphaned})
    found = [_finding(one, explained.get(index, [])) for index, one in enumerate(seen)]
    told = {run for group in explained.values() for run in group}
    holes = frozenset(hole for one in seen for hole in one.holes)
    return MessageFindings(found, holes, [run for run in runs if run not in told])


def _finding(seen: DifferenceContext, orphaned: Sequence[Run]) -> DriftFinding:
    both = seen.both
    beside: list[DriftFinding] = []
    if seen.instead:
        others = [DifferenceContext(both, place) for place in seen.instead]
        beside.append(message_finding(joined(others) if len(others) > 1 else others[0]))
    if seen.holes:
        beside.append(gap_of(both.stored, seen.holes))
    beside += orphan_findings(orphaned, both.cached.messages, both.stored.messages)
    return with_consequences(message_finding(seen), beside, both.cached.expiry.expires_at)


def _explained(
    both: CopyPair, seen: Sequence[DifferenceContext], runs: Sequence[Run], orphaned: Mapping[Source, Sequence[range]]
) -> dict[int, list[Run]]:
    """Returns, by difference, the results that it orphans: only one copy lacks their call, or has it elsewhere."""
    one_sided = [run for run in runs if run[0] is None or run[1] is None]
    found: dict[int, list[Run]] = {}
    if not one_sided or not seen:
        return found
    answered = {source: _answered(_messages(both, source), ranges) for source, ranges in orphaned.items()}
    callers, owners = _callers(seen), _owners(seen)
    for run in one_sided:
        source, other = _SIDES if run[0] else _SIDES[::-1]
        start = (run[0] or run[1] or range(0)).start
        call_id = _messages(both, source)[start].message.tool_call_id
        if call_id is None or call_id not in answered[other]:
            continue
        number = callers.get((other, call_id), _nearest(both, owners, source, start))
        if number is not None:
            found.setdefault(number, []).append(run)
    return found


_SIDES: tuple[Source, Source] = ("cache", "database")


def _messages(both: CopyPair, source: Source) -> Messages:
    return both.cached.messages if source == "cache" else both.stored.messages


def _answered(items: Messages, orphaned: Sequence[range]) -> set[str | None]:
    """Returns the calls whose results are not orphaned."""
    without = {index for run in orphaned for index in run}
    tools = ((index, item.message) for index, item in enumerate(items) if item.message.role == "tool")
    return {message.tool_call_id for index, message in tools if index not in without}


def _indexes(seen: DifferenceContext) -> Iterator[tuple[Source, int]]:
    """Yields the messages of a difference and of its consequences, by copy and index."""
    for place in (seen.difference, *seen.instead):
        yield from (("cache", index) for index in place.cached)
        yield from (("database", index) for index in place.stored)


def _owners(seen: Sequence[DifferenceContext]) -> dict[tuple[Source, int], int]:
    return {place: number for number, one in enumerate(seen) for place in _indexes(one)}


def _callers(seen: Sequence[DifferenceContext]) -> dict[tuple[Source, str], int]:
    """Returns the difference that has the call, by copy and ID of the call."""
    found: dict[tuple[Source, str], int] = {}
    for number, one in enumerate(seen):
        for source, index in _indexes(one):
            for call in calls_of(_messages(one.both, source)[index].message) or ():
                if isinstance(call, dict) and isinstance(call.get("id"), str):
                    found[source, call["id"]] = number
    return found


def _nearest(both: CopyPair, owners: Mapping[tuple[Source, int], int], source: Source, index: int) -> int | None:
    """Returns the last difference at or before a message."""
    starts = [(one.cached if source == "cache" else one.stored).start for one in both.parting.stretches]
    for stretch in reversed(both.parting.stretches[: bisect_right(starts, index)]):
        if stretch.kind not in _ALIKE:
            first: tuple[Source, int] = (
                ("cache", stretch.cached.start) if stretch.cached else ("database", stretch.stored.start)
            )
            return owners.get(first)
    return None
