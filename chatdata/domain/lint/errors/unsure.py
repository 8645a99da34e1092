"""Says what a text means that can be about several faults, where the messages don't show which one it is."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from chatdata.domain.lint.values import Code


class Unsure(NamedTuple):
    """What a text says at least, whichever of its possible faults the messages have."""

    meaning: str
    fix: str


_ROLES: Final[Mapping[Code, str]] = {
    "consecutive_users": "two messages of one role follow each other",
    "consecutive_assistants": "two messages of one role follow each other",
    "starts_with_assistant": "the assistant's comes first",
    "second_system": "a system message is not the first",
}
_PAIRS: Final[Mapping[Code, str]] = {
    "unanswered_tool_call": "a call has no result right behind it",
    "orphan_tool_result": "a result has no call right before it",
}
_IDS: Final = frozenset[Code]({"duplicate_tool_call_id", "reused_tool_call_id"})


def unsure(codes: Sequence[Code]) -> Unsure | None:
    """Returns what all of these faults have in common; None where they are one fault in different places."""
    roles = list(dict.fromkeys(_ROLES[code] for code in codes if code in _ROLES))
    pairs = [_PAIRS[code] for code in codes if code in _PAIRS]
    if set(codes) >= {"consecutive_users", "consecutive_assistants"} or len(roles) > 1:
        also = [", or calls and results don't match"] if pairs else []
        return Unsure(
            f"The roles don't follow each other as the provider wants: {', or '.join(roles)}{''.join(also)}.",
            "Join the messages of one role that follow each other, and start with one of the user.",
        )
    if len(pairs) > 1:
        return Unsure(
            f"The calls and the results don't match: {', or '.join(pairs)}.",
            "Send one result for each call, right behind it.",
        )
    if set(codes) >= _IDS:
        return Unsure("Two tool calls have the same ID.", "Give each call, and its result, an ID of its own.")
    return None
