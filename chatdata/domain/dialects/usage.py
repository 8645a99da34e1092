"""Token counts of every format as ours: cached and reasoning tokens are inside prompt and completion, once.

A count that is null, negative, text, too large or in disagreement with the others is unknown: the account records it,
and a remark says so; `Usage`, which has no place for it, holds 0. No count is ever a reason to refuse a conversation.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from chatdata.domain.dialects.account import Account, Fields
from chatdata.domain.dialects.values import CountName
from chatdata.domain.messages import Usage

MOST_TOKENS = 2**31 - 1
"""The largest value of the INTEGER columns in a deployment's database."""

_PROMPT = (
    *("prompt_tokens", "input_tokens", "promptTokens", "inputTokens", "promptTokenCount", "request_tokens"),
    *("prompt_eval_count", "tokens_sent", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "input"),
)
_COMPLETION = (
    *("completion_tokens", "output_tokens", "completionTokens", "outputTokens", "candidatesTokenCount"),
    *("response_tokens", "eval_count", "tokens_received", "gen_ai.usage.output_tokens"),
    *("gen_ai.usage.completion_tokens", "output"),
)
_TOTAL = ("total_tokens", "totalTokens", "totalTokenCount", "total", "tokens")
_ANTHROPIC_CACHE = ("cache_read_input_tokens", "cache_creation_input_tokens")
_OUTSIDE_PROMPT: dict[str, Sequence[str]] = {
    "input_tokens": (*_ANTHROPIC_CACHE, "input_tokens_cache_read", "input_tokens_cache_write"),
    "inputTokens": ("cacheReadInputTokens", "cacheWriteInputTokens"),
    "promptTokenCount": ("toolUsePromptTokenCount",),
    "input": (*_ANTHROPIC_CACHE, "input_cached_tokens", "input_cache_read", "input_cache_creation"),
}
"""The counts that formats report beside the prompt's, by the name of the prompt's count."""
_OUTSIDE_COMPLETION: dict[str, Sequence[str]] = {
    "candidatesTokenCount": ("thoughtsTokenCount",),
    "output": ("output_reasoning_tokens", "output_reasoning"),
}
_CACHED = (
    *("cached_input_tokens", "cachedInputTokens", "cachedContentTokenCount"),
    *("prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens", "input_token_details.cache_read"),
)
"""Counts of cached tokens that formats report inside the prompt's."""
USAGE_KEYS = frozenset(_PROMPT) | frozenset(_COMPLETION) | frozenset(_TOTAL)


