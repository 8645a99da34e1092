"""What a turn has produced so far, from the entries of its stream in their order."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from chatdata.domain.streams.entries import Chunk, Damaged, StreamEntry
from chatdata.domain.streams.tasks import Task

Outcome = Literal["running", "completed", "failed", "worker_gone"]
"""What became of a turn. worker_gone: it never ended, and nothing works on it any more."""

_IDLE_AFTER = timedelta(minutes=1)
"""How long a stream may be silent once the session's row says that no turn runs."""
_SILENT = frozenset({"start", "text-start", "text-end", "heartbeat", "finish"})
"""The types of chunks that add no part. The text of the next block may go on within a word, as the copies join both."""

_LONGEST_TYPE = 80
"""Characters of an unknown type that are told; the entry itself has all of it."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text of the assistant."""

    text: str
    ended: bool = True
    """Whether nothing can follow; until then the text may stop within a word."""
    begun: bool = True
    """Whether its beginning is known; False where the stream was trimmed within the text."""
    withheld: int = 0
    """The characters that the masked view does not show yet, since they may be a part of what it hides."""


@dataclass(frozen=True, slots=True)
class StreamedCall:
    """A tool call with its result."""

    id: str
    name: str | None = None
    input: Any = None
    """The call's arguments; None until they are complete."""
    output: Any = None
    """The call's result, a text or JSON; None until it is there."""
    success: bool | None = None
    """Whether the tool succeeded; None if the stream does not say."""
    called: bool = False
    """Whether the arguments are complete."""
    answered: bool = False
    """Whether the result is there."""


@dataclass(frozen=True, slots=True)
class UsagePart:
    """The tokens of a model's answer; None for a count that was not reported."""

    prompt_tokens: int | None
    completion_tokens: int | None
    total_tokens: int | None


@dataclass(frozen=True, slots=True)
class ErrorPart:
    """An error that was shown to the user."""

    text: str
    code: str | None = None
    details: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownPart:
    """Entries in a row of one type that is not known, or that could not be read."""

    type: str
    """The type, or what is wrong with the entries."""
    count: int
    sample: str
    """The first of them as JSON."""
    readable: bool = True
    """Whether the entries are chunks of an unknown type."""


Part = TextPart | StreamedCall | UsagePart | ErrorPart | UnknownPart


@dataclass(frozen=True, slots=True)
class StreamOutput:
    """What a stream holds."""

    parts: tuple[Part, ...] = ()
    entries: int = 0
    last_id: str | None = None
    began_at: datetime | None = None
    """When the first entry was added, in UTC."""
    last_at: datetime | None = None
    """When the latest entry was added, a heartbeat included."""
    trimmed: bool = False
    """Whether the beginning is no longer in the stream: its first entry is no start."""
    finished: bool = False
    """Whether the stream says that the turn has ended."""


@dataclass(frozen=True, slots=True)
class StreamedTurn:
    """A turn of a session with the output in its stream."""

    task: Task
    output: StreamOutput | None = None
    """None if there is no stream, as when it has expired."""
    expires_at: datetime | None = None
    """When the stream expires; None without a time to live."""
    problem: str | None = None
    """Why the stream can't be read, if so."""

    @property
    def last_sign(self) -> datetime | None:
        """When the turn gave its latest sign of life; None if that is unknown."""
        times = [self.task.created_at, None if self.output is None else self.output.last_at]
        return max((moment for moment in times if moment is not None), default=None)

    def outcome(self, now: datetime, stuck_after: timedelta, locked: bool | None, status: Any = None) -> Outcome:
        """Returns what became of the turn; `locked` says whether a worker holds the session, `status` is its row's."""
        if self.task.status == "failed":
            return "failed"
        if self.task.status == "completed" or (self.output is not None and self.output.finished):
            return "failed" if self._ends_with_an_error else "completed"
        silent = None if self.last_sign is None else now - self.last_sign
        if locked or silent is None:
            return "running"
        given_up = locked is False and status == "idle" and silent >= _IDLE_AFTER
        return "worker_gone" if given_up or silent >= stuck_after else "running"

    @property
    def _ends_with_an_error(self) -> bool:
        parts = () if self.output is None else self.output.parts
        told = [part for part in parts if not isinstance(part, UsagePart | UnknownPart)]
        return bool(told) and isinstance(told[-1], ErrorPart)


def newest_first(turns: Iterable[StreamedTurn]) -> tuple[StreamedTurn, ...]:
    """Returns the turns of a session by when they began, running ones before all others."""

    def place(turn: StreamedTurn) -> tuple[bool, float]:
        began = turn.task.created_at or (turn.output.began_at if turn.output else None)
        return turn.task.status == "running", 0.0 if began is None else began.timestamp()

    return tuple(sorted(turns, key=place, reverse=True))


