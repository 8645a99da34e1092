"""Counts of sessions, messages, calls and tokens, and what can be summed of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Amounts:
    """What some sessions hold together. Everything of a session counts when and where the session counts."""

    sessions: int = 0
    recorded: int = 0
    """Of them with tokens recorded: both totals 0 means that nothing was recorded."""
    messages: int = 0
    tool_calls: int = 0
    """Entries of "toolCalls", damaged ones too."""
    prompt_tokens: int | None = None
    """Cached prompt tokens are part of them. None where no session has tokens recorded; those without count as 0."""
    completion_tokens: int | None = None
    """None as for prompt tokens."""
    turns: int = 0
    """Messages of the assistant: the cached list of usage has one item for each."""
    damaged: int = 0
    """Sessions with a damaged count of tokens, which is in no sum."""

    @property
    def total_tokens(self) -> int | None:
        """Prompt and completion tokens together."""
        return plus(self.prompt_tokens, self.completion_tokens)

    @property
    def unrecorded(self) -> int:
        """Sessions whose tokens nobody recorded: they are 0 in the sums."""
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
    """A sum in which unknown is 0, unless both are unknown."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


def share(part: int | None, whole: int | None) -> float | None:
    """What part of a whole it is, 0 to 1; None where either isn't known, or the whole is nothing."""
    return part / whole if part is not None and whole else None


def summed(parts: Iterable[Amounts]) -> Amounts:
    """All of them together."""
    total = NOTHING
    for part in parts:
        total += part
    return total


@dataclass(frozen=True, slots=True)
class QuarterHour:
    """What the sessions hold that started in a quarter of an hour."""

    start: datetime
    """UTC; its minutes are 0, 15, 30 or 45."""
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class UserUsage:
    """What one user's sessions hold."""

    user_id: str | None
    """None for the sessions without a user."""
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class SessionUsage:
    """What one session holds."""

    session_id: str
    user_id: str | None
    title: str | None
    first_user_message: str | None
    """Its beginning; read only for sessions without a title."""
    started_at: datetime | None
    """UTC; None where the row's time can't be read."""
    messages: int
    tool_calls: int
    prompt_tokens: int | None
    """None where nothing was recorded."""
    completion_tokens: int | None
    turns: int
    """Messages of the assistant."""
    damaged: bool = False
    """True where a count of its tokens is damaged: that one is 0 here, or both are None."""

    @property
    def total_tokens(self) -> int | None:
        """Prompt and completion tokens together; None where nothing was recorded."""
        return plus(self.prompt_tokens, self.completion_tokens)

    @property
    def amounts(self) -> Amounts:
        """The same as a part of a sum."""
        recorded = int(self.prompt_tokens is not None)
        tokens = self.prompt_tokens, self.completion_tokens
        return Amounts(1, recorded, self.messages, self.tool_calls, *tokens, self.turns, int(self.damaged))


@dataclass(frozen=True, slots=True)
class ToolUsage:
    """Calls of one tool and what came back."""

    name: str | None
    """None for calls that name no function (damaged entries)."""
    sessions: int
    """Sessions with a call of it."""
    messages: int
    """Messages that call it."""
    calls: int
    results: int
    """Tool messages that answer a call of it: the nearest earlier one with their id in the session."""
    failures: int
    """Results whose content is a JSON object of type "error"."""
    result_characters: int
    """Characters of all results together."""
    median_characters: int | None
    """Of a result, by nearest rank; None without results."""
    largest_characters: int | None


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """Tool messages that answer no call of their session, so that no tool can be named."""

    results: int = 0
    failures: int = 0
    result_characters: int = 0


@dataclass(frozen=True, slots=True)
class WordUsage:
    """What the sessions hold that have a word in their title; a session counts once for each."""

    word: str
    """Case folded."""
    sessions: int
    recorded: int
    prompt_tokens: int | None
    completion_tokens: int | None

    @property
    def total_tokens(self) -> int | None:
        """Prompt and completion tokens together; None where nothing was recorded."""
        return plus(self.prompt_tokens, self.completion_tokens)
