"""Messages as the rules use them: any JSON, parsed once, with calls and results matched once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from chatdata.domain.lint.turns import Layout, Turns
from chatdata.domain.lint.values import PROVIDERS, Code, Limits, LintFinding, Provider, Rejection, Severity
from chatdata.domain.messages.tool_pairing import Fit, PairedMessage, ToolPairing, pair_tool_results

_PROVIDER_ORDER = {provider: index for index, provider in enumerate(PROVIDERS)}


@dataclass(slots=True)
class ToolCall:
    """One entry of an assistant message's tool_calls."""

    at: int
    """The index of its message."""
    number: int
    """The index in tool_calls."""
    id: str
    """Empty where it is missing or not a string."""
    name: str
    """Empty where it is missing or not a string."""
    arguments: Any
    has_type: bool = True
    """Whether it says its type, or is no object."""
    has_id: bool = True
    """Whether it has an ID of any kind, or is no object."""
    type: str = "function"
    """What it says its type is; "function" where it says none."""


@dataclass(slots=True)
class Entry:
    """One message of a lint."""

    at: int
    role: str
    """Empty where it is missing or not a string."""
    fields: Mapping[str, Any]
    """Empty where the message is not an object."""
    calls: Sequence[ToolCall] = ()
    """The calls of an assistant message; no other role can call."""

    @property
    def content(self) -> Any:
        return self.fields.get("content")

    @property
    def spoken(self) -> str:
        """The ID of an earlier audio answer of the model that the message stands for; empty where there is none."""
        audio = self.fields.get("audio")
        return text_of(audio.get("id")) if isinstance(audio, Mapping) else ""

    @property
    def tool_call_id(self) -> str:
        """The call that the message names; empty where it is missing or not a string."""
        return text_of(self.fields.get("tool_call_id"))


class Conversation:
    """All messages of a lint, with calls matched to results."""

    def __init__(
        self,
        messages: Sequence[Any],
        positions: Sequence[tuple[int, ...]] | None = None,
        limits: Limits | None = None,
        *,
        next_user: bool = False,
        layout: Layout | None = None,
    ) -> None:
        self.messages = messages
        self.layout = layout
        """Where the messages stand in a body of another API; None for messages in OpenAI's form."""
        self.limits = limits or Limits()
        self.has_model = limits is not None
        """Whether a model was chosen, so that its limits are asked for even where they are not known."""
        self.next_user = next_user
        """Whether the last message stands for the next user message, which is not written yet."""
        self.finds_none = True
        """Whether an empty payload means that no messages are stored."""
        self.entries = [_entry(at, message) for at, message in enumerate(messages)]
        self.sent = [entry for entry in self.entries if entry.role != "reasoning"]
        """The messages without reasoning, which is never sent."""
        self.calls = [call for entry in self.entries for call in entry.calls]
        self.results = [entry for entry in self.entries if entry.role == "tool"]
        self.answers: ToolPairing = _paired(self.sent)
        """Results by the index of their message; reasoning between a call and its result does not part them."""
        self._positions = positions or ()

    @cached_property
    def turns(self) -> Turns:
        """The position of each message in Anthropic's count, or in that of the body that the messages come from."""
        if self.layout is not None:
            return self.layout.turns
        return Turns.of((entry.role, _blocks(entry)) for entry in self.entries)

    @cached_property
    def answered_without_id(self) -> frozenset[int]:
        """The indices of messages whose block has a result without an ID, which may answer a call without an ID."""
        blocks: set[int] = set()
        owner = -1
        for entry in self.sent:
            if entry.role != "tool":
                owner = entry.at
            elif not entry.tool_call_id:
                blocks.add(owner)
        return frozenset(blocks)

    @cached_property
    def answered(self) -> dict[tuple[int, str], bool]:
        """For each answered call, by message index and ID, whether its result is in the block right after it.

        Calls of one message with the same ID count as one, since providers compare IDs there.
        """
        answered: dict[tuple[int, str], bool] = {}
        for (at, number), index in self.answers.first.items():
            call = at, self.entries[at].calls[number].id
            answered[call] = answered.get(call, False) or self.answers.results[index].near
        return answered

    @cached_property
    def missing_ids(self) -> dict[int, list[str]]:
        """By message index, the distinct IDs of calls without a result in the block right after them."""
        missing: dict[int, dict[str, None]] = {}
        for call in self.calls:
            if not self.answered.get((call.at, call.id)):
                missing.setdefault(call.at, {})[call.id] = None
        return {at: list(ids) for at, ids in missing.items()}

    def fit(self, entry: Entry) -> Fit:
        """Returns how a tool message fits; outside the block, a result of a call with an answer counts as an orphan."""
        result = self.answers.results[entry.at]
        if result.fit == "second" and not result.near:
            return "orphan"
        if result.fit == "late" and result.call and self.answered.get((result.call[0], entry.tool_call_id)):
            return "orphan"
        return result.fit

    @property
    def judged(self) -> Sequence[Entry]:
        """The messages without the placeholder for the next user message."""
        return self.entries[:-1] if self.next_user else self.entries

    def finding(
        self,
        code: Code,
        at: int | None,
        meaning: str,
        rejected_by: Iterable[Rejection] = (),
        *,
        severity: Severity = "error",
        call_id: str | None = None,
        inside: str = "",
        unknown_to: Iterable[Provider] = (),
    ) -> LintFinding:
        """Returns a finding about message `at`, or the field `inside` it, with the message's stored positions."""
        stored = () if at is None or at >= len(self._positions) else self._positions[at]
        path = "" if at is None else f"messages[{at}]{inside}"
        rejected, unknown = _with_azure(rejected_by), tuple(unknown_to)
        return LintFinding(code, severity, at, stored, call_id or None, meaning, rejected, path, unknown)


