"""A cache of recent inspections, so that a rerun or a scroll does not read a session again.

Routes answer from the inspection that the page took, however old it is, so that what is on screen stays consistent
until the page reads again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from chatdata import PrivacyLevel, Source
from chatdata.domain.dialects.writers import API_FORMATS, ApiFormat
from chatdata.domain.drift import Mark
from chatdata.domain.live import LiveView
from chatdata.domain.payload import Preview
from chatdata.domain.side_by_side import SideBySide
from chatdata.domain.timeline import Timeline
from chatdata.domain.tokens import model_facts
from chatdata.domain.usage import TurnFigures
from chatdata.services.inspection import BOTH, Inspection, RedactionKey
from chatdata.services.live import Followers
from chatdata.services.session_stores import SessionStores
from chatdata.services.two_sessions import SessionChoice, TwoSessions, read_two_sessions

JUST_READ = timedelta(seconds=5)
"""The age of an inspection that `prefetch` took when the browser requested the page."""
_KEPT = 12
_PAIRS_KEPT = 3
_MOST_FOLLOWED = 1_000
_MOST_CHARACTERS = 100_000_000
_TURNS = 32
_READERS = 4
_PATIENCE = 1.0
"""Seconds."""
_FRESH_FOR = timedelta(minutes=2)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def source_named(name: str | None) -> Source:
    """The source that a URL names. Raises LookupError for anything else."""
    for source in BOTH:
        if source == name:
            return source
    raise LookupError("The source is either database or cache.")


def format_named(name: str) -> ApiFormat:
    """The API format that a URL names. Raises LookupError for anything else."""
    for form in API_FORMATS:
        if form == name:
            return form
    raise LookupError(f"The format is one of {', '.join(API_FORMATS)}.")


@dataclass(frozen=True, slots=True)
class _Held:
    inspection: Inspection
    painted: threading.Event = field(default_factory=threading.Event)
    """Set once a browser shows the beginning of a timeline."""


class Inspections:
    """Recent inspections at one privacy level, by session. Thread-safe."""

    def __init__(
        self,
        stores: SessionStores,
        view: PrivacyLevel,
        key: RedactionKey,
        looked: Callable[[str], None] = lambda _session_id: None,
        followers: Followers | None = None,
    ) -> None:
        """`looked` is called before each access and may raise to refuse it; `followers` are those of all levels."""
        self._stores = stores
        self._view: PrivacyLevel = view
        self._key = key
        self._looked = looked
        self._followers = followers or Followers(stores)
        self._followed: dict[str, int] = {}
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._pairs: OrderedDict[tuple[SessionChoice, SessionChoice], TwoSessions] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(_TURNS)]
        # Always the same threads: what another thread has freed they could not use again, and memory would grow.
        self._readers = ThreadPoolExecutor(_READERS, "reading")

    def take(
        self, session_id: str, sources: tuple[Source, ...] = BOTH, newer_than: timedelta = _FRESH_FOR
    ) -> Inspection:
        """The requested copies, from the cache or read now; a cached reading with an unavailable store is read again.

        Concurrent callers for one session share a single reading.
        """
        with self._look(session_id):
            held = self._last(session_id)
            if held is None or not _is_fresh(held.inspection, newer_than):
                held = self._new(session_id)
            return self._read(session_id, held, sources)

    def compare(self, session_id: str, newer_than: timedelta = _FRESH_FOR) -> Inspection:
        """Both copies with their comparison, from the cache or read and compared now."""
        with self._look(session_id):
            held = self._last(session_id)
            if held is None or not _is_fresh(held.inspection, newer_than):
                compared = self._run(Inspection.compared, self._stores, session_id, self._view, self._key)
                held = _Held(compared)
                self._hold(session_id, held)
            self._run(_compare, held.inspection)
            return held.inspection

    def follow(self, session_id: str) -> tuple[LiveView, int]:
        """The running turn by now, and a number that is another one whenever a copy was written.

        Copies that were written meanwhile take the place of the inspection, so that routes answer from them.
        """
        follower = self._followers.of(session_id)
        with self._look(session_id):
            view = self._run(follower.view, self._view, self._key)
            copies, number = follower.copies()
            if self._followed.get(session_id) != number:
                if len(self._followed) > _MOST_FOLLOWED:
                    self._followed.clear()
                self._followed[session_id] = number
                held = self._last(session_id)
                if held is None or not held.inspection.is_of(copies):
                    newer = Inspection.of_copies(self._stores, copies, self._view, self._key)
                    self._read(session_id, _Held(newer), BOTH)
            return view, number

    def expect_browser(self, session_id: str) -> None:
        """Notes that a browser will show the beginning of the timeline."""
        if held := self._last(session_id):
            held.painted.clear()

    def give_way(self, session_id: str) -> None:
        """Waits until the browser shows the beginning of the timeline.

        What the page sends and computes after it would keep the browser and the interpreter busy before that.
        """
        if held := self._last(session_id):
            held.painted.wait(_PATIENCE)

    def painted(self, session_id: str) -> None:
        """Notes that a browser shows the beginning of this timeline."""
        if held := self._last(session_id):
            held.painted.set()

    def forget(self, session_id: str) -> None:
        """Drops the session's inspection, so that the next access reads it again."""
        with self._lock:
            self._held.pop(session_id, None)

    def timeline(self, session_id: str, source: str) -> Timeline:
        """The timeline of one copy. Raises LookupError, with a message for people, if there is no such copy.

        One that was built does not wait while the other copy is read and compared.
        """
        chosen = source_named(source)
        turn = self._look(session_id)
        held = self._last(session_id)
        if held is not None and (ready := held.inspection.ready_timeline(chosen)) is not None:
            return ready
        with turn:
            return self._run(self._at_hand(session_id, chosen).timeline, chosen)

    def preview(self, session_id: str, source: str, model: str) -> Preview:
        """The payload of one copy for a model. Raises LookupError if there is no such copy."""
        chosen = source_named(source)
        with self._look(session_id):
            return self._run(self._at_hand(session_id, chosen).preview, chosen, model_facts(model))

    def translated(self, session_id: str, source: str, model: str, form: str) -> Preview:
        """The payload of one copy as an API gets it. Raises LookupError if there is no such copy or format."""
        chosen, wanted = source_named(source), format_named(form)
        with self._look(session_id):
            return self._run(self._at_hand(session_id, chosen).translated, chosen, model_facts(model), wanted)

    def marks(self, session_id: str, source: str) -> Mapping[int, Mark]:
        """Maps positions to marks, for the messages of one copy that differ from the other copy."""
        chosen = source_named(source)
        with self._look(session_id):
            return self._run(self._at_hand(session_id, *BOTH).marks, chosen)

    def turn_figures(self, session_id: str, source: str, model: str) -> tuple[tuple[TurnFigures, ...], str | None]:
        """What each turn of one copy used, and the currency of the costs; empty without a cached copy that tells."""
        chosen = source_named(source)
        with self._look(session_id):
            inspection = self._at_hand(session_id, *BOTH)
        # Pricing thousands of responses takes a while, in which the timeline's windows are answered.
        return self._run(inspection.turn_figures, chosen, model_facts(model))

    def side_by_side(self, session_id: str) -> SideBySide:
        """Both copies aligned in rows: as a page compared them, or read now."""
        inspection = self.compare(session_id, timedelta.max)
        with self._look(session_id):
            return inspection.side_by_side

    def two_sessions(self, a: SessionChoice, b: SessionChoice, newer_than: timedelta = timedelta.max) -> TwoSessions:
        """Two sessions with their comparison, from the cache or read and compared now."""
        for session_id in dict.fromkeys((a.session_id, b.session_id)):
            self._looked(session_id)
        with self._turns[hash((a, b)) % _TURNS]:
            with self._lock:
                held = self._pairs.get((a, b))
            if held is None or held.diff is None or datetime.now(UTC) - held.read_at > newer_than:
                held = self._run(read_two_sessions, self._stores, a, b, self._view, self._key)
            with self._lock:
                self._pairs[a, b] = held
                self._pairs.move_to_end((a, b))
                while len(self._pairs) > _PAIRS_KEPT:
                    self._pairs.popitem(last=False)
            return held

    def forget_two_sessions(self, a: SessionChoice, b: SessionChoice) -> None:
        """Drops the comparison of two sessions, so that the next access reads them again."""
        with self._lock:
            self._pairs.pop((a, b), None)

    def _look(self, session_id: str) -> threading.Lock:
        self._looked(session_id)
        return self._turns[hash(session_id) % _TURNS]

    def _last(self, session_id: str) -> _Held | None:
        with self._lock:
            held = self._held.get(session_id)
            if held is not None:
                self._held.move_to_end(session_id)
        return held

    def _new(self, session_id: str) -> _Held:
        return _Held(Inspection(self._stores, session_id, self._view, self._key))

    def _at_hand(self, session_id: str, *sources: Source) -> Inspection:
        return self._read(session_id, self._last(session_id) or self._new(session_id), sources)

    def _read(self, session_id: str, held: _Held, sources: tuple[Source, ...]) -> Inspection:
        """The inspection with these copies added; copies that it already has are not read again."""
        self._run(_read_and_redact, held.inspection, sources)
        self._hold(session_id, held)
        return held.inspection

    def _run(self, function: Callable[Arguments, Result], *args: Arguments.args, **options: Arguments.kwargs) -> Result:
        return self._readers.submit(function, *args, **options).result()

    def _hold(self, session_id: str, held: _Held) -> None:
        with self._lock:
            self._held[session_id] = held
            self._held.move_to_end(session_id)
            self._make_room()

    def _make_room(self) -> None:
        """Evicts the oldest inspections; the newest is kept whatever its size."""
        characters = sum(held.inspection.characters for held in self._held.values())
        while len(self._held) > 1 and (len(self._held) > _KEPT or characters > _MOST_CHARACTERS):
            characters -= self._held.popitem(last=False)[1].inspection.characters


def _read_and_redact(inspection: Inspection, sources: tuple[Source, ...]) -> None:
    inspection.read(*sources)
    if inspection.view != "full":
        _ = inspection.redacted


def _compare(inspection: Inspection) -> None:
    _ = inspection.comparison


def _is_fresh(inspection: Inspection, newer_than: timedelta) -> bool:
    return inspection.answered and datetime.now(UTC) - inspection.read_at <= newer_than
