"""Lints every session of one store, keeping one conversation and the ids of rejected sessions in memory."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chatdata.domain.copies import Source, Unavailable
from chatdata.domain.lint import Provider
from chatdata.domain.payload import Assessment
from chatdata.domain.tokens import ModelFacts
from chatdata.errors import ChatDataError, DatabaseUnavailable, RedisUnavailable
from chatdata.services.inspection import Inspection
from chatdata.services.session_stores import SessionStores
from chatdata.stores.app_db import AppDatabase, LintRun

__all__ = ["LintRun", "Linted", "how_many", "lint_again", "lint_all", "lint_and_keep"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Linted:
    """The result of linting one session."""

    session_id: str
    judged: Assessment | None
    """The assessment; None for a session that can't be read (a corrupt document) or was deleted meanwhile."""
    whole: Assessment | None = None
    """The assessment of all messages, where only the last ones were judged."""

    @property
    def broken_for(self) -> tuple[Provider, ...]:
        """The providers that would accept the session whole, and reject what is left of it."""
        if self.judged is None or self.whole is None:
            return ()
        return tuple(name for name in self.judged.rejected_by if name not in self.whole.rejected_by)


def lint_all(stores: SessionStores, source: Source, model: ModelFacts, *, last: int | None = None) -> Iterator[Linted]:
    """Yields the result of every session in a store, or of what is left of each when only its last messages are sent.

    Raises DatabaseUnavailable or RedisUnavailable if the store fails.
    """
    for session_id in _ids(stores, source):
        inspection = Inspection(stores, session_id, only=source)
        side = inspection.copies.side(source)
        if isinstance(side, Unavailable):
            raise DatabaseUnavailable(side.reason) if source == "database" else RedisUnavailable(side.reason)
        copy = inspection.readable(source)
        if copy is None:
            yield Linted(session_id, None)
        elif last is None:
            yield Linted(session_id, inspection.assessment(source, model))
        else:
            whole = inspection.assessment(source, model)
            yield Linted(session_id, inspection.assessment_of_last(source, model, last), whole)


def lint_again(stores: SessionStores, app_db: AppDatabase, session_id: str, model: ModelFacts, at: datetime) -> None:
    """Lints the rows of one session after a repair and stores the verdict with the last run.

    A failure is only logged, since the repair is done: the session's verdict is unknown until the next run.
    """
    try:
        inspection = Inspection(stores, session_id, only="database")
        if inspection.readable("database") is None:
            return
        providers = inspection.assessment("database", model).rejected_by
        app_db.keep_lint_recheck("database", model.name, session_id, at, providers)
    except ChatDataError as error:
        log.warning("session %s was repaired, but its verdict was not stored: %s", session_id, error)


def how_many(stores: SessionStores, source: Source) -> int | None:
    """The number of sessions in a store; None without the store, or if counting takes too long."""
    if source == "database":
        return stores.database.facts().sessions if stores.database else None
    facts = stores.cache.facts() if stores.cache else None
    return facts.sessions if facts and facts.counted_all else None


@dataclass
class _Summary:
    source: Source
    started_at: datetime
    sessions: int = 0
    rejected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_rule: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, linted: Linted) -> None:
        """Counts a session, unless it could not be linted."""
        if linted.judged is None:
            return
        self.sessions += 1
        if providers := linted.judged.rejected_by:
            self.rejected[linted.session_id] = providers
            self.by_rule.update(_rejections(linted.judged))

    def run(self, finished_at: datetime) -> LintRun:
        """The run to store."""
        return LintRun(self.source, self.started_at, finished_at, self.sessions, self.rejected, dict(self.by_rule))


def lint_and_keep(
    stores: SessionStores,
    app_db: AppDatabase,
    source: Source,
    model: ModelFacts,
    *,
    last: int | None = None,
    each: Callable[[Linted], None] = lambda _linted: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> LintRun:
    """Lints every session and stores the run for the list. Raises what `lint_all` raises, and AppDatabaseError.

    A run over cut sessions is not stored: the list says who rejects the sessions as they are.
    """
    summary = _Summary(source, clock())
    for linted in lint_all(stores, source, model, last=last):
        summary.add(linted)
        each(linted)
    run = summary.run(clock())
    if last is None:
        app_db.keep_lint(model.name, run)
    return run


def _rejections(judged: Assessment) -> set[tuple[str, str]]:
    """The providers that would reject a session, each with every rule that is a reason for it."""
    return {
        (rejection.provider, finding.code)
        for finding in judged.report.findings
        if finding.severity == "error"
        for rejection in finding.rejected_by
    }


def _ids(stores: SessionStores, source: Source) -> Iterator[str]:
    if source == "database":
        return stores.require_database().session_ids()
    return iter(dict.fromkeys(stores.require_cache().session_ids()))
