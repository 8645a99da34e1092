"""The walk over every session of one store. Memory holds one conversation at a time, and ids of those rejected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chatdata.domain.copies import Source, Unavailable
from chatdata.domain.payload import Assessment, assess
from chatdata.domain.tokens import ModelFacts
from chatdata.errors import DatabaseUnavailable, NotConfigured, RedisUnavailable
from chatdata.services.sessions import ChatSessions
from chatdata.services.sessions.reading import DATABASE_HINT
from chatdata.stores.app_db import AppDatabase, LintRun


@dataclass(frozen=True, slots=True)
class Linted:
    """One session of the walk."""

    session_id: str
    judged: Assessment | None
    """None for one that can't be read (a corrupt document), or that was deleted meanwhile."""


def lint_all(sessions: ChatSessions, source: Source, model: ModelFacts) -> Iterator[Linted]:
    """Every session that a store has. DatabaseUnavailable or RedisUnavailable when it stops answering."""
    for session_id in _ids(sessions, source):
        copies = sessions.read_copies(session_id, only=source)
        side, copy = copies.side(source), copies.readable.get(source)
        if isinstance(side, Unavailable):
            raise DatabaseUnavailable(side.reason) if source == "database" else RedisUnavailable(side.reason)
        yield Linted(session_id, None if copy is None else assess(copy.messages, model))


def how_many(sessions: ChatSessions, source: Source) -> int | None:
    """How many sessions the walk will see; None where that can't be told quickly."""
    if source == "database":
        return sessions.database.facts().sessions if sessions.database else None
    facts = sessions.cache.facts() if sessions.cache else None
    return facts.sessions if facts and facts.counted_all else None


@dataclass
class _Summary:
    source: Source
    started_at: datetime
    sessions: int = 0
    rejected: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, linted: Linted) -> None:
        """Counts a session that could be judged."""
        if linted.judged is None:
            return
        self.sessions += 1
        if providers := linted.judged.rejected_by:
            self.rejected[linted.session_id] = providers

    def run(self, finished_at: datetime) -> LintRun:
        """What is kept of it."""
        return LintRun(self.source, self.started_at, finished_at, self.sessions, self.rejected)


def lint_and_keep(
    sessions: ChatSessions,
    kept: AppDatabase,
    source: Source,
    model: ModelFacts,
    *,
    each: Callable[[Linted], None] = lambda _linted: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> LintRun:
    """Walks over every session and keeps what was found for the list of sessions. Raises as `lint_all` does."""
    summary = _Summary(source, clock())
    for linted in lint_all(sessions, source, model):
        summary.add(linted)
        each(linted)
    run = summary.run(clock())
    kept.keep_lint(_kept_under(sessions, source, model.name), run)
    return run


def last_lint(sessions: ChatSessions, kept: AppDatabase, source: Source, model: str) -> LintRun | None:
    """What the last walk over these copies found for this model; None before the first."""
    return kept.last_lint(_kept_under(sessions, source, model))


def _kept_under(sessions: ChatSessions, source: Source, model: str) -> str:
    """A verdict is about one copy and one model: runs of others say nothing about it."""
    return f"{sessions.deployment} | {source} | {model}"


def _ids(sessions: ChatSessions, source: Source) -> Iterator[str]:
    if source == "database":
        if sessions.database is None:
            raise NotConfigured(DATABASE_HINT)
        return sessions.database.session_ids()
    if sessions.cache is None:
        raise NotConfigured(sessions.cache_hint)
    return iter(dict.fromkeys(sessions.cache.session_ids()))
