"""The comparison of what a model would be sent from each copy: messages, tokens and providers' verdicts.

Payload messages are paired if the comparison pairs the messages that they are built from, at the same place or at
different ones. Messages that a windowed cache leaves out on purpose are counted, but not reported as missing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import Any

from chatdata.domain.copies import Copies, CopyMessage, Source
from chatdata.domain.drift import Comparison
from chatdata.domain.lint import PROVIDERS, Report
from chatdata.domain.messages import PayloadMessage
from chatdata.domain.payload import Assessment
from chatdata.domain.side_by_side.moved import messages_of, moved_pairs
from chatdata.domain.side_by_side.payload_diff import PayloadDiff, Payloads, ProviderVerdicts, Sent
from chatdata.domain.timeline.calls import read_calls

_PREVIEW_CHARACTERS = 160
"""The maximum length of a message's preview in characters."""


def compare_payloads(cached: Assessment, stored: Assessment, copies: Copies, comparison: Comparison) -> Payloads:
    """Returns the differences between the payloads of two copies, given the comparison of these copies."""
    judged = comparison.status != "moving"
    left, right = (
        _Side("cache", cached, messages_of(copies.cached)),
        _Side("database", stored, messages_of(copies.stored)),
    )
    outside = _windowed(comparison)
    windowed = sum(outside.issuperset(entry.positions) for entry in right.entries) if outside else 0
    apart = tuple(_apart(left, right, _links(left, right, copies, comparison), outside)) if judged else ()
    return Payloads(cached, stored, judged, apart, windowed, tuple(_verdicts(cached.report, stored.report)))


class _Side:
    """One copy's payload, with access by payload index (`at`) and by stored position."""

    def __init__(self, source: Source, judged: Assessment, messages: Sequence[CopyMessage]) -> None:
        self.source = source
        self.entries: Sequence[PayloadMessage] = judged.payload.messages
        self._tokens = judged.tokens.messages
        self._messages = {item.position: item.message for item in messages}
        self.at = {position: at for at, entry in enumerate(self.entries) for position in entry.positions}

    def key(self, at: int) -> str:
        return json.dumps(self.entries[at].param, sort_keys=True)

    def sent(self, at: int) -> Sent:
        entry = self.entries[at]
        words, tools = _preview(entry.param.get("content")), _tools(entry.param)
        return Sent(self.source, entry.positions, entry.param["role"], words, tools, self._tokens[at])

    def apart(self, at: int, linked: Set[int]) -> Sent | None:
        """Returns the part of a payload message that comes from messages without a link to the other copy, or None."""
        entry = self.entries[at]
        alone = tuple(position for position in entry.positions if position not in linked)
        if not alone or len(alone) == len(entry.positions):
            return self.sent(at) if alone else None
        messages = [self._messages[position] for position in alone if position in self._messages]
        words = _preview("\n".join(message.content for message in messages if message.content))
        tools = tuple(call.name or "?" for message in messages for call in read_calls(message.tool_calls or ()))
        return Sent(self.source, alone, entry.param["role"], words, tools, None)


@dataclass(frozen=True, slots=True)
class _Link:
    """A pair of payload messages, one of each copy, that contain the same message or two versions of it."""

    at: int
    there: int
    index: int
    """The position of the cached message."""
    row: int
    """The position of the message in the database."""
    moved: bool


def _apart(left: _Side, right: _Side, links: Sequence[_Link], outside: Set[int]) -> Iterator[PayloadDiff]:
    pairs = {link.at: (link, found) for link in _first_links(links) if (found := _pair(left, right, link))}
    by_row = {link.there: found for link, found in pairs.values()}
    reached = {link.row for link in links} | outside
    for at in range(len(right.entries)):
        if at not in by_row and (missed := right.apart(at, reached)):
            by_row[at] = PayloadDiff("only_database", None, missed)
    yield from (by_row[at] for at in sorted(by_row))
    linked = {link.index for link in links}
    for at in range(len(left.entries)):
        if at not in pairs and (only := left.apart(at, linked)):
            yield PayloadDiff("only_cache", only, None)


def _pair(left: _Side, right: _Side, link: _Link) -> PayloadDiff | None:
    """Returns the difference between a pair, or None if it is equal and at the same place."""
    if left.key(link.at) != right.key(link.there):
        return PayloadDiff("otherwise", left.sent(link.at), right.sent(link.there))
    return PayloadDiff("elsewhere", left.sent(link.at), right.sent(link.there)) if link.moved else None


def _first_links(links: Sequence[_Link]) -> Iterator[_Link]:
    """Yields the first link of each payload message; merged assistant messages can have several."""
    linked_left: set[int] = set()
    linked_right: set[int] = set()
    for link in links:
        if link.at not in linked_left and link.there not in linked_right:
            linked_left.add(link.at)
            linked_right.add(link.there)
            yield link


def _links(left: _Side, right: _Side, copies: Copies, comparison: Comparison) -> list[_Link]:
    in_place, moved = _pairs_in_place(comparison), moved_pairs(copies, comparison)
    rows, found = comparison.database.sequences, []
    for pairs, is_moved in ((in_place, False), (moved, True)):
        for index, row in pairs:
            at, there = left.at.get(index), right.at.get(rows[row])
            if at is not None and there is not None:
                found.append(_Link(at, there, index, rows[row], is_moved))
    return found


def _pairs_in_place(comparison: Comparison) -> Iterator[tuple[int, int]]:
    for stretch in comparison.stretches:
        if (
            stretch.kind == "split_message"
        ):  # all of one side are parts of what the other side has in one or more pieces
            yield from product(stretch.cached, stretch.stored)
        elif len(stretch.cached) == len(stretch.stored) and stretch.kind != "reordered":
            yield from zip(stretch.cached, stretch.stored, strict=True)


def _windowed(comparison: Comparison) -> frozenset[int]:
    """Returns the database positions that a windowed cache leaves out."""
    rows = comparison.database.sequences
    return frozenset(
        rows[row]
        for stretch in comparison.stretches
        if stretch.kind == "windowed_cache" and comparison.window_expected
        for row in stretch.stored
    )


def _preview(content: object) -> str:
    if not isinstance(content, str):
        return ""
    line = " ".join(content[: 4 * _PREVIEW_CHARACTERS].split())
    return line if len(line) <= _PREVIEW_CHARACTERS else f"{line[:_PREVIEW_CHARACTERS]} …"


def _tools(param: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(call["function"]["name"]) for call in param.get("tool_calls") or ())


def _verdicts(cached: Report, stored: Report) -> Iterator[ProviderVerdicts]:
    one, other = cached.verdicts, stored.verdicts
    for provider in PROVIDERS:
        if one[provider] != other[provider]:
            rejected = cached if one[provider] == "reject" else stored
            codes = dict.fromkeys(
                finding.code
                for finding in rejected.findings
                if finding.severity == "error" and any(item.provider == provider for item in finding.rejected_by)
            )
            yield ProviderVerdicts(provider, one[provider], other[provider], tuple(codes))
