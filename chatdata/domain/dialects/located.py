"""Reads the messages of a request with their places, for callers to which a damaged message is a finding.

A reader refuses a list with a message that it cannot hold. Here such a message is told by its place, and the rest is
read as if it were not there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain.dialects.account import Account
from chatdata.domain.dialects.bodies import Body
from chatdata.domain.dialects.values import InvalidConversation, LeftOut, ReadMessage

_INDEX = re.compile(r"\w+\[(\d+)\]")
_STAND_IN = {"role": "user", "content": "-", "parts": "-"}
"""A message that every reader of requests can hold; nothing of it is given back."""


@dataclass(frozen=True, slots=True)
class LocatedMessages:
    """The messages of a request, as its format's reader makes them."""

    key: str
    """The key of the list, or the name that the list has in places where it stands alone."""
    items: Sequence[Any]
    """The list as it was given."""
    messages: tuple[ReadMessage, ...]
    left_out: tuple[LeftOut, ...]
    """What the messages do not hold, with its place."""
    unread: tuple[str, ...]
    """The places of the items that the reader refused."""


def read_located(value: object, body: Body) -> LocatedMessages:
    """The messages of an object with a list of them, or of a bare list; none where there is no list."""
    key, items = _list_of(value, body)
    try:
        return _read(items, key, body, frozenset())
    except (InvalidConversation, RecursionError):
        refused = frozenset(index for index, item in enumerate(items) if not _is_readable(item, key, body))
    try:
        return _read(items, key, body, refused)
    except (InvalidConversation, RecursionError):  # refused for what they are together
        return LocatedMessages(key, items, (), (), (key,))


def index_in(place: str) -> int | None:
    """The index of the item that a place stands in, as 3 for messages[3].content[0]."""
    found = _INDEX.match(place)
    return int(found[1]) if found else None


def _list_of(value: object, body: Body) -> tuple[str, Sequence[Any]]:
    if isinstance(value, list):
        return body.list_keys[0], value
    given = value if isinstance(value, Mapping) else {}
    key = next((key for key in body.list_keys if key in given), body.list_keys[0])
    items = given.get(key)
    if isinstance(items, str) and key == "input":
        return key, [{"role": "user", "content": items}]
    return key, items if isinstance(items, list) else ()


def _is_readable(item: object, key: str, body: Body) -> bool:
    try:
        body.read_messages([item], key, Account())
    except (InvalidConversation, RecursionError):
        return False
    return True


def _read(items: Sequence[Any], key: str, body: Body, refused: frozenset[int]) -> LocatedMessages:
    account = Account()
    held = [_STAND_IN if index in refused else item for index, item in enumerate(items)]
    messages = body.read_messages(held, key, account)
    return LocatedMessages(
        key,
        items,
        tuple(message for message in messages if index_in(message.place) not in refused),
        tuple(item for item in account.left_out if index_in(item.place) not in refused),
        tuple(f"{key}[{index}]" for index in sorted(refused)),
    )
