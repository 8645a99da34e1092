"""Open WebUI's chat export.

Recognised by a chat with a history. The branch of currentId is read; other branches are counted.
"""

from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.assembly import take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.branches import current_branch, leave_out_others
from chatdata.domain.dialects.fields import shown_key
from chatdata.domain.dialects.openai_chat import message
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage


def recognises_value(value: object) -> bool:
    """Whether a value is a chat with a history, or wraps one."""
    if not isinstance(value, dict):
        return False
    chat = value.get("chat") if isinstance(value.get("chat"), dict) else value
    history = chat.get("history") if isinstance(chat, dict) else None
    return isinstance(history, dict) and isinstance(history.get("messages"), dict)


def read(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one chat. Raises InvalidConversation where it has no history."""
    if not isinstance(value, dict) or not recognises_value(value):
        raise InvalidConversation("there is no chat.history with messages")
    account, inner = Account(), Account()
    outer = Fields(value, "", account)
    chat = Fields(outer.take_object("chat"), "chat", account) if "chat" in outer else outer
    history = Fields(chat.take_object("history"), chat.at("history"), account)
    given = history.take_object("messages")
    current = history.take_text("currentId")
    chat.skip("messages")  # restates the current branch
    found = ReadConversation(
        "open-webui",
        tuple(_messages(given, current, history.at("messages"), inner)),
        id=take_id(outer, "id") or take_id(chat, "id"),
        user=outer.take_text("user_id"),
        title=_title(outer, chat),
        started=take_time(outer, "created_at") or take_time(chat, "timestamp"),
        updated=take_time(outer, "updated_at"),
        model=_only_model(chat),
    )
    history.close()
    chat.close()
    outer.close()
    return [finish(found, account, inner)]


def _title(outer: Fields, chat: Fields) -> str | None:
    title = outer.take_text("title") or chat.take_text("title")
    chat.drop("title", title)
    return title


def _only_model(chat: Fields) -> str | None:
    models = chat.peek("models")
    if isinstance(models, list) and len(models) == 1 and isinstance(models[0], str):
        return str(chat.take("models")[0])
    return None


def _messages(given: dict[str, Any], current: str | None, place: str, account: Account) -> list[ReadMessage]:
    places = {key: f"{place}[{shown_key(key)}]" for key in given}
    fields = {key: object_at(item, places[key], account) for key, item in given.items()}
    parents = {key: item.peek("parentId") for key, item in fields.items()}
    branch = current_branch(parents, current)
    leave_out_others(given, branch, places.__getitem__, account)
    return [_message(fields[key]) for key in branch]


def _message(fields: Fields) -> ReadMessage:
    fields.skip("parentId", "childrenIds")
    fields.drop("done", True)
    for index, item in enumerate(fields.take_list("files")):
        kind = item.get("type") if isinstance(item, dict) else None
        fields.account.leave_out("image" if kind == "image" else "file", f"{fields.at('files')}[{index}]", item)
    return message(fields)
