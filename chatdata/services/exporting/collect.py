"""One session with all that is known of it, for a file, at a privacy level."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chatdata.domain.copies import Absent, Copies, PrivacyLevel, Source, Unavailable, Unconfigured
from chatdata.domain.report import Evidence
from chatdata.domain.tokens import ModelFacts
from chatdata.services.inspection import Inspection
from chatdata.services.session_stores import SessionStores
from chatdata.stores.app_db import AppDatabase


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What of each session goes into the file."""

    view: PrivacyLevel
    source: Source | Literal["both"]
    model: ModelFacts
    """For whom the lint judges how full the window is."""
    judged: bool = True
    """Whether to compare and lint; a transcript needs neither."""


class EvidenceCollector:
    """Reads sessions for one file; its key makes the pseudonyms of that file."""

    def __init__(
        self, stores: SessionStores, options: ExportOptions, key: bytes, notes: AppDatabase | None = None
    ) -> None:
        """`notes`: where notes are looked up; without it there are none."""
        self._stores = stores
        self._notes = notes
        self._options = options
        self._key = key

    def evidence(self, session_id: str) -> Evidence:
        """All that is known of one session; a store that fails is a value in it."""
        options, inspection = self._options, self._inspect(session_id)
        notes = () if self._notes is None else self._notes.notes(session_id)
        return Evidence(
            copies=inspection.copies,
            comparison=inspection.comparison if inspection.is_compared and options.judged else None,
            reports={
                source: inspection.report(source, options.model)
                for source in (inspection.copies.readable if options.judged else ())
            },
            digests=inspection.digests(),
            replaced=inspection.redacted.replaced,
            notes=inspection.redact_notes(inspection.place_notes(notes)),
        )

    def _inspect(self, session_id: str) -> Inspection:
        options = self._options
        if options.source == "both":
            return Inspection.compared(self._stores, session_id, options.view, lambda: self._key)
        return Inspection(self._stores, session_id, options.view, lambda: self._key, only=options.source)


def is_missing(copies: Copies) -> bool:
    """True where no store has the session."""
    return all(isinstance(side, Absent | Unconfigured) for side in (copies.stored, copies.cached))


def unanswered(copies: Copies) -> Mapping[Source, str]:
    """Why nothing is known of the session, by store; empty where something is, or where no store has it."""
    sides: dict[Source, object] = {"database": copies.stored, "cache": copies.cached}
    silent = {name: side.reason for name, side in sides.items() if isinstance(side, Unavailable)}
    others = [side for name, side in sides.items() if name not in silent]
    return silent if all(isinstance(side, Absent | Unconfigured) for side in others) else {}
