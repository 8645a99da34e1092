"""Rebuilds the cached document from the rows.

The rows' values are merged into the cached document key by key, so that fields of later versions survive: in the
document, in those of its messages that the rows have too, and in the usage by turn if its sums equal the row's.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from chatdata.domain.copies import CachedCopy, CopyMessage, CorruptDocument, StoredCopy
from chatdata.domain.document import Broken, copy_of, encode_storable, parse, patch
from chatdata.domain.drift import Comparison, StretchKind
from chatdata.domain.drift.matching.equality import key_of
from chatdata.domain.messages import is_stand_in
from chatdata.domain.messages.message import parsed_json
from chatdata.services.repair.data_loss import (
    LATER_COLUMNS,
    LATER_MESSAGE_COLUMNS,
    differs,
    lost_bytes,
    lost_with_rows_copy,
)
from chatdata.services.repair.plans import Plan, PutDocument, renewed, size_of, ttl_of
from chatdata.services.repair.proposal import Change, Lost, Refusal
from chatdata.services.repair.reading import RepairState

Json = dict[str, Any]
_ONE_MESSAGE: frozenset[StretchKind] = frozenset(
    {"equal", "tool_calls_lost", "tool_calls_stale", "tool_result_stale", "context_injected", "partial_text"}
)


def rewarm_cache(state: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Plans to write the database copy to the cache with the full time to live, or says why it can't be done."""
    if state.stored is None:
        return Refusal("nothing_to_do", "The database has no such session: there is no copy to write to the cache.")
    suggested = any("rewarm_cache" in finding.repairs for finding in comparison.findings)
    if not suggested and comparison.status == "in_sync" and ttl_of(state) is not None:
        return Refusal("nothing_to_do", "Both copies are equal: there is nothing to write to the cache.")
    try:
        raw = _document(state, state.stored, comparison)
    except (Broken, RecursionError, ValueError):
        return Refusal("unsuitable", "The rows hold JSON nested too deeply for a document.")
    after = copy_of(raw, renewed(state, state.session_ttl))
    return Plan(
        write=PutDocument(raw),
        copies=replace(state.copies, cached=after),
        changes=list(_changes(state, raw, after, comparison)),
        lost=list(_lost(state, comparison)),
    )


def _document(state: RepairState, stored: StoredCopy, comparison: Comparison) -> bytes:
    """The database copy merged into the cached document, or on its own if merging yields no readable document."""
    plain = encode_storable(stored.session())
    if state.reading.raw is None:
        return plain
    try:
        base = parse(state.reading.raw)
        patched = patch(state.reading.raw, _merged_fields(base, json.loads(plain), state, stored, comparison))
    except (Broken, RecursionError, ValueError):
        return plain
    readable = isinstance(copy_of(patched, renewed(state, state.session_ttl)), CachedCopy)
    return patched if readable else plain


def _merged_fields(base: Json, fields: Json, state: RepairState, stored: StoredCopy, comparison: Comparison) -> Json:
    """The fields to set in the cached document."""
    for name in ("started_at", "updated_at"):
        if name in base and is_stand_in(getattr(stored.info, name)):
            del fields[name]  # the row has no such time
    if isinstance(state.cached, CachedCopy):
        fields["messages"] = _messages(fields["messages"], state.cached, stored, comparison)
        if _sums(state.cached) == _sums(stored):
            fields["usage"] = base["usage"]
    for name, column in LATER_COLUMNS.items():
        value = parsed_json(stored.extras.get(column)) if name == "metadata" else stored.extras.get(column)
        if name in base and column in stored.extras and differs(base[name], value):
            fields[name] = value
    return fields


def _sums(copy: CachedCopy | StoredCopy) -> tuple[int, int]:
    return copy.info.prompt_tokens, copy.info.completion_tokens


# Messages


