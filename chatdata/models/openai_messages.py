"""From stored messages to the messages of an OpenAI chat completion. Pure; the session is never changed.

The rules are the reference system's: one conversion a role, unknown roles are skipped, then neighbouring
assistant messages become one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from chatdata.models.message import ChatMessage

if TYPE_CHECKING:  # importing openai takes longer than all the rest, and its types are only named here
    from openai.types.chat import (
        ChatCompletionAssistantMessageParam,
        ChatCompletionMessageFunctionToolCallParam,
        ChatCompletionMessageParam,
    )

log = logging.getLogger(__name__)


def to_openai_messages(messages: Sequence[ChatMessage]) -> list[ChatCompletionMessageParam]:
    """The payload of these messages: each converted by its role, then neighbouring assistants merged."""
    converted = (_convert(position, message) for position, message in enumerate(messages))
    return merge_consecutive_assistant_messages([param for param in converted if param is not None])


def merge_consecutive_assistant_messages(
    messages: Iterable[ChatCompletionMessageParam],
) -> list[ChatCompletionMessageParam]:
    """Runs of assistant messages as one each: contents joined by a newline, tool calls concatenated.

    Empty contents are ignored; name, refusal and function_call of the earlier message are kept and those of
    the later one dropped. The messages given are not changed.
    """
    merged: list[ChatCompletionMessageParam] = []
    for message in messages:
        if merged and message["role"] == "assistant" and merged[-1]["role"] == "assistant":
            merged[-1] = _merge(merged[-1], message)
        else:
            merged.append(message)
    return merged


def _merge(
    earlier: ChatCompletionAssistantMessageParam, later: ChatCompletionAssistantMessageParam
) -> ChatCompletionAssistantMessageParam:
    both = earlier.copy()
    if content := later.get("content"):
        before = earlier.get("content")
        both["content"] = f"{before}\n{content}" if before else content
    if calls := later.get("tool_calls"):
        both["tool_calls"] = [*(earlier.get("tool_calls") or ()), *calls]
    return both


def _convert(position: int, message: ChatMessage) -> ChatCompletionMessageParam | None:
    convert = _BY_ROLE.get(message.role)
    if convert is None:
        log.warning("message %d has a role that no payload knows; it is skipped", position)
        return None
    return cast("ChatCompletionMessageParam", convert(position, message))


def _plain(_position: int, message: ChatMessage) -> dict[str, Any]:
    param: dict[str, Any] = {"role": message.role, "content": message.content or ""}
    if message.name:
        param["name"] = message.name
    return param


def _assistant(position: int, message: ChatMessage) -> dict[str, Any]:
    param = _plain(position, message)
    if message.function_call:
        if (function := _function(message.function_call)) is not None:
            param["function_call"] = function
        else:
            log.warning("message %d: a function_call without a name is left out", position)
    if message.refusal:
        param["refusal"] = message.refusal
    if message.tool_calls:
        param["tool_calls"] = _tool_calls(position, message.tool_calls)
    return param


def _tool(_position: int, message: ChatMessage) -> dict[str, Any]:
    return {"role": "tool", "content": message.content or "", "tool_call_id": message.tool_call_id or ""}


def _function_result(_position: int, message: ChatMessage) -> dict[str, Any]:
    return {"role": "function", "content": message.content, "name": message.name or ""}


_BY_ROLE: dict[str, Callable[[int, ChatMessage], dict[str, Any]]] = {
    "developer": _plain,
    "system": _plain,
    "user": _plain,
    "assistant": _assistant,
    "tool": _tool,
    "function": _function_result,
}


def _tool_calls(position: int, entries: Sequence[Any]) -> list[ChatCompletionMessageFunctionToolCallParam]:
    calls = []
    for index, entry in enumerate(entries):
        if (call := _tool_call(entry)) is not None:
            calls.append(call)
        else:
            log.warning("message %d: tool call %d has no id or no function.name; left out", position, index)
    return calls


def _tool_call(entry: Any) -> ChatCompletionMessageFunctionToolCallParam | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return None
    function = _function(entry.get("function"))
    if function is None:
        return None
    return cast(
        "ChatCompletionMessageFunctionToolCallParam",
        {"id": entry["id"], "type": "function", "function": function},
    )


def _function(value: Any) -> dict[str, str] | None:
    """{"name", "arguments"}, missing arguments as "{}"; None where there is no name."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    arguments = value.get("arguments")
    if arguments is None:
        arguments = "{}"
    elif not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return {"name": value["name"], "arguments": arguments}
