"""Finds the code and the message that a pasted provider error is about, and what to change."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.duplicates import duplicates_of
from chatdata.domain.lint.errors.advice import ADVICE, ADVICE_OF, MEANINGS
from chatdata.domain.lint.errors.error_path import LocatedMessage, path_of
from chatdata.domain.lint.errors.error_place import ErrorPlace, spot_of
from chatdata.domain.lint.errors.field_check import Presence
from chatdata.domain.lint.errors.normalize_error import flatten
from chatdata.domain.lint.errors.patterns import Hit, hits, named_id, remnant
from chatdata.domain.lint.errors.presence import Named, presence
from chatdata.domain.lint.errors.printed_by import printed_by
from chatdata.domain.lint.errors.token_counts import token_counts
from chatdata.domain.lint.errors.unsure import unsure
from chatdata.domain.lint.validation import lint_messages
from chatdata.domain.lint.values import Code, Printer


@dataclass(frozen=True, slots=True)
class Match:
    """A provider's error that was recognized in a pasted text."""

    code: Code | None
    """None for errors that the messages don't cause."""
    provider: Printer | None
    """The provider or framework that printed it; None where the text doesn't tell."""
    payload_position: int | None
    """The index of the message; None where neither the text nor the given messages identify it."""
    stored_positions: tuple[int, ...]
    tool_call_ids: tuple[str, ...]
    """The IDs that the text names."""
    path: str
    """The path as the provider wrote it; empty where it wrote none."""
    meaning: str
    """An explanation for a person."""
    fix: str
    """What to change, as a sentence; empty where the message at the place of the error does not have the fault.

    Where the given messages don't have the fault and none of them is named, it is about those that were sent.
    """
    text: str
    """The recognized part of the text, on one line."""
    about_messages: bool
    """False for errors of the request as a whole: limits, keys, models, servers, options."""
    threads: tuple[str, ...]
    """Public reports of the text as "owner/repo#number"."""
    presence: Presence | None = None
    """Whether the given messages have the fault; None without messages, or where none of them can show it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a pasted error."""

    matches: tuple[Match, ...]
    reason: str
    """Why nothing was recognized; empty if something was."""

    @property
    def distinct(self) -> tuple[Match, ...]:
        """Returns the matches without those that say the same about the same message as one before them."""
        told: dict[tuple[object, ...], Match] = {}
        for match in self.matches:
            told.setdefault((match.provider, match.code, match.meaning, match.fix, match.payload_position), match)
        return tuple(told.values())

    @property
    def recognised(self) -> bool:
        """Returns whether a known error is in the text."""
        return bool(self.matches)

    @property
    def about_messages(self) -> bool:
        """Returns whether an error in the text is about the messages."""
        return any(match.about_messages for match in self.matches)

    @property
    def provider(self) -> Printer | None:
        """Returns whoever printed the first error that the text tells the printer of."""
        return next((match.provider for match in self.matches if match.provider), None)


def explain(
    text: str, messages: Sequence[Any] | None = None, positions: Sequence[tuple[int, ...]] | None = None
) -> Explanation:
    """Returns what a provider's error means, and which of the messages that were sent it is about."""
    return _explanation(text, find_error(text, messages, positions))


def explain_sent(text: str, sent: ErrorPlace) -> Explanation:
    """Returns what a provider's error means, and which of these messages it is about, by their index."""
    return _explanation(text, _found(text, sent, ()))


def _explanation(text: str, matches: tuple[Match, ...]) -> Explanation:
    """Returns the explanation without what says less than the rest.

    An error about messages says more than the general words beside it, such as "context_length_exceeded" or the name
    of an exception, so these are left out where one was found.
    """
    specific = [match for match in matches if match.about_messages]
    reason = ""
    if not matches:
        reason = "The text is empty." if not text.strip() else "No known error of a provider is in this text."
    return Explanation(tuple(specific) or matches, reason)


def find_error(
    text: str, messages: Sequence[Any] | None = None, positions: Sequence[tuple[int, ...]] | None = None
) -> tuple[Match, ...]:
    """Returns all known errors in a text, bare or wrapped in JSON, a Python repr or a log line, in order.

    With the messages that were sent, a path is mapped to one of them; a named ID takes precedence over an index.
    `positions` are the stored positions of each message.
    """
    sent = None if messages is None else ErrorPlace(Conversation(messages), lint_messages(messages).findings)
    return _found(text, sent, positions or ())


def _found(text: str, sent: ErrorPlace | None, positions: Sequence[tuple[int, ...]]) -> tuple[Match, ...]:
    flat = flatten(text)
    found = list(hits(flat)) or list(_left_of(flat, sent))
    return tuple(_without_repeats([_match(hit, flat, sent, positions) for hit in found]))


def _left_of(flat: str, sent: ErrorPlace | None) -> Iterator[Hit]:
    """Yields the little that is left of an error: an ID of these messages, or else a word or a status."""
    named = named_id(flat)
    if named is not None and sent is not None and sent.has(named.found["id"]):
        yield named
    elif (left := remnant(flat)) is not None:
        yield left


def _without_repeats(matches: Sequence[Match]) -> Iterator[Match]:
    """Yields each error once: without the error codes beside a text, and without other words for the same."""
    sentences = [match for match in matches if " " in match.text] or matches
    told: set[object] = set()
    for match in matches:
        if match not in sentences and any(_same(match, other) for other in sentences):
            continue
        key = (match.code, match.payload_position) if match.code and not match.tool_call_ids else match
        if key not in told:
            told.add(key)
            yield match


