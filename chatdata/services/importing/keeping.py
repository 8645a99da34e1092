"""Keeps what the stores can't hold of imported conversations in the inspector's own database."""

from dataclasses import replace

from chatdata.domain.imported import ImportedSource
from chatdata.domain.text import count
from chatdata.errors import AppDatabaseError
from chatdata.services.importing.report import Problem
from chatdata.services.sessions.bulk_write import WriteOutcome
from chatdata.stores.app_db import AppDatabase

_SESSIONS_AT_ONCE = 200
_BYTES_AT_ONCE = 16 * 2**20


class SourceKeeper:
    """Collects the sources of imported sessions and stores many at once; failures become problems of the import."""

    def __init__(self, app_db: AppDatabase | None) -> None:
        """Without a file, nothing is kept."""
        self._app_db = app_db
        self._held: list[tuple[int, ImportedSource]] = []
        self._bytes = 0
        self._known: set[str] | None = None
        self.problems: list[Problem] = []
        self.kept = 0
        """The number of parts that were stored."""

    def add(self, line: int, source: ImportedSource, result: WriteOutcome) -> None:
        """Keeps the source of a session that was written, or one that an interrupted import left out."""
        if self._app_db is None or result.outcome == "refused":
            return
        known = source.session_id in self._kept(line)
        if result.outcome == "unchanged":
            if known:
                return
            source = source if result.counts_agree else replace(source, unknown=())
        if source.empty and not known:
            return
        self._known_ids().add(source.session_id)
        self._held.append((line, source))
        self._bytes += sum(part.size for part in source.parts if part.kept)
        if len(self._held) >= _SESSIONS_AT_ONCE or self._bytes >= _BYTES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Stores what is held."""
        if not self._held or self._app_db is None:
            return
        try:
            self._app_db.keep_imported([source for _, source in self._held])
        except AppDatabaseError as error:
            sessions = count(len(self._held), "session")
            reason = f"what the stores can't hold of {sessions} from here on is not kept: {error}"
            self.problems.append(Problem(self._held[0][0], reason))
        else:
            self.kept += sum(part.kept for _, source in self._held for part in source.parts)
        self._held = []
        self._bytes = 0

    def _kept(self, line: int) -> set[str]:
        """The ids of sessions about whose sources something is kept; none, with a problem, if that can't be read."""
        if self._known is None and self._app_db is not None:
            try:
                self._known = set(self._app_db.imported_ids())
            except AppDatabaseError as error:
                self._known = set()
                self.problems.append(Problem(line, f"what the stores can't hold is not kept: {error}"))
                self._app_db = None
        return self._known_ids()

    def _known_ids(self) -> set[str]:
        self._known = set() if self._known is None else self._known
        return self._known
