"""What the usage index keeps of a session and its messages: counts, sizes, times and names of tools, but no words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The figures of a "ChatSession" row."""

    key: str
    """A text that is different for each session and sorts like the ids, bytewise; `id_of` returns the id."""
    user_id: str | None
    plain_user: bool
    """Whether a filter can ask for the user by this text, which it can't if the row holds bytes."""
    quarter: int | None
    """The number of quarter hours from 1970 to the start; None if the start can't be read."""
    started: int | None
    """The start in microseconds since 1970; None if it can't be read."""
    stamp: int
    """A digest of the row's figures and of its last update: if it is equal at two readings, the row was not changed."""
    prompt: int | None
    """None if the number of tokens is unknown; 0 if it is damaged."""
    completion: int | None
    damaged: bool


@dataclass(frozen=True, slots=True)
class SessionMark:
    """What shows whether messages were added or deleted without an update of the session's row."""

    messages: int
    last: int | None
    """The highest sequence number; None without one."""


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """The calls of one tool in one session, and their results."""

    tool: str | None
    known: bool
    """Whether there is a call; False for results that answer none."""
    messages: int
    calls: int
    failures: int
    sizes: tuple[int, ...]
    """The lengths of the results in characters."""


@dataclass(frozen=True, slots=True)
class CountedSession:
    """A session with the counts of its messages."""

    facts: SessionFacts
    mark: SessionMark
    turns: int
    tool_calls: int
    model: str | None
    """The model that its messages name; None for no model, "" for several."""
    tools: tuple[ToolFacts, ...]
