"""A literal, case-insensitive search over everything that a timeline shows."""

from collections.abc import Sequence
from functools import cached_property

from chatdata.domain.timeline.items import CallItem, TimelineItem
from chatdata.domain.timeline.layout import laid_out, unescaped

_LONGEST_FORMATTED = 20_000
_Forms = tuple[str, ...]
"""One text in the forms in which it is shown or stored; matches are counted in the first form that has any."""


class _Text:
    """A text that is shown as stored, case-folded."""

    __slots__ = ("_forms",)

    def __init__(self, *forms: str) -> None:
        self._forms: _Forms = tuple(dict.fromkeys(form.casefold() for form in forms))

    def count(self, folded_query: str) -> int:
        """Returns the number of matches."""
        return _first(self._forms, folded_query)


class _Json(_Text):
    """A text that is shown laid out if it is JSON; it is laid out for the first query that may tell the difference.

    Laying out moves white space between tokens and decodes \\u escapes, which adds and takes no match of letters and
    digits where there are no such escapes.
    """

    def __init__(self, text: str) -> None:
        super().__init__(*_result(text))
        self._text = text
        self._escaped = "\\u" in text

    def count(self, folded_query: str) -> int:
        if not self._escaped and folded_query.isalnum():
            return super().count(folded_query)
        return _first(self._shown, folded_query) or super().count(folded_query)

    @cached_property
    def _shown(self) -> _Forms:
        shown = laid_out.__wrapped__(self._text) if len(self._text) <= _LONGEST_FORMATTED else None
        return () if shown is None else (shown.casefold(),)


class Search:
    """The case-folded texts of a timeline, which each query scans."""

    def __init__(self, items: Sequence[TimelineItem]) -> None:
        self._texts = [(item.position, _texts(item, items)) for item in items]

    def find(self, query: str) -> list[tuple[int, int]]:
        """Returns the position and the number of matches of each message that contains the query, in order."""
        folded_query = query.casefold()
        if not folded_query:
            return []
        counts = ((position, _count(texts, folded_query)) for position, texts in self._texts)
        return [(position, count) for position, count in counts if count]


def _count(texts: list[_Text], folded_query: str) -> int:
    return sum(text.count(folded_query) for text in texts)


def _first(forms: _Forms, folded_query: str) -> int:
    for form in forms:
        if found := form.count(folded_query):
            return found
    return 0


def _texts(item: TimelineItem, items: Sequence[TimelineItem]) -> list[_Text]:
    texts: list[_Text] = []
    if item.content:
        texts.append(_Text(*_result(item.content)) if item.kind in ("tool", "function") else _Text(item.content))
    if item.name and not _named_by_call(item, items):
        texts.append(_Text(item.name))
    if item.refusal:
        texts.append(_Text(item.refusal))
    if item.function_call:
        texts.append(_Json(item.function_call))
    if item.kind == "unknown":
        texts.append(_Text(item.role))
    if item.tool_call_id and item.under is None:
        texts.append(_Text(item.tool_call_id))
    for call in item.calls:
        texts.extend(_call(call))
    return texts


def _named_by_call(item: TimelineItem, items: Sequence[TimelineItem]) -> bool:
    """Returns whether the call that the result is shown under has the same name."""
    return item.under is not None and items[item.under.ordinal].calls[item.under.call].name == item.name


def _call(call: CallItem) -> list[_Text]:
    texts = [_Text(text) for text in (call.name, call.id, call.more) if text]
    if call.arguments:
        texts.append(_Json(call.arguments))
    return texts


def _result(text: str) -> _Forms:
    return (text, unescaped(text)) if "\\" in text else (text,)
