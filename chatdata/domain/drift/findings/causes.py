"""The likely causes of a difference between messages, the likeliest first (docs/drift.md)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from chatdata.domain.copies import CopyMessage
from chatdata.domain.drift.comparison import LikelyCause
from chatdata.domain.drift.context import DifferenceContext
from chatdata.domain.drift.findings.encodings import differing, encoding_cause, first_difference
from chatdata.domain.drift.findings.truncated import kept
from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.matching.equality import calls_of, key_of, stripped
from chatdata.domain.drift.wording import agreeing, at, messages
from chatdata.domain.messages import ChatMessage, in_utc
from chatdata.domain.messages.context_blocks import split_context
from chatdata.domain.messages.markers import marks_compaction
from chatdata.domain.text import LONE_SURROGATES, sanitize


def likely_causes(seen: DifferenceContext) -> tuple[LikelyCause, ...]:
    """Returns the causes that fit a difference, the likeliest first."""
    return tuple(_CAUSES[seen.difference.kind](seen))


def _unsaved_tail(seen: DifferenceContext) -> Iterator[LikelyCause]:
    yield from _nul_refused(seen)
    if seen.never_stored is False:
        yield _rows_gone(seen)
    written, newest = seen.both.written, seen.both.newest_row
    when = f": it was written at {at(written)}, the newest row at {at(newest)}" if written and newest else ""
    yield LikelyCause("database_write_failed", f"The cache continues after the last row{when}.")
    yield LikelyCause("same_start_sequence", "The rows of a second writer with the same start sequence are rejected.")


def _diverged_tail(seen: DifferenceContext) -> Iterator[LikelyCause]:
    rolled_back = LikelyCause(
        "attempt_rolled_back",
        "The rows that only the database has include no user message: the attempt was rolled back in memory.",
    )
    marked = [item for item in seen.cached if marks_compaction(item.message)]
    if marked and len(seen.cached) < len(seen.stored):  # a summary is shorter than what it replaces
        yield LikelyCause("compacted", f"Cached message {marked[0].position} marks a summary.")
    if not _has_user(seen.stored):
        yield rolled_back
    yield LikelyCause("same_start_sequence", f"Both copies continue from message {seen.stored[0].position}.")


def _stale_cache(seen: DifferenceContext) -> Iterator[LikelyCause]:
    written, newest = seen.both.written, seen.both.newest_row
    if written and newest and written > newest:
        title = "The title is set, and the key" if seen.both.cached.info.title is not None else "The key"
        yield LikelyCause(
            "older_copy_written_back", f"{title} was written at {at(written)}, after the newest row of {at(newest)}."
        )
    inserted = LikelyCause("direct_insert", f"No user message is among the {messages(len(seen.stored))}.")
    missed = LikelyCause("missed_write", _missed(written, newest, "the newest row was saved"))
    yield from [missed] if _has_user(seen.stored) else [inserted, missed]
    if written is None:
        yield LikelyCause("older_copy_written_back", "The key does not show when it was written.")


def _missing_in_cache(seen: DifferenceContext) -> Iterator[LikelyCause]:
    if _has_user(seen.stored):
        yield LikelyCause("older_copy_written_back", "The cache continues after them: its writer did not have them.")
    else:
        yield LikelyCause("attempt_rolled_back", "No user message is missing, and the cache continues after them.")
    yield LikelyCause("direct_insert", "The cache continues after them as if they did not exist.")


def _missing_in_db(seen: DifferenceContext) -> Iterator[LikelyCause]:
    if seen.stored:
        yield _compacted(seen)
        return
    if _is_system_prompt(seen):
        what = agreeing(len(seen.cached), "It is the system prompt", "They are the system prompt")
        yield LikelyCause(
            "system_prompt_not_stored", f"{what} at the beginning, which some writers keep in memory only."
        )
        if seen.holes:
            yield _rows_gone(seen)
        return
    if seen.holes:
        yield _rows_gone(seen)
        if seen.instead:
            yield from _replaced(seen)
        return
    yield from _nul_refused(seen)
    if seen.never_stored is False:
        yield _rows_gone(seen)
    elif seen.instead:
        yield from _replaced(seen)
    else:
        yield LikelyCause("removed_in_memory", "Later messages are stored: the save counted the rows and began late.")


def _replaced(seen: DifferenceContext) -> Iterator[LikelyCause]:
    """Yields the causes for different messages between equal ones."""
    rows = [seen.both.stored.messages[index] for place in seen.instead for index in place.stored]
    other = f"The rows have {messages(len(rows))} in their place"
    if _has_user(rows):
        yield LikelyCause("same_start_sequence", f"{other}, and both copies continue alike.")
    else:
        yield LikelyCause("attempt_rolled_back", f"{other}, without a user message, and both copies continue alike.")


def _reordered(seen: DifferenceContext) -> Iterator[LikelyCause]:
    cached, stored = ([key_of(item.message) for item in copy.messages] for copy in (seen.both.cached, seen.both.stored))
    if len(cached) > _FEW and cached == stored[::-1]:
        yield LikelyCause("other_writer", "One copy has all messages in reverse, as a list that grows at its head.")
        return
    times = [in_utc(item.created_at) for item in seen.both.stored.messages if item.created_at is not None]
    also = "" if times == sorted(times) else ", and the rows were saved out of order"
    yield LikelyCause("same_start_sequence", f"The same messages have different sequence numbers{also}.")


_FEW = 2
"""So many messages in reverse are only swapped."""


def _tool_calls_lost(seen: DifferenceContext) -> Iterator[LikelyCause]:
    cached, stored = len(seen.both.cached.messages), len(seen.both.stored.messages)
    length = f"Both copies have {messages(cached)}" if cached == stored else "The words are the same"
    yield LikelyCause("calls_attached_after_saving", f"{length}; only the calls are missing on the row.")


def _tool_calls_stale(seen: DifferenceContext) -> Iterator[LikelyCause]:
    written, updated = seen.both.written, in_utc(seen.both.stored.info.updated_at)
    if written and not seen.both.row_changed_later:
        older = (
            f"The key was written at {at(written)}, after the row's last update at {at(updated)}, without the calls."
        )
        yield LikelyCause("older_copy_written_back", older)
    yield LikelyCause("missed_write", _missed(written, updated, "the row was updated"))


def _tool_result_stale(seen: DifferenceContext) -> Iterator[LikelyCause]:
    if seen.pending_row:
        yield LikelyCause("database_write_failed", "The row is still the placeholder; the cache has the result.")
    else:
        yield LikelyCause("placeholder_replaced", "The row has the result; the cache still has the placeholder.")


def _content_changed(seen: DifferenceContext) -> Iterator[LikelyCause]:
    if _surrogates_replaced(seen):
        yield LikelyCause("surrogate_replaced", f"Half a character in the cache is U+FFFD in the row. {_point(seen)}")
        return
    if _without_words(seen):
        yield LikelyCause("other_writer", "One copy has an empty text and the other null, as writers differ in.")
        return
    if left_out := _keys_left_out(seen):
        yield LikelyCause("keys_not_stored", left_out)
        return
    encoded = encoding_cause(seen.cached, seen.stored)
    truncated = next(_truncated(seen), None)
    if known := encoded or truncated:
        yield known
        return
    yield from _rolled_back(seen)
    hidden = _hidden_difference(seen)
    if _saved_as_these_rows(seen):
        evidence = "The document gives the message the ID of its row: one save wrote both, and a row was changed later."
        yield LikelyCause("edited_in_database", evidence + hidden)
        return
    edited = LikelyCause("edited_in_database", f"A row can be changed by itself.{hidden}")
    if seen.at_the_end and all(map(_are_one, seen.cached, seen.stored)):
        yield replace(edited, evidence=f"Both copies end with this message, of which a part differs.{hidden}")
        return
    if seen.at_the_end:
        yield LikelyCause("same_start_sequence", "Both copies end with it: two writers continued from one message.")
        yield edited
        return
    around = "The messages around it are the same, so a row was changed by itself."
    yield replace(edited, evidence=around + hidden)
    yield LikelyCause("same_start_sequence", "Two writers may each have saved to one copy.")


def _without_words(seen: DifferenceContext) -> bool:
    """Returns whether the messages differ only in how they have no content."""
    pairs = [(key_of(one.message), key_of(other.message)) for one, other in zip(seen.cached, seen.stored, strict=True)]
    return all(
        not (one.content or other.content) and one._replace(content=other.content) == other for one, other in pairs
    )


def _are_one(one: CopyMessage, other: CopyMessage) -> bool:
    """Returns whether two messages have the same words or call, which two writers would not both have made."""
    left, right = one.message, other.message
    same_words = bool((left.content or "").strip()) and stripped(left.content) == stripped(right.content)
    same_result = left.tool_call_id is not None and left.tool_call_id == right.tool_call_id
    return same_words or same_result or bool(_call_ids(left) & _call_ids(right))


def _call_ids(message: ChatMessage) -> set[str]:
    ids = (call.get("id") for call in calls_of(message) or () if isinstance(call, dict))
    return {call_id for call_id in ids if isinstance(call_id, str)}


def _surrogates_replaced(seen: DifferenceContext) -> bool:
    pairs = zip(seen.cached, seen.stored, strict=True)
    texts = [(one.message.content or "", other.message.content or "") for one, other in pairs]
    return any(LONE_SURROGATES.search(one) and sanitize(one) == sanitize(other) for one, other in texts)


def _point(seen: DifferenceContext) -> str:
    """The first code points that differ, with their position."""
    pairs = zip(seen.cached, seen.stored, strict=True)
    texts = ((stripped(one.message.content) or "", stripped(other.message.content) or "") for one, other in pairs)
    return next((first_difference(one, other) for one, other in texts if one != other), "")


def _saved_as_these_rows(seen: DifferenceContext) -> bool:
    """Whether the document names the rows of all these messages, which two writers would each have numbered anew."""
    pairs = list(zip(seen.cached, seen.stored, strict=True))
    return all(one.id is not None and one.id == other.id for one, other in pairs)


def _hidden_difference(seen: DifferenceContext) -> str:
    """The code points of a difference that is so short that it may be invisible; empty if it is not."""
    for one, other in zip(seen.cached, seen.stored, strict=True):
        texts = stripped(one.message.content) or "", stripped(other.message.content) or ""
        if texts[0] != texts[1]:
            changed = differing(*texts)
            short = max(map(len, changed)) <= _SHORT and not "".join(changed).isascii()
            return f" {first_difference(*texts)}" if short else ""
    return ""


_SHORT = 4
"""The length of a difference that a reader may overlook, in code points."""


def _keys_left_out(seen: DifferenceContext) -> str:
    """Says that the calls of one copy are those of the other without some keys; empty where they are not."""
    pairs = [(one.message, other.message) for one, other in zip(seen.cached, seen.stored, strict=True)]
    if any(key_of(one)._replace(tool_calls=()) != key_of(other)._replace(tool_calls=()) for one, other in pairs):
        return ""
    calls = [(one.tool_calls or [], other.tool_calls or []) for one, other in pairs]
    for fuller, other, swapped in (("cache", "row", False), ("row", "cache", True)):
        if all(_within(*(pair if swapped else pair[::-1])) for pair in calls):
            return f"The calls of the {fuller} have everything that those of the {other} have, and more keys."
    return ""


def _within(less: object, more: object) -> bool:
    """Whether a JSON value is another one without some of the keys of its objects."""
    pending = [(less, more)]
    while pending:
        one, other = pending.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if not one.keys() <= other.keys():
                return False
            pending += [(value, other[key]) for key, value in one.items()]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pending += zip(one, other, strict=True)
        elif isinstance(one, dict | list) or isinstance(other, dict | list) or one != other:
            return False
    return True


def _rolled_back(seen: DifferenceContext) -> Iterator[LikelyCause]:
    """Yields the cause if the cached messages, never stored, replaced those of an attempt that was rolled back."""
    if seen.at_the_end and seen.never_stored and not _has_user(seen.stored):
        yield LikelyCause(
            "attempt_rolled_back",
            "The cached messages were never stored: the rows in their place are from an attempt rolled back in memory.",
        )


def _truncated(seen: DifferenceContext) -> Iterator[LikelyCause]:
    """Yields the cause if one copy truncated a tool result."""
    for one, other in zip(seen.cached, seen.stored, strict=True):
        texts = one.message.content or "", other.message.content or ""
        if one.message.role == other.message.role == "tool" and (length := kept(*texts)):
            where = "The row" if len(texts[1]) < len(texts[0]) else "The cache"
            yield LikelyCause(
                "result_truncated",
                f"{where} has the first {length:,} of {max(map(len, texts)):,} characters of the result.",
            )


def _partial_text(seen: DifferenceContext) -> Iterator[LikelyCause]:
    where, whole = ("row", "cache") if seen.longer_in_cache else ("cache", "row")
    one, other = seen.cached[0].message.content or "", seen.stored[0].message.content or ""
    short, long = sorted((len(one), len(other)))
    yield LikelyCause(
        "saved_mid_stream",
        f"The {where} has the first {short:,} of the {whole}'s {long:,} characters: it was saved while streaming.",
    )
    if seen.longer_in_cache:
        yield LikelyCause("database_write_failed", "A later save did not write the full text.")
    else:
        yield LikelyCause("missed_write", _missed(seen.both.written, seen.both.newest_row, "the newest row was saved"))


def _context_injected(seen: DifferenceContext) -> Iterator[LikelyCause]:
    names = sorted({block.name for item in seen.stored for block in split_context(item.message.content or "")[0]})
    yield LikelyCause(
        "context_written",
        f"The row begins with {', '.join(names)} and continues with exactly the cached text, as turns write it.",
    )


def _split_message(seen: DifferenceContext) -> Iterator[LikelyCause]:
    split = "cache" if len(seen.cached) > len(seen.stored) else "database"
    yield LikelyCause(
        "steps_split", f"Text and calls are equal; the {split} has each step of the answer as a separate message."
    )


def _windowed_cache(seen: DifferenceContext) -> Iterator[LikelyCause]:
    count = len(seen.both.cached.messages)
    yield LikelyCause("window", f"The cache is exactly the last {messages(count)} of the rows.")


def _compacted(seen: DifferenceContext) -> LikelyCause:
    summary, rows = messages(len(seen.cached)), f"{len(seen.stored):,} rows"
    marked = next((item for item in seen.cached if marks_compaction(item.message)), None)
    if marked is not None:
        return LikelyCause(
            "compacted", f"Cached message {marked.position} marks a summary, {summary} in place of {rows}."
        )
    return LikelyCause(
        "compacted",
        f"The cache begins with a summary, {summary} in place of {rows}, and continues with exactly the last rows.",
    )


def _is_system_prompt(seen: DifferenceContext) -> bool:
    leading = seen.difference.cached[-1] == len(seen.cached) - 1
    return leading and all(item.message.role in ("system", "developer") for item in seen.cached)


def _rows_gone(seen: DifferenceContext) -> LikelyCause:
    if seen.holes:
        numbers = sum(map(len, seen.holes))
        are = agreeing(numbers, "is 1 sequence number", f"are {numbers:,} sequence numbers")
        return LikelyCause("rows_removed", f"Where they would be, there {are} without a row.")
    had = agreeing(len(seen.cached), "it has a sequence number", "they have sequence numbers")
    return LikelyCause("rows_removed", f"In the document {had}, which only stored messages get.")


def _duplicate_message(seen: DifferenceContext) -> Iterator[LikelyCause]:
    if not seen.stored:
        yield LikelyCause("stale_retransmit", "Only the cache repeats the message.")
        return
    yield LikelyCause("double_submit", f"Only the database repeats the message{_apart(seen)}.")


def _apart(seen: DifferenceContext) -> str:
    index = seen.difference.stored[0]
    times = [item.created_at for item in seen.both.stored.messages[max(index - 1, 0) : index + 1]]
    first, last = times[0], times[-1]
    return (
        "" if first is None or last is None else f", {abs((in_utc(last) - in_utc(first)).total_seconds()):.1f} s apart"
    )


_CAUSES: dict[MessageKind, Callable[[DifferenceContext], Iterable[LikelyCause]]] = {
    "split_message": _split_message,
    "context_injected": _context_injected,
    "partial_text": _partial_text,
    "windowed_cache": _windowed_cache,
    "unsaved_tail": _unsaved_tail,
    "diverged_tail": _diverged_tail,
    "missing_in_db": _missing_in_db,
    "stale_cache": _stale_cache,
    "missing_in_cache": _missing_in_cache,
    "reordered": _reordered,
    "tool_calls_lost": _tool_calls_lost,
    "tool_calls_stale": _tool_calls_stale,
    "tool_result_stale": _tool_result_stale,
    "content_changed": _content_changed,
    "duplicate_message": _duplicate_message,
}


def _nul_refused(seen: DifferenceContext) -> Iterator[LikelyCause]:
    if any("\0" in (item.message.content or "") for item in seen.cached):
        yield LikelyCause("nul_refused", "One of them has a NUL character, which PostgreSQL rejects (22P05).")


def _missed(written: datetime | None, saved: datetime | None, what: str) -> str:
    if written and saved and written <= saved:
        return f"The key was last written at {at(written)}, before {what} at {at(saved)}."
    return "The write to the cache after a save is best-effort."


def _has_user(items: Iterable[CopyMessage]) -> bool:
    return any(item.message.role == "user" for item in items)
