"""Which messages of a payload remain when only the last ones are kept, and which cuts split a tool block.

Applications keep the last messages when a conversation outgrows the context window. A cut between a call and its
result leaves an orphaned result, which every provider rejects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatdata.domain.lint.conversation import Conversation

_SYSTEM = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Cut:
    """The limit on the last messages to keep: either a number of messages or a number of tokens."""

    messages: int | None = None
    tokens: int | None = None
    keep_system: bool = True
    """Whether the system messages at the beginning are kept too; they do not count towards the limit."""


def cut(params: Sequence[Mapping[str, Any]], limit: Cut, tokens: Sequence[int | None] | None = None) -> list[int]:
    """Returns the payload positions to keep, in order; a cut by tokens needs the `tokens` of each message.

    A message that does not fit completely is dropped together with all messages before it. Raises ValueError when
    the tokens of a message are unknown or there is no limit.
    """
    start = _system_end(params)
    first = _first_kept(params, limit, tokens, start)
    return [*(range(start) if limit.keep_system else ()), *range(max(first, start), len(params))]


def splits_tool_call(params: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Returns the cuts that orphan a result, as ranges (least, most) of the number of last messages kept.

    Results that are orphaned in the whole payload are ignored.
    """
    talk, size = Conversation(params), len(params)
    spans = sorted(
        (size - entry.at, size - call[0] - 1)
        for entry in talk.results
        if (call := talk.answers.results[entry.at].call) is not None and talk.fit(entry) != "orphan"
    )
    return _joined(spans)


def _first_kept(
    params: Sequence[Mapping[str, Any]], limit: Cut, tokens: Sequence[int | None] | None, start: int
) -> int:
    if limit.messages is not None:
        return len(params) - max(limit.messages, 0)
    if limit.tokens is None or tokens is None:
        raise ValueError("Say how many messages or tokens to keep.")
    left, first = limit.tokens, len(params)
    while first > start:
        size = tokens[first - 1]
        if size is None:
            raise ValueError("The tokens of these messages are unknown: no tokenizer fits the model.")
        if size > left:
            break
        left, first = left - size, first - 1
    return first


def _system_end(params: Sequence[Mapping[str, Any]]) -> int:
    others = (index for index, param in enumerate(params) if param.get("role") not in _SYSTEM)
    return next(others, len(params))


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for least, most in spans:
        if joined and least <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(most, joined[-1][1]))
        else:
            joined.append((least, most))
    return joined
