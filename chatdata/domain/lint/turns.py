"""Positions in Anthropic's count: system messages are removed, consecutive messages of one side form one turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

_SYSTEM = ("system", "developer", "reasoning")


class TurnPlace(NamedTuple):
    """The position of a message in Anthropic's count."""

    turn: int
    """The index of the turn; -1 for a system or reasoning message, which belongs to none."""
    block: int
    """The index of the message's first content block in the turn."""
    calls: int
    """The index of the message's first tool_use block, which follows its text blocks."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The positions of all messages in Anthropic's count."""

    places: list[TurnPlace]

    @classmethod
    def of(cls, messages: Iterable[tuple[str, tuple[int, int]]]) -> "Turns":
        """Returns the positions of messages given as role, text blocks and calls; results are on the user's side."""
        places: list[TurnPlace] = []
        turn, side, blocks = -1, "", 0
        for role, (texts, calls) in messages:
            if role in _SYSTEM:
                places.append(TurnPlace(-1, 0, 0))
                continue
            mine = "assistant" if role == "assistant" else "user"
            if mine != side:
                turn, side, blocks = turn + 1, mine, 0
            places.append(TurnPlace(turn, blocks, blocks + texts))
            blocks += texts + calls
        return cls(places)

    def __getitem__(self, at: int) -> TurnPlace:
        return self.places[at]

    def messages_at(self, turn: int, block: int | None) -> list[int]:
        """Returns the indices of the messages in a turn, or only of the one with the block if that is given."""
        inside = [at for at, place in enumerate(self.places) if place.turn == turn]
        if block is None:
            return inside
        return [at for at in inside if self.places[at].block <= block][-1:]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the messages stand in a request body of another API, instead of in a count of our own."""

    turns: Turns
    """The turn is the index in the body's own list."""
    items: Mapping[int, int]
    """The index of a message by the index of its item, or of each of its calls' items, in the body's own list."""
