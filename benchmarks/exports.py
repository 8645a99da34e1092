"""Conversations as exports and logs of other products hold them, for measuring their readers."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Param = Mapping[str, Any]
_TIME = "2026-02-20T10:00:00Z"


def langchain(params: Sequence[Param]) -> Any:
    """LangChain's messages as {type, data}."""
    return {"messages": [{"type": _LANGCHAIN[param["role"]], "data": _langchain(param)} for param in params]}


_LANGCHAIN = {"system": "system", "user": "human", "assistant": "ai", "tool": "tool"}


def _langchain(param: Param) -> dict[str, Any]:
    found: dict[str, Any] = {"content": param.get("content") or "", "additional_kwargs": {}}
    if calls := param.get("tool_calls"):
        found["tool_calls"] = [{"type": "tool_call", **_called(call)} for call in calls]
    if "tool_call_id" in param:
        found["tool_call_id"] = param["tool_call_id"]
    return found


def _called(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call["function"]
    return {"name": function["name"], "args": json.loads(function["arguments"]), "id": call["id"]}


def ai_sdk_ui(params: Sequence[Param]) -> Any:
    """UI messages of the AI SDK, version 5: a call and its result are one part."""
    results = {param["tool_call_id"]: param["content"] for param in params if param["role"] == "tool"}
    kept = [param for param in params if param["role"] != "tool"]
    return [
        {"id": f"m{number}", "role": param["role"], "parts": _ui_parts(param, results)}
        for number, param in enumerate(kept)
    ]


def _ui_parts(param: Param, results: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": param["content"]}] if param.get("content") else []
    for call in map(_called, param.get("tool_calls") or ()):
        done = {"state": "output-available", "input": call["args"], "output": results.get(call["id"], "")}
        parts.append({"type": f"tool-{call['name']}", "toolCallId": call["id"], **done})
    return parts


def chatgpt(params: Sequence[Param]) -> Any:
    """An entry of ChatGPT's export: a tree with one branch."""
    nodes = {f"n{number}": _node(number, param) for number, param in enumerate(params)}
    return {"title": "A talk", "create_time": 1771581600.0, "mapping": nodes, "current_node": f"n{len(params) - 1}"}


def _node(number: int, param: Param) -> dict[str, Any]:
    calls = param.get("tool_calls") or ()
    text = calls[0]["function"]["arguments"] if calls else param.get("content") or ""
    message = {
        "id": f"n{number}",
        "author": {"role": param["role"], "name": "find_agent" if param["role"] == "tool" else None},
        "create_time": 1771581600.0 + number,
        "content": {"content_type": "text", "parts": [text]},
        "recipient": calls[0]["function"]["name"] if calls else "all",
    }
    parent = f"n{number - 1}" if number else None
    return {"id": f"n{number}", "message": message, "parent": parent, "children": [f"n{number + 1}"]}


def claude_ai(params: Sequence[Param]) -> Any:
    """An entry of claude.ai's export, with results as blocks."""
    chat = [
        {"uuid": f"m{number}", "sender": "human" if param["role"] == "user" else "assistant", **_claude(param)}
        for number, param in enumerate(params)
    ]
    return {"uuid": "c-1", "name": "A talk", "created_at": _TIME, "updated_at": _TIME, "chat_messages": chat}


def _claude(param: Param) -> dict[str, Any]:
    text = param.get("content") or ""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
    if param["role"] == "tool":
        blocks = [{"type": "tool_result", "tool_use_id": param["tool_call_id"], "content": text}]
        text = ""
    for call in map(_called, param.get("tool_calls") or ()):
        blocks.append({"type": "tool_use", "id": call["id"], "name": call["name"], "input": call["args"]})
    return {"text": text, "content": blocks, "created_at": _TIME, "attachments": [], "files": []}


def sharegpt(params: Sequence[Param]) -> Any:
    """A conversation of a ShareGPT data set."""
    return {"id": "s-1", "conversations": [_said(param) for param in params]}


def _said(param: Param) -> dict[str, str]:
    if calls := param.get("tool_calls"):
        call = _called(calls[0])
        return {"from": "function_call", "value": json.dumps({"name": call["name"], "arguments": call["args"]})}
    role = {"user": "human", "assistant": "gpt", "tool": "observation"}.get(param["role"], "system")
    return {"from": role, "value": param.get("content") or ""}


EXPORTS: Mapping[str, Callable[[Sequence[Param]], Any]] = {
    "LangChain messages": langchain,
    "AI SDK UI messages": ai_sdk_ui,
    "ChatGPT export": chatgpt,
    "claude.ai export": claude_ai,
    "ShareGPT": sharegpt,
}
