"""Which tool message answers which call.

A result belongs to a call of the nearest assistant message before it, as long as only tool messages stand
between them. Every other tool message stands on its own, with a sentence that says what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chatdata.timeline.items import Call, Item, Under

_Place = tuple[int, int]
"""Ordinal of the item with the call, index of the call."""


def paired(items: Sequence[Item]) -> list[Item]:
    """The items with `under`, `answer` and the notes about answers filled in. Linear."""
    walk = _Walk(items)
    for item in items:
        walk.step(item)
    return [walk.finished(item) for item in items]


@dataclass
class _Walk:
    items: Sequence[Item]
    block: dict[str, list[int]] = field(default_factory=dict)
    """Of the assistant message whose block is open: id to the indices of its calls not answered yet."""
    latest: dict[str, _Place] = field(default_factory=dict)
    """Id to the latest call with it."""
    answers: dict[_Place, int] = field(default_factory=dict)
    """Call to the ordinal of its first answer, in the block or late."""
    under: dict[int, Under] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    late: set[_Place] = field(default_factory=set)

    def step(self, item: Item) -> None:
        if item.kind == "tool":
            self._result(item)
            return
        self.block = {}
        if item.kind == "assistant":
            self._open(item)

    def _open(self, item: Item) -> None:
        for index, call in enumerate(item.calls):
            if call.id:
                self.block.setdefault(call.id, []).append(index)
                self.latest[call.id] = (item.ordinal, index)
        for indices in self.block.values():
            indices.reverse()

    def _result(self, item: Item) -> None:
        call_id = item.tool_call_id
        if not call_id:
            self.notes[item.ordinal] = "A tool result without tool_call_id: it names no call."
        elif call_id not in self.latest:
            self.notes[item.ordinal] = f"Answers no call before it: none has the id {_short(call_id)}."
        elif self.block.get(call_id):
            self._fold(item, (self.latest[call_id][0], self.block[call_id].pop()))
        else:
            self.notes[item.ordinal] = self._astray(item, call_id, self.latest[call_id])

    def _fold(self, item: Item, place: _Place) -> None:
        self.under[item.ordinal] = Under(*place)
        self.answers[place] = item.ordinal

    def _astray(self, item: Item, call_id: str, place: _Place) -> str:
        asker = self.items[place[0]].position
        first = self.answers.get(place)
        if first is not None:
            return (
                f"Second answer to call {_short(call_id)} of message {asker}: "
                f"message {self.items[first].position} answered it."
            )
        self.answers[place] = item.ordinal
        self.late.add(place)
        return f"Answers call {_short(call_id)} of message {asker}, but later than the block right after it."

    def finished(self, item: Item) -> Item:
        note = self.notes.get(item.ordinal)
        under = self.under.get(item.ordinal)
        if not item.calls and note is None and under is None:
            return item
        calls = tuple(self._finished_call(item, index, call) for index, call in enumerate(item.calls))
        return replace(item, calls=calls, under=under, notes=(*item.notes, *([note] if note else ())))

    def _finished_call(self, item: Item, index: int, call: Call) -> Call:
        place = (item.ordinal, index)
        answer = self.answers.get(place)
        if answer is not None and place not in self.late:
            return replace(call, answer=answer)
        if not call.id or item.kind != "assistant":
            return call
        note = "No answer in the messages right after it."
        if answer is not None:
            note = f"No answer right after it; message {self.items[answer].position} answers it later."
        return replace(call, notes=(*call.notes, note))


def _short(call_id: str) -> str:
    return call_id if len(call_id) <= 60 else f"{call_id[:59]}…"
