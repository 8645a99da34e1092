"""Conversion of stored messages to the messages of an OpenAI chat completion. Pure; the session is never changed.

The rules are the reference system's: one conversion per role, unknown roles are skipped, then consecutive
assistant messages are merged. One pass builds the payload and records which stored messages each payload message
came from and what was changed or lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from chatdata.domain.messages.markers import REASONING, is_reasoning
from chatdata.domain.messages.message import ChatMessage
from chatdata.domain.text import readable_json

if TYPE_CHECKING:  # importing openai takes longer than everything else, and only its types are needed here
    from openai.types.chat import (
        ChatCompletionAssistantMessageParam,
        ChatCompletionMessageFunctionToolCallParam,
        ChatCompletionMessageParam,
    )
    from openai.types.chat.chat_completion_message_function_tool_call_param import Function

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
"""merged: joined to the assistant message before it; skipped: its role does not exist in a payload; field_lost: dropped
by the merge, which keeps the first message's field; field_not_sent: payload messages of this role have no such field;
empty_field: a required field is missing and is sent empty."""


@dataclass(frozen=True, slots=True)
class PayloadRemark:
    """A change to a stored message, or to one of its fields, during the conversion."""

    kind: NoteKind
    position: int
    """The stored position of the message."""
    field: str = ""
    """The field concerned, such as tool_calls[1] or refusal; empty for the whole message."""
    detail: str = ""
    """An explanation for a person that quotes nothing from the conversation."""


@dataclass(frozen=True, slots=True)
class PayloadMessage:
    """A message as it would be sent, with its origin and what was changed."""

    param: ChatCompletionMessageParam
    positions: tuple[int, ...]
    """The stored positions of its messages, in order; several where assistant messages were merged."""
    notes: tuple[PayloadRemark, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """What a model would be sent; every stored message is part of one of `messages` or has a remark in `skipped`."""

    messages: tuple[PayloadMessage, ...]
    skipped: tuple[PayloadRemark, ...]
    """One remark for each skipped message and one for each tool call left out with it."""

    @property
    def params(self) -> list[ChatCompletionMessageParam]:
        """The messages as they are sent, without remarks."""
        return [message.param for message in self.messages]


def to_openai_messages(
    messages: Sequence[ChatMessage], session_id: str | None = None
) -> list[ChatCompletionMessageParam]:
    """Converts each message by its role, then merges consecutive assistant messages.

    These are the params of `build_payload`, without the cost of its remarks. What never reaches the model, a skipped
    message or a tool call left out, is logged as a warning instead, with the session that it belongs to.
    """
    params: list[Any] = []
    notes = _Warnings(f"session {session_id}: " if session_id else "")
    for position, message in enumerate(messages):
        if (convert := _BY_ROLE.get(message.role)) is not None:
            notes.position = position
            params.append(convert(message, notes))
        elif not is_reasoning(message):
            notes.skipped(position, message.role)
    return merge_consecutive_assistant_messages(params)


def build_payload(messages: Sequence[ChatMessage], positions: Sequence[int] | None = None) -> Payload:
    """Returns the payload with remarks; `positions` are the stored positions, by default each message's index."""
    runs: list[list[PayloadMessage]] = []
    skipped: list[PayloadRemark] = []
    for position, message in zip(range(len(messages)) if positions is None else positions, messages, strict=True):
        if is_reasoning(message):
            skipped.append(PayloadRemark("skipped", position, REASONING, "Thoughts of the model are never sent."))
            continue
        convert = _BY_ROLE.get(message.role)
        if convert is None:
            skipped.extend(_skipped(position, message))
            continue
        converted = _converted(convert, position, message)
        if runs and _mergeable(runs[-1][-1].param, converted.param):
            runs[-1].append(converted)
        else:
            runs.append([converted])
    return Payload(tuple(map(_merged, runs)), tuple(skipped))


def _skipped(position: int, message: ChatMessage) -> list[PayloadRemark]:
    why = "No payload knows this role" if message.role else "The message has no role"
    notes = [PayloadRemark("skipped", position, "role", f"{why}: the message is not sent.")]
    return notes + _calls_left_out(position, message, "its message is not sent")


def _calls_left_out(position: int, message: ChatMessage, detail: str) -> list[PayloadRemark]:
    fields = (f"tool_calls[{index}]" for index in range(len(message.tool_calls or ())))
    return [PayloadRemark("tool_call_left_out", position, field, detail) for field in fields]


def merge_consecutive_assistant_messages(
    messages: Iterable[ChatCompletionMessageParam],
) -> list[ChatCompletionMessageParam]:
    """Merges each run of assistant messages into one: contents joined by a newline, tool calls concatenated.

    Empty contents are ignored; name, refusal and function_call of the first message are kept and those of the
    later ones dropped. The given messages are not changed.
    """
    merged: list[ChatCompletionMessageParam] = []
    joined: dict[int, list[ChatCompletionMessageParam]] = {}
    before = ""
    for message in messages:
        role = message["role"]
        if role == before == "assistant":
            joined.setdefault(len(merged) - 1, []).append(message)
        else:
            merged.append(message)
        before = role
    for index, later in joined.items():
        merged[index] = _merge([merged[index], *later])
    return merged


