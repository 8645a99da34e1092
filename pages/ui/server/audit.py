"""Records in the audit log what users do with conversations.

With sign-in, an action that can't be recorded is refused; without it, only a warning is shown.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from chatdata import AppDatabaseError, Connected, NotAllowed
from chatdata.domain.access import Principal
from chatdata.services.audit import AuditEvent, EventKind

log = logging.getLogger(__name__)
_ONE_LOOK = timedelta(minutes=5)
_MOST_REMEMBERED = 10_000


class AuditRecord:
    """Writes the audit events of this server. Thread-safe."""

    def __init__(self, connected: Connected, now: Callable[[], datetime]) -> None:
        self._kept = connected.app_db
        self._deployment = connected.stores.deployment
        self._now = now
        self._looks: dict[tuple[str, str, str], datetime] = {}
        self._lock = threading.Lock()
        self.problem: str | None = None
        """Why the last event is missing from the log, where it is."""

    def viewed(self, principal: Principal, session_id: str) -> None:
        """Records that a user viewed a conversation in full, once per five minutes."""
        if principal.view == "full" and not self._looked_lately(principal, session_id):
            self.record("view", principal, session_id)
            self._remember(principal, session_id)

    def record(self, kind: EventKind, principal: Principal, session_id: str, what: str = "") -> None:
        """Adds an event. Raises NotAllowed if it can't be written and users sign in."""
        event = AuditEvent(
            self._now(),
            self._deployment,
            kind,
            principal.name,
            session_id,
            principal.view,
            principal.address,
            what,
            principal.subject,
        )
        try:
            self._kept.keep_event(event)
            self.problem = None
        except AppDatabaseError as error:
            self._missing(error, principal)

    def _missing(self, error: AppDatabaseError, principal: Principal) -> None:
        log.warning("an event is missing from the audit log: %s", error)
        self.problem = str(error)
        if principal.signed_in:
            raise NotAllowed(
                "This has to be recorded in the audit log, which can't be written, so it was not done. "
                "The server's log says why."
            ) from error

    def _looked_lately(self, principal: Principal, session_id: str) -> bool:
        with self._lock:
            last = self._looks.get((principal.subject, session_id, principal.view))
        return last is not None and self._now() - last < _ONE_LOOK

    def _remember(self, principal: Principal, session_id: str) -> None:
        with self._lock:
            if len(self._looks) >= _MOST_REMEMBERED:
                self._looks.clear()
            self._looks[principal.subject, session_id, principal.view] = self._now()
