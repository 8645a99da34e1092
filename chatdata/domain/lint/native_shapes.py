"""Rules about blocks and fields of a request body that have another form than its API takes.

The readers translate most of them anyway, since an import keeps what was meant; the API itself refuses them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from chatdata.domain.dialects import Dialect
from chatdata.domain.lint.native import NativeBody
from chatdata.domain.lint.native_finding import by, finding
from chatdata.domain.lint.values import LintFinding, Provider

_FOREIGN: Final = frozenset(
    {
        *("image_url", "input_text", "output_text", "input_image", "input_file", "input_audio", "refusal", "file"),
        *("function", "function_call", "tool_call", "tool-call", "tool-result", "reasoning"),
    }
)
"""Types of parts that other APIs have and Anthropic's does not."""
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text",),
    "image": ("source",),
    "document": ("source",),
    "tool_use": ("name", "input"),
    "thinking": ("thinking",),
    "redacted_thinking": ("data",),
}
"""The fields of Anthropic's blocks without which a block is refused; those with rules of their own are not here."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_LONGEST_NAME: Final = 128
"""The characters that OpenAI's Responses API accepts in the name of a called tool."""
_OF_CHAT: Final = frozenset({"text", "image_url", "input_audio", "file", "tool_use", "tool_result"})
"""Types of parts of other APIs than the Responses API."""
_PREFIXES: Final[Mapping[str, str]] = {"function_call": "fc", "reasoning": "rs", "message": "msg"}
"""How the IDs of the Responses API's items begin."""


def _system_among_messages(native: NativeBody) -> Iterator[LintFinding]:
    """Finds system messages; newer models take them before an answer or at the end, and nobody can say which one."""
    for at, item in enumerate(native.items):
        if _role(item) != "system":
            continue
        path = f"{native.place(at)}.role"
        after = _role(native.items[at + 1]) if at + 1 < len(native.items) else "assistant"
        if after == "assistant":
            meaning = "Only some of Anthropic's models take a system message among the messages."
            judged: tuple[Provider, ...] = ("anthropic", "openrouter-anthropic", "bedrock")
            yield LintFinding("unknown_role", "warning", at, (), None, meaning, path=path, unknown_to=judged)
        else:
            meaning = "Anthropic takes the system text beside the messages, not among them."
            yield finding("unknown_role", at, path, meaning, by("anthropic", "AS", "messages"))


def _role(item: object) -> object:
    return item.get("role") if isinstance(item, Mapping) else None


