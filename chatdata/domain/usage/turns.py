"""The growth of a conversation, turn by turn, from the cached list of usage, its only source.

Three different numbers are never mixed: the sums recorded in the database, the cached list's counts per turn, and a
tokenizer's estimate from the messages.
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
"""The minimum growth of a prompt, in tokens beyond the previous completion, that counts as a jump."""
_START_OF_REPLY = 3
"""The tokens that a prompt has beside its messages, as in `chatdata.domain.tokens`."""


@dataclass(frozen=True, slots=True)
class PromptJump:
    """Growth of a prompt beyond the previous turn, caused by a large tool result."""

    tokens: int
    """The growth beyond the previous turn's prompt and completion."""
    position: int
    """The position of the tool message with the result."""
    tool: str | None
    """The tool's name; None where the result answers no call with a name."""
    characters: int
    """The length of the result, which is at least half of all text between the two turns."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One item of the cached list of usage."""

    number: int
    """The number of the turn, from 1."""
    position: int | None
    """The position of the turn's assistant message; None where it is unknown."""
    prompt_tokens: int
    """Includes cached prompt tokens."""
    completion_tokens: int
    cached_prompt_tokens: int | None
    """The tokens read from the provider's cache, which later versions record; None where they are not recorded."""
    jump: PromptJump | None
    running_cost: Decimal | None
    """The cost of this turn and all before it, in the currency of the `Growth`; None where it is unknown."""
    window_share: float | None
    """Prompt and completion as a fraction of the model's context window; None where the window is unknown."""


@dataclass(frozen=True, slots=True)
class EstimatedTurn:
    """A tokenizer's estimate for an assistant message and for the payload before it."""

    position: int
    """The position of the assistant message."""
    prompt_tokens: int | None
    """None where the model has no tokenizer here, or a part of the payload can't be counted."""
    completion_tokens: int | None


@dataclass(frozen=True, slots=True)
class Growth:
    """The turns of one cached conversation, with costs and window shares for one model."""

    turns: tuple[Turn, ...]
    placed: bool
    """Whether each turn belongs to one assistant message; False where their numbers differ."""
    assistant_messages: int
    currency: str | None
    """None where the model's price is unknown."""
    prices_dated: date | None
    context_window: int | None

    @property
    def prompt_tokens(self) -> int:
        """The sum of the prompt tokens in the cached list."""
        return sum(turn.prompt_tokens for turn in self.turns)

    @property
    def completion_tokens(self) -> int:
        """The sum of the completion tokens in the cached list."""
        return sum(turn.completion_tokens for turn in self.turns)


def growth(copy: CachedCopy, model: ModelFacts) -> Growth:
    """Returns the turns of a cached copy; after a reload from the database there is one turn, which is not `placed`."""
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
    """Returns an estimate, by the model's tokenizer, for each assistant message and the payload before it.

    Messages are counted one by one, even those that a payload would merge.
    """
    found, before, known = [], _START_OF_REPLY, model.encoding is not None
    for copy in messages:
        weight = _estimated_tokens(copy, model)
        if copy.message.role == "assistant":
            found.append(EstimatedTurn(copy.position, before if known else None, weight))
        known = known and weight is not None
        before += weight or 0
    return tuple(found)


def _estimated_tokens(copy: CopyMessage, model: ModelFacts) -> int | None:
    """Returns the tokens of a message; 0 for a message that is not sent, None where they can't be counted."""
    sent = build_payload([copy.message], [copy.position]).messages
    weights = [estimate_message(entry.param, model.encoding) for entry in sent]
    return None if None in weights else sum(weight for weight in weights if weight is not None)


def _cached(document: Any, count: int) -> list[int | None]:
    """Returns cache_read_tokens of each item in the document's list of usage."""
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
    """Returns the jumps by the index of the turn whose prompt grew."""
    found = {}
    tools = {position: tool for position, _, tool in answered((copy.position, copy.message) for copy in messages)}
    stretches = pairwise(positions)
    for at, ((first, last), (before, after)) in enumerate(zip(stretches, pairwise(usage), strict=True), start=1):
        grown = after.prompt_tokens - before.prompt_tokens - before.completion_tokens
        if not before.prompt_tokens or grown < LARGE_JUMP:  # most turns, for which all messages would be gone through
            continue
        between = [copy for copy in messages if first < copy.position < last]
        if jump := _jump(grown, between, tools):
            found[at] = jump
    return found


def _jump(grown: int, between: Sequence[CopyMessage], tools: Mapping[int, str | None]) -> PromptJump | None:
    """Returns the largest result between two turns, if it is at least half of the text there."""
    sizes = {copy.position: len(copy.message.content or "") for copy in between}
    largest = max((position for position in sizes if position in tools), key=sizes.__getitem__, default=None)
    if largest is None or 2 * sizes[largest] < sum(sizes.values()):
        return None
    return PromptJump(grown, largest, tools[largest], sizes[largest])
