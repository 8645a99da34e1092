"""Proposes fixes for findings and says what each would lose; nothing is changed in place."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain.lint.conversation import Conversation
from chatdata.domain.lint.duplicates import duplicates_of
from chatdata.domain.lint.fix_steps import as_lost, call_changed, changed_strings, without_field
from chatdata.domain.lint.rules.calls import not_json
from chatdata.domain.lint.values import Code, LintFinding
from chatdata.domain.text import LONE_SURROGATES

PLACEHOLDER = '{"type":"error","message":"No result was recorded."}'
"""The content of the result that replaces a missing one."""

_OTHER = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True, slots=True)
class Fix:
    """A proposed fix; only a person can decide whether it matches what really happened."""

    what: str
    """What the fix does, as a sentence."""
    lost: tuple[str, ...]
    """The exact texts that would be lost."""
    messages: list[Any]
    """The fixed payload, which shares its unchanged parts with the original."""
    still_refused: tuple[str, ...] = ()
    """The titles of the rules for which the provider of an explained error would still reject the fixed payload."""


@dataclass(frozen=True, slots=True)
class _Case:
    messages: Sequence[Any]
    at: int
    call_id: str | None

    @property
    def message(self) -> Mapping[str, Any]:
        message: Mapping[str, Any] = self.messages[self.at]
        return message

    def with_message(self, message: Mapping[str, Any]) -> list[Any]:
        return [*self.messages[: self.at], message, *self.messages[self.at + 1 :]]

    def without_message(self) -> list[Any]:
        return [*self.messages[: self.at], *self.messages[self.at + 1 :]]

    def block_end(self, at: int) -> int:
        """Returns the index after the tool messages that directly follow message `at`."""
        end = at + 1
        while end < len(self.messages) and _is_result(self.messages[end]):
            end += 1
        return end


def propose(messages: Sequence[Any], finding: LintFinding) -> Fix | None:
    """Returns a fix for these messages, or None where only a person can decide or the finding concerns no message.

    `messages` are the linted ones: for a stored session its payload, without the next user message.
    """
    fix = _FIXES.get(finding.code)
    at = finding.payload_position
    if fix is None or at is None or not 0 <= at < len(messages) or not isinstance(messages[at], Mapping):
        return None
    return fix(_Case(messages, at, finding.tool_call_id))


def _drop(case: _Case) -> Fix:
    """Removes the message; fields with a value, such as a name or those of later versions, count as lost too."""
    return Fix("Leave this message out.", _lost_with(case.message), case.without_message())


def _one_result(case: _Case) -> Fix | None:
    """Leaves out the results of a call that are not the real one, where the results show which one is."""
    found = duplicates_of(Conversation(case.messages), case.at)
    if found is None or found.real is None:
        return None
    lost = [text for at in found.left_out for text in _lost_with(case.messages[at])]
    kept = [message for at, message in enumerate(case.messages) if at not in found.left_out]
    return Fix(f"{found.fix} {found.reason}", tuple(lost), kept)


def _lost_with(message: Any) -> tuple[str, ...]:
    """Returns the texts that are lost when a message is left out."""
    if not isinstance(message, Mapping):
        return as_lost(message)
    named = {"role", "content"} | ({"tool_call_id"} if _is_result(message) else set())
    others = (field for field in message if field not in named)
    return tuple(text for field in ("content", *others) for text in as_lost(message.get(field)))


def _answer(case: _Case) -> Fix | None:
    if case.call_id is None:  # no result can name this call
        return None
    result = {"role": "tool", "tool_call_id": case.call_id, "content": PLACEHOLDER}
    end = case.block_end(case.at)
    fixed = [*case.messages[:end], result, *case.messages[end:]]
    what = "Add a result that says that none was recorded. It is made up, since the tool's real result is unknown."
    return Fix(what, (), fixed)


def _move(case: _Case) -> Fix | None:
    result = Conversation(case.messages).answers.results.get(case.at)
    if result is None or result.call is None:
        return None
    end = case.block_end(result.call[0])
    rest = case.without_message()
    fixed = [*rest[:end], case.message, *rest[end:]]
    return Fix("Move the result into the block right after its call.", (), fixed)


def _no_calls(case: _Case) -> Fix:
    fixed = case.with_message(without_field(case.message, "tool_calls"))
    return Fix("Leave the empty list of tool calls out.", (), fixed)


def _empty_text(case: _Case) -> Fix:
    fixed = case.with_message({**case.message, "content": ""})
    return Fix("Send an empty text instead of null.", (), fixed)


def _no_blank(case: _Case) -> Fix:
    if not _calls(case.message):
        return _drop(case)
    fixed = case.with_message({**case.message, "content": ""})
    return Fix("Send an empty text beside the tool calls.", as_lost(case.message.get("content")), fixed)


def _whole_characters(case: _Case) -> Fix:
    message = changed_strings(case.message, lambda text: LONE_SURROGATES.sub("\ufffd", text))
    return Fix("Replace each half character with U+FFFD.", (), case.with_message(message))


def _no_nul(case: _Case) -> Fix:
    message = changed_strings(case.message, lambda text: text.replace("\0", ""))
    return Fix("Leave the NUL characters out.", (), case.with_message(message))


def _empty_arguments(case: _Case) -> Fix:
    message, lost = call_changed(
        case.message, case.call_id, "arguments", lambda text: "{}" if text is not None and not_json(text) else text
    )
    return Fix("Send an empty object as the arguments.", lost, case.with_message(message))


def _function_name(case: _Case) -> Fix:
    message, lost = call_changed(case.message, case.call_id, "name", lambda name: _cleaned(name or ""))
    what = "Replace the characters that are not allowed in the function's name; the model may not know the new name."
    return Fix(what, lost, case.with_message(message))


def _message_name(case: _Case) -> Fix:
    name = case.message.get("name")
    if not name and case.message.get("role") != "function":
        return Fix("Leave the empty name out.", (), case.with_message(without_field(case.message, "name")))
    fixed = case.with_message({**case.message, "name": _cleaned(str(name))})
    return Fix("Replace the characters that are not allowed in the name.", as_lost(name), fixed)


def _joined(case: _Case) -> Fix | None:
    """Joins the message with the one before it, where both are texts and the texts and calls can stand together."""
    before = case.messages[case.at - 1] if case.at else None
    if not isinstance(before, Mapping) or before.get("role") != case.message.get("role") or _calls(before):
        return None
    if not isinstance(before.get("content"), str) or not isinstance(case.message.get("content"), str):
        return None
    kept = {**before, **case.message, "content": f"{before['content']}\n\n{case.message['content']}"}
    others = {name for name, value in before.items() if name != "content" and kept[name] != value}
    lost = [text for name in sorted(others) for text in as_lost(before[name])]
    fixed = [*case.messages[: case.at - 1], kept, *case.messages[case.at + 1 :]]
    return Fix("Join the message with the one before it.", tuple(lost), fixed)


def _system_first(case: _Case) -> Fix | None:
    """Moves the text of a later system message behind that of the first."""
    first = case.messages[0]
    text = case.message.get("content")
    if not isinstance(first, Mapping) or first.get("role") != "system" or set(case.message) != {"role", "content"}:
        return None
    if not isinstance(text, str) or not isinstance(first.get("content"), str):
        return None
    joined = {**first, "content": f"{first['content']}\n\n{text}"}
    what = "Move the text into the first system message. The model no longer sees when it was said."
    return Fix(what, (), [joined, *case.without_message()[1:]])


def _from_first_user(case: _Case) -> Fix | None:
    """Leaves out what the assistant and its tools said before the first message of the user."""
    roles = [message.get("role") if isinstance(message, Mapping) else None for message in case.messages]
    if "user" not in roles:
        return None
    start = roles.index("user")
    gone = [case.messages[at] for at in range(case.at, start)]
    lost = [text for message in gone for text in _lost_with(message)]
    return Fix(
        "Leave out what comes before the first user message.", tuple(lost), _without(case.messages, case.at, start)
    )


def _without(messages: Sequence[Any], start: int, end: int) -> list[Any]:
    return [*messages[:start], *messages[end:]]


def _no_reasoning(case: _Case) -> Fix:
    fixed = case.with_message(without_field(case.message, "reasoning_content"))
    return Fix("Leave the reasoning text out.", as_lost(case.message.get("reasoning_content")), fixed)


def _no_space_at_the_end(case: _Case) -> Fix | None:
    content = case.message.get("content")
    if not isinstance(content, str):
        return None
    kept = content.rstrip()
    fixed = case.with_message({**case.message, "content": kept})
    return Fix("Cut the white space at the end.", (content.removeprefix(kept),), fixed)


def _typed_calls(case: _Case) -> Fix:
    calls = [
        {"type": "function", **without_field(call, "type")}
        if isinstance(call, Mapping) and not call.get("type")
        else call
        for call in case.message.get("tool_calls") or ()
    ]
    return Fix('Give each tool call the type "function".', (), case.with_message({**case.message, "tool_calls": calls}))


def _text_arguments(case: _Case) -> Fix:
    calls = [_with_text_arguments(call) for call in case.message.get("tool_calls") or ()]
    what = "Send the arguments as JSON text."
    return Fix(what, (), case.with_message({**case.message, "tool_calls": calls}))


def _with_text_arguments(call: Any) -> Any:
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("arguments"), dict):
        return call
    return {**call, "function": {**function, "arguments": json.dumps(function["arguments"], ensure_ascii=False)}}


def _cleaned(name: str) -> str:
    return _OTHER.sub("_", name) or "unnamed"


def _calls(message: Mapping[str, Any]) -> bool:
    calls = message.get("tool_calls")
    return message.get("role") == "assistant" and isinstance(calls, list | tuple) and bool(calls)


def _is_result(message: Any) -> bool:
    return isinstance(message, Mapping) and message.get("role") == "tool"


_ROLES = {"human": "user", "ai": "assistant", "model": "assistant"}
"""Names that other libraries and APIs have for OpenAI's roles."""


