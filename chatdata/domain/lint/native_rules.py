"""Rules about what only a request body has: thinking, signatures, images, marks for caching, tools, reasoning items.

They judge what is present in a body; a body without tools, for example, is not judged for want of them.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from chatdata.domain.dialects import Dialect
from chatdata.domain.lint.native import NativeBody
from chatdata.domain.lint.native_finding import by, finding
from chatdata.domain.lint.native_forms import FORMS
from chatdata.domain.lint.native_shapes import SHAPES
from chatdata.domain.lint.native_sides import SIDES
from chatdata.domain.lint.rules.contents import first_half_character, strings
from chatdata.domain.lint.values import LintFinding, Severity
from chatdata.domain.text import LONE_SURROGATES

_THINKING = ("thinking", "redacted_thinking")
_MOST_MARKS: Final = 4
_LARGEST_IMAGE: Final = 5 * 1024 * 1024
_GEMINI_ROLES = ("user", "model")
_GEMINI_DOUBTS = {
    "function": "Older models of Gemini take the role function; newer ones refuse it.",
    "USER": "Gemini documents the roles in small letters; whether it takes capitals is unknown.",
    "MODEL": "Gemini documents the roles in small letters; whether it takes capitals is unknown.",
}
"""Roles of which it is unknown whether the model takes them, with the reason.

