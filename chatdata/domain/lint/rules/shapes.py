"""Rules about the shapes of messages: parts, calls and fields that OpenAI's chat format does not have."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chatdata.domain.lint import provider_messages
from chatdata.domain.lint.conversation import Conversation, Entry, ToolCall, text_of
from chatdata.domain.lint.rules.known_fields import carries_content
from chatdata.domain.lint.texts import said
from chatdata.domain.lint.values import PROVIDERS, LintFinding, Rejection

_LONGEST: Final = 1_048_576
"""The maximum number of characters that OpenAI accepts in one content."""
_PARTS = frozenset({"text", "image_url", "input_audio", "file", "refusal"})
_OPENAIS = ("openai", "azure-openai")
_IMAGES = frozenset({"image_url", "image", "input_image"})


def text_too_long(talk: Conversation) -> Iterator[LintFinding]:
    """Finds texts with more characters than OpenAI accepts in one content."""
    for entry in talk.judged:
        for inside, text in _texts(entry):
            if len(text) > _LONGEST:
                path = f"messages[{entry.at}].content"
                rejected = provider_messages.openai("O22", path, at=entry.at, count=len(text))
                meaning = f"A text has {len(text):,} characters; OpenAI accepts {_LONGEST:,}."
                yield talk.finding("text_too_long", entry.at, meaning, rejected, inside=inside)


def part_without_type(talk: Conversation) -> Iterator[LintFinding]:
    """Finds content parts that say no type."""
    for entry in talk.judged:
        for number, part in parts_of(entry):
            if isinstance(part, Mapping) and not type_of(part):
                inside = f".content[{number}]"
                path = f"messages[{entry.at}]{inside}.type"
                rejected = provider_messages.openai("O19", path, at=entry.at, part=number)
                meaning = "A content part has no type."
                yield talk.finding("part_without_type", entry.at, meaning, rejected, inside=inside)


def call_without_type(talk: Conversation) -> Iterator[LintFinding]:
    """Finds tool calls that say no type."""
    for entry in talk.judged:
        for number, call in enumerate(entry.calls):
            if not call.has_type:
                inside = f".tool_calls[{number}]"
                path = f"messages[{entry.at}]{inside}.type"
                rejected = provider_messages.openai("O20", path, at=entry.at, call=number)
                meaning = "A tool call has no type."
                yield talk.finding("call_without_type", entry.at, meaning, rejected, call_id=call.id, inside=inside)


def arguments_as_object(talk: Conversation) -> Iterator[LintFinding]:
    """Finds arguments that are an object instead of JSON as text."""
    for call in talk.calls:
        if isinstance(call.arguments, dict):
            inside = f".tool_calls[{call.number}].function.arguments"
            path = f"messages[{call.at}]{inside}"
            rejected = provider_messages.openai_like("O21", path, at=call.at, call=call.number)
            meaning = "A tool call's arguments are an object; chat completions want JSON as text."
            yield talk.finding("arguments_as_object", call.at, meaning, rejected, call_id=call.id, inside=inside)


def image_in_tool_result(talk: Conversation) -> Iterator[LintFinding]:
    """Finds images in tool results."""
    for entry in talk.results:
        for number, part in parts_of(entry):
            if type_of(part) in _IMAGES:
                variant = said("D1", at=entry.at, variant="`image_url`, expected `text`")
                rejected = [
                    *provider_messages.openai("O23", f"messages[{entry.at}]", at=entry.at, role=entry.role),
                    Rejection("deepseek", variant, f"messages[{entry.at}]"),
                ]
                meaning = "A tool result has an image; chat completions accept images from the user only."
                yield talk.finding("image_in_tool_result", entry.at, meaning, rejected, inside=f".content[{number}]")


def function_role(talk: Conversation) -> Iterator[LintFinding]:
    """Finds messages of the deprecated role function; OpenAI still accepts them with a name."""
    for entry in talk.judged:
        if entry.role == "function":
            path = f"messages[{entry.at}].role"
            known = "`function`, expected one of `system`, `user`, `assistant`, `tool`"
            rejected = [Rejection("deepseek", said("D1", at=entry.at, variant=known), path)]
            if not text_of(entry.fields.get("name")):
                rejected += provider_messages.openai("O18", f"messages[{entry.at}].name")
            meaning = "The role function is deprecated; results have the role tool."
            yield talk.finding("function_role", entry.at, meaning, rejected)


def unknown_block(talk: Conversation) -> Iterator[LintFinding]:
    """Finds content that is not understood: parts of another API and unknown fields that carry content."""
    for entry in talk.judged:
        if entry.role == "assistant" and isinstance(entry.fields.get("tool_calls"), Mapping):
            rejected = provider_messages.openai("O24", f"messages[{entry.at}].tool_calls", at=entry.at)
            meaning = "The tool calls are one object, not a list."
            yield talk.finding("unknown_block", entry.at, meaning, rejected, inside=".tool_calls")
        for call in entry.calls:
            if call.type != "function":
                yield _other_call(talk, call)
        for number, part in parts_of(entry):
            if type_of(part) == "text" and not isinstance(part.get("text"), str):
                yield _text_missing(talk, entry, number, part)
            if isinstance(part, str):
                yield _text_as_part(talk, entry, number)
        if entry.content is not None and not isinstance(entry.content, str | list):
            yield _other_content(talk, entry)
        for inside, what in _unknown(entry):
            meaning = f"{what} is not understood, so that nobody can say who accepts it."
            yield talk.finding("unknown_block", entry.at, meaning, severity="warning", inside=inside)


def _text_missing(talk: Conversation, entry: Entry, number: int, part: Mapping[str, Any]) -> LintFinding:
    inside = f".content[{number}].text"
    path = f"messages[{entry.at}]{inside}"
    if "text" in part:
        rejected = provider_messages.openai("O32", path, place=path, type=kind_in_openai(part["text"]))
    else:
        rejected = provider_messages.openai("O31", path, place=path)
    return talk.finding("unknown_block", entry.at, "A part of the type text has no text.", rejected, inside=inside)


def _text_as_part(talk: Conversation, entry: Entry, number: int) -> LintFinding:
    inside = f".content[{number}]"
    path = f"messages[{entry.at}]{inside}"
    rejected = provider_messages.openai("O34", path, place=path)
    return talk.finding("unknown_block", entry.at, "A content part is a text, not an object.", rejected, inside=inside)


def _other_content(talk: Conversation, entry: Entry) -> LintFinding:
    path = f"messages[{entry.at}].content"
    rejected = provider_messages.openai("O33", path, place=path, type=kind_in_openai(entry.content))
    meaning = "The content is neither a text nor a list of parts."
    return talk.finding("unknown_block", entry.at, meaning, rejected, inside=".content")


def kind_in_openai(value: object) -> str:
    """Returns what OpenAI's errors call a JSON value that is not a text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "an integer" if isinstance(value, int) else "a decimal"
    return "an array" if isinstance(value, list) else "an object"


