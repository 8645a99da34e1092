"""Conversations as they were read lately, so that a rerun or a scroll does not read them again.

A page takes a snapshot and the timeline's routes read from it, however old it is by then: what is on screen stays
on screen until a page reads anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chatdata import Absent, CachedCopy, ChatSessions, Copies, Source, StoredCopy, Unavailable, Unconfigured, View
from chatdata.domain.drift import Comparison, Mark, compare, marks
from chatdata.domain.payload import Preview, preview
from chatdata.domain.side_by_side import SideBySide, align
from chatdata.domain.timeline import Timeline, build
from chatdata.domain.tokens import model_facts
from chatdata.services.comparing import compare_session
from chatdata.services.usage import ConversationUsage, conversation_usage
from chatdata.services.viewing import Inspection, RedactionKey, see, see_compared

_KEPT = 12
_MOST_CHARACTERS = 100_000_000
_TURNS = 32
_READERS = 4
_LARGE = 1_000_000
"""Characters; less is read before anybody notices."""
_PATIENCE = 1.0
"""Seconds."""
_FRESH_FOR = timedelta(minutes=2)


BOTH: tuple[Source, ...] = ("database", "cache")


def source_named(name: str | None) -> Source:
    """The source that a URL names. LookupError, its text a sentence, for anything else."""
    for source in BOTH:
        if source == name:
            return source
    raise LookupError("The source is either database or cache.")


@dataclass(frozen=True)
class Compared:
    """What both copies say of each other, and their messages side by side."""

    comparison: Comparison
    aligned: SideBySide


@dataclass
class Snapshot:
    """The copies of a session at about one moment, as far as they were read, with the timelines asked for."""

    read: Mapping[Source, Copies] = field(default_factory=dict)
    """Each copy alone, as the view has it. Never changed, only replaced: others look at it meanwhile."""
    seen: Inspection | None = None
    """The reading of both, where they were read together: always, but for the full view of one copy."""
    timelines: dict[Source, Timeline] = field(default_factory=dict)
    previews: dict[tuple[Source, str], Preview] = field(default_factory=dict)
    """Payloads by source and model; the last one alone."""
    compared: "Compared | None" = None
    marked: Mapping[Source, Mapping[int, Mark]] | None = None
    """Of each message, whether the other copy has it."""
    opened: threading.Event = field(default_factory=threading.Event)
    """Set when a browser has the beginning of a timeline."""

    @property
    def copies(self) -> Copies:
        """Both; for a snapshot that was taken with both."""
        stored, cached = self.read["database"], self.read["cache"]
        return Copies(stored.session_id, stored.stored, cached.cached, min(stored.read_at, cached.read_at))

    @property
    def read_at(self) -> datetime:
        """When the first copy was read."""
        return min(copies.read_at for copies in self.read.values())

    @property
    def token(self) -> str:
        """Changes with each reading."""
        return self.read_at.isoformat()

    @property
    def answered(self) -> bool:
        """True where no store failed and one of those that were asked has the session."""
        sides = [copies.side(source) for source, copies in self.read.items()]
        return not any(isinstance(side, Unavailable) for side in sides) and any(
            not isinstance(side, Absent | Unconfigured) for side in sides
        )

    @property
    def characters(self) -> int:
        """About how much text it holds, over both copies."""
        sides = (self.side(source) for source in self.read)
        return sum(len(item.message.content or "") for side in sides if side is not None for item in side.messages)

    def usage(self, model: str) -> ConversationUsage:
        """Tokens by turn, for a snapshot that was taken with both copies."""
        facts = model_facts(model)
        return conversation_usage(self.copies, facts) if self.seen is None else self.seen.usage(facts)

    def give_way(self) -> None:
        """Lets the browser show a large copy before the other one is read, which holds the interpreter."""
        if self.characters > _LARGE:
            self.opened.wait(_PATIENCE)

    def side(self, source: Source) -> StoredCopy | CachedCopy | None:
        """The copy of this source; None where it has none that can be read, or was not read yet."""
        return self.read[source].readable.get(source) if source in self.read else None


class Snapshots:
    """The last few in one view, by session; safe for threads."""

    def __init__(
        self,
        sessions: ChatSessions,
        view: View = "full",
        key: RedactionKey = lambda: b"",
        looked: Callable[[str], None] = lambda _session_id: None,
    ) -> None:
        """`looked` is told of each look before it is granted, and may refuse it."""
        self._sessions = sessions
        self._view: View = view
        self._key = key
        self._looked = looked
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(_TURNS)]
        # Always the same threads: what another thread has freed they could not use again, and memory would grow.
        self._readers = ThreadPoolExecutor(_READERS, "reading")

    def take(self, session_id: str, sources: tuple[Source, ...] = BOTH, newer_than: timedelta = _FRESH_FOR) -> Snapshot:
        """These copies as they were read lately, or now; a reading that a store did not answer does not count.

        Who asks while another reads the same session waits for that reading.
        """
        with self._look(session_id):
            snapshot = self._last(session_id)
            if snapshot is None or not snapshot.answered or datetime.now(UTC) - snapshot.read_at > newer_than:
                snapshot = Snapshot()
            return self._read(session_id, snapshot, sources)

    def _look(self, session_id: str) -> threading.Lock:
        self._looked(session_id)
        return self._turns[hash(session_id) % _TURNS]

    def _last(self, session_id: str) -> Snapshot | None:
        with self._lock:
            snapshot = self._kept.get(session_id)
            if snapshot is not None:
                self._kept.move_to_end(session_id)
        return snapshot

    def forget(self, session_id: str) -> None:
        """The next one who asks reads it anew."""
        with self._lock:
            self._kept.pop(session_id, None)

    def opened(self, session_id: str) -> None:
        """A browser has the beginning of this conversation's timeline."""
        if snapshot := self._last(session_id):
            snapshot.opened.set()

    def timeline(self, session_id: str, source: str) -> Timeline:
        """The timeline of one copy. LookupError where there is no such copy; the message is for a person."""
        chosen = source_named(source)
        with self._look(session_id):
            snapshot = self._read(session_id, self._last(session_id) or Snapshot(), (chosen,))
            if chosen not in snapshot.timelines:
                messages = snapshot.read[chosen].readable_from(chosen).messages
                snapshot.timelines[chosen] = self._readers.submit(build, messages).result()
            return snapshot.timelines[chosen]

    def preview(self, session_id: str, source: str, model: str) -> Preview:
        """The payload of one copy for a model. LookupError as above."""
        chosen = source_named(source)
        with self._look(session_id):
            snapshot = self._read(session_id, self._last(session_id) or Snapshot(), (chosen,))
            if (chosen, model) not in snapshot.previews:
                copy, facts = snapshot.read[chosen].readable_from(chosen), model_facts(model)
                if snapshot.seen is None:
                    made = self._readers.submit(preview, copy.messages, facts)
                else:
                    made = self._readers.submit(snapshot.seen.preview, chosen, facts)
                snapshot.previews = {(chosen, model): made.result()}
            return snapshot.previews[chosen, model]

    def marks(self, session_id: str, source: str) -> Mapping[int, Mark]:
        """Position → mark of the messages of one copy that differ from the other's, as both were read."""
        chosen = source_named(source)
        with self._look(session_id):
            snapshot = self._read(session_id, self._last(session_id) or Snapshot(), BOTH)
            if snapshot.marked is None:
                snapshot.marked = self._readers.submit(self._marked, session_id, snapshot.copies).result()
            return {position: mark for position, mark in snapshot.marked[chosen].items() if mark != "both"}

    def _marked(self, session_id: str, copies: Copies) -> Mapping[Source, Mapping[int, Mark]]:
        """The copies were read one after the other: a difference counts only if it is there when read steadily."""
        found = compare(copies)
        if found.status == "drifted" and compare_session(self._sessions, session_id)[1].status != "drifted":
            return {source: {} for source in BOTH}
        return marks(found)

    def compare(self, session_id: str, newer_than: timedelta = _FRESH_FOR) -> Snapshot:
        """Both copies, read so that they can be judged (cache, database, cache), with what they say of each other."""
        with self._look(session_id):
            snapshot = self._last(session_id)
            fresh = snapshot is not None and snapshot.answered and datetime.now(UTC) - snapshot.read_at <= newer_than
            if snapshot is None or not fresh or snapshot.compared is None:
                snapshot = self._readers.submit(self._compared, session_id).result()
                self._keep(session_id, snapshot)
            return snapshot

    def aligned(self, session_id: str) -> SideBySide:
        """Both copies in rows, as a page has compared them, or as they are now."""
        snapshot = self.compare(session_id, timedelta.max)
        assert snapshot.compared is not None
        return snapshot.compared.aligned

    def _compared(self, session_id: str) -> Snapshot:
        seen = see_compared(self._sessions, session_id, self._view, self._key)
        assert seen.comparison is not None
        compared = Compared(seen.comparison, align(seen.copies, seen.comparison))
        return Snapshot(dict.fromkeys(BOTH, seen.copies), seen, compared=compared)

    def _read(self, session_id: str, snapshot: Snapshot, sources: tuple[Source, ...]) -> Snapshot:
        """The snapshot with these copies in it; those that it has are not read again."""
        lacking = [source for source in sources if source not in snapshot.read]
        if lacking and self._view != "full":  # who is named in one copy is masked in the other too
            seen = self._readers.submit(see, self._sessions, session_id, self._view, self._key).result()
            snapshot.read, snapshot.seen = dict.fromkeys(BOTH, seen.copies), seen
            lacking = []
        for source in lacking:
            reading = self._readers.submit(self._sessions.read_copies, session_id, only=source)
            snapshot.read = {**snapshot.read, source: reading.result()}
        self._keep(session_id, snapshot)
        return snapshot

    def _keep(self, session_id: str, snapshot: Snapshot) -> None:
        with self._lock:
            self._kept[session_id] = snapshot
            self._kept.move_to_end(session_id)
            self._make_room()

    def _make_room(self) -> None:
        """Lets go of the oldest; the newest stays however large it is."""
        held = sum(snapshot.characters for snapshot in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > _KEPT or held > _MOST_CHARACTERS):
            held -= self._kept.popitem(last=False)[1].characters
