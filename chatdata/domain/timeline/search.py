"""A literal, case-insensitive search over everything that a timeline shows."""

from collections.abc import Sequence

from chatdata.domain.timeline.items import CallItem, TimelineItem
from chatdata.domain.timeline.layout import laid_out, unescaped

_LONGEST_FORMATTED = 20_000
_Forms = tuple[str, ...]
"""One text in the forms in which it is shown or stored; matches are counted in the first form that has any."""


class Search:
    """The case-folded texts of a timeline, which each query scans."""

    def __init__(self, items: Sequence[TimelineItem]) -> None:
        self._texts = [(item.position, [_folded(forms) for forms in _texts(item, items)]) for item in items]

    def find(self, query: str) -> list[tuple[int, int]]:
        """Returns the position and the number of matches of each message that contains the query, in order."""
        folded_query = query.casefold()
        if not folded_query:
            return []
        counts = ((position, _count(texts, folded_query)) for position, texts in self._texts)
        return [(position, count) for position, count in counts if count]


def _count(texts: list[_Forms], folded_query: str) -> int:
    total = 0
    for forms in texts:
        for form in forms:
            if found := form.count(folded_query):
                total += found
                break
    return total


def _folded(forms: _Forms) -> _Forms:
    folded = dict.fromkeys(form.casefold() for form in forms)
    return tuple(folded)


def _texts(item: TimelineItem, items: Sequence[TimelineItem]) -> list[_Forms]:
    texts: list[_Forms] = []
    if item.content:
        texts.append(_result(item.content) if item.kind in ("tool", "function") else (item.content,))
    if item.name and not _named_by_call(item, items):
        texts.append((item.name,))
    if item.refusal:
        texts.append((item.refusal,))
    if item.function_call:
        texts.append(_json(item.function_call))
    if item.kind == "unknown":
        texts.append((item.role,))
    if item.tool_call_id and item.under is None:
        texts.append((item.tool_call_id,))
    for call in item.calls:
        texts.extend(_call(call))
    return texts


def _named_by_call(item: TimelineItem, items: Sequence[TimelineItem]) -> bool:
    """Returns whether the call that the result is shown under has the same name."""
    return item.under is not None and items[item.under.ordinal].calls[item.under.call].name == item.name


def _call(call: CallItem) -> list[_Forms]:
    texts: list[_Forms] = [(text,) for text in (call.name, call.id, call.more) if text]
    if call.arguments:
        texts.append(_json(call.arguments))
    return texts


def _result(text: str) -> _Forms:
    return (text, unescaped(text)) if "\\" in text else (text,)


def _json(text: str) -> _Forms:
    shown = laid_out.__wrapped__(text) if len(text) <= _LONGEST_FORMATTED else None
    return (*([shown] if shown is not None else ()), *_result(text))
