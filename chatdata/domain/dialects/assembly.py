"""Puts messages together from the blocks of other formats: words, calls and results, in the order given."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.encoding import as_json
from chatdata.domain.dialects.fields import moment
from chatdata.domain.dialects.usage import usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadMessage
from chatdata.domain.messages import ChatMessage, Usage


@dataclass(frozen=True, slots=True)
class CallPart:
    """One tool call, in the form that both stores hold."""

    entry: dict[str, Any]


ReadMessages = Callable[[Sequence[Any], str, Account], list[ReadMessage]]
"""Reads the messages of a list that stands at a place."""
Piece = str | CallPart | ChatMessage | None
"""Words, a call, a whole message such as a result, or nothing where a block is only accounted for."""


class About(NamedTuple):
    """What a format tells about one message beyond its words."""

    id: str | None = None
    time: datetime | None = None
    model: str | None = None
    usage: Usage | None = None
    place: str = ""
    """Where the message stands in the input."""


def call(call_id: str, name: str, arguments: object) -> CallPart:
    """A tool call; arguments that are no text become JSON, and those that are missing an empty object."""
    text = arguments if isinstance(arguments, str) else "{}" if arguments is None else as_json(arguments)
    return CallPart({"id": call_id, "type": "function", "function": {"name": name, "arguments": text}})


def result(call_id: str | None, content: str | None, name: str | None = None) -> ChatMessage:
    """The result of a tool call."""
    return ChatMessage(role="tool", content=content, tool_call_id=call_id, name=name)


def take_id(fields: Fields, *names: str) -> str | None:
    """The id under the first of these names that has one, as text."""
    for name in names:
        value = fields.peek(name)
        if (isinstance(value, str) and value) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(fields.take(name))
    return None


def take_time(fields: Fields, *names: str) -> datetime | None:
    """The first value that is a time; anything else remains and is left out by name."""
    for name in names:
        value = fields.peek(name)
        if value is None:
            continue
        try:
            time = moment(value, "")
        except InvalidConversation:
            continue
        if time is not None:
            fields.take(name)
            return time
    return None


_TIMES = ("created_at", "createdAt", "timestamp", "create_time")
_USAGES = ("usage", "usage_metadata", "usageMetadata")
_MORE = frozenset({"uuid", *_TIMES, "model", "model_name", "modelId", *_USAGES})
"""The names under which `take_about` looks, other than id."""


def take_about(fields: Fields) -> About:
    """Id, time, model and usage under their most common names."""
    if _MORE.isdisjoint(fields.remaining()):
        return About(take_id(fields, "id") if "id" in fields else None, place=fields.place)
    return About(
        take_id(fields, "id", "uuid"),
        take_time(fields, *_TIMES),
        fields.take_text("model", "model_name", "modelId"),
        usage_of(fields.take(*_USAGES), fields.at("usage"), fields.account),
        fields.place,
    )


def messages_from(role: str, pieces: Sequence[Piece], about: About | str = "", inside: str = "") -> list[ReadMessage]:
    """The messages of one message's blocks: its words and calls, and each result as a message of its own.

    What is told about the message goes to the first one; where nothing is told, `about` is only its place. A message
    without blocks is kept, with empty content. `inside` is the place of the list of blocks, where calls and results
    have places of their own.
    """
    if len(pieces) == 1 and (only := _of_one(role, pieces[0], about, inside)) is not None:  # as most messages are
        return [only]
    made = _Made(role, About(place=about) if isinstance(about, str) else about, inside)
    for index, piece in enumerate(pieces):
        if isinstance(piece, str):
            made.texts.append(piece)
        elif isinstance(piece, CallPart):
            made.calls.append((piece.entry, index))
        elif piece is not None:
            made.flush()
            made.add(piece, made.place(index))
    made.flush()
    if not made.found:
        made.add(ChatMessage(role=role, content=""), made.about.place)
    return made.found


def _of_one(role: str, piece: Piece, about: About | str, inside: str) -> ReadMessage | None:
    """The message of the only block of a message; None if the block leaves nothing."""
    place = about if isinstance(about, str) else about.place
    calls_at: tuple[str, ...] = ()
    if isinstance(piece, str):
        message = ChatMessage(role=role, content=piece)
    elif isinstance(piece, CallPart):
        message = ChatMessage(role=role, tool_calls=[piece.entry])
        calls_at = (f"{inside}[0]" if inside else place,)
    elif piece is not None:
        message, place = piece, f"{inside}[0]" if inside else place
    else:
        return None
    if isinstance(about, str):
        return ReadMessage(message, None, None, None, None, place, calls_at)
    return ReadMessage(message, about.id, about.time, about.model, about.usage, place, calls_at)


class _Made:
    """The messages made so far of one message's blocks, and the words and calls of the next one."""

    __slots__ = ("about", "calls", "found", "inside", "role", "texts")

    def __init__(self, role: str, about: About, inside: str) -> None:
        self.role, self.about, self.inside = role, about, inside
        self.found: list[ReadMessage] = []
        self.texts: list[str] = []
        self.calls: list[tuple[dict[str, Any], int]] = []

    def place(self, index: int) -> str:
        return f"{self.inside}[{index}]" if self.inside else self.about.place

    def flush(self) -> None:
        """Makes a message of the words and calls so far."""
        if not self.texts and not self.calls:
            return
        content = "\n".join(self.texts) if self.texts else None
        calls = [entry for entry, _ in self.calls] or None
        places = tuple(self.place(index) for _, index in self.calls)
        self.add(ChatMessage(role=self.role, content=content, tool_calls=calls), self.about.place, places)
        self.texts, self.calls = [], []

    def add(self, message: ChatMessage, place: str, calls_at: tuple[str, ...] = ()) -> None:
        """Adds a message, with what is told about all of them on the first and the time on each."""
        about = self.about
        if self.found:
            self.found.append(ReadMessage(message, time=about.time, place=place, calls_at=calls_at))
        else:
            self.found.append(ReadMessage(message, about.id, about.time, about.model, about.usage, place, calls_at))


class MadeIds:
    """Ids for the calls of formats that have none: results belong to the first open call of their name."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._open: dict[str, deque[str]] = defaultdict(deque)

    def for_call(self, name: str, given: str | None = None) -> str:
        """The id of a call: the given one, or the next that is made."""
        call_id = given or f"call_{self._next()}"
        self._open[name].append(call_id)
        return call_id

    def for_result(self, name: str | None, given: str | None = None) -> str | None:
        """The id of the call that a result answers; None where no call of that name is open."""
        if given is not None:
            for waiting in self._open.values():
                if given in waiting:
                    waiting.remove(given)
            return given
        names = [name] if name is not None else [key for key, waiting in self._open.items() if waiting]
        return next((self._open[key].popleft() for key in names if self._open[key]), None)

    def _next(self) -> int:
        self._account.remark("the calls have no ids: ids were made, by the order of the calls")
        return self._account.count_made_id()
