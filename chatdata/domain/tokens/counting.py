"""Tokens of texts and of payload messages. The tokenizer is loaded by the first count: 0.2 to 0.5 s, once a process."""

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
    """Tokens of a payload, by OpenAI's published way of counting."""

    messages: tuple[int | None, ...]
    """Of each message; None where it can't be counted."""
    total: int | None
    """Their sum and 3 for the start of the reply; None where one of them is."""


def count(text: str, encoding: Encoding | None) -> int | None:
    """Tokens of a text, special tokens as plain text, lone surrogates as U+FFFD.

    None without an encoding, and where the tokenizer has no build (macOS on Intel).
    """
    tokenizer = _tokenizer(encoding) if encoding else None
    if tokenizer is None:
        return None
    counted: int = tokenizer.count(LONE_SURROGATES.sub("\ufffd", text))
    return counted


def estimate(params: Iterable[Mapping[str, Any]], encoding: Encoding | None) -> Estimate:
    """Tokens of each message of a payload, and of all together as a prompt."""
    messages = tuple(estimate_message(param, encoding) for param in params)
    known = [tokens for tokens in messages if tokens is not None]
    whole = len(known) == len(messages) and encoding is not None and _tokenizer(encoding) is not None
    return Estimate(messages, sum(known) + _REPLY_START if whole else None)


def estimate_message(param: Mapping[str, Any], encoding: Encoding | None) -> int | None:
    """Tokens of one payload message: an estimate, since only the provider knows how it lays messages out.

    3 a message, 1 for a name, and every text of it: role, name, content, refusal, tool_call_id, and of each call
    id, name and arguments. 3 and 1 are the OpenAI cookbook's; how calls are laid out was never published, so their
    text alone is counted. None where a part isn't text (an image), or `count` gives None.
    """
    tokens = _PER_MESSAGE + (_PER_NAME if param.get("name") else 0)
    for text in _texts(param):
        counted = None if text is None else count(text, encoding)
        if counted is None:
            return None
        tokens += counted
    return tokens


def _texts(param: Mapping[str, Any]) -> Iterator[str | None]:
    """Every text of a message; None for a part that no tokenizer reads."""
    for key in ("role", "name", "content", "refusal", "tool_call_id"):
        yield from _parts(param.get(key))
    yield from _call_texts(param.get("function_call"))
    calls = param.get("tool_calls")
    for call in calls if isinstance(calls, list | tuple) else (calls,):
        yield from _call_texts(call)


def _call_texts(call: object) -> Iterator[str | None]:
    """The texts of a call, and of the function or the custom tool in it."""
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
    """The tokenizer of an encoding; None where this machine has no build of it."""
    try:
        from quicktok import get_encoding
    except ImportError:
        return None
    return get_encoding(encoding)