def _with_azure(rejected_by: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """Returns the rejections in the order of providers, with those by Azure, which checks as OpenAI does."""
    rejections = list(rejected_by)
    if not any(rejection.provider == "azure-openai" for rejection in rejections):
        rejections += [replace(one, provider="azure-openai") for one in rejections if one.provider == "openai"]
    return tuple(sorted(rejections, key=lambda rejection: _PROVIDER_ORDER[rejection.provider]))


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def _entry(at: int, message: object) -> Entry:
    if not isinstance(message, Mapping):
        return Entry(at, "", {})
    role = text_of(message.get("role"))
    calls = message.get("tool_calls") if role == "assistant" else None
    if not isinstance(calls, list | tuple):
        return Entry(at, role, message)
    return Entry(at, role, message, [_call(at, number, value) for number, value in enumerate(calls)])


def _call(at: int, number: int, value: object) -> ToolCall:
    if not isinstance(value, Mapping):
        return ToolCall(at, number, "", "", None)
    function = value.get("function")
    inner: Mapping[str, Any] = function if isinstance(function, Mapping) else {}
    arguments, kind = inner.get("arguments"), text_of(value.get("type"))
    call_id, name = value.get("id"), text_of(inner.get("name"))
    return ToolCall(at, number, text_of(call_id), name, arguments, bool(kind), call_id is not None, kind or "function")


def _paired(sent: Sequence[Entry]) -> ToolPairing:
    """Returns the answers among these messages by their indices in the whole list."""
    found = pair_tool_results(map(_turn, sent))
    results = {
        sent[at].at: replace(result, call=(sent[result.call[0]].at, result.call[1])) if result.call else result
        for at, result in found.results.items()
    }
    first = {(sent[at].at, number): sent[index].at for (at, number), index in found.first.items()}
    return ToolPairing(results, first)


def _turn(entry: Entry) -> PairedMessage:
    if entry.role == "tool":
        return PairedMessage(is_result=True, tool_call_id=entry.tool_call_id)
    return PairedMessage(is_result=False, call_ids=[call.id for call in entry.calls])


def _blocks(entry: Entry) -> tuple[int, int]:
    content = entry.content
    if entry.role == "tool":
        return 1, 0
    texts = len(content) if isinstance(content, list) else int(bool(content))
    return texts, len(entry.calls)
