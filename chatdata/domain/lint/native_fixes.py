"""Proposes fixes for findings in a request body of another API and says what each would lose; nothing is sent."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chatdata.domain.lint.duplicates import duplicates_of
from chatdata.domain.lint.fix_steps import as_lost, changed_strings, without_field
from chatdata.domain.lint.native import BLOCKS_IN, NativeBody
from chatdata.domain.lint.native_blocks import (
    Items,
    blocks_of,
    call_in,
    is_blank,
    is_result,
    is_thinking,
    joined,
    lost_with,
    made_result,
    text_block,
    with_blocks,
    with_ids,
    with_input,
    with_result,
    without_block,
)
from chatdata.domain.lint.values import Code, LintFinding
from chatdata.domain.text import LONE_SURROGATES

_NUMBER = re.compile(r"\.(?:content|parts)\[(\d+)\]")
_NOT_IN_ID = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True, slots=True)
class NativeFix:
    """A proposed fix of a request body; only a person can decide whether it matches what really happened."""

    what: str
    """What the fix does, as a sentence."""
    lost: tuple[str, ...]
    """The exact texts that would be lost."""
    messages: Items
    """The body's list after the change, which shares its unchanged parts with the original."""
    body: Any
    """The whole body after the change; the list itself where the body was one."""
    still_refused: tuple[str, ...] = ()
    """The titles of the rules for which the provider of an explained error would still reject the fixed body."""


@dataclass(frozen=True, slots=True)
class _Change:
    what: str
    lost: tuple[str, ...]
    items: Items
    others: Mapping[str, Any] | None = None
    """Keys of the body beside the list, with their new values."""


@dataclass(frozen=True, slots=True)
class _Case:
    native: NativeBody
    finding: LintFinding
    at: int
    number: int | None
    """The index of the block; None where the finding is about the whole message."""

    @property
    def items(self) -> Items:
        return list(self.native.items)

    @property
    def item(self) -> Any:
        return self.native.items[self.at]

    @property
    def block(self) -> Any:
        """The block or the item that the finding is about."""
        has_blocks = self.number is not None and self.native.dialect in BLOCKS_IN
        return self.blocks[self.number or 0] if has_blocks else self.item

    @property
    def blocks(self) -> list[Any]:
        """The blocks of the message; an item of the Responses API is its own."""
        return blocks_of(self.item, self.native.dialect) if self.native.dialect in BLOCKS_IN else [self.item]

    def with_blocks(self, blocks: list[Any]) -> Items:
        if self.native.dialect in BLOCKS_IN:
            return with_blocks(self.items, self.at, blocks, self.native.dialect)
        return [*self.items[: self.at], *blocks, *self.items[self.at + 1 :]]


def propose_native(native: NativeBody, finding: LintFinding) -> NativeFix | None:
    """Returns a fix for a finding in a body, or None where only a person can decide."""
    fix = _FIXES.get(finding.code)
    at = finding.payload_position
    if fix is None or not _is_there(native, at):
        return None
    number = _NUMBER.search(finding.path)
    change = fix(_Case(native, finding, at or 0, int(number[1]) if number else None))
    if change is None:
        return None
    body = {**native.body, native.key: change.items, **(change.others or {})} if native.body else change.items
    return NativeFix(change.what, change.lost, change.items, body)


def _is_there(native: NativeBody, at: int | None) -> bool:
    """Returns whether a fix can change the message of a finding, or finds its place by itself."""
    return at is None or (0 <= at < len(native.items) and isinstance(native.items[at], Mapping))


def _drop(case: _Case) -> _Change:
    items = without_block(case.items, case.at, case.number, case.native.dialect)
    what = "Leave this result out." if _NUMBER.search(case.finding.path) or is_result(case.block) else "Leave it out."
    return _Change(what, lost_with(case.block), items)


def _answer(case: _Case) -> _Change | None:
    call_id = case.finding.tool_call_id
    if call_id is None or case.item.get("type") == "computer_call":  # whose output is a screenshot, which nobody has
        return None
    block = made_result(case.native, call_id, _name_of(case.native, call_id))
    what = "Add a result that says that none was recorded. It is made up, since the tool's real result is unknown."
    return _Change(what, (), with_result(case.items, case.at, block, case.native.dialect))


def _name_of(native: NativeBody, call_id: str) -> str:
    return next((call.name for call in native.talk.calls if call.id == call_id), "")


def _one_result(case: _Case) -> _Change | None:
    """Leaves out the results of a call that are not the real one, where the results show which one is."""
    native = case.native
    number = next((index for index, one in enumerate(native.messages) if one.path == case.finding.path), None)
    found = None if number is None else duplicates_of(native.talk, number)
    if found is None or found.real is None:
        return None
    items, lost = case.items, list[str]()
    for index in reversed(found.left_out):
        one = native.messages[index]
        block_at = _NUMBER.search(one.path)
        block = int(block_at[1]) if block_at else None
        held = [native.items[one.at]] if block is None else blocks_of(native.items[one.at], native.dialect)
        lost = [*lost_with(held[block or 0]), *lost]
        items = without_block(items, one.at, block, native.dialect)
    return _Change(f"{found.fix} {found.reason}", tuple(lost), items)


