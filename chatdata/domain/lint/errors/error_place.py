"""Finds the message that an error means among those that were sent."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.errors.error_path import LocatedMessage
from chatdata.domain.lint.errors.items import candidates_at_item, messages_at_item
from chatdata.domain.lint.errors.known_error import Known, Side
from chatdata.domain.lint.errors.locators import located
from chatdata.domain.lint.errors.normalize_error import flatten
from chatdata.domain.lint.values import Code, LintFinding

_MOST_ASKED = 20
_AFTER = re.compile(r"role '(\w+)' after role '(\w+)'", re.IGNORECASE)


class Spot(NamedTuple):
    """What the text of an error says about its place, among the messages that were sent."""

    at: int | None
    """The index of the message; None where neither the text nor the messages identify it."""
    is_named: bool = False
    """Whether the text itself names a place or the ID of a call."""
    candidates: tuple[int, ...] = ()
    """The indices of all messages that the place or the ID can mean, such as those of a whole turn."""


class ErrorPlace:
    """The messages that were sent, with their lint findings."""

    def __init__(self, talk: Conversation, findings: Sequence[LintFinding]) -> None:
        self.talk = talk
        self._findings = findings

    def flagged(self, known: Known) -> list[LintFinding]:
        """Returns the findings that an error can be about, the likeliest code first."""
        return sorted(
            (finding for finding in self._findings if finding.code in known.codes),
            key=lambda finding: known.codes.index(finding.code),
        )

    def predicting(self, is_said: Callable[[str], bool], among: Collection[int] | None) -> list[int | None]:
        """Returns the indices, among these, of the messages for which the lint predicts a text that is looked for.

        Without indices, some findings of each code are asked, since each of a code predicts the same words.
        """
        asked: Counter[Code] = Counter()
        found: list[int | None] = []
        for finding in self._findings:
            if among is None:
                asked[finding.code] += 1
            elif finding.payload_position not in among:
                continue
            if asked[finding.code] > _MOST_ASKED:
                continue
            if any(is_said(flatten(rejection.text)) for rejection in finding.rejected_by):
                found.append(finding.payload_position)
        return found

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

    def has(self, wanted: str) -> bool:
        """Returns whether an ID is that of a call or a result of these messages."""
        return bool(self.named("call", [wanted]) or self.named("result", [wanted]))

    def flagged_at(self, known: Known, at: int) -> bool:
        """Returns whether a finding that an error can be about is about a message."""
        return any(at in self.about(finding) for finding in self.flagged(known))

    def knows(self, ids: Sequence[str]) -> bool:
        """Returns whether an ID, possibly truncated, belongs to a call or a result of these messages."""
        known_ids = [call.id for call in self.talk.calls] + [entry.tool_call_id for entry in self.talk.results]
        return any(flatten(known).startswith(wanted.rstrip(".…")) for wanted in ids for known in known_ids)

    def at(self, place: LocatedMessage, known: Known, role: str = "") -> list[int]:
        """Returns the indices that a path can mean; `role` is the role that the text says the message has."""
        if place.item is not None:
            return messages_at_item(self.talk, place.item, place.inside)
        if place.index is not None and self.talk.layout is not None:  # a body of another API has one count
            place = replace(place, index=None, turn=place.index)
        if place.turn is not None:
            inside = self.talk.turns.messages_at(place.turn - int(known.behind), place.block)
            return [at for at in inside if self._fits(at, known.side)] or inside
        if place.index is None:
            return []
        index = place.index if self._has_role(place.index, role) or not self._has_role(place.index - 1, role) else -1
        index = place.index - 1 if index < 0 else index
        if index >= len(self.talk.entries):
            return []
        return [self._caller(index) if known.side == "call" else index]

    def around(self, place: LocatedMessage, known: Known) -> list[int]:
        """Returns all indices that a path can mean: every message of a turn, and both readings of an item."""
        if place.item is not None:
            return candidates_at_item(self.talk, place.item, place.inside)
        return self.at(replace(place, block=None), known)

    def after_role(self, found: re.Match[str]) -> list[int]:
        """Returns the indices of the messages whose role and the role before it the text names."""
        named = _AFTER.search(found[0])
        if named is None:
            return []
        return [entry.at for last, entry in pairwise(self.talk.sent) if (entry.role, last.role) == named.groups()]

    def _has_role(self, index: int, role: str) -> bool:
        return not role or (0 <= index < len(self.talk.entries) and self.talk.entries[index].role == role)

    def _fits(self, at: int, side: Side) -> bool:
        entry = self.talk.entries[at]
        return {"call": bool(entry.calls), "result": entry.role == "tool", "message": True}[side]

    def _caller(self, index: int) -> int:
        """Returns the message with the call, since OpenAI names either that one or the one after it."""
        return next((at for at in range(index, -1, -1) if self.talk.entries[at].calls), index)


def spot_of(
    place: LocatedMessage, found: re.Match[str], known: Known, ids: Sequence[str], sent: ErrorPlace | None
) -> Spot:
    """Returns where the message is: IDs take precedence over indices, and messages with findings over others."""
    if known.of_request and not known.only_found:
        return Spot(None)
    if sent is None:
        return Spot(place.index)
    findings = sent.flagged(known)
    flagged = [at for finding in findings for at in sent.about(finding)]
    by_index = sent.at(place, known, _role_of(found)) or sent.after_role(found)
    by_id = sent.named(known.side, ids)
    is_named = bool(ids) or place != LocatedMessage() or bool(by_index)
    around = tuple(dict.fromkeys([*by_id, *by_index, *sent.around(place, known)]))
    in_turn = list(around) if by_index and not set(by_index) & set(flagged) and set(around) & set(flagged) else by_index
    for candidates in (by_id, in_turn):
        if candidates:
            return Spot(_likeliest(candidates, flagged, by_index), is_named, around)
    if (ids and not sent.knows(ids)) or place != LocatedMessage():
        # the error is about another conversation, or about an item that messages don't have
        return Spot(None, is_named, around)
    first = next((finding.payload_position for finding in findings), None)
    at = located(sent.talk, known.where) if first is None else first
    if at is not None and known.where in ("first", "last"):
        return Spot(at, is_named=True, candidates=(at,))  # its words name the place
    return Spot(at, is_named, around)


def names_order(found: re.Match[str]) -> bool:
    """Returns whether a text names the role of a message and the role before it."""
    return _AFTER.search(found[0]) is not None


def _role_of(found: re.Match[str]) -> str:
    """Returns the role that a text gives the message at its index."""
    groups = found.groupdict()
    return groups.get("role") or "" if groups.get("at") else ""


def _likeliest(candidates: Sequence[int], flagged: Sequence[int | None], by_index: Sequence[int]) -> int:
    both = [at for at in candidates if at in by_index]
    return next((at for some in (both, candidates) for at in some if at in flagged), (both or candidates)[0])
