"""From stored messages to the messages of an OpenAI chat completion. Pure; the session is never changed.

The rules are the reference system's: one conversion a role, unknown roles are skipped, then neighbouring
assistant messages become one. One pass builds the payload together with its account: where each payload message
came from, and what was changed or lost on the way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from chatdata.domain.messages.markers import REASONING, is_reasoning
from chatdata.domain.messages.message import ChatMessage
from chatdata.domain.text import readable_json

if TYPE_CHECKING:  # importing openai takes longer than all the rest, and its types are only named here
    from openai.types.chat import (
        ChatCompletionAssistantMessageParam,
        ChatCompletionMessageFunctionToolCallParam,
        ChatCompletionMessageParam,
    )

log = logging.getLogger(__name__)

NoteKind = Literal[
    "merged",
    "skipped",
    "tool_call_left_out",
    "function_call_left_out",
    "field_lost",
    "field_not_sent",
    "null_content",
    "empty_field",
    "default_arguments",
    "arguments_serialised",
]
"""merged: joined to the assistant message before it; skipped: no payload knows its role; field_lost: dropped by the
merge, which keeps the first message's; field_not_sent: the role's payload message has no such field; empty_field: it
must be there and isn't, so it is sent empty."""


@dataclass(frozen=True, slots=True)
class PayloadRemark:
    """What happened to one stored message, or to a part of it, on the way."""

    kind: NoteKind
    position: int
    """Stored position of the message."""
    field: str = ""
    """What it is about, as tool_calls[1] or refusal."""
    detail: str = ""
    """A sentence for a person, without words of the conversation."""