def _merge(run: Sequence[ChatCompletionMessageParam]) -> ChatCompletionMessageParam:
    """Merges a non-empty run of assistant messages; a run of one is returned unchanged."""
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
    """Collects the remarks on one stored message."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.all: list[PayloadRemark] = []

    def add(self, kind: NoteKind, field: str, detail: str) -> None:
        self.all.append(PayloadRemark(kind, self.position, field, detail))


class _Warnings(_Notes):
    """Collects no remarks, but logs what never reaches the model."""

    def __init__(self, session: str) -> None:
        super().__init__(0)
        self._session = session

    def add(self, kind: NoteKind, field: str, detail: str) -> None:
        if kind in _LEFT_OUT:
            log.warning("%smessage %d: %s is left out: %s", self._session, self.position, field, detail)

    def skipped(self, position: int, role: str) -> None:
        why = "a role that no payload knows" if role else "no role"
        log.warning("%smessage %d has %s; it is skipped", self._session, position, why)


_LEFT_OUT: frozenset[NoteKind] = frozenset({"tool_call_left_out", "function_call_left_out"})


def _converted(convert: _Convert, position: int, message: ChatMessage) -> PayloadMessage:
    notes = _Notes(position)
    param = convert(message, notes)
    if message.content is None and param.get("content") == "":
        notes.add("null_content", "content", "There is no content: an empty text is sent.")
    for field in ("tool_call_id", "name"):
        if param.get(field) == "" and not getattr(message, field):
            notes.add("empty_field", field, f"There is no {field}: an empty one is sent.")
    _note_unsent_fields(message, notes)
    return PayloadMessage(cast("ChatCompletionMessageParam", param), (position,), tuple(notes.all))


def _plain(message: ChatMessage, _notes: _Notes) -> dict[str, Any]:
    param: dict[str, Any] = {"role": message.role, "content": message.content or ""}
    if message.name:
        param["name"] = message.name
    return param


def _assistant(message: ChatMessage, notes: _Notes) -> dict[str, Any]:
    param = _plain(message, notes)
    if message.function_call:
        if (function := _function(message.function_call, None, notes)) is not None:
            param["function_call"] = function
        else:
            notes.add("function_call_left_out", "function_call", "it has no name")
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
_ASSISTANT_ONLY = ("refusal", "function_call")
_NOT_SENT: dict[str, tuple[str, ...]] = {
    "developer": (*_ASSISTANT_ONLY, "tool_call_id"),
    "system": (*_ASSISTANT_ONLY, "tool_call_id"),
    "user": (*_ASSISTANT_ONLY, "tool_call_id"),
    "assistant": ("tool_call_id",),
    "tool": (*_ASSISTANT_ONLY, "name"),
    "function": (*_ASSISTANT_ONLY, "tool_call_id"),
}
"""For each role, the fields that a stored message can have but its payload message cannot."""


def _note_unsent_fields(message: ChatMessage, notes: _Notes) -> None:
    for field in _NOT_SENT[message.role]:
        if getattr(message, field):
            notes.add("field_not_sent", field, f"A {message.role} message is sent without {field}.")
    if message.role != "assistant" and message.tool_calls:
        notes.all.extend(_calls_left_out(notes.position, message, "only an assistant message can call"))


def _tool_calls(entries: Sequence[Any], notes: _Notes) -> list[ChatCompletionMessageFunctionToolCallParam]:
    calls: list[ChatCompletionMessageFunctionToolCallParam] = []
    for index, entry in enumerate(entries):
        call_id: Any = entry.get("id") if isinstance(entry, dict) else None
        function = _function(entry.get("function"), index, notes) if isinstance(call_id, str) else None
        if function is None:
            notes.add("tool_call_left_out", f"tool_calls[{index}]", "it has no id or no function.name")
        else:
            calls.append({"id": call_id, "type": "function", "function": function})
    return calls


def _function(value: Any, call: int | None, notes: _Notes) -> Function | None:
    """Returns {"name", "arguments"} with missing arguments as "{}", or None without a name.

    `call` is the index of the tool call, None for the message's function_call.
    """
    if not isinstance(value, dict) or not isinstance(name := value.get("name"), str):
        return None
    arguments = value.get("arguments")
    if not isinstance(arguments, str):
        arguments = _serialised(arguments, call, notes)
    return {"name": name, "arguments": arguments}


def _serialised(arguments: Any, call: int | None, notes: _Notes) -> str:
    field = "function_call.arguments" if call is None else f"tool_calls[{call}].function.arguments"
    if arguments is None:
        notes.add("default_arguments", field, 'There are no arguments: "{}" is sent.')
        return "{}"
    notes.add("arguments_serialised", field, "The arguments are no text: they are sent as JSON.")
    return readable_json(arguments)
