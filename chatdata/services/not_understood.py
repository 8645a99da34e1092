"""What of a copy nobody can judge: blocks that no reader knows, and damaged values that the application would send.

A provider check must not accept what was not understood, so each is a finding that makes the verdicts unknown.
"""

from collections.abc import Iterator, Mapping

from chatdata.domain.copies import CachedCopy, CopyMessage, StoredCopy
from chatdata.domain.imported import ImportedSource, place_parts
from chatdata.domain.lint import LintFinding
from chatdata.domain.messages import Payload

_SENT = frozenset({"messages.tool_calls", "messages.function_call"}) | frozenset(
    f"ChatMessage.{column}"
    for column in (
        "role", "content", "name", "toolCallId", "refusal", "toolCalls", "functionCall", "sequence", "sourceItem",
    )
)  # fmt: skip
_UNKNOWN_BLOCK = "The source of this message has a block of unknown kind, so that nobody can say who accepts it."


def not_understood(
    copy: StoredCopy | CachedCopy, imported: ImportedSource | None, payload: Payload
) -> Iterator[LintFinding]:
    """Yields a warning for each part of the copy that its payload can't be trusted to have as it would be sent."""
    at = {position: index for index, message in enumerate(payload.messages) for position in message.positions}
    for value in copy.damaged:
        if value.position is not None and value.place in _SENT:
            meaning = f"{value.sentence} Nobody can say what would be sent of it."
            yield _finding(value.position, at, meaning, value.place)
    for placed in place_parts(imported.parts, copy.messages) if imported else ():
        if placed.part.kind == "unknown_block":
            yield _finding(placed.position, at, _UNKNOWN_BLOCK, placed.part.place)
    for item in copy.messages:
        for place in _unknown_in_view(item):
            yield _finding(item.position, at, _UNKNOWN_BLOCK, place)


def positions_in(payload: Payload) -> frozenset[int]:
    """The stored positions of the messages that a payload is made of."""
    return frozenset(position for message in payload.messages for position in message.positions)


def _finding(position: int | None, at: Mapping[int, int], meaning: str, place: str) -> LintFinding:
    positions = () if position is None else (position,)
    index = None if position is None else at.get(position)
    return LintFinding("unknown_block", "warning", index, positions, None, meaning, path=place)


def _unknown_in_view(item: CopyMessage) -> Iterator[str]:
    """Yields the places of unknown blocks in an item that was read through a view of another product's store."""
    parts = item.extras.get("sourceParts")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and part.get("kind") == "unknown_block":
            yield str(part.get("place", ""))
