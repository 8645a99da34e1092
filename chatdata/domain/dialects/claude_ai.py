"""claude.ai's export.

Recognised by the key chat_messages. The branch of the current message is read; other branches are counted.
"""

from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.anthropic import blocks
from chatdata.domain.dialects.assembly import About, Piece, messages_from, take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.branches import current_branch, leave_out_others
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage
from chatdata.domain.messages import ChatMessage

_ROLES = {"human": "user"}


def recognises(shape: Shape) -> bool:
    """Whether there are chat_messages."""
    return "chat_messages" in shape.keys


def read(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one export entry. Raises InvalidConversation where chat_messages is no list."""
    account, inner = Account(), Account()
    fields = Fields(value if isinstance(value, dict) else {}, "", account)
    items = fields.take("chat_messages")
    if not isinstance(items, list):
        raise InvalidConversation("chat_messages should be a list")
    current = fields.take_text("current_leaf_message_uuid")
    account_of = fields.take_object("account")
    user = Fields(account_of, "account", account)
    found = ReadConversation(
        "claude-ai",
        tuple(_messages(items, current, inner)),
        id=take_id(fields, "uuid", "id"),
        user=user.take_text("uuid"),
        title=fields.take_text("name", "title"),
        started=take_time(fields, "created_at"),
        updated=take_time(fields, "updated_at"),
        model=fields.take_text("model"),
    )
    user.close()
    fields.close()
    return [finish(found, account, inner)]


def _messages(items: list[Any], current: str | None, account: Account) -> list[ReadMessage]:
    given = [object_at(item, f"chat_messages[{index}]", account) for index, item in enumerate(items)]
    keys = [str(item.peek("uuid") or index) for index, item in enumerate(given)]
    if any(item.peek("parent_message_uuid") for item in given):
        parents = {key: item.peek("parent_message_uuid") for key, item in zip(keys, given, strict=True)}
        branch = current_branch(parents, current)
    else:
        branch = keys
    by_key = dict(zip(keys, given, strict=True))
    whole = dict(zip(keys, items, strict=True))
    leave_out_others(whole, branch, {key: item.place for key, item in by_key.items()}, account)
    found: list[ReadMessage] = []
    for key in branch:
        found += _message(by_key[key])
    return found


def _message(fields: Fields) -> list[ReadMessage]:
    sender = fields.take("sender", "role")
    if not isinstance(sender, str) or not sender:
        raise InvalidConversation(f"{fields.place} has no sender")
    about = About(
        take_id(fields, "uuid"), take_time(fields, "created_at"), fields.take_text("model"), place=fields.place
    )
    fields.skip("parent_message_uuid", "updated_at", "index")
    content, text = fields.take("content"), fields.take_text("text")
    pieces = blocks(content, fields.at("content"), fields.account)
    words = " ".join(piece for piece in pieces if isinstance(piece, str))
    if text and not words:
        pieces = [text, *pieces]
    elif text and text != words and text.split() != words.split():
        fields.account.leave_out("key", fields.at("text"), text, "text")
    for name in ("attachments", "files", "files_v2"):
        for index, item in enumerate(fields.take_list(name)):
            pieces.append(_file(item, f"{fields.at(name)}[{index}]", fields.account))
    if not any(pieces):
        refuse_unheld(ChatMessage(role=sender), fields)
    fields.close()
    return messages_from(_ROLES.get(sender, sender), pieces, about)


def _file(item: object, place: str, account: Account) -> Piece:
    account.leave_out("file", place, item)
    name = item.get("file_name") if isinstance(item, dict) else None
    return f"[file: {name}]" if isinstance(name, str) and name else "[file]"
