"""Inspects one session for pages, routes, exports and commands: reads, compares, lints and redacts its copies once.

Everything is computed on the full copies; everything returned is redacted to the privacy level.
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
from chatdata.domain.dialects.writers import ApiFormat
from chatdata.domain.digests import digest_of_bytes, digest_of_rows
from chatdata.domain.drift import Comparison, ExpectedRule, Mark, compare, marks
from chatdata.domain.imported import (
    ImportedSource,
    PlacedPart,
    SourceTurn,
    laid_out,
    place_parts,
    place_turns,
    without_names,
)
from chatdata.domain.lint import Report, with_findings
from chatdata.domain.live import turn_state
from chatdata.domain.messages import TokenCount
from chatdata.domain.messages.unknown import TOKEN_COUNTS
from chatdata.domain.payload import Assessment, Preview, assess, assess_cut, preview_of, translated
from chatdata.domain.redaction import Redacted, redact
from chatdata.domain.report.wire import dumped
from chatdata.domain.side_by_side import SideBySide, align
from chatdata.domain.timeline import Timeline, build
from chatdata.domain.tokens import ModelFacts
from chatdata.domain.usage import TurnFigures
from chatdata.errors import AppDatabaseError, DatabaseError, RedisError
from chatdata.services.not_understood import not_understood, positions_in
from chatdata.services.session_stores import Reading, SessionStores
from chatdata.services.usage import ConversationUsage, conversation_usage, figures_by_turn

BOTH: tuple[Source, ...] = ("database", "cache")
_CERTAIN_AT_ONCE = (None, "in_sync", "uncached", "missing")
"""Statuses that one reading after the other establishes as well as a consistent reading."""

RedactionKey = Callable[[], bytes]
"""Returns the key that pseudonyms are derived from; never called for the full level."""


def no_key() -> bytes:
    """The key of a level without pseudonyms. Raises ValueError."""
    raise ValueError("A level with pseudonyms needs a key for them.")


class Inspection:
    """One session as read at about one moment, with everything derived from it computed on first use.

    Each copy is read once, when it is first needed; both are read again if they seem to differ. Not thread-safe.
    """

    def __init__(
        self,
        stores: SessionStores,
        session_id: str,
        view: PrivacyLevel = "full",
        key: RedactionKey = no_key,
        *,
        only: Source | None = None,
    ) -> None:
        """With `only`, the other copy is not read, counts as absent, and nothing can be compared."""
        self.session_id = session_id
        self.view: PrivacyLevel = view
        self._stores = stores
        self._key = key
        self._sources: tuple[Source, ...] = BOTH if only is None else (only,)
        self._read: Mapping[Source, Copies] = {}
        self._token: str | None = None
        self._redacted: Redacted | None = None
        self._found: Comparison | None = None
        self._comparison: Comparison | None = None
        self._side_by_side: SideBySide | None = None
        self._marks: Mapping[Source, Mapping[int, Mark]] | None = None
        self._timelines: dict[Source, Timeline] = {}
        self._assessments: dict[Source, tuple[str, Assessment]] = {}
        self._preview: tuple[Source, str, Preview] | None = None
        self._imported: tuple[ImportedSource | None, str] | None = None
        self._translated: tuple[Preview, ApiFormat, Preview] | None = None

    @classmethod
    def compared(
        cls,
        stores: SessionStores,
        session_id: str,
        view: PrivacyLevel = "full",
        key: RedactionKey = no_key,
        *,
        shown: frozenset[ExpectedRule] = frozenset(),
    ) -> Self:
        """An inspection whose copies are read now and compared; `shown` names expected differences to report too."""
        inspection = cls(stores, session_id, view, key)
        reading, inspection._found = compare_session(stores, session_id, shown=shown)
        inspection._read = dict.fromkeys(BOTH, reading.copies)
        return inspection

    @classmethod
    def of_copies(
        cls, stores: SessionStores, copies: Copies, view: PrivacyLevel = "full", key: RedactionKey = no_key
    ) -> Self:
        """An inspection of copies that were read already."""
        inspection = cls(stores, copies.session_id, view, key)
        inspection._read = dict.fromkeys(BOTH, copies)
        return inspection

    def is_of(self, copies: Copies) -> bool:
        """Whether these copies and their turn are, apart from expiries and streamed words, what was read here."""
        if len(self._read) < len(BOTH) or not same(self._full, copies):
            return False
        return turn_state(self._full) == turn_state(copies)

    # The copies

    def read(self, *sources: Source) -> Self:
        """Reads these copies, or both, unless they have been read, and returns the inspection.

        Levels other than full always read both, because a name that only one copy reveals is masked in both.
        """
        wanted = sources if sources and self.view == "full" else self._sources
        missing = [source for source in dict.fromkeys(wanted) if source not in self._read]
        if missing:
            only = missing[0] if len(missing) == 1 else None
            copies = self._stores.read_copies(self.session_id, only=only)
            self._read = {**self._read, **dict.fromkeys(missing, copies)}
        return self

    @property
    def copies(self) -> Copies:
        """Both copies, redacted to the privacy level."""
        return self._full if self.view == "full" else self.redacted.copies

    @property
    def redacted(self) -> Redacted:
        """The redacted copies, and the means to redact everything else derived from them."""
        if self._redacted is None:
            self._redacted = redact(self._full, self.view, b"" if self.view == "full" else self._key())
        return self._redacted

    def readable(self, source: Source) -> StoredCopy | CachedCopy | None:
        """The copy of this source, redacted to the privacy level; None if it is missing or can't be read."""
        if self.view != "full":
            return self.copies.readable.get(source)
        return self.read(source)._read[source].readable.get(source)

    @property
    def read_at(self) -> datetime:
        """The time (UTC) at which the first copy was read."""
        return min(copies.read_at for copies in self.read_so_far())

    @property
    def token(self) -> str:
        """A token that differs for each reading of the session, unless a second reading found nothing changed."""
        return self._token or self.read_at.isoformat()

    @property
    def answered(self) -> bool:
        """Whether no store failed and at least one has the session, among the copies read so far."""
        sides = [copies.side(source) for source, copies in self._read.items()]
        return not any(isinstance(side, Unavailable) for side in sides) and any(
            not isinstance(side, Absent | Unconfigured) for side in sides
        )

    @property
    def characters(self) -> int:
        """The approximate number of characters in the copies read so far."""
        copies = (copies.readable.get(source) for source, copies in self._read.items())
        return sum(len(item.message.content or "") for copy in copies if copy is not None for item in copy.messages)

    def read_so_far(self) -> Iterable[Copies]:
        """The readings made so far, each of one store or both; reads both copies if there are none yet."""
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

    # The comparison of both copies

    @property
    def comparison(self) -> Comparison:
        """The comparison of both copies, redacted to the privacy level.

        Copies that were read one after the other may differ only because a writer came between, so a difference is
        confirmed by reading both again; the copies of that second reading replace the first ones.
        """
        if self._comparison is None:
            found = self._compared_once()
            self._comparison = found if self.view == "full" else self.redacted.comparison(found)
        return self._comparison

    def _compared_once(self) -> Comparison:
        """The comparison of the full copies."""
        assert self._sources == BOTH, "only one copy is inspected"
        if self._found is None:
            self._found = compare(self._full)
            if self._found.status not in _CERTAIN_AT_ONCE:
                reading, self._found = compare_session(self._stores, self.session_id)
                self._replace(reading.copies)
        return self._found

    def _replace(self, copies: Copies) -> None:
        """Takes other copies of the session, and forgets what was derived from different ones."""
        unchanged = same(self._full, copies)
        self._token = self.token if unchanged else None
        self._read = dict.fromkeys(BOTH, copies)
        self._redacted = None
        if not unchanged:
            self._timelines, self._assessments, self._preview, self._translated = {}, {}, None, None

    @property
    def side_by_side(self) -> SideBySide:
        """The messages of both copies aligned in rows."""
        if self._side_by_side is None:
            comparison = self.comparison
            self._side_by_side = align(self.copies, comparison)
        return self._side_by_side

    def marks(self, source: Source) -> Mapping[int, Mark]:
        """Position → mark of those messages in one copy that differ from the other copy."""
        if self._marks is None:
            self._marks = marks(self._compared_once())
        return {position: mark for position, mark in self._marks[source].items() if mark != "both"}

    # Derived from one copy

    def timeline(self, source: Source) -> Timeline:
        """The timeline of one copy. Raises LookupError without a readable copy."""
        if source not in self._timelines:
            shown = self._shown(source)
            self._timelines[source] = build(shown.messages, shown.damaged)
        return self._timelines[source]

    def ready_timeline(self, source: Source) -> Timeline | None:
        """The timeline of one copy if it was built before; other threads may ask for it at any time."""
        return self._timelines.get(source)

    def preview(self, source: Source, model: ModelFacts) -> Preview:
        """One copy's payload, with the token counts and findings of the full copy. Raises LookupError without one."""
        if self._preview is None or self._preview[:2] != (source, model.name):
            made = preview_of(self._shown(source).messages, self.assessment(source, model))
            self._preview = (source, model.name, made)
        return self._preview[2]

    def translated(self, source: Source, model: ModelFacts, form: ApiFormat) -> Preview:
        """One copy's payload as another API gets it; what the privacy level hides was redacted before.

        Raises LookupError without a readable copy.
        """
        payload = self.preview(source, model)
        if form == "openai":
            return payload
        if self._translated is None or self._translated[0] is not payload or self._translated[1] != form:
            self._translated = (payload, form, translated(payload, form))
        return self._translated[2]

    def assessment(self, source: Source, model: ModelFacts) -> Assessment:
        """The tokens and lint of one copy's payload. Raises LookupError without a readable copy."""
        full = self._assessed(source, model)
        if self.view == "full":
            return full
        shown = assess(self._shown(source).messages, model)
        return replace(shown, tokens=full.tokens, report=self.redacted.report(full.report))

    def assessment_of_last(self, source: Source, model: ModelFacts, last: int) -> Assessment:
        """The full copy's assessment if only its last messages are sent. Raises LookupError without a readable copy."""
        copy = self._full_copy(source)
        cut = assess_cut(copy.messages, model, last)
        kept = positions_in(cut.payload)
        away = positions_in(self._assessed(source, model).payload) - kept
        unknown = not_understood(copy, self._imported_source()[0], cut.payload)
        told = (finding for finding in unknown if away.isdisjoint(finding.stored_positions))
        return replace(cut, report=with_findings(cut.report, told))

    def report(self, source: Source, model: ModelFacts) -> Report:
        """Only the lint of one copy's payload. Raises LookupError without a readable copy."""
        report = self._assessed(source, model).report
        return report if self.view == "full" else self.redacted.report(report)

    def usage(self, model: ModelFacts) -> ConversationUsage:
        """The session's recorded and estimated tokens, counted on the full copies."""
        usage = conversation_usage(self._full, model, self.unknown_counts)
        if self.view == "full":
            return usage
        if usage.growth is None:
            return replace(usage, no_growth=self.redacted.sentence(usage.no_growth))
        turns = tuple(
            replace(turn, jump=replace(turn.jump, tool=self.redacted.tool_name(turn.jump.tool))) if turn.jump else turn
            for turn in usage.growth.turns
        )
        return replace(usage, growth=replace(usage.growth, turns=turns))

    def turn_figures(self, source: Source, model: ModelFacts) -> tuple[tuple[TurnFigures, ...], str | None]:
        """What each turn of one copy used, counted on the full copies, and the currency of the costs."""
        return figures_by_turn(self._full, source, model, self.unknown_counts)

    def _shown(self, source: Source) -> StoredCopy | CachedCopy:
        if self.view != "full":
            return self.copies.readable_from(source)
        return self._full_copy(source)

    def _assessed(self, source: Source, model: ModelFacts) -> Assessment:
        held = self._assessments.get(source)
        if held is None or held[0] != model.name:
            copy = self._full_copy(source)
            assessment = assess(copy.messages, model)
            unknown = not_understood(copy, self._imported_source()[0], assessment.payload)
            report = with_findings(assessment.report, unknown)
            held = self._assessments[source] = (model.name, replace(assessment, report=report))
        return held[1]

    def _full_copy(self, source: Source) -> StoredCopy | CachedCopy:
        return self.read(source)._read[source].readable_from(source)

    # What the session's import left beside the stores

    @property
    def imported(self) -> ImportedSource | None:
        """What is kept about the source of an imported session, without the JSON of its parts; None for nothing.

        Below the full level, only kinds, counts and sizes are left of the parts.
        """
        found = self._imported_source()[0]
        return found if found is None or self.view == "full" else without_names(found, models=self.view == "masked")

    @property
    def import_problem(self) -> str:
        """Why it can't be known what is kept about the session's source; empty if it can."""
        return self._imported_source()[1]

    @property
    def unknown_counts(self) -> tuple[TokenCount, ...]:
        """The token totals of the session that are unknown, whatever numbers the stores hold."""
        found = self._imported_source()[0]
        counts = {item.count for item in found.unknown} if found else set()
        stored = next((copies.stored for copies in self._read.values() if isinstance(copies.stored, StoredCopy)), None)
        return tuple(name for name in TOKEN_COUNTS if name in counts or (stored is not None and name in stored.unknown))

    def source_parts(self, source: Source) -> tuple[PlacedPart, ...]:
        """The parts of the session's source that the stores don't hold, placed on the messages of one copy.

        Raises LookupError without a readable copy.
        """
        found = self.imported
        return place_parts(found.parts, self._full_copy(source).messages) if found else ()

    def source_turns(self, source: Source) -> tuple[SourceTurn, ...]:
        """The models and counts that stood with messages in the session's source, placed like `source_parts`."""
        found = self.imported
        return place_turns(found.turns, self._full_copy(source).messages) if found else ()

    def part_jsons(self) -> Mapping[int, str]:
        """The JSON of all parts that is kept, by the part's number, at the full level only."""
        kept = self._stores.app_db
        if self.view != "full" or kept is None or self.imported is None:
            return {}
        found = kept.imported(self.session_id, verbatim=True)
        return {part.number: part.json for part in found.parts if part.json is not None} if found else {}

    def part_json(self, number: int) -> str | None:
        """The JSON of one part as it stood in the source, laid out, at the full level only; None if it is not kept."""
        if self.view != "full" or self._stores.app_db is None:
            return None
        text = self._stores.app_db.imported_json(self.session_id, number)
        return None if text is None else laid_out(text)

    def _imported_source(self) -> tuple[ImportedSource | None, str]:
        if self._imported is None:
            kept = self._stores.app_db
            try:
                self._imported = (None if kept is None else kept.imported(self.session_id), "")
            except AppDatabaseError as error:
                self._imported = (None, str(error))
        return self._imported

    # Notes and digests

    def place_notes(self, notes: Sequence[Annotation], source: Source | None = None) -> tuple[Placed, ...]:
        """Places stored notes on the messages of this source's full copy, or without a source of the exported copy.

        Raises LookupError for a source without a readable copy.
        """
        if source is not None:
            return tuple(place(notes, self._full_copy(source).messages))
        return tuple(place(notes, [item for copy in _exported_copy(self._full) for item in copy.messages]))

    def redact_notes(self, notes: Iterable[Placed]) -> tuple[Placed, ...]:
        """Placed notes redacted to the privacy level, with digests of the redacted messages."""
        shown = {item.position: item.message for copy in _exported_copy(self.copies) for item in copy.messages}
        redacted = []
        for placed in notes:
            message = shown.get(placed.position) if placed.same and placed.position is not None else None
            digest = "" if message is None else message_digest(message)
            redacted.append(replace(placed, note=replace(self.redact_text(placed.note), digest=digest)))
        return tuple(redacted)

    def redact_text(self, note: Annotation) -> Annotation:
        """The note with author and text redacted to the privacy level."""
        return note if self.view == "full" else in_view(note, self.view, self.redacted.mask)

    def message_digest(self, source: Source, position: int) -> str:
        """The digest that ties a note to this message. Raises LookupError without the copy or the message."""
        for item in self._full_copy(source).messages:
            if item.position == position:
                return message_digest(item.message)
        raise LookupError(f"Message {position} is not in this copy.")

    def digests(self) -> Mapping[Source, str]:
        """A digest of each full copy; keyed unless the level is full, because a plain one would confirm guesses."""
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


def _exported_copy(copies: Copies) -> list[StoredCopy | CachedCopy]:
    """The copy that is exported, as a list of at most one: the database's, else the cache's."""
    return list(copies.readable.values())[:1]


def compare_session(
    stores: SessionStores, session_id: str, *, shown: frozenset[ExpectedRule] = frozenset()
) -> tuple[Reading, Comparison]:
    """Both full copies and their comparison.

    A difference is confirmed by a second reading; if a copy changed during or between the readings, it is `moving`.
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
    """The comparisons of a page of cached sessions by id; both stores are queried once, differences once more each.

    Returns an empty dict if a store is unavailable, and omits sessions that are not cached. Raises no store errors.
    """
    if stores.database is None or stores.cache is None:
        return {}
    try:
        documents = stores.cache.read_documents(session_ids)
        rows = stores.database.read_copies(list(documents))
        turns = stores.cache.with_streams(stores.cache.read_turns(list(documents), stores.stuck_after))
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
    """Whether neither copy changed between two readings, apart from the key's time to live."""
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
