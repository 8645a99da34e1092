"""The keys, roles and kinds of blocks in a value, by which readers recognise their format."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LOOKED_AT = 200
"""Messages that are looked at; a format shows itself early."""
_LISTS = ("messages", "contents", "input", "history", "traj", "conversations", "conversation", "chat_messages", "items")


THINKING_PARTS = "thinking parts"
"""Stands among the types of blocks for Mistral's thinking, which is a list where Anthropic's is a text."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a document looks like: an object with a list of messages, or that list itself."""

    keys: frozenset[str]
    """The keys of the object; none for a list."""
    is_list: bool
    item_keys: frozenset[str]
    roles: frozenset[str]
    item_types: frozenset[str]
    block_types: frozenset[str]
    block_keys: frozenset[str]
    untyped_blocks: bool
    """Whether blocks without a type exist."""


def shape_of(value: object) -> Shape:
    """The shape of an object with messages or of a list of messages."""
    keys = frozenset(map(str, value)) if isinstance(value, Mapping) else frozenset()
    item_keys, roles, item_types = set[str](), set[str](), set[str]()
    block_types, block_keys, untyped = set[str](), set[str](), False
    for item in _items(value):
        item_keys.update(item)
        if isinstance(role := item.get("role"), str):
            roles.add(role)
        if isinstance(type_ := item.get("type"), str):
            item_types.add(type_)
        blocks = item.get("parts")
        if not isinstance(blocks, list):
            blocks = item.get("content")
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, dict):
                block_keys.update(block)
                if isinstance(type_ := block.get("type"), str):
                    block_types.add(THINKING_PARTS if _thinks_in_parts(block) else type_)
                elif "type" not in block:
                    untyped = True
    return Shape(
        keys=keys,
        is_list=isinstance(value, list),
        item_keys=frozenset(item_keys),
        roles=frozenset(roles),
        item_types=frozenset(item_types),
        block_types=frozenset(block_types),
        block_keys=frozenset(block_keys),
        untyped_blocks=untyped,
    )


def _thinks_in_parts(block: Mapping[str, Any]) -> bool:
    return block.get("type") == "thinking" and isinstance(block.get("thinking"), list)


def empty_list_in(value: object) -> str | None:
    """The key under which an object, or the first of a list, has an empty list instead of messages; else None."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, Mapping):
        return None
    held = [key for key in _LISTS if isinstance(value.get(key), list)]
    return held[0] if held and not any(value[key] for key in held) else None


def _items(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        value = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), [])
    return [item for item in value[:_LOOKED_AT] if isinstance(item, dict)] if isinstance(value, list) else []
