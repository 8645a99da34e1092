"""Positions among the items of a Responses request, where each call and each result is an item of its own."""

from collections.abc import Iterator

from chatdata.domain.lint.conversation import Conversation, Entry

_OF_CALLS = (".arguments", ".name")
_OF_RESULTS = (".output",)
_OF_MESSAGES = (".content", ".role")
_OF_BOTH = ".call_id"
"""The field that calls and results have."""


def messages_at_item(talk: Conversation, item: int, inside: str) -> list[int]:
    """Returns the index of the message that became an item, or nothing where that can't be told.

    The system message is an item in some clients and the parameter instructions in others; where both give a message
    of the kind that the rest of the path fits, and not the same one, the item is not guessed.
    """
    found = candidates_at_item(talk, item, inside)
    return found if len(found) == 1 else []


def candidates_at_item(talk: Conversation, item: int, inside: str) -> list[int]:
    """Returns the indices of all messages that may have become an item with the field that the rest of a path names."""
    if talk.layout is not None:
        return [talk.layout.items[item]] if item in talk.layout.items else []
    return sorted({at for with_system in (True, False) if (at := _nth(talk, item, inside, with_system)) is not None})


def _nth(talk: Conversation, item: int, inside: str, with_system: bool) -> int | None:
    items = [pair for entry in talk.sent if with_system or entry.role != "system" for pair in _items(entry)]
    if item >= len(items):
        return None
    at, kind = items[item]
    return at if _fits(kind, inside) else None


def _items(entry: Entry) -> Iterator[tuple[int, str]]:
    if entry.role == "tool":
        yield entry.at, "result"
        return
    if entry.content or not entry.calls:
        yield entry.at, "message"
    for _ in entry.calls:
        yield entry.at, "call"


def _fits(kind: str, inside: str) -> bool:
    if inside.startswith(_OF_BOTH):
        return kind in ("call", "result")
    for fields, wanted in ((_OF_CALLS, "call"), (_OF_RESULTS, "result"), (_OF_MESSAGES, "message")):
        if inside.startswith(fields):
            return kind == wanted
    return True
