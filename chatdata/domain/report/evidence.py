"""The values that an export consists of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatdata.domain.annotations import Placed
from chatdata.domain.copies import CachedCopy, Copies, PrivacyLevel, Source, StoredCopy
from chatdata.domain.drift import Comparison
from chatdata.domain.imported import ImportedSource
from chatdata.domain.lint import Report
from chatdata.domain.redaction import Kind

Format = Literal["html", "json", "jsonl", "md"]
"""html and json: evidence, which is both copies with their comparison and lint; jsonl and md: one copy per session."""
FORMAT = "conversation-inspector-evidence"
"""The value of "format", the first key of a JSON bundle."""
VERSION = 1
TOOL = "Conversation Inspector"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Facts about an exported file as a whole."""

    view: PrivacyLevel
    exported_at: datetime
    source: Source | Literal["both"]
    """The copies that the export read."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One session, redacted for a view, with its comparison, lint and notes."""

    copies: Copies
    comparison: Comparison | None
    """None where only one copy was read."""
    reports: Mapping[Source, Report]
    """The lint report of each readable copy."""
    digests: Mapping[Source, str]
    """Digests of the unredacted copies in hex: SHA-256 in the full view, HMACs with the file's own key in other views,
    so that nobody can test guesses; absent copies have no digest."""
    replaced: Mapping[Kind, int]
    """The number of replaced parts of text by kind."""
    notes: tuple[Placed, ...] = ()
    """Bookmarks and notes placed in the copy of `readable`; their digests are of the redacted messages."""
    imported: ImportedSource | None = None
    """What is kept about the session's source beyond the stores, as far as the view shows it."""

    def readable(self) -> tuple[Source, StoredCopy | CachedCopy] | None:
        """Returns the database copy, or the cached copy if the former is unreadable; None if neither can be read."""
        return next(iter(self.copies.readable.items()), None)
