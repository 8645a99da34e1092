"""What is recorded before it happens, for the pages that do it."""

from collections.abc import Callable

from chatdata.domain.access import Principal
from pages.ui.auth import current_principal
from pages.ui.server.services import record

Data = bytes | str


def export(data: Data | Callable[[], Data], session_id: str, what: str) -> Callable[[], Data]:
    """What a download button takes: the data, or what makes it, once the export stands in the audit log.

    `session_id` is empty for more than one session; `what` says in our words what is exported.
    """
    principal = current_principal.current()

    def taken() -> Data:
        leaving(principal, session_id, what)
        return data() if callable(data) else data

    return taken


def leaving(principal: Principal, session_id: str, what: str) -> None:
    """An export is about to leave. NotAllowed where this can't be recorded and has to be."""
    record().record("export", principal, session_id, what)


def sending(session_id: str, where: str) -> None:
    """A conversation is about to leave for a model. NotAllowed where this may not be done or can't be recorded."""
    principal = current_principal.current()
    current_principal.demand(principal.may_send, "send conversations to a model")
    record().record("send", principal, session_id, f"to {where}")
