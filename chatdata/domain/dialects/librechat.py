"""LibreChat's export of one conversation.

Recognised by messages with isCreatedByUser. The last branch is read; other branches are counted.
"""

from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.assembly import About, Piece, call, messages_from, result, take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.branches import current_branch, leave_out_others
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.parts import part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage
from chatdata.domain.messages import ChatMessage


def recognises(shape: Shape) -> bool:
    """Whether the messages say who created them as this export does."""
    return "messages" in shape.keys and bool({"isCreatedByUser", "parentMessageId"} & shape.item_keys)


def read(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one export. Raises InvalidConversation where it has no list of messages."""
    account, inner = Account(), Account()
    fields = Fields(value if isinstance(value, dict) else {}, "", account)
    items = fields.take("messages", "messagesTree")
    if not isinstance(items, list):
        raise InvalidConversation("there is no list of messages")
    found = ReadConversation(
        "librechat",
        tuple(_messages(_flat(items), inner)),
        id=take_id(fields, "conversationId", "id"),
        user=fields.take_text("user"),
        title=fields.take_text("title"),
        started=take_time(fields, "createdAt"),
        updated=take_time(fields, "updatedAt"),
        model=fields.take_text("model"),
    )
    fields.skip("recursive", "branches")
    fields.close()
    return [finish(found, account, inner)]


def _flat(items: list[Any], place: str = "messages") -> list[tuple[str, dict[str, Any]]]:
    """The messages of a list, or of a tree with children, with their places."""
    found: list[tuple[str, dict[str, Any]]] = []
    pending = [(f"{place}[{index}]", item) for index, item in reversed(list(enumerate(items)))]
    while pending:
        where, item = pending.pop()
        if not isinstance(item, dict):
            raise InvalidConversation(f"{where} should be an object")
        children = item.get("children")
        children = children if isinstance(children, list) else []
        found.append((where, {key: value for key, value in item.items() if key != "children" or not children}))
        pending += [(f"{where}.children[{index}]", child) for index, child in reversed(list(enumerate(children)))]
    return found


def _messages(items: list[tuple[str, dict[str, Any]]], account: Account) -> list[ReadMessage]:
    keys = [str(item.get("messageId") or place) for place, item in items]
    parents = {key: item.get("parentMessageId") for key, (_, item) in zip(keys, items, strict=True)}
    known = set(keys)
    linked = any(isinstance(parent, str) and parent in known for parent in parents.values())
    branch = current_branch(parents, None) if linked else keys
    whole = {key: item for key, (_, item) in zip(keys, items, strict=True)}
    places = {key: place for key, (place, _) in zip(keys, items, strict=True)}
    leave_out_others(whole, branch, places.__getitem__, account)
    found: list[ReadMessage] = []
    for key in branch:
        found += _message(object_at(whole[key], places[key], account))
    return found


def _message(fields: Fields) -> list[ReadMessage]:
    by_user = fields.take("isCreatedByUser")
    sender = str(fields.peek("sender") or "").lower()
    user = by_user is True or (by_user is None and sender == "user")
    fields.drop("sender", "User", "user")
    about = About(
        take_id(fields, "messageId"),
        take_time(fields, "createdAt", "clientTimestamp"),
        fields.take_text("model"),
        place=fields.place,
    )
    fields.skip("parentMessageId", "conversationId", "updatedAt")
    content, text = fields.take("content"), fields.take_text("text")
    pieces: list[Piece] = []
    place = fields.at("content")
    for index, item in enumerate(content if isinstance(content, list) else [content] if content else []):
        pieces += _part(item, f"{place}[{index}]", fields.account)
    words = [piece for piece in pieces if isinstance(piece, str)]
    if text and not words:
        pieces = [text, *pieces]
    elif text and text.split() != " ".join(words).split():
        fields.account.leave_out("key", fields.at("text"), text, "text")
    role = "user" if user else "assistant"
    if not any(pieces):
        refuse_unheld(ChatMessage(role=role), fields)
    fields.close()
    return messages_from(role, pieces, about)


def _part(item: object, place: str, account: Account) -> list[Piece]:
    if not isinstance(item, dict) or not isinstance(item.get("tool_call"), dict):
        return [part_text(_plain(item), place, account)]
    outer = Fields(item, place, account)
    outer.skip("type")
    inside = Fields(outer.take_object("tool_call"), outer.at("tool_call"), account)
    inside.skip("type", "progress")
    function = Fields(inside.take_object("function"), inside.at("function"), account)
    name = inside.take_text("name") or function.take_text("name") or ""
    call_id = inside.take_text("id") or ""
    arguments = inside.take("args") or function.take("arguments") or {}
    output = inside.take_text("output") or function.take_text("output")
    for fields in (function, inside, outer):
        fields.close()
    made: list[Piece] = [call(call_id, name, arguments)]
    return [*made, result(call_id, output, name or None)] if output is not None else made


def _plain(item: object) -> object:
    """A text part whose text is {"value"}, with the text itself."""
    if isinstance(item, dict) and item.get("type") == "text" and isinstance(text := item.get("text"), dict):
        return {**item, "text": text.get("value")} if set(text) == {"value"} else item
    return item
