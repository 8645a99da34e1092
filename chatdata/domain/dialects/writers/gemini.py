"""Writes the body of Gemini's generateContent: systemInstruction, and contents with parts.

Gemini ties a result to its call by the name of the function and by an optional id, so both are written. A result has
to be an object: text that is an object is written as one, and any other text under the key result.
"""

from typing import Any

from chatdata.domain.dialects.writers.objects import parse_object
from chatdata.domain.dialects.writers.steps import CallStep, MessageEntry, Params, ResultStep
from chatdata.domain.dialects.writers.turns import Block, TurnFormat, write_turns
from chatdata.domain.dialects.writers.values import Translation


def write(params: Params) -> Translation:
    """Returns the body for a payload."""
    return write_turns(params, _FORM)


def _text(text: str) -> Block:
    return {"text": text}


def _call(call: CallStep, arguments: object, entry: MessageEntry) -> Block:
    return {"functionCall": {**_id(call.id, f"{call.field}.id", entry), "name": call.name, "args": arguments}}


def _result(result: ResultStep, entry: MessageEntry) -> Block:
    if result.name is None:
        detail = "No call before has this ID, so the name of the function, which the API wants, is unknown."
        entry.change("result_without_name", "tool_call_id", detail)
    name = {} if result.name is None else {"name": result.name}
    response = _response(result.text, entry)
    return {"functionResponse": {**_id(result.call_id, "tool_call_id", entry), **name, "response": response}}


def _id(call_id: str, field: str, entry: MessageEntry) -> Block:
    if call_id:
        return {"id": call_id}
    entry.change("id_dropped", field, "The ID is empty, and the API pairs calls and results by name and order then.")
    return {}


def _response(text: str, entry: MessageEntry) -> Block:
    parsed = parse_object(text)
    if parsed.value is not None and not parsed.problem:
        entry.change("result_as_object", "content", "The result is a JSON object and is written as one.")
        return parsed.value
    entry.change("result_wrapped", "content", "The API wants an object: the text is written under the key result.")
    return {"result": text}


def _system(blocks: list[Block]) -> dict[str, Any]:
    return {"systemInstruction": {"parts": blocks}}


_FORM = TurnFormat(
    "gemini", "contents", "parts", "model", "systemInstruction.parts", _system, _text, _call, _result, alternates=False
)
