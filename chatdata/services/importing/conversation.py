"""Turns a conversation of any format into a session to store. Does no I/O; the time of the import is an argument."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chatdata.domain.dialects import Dialect, InvalidConversation, LeftOut, ReadConversation, read, sentences
from chatdata.domain.dialects.account import Account
from chatdata.domain.dialects.usage import within_column
from chatdata.domain.document import Broken, encode
from chatdata.domain.imported import ImportedSource, source_of
from chatdata.domain.messages import ChatMessage, ChatSession
from chatdata.domain.text import count, iso, sanitize
from chatdata.services.importing.changes import changes_of, repeated_keys

IMPORTED_USER = "imported"
_ROLES = frozenset({"user", "assistant", "system", "developer", "tool", "function", "reasoning"})
_NAMESPACE = uuid.UUID("5c0b6e3e-8d3c-5e0a-9d55-0a5a1d4f1c11")


@dataclass(frozen=True, slots=True)
class ParsedConversation:
    """A conversation as the stores will hold it."""

    session: ChatSession
    times: tuple[datetime | None, ...]
    """The time at which each message was written; None where the file has none."""
    names_user: bool
    """Whether the file names a user; if not, the session belongs to IMPORTED_USER."""
    notes: tuple[str, ...]
    """Sentences about the parts of the file that have no place in the stores."""
    left_out: int
    """The number of parts that were said, or may have been, and have no place in the stores, such as thinking."""
    source: ImportedSource
    """What the inspector's own database keeps of the source, because the stores can't hold it."""


def conversations_of(
    value: object, now: datetime, dialect: Dialect | None = None
) -> list[ParsedConversation | InvalidConversation]:
    """The conversations in a JSON value; an unreadable one of several is an InvalidConversation that says why.

    Raises InvalidConversation when the value as a whole can't be read.
    """
    try:
        found = read(value, dialect)
        if not found:
            raise InvalidConversation("there is no conversation in it")
        is_document = _is_document(value)
        repeated = repeated_keys(value)
        return [_parsed(item, now, is_document, () if index else repeated) for index, item in enumerate(found)]
    except (RecursionError, Broken):
        raise InvalidConversation("it is nested too deeply") from None


def _is_document(value: object) -> bool:
    """Whether a value is a cached document as a whole, which stands for a session even without messages."""
    return isinstance(value, dict) and value.keys() >= ChatSession.model_fields.keys()


def _parsed(
    item: ReadConversation | InvalidConversation, now: datetime, is_document: bool, repeated: Sequence[LeftOut]
) -> ParsedConversation | InvalidConversation:
    if isinstance(item, InvalidConversation):
        return item
    if not item.messages and not is_document:
        return InvalidConversation(_why_empty(item))
    return _session(replace(item, left_out=(*item.left_out, *repeated)), now)


def _why_empty(given: ReadConversation) -> str:
    """Why a conversation without messages is not imported, and what its source has instead of messages, if anything."""
    told = sentences(given.spoken, given.doubtful)
    return "; ".join(["it has no messages, and an empty conversation is not imported", *told])


def _session(given: ReadConversation, now: datetime) -> ParsedConversation:
    messages = [item.message.sanitize() for item in given.messages]
    times = tuple(item.time for item in given.messages)
    started, updated = _started_and_updated(given, times, now)
    user = sanitize(given.user or "")
    account = Account()
    session = ChatSession(
        session_id=sanitize(given.id or "") or _id_from_content(given, user, messages),
        user_id=user or IMPORTED_USER,
        title=given.title,
        usage=list(within_column(given.usage, account)),
        started_at=started,
        updated_at=updated,
        messages=messages,
        **given.mappings,
    ).sanitize()
    encode(session)  # raises Broken now, before any row is written, if no cached copy can be made
    changes = changes_of(given, session)
    changed = sentences(item for _, item in changes)
    notes = (
        *sentences(_not_stored(given), given.doubtful),
        *changed,
        *given.remarks,
        *account.remarks,
        *_odd_roles(messages),
    )
    source = source_of(
        session.session_id,
        given,
        session.messages,
        now,
        unknown=account.unknown,
        further=[*_read_only(given), *changes],
    )
    return ParsedConversation(session, times, bool(user), notes, len(given.spoken) + len(changes), source)


def _started_and_updated(
    given: ReadConversation, times: Sequence[datetime | None], now: datetime
) -> tuple[datetime, datetime]:
    """The file's own times, else its earliest and latest known time, else the time of the import."""
    known = [time for time in (given.started, given.updated, *times) if time is not None]
    return given.started or min(known, default=now), max(known, default=now)


def _id_from_content(given: ReadConversation, user: str, messages: Sequence[ChatMessage]) -> str:
    """A UUID derived from the content, so that importing a conversation of the same user again yields the same id."""
    started = iso(given.started, "microseconds") if given.started else None
    content = [user, given.title, started, [message.model_dump() for message in messages]]
    return str(uuid.uuid5(_NAMESPACE, json.dumps(content, sort_keys=True)))


def _odd_roles(messages: Sequence[ChatMessage]) -> list[str]:
    """A sentence about messages whose role no model knows."""
    odd = [index for index, message in enumerate(messages) if message.role not in _ROLES]
    if not odd:
        return []
    verb = "has" if len(odd) == 1 else "have"
    return [
        f"{count(len(odd), 'message')} {verb} a role that no model knows (first message {odd[0]}): stored, not sent"
    ]


def _not_stored(given: ReadConversation) -> list[LeftOut]:
    """What the reader left out, and what it read but no store has a column for."""
    of_session = [item for item in given.left_out if "[" not in item.place]
    of_messages = [item for item in given.left_out if "[" in item.place]
    models = [
        LeftOut("key", f"messages[{index}].model", item.model, "model")
        for index, item in enumerate(given.messages)
        if item.model
    ]
    return [*of_session, *(item for _, item in _read_only(given)), *models, *of_messages]


def _read_only(given: ReadConversation) -> list[tuple[int | None, LeftOut]]:
    """What the reader read but no store has a column for, with the positions of its messages; models aside."""
    of_session: list[tuple[int | None, LeftOut]] = []
    if given.model:
        of_session.append((None, LeftOut("key", "model", given.model, "model")))
    return of_session + [
        (index, LeftOut("key", f"messages[{index}].id", item.id, "id"))
        for index, item in enumerate(given.messages)
        if item.id
    ]
