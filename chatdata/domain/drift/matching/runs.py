"""Runs of messages in a copy that are findings by themselves: repeated messages, and results without a call."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

from chatdata.domain.copies import CopyMessage
from chatdata.domain.drift.comparison import DriftFinding, FindingPlace, LikelyCause, Stretch
from chatdata.domain.drift.findings.message_findings import words_of
from chatdata.domain.drift.matching.equality import calls_of, same_message
from chatdata.domain.drift.wording import agreeing, messages
from chatdata.domain.messages import ChatMessage
from chatdata.domain.messages.markers import is_reasoning
from chatdata.domain.messages.tool_pairing import PairedMessage, pair_tool_results

Messages = Sequence[CopyMessage]
Run = tuple[range | None, range | None]
"""The indices in the cache and in the database; None where a copy does not have the run."""


def repeats(items: Messages) -> list[range]:
    """Returns runs of messages that repeat the message before the run."""
    pairs = enumerate(pairwise(item.message for item in items), 1)
    return _runs(index for index, (one, two) in pairs if one.content == two.content and same_message(one, two))


def orphans(items: Messages) -> list[range]:
    """Returns runs of tool messages that answer no call right before them; second answers are not orphans."""
    if all(item.message.role != "tool" for item in items):
        return []
    sent = [index for index, item in enumerate(items) if not is_reasoning(item.message)]
    results = pair_tool_results(_turn(items[index].message) for index in sent).results
    return _runs(sent[place] for place, result in results.items() if result.fit in ("orphan", "late", "no_id"))


def _turn(message: ChatMessage) -> PairedMessage:
    if message.role == "tool":
        return PairedMessage(is_result=True, tool_call_id=message.tool_call_id)
    calls = (calls_of(message) or ()) if message.role == "assistant" else ()
    return PairedMessage(is_result=False, call_ids=[_id(call) for call in calls])


def _id(call: object) -> str | None:
    call_id = call.get("id") if isinstance(call, dict) else None
    return call_id if isinstance(call_id, str) else None


def _runs(indexes: Iterable[int]) -> list[range]:
    found: list[range] = []
    for index in indexes:
        if found and found[-1].stop == index:
            found[-1] = range(found[-1].start, index + 1)
        else:
            found.append(range(index, index + 1))
    return found


def in_both(cached: Iterable[range], stored: Iterable[range], equal: Sequence[Stretch]) -> Iterator[Run]:
    """Yields the runs of both copies, with runs of the same messages combined into one."""
    rest = dict.fromkeys(cached)
    starts = [stretch.stored.start for stretch in equal]
    for run in stored:
        place = bisect_right(starts, run.start) - 1
        there = _moved(run, equal[place]) if place >= 0 else None
        if there in rest:
            del rest[there]
            yield there, run
        else:
            yield None, run
    yield from ((run, None) for run in rest)


def _moved(run: range, equal: Stretch) -> range | None:
    """Returns the range of these rows in the cache, or None where they are not within the equal stretch."""
    by = equal.cached.start - equal.stored.start
    return range(run.start + by, run.stop + by) if run.stop <= equal.stored.stop else None


def apart_from(runs: Iterable[range], ranges: Sequence[range]) -> list[range]:
    """Returns the runs that don't touch any of the ranges; both are in order."""
    starts = [part.start for part in ranges]
    apart = []
    for run in runs:
        place = bisect_right(starts, run.stop) - 1
        if place < 0 or ranges[place].stop < run.start:
            apart.append(run)
    return apart


def repeat_findings(runs: Iterable[Run], cached: Messages, stored: Messages) -> Iterator[DriftFinding]:
    """Yields a finding for each copy, or for both, with repeated messages that are no difference between the copies."""
    for side, found in _by_side(runs):
        yield DriftFinding(
            kind="duplicate_message",
            severity="medium",
            meaning=(
                f"{_REPEATING[side]} {messages(sum(map(_count, found)))} right after an equal one: "
                "the model is sent it more than once."
            ),
            likely_causes=(LikelyCause("double_submit", "Consecutive equal messages of one role."),),
            **_places(found, cached, stored),
        )


def orphan_findings(runs: Iterable[Run], cached: Messages, stored: Messages) -> Iterator[DriftFinding]:
    """Yields a finding for each copy, or for both, with tool messages that answer no call right before them."""
    for side, found in _by_side(runs):
        count = sum(map(_count, found))
        results = agreeing(count, "1 tool result answers", f"{count:,} tool results answer")
        yield DriftFinding(
            kind="orphan_tool_result",
            severity="info",
            meaning=f"In {_NAMES[side]}, {results} no call right before.",
            **_places(found, cached, stored),
        )


Side = Literal["both", "cache", "database"]
_REPEATING: dict[Side, str] = {
    "both": "Both copies repeat",
    "cache": "The cache repeats",
    "database": "The database repeats",
}
_NAMES: dict[Side, str] = {"both": "both copies", "cache": "the cache", "database": "the database"}


def _by_side(runs: Iterable[Run]) -> Iterable[tuple[Side, list[Run]]]:
    """Returns the runs by the copy that has them."""
    sides: dict[Side, list[Run]] = {}
    for run in runs:
        side: Side = "both" if run[0] and run[1] else "cache" if run[0] else "database"
        sides.setdefault(side, []).append(run)
    return sides.items()


def _count(run: Run) -> int:
    return len(run[0] or run[1] or ())


def _places(runs: Sequence[Run], cached: Messages, stored: Messages) -> dict[str, Any]:
    """Returns the first position and value in each copy, the number of messages, and all places of several."""
    firsts = [(_first(run[0], cached), _first(run[1], stored)) for run in runs]
    places = [
        FindingPlace(one.position if one else None, other.position if other else None, _count(run))
        for run, (one, other) in zip(runs, firsts, strict=True)
    ]
    one, other = firsts[0]
    return {
        "cache_position": places[0].cache_position,
        "database_position": places[0].database_position,
        "field": None,
        "count": sum(place.count for place in places),
        "cache_value": words_of(one.message) if one else None,
        "database_value": words_of(other.message) if other else None,
        "places": tuple(places) if len(places) > 1 else (),
    }


def _first(run: range | None, items: Messages) -> CopyMessage | None:
    return items[run.start] if run else None
