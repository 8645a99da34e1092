"""What an import did, and what is wrong with a conversation that could not be taken. Pure."""

from dataclasses import dataclass


class InvalidConversation(Exception):
    """A value that is no conversation; `str()` says why, without quoting its words."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A conversation that was not imported, or not as the file has it."""

    line: int
    """Where it begins in the file, counted from 1."""
    reason: str
    """A sentence for a person, without words of the conversation."""


@dataclass(frozen=True, slots=True)
class ImportNote:
    """What was in the file and has no place in a store, or was decided for it."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did with each conversation of one file."""

    created: tuple[str, ...]
    """Ids of sessions that are new."""
    appended: tuple[str, ...]
    """Ids of sessions that existed with an equal beginning and have more messages now."""
    unchanged: tuple[str, ...]
    """Ids of sessions that existed with the same messages."""
    messages: int
    """Rows of messages written."""
    problems: tuple[Problem, ...]
    notes: tuple[ImportNote, ...]
    uncached: int
    """Sessions whose rows were written without a cached copy."""
    cache_problem: str | None
    """Why there is no cached copy of those."""
    stopped: str | None
    """Why the rest of the file was not read: the database could not be reached any more."""
