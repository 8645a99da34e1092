"""Reads the outlines of sessions with tool results: lengths and calls of their messages, never the contents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, String, column, exists, func, literal, select

from chatdata.domain.usage.answers import called
from chatdata.domain.usage.tool_growth import MessageOutline
from chatdata.stores.database.damage import as_text
from chatdata.stores.database.filters import among
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage import columns
from chatdata.stores.database.usage.counts import Counts
from chatdata.stores.database.usage.distributions import bytewise

_s, _m = chat_session.c, chat_message.c
_AT_ONCE = 100
_ROWS_AT_ONCE = 1_000


@dataclass(slots=True)
class SessionOutline:
    """A session by the lengths and calls of its messages."""

    session_id: str
    prompt_tokens: int | None
    """The recorded prompt tokens; None if none were recorded or their number is unknown."""
    unknown: bool = False
    """Whether a token count of the session is unknown."""
    messages: list[MessageOutline] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    """The models that its messages name."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines of the sessions that started last."""

    sessions: tuple[SessionOutline, ...]
    count: int
    """The number of sessions with tool results, including those beyond the limits."""


def outlines(
    connection: Connection, counts: Counts, where: Sequence[Any], limits: tuple[int, int], names_models: bool
) -> Outlines:
    """The sessions with tool results, latest start first, up to a number of sessions and about a number of messages."""
    most_sessions, most_messages = limits
    rows = connection.execute(_chosen(counts, where, most_sessions)).all()
    found, read = list[SessionOutline](), 0
    for start in range(0, len(rows), _AT_ONCE):
        if read >= most_messages:
            break
        batch = [_session(row) for row in rows[start : start + _AT_ONCE] if isinstance(row.id, str)]
        read += _fill(connection, batch, names_models)
        found += batch
    return Outlines(tuple(found), int(rows[0].sessions) if rows else 0)


def _chosen(counts: Counts, where: Sequence[Any], limit: int) -> Any:
    has_results = exists(1).where(_m.sessionId == _s.id, _m.role == "tool").correlate(chat_session)
    chosen = select(
        _s.id,
        counts.prompt.label("prompt"),
        counts.is_unknown.label("unknown"),
        func.count().over().label("sessions"),
    )
    ordered = chosen.where(*where, has_results).order_by(_s.createdAt.desc(), bytewise(counts.dialect, _s.id))
    return ordered.limit(limit)


def _session(row: Any) -> SessionOutline:
    return SessionOutline(row.id, int(row.prompt) if row.prompt and row.prompt > 0 else None, bool(row.unknown))


def _fill(connection: Connection, sessions: Sequence[SessionOutline], names_models: bool) -> int:
    """Adds the messages in order, and returns their number."""
    by_id = {session.session_id: session for session in sessions}
    read = 0
    for session_id, message, model in _messages(connection, list(by_id), names_models):
        by_id[session_id].messages.append(message)
        if model:
            by_id[session_id].models.add(model)
        read += 1
    return read


def _messages(
    connection: Connection, ids: Sequence[str], names_models: bool
) -> Iterator[tuple[str, MessageOutline, str | None]]:
    model: Any = column("model", String) if names_models else literal(None, String)
    length = func.coalesce(func.length(_m.content), 0).label("characters")
    chosen = select(_m.sessionId, _m.role, length, _m.toolCallId, _m.toolCalls, model.label("model"))
    chosen = chosen.select_from(chat_message).where(among(connection.dialect.name, _m.sessionId, ids))
    ordered = chosen.order_by(_m.sessionId, _m.sequence).execution_options(yield_per=_ROWS_AT_ONCE)
    for row in connection.execute(ordered):
        calls = tuple(called(entry) for entry in columns.as_calls(row.toolCalls))
        yield (
            row.sessionId,
            MessageOutline(as_text(row.role), row.characters, as_text(row.toolCallId), calls),
            row.model,
        )
