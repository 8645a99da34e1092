"""Pairs of copies with unusual differences, for laws on findings, causes and repairs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from chatdata.domain.copies import Absent, CachedCopy, Copies, Expiry, StoredCopy
from chatdata.domain.document import copy_of
from chatdata.domain.messages import ChatMessage, Usage
from chatdata.domain.messages.damage import DamagedValue
from tests.support.builders import START, message, minutes, tool_call
from tests.support.mutations import (
    CONTEXT,
    EXPIRY,
    READ_AT,
    cached_copy,
    conversations,
    field_mutations,
    mutations,
    session_of,
    stored_copy,
)

UNLIMITED = Expiry(None, None, None)
JUST_WRITTEN = Expiry(43_199.0, READ_AT + timedelta(seconds=43_199), READ_AT - timedelta(seconds=1))
MARK = [
    message("assistant", None, tool_calls=[tool_call("sum", "context_compaction")]),
    message("tool", "Summary: we talked.", tool_call_id="sum"),
]

_odd_messages = st.sampled_from(
    [
        message("system", "You help."),
        message("user", "a"),
        message("user", f"{CONTEXT}a"),
        message("user", "b"),
        message("reasoning", "Hm."),
        message("assistant", "Once upon"),
        message("assistant", "Once upon a time"),
        message("assistant", "Once upon a time\n"),
        message("assistant", "Once \0upon"),
        message("assistant", None, tool_calls=[tool_call("1")]),
        message("assistant", "Once upon", tool_calls=[tool_call("1", arguments='{"query": "news"}')]),
        message("assistant", "Once upon", tool_calls=[{**tool_call("1"), "signature": "x"}]),
        message("assistant", "Once upon a time", refusal="No."),
        *MARK,
        message("tool", "{}", tool_call_id="1"),
        message("tool", "{} and more", tool_call_id="1"),
        message("tool", '{"type":"operation_pending"}', tool_call_id="1"),
    ]
)
_odd_lists = st.lists(_odd_messages, max_size=6)


@st.composite
def compactions(draw: st.DrawFn) -> tuple[list[ChatMessage], list[ChatMessage]]:
    """The messages of a cache with a summary, and of rows that still have what it replaced."""
    whole = [*draw(conversations(least=8)), message("user", "Question 99")]
    summary = draw(st.sampled_from([MARK, [message("user", "Summary: we talked.")]]))
    kept = draw(st.integers(len(summary) + 1, len(whole) - 1))
    return [*summary, *whole[kept:]], whole


pairs_of_messages = st.one_of(
    st.tuples(_odd_lists, _odd_lists),
    mutations.map(lambda item: (item.cached, item.stored)),
    mutations.map(lambda item: (item.stored, item.cached)),
    compactions(),
)
_fields = (
    st.just({})
    | st.just({"title": None, "started_at": START + minutes(9)})
    | field_mutations.map(lambda item: item[1])
    | st.just({"usage": [Usage.of(100, 20), Usage.of(140, 30), Usage.of(140, 30)]})
)
_expiries = st.sampled_from([EXPIRY, EXPIRY, EXPIRY, JUST_WRITTEN, UNLIMITED])


def _untouched(rows: StoredCopy) -> StoredCopy:
    return rows


def _with_rows_removed(rows: StoredCopy) -> StoredCopy:
    """Without the third row and its neighbour, whose numbers nobody else gets."""
    return replace(rows, messages=(*rows.messages[:2], *rows.messages[4:]))


def _counted_from_one(rows: StoredCopy) -> StoredCopy:
    return replace(rows, messages=tuple(replace(item, position=item.position + 1) for item in rows.messages))


def _with_a_damaged_text(rows: StoredCopy) -> StoredCopy:
    if not rows.messages:
        return rows
    first, *others = rows.messages
    bare = replace(first, message=first.message.model_copy(update={"content": None}))
    damage = DamagedValue("ChatMessage.content", first.position, "3 bytes where text was expected")
    return replace(rows, messages=(bare, *others), damaged=(damage,))


_damages: st.SearchStrategy[Callable[[StoredCopy], StoredCopy]] = st.sampled_from(
    [_untouched, _untouched, _untouched, _with_rows_removed, _counted_from_one, _with_a_damaged_text]
)


@st.composite
def odd_copies(draw: st.DrawFn) -> Copies:
    """Both copies of a session with unusual differences and times, sometimes without a row, an expiry or numbers."""
    cached, stored = draw(pairs_of_messages)
    side = draw(st.sampled_from(["cache", "database"]))
    changes = draw(_fields)
    ours, theirs = (changes, {}) if side == "cache" else ({}, changes)
    row: Any = Absent()
    if draw(st.integers(0, 9)):
        step = timedelta(minutes=draw(st.sampled_from([0, 0, 1, 30])))
        updated = draw(st.sampled_from([START, READ_AT - minutes(1)]))
        row = stored_copy(
            session_of(stored, **{"updated_at": updated, **theirs}), times=lambda index: START + index * step
        )
        row = draw(_damages)(row)
    if draw(st.integers(0, 9)) == 0:
        ours = {**ours, "session_id": "s-2"}
    document = cached_copy(session_of(cached, **ours), draw(_expiries))
    return Copies("s-1", row, _numbered(document, draw(st.sampled_from(["none", "stored", "never"]))), READ_AT)


def _numbered(copy: CachedCopy, how: str) -> CachedCopy:
    """The document as later versions write it, with the sequence numbers of stored or of never stored messages."""
    if how == "none" or not copy.messages:
        return copy
    entries: Sequence[dict[str, Any]] = copy.document["messages"]
    numbered = [{**entry, "sequence": index if how == "stored" else None} for index, entry in enumerate(entries)]
    raw = json.dumps({**copy.document, "messages": numbered}).encode()
    again = copy_of(raw, copy.expiry)
    assert isinstance(again, CachedCopy)
    return again
