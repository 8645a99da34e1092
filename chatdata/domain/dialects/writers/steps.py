"""The messages of a payload in terms that all APIs share: words, calls and results, each with an id."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from chatdata.domain.dialects.writers.objects import parse_object
from chatdata.domain.dialects.writers.values import ChangeKind, TranslationChange, Written

Params = Sequence[Mapping[str, Any]]
SYSTEM_ROLES = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Words:
    """Text that was said."""

    text: str
    field: str


@dataclass(frozen=True, slots=True)
class CallStep:
    """A tool call, or a function call with an id that was made for it."""

    id: str
    name: str
    arguments: str
    field: str


@dataclass(frozen=True, slots=True)
class ResultStep:
    """The result of a call."""

    call_id: str
    name: str | None
    """The name of the function; None where no call before has this id."""
    text: str


Step = Words | CallStep | ResultStep


class MessageEntry:
    """Collects where one payload message goes, and what is changed on the way."""

    def __init__(self, index: int, role: str) -> None:
        self.index = index
        self.role = role
        self.steps: list[Step] = []
        self.role_in_body: str | None = None
        self._written: list[tuple[str, Any]] = []
        self._changes: list[TranslationChange] = []

    def write(self, place: str, part: object) -> None:
        """Records one part of the body that holds something of this message."""
        self._written.append((place, part))

    def change(self, kind: ChangeKind, field: str, detail: str) -> None:
        """Records a change, with a sentence for people."""
        self._changes.append(TranslationChange(kind, field, detail))

    def closed(self) -> Written:
        """Returns what was recorded."""
        places = tuple(place for place, _part in self._written)
        parts = tuple(part for _place, part in self._written)
        return Written(self.index, self.role_in_body, places, parts, tuple(self._changes))


def entries(params: Params) -> Iterator[MessageEntry]:
    """Yields an entry for each message of a payload, with its steps; names and function calls are accounted for."""
    ids = _Ids(params)
    for index, param in enumerate(params):
        entry = MessageEntry(index, str(param["role"]))
        _add_steps(entry, param, ids)
        yield entry


def _add_steps(entry: MessageEntry, param: Mapping[str, Any], ids: "_Ids") -> None:
    content = cast("str | None", param.get("content")) or ""
    match entry.role:
        case "tool":
            call_id = str(param["tool_call_id"])
            entry.steps.append(ResultStep(call_id, ids.name_of(call_id), content))
        case "function":
            name = str(param["name"])
            entry.steps.append(ResultStep(ids.for_function_result(name), name, content))
            detail = "The function result is written as a tool result: an ID ties it to its call, as its name did."
            entry.change("function_as_tool", "name", detail)
        case _:
            _add_said(entry, param, content)
            _add_calls(entry, param, ids)


def _add_said(entry: MessageEntry, param: Mapping[str, Any], content: str) -> None:
    if content:
        entry.steps.append(Words(content, "content"))
    if refusal := param.get("refusal"):
        entry.steps.append(Words(refusal, "refusal"))
    if "name" in param:
        entry.change("name_dropped", "name", "Messages of this API have no name.")


def _add_calls(entry: MessageEntry, param: Mapping[str, Any], ids: "_Ids") -> None:
    for number, given in enumerate(param.get("tool_calls") or ()):
        function = given["function"]
        field = f"tool_calls[{number}]"
        entry.steps.append(ids.called(CallStep(given["id"], function["name"], function["arguments"], field)))
    if function := param.get("function_call"):
        call_id = ids.for_function_call(function["name"])
        entry.steps.append(ids.called(CallStep(call_id, function["name"], function["arguments"], "function_call")))
        entry.change("function_as_tool", "function_call", "The function call is written as a tool call, with an ID.")


class _Ids:
    """The ids of a payload: made ones for function calls, which have none, and the names behind those of calls."""

    def __init__(self, params: Params) -> None:
        self._taken = {call["id"] for param in params for call in param.get("tool_calls") or ()}
        self._taken |= {param["tool_call_id"] for param in params if "tool_call_id" in param}
        self._made = 0
        self._open: dict[str, deque[str]] = defaultdict(deque)
        self._names: dict[str, str] = {}

    def called(self, call: CallStep) -> CallStep:
        """Remembers the name of a call, and returns the call."""
        self._names[call.id] = call.name
        return call

    def name_of(self, call_id: str) -> str | None:
        """Returns the name of the last call with this id."""
        return self._names.get(call_id)

    def for_function_call(self, name: str) -> str:
        """Returns a new id, which the next result of this function answers."""
        self._open[name].append(made := self._make())
        return made

    def for_function_result(self, name: str) -> str:
        """Returns the id of the first function call of this name without a result, or a new one."""
        return self._open[name].popleft() if self._open[name] else self._make()

    def _make(self) -> str:
        while True:
            self._made += 1
            if (made := f"function_call_{self._made}") not in self._taken:
                return made


def argument_object(call: CallStep, entry: MessageEntry) -> object:
    """Returns the arguments as the object that an API wants; text that holds none is returned unchanged.

    Changes are recorded. A reader gets the same text back, since nothing is invented in its place.
    """
    field = f"{call.field}.arguments" if call.field == "function_call" else f"{call.field}.function.arguments"
    if not call.arguments:
        entry.change("arguments_filled_in", field, "The arguments are empty: {} is written, since an object is needed.")
        return {}
    parsed = parse_object(call.arguments)
    if parsed.value is None:
        detail = f"The API wants a JSON object and rejects these arguments: {parsed.problem}. They are written as text."
        entry.change("arguments_no_object", field, detail)
        return call.arguments
    if parsed.problem:
        entry.change("arguments_altered", field, f"Parsing alters the arguments: {parsed.problem}.")
    return parsed.value
