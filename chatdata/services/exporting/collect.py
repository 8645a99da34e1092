"""One session with all that is known of it, in a view: read, compared, linted on the full copies, then projected."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from chatdata.domain.annotations import Placed, in_view, message_digest, place
from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    Copies,
    CopyMessage,
    CorruptDocument,
    Source,
    StoredCopy,
    Unavailable,
    Unconfigured,
    View,
)
from chatdata.domain.digests import digest_of_bytes, digest_of_rows
from chatdata.domain.payload import assess
from chatdata.domain.redaction import Redacted, project
from chatdata.domain.report import Evidence
from chatdata.domain.report.wire import dumped
from chatdata.domain.tokens import ModelFacts
from chatdata.services.comparing import compare_session
from chatdata.services.sessions import ChatSessions
from chatdata.stores.app_db import AppDatabase


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What of each session goes into the file."""

    view: View
    source: Source | Literal["both"]
    model: ModelFacts
    """For whom the lint judges how full the window is."""
    judged: bool = True
    """Whether to compare and lint; a transcript needs neither."""


class EvidenceCollector:
    """Reads sessions for one file; its key makes the stand-ins of that file."""

    def __init__(
        self, sessions: ChatSessions, wanted: ExportOptions, key: bytes, kept: AppDatabase | None = None
    ) -> None:
        """`kept`: where notes are looked up; without it there are none."""
        self._sessions = sessions
        self._kept = kept
        self._wanted = wanted
        self._key = key

    def evidence(self, session_id: str) -> Evidence:
        """All that is known of one session; a store that fails is a value in it."""
        wanted = self._wanted
        if wanted.source == "both":
            copies, comparison = compare_session(self._sessions, session_id)
        else:
            copies, comparison = self._sessions.read_copies(session_id, only=wanted.source), None
        projected = project(copies, wanted.view, self._key)
        return Evidence(
            copies=projected.copies,
            comparison=None if comparison is None or not wanted.judged else projected.comparison(comparison),
            reports={
                source: projected.report(assess(side.messages, wanted.model).report)
                for source, side in (copies.readable.items() if wanted.judged else ())
            },
            digests=dict(self._digests(copies)),
            replaced=projected.replaced,
            notes=tuple(self._notes(copies, projected)),
        )

    def _notes(self, copies: Copies, projected: Redacted) -> Iterator[Placed]:
        """Placed by the full copy to read; the digests then are of the messages that the file has."""
        kept = self._kept
        notes = () if kept is None else kept.notes(self._sessions.deployment, copies.session_id)
        full, seen = _messages_to_read(copies), _messages_to_read(projected.copies)
        shown = {item.position: item.message for item in seen}
        for placed in place(notes, full):
            note = in_view(placed.note, projected.view, projected.mask)
            known = placed.same and placed.position is not None
            digest = message_digest(shown[placed.position]) if known and placed.position in shown else ""
            yield replace(placed, note=replace(note, digest=digest))

    def _digests(self, copies: Copies) -> Iterator[tuple[Source, str]]:
        if isinstance(copies.stored, StoredCopy):
            yield "database", self._digest(digest_of_rows(copies.stored))
        if isinstance(copies.cached, CorruptDocument):
            yield "cache", self._digest(digest_of_bytes(copies.cached.raw))
        if isinstance(copies.cached, CachedCopy):
            yield "cache", self._digest(digest_of_bytes(dumped(copies.cached.document).encode()))

    def _digest(self, plain: str) -> str:
        """Keyed where words are held back: a plain one would let a reader try guesses."""
        return plain if self._wanted.view == "full" else hmac.new(self._key, plain.encode(), sha256).hexdigest()


def is_missing(copies: Copies) -> bool:
    """True where no store has the session."""
    return all(isinstance(side, Absent | Unconfigured) for side in (copies.stored, copies.cached))


def unanswered(copies: Copies) -> Mapping[Source, str]:
    """Why nothing is known of the session, by store; empty where something is, or where no store has it."""
    sides: dict[Source, object] = {"database": copies.stored, "cache": copies.cached}
    silent = {name: side.reason for name, side in sides.items() if isinstance(side, Unavailable)}
    others = [side for name, side in sides.items() if name not in silent]
    return silent if all(isinstance(side, Absent | Unconfigured) for side in others) else {}


def _messages_to_read(copies: Copies) -> tuple[CopyMessage, ...]:
    """Of the copy that the file tells: the rows, else the document."""
    return next((copy.messages for copy in copies.readable.values()), ())
