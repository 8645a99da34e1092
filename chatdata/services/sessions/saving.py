"""Saves a session to its rows within the caller's transaction, and merges the usage of both copies."""

from datetime import datetime

from sqlalchemy import Connection

from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.errors import SessionDeletedError
from chatdata.stores.database import rows


def save_rows(connection: Connection, session: ChatSession, now: datetime) -> ChatSession:
    """Writes a session's new messages and fields to its rows, and returns the session they hold afterwards.

    The caller has sanitized the session's fields; messages are sanitized here, and only those that are written. Raises
    SessionDeletedError for a session that was loaded from a store and no longer has a row.
    """
    held = rows.hold_session(connection, session.session_id)
    if held is None:
        return _create(connection, session, now)
    stored = held.session
    new_messages = _new_messages(session, stored)
    after = stored.model_copy(
        update={
            "usage": _usage_after(session, stored),
            "credentials": session.credentials,
            "successful_agent_runs": session.successful_agent_runs,
            "successful_agent_schedules": session.successful_agent_schedules,
            "messages": [*stored.messages, *new_messages],
            "updated_at": now,
        }
    )
    rows.append_messages(connection, session.session_id, new_messages, now, held.end)
    rows.update_session(connection, after)
    return after


def append_row(connection: Connection, session_id: str, message: ChatMessage, now: datetime) -> ChatSession:
    """Appends one message to the rows and returns the session they hold afterwards. Raises ValueError without a row."""
    held = rows.hold_session(connection, session_id)
    if held is None:
        raise ValueError(f"Session {session_id} not found")
    after = held.session.model_copy(update={"messages": [*held.session.messages, message], "updated_at": now})
    rows.append_messages(connection, session_id, [message], now, held.end)
    rows.touch_session(connection, session_id, now)
    return after


def usage_by_turn(stored: ChatSession, cached: ChatSession | None) -> list[Usage]:
    """The cached usage by turn if its sums equal the rows' totals, else the rows' single item."""
    return stored.usage if cached is None else if_it_adds_up(cached.usage, stored)


def if_it_adds_up(usage: list[Usage], stored: ChatSession) -> list[Usage]:
    """This usage by turn if its sums equal the rows' totals, else the rows' single item."""
    sums = sum(item.prompt_tokens for item in usage), sum(item.completion_tokens for item in usage)
    return usage if sums == (stored.prompt_tokens, stored.completion_tokens) else stored.usage


def _create(connection: Connection, given: ChatSession, now: datetime) -> ChatSession:
    if given.loaded.known:
        raise SessionDeletedError(f"Session {given.session_id} was deleted since it was loaded; nothing was written.")
    session = given.sanitize()
    rows.insert_session(connection, session, now)
    rows.append_messages(connection, session.session_id, session.messages, now)
    return session.model_copy(update={"updated_at": now})


def _new_messages(session: ChatSession, stored: ChatSession) -> list[ChatMessage]:
    """The messages that the rows lack: those after the loaded ones, and loaded ones that only the cache has.

    For a session that was not loaded from a store, the messages after the common prefix.
    """
    base = session.loaded.messages if session.loaded.known else _common_prefix(session.sanitize(), stored)
    return [message.sanitize() for message in session.messages[min(base, len(stored.messages)) :]]


def _common_prefix(session: ChatSession, stored: ChatSession) -> int:
    pairs = zip(session.messages, stored.messages, strict=False)
    return next(
        (index for index, (mine, theirs) in enumerate(pairs) if mine != theirs),
        min(len(session.messages), len(stored.messages)),
    )


def _usage_after(session: ChatSession, stored: ChatSession) -> list[Usage]:
    """The stored tokens plus those added since loading, so that the tokens of concurrent writers add up."""
    loaded = session.loaded
    if not loaded.known:
        return session.usage
    prompt = stored.prompt_tokens + session.prompt_tokens - loaded.prompt_tokens
    completion = stored.completion_tokens + session.completion_tokens - loaded.completion_tokens
    by_turn = _by_turn_if_it_adds_up(session, prompt, completion)
    if by_turn is not None:
        return by_turn
    return [Usage.of(max(prompt, 0), max(completion, 0))] if prompt > 0 or completion > 0 else []


def _by_turn_if_it_adds_up(session: ChatSession, prompt: int, completion: int) -> list[Usage] | None:
    adds_up = (session.prompt_tokens, session.completion_tokens) == (prompt, completion)
    return session.usage if adds_up else None