def _openai_role(case: _Case) -> Fix | None:
    role = case.message.get("role")
    name = _ROLES.get(role) if isinstance(role, str) else None
    if name is None:
        return None
    return Fix(f"Send the role {name} instead of {role}.", (), case.with_message({**case.message, "role": name}))


_FIXES: dict[Code, Callable[[_Case], Fix | None]] = {
    "orphan_tool_result": _drop,
    "duplicate_tool_result": _one_result,
    "unanswered_tool_call": _answer,
    "late_tool_result": _move,
    "empty_tool_calls": _no_calls,
    "null_content": _empty_text,
    "empty_content": _no_blank,
    "whitespace_content": _no_blank,
    "lone_surrogate": _whole_characters,
    "nul_character": _no_nul,
    "arguments_not_json": _empty_arguments,
    "empty_function_name": _function_name,
    "bad_function_name": _function_name,
    "bad_message_name": _message_name,
    "unknown_role": _openai_role,
    "consecutive_users": _joined,
    "consecutive_assistants": _joined,
    "second_system": _system_first,
    "starts_with_assistant": _from_first_user,
    "reasoning_not_allowed": _no_reasoning,
    "trailing_whitespace": _no_space_at_the_end,
    "call_without_type": _typed_calls,
    "arguments_as_object": _text_arguments,
}
