"""Saving what only the cache has: messages at the end, a whole session without a row, or the rest of a text.

Rows are only added, at the real end, or get the longer text of which they hold the beginning. The cached document is
left as it is, bytes and time to live: it has these words until the rows have them, and nothing is lost if the database
stops in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift import Comparison
from chatdata.domain.drift.findings.saving import BESIDE_A_TAIL, savable_tail, savable_texts
from chatdata.domain.formatting import count
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.domain.text import LONE_SURROGATES
from chatdata.services.repair.data_loss import LATER_MESSAGE_COLUMNS
from chatdata.services.repair.keys import NO_KEY
from chatdata.services.repair.plans import AppendRows, Plan, TextChange, WriteTexts
from chatdata.services.repair.proposal import Change, Refusal
from chatdata.services.repair.reading import RepairState

_FOREIGN = ("user_id", "session_id")


def save_cached_tail(seen: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Appends the messages that only the cache has after the equal beginning."""
    cached = seen.cached
    if cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to save.")
    if not isinstance(cached, CachedCopy):
        return Refusal("unsuitable", "The cached bytes can't be read as a session, so nothing can be saved from them.")
    if seen.stored is None:
        return _save_session(seen, cached)
    tail = _unsaved(comparison, cached)
    return tail if isinstance(tail, Refusal) else _save_messages(seen, seen.stored, tail)


def _unsaved(comparison: Comparison, cached: CachedCopy) -> Sequence[CopyMessage] | Refusal:
    if foreign := _foreign(comparison):
        return foreign
    tail = savable_tail(comparison.stretches)
    if tail is not None:
        return [cached.messages[index] for index in tail]
    kinds = sorted({stretch.kind for stretch in comparison.stretches} - BESIDE_A_TAIL - {"unsaved_tail"})
    if not kinds:
        return Refusal("nothing_to_do", "The database has all the messages that the cache has.")
    return Refusal("unsuitable", f"Only a tail after an equal beginning can be saved; here is {', '.join(kinds)}.")


def _foreign(comparison: Comparison) -> Refusal | None:
    named = [finding.field for finding in comparison.findings if finding.field in _FOREIGN]
    if not named:
        return None
    return Refusal("unsuitable", f"The copies differ in {named[0]}: these words may not belong to this session.")


def _save_messages(seen: RepairState, stored: StoredCopy, tail: Sequence[CopyMessage]) -> Plan:
    messages = [item.message.sanitize() for item in tail]
    after = [*stored.messages, *_rows(messages, stored.messages[-1].position + 1 if stored.messages else 0)]
    updated = Change("database", "updatedAt", stored.info.updated_at, "the moment of saving")
    return Plan(
        write=AppendRows(messages),
        copies=replace(seen.copies, stored=replace(stored, messages=tuple(after))),
        changes=[*_new_rows(after[-len(messages) :]), updated],
        cautions=list(_cautions(tail)),
    )


def save_cached_text(seen: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Writes the text that the cache holds whole into the rows that hold its beginning."""
    cached, stored = seen.cached, seen.stored
    if cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to save.")
    if not isinstance(cached, CachedCopy) or stored is None:
        return Refusal("unsuitable", "A text can only be saved from a readable cached copy into rows that are there.")
    if foreign := _foreign(comparison):
        return foreign
    pairs = savable_texts(comparison.stretches, cached.messages, stored.messages)
    if not pairs:
        return Refusal("nothing_to_do", "No row holds the beginning of a text that the cache holds whole.")
    texts = [_text_change(one, other) for one, other in pairs]
    after = {text.sequence: text.after for text in texts}
    rows = tuple(_with_text(item, after[item.position]) if item.position in after else item for item in stored.messages)
    return Plan(
        write=WriteTexts(texts),
        copies=replace(seen.copies, stored=replace(stored, messages=rows)),
        changes=[
            *(Change("database", f"content of message row {one.sequence}", one.before, one.after) for one in texts),
            Change("database", "updatedAt", stored.info.updated_at, "the moment of saving"),
        ],
        cautions=list(_halved([one for one, _ in pairs])),
    )


def _text_change(one: CopyMessage, other: CopyMessage) -> TextChange:
    whole = one.message.sanitize().content or ""
    return TextChange(other.position, other.message.content or "", whole)


def _with_text(item: CopyMessage, text: str) -> CopyMessage:
    return replace(item, message=item.message.model_copy(update={"content": text}))


def _save_session(seen: RepairState, cached: CachedCopy) -> Plan | Refusal:
    session = cached.session().sanitize()
    if session.session_id != seen.session_id:
        return Refusal("unsuitable", "The document under this key names another session.")
    rows = _rows(session.messages, 0)
    info = ChatSessionInfo(**{name: getattr(session, name) for name in ChatSessionInfo.model_fields})
    info = info.model_copy(update={"usage": _summed(session)})
    stored = StoredCopy(info, tuple(rows))
    return Plan(
        write=AppendRows(session.messages, session),
        copies=replace(seen.copies, stored=stored),
        changes=[Change("database", "session row", None, _row_of(info)), *_new_rows(rows)],
        cautions=[
            "It makes a session row: if somebody deleted the session on purpose, this brings it back.",
            *_cautions(cached.messages),
        ],
    )


def _summed(session: ChatSession) -> list[Usage]:
    prompt, completion = session.prompt_tokens, session.completion_tokens
    return [Usage.of(prompt, completion)] if prompt or completion else []


def _row_of(info: ChatSessionInfo) -> dict[str, Any]:
    return info.model_dump(exclude={"updated_at"})


def _rows(messages: Sequence[ChatMessage], start: int) -> list[CopyMessage]:
    return [CopyMessage(start + index, message) for index, message in enumerate(messages)]


def _new_rows(rows: Sequence[CopyMessage]) -> list[Change]:
    return [Change("database", f"message row {item.position}", None, item.message) for item in rows]


def _cautions(items: Sequence[CopyMessage]) -> Iterator[str]:
    yield from _halved(items)
    names = {name for item in items for name in item.extras if name in LATER_MESSAGE_COLUMNS}
    if names:
        yield f"{', '.join(sorted(names))} of the messages stay in the cached document only, until it expires."


def _halved(items: Sequence[CopyMessage]) -> Iterator[str]:
    halved = sum(any(LONE_SURROGATES.search(text) for text in _texts(item.message)) for item in items)
    if halved:
        yield f"{count(halved, 'message')} with half a character, which becomes U+FFFD in the row."


def _texts(message: ChatMessage) -> Iterator[str]:
    return (text for text in (message.content, message.name, message.refusal) if text)
