"""Imports evidence bundles: restores both copies of each session exactly as exported. Only `BundleWriter` does I/O.

The restored copies include drift and damage, which is why bundles go into the embedded stores only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from chatdata.domain.annotations import Annotation
from chatdata.domain.copies import CachedCopy, Copies, CorruptDocument, StoredCopy
from chatdata.domain.dialects import InvalidConversation
from chatdata.domain.imported import ImportedSource
from chatdata.domain.messages import ChatSessionInfo
from chatdata.domain.report import FORMAT, VERSION, copies_from_json, notes_from_json, source_from_json
from chatdata.domain.text import is_queryable
from chatdata.services.session_stores import SessionStores
from chatdata.services.sessions.bulk_write import WriteOutcome, writable_database
from chatdata.stores.app_db import AppDatabase
from chatdata.stores.database import Database, rows

ELSEWHERE = (
    "this is an evidence bundle with exact copies of both stores: it can be imported into the embedded stores only, "
    "so unset DATABASE_URL and REDIS_URL"
)


@dataclass(frozen=True, slots=True)
class ImportedEvidence:
    """One session of an evidence bundle: both copies, the view they were exported in, and the notes."""

    copies: Copies
    view: str
    columns: bool
    """Whether the rows have columns that the embedded tables do not have."""
    notes: tuple[Annotation, ...] = ()
    source: ImportedSource | None = None
    """What the session's own source held beyond the stores."""


def is_bundle(value: object) -> bool:
    """Whether a parsed JSON value is an evidence bundle, judging by its "format"."""
    return isinstance(value, Mapping) and value.get("format") == FORMAT


def sessions_of(value: Mapping[str, Any]) -> list[ImportedEvidence | InvalidConversation]:
    """The sessions of a bundle; the item for an unreadable session is an InvalidConversation that says why.

    Raises InvalidConversation when the bundle as a whole can't be read.
    """
    if value.get("version") != VERSION:
        raise InvalidConversation(
            f"the evidence has version {value.get('version')!a}, and this inspector reads version {VERSION} only"
        )
    items = value.get("sessions")
    if not isinstance(items, list):
        raise InvalidConversation("the evidence has no list of sessions")
    view = str(value.get("view", "full"))
    return [_parse_session(item, view) for item in items]


def _parse_session(item: Any, view: str) -> ImportedEvidence | InvalidConversation:
    try:
        copies, notes, source = copies_from_json(item), notes_from_json(item), source_from_json(item)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError):
        return InvalidConversation("a session of the evidence is damaged: it does not have the exported format")
    if not is_queryable(copies.session_id):
        return InvalidConversation("a session of the evidence has an id that no store accepts")
    stored = copies.stored
    columns = isinstance(stored, StoredCopy) and bool(stored.extras or any(row.extras for row in stored.messages))
    return ImportedEvidence(copies, view, columns, notes, source)


