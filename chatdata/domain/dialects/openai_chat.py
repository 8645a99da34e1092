"""OpenAI chat completions: requests, fine-tuning lines, batch lines, cached documents and Ollama's logs.

Recognised by messages with a role. Tool calls are kept as they are, except for those of logs that have the name and the
arguments beside the ID: nobody could read these as calls.
"""

from collections.abc import Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.assembly import call, take_id, take_time
from chatdata.domain.dialects.fields import function_call, is_empty, moment, optional_text, shown_key, tool_calls
from chatdata.domain.dialects.parts import audio_text, data_note, text_of
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.usage import usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage
from chatdata.domain.messages import ChatMessage
from chatdata.domain.text import sanitize

_SETTINGS = frozenset(
    {
        *("annotations", "metadata", "extra", "weight", "index", "agent", "message_type", "duration_ms", "model"),
        *("finish_reason", "logprobs", "provider", "provider_specific_fields", "status", "source", "usage", "cost"),
        *("type", "object", "prefix", "cache_control", "additional_kwargs", "response_metadata", "origin", "tags"),
    }
)
"""Keys that never carry what was said."""
_PLAIN_KEYS = frozenset({"role", "content", "tool_call_id", "name"})
_CALLING_KEYS = frozenset({"role", "content", "tool_calls"})
_PLAIN_ROLES = frozenset({"user", "assistant", "system", "developer", "tool"})
_THINKING = frozenset({"reasoning", "reasoning_content", "reasoning_details", "thinking", "thinking_blocks", "thought"})


def recognises(shape: Shape) -> bool:
    """Whether the messages have roles."""
    held = shape.is_list or bool({"conversations", "conversation"} & shape.keys)
    return "messages" in shape.keys or (held and "role" in shape.item_keys)


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages of a request. Raises InvalidConversation with the position and the key of what is wrong."""
    found = [
        ReadMessage(ChatMessage.model_validate(item), place=f"{place}[{index}]")
        if _is_ours(item)
        else message(object_at(item, f"{place}[{index}]", account))
        for index, item in enumerate(items)
    ]
    return _answering(found) if any(map(_answers_by_its_id, found)) else found


def _answers_by_its_id(read: ReadMessage) -> bool:
    return read.id is not None and read.message.role == "tool" and not read.message.tool_call_id


def _answering(found: Sequence[ReadMessage]) -> list[ReadMessage]:
    """The messages with the results that have the ID of their call as their own."""
    calls: set[object] = set()
    answered = []
    for read in found:
        calls.update(call.get("id") for call in read.message.tool_calls or () if isinstance(call, dict))
        if _answers_by_its_id(read) and read.id in calls:
            read = read._replace(message=read.message.model_copy(update={"tool_call_id": read.id}), id=None)
        answered.append(read)
    return answered


def _is_ours(item: object) -> bool:
    """Whether a message needs no reading, as most don't: only role and words, calls, or a plain result."""
    if not isinstance(item, dict):
        return False
    if "tool_calls" in item:
        calls, content = item["tool_calls"], item.get("content")
        plain = isinstance(calls, list) and bool(calls) and (content is None or isinstance(content, str))
        plain = plain and not any(map(_is_flat, calls))
        return plain and item.keys() <= _CALLING_KEYS and item.get("role") == "assistant"
    if not item.keys() <= _PLAIN_KEYS or "content" not in item:
        return False
    return all(isinstance(value, str) for value in item.values()) and item.get("role") in _PLAIN_ROLES


def message(fields: Fields) -> ReadMessage:
    """One message; what it has beyond ours is accounted for."""
    role, where = _role(fields), fields.place
    content = _content(fields)
    found = ChatMessage(
        role=role,
        content=content,
        name=optional_text(fields.take("name", "tool_name"), f"{where}.name"),
        tool_call_id=_tool_call_id(fields),
        refusal=optional_text(fields.take("refusal"), f"{where}.refusal"),
        tool_calls=_calls(fields),
        function_call=function_call(fields.take("function_call"), f"{where}.function_call"),
    )
    message_id = take_id(fields, "id")
    time = moment(fields.take("created_at"), f"{where}.created_at") or take_time(fields, "createdAt", "timestamp")
    usage = usage_of(fields.take("usage"), f"{where}.usage", fields.account)
    model = fields.take_text("model")
    fields.skip("sequence", "session_id")  # the order in the list and the session's own id replace them
    refuse_unheld(found, fields)
    fields.close()
    return ReadMessage(found, message_id, time, model, usage, where)


def _role(fields: Fields) -> str:
    role = fields.take("role")
    if not isinstance(role, str) or not sanitize(role):
        raise InvalidConversation(
            f"{fields.place} has no role" if role in (None, "") else f"{fields.place}.role should be text"
        )
    return role


def _content(fields: Fields) -> str | None:
    content = text_of(fields.take("content"), f"{fields.place}.content", fields.account)
    extra = []
    if audio := fields.peek("audio"):
        fields.leave_out("audio", "audio")
        extra.append(audio_text(audio))
    for index, image in enumerate(fields.take_list("images")):
        fields.account.leave_out("image", f"{fields.place}.images[{index}]", image)
        extra.append(data_note("image", image, None))
    return "\n".join(text for text in (content, *extra) if text) if extra else content


def _calls(fields: Fields) -> list[Any] | None:
    given = tool_calls(fields.take("tool_calls"), f"{fields.place}.tool_calls")
    if given is None or not any(map(_is_flat, given)):
        return given
    return [
        _nested(Fields(item, f"{fields.place}.tool_calls[{index}]", fields.account)) if _is_flat(item) else item
        for index, item in enumerate(given)
    ]


def _is_flat(item: object) -> bool:
    """Whether a call has its name beside its ID, as tau2 and LangChain write it, and not in a function."""
    if not isinstance(item, dict) or "function" in item or "custom" in item:
        return False
    return isinstance(item.get("name"), str) and ("arguments" in item or "args" in item)


def _nested(fields: Fields) -> dict[str, Any]:
    made = call(fields.take_text("id") or "", fields.take_text("name") or "", fields.take("arguments", "args"))
    fields.drop("type", "function", "tool_call")
    fields.close()
    return made.entry


def _tool_call_id(fields: Fields) -> str | None:
    given = optional_text(fields.take("tool_call_id"), f"{fields.place}.tool_call_id")
    several = fields.peek("tool_call_ids")
    if given is None and isinstance(several, list) and len(several) == 1 and isinstance(several[0], str):
        return str(fields.take("tool_call_ids")[0])
    return given


def refuse_unheld(message: ChatMessage, fields: Fields) -> None:
    """Raises InvalidConversation where the only content stands under a key that is not known."""
    if message.content or message.tool_calls or message.function_call or message.refusal:
        return
    for key, value in fields.remaining().items():
        if key not in _SETTINGS and key not in _THINKING and not _names_something(key) and has_words(value):
            raise InvalidConversation(
                f"{fields.place} has its only content under the unknown key {shown_key(key)}: "
                "a message has content or tool_calls"
            )


def _names_something(key: str) -> bool:
    return key.lower().endswith(("id", "ids", "_at")) or key.endswith("At")


def has_words(value: object) -> bool:
    """Whether there is any text in a value."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str) and item.strip():
            return True
        if isinstance(item, dict):
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return False


def is_answer_only(fields: Fields) -> bool:
    """Whether an object is a model's answer without the messages it answers."""
    return "messages" not in fields and not is_empty(fields.peek("choices"))
