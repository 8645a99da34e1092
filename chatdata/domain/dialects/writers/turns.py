"""Writes bodies with turns of blocks and the system prompt beside them, as Anthropic, Bedrock and Gemini take them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatdata.domain.dialects.writers.steps import (
    SYSTEM_ROLES,
    CallStep,
    MessageEntry,
    Params,
    ResultStep,
    Step,
    Words,
    argument_object,
    entries,
)
from chatdata.domain.dialects.writers.values import ApiFormat, Translation

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TurnFormat:
    """How an API lays out turns and their blocks."""

    name: ApiFormat
    list_key: str
    block_key: str
    assistant: str
    """The role of the model's turns."""
    system_place: str
    system: Callable[[list[Block]], Block]
    """The part of the body that holds the blocks of the system prompt."""
    text: Callable[[str], Block]
    call: Callable[[CallStep, object, MessageEntry], Block]
    """The block of a call, given its arguments as an object."""
    result: Callable[[ResultStep, MessageEntry], Block]
    alternates: bool
    """Whether turns of one role must be joined; otherwise only results are."""


def write_turns(params: Params, form: TurnFormat) -> Translation:
    """Returns the body for a payload; roles alternate, results stand in user turns, and empty messages are dropped."""
    writer = _Writer(form)
    written = []
    for entry in entries(params):
        writer.add(entry)
        written.append(entry.closed())
    return Translation(form.name, writer.body(), tuple(written))


class _Writer:
    def __init__(self, form: TurnFormat) -> None:
        self._form = form
        self._system: list[Block] = []
        self._turns: list[Block] = []
        self._last_is_result = False

    def body(self) -> dict[str, Any]:
        system = self._form.system(self._system) if self._system else {}
        return {**system, self._form.list_key: self._turns}

    def add(self, entry: MessageEntry) -> None:
        if not entry.steps:
            entry.change("empty_dropped", "", "The API takes no message without content.")
        elif entry.role in SYSTEM_ROLES:
            self._add_system(entry)
        else:
            self._add_turn(entry)

    def _add_system(self, entry: MessageEntry) -> None:
        place = self._form.system_place
        entry.role_in_body = "system"
        if self._turns:
            entry.change(
                "system_moved_up", "", f"Moved to {place}: the model reads it before messages that it followed."
            )
        else:
            entry.change("system_moved", "", f"Moved to {place}, beside the messages.")
        if entry.role == "developer":
            entry.change("developer_as_system", "role", "The API has no developer role.")
        for step in entry.steps:
            block = self._block(step, entry)
            entry.write(f"{place}[{len(self._system)}]", block)
            self._system.append(block)

    def _add_turn(self, entry: MessageEntry) -> None:
        is_result = isinstance(entry.steps[0], ResultStep)
        role = entry.role_in_body = self._form.assistant if entry.role == "assistant" else "user"
        if self._joins(role, is_result):
            if is_result and self._last_is_result:
                entry.change("results_grouped", "", "Grouped with the results before it in one user turn.")
            else:
                entry.change("turns_joined", "", f"Joined to the {role} turn before it, since roles must alternate.")
        else:
            self._turns.append({"role": role, self._form.block_key: []})
        self._last_is_result = is_result
        for step in entry.steps:
            self._add_block(self._block(step, entry), entry)

    def _joins(self, role: str, is_result: bool) -> bool:
        if not self._turns or self._turns[-1]["role"] != role:
            return False
        return self._form.alternates or (is_result and self._last_is_result)

    def _add_block(self, block: Block, entry: MessageEntry) -> None:
        form = self._form
        blocks = self._turns[-1][form.block_key]
        entry.write(f"{form.list_key}[{len(self._turns) - 1}].{form.block_key}[{len(blocks)}]", block)
        blocks.append(block)

    def _block(self, step: Step, entry: MessageEntry) -> Block:
        match step:
            case Words():
                if step.field == "refusal":
                    entry.change("refusal_as_text", "refusal", "The API has no refusals: it is written as text.")
                return self._form.text(step.text)
            case CallStep():
                return self._form.call(step, argument_object(step, entry), entry)
            case ResultStep():
                return self._form.result(step, entry)
