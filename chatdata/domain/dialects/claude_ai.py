"""claude.ai's export.

Recognised by the key chat_messages. The branch of the current message is read; other branches are counted.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.anthropic import blocks
from chatdata.domain.dialects.assembly import About, Piece, messages_from, take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.branches import current_branch
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage
from chatdata.domain.messages import ChatMessage

_ROLES = {"human": "user"}
_FILES = ("attachments", "files", "files_v2")


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
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise InvalidConversation(f"chat_messages[{index}] should be an object")
    found: list[ReadMessage] = []
    for index in _branch(items, current, account):
        found += _message(items[index], f"chat_messages[{index}]", account)
    return found


def _branch(items: Sequence[dict[str, Any]], current: str | None, account: Account) -> Iterable[int]:
    """The positions of the messages on the branch that is read; others are counted."""
    if not any(item.get("parent_message_uuid") for item in items):
        return range(len(items))
    positions = {str(item.get("uuid") or index): index for index, item in enumerate(items)}
    parents = {key: items[index].get("parent_message_uuid") for key, index in positions.items()}
    branch = [positions[key] for key in current_branch(parents, current)]
    for index in sorted(set(range(len(items))).difference(branch)):
        if items[index]:
            account.leave_out("branch", f"chat_messages[{index}]", items[index])
    return branch


def _message(item: dict[str, Any], place: str, account: Account) -> list[ReadMessage]:
    fields = Fields(item, place, account)
    sender = fields.take("sender", "role")
    if not isinstance(sender, str) or not sender:
        raise InvalidConversation(f"{place} has no sender")
    about = About(take_id(fields, "uuid"), take_time(fields, "created_at"), fields.take_text("model"), place=place)
    fields.skip("parent_message_uuid", "updated_at", "index")
    content, text = fields.take("content"), fields.take_text("text")
    pieces = blocks(content, f"{place}.content", account)
    words = " ".join(piece for piece in pieces if isinstance(piece, str))
    if text and not words:
        pieces = [text, *pieces]
    elif text and text != words and text.split() != words.split():
        account.leave_out("key", f"{place}.text", text, "text")
    for name in _FILES:
        for index, file in enumerate(fields.take_list(name) if fields.peek(name) else ()):
            pieces.append(_file(file, f"{place}.{name}[{index}]", account))
    if not any(pieces):
        refuse_unheld(ChatMessage(role=sender), fields)
    fields.close()
    return messages_from(_ROLES.get(sender, sender), pieces, about)


def _file(item: object, place: str, account: Account) -> Piece:
    account.leave_out("file", place, item)
    name = item.get("file_name") if isinstance(item, dict) else None
    return f"[file: {name}]" if isinstance(name, str) and name else "[file]"
