"""Actions of pages that are recorded in the audit log before they happen."""

from collections.abc import Callable

from chatdata.domain.access import Principal
from pages.ui.auth import current_principal
from pages.ui.server.services import record

Data = bytes | str


def export(data: Data | Callable[[], Data], session_id: str, what: str) -> Callable[[], Data]:
    """Returns what a download button needs: the data, or a function that records the export and then makes the data.

    `session_id` is empty for several sessions; `what` describes the export.
    """
    principal = current_principal.current()

    def taken() -> Data:
        leaving(principal, session_id, what)
        return data() if callable(data) else data

    return taken


def leaving(principal: Principal, session_id: str, what: str) -> None:
    """Records an export before it leaves. Raises NotAllowed if it has to be recorded and can't be."""
    record().record("export", principal, session_id, what)


def sending(session_id: str, where: str) -> None:
    """Records a test request before it is sent. Raises NotAllowed if it is not allowed or can't be recorded."""
    principal = current_principal.current()
    current_principal.demand(principal.may_send, "send conversations to a model")
    record().record("send", principal, session_id, f"to {where}")
