"""Differences between messages as findings."""

from collections.abc import Callable
from typing import Any

from chatdata.domain.copies import CopyMessage
from chatdata.domain.drift.comparison import DriftFinding
from chatdata.domain.drift.context import CopyPair, DifferenceContext
from chatdata.domain.drift.findings.causes import likely_causes
from chatdata.domain.drift.kinds import SEVERITY, MessageKind, Repair
from chatdata.domain.drift.matching.diff import Difference
from chatdata.domain.drift.matching.equality import key_of
from chatdata.domain.drift.wording import agreeing, messages, until
from chatdata.domain.messages import ChatMessage

_ONLY_CACHED: frozenset[MessageKind] = frozenset({"unsaved_tail", "diverged_tail", "missing_in_db", "tool_calls_lost"})
_RELOAD: tuple[Repair, ...] = ("invalidate_cache", "rewarm_cache")


def message_finding(both: CopyPair, difference: Difference) -> DriftFinding:
    """Returns the finding for a difference between messages."""
    seen = DifferenceContext(both, difference)
    kind = difference.kind
    at_risk = kind in _ONLY_CACHED or seen.pending_row
    field = _field(seen)
    return DriftFinding(
        kind=kind,
        severity=SEVERITY[kind],
        cache_position=seen.cached[0].position if seen.cached else None,
        database_position=seen.stored[0].position if seen.stored else None,
        field=field,
        count=len(seen.cached) or len(seen.stored),
        cache_value=_value(seen.cached, field),
        database_value=_value(seen.stored, field),
        meaning=_MEANINGS[kind](seen),
        likely_causes=likely_causes(seen),
        at_risk=at_risk,
        expires_at=both.cached.expiry.expires_at if at_risk else None,
        repairs=_repairs(seen, at_risk=at_risk),
    )


def words_of(message: ChatMessage) -> Any:
    """Returns a message's content, or its tool calls if the content is null."""
    return message.content if message.content is not None else message.tool_calls


def _field(seen: DifferenceContext) -> str | None:
    kind = seen.difference.kind
    if kind in ("tool_calls_lost", "tool_calls_stale"):
        return "tool_calls"
    if kind == "tool_result_stale":
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
    """The safest first; a key that never expires needs no keeping alive."""
    expires = seen.both.cached.expiry.ttl_seconds is not None
    keep: tuple[Repair, ...] = ("keep_alive",) if at_risk and expires else ()
    return ("save_cached_tail", *keep) if seen.difference.kind == "unsaved_tail" else (*keep, *_RELOAD)


def _end(seen: DifferenceContext) -> str:
    return until(seen.both.cached.expiry.expires_at)


def _only_cached(seen: DifferenceContext) -> str:
    count = len(seen.cached)
    return f"{messages(count)} {agreeing(count, 'exists', 'exist')} only in the cache and will be lost {_end(seen)}"


def _never_seen(seen: DifferenceContext) -> str:
    return f"the model never sees {agreeing(len(seen.stored), 'it', 'them')}"


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
    return f"{differ} in {_field(seen)}: the model is sent the cached words, a reload shows the stored ones."


def _repeated(seen: DifferenceContext) -> str:
    where = "The database" if seen.stored else "The cache"
    return f"{where} repeats {messages(len(seen.stored) or len(seen.cached))} right after an equal one."


_MEANINGS: dict[MessageKind, Callable[[DifferenceContext], str]] = {
    "unsaved_tail": lambda seen: f"The last {_only_cached(seen)}.",
    "diverged_tail": lambda seen: (
        f"The copies end differently: {_only_cached(seen)}; the database has {messages(len(seen.stored))} instead."
    ),
    "missing_in_db": lambda seen: f"In the middle, {_only_cached(seen)}.",
    "stale_cache": lambda seen: f"The cache is missing the {_last(seen)}.",
    "missing_in_cache": lambda seen: (
        f"The cache lacks {messages(len(seen.stored))} between others: {_never_seen(seen)}."
    ),
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
    "tool_result_stale": _result,
    "content_changed": _changed,
    "duplicate_message": _repeated,
}
