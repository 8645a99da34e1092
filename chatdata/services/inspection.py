"""One session inspected: read, compared, judged and redacted once, for pages, routes, exports and commands alike.

What is found is found in the full copies, always; what is given out is as the privacy level has it.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Self

from chatdata.domain.annotations import Annotation, Placed, in_view, message_digest, place
from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    Copies,
    CorruptDocument,
    PrivacyLevel,
    Source,
    StoredCopy,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.digests import digest_of_bytes, digest_of_rows
from chatdata.domain.drift import Comparison, ExpectedRule, Mark, compare, marks
from chatdata.domain.lint import Report
from chatdata.domain.payload import Assessment, Preview, assess, preview_of
from chatdata.domain.redaction import Redacted, redact
from chatdata.domain.report.wire import dumped
from chatdata.domain.side_by_side import SideBySide, align
from chatdata.domain.timeline import Timeline, build
from chatdata.domain.tokens import ModelFacts
from chatdata.errors import DatabaseError, RedisError
from chatdata.services.session_stores import Reading, SessionStores
from chatdata.services.usage import ConversationUsage, conversation_usage

BOTH: tuple[Source, ...] = ("database", "cache")

RedactionKey = Callable[[], bytes]
"""Gives the secret behind the pseudonyms of a level; the full one never asks for it."""


def _no_key() -> bytes:
    raise ValueError("A level with pseudonyms needs a key for them.")


class Inspection:
    """A session as it was read at about one moment, and all that follows from it, computed when it is asked for.

    A copy is read once, when something first needs it. Not for several threads at a time.
    """

    def __init__(
        self,
        stores: SessionStores,
        session_id: str,
        view: PrivacyLevel = "full",
        key: RedactionKey = _no_key,
        *,
        only: Source | None = None,
    ) -> None:
        """`only`: the other copy stays unread, and counts as absent."""
        self.session_id = session_id
        self.view: PrivacyLevel = view
        self._stores = stores
        self._key = key
        self._sources: tuple[Source, ...] = BOTH if only is None else (only,)
        self._read: Mapping[Source, Copies] = {}
        self._redacted: Redacted | None = None
        self._found: Comparison | None = None
        self._comparison: Comparison | None = None
        self._side_by_side: SideBySide | None = None
        self._marks: Mapping[Source, Mapping[int, Mark]] | None = None
        self._timelines: dict[Source, Timeline] = {}
        self._assessments: dict[Source, tuple[str, Assessment]] = {}
        self._preview: tuple[Source, str, Preview] | None = None

    @classmethod
    def compared(
        cls,
        stores: SessionStores,
        session_id: str,
        view: PrivacyLevel = "full",
        key: RedactionKey = _no_key,
        *,
        shown: frozenset[ExpectedRule] = frozenset(),
    ) -> Self:
        """Both copies, read now and so that they can be judged; `shown` are expected differences to find too."""
        inspection = cls(stores, session_id, view, key)
        reading, inspection._found = compare_session(stores, session_id, shown=shown)
        inspection._read = dict.fromkeys(BOTH, reading.copies)
        return inspection

    # The copies

    def read(self, *sources: Source) -> Self:
        """Reads these copies, or both, unless they are there; a narrower level needs both: a name that only one copy
        gives away is masked in the other one too."""
        wanted = sources if sources and self.view == "full" else self._sources
        for source in wanted:
            if source not in self._read:
                self._read = {**self._read, source: self._stores.read_copies(self.session_id, only=source)}
        return self

    @property
    def copies(self) -> Copies:
        """Both copies as the level has them."""
        return self._full if self.view == "full" else self.redacted.copies

    @property
    def redacted(self) -> Redacted:
        """The copies, and the means to give out what else is said of them."""
        if self._redacted is None:
            self._redacted = redact(self._full, self.view, b"" if self.view == "full" else self._key())
        return self._redacted

    def readable(self, source: Source) -> StoredCopy | CachedCopy | None:
        """The copy of this source as the level has it; None where it has none that can be read."""
        if self.view != "full":
            return self.copies.readable.get(source)
        return self.read(source)._read[source].readable.get(source)

    @property
    def read_at(self) -> datetime:
        """When the first copy was read (UTC)."""
        return min(copies.read_at for copies in self.read_so_far())

    @property
    def token(self) -> str:
        """Another one after each reading."""
        return self.read_at.isoformat()

    @property
    def answered(self) -> bool:
        """True where, of the copies read so far, no store failed and one has the session."""
        sides = [copies.side(source) for source, copies in self._read.items()]
        return not any(isinstance(side, Unavailable) for side in sides) and any(
            not isinstance(side, Absent | Unconfigured) for side in sides
        )

    @property
    def characters(self) -> int:
        """About how much text the copies read so far hold."""
        copies = (copies.readable.get(source) for source, copies in self._read.items())
        return sum(len(item.message.content or "") for copy in copies if copy is not None for item in copy.messages)

    def read_so_far(self) -> Iterable[Copies]:
        """The readings there are, of which each is about one store or both; reads both where there are none yet."""
        return (self._read or self.read()._read).values()

    @property
    def _full(self) -> Copies:
        self.read()
        if len(self._read) == 1:
            return next(iter(self._read.values()))
        stored, cached = self._read["database"], self._read["cache"]
        if stored is cached:
            return stored
        return Copies(self.session_id, stored.stored, cached.cached, min(stored.read_at, cached.read_at), cached.turn)

    # What both copies say of each other

    @property
    def is_compared(self) -> bool:
        """Whether the copies were read so that they can be judged against each other."""
        return self._found is not None

    @property
    def comparison(self) -> Comparison:
        """What they say of each other. Only of an inspection that is compared."""
        assert self._found is not None, "the copies were read one after the other"
        if self._comparison is None:
            self._comparison = self._found if self.view == "full" else self.redacted.comparison(self._found)
        return self._comparison

    @property
    def side_by_side(self) -> SideBySide:
        """Their messages in rows. Only of an inspection that is compared."""
        if self._side_by_side is None:
            self._side_by_side = align(self.copies, self.comparison)
        return self._side_by_side

    def marks(self, source: Source) -> Mapping[int, Mark]:
        """Position -> mark of the messages of one copy that differ from the other's."""
        if self._marks is None:
            self._marks = self._marked()
        return {position: mark for position, mark in self._marks[source].items() if mark != "both"}

    def _marked(self) -> Mapping[Source, Mapping[int, Mark]]:
        """Copies read one after the other may differ because of that alone: a difference has to be there steadily."""
        found = self._found or compare(self._full)
        doubtful = found.status == "drifted" and not self.is_compared
        if doubtful and compare_session(self._stores, self.session_id)[1].status != "drifted":
            return {source: {} for source in BOTH}
        return marks(found)

    # What is made of one copy

    def timeline(self, source: Source) -> Timeline:
        """The timeline of one copy. LookupError without one."""
        if source not in self._timelines:
            self._timelines[source] = build(self._shown(source).messages)
        return self._timelines[source]

    def preview(self, source: Source, model: ModelFacts) -> Preview:
        """The payload of one copy: weights and findings are those of the full one. LookupError without one."""
        if self._preview is None or self._preview[:2] != (source, model.name):
            made = preview_of(self._shown(source).messages, self.assessment(source, model))
            self._preview = (source, model.name, made)
        return self._preview[2]

    def assessment(self, source: Source, model: ModelFacts) -> Assessment:
        """How that payload is judged. LookupError without a copy."""
        full = self._assessed(source, model)
        if self.view == "full":
            return full
        shown = assess(self._shown(source).messages, model)
        return replace(shown, tokens=full.tokens, report=self.redacted.report(full.report))

    def report(self, source: Source, model: ModelFacts) -> Report:
        """The lint of that payload alone. LookupError without a copy."""
        report = self._assessed(source, model).report
        return report if self.view == "full" else self.redacted.report(report)

    def usage(self, model: ModelFacts) -> ConversationUsage:
        """Tokens by turn, counted on the full copies."""
        usage = conversation_usage(self._full, model)
        if self.view == "full":
            return usage
        if usage.growth is None:
            return replace(usage, no_growth=self.redacted.sentence(usage.no_growth))
        turns = tuple(
            replace(turn, jump=replace(turn.jump, tool=self.redacted.tool_name(turn.jump.tool))) if turn.jump else turn
            for turn in usage.growth.turns
        )
        return replace(usage, growth=replace(usage.growth, turns=turns))

    def _shown(self, source: Source) -> StoredCopy | CachedCopy:
        if self.view != "full":
            return self.copies.readable_from(source)
        return self._full_copy(source)

    def _assessed(self, source: Source, model: ModelFacts) -> Assessment:
        held = self._assessments.get(source)
        if held is None or held[0] != model.name:
            held = self._assessments[source] = (model.name, assess(self._full_copy(source).messages, model))
        return held[1]

    def _full_copy(self, source: Source) -> StoredCopy | CachedCopy:
        return self.read(source)._read[source].readable_from(source)

    # What is kept with a session

    def place_notes(self, notes: Sequence[Annotation], source: Source | None = None) -> tuple[Placed, ...]:
        """Notes, as they are kept, at the full messages of this copy, else of the one that a file tells.

        LookupError for a source without a readable copy.
        """
        if source is not None:
            return tuple(place(notes, self._full_copy(source).messages))
        return tuple(place(notes, [item for copy in _told(self._full) for item in copy.messages]))

    def redact_notes(self, notes: Iterable[Placed]) -> tuple[Placed, ...]:
        """Placed notes as they are given out; their digests then are of the messages that are given out."""
        shown = {item.position: item.message for copy in _told(self.copies) for item in copy.messages}
        redacted = []
        for placed in notes:
            message = shown.get(placed.position) if placed.same and placed.position is not None else None
            digest = "" if message is None else message_digest(message)
            redacted.append(replace(placed, note=replace(self.redact_text(placed.note), digest=digest)))
        return tuple(redacted)

    def redact_text(self, note: Annotation) -> Annotation:
        """The note with author and text as the level has them."""
        return note if self.view == "full" else in_view(note, self.view, self.redacted.mask)

    def message_digest(self, source: Source, position: int) -> str:
        """What a note on this message sticks to. LookupError without the copy or the message."""
        for item in self._full_copy(source).messages:
            if item.position == position:
                return message_digest(item.message)
        raise LookupError(f"Message {position} is not in this copy.")

    def digests(self) -> Mapping[Source, str]:
        """A digest of each full copy; keyed where words are held back, since a plain one would confirm guesses."""
        found: dict[Source, str] = {}
        full = self._full
        if isinstance(full.stored, StoredCopy):
            found["database"] = digest_of_rows(full.stored)
        if isinstance(full.cached, CorruptDocument):
            found["cache"] = digest_of_bytes(full.cached.raw)
        if isinstance(full.cached, CachedCopy):
            found["cache"] = digest_of_bytes(dumped(full.cached.document).encode())
        return found if self.view == "full" else {source: self._keyed(digest) for source, digest in found.items()}

    def _keyed(self, plain: str) -> str:
        return hmac.new(self._key(), plain.encode(), sha256).hexdigest()


