"""Rules about blocks in a message of the wrong side: a call in one of the user, a result in one of the assistant."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chatdata.domain.dialects import Dialect
from chatdata.domain.lint.native import NativeBody
from chatdata.domain.lint.native_finding import by, finding, unclear
from chatdata.domain.lint.values import Code, LintFinding

_CALL: Final = "A tool call is in a message of the user; calls belong to the assistant."
_RESULT: Final = "A tool result is in a message of the assistant; results belong to the user."
_SERVERS = re.compile(r"server_tool_use|mcp_tool_use|\w+_tool_result")
"""Types of the blocks of tools that Anthropic runs itself, which its model writes."""
TRANSLATED_AWAY: Final[frozenset[Code]] = frozenset({"empty_content", "null_content", "missing_tool_call_id"})
"""What a translated message seems to lack where the body has it in a message of the wrong side."""


def on_wrong_side(native: NativeBody) -> frozenset[int]:
    """Returns the indices of the items whose role hides a call or a result from the reader."""
    if native.dialect == "openai-responses":
        return frozenset(at for at, _ in _tool_messages(native))
    return frozenset(at for at, _, block in native.blocks() if _role(native, at) == "user" and _calls(block))


def _role(native: NativeBody, at: int) -> object:
    item = native.items[at]
    return item.get("role") if isinstance(item, Mapping) else None


def _calls(block: Mapping[str, Any]) -> bool:
    return block.get("type") == "tool_use" or bool({"toolUse", "functionCall", "function_call"} & set(block))


def _anthropic(native: NativeBody) -> Iterator[LintFinding]:
    """Finds blocks of the other side.

    The sentences about calls, results and thinking are those of public reports, such as tghamm/Anthropic.SDK#128; that
    about images is in epam/ai-dial-adapter-bedrock#306.
    """
    for at, number, block in native.blocks():
        role, kind, path = _role(native, at), block.get("type"), native.place(at, number)
        where = f"messages.{at}.content.{number}"
        if role == "user" and kind == "tool_use":
            yield finding("unknown_block", at, path, _CALL, by("anthropic", "A23", where, turn=at))
        elif role == "assistant" and kind == "tool_result":
            yield finding("unknown_block", at, path, _RESULT, by("anthropic", "A24", where, turn=at))
        elif role == "user" and kind in ("thinking", "redacted_thinking"):
            meaning = "Thinking is in a message of the user; it belongs to the assistant."
            yield finding("unknown_block", at, path, meaning, by("anthropic", "A25", where, turn=at))
        elif role == "assistant" and kind == "image":
            meaning = "An image is in a message of the assistant; only the user can send one."
            rejected = by("anthropic", "A31", where, turn=at, block=number, type=kind)
            yield finding("unknown_block", at, path, meaning, rejected)
        elif role == "assistant" and kind == "document":
            yield unclear(
                at, path, "A document is in a message of the assistant; nobody can say whether it is accepted."
            )
        elif role == "user" and isinstance(kind, str) and _SERVERS.fullmatch(kind) and kind != "tool_result":
            meaning = (
                "A block of a tool that the provider runs is in a message of the user; it belongs to the assistant."
            )
            yield unclear(at, path, meaning)


def _bedrock(native: NativeBody) -> Iterator[LintFinding]:
    """Finds calls in messages of the user, which Bedrock refuses in words that no public report shows, and results."""
    for at, number, block in native.blocks():
        role, path = _role(native, at), native.place(at, number)
        if role == "user" and "toolUse" in block:
            where = f"messages.{at}.content.{number}.toolUse"
            yield finding("unknown_block", at, path, _CALL, by("bedrock", "NF", where, place=where))
        elif role == "assistant" and "toolResult" in block:
            yield unclear(at, path, f"{_RESULT} Nobody can say whether it is accepted.")


def _gemini(native: NativeBody) -> Iterator[LintFinding]:
    """Finds calls of the user and results of the model, of which no public report shows what Gemini says."""
    for at, number, block in native.blocks():
        role, path = _role(native, at), native.place(at, number)
        if role == "user" and {"functionCall", "function_call"} & set(block):
            meaning = "A tool call is in a content of the user; calls belong to the model."
            yield unclear(at, path, f"{meaning} Nobody can say whether it is accepted.")
        elif role == "model" and {"functionResponse", "function_response"} & set(block):
            meaning = "A tool result is in a content of the model; results belong to the user."
            yield unclear(at, path, f"{meaning} Nobody can say whether it is accepted.")


def _responses(native: NativeBody) -> Iterator[LintFinding]:
    """Finds messages of chat completions with the result of a call, which is an item of its own here."""
    for at, item in _tool_messages(native):
        role = item["role"]
        rejected = by("openai-responses", "R13", f"input[{at}].role", role=role)
        meaning = "The message has a role of another API; a tool result is an item of the type function_call_output."
        call_id = item.get("tool_call_id")
        known = call_id if isinstance(call_id, str) else None
        yield finding("unknown_role", at, f"{native.place(at)}.role", meaning, rejected, call_id=known)


def _tool_messages(native: NativeBody) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for at, item in enumerate(native.items):
        is_message = isinstance(item, Mapping) and item.get("type") in (None, "message")
        if is_message and item.get("role") in ("tool", "function"):
            yield at, item


SIDES: Final[Mapping[Dialect, tuple[Callable[[NativeBody], Iterator[LintFinding]], ...]]] = {
    "anthropic-messages": (_anthropic,),
    "bedrock-converse": (_bedrock,),
    "gemini-contents": (_gemini,),
    "openai-responses": (_responses,),
}
"""The rules about the sides of each API's messages."""
