"""The likely causes of a difference between messages, the likeliest first (docs/drift.md)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from chatdata.domain.copies import CopyMessage
from chatdata.domain.drift.comparison import LikelyCause
from chatdata.domain.drift.context import DifferenceContext
from chatdata.domain.drift.kinds import MessageKind
from chatdata.domain.drift.wording import at, messages
from chatdata.domain.messages import in_utc
from chatdata.domain.text import LONE_SURROGATES, sanitize


def likely_causes(seen: DifferenceContext) -> tuple[LikelyCause, ...]:
    """Returns the causes that fit a difference, the likeliest first."""
    return tuple(_CAUSES[seen.difference.kind](seen))


def _unsaved_tail(seen: DifferenceContext) -> Iterator[LikelyCause]:
    yield from _nul_refused(seen)
    written, newest = seen.both.written, seen.both.newest_row
    when = f": it was written at {at(written)}, the newest row at {at(newest)}" if written and newest else ""
    yield LikelyCause("database_write_failed", f"The cache continues after the last row{when}.")
    yield LikelyCause("same_start_sequence", "The rows of a second writer with the same start sequence are rejected.")


def _diverged_tail(seen: DifferenceContext) -> Iterator[LikelyCause]:
    rolled_back = LikelyCause(
        "attempt_rolled_back",
        "The rows that only the database has include no user message: the attempt was rolled back in memory.",
    )
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
    yield from _nul_refused(seen)
    yield LikelyCause("removed_in_memory", "Later messages are stored: the save counted the rows and began too late.")
    yield LikelyCause("rows_removed", "Rows around them are there.")


def _reordered(seen: DifferenceContext) -> Iterator[LikelyCause]:
    times = [in_utc(item.created_at) for item in seen.both.stored.messages if item.created_at is not None]
    also = "" if times == sorted(times) else ", and the rows were saved out of order"
    yield LikelyCause("same_start_sequence", f"The same messages have different sequence numbers{also}.")


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
    texts = [
        (one.message.content or "", two.message.content or "")
        for one, two in zip(seen.cached, seen.stored, strict=True)
    ]
    if any(LONE_SURROGATES.search(one) and sanitize(one) == sanitize(two) for one, two in texts):
        yield LikelyCause("surrogate_replaced", "Half a character in the cache is U+FFFD in the row.")
        return
    edited = LikelyCause("edited_in_database", "A row can be changed by itself.")
    if seen.at_the_end:
        yield LikelyCause("same_start_sequence", "Both copies end with it: two writers continued from one message.")
        yield edited
        return
    yield replace(edited, evidence="The messages around it are the same, so a row was changed by itself.")
    yield LikelyCause("same_start_sequence", "Two writers may each have saved to one copy.")


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
