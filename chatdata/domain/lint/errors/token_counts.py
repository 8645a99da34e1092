"""Reads the token counts in an error about the context window, and tells which of them is too large."""

import re
from dataclasses import dataclass

_BEFORE, _BEHIND = 120, 400
"""How far around the known part of a text its counts are searched, in characters."""
_N = r"\d[\d,]{0,15}"
_PARTS = re.compile(
    rf"context length is (?P<window>{_N}) tokens.{{0,20}}?requested (?:about )?{_N} tokens "
    r"\((?P<parts>[^()]{1,200})\)",
    re.IGNORECASE,
)
_PART = re.compile(rf"({_N}) (?:tokens )?(?:of|in|for|from) (?:the |your )?([a-z ]{{1,30}})")
_WHOLE = tuple(
    re.compile(pattern.format(window=rf"(?P<window>{_N})", sent=rf"(?P<sent>{_N})", answer=rf"(?P<answer>{_N})"), re.I)
    for pattern in (
        r"too large: {answer}\. .{{0,40}}context length is {window} tokens and your request has {sent} input",
        r"context length is {window} tokens.{{0,20}}requested {answer} output tokens.{{0,40}}at least {sent} input",
        r"exceed context limit: {sent} \+ {answer} > {window}",
        r"context length is {window} tokens.{{0,20}}messages resulted in {sent} tokens",
        r"configured limit of {window} tokens\. Your messages resulted in {sent} tokens",
        r"too long: {sent} tokens > {window} maximum",
        r"token count \({sent}\) exceeds the maximum number of tokens allowed \({window}\)",
        r"input \({sent} tokens\) is longer than the model's context length \({window} tokens\)",
        r"prompt length is {window} but the request contains {sent} tokens",
        r"request \({sent} tokens\) exceeds the available context size \({window} tokens\)",
        r"token count is {sent} but model only supports up to {window}",
        r"token count of {sent} exceeds the limit of {window}",
        r"must be <= {window}\. Given: {sent} inputs tokens and {answer} max_new_tokens",
        r"must have less than {window} tokens\. Given: {sent}",
        r"prompt (?:\(length|length of) {sent}\)? is longer than the maximum model length of {window}",
        r"first {sent} tokens when context the overflows\. .{{0,40}}context length of only {window} tokens",
        r"n_keep: {sent} >= n_ctx: {window}",
    )
)


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """The counts of a request that does not fit in the context window."""

    window: int
    sent: int
    """The tokens of the messages, with those of the tools."""
    answer: int
    """The tokens requested for the answer; 0 where the text has none."""

    @property
    def messages_fit(self) -> bool:
        """Returns whether only the tokens requested for the answer make the request too large."""
        return self.sent < self.window

    @property
    def meaning(self) -> str:
        """Returns which count is too large, as a sentence for a person."""
        if self.messages_fit:
            return (
                f"The messages fit: they have {self.sent:,} of {self.window:,} tokens. The {self.answer:,} tokens "
                "requested for the answer don't fit beside them."
            )
        if self.sent == self.window:
            return f"The messages alone fill the whole window of {self.window:,} tokens."
        more = self.sent - self.window
        return f"The messages alone have {self.sent:,} tokens, {more:,} more than the window of {self.window:,}."

    @property
    def fix(self) -> str:
        """Returns what to change, as sentences."""
        if self.messages_fit:
            left = self.window - self.sent
            return f"Lower max_tokens to at most {left:,}. Shorten the conversation only if the answer needs more."
        fix = "Shorten the conversation: leave old turns or long tool results out, or use a larger window."
        return f"{fix} A lower max_tokens alone does not help." if self.answer else fix


def token_counts(found: re.Match[str], flat: str) -> TokenCounts | None:
    """Returns the counts in and around a known text; None where they are not there or don't explain the error."""
    around = flat[max(0, found.start() - _BEFORE) : found.end() + _BEHIND]
    counts = _by_parts(around) or _by_pattern(around)
    return counts if counts is not None and counts.sent + counts.answer > counts.window else None


def _by_parts(around: str) -> TokenCounts | None:
    found = _PARTS.search(around)
    if found is None:
        return None
    sent = answer = 0
    for number, part in _PART.findall(found["parts"]):
        if "completion" in part or "output" in part:
            answer += _number(number)
        else:
            sent += _number(number)
    return TokenCounts(_number(found["window"]), sent, answer)


def _by_pattern(around: str) -> TokenCounts | None:
    found = next((match for pattern in _WHOLE if (match := pattern.search(around))), None)
    if found is None:
        return None
    answer = found.groupdict().get("answer")
    return TokenCounts(_number(found["window"]), _number(found["sent"]), _number(answer) if answer else 0)


def _number(digits: str) -> int:
    return int(digits.replace(",", ""))
