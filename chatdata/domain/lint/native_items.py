"""Rules about the fields of the items of OpenAI's Responses API: those that must be there, and their forms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chatdata.domain.lint.native import NativeBody
from chatdata.domain.lint.native_finding import by, finding, unclear
from chatdata.domain.lint.rules.shapes import kind_in_openai
from chatdata.domain.lint.values import LintFinding

_MOST_CALL_ID: Final = 64
"""The characters that the API accepts in a `call_id`."""
_OUTPUTS: Final = frozenset({"function_call_output", "custom_tool_call_output"})
_WITH_CALL_ID: Final = frozenset({"function_call", "custom_tool_call", *_OUTPUTS})
_NOT_KNOWN: Final = "Nobody can say whether it is accepted."


def _fields(native: NativeBody) -> Iterator[LintFinding]:
    """Finds items without a field that they must have, or with a field of another form.

    A missing field is told in one sentence, whichever it is (lidge-jun/opencodex#4673 has it for a summary).
    """
    for at, item in enumerate(native.items):
        kind = _type(item)
        if not isinstance(kind, str):
            continue
        if kind in _WITH_CALL_ID:
            yield from _call_ids(native, at, item)
        if kind in _OUTPUTS:
            yield from _output(native, at, item)
        for field, takes in _NEEDS.get(kind, {}).items():
            if field not in item:
                yield _missing(native, at, field)
            elif not takes(item[field]):
                yield unclear(at, f"{native.place(at)}.{field}", f"A field is not in a known form. {_NOT_KNOWN}")


def _texts(native: NativeBody) -> Iterator[LintFinding]:
    """Finds items whose type or ID is no text."""
    for at, item in enumerate(native.items):
        for field in ("type", "id") if isinstance(item, Mapping) else ():
            if item.get(field) is not None and not isinstance(item[field], str):
                yield unclear(at, f"{native.place(at)}.{field}", f"A field of an item is no text. {_NOT_KNOWN}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _has_rule(value: object) -> bool:
    """Returns whether the arguments of a call are text, or an object or a list, which another rule tells."""
    return isinstance(value, str | dict | list)


def _is_summary(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, Mapping) and part.get("type") == "summary_text" and isinstance(part.get("text"), str)
        for part in value
    )


_NEEDS: Final[Mapping[str, Mapping[str, Callable[[object], bool]]]] = {
    "function_call": {"name": _is_text, "arguments": _has_rule},
    "reasoning": {"summary": _is_summary},
}
"""The fields without which an item is refused, and whether a value has a known form."""


def _missing(native: NativeBody, at: int, field: str) -> LintFinding:
    where = f"input[{at}].{field}"
    rejected = by("openai-responses", "O31", where, place=where)
    return finding("unknown_block", at, f"{native.place(at)}.{field}", "An item lacks a field.", rejected)


def _call_ids(native: NativeBody, at: int, item: Mapping[str, Any]) -> Iterator[LintFinding]:
    """Finds items without a `call_id`, or with one of more than 64 characters (AnswerDotAI/fastllm#45)."""
    call_id, where = item.get("call_id"), f"input[{at}].call_id"
    if "call_id" not in item:
        yield _missing(native, at, "call_id")
    elif not isinstance(call_id, str):
        yield unclear(at, f"{native.place(at)}.call_id", f"The ID of a tool call is no text. {_NOT_KNOWN}")
    elif len(call_id) > _MOST_CALL_ID:
        rejected = by("openai-responses", "O35", where, place=where, most=_MOST_CALL_ID, count=len(call_id))
        meaning = f"The ID of a tool call has {len(call_id)} characters; OpenAI accepts {_MOST_CALL_ID}."
        yield finding("long_tool_call_id", at, f"{native.place(at)}.call_id", meaning, rejected, call_id=call_id)


def _output(native: NativeBody, at: int, item: Mapping[str, Any]) -> Iterator[LintFinding]:
    output, where, path = item.get("output"), f"input[{at}].output", f"{native.place(at)}.output"
    if "output" not in item:
        yield _missing(native, at, "output")
    elif not isinstance(output, str | list):
        rejected = by("openai-responses", "O33", where, place=where, type=kind_in_openai(output))
        yield finding(
            "unknown_block", at, path, "The output of a tool is neither a text nor a list of parts.", rejected
        )
    for number, part in enumerate(output if isinstance(output, list) else ()):
        if not isinstance(part, Mapping) or part.get("type") not in ("input_text", "input_image", "input_file"):
            yield unclear(at, f"{path}[{number}]", f"A part of a tool's output is not in a known form. {_NOT_KNOWN}")


def _run_by_client(native: NativeBody) -> Iterator[LintFinding]:
    """Finds calls of tools that the client runs, such as the computer, without an output, and outputs without a call.

    Only of the computer's calls a public report shows the refusal. Items that the provider keeps could hold the other
    half, so that nothing is said of a body that continues them.
    """
    for kind in _RUN_BY_CLIENT if not native.continues else ():
        calls = {_call_id(item): at for at, item in enumerate(native.items) if _type(item) == kind}
        outputs = {_call_id(item): at for at, item in enumerate(native.items) if _type(item) == f"{kind}_output"}
        for call_id, at in calls.items():
            if outputs.get(call_id, -1) > at:
                continue
            meaning = f"An item of the type {kind} has no output anywhere after it."
            if kind == "computer_call":
                rejected = by("openai-responses", "R12", "input", id=call_id)
                yield finding("unanswered_tool_call", at, native.place(at), meaning, rejected, call_id=call_id or None)
            else:
                yield unclear(at, native.place(at), f"{meaning} {_NOT_KNOWN}", call_id or None)
        for call_id, at in outputs.items():
            if calls.get(call_id, at) >= at:
                meaning = f"An output answers no item of the type {kind} before it."
                yield unclear(at, native.place(at), f"{meaning} {_NOT_KNOWN}", call_id or None)


def _computer_fields(native: NativeBody) -> Iterator[LintFinding]:
    """Finds screenshots of the computer in no known form; what the model did is not judged."""
    for at, item in enumerate(native.items):
        if _type(item) == "computer_call_output":
            output = item.get("output")
            if not isinstance(output, Mapping) or output.get("type") != "computer_screenshot":
                meaning = f"The output of the computer is no screenshot. {_NOT_KNOWN}"
                yield unclear(at, f"{native.place(at)}.output", meaning, _call_id(item) or None)


_RUN_BY_CLIENT: Final = ("computer_call", "local_shell_call", "shell_call", "apply_patch_call")


def _type(item: object) -> object:
    return item.get("type") if isinstance(item, Mapping) else None


def _call_id(item: Mapping[str, Any]) -> str:
    call_id = item.get("call_id")
    return call_id if isinstance(call_id, str) else ""


ITEMS: Final[tuple[Callable[[NativeBody], Iterator[LintFinding]], ...]] = (
    _texts,
    _fields,
    _run_by_client,
    _computer_fields,
)
"""The rules about the fields of items."""
