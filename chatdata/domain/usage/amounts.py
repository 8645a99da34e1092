"""Counts of sessions, messages, calls and tokens that can be added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Amounts:
    """The totals of some sessions; a session's messages and tokens all count at the session's start time."""

    sessions: int = 0
    recorded: int = 0
    """The number of sessions with recorded tokens; two totals of 0 mean that none were recorded."""
    messages: int = 0
    tool_calls: int = 0
    """The number of "toolCalls" entries, damaged ones included."""
    prompt_tokens: int | None = None
    """Includes cached prompt tokens. Sessions without recorded tokens count as 0; None where no session has any."""
    completion_tokens: int | None = None
    """None where no session has recorded tokens."""
    turns: int = 0
    """The number of assistant messages; the cached list of usage has one item for each."""
    damaged: int = 0
    """The number of sessions with a damaged token count, which no sum includes."""

    @property
    def total_tokens(self) -> int | None:
        """The sum of prompt and completion tokens; None where no session has recorded tokens."""
        return plus(self.prompt_tokens, self.completion_tokens)

    @property
    def unrecorded(self) -> int:
        """The number of sessions without recorded tokens, which count as 0 in the sums."""
        return self.sessions - self.recorded

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.sessions + other.sessions,
            self.recorded + other.recorded,
            self.messages + other.messages,
            self.tool_calls + other.tool_calls,
            plus(self.prompt_tokens, other.prompt_tokens),
            plus(self.completion_tokens, other.completion_tokens),
            self.turns + other.turns,
            self.damaged + other.damaged,
        )


NOTHING = Amounts()


def plus(one: int | None, other: int | None) -> int | None:
    """Returns the sum with an unknown number as 0, or None if both are unknown."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


def share(part: int | None, whole: int | None) -> float | None:
    """Returns the part as a fraction of the whole, or None where either is unknown or the whole is 0."""
    return part / whole if part is not None and whole else None


def summed(parts: Iterable[Amounts]) -> Amounts:
    """Returns the sum of the amounts."""
    total = NOTHING
    for part in parts:
        total += part
    return total


@dataclass(frozen=True, slots=True)
class QuarterHour:
    """The totals of the sessions that started in one quarter of an hour."""

    start: datetime
    """In UTC; the minutes are 0, 15, 30 or 45."""
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class UserUsage:
    """The totals of one user's sessions."""

    user_id: str | None
    """None for sessions without a user."""
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class SessionUsage:
    """The counts of one session."""

    session_id: str
    user_id: str | None
    title: str | None
    first_user_message: str | None
    """The beginning of the message; read only for sessions without a title."""
    started_at: datetime | None
    """In UTC; None where the row's time is unreadable."""
    messages: int
    tool_calls: int
    prompt_tokens: int | None
    """None where no tokens were recorded."""
    completion_tokens: int | None
    turns: int
    """The number of assistant messages."""
    damaged: bool = False
    """Whether one of its token counts is damaged; that count is 0 here, or both are None."""

    @property
    def total_tokens(self) -> int | None:
        """The sum of prompt and completion tokens; None where no tokens were recorded."""
        return plus(self.prompt_tokens, self.completion_tokens)

    @property
    def amounts(self) -> Amounts:
        """The counts of this session as amounts to add."""
        recorded = int(self.prompt_tokens is not None)
        tokens = self.prompt_tokens, self.completion_tokens
        return Amounts(1, recorded, self.messages, self.tool_calls, *tokens, self.turns, int(self.damaged))


@dataclass(frozen=True, slots=True)
class ToolUsage:
    """The calls of one tool and their results."""

    name: str | None
    """None for calls without a function name (damaged entries)."""
    sessions: int
    """The number of sessions with a call of this tool."""
    messages: int
    """The number of messages with a call of this tool."""
    calls: int
    results: int
    """The number of tool messages that answer a call of this tool, the nearest earlier call with their ID."""
    failures: int
    """The number of results whose content is a JSON object with the type "error"."""
    result_characters: int
    """The total number of characters in the results."""
    median_characters: int | None
    """The median length of a result by nearest rank; None without results."""
    largest_characters: int | None


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """Tool messages that answer no call of their session, so that their tool is unknown."""

    results: int = 0
    failures: int = 0
    result_characters: int = 0


@dataclass(frozen=True, slots=True)
class WordUsage:
    """The totals of the sessions with a word in their title; a session counts once per word."""

    word: str
    """The word in lower case."""
    sessions: int
    recorded: int
    prompt_tokens: int | None
    completion_tokens: int | None

    @property
    def total_tokens(self) -> int | None:
        """The sum of prompt and completion tokens; None where no tokens were recorded."""
        return plus(self.prompt_tokens, self.completion_tokens)
