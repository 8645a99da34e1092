"""The running or latest turn of a session with where its words are by now, redacted to a privacy level.

Where the words are is found in the full copies and the full stream, and then told of the redacted text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatdata.domain.arrival import PartArrival, arrivals
from chatdata.domain.copies import Copies, PrivacyLevel, Source, Unavailable, Unconfigured
from chatdata.domain.drift.findings.streams import outcome_of
from chatdata.domain.drift.findings.turns import doing_now
from chatdata.domain.redaction.masked import people_of_streams
from chatdata.domain.redaction.masker import Masker
from chatdata.domain.redaction.people import People
from chatdata.domain.redaction.streams import bare_turn, masked_length, masked_turn
from chatdata.domain.redaction.structure import Structure
from chatdata.domain.streams import Outcome, Part, StreamedTurn, TextPart
from chatdata.domain.turns import Activity, PendingMessage, TurnState, by_task, retold

Place = Literal["stream", "cache", "database", "both", "unknown"]
"""Where words are by now. stream: only there. unknown: a copy that may have them is unavailable or can't be read."""


@dataclass(frozen=True, slots=True)
class LivePart:
    """A part of the turn's output."""

    part: Part
    """As the reader may see it."""
    places: tuple[tuple[Place, int], ...]
    """Where its pieces are, in order, each with its length in the shown text; for a call, 1 for itself and 1 for its
    result."""


@dataclass(frozen=True, slots=True)
class LiveTurn:
    """The running or latest turn of a session."""

    turn: StreamedTurn
    """As the reader may see it; its parts are in `parts`."""
    outcome: Outcome
    parts: tuple[LivePart, ...]
    unsaved: int
    """The number of parts that neither copy has in full."""


@dataclass(frozen=True, slots=True)
class LiveView:
    """A session at one moment."""

    session_id: str
    number: int
    """Grows whenever something changed."""
    read_at: datetime
    activity: Activity
    turn: LiveTurn | None
    """None if no turn is known."""
    waiting: tuple[PendingMessage, ...]
    """The messages that wait for the next turn."""
    waiting_until: datetime | None
    messages: dict[Source, int | None]
    """The number of messages in each copy; None for a copy that is missing, unavailable or unreadable."""
    unavailable: tuple[Source, ...]

    @property
    def running(self) -> bool:
        """Whether more is to come: a turn runs, or is about to."""
        return self.activity in ("running", "queued") or (self.turn is not None and self.turn.outcome == "running")


def live_view(copies: Copies, number: int, view: PrivacyLevel, key: bytes, people: People) -> LiveView:
    """Returns what a reader sees of a session; `people` are those that the copies name."""
    state = copies.turn or TurnState()
    named = People() if view == "full" else people | people_of_streams(state.streams)
    shown = _Shown(view, key, named)
    told = shown.state(state)
    turns = list(zip(state.streams, told.streams, strict=True))
    return LiveView(
        session_id=copies.session_id,
        number=number,
        read_at=copies.read_at,
        activity=_activity(copies),
        turn=_live_turn(*turns[0], copies, shown) if turns else None,
        waiting=told.pending,
        waiting_until=told.pending_expires_at,
        messages={source: _messages(copies, source) for source in ("database", "cache")},
        unavailable=tuple(
            source for source in ("database", "cache") if isinstance(copies.side(source), Unavailable | Unconfigured)
        ),
    )


def turn_state(copies: Copies) -> tuple[object, ...]:
    """Returns what is told of a session's turns besides their words, to be compared with that of another moment."""
    state = copies.turn or TurnState()
    return _activity(copies), state.locked, state.pending, tuple(_became(turn, copies) for turn in state.streams)


def places(where: PartArrival) -> Iterator[tuple[Place, int]]:
    """Yields where the pieces of a part are, each with its length."""
    if where.database is None and where.cache is None:
        yield "unknown", where.size
        return
    in_rows, in_cache = where.database or 0, where.cache or 0
    first, second = sorted((in_rows, in_cache))
    longer: Place = "database" if in_rows > in_cache else "cache"
    rest: Place = "unknown" if where.database is None or where.cache is None else "stream"
    pieces: list[tuple[Place, int]] = [("both", first), (longer, second - first), (rest, where.size - second)]
    yield from ((place, length) for place, length in pieces if length > 0)


class _Shown:
    """What a reader may see of streams."""

    def __init__(self, view: PrivacyLevel, key: bytes, people: People) -> None:
        self._view = view
        self._mask = None if view == "full" else Masker(key, people)

    def state(self, state: TurnState) -> TurnState:
        """The state with redacted streams and waiting messages."""
        mask = self._mask
        if mask is None:
            return state
        if self._view == "masked":
            told = retold(state, lambda text: mask.text(text, counted=False), lambda turn: masked_turn(turn, mask))
        else:
            bare = Structure(mask)
            told = retold(state, lambda text: bare.text(text) or "", lambda turn: bare_turn(turn, bare))
        assert told is not None
        return told

    def places(self, part: Part, told: Part, where: PartArrival) -> tuple[tuple[Place, int], ...]:
        """Where the pieces of a part are, in the lengths of what is shown of it."""
        found = tuple(places(where))
        if self._view != "masked" or self._mask is None or not isinstance(part, TextPart):
            return found
        assert isinstance(told, TextPart)
        return tuple(self._in_masked(part, told, found, self._mask))

    def _in_masked(
        self, part: TextPart, told: TextPart, found: Sequence[tuple[Place, int]], mask: Masker
    ) -> Iterator[tuple[Place, int]]:
        end = masked_end = 0
        for place, length in found:
            end += length
            upto = min(masked_length(part, end, mask, told.text), len(told.text))
            if upto > masked_end:
                yield place, upto - masked_end
            masked_end = max(masked_end, upto)


def _activity(copies: Copies) -> Activity:
    """What the session is doing; its task tells where no row does, since the first turn runs before there is one."""
    doing = doing_now(copies)
    return by_task(copies.turn, copies.read_at) if doing == "unknown" else doing


def _became(turn: StreamedTurn, copies: Copies) -> tuple[object, ...]:
    """What became of a turn, and how much of it neither copy has once it has ended."""
    outcome = outcome_of(turn, copies)
    unsaved = None if outcome == "running" else tuple(where.unsaved for where in arrivals(turn, copies))
    return turn.task.id, outcome, turn.problem, unsaved


def _live_turn(turn: StreamedTurn, told: StreamedTurn, copies: Copies, shown: _Shown) -> LiveTurn:
    arrived = arrivals(turn, copies)
    parts = () if turn.output is None else turn.output.parts
    redacted = () if told.output is None else told.output.parts
    return LiveTurn(
        turn=told,
        outcome=outcome_of(turn, copies),
        parts=tuple(
            LivePart(shows, shown.places(part, shows, where))
            for part, shows, where in zip(parts, redacted, arrived, strict=True)
        ),
        unsaved=sum(where.unsaved > 0 for where in arrived),
    )


def _messages(copies: Copies, source: Source) -> int | None:
    copy = copies.readable.get(source)
    return None if copy is None else len(copy.messages)