def _move(case: _Case) -> _Change | None:
    native = case.native
    number = next((index for index, one in enumerate(native.messages) if one.path == case.finding.path), None)
    result = None if number is None else native.talk.answers.results.get(number)
    if result is None or result.call is None:
        return None
    call_at = native.messages[result.call[0]].at
    if native.dialect not in BLOCKS_IN:
        calls = native.messages[result.call[0]].calls_at
        call_at = int(calls[result.call[1]].rpartition("[")[2].rstrip("]")) if calls else call_at
    rest = without_block(case.items, case.at, case.number, native.dialect)
    items = with_result(rest, call_at, case.block, native.dialect)
    return _Change("Move the result right behind its call.", (), items)


def _no_blank(case: _Case) -> _Change | None:
    if case.finding.payload_position is None:
        return _no_blank_system(case)
    if isinstance(case.block, Mapping) and "toolResult" in case.block:
        result = {**case.block["toolResult"], "content": [{"text": "The tool gave no reason."}]}
        blocks = [{**block, "toolResult": result} if block is case.block else block for block in case.blocks]
        return _Change("Say in the result that the tool gave no reason.", (), case.with_blocks(blocks))
    kept = [block for block in case.blocks if not is_blank(block)]
    lost = [text for block in case.blocks if is_blank(block) for text in lost_with(block)]
    what = "Leave the empty text out." if kept else "Leave this message out."
    return _Change(what, tuple(lost), case.with_blocks(kept))


def _no_blank_system(case: _Case) -> _Change | None:
    system = case.native.body.get("system")
    if not isinstance(system, list):
        return None
    lost = [text for block in system if is_blank(block) for text in lost_with(block)]
    others = {"system": [block for block in system if not is_blank(block)]}
    return _Change("Leave the empty block of the system text out.", tuple(lost), case.items, others)


def _whole_characters(case: _Case) -> _Change:
    def changed(value: Any) -> Any:
        return changed_strings(value, lambda text: LONE_SURROGATES.sub("\ufffd", text))

    what = "Replace each half character with U+FFFD."
    if case.finding.payload_position is None:
        name = case.finding.path
        return _Change(what, (), case.items, {name: changed(case.native.body[name])})
    items = case.items
    items[case.at] = changed(case.item)
    return _Change(what, (), items)


def _object_input(case: _Case) -> _Change:
    lost: list[str] = []
    blocks = [_with_object(block, lost) for block in case.blocks]
    what = "Send an empty object as the input." if lost else "Send the input as the object that its text holds."
    return _Change(what, tuple(lost), case.with_blocks(blocks))


def _with_object(block: Any, lost: list[str]) -> Any:
    found = call_in(block)
    if found is None:
        return block
    key, value = found[0], found[1].get(found[0], {})
    if isinstance(value, Mapping) or (key == "arguments" and _is_object(value)):
        return block
    if _is_object(value):
        return with_input(block, json.loads(value))
    lost += as_lost(value)
    return with_input(block, "{}" if key == "arguments" else {})


def _text_input(case: _Case) -> _Change:
    blocks = [with_input(block, json.dumps(block["arguments"], ensure_ascii=False)) for block in case.blocks]
    return _Change("Send the arguments as JSON text.", (), case.with_blocks(blocks))


def _no_item_id(case: _Case) -> _Change:
    return _Change("Leave the ID of the item out.", (), case.with_blocks([without_field(case.item, "id")]))


def _to_system(case: _Case) -> _Change | None:
    """Moves a system message beside the messages, where the whole body is given and has room for it."""
    dialect, body = case.native.dialect, case.native.body
    if case.item.get("role") != "system" or not body or dialect not in ("anthropic-messages", "bedrock-converse"):
        return None
    given = body.get("system")
    before = [text_block(given, dialect)] if isinstance(given, str) and given else given or []
    if not isinstance(before, list):
        return None
    rest = without_block(case.items, case.at, None, dialect)
    others = {"system": [*before, *case.blocks]}
    return _Change("Move the system text beside the messages.", (), rest, others)


def _is_object(value: Any) -> bool:
    """Returns whether arguments as text are a JSON object."""
    try:
        return isinstance(value, str) and isinstance(json.loads(value), dict)
    except (ValueError, RecursionError):
        return False