@dataclass(frozen=True, slots=True)
class PayloadMessage:
    """A message as it would be sent, and its account."""

    param: ChatCompletionMessageParam
    positions: tuple[int, ...]
    """Stored positions that it came from, in order; several where assistant messages were merged."""
    notes: tuple[PayloadRemark, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """What a model would be sent. Every stored message is in one of `messages` or has one note that it was skipped."""

    messages: tuple[PayloadMessage, ...]
    skipped: tuple[PayloadRemark, ...]
    """Of the skipped messages: that they were, and each of their tool calls that is left out with them."""

    @property
    def params(self) -> list[ChatCompletionMessageParam]:
        """The messages alone, as they are sent."""
        return [message.param for message in self.messages]


def to_openai_messages(messages: Sequence[ChatMessage]) -> list[ChatCompletionMessageParam]:
    """The payload of these messages: each converted by its role, then neighbouring assistants merged."""
    return build_payload(messages).params


def build_payload(messages: Sequence[ChatMessage], positions: Sequence[int] | None = None) -> Payload:
    """The payload with its account; `positions` are the stored ones, by default the index of each message."""
    runs: list[list[PayloadMessage]] = []
    skipped: list[PayloadRemark] = []
    for position, message in zip(range(len(messages)) if positions is None else positions, messages, strict=True):
        if is_reasoning(message):
            skipped.append(PayloadRemark("skipped", position, REASONING, "Thoughts of the model are never sent."))
            continue
        convert = _BY_ROLE.get(message.role)
        if convert is None:
            log.warning("message %d has a role that no payload knows; it is skipped", position)
            skipped.extend(_skipped(position, message))
            continue
        converted = _converted(convert, position, message)
        if runs and _mergeable(runs[-1][-1].param, converted.param):
            runs[-1].append(converted)
        else:
            runs.append([converted])
    return Payload(tuple(map(_merged, runs)), tuple(skipped))


def _skipped(position: int, message: ChatMessage) -> list[PayloadRemark]:
    notes = [PayloadRemark("skipped", position, "role", "No payload knows this role: the message is not sent.")]
    return notes + _calls_left_out(position, message, "its message is not sent")


def _calls_left_out(position: int, message: ChatMessage, detail: str) -> list[PayloadRemark]:
    fields = (f"tool_calls[{index}]" for index in range(len(message.tool_calls or ())))
    return [PayloadRemark("tool_call_left_out", position, field, detail) for field in fields]


def merge_consecutive_assistant_messages(
    messages: Iterable[ChatCompletionMessageParam],
) -> list[ChatCompletionMessageParam]:
    """Runs of assistant messages as one each: contents joined by a newline, tool calls concatenated.

    Empty contents are ignored; name, refusal and function_call of the earlier message are kept and those of
    the later one dropped. The messages given are not changed.
    """
    runs: list[list[ChatCompletionMessageParam]] = []
    for message in messages:
        if runs and _mergeable(runs[-1][-1], message):
            runs[-1].append(message)
        else:
            runs.append([message])
    return [_merge(run) for run in runs]


def _merge(run: Sequence[ChatCompletionMessageParam]) -> ChatCompletionMessageParam:
    """One message of a run of assistants, which is never empty; of a single message itself."""
    if len(run) == 1:
        return run[0]
    assistants = cast("Sequence[ChatCompletionAssistantMessageParam]", run)
    both = assistants[0].copy()
    if any(later.get("content") for later in assistants[1:]):
        both["content"] = "\n".join(str(content) for one in assistants if (content := one.get("content")))
    if any(later.get("tool_calls") for later in assistants[1:]):
        both["tool_calls"] = [call for one in assistants for call in one.get("tool_calls") or ()]
    return both


def _mergeable(earlier: ChatCompletionMessageParam, later: ChatCompletionMessageParam) -> bool:
    return earlier["role"] == "assistant" and later["role"] == "assistant"


_LOST_IN_MERGE = ("name", "refusal", "function_call")


def _merged(run: Sequence[PayloadMessage]) -> PayloadMessage:
    if len(run) == 1:
        return run[0]
    notes = list(run[0].notes)
    for later in run[1:]:
        (position,) = later.positions
        notes.extend(later.notes)
        notes.append(
            PayloadRemark("merged", position, "", f"Joined to the assistant message {run[0].positions[0]} before it.")
        )
        notes.extend(
            PayloadRemark(
                "field_lost", position, name, f"The merge takes the first message's {name} only: this one is lost."
            )
            for name in _LOST_IN_MERGE
            if name in later.param
        )
    positions = tuple(position for one in run for position in one.positions)
    return PayloadMessage(_merge([one.param for one in run]), positions, tuple(notes))


_Convert = Callable[[ChatMessage, "_Notes"], dict[str, Any]]


class _Notes:
    """What is noted of one stored message."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.all: list[PayloadRemark] = []

    def add(self, kind: NoteKind, field: str, detail: str) -> None:
        self.all.append(PayloadRemark(kind, self.position, field, detail))

    def left_out(self, kind: NoteKind, field: str, detail: str) -> None:
        """As `add`, and a warning in the log: something of the conversation never reaches the model."""
        log.warning("message %d: %s is left out: %s", self.position, field, detail)
        self.add(kind, field, detail)


def _converted(convert: _Convert, position: int, message: ChatMessage) -> PayloadMessage:
    notes = _Notes(position)
    param = convert(message, notes)
    if message.content is None and param.get("content") == "":
        notes.add("null_content", "content", "There is no content: an empty text is sent.")
    for field in ("tool_call_id", "name"):
        if param.get(field) == "" and not getattr(message, field):
            notes.add("empty_field", field, f"There is no {field}: an empty one is sent.")
    _note_what_stays(message, notes)
    return PayloadMessage(cast("ChatCompletionMessageParam", param), (position,), tuple(notes.all))


def _plain(message: ChatMessage, _notes: _Notes) -> dict[str, Any]:
    param: dict[str, Any] = {"role": message.role, "content": message.content or ""}
    if message.name:
        param["name"] = message.name
    return param


def _assistant(message: ChatMessage, notes: _Notes) -> dict[str, Any]:
    param = _plain(message, notes)
    if message.function_call:
        if (function := _function(message.function_call, "function_call", notes)) is not None:
            param["function_call"] = function
        else:
            notes.left_out("function_call_left_out", "function_call", "it has no name")
    if message.refusal:
        param["refusal"] = message.refusal
    if message.tool_calls:
        param["tool_calls"] = _tool_calls(message.tool_calls, notes)
    return param


def _tool(message: ChatMessage, _notes: _Notes) -> dict[str, Any]:
    return {"role": "tool", "content": message.content or "", "tool_call_id": message.tool_call_id or ""}


def _function_result(message: ChatMessage, _notes: _Notes) -> dict[str, Any]:
    return {"role": "function", "content": message.content, "name": message.name or ""}


_BY_ROLE: dict[str, _Convert] = {
    "developer": _plain,
    "system": _plain,
    "user": _plain,
    "assistant": _assistant,
    "tool": _tool,
    "function": _function_result,
}
_OF_CALLS = ("refusal", "function_call")
_NOT_SENT: dict[str, tuple[str, ...]] = {
    "developer": (*_OF_CALLS, "tool_call_id"),
    "system": (*_OF_CALLS, "tool_call_id"),
    "user": (*_OF_CALLS, "tool_call_id"),
    "assistant": ("tool_call_id",),
    "tool": (*_OF_CALLS, "name"),
    "function": (*_OF_CALLS, "tool_call_id"),
}
"""Fields that a stored message of the role can have and its payload message has not."""


def _note_what_stays(message: ChatMessage, notes: _Notes) -> None:
    for field in _NOT_SENT[message.role]:
        if getattr(message, field):
            notes.add("field_not_sent", field, f"A {message.role} message is sent without {field}.")
    if message.role != "assistant":
        notes.all.extend(_calls_left_out(notes.position, message, "only an assistant message can call"))


def _tool_calls(entries: Sequence[Any], notes: _Notes) -> list[ChatCompletionMessageFunctionToolCallParam]:
    calls = []
    for index, entry in enumerate(entries):
        field = f"tool_calls[{index}]"
        if (call := _tool_call(entry, field, notes)) is not None:
            calls.append(call)
        else:
            notes.left_out("tool_call_left_out", field, "it has no id or no function.name")
    return calls


def _tool_call(entry: Any, field: str, notes: _Notes) -> ChatCompletionMessageFunctionToolCallParam | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return None
    function = _function(entry.get("function"), f"{field}.function", notes)
    if function is None:
        return None
    return cast(
        "ChatCompletionMessageFunctionToolCallParam",
        {"id": entry["id"], "type": "function", "function": function},
    )


def _function(value: Any, field: str, notes: _Notes) -> dict[str, str] | None:
    """{"name", "arguments"}, missing arguments as "{}"; None where there is no name."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    arguments = value.get("arguments")
    if arguments is None:
        arguments = "{}"
        notes.add("default_arguments", f"{field}.arguments", 'There are no arguments: "{}" is sent.')
    elif not isinstance(arguments, str):
        arguments = readable_json(arguments)
        notes.add("arguments_serialised", f"{field}.arguments", "The arguments are no text: they are sent as JSON.")
    return {"name": value["name"], "arguments": arguments}
