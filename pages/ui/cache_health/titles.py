"""The titles of sessions that a scan names by their IDs."""

from collections.abc import Iterable

from chatdata import ChatDataError
from chatdata.services.catalog import SessionFilter
from pages.ui.auth import current_principal
from pages.ui.server.services import search
from pages.ui.widgets.cell import text


def titles(session_ids: Iterable[str]) -> dict[str, str]:
    """ID → title, where there is one; empty for readers of a narrower view, or if the database is unavailable."""
    if not current_principal.current().may_see_people:
        return {}
    where = SessionFilter(only_ids=frozenset(session_ids))
    try:
        listed = search().page(where, cached="any", cursor=None, direction="older")
    except ChatDataError:
        return {}
    found = {line.summary.session_id: text(line.summary.title) for line in listed.lines}
    return {session_id: title for session_id, title in found.items() if title}
