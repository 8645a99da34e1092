"""Counts of sessions, messages, calls and tokens that can be added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from chatdata.domain.messages import TokenCount

_Number = TypeVar("_Number", int, Decimal)


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
    """Includes cached prompt tokens. Sessions whose count was not recorded or is unknown are not in the sum; None where
    no session has a known count."""
    completion_tokens: int | None = None
    """None where no session has a known count."""
    turns: int = 0
    """The number of assistant messages; the cached list of usage has one item for each."""
    damaged: int = 0
    """The number of sessions with a damaged token count, which no sum includes."""
    unknown: int = 0
    """The number of sessions with an unknown token count, which no sum includes; the other count may be known."""
    wholly_unknown: int = 0
    """The number of those whose other count is not known either."""
    cost: Decimal | None = None
    """The list price of the known tokens of sessions whose model has a known price; None where it is unknown or not
    read."""

    @property
    def total_tokens(self) -> int | None:
        """The sum of prompt and completion tokens; None where one of them is known of no session."""
        return _total(self.prompt_tokens, self.completion_tokens)

    @property
    def unrecorded(self) -> int:
        """The number of sessions without recorded tokens, which no sum includes."""
        return self.sessions - self.recorded - self.wholly_unknown

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
            self.unknown + other.unknown,
            self.wholly_unknown + other.wholly_unknown,
            plus(self.cost, other.cost),
        )


NOTHING = Amounts()


def amounts_of(
    sessions: int,
    recorded: int | None,
    known_prompt: int | None,
    known_completion: int | None,
    prompt: int,
    completion: int,
    damaged: int | None,
    unknown: int | None,
    wholly_unknown: int | None,
) -> Amounts:
    """Returns the amounts of sums; a sum is None where the number of recorded sessions with a known count is 0."""
    return Amounts(
        int(sessions),
        int(recorded or 0),
        prompt_tokens=int(prompt) if known_prompt else None,
        completion_tokens=int(completion) if known_completion else None,
        damaged=int(damaged or 0),
        unknown=int(unknown or 0),
        wholly_unknown=int(wholly_unknown or 0),
    )


def _total(prompt: int | None, completion: int | None) -> int | None:
    return None if prompt is None or completion is None else prompt + completion


def plus(one: _Number | None, other: _Number | None) -> _Number | None:
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
    """None where no tokens were recorded, or their number is unknown."""
    completion_tokens: int | None
    turns: int
    """The number of assistant messages."""
    damaged: bool = False
    """Whether one of its token counts is damaged; that count is 0 here, or both are None."""
    unknown: tuple[TokenCount, ...] = ()
    """The token counts that are unknown."""

    @property
    def total_tokens(self) -> int | None:
        """The sum of prompt and completion tokens; None where no tokens were recorded, or one count is unknown."""
        return _total(self.prompt_tokens, self.completion_tokens)

    @property
    def amounts(self) -> Amounts:
        """The counts of this session as amounts to add."""
        recorded = self.prompt_tokens is not None or self.completion_tokens is not None
        tokens = self.prompt_tokens, self.completion_tokens
        return Amounts(
            1,
            int(recorded),
            self.messages,
            self.tool_calls,
            *tokens,
            self.turns,
            int(self.damaged),
            int(bool(self.unknown)),
            int(bool(self.unknown) and not recorded),
        )


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
    unknown: int = 0
    """The number of sessions with an unknown token count, which no sum includes."""
    cost: Decimal | None = None
    """The list price of the tokens of sessions whose model has a known price; None where it is unknown or not read."""

    @property
    def total_tokens(self) -> int | None:
        """The sum of prompt and completion tokens; None where one of them is known of no session."""
        return _total(self.prompt_tokens, self.completion_tokens)
