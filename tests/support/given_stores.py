"""Stores that return copies made by a test, for laws over any copies."""

from dataclasses import replace

from chatdata.domain.copies import Absent, Copies, Source
from chatdata.services.session_stores import Reading, SessionStores


class GivenStores(SessionStores):
    """Has one session."""

    def __init__(self, copies: Copies) -> None:
        super().__init__(None, None)
        object.__setattr__(self, "copies", copies)

    def read_copies(self, _session_id: str, *, only: Source | None = None) -> Copies:
        copies: Copies = self.copies  # type: ignore[attr-defined]
        if only is None:
            return copies
        return replace(copies, **{"cached" if only == "database" else "stored": Absent()})

    def read_consistent(self, session_id: str) -> Reading:
        return Reading(self.read_copies(session_id), None, moved=False)
