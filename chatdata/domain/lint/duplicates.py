"""Tells which of several results of one tool call is the real one, where the results themselves show it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatdata.domain.lint.conversation import Conversation

_LONGEST_NOTE = 200
_SUBJECT = (
    r"(?:error:? )?(?:the |this )?(?:tool |function )?(?:call|use|execution|request|operation|result|run|tool)?:? ?"
)
_ENDED = (
    r"(?:(?:was |is |has been )?(?:abort(?:ed)?|cancell?ed|interrupted|skipped|missing|timed out|time-?out)"
    r"|(?:was |is )?not (?:executed|recorded|completed|run))"
)
_NOTE = re.compile(
    rf"\W*{_SUBJECT}{_ENDED}(?: (?:by|due to|because of) (?:the )?(?:user|client|system|interruption|timeout))?\W*"
    r"|\W*no (?:tool )?(?:result|output|response)(?: (?:was |is )?(?:recorded|received|available|provided|given))?\W*",
    re.IGNORECASE,
)
_ENDS = re.compile(r"abort|cancel|interrupt|skip|timeout|stop", re.IGNORECASE)
"""Names of tools for which such a word is a result of its own."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class DuplicateResults:
    """The results in one block that answer the same call."""

    positions: tuple[int, ...]
    """The indices of their messages, in order."""
    real: int | None
    """The index of the one to keep; None where the results don't show it."""
    others: str
    """The others as the subject of a sentence, such as "the first result"."""
    reason: str
    """Why the one is kept, or why that can't be told, as a sentence."""

    @property
    def left_out(self) -> tuple[int, ...]:
        """Returns the indices of those to leave out; empty where a person must decide."""
        return () if self.real is None else tuple(at for at in self.positions if at != self.real)

    @property
    def fix(self) -> str:
        """Returns what to change, as a sentence."""
        if self.real is None:
            return "Keep the result that the tool's own log shows, and leave the other out."
        return f"Leave {self.others} out."


def duplicates_of(talk: Conversation, at: int) -> DuplicateResults | None:
    """Returns the results of the call that the message at an index answers; None unless there are several."""
    answer = talk.answers.results.get(at)
    if answer is None or answer.call is None:
        return None
    found = [index for index, one in sorted(talk.answers.results.items()) if one.call == answer.call and one.near]
    if len(found) < 2:
        return None
    name = talk.entries[answer.call[0]].calls[answer.call[1]].name
    return _judged(tuple(found), [talk.entries[index].content for index in found], name)


def _judged(positions: tuple[int, ...], contents: list[Any], tool: str) -> DuplicateResults:
    real = [number for number, content in enumerate(contents) if not is_note(content, tool)]
    if all(content == contents[0] for content in contents):
        return _kept(positions, 0, "The results are the same, so that nothing is lost with the others.")
    if len(real) == 1:
        others = [number for number in range(len(positions)) if number != real[0]]
        empty = all(_is_blank(contents[number]) for number in others)
        notes = _named(others)
        only = f"{notes[0].upper()}{notes[1:]} {'says nothing' if empty else 'only says that the call did not end'}"
        return _kept(positions, real[0], f"The {_ordinal(real[0])} result is the real one. {only}.")
    if not real:
        return _kept(positions, 0, "None of them has what the tool returned: they only say that the call did not end.")
    reason = "Which result is the real one can't be known from the messages: several have words of their own."
    return DuplicateResults(positions, None, "", reason)


def _kept(positions: tuple[int, ...], number: int, reason: str) -> DuplicateResults:
    others = _named([other for other in range(len(positions)) if other != number])
    return DuplicateResults(positions, positions[number], others, reason)


def _named(numbers: list[int]) -> str:
    return f"the {' and the '.join(_ordinal(number) for number in numbers)} result"


def _ordinal(number: int) -> str:
    return _ORDINALS[number] if number < len(_ORDINALS) else f"{number + 1}th"


def is_note(content: Any, tool: str) -> bool:
    """Returns whether a result of a tool says only that its call was aborted or has no result, or says nothing."""
    if _is_blank(content):
        return True
    said = [text for text in map(str.strip, _texts(_parsed(content))) if text]
    if not said or _ENDS.search(tool):
        return False
    return all(len(text) <= _LONGEST_NOTE and _NOTE.fullmatch(text) is not None for text in said)


def _is_blank(content: Any) -> bool:
    return content in (None, "", []) or (isinstance(content, str) and not content.strip())


def _parsed(content: Any) -> Any:
    if not isinstance(content, str) or content.lstrip()[:1] not in ("{", "["):
        return content
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content


def _texts(value: Any) -> Iterator[str]:
    """Yields what a result says: its texts, and other values as they are written; types of parts say nothing."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Mapping):
            pending += [inner for key, inner in item.items() if key not in ("type", "status", "is_error")]
        elif isinstance(item, list | tuple):
            pending += item
        elif item is not None:
            yield str(item)
