"""Changes to the messages and blocks of a request body of another API; each returns new lists and leaves the old."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chatdata.domain.dialects import Dialect
from chatdata.domain.lint.fix_steps import as_lost
from chatdata.domain.lint.native import BLOCKS_IN, NativeBody

NO_RESULT = "No result was recorded."
"""What a result says that replaces a missing one."""
_THINKING = ("thinking", "redacted_thinking")
Items = list[Any]


def made_result(native: NativeBody, call_id: str, name: str) -> dict[str, Any]:
    """Returns a block, or an item, that says that no result of a call was recorded."""
    match native.dialect:
        case "anthropic-messages":
            return {"type": "tool_result", "tool_use_id": call_id, "content": NO_RESULT, "is_error": True}
        case "bedrock-converse":
            return {"toolResult": {"toolUseId": call_id, "content": [{"text": NO_RESULT}], "status": "error"}}
        case "gemini-contents":
            given = {"id": call_id} if _is_in(native, call_id) else {}
            return {"functionResponse": {**given, "name": name, "response": {"error": NO_RESULT}}}
        case _:
            return {"type": "function_call_output", "call_id": call_id, "output": NO_RESULT}


def _is_in(native: NativeBody, call_id: str) -> bool:
    """Returns whether the body itself has the ID, which a reader may have made."""
    calls = (block.get("functionCall", block.get("function_call")) for _, _, block in native.blocks())
    return any(isinstance(call, Mapping) and call.get("id") == call_id for call in calls)


def blocks_of(item: Any, dialect: Dialect) -> list[Any]:
    """Returns the blocks of a message; a text is one block."""
    inside = BLOCKS_IN[dialect]
    held = item.get(inside) if isinstance(item, Mapping) else None
    if isinstance(held, list):
        return held
    return [text_block(held, dialect)] if isinstance(held, str) and held else []


def text_block(text: str, dialect: Dialect) -> dict[str, Any]:
    """Returns a text as a block."""
    return {"type": "text", "text": text} if dialect == "anthropic-messages" else {"text": text}


def with_blocks(items: Sequence[Any], at: int, blocks: list[Any], dialect: Dialect) -> Items:
    """Returns the messages with the blocks of one replaced; a message without blocks is left out.

    Bedrock wants the roles to alternate, so that the messages around one that is left out are joined there.
    """
    if blocks:
        return [*items[:at], {**items[at], BLOCKS_IN[dialect]: blocks}, *items[at + 1 :]]
    rest = [*items[:at], *items[at + 1 :]]
    if dialect == "bedrock-converse" and 0 < at < len(rest) and _same_side(rest[at - 1], rest[at]):
        return joined(rest, at, dialect)
    return rest


def _same_side(first: Any, second: Any) -> bool:
    return isinstance(first, Mapping) and isinstance(second, Mapping) and first.get("role") == second.get("role")


def joined(items: Sequence[Any], at: int, dialect: Dialect) -> Items:
    """Returns the messages with one appended to the message before it."""
    blocks = [*blocks_of(items[at - 1], dialect), *blocks_of(items[at], dialect)]
    return [*items[: at - 1], {**items[at - 1], BLOCKS_IN[dialect]: blocks}, *items[at + 1 :]]


def without_block(items: Sequence[Any], at: int, number: int | None, dialect: Dialect) -> Items:
    """Returns the messages without one block, or without a message as a whole."""
    if dialect not in BLOCKS_IN:
        return [*items[:at], *items[at + 1 :]]
    blocks = [] if number is None else blocks_of(items[at], dialect)
    return with_blocks(items, at, [block for index, block in enumerate(blocks) if index != number], dialect)


def with_result(items: Sequence[Any], at: int, block: Any, dialect: Dialect) -> Items:
    """Returns the messages with a result among those right after the message, or item, with its call."""
    if dialect not in BLOCKS_IN:
        return [*items[: at + 1], block, *items[at + 1 :]]
    after = items[at + 1] if at + 1 < len(items) else None
    blocks = blocks_of(after, dialect)
    count = next((index for index, one in enumerate(blocks) if not is_result(one)), len(blocks))
    is_users = isinstance(after, Mapping) and after.get("role") == "user"
    if is_users and (count or dialect != "gemini-contents"):
        return with_blocks(items, at + 1, [*blocks[:count], block, *blocks[count:]], dialect)
    return [*items[: at + 1], {"role": "user", BLOCKS_IN[dialect]: [block]}, *items[at + 1 :]]


def is_result(block: Any) -> bool:
    """Returns whether a block is the result of a call."""
    return isinstance(block, Mapping) and (
        block.get("type") == "tool_result" or bool({"toolResult", "functionResponse", "function_response"} & set(block))
    )


def is_thinking(block: Any) -> bool:
    """Returns whether a block is a model's thinking."""
    return isinstance(block, Mapping) and (
        block.get("type") in _THINKING or "reasoningContent" in block or block.get("thought") is True
    )


def is_blank(block: Any) -> bool:
    """Returns whether a block is a text of nothing but white space."""
    text = block.get("text") if isinstance(block, Mapping) else block
    return isinstance(text, str) and not text.strip()


def call_in(block: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Returns a call's key for its input and the object that has it; None for other blocks."""
    if not isinstance(block, Mapping):
        return None
    if block.get("type") == "tool_use":
        return "input", block
    if block.get("type") == "function_call":
        return "arguments", block
    for key, inside in (("toolUse", "input"), ("functionCall", "args"), ("function_call", "args")):
        if isinstance(block.get(key), Mapping):
            return inside, block[key]
    return None


def with_input(block: Any, value: Any) -> Any:
    """Returns a call's block with another input."""
    found = call_in(block)
    if found is None:
        return block
    key, call = found
    if call is block:
        return {**block, key: value}
    outer = next(name for name in block if block[name] is call)
    return {**block, outer: {**call, key: value}}


def with_ids(block: Any, change: Callable[[str], str]) -> Any:
    """Returns a call's or a result's block with its ID changed."""
    if not isinstance(block, Mapping):
        return block
    changed = dict(block)
    for key, inner in block.items():
        if key in ("toolUse", "toolResult") and isinstance(inner, Mapping):
            changed[key] = with_ids(inner, change)
        elif _is_call_id(key, block) and isinstance(inner, str):
            changed[key] = change(inner)
    return changed


def _is_call_id(key: str, block: Mapping[str, Any]) -> bool:
    return key in ("tool_use_id", "toolUseId", "call_id") or (key == "id" and block.get("type") == "tool_use")


def lost_with(block: Any) -> tuple[str, ...]:
    """Returns the texts that are lost when a block or an item is left out."""
    if isinstance(block, Mapping) and isinstance(block.get("text"), str) and set(block) <= {"type", "text"}:
        return as_lost(block["text"])
    if isinstance(block, Mapping) and block.get("type") == "tool_result" and isinstance(block.get("content"), str):
        return as_lost(block["content"])
    return as_lost(block)
