"""The calls and results of a timeline: which result answers which call, and notes on broken pairing rules."""

from collections.abc import Sequence
from dataclasses import replace

from chatdata.domain.copies import CopyMessage
from chatdata.domain.messages.tool_pairing import PairedMessage, PairedResult, Place, ToolPairing, pair_tool_results
from chatdata.domain.timeline.calls import as_text
from chatdata.domain.timeline.items import CallItem, Kind, Under


class Pairing:
    """The matched calls and results of a copy's messages."""

    def __init__(self, messages: Sequence[CopyMessage], kinds: Sequence[Kind], calls: Sequence[list[CallItem]]) -> None:
        self._messages = messages
        self._kinds = kinds
        self._calls = calls
        self._answers: ToolPairing = _matched(list(map(_turn, messages, kinds, calls)), kinds)

    def calls(self, ordinal: int) -> tuple[CallItem, ...]:
        """Returns the calls of a message, each with its answer or a note that there is none."""
        if self._kinds[ordinal] != "assistant":
            return tuple(self._calls[ordinal])
        return tuple(self._with_answer((ordinal, index), call) for index, call in enumerate(self._calls[ordinal]))

    def under(self, ordinal: int) -> Under | None:
        """Returns the call that this result is shown under, or None."""
        result = self._answers.results.get(ordinal)
        return Under(*result.call) if result and result.call and result.fit == "in_block" else None

    def note(self, ordinal: int) -> str | None:
        """Returns a sentence on the pairing rule that this result breaks, or None."""
        result = self._answers.results.get(ordinal)
        return None if result is None else self._note(result, self._messages[ordinal].message.tool_call_id)

    def _with_answer(self, place: Place, call: CallItem) -> CallItem:
        answer = self._answers.first.get(place)
        if answer is None:
            return call if not call.id else _with_note(call, "No answer in the messages right after it.")
        if self._answers.results[answer].fit == "in_block":
            return replace(call, answer=answer)
        later = self._messages[answer].position
        return _with_note(call, f"No answer right after it; message {later} answers it later.")

    def _note(self, result: PairedResult, call_id: object) -> str | None:
        named = _short(as_text(call_id) or "")
        match result.fit:
            case "in_block":
                return None
            case "no_id":
                return "A tool result without tool_call_id: it names no call."
            case "orphan":
                return f"Answers no call before it: none has the id {named}."
        assert result.call is not None
        caller = self._messages[result.call[0]].position
        if result.fit == "late":
            return f"Answers call {named} of message {caller}, but later than the block right after it."
        first = self._messages[self._answers.first[result.call]].position
        return f"Second answer to call {named} of message {caller}: message {first} answered it."


def _matched(turns: Sequence[PairedMessage], kinds: Sequence[Kind]) -> ToolPairing:
    """Returns the answers, skipping reasoning messages between calls and results, since a model is never sent them."""
    sent = [ordinal for ordinal, kind in enumerate(kinds) if kind != "reasoning"]
    if len(sent) == len(turns):
        return pair_tool_results(turns)
    answers = pair_tool_results(turns[ordinal] for ordinal in sent)
    results = {sent[at]: _result_at(result, sent) for at, result in answers.results.items()}
    return ToolPairing(results, {(sent[at], call): sent[place] for (at, call), place in answers.first.items()})


def _result_at(result: PairedResult, sent: Sequence[int]) -> PairedResult:
    return result if result.call is None else replace(result, call=(sent[result.call[0]], result.call[1]))


def _turn(copy: CopyMessage, kind: Kind, calls: list[CallItem]) -> PairedMessage:
    if kind == "tool":
        return PairedMessage(is_result=True, tool_call_id=as_text(copy.message.tool_call_id))
    return PairedMessage(is_result=False, call_ids=[call.id for call in calls] if kind == "assistant" else ())


def _with_note(call: CallItem, note: str) -> CallItem:
    return replace(call, notes=(*call.notes, note))


def _short(call_id: str) -> str:
    return call_id if len(call_id) <= 60 else f"{call_id[:59]}…"
