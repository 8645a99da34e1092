"""Token counts of texts and payload messages; the first count in a process loads the tokenizer (0.2 to 0.5 s)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from chatdata.domain.text import LONE_SURROGATES

Encoding = Literal["o200k_base", "cl100k_base"]

# OpenAI's cookbook, "How to count tokens with tiktoken", num_tokens_from_messages: gpt-3.5 of June 2023 and later.
_PER_MESSAGE = 3
_PER_NAME = 1
_REPLY_START = 3


@dataclass(frozen=True, slots=True)
class Estimate:
    """The estimated tokens of a payload, by OpenAI's published method."""

    messages: tuple[int | None, ...]
    """The tokens of each message; None where it can't be counted."""
    total: int | None
    """The sum plus 3 for the start of the reply; None where any message can't be counted."""


def count(text: str, encoding: Encoding | None) -> int | None:
    """Returns the tokens of a text, with special tokens as plain text and lone surrogates as U+FFFD.

    Returns None without an encoding, and where the tokenizer has no build (macOS on Intel).
    """
    tokenizer = _tokenizer(encoding) if encoding else None
    if tokenizer is None:
        return None
    try:
        counted: int = tokenizer.count(text)
    except TypeError:  # which is what the tokenizer says of a text with lone surrogates
        counted = tokenizer.count(LONE_SURROGATES.sub("\ufffd", text))
    return counted


def estimate(params: Iterable[Mapping[str, Any]], encoding: Encoding | None) -> Estimate:
    """Estimates the tokens of each message of a payload, and of the whole payload as a prompt."""
    messages = tuple(estimate_message(param, encoding) for param in params)
    known = [tokens for tokens in messages if tokens is not None]
    countable = len(known) == len(messages) and encoding is not None and _tokenizer(encoding) is not None
    return Estimate(messages, sum(known) + _REPLY_START if countable else None)


def estimate_message(param: Mapping[str, Any], encoding: Encoding | None) -> int | None:
    """Estimates the tokens of one payload message; only the provider knows how it formats messages.

    Counts 3 per message, 1 for a name (both from the OpenAI cookbook), and the texts: role, name, content, refusal,
    tool_call_id, and the ID, name and arguments of each call. The formatting of calls was never published, so only
    their text counts. Returns None where a part is not text (an image) or `count` returns None.
    """
    tokens = _PER_MESSAGE + (_PER_NAME if param.get("name") else 0)
    for text in _texts(param):
        counted = None if text is None else count(text, encoding)
        if counted is None:
            return None
        tokens += counted
    return tokens


def _texts(param: Mapping[str, Any]) -> Iterator[str | None]:
    """Yields every text of a message, and None for a part that is not text."""
    for key in ("role", "name", "content", "refusal", "tool_call_id"):
        yield from _parts(param.get(key))
    yield from _call_texts(param.get("function_call"))
    calls = param.get("tool_calls")
    for call in calls if isinstance(calls, list | tuple) else (calls,):
        yield from _call_texts(call)


def _call_texts(call: object) -> Iterator[str | None]:
    """Yields the texts of a call and of the function or custom tool in it."""
    if call is None:
        return
    if not isinstance(call, Mapping):
        yield None
        return
    for key in ("id", "name", "arguments", "input"):
        yield from _parts(call.get(key))
    yield from _call_texts(call.get("function"))
    yield from _call_texts(call.get("custom"))


def _parts(value: object) -> Iterator[str | None]:
    if isinstance(value, list | tuple):
        for part in value:
            yield _part_text(part)
    elif value is not None:
        yield value if isinstance(value, str) else None


def _part_text(part: object) -> str | None:
    text = part.get("text", part.get("refusal")) if isinstance(part, Mapping) else part
    return text if isinstance(text, str) else None


@cache
def _tokenizer(encoding: Encoding) -> Any:
    """Returns the tokenizer of an encoding, or None where it is not installed."""
    try:
        from quicktok import get_encoding
    except ImportError:
        return None
    return get_encoding(encoding)
