"""How a conversation grew, turn by turn: the cached list of usage, which is the only place that has it.

Three different numbers are kept apart: what the row has recorded (sums only), what the cached list says turn by turn,
and what a tokenizer makes of the messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

from chatdata.domain.copies import CachedCopy, CopyMessage
from chatdata.domain.messages import Usage, build_payload
from chatdata.domain.tokens import ModelFacts, estimate_message, price
from chatdata.domain.usage.answers import answered

LARGE_JUMP = 500
"""Tokens that a prompt must have grown by, beyond the completion before, to be marked."""
_START_OF_REPLY = 3
"""As in chatdata.domain.tokens: what a prompt has beside its messages."""


@dataclass(frozen=True, slots=True)
class PromptJump:
    """A prompt that grew by more than the turn before explains, because of a large tool result."""

    tokens: int
    """Growth beyond the completion of the turn before."""
    position: int
    """Of the tool message with the result."""
    tool: str | None
    """None where the result answers no call that has a name."""
    characters: int
    """Of the result; at least half of all that came between the two turns."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One item of the cached list of usage."""

    number: int
    """From 1."""
    position: int | None
    """Of the assistant message that the turn wrote; None where that can't be told."""
    prompt_tokens: int
    """Cached prompt tokens are part of them."""
    completion_tokens: int
    cached_prompt_tokens: int | None
    """Read from the provider's cache, as later versions of the assistant note; None where that isn't noted."""
    jump: PromptJump | None
    running_cost: Decimal | None
    """Of this turn and all before it, in the currency of the Growth; None where the model's price isn't known."""
    window_share: float | None
    """Prompt and completion as a share of the model's context window; None where that isn't known."""


@dataclass(frozen=True, slots=True)
class EstimatedTurn:
    """What a tokenizer makes of the payload before an assistant message, and of the message itself."""

    position: int
    """Of the assistant message."""
    prompt_tokens: int | None
    """None where a tokenizer for the model, or for a part of the payload, is lacking."""
    completion_tokens: int | None


@dataclass(frozen=True, slots=True)
class Growth:
    """The turns of one cached conversation, priced and measured for one model."""

    turns: tuple[Turn, ...]
    placed: bool
    """True where each turn is known to belong to one assistant message; False where the counts differ."""
    assistant_messages: int
    currency: str | None
    """None where the model's price isn't known."""
    prices_dated: date | None
    context_window: int | None

    @property
    def prompt_tokens(self) -> int:
        """The cached list's sum."""
        return sum(turn.prompt_tokens for turn in self.turns)

    @property
    def completion_tokens(self) -> int:
        """The cached list's sum."""
        return sum(turn.completion_tokens for turn in self.turns)


def growth(copy: CachedCopy, model: ModelFacts) -> Growth:
    """The turns of a cached copy. A list that a reload made has one item for the whole conversation: not placed."""
    usage = copy.info.usage
    positions = [message.position for message in copy.messages if message.message.role == "assistant"]
    placed = bool(usage) and len(usage) == len(positions)
    cached = _cached(copy.document.get("usage"), len(usage))
    costs = _running_costs(usage, cached, model)
    jumps = _jumps(copy.messages, usage, positions) if placed else {}
    turns = (
        Turn(
            number=at + 1,
            position=positions[at] if placed else None,
            prompt_tokens=item.prompt_tokens,
            completion_tokens=item.completion_tokens,
            cached_prompt_tokens=cached[at],
            jump=jumps.get(at),
            running_cost=costs[at],
            window_share=_share(item, model.context_window),
        )
        for at, item in enumerate(usage)
    )
    currency = "USD" if model.price_known else None
    return Growth(tuple(turns), placed, len(positions), currency, model.prices_dated, model.context_window)


def estimates(messages: Sequence[CopyMessage], model: ModelFacts) -> tuple[EstimatedTurn, ...]:
    """The payload before each assistant message as the model's tokenizer counts it: an estimate, like the payload's.

    Messages are weighed one by one, also those that a payload would merge.
    """
    found, before, known = [], _START_OF_REPLY, model.encoding is not None
    for copy in messages:
        weight = _weight(copy, model)
        if copy.message.role == "assistant":
            found.append(EstimatedTurn(copy.position, before if known else None, weight))
        known = known and weight is not None
        before += weight or 0
    return tuple(found)


def _weight(copy: CopyMessage, model: ModelFacts) -> int | None:
    """Tokens of a message; 0 for one that no payload has."""
    sent = build_payload([copy.message], [copy.position]).messages
    weights = [estimate_message(entry.param, model.encoding) for entry in sent]
    return None if None in weights else sum(weight for weight in weights if weight is not None)


def _cached(document: Any, count: int) -> list[int | None]:
    """cache_read_tokens of each item of the document's list."""
    items = document if isinstance(document, list) and len(document) == count else [None] * count
    return [_count(item.get("cache_read_tokens")) if isinstance(item, Mapping) else None for item in items]


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _running_costs(usage: Sequence[Usage], cached: Sequence[int | None], model: ModelFacts) -> list[Decimal | None]:
    return list(accumulate((_cost(item, hit, model) for item, hit in zip(usage, cached, strict=True)), _plus))


def _cost(item: Usage, cached: int | None, model: ModelFacts) -> Decimal | None:
    priced = price(model.name, item.prompt_tokens, item.completion_tokens, cached or 0)
    return None if priced is None else priced.amount


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _share(item: Usage, window: int | None) -> float | None:
    return (item.prompt_tokens + item.completion_tokens) / window if window else None


def _jumps(messages: Sequence[CopyMessage], usage: Sequence[Usage], positions: Sequence[int]) -> dict[int, PromptJump]:
    """By the index of the turn whose prompt jumped."""
    found = {}
    tools = {position: tool for position, _, tool in answered((copy.position, copy.message) for copy in messages)}
    stretches = pairwise(positions)
    for at, ((first, last), (before, after)) in enumerate(zip(stretches, pairwise(usage), strict=True), start=1):
        grown = after.prompt_tokens - before.prompt_tokens - before.completion_tokens
        between = [copy for copy in messages if first < copy.position < last]
        if before.prompt_tokens and grown >= LARGE_JUMP and (jump := _jump(grown, between, tools)):
            found[at] = jump
    return found


def _jump(grown: int, between: Sequence[CopyMessage], tools: Mapping[int, str | None]) -> PromptJump | None:
    """The largest result between two turns, if it has at least half of what was said there."""
    sizes = {copy.position: len(copy.message.content or "") for copy in between}
    largest = max((position for position in sizes if position in tools), key=sizes.__getitem__, default=None)
    if largest is None or 2 * sizes[largest] < sum(sizes.values()):
        return None
    return PromptJump(grown, largest, tools[largest], sizes[largest])