def _foreign_block(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        kind = block.get("type")
        if isinstance(kind, str) and kind in _FOREIGN:
            path = f"messages.{at}.content.{number}"
            rejected = by("anthropic", "A21", path, turn=at, block=number, type=kind)
            meaning = "The type of a block is that of another API."
            yield finding("unknown_block", at, native.place(at, number), meaning, rejected)


def _field_missing(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        kind = block.get("type")
        for field in _REQUIRED.get(kind, ()) if isinstance(kind, str) else ():
            if field not in block:
                path = f"messages.{at}.content.{number}.{kind}.{field}"
                rejected = by("anthropic", "A20", path, turn=at, block=number, type=kind, field=field)
                meaning = "A block lacks a field."
                yield finding("unknown_block", at, f"{native.place(at, number)}.{field}", meaning, rejected)


def _anthropic_input(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        if block.get("type") == "tool_use" and "input" in block and not isinstance(block["input"], dict):
            path = f"messages.{at}.content.{number}.tool_use.input"
            rejected = by("anthropic", "A8", path, turn=at, block=number)
            yield _no_object(at, f"{native.place(at, number)}.input", rejected, block.get("id"))


def _no_object(at: int, path: str, rejected: Any, call_id: object) -> LintFinding:
    known = call_id if isinstance(call_id, str) else None
    return finding(
        "arguments_not_object", at, path, "A tool call's arguments are not a JSON object.", rejected, call_id=known
    )


def _anthropic_name(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        name = block.get("name")
        if block.get("type") == "tool_use" and isinstance(name, str) and not _NAME.fullmatch(name):
            path = f"messages.{at}.content.{number}.tool_use.name"
            rejected = by("anthropic", "A22", path, turn=at, block=number)
            meaning = "The name of a called tool is too long or has characters other than a-z, A-Z, 0-9, _ and -."
            yield finding("bad_function_name", at, f"{native.place(at, number)}.name", meaning, rejected)


def _bedrock_role(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        role = _role(item)
        if isinstance(role, str) and role not in ("user", "assistant"):
            rejected = by("bedrock", "BR", f"messages.{at + 1}.member.role", first=at + 1, role=role)
            meaning = "Bedrock knows the roles user and assistant only; the system text goes beside the messages."
            yield finding("unknown_role", at, f"{native.place(at)}.role", meaning, rejected)


def _bedrock_content(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        if isinstance(item, Mapping) and isinstance(item.get("content"), str):
            rejected = by("bedrock", "B10", f"messages[{at}].content", at=at)
            meaning = "The content is a text; Bedrock wants a list of blocks."
            yield finding("unknown_block", at, f"{native.place(at)}.content", meaning, rejected)


def _bedrock_input(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        use = block.get("toolUse")
        if isinstance(use, Mapping) and "input" in use and not isinstance(use["input"], dict):
            path = f"messages.{at}.content.{number}.toolUse.input"
            rejected = by("bedrock", "B7", path, turn=at, block=number)
            yield _no_object(at, f"{native.place(at, number)}.toolUse.input", rejected, use.get("toolUseId"))


def _bedrock_json(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        result = block.get("toolResult")
        held = result.get("content") if isinstance(result, Mapping) else None
        for index, part in enumerate(held if isinstance(held, list) else ()):
            if isinstance(part, Mapping) and "json" in part and not isinstance(part["json"], dict):
                inside = f"toolResult.content[{index}].json"
                path = f"messages.{at}.content.{number}.toolResult.content.{index}.json"
                rejected = by("bedrock", "B9", path, turn=at, block=number, part=index)
                meaning = "A tool result is marked as JSON and is no JSON object."
                yield finding("unknown_block", at, f"{native.place(at, number)}.{inside}", meaning, rejected)


def _tools_missing(native: NativeBody) -> Iterator[LintFinding]:
    """Finds calls in a whole request that offers no tools; of messages alone nobody knows what is sent beside them."""
    uses_tools = any({"toolUse", "toolResult"} & set(block) for _, _, block in native.blocks())
    if uses_tools and "modelId" in native.body and not native.body.get("toolConfig"):
        meaning = "The conversation has tool calls and the request offers no tools."
        yield finding("tools_missing", None, "toolConfig", meaning, by("bedrock", "B4", ""))


def _gemini_objects(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        for key, inside in (("functionCall", "args"), ("functionResponse", "response")):
            snake = "function_call" if key == "functionCall" else "function_response"
            name = key if key in block else snake
            held = block.get(name)
            value = held.get(inside) if isinstance(held, Mapping) else None
            if value is None or isinstance(value, dict):
                continue
            row = "G8" if isinstance(value, list) else "G7"
            rejected = by(
                "gemini", row, f"contents[{at}].parts[{number}].{snake}", turn=at, block=number, field=snake, key=inside
            )
            path = f"{native.place(at, number)}.{name}.{inside}"
            if inside == "args":
                yield _no_object(at, path, rejected, held.get("id") if isinstance(held, Mapping) else None)
            else:
                meaning = "A tool result is not a JSON object."
                yield finding("unknown_block", at, path, meaning, rejected)


def _call_after_own_words(native: NativeBody) -> Iterator[LintFinding]:
    """Finds contents of the model with a call right after another content of the model."""
    calling = {at for at, _, block in native.blocks() if {"functionCall", "function_call"} & set(block)}
    for at, (before, item) in enumerate(pairwise(native.items), start=1):
        if at in calling and at - 1 not in calling and _role(before) == _role(item) == "model":
            meaning = "A call of the model follows words of the model; Gemini wants both in one content."
            yield finding("consecutive_assistants", at, native.place(at), meaning, by("gemini", "G3", ""))


def _responses_part(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, part in native.blocks():
        item, kind = native.items[at], part.get("type")
        if item.get("type", "message") != "message" or not isinstance(kind, str):
            continue
        is_answer = item.get("role") == "assistant"
        path = f"{native.place(at, number)}.type"
        if is_answer and kind.startswith("input_"):
            meaning = "An answer of the assistant has parts of the user's type."
            rejected = by("openai-responses", "R5", f"input[{at}].content[{number}]", type=kind)
            yield finding("unknown_block", at, path, meaning, rejected)
        elif kind in _OF_CHAT:
            meaning = "The type of a part is that of another API."
            rejected = by("openai-responses", "R4", f"input[{at}].content[{number}].type", type=kind)
            yield finding("unknown_block", at, path, meaning, rejected)


def _responses_null(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        is_message = isinstance(item, Mapping) and item.get("type", "message") == "message"
        if is_message and "content" in item and item["content"] is None:
            rejected = by("openai-responses", "R6", f"input[{at}].content", at=at)
            yield finding("null_content", at, f"{native.place(at)}.content", "The content is null.", rejected)


def _responses_arguments(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        if not isinstance(item, Mapping) or item.get("type") != "function_call":
            continue
        if isinstance(item.get("arguments"), dict | list):
            rejected = by("openai-responses", "R7", f"input[{at}].arguments", at=at, type=_kind(item["arguments"]))
            meaning = "A tool call's arguments are not text."
            yield finding("arguments_as_object", at, f"{native.place(at)}.arguments", meaning, rejected)


def _responses_name(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        name = item.get("name") if isinstance(item, Mapping) and item.get("type") == "function_call" else None
        path = f"{native.place(at)}.name"
        if name == "":
            rejected = by("openai-responses", "R10", f"input[{at}].name", at=at)
            yield finding("empty_function_name", at, path, "A tool call has no function name.", rejected)
        elif isinstance(name, str) and len(name) > _LONGEST_NAME:
            where = f"input[{at}].name"
            rejected = by("openai-responses", "O35", where, place=where, most=_LONGEST_NAME, count=len(name))
            meaning = f"The name of a called tool has {len(name)} characters; OpenAI accepts {_LONGEST_NAME}."
            yield finding("bad_function_name", at, path, meaning, rejected)
        elif isinstance(name, str) and not _NAME.fullmatch(name):
            rejected = by("openai-responses", "R11", f"input[{at}].name", at=at)
            meaning = "The name of a called tool has characters other than a-z, A-Z, 0-9, _ and -."
            yield finding("bad_function_name", at, path, meaning, rejected)


def _kind(value: object) -> str:
    return "an array" if isinstance(value, list) else "an object"


def _responses_id(native: NativeBody) -> Iterator[LintFinding]:
    ids = [item.get("id") if isinstance(item, Mapping) and _keeps_id(item) else None for item in native.items]
    count, told = Counter(known for known in ids if isinstance(known, str)), set[str]()
    for at, known in enumerate(ids):
        if not isinstance(known, str):
            continue
        path, item = f"{native.place(at)}.id", native.items[at]
        kind = item.get("type", "message")
        prefix = _PREFIXES.get(kind) if isinstance(kind, str) else None
        if count[known] > 1 and known in told:
            rejected = by("openai-responses", "R8", f"input[{at}]", id=known)
            yield finding("bad_item_id", at, path, "Two items have the same ID.", rejected)
        elif prefix is not None and not known.startswith(prefix):
            rejected = by("openai-responses", "R9", f"input[{at}].id", item=at, id=known, any=prefix)
            yield finding("bad_item_id", at, path, "An item has the ID of an item of another type.", rejected)
        told.add(known)


def _keeps_id(item: Mapping[str, Any]) -> bool:
    return item.get("type") != "item_reference"


SHAPES: Final[Mapping[Dialect, tuple[Callable[[NativeBody], Iterator[LintFinding]], ...]]] = {
    "anthropic-messages": (
        _system_among_messages,
        _foreign_block,
        _field_missing,
        _anthropic_input,
        _anthropic_name,
    ),
    "bedrock-converse": (_bedrock_role, _bedrock_content, _bedrock_input, _bedrock_json, _tools_missing),
    "gemini-contents": (_gemini_objects, _call_after_own_words),
    "openai-responses": (_responses_part, _responses_null, _responses_arguments, _responses_name, _responses_id),
}
"""The rules about the form of each API's bodies."""
