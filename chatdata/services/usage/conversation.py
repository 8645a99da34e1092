"""The tokens of one conversation: three different numbers beside each other, never mixed."""

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
from chatdata.domain.tokens import ModelFacts
from chatdata.domain.usage import EstimatedTurn, Growth, estimates, growth


@dataclass(frozen=True, slots=True)
class Sums:
    """Prompt and completion tokens."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class ConversationUsage:
    """What is known of one conversation's tokens, and what is not."""

    recorded: Sums | None
    """The row's totals; None where there is no row, or where it has none recorded."""
    growth: Growth | None
    """The cached list turn by turn, with its own sums; None without a cached list."""
    no_growth: str
    """Why there is no list, a sentence; empty where there is one."""
    differs: bool
    """True where the row's totals and the cached list's sums part (usage_mismatch)."""
    estimates: tuple[EstimatedTurn, ...]
    """What a tokenizer makes of the messages, turn by turn."""
    estimated_from: Source | None
    """The copy whose messages were weighed: the rows, else the cache; None without either."""


def conversation_usage(copies: Copies, model: ModelFacts) -> ConversationUsage:
    """Recorded totals, the cached list and the tokenizer's estimate of one session. Raises nothing."""
    stored, cached = copies.stored, copies.cached
    listed = isinstance(cached, CachedCopy) and bool(cached.info.usage)
    source, weighed = next(iter(copies.readable.items()), (None, None))
    return ConversationUsage(
        recorded=_recorded(stored),
        growth=growth(cached, model) if isinstance(cached, CachedCopy) and listed else None,
        no_growth="" if listed else _why(cached),
        differs=_differs(stored, cached),
        estimates=estimates(weighed.messages, model) if weighed else (),
        estimated_from=source,
    )


def _recorded(stored: StoredSide) -> Sums | None:
    if not isinstance(stored, StoredCopy) or not stored.info.usage:
        return None
    return Sums(stored.info.prompt_tokens, stored.info.completion_tokens)


def _differs(stored: StoredSide, cached: CachedSide) -> bool:
    if not isinstance(stored, StoredCopy) or not isinstance(cached, CachedCopy):
        return False
    return usage_differs(cached.info, stored.info.prompt_tokens, stored.info.completion_tokens)


def _why(cached: CachedSide) -> str:
    match cached:
        case Absent():
            return "The cache has no copy of this session, and tokens by turn are kept nowhere else."
        case Unavailable(reason=reason):
            return f"Tokens by turn are kept in the cache only. {reason}"
        case Unconfigured(hint=hint):
            return f"Tokens by turn are kept in the cache only. {hint}"
        case CorruptDocument(reason=reason):
            return f"Tokens by turn are kept in the cached copy only, which can't be read: {reason}."
        case CachedCopy():
            return "The cached copy has no usage recorded."
