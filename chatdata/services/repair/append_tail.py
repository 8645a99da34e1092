"""Saves what only the cache has: messages after an equal beginning, a session without a row, or the rest of a text.

Rows are only appended, or given the longer text whose beginning they hold. The cached document keeps its bytes and its
time to live, so that nothing is lost if the database fails in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift import Comparison
from chatdata.domain.drift.findings.saving import BESIDE_A_TAIL, savable_tail, savable_texts
from chatdata.domain.formatting import count
from chatdata.domain.labels import STRETCH_LABELS
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.domain.text import LONE_SURROGATES
from chatdata.services.repair.data_loss import LATER_MESSAGE_COLUMNS
from chatdata.services.repair.keys import NO_KEY
from chatdata.services.repair.plans import AppendRows, Plan, TextChange, WriteTexts
from chatdata.services.repair.proposal import Change, Refusal
from chatdata.services.repair.reading import RepairState

_FOREIGN = ("user_id", "session_id")


def save_cached_tail(state: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Plans to append the messages that only the cache has after an equal beginning, or says why it can't be done."""
    cached = state.cached
    if cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to save.")
    if not isinstance(cached, CachedCopy):
        return Refusal("unsuitable", "The cached bytes can't be read as a session, so nothing can be saved from them.")
    if state.stored is None:
        return _save_session(state, cached)
    tail = _unsaved(comparison, cached)
    return tail if isinstance(tail, Refusal) else _save_messages(state, state.stored, tail)


def _unsaved(comparison: Comparison, cached: CachedCopy) -> Sequence[CopyMessage] | Refusal:
    if foreign := _foreign(comparison):
        return foreign
    tail = savable_tail(comparison.stretches)
    if tail is not None:
        return [cached.messages[index] for index in tail]
    differing = [stretch.kind for stretch in comparison.stretches if stretch.kind not in BESIDE_A_TAIL]
    if not differing:
        return Refusal("nothing_to_do", "The database has all the messages that the cache has.")
    others = dict.fromkeys(STRETCH_LABELS[kind] for kind in differing if kind != "unsaved_tail")
    names = ", ".join(others) or "more than one tail"
    return Refusal("unsuitable", f"Only messages after an equal beginning can be saved; the copies have: {names}.")


def _foreign(comparison: Comparison) -> Refusal | None:
    fields = [finding.field for finding in comparison.every_finding if finding.field in _FOREIGN]
    if not fields:
        return None
    return Refusal("unsuitable", f"The copies differ in {fields[0]}: these messages may belong to another session.")


def _save_messages(state: RepairState, stored: StoredCopy, tail: Sequence[CopyMessage]) -> Plan:
    messages = [item.message.sanitize() for item in tail]
    after = [*stored.messages, *_rows(messages, stored.messages[-1].position + 1 if stored.messages else 0)]
    updated = Change("database", "updatedAt", stored.info.updated_at, "the moment of saving")
    return Plan(
        write=AppendRows(messages),
        copies=replace(state.copies, stored=replace(stored, messages=tuple(after))),
        changes=[*_new_rows(after[-len(messages) :]), updated],
        cautions=list(_cautions(tail)),
    )


def save_cached_text(state: RepairState, comparison: Comparison) -> Plan | Refusal:
    """Plans to write full cached texts into the rows that hold their beginnings, or says why it can't be done."""
    cached, stored = state.cached, state.stored
    if cached is None:
        return Refusal("nothing_to_do", f"{NO_KEY} There is nothing to save.")
    if not isinstance(cached, CachedCopy) or stored is None:
        return Refusal("unsuitable", "A text can only be saved from a readable cached copy into an existing row.")
    if foreign := _foreign(comparison):
        return foreign
    pairs = savable_texts(comparison.stretches, cached.messages, stored.messages)
    if not pairs:
        return Refusal("nothing_to_do", "No database row holds the beginning of a text that the cache has in full.")
    texts = [_text_change(one, other) for one, other in pairs]
    after = {text.sequence: text.after for text in texts}
    rows = tuple(_with_text(item, after[item.position]) if item.position in after else item for item in stored.messages)
    return Plan(
        write=WriteTexts(texts),
        copies=replace(state.copies, stored=replace(stored, messages=rows)),
        changes=[
            *(Change("database", f"content of message row {one.sequence}", one.before, one.after) for one in texts),
            Change("database", "updatedAt", stored.info.updated_at, "the moment of saving"),
        ],
        cautions=list(_broken_characters([one for one, _ in pairs])),
    )


def _text_change(one: CopyMessage, other: CopyMessage) -> TextChange:
    whole = one.message.sanitize().content or ""
    return TextChange(other.position, other.message.content or "", whole)


def _with_text(item: CopyMessage, text: str) -> CopyMessage:
    return replace(item, message=item.message.model_copy(update={"content": text}))


def _save_session(state: RepairState, cached: CachedCopy) -> Plan | Refusal:
    session = cached.session().sanitize()
    if session.session_id != state.session_id:
        return Refusal("unsuitable", "The document under this key names another session.")
    rows = _rows(session.messages, 0)
    info = ChatSessionInfo(**{name: getattr(session, name) for name in ChatSessionInfo.model_fields})
    info = info.model_copy(update={"usage": _summed(session)})
    stored = StoredCopy(info, tuple(rows))
    return Plan(
        write=AppendRows(session.messages, session),
        copies=replace(state.copies, stored=stored),
        changes=[Change("database", "session row", None, _row_of(info)), *_new_rows(rows)],
        cautions=[
            "This creates a session row: if the session was deleted on purpose, this restores it.",
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
    yield from _broken_characters(items)
    names = {name for item in items for name in item.extras if name in LATER_MESSAGE_COLUMNS}
    if names:
        yield f"{', '.join(sorted(names))} of the messages stay in the cached document only and expire with it."


def _broken_characters(items: Sequence[CopyMessage]) -> Iterator[str]:
    broken = sum(any(LONE_SURROGATES.search(text) for text in _texts(item.message)) for item in items)
    if broken:
        yield f"{count(broken, 'message')} with half a character, which becomes U+FFFD in the row."


def _texts(message: ChatMessage) -> Iterator[str]:
    return (text for text in (message.content, message.name, message.refusal) if text)
