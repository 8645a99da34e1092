"""Tells whether the messages that are given have the fault of an error at the place that its text names.

They may not be the ones that were sent, or were changed since. An error that is about other messages must not lead to
a change of these, so what can be checked at the place is checked, and where nothing can be, that is said.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from chatdata.domain.lint.conversation import Conversation, Entry
from chatdata.domain.lint.errors.error_path import LocatedMessage
from chatdata.domain.lint.errors.error_place import ErrorPlace, Spot, names_order
from chatdata.domain.lint.errors.field_check import (
    Presence,
    has_kind,
    sentence,
    told_of_field,
    told_of_item,
    told_of_pattern,
)
from chatdata.domain.lint.errors.known_error import Where
from chatdata.domain.lint.errors.normalize_error import flatten
from chatdata.domain.lint.errors.patterns import Hit, is_in
from chatdata.domain.lint.errors.possible import FOUND_IN_BODIES, could_have, has_media, may_join_blank
from chatdata.domain.lint.values import Printer

_SAYS_ITSELF: Final[frozenset[Where | None]] = frozenset(
    {"assistant_with_text_and_calls", "text_arguments", "nothing", "system"}
)
"""Kinds of message that an error refuses as such, so that a message of the kind has the fault."""
_NEEDED: Final[frozenset[Where | None]] = frozenset({"call", *_SAYS_ITSELF})
"""Kinds of message without which there is no fault, whatever else is wrong."""
_BLANK = frozenset({"empty_content", "whitespace_content"})
_REFUSED_ROLE = re.compile(r"does not support '(\w+)' with this model|Unexpected role '(\w+)'\.", re.IGNORECASE)
_TRANSLATED: Final[frozenset[Printer | None]] = frozenset({"anthropic", "bedrock", "gemini"})
"""Who never gets messages in OpenAI's form, so that the fields of a path are those of a translation."""

_WITH_ROLES: Final[frozenset[Printer | None]] = frozenset({"groq", "qwen", "deepseek"})
"""Whose errors about a role count the messages as they were sent, and who know the roles of OpenAI's first API."""
_ROLES = frozenset({"system", "user", "assistant", "tool"})


class Named(NamedTuple):
    """What a text names, as far as it was read."""

    place: LocatedMessage
    path: str
    ids: Sequence[str]
    spot: Spot


def presence(hit: Hit, flat: str, named: Named, sent: ErrorPlace) -> Presence | None:
    """Returns whether messages have a fault that no finding shows; None where the error is about no message."""
    known = hit.known
    if known.of_request or known.only_found or "context_overflow" in known.codes:
        return None
    predicted = _predicted(hit, named, sent)
    if predicted is not None:
        return predicted
    if sent.talk.layout is not None:
        return _in_body(hit, named.spot, sent.talk)
    checks = (_by_ids(hit, named, sent), _by_place(hit, flat, named, sent.talk), _by_kind(hit, named.spot, sent.talk))
    told = next((one for one in checks if one is not None), None)
    return told or _by_codes(hit, flat, named, sent.talk)


def _predicted(hit: Hit, named: Named, sent: ErrorPlace) -> Presence | None:
    """Returns what the lint tells by the texts that it predicts, whatever it calls the fault; None without any."""
    spot = named.spot
    among = set(spot.candidates) if spot.is_named else None
    found = sent.predicting(lambda text: is_in(hit.known, text) and named.path in text, among)
    if not found:
        return None
    return "shown" if not spot.is_named or spot.at in found else "unknown"


def _in_body(hit: Hit, spot: Spot, talk: Conversation) -> Presence | None:
    """Returns what the messages tell that were read from a body of another API: only what none of them could have.

    The fields of the body are not theirs, and what the body itself shows is found there.
    """
    codes = set(hit.known.codes)
    if codes and codes <= FOUND_IN_BODIES:
        return "absent"
    entries = [talk.entries[at] for at in spot.candidates]
    is_blank = bool(codes) and codes <= _BLANK and bool(entries)
    return "absent" if is_blank and not any(map(may_join_blank, entries)) else None


def _by_ids(hit: Hit, named: Named, sent: ErrorPlace) -> Presence | None:
    """Returns what an ID tells that the messages don't have: the IDs of items are not theirs."""
    codes = hit.known.codes
    if not named.ids or named.spot.candidates or not codes or sent.knows(named.ids):
        return None
    return "unknown" if "bad_item_id" in codes else "absent"


