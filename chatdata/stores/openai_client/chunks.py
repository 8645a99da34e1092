"""The chunks of a streamed response and what they add up to; only fields read here are required of a server."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class RequestedCall:
    """A tool call requested by the response; it is never executed."""

    id: str
    name: str
    arguments: str
    """The arguments as the model wrote them, usually JSON."""


@dataclass(frozen=True, slots=True)
class AnswerUsage:
    """Token counts reported by the server; None for a count that was not reported."""

    prompt_tokens: int | None
    completion_tokens: int | None
    cached_prompt_tokens: int | None
    """Cached tokens, which are part of the prompt tokens."""


class _Function(BaseModel):
    name: str | None = None
    arguments: str | None = None


class _Call(BaseModel):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(BaseModel):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _PromptDetails(BaseModel):
    cached_tokens: int | None = None


class _ChunkUsage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _PromptDetails | None = None


class _Chunk(BaseModel):
    choices: list[_Choice]
    usage: _ChunkUsage | None = None


@dataclass(slots=True)
class Received:
    """The response accumulated from the chunks received so far."""

    any: bool = False
    text: list[str] = field(default_factory=list)
    refusal: str = ""
    finish_reason: str | None = None
    usage: AnswerUsage | None = None
    calls: dict[int, RequestedCall] = field(default_factory=dict)

    def take(self, data: Any) -> str:
        """Adds one chunk and returns its text. Raises pydantic.ValidationError if the data is not a chunk."""
        chunk = _Chunk.model_validate(data)
        self.any = True
        if chunk.usage:
            self.usage = _usage(chunk.usage)
        text = "".join(map(self._add_choice, chunk.choices))
        if text:
            self.text.append(text)
        return text

    def _add_choice(self, choice: _Choice) -> str:
        self.finish_reason = choice.finish_reason or self.finish_reason
        if choice.delta is None:
            return ""
        self.refusal += choice.delta.refusal or ""
        for call in choice.delta.tool_calls or ():
            self._add_call(call)
        return choice.delta.content or ""

    def _add_call(self, piece: _Call) -> None:
        """Adds a piece of a call: the first one has its id and name, later ones continue the arguments."""
        index = self._index(piece)
        before = self.calls.get(index, RequestedCall("", "", ""))
        function = piece.function or _Function()
        self.calls[index] = RequestedCall(
            before.id or piece.id or "",
            before.name or function.name or "",
            before.arguments + (function.arguments or ""),
        )

    def _index(self, piece: _Call) -> int:
        if piece.index is not None:
            return piece.index
        last = max(self.calls, default=-1)  # some servers omit the index and send each call as a whole
        return last + 1 if piece.id or last < 0 else last


def _usage(usage: _ChunkUsage) -> AnswerUsage:
    details = usage.prompt_tokens_details or _PromptDetails()
    return AnswerUsage(usage.prompt_tokens, usage.completion_tokens, details.cached_tokens)
