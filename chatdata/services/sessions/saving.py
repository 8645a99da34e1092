"""What a save does to the rows and to the usage list. The rows' part runs inside one transaction."""

from datetime import datetime

from sqlalchemy import Connection

from chatdata.domain.messages import ChatMessage, ChatSession, Usage
from chatdata.errors import SessionDeletedError
from chatdata.stores.database import rows


def save_rows(connection: Connection, session: ChatSession, now: datetime) -> ChatSession:
    """Writes a session's news to its rows and gives what the rows hold then.

    SessionDeletedError for a session that a store had and whose row is gone.
    """
    stored = rows.read_for_saving(connection, session.session_id)
    if stored is None:
        return _create(connection, session, now)
    news = _news(session, stored)
    after = stored.model_copy(
        update={
            "usage": _usage_after(session, stored),
            "credentials": session.credentials,
            "successful_agent_runs": session.successful_agent_runs,
            "successful_agent_schedules": session.successful_agent_schedules,
            "messages": [*stored.messages, *news],
            "updated_at": now,
        }
    )
    rows.append_messages(connection, session.session_id, news, now)
    rows.update_session(connection, after)
    return after


def append_row(connection: Connection, session_id: str, message: ChatMessage, now: datetime) -> ChatSession:
    """Adds one message at the rows' real end and gives what the rows hold then. ValueError without a row."""
    stored = rows.read_for_saving(connection, session_id)
    if stored is None:
        raise ValueError(f"Session {session_id} not found")
    after = stored.model_copy(update={"messages": [*stored.messages, message], "updated_at": now})
    rows.append_messages(connection, session_id, [message], now)
    rows.touch_session(connection, session_id, now)
    return after


def usage_by_turn(stored: ChatSession, cached: ChatSession | None) -> list[Usage]:
    """The cache's list by turn where its sums are the rows' totals, else the rows' one item."""
    if cached is None:
        return stored.usage
    same = (cached.prompt_tokens, cached.completion_tokens) == (stored.prompt_tokens, stored.completion_tokens)
    return cached.usage if same else stored.usage


def _create(connection: Connection, session: ChatSession, now: datetime) -> ChatSession:
    if session.loaded.known:
        raise SessionDeletedError(f"Session {session.session_id} was deleted since it was loaded; nothing was written.")
    rows.insert_session(connection, session, now)
    rows.append_messages(connection, session.session_id, session.messages, now)
    return session.model_copy(update={"updated_at": now})


def _news(session: ChatSession, stored: ChatSession) -> list[ChatMessage]:
    """The messages that came after the base, and before it those that a failed save left in the cache alone.

    A session that no store handed out has no base: then it is what both begin with.
    """
    base = session.loaded.messages if session.loaded.known else _common_prefix(session, stored)
    return session.messages[min(base, len(stored.messages)) :]


def _common_prefix(session: ChatSession, stored: ChatSession) -> int:
    pairs = zip(session.messages, stored.messages, strict=False)
    return next(
        (index for index, (mine, theirs) in enumerate(pairs) if mine != theirs),
        min(len(session.messages), len(stored.messages)),
    )


def _usage_after(session: ChatSession, stored: ChatSession) -> list[Usage]:
    """The turns before and the turns that are new, so that two writers' tokens add up."""
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
