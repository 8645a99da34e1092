"""Collects everything known about one session for an export, at a privacy level."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chatdata.domain.copies import Absent, Copies, PrivacyLevel, Source, Unavailable, Unconfigured
from chatdata.domain.report import Evidence
from chatdata.domain.tokens import ModelFacts
from chatdata.services.exporting.kept import kept_source
from chatdata.services.inspection import Inspection
from chatdata.services.session_stores import SessionStores
from chatdata.stores.app_db import AppDatabase


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What the file contains of each session."""

    view: PrivacyLevel
    source: Source | Literal["both"]
    model: ModelFacts
    """The model whose context window the lint checks against."""
    judged: bool = True
    """Whether to compare the copies and lint them; a transcript needs neither."""


class EvidenceCollector:
    """Reads sessions for one file; pseudonyms in that file are derived from `key`."""

    def __init__(
        self, stores: SessionStores, options: ExportOptions, key: bytes, notes: AppDatabase | None = None
    ) -> None:
        """`notes` is the database to read notes from; without it, the evidence has none."""
        self._stores = stores
        self._notes = notes
        self._options = options
        self._key = key

    def evidence(self, session_id: str) -> Evidence:
        """Everything known about one session; a failing store is a value in the evidence, not an exception."""
        options, inspection = self._options, self._inspect(session_id)
        notes = () if self._notes is None else self._notes.notes(session_id)
        return Evidence(
            copies=inspection.copies,
            comparison=inspection.comparison if options.source == "both" and options.judged else None,
            reports={
                source: inspection.report(source, options.model)
                for source in (inspection.copies.readable if options.judged else ())
            },
            digests=inspection.digests(),
            replaced=inspection.redacted.replaced,
            notes=inspection.redact_notes(inspection.place_notes(notes)),
            imported=kept_source(inspection),
        )

    def _inspect(self, session_id: str) -> Inspection:
        options = self._options
        if options.source == "both":
            return Inspection.compared(self._stores, session_id, options.view, lambda: self._key)
        return Inspection(self._stores, session_id, options.view, lambda: self._key, only=options.source)


def is_missing(copies: Copies) -> bool:
    """Whether no store has the session; an unavailable store may have it."""
    return all(isinstance(side, Absent | Unconfigured) for side in (copies.stored, copies.cached))


def unanswered(copies: Copies) -> Mapping[Source, str]:
    """The reasons of the unavailable stores if no other store has the session either; empty in all other cases."""
    sides: dict[Source, object] = {"database": copies.stored, "cache": copies.cached}
    unavailable = {name: side.reason for name, side in sides.items() if isinstance(side, Unavailable)}
    others = [side for name, side in sides.items() if name not in unavailable]
    return unavailable if all(isinstance(side, Absent | Unconfigured) for side in others) else {}
