"""ChatGPT's export: a tree of messages in mapping.

Recognised by the key mapping. The branch of current_node is read; other branches are counted.
"""

from typing import Any

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.assembly import About, MadeIds, Piece, call, messages_from, result, take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.branches import current_branch, leave_out_others
from chatdata.domain.dialects.fields import shown_key
from chatdata.domain.dialects.parts import part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage

_THINKING = frozenset({"thoughts", "reasoning_recap"})
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
    spoken = {key: node if _says_something(node) else None for key, node in nodes.items()}
    leave_out_others(spoken, branch, {key: f"mapping[{shown_key(key)}]" for key in nodes}, inner)
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
    return bool(node.get("message")) or bool(set(node) - {"id", "parent", "children", "message"})


def _node(node: dict[str, Any], place: str, account: Account, ids: MadeIds) -> list[ReadMessage]:
    outer = Fields(node, place, account)
    outer.skip("parent", "children", "id")
    message = outer.take("message")
    outer.close()
    if not isinstance(message, dict):
        return []
    fields = Fields(message, f"{place}.message", account)
    author = Fields(fields.take_object("author"), fields.at("author"), account)
    role, name = author.take_text("role") or "", author.take_text("name")
    author.close()
    if not role:
        raise InvalidConversation(f"{place} has no author with a role")
    metadata = Fields(fields.take_object("metadata"), fields.at("metadata"), account)
    about = About(
        take_id(fields, "id"), take_time(fields, "create_time"), metadata.take_text("model_slug"), place=place
    )
    metadata.close()
    text = _content(fields)
    recipient = fields.take("recipient")
    fields.skip("end_turn", "weight", "update_time")
    fields.drop("status", "finished_successfully")
    fields.close()
    if not text and (role == "system" or text is None):
        return []
    return messages_from(role, [_piece(role, name, text, recipient, about, ids)], about)


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
    content = Fields(given, fields.at("content"), fields.account)
    type_ = content.take("content_type")
    if isinstance(type_, str) and type_ in _THINKING:
        fields.account.leave_out("thinking", content.place, given)
        return None
    parts = content.take_list("parts")
    place = content.at("parts")
    texts = [_part(item, f"{place}[{index}]", fields.account) for index, item in enumerate(parts)]
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