@dataclass
class _Text:
    """A text that grows; `closed` once a step, a call or an error comes after it."""

    begun: bool
    pieces: list[str] = field(default_factory=list)
    closed: bool = False


@dataclass
class OutputReader:
    """Adds up the entries of one stream; later entries can be added as they arrive."""

    _parts: "list[_Text | StreamedCall | UsagePart | ErrorPart | UnknownPart]" = field(default_factory=list)
    _calls: dict[str, int] = field(default_factory=dict)
    _seen: StreamOutput = field(default_factory=StreamOutput)

    @property
    def last_id(self) -> str | None:
        """The id of the latest entry."""
        return self._seen.last_id

    def add(self, entries: Iterable[StreamEntry]) -> None:
        """Adds entries that follow those added before."""
        for entry in entries:
            content, seen = entry.content, self._seen
            if not seen.entries:
                trimmed = not (isinstance(content, Chunk) and content.type == "start")
                seen = replace(seen, trimmed=trimmed, began_at=entry.at)
            self._seen = replace(
                seen,
                entries=seen.entries + 1,
                last_id=entry.id,
                last_at=entry.at or seen.last_at,
                finished=seen.finished or (isinstance(content, Chunk) and content.type == "finish"),
            )
            if isinstance(content, Damaged):
                self._unknown(UnknownPart(content.reason, 1, content.raw, readable=False))
            else:
                self._take(content)

    def output(self) -> StreamOutput:
        """The output so far."""
        return replace(self._seen, parts=tuple(map(self._shown, self._parts)))

    def _shown(self, part: "_Text | StreamedCall | UsagePart | ErrorPart | UnknownPart") -> Part:
        if not isinstance(part, _Text):
            return part
        return TextPart("".join(part.pieces), ended=part.closed or self._seen.finished, begun=part.begun)

    def _take(self, chunk: Chunk) -> None:
        match chunk.type:
            case "text-delta":
                self._delta(chunk)
            case "tool-input-start" | "tool-input-available" | "tool-output-available":
                self._close()
                self._call(chunk)
            case "usage":
                self._parts.append(UsagePart(*map(chunk.number, ("promptTokens", "completionTokens", "totalTokens"))))
            case "error":
                self._close()
                self._parts.append(
                    ErrorPart(chunk.text("errorText") or "", _as_text(chunk, "code"), _as_text(chunk, "details"))
                )
            case "start-step" | "finish-step":
                self._close()
            case unknown if unknown not in _SILENT:
                self._unknown(UnknownPart(_name_of(unknown), 1, json.dumps(dict(chunk.values), ensure_ascii=False)))

    def _delta(self, chunk: Chunk) -> None:
        last = self._last_text()
        if last is None:
            # Without the entry that began it, the text may have begun before what is left of the stream.
            last = _Text(begun=not (self._seen.trimmed and not self._parts))
            self._parts.append(last)
        last.pieces.append(chunk.text("delta") or "")

    def _last_text(self) -> _Text | None:
        """The text that goes on; counts and unknown entries do not come between."""
        for part in reversed(self._parts):
            if isinstance(part, _Text):
                return None if part.closed else part
            if not isinstance(part, UsagePart | UnknownPart):
                return None
        return None

    def _close(self) -> None:
        last = self._last_text()
        if last is not None:
            last.closed = True

    def _call(self, chunk: Chunk) -> None:
        call_id = chunk.text("toolCallId") or ""
        if call_id not in self._calls:
            self._calls[call_id] = len(self._parts)
            self._parts.append(StreamedCall(call_id))
        at = self._calls[call_id]
        call = self._parts[at]
        assert isinstance(call, StreamedCall)
        call = replace(call, name=chunk.text("toolName") or call.name)
        if chunk.type == "tool-input-available":
            call = replace(call, input=chunk.values.get("input"), called=True)
        elif chunk.type == "tool-output-available":
            success = chunk.values.get("success")
            call = replace(
                call,
                output=chunk.values.get("output"),
                answered=True,
                success=success if isinstance(success, bool) else None,
            )
        self._parts[at] = call

    def _unknown(self, part: UnknownPart) -> None:
        last = self._parts[-1] if self._parts else None
        if isinstance(last, UnknownPart) and (last.type, last.readable) == (part.type, part.readable):
            self._parts[-1] = replace(last, count=last.count + 1)
        else:
            self._parts.append(part)


def _name_of(kind: str) -> str:
    return kind if len(kind) <= _LONGEST_TYPE else f"{kind[:_LONGEST_TYPE]}…"


def _as_text(chunk: Chunk, name: str) -> str | None:
    value = chunk.values.get(name)
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
