"""A chat session, as the cached document holds it and as it is built from database rows."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, PrivateAttr

from chatdata.domain.messages.damage import token_count
from chatdata.domain.messages.message import (
    ChatMessage,
    Text,
    Usage,
    column,
    messages_of,
    parsed_json,
    storable_copy,
)
from chatdata.domain.messages.openai_messages import merge_consecutive_assistant_messages, to_openai_messages
from chatdata.domain.text import UNKNOWN_TIME, sanitize, sanitize_json

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam


def in_utc(moment: datetime) -> datetime:
    """Returns the time in UTC; naive datetimes are UTC already, as in both stores."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


UNREADABLE_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a row's time that is unreadable; reading never invents a time."""


def is_stand_in(moment: datetime) -> bool:
    """Returns whether a moment is the placeholder of a stored time that is missing or that Python can't represent."""
    return moment.year in (datetime.min.year, datetime.max.year) or moment in (UNREADABLE_TIME, UNKNOWN_TIME)


def is_unreadable(moment: datetime) -> bool:
    """Returns whether a moment is the placeholder of a stored time that can't be read; a missing one is not."""
    return is_stand_in(moment) and moment != UNKNOWN_TIME


UtcDatetime = Annotated[datetime, AfterValidator(in_utc)]


@dataclass(slots=True)
class LoadedFrom:
    """What a session held when it was loaded, so that saving adds only what is new.

    No field takes part in comparisons: sessions with the same contents are equal however they were loaded.
    """

    known: bool = field(default=False, compare=False)
    """False until the session has been loaded from a store or saved to one."""
    messages: int = field(default=0, compare=False)
    prompt_tokens: int = field(default=0, compare=False)
    completion_tokens: int = field(default=0, compare=False)


class ChatSessionInfo(BaseModel):
    """A session without its messages, with its fields in the order of the cached document."""

    session_id: Text
    user_id: Text | None
    """None only in some early installations."""
    title: Text | None = None
    usage: list[Usage]
    """One item per model turn in the cache; from the database one item with the sums, or none for 0 tokens."""
    credentials: dict[str, Any] = {}
    """Maps each provider to a credential's metadata, never to the secret itself."""
    started_at: UtcDatetime
    updated_at: UtcDatetime
    successful_agent_runs: dict[str, Any] = {}
    """Maps each graph ID to its number of successful runs."""
    successful_agent_schedules: dict[str, Any] = {}

    @property
    def prompt_tokens(self) -> int:
        """The sum of the prompt tokens in `usage`."""
        return sum(item.prompt_tokens for item in self.usage)

    @property
    def completion_tokens(self) -> int:
        """The sum of the completion tokens in `usage`."""
        return sum(item.completion_tokens for item in self.usage)

    @classmethod
    def from_db(cls, row: object) -> Self:
        """Returns the session of a "ChatSession" row, which is a mapping or an object with the columns' names."""
        return cls(**_fields_of(row))


