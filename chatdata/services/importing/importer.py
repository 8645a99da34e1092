"""The import: each conversation of a file into both stores."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from chatdata.errors import AppDatabaseError, DatabaseError, DatabaseUnavailable, RedisError
from chatdata.services.importing.bundle import ELSEWHERE, BundleWriter, ImportedEvidence, is_bundle, sessions_of
from chatdata.services.importing.conversation import conversation_of
from chatdata.services.importing.reader import ImportItem, read_items
from chatdata.services.importing.report import ImportNote, ImportReport, InvalidConversation, Problem
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions.bulk_write import ImportedSession, Outcome, SessionWriter, WriteOutcome
from chatdata.stores.app_db import AppDatabase


def import_lines(
    stores: SessionStores,
    lines: Iterable[bytes],
    now: datetime,
    on_progress: Callable[[int], None] = lambda _read: None,
    *,
    embedded: bool = False,
    kept: AppDatabase | None = None,
) -> ImportReport:
    """Writes the conversations of a file, rows and cached copies; what can't be taken is reported, the rest goes on.

    `lines` are the file's, as an open binary file gives them (conversation.py and reader.py say what may be in
    them). `now` is the time of conversations that say none. `on_progress` gets the bytes read so far.
    `embedded`: whether the stores are the embedded ones, the only ones that evidence goes into; `kept`: where the notes
    in it go. NotConfigured without a database, ReadOnlyError where writing is not allowed. Importing twice changes
    nothing.
    """
    run = _Run(SessionWriter(stores), now, BundleWriter(stores, kept) if embedded else None)
    for item in read_items(_counted(lines, on_progress)):
        if isinstance(item, Problem):
            run.problems.append(item)
            continue
        try:
            run.take(item)
        except DatabaseUnavailable as error:
            run.stopped = str(error)
            break
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
    ids: dict[Outcome, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[ImportNote] = field(default_factory=list)
    messages: int = 0
    stopped: str | None = None

    def take(self, item: ImportItem) -> None:
        """Writes one conversation, or those of a bundle, or reports why not. DatabaseUnavailable goes to the caller."""
        if is_bundle(item.value):
            self._take_bundle(item)
            return
        try:
            conversation = conversation_of(item.value, self.now)
            whole = ImportedSession(conversation.session, conversation.times, conversation.names_user)
            written = self.writer.write(whole)
        except InvalidConversation as unfit:
            self.problems.append(Problem(item.line, f"{item.place}{unfit}"))
        except DatabaseUnavailable:
            raise
        except DatabaseError as error:
            self.problems.append(Problem(item.line, f"{item.place}{error}"))
        else:
            self._record(item, whole.session.session_id, written, conversation.notes)

    def _take_bundle(self, item: ImportItem) -> None:
        if self.bundles is None:
            self.problems.append(Problem(item.line, f"{item.place}{ELSEWHERE}"))
            return
        try:
            found = sessions_of(cast("dict[str, Any]", item.value))
        except InvalidConversation as unfit:
            self.problems.append(Problem(item.line, f"{item.place}{unfit}"))
            return
        for number, brought in enumerate(found, 1):
            place = ImportItem(item.line, None, f"{item.place}session {number} of the evidence: ")
            self._take_brought(place, brought, self.bundles)

    def _take_brought(
        self, place: ImportItem, brought: ImportedEvidence | InvalidConversation, writer: BundleWriter
    ) -> None:
        if isinstance(brought, InvalidConversation):
            self.problems.append(Problem(place.line, f"{place.place}{brought}"))
            return
        try:
            written = writer.write(brought)
        except DatabaseUnavailable:
            raise
        except (DatabaseError, RedisError, AppDatabaseError) as error:
            self.problems.append(Problem(place.line, f"{place.place}{error}"))
        else:
            self._record(place, brought.copies.session_id, written, ())

    def _record(self, item: ImportItem, session_id: str, written: WriteOutcome, notes: tuple[str, ...]) -> None:
        if written.outcome == "refused":
            self.problems.append(Problem(item.line, f"{item.place}{written.reason}; it was left as it is"))
            return
        self.ids.setdefault(written.outcome, []).append(session_id)
        self.messages += written.messages
        if written.outcome != "unchanged":
            self.notes += [ImportNote(item.line, f"{item.place}{text}") for text in notes]
        self.notes += [ImportNote(item.line, f"{item.place}{text}") for text in written.notes]

    def report(self) -> ImportReport:
        created, appended, unchanged = (tuple(self.ids.get(key, ())) for key in ("created", "appended", "unchanged"))
        return ImportReport(
            created=created,
            appended=appended,
            unchanged=unchanged,
            messages=self.messages,
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            uncached=self.writer.uncached,
            cache_problem=self.writer.cache_problem if self.writer.uncached else None,
            stopped=self.stopped,
        )
