"""Writes the body of Amazon Bedrock's Converse API: system, and messages with blocks of one key."""

from typing import Any

from chatdata.domain.dialects.writers.steps import CallStep, MessageEntry, Params, ResultStep
from chatdata.domain.dialects.writers.turns import Block, TurnFormat, write_turns
from chatdata.domain.dialects.writers.values import Translation


def write(params: Params) -> Translation:
    """Returns the body for a payload."""
    return write_turns(params, _FORM)


def _text(text: str) -> Block:
    return {"text": text}


def _call(call: CallStep, arguments: object, _entry: MessageEntry) -> Block:
    return {"toolUse": {"toolUseId": call.id, "name": call.name, "input": arguments}}


def _result(result: ResultStep, _entry: MessageEntry) -> Block:
    content = [{"text": result.text}] if result.text else []  # a blank text is rejected, no text is not
    return {"toolResult": {"toolUseId": result.call_id, "content": content}}


def _system(blocks: list[Block]) -> dict[str, Any]:
    return {"system": blocks}


_FORM = TurnFormat(
    "bedrock", "messages", "content", "assistant", "system", _system, _text, _call, _result, alternates=True
)
