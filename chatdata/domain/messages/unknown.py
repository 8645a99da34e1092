"""The sessions whose token counts are unknown, which is not the same as 0."""

from dataclasses import dataclass
from typing import Literal, get_args

TokenCount = Literal["prompt", "completion"]
"""A token count that is summed: of what the model read, and of what it wrote."""
TOKEN_COUNTS: tuple[TokenCount, ...] = get_args(TokenCount)


@dataclass(frozen=True, slots=True)
class UnknownCounts:
    """The ids of sessions whose totals the stores hold as a number although they are unknown."""

    prompt: frozenset[str] = frozenset()
    completion: frozenset[str] = frozenset()

    def of(self, session_id: str) -> tuple[TokenCount, ...]:
        """The counts of a session that are unknown."""
        prompt: tuple[TokenCount, ...] = ("prompt",) if session_id in self.prompt else ()
        return (*prompt, "completion") if session_id in self.completion else prompt


def unknown_of(prompt: int | None, completion: int | None) -> tuple[TokenCount, ...]:
    """The totals of a row that are NULL, and so unknown."""
    found: tuple[TokenCount, ...] = ("prompt",) if prompt is None else ()
    return (*found, "completion") if completion is None else found


ALL_KNOWN = UnknownCounts()
