"""Writes the body of Anthropic's Messages API: system, and messages with blocks."""

from typing import Any

from chatdata.domain.dialects.writers.steps import CallStep, MessageEntry, Params, ResultStep
from chatdata.domain.dialects.writers.turns import Block, TurnFormat, write_turns
from chatdata.domain.dialects.writers.values import Translation


def write(params: Params) -> Translation:
    """Returns the body for a payload."""
    return write_turns(params, _FORM)


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _call(call: CallStep, arguments: object, _entry: MessageEntry) -> Block:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}


def _result(result: ResultStep, _entry: MessageEntry) -> Block:
    return {"type": "tool_result", "tool_use_id": result.call_id, "content": result.text}


def _system(blocks: list[Block]) -> dict[str, Any]:
    return {"system": blocks}


_FORM = TurnFormat(
    "anthropic", "messages", "content", "assistant", "system", _system, _text, _call, _result, alternates=True
)
