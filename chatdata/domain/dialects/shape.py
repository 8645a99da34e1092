"""The keys, roles and kinds of blocks in a value, by which readers recognise their format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_LOOKED_AT = 200
"""Messages that are looked at; a format shows itself early."""
_LISTS = ("messages", "contents", "input", "history", "traj", "conversations", "conversation", "chat_messages", "items")


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
    items = _items(value)
    blocks = [block for item in items for block in _blocks(item)]
    return Shape(
        keys=keys,
        is_list=isinstance(value, list),
        item_keys=frozenset(key for item in items for key in item),
        roles=_texts(items, "role"),
        item_types=_texts(items, "type"),
        block_types=_texts(blocks, "type"),
        block_keys=frozenset(key for block in blocks for key in block),
        untyped_blocks=any("type" not in block for block in blocks),
    )


def _items(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        value = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), [])
    return [item for item in value[:_LOOKED_AT] if isinstance(item, Mapping)] if isinstance(value, list) else []


def _blocks(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = item.get("parts") if isinstance(item.get("parts"), list) else item.get("content")
    return [block for block in found if isinstance(block, Mapping)] if isinstance(found, list) else []


def _texts(items: Iterable[Mapping[str, Any]], key: str) -> frozenset[str]:
    return frozenset(value for item in items if isinstance(value := item.get(key), str))