class BundleWriter:
    """Writes the sessions of evidence bundles into both stores.

    Raises NotConfigured without a database and ReadOnlyError where writing is not allowed.
    """

    def __init__(self, stores: SessionStores, kept: AppDatabase | None = None) -> None:
        """`kept` receives the notes with their authors and times, and what the stores can't hold; without it, neither
        is imported."""
        self._stores = stores
        self._kept = kept
        self._database = writable_database(stores)

    def write(self, evidence: ImportedEvidence) -> WriteOutcome:
        """Writes both copies, the notes and what the stores can't hold if neither store has the session; refuses it if
        one has another version.

        Raises DatabaseError, RedisError and AppDatabaseError.
        """
        result = self._write_copies(evidence)
        if result.outcome == "refused" or self._kept is None:
            return result
        if evidence.source is not None and self._kept.imported(evidence.copies.session_id) is None:
            self._kept.keep_imported([evidence.source])
        try:
            self._kept.keep_notes(evidence.notes)
        except ValueError as error:
            return replace(result, notes=(*result.notes, f"its notes were not imported: {error}"))
        return result

    def _write_copies(self, evidence: ImportedEvidence) -> WriteOutcome:
        copies, session_id = evidence.copies, evidence.copies.session_id
        if not isinstance(copies.stored, StoredCopy) and not isinstance(copies.cached, CachedCopy | CorruptDocument):
            return WriteOutcome("refused", reason="the evidence contains neither copy of this session")
        with self._database.session_lock(session_id):
            existing = self._stores.read_copies(session_id)
            if _same(existing, copies, evidence.view):
                return WriteOutcome("unchanged")
            if isinstance(existing.stored, StoredCopy) or isinstance(existing.cached, CachedCopy | CorruptDocument):
                return WriteOutcome("refused", reason="a session with this id already exists")
            count = self._insert_rows(self._database, evidence)
            self._write_document(evidence)
        return WriteOutcome("created", count, notes=tuple(_notes(evidence)))

    def _insert_rows(self, database: Database, evidence: ImportedEvidence) -> int:
        stored = evidence.copies.stored
        if not isinstance(stored, StoredCopy):
            return 0
        info = stored.info
        with database.writing() as connection:
            rows.insert_rows(connection, [_session_row(info, evidence)], _message_rows(stored, evidence))
        return len(stored.messages)

    def _write_document(self, evidence: ImportedEvidence) -> None:
        cached, cache = evidence.copies.cached, self._stores.cache
        if cache is None or not isinstance(cached, CachedCopy | CorruptDocument):
            return
        raw = cached.raw if isinstance(cached, CorruptDocument) else _document(cached, evidence.view)
        ttl: Literal["full"] | None = None if cached.expiry.ttl_seconds is None else "full"
        cache.put_raw(evidence.copies.session_id, raw, ttl_seconds=ttl)


def _session_row(info: ChatSessionInfo, evidence: ImportedEvidence) -> rows.Row:
    return {
        "id": evidence.copies.session_id,
        "createdAt": info.started_at,
        "updatedAt": info.updated_at,
        "userId": info.user_id,
        "title": marked(info.title, evidence.view),
        "credentials": info.credentials,
        "successfulAgentRuns": info.successful_agent_runs,
        "successfulAgentSchedules": info.successful_agent_schedules,
        "totalPromptTokens": info.prompt_tokens,
        "totalCompletionTokens": info.completion_tokens,
    }


def _message_rows(stored: StoredCopy, evidence: ImportedEvidence) -> list[rows.Row]:
    session_id, default_time = evidence.copies.session_id, stored.info.updated_at
    message_rows: list[rows.Row] = []
    for item in stored.messages:
        row = rows.message_row(session_id, item.position, item.message, item.created_at or default_time)
        message_rows.append({**row, "id": item.id or row["id"]})
    return message_rows


def _document(cached: CachedCopy, view: str) -> bytes:
    document = dict(cached.document)
    if isinstance(document.get("title"), str):
        document["title"] = marked(document["title"], view)
    return json.dumps(document, separators=(",", ":")).encode()


def marked(title: str | None, view: str) -> str | None:
    """The title with the data visibility before it, so that nobody takes placeholders for the original text."""
    return title if view == "full" or title is None else f"({view}) {title}"


def _same(existing: Copies, imported: Copies, view: str) -> bool:
    """Whether both stores already hold the imported copies."""
    one, other = existing.stored, imported.stored
    if isinstance(one, StoredCopy) != isinstance(other, StoredCopy):
        return False
    if isinstance(one, StoredCopy) and isinstance(other, StoredCopy):
        pairs = ([(item.position, item.message) for item in side.messages] for side in (one, other))
        if one.info.title != marked(other.info.title, view) or next(pairs) != next(pairs):
            return False
    match existing.cached, imported.cached:
        case CachedCopy(document=document), CachedCopy() as copy:
            return bool(document == json.loads(_document(copy, view)))
        case CorruptDocument(raw=raw), CorruptDocument(raw=theirs):
            return raw == theirs
        case found, wanted:
            return not isinstance(found, CachedCopy | CorruptDocument) and not isinstance(
                wanted, CachedCopy | CorruptDocument
            )


def _notes(evidence: ImportedEvidence) -> list[str]:
    notes = []
    if evidence.view != "full":
        notes.append(f"its data visibility is {evidence.view}: placeholders are stored for the text, as the title says")
    if evidence.columns:
        notes.append("columns of later versions are not stored: the embedded tables don't have them")
    return notes
