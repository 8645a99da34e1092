"""Recognizes the API or library whose form a parsed document of messages has."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatdata.domain.lint.values import Dialect

_ITEMS = frozenset({"function_call", "function_call_output", "reasoning", "item_reference"})
_ANTHROPIC = frozenset({"tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "document"})
_CONVERSE = frozenset({"text", "toolUse", "toolResult", "image", "document", "reasoningContent", "cachePoint"})
_MODEL_PARTS = frozenset({"tool-call", "tool-result"})
_LANGCHAIN = frozenset({"human", "ai", "system", "tool", "function", "HumanMessage", "AIMessage", "ToolMessage"})


def recognise(document: Any) -> Dialect:
    """Returns the dialect of a document; a plain list of roles and texts counts as OpenAI's."""
    if isinstance(document, Mapping):
        return _of_body(document)
    return _of_messages(document) if isinstance(document, list) else "unknown"


def _of_body(body: Mapping[str, Any]) -> Dialect:
    messages = body.get("messages")
    if not isinstance(messages, list):
        held: tuple[tuple[str, Dialect], ...] = (("contents", "gemini-contents"), ("input", "openai-responses"))
        return next((dialect for name, dialect in held if isinstance(body.get(name), list)), "unknown")
    found = _of_messages(messages)
    if found != "openai-chat":
        return found
    if "modelId" in body or "inferenceConfig" in body or "toolConfig" in body:
        return "bedrock-converse"
    return "anthropic-messages" if isinstance(body.get("system"), str | list) else "openai-chat"


def _of_messages(messages: Sequence[Any]) -> Dialect:
    objects = [message for message in messages if isinstance(message, Mapping)]
    if any(message.get("type") in _ITEMS for message in objects):
        return "openai-responses"
    if any(_is_langchain(message) for message in objects):
        return "langchain"
    if any(isinstance(message.get("parts"), list) and "content" not in message for message in objects):
        typed = any("type" in part for part in _blocks(objects, "parts"))
        return "ai-sdk-ui" if typed else "gemini-contents"
    return _by_blocks(list(_blocks(objects, "content")))


def _by_blocks(blocks: Sequence[Mapping[str, Any]]) -> Dialect:
    kinds = {block["type"] for block in blocks if isinstance(block.get("type"), str)}
    if kinds & _ANTHROPIC:
        return "anthropic-messages"
    if kinds & _MODEL_PARTS:
        return "ai-sdk-model"
    untyped = [block for block in blocks if "type" not in block]
    if untyped and all(len(block) == 1 and _CONVERSE.issuperset(block) for block in untyped):
        return "bedrock-converse"
    return "openai-chat"


def _is_langchain(message: Mapping[str, Any]) -> bool:
    return (message.get("type") in _LANGCHAIN and "role" not in message) or "lc" in message


def _blocks(messages: Sequence[Mapping[str, Any]], key: str) -> Iterator[Mapping[str, Any]]:
    for message in messages:
        blocks = message.get(key)
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, Mapping):
                yield block
