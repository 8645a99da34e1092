"""Runs one provider check of all sessions at a time in this server."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from chatdata import Connected
from chatdata.domain.lint import Provider
from chatdata.domain.tokens import model_facts
from chatdata.services.lint_all import Linted, LintRun, how_many, lint_and_keep
from pages.ui.server.background_job import BackgroundJob, IsCancelled, JobCancelled, JobSlot, Tell


@dataclass(frozen=True, slots=True)
class LintProgress:
    """How far a check is."""

    sessions: int
    total: int | None
    """The number of sessions in the store; None if it is unknown."""


@dataclass(frozen=True, slots=True)
class FleetLint:
    """The result of a check of all sessions in the database."""

    run: LintRun
    last: int | None
    """How many of the last messages of each session were checked; None for all."""
    by_provider: Mapping[Provider, int]
    """The number of sessions that each provider would reject."""
    codes: Mapping[str, tuple[str, ...]]
    """ID of a rejected session → the codes of its errors, each once."""

    @property
    def finished_at(self) -> datetime:
        """When the check ended (UTC)."""
        return self.run.finished_at


@dataclass
class _Tally:
    tell: Tell[LintProgress]
    cancelled: IsCancelled
    total: int | None
    sessions: int = 0
    by_provider: Counter[Provider] = field(default_factory=Counter)
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, linted: Linted) -> None:
        """Counts a session and tells the progress. Raises JobCancelled when the check was cancelled."""
        if self.cancelled():
            raise JobCancelled
        self.sessions += 1
        self.tell(LintProgress(self.sessions, self.total))
        judged = linted.judged
        if judged is not None and judged.rejected_by:
            self.by_provider.update(judged.rejected_by)
            errors = (finding.code for finding in judged.report.findings if finding.severity == "error")
            self.codes[linted.session_id] = tuple(dict.fromkeys(errors))


class LintJob(JobSlot[LintProgress, FleetLint]):
    """The running check and the last one that ended.

    A cancelled one has no result: a part of the sessions says nothing of the others.
    """

    def start(self, connected: Connected, last: int | None) -> None:
        """Starts a check unless one is running."""
        with self._lock:
            if not self.running:
                self._job = BackgroundJob("provider check", partial(_lint, connected, last))


def _lint(connected: Connected, last: int | None, tell: Tell[LintProgress], cancelled: IsCancelled) -> FleetLint:
    stores = connected.stores
    tally = _Tally(tell, cancelled, how_many(stores, "database"))
    facts = model_facts(connected.settings.model)
    run = lint_and_keep(stores, connected.app_db, "database", facts, last=last, each=tally.add)
    return FleetLint(run, last, tally.by_provider, tally.codes)
