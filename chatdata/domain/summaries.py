"""The rows of lists, one per session or user, and totals. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from chatdata.domain.copies import CachedCopy
from chatdata.domain.messages import ChatMessage, DamagedValue, TokenCount
from chatdata.domain.messages.context_blocks import own_words

PREVIEW_CHARACTERS = 300
Sort = Literal["active", "started", "messages", "tokens"]
"""What the list of sessions is ordered by, latest or most first: last update, start, messages or all tokens."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in the list of sessions, which is ordered by a value, latest or most first, then by ID."""

    value: datetime | int
    """The row's time or number that the list is ordered by."""
    session_id: str


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One row of the list of sessions."""

    session_id: str
    user_id: str | None
    title: str | None
    first_user_message: str | None
    """The first `PREVIEW_CHARACTERS` characters of the first user message with text."""
    last_answer: str | None
    """The first `PREVIEW_CHARACTERS` characters of the last assistant message with text."""
    started_at: datetime
    updated_at: datetime
    messages: int
    prompt_tokens: int
    completion_tokens: int
    damaged: tuple[DamagedValue, ...] = ()
    """What is damaged of the row's values in this line; a count of tokens among them stands as 0."""
    chat_status: str | None = None
    """The row's status, such as idle, queued or running; None if the table has no such column."""
    unknown: tuple[TokenCount, ...] = ()
    """The counts of tokens that are unknown, whatever number stands there."""

    @property
    def recorded(self) -> bool:
        """Whether known token counts were recorded; two counts of 0 mean that they were not."""
        prompt = 0 if "prompt" in self.unknown else self.prompt_tokens
        completion = 0 if "completion" in self.unknown else self.completion_tokens
        return bool(prompt or completion)

    @property
    def known_tokens(self) -> tuple[int | None, int | None]:
        """Prompt and completion tokens; None for what was not recorded, is unknown or is damaged."""
        places = {value.place for value in self.damaged}
        counts = {"totalPromptTokens": self.prompt_tokens, "totalCompletionTokens": self.completion_tokens}
        prompt, completion = (
            None if not self.recorded or f"ChatSession.{column}" in places or count in self.unknown else number
            for count, (column, number) in zip(("prompt", "completion"), counts.items(), strict=True)
        )
        return prompt, completion

    @property
    def cursor(self) -> Cursor:
        """The position of this row in the list that is ordered by last update."""
        return self.cursor_by("active")

    def cursor_by(self, sort: Sort) -> Cursor:
        """The position of this row in a list of this order."""
        match sort:
            case "active":
                return Cursor(self.updated_at, self.session_id)
            case "started":
                return Cursor(self.started_at, self.session_id)
            case "messages":
                return Cursor(self.messages, self.session_id)
            case "tokens":
                return Cursor(self.prompt_tokens + self.completion_tokens, self.session_id)
            case _:
                assert_never(sort)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list of sessions, and whether there are newer and older ones."""

    sessions: tuple[SessionSummary, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """Totals over all sessions that match a filter."""

    sessions: int
    messages: int
    prompt_tokens: int | None
    """None where it is known of no session, and unknown of some."""
    completion_tokens: int | None
    damaged: int = 0
    """Sessions with a damaged count of tokens, which is in no sum."""
    unknown: int = 0
    """Sessions with an unknown count of tokens, which is in no sum."""


@dataclass(frozen=True, slots=True)
class UserSummary:
    """One user with the totals of their sessions."""

    user_id: str | None
    sessions: int
    prompt_tokens: int | None
    """None where it is known of no session, and unknown of some."""
    completion_tokens: int | None
    first_seen: datetime
    last_seen: datetime
    damaged: int = 0
    """Sessions with a damaged count of tokens, which is in no sum."""
    unknown: int = 0
    """Sessions with an unknown count of tokens, which is in no sum."""

    @property
    def recorded(self) -> bool:
        """Whether token counts were recorded; two counts of 0 mean that they were not."""
        return bool(self.prompt_tokens or self.completion_tokens)


def summary_of(copy: CachedCopy, session_id: str) -> SessionSummary:
    """Returns the list row of a cached session, with the same fields as the database's rows."""
    messages = [item.message for item in copy.messages]
    status = copy.document.get("chat_status")
    return SessionSummary(
        session_id=session_id,
        user_id=copy.info.user_id,
        title=copy.info.title,
        first_user_message=_first_text(messages, "user"),
        last_answer=_first_text(messages[::-1], "assistant"),
        started_at=copy.info.started_at,
        updated_at=copy.info.updated_at,
        messages=len(messages),
        prompt_tokens=copy.info.prompt_tokens,
        completion_tokens=copy.info.completion_tokens,
        chat_status=status if isinstance(status, str) else None,
    )


def _first_text(messages: Sequence[ChatMessage], role: str) -> str | None:
    texts = (message.content for message in messages if message.role == role and message.content)
    first = next(texts, None)
    if first is None:
        return None
    return preview(own_words(first) if role == "user" else first)


def preview(text: str) -> str:
    """Returns the beginning of a text, as long as lists show it."""
    return text[:PREVIEW_CHARACTERS]
