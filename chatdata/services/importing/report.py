"""The results of an import, and the problems of conversations that could not be imported."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A conversation that could not be imported."""

    line: int
    """The line of the file where the conversation begins, counted from 1."""
    reason: str
    """A sentence for people that never quotes the conversation."""


@dataclass(frozen=True, slots=True)
class ImportNote:
    """A remark about an imported conversation: a part that has no place in the stores, or a default that was chosen."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What the import did with each conversation of one file."""

    created: tuple[str, ...]
    """Ids of new sessions."""
    appended: tuple[str, ...]
    """Ids of existing sessions that were a prefix of the imported one and got the missing messages."""
    unchanged: tuple[str, ...]
    """Ids of sessions that already existed with the same messages."""
    messages: int
    """The number of message rows written."""
    problems: tuple[Problem, ...]
    notes: tuple[ImportNote, ...]
    uncached: int
    """The number of sessions whose rows were written without a cached copy."""
    cache_problem: str | None
    """Why the `uncached` sessions have no cached copy."""
    left_out: int
    """The number of parts that were said, or may have been, and that the stores don't hold as given, as notes tell.

    Such as thinking, a text with characters that no store holds, a value whose key was repeated, and a text under a key
    that no reader knows.
    """
    kept: int
    """The number of parts that the inspector's own database now keeps, because the stores can't hold them."""
    stopped: str | None
    """Why the rest of the file was not read (the database became unreachable); None if the import finished."""
