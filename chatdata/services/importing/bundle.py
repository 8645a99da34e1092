"""Evidence read back: both copies of each session as they were, into stores of one's own. Pure but for `BundleWriter`.

Copies are planted as they were, drift and damage included, which is why this is for the embedded stores only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from chatdata.domain.annotations import Annotation
from chatdata.domain.copies import CachedCopy, Copies, CorruptDocument, StoredCopy
from chatdata.domain.messages import ChatSessionInfo
from chatdata.domain.report import FORMAT, VERSION, copies_from_json, notes_from_json
from chatdata.domain.text import is_queryable
from chatdata.services.importing.report import InvalidConversation
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions.bulk_write import WriteOutcome, writable_database
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.database import Database, rows

ELSEWHERE = (
    "this is evidence, which has both copies as they were: it goes into the embedded stores only, "
    "so run it without DATABASE_URL and REDIS_URL"
)


@dataclass(frozen=True, slots=True)
class ImportedEvidence:
    """One session of a bundle."""

    copies: Copies
    view: str
    columns: bool
    """Whether rows have columns that the embedded tables don't."""
    notes: tuple[Annotation, ...] = ()


def is_bundle(value: object) -> bool:
    """Whether a parsed file is evidence."""
    return isinstance(value, Mapping) and value.get("format") == FORMAT


def sessions_of(value: Mapping[str, Any]) -> list[ImportedEvidence | InvalidConversation]:
    """Its sessions, and what is wrong with those that can't be read. InvalidConversation for a bundle as a whole."""
    if value.get("version") != VERSION:
        raise InvalidConversation(
            f"evidence of version {value.get('version')!a}; this inspector reads version {VERSION}"
        )
    items = value.get("sessions")
    if not isinstance(items, list):
        raise InvalidConversation("evidence without its list of sessions")
    view = str(value.get("view", "full"))
    return [_brought(item, view) for item in items]


def _brought(item: Any, view: str) -> ImportedEvidence | InvalidConversation:
    try:
        copies, notes = copies_from_json(item), notes_from_json(item)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError):
        return InvalidConversation("a session of the evidence is damaged: it is not as it was exported")
    if not is_queryable(copies.session_id):
        return InvalidConversation("a session of the evidence has an id that no store takes")
    stored = copies.stored
    columns = isinstance(stored, StoredCopy) and bool(stored.extras or any(row.extras for row in stored.messages))
    return ImportedEvidence(copies, view, columns, notes)


class BundleWriter:
    """Plants copies. NotConfigured without a database, ReadOnlyError where writing is not allowed."""

    def __init__(self, stores: SessionStores, kept: AppDatabase | None = None) -> None:
        """`kept`: where notes go, with their authors and times; without it they are left out."""
        self._stores = stores
        self._kept = kept
        self._database = writable_database(stores)

    def write(self, brought: ImportedEvidence) -> WriteOutcome:
        """Both copies as they were, if neither store has the session; an equal one is left alone. DatabaseError,
        AppDatabaseError."""
        written = self._write_copies(brought)
        if written.outcome == "refused" or not brought.notes or self._kept is None:
            return written
        try:
            self._kept.keep_notes(brought.notes)
        except ValueError as error:
            return replace(written, notes=(*written.notes, f"its notes are not taken: {error}"))
        return written

    def _write_copies(self, brought: ImportedEvidence) -> WriteOutcome:
        copies, session_id = brought.copies, brought.copies.session_id
        if not isinstance(copies.stored, StoredCopy) and not isinstance(copies.cached, CachedCopy | CorruptDocument):
            return WriteOutcome("refused", reason="the evidence holds neither copy of it")
        with self._database.session_lock(session_id):
            there = self._stores.read_copies(session_id)
            if _same(there, copies, brought.view):
                return WriteOutcome("unchanged")
            if isinstance(there.stored, StoredCopy) or isinstance(there.cached, CachedCopy | CorruptDocument):
                return WriteOutcome("refused", reason="a session of this id is there already")
            count = self._plant_rows(self._database, brought)
            self._plant_document(brought)
        return WriteOutcome("created", count, notes=tuple(_notes(brought)))

    def _plant_rows(self, database: Database, brought: ImportedEvidence) -> int:
        stored = brought.copies.stored
        if not isinstance(stored, StoredCopy):
            return 0
        info = stored.info
        with database.writing() as connection:
            rows.insert_rows(connection, [_row(info, brought)], _message_rows(stored, brought))
        return len(stored.messages)

    def _plant_document(self, brought: ImportedEvidence) -> None:
        cached, cache = brought.copies.cached, self._stores.cache
        if cache is None or not isinstance(cached, CachedCopy | CorruptDocument):
            return
        raw = cached.raw if isinstance(cached, CorruptDocument) else _document(cached, brought.view)
        ttl: Literal["full"] | None = None if cached.expiry.ttl_seconds is None else "full"
        cache.put_raw(brought.copies.session_id, raw, ttl_seconds=ttl)


def _row(info: ChatSessionInfo, brought: ImportedEvidence) -> rows.Row:
    return {
        "id": brought.copies.session_id,
        "createdAt": info.started_at,
        "updatedAt": info.updated_at,
        "userId": info.user_id,
        "title": marked(info.title, brought.view),
        "credentials": info.credentials,
        "successfulAgentRuns": info.successful_agent_runs,
        "successfulAgentSchedules": info.successful_agent_schedules,
        "totalPromptTokens": info.prompt_tokens,
        "totalCompletionTokens": info.completion_tokens,
    }


def _message_rows(stored: StoredCopy, brought: ImportedEvidence) -> list[rows.Row]:
    session_id, otherwise = brought.copies.session_id, stored.info.updated_at
    made: list[rows.Row] = []
    for item in stored.messages:
        row = rows.message_row(session_id, item.position, item.message, item.created_at or otherwise)
        made.append({**row, "id": item.id or row["id"]})
    return made


def _document(cached: CachedCopy, view: str) -> bytes:
    document = dict(cached.document)
    if isinstance(document.get("title"), str):
        document["title"] = marked(document["title"], view)
    return json.dumps(document, separators=(",", ":")).encode()


def marked(title: str | None, view: str) -> str | None:
    """The title with the data visibility before it, so that nobody takes placeholders for the original text."""
    return title if view == "full" or title is None else f"({view}) {title}"


def _same(there: Copies, brought: Copies, view: str) -> bool:
    """Whether both copies are there as they were brought."""
    one, other = there.stored, brought.stored
    if isinstance(one, StoredCopy) != isinstance(other, StoredCopy):
        return False
    if isinstance(one, StoredCopy) and isinstance(other, StoredCopy):
        pairs = ([(item.position, item.message) for item in side.messages] for side in (one, other))
        if one.info.title != marked(other.info.title, view) or next(pairs) != next(pairs):
            return False
    match there.cached, brought.cached:
        case CachedCopy(document=document), CachedCopy() as copy:
            return bool(document == json.loads(_document(copy, view)))
        case CorruptDocument(raw=raw), CorruptDocument(raw=theirs):
            return raw == theirs
        case found, wanted:
            return not isinstance(found, CachedCopy | CorruptDocument) and not isinstance(
                wanted, CachedCopy | CorruptDocument
            )


def _notes(brought: ImportedEvidence) -> list[str]:
    notes = []
    if brought.view != "full":
        notes.append(f"its data visibility is {brought.view}: placeholders are stored for the text, as the title says")
    if brought.columns:
        notes.append("columns of later versions are not stored: the embedded tables don't have them")
    return notes
