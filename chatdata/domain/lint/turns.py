"""Where Anthropic counts a message: system messages are taken out, neighbours of one side become one turn."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

_SYSTEM = ("system", "developer")


class Place(NamedTuple):
    """A message in Anthropic's count."""

    turn: int
    """Index of the turn; -1 of a system message, which is in none."""
    block: int
    """Index of its first content block in the turn."""
    calls: int
    """Index of its first tool_use block: after its texts."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The places of all messages."""

    places: list[Place]

    @classmethod
    def of(cls, messages: Iterable[tuple[str, tuple[int, int]]]) -> "Turns":
        """Of each message its role and how many texts and calls it has. Tool results stand on the user's side."""
        places: list[Place] = []
        turn, side, blocks = -1, "", 0
        for role, (texts, calls) in messages:
            if role in _SYSTEM:
                places.append(Place(-1, 0, 0))
                continue
            mine = "assistant" if role == "assistant" else "user"
            if mine != side:
                turn, side, blocks = turn + 1, mine, 0
            places.append(Place(turn, blocks, blocks + texts))
            blocks += texts + calls
        return cls(places)

    def __getitem__(self, at: int) -> Place:
        return self.places[at]

    def messages_at(self, turn: int, block: int | None) -> list[int]:
        """Indices of the messages in a turn; with a block only the one that it is in."""
        inside = [at for at, place in enumerate(self.places) if place.turn == turn]
        if block is None:
            return inside
        return [at for at in inside if self.places[at].block <= block][-1:]
