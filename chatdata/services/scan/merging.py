"""Adds up the results of shards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from chatdata.services.scan.measures import added
from chatdata.services.scan.result import MOST_SESSIONS, ScanResult, by_hour, worst_first
from chatdata.services.scan.shards import Shard

_SUMS = (
    "cached_keys",
    "in_sync",
    "drifted",
    "ghost",
    "corrupt",
    "moving",
    "unreadable",
    "unconfirmed",
    "gone",
    "messages_at_risk",
    "in_both",
)
Key = TypeVar("Key")


def merge(results: Sequence[ScanResult]) -> ScanResult:
    """The results of shards as one result, which is a complete scan if all shards are given.

    Raises ValueError, with a sentence for people, when there are no results, when they are of different stores or
    not of shards, when the numbers of shards differ, and when a shard occurs twice.
    """
    shard = _joined(results)
    listed = [comparison for result in results for comparison in result.sessions]
    sessions = tuple(worst_first(listed)[:MOST_SESSIONS])
    ended = next((result for result in results if result.status != "finished"), results[0])
    return replace(
        results[0],
        shard=None if shard.whole else shard,
        status=ended.status,
        reason=ended.reason,
        unavailable=tuple(dict.fromkeys(source for result in results for source in result.unavailable)),
        started_at=min(result.started_at for result in results),
        finished_at=max(result.finished_at for result in results),
        findings_by_kind=_added([result.findings_by_kind for result in results]),
        at_risk_by_hour=by_hour(_added([result.at_risk_by_hour for result in results])),
        sessions=sessions,
        dangling_channels=tuple(dict.fromkeys(one for result in results for one in result.dangling_channels)),
        not_listed=sum(result.not_listed for result in results) + len(listed) - len(sessions),
        measures=added([result.measures for result in results]),
        database_sessions=max(results, key=lambda result: result.finished_at).database_sessions,
        **{name: sum(getattr(result, name) for result in results) for name in _SUMS},
    )


def _joined(results: Sequence[ScanResult]) -> Shard:
    if not results:
        raise ValueError("There is nothing to add up: pass the result files of some shards.")
    if others := {result.deployment for result in results} - {results[0].deployment}:
        raise ValueError(f"These are scans of different stores: {results[0].deployment}, {', '.join(sorted(others))}.")
    shards = [result.shard for result in results if result.shard is not None]
    if len(shards) < len(results) or any(result.user or result.limit is not None for result in results):
        raise ValueError("Only results of shards (scan --shard 0/4 --json) add up: one of these is of something else.")
    if len({shard.of for shard in shards}) > 1:
        raise ValueError(f"Shards of different totals don't add up: {', '.join(map(str, shards))}.")
    numbers = Counter(number for shard in shards for number in shard.numbers)
    if twice := sorted(number for number, times in numbers.items() if times > 1):
        raise ValueError(f"Shard {twice[0]}/{shards[0].of} occurs more than once.")
    return Shard(frozenset(numbers), shards[0].of)


def _added(counts: Sequence[Mapping[Key, int]]) -> dict[Key, int]:
    total: Counter[Key] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)
