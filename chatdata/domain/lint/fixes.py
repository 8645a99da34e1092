"""Proposes fixes for findings and says what each would lose; nothing is changed in place."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain.lint.conversation import Conversation
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
    named = {"role", "content"} | ({"tool_call_id"} if _is_result(case.message) else set())
    others = (field for field in case.message if field not in named)
    lost = (text for field in ("content", *others) for text in as_lost(case.message.get(field)))
    return Fix("Leave this message out.", tuple(lost), case.without_message())


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


def _cleaned(name: str) -> str:
    return _OTHER.sub("_", name) or "unnamed"


def _calls(message: Mapping[str, Any]) -> bool:
    calls = message.get("tool_calls")
    return message.get("role") == "assistant" and isinstance(calls, list | tuple) and bool(calls)


def _is_result(message: Any) -> bool:
    return isinstance(message, Mapping) and message.get("role") == "tool"


_FIXES: dict[Code, Callable[[_Case], Fix | None]] = {
    "orphan_tool_result": _drop,
    "duplicate_tool_result": _drop,
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
}