class ChatSession(ChatSessionInfo):
    """A session with its messages; a message's position in the list is its sequence number in the database."""

    messages: list[ChatMessage]

    _loaded: LoadedFrom = PrivateAttr(default_factory=LoadedFrom)

    @classmethod
    def new(cls, user_id: str, *, session_id: str | None = None, now: datetime | None = None) -> Self:
        """Returns an empty session that no store holds yet, by default with a random ID and the current time."""
        moment = now or datetime.now(UTC)
        return cls(
            session_id=session_id or str(uuid.uuid4()),
            user_id=user_id,
            title=None,
            usage=[],
            started_at=moment,
            updated_at=moment,
            messages=[],
        )

    @classmethod
    def from_db(cls, row: object, messages: Sequence[object] | None = None) -> Self:
        """Returns the session of a "ChatSession" row and its "ChatMessage" rows, which are ordered by sequence.

        Without the argument, the message rows come from the row's relation "Messages". Raises ValueError when that
        is missing too: a session whose messages were not loaded is not an empty session.
        """
        rows = column(row, "Messages") if messages is None else messages
        if rows is None:
            raise ValueError(f"session {column(row, 'id')} came without its messages")
        session = cls(**_fields_of(row), messages=[ChatMessage.from_db(item) for item in rows])
        session.mark_loaded()
        return session

    @classmethod
    def from_values(cls, row: object, messages: Iterable[Sequence[Any]]) -> Self:
        """Returns what `from_db` returns, for message rows as values in the order of a message's fields."""
        session = cls(**_fields_of(row), messages=messages_of(messages))
        session.mark_loaded()
        return session

    def mark_loaded(self, held: "ChatSession | None" = None) -> None:
        """Records that the stores hold everything that `held`, by default this session, contains now."""
        stored = held or self
        self._loaded = LoadedFrom(
            known=True,
            messages=len(stored.messages),
            prompt_tokens=stored.prompt_tokens,
            completion_tokens=stored.completion_tokens,
        )

    @property
    def loaded(self) -> LoadedFrom:
        """What the session held when it was loaded or last saved."""
        return self._loaded

    def to_openai_messages(self) -> "list[ChatCompletionMessageParam]":
        """Returns what a model would be sent: known roles converted, consecutive assistant messages merged.

        A message that is skipped and a tool call that is left out are logged as warnings.
        """
        return to_openai_messages(self.messages, self.session_id)

    @staticmethod
    def _merge_consecutive_assistant_messages(
        messages: "list[ChatCompletionMessageParam]",
    ) -> "list[ChatCompletionMessageParam]":
        return merge_consecutive_assistant_messages(messages)

    def add_tool_call_to_current_turn(self, tool_call: dict[str, Any]) -> None:
        """Adds the call to the latest assistant message after the last user message, skipping tool messages.

        Without such a message, appends an assistant message with the content "" and the call.
        """
        for message in reversed(self.messages):
            if message.role == "user":
                break
            if message.role == "assistant":
                message.tool_calls = [*(message.tool_calls or ()), tool_call]
                return
        self.messages.append(ChatMessage(role="assistant", content="", tool_calls=[tool_call]))

    def sanitize(self) -> Self:
        """Returns a copy whose text both stores can hold (`chatdata.domain.text.sanitize`); it keeps the load state."""
        if (copy := storable_copy(self)) is not None:
            copy._loaded = self._loaded
            return copy
        return self.model_copy(
            update={
                "title": None if self.title is None else sanitize(self.title),
                "user_id": None if self.user_id is None else sanitize(self.user_id),
                "usage": list(self.usage),
                "credentials": sanitize_json(self.credentials),
                "successful_agent_runs": sanitize_json(self.successful_agent_runs),
                "successful_agent_schedules": sanitize_json(self.successful_agent_schedules),
                "messages": [message.sanitize() for message in self.messages],
            }
        )


def _fields_of(row: object) -> dict[str, Any]:
    totals = (token_count(column(row, name)) or 0 for name in ("totalPromptTokens", "totalCompletionTokens"))
    prompt, completion = totals
    return {
        "session_id": column(row, "id"),
        "user_id": column(row, "userId"),
        "title": column(row, "title"),
        "usage": [Usage.of(prompt, completion)] if prompt or completion else [],
        "credentials": _mapping(column(row, "credentials")),
        "started_at": column(row, "createdAt") or UNKNOWN_TIME,
        "updated_at": column(row, "updatedAt") or UNKNOWN_TIME,
        "successful_agent_runs": _mapping(column(row, "successfulAgentRuns")),
        "successful_agent_schedules": _mapping(column(row, "successfulAgentSchedules")),
    }


def _mapping(value: Any) -> dict[str, Any]:
    """Returns the object in a JSON column; any other value is kept under the key "(unreadable)"."""
    parsed = parsed_json(value)
    if parsed is None:
        return {}
    return parsed if isinstance(parsed, dict) else {"(unreadable)": parsed}