def _same(code: Match, sentence: Match) -> bool:
    """Returns whether an error code can stand beside a sentence."""
    return code.code == sentence.code and (code.code is not None or code.about_messages == sentence.about_messages)


def _match(hit: Hit, flat: str, sent: ErrorPlace | None, positions: Sequence[tuple[int, ...]]) -> Match:
    known, found = hit
    path = path_of(found, flat)
    ids = tuple(_ids(found)) or _listed_ids(known.template, found, flat)
    place = LocatedMessage.read(path, found, known)
    spot = spot_of(place, found, known, ids, sent)
    shown = _shown_code(hit, ids, spot.at, sent)
    there: Presence | None = "shown" if shown else None
    if sent is not None and shown is None:
        there = presence(hit, flat, Named(place, path, ids, spot), sent)
    at = spot.at if sent is None else _position(Named(place, path, ids, spot), there, sent)
    code = shown or (None if known.only_found else next(iter(known.codes), None))
    stored = positions[at] if at is not None and at < len(positions) else ()
    provider = printed_by(known, found.start(), found.end(), flat)
    if provider == "openai" and path.startswith("input["):
        provider = "openai-responses"  # only this API of OpenAI's has an input
    told = _told(hit, _Fault(code, is_shown=shown is not None), at, flat, sent)
    fix = told.fix or (ADVICE_OF.get((code, provider), ADVICE[code]) if code else "")
    fix = "" if there == "absent" and at is not None else fix
    meaning = f"{told.meaning} {_doubt(there, is_placed=at is not None)}".rstrip()
    text = found.groupdict().get("said") or found[0]
    return Match(code, provider, at, stored, ids, path, meaning, fix, text, told.about_messages, known.source, there)


def _position(named: Named, there: Presence | None, sent: ErrorPlace) -> int | None:
    """Returns the index that is told: of a fault that the messages don't have, only one that the text names itself."""
    at, index = named.spot.at, named.place.index
    if there != "absent" or at is None:
        return at
    if not named.spot.is_named:
        return None
    is_exact = index is not None and ".tool_calls" in named.path and sent.talk.layout is None
    return index if is_exact else at


class _Told(NamedTuple):
    meaning: str
    fix: str
    """Empty for the usual advice about the code."""
    about_messages: bool


_NOT_SHOWN_THERE = "These messages don't have that fault there: others may have been sent."
_NOT_SHOWN = "These messages don't have that fault: others may have been sent."
_UNKNOWN = "Whether these messages have that fault is unknown."


def _doubt(there: Presence | None, *, is_placed: bool) -> str:
    """Returns what is said where messages don't have a fault, or where nobody can know whether they do."""
    if there == "absent":
        return _NOT_SHOWN_THERE if is_placed else _NOT_SHOWN
    return _UNKNOWN if there == "unknown" else ""


class _Fault(NamedTuple):
    code: Code | None
    is_shown: bool
    """Whether the messages show it, so that it is not only the likeliest meaning of the text."""


def _told(hit: Hit, fault: _Fault, at: int | None, flat: str, sent: ErrorPlace | None) -> _Told:
    """Returns what an error means and what to change: by its numbers or the messages where these say more."""
    (known, found), code = hit, fault.code
    if code == "context_overflow" and (counts := token_counts(found, flat)) is not None:
        return _Told(counts.meaning, counts.fix, not counts.messages_fit)
    if code == "duplicate_tool_result" and sent is not None and at is not None:
        results = duplicates_of(sent.talk, at)
        if results is not None:
            return _Told(f"{MEANINGS[code]} {results.reason}", results.fix, True)
    if code is not None and known.only_found:
        return _Told(MEANINGS[code], "", about_messages=True)
    common = None if fault.is_shown else unsure(known.codes)
    meaning = known.meaning or (common.meaning if common else MEANINGS[code] if code else "")
    return _Told(meaning, known.fix or (common.fix if common else ""), not known.of_request)


def _shown_code(hit: Hit, ids: Sequence[str], at: int | None, sent: ErrorPlace | None) -> Code | None:
    """Returns the fault that the messages have where the text says; None where they don't show it."""
    for finding in sent.flagged(hit.known) if sent else ():
        if sent and (at in sent.about(finding) or finding.tool_call_id in ids):
            return finding.code
    return None


def _ids(found: re.Match[str]) -> Iterator[str]:
    groups = found.groupdict()
    if named := groups.get("id"):
        yield named.rstrip(".") if found[0].endswith(named) else named
    for part in (groups.get("ids") or "").split(","):
        stripped = part.strip().rstrip(".;)]")
        if stripped and not _PLACE.match(stripped):
            yield stripped


_PLACE = re.compile(r"(?:messages?|contents|input)\.?(?:\[?\d|$)")
"""A path where a text should have an ID, as Qwen prints it."""


_LANGGRAPH_ID = re.compile(r"'id': ?'([^']{1,200})'")


def _listed_ids(template: str, found: re.Match[str], flat: str) -> tuple[str, ...]:
    """Returns the IDs in the list of calls that LangGraph prints behind its text."""
    if not template.startswith("Found AIMessages with tool_calls"):
        return ()
    end = flat.find("].", found.end(), found.end() + 4000)
    return tuple(_LANGGRAPH_ID.findall(flat, found.end(), end if end >= 0 else found.end() + 4000))
