"""Maps a provider's path to the index of a message."""

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
    """The target of a path: an index in OpenAI's count, or a turn and block in Anthropic's."""

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
    """The messages that were sent, with their lint findings."""

    def __init__(self, messages: Sequence[Any], findings: Sequence[LintFinding]) -> None:
        self.talk = Conversation(messages)
        self._findings = findings

    def flagged(self, known: Known) -> list[LintFinding]:
        """Returns the findings that an error can be about, the likeliest code first."""
        return sorted(
            (finding for finding in self._findings if finding.code in known.codes),
            key=lambda finding: known.codes.index(finding.code),
        )

    def about(self, finding: LintFinding) -> list[int | None]:
        """Returns the indices that an error about a finding can name; for a late result its call's message first."""
        at = finding.payload_position
        result = self.talk.answers.results.get(at) if finding.code == "late_tool_result" and at is not None else None
        return [result.call[0], at] if result and result.call else [at]

    def named(self, side: Side, ids: Sequence[str]) -> list[int]:
        """Returns the indices of the messages with a call, or a result, that has one of the IDs."""
        wanted = set(ids)
        if side == "call":
            return [call.at for call in self.talk.calls if flatten(call.id) in wanted]
        return [entry.at for entry in self.talk.results if flatten(entry.tool_call_id) in wanted]

    def knows(self, ids: Sequence[str]) -> bool:
        """Returns whether an ID, possibly truncated, belongs to a call or a result of these messages."""
        known_ids = [call.id for call in self.talk.calls] + [entry.tool_call_id for entry in self.talk.results]
        return any(flatten(known).startswith(wanted.rstrip(".…")) for wanted in ids for known in known_ids)

    def at(self, place: LocatedMessage, known: Known) -> list[int]:
        """Returns the indices that a path can mean."""
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
        """Returns the message with the call, since OpenAI names either that one or the one after it."""
        return next((at for at in range(index, -1, -1) if self.talk.entries[at].calls), index)


def path_of(found: re.Match[str], flat: str) -> str:
    """Returns the path in an error's text, or in its param field, or "" if there is none."""
    paths: list[str] = _PATH.findall(found[0])
    if paths:
        return paths[-1]
    if re.match(r"messages:|Invalid 'messages'", found[0]):
        return "messages"
    param = _PARAM.search(flat, found.end(), found.end() + 1000)
    return param[1] if param else ""


def place_of(place: LocatedMessage, known: Known, ids: Sequence[str], sent_messages: ErrorPlace | None) -> int | None:
    """Returns the index of the message: IDs take precedence over indices, and messages with findings over others."""
    if sent_messages is None:
        return place.index
    findings = sent_messages.flagged(known)
    flagged = [at for finding in findings for at in sent_messages.about(finding)]
    by_index = sent_messages.at(place, known)
    by_id = sent_messages.named(known.side, ids)
    for candidates in (by_id, by_index):
        if candidates:
            return _likeliest(candidates, flagged, by_index)
    if ids and not sent_messages.knows(ids):
        return None  # the error is about another conversation
    return next((finding.payload_position for finding in findings), None)


def _likeliest(candidates: Sequence[int], flagged: Sequence[int | None], by_index: Sequence[int]) -> int:
    both = [at for at in candidates if at in by_index]
    return next((at for some in (both, candidates) for at in some if at in flagged), (both or candidates)[0])
