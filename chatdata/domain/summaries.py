"""What lists show: one line a session, one a user, and sums. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chatdata.domain.copies import CachedCopy
from chatdata.domain.messages import ChatMessage
from chatdata.domain.messages.context_blocks import own_words

PREVIEW_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list, which is ordered by last update, newest first, then by id."""

    updated_at: datetime
    session_id: str


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of the list."""

    session_id: str
    user_id: str | None
    title: str | None
    first_user_message: str | None
    """Its first PREVIEW_CHARACTERS characters."""
    last_answer: str | None
    """The last assistant message that says something, cut like the first."""
    started_at: datetime
    updated_at: datetime
    messages: int
    prompt_tokens: int
    completion_tokens: int
    chat_status: str | None = None
    """idle, queued, running or what else the row says; None where the table has no such column."""

    @property
    def recorded(self) -> bool:
        """False where both counts of tokens are 0, which means that nothing was recorded."""
        return bool(self.prompt_tokens or self.completion_tokens)

    @property
    def cursor(self) -> Cursor:
        """The place of this line."""
        return Cursor(self.updated_at, self.session_id)


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of the list, and whether there are more on either side."""

    sessions: tuple[SessionSummary, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """Sums over all sessions that a filter lets through."""

    sessions: int
    messages: int
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class UserSummary:
    """One user with the sums of their sessions."""

    user_id: str | None
    sessions: int
    prompt_tokens: int
    completion_tokens: int
    first_seen: datetime
    last_seen: datetime

    @property
    def recorded(self) -> bool:
        """False where both counts of tokens are 0, which means that nothing was recorded."""
        return bool(self.prompt_tokens or self.completion_tokens)


def summary_of(copy: CachedCopy, session_id: str) -> SessionSummary:
    """The line of a cached session, as the database would show it."""
    messages = [item.message for item in copy.messages]
    status = copy.document.get("chat_status")
    return SessionSummary(
        session_id=session_id,
        user_id=copy.info.user_id,
        title=copy.info.title,
        first_user_message=_said(messages, "user"),
        last_answer=_said(messages[::-1], "assistant"),
        started_at=copy.info.started_at,
        updated_at=copy.info.updated_at,
        messages=len(messages),
        prompt_tokens=copy.info.prompt_tokens,
        completion_tokens=copy.info.completion_tokens,
        chat_status=status if isinstance(status, str) else None,
    )


def _said(messages: Sequence[ChatMessage], role: str) -> str | None:
    said = (message.content for message in messages if message.role == role and message.content)
    first = next(said, None)
    return None if first is None else preview(own_words(first) if role == "user" else first)


def preview(text: str) -> str:
    """The beginning of a text, as a list shows it."""
    return text[:PREVIEW_CHARACTERS]
