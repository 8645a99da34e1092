"""Differences between messages as findings."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from chatdata.domain.copies import CopyMessage, Source
from chatdata.domain.drift.comparison import DriftFinding, FindingPlace, LikelyCause
from chatdata.domain.drift.context import CopyPair, DifferenceContext
from chatdata.domain.drift.findings.causes import likely_causes
from chatdata.domain.drift.findings.saving import reloads, savable_tail
from chatdata.domain.drift.kinds import SEVERITY, MessageKind, Repair, Severity
from chatdata.domain.drift.matching.diff import Difference
from chatdata.domain.drift.matching.equality import key_of, same_message
from chatdata.domain.drift.wording import agreeing, messages, until
from chatdata.domain.messages import ChatMessage


def grouped(both: CopyPair) -> Iterator[DifferenceContext]:
    """Yields what the findings are about: the differences of one kind with the same likely causes together."""
    instead = _instead(both)
    partners = set(instead.values())
    groups: dict[Hashable, list[DifferenceContext]] = {}
    for difference in both.parting.differences:
        if difference not in partners:
            beside = instead.get(difference)
            seen = DifferenceContext(both, difference, instead=(beside,) if beside else ())
            groups.setdefault(_likeness(seen), []).append(seen)
    for likeness, group in groups.items():
        whole = joined(group) if len(group) > 1 else group[0]
        yield from [whole] if len(group) == 1 or _likeness(whole) == likeness else group


def _instead(both: CopyPair) -> dict[Difference, Difference]:
    """Returns, for messages that only the cache has, the difference of the rows that are in their place."""
    differences = both.parting.differences
    in_cache = {one.cached[-1]: one for one in differences if one.kind == "missing_in_db" and not one.stored}
    in_rows = {one.stored[0]: one for one in differences if one.kind == "missing_in_cache"}
    if not in_cache or not in_rows:
        return {}
    stretches = [one for one in both.parting.stretches if one.kind != "reasoning_rows"]
    return {
        in_cache[one.cached[-1]]: in_rows[other.stored[0]]
        for one, other in pairwise(stretches)
        if (one.kind, other.kind) == ("missing_in_db", "missing_in_cache")
        and one.cached[-1] in in_cache
        and other.stored[0] in in_rows
    }


def joined(group: Sequence[DifferenceContext]) -> DifferenceContext:
    """Returns differences of one kind at several places as one."""
    places = tuple(seen.difference for seen in group)
    cached = tuple(index for place in places for index in place.cached)
    stored = tuple(index for place in places for index in place.stored)
    instead = tuple(place for seen in group for place in seen.instead)
    return DifferenceContext(group[0].both, Difference(places[0].kind, cached, stored), places, instead)


def _likeness(seen: DifferenceContext) -> Hashable:
    """What differences have in common that are one finding."""
    causes = likely_causes(seen)
    fewer = len(seen.cached) < len(seen.stored) if seen.difference.kind == "split_message" else None
    named, at_risk = tuple(cause.cause for cause in causes), bool(seen.only_cached)
    return seen.difference.kind, _field(seen), _severity(seen, causes), named, at_risk, fewer


def message_finding(seen: DifferenceContext) -> DriftFinding:
    """Returns the finding for differences between messages."""
    both, kind = seen.both, seen.difference.kind
    risky = len(seen.only_cached)
    field = _field(seen)
    causes = likely_causes(seen)
    return DriftFinding(
        kind=kind,
        severity=_severity(seen, causes),
        cache_position=_position(seen.cached),
        database_position=_position(seen.stored),
        field=field,
        count=_count(seen),
        cache_value=_value(seen.cached, field),
        database_value=_value(seen.stored, field),
        meaning=_MEANINGS[kind](seen),
        likely_causes=causes,
        at_risk=risky > 0,
        expires_at=both.cached.expiry.expires_at if risky else None,
        repairs=_repairs(seen, at_risk=risky > 0),
        places=tuple(_place(DifferenceContext(both, place)) for place in seen.places),
    )


def _place(seen: DifferenceContext) -> FindingPlace:
    return FindingPlace(_position(seen.cached), _position(seen.stored), _count(seen))


def _position(items: Sequence[CopyMessage]) -> int | None:
    return items[0].position if items else None


def _severity(seen: DifferenceContext, causes: Sequence[LikelyCause]) -> Severity:
    kind = seen.difference.kind
    if kind == "partial_text" and not seen.longer_in_cache:
        return "high"
    if kind == "context_injected" and seen.both.turn_runs:
        return "info"
    if kind == "missing_in_db" and causes[0].cause == "system_prompt_not_stored":
        return "medium"
    return SEVERITY[kind]


def _count(seen: DifferenceContext) -> int:
    """Returns how many messages the cache lacks or has differently; for split answers, the smaller number."""
    if seen.difference.kind == "split_message":
        return min(len(seen.cached), len(seen.stored))
    return len(seen.cached) or len(seen.stored)


def words_of(message: ChatMessage) -> Any:
    """Returns a message's content, or its tool calls if the content is null."""
    return message.content if message.content is not None else message.tool_calls


