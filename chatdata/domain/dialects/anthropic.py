"""Anthropic's Messages API: requests and logs.

Recognised by blocks of type tool_use, tool_result, thinking and document, or by what stands beside the messages: a
system key, tools with an input_schema, or a Claude model with max_tokens.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.assembly import Piece, call, messages_from, result, take_about
from chatdata.domain.dialects.encoding import as_text
from chatdata.domain.dialects.fields import is_empty
from chatdata.domain.dialects.openai_chat import refuse_unheld
from chatdata.domain.dialects.parts import part_text
from chatdata.domain.dialects.shape import Shape
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage
from chatdata.domain.messages import ChatMessage

BLOCKS = frozenset({"tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use"})


def recognises(shape: Shape) -> bool:
    """Whether there are blocks that only this API has, or a system prompt beside the messages."""
    held = "messages" in shape.keys or (shape.is_list and "role" in shape.item_keys)
    others = shape.block_keys & {"toolUse", "toolResult"} or shape.item_keys & {"tool_calls", "tool_call_id"}
    if not held or "tool" in shape.roles or others:
        return False
    sources = "source" in shape.block_keys and bool(shape.block_types & {"image", "document"})
    return bool(shape.block_types & BLOCKS) or sources or ("system" in shape.keys and not shape.untyped_blocks)


def recognises_value(value: object, shape: Shape) -> bool:
    """Whether what stands beside the messages is a request's to this API: its tools, or a Claude model with max_tokens.

    The API needs max_tokens and has its tools' schemas under input_schema. Services with OpenAI's API take Claude
    models too: whatever only that API has beside the messages or in them makes it such a request.
    """
    if not isinstance(value, Mapping) or not isinstance(value.get("messages"), list):
        return False
    if _OPENAI_ITEMS & shape.item_keys or _OPENAI_BLOCKS & shape.block_types or "tool" in shape.roles:
        return False
    tools = value.get("tools")
    offered = [tool for tool in tools if isinstance(tool, Mapping)] if isinstance(tools, list) else []
    if offered:
        return all(map(_is_own_tool, offered))
    if not _is_claude(value.get("model")) or "max_tokens" not in value:
        return False
    return not (_OPENAI_KEYS & shape.keys or _OPENAI_ROLES & shape.roles or _answers_as_openai(value))


_OPENAI_KEYS = frozenset(
    {
        *("audio", "choices", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs"),
        *("max_completion_tokens", "modalities", "n", "parallel_tool_calls", "prediction", "presence_penalty"),
        *("reasoning_effort", "response_format", "seed", "stop", "store", "stream_options", "top_logprobs", "user"),
    }
)
_OPENAI_ITEMS = frozenset({"tool_calls", "tool_call_id", "function_call"})
_OPENAI_BLOCKS = frozenset({"image_url", "input_audio", "file", "refusal"})
_OPENAI_ROLES = frozenset({"system", "developer", "function"})
_OWN_TOOL = re.compile(r"[a-z_]+_20\d{6}")
"""The types of the API's own tools, which end with a date, as in web_search_20250305."""


def _is_own_tool(tool: Mapping[str, Any]) -> bool:
    type_ = tool.get("type")
    if "function" in tool or not isinstance(type_, str | None):
        return False
    return "input_schema" in tool or (type_ is not None and bool(_OWN_TOOL.fullmatch(type_)))


def _is_claude(model: object) -> bool:
    """Whether a model has the name that Anthropic itself gives it, without the provider that routers put before it."""
    return isinstance(model, str) and model.startswith("claude-")


def _answers_as_openai(value: Mapping[str, Any]) -> bool:
    response = value.get("response")
    return isinstance(response, Mapping) and "choices" in response


def messages(items: Sequence[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages of a request; each tool result becomes a message of its own."""
    found: list[ReadMessage] = []
    for index, item in enumerate(items):
        where = f"{place}[{index}]"
        found += _plain(item, where, account) or message(object_at(item, where, account))
    return found


def _plain(item: object, place: str, account: Account) -> list[ReadMessage] | None:
    """The messages of one with a role and content and nothing else, as most are; None for any other."""
    if not isinstance(item, dict) or len(item) != 2 or not item.get("content"):
        return None
    role, content = item.get("role"), item["content"]
    if not isinstance(role, str) or not role or not isinstance(content, str | list):
        return None
    inside = f"{place}.content"
    pieces = blocks(content, inside, account)
    return messages_from(role, pieces, place, inside if isinstance(content, list) else "")


def message(fields: Fields) -> list[ReadMessage]:
    """The messages that one message of the API stands for."""
    role = fields.take_role()
    content, about = fields.take("content"), take_about(fields)
    fields.drop("type", "message")
    if is_empty(content):
        refuse_unheld(ChatMessage(role=role), fields)
    pieces = blocks(content, fields.at("content"), fields.account)
    fields.close()
    return messages_from(role, pieces, about, fields.at("content") if isinstance(content, list) else "")


def blocks(content: object, place: str, account: Account) -> list[Piece]:
    """The pieces of a message's content: text, or a list of blocks."""
    if content is None or isinstance(content, str):
        return [content or None]
    if not isinstance(content, list):
        raise InvalidConversation(f"{place} should be text or a list of blocks")
    return [_block(item, f"{place}[{index}]", account) for index, item in enumerate(content)]


def _block(item: object, place: str, account: Account) -> Piece:
    type_ = item.get("type") if isinstance(item, dict) else None
    if not isinstance(item, dict) or type_ not in ("tool_use", "tool_result"):
        return part_text(item, place, account)
    if (plain := _plain_block(item)) is not None:
        return plain
    fields = Fields(item, place, account)
    fields.skip("type")
    piece: Piece
    if type_ == "tool_use":
        piece = call(fields.take_text("id") or "", fields.take_text("name") or "", fields.take("input"))
    else:
        content = result_text(fields.take("content"), fields.at("content"), account)
        piece = result(fields.take_text("tool_use_id"), content)
    fields.close()
    return piece


def _plain_block(item: dict[str, Any]) -> Piece:
    """A call or a result with what it must have and nothing else, as most are; None for any other."""
    if item["type"] == "tool_use":
        call_id, name = item.get("id"), item.get("name")
        if len(item) == 4 and "input" in item and isinstance(call_id, str) and isinstance(name, str):
            return call(call_id, name, item["input"])
    else:
        call_id, content = item.get("tool_use_id"), item.get("content")
        if len(item) == 3 and isinstance(call_id, str) and call_id and isinstance(content, str):
            return result(call_id, content)
    return None


def result_text(content: object, place: str, account: Account) -> str:
    """The text of a result: text unchanged, blocks as text, and other JSON as it is."""
    if content is None:
        return ""
    if not isinstance(content, list) or not all(isinstance(item, dict) and "type" in item for item in content):
        return as_text(content)
    texts = (part_text(item, f"{place}[{index}]", account) for index, item in enumerate(content))
    return "\n".join(text for text in texts if text is not None)
