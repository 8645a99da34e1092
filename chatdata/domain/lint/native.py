"""Messages of Anthropic, Bedrock, Gemini and the Responses API as the rules take them, with their own places.

A result is a message of its own here, in the order of the blocks, so that the rules about calls and results judge a
body of these APIs as the API itself would.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatdata.domain.dialects import Dialect

_SILENT = frozenset(
    {
        "image",
        "document",
        "thinking",
        "redacted_thinking",
        "server_tool_use",
        "reasoning",
        "reasoningContent",
        "cachePoint",
        "inlineData",
        "fileData",
        "thoughtSignature",
        "thought",
        "input_image",
        "input_file",
        "web_search_tool_result",
    }
)
_TEXTS = ("text", "input_text", "output_text", "refusal")
_LISTS: dict[Dialect, str] = {"gemini-contents": "contents", "openai-responses": "input"}


@dataclass(frozen=True, slots=True)
class Native:
    """One message as the rules take it."""

    message: dict[str, Any]
    at: int
    """The index in the document's own list."""
    path: str


@dataclass(slots=True)
class _Turn:
    """The blocks of one message, collected until a result or the end."""

    role: str
    at: int
    path: str
    texts: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    said: bool = False
    """Whether the message has a block other than a result."""

    def closed(self) -> Iterator[Native]:
        if not self.said:
            return
        message: dict[str, Any] = {"role": self.role, "content": "\n".join(self.texts)}
        if self.calls:
            message |= {"tool_calls": self.calls, "content": message["content"] or None}
        yield Native(message, self.at, self.path)
        self.texts, self.calls, self.said = [], [], False


def native_messages(document: Any, dialect: Dialect) -> tuple[list[Native], list[str]]:
    """Returns the messages of a document, and the places of blocks that are not understood."""
    name = _LISTS.get(dialect, "messages")
    held = document.get(name) if isinstance(document, Mapping) else document
    unknown: list[str] = []
    found: list[Native] = []
    ids = _Ids()
    for at, message in enumerate(held if isinstance(held, list) else ()):
        found += _read(message, at, f"{name}[{at}]", ids, unknown)
    return found, unknown


class _Ids:
    """IDs for calls without one: Gemini pairs calls and responses by name and order."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}
        self._results: dict[str, int] = {}

    def of(self, name: str, *, is_call: bool) -> str:
        counts = self._calls if is_call else self._results
        counts[name] = counts.get(name, 0) + 1
        return f"{name}-{counts[name]}"


def _read(message: Any, at: int, path: str, ids: _Ids, unknown: list[str]) -> Iterator[Native]:
    if not isinstance(message, Mapping):
        unknown.append(path)
        return
    role = {"model": "assistant"}.get(str(message.get("role")), str(message.get("role", "assistant")))
    content = message.get("parts", message.get("content"))
    if "role" not in message:  # an item of the Responses API
        content = [message]
    if isinstance(content, str) or content is None:
        yield Native({"role": role, "content": content}, at, path)
        return
    inside = "parts" if "parts" in message else "content"
    turn = _Turn(role, at, path, said=not content)
    for number, block in enumerate(content if isinstance(content, list) else [content]):
        where = path if "role" not in message else f"{path}.{inside}[{number}]"
        result = _result(block, ids)
        if result is not None:
            yield from turn.closed()
            yield Native(result, at, where)
        elif not _take(block, turn, ids):
            unknown.append(where)
    yield from turn.closed()


def _take(block: Any, turn: _Turn, ids: _Ids) -> bool:
    """Adds a block to a message; returns whether it was understood."""
    if not isinstance(block, Mapping):
        return False
    kind = block.get("type")
    call = _call(block, ids)
    turn.said = True
    if call is not None:
        turn.calls.append(call)
    elif isinstance(block.get("text"), str) and (kind is None or kind in _TEXTS):
        turn.texts.append(block["text"])
    elif kind == "refusal":
        turn.texts.append(str(block.get("refusal")))
    else:
        return kind in _SILENT or (kind is None and bool(_SILENT & set(block)))
    return True


def _call(block: Mapping[str, Any], ids: _Ids) -> dict[str, Any] | None:
    if block.get("type") == "tool_use":
        return _as_call(block.get("id"), block.get("name"), block.get("input"))
    if block.get("type") == "function_call":
        return _as_call(block.get("call_id"), block.get("name"), block.get("arguments"))
    use = block.get("toolUse")
    if isinstance(use, Mapping):
        return _as_call(use.get("toolUseId"), use.get("name"), use.get("input"))
    asked = block.get("functionCall")
    if isinstance(asked, Mapping):
        name = str(asked.get("name"))
        return _as_call(asked.get("id") or ids.of(name, is_call=True), name, asked.get("args") or {})
    return None


def _as_call(call_id: Any, name: Any, arguments: Any) -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": text}}


def _result(block: Any, ids: _Ids) -> dict[str, Any] | None:
    if not isinstance(block, Mapping):
        return None
    if block.get("type") == "tool_result":
        return _as_result(block.get("tool_use_id"))
    if block.get("type") == "function_call_output":
        return _as_result(block.get("call_id"))
    result = block.get("toolResult")
    if isinstance(result, Mapping):
        return _as_result(result.get("toolUseId"))
    answer = block.get("functionResponse")
    if isinstance(answer, Mapping):
        return _as_result(answer.get("id") or ids.of(str(answer.get("name")), is_call=False))
    return None


def _as_result(call_id: Any) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": "result"}