def _field(seen: DifferenceContext) -> str | None:
    kind = seen.difference.kind
    if kind in ("tool_calls_lost", "tool_calls_stale"):
        return "tool_calls"
    if kind in ("tool_result_stale", "context_injected", "partial_text"):
        return "content"
    if kind != "content_changed":
        return None
    one, other = key_of(seen.cached[0].message), key_of(seen.stored[0].message)
    return next(name for name in one._fields if getattr(one, name) != getattr(other, name))


def _value(items: list[CopyMessage], field: str | None) -> Any:
    if not items:
        return None
    return getattr(items[0].message, field) if field else words_of(items[0].message)


def _repairs(seen: DifferenceContext, *, at_risk: bool) -> tuple[Repair, ...]:
    """Returns the repairs, safest first: one that loses content never comes before one that keeps it, nor alone."""
    if seen.difference.kind == "duplicate_message" and _is_repeated_in_rows(seen):
        return ()  # no repair deletes rows, and a reload would repeat the message in the cache too
    expires = seen.both.cached.expiry.ttl_seconds is not None
    keep: tuple[Repair, ...] = ("keep_alive",) if at_risk and expires else ()
    saves = _saves(seen)
    if saves or (at_risk and not expires):
        return (*saves, *keep)
    return (*keep, *reloads(seen.both.stored))


def _is_repeated_in_rows(seen: DifferenceContext) -> bool:
    if seen.stored:
        return True
    at, rows = seen.both.row_at(seen.difference.cached[0]), seen.both.stored.messages
    near = [item.message for item in rows[max(at - 2, 0) : at + 2]]
    repeated = (one for one, two in pairwise(near) if same_message(one, two))
    return any(same_message(one, seen.cached[0].message) for one in repeated)


def _saves(seen: DifferenceContext) -> tuple[Repair, ...]:
    if seen.both.foreign or seen.both.stored.damaged:
        return ()
    if seen.longer_in_cache:
        return ("save_cached_text",)
    savable = seen.difference.kind == "unsaved_tail" and savable_tail(seen.both.parting.stretches) is not None
    return ("save_cached_tail",) if savable else ()


def _end(seen: DifferenceContext) -> str:
    return until(seen.both.cached.expiry.expires_at)


def _only_cached(seen: DifferenceContext) -> str:
    count = len(seen.cached)
    return f"{messages(count)} {agreeing(count, 'exists', 'exist')} only in the cache and will be lost {_end(seen)}"


def _where(side: Source, seen: DifferenceContext) -> str:
    """Where messages that only one copy has stand in it."""
    if seen.places:
        places = [DifferenceContext(seen.both, place) for place in seen.places]
        named = [_numbers(one.cached if side == "cache" else one.stored) for one in places]
        more = f" and {len(named) - _MOST_PLACES:,} more" if len(named) > _MOST_PLACES else ""
        return f"In {len(named):,} places ({', '.join(named[:_MOST_PLACES])}{more})"
    indexes = seen.difference.cached if side == "cache" else seen.difference.stored
    return "At the beginning" if indexes[-1] == len(indexes) - 1 else "In the middle"


_MOST_PLACES = 8
"""How many places a sentence names."""


def _numbers(items: Sequence[CopyMessage]) -> str:
    first, last = items[0].position, items[-1].position
    return f"#{first}" if len(items) == 1 else f"#{first} to #{last}"


def _other_rows(seen: DifferenceContext) -> str:
    rows = sum(len(place.stored) for place in seen.instead)
    return f"; the database has {messages(rows)} instead" if rows else ""


def _lacking(seen: DifferenceContext) -> str:
    lacks = f"he cache lacks {messages(len(seen.stored))} of the database"
    where = _where("database", seen)
    if seen.places:
        return f"{where}, t{lacks}: {_never_seen(seen)}."
    return f"T{lacks} ({where.lower()}, {_numbers(seen.stored)}): {_never_seen(seen)}."


def _never_seen(seen: DifferenceContext, one: str = "it", many: str = "them") -> str:
    return f"the model never sees {agreeing(len(seen.stored), one, many)}"


def _last(seen: DifferenceContext) -> str:
    if len(seen.stored) == 1:
        return "last message, so the model does not see it"
    return f"last {messages(len(seen.stored))}, so the model does not see them"


