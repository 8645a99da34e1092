"""The prompt tokens that the results of tools caused: a result is sent again in every later prompt of its session.

With the usage of each turn (recorded): at a turn whose prompt is larger than the one before, the model's previous
answer explains as many of the new tokens as it had completion tokens, and the rest is split by length among the
messages between the two turns. What falls to a tool's result are its *result tokens*. They count in that prompt and in
every later one; what they count there together are the *caused tokens*. Where a prompt is smaller than the one before,
as after a truncation, nothing new is attributed, and what was attributed shrinks in proportion. The first prompt is
attributed to nobody. So what is attributed at a turn never exceeds its prompt.

Without it (estimated): a result has a token for four characters, and counts in the prompt of every later answer. If the
session's recorded prompt tokens are known, the caused tokens are scaled down to them where they are more.

A result belongs to the nearest earlier call with its ID; those without one, or whose call has no name, count for no
tool.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatdata.domain.messages import ChatMessage, Usage
from chatdata.domain.usage.answers import Calls, called

CHARACTERS_PER_TOKEN = 4
"""The length of a token in an estimate that reads no contents."""


@dataclass(frozen=True, slots=True)
class MessageOutline:
    """What the attribution needs of a message: not its content, but the length of it."""

    role: str
    characters: int
    answers: str | None = None
    """The ID of the call that a tool message answers."""
    calls: tuple[tuple[str | None, str | None], ...] = ()
    """The ID and the function name of each tool call."""


@dataclass(frozen=True, slots=True)
class CausedTokens:
    """What the results of one tool added to the prompts of a session."""

    result_tokens: int
    """Each result counted once."""
    caused_tokens: int
    """Each result counted in every prompt that contains it."""


def outline_of(message: ChatMessage) -> MessageOutline:
    """Returns the outline of a message."""
    calls = tuple(called(entry) for entry in message.tool_calls or ())
    return MessageOutline(message.role, len(message.content or ""), message.tool_call_id, calls)


def can_be_metered(messages: Iterable[MessageOutline], usage: Sequence[Usage]) -> bool:
    """Returns whether each assistant message has a usage, and each usage a prompt."""
    turns = sum(message.role == "assistant" for message in messages)
    return turns == len(usage) > 0 and all(turn.prompt_tokens > 0 for turn in usage)


def recorded_growth(messages: Iterable[MessageOutline], usage: Sequence[Usage]) -> dict[str, CausedTokens]:
    """Returns the tokens caused by tool, from a usage per assistant message; see `can_be_metered`."""
    calls, turns = Calls(), iter(usage)
    before: Usage | None = None
    between: list[tuple[str | None, int]] = []
    held, once, caused = Counter[str](), Counter[str](), Counter[str]()
    for message in messages:
        if message.role == "assistant":
            turn = next(turns)
            if before is not None and turn.prompt_tokens < before.prompt_tokens:
                held = Counter({tool: n * turn.prompt_tokens // before.prompt_tokens for tool, n in held.items()})
            elif before is not None:
                added = _attributed(_unexplained(before, turn), between)
                held.update(added)
                once.update(added)
            caused.update(held)
            before, between = turn, []
        else:
            between.append((_tool(message, calls), message.characters))
        calls.add(message.calls)
    return {tool: CausedTokens(once[tool], caused[tool]) for tool in once}


def estimated_growth(messages: Iterable[MessageOutline], prompt_tokens: int | None) -> dict[str, CausedTokens]:
    """Returns an estimate of the tokens caused by tool; `prompt_tokens` are the session's recorded ones, if known."""
    calls = Calls()
    once, caused = Counter[str](), Counter[str]()
    for message in messages:
        if message.role == "assistant":
            caused.update(once)
        elif (tool := _tool(message, calls)) is not None:
            once[tool] += -(-message.characters // CHARACTERS_PER_TOKEN)
        calls.add(message.calls)
    total = caused.total()
    if prompt_tokens is not None and total > prompt_tokens:
        caused = Counter({tool: n * prompt_tokens // total for tool, n in caused.items()})
    return {tool: CausedTokens(once[tool], caused[tool]) for tool in once}


def _tool(message: MessageOutline, calls: Calls) -> str | None:
    return calls.name(message.answers) if message.role == "tool" else None


def _unexplained(before: Usage, turn: Usage) -> int:
    """The growth of a prompt beyond what the previous answer added to it at most."""
    return max(0, turn.prompt_tokens - before.prompt_tokens - before.completion_tokens)


def _attributed(tokens: int, between: Sequence[tuple[str | None, int]]) -> Counter[str]:
    """Splits the tokens by length, and returns the parts of tools; the parts of all messages are exactly the tokens."""
    whole = sum(characters for _, characters in between)
    parts, passed, given = Counter[str](), 0, 0
    for tool, characters in between:
        passed += characters
        upto = tokens * passed // whole if whole else 0
        if tool is not None:
            parts[tool] += upto - given
        given = upto
    return parts