def _clean_id(case: _Case) -> _Change | None:
    call_id = case.finding.tool_call_id
    if not call_id:
        return None
    known = {call.id for call in case.native.talk.calls}
    cleaned = _NOT_IN_ID.sub("_", call_id)
    while cleaned in known:
        cleaned += "_"

    def renamed(block: Any) -> Any:
        return with_ids(block, lambda given: cleaned if given == call_id else given)

    items = [_with_each_block(item, case.native, renamed) for item in case.items]
    return _Change("Replace the characters that are not allowed in the ID, in the call and its result.", (), items)


def _with_each_block(item: Any, native: NativeBody, change: Callable[[Any], Any]) -> Any:
    if native.dialect not in BLOCKS_IN:
        return change(item)
    inside = BLOCKS_IN[native.dialect]
    held = item.get(inside) if isinstance(item, Mapping) else None
    return {**item, inside: [change(block) for block in held]} if isinstance(held, list) else item


def _no_space_at_the_end(case: _Case) -> _Change | None:
    blocks = case.blocks
    text = blocks[-1].get("text") if blocks and isinstance(blocks[-1], Mapping) else None
    if not isinstance(text, str):
        return None
    kept = text.rstrip()
    items = case.with_blocks([*blocks[:-1], {**blocks[-1], "text": kept}])
    return _Change("Cut the white space at the end.", (text.removeprefix(kept),), items)


def _from_first_user(case: _Case) -> _Change | None:
    items = case.items
    start = next((at for at, item in enumerate(items) if _is_users(item, case.native)), None)
    if start is None:
        return None
    lost = [
        text for item in items[:start] for block in blocks_of(item, case.native.dialect) for text in lost_with(block)
    ]
    return _Change("Leave out what comes before the first user message.", tuple(lost), items[start:])


def _is_users(item: Any, native: NativeBody) -> bool:
    """Returns whether the user says something in a message, rather than a tool."""
    spoken = [block for block in blocks_of(item, native.dialect) if not is_result(block)]
    return isinstance(item, Mapping) and item.get("role") == "user" and bool(spoken)


def _join(case: _Case) -> _Change | None:
    if not case.at:
        return None
    return _Change("Join the message with the one before it.", (), joined(case.items, case.at, case.native.dialect))


def _no_thinking(case: _Case) -> _Change:
    field = case.finding.path.rpartition(".")[2]
    if field in case.item:
        items = case.items
        items[case.at] = without_field(case.item, field)
        return _Change("Leave the reasoning text out.", as_lost(case.item[field]), items)
    lost = [text for block in case.blocks if is_thinking(block) for text in lost_with(block)]
    items = case.with_blocks([block for block in case.blocks if not is_thinking(block)])
    return _Change("Leave the thinking blocks of this message out.", tuple(lost), items)


def _no_broken_thinking(case: _Case) -> _Change | None:
    """Leaves an earlier answer's thinking out; where thinking is enabled, the answer being continued needs its own."""
    later = case.items[case.at + 1 :]
    if case.native.body.get("thinking") and not any(_is_users(item, case.native) for item in later):
        return None
    return _no_thinking(case)


def _no_item(case: _Case) -> _Change:
    items = without_block(case.items, case.at, None, case.native.dialect)
    return _Change("Leave the reasoning item out.", as_lost(case.item.get("summary")), items)


def _fewer_marks(case: _Case) -> _Change | None:
    """Removes the marks of the earliest blocks of messages until four are left."""
    marks = [(at, number) for at, number, block in case.native.blocks() if block.get("cache_control")]
    count = int(re.findall(r"^\d+", case.finding.meaning)[0])
    gone = set(marks[: count - 4])
    if count - 4 > len(marks):
        return None
    items = case.items
    for at in {at for at, _ in gone}:
        inside = BLOCKS_IN[case.native.dialect]
        blocks = [
            without_field(block, "cache_control") if (at, number) in gone else block
            for number, block in enumerate(items[at][inside])
        ]
        items[at] = {**items[at], inside: blocks}
    return _Change("Leave the marks for caching out of the earliest blocks.", (), items)


_FIXES: dict[Code, Callable[[_Case], _Change | None]] = {
    "orphan_tool_result": _drop,
    "duplicate_tool_result": _one_result,
    "unanswered_tool_call": _answer,
    "late_tool_result": _move,
    "empty_content": _no_blank,
    "whitespace_content": _no_blank,
    "lone_surrogate": _whole_characters,
    "arguments_not_json": _object_input,
    "arguments_not_object": _object_input,
    "arguments_as_object": _text_input,
    "bad_item_id": _no_item_id,
    "unknown_role": _to_system,
    "bad_tool_call_id": _clean_id,
    "trailing_whitespace": _no_space_at_the_end,
    "starts_with_assistant": _from_first_user,
    "consecutive_users": _join,
    "consecutive_assistants": _join,
    "reasoning_not_allowed": _no_thinking,
    "thinking_modified": _no_broken_thinking,
    "lone_reasoning": _no_item,
    "too_many_cache_marks": _fewer_marks,
}