def _messages(plain: list[Json], cached: CachedCopy, stored: StoredCopy, comparison: Comparison) -> list[Json]:
    """Each row's message merged into its cached counterpart, from the first message of a windowed cache on."""
    items: list[Json] = cached.document["messages"]
    names = {name for item in cached.messages for name in items[item.position]}
    counterparts = _counterparts(cached, stored, comparison)
    found = []
    for index in range(_window(cached, comparison), len(plain)):
        item = {**(items[counterparts[index]] if index in counterparts else {}), **plain[index]}
        unset = _row_fields(stored, stored.messages[index])
        found.append(item | {name: unset[name] for name in unset if name in names and item.get(name) is None})
    return found


def _counterparts(cached: CachedCopy, stored: StoredCopy, comparison: Comparison) -> dict[int, int]:
    """Index of a row's message → index of its cached counterpart, which may have changed."""
    pairs: dict[int, int] = {}
    moved: dict[Any, int] = {}
    for stretch in comparison.stretches:
        if stretch.kind in _ONE_MESSAGE:
            pairs.update(zip(stretch.stored, stretch.cached, strict=False))
        elif stretch.kind == "reordered":
            moved |= {key_of(cached.messages[index].message): index for index in stretch.cached}
    for stretch in comparison.stretches:
        for index in stretch.stored if stretch.kind == "reordered" else ():
            key = key_of(stored.messages[index].message)
            if key in moved:
                pairs[index] = moved[key]
    return pairs


def _window(cached: CachedCopy, comparison: Comparison) -> int:
    """The number of oldest messages that a windowed cache omits; 0 if the cache has a message from before its first."""
    numbers = [number for item in cached.messages if isinstance(number := item.extras.get("sequence"), int)]
    if numbers and min(numbers) != cached.messages[0].extras.get("sequence"):
        return 0
    if not comparison.window_expected:
        return 0
    return max((stretch.stored.stop for stretch in comparison.stretches if stretch.kind == "windowed_cache"), default=0)


def _row_fields(stored: StoredCopy, item: CopyMessage) -> Json:
    """The fields that later versions copy from a message's row into the cached message."""
    columns = {name: parsed_json(item.extras.get(column)) for name, column in LATER_MESSAGE_COLUMNS.items()}
    created = None if item.created_at is None else item.created_at.isoformat().replace("+00:00", "Z")
    fields = {"id": item.id, "sequence": item.position, "created_at": created, "session_id": stored.info.session_id}
    return {name: value for name, value in {**fields, **columns}.items() if value is not None}


# What a person reviews


def _changes(
    state: RepairState, raw: bytes, after: CachedCopy | CorruptDocument, comparison: Comparison
) -> Iterator[Change]:
    yield Change("cache", "bytes", size_of(state.reading.raw), len(raw))
    yield Change("cache", "time to live", ttl_of(state), float(state.session_ttl))
    if isinstance(state.cached, CachedCopy) and isinstance(after, CachedCopy):
        yield from _fields(state.cached.document, after.document)
        yield from _differing(state.cached, after, comparison)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, value in after.items():
        if name != "messages" and before.get(name) != value:
            yield Change("cache", name, before.get(name), value)


def _differing(before: CachedCopy, after: CachedCopy, comparison: Comparison) -> Iterator[Change]:
    out = _window(before, comparison)
    for stretch in comparison.stretches:
        if stretch.kind not in ("equal", "windowed_cache"):
            for i, j in zip_longest(stretch.cached, stretch.stored):
                one = None if i is None else before.messages[i].message
                other = None if j is None else after.messages[j - out].message
                yield Change("cache", f"messages[{j - out if i is None else i}]", one, other)


def _lost(state: RepairState, comparison: Comparison) -> Iterator[Lost]:
    if isinstance(state.cached, CorruptDocument):
        yield lost_bytes(state.cached)
    elif isinstance(state.cached, CachedCopy):
        yield from lost_with_rows_copy(state, state.cached, comparison)