Newer models refuse the role function (sashiko-dev/sashiko#500, memex-lab/dart_agent_core#34).
"""
_REASONING_FIELDS = ("reasoning_content", "reasoning_details")


def native_findings(native: NativeBody) -> list[LintFinding]:
    """Returns the findings about what the messages of a body can't show after translation."""
    dialect = native.dialect
    rules = (*_RULES[dialect], *SHAPES[dialect], *FORMS[dialect], *SIDES[dialect])
    return [found for rule in rules for found in rule(native)]


def _empty_anthropic_block(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        if block.get("type") == "text" and block.get("text") == "":
            meaning = "A text block is empty."
            yield finding("empty_content", at, native.place(at, number), meaning, by("anthropic", "A6", "messages"))


def _thinking_missing(native: NativeBody) -> Iterator[LintFinding]:
    at = _last_answer(native)
    if at is None or not _thinks(native):
        return
    content = native.items[at].get("content")
    first = content[0] if isinstance(content, list) and content else None
    kind = first.get("type") if isinstance(first, Mapping) else "text"
    if kind not in _THINKING:
        path = f"messages.{at}.content.0.type"
        meaning = "Thinking is enabled, and the last answer does not start with its thinking block."
        rejected = by("anthropic", "A10", path, turn=at, block=0, type=kind)
        yield finding("reasoning_missing", at, native.place(at, 0), meaning, rejected)


def _thinking_at_the_end(native: NativeBody) -> Iterator[LintFinding]:
    if _thinks(native) or not native.body:
        return
    others = [at for at, item in enumerate(native.items) if not isinstance(item, Mapping) or not _is_answer(item)]
    told: set[int] = set()
    for at, number, block in native.blocks():
        if at > max(others, default=-1) and at not in told and block.get("type") in _THINKING:
            told.add(at)
            meaning = "Thinking is not enabled, and the last message has a thinking block."
            path = native.place(at, number)
            yield finding("reasoning_not_allowed", at, path, meaning, by("anthropic", "A10-disabled", ""))


def _is_answer(item: Mapping[str, Any]) -> bool:
    return item.get("role") == "assistant"


def _thinks(native: NativeBody) -> bool:
    thinking = native.body.get("thinking")
    return isinstance(thinking, Mapping) and thinking.get("type") == "enabled"


def _last_answer(native: NativeBody) -> int | None:
    """Returns the index of the answer that is being continued: the last item, or that before results alone."""
    for at in range(len(native.items) - 1, -1, -1):
        item = native.items[at]
        if not isinstance(item, Mapping):
            return None
        if _is_answer(item):
            return at
        content = item.get("content")
        if not isinstance(content, list) or not all(_is_result(block) for block in content):
            return None
    return None


def _is_result(block: object) -> bool:
    return isinstance(block, Mapping) and block.get("type") == "tool_result"


def _signature_missing(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        if block.get("type") == "thinking" and not block.get("signature"):
            path = f"messages.{at}.content.{number}.thinking.signature"
            rejected = by("anthropic", "A17", path, turn=at, block=number)
            meaning = "A thinking block has lost its signature."
            yield finding("thinking_modified", at, native.place(at, number), meaning, rejected)


def _reasoning_field(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        for field in _REASONING_FIELDS if isinstance(item, Mapping) else ():
            if item.get(field):
                rejected = by("anthropic", "A18", f"messages.{at}.{field}", turn=at, field=field)
                meaning = "The message has the reasoning text of another API."
                yield finding("reasoning_not_allowed", at, f"{native.place(at)}.{field}", meaning, rejected)


def _large_image(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        source = block.get("source")
        data = source.get("data") if isinstance(source, Mapping) else None
        if block.get("type") == "image" and isinstance(data, str) and len(data) * 3 // 4 > _LARGEST_IMAGE:
            size = len(data) * 3 // 4
            path = f"messages.{at}.content.{number}.image.source.base64"
            rejected = by("anthropic", "A11", path, turn=at, block=number, count=size)
            meaning = f"An image has {size:,} bytes; Anthropic accepts {_LARGEST_IMAGE:,}."
            yield finding("image_too_large", at, native.place(at, number), meaning, rejected)


def _cache_marks(native: NativeBody) -> Iterator[LintFinding]:
    marked = sum(1 for _ in _marks(native.body or list(native.items)))
    if marked > _MOST_MARKS:
        meaning = f"{marked} blocks are marked for caching; Anthropic accepts {_MOST_MARKS}."
        yield finding("too_many_cache_marks", None, "", meaning, by("anthropic", "A13", "", count=marked))


def _marks(body: Any) -> Iterator[object]:
    """Yields the marks of the system prompt, the tools and the blocks, but none that a tool's input only looks like."""
    held = body if isinstance(body, list) else body.get("messages")
    lists = [held] if isinstance(body, list) else [body.get("system"), body.get("tools"), held]
    pending = [item for some in lists if isinstance(some, list) for item in some]
    while pending:
        item = pending.pop()
        if not isinstance(item, Mapping):
            continue
        if item.get("cache_control"):
            yield item["cache_control"]
        content = item.get("content")
        pending += content if isinstance(content, list) else []


def _tool_name(native: NativeBody) -> Iterator[LintFinding]:
    tools = native.body.get("tools")
    for number, tool in enumerate(tools if isinstance(tools, list) else ()):
        name = tool.get("name") if isinstance(tool, Mapping) else None
        if isinstance(name, str) and not _is_name(name):
            rejected = by("anthropic", "A19", f"tools.{number}.custom.name", tool=number)
            meaning = "A tool that the request offers has a name that is not allowed."
            yield finding("bad_function_name", None, f"tools[{number}].name", meaning, rejected)


def _is_name(name: str) -> bool:
    return 0 < len(name) <= 128 and name.isascii() and name.replace("-", "_").replace("_", "a").isalnum()


def _blank_bedrock_block(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        text = block.get("text")
        if isinstance(text, str) and not text.strip():
            path = f"messages.{at}.content.{number}"
            rejected = by("bedrock", "B8", path, turn=at, block=number)
            yield finding("empty_content", at, native.place(at, number), "A text block is blank.", rejected)


def _empty_error(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        result = block.get("toolResult")
        if isinstance(result, Mapping) and result.get("status") == "error" and not result.get("content"):
            path = f"messages.{at}.content.{number}.toolResult"
            rejected = by("bedrock", "B3", path, turn=at, block=number)
            call_id = result.get("toolUseId")
            meaning = "A tool result is marked as an error and is empty."
            known = call_id if isinstance(call_id, str) else None
            yield finding("empty_content", at, native.place(at, number), meaning, rejected, call_id=known)


def _consecutive_users(native: NativeBody) -> Iterator[LintFinding]:
    for at, (before, item) in enumerate(pairwise(native.items), start=1):
        if all(isinstance(one, Mapping) and one.get("role") == "user" for one in (before, item)):
            meaning = "User messages follow each other without an answer."
            yield finding("consecutive_users", at, native.place(at), meaning, by("bedrock", "B6", ""))


def _gemini_role(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        role = item.get("role") if isinstance(item, Mapping) else None
        path = f"{native.place(at)}.role"
        if not isinstance(role, str) or role in _GEMINI_ROLES:
            continue
        if doubt := _GEMINI_DOUBTS.get(role):
            yield LintFinding("unknown_role", "warning", at, (), None, doubt, path=path, unknown_to=("gemini",))
        else:
            meaning = "Gemini knows the roles user and model only."
            yield finding("unknown_role", at, path, meaning, by("gemini", "GER", ""))


def _thought_signature(native: NativeBody) -> Iterator[LintFinding]:
    """Finds calls of the current turn without a signature, where the model is known to want them or others have one."""
    calls = [one for one in native.blocks() if isinstance(_gemini_call(one[2]), Mapping)]
    wanted = str(native.body.get("model", "")).removeprefix("models/").startswith("gemini-3")
    if not wanted and not any(_signature(block) for _, _, block in calls):
        return
    start = _current_turn(native)
    for at, number, block in calls:
        first_of_step = not any(other == at and before < number for other, before, _ in calls)
        if at > start and first_of_step and not _signature(block):
            meaning = "A call has lost the signature that Gemini gave it."
            rejected = by("gemini", "G2", f"contents[{at}].parts[{number}]") if wanted else ()
            severity: Severity = "error" if wanted else "info"
            yield finding("reasoning_missing", at, native.place(at, number), meaning, rejected, severity)


def _gemini_call(block: Mapping[str, Any]) -> object:
    return block.get("functionCall", block.get("function_call"))


def _signature(block: Mapping[str, Any]) -> object:
    return block.get("thoughtSignature", block.get("thought_signature"))


def _current_turn(native: NativeBody) -> int:
    """Returns the index of the last content in which the user says something."""
    spoken = [
        at
        for at, _, block in native.blocks()
        if "text" in block and isinstance(native.items[at], Mapping) and native.items[at].get("role") != "model"
    ]
    return max(spoken, default=-1)


def _lone_reasoning(native: NativeBody) -> Iterator[LintFinding]:
    for at, item in enumerate(native.items):
        if not isinstance(item, Mapping) or item.get("type") != "reasoning":
            continue
        after = native.items[at + 1] if at + 1 < len(native.items) else None
        if not isinstance(after, Mapping) or not _may_follow(after):
            known = item.get("id")
            rejected = by("openai-responses", "R3", f"input[{at}]", id=known if isinstance(known, str) else "")
            meaning = "A reasoning item is sent without the message or call that followed it."
            yield finding("lone_reasoning", at, native.place(at), meaning, rejected)


def _may_follow(item: Mapping[str, Any]) -> bool:
    """Returns whether an item is the model's own, and so can be what a reasoning item led to."""
    if item.get("type") in (None, "message"):
        return item.get("role") == "assistant"
    return not str(item.get("type")).endswith("_output")


def _half_character(native: NativeBody) -> Iterator[LintFinding]:
    """Finds half characters beside the messages, in the system prompt or the tools."""
    for name, value in native.body.items():
        if name != native.key and any(not text.isascii() and LONE_SURROGATES.search(text) for text in strings(value)):
            char = first_half_character(native.body)
            rejected = by("anthropic", "A12", "", column=char + 1, char=char)
            yield finding("lone_surrogate", None, name, "A text contains half a character.", rejected)


_RULES: dict[Dialect, tuple[Callable[[NativeBody], Iterator[LintFinding]], ...]] = {
    "anthropic-messages": (
        _empty_anthropic_block,
        _thinking_missing,
        _thinking_at_the_end,
        _signature_missing,
        _reasoning_field,
        _large_image,
        _cache_marks,
        _tool_name,
        _half_character,
    ),
    "bedrock-converse": (_blank_bedrock_block, _empty_error, _consecutive_users),
    "gemini-contents": (_gemini_role, _thought_signature),
    "openai-responses": (_lone_reasoning,),
}
