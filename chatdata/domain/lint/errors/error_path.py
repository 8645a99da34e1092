"""A provider's path mapped back to the index of our message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.errors.normalize_error import flatten
from chatdata.domain.lint.errors.provider_errors import Known, Side
from chatdata.domain.lint.values import LintFinding

_PATH = re.compile(r"messages?(?:\.?\[\d+\]|\.\d+)(?:[.\[\]\w]*[\]\w])?")
_PARAM = re.compile(r"param'? ?[:=(]? ?'?(messages?(?:\.?\[\d+\]|\.\d+)?(?:[.\[\]\w]*[\]\w])?)", re.IGNORECASE)
_INDEX = re.compile(r"messages?\.?\[(\d+)\]")
_TURN = re.compile(r"messages\.(\d+)(?:\.content\.(\d+))?")


@dataclass(frozen=True, slots=True)
class LocatedMessage:
    """Where a path points: an index as OpenAI counts, or a turn as Anthropic does."""

    index: int | None = None
    turn: int | None = None
    block: int | None = None

    @classmethod
    def read(cls, path: str) -> "LocatedMessage":
        if found := _INDEX.match(path):
            return cls(index=int(found[1][:9]))
        if found := _TURN.match(path):
            return cls(turn=int(found[1][:9]), block=int(found[2][:9]) if found[2] else None)
        return cls()


class ErrorPlace:
    """The messages that were sent, and what a lint finds in them."""

    def __init__(self, messages: Sequence[Any], findings: Sequence[LintFinding]) -> None:
        self.talk = Conversation(messages)
        self._findings = findings

    def flagged(self, known: Known) -> list[LintFinding]:
        """Findings that the text can be about, the likeliest code first."""
        return sorted(
            (finding for finding in self._findings if finding.code in known.codes),
            key=lambda finding: known.codes.index(finding.code),
        )

    def about(self, finding: LintFinding) -> list[int | None]:
        """Indices that a text about a finding can point at; of a late result its call first."""
        at = finding.payload_position
        result = self.talk.answers.results.get(at) if finding.code == "late_tool_result" and at is not None else None
        return [result.call[0], at] if result and result.call else [at]

    def named(self, side: Side, ids: Sequence[str]) -> list[int]:
        """Indices of the messages whose call, or result, has one of the ids."""
        wanted = set(ids)
        if side == "call":
            return [call.at for call in self.talk.calls if flatten(call.id) in wanted]
        return [entry.at for entry in self.talk.results if flatten(entry.tool_call_id) in wanted]

    def knows(self, ids: Sequence[str]) -> bool:
        """Whether an id, or one that was cut short, is a call's or a result's here."""
        there = [call.id for call in self.talk.calls] + [entry.tool_call_id for entry in self.talk.results]
        return any(flatten(known).startswith(wanted.rstrip(".…")) for wanted in ids for known in there)

    def at(self, place: LocatedMessage, known: Known) -> list[int]:
        """Indices that a path can mean."""
        if place.turn is not None:
            inside = self.talk.turns.messages_at(place.turn - int(known.behind), place.block)
            return [at for at in inside if self._fits(at, known.side)] or inside
        if place.index is None or place.index >= len(self.talk.entries):
            return []
        return [self._caller(place.index) if known.side == "call" else place.index]

    def _fits(self, at: int, side: Side) -> bool:
        entry = self.talk.entries[at]
        return side == "message" or bool(entry.calls) == (side == "call")

    def _caller(self, index: int) -> int:
        """OpenAI points at the message with the call, or at the one where its result should be."""
        return next((at for at in range(index, -1, -1) if self.talk.entries[at].calls), index)


def path_of(found: re.Match[str], flat: str) -> str:
    """The path in a text itself, or beside it as its param; "" where there is none."""
    paths: list[str] = _PATH.findall(found[0])
    if paths:
        return paths[-1]
    if re.match(r"messages:|Invalid 'messages'", found[0]):
        return "messages"
    param = _PARAM.search(flat, found.end(), found.end() + 1000)
    return param[1] if param else ""


def place_of(place: LocatedMessage, known: Known, ids: Sequence[str], seen: ErrorPlace | None) -> int | None:
    """The index of our message: an id wins over an index, and a message with a finding over one without."""
    if seen is None:
        return place.index
    findings = seen.flagged(known)
    flagged = [at for finding in findings for at in seen.about(finding)]
    by_index = seen.at(place, known)
    by_id = seen.named(known.side, ids)
    for candidates in (by_id, by_index):
        if candidates:
            return _likeliest(candidates, flagged, by_index)
    if ids and not seen.knows(ids):
        return None  # it is about another conversation
    return next((finding.payload_position for finding in findings), None)


def _likeliest(candidates: Sequence[int], flagged: Sequence[int | None], by_index: Sequence[int]) -> int:
    both = [at for at in candidates if at in by_index]
    return next((at for some in (both, candidates) for at in some if at in flagged), (both or candidates)[0])
