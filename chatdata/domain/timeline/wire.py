"""Items as JSON values; long texts are truncated and have their full length beside them."""

from collections.abc import Callable, Sequence
from typing import Any

from chatdata.domain.timeline.items import CallItem, TimelineItem
from chatdata.domain.timeline.layout import laid_out, one_line, summary

CUT = 20_000
"""The maximum number of characters of one text in a window."""
_LINE = 96


def index(items: Sequence[TimelineItem]) -> dict[str, Any]:
    """Returns columns with one value per item, enough for a scroll bar, filters and links."""
    return {
        "count": len(items),
        "positions": [item.position for item in items],
        "kinds": [item.kind for item in items],
        "lengths": [item.length for item in items],
        "lines": [_lines(item.content) for item in items],
        "calls": [len(item.calls) for item in items],
        "times": [item.created_at.isoformat() if item.created_at else None for item in items],
        "gaps": [item.gap for item in items],
        "notes": [len(item.notes) + sum(len(call.notes) for call in item.calls) for item in items],
        "under": [item.under.ordinal if item.under else -1 for item in items],
    }


def full(item: TimelineItem, answers: Callable[[int], TimelineItem]) -> dict[str, Any]:
    """Returns everything that is shown of an item, with one-line summaries of the results of its calls."""
    return {
        "ordinal": item.ordinal,
        **_head(item),
        "role": item.role,
        "kind": item.kind,
        "content": None if item.content is None else _part(item.content, laid=_is_result(item)),
        "name": item.name,
        "tool_call_id": item.tool_call_id,
        "refusal": _part(item.refusal) if item.refusal else None,
        "function_call": _part(item.function_call, laid=True) if item.function_call else None,
        "calls": [_call(call, answers) for call in item.calls],
        "under": item.under.ordinal if item.under else -1,
        "notes": list(item.notes),
        "extras": [list(pair) for pair in item.extras],
        "context": [{"name": block.name, **_part(block.text)} for block in item.context],
        "ended": item.ended,
        "summary": summary(item.content or "") if _is_result(item) else None,
    }


def part_of(item: TimelineItem, name: str) -> str | None:
    """Returns the text of content, refusal, function_call, call.N, more.N or context.N.

    The suffix .laid formats JSON.
    """
    exact = name.removesuffix(".laid")
    text = _exact_part(item, exact)
    return text if text is None or exact == name else laid_out(text) or text


def _exact_part(item: TimelineItem, name: str) -> str | None:
    if name in ("content", "refusal", "function_call"):
        text: str | None = getattr(item, name)
        return text
    kind, _, number = name.partition(".")
    if kind not in ("call", "more", "context") or not (number.isascii() and number.isdigit() and len(number) < 9):
        return None
    if int(number) >= len(item.context if kind == "context" else item.calls):
        return None
    if kind == "context":
        return item.context[int(number)].text
    call = item.calls[int(number)]
    return call.arguments if kind == "call" else call.more


def _is_result(item: TimelineItem) -> bool:
    return item.kind in ("tool", "function")


def _head(item: TimelineItem) -> dict[str, Any]:
    return {
        "position": item.position,
        "at": item.created_at.isoformat() if item.created_at else None,
        "gap": item.gap,
    }


def _call(call: CallItem, answers: Callable[[int], TimelineItem]) -> dict[str, Any]:
    return {
        "id": call.id,
        "name": call.name,
        "arguments": _part(call.arguments, laid=True),
        "head": one_line(call.arguments, 160),
        "more": _part(call.more, laid=True) if call.more else None,
        "damaged": call.damaged,
        "notes": list(call.notes),
        "result": None if call.answer is None else _result(answers(call.answer), call),
    }


def _result(item: TimelineItem, call: CallItem) -> dict[str, Any]:
    return {
        "ordinal": item.ordinal,
        **_head(item),
        "name": item.name if item.name != call.name else None,
        "length": item.length,
        "null": item.content is None,
        "head": one_line(item.content or "", 200),
        "notes": list(item.notes),
        "extras": [list(pair) for pair in item.extras],
        **summary(item.content or ""),
    }


def _part(text: str, *, laid: bool = False) -> dict[str, Any]:
    """Returns the beginning of a text, its length, whether it is formatted ("laid") and its stored length ("exact")."""
    shown = laid_out(text) if laid else None
    given = text if shown is None else shown
    return {"text": given[:CUT], "length": len(given), "laid": shown is not None, "exact": len(text)}


def _lines(content: str | None) -> int:
    """Estimates the height from the beginning of a text, in lines of `_LINE` characters."""
    beginning = (content or "")[:4_000]
    return sum(1 + len(line) // _LINE for line in beginning.split("\n", 40))
