"""Compares any two sessions for pages, routes and commands: one copy of each, at a privacy level.

Everything is computed on the full copies; everything returned is redacted to the privacy level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from chatdata.domain.copies import (
    CachedCopy,
    Copies,
    CorruptDocument,
    PrivacyLevel,
    Source,
    StoredCopy,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.messages.unknown import TokenCount
from chatdata.domain.redaction import redact
from chatdata.domain.redaction.masked import people_of
from chatdata.domain.side_by_side import (
    FieldName,
    FieldValue,
    SessionDiff,
    SessionRows,
    compare_sessions,
    fields_of_session,
)
from chatdata.errors import AppDatabaseError
from chatdata.services.inspection import BOTH, RedactionKey, no_key
from chatdata.services.session_stores import SessionStores

Letter = Literal["A", "B"]
State = Literal["read", "missing", "unreadable", "unavailable", "not_configured"]
"""unavailable: no store that answered has a readable copy, and another one did not answer. not_configured: no store
that may have the session is configured."""


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """A session to compare, and the copy to read; without a source the database's, else the cached one."""

    session_id: str
    source: Source | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The copies that may be compared, the preferred one first."""
        return BOTH if self.source is None else (self.source,)


@dataclass(frozen=True, slots=True)
class ComparedSession:
    """One of the two sessions, redacted to the privacy level."""

    letter: Letter
    choice: SessionChoice
    copies: Copies
    source: Source | None
    """The copy that is compared; None without a readable one."""
    unknown: tuple[TokenCount, ...] = ()
    """The token totals that are unknown, whatever numbers the stores hold."""

    @property
    def session_id(self) -> str:
        """The session's ID."""
        return self.choice.session_id

    @property
    def copy(self) -> StoredCopy | CachedCopy | None:
        """The copy that is compared; None without a readable one."""
        return None if self.source is None else self.copies.readable_from(self.source)

    @property
    def fields(self) -> Mapping[FieldName, FieldValue]:
        """What is compared beside the messages; empty without a readable copy."""
        copy = self.copy
        return {} if copy is None else fields_of_session(copy, self.unknown)

    @property
    def state(self) -> State:
        """Whether there is a copy to compare, or why there is none."""
        if self.source is not None:
            return "read"
        sides = [self.copies.side(source) for source in self.choice.sources]
        if any(isinstance(side, CorruptDocument) for side in sides):
            return "unreadable"
        if self.unavailable:
            return "unavailable"
        return "not_configured" if all(isinstance(side, Unconfigured) for side in sides) else "missing"

    @property
    def unavailable(self) -> tuple[Source, ...]:
        """The stores that were to be read and did not answer."""
        return tuple(source for source in self.choice.sources if isinstance(self.copies.side(source), Unavailable))

    @property
    def problem(self) -> str:
        """A sentence that says which session can't be compared, and why; empty if it can."""
        match self.state:
            case "read":
                return ""
            case "missing":
                stores = " or ".join(f"the {source}" for source in self.choice.sources)
                return f"Session {self.letter} was not found in {stores}: {self.session_id}"
            case "unreadable":
                cached = self.copies.cached
                reason = cached.reason if isinstance(cached, CorruptDocument) else ""
                return f"The cached copy of session {self.letter} can't be read ({reason}): {self.session_id}"
            case _:
                return f"Session {self.letter} can't be read: {' '.join(self._reasons())}"

    @property
    def remark(self) -> str:
        """A sentence that says why the cached copy is compared although none was chosen; empty otherwise."""
        if self.choice.source is not None or self.source != "cache":
            return ""
        why = "The database is unavailable" if self.unavailable else "It is not in the database"
        return f"Session {self.letter} is compared from the cache. {why}."

    def _reasons(self) -> list[str]:
        sides = (self.copies.side(source) for source in self.choice.sources)
        return [
            side.reason if isinstance(side, Unavailable) else side.hint
            for side in sides
            if isinstance(side, Unavailable | Unconfigured)
        ]


@dataclass(frozen=True)
class TwoSessions:
    """Two sessions, and what differs between them."""

    a: ComparedSession
    b: ComparedSession
    read_at: datetime
    """The time (UTC) at which the first of them was read."""
    diff: SessionDiff | None
    """The comparison of the full copies; None if one of them can't be read."""

    @property
    def sessions(self) -> tuple[ComparedSession, ComparedSession]:
        """Both sessions."""
        return self.a, self.b

    @property
    def problem(self) -> str:
        """The sentences about the sessions that can't be compared; empty if both can."""
        return " ".join(side.problem for side in self.sessions if side.problem)

    @cached_property
    def rows(self) -> SessionRows:
        """The messages in rows. Raises LookupError, with a sentence, if one of the sessions can't be read."""
        a, b = self.a.copy, self.b.copy
        if self.diff is None or a is None or b is None:
            raise LookupError(self.problem)
        return self.diff.rows(a, b)


def read_two_sessions(
    stores: SessionStores, a: SessionChoice, b: SessionChoice, view: PrivacyLevel = "full", key: RedactionKey = no_key
) -> TwoSessions:
    """Reads and compares two sessions; a store that fails is a value, and never hides the other session."""
    one = stores.read_copies(a.session_id)
    other = one if a.session_id == b.session_id else stores.read_copies(b.session_id)
    sources = _chosen(one, a), _chosen(other, b)
    unknown = _unknown(stores, a.session_id), _unknown(stores, b.session_id)
    diff = None
    if sources[0] is not None and sources[1] is not None:
        diff = compare_sessions(one.readable_from(sources[0]), other.readable_from(sources[1]), unknown)
    shown, beside = _redacted(one, other, view, key)
    read_at = min(one.read_at, other.read_at)
    return TwoSessions(
        ComparedSession("A", a, shown, sources[0], unknown[0]),
        ComparedSession("B", b, beside, sources[1], unknown[1]),
        read_at,
        diff,
    )


def _unknown(stores: SessionStores, session_id: str) -> tuple[TokenCount, ...]:
    try:
        return stores.unknown_counts().of(session_id)
    except AppDatabaseError:
        return ()


def _chosen(copies: Copies, choice: SessionChoice) -> Source | None:
    return next((source for source in choice.sources if source in copies.readable), None)


def _redacted(one: Copies, other: Copies, view: PrivacyLevel, key: RedactionKey) -> tuple[Copies, Copies]:
    """Masks in both sessions whom only one of them names: equal messages would tell who a placeholder stands for."""
    if view == "full":
        return one, other
    people = people_of(one) | people_of(other)
    return redact(one, view, key(), people).copies, redact(other, view, key(), people).copies
