"""Writes the body of Amazon Bedrock's Converse API: system, and messages with blocks of one key."""

from typing import Any

from chatdata.domain.dialects.writers.steps import Call, Entry, Params, Result
from chatdata.domain.dialects.writers.turns import Block, TurnFormat, write_turns
from chatdata.domain.dialects.writers.values import Translation


def write(params: Params) -> Translation:
    """Returns the body for a payload."""
    return write_turns(params, _FORM)


def _text(text: str) -> Block:
    return {"text": text}


def _call(call: Call, arguments: object, _entry: Entry) -> Block:
    return {"toolUse": {"toolUseId": call.id, "name": call.name, "input": arguments}}


def _result(result: Result, _entry: Entry) -> Block:
    content = [{"text": result.text}] if result.text else []  # a blank text is rejected, no text is not
    return {"toolResult": {"toolUseId": result.call_id, "content": content}}


def _system(blocks: list[Block]) -> dict[str, Any]:
    return {"system": blocks}


_FORM = TurnFormat(
    "bedrock", "messages", "content", "assistant", "system", _system, _text, _call, _result, alternates=True
)
