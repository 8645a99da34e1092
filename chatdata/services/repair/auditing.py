"""Records an attempt to repair a session in the audit log: before anything is written, and when it has ended."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chatdata.errors import AppDatabaseError
from chatdata.services.repair.proposal import Guard, Proposal
from chatdata.stores.app_db import AppDatabase, AuditEntry, AuditResult

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to apply a proposal; `name` is the id that its log entries share."""

    kept: AppDatabase
    deployment: str
    proposal: Proposal
    who: str
    clock: Callable[[], datetime]
    name: str

    def keep(self, result: AuditResult, sentence: str, after: Guard | None = None) -> None:
        """Adds an entry about the attempt to the audit log. Raises AppDatabaseError."""
        before = self.proposal.guard
        entry = AuditEntry(
            attempt=self.name,
            at=self.clock(),
            deployment=self.deployment,
            who=self.who,
            session_id=self.proposal.session_id,
            action=self.proposal.action,
            result=result,
            sentence=sentence,
            cached_before=before.cached,
            stored_before=before.stored,
            cached_after=after.cached if after else None,
            stored_after=after.stored if after else None,
        )
        self.kept.keep_audit(entry)

    def end(self, result: AuditResult, sentence: str, after: Guard | None = None) -> None:
        """Adds the attempt's last entry; a failure is only logged, since the log already has the first entry."""
        try:
            self.keep(result, sentence, after)
        except AppDatabaseError as error:
            log.warning("the end of a repair is missing from the audit log: %s", error)