def usage_of_session(value: object, place: str, account: Account) -> tuple[Usage, ...]:
    """The counts of each turn, from one object or a list of them."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    found = (usage_of(item, place, account) for item in items if item != {})
    return tuple(item for item in found if item is not None)


def usage_of(value: object, place: str, account: Account) -> Usage | None:
    """The counts of one turn; None where none of them is known."""
    if value is None:
        return None
    if not isinstance(value, dict):
        account.remark(f"{place} is no object of counts: the counts are unknown")
        account.leave_out("count", place, value)
        _both_unknown(account, place, "there is no object of counts")
        return None
    fields = Fields(value, place, account)
    usage = take_usage(fields)
    if value and not any(name in value for name in (*_PROMPT, *_COMPLETION)):
        account.remark(f"{place} has neither prompt_tokens nor completion_tokens: the counts are unknown")
        _both_unknown(account, place, "there is no such key")
    fields.close()
    return usage


def _both_unknown(account: Account, place: str, reason: str) -> None:
    account.count_unknown("prompt", place, reason)
    account.count_unknown("completion", place, reason)


def take_usage(fields: Fields) -> Usage | None:
    """The counts among the fields of an object; None where neither prompt nor completion is known."""
    prompt_name = next((name for name in _PROMPT if name in fields), None)
    completion_name = next((name for name in _COMPLETION if name in fields), None)
    if prompt_name is None and completion_name is None:
        return None
    prompt = _counted(fields, "prompt", prompt_name, _OUTSIDE_PROMPT)
    completion = _counted(fields, "completion", completion_name, _OUTSIDE_COMPLETION)
    total = _optional(fields, next((name for name in _TOTAL if name in fields), ""), "total")
    if prompt is None and completion is None:
        return None
    if prompt is None or completion is None:
        counts = (sum(prompt) if prompt else 0, sum(completion) if completion else 0)
    else:
        counts = _agreeing(fields, prompt, completion, total)
    _remark_cached(fields, None if prompt is None else counts[0])
    usage = Usage.of(*counts)
    return usage if total is None else usage.model_copy(update={"total_tokens": total})


def _counted(
    fields: Fields, count: Literal["prompt", "completion"], name: str | None, outside: Mapping[str, Sequence[str]]
) -> tuple[int, int] | None:
    """A count, and the sum of those that its format reports beside it; None where one of them is unknown."""
    whole = _count(fields, name, count)
    others = [other for other in outside.get(name or "", ()) if fields.peek(other) is not None]
    beside = [_optional(fields, other, count) for other in others]
    if whole is None or None in beside:
        return None
    return whole, sum(number for number in beside if number is not None)


def _agreeing(
    fields: Fields, prompt: tuple[int, int], completion: tuple[int, int], total: int | None
) -> tuple[int, int]:
    """The counts, with what is reported beside them unless the total says that it is inside already."""
    options = [(prompt[0] + more, completion[0] + extra) for more in _both(prompt[1]) for extra in _both(completion[1])]
    if total is None:
        return options[0]
    for option in options:
        if sum(option) == total:
            return option
    where = fields.place or "usage"
    fields.account.remark(f"{where}: the total is not the sum of the other counts, which are kept; it is unknown")
    fields.account.count_unknown("total", where, "it is not the sum of the other counts")
    return options[0]


def _both(count: int) -> tuple[int, ...]:
    return (count, 0) if count else (0,)


def _count(fields: Fields, name: str | None, count: Literal["prompt", "completion"]) -> int | None:
    if name is None or fields.peek(name) is None:
        missing = f"{fields.place or 'usage'} without {count}_tokens"
        what = missing if name is None else f"{fields.at(name)} is null"
        fields.account.remark(f"{what}: the count is unknown")
        fields.account.count_unknown(
            count, fields.at(name or f"{count}_tokens"), "there is no such key" if name is None else "it is null"
        )
        return None
    return _optional(fields, name, count)


def _optional(fields: Fields, name: str, count: CountName) -> int | None:
    value = fields.peek(name)
    if value is None:
        return None
    if (number := _whole(value)) is None:
        fields.account.remark(f"{fields.at(name)} is not a token count: the {count} count is unknown")
        fields.account.count_unknown(count, fields.at(name), "it is not a token count")
        fields.leave_out("count", name)
        return None
    fields.take(name)
    return number


def _whole(value: object) -> int | None:
    whole = value.is_integer() if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)
    return int(value) if whole and isinstance(value, int | float) and 0 <= value <= MOST_TOKENS else None


def _remark_cached(fields: Fields, prompt: int | None) -> None:
    for path in _CACHED:
        value: object = fields.remaining()
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if prompt is not None and (cached := _whole(value)) is not None and cached > prompt:
            fields.account.remark(f"{fields.at(path)} is more than the whole prompt: it is ignored")
            fields.account.count_unknown("cached", fields.at(path), "it is more than the whole prompt")


def within_column(usage: Sequence[Usage], account: Account) -> tuple[Usage, ...]:
    """The counts, without those that sum up to more than the database's column can hold."""
    items = list(usage)
    columns: tuple[tuple[CountName, str, str], ...] = (
        ("prompt", "prompt_tokens", "completion_tokens"),
        ("completion", "completion_tokens", "prompt_tokens"),
    )
    for count, name, other in columns:
        if sum(getattr(item, name) for item in items) > MOST_TOKENS:
            account.remark(f"usage has more {name} than the database's column can hold: they are unknown")
            account.count_unknown(count, "usage", "it is more than the database's column can hold")
            items = [item.model_copy(update={name: 0, "total_tokens": getattr(item, other)}) for item in items]
    return tuple(items)
