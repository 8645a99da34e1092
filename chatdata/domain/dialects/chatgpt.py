"""ChatGPT's export: a tree of messages in mapping.

Recognised by the key mapping. The branch of current_node is read; other branches are counted.
"""

from typing import Any

from chatdata.domain.dialects.account import Account, Fields, told
from chatdata.domain.dialects.assembly import About, MadeIds, Piece, call, messages_from, result, take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.branches import current_branch, leave_out_others
from chatdata.domain.dialects.fields import moment, shown_key
from chatdata.domain.dialects.parts import part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage

_THINKING = frozenset({"thoughts", "reasoning_recap"})
_LINKS = {"id", "parent", "children", "message"}
_AUTHOR = {"role", "name"}
_CONTENT = {"content_type", "parts"}
_SKIPPED = {"update_time", "end_turn", "weight"}
_MESSAGE = {"id", "author", "create_time", "content", "status", "metadata", "recipient", *_SKIPPED}
_DONE = ("finished_successfully", None)
_NO_METADATA: tuple[object, ...] = (None, {})
_LATEST = 4e9
"""Seconds since 1970, of the year 2096; a later time may be one in milliseconds, or none."""
_EVERYBODY = ("all", None, "")


def recognises(shape: Shape) -> bool:
    """Whether there is a mapping of messages."""
    return "mapping" in shape.keys


