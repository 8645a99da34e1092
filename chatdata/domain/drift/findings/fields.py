"""The differences between two copies outside their messages: findings and expected differences."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chatdata.domain.drift.comparison import DriftFinding
from chatdata.domain.drift.context import APART, CopyPair
from chatdata.domain.drift.findings.expected import ExpectedDifference
from chatdata.domain.drift.findings.field_causes import LATER, field_causes, is_default
from chatdata.domain.drift.findings.saving import reloads
from chatdata.domain.drift.kinds import SEVERITY, ExpectedRule, FieldKind, Repair
from chatdata.domain.drift.matching.equality import alike, differ_by, parsed, same_json, stripped
from chatdata.domain.drift.wording import until
from chatdata.domain.messages import ChatSessionInfo, in_utc, is_stand_in

_MILLISECOND = timedelta(milliseconds=1)

Differing = Iterator[DriftFinding | ExpectedDifference]


def field_differences(both: CopyPair) -> Differing:
    """Yields all differences outside the messages, both findings and expected differences."""
    one, other = both.cached.info, both.stored.info
    if stripped(one.user_id) or stripped(other.user_id):
        yield from _text(both, "owner_mismatch", "user_id", one.user_id, other.user_id)
    elif one.user_id != other.user_id:
        yield ExpectedDifference("null_or_missing", "user_id", cache_value=one.user_id, database_value=other.user_id)
    yield from _text(both, "title_drift", "title", one.title, other.title)
    user = stripped(one.user_id)
    if not user or user == stripped(other.user_id):  # else the session ID is evidence of that finding
        yield from _text(both, "metadata_drift", "session_id", one.session_id, other.session_id)
    yield from _usage(both)
    yield from _json(both, "credentials_drift", "credentials", one.credentials, other.credentials)
    for name in ("successful_agent_runs", "successful_agent_schedules"):
        yield from _json(both, "run_counts_drift", name, getattr(one, name), getattr(other, name))
    yield from _later(both)
    if not (is_stand_in(other.started_at) or is_stand_in(other.updated_at)):
        yield from _started(both, in_utc(one.started_at), in_utc(other.started_at))
        yield from _updated(in_utc(one.updated_at), in_utc(other.updated_at))


def _text(both: CopyPair, kind: FieldKind, field: str, one: str | None, other: str | None) -> Differing:
    if stripped(one) != stripped(other):
        yield _finding(both, kind, field, one, other)
    elif one != other:
        yield ExpectedDifference("control_characters", field, cache_value=one, database_value=other)


def usage_differs(cached: ChatSessionInfo, prompt_tokens: int, completion_tokens: int) -> bool:
    """Returns whether the cached list's sums differ from the row's totals (usage_mismatch); an empty list sums to 0."""
    return (cached.prompt_tokens, cached.completion_tokens) != (prompt_tokens, completion_tokens)


def _usage(both: CopyPair) -> Differing:
    one, other = both.cached.info, both.stored.info
    if usage_differs(one, other.prompt_tokens, other.completion_tokens):
        yield _finding(both, "usage_mismatch", "usage", _sums(one), _sums(other))
    elif one.usage != other.usage:
        yield ExpectedDifference(
            "usage_aggregated", "usage", cache_value=len(one.usage), database_value=len(other.usage)
        )


def _sums(info: ChatSessionInfo) -> dict[str, int]:
    return {"prompt_tokens": info.prompt_tokens, "completion_tokens": info.completion_tokens}


def _json(
    both: CopyPair, kind: FieldKind, field: str, one: Any, other: Any, as_read: tuple[Any, Any] | None = None
) -> Differing:
    """Yields how two JSON values differ; `as_read` are both with the defaults that `one` and `other` lack."""
    if alike(one, other):
        if as_read and not alike(*as_read):
            yield ExpectedDifference(_filled_in(*as_read), field, cache_value=as_read[0], database_value=as_read[1])
        return
    if not same_json(one or None, other or None):
        yield _finding(both, kind, field, *(as_read or (one, other)))
    elif as_read and not same_json(as_read[0] or None, as_read[1] or None):
        yield ExpectedDifference("metadata_defaults", field, cache_value=as_read[0], database_value=as_read[1])
    elif rule := differ_by(one, other):
        yield ExpectedDifference(rule, field, cache_value=one, database_value=other)


def _filled_in(one: Any, other: Any) -> ExpectedRule:
    return "null_or_missing" if same_json(one or None, other or None) else "metadata_defaults"


def _without_defaults(one: Any, other: Any) -> tuple[Any, Any]:
    """Returns both metadata without the keys that one side lacks and the other has with a default value."""
    if not isinstance(one or {}, dict) or not isinstance(other or {}, dict):
        return one, other
    return _own(one or {}, other or {}), _own(other or {}, one or {})


def _own(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name in other or not is_default(value)}


def _later(both: CopyPair) -> Differing:
    """Yields differences in later fields; a field that one version does not have is only an expected difference."""
    document, extras = both.cached.document, both.stored.extras
    for name, column in LATER.items():
        one, other = document.get(name), extras.get(column)
        other = parsed(other) if name == "metadata" else other
        if name in document and column in extras:
            yield from _json(both, "metadata_drift", name, *_without_defaults(one, other), as_read=(one, other))
        elif one is not None or other is not None:
            yield ExpectedDifference("null_or_missing", name, cache_value=one, database_value=other)
    yield from _status(document.get("chat_status"), extras.get("chatStatus"))


def _status(one: Any, other: Any) -> Differing:
    """Yields a stale status, since status changes are saved to the database only; a missing status is ignored."""
    if one is not None and other is not None and not same_json(one, other):
        yield ExpectedDifference("stale_status", "chat_status", cache_value=one, database_value=other)


def _started(both: CopyPair, one: datetime, other: datetime) -> Differing:
    apart = abs(one - other)
    if apart > APART:
        yield _finding(both, "metadata_drift", "started_at", one, other)
    elif apart >= _MILLISECOND:
        yield ExpectedDifference("clock_skew", "started_at", cache_value=one, database_value=other)
    yield from _precision("started_at", one, other)


def _updated(one: datetime, other: datetime) -> Differing:
    """Yields only expected differences: no save bumps the cached time, and missed updates show in the messages."""
    if abs(one - other) >= _MILLISECOND:
        yield ExpectedDifference("stale_updated_at", "updated_at", cache_value=one, database_value=other)
    yield from _precision("updated_at", one, other)


def _precision(field: str, one: datetime, other: datetime) -> Differing:
    if one.microsecond % 1000 != other.microsecond % 1000:
        yield ExpectedDifference("timestamp_precision", field, cache_value=one, database_value=other)


_MEANINGS: dict[FieldKind, str] = {
    "owner_mismatch": "The copies name different users: the user in the cache can read the conversation.",
    "title_drift": "The copies have different titles: the conversation and the list don't show the same one.",
    "usage_mismatch": "The copies count different tokens: one of the sums is wrong.",
    "credentials_drift": "The copies name different credentials: the next save overwrites the stored ones.",
    "run_counts_drift": "The copies count different runs of agents: the next save overwrites the stored counts.",
    "metadata_drift": "The copies differ in {field}: the next save or reload changes it.",
}
_NEVER_SAVED = frozenset({"session_id", "started_at"})
"""Fields that no save changes."""


def _meaning(kind: FieldKind, field: str) -> str:
    if kind == "metadata_drift" and field in _NEVER_SAVED:
        return f"The copies differ in {field}: no save changes it, a reload from the database does."
    return _MEANINGS[kind].format(field=field)


def _finding(both: CopyPair, kind: FieldKind, field: str, one: Any, other: Any) -> DriftFinding:
    nobody = kind == "owner_mismatch" and not stripped(one)
    impossible = kind == "usage_mismatch" and any(count < 0 for count in one.values())
    at_risk = kind != "owner_mismatch" and not impossible and _only_cached(one, other)
    expiry = both.cached.expiry
    lost = f" The cached value is lost {until(expiry.expires_at)}." if at_risk else ""
    keep: tuple[Repair, ...] = ("keep_alive",) if at_risk and expiry.ttl_seconds is not None else ()
    return DriftFinding(
        kind=kind,
        severity="medium" if nobody else SEVERITY[kind],
        cache_position=None,
        database_position=None,
        field=field,
        count=1,
        cache_value=one,
        database_value=other,
        meaning=(_UNREADABLE if one is None else _NOBODY) if nobody else _meaning(kind, field) + lost,
        likely_causes=field_causes(both, kind, field),
        at_risk=at_risk,
        expires_at=expiry.expires_at if at_risk else None,
        repairs=() if at_risk and not keep else (*keep, *reloads(both.stored)),
    )


_UNREADABLE = (
    "The document names no user: the current version can't read it and loads the session from the database each time."
)
_NOBODY = "The user in the document is empty: the session's own user is not given it, and nobody else is either."


def _only_cached(one: Any, other: Any) -> bool:
    """Returns whether the cache has a value, a key of an object or a higher count that the row does not have.

    Of two different texts or times, the cached one is replaced, and nothing is lost.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return any(_only_cached(value, other.get(name)) for name, value in one.items())
    if _is_count(one) and (other is None or _is_count(other)):
        return bool(one > (other or 0))
    return bool(one) and not other


def _is_count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
