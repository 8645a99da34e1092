"""Messages as OpenTelemetry's GenAI conventions describe them: a role, and parts with a type and content.

Recognised by parts whose text stands under content, and of type tool_call and tool_call_response.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, objects_at
from chatdata.domain.dialects.assembly import Piece, call, messages_from, result, take_about
from chatdata.domain.dialects.encoding import as_text
from chatdata.domain.dialects.parts import part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import ReadMessage

_TYPES = frozenset({"tool_call", "tool_call_response"})


def recognises(shape: Shape) -> bool:
    """Whether the parts of messages hold their text under content."""
    held = (shape.is_list or "messages" in shape.keys) and {"role", "parts"} <= shape.item_keys
    return held and (bool(shape.block_types & _TYPES) or {"type", "content"} <= shape.block_keys)


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages; each response of a tool becomes a message of its own."""
    found: list[ReadMessage] = []
    for fields in objects_at(items, place, account):
        role = fields.take_role()
        parts = fields.take("parts", "content")
        if not isinstance(parts, list):
            parts = [] if parts is None else [{"type": "text", "content": parts}]
        where = fields.at("parts")
        pieces = [_part(part, f"{where}[{number}]", account) for number, part in enumerate(parts)]
        about = take_about(fields)
        fields.close()
        found += messages_from(role, pieces, about)
    return found


def _part(item: object, place: str, account: Account) -> Piece:
    type_ = item.get("type") if isinstance(item, dict) else None
    if not isinstance(item, dict) or type_ not in ("text", "tool_call", "tool_call_response"):
        return part_text(item, place, account)
    fields = Fields(item, place, account)
    fields.skip("type")
    piece: Piece
    if type_ == "text":
        content = fields.take("content", "text")
        piece = None if content is None else as_text(content)
    elif type_ == "tool_call":
        name, call_id = fields.take_text("name") or "", fields.take_text("id") or ""
        arguments = fields.take("arguments")
        piece = call(call_id, name, {} if arguments is None else arguments)
    else:
        answer = fields.take("response", "result")
        piece = result(fields.take_text("id"), "" if answer is None else as_text(answer), fields.take_text("name"))
    fields.close()
    return piece
