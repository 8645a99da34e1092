"""Writes the input items of OpenAI's Responses API: a message, a call and a result are items of their own."""

from typing import Any

from chatdata.domain.dialects.writers.steps import CallStep, MessageEntry, Params, ResultStep, Words, entries
from chatdata.domain.dialects.writers.values import Translation


def write(params: Params) -> Translation:
    """Returns the body for a payload; system and developer messages keep their places, and empty messages are kept."""
    items: list[dict[str, Any]] = []
    written = []
    for entry in entries(params):
        for item in _items(entry):
            entry.write(f"input[{len(items)}]", item)
            items.append(item)
        written.append(entry.closed())
    return Translation("responses", {"input": items}, tuple(written))


def _items(entry: MessageEntry) -> list[dict[str, Any]]:
    said = [step for step in entry.steps if isinstance(step, Words)] or [Words("", "content")]
    others = [_item(step) for step in entry.steps if not isinstance(step, Words)]
    if others and not said[0].text:
        return others
    entry.role_in_body = entry.role
    content = [_part(words, entry.role) for words in said]
    return [{"type": "message", "role": entry.role, "content": content}, *others]


def _part(words: Words, role: str) -> dict[str, Any]:
    if words.field == "refusal":
        return {"type": "refusal", "refusal": words.text}
    return {"type": "output_text" if role == "assistant" else "input_text", "text": words.text}


def _item(step: CallStep | ResultStep) -> dict[str, Any]:
    if isinstance(step, CallStep):
        return {"type": "function_call", "call_id": step.id, "name": step.name, "arguments": step.arguments}
    return {"type": "function_call_output", "call_id": step.call_id, "output": step.text}
