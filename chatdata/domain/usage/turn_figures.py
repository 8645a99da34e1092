"""What the responses to each user message used, from the usage that the cache recorded. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chatdata.domain.copies import CopyMessage
from chatdata.domain.usage.turns import Growth


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """The sums over the responses to one user message, up to the next."""

    position: int
    """The position of the user message."""
    responses: int
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal | None
    """In the currency of the `Growth`; None where it is unknown."""


@dataclass(frozen=True, slots=True)
class _Response:
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal | None


def turn_figures(messages: Sequence[CopyMessage], recorded: Growth, same: Collection[int]) -> tuple[TurnFigures, ...]:
    """The figures of the turns whose responses all have recorded usage; a turn with an unknown one has no sum.

    `same` are the positions at which `messages` has the messages of the copy that the usage was recorded for.
    """
    known = _by_position(recorded)
    return tuple(
        _sum(question, [known[position] for position in responses])
        for question, responses in _turns(messages)
        if responses and all(position in known and position in same for position in responses)
    )


def same_positions(one: Sequence[CopyMessage], other: Sequence[CopyMessage]) -> frozenset[int]:
    """The positions at which both copies have a message of the same role and content."""
    theirs = {item.position: (item.message.role, item.message.content) for item in other}
    return frozenset(
        item.position for item in one if theirs.get(item.position) == (item.message.role, item.message.content)
    )


def _turns(messages: Sequence[CopyMessage]) -> Iterator[tuple[int, list[int]]]:
    """The position of each user message with those of the assistant's messages before the next."""
    question: int | None = None
    responses: list[int] = []
    for item in messages:
        if item.message.role == "user":
            if question is not None:
                yield question, responses
            question, responses = item.position, []
        elif item.message.role == "assistant":
            responses.append(item.position)
    if question is not None:
        yield question, responses


def _by_position(recorded: Growth) -> dict[int, _Response]:
    found, before = {}, Decimal(0)
    cost: Decimal | None = before
    for turn in recorded.turns:
        cost = None if turn.running_cost is None else turn.running_cost - before
        before = before if turn.running_cost is None else turn.running_cost
        if turn.position is not None:
            found[turn.position] = _Response(turn.prompt_tokens, turn.completion_tokens, cost)
    return found


def _sum(question: int, responses: Sequence[_Response]) -> TurnFigures:
    costs = [response.cost for response in responses]
    return TurnFigures(
        question,
        len(responses),
        sum(response.prompt_tokens for response in responses),
        sum(response.completion_tokens for response in responses),
        None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
    )