def _told(copies: Copies) -> list[StoredCopy | CachedCopy]:
    """The copy that a file tells, or none: the rows, else the document."""
    return list(copies.readable.values())[:1]


def compare_session(
    stores: SessionStores, session_id: str, *, shown: frozenset[ExpectedRule] = frozenset()
) -> tuple[Reading, Comparison]:
    """Both full copies and what they say of each other.

    A difference is looked at twice: a copy that changed in between, or between the two looks, is `moving`.
    """
    reading = stores.read_consistent(session_id)
    comparison = compare(reading.copies, shown=shown, moved=reading.moved)
    if comparison.status != "drifted":
        return reading, comparison
    again = stores.read_consistent(session_id)
    if again.moved or not same(reading.copies, again.copies):
        return again, compare(again.copies, shown=shown, moved=True)
    return reading, comparison


def compare_page(stores: SessionStores, session_ids: Sequence[str]) -> dict[str, Comparison]:
    """A page of a list compared: both stores asked once for all, differences looked at again one by one.

    Empty where a store can't be asked; sessions that neither has are left out. Raises nothing of the stores.
    """
    if stores.database is None or stores.cache is None:
        return {}
    try:
        documents = stores.cache.read_documents(session_ids)
        rows = stores.database.read_copies(list(documents))
        turns = stores.cache.read_turns(list(documents), stores.stuck_after)
    except (DatabaseError, RedisError):
        return {}
    found: dict[str, Comparison] = {}
    for session_id, document in documents.items():
        cached = stores.cache.copy_of(document)
        stored = rows.get(session_id) or Absent()
        comparison = compare(Copies(session_id, stored, cached, document.read_at, turns[session_id]))
        drifted = comparison.status == "drifted"
        found[session_id] = compare_session(stores, session_id)[1] if drifted else comparison
    return found


def same(one: Copies, other: Copies) -> bool:
    """True where neither copy changed between two looks; the time left of the key may have."""
    return _stored(one) == _stored(other) and _cached(one) == _cached(other)


def _stored(copies: Copies) -> object:
    stored = copies.stored
    return (stored.info, stored.messages, stored.extras) if isinstance(stored, StoredCopy) else type(stored)


def _cached(copies: Copies) -> object:
    match copies.cached:
        case CachedCopy(document=document):
            return document
        case CorruptDocument(raw=raw):
            return raw
        case other:
            return type(other)
