"""The sessions that a filter lets through, newest first, a page at a time: memory stays flat."""

from collections.abc import Iterator

from chatdata.browse import list_sessions, sum_sessions
from chatdata.database import SessionFilter
from chatdata.sessions import ChatSessions

_PAGE = 200


def selected_ids(sessions: ChatSessions, wanted: SessionFilter) -> Iterator[str]:
    """Their ids, while it goes on; of the cached sessions where the database can't answer."""
    found = list_sessions(sessions, wanted, limit=_PAGE)
    while True:
        yield from (line.summary.session_id for line in found.lines)
        if not found.has_older or not found.lines:
            return
        found = list_sessions(sessions, wanted, cursor=found.lines[-1].summary.cursor, limit=_PAGE)


def count_selected(sessions: ChatSessions, wanted: SessionFilter) -> int | None:
    """How many there are; None where that can't be told."""
    totals = sum_sessions(sessions, wanted)
    return None if totals is None else totals.sessions