def _other_call(talk: Conversation, call: ToolCall) -> LintFinding:
    """Returns the finding about a call of no function: OpenAI accepts its own custom tools, of others nobody knows."""
    custom = call.type == "custom"
    meaning = (
        "A tool call is of the type custom, which only OpenAI is known to accept."
        if custom
        else "A tool call is of a type that is not known, so that nobody can say who accepts it."
    )
    return talk.finding(
        "unknown_block",
        call.at,
        meaning,
        severity="warning",
        call_id=call.id,
        inside=f".tool_calls[{call.number}]",
        unknown_to=[one for one in PROVIDERS if not (custom and one in _OPENAIS)],
    )


def _unknown(entry: Entry) -> Iterator[tuple[str, str]]:
    for number, part in parts_of(entry):
        kind = type_of(part)
        known = kind in _PARTS or (entry.role == "tool" and kind in _IMAGES)
        if not isinstance(part, Mapping | str) or (kind and not known):
            yield f".content[{number}]", "A content part"
    for name, value in entry.fields.items():
        if carries_content(name, value):
            yield f".{name}", "A field"


def parts_of(entry: Entry) -> Iterator[tuple[int, Any]]:
    """Yields the parts of a content that is a list, with their indices."""
    yield from enumerate(entry.content if isinstance(entry.content, list) else ())


def _texts(entry: Entry) -> Iterator[tuple[str, str]]:
    if isinstance(entry.content, str):
        yield ".content", entry.content
    for number, part in parts_of(entry):
        if isinstance(part, Mapping) and isinstance(part.get("text"), str):
            yield f".content[{number}]", part["text"]


def type_of(value: Any) -> str:
    """Returns the type that a part says; empty where it says none."""
    return text_of(value.get("type")) if isinstance(value, Mapping) else ""
