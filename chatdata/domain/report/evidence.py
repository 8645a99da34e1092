"""What an export holds: values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatdata.domain.annotations import Placed
from chatdata.domain.copies import CachedCopy, Copies, PrivacyLevel, Source, StoredCopy
from chatdata.domain.drift import Comparison
from chatdata.domain.lint import Report
from chatdata.domain.redaction import Kind

Format = Literal["html", "json", "jsonl", "md"]
"""html and json: evidence, both copies with all that is known; jsonl and md: one copy of each session."""
FORMAT = "conversation-inspector-evidence"
"""The first key of a bundle in JSON says it."""
VERSION = 1
TOOL = "Conversation Inspector"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file says of itself."""

    view: PrivacyLevel
    exported_at: datetime
    source: Source | Literal["both"]
    """The copies that were looked at."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One session in a view, with all that is known of it."""

    copies: Copies
    comparison: Comparison | None
    """None where only one of the copies was looked at."""
    reports: Mapping[Source, Report]
    """The lint of each copy that can be read."""
    digests: Mapping[Source, str]
    """Of the full copies: SHA-256 in hex in the view full, keyed by the file's key in others, so that nobody can try
    guesses; a copy that isn't there has none."""
    replaced: Mapping[Kind, int]
    """How many parts of texts were replaced, by kind."""
    notes: tuple[Placed, ...] = ()
    """Bookmarks and notes of people, placed in the copy to read; digests are of the messages as they are here."""

    def readable(self) -> tuple[Source, StoredCopy | CachedCopy] | None:
        """The copy to read: the rows, else the document; None where neither can be."""
        return next(iter(self.copies.readable.items()), None)