def _by_place(hit: Hit, flat: str, named: Named, talk: Conversation) -> Presence | None:
    """Returns what the place itself tells: a message or a field that is not there, or the value of the field."""
    place, path = named.place, named.path
    if place == LocatedMessage():
        return None
    entries = [talk.entries[at] for at in named.spot.candidates]
    if not entries:
        return "absent"
    complaint = sentence(hit.found, flat)
    if (role := _role(hit)) is not None:
        return _by_role(role, entries, entries if place.index is not None else talk.entries)
    if place.index is not None and hit.known.provider in _TRANSLATED:
        return None
    if place.index is not None:
        exact = talk.entries[min(place.index, len(talk.entries) - 1)]
        return told_of_field(complaint, path or f"messages[{place.index}]", exact)
    if place.item is not None:
        return _together([told_of_item(complaint, place.inside, entry) for entry in entries])
    return _by_block(path, complaint, entries)


def _by_role(role: str, entries: Sequence[Entry], others: Sequence[Entry]) -> Presence:
    """Returns what a refused role tells: one that was sent as it is may be counted where a turn is not."""
    if any(entry.role == role for entry in entries):
        return "shown"
    return "unknown" if any(entry.role == role for entry in others) else "absent"


def _role(hit: Hit) -> str | None:
    """Returns the role that a text about roles refuses."""
    if refused := _REFUSED_ROLE.search(hit.found[0]):
        return refused[1] or refused[2]
    return hit.found.groupdict().get("role") if "unknown_role" in hit.known.codes else None


def _by_block(path: str, complaint: str, entries: Sequence[Entry]) -> Presence | None:
    """Returns what the messages of a turn tell of a block, whose number depends on how they were translated."""
    if not has_kind(path, complaint, entries):
        return "absent"
    calls = [call for entry in entries for call in entry.calls]
    if path.endswith("tool_use.id"):
        return told_of_pattern(complaint, [call.id for call in calls])
    return told_of_pattern(complaint, [call.name for call in calls]) if path.endswith("tool_use.name") else None


def _by_kind(hit: Hit, spot: Spot, talk: Conversation) -> Presence | None:
    """Returns what the kind of message tells that an error is about: that there is none, or that it is the fault."""
    where = hit.known.where
    if where == "no_user":
        return "absent" if any(entry.role == "user" for entry in talk.sent) else "shown"
    if where == "image":
        entries = [talk.entries[at] for at in spot.candidates] if spot.is_named else talk.entries
        return None if any(map(has_media, entries)) else "absent"
    if spot.is_named or where not in _NEEDED or (where == "system" and spot.at is None):
        return None
    if spot.at is None:
        return "absent"
    return "shown" if where in _SAYS_ITSELF else None


def _by_codes(hit: Hit, flat: str, named: Named, talk: Conversation) -> Presence:
    """Returns what the messages tell by the possible codes: that none of them could be, or else nothing."""
    codes, spot = hit.known.codes, named.spot
    if names_order(hit.found):
        return "shown" if spot.candidates and not codes else "absent"
    entries = [talk.entries[at] for at in spot.candidates] if spot.is_named else talk.entries
    if codes == ("bad_tool_call_id",):
        ids = named.ids or [flatten(call.id) for entry in entries for call in entry.calls]
        if (told := told_of_pattern(sentence(hit.found, flat), ids)) is not None:
            return told
    if "unknown_role" in codes:
        role = _role(hit)
        if role is not None and not any(entry.role == role for entry in talk.entries):
            return "absent"
        if named.place.index is None:
            entries = talk.entries  # a refused system message may be counted where a turn is not
        elif hit.known.provider in _WITH_ROLES and all(entry.role in _ROLES for entry in entries):
            return "absent"
    possible = [could_have(talk, code, entries) for code in codes]
    return "absent" if possible and all(one is False for one in possible) else "unknown"


def _together(told: Sequence[Presence | None]) -> Presence | None:
    """Returns what is told of all messages that a place can mean: the fault where it is one, or that none has it."""
    if "shown" in told:
        return "shown" if len(told) == 1 else "unknown"
    return "absent" if all(one == "absent" for one in told) else None