def _result(seen: DifferenceContext) -> str:
    if seen.pending_row:
        return f"The database has a placeholder for a result that only the cache has; it will be lost {_end(seen)}."
    return "The cache has a placeholder for a tool result that the database has: the model is told to keep waiting."


def _changed(seen: DifferenceContext) -> str:
    count = len(seen.cached)
    differ = f"{messages(count)} {agreeing(count, 'differs', 'differ')}"
    if nothing := _nothing_to_lose(seen):
        return f"{differ} in {_field(seen)}: {nothing}, so no words differ, but the next save may write either."
    lost = f" What is in the cache only is lost {_end(seen)}." if seen.only_cached else ""
    if _field(seen) != "content":  # whether the model is sent it depends on the provider
        return f"{differ} in {_field(seen)}: a reload from the database replaces the cached value.{lost}"
    return f"{differ} in {_field(seen)}: the model is sent the cached words, a reload shows the stored ones.{lost}"


def _nothing_to_lose(seen: DifferenceContext) -> str:
    """What stands for no words in each copy, where one has an empty text and the other null."""
    field = _field(seen)
    values = {
        (getattr(one.message, field or ""), getattr(other.message, field or ""))
        for one, other in zip(seen.cached, seen.stored, strict=True)
        if field in ("content", "refusal", "name")
    }
    if values == {("", None)}:
        return "the cache has an empty text, the row null"
    return "the cache has null, the row an empty text" if values == {(None, "")} else ""


def _partial(seen: DifferenceContext) -> str:
    count = len(seen.cached)
    if not seen.longer_in_cache:
        return f"The cache holds only the beginning of {messages(count)}: the model never sees the rest."
    only = agreeing(count, "the rest is", "the rests are")
    beginning = f"The database holds only the beginning of {messages(count)}"
    return f"{beginning}: {only} in the cache only and lost {_end(seen)}."


def _injected(seen: DifferenceContext) -> str:
    count = len(seen.cached)
    now = "the cache gets it with the next save" if seen.both.turn_runs else "the cached copy never got it"
    return f"The rows of {messages(count)} have context in front of the user's text: {now}."


def _split(seen: DifferenceContext) -> str:
    cached, stored = messages(len(seen.cached)), messages(len(seen.stored))
    answer = f"The same {len(seen.places):,} answers are" if seen.places else "The same answer is"
    return (
        f"{answer} {cached} in the cache and {stored} in the database: nothing is lost, but the next save "
        "that counts the rows will drop or repeat a message."
    )


def _compacted(seen: DifferenceContext) -> str:
    replaced = f"The cache has a summary in place of {messages(len(seen.stored))} of the database"
    return f"{replaced}: {_never_seen(seen)}. The summary exists only in the cache and will be lost {_end(seen)}."


def _repeated(seen: DifferenceContext) -> str:
    where = "The database" if seen.stored else "The cache"
    return f"{where} repeats {messages(len(seen.stored) or len(seen.cached))} right after an equal one."


_MEANINGS: dict[MessageKind, Callable[[DifferenceContext], str]] = {
    "unsaved_tail": lambda seen: f"The last {_only_cached(seen)}.",
    "diverged_tail": lambda seen: (
        f"The copies end differently: {_only_cached(seen)}; the database has {messages(len(seen.stored))} instead."
    ),
    "missing_in_db": lambda seen: (
        _compacted(seen) if seen.stored else f"{_where('cache', seen)}, {_only_cached(seen)}{_other_rows(seen)}."
    ),
    "stale_cache": lambda seen: f"The cache is missing the {_last(seen)}.",
    "missing_in_cache": _lacking,
    "reordered": lambda seen: (
        f"{messages(len(seen.cached))} {agreeing(len(seen.cached), 'is', 'are')} in a different place: "
        "the model is sent a different order from the stored one."
    ),
    "tool_calls_lost": lambda seen: (
        f"Tool calls of {messages(len(seen.cached))} exist only in the cache and will be lost {_end(seen)}: "
        "their results will then be orphaned."
    ),
    "tool_calls_stale": lambda seen: (
        f"The cache lacks tool calls of {messages(len(seen.cached))}: the model is sent orphaned results."
    ),
    "windowed_cache": lambda seen: (
        f"The cache holds the last {messages(len(seen.both.cached.messages))} only, and nothing in the document "
        f"says so: {_never_seen(seen, 'the one before', f'the {len(seen.stored):,} before')}."
    ),
    "context_injected": _injected,
    "partial_text": _partial,
    "split_message": _split,
    "tool_result_stale": _result,
    "content_changed": _changed,
    "duplicate_message": _repeated,
}
