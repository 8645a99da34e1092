"""Context that a later backend writes in front of the user's words, in the stored message only. Pure.

Each block is `<memory_context>…</memory_context>` and a blank line; blocks stand at the beginning, in any order. Tags
of this kind further inside a message are the user's own text.
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
    """One block: its name, and the text between its tags."""

    name: str
    text: str


def split_context(content: str) -> tuple[tuple[ContextBlock, ...], str]:
    """The blocks at the beginning of a user message, and the user's own words after them."""
    blocks: list[ContextBlock] = []
    at = 0
    while (block := _block_at(content, at)) is not None:
        found, at = block
        blocks.append(found)
    return tuple(blocks), content[at:]


def own_words(content: str) -> str:
    """A user message without the blocks in front of it."""
    return split_context(content)[1] if content.startswith("<") else content


def _block_at(content: str, at: int) -> tuple[ContextBlock, int] | None:
    """The block that begins here, and where it ends."""
    tag = content[at : content.find(">", at, at + 30) + 1]
    closing = _OPENINGS.get(tag)
    end = -1 if closing is None else content.find(closing, at + len(tag))
    if closing is None or end < 0:
        return None
    return ContextBlock(tag[1:-1], content[at + len(tag) : end]), end + len(closing)
