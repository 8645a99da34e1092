"""Separates a user's text from the context blocks that later backends write in front of it in the stored message.

Each block is `<memory_context>…</memory_context>` and a blank line. Blocks are at the beginning, in any order; such
tags further inside a message are the user's own text.
"""

from typing import NamedTuple

BLOCK_NAMES = (
    "memory_context",
    "env_context",
    "user_context",
    "budget_context",
    "builder_context",
    "temporal_context",
)
_OPENINGS = {f"<{name}>": f"</{name}>\n\n" for name in BLOCK_NAMES}


class ContextBlock(NamedTuple):
    """A block's name and the text between its tags."""

    name: str
    text: str


def split_context(content: str) -> tuple[tuple[ContextBlock, ...], str]:
    """Returns the blocks at the beginning of a user message, and the user's own text after them."""
    blocks: list[ContextBlock] = []
    at = 0
    while (block := _block_at(content, at)) is not None:
        found, at = block
        blocks.append(found)
    return tuple(blocks), content[at:]


def own_words(content: str) -> str:
    """Returns a user message without its context blocks."""
    return split_context(content)[1] if content.startswith("<") else content


def _block_at(content: str, at: int) -> tuple[ContextBlock, int] | None:
    """Returns the block that begins at this index, and the index at which it ends; None without one."""
    tag = content[at : content.find(">", at, at + 30) + 1]
    closing = _OPENINGS.get(tag)
    end = -1 if closing is None else content.find(closing, at + len(tag))
    if closing is None or end < 0:
        return None
    return ContextBlock(tag[1:-1], content[at + len(tag) : end]), end + len(closing)
