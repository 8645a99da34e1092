"""Writes each conversation of a file into both stores."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from chatdata.domain.dialects import Dialect, InvalidConversation
from chatdata.errors import AppDatabaseError, DatabaseError, DatabaseUnavailable, RedisError
from chatdata.services.importing.bundle import ELSEWHERE, BundleWriter, ImportedEvidence, is_bundle, sessions_of
from chatdata.services.importing.conversation import ParsedConversation, conversations_of
from chatdata.services.importing.keeping import SourceKeeper
from chatdata.services.importing.reader import ImportItem, pieces_of, read_items
from chatdata.services.importing.report import ImportNote, ImportReport, Problem
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions.bulk_write import ImportedSession, Outcome, SessionWriter, WriteOutcome
from chatdata.stores.app_db import AppDatabase


def can_import(stores: SessionStores) -> bool:
    """Whether there is a database that the settings allow to be written."""
    return stores.database is not None and stores.database.writable


def import_lines(
    stores: SessionStores,
    lines: Iterable[bytes],
    now: datetime,
    on_progress: Callable[[int], None] = lambda _read: None,
    *,
    embedded: bool = False,
    kept: AppDatabase | None = None,
    dialect: Dialect | None = None,
) -> ImportReport:
    """Imports the conversations of a file into both stores and reports those that could not be imported.

    `lines` are those of an open binary file; chatdata.domain.dialects describes the formats, and `dialect` overrides
    the recognised one. `now` is the time of conversations that have none. `on_progress` is called with the number of
    bytes read so far. Evidence bundles are imported only if `embedded` is true. The inspector's own database, `kept` or
    else that of the stores, gets the notes of bundles, and what of the conversations the stores can't hold.
    Importing a file again changes nothing.

    Raises NotConfigured without a database and ReadOnlyError where writing is not allowed.
    """
    kept = kept or stores.app_db
    bundles = BundleWriter(stores, kept) if embedded else None
    run = _Run(SessionWriter(stores), now, bundles, dialect, SourceKeeper(kept))
    try:
        run.import_items(read_items(_counted(pieces_of(lines), on_progress)))
    finally:
        run.sources.flush()
    return run.report()


def _counted(lines: Iterable[bytes], on_progress: Callable[[int], None]) -> Iterator[bytes]:
    read = 0
    for line in lines:
        yield line
        read += len(line)
        on_progress(read)


@dataclass(slots=True)
class _Run:
    writer: SessionWriter
    now: datetime
    bundles: BundleWriter | None
    dialect: Dialect | None
    sources: SourceKeeper
    ids: dict[Outcome, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[ImportNote] = field(default_factory=list)
    messages: int = 0
    left_out: int = 0
    stopped: str | None = None

    def import_items(self, items: Iterable[ImportItem | Problem]) -> None:
        """Imports the items one by one until the database is unavailable."""
        for item in items:
            if isinstance(item, Problem):
                self.problems.append(item)
                continue
            try:
                self.import_item(item)
            except DatabaseUnavailable as error:
                self.stopped = str(error)
                return

    def import_item(self, item: ImportItem) -> None:
        """Imports a conversation or a bundle and records failures. Raises DatabaseUnavailable, which ends the run."""
        if is_bundle(item.value):
            self._import_bundle(item)
            return
        try:
            found = conversations_of(item.value, self.now, self.dialect)
        except InvalidConversation as unfit:
            self.problems.append(Problem(item.line, f"{item.place}{unfit}"))
            return
        for number, conversation in enumerate(found, 1):
            place = f"{item.place}conversation {number} of the file: " if len(found) > 1 else item.place
            self._import_conversation(ImportItem(item.line, None, place), conversation)

    def _import_conversation(self, place: ImportItem, conversation: ParsedConversation | InvalidConversation) -> None:
        if isinstance(conversation, InvalidConversation):
            self.problems.append(Problem(place.line, f"{place.place}{conversation}"))
            return
        whole = ImportedSession(conversation.session, conversation.times, conversation.names_user)
        try:
            result = self.writer.write(whole)
        except DatabaseUnavailable:
            raise
        except DatabaseError as error:
            self.problems.append(Problem(place.line, f"{place.place}{error}"))
        else:
            self._record(place, whole.session.session_id, result, conversation.notes)
            self.sources.add(place.line, conversation.source, result)
            self.left_out += conversation.left_out if result.outcome in ("created", "appended") else 0

    def _import_bundle(self, item: ImportItem) -> None:
        if self.bundles is None:
            self.problems.append(Problem(item.line, f"{item.place}{ELSEWHERE}"))
            return
        try:
            found = sessions_of(cast("dict[str, Any]", item.value))
        except InvalidConversation as unfit:
            self.problems.append(Problem(item.line, f"{item.place}{unfit}"))
            return
        if not found:
            self.problems.append(Problem(item.line, f"{item.place}the evidence has no sessions"))
        for number, evidence in enumerate(found, 1):
            place = ImportItem(item.line, None, f"{item.place}session {number} of the evidence: ")
            self._import_evidence(place, evidence, self.bundles)

    def _import_evidence(
        self, place: ImportItem, evidence: ImportedEvidence | InvalidConversation, writer: BundleWriter
    ) -> None:
        if isinstance(evidence, InvalidConversation):
            self.problems.append(Problem(place.line, f"{place.place}{evidence}"))
            return
        try:
            result = writer.write(evidence)
        except DatabaseUnavailable:
            raise
        except (DatabaseError, RedisError, AppDatabaseError) as error:
            self.problems.append(Problem(place.line, f"{place.place}{error}"))
        else:
            self._record(place, evidence.copies.session_id, result, ())

    def _record(self, item: ImportItem, session_id: str, result: WriteOutcome, notes: tuple[str, ...]) -> None:
        if result.outcome == "refused":
            self.problems.append(Problem(item.line, f"{item.place}{result.reason}; it was left unchanged"))
            return
        self.ids.setdefault(result.outcome, []).append(session_id)
        self.messages += result.messages
        if result.outcome != "unchanged":
            self.notes += [ImportNote(item.line, f"{item.place}{text}") for text in notes]
        self.notes += [ImportNote(item.line, f"{item.place}{text}") for text in result.notes]

    def report(self) -> ImportReport:
        created, appended, unchanged = (tuple(self.ids.get(key, ())) for key in ("created", "appended", "unchanged"))
        return ImportReport(
            created=created,
            appended=appended,
            unchanged=unchanged,
            messages=self.messages,
            problems=(*self.problems, *self.sources.problems),
            notes=tuple(self.notes),
            uncached=self.writer.uncached,
            cache_problem=self.writer.cache_problem if self.writer.uncached else None,
            left_out=self.left_out,
            kept=self.sources.kept,
            stopped=self.stopped,
        )
