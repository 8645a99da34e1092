"""Streamed turns in the masked and the structure view.

Text that grows may stop in the middle of what has to be hidden, where no rule recognizes it yet. So the masked view
withholds the end of such a text until nothing that follows can make a part of it a match, and the first lines of a text
whose stream was trimmed. Entries of unknown types are counted but not quoted: several of them may make up one text.
"""

import re
from dataclasses import replace
from typing import Any

from chatdata.domain.redaction.masker import Masker, json_text
from chatdata.domain.redaction.structure import Structure
from chatdata.domain.streams import (
    ErrorPart,
    Part,
    StreamedCall,
    StreamedTurn,
    StreamOutput,
    Task,
    TextPart,
    UnknownPart,
    UsagePart,
)

_REACH = 400
"""How many characters behind it a rule may need to recognize a part of a text."""
_SPACE = re.compile(r"\s")
_WHOLE_LINES = re.compile(r"(?i)authorization|cookie|x-api-key|x-auth-token")
"""Names whose values reach to the end of their line, however long it is."""
_PART_OF_PLACEHOLDER = re.compile(r"\[[^\]]*\Z")
_PLAIN_TYPE = re.compile(r"[a-z-]{1,40}")


def masked_turn(turn: StreamedTurn, mask: Masker) -> StreamedTurn:
    """Returns a turn with placeholders in all that it says."""
    return _shown(turn, _masked_task(turn.task, mask), lambda part: _masked_part(part, mask), mask)


def bare_turn(turn: StreamedTurn, structure: Structure) -> StreamedTurn:
    """Returns a turn without any text."""
    task = replace(
        turn.task,
        id=structure.id("turn", turn.task.id) or "",
        user_id=structure.id("user", turn.task.user_id),
        tool_name=None if turn.task.tool_name is None else structure.tool_name(turn.task.tool_name),
        tool_call_id=structure.id("call", turn.task.tool_call_id),
    )
    problem = None if turn.problem is None else "its stream can't be read"
    return replace(
        turn, task=task, output=_with(turn.output, lambda part: _bare_part(part, structure)), problem=problem
    )


def masked_text(part: TextPart, mask: Masker) -> TextPart:
    """Returns the text with placeholders, as far as it can be shown."""
    start, end = _first_shown(part), _last_shown(part)
    if start >= end:
        return replace(part, text="", withheld=len(part.text))
    whole = mask.text(part.text, counted=False)
    upto = whole
    if end < len(part.text):
        upto = _PART_OF_PLACEHOLDER.sub("", _common(mask.text(part.text[:end], counted=False), whole))
    before = _common(mask.text(part.text[:start], counted=False), upto) if start else ""
    told = upto[len(before) :]
    if _PART_OF_PLACEHOLDER.search(before):
        told = told.partition("]")[2]
    return replace(part, text=told, withheld=len(part.text) - end + start)


def masked_length(part: TextPart, size: int, mask: Masker, shown: str) -> int:
    """Returns how long the first characters of a text are in its masked form, which is `shown`."""
    if size >= len(part.text):
        return len(shown)
    return len(_common(mask.text(part.text[:size], counted=False), shown))


def _shown(turn: StreamedTurn, task: Task, show: Any, mask: Masker) -> StreamedTurn:
    problem = None if turn.problem is None else mask.text(turn.problem, counted=False)
    return replace(turn, task=task, output=_with(turn.output, show), problem=problem)


def _with(output: StreamOutput | None, show: Any) -> StreamOutput | None:
    return None if output is None else replace(output, parts=tuple(map(show, output.parts)))


def _masked_task(task: Task, mask: Masker) -> Task:
    return replace(
        task,
        id=mask.text(task.id, counted=False),
        user_id=None if task.user_id is None else mask.whole("user", task.user_id, counted=False),
        tool_name=None if task.tool_name is None else mask.text(task.tool_name, counted=False),
        tool_call_id=None if task.tool_call_id is None else mask.text(task.tool_call_id, counted=False),
    )


def _masked_part(part: Part, mask: Masker) -> Part:
    match part:
        case TextPart():
            return masked_text(part, mask)
        case StreamedCall():
            return replace(
                part,
                id=mask.text(part.id, counted=False),
                name=None if part.name is None else mask.text(part.name, counted=False),
                input=_masked_value(part.input, mask),
                output=_masked_value(part.output, mask),
            )
        case ErrorPart():
            texts = (part.text, part.code, part.details)
            return ErrorPart(*(text if text is None else mask.text(text, counted=False) for text in texts))  # type: ignore[arg-type]
        case UnknownPart():
            return replace(part, type=mask.text(part.type, counted=False), sample="")
        case UsagePart():
            return part


def _masked_value(value: Any, mask: Masker) -> Any:
    return json_text(mask, value, counted=False) if isinstance(value, str) else mask.value(value, counted=False)


def _bare_part(part: Part, structure: Structure) -> Part:
    match part:
        case TextPart(text=text):
            return replace(part, text=structure.text(text) or "")
        case StreamedCall():
            return replace(
                part,
                id=structure.id("call", part.id) or "",
                name=None if part.name is None else structure.tool_name(part.name),
                input=structure.value(part.input),
                output=structure.text(part.output) if isinstance(part.output, str) else structure.value(part.output),
            )
        case ErrorPart():
            return ErrorPart(*(structure.text(text) for text in (part.text, part.code, part.details)))  # type: ignore[arg-type]
        case UnknownPart():
            known = not part.readable or _PLAIN_TYPE.fullmatch(part.type)
            return replace(part, type=part.type if known else "another type", sample="")
        case UsagePart():
            return part


def _last_shown(part: TextPart) -> int:
    """The place up to which the text is shown: between two words, out of reach of what may follow."""
    text = part.text
    if part.ended:
        return len(text)
    if text.lstrip().startswith(("{", "[")):
        return 0  # JSON that is not complete is not recognized as such
    end = len(text) - _REACH
    while end > 0 and not _SPACE.match(text[end]):
        end -= 1
    if end <= 0:
        return 0
    line = text.rfind("\n", 0, end) + 1
    return line if _WHOLE_LINES.search(text, line, end) else end


def _first_shown(part: TextPart) -> int:
    if part.begun:
        return 0
    line = part.text.find("\n", _REACH)
    return len(part.text) if line < 0 else line


def _common(one: str, other: str) -> str:
    """The beginning that both texts have."""
    size = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    return one[:size] if size is not None else min(one, other, key=len)