def read(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one export entry. Raises InvalidConversation where mapping is no object."""
    account, inner = Account(), Account()
    fields = Fields(value if isinstance(value, dict) else {}, "", account)
    nodes = fields.take("mapping")
    if not isinstance(nodes, dict) or not all(isinstance(node, dict) for node in nodes.values()):
        raise InvalidConversation("mapping should be an object of messages")
    parents = {key: node.get("parent") for key, node in nodes.items()}
    current = fields.take_text("current_node")
    branch = current_branch(parents, current)
    ids = MadeIds(inner)
    messages: list[ReadMessage] = []
    for key in branch:
        messages += _node(nodes[key], f"mapping[{shown_key(key)}]", inner, ids)
    if len(branch) < len(nodes):
        spoken = {key: node for key, node in nodes.items() if _says_something(node)}
        leave_out_others(spoken, branch, lambda key: f"mapping[{shown_key(key)}]", inner)
    found = ReadConversation(
        "chatgpt",
        tuple(messages),
        id=take_id(fields, "conversation_id", "id"),
        title=fields.take_text("title"),
        started=take_time(fields, "create_time"),
        updated=take_time(fields, "update_time"),
        model=fields.take_text("default_model_slug"),
    )
    fields.close()
    return [finish(found, account, inner)]


def _says_something(node: dict[str, Any]) -> bool:
    return bool(node.get("message")) or not node.keys() <= _LINKS


def _node(node: dict[str, Any], place: str, account: Account, ids: MadeIds) -> list[ReadMessage]:
    message = node.get("message")
    if not node.keys() <= _LINKS or not isinstance(message, dict):
        outer = Fields(node, place, account)
        outer.skip("id", "parent", "children")
        outer.take_object("message")
        outer.close()
    if not isinstance(message, dict):
        return []
    plain = _plain(message, place, ids)
    return _message(Fields(message, f"{place}.message", account), place, ids) if plain is None else plain


def _plain(message: dict[str, Any], place: str, ids: MadeIds) -> list[ReadMessage] | None:
    """The messages of one with a text and an author and nothing else to tell; None for any other."""
    author, id_, time = message.get("author"), message.get("id"), message.get("create_time")
    text = _plain_text(message.get("content"))
    if not text or not isinstance(author, dict) or not isinstance(id_, str) or not isinstance(time, float):
        return None
    role, name = author.get("role"), author.get("name")
    if not id_ or not role or not isinstance(role, str) or not isinstance(name, str | None):
        return None
    if not 0 < time < _LATEST or message.get("metadata") not in _NO_METADATA or message.get("status") not in _DONE:
        return None
    if not message.keys() <= _MESSAGE or not told(author).keys() <= _AUTHOR:
        return None
    about = About(id_, moment(time, place), place=place)
    return messages_from(role, [_piece(role, name or None, text, message.get("recipient"), about, ids)], about)


def _plain_text(content: object) -> str | None:
    if not isinstance(content, dict) or content.keys() != _CONTENT or content["content_type"] != "text":
        return None
    parts = content["parts"]
    return parts[0] if isinstance(parts, list) and len(parts) == 1 and isinstance(parts[0], str) else None


def _message(fields: Fields, place: str, ids: MadeIds) -> list[ReadMessage]:
    role, name = _author(fields)
    if not role:
        raise InvalidConversation(f"{place} has no author with a role")
    about = About(take_id(fields, "id"), take_time(fields, "create_time"), _model(fields), place=place)
    text = _content(fields)
    recipient = fields.take("recipient")
    fields.skip(*_SKIPPED)
    fields.drop("status", "finished_successfully")
    fields.close()
    if not text and (role == "system" or text is None):
        return []
    return messages_from(role, [_piece(role, name, text, recipient, about, ids)], about)


def _author(fields: Fields) -> tuple[str, str | None]:
    """The role, empty where there is none, and the name of a tool."""
    given = fields.take_object("author")
    role, name = given.get("role"), given.get("name")
    if isinstance(role, str) and isinstance(name, str | None) and told(given).keys() <= _AUTHOR:
        return role, name or None
    author = Fields(given, f"{fields.place}.author", fields.account)
    role, name = author.take_text("role") or "", author.take_text("name")
    author.close()
    return role, name


def _model(fields: Fields) -> str | None:
    if not (given := fields.take_object("metadata")):
        return None
    metadata = Fields(given, f"{fields.place}.metadata", fields.account)
    model = metadata.take_text("model_slug")
    metadata.close()
    return model


def _piece(role: str, name: str | None, text: str | None, recipient: object, about: About, ids: MadeIds) -> Piece:
    if role == "assistant" and isinstance(recipient, str) and recipient not in _EVERYBODY:
        return call(ids.for_call(recipient, about.id), recipient, text or "")
    if role == "tool":
        return result(ids.for_result(name), text, name)
    return text


def _content(fields: Fields) -> str | None:
    """The words; None where there is only thinking, which is accounted for."""
    given = fields.take("content")
    if isinstance(given, str) or given is None:
        return given
    if not isinstance(given, dict):
        raise InvalidConversation(f"{fields.at('content')} should be an object with parts")
    place = f"{fields.place}.content"
    type_ = given.get("content_type")
    if isinstance(type_, str) and type_ in _THINKING:
        fields.account.leave_out("thinking", place, given)
        return None
    parts = given.get("parts")
    items = parts if isinstance(parts, list) else []
    texts = [
        item if isinstance(item, str) else _part(item, f"{place}.parts[{index}]", fields.account)
        for index, item in enumerate(items)
    ]
    if given.keys() != _CONTENT or items is not parts:
        content = Fields(given, place, fields.account)
        content.skip("content_type")
        content.take_list("parts")
        texts += [text for key in ("text", "result", "title", "url") if (text := content.take_text(key))]
        content.close()
    return "\n".join(text for text in texts if text)


def _part(item: object, place: str, account: Account) -> str | None:
    type_ = item.get("content_type") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(type_, str):
        return part_text(item, place, account)
    if type_ == "audio_transcription" and isinstance(item.get("text"), str):
        account.leave_out("audio", place, item)
        return str(item["text"])
    kind = "image" if "image" in type_ else "audio" if "audio" in type_ else None
    if kind is None:
        return part_text(item, place, account)
    account.leave_out("image" if kind == "image" else "audio", place, item)
    pointer = item.get("asset_pointer")
    return f"[{kind}: {pointer}]" if isinstance(pointer, str) else f"[{kind}]"
