"""Saves what only the cache has: messages after an equal beginning, or a whole session without a row.

Rows are only appended. The cached document keeps its bytes and its time to live, so that nothing is lost if the
database fails in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.drift import Comparison
from chatdata.domain.formatting import count
from chatdata.domain.labels import STRETCH_LABELS
from chatdata.domain.messages import ChatMessage, ChatSession, ChatSessionInfo, Usage
from chatdata.domain.text import LONE_SURROGATES
from chatdata.services.repair.data_loss import LATER_MESSAGE_COLUMNS
from chatdata.services.repair.keys import NO_KEY
from chatdata.services.repair.plans import AppendRows, Plan
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
    foreign = [finding.field for finding in comparison.findings if finding.field in _FOREIGN]
    if foreign:
        return Refusal(
            "unsuitable", f"The copies differ in {foreign[0]}: these messages may belong to another session."
        )
    differing = [stretch for stretch in comparison.stretches if stretch.kind not in ("equal", "windowed_cache")]
    if not differing:
        return Refusal("nothing_to_do", "The database has all the messages that the cache has.")
    if [stretch.kind for stretch in differing] != ["unsaved_tail"]:
        others = dict.fromkeys(STRETCH_LABELS[stretch.kind] for stretch in differing if stretch.kind != "unsaved_tail")
        names = ", ".join(others) or "more than one tail"
        return Refusal("unsuitable", f"Only messages after an equal beginning can be saved; the copies have: {names}.")
    return [cached.messages[index] for index in differing[0].cached]


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
    broken = sum(any(LONE_SURROGATES.search(text) for text in _texts(item.message)) for item in items)
    if broken:
        yield f"{count(broken, 'message')} with half a character, which becomes U+FFFD in the row."
    names = {name for item in items for name in item.extras if name in LATER_MESSAGE_COLUMNS}
    if names:
        yield f"{', '.join(sorted(names))} of the messages stay in the cached document only and expire with it."


def _texts(message: ChatMessage) -> Iterator[str]:
    return (text for text in (message.content, message.name, message.refusal) if text)
