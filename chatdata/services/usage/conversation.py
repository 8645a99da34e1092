"""The tokens of one conversation: recorded totals, cached turns and estimates, side by side and never mixed."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatdata.domain.copies import (
    Absent,
    CachedCopy,
    CachedSide,
    Copies,
    CorruptDocument,
    Source,
    StoredCopy,
    StoredSide,
    Unavailable,
    Unconfigured,
)
from chatdata.domain.drift import usage_differs
from chatdata.domain.messages import TokenCount
from chatdata.domain.messages.unknown import TOKEN_COUNTS
from chatdata.domain.tokens import ModelFacts
from chatdata.domain.usage import EstimatedTurn, Growth, TurnFigures, estimates, growth, same_positions, turn_figures


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of prompt and completion tokens."""

    prompt_tokens: int | None
    """None where it is unknown."""
    completion_tokens: int | None


@dataclass(frozen=True, slots=True)
class ConversationUsage:
    """What is known about one conversation's tokens, and why the rest is unknown."""

    recorded: Sums | None
    """The row's totals; None without a row, or if it has no tokens recorded and none are unknown."""
    growth: Growth | None
    """The cached usage turn by turn, with its own sums; None without cached usage."""
    no_growth: str
    """A sentence that says why `growth` is None; empty if it is not."""
    differs: bool
    """Whether the row's totals and the cached sums differ (usage_mismatch)."""
    estimates: tuple[EstimatedTurn, ...]
    """A tokenizer's estimate of the messages, turn by turn."""
    estimated_from: Source | None
    """The copy whose messages were estimated: the database, else the cache; None without either."""
    unknown: tuple[TokenCount, ...] = ()
    """The counts that are unknown in one turn at least, so that no sum of theirs is a total; 0 in those turns."""


def conversation_usage(copies: Copies, model: ModelFacts, unknown: Sequence[TokenCount] = ()) -> ConversationUsage:
    """Recorded totals, cached turns and estimates of one session; `unknown` are counts that the stores hold as numbers.

    Raises nothing.
    """
    stored, cached = copies.stored, copies.cached
    listed = isinstance(cached, CachedCopy) and bool(cached.info.usage)
    without = {*unknown, *(stored.unknown if isinstance(stored, StoredCopy) else ())}
    ordered = tuple(name for name in TOKEN_COUNTS if name in without)
    source, messages_of = next(iter(copies.readable.items()), (None, None))
    return ConversationUsage(
        recorded=_recorded(stored, ordered),
        growth=growth(cached, model) if isinstance(cached, CachedCopy) and listed else None,
        no_growth="" if listed else _why(cached),
        differs=_differs(stored, cached),
        estimates=estimates(messages_of.messages, model) if messages_of else (),
        estimated_from=source,
        unknown=ordered,
    )


def figures_by_turn(
    copies: Copies, source: Source, model: ModelFacts, unknown: Sequence[TokenCount] = ()
) -> tuple[tuple[TurnFigures, ...], str | None]:
    """What each turn of one copy used, where the cache recorded it, and the currency of the costs.

    Empty where a count is unknown: its turns show 0. Raises nothing.
    """
    shown, cached = copies.readable.get(source), copies.cached
    if shown is None or unknown or not isinstance(cached, CachedCopy) or not cached.info.usage:
        return (), None
    recorded = growth(cached, model)
    same = same_positions(shown.messages, cached.messages)
    return turn_figures(shown.messages, recorded, same), recorded.currency


def counted_responses(copies: Copies) -> int:
    """How many responses have token counts in `conversation_usage`: those recorded, else those to estimate."""
    cached = copies.cached
    if isinstance(cached, CachedCopy) and cached.info.usage:
        return len(cached.info.usage)
    messages = next((copy.messages for copy in copies.readable.values()), ())
    return sum(item.message.role == "assistant" for item in messages)


def _recorded(stored: StoredSide, unknown: Sequence[TokenCount]) -> Sums | None:
    if not isinstance(stored, StoredCopy) or not (stored.info.usage or unknown):
        return None
    return Sums(
        None if "prompt" in unknown else stored.info.prompt_tokens,
        None if "completion" in unknown else stored.info.completion_tokens,
    )


def _differs(stored: StoredSide, cached: CachedSide) -> bool:
    if not isinstance(stored, StoredCopy) or not isinstance(cached, CachedCopy):
        return False
    return usage_differs(cached.info, stored.info.prompt_tokens, stored.info.completion_tokens)


def _why(cached: CachedSide) -> str:
    match cached:
        case Absent():
            return "The cache has no copy of this session, and tokens per response are stored nowhere else."
        case Unavailable(reason=reason):
            return f"Tokens per response are stored in the cache only. {reason}"
        case Unconfigured(hint=hint):
            return f"Tokens per response are stored in the cache only. {hint}"
        case CorruptDocument(reason=reason):
            return f"Tokens per response are stored in the cached copy only, which can't be read: {reason}."
        case CachedCopy():
            return "The cached copy has no usage recorded."
