"""Messages of views over another product's tables, whose rows have the item as that product wrote it.

Such a view fills the columns of "ChatMessage" as far as SQL can, for lists, search and usage. Beside them it has the
item in "sourceItem" and the name of its format in "sourceFormat", and the reader of that format says what the message
is. Positions are counted in the order of "sequence", because ids of other tables leave gaps.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, get_args

from chatdata.domain.copies import CopyMessage
from chatdata.domain.dialects import Dialect, InvalidConversation, ReadConversation, ReadMessage, read
from chatdata.domain.messages import ChatMessage, DamagedValue
from chatdata.domain.messages.message import parsed_json
from chatdata.stores.database.damage import Row, as_text, copy_message, known_time, readable_extras
from chatdata.stores.database.tables import FORMAT, ITEM

_FORMATS = frozenset[str](get_args(Dialect))
_PLACE = "messages[0]"
"""Where the reader places the only item of its list."""


def read_items(rows: Sequence[Row], extras: Sequence[str]) -> tuple[tuple[CopyMessage, ...], tuple[DamagedValue, ...]]:
    """The messages of rows in order of sequence, and their damaged values.

    `extras` are the names of optional columns to include. What a message does not hold of its item is in the extra
    "sourceParts".
    """
    others = [name for name in extras if name not in (ITEM, FORMAT)]
    messages, damaged = list[CopyMessage](), list[DamagedValue]()
    for row in rows:
        position = len(messages)
        if row[FORMAT] is None:
            messages.append(copy_message(row, position, others, damaged))
            continue
        try:
            conversation = _read(row)
        except InvalidConversation as error:
            damaged.append(DamagedValue(f"ChatMessage.{ITEM}", position, str(error)))
            messages.append(copy_message(row, position, [*others, ITEM], damaged))
        else:
            messages += _messages(row, conversation, position, others)
    return tuple(messages), tuple(damaged)


def _read(row: Row) -> ReadConversation:
    """What the item's reader returns. Raises InvalidConversation with a reason that quotes nothing."""
    dialect = row[FORMAT]
    if dialect not in _FORMATS:
        raise InvalidConversation("its format has no reader of that name")
    item = parsed_json(row[ITEM])
    if not isinstance(item, dict):
        raise InvalidConversation("no JSON object where an item was expected")
    try:
        (found,) = read([item], dialect)
        if isinstance(found, InvalidConversation):
            raise found
    except InvalidConversation as error:
        raise InvalidConversation(_without_place(str(error))) from error
    return found


def _messages(row: Row, found: ReadConversation, position: int, extras: Sequence[str]) -> list[CopyMessage]:
    """The messages of one item: none in most cases but one; an item without words keeps the role of its row."""
    read_ones = found.messages or (ReadMessage(ChatMessage(role=as_text(row["role"]) or "")),)
    return [
        CopyMessage(
            position=position + index,
            message=one.message,
            created_at=known_time(row["createdAt"]) or one.time,
            id=as_text(row["id"]),
            extras={**readable_extras(row, extras), **_beside(one), **(_left_out(found) if index == 0 else {})},
        )
        for index, one in enumerate(read_ones)
    ]


def _beside(read_one: ReadMessage) -> dict[str, Any]:
    """What the item tells about the message beyond the words."""
    usage = read_one.usage.model_dump() if read_one.usage else None
    found = {"sourceId": read_one.id, "model": read_one.model, "usage": usage}
    return {name: value for name, value in found.items() if value is not None}


def _left_out(found: ReadConversation) -> dict[str, Any]:
    parts = [{**asdict(part), "place": _place_in_item(part.place)} for part in found.left_out]
    notes = {"sourceParts": parts, "sourceRemarks": list(found.remarks)}
    return {name: value for name, value in notes.items() if value}


def _place_in_item(place: str) -> str:
    """The place of a part in its item, or the column's name for the item as a whole."""
    return ITEM if place == _PLACE else place.removeprefix(f"{_PLACE}.")


def _without_place(text: str) -> str:
    """A sentence about the item."""
    return text.replace(f"{_PLACE}.", "").replace(_PLACE, "it")
