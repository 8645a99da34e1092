"""The inspector's own database: a SQLite file beside the embedded stores, or PostgreSQL for several machines.

Several processes may use it at once: each result is written in one transaction, and readers see the last one. It holds
ids, counts and findings, never conversation text, except where a person quotes it in a note or a saved view, and what
an import found in its source that the inspected stores can't hold.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from chatdata.domain.access import ApiToken
from chatdata.domain.annotations import Annotation, note_text
from chatdata.domain.copies import Source
from chatdata.domain.imported import ImportedSource
from chatdata.domain.messages import ALL_KNOWN, UnknownCounts
from chatdata.domain.saved_views import SavedView
from chatdata.stores.app_db import annotations as notes
from chatdata.stores.app_db import (
    audit,
    audit_events,
    imported,
    rechecks,
    redaction_keys,
    runs,
    saved_views,
    scan_lock,
    scans,
    tokens,
    webhook_posts,
)
from chatdata.stores.app_db.audit import AuditEntry
from chatdata.stores.app_db.audit_events import AuditEvent, AuditFilter
from chatdata.stores.app_db.connections import Place
from chatdata.stores.app_db.rechecks import KeptRecheck
from chatdata.stores.app_db.runs import LintRun
from chatdata.stores.app_db.scans import KeptScan
from chatdata.stores.app_db.sqlite_file import SqliteFile
from chatdata.stores.app_db.webhook_posts import WaitingPost

_EVERYTHING = AuditFilter()


class AppDatabase:
    """The inspector's data about one deployment. Methods raise AppDatabaseError."""

    def __init__(self, place: Path | Place, deployment: str) -> None:
        """`place` is a database, or the folder of a SQLite file. `deployment` identifies the inspected stores, like
        SessionStores.deployment."""
        self.place = SqliteFile(place) if isinstance(place, Path) else place
        self.deployment = deployment

    def keep_lint(self, model: str, run: LintRun) -> None:
        """Stores a finished run for a model; only the last 20 runs per source and model are kept."""
        with self.place.writing() as connection:
            runs.keep(connection, self._run_key(run.source, model), run)

    def keep_lint_recheck(
        self, source: Source, model: str, session_id: str, at: datetime, providers: Sequence[str]
    ) -> None:
        """Stores who would reject a session that was linted after the last run; nothing before the first run."""
        with self.place.writing() as connection:
            runs.keep_recheck(connection, self._run_key(source, model), session_id, at, providers)

    def last_lint(self, source: Source, model: str) -> LintRun | None:
        """The last lint run for this source and model; None before the first."""
        if not self.place.exists():
            return None
        with self.place.reading() as connection:
            return runs.last(connection, self._run_key(source, model))

    def _run_key(self, source: Source, model: str) -> str:
        """The key that lint runs are stored under, since a verdict applies to one source and one model only."""
        return f"{self.deployment} | {source} | {model}"

    def keep_scan(self, scan: KeptScan) -> None:
        """Stores a scan; the summaries of the last 1,000 scans and the sessions of the last 5 are kept."""
        with self.place.writing() as connection:
            scans.keep(connection, self.deployment, scan)

    def last_scans(self, count: int) -> list[KeptScan]:
        """The last stored scans, newest first."""
        if not self.place.exists():
            return []
        with self.place.reading() as connection:
            return scans.last(connection, self.deployment, count)

    def last_summary(self) -> KeptScan | None:
        """The last stored scan without its sessions, which is quick to read; None before the first."""
        if not self.place.exists():
            return None
        with self.place.reading() as connection:
            summary = scans.latest_summary(connection, self.deployment)
        return None if summary is None else KeptScan(summary, None)

    def keep_recheck(self, recheck: KeptRecheck) -> None:
        """Stores what a session looked like after its last repair; those of the last 5,000 sessions are kept."""
        with self.place.writing() as connection:
            rechecks.keep(connection, self.deployment, recheck)

    def rechecks_since(self, at: float) -> Sequence[KeptRecheck]:
        """The re-checks of repaired sessions since a time in seconds since 1970, the oldest first."""
        if not self.place.exists():
            return []
        with self.place.reading() as connection:
            return rechecks.since(connection, self.deployment, at)

    def lint_rejections(self, source: Source, model: str) -> Mapping[tuple[str, str], int]:
        """Provider and rule → rejected sessions, by the last lint run; empty before the first."""
        if not self.place.exists():
            return {}
        with self.place.reading() as connection:
            return runs.rejections(connection, self._run_key(source, model))

    def take_scan_lock(self, holder: str, *, now: float, lease: float, interval: float) -> float:
        """Takes the lock of scheduled scans if a scan is due; returns the seconds to wait otherwise, 0 if it is taken.

        `now` is in seconds since 1970; the lock ends `lease` seconds later unless it is renewed.
        """
        with self.place.writing() as connection:
            return scan_lock.take(connection, self.deployment, holder, now=now, lease=lease, interval=interval)

    def renew_scan_lock(self, holder: str, *, now: float, lease: float) -> bool:
        """Extends the lock of scheduled scans; False if another process has taken it."""
        with self.place.writing() as connection:
            return scan_lock.renew(connection, self.deployment, holder, now=now, lease=lease)

    def release_scan_lock(self, holder: str, *, ended: bool = True) -> None:
        """Gives the lock of scheduled scans back, if this holder still has it; a scan without an end is due at once."""
        with self.place.writing() as connection:
            scan_lock.release(connection, self.deployment, holder, ended=ended)

    def add_posts(self, posts: Mapping[str, Mapping[str, Any]], existing: Collection[str] | None, now: float) -> int:
        """Adds posts for the webhook by id and returns the number of new ones.

        `existing` are the ids of all findings there are; delivered posts of others are forgotten. None if not known.
        """
        with self.place.writing() as connection:
            if existing is not None:
                webhook_posts.forget(connection, self.deployment, existing)
            return webhook_posts.add(connection, self.deployment, posts, now)

    def claim_post(self, *, now: float, seconds: float) -> WaitingPost | None:
        """Claims a post that is due, for so many seconds; None if none is."""
        with self.place.writing() as connection:
            return webhook_posts.claim(connection, self.deployment, now=now, seconds=seconds)

    def settle_post(self, name: str, next_at: float | None) -> None:
        """Sets when a claimed post is tried again; None for never."""
        with self.place.writing() as connection:
            webhook_posts.settle(connection, self.deployment, name, next_at)

    def next_post_at(self) -> float | None:
        """When the next post is due, in seconds since 1970; None if none waits."""
        if not self.place.exists():
            return None
        with self.place.reading() as connection:
            return webhook_posts.next_due(connection, self.deployment)

    def keep_audit(self, entry: AuditEntry) -> None:
        """Adds an entry to the audit log of repairs; entries are never changed or deleted."""
        with self.place.writing() as connection:
            audit.keep(connection, entry)

    def audit_entries(self, limit: int, session_id: str | None = None) -> tuple[AuditEntry, ...]:
        """The last entry of each attempt to repair, or on one session if given, newest first."""
        if not self.place.exists():
            return ()
        with self.place.reading() as connection:
            return audit.entries(connection, self.deployment, limit, session_id)

    def keep_event(self, event: AuditEvent) -> None:
        """Adds an event to the audit log; events are never changed or deleted."""
        with self.place.writing() as connection:
            audit_events.keep(connection, event)

    def audit_events(self, where: AuditFilter = _EVERYTHING, limit: int | None = None) -> tuple[AuditEvent, ...]:
        """The audit log's matching events, repairs included, newest first; all of them without a limit."""
        if not self.place.exists():
            return ()
        with self.place.reading() as connection:
            return audit_events.events(connection, self.deployment, where, limit)

    def redaction_key(self) -> bytes:
        """The deployment's key for placeholders (chatdata.domain.redaction): 32 bytes, created on first use."""
        with self.place.writing() as connection:
            return redaction_keys.keep(connection, self.deployment, secrets.token_bytes(32))

    def notes(self, session_id: str) -> tuple[Annotation, ...]:
        """The bookmarks and notes on a session's messages in message order, oldest first on one message."""
        if not self.place.exists():
            return ()
        with self.place.reading() as connection:
            return notes.of_session(connection, self.deployment, session_id)

    def note_counts(self, session_ids: Iterable[str]) -> Mapping[str, int]:
        """The number of bookmarks and notes by session id; sessions without any are omitted."""
        if not self.place.exists():
            return {}
        with self.place.reading() as connection:
            return notes.counts(connection, self.deployment, session_ids)

    def noted_sessions(self) -> frozenset[str]:
        """The ids of all sessions with bookmarks or notes."""
        if not self.place.exists():
            return frozenset()
        with self.place.reading() as connection:
            return notes.sessions(connection, self.deployment)

    def keep_notes(self, several: Sequence[Annotation]) -> int:
        """Adds all notes or none and returns the number of new ones. Raises ValueError if a session has too many."""
        with self.place.writing() as connection:
            return notes.keep(connection, self.deployment, several)

    def change_note(
        self, session_id: str, note_id: str, *, may: Callable[[Annotation], bool], text: str, at: datetime
    ) -> None:
        """Changes a note's text if `may` accepts it. Raises LookupError, NotAllowed, ValueError."""
        with self.place.writing() as connection:
            notes.change(connection, self.deployment, session_id, note_id, may, note_text(text), at)

    def delete_note(self, session_id: str, note_id: str, *, may: Callable[[Annotation], bool]) -> None:
        """Deletes a note if `may` accepts it; a missing note is a no-op. Raises NotAllowed."""
        with self.place.writing() as connection:
            notes.delete(connection, self.deployment, session_id, note_id, may)

    def saved_views(self) -> tuple[SavedView, ...]:
        """All saved views of the list of sessions, oldest first."""
        if not self.place.exists():
            return ()
        with self.place.reading() as connection:
            return saved_views.all_views(connection, self.deployment)

    def keep_view(self, view: SavedView) -> None:
        """Adds a saved view. Raises ValueError if there are too many, or if it is too long."""
        with self.place.writing() as connection:
            saved_views.keep(connection, self.deployment, view)

    def delete_view(self, view_id: str, *, may: Callable[[SavedView], bool]) -> None:
        """Deletes a saved view if `may` accepts it; a missing view is a no-op. Raises NotAllowed."""
        with self.place.writing() as connection:
            saved_views.delete(connection, self.deployment, view_id, may)

    def tokens(self) -> tuple[ApiToken, ...]:
        """The tokens of programs, oldest first, expired and revoked ones included."""
        if not self.place.exists():
            return ()
        with self.place.reading() as connection:
            return tokens.all_tokens(connection, self.deployment)

    def keep_token(self, token: ApiToken) -> None:
        """Adds a token. Raises ValueError if there are too many."""
        with self.place.writing() as connection:
            tokens.keep(connection, self.deployment, token)

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        """Revokes a token for good; False if there is none with this ID, or it is revoked already."""
        if not self.place.exists():
            return False
        with self.place.writing() as connection:
            return tokens.revoke(connection, self.deployment, token_id, at)

    def keep_imported(self, sources: Sequence[ImportedSource]) -> None:
        """Stores what is kept about imported sessions, all or none, in place of what earlier imports of them left."""
        with self.place.writing() as connection:
            imported.keep(connection, self.deployment, sources)

    def forget_imported(self, session_id: str) -> None:
        """Deletes everything that is kept about the source of a session."""
        if not self.place.exists():
            return
        with self.place.writing() as connection:
            imported.forget(connection, self.deployment, session_id)

    def imported(self, session_id: str, *, verbatim: bool = False) -> ImportedSource | None:
        """What is kept about the source of a session, with the JSON of its parts if asked for; None for nothing."""
        if not self.place.exists():
            return None
        with self.place.reading() as connection:
            return imported.read(connection, self.deployment, session_id, verbatim=verbatim)

    def imported_json(self, session_id: str, number: int) -> str | None:
        """The JSON of one part of a session's source; None where there is none, or it is not kept."""
        if not self.place.exists():
            return None
        with self.place.reading() as connection:
            return imported.part_json(connection, self.deployment, session_id, number)

    def imported_ids(self) -> frozenset[str]:
        """The sessions about whose sources something is kept."""
        if not self.place.exists():
            return frozenset()
        with self.place.reading() as connection:
            return imported.session_ids(connection, self.deployment)

    def unknown_counts(self) -> UnknownCounts:
        """The sessions whose token totals are unknown although the stores hold numbers."""
        if not self.place.exists():
            return ALL_KNOWN
        with self.place.reading() as connection:
            return imported.unknown_counts(connection, self.deployment)
