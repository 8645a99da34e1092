"""Rules about values of another form than an API takes: system texts, results, IDs, images and whole blocks.

The readers translate most of them, since an import keeps what was meant. What a public source says that the API refuses
is an error; a form that no source speaks of is a warning, which leaves the verdict unknown.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chatdata.domain.dialects import Dialect
from chatdata.domain.lint.native import NativeBody
from chatdata.domain.lint.native_finding import by, finding, unclear
from chatdata.domain.lint.native_items import ITEMS
from chatdata.domain.lint.values import Code, LintFinding

_IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_MOST_NAME: Final = 64
"""The characters that Bedrock accepts in an ID or a name of a call."""
_BEDROCK_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_BEDROCK_ID = re.compile(r"[a-zA-Z0-9_.:-]+")
_NOT_KNOWN: Final = "Nobody can say whether it is accepted."


def _anthropic_system(native: NativeBody) -> Iterator[LintFinding]:
    """Finds a system text that is neither a text nor a list, and blocks of it without words.

    The sentences are those of public reports, such as dimagi/open-chat-studio#1969.
    """
    if "system" not in native.body or isinstance(native.body["system"], str):
        return
    system = native.body["system"]
    if not isinstance(system, list):
        meaning = "The system text is neither a text nor a list of blocks."
        yield finding("unknown_block", None, "system", meaning, by("anthropic", "A26", "system"))
        return
    for number, block in enumerate(system):
        text, path = block.get("text") if isinstance(block, Mapping) else None, f"system[{number}]"
        if not isinstance(block, Mapping) or block.get("type") != "text" or not isinstance(text, str):
            yield unclear(None, path, f"A block of the system text is no text. {_NOT_KNOWN}")
        elif not text.strip():
            row = "A28" if text else "A27"
            code: Code = "whitespace_content" if text else "empty_content"
            meaning = (
                "A block of the system text is only white space." if text else "A block of the system text is empty."
            )
            yield finding(code, None, path, meaning, by("anthropic", row, "system"))


def _anthropic_blocks(native: NativeBody) -> Iterator[LintFinding]:
    for at, number, block in native.blocks():
        kind, path = block.get("type"), native.place(at, number)
        if kind == "text" and "text" in block and not isinstance(block["text"], str):
            where = f"messages.{at}.content.{number}.text.text"
            rejected = by("anthropic", "A30", where, turn=at, block=number)
            yield finding("unknown_block", at, f"{path}.text", "A text block has no text.", rejected)
        elif kind == "image":
            yield from _anthropic_image(native, at, number, block.get("source"))
        elif kind == "tool_use" and "name" in block and not isinstance(block["name"], str):
            yield unclear(at, f"{path}.name", f"The name of a called tool is no text. {_NOT_KNOWN}", block.get("id"))
        elif kind == "tool_result" and "content" in block:
            yield from _anthropic_result(native, at, number, block)


def _anthropic_image(native: NativeBody, at: int, number: int, source: Any) -> Iterator[LintFinding]:
    """Finds images of a type that Anthropic does not read (anthropics/claude-code#8184), or in no known form."""
    path = f"{native.place(at, number)}.source"
    kind = source.get("type") if isinstance(source, Mapping) else None
    media = source.get("media_type") if isinstance(source, Mapping) else None
    if source is None or kind in ("url", "file"):
        return
    if kind == "base64" and isinstance(media, str):
        if media not in _IMAGES:
            where = f"messages.{at}.content.{number}.image.source.base64.media_type"
            rejected = by("anthropic", "A29", where, turn=at, block=number)
            meaning = "The image is of a type that the API does not read."
            yield finding("unsupported_media", at, f"{path}.media_type", meaning, rejected)
        return
    yield unclear(at, path, f"The source of an image is not in a known form. {_NOT_KNOWN}")


def _anthropic_result(native: NativeBody, at: int, number: int, block: Mapping[str, Any]) -> Iterator[LintFinding]:
    """Finds results that are neither a text nor a list of blocks; the API's reference knows only these two forms."""
    content, path, call_id = block["content"], f"{native.place(at, number)}.content", block.get("tool_use_id")
    known = call_id if isinstance(call_id, str) else None
    if content is None:
        yield unclear(at, path, f"The content of a tool result is null. {_NOT_KNOWN}", known)
    elif not isinstance(content, str | list):
        where = f"messages.{at}.content.{number}.tool_result.content"
        rejected = by("anthropic", "NF", where, place=where)
        meaning = "The content of a tool result is neither a text nor a list of blocks."
        yield finding("unknown_block", at, path, meaning, rejected, call_id=known)
    for index, part in enumerate(content if isinstance(content, list) else ()):
        inside = f"{path}[{index}]"
        if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
            yield unclear(at, inside, f"A part of a tool result is not in a known form. {_NOT_KNOWN}", known)
        elif part["type"] == "text" and not (isinstance(part.get("text"), str) and part["text"].strip()):
            yield unclear(at, inside, f"A text block in a tool result has no words. {_NOT_KNOWN}", known)
        elif part["type"] == "image" and _media_of(part) not in (None, *_IMAGES):
            yield unclear(at, inside, f"The image in a tool result is of an unusual type. {_NOT_KNOWN}", known)


def _media_of(part: Mapping[str, Any]) -> object:
    source = part.get("source")
    return source.get("media_type") if isinstance(source, Mapping) else None


def _no_object(native: NativeBody) -> Iterator[LintFinding]:
    """Finds blocks that are no object, such as bare texts."""
    for at, number, block in _held(native):
        if not isinstance(block, dict):
            yield unclear(at, native.place(at, number), f"A block of the message is no object. {_NOT_KNOWN}")


def _held(native: NativeBody) -> Iterator[tuple[int, int, object]]:
    inside = "parts" if native.dialect == "gemini-contents" else "content"
    for at, item in enumerate(native.items):
        held = item.get(inside) if isinstance(item, Mapping) else None
        for number, block in enumerate(held if isinstance(held, list) else ()):
            yield at, number, block


def _bedrock_system(native: NativeBody) -> Iterator[LintFinding]:
    """Finds a system text that is no list, and empty blocks of it; AWS's reference wants a list of blocks with text."""
    system = native.body.get("system")
    if system is None:
        return
    if not isinstance(system, list):
        meaning = "The system text is no list of blocks."
        yield finding("unknown_block", None, "system", meaning, by("bedrock", "NF", "system", place="system"))
        return
    for number, block in enumerate(system):
        path = f"system[{number}]"
        text = block.get("text") if isinstance(block, Mapping) else None
        if text == "":
            where = f"system.{number + 1}.member.text"
            meaning = "A block of the system text is empty."
            yield finding("empty_content", None, path, meaning, by("bedrock", "B13", where, place=where))
        elif not (isinstance(text, str) and text.strip()) and not (
            isinstance(block, Mapping) and {"cachePoint", "guardContent"} & set(block)
        ):
            yield unclear(None, path, f"A block of the system text has no words. {_NOT_KNOWN}")


def _bedrock_result(native: NativeBody) -> Iterator[LintFinding]:
    """Finds results that are no list of blocks, which is the only form in AWS's reference."""
    for at, number, block in native.blocks():
        result = block.get("toolResult")
        if not isinstance(result, Mapping):
            continue
        content, path, call_id = (
            result.get("content"),
            f"{native.place(at, number)}.toolResult",
            result.get("toolUseId"),
        )
        known = call_id if isinstance(call_id, str) else None
        if content is not None and not isinstance(content, list):
            where = f"messages.{at}.content.{number}.toolResult.content"
            meaning = "The content of a tool result is no list of blocks."
            rejected = by("bedrock", "NF", where, place=where)
            yield finding("unknown_block", at, f"{path}.content", meaning, rejected, call_id=known)
        elif content is None:
            yield unclear(at, path, f"A tool result has no content. {_NOT_KNOWN}", known)
        for index, part in enumerate(content if isinstance(content, list) else ()):
            if not isinstance(part, Mapping):
                yield unclear(
                    at, f"{path}.content[{index}]", f"A part of a tool result is no object. {_NOT_KNOWN}", known
                )


def _bedrock_names(native: NativeBody) -> Iterator[LintFinding]:
    """Finds IDs and names of calls that AWS's reference does not allow.

    An ID has 1 to 64 letters, digits, `_` and `-` (BerriAI/litellm#34239); newer editions of the reference allow `.`
    and `:` too, so that the verdict on these is unknown.
    """
    for at, number, block in native.blocks():
        for key, field in (("toolUse", "toolUseId"), ("toolUse", "name"), ("toolResult", "toolUseId")):
            held = block.get(key)
            if not isinstance(held, Mapping):
                continue
            path = f"{native.place(at, number)}.{key}.{field}"
            where = f"messages.{at + 1}.member.content.{number + 1}.member.{key}.{field}"
            yield from _bedrock_name(at, path, where, held.get(field), is_id=field == "toolUseId")


def _bedrock_name(at: int, path: str, where: str, value: object, *, is_id: bool) -> Iterator[LintFinding]:
    what = "The ID of a tool call" if is_id else "The name of a called tool"
    if not isinstance(value, str):
        yield unclear(at, path, f"{what} is missing or no text. {_NOT_KNOWN}")
        return
    known = value if is_id else None
    code: Code = "bad_tool_call_id" if is_id else "bad_function_name" if value else "empty_function_name"
    allowed = _BEDROCK_ID if is_id else _BEDROCK_NAME
    if len(value) > _MOST_NAME:
        meaning = f"{what} has {len(value)} characters; Bedrock accepts {_MOST_NAME}."
        rejected = by("bedrock", "B11", where, place=where)
        yield finding("long_tool_call_id" if is_id else "bad_function_name", at, path, meaning, rejected, call_id=known)
    elif not value:
        rejected = by("bedrock", "B13", where, place=where)
        yield finding(code, at, path, f"{what} is empty.", rejected, call_id=known)
    elif not allowed.fullmatch(value):
        meaning = f"{what} has characters other than a-z, A-Z, 0-9, _ and -."
        yield finding(code, at, path, meaning, by("bedrock", "B12", where, place=where), call_id=known)
    elif not _BEDROCK_NAME.fullmatch(value):
        yield unclear(at, path, f"{what} has dots or colons, which Bedrock did not always accept.", known)


def _gemini_system(native: NativeBody) -> Iterator[LintFinding]:
    """Finds a system instruction that is no content; the sentence is the one that a text in its place brings."""
    for key in ("systemInstruction", "system_instruction"):
        held = native.body.get(key)
        if held is None or isinstance(held, list):
            if held is not None:
                yield unclear(None, key, f"The system instruction is a list. {_NOT_KNOWN}")
        elif not isinstance(held, Mapping):
            meaning = "The system instruction is no content with parts."
            yield _no_message(None, key, meaning, "system_instruction", "Content")
        else:
            yield from _gemini_parts(None, held.get("parts"), key, "system_instruction")


def _gemini_contents(native: NativeBody) -> Iterator[LintFinding]:
    """Finds contents and parts that are a text or another bare value; the parser wants an object for each."""
    given = native.body.get("contents")
    if given is not None and not isinstance(given, list):
        yield _no_message(None, "contents", "The contents are no list of contents.", "contents", "Content")
    for at, item in enumerate(native.items):
        if not isinstance(item, Mapping):
            yield _no_message(at, native.place(at), "A content is no object with parts.", f"contents[{at}]", "Content")
        else:
            yield from _gemini_parts(at, item.get("parts"), native.place(at), f"contents[{at}]")


def _gemini_parts(at: int | None, parts: object, path: str, where: str) -> Iterator[LintFinding]:
    if parts is None:
        return
    if not isinstance(parts, list | Mapping):
        yield _no_message(at, f"{path}.parts", "The parts are no list of parts.", f"{where}.parts", "Part")
    for number, part in enumerate(parts if isinstance(parts, list) else [parts] if isinstance(parts, Mapping) else ()):
        inside = f"parts[{number}]"
        if not isinstance(part, Mapping):
            yield _no_message(at, f"{path}.{inside}", "A part is no object.", f"{where}.{inside}", "Part")
        elif part.get("text") is not None and not isinstance(part["text"], str):
            place = f"{where}.{inside}.text"
            rejected = by("gemini", "G11", place, place=place)
            yield finding("unknown_block", at, f"{path}.{inside}.text", "The text of a part is no text.", rejected)


def _no_message(at: int | None, path: str, meaning: str, where: str, kind: str) -> LintFinding:
    return finding("unknown_block", at, path, meaning, by("gemini", "G9", where, place=where, type=kind))


def _gemini_names(native: NativeBody) -> Iterator[LintFinding]:
    """Finds responses without a function's name (router-for-me/CLIProxyAPI#2104) and calls without one."""
    for at, number, block in native.blocks():
        for key, snake in (("functionCall", "function_call"), ("functionResponse", "function_response")):
            name = key if key in block else snake
            held = block.get(name)
            given = held.get("name") if isinstance(held, Mapping) else None
            if not isinstance(held, Mapping) or (given and isinstance(given, str)):
                continue
            path = f"{native.place(at, number)}.{name}.name"
            if given:
                yield unclear(at, path, f"The name of a function is no text. {_NOT_KNOWN}")
            elif snake == "function_call":
                yield unclear(at, path, f"A tool call has no function name. {_NOT_KNOWN}")
            else:
                where = f"contents[{at}].parts[{number}].function_response.name"
                rejected = by("gemini", "G10", where, turn=at, block=number)
                yield finding("empty_function_name", at, path, "A tool result has no function name.", rejected)


FORMS: Final[Mapping[Dialect, tuple[Callable[[NativeBody], Iterator[LintFinding]], ...]]] = {
    "anthropic-messages": (_anthropic_system, _anthropic_blocks, _no_object),
    "bedrock-converse": (_bedrock_system, _bedrock_result, _bedrock_names, _no_object),
    "gemini-contents": (_gemini_system, _gemini_contents, _gemini_names),
    "openai-responses": (*ITEMS, _no_object),
}
"""The rules about the forms of values in each API's bodies."""
