"""The rows' copy as a document that takes the place of the cached one.

It is written over the cached document, key by key, so that what a later version put beside our fields survives: in the
document, in its messages that the rows have too, and in the usage by turn where its sums are the row's.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from chatdata.domain.copies import CachedCopy, CopyMessage, CorruptDocument, StoredCopy
from chatdata.domain.document import Broken, copy_of, encode, parse, patch
from chatdata.domain.drift import Comparison, StretchKind
from chatdata.domain.drift.matching.equality import key_of
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
from chatdata.stores.database.columns import is_stand_in

Json = dict[str, Any]
_ONE_MESSAGE: frozenset[StretchKind] = frozenset(
    {"equal", "tool_calls_lost", "tool_calls_stale", "tool_result_stale", "context_injected", "partial_text"}
)


def rewarm_cache(seen: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Writes the rows' copy with the full time to live."""
    if seen.stored is None:
        return Refusal("nothing_to_do", "The database has no such session: there is no copy to write to the cache.")
    if not any("rewarm_cache" in finding.repairs for finding in comparison.findings) and _is_healthy(seen, comparison):
        return Refusal("nothing_to_do", "Both copies hold the same: there is nothing to write to the cache.")
    try:
        raw = _document(seen, seen.stored, comparison)
    except (Broken, RecursionError, ValueError):
        return Refusal("unsuitable", "The rows hold JSON nested too deeply for a document.")
    after = copy_of(raw, renewed(seen, seen.session_ttl))
    return Plan(
        write=PutDocument(raw),
        copies=replace(seen.copies, cached=after),
        changes=list(_changes(seen, raw, after, comparison)),
        lost=list(_lost(seen, comparison)),
    )


def _is_healthy(seen: RepairState, comparison: Comparison) -> bool:
    return comparison.status == "in_sync" and ttl_of(seen) is not None


def _document(seen: RepairState, stored: StoredCopy, comparison: Comparison) -> bytes:
    """The rows' copy over the cached document; by itself where that gives nothing that can be read."""
    plain = encode(stored.session().sanitize())
    if seen.reading.raw is None:
        return plain
    try:
        base = parse(seen.reading.raw)
        patched = patch(seen.reading.raw, _over(base, json.loads(plain), seen, stored, comparison))
    except (Broken, RecursionError, ValueError):
        return plain
    readable = isinstance(copy_of(patched, renewed(seen, seen.session_ttl)), CachedCopy)
    return patched if readable else plain


def _over(base: Json, fields: Json, seen: RepairState, stored: StoredCopy, comparison: Comparison) -> Json:
    """The fields to be set in the cached document."""
    for name in ("started_at", "updated_at"):
        if name in base and is_stand_in(getattr(stored.info, name)):
            del fields[name]  # the row has no such time
    if isinstance(seen.cached, CachedCopy):
        fields["messages"] = _messages(fields["messages"], seen.cached, stored, comparison)
        if _sums(seen.cached) == _sums(stored):
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
    """Each row's message over the cached one that it is, from where the cache begins if it is a windowed one."""
    items: list[Json] = cached.document["messages"]
    names = {name for item in cached.messages for name in items[item.position]}
    same = _same(cached, stored, comparison)
    found = []
    for index in range(_window(cached, comparison), len(plain)):
        item = {**(items[same[index]] if index in same else {}), **plain[index]}
        unset = _of_row(stored, stored.messages[index])
        found.append(item | {name: unset[name] for name in unset if name in names and item.get(name) is None})
    return found


def _same(cached: CachedCopy, stored: StoredCopy, comparison: Comparison) -> dict[int, int]:
    """Index of a row's message → index of the cached message that it is, perhaps changed."""
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
    """How many of the oldest messages a windowed cache leaves out; none where it has one from before its first."""
    numbers = [number for item in cached.messages if isinstance(number := item.extras.get("sequence"), int)]
    if numbers and min(numbers) != cached.messages[0].extras.get("sequence"):
        return 0
    if not comparison.window_expected:
        return 0
    return max((stretch.stored.stop for stretch in comparison.stretches if stretch.kind == "windowed_cache"), default=0)


def _of_row(stored: StoredCopy, item: CopyMessage) -> Json:
    """What a later version's message has of its row."""
    columns = {name: parsed_json(item.extras.get(column)) for name, column in LATER_MESSAGE_COLUMNS.items()}
    created = None if item.created_at is None else item.created_at.isoformat().replace("+00:00", "Z")
    of_row = {"id": item.id, "sequence": item.position, "created_at": created, "session_id": stored.info.session_id}
    return {name: value for name, value in {**of_row, **columns}.items() if value is not None}


# What a person reviews


def _changes(
    seen: RepairState, raw: bytes, after: CachedCopy | CorruptDocument, comparison: Comparison
) -> Iterator[Change]:
    yield Change("cache", "bytes", size_of(seen.reading.raw), len(raw))
    yield Change("cache", "time to live", ttl_of(seen), float(seen.session_ttl))
    if isinstance(seen.cached, CachedCopy) and isinstance(after, CachedCopy):
        yield from _fields(seen.cached.document, after.document)
        yield from _differing(seen.cached, after, comparison)


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


def _lost(seen: RepairState, comparison: Comparison) -> Iterator[Lost]:
    if isinstance(seen.cached, CorruptDocument):
        yield lost_bytes(seen.cached)
    elif isinstance(seen.cached, CachedCopy):
        yield from lost_with_rows_copy(seen, seen.cached, comparison)
